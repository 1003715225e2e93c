"""What was looked up: plain data, which a file can hold."""

from collections.abc import Mapping, Sequence

import msgspec

from msglint.verdict import Lookup

FORMAT = 1
"""The form of the file. A file of another form is refused."""


class Fact(msgspec.Struct, frozen=True, omit_defaults=True):
    """The answer of an account to one lookup."""

    lookup: Lookup
    read: str
    """When it was read, by UTC as ISO 8601 writes it."""
    account: str = ""
    region: str = ""
    """Empty for what no Region has."""
    resources: Mapping[str, Mapping[str, object]] = {}
    """What was found, as the section of a template that would make it."""
    physical: Mapping[str, Mapping[str, str]] = {}
    """The names of these that a template does not choose, by their logical ids."""
    value: str | None = None
    """The value of an export; the type of a parameter."""
    missing: str | None = None
    """Why nothing was found: it is not there, or may not be read."""

    @property
    def tells(self) -> bool:
        """Whether anything was found."""
        return bool(self.resources) or self.value is not None

    @property
    def place(self) -> str:
        """Where it was read, for people."""
        return ", ".join(filter(None, (f"account {self.account}" if self.account else "", self.region)))


class Facts(msgspec.Struct, frozen=True):
    """What was looked up, and where what is named without account or Region was taken to be."""

    format: int = FORMAT
    account: str = ""
    region: str = ""
    facts: Sequence[Fact] = ()


class UnusableError(Exception):
    """A file of facts that cannot be used; the message says why."""


def load(path: str) -> Facts | None:
    """Read a file of facts; None where it is not there. Raises `UnusableError`."""
    try:
        with open(path, "rb") as file:
            data = file.read()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UnusableError(f"{path}: {error.strerror or error}") from error
    try:
        found = msgspec.json.decode(data, type=Facts)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise UnusableError(f"{path} is no file of --resolve-cache: {error}") from error
    if found.format != FORMAT:
        raise UnusableError(f"{path} has the format {found.format} of --resolve-cache, and this msglint reads {FORMAT}")
    return found


def dump(facts: Facts) -> bytes:
    """Give the contents of a file of facts, always in one order."""
    ordered = msgspec.structs.replace(facts, facts=sorted(facts.facts, key=lambda fact: fact.lookup))
    return msgspec.json.format(msgspec.json.encode(ordered), indent=2) + b"\n"
