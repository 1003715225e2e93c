"""XML inside a text, read without anything that could blow it up: no document types, no entities, no network."""

from typing import NoReturn
from xml.parsers import expat


class UnreadableXml(Exception):  # noqa: N818  # the text is the user's; the caller says what follows
    """The text is no XML, or of a kind that is not read. The message holds nothing of the text."""


def attributes(text: str) -> list[tuple[str, str, str]]:
    """Give all attributes as element, name and value, names without their namespaces; raises `UnreadableXml`."""
    found: list[tuple[str, str, str]] = []

    def start(element: str, values: dict[str, str]) -> None:
        name = element.rpartition(" ")[2]
        named = values.get("name", "")
        for key, value in values.items():
            if key == "value" and named:
                # Spring's beans: `<property name="password" value="…"/>`.
                found.append((name, named, value))
            found.append((name, key.rpartition(" ")[2], value))

    def refuse(*_: object) -> NoReturn:
        raise UnreadableXml("it has a document type")

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = refuse
    try:
        # Any encoding that it claims was that of the file; here it is text.
        parser.Parse(text.encode("utf-8", "replace"), True)
    except expat.ExpatError as error:
        raise UnreadableXml(f"{expat.ErrorString(error.code)} in line {error.lineno}") from None
    return found
