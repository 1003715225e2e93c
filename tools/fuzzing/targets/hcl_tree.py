"""HCL: bodies and expressions whose places lie in the text, or a fault at its place; files that are templates too."""

from collections.abc import Iterator

from fuzzing import checks
from fuzzing.target import Target, files, words
from msglint.source import Document, SourceError, hcl

WORDS = words(
    """
    resource␣"a"␣"b"␣{␤ dynamic␣"a"␣{␤ locals␣{␤ a␣=␣ ${ %{ ~} } %{␣if␣ %{␣else␣} %{␣endif␣} %{␣for␣a␣in␣b␣}
    %{␣endfor␣} $${ %%{ <<A␤ <<-A␤ ␤A␤ for␣ ␣in␣ ␣:␣ ␣=>␣ ␣if␣ ... [*] .* [0] .0 .a ? ! - && || == != <= % / /* */ //
    # null true 1e5 1E9999 0.5 " \\n \\u0041 \\U0001F600 ( ) , a::b( \x0d␤ \ufeff
    """
)


def _check(data: bytes) -> None:
    document = checks.document("main.tf", data)
    if document is None:
        return
    for read in (lambda: list(_read(hcl.read_hcl(document))), lambda: hcl.read_template(document)):
        try:
            found = read()
        except SourceError as error:
            checks.refused(error)
            continue
        assert all(0 <= each.start <= each.end <= len(document.text) for each in checks.stretches(found))
        if isinstance(found, list):
            for expression in found:
                _stands_there(document, expression)


def _read(body: hcl.Body) -> Iterator[hcl.Expression]:
    for attribute in body.attributes.values():
        yield attribute.expression
    for block in body.blocks:
        yield from _read(block.body)


def _stands_there(document: Document, expression: hcl.Expression) -> None:
    """Insist on it that what stands at the place of an expression is that expression."""
    if isinstance(expression, hcl.Template | hcl.Repeat | hcl.Literal | hcl.Conditional):
        return  # of a heredoc, or something that a template makes
    text = document.text[expression.at.start : expression.at.end]
    again = hcl.read_hcl(Document("again.tf", f"x = (\n{text}\n)\n")).attributes["x"].expression
    assert type(again) is type(expression), text


TARGET = Target(_check, WORDS, lambda: files("tests/fixtures/**/*.tf", "examples/**/*.tf", "tests/fixtures/**/*.tftpl"))
