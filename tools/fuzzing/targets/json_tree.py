"""JSON: what Python's own parser makes of it, each value at its place, or a fault where that finds one too."""

import json

from fuzzing import checks
from fuzzing.target import Target, files, words
from msglint.source import MAX_DEPTH, SourceError, read_json

WORDS = words(
    """
    { } [ ] : , " \\ \\u0041 \\ud800 \\udc00 \\/ null true false NaN Infinity - 1e5 1E999 0.1 -0 01 "a": {"a":{"a":
    [[[ /* // \ufeff \x7f \x09
    """
)


def _check(data: bytes) -> None:
    document = checks.document("t.json", data)
    if document is None:
        return
    try:
        root = read_json(document)
    except SourceError as error:
        checks.refused(error)
        if str(MAX_DEPTH) in error.message or "duplicate key" in error.message or "digits" in error.message:
            return
        try:
            json.loads(document.text, parse_constant=_no_json)
        except (ValueError, RecursionError):
            return
        raise AssertionError(f"refused: {error}") from error
    said = checks.plain(root)
    assert said == json.loads(document.text, parse_constant=_no_json)
    # Whatever stands at a place is what its node says.
    waiting = [root]
    while waiting:
        node = waiting.pop()
        assert json.loads(document.slice(node.span)) == node.raw
        if node.kind != "scalar":
            waiting += node.fields().values() if node.kind == "mapping" else node.items()


def _no_json(word: str) -> None:
    raise ValueError(word)


TARGET = Target(_check, WORDS, lambda: files("tests/fixtures/rules/*/bad*.json"))
