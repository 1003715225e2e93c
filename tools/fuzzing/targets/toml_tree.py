"""TOML: what Python's own parser makes of it, each value at a place in the text, or a fault."""

import datetime
from typing import Any

from fuzzing import checks
from fuzzing.target import Target, files, words
from msglint.source import SourceError, read_toml
from msglint.source.toml_tree import _toml

WORDS = words(
    """
    [a]␤ [[a]]␤ [a.b]␤ a␣=␣ a.b␣=␣ "a" 'a' \"\"\" ''' \\u0041 \\␤ { } [ ] , = . # ␤ \x0d␤ 0x1F 0o7 0b1 1_000 1e5 inf
    nan -inf true false 1979-05-27 07:32:00 1979-05-27T07:32:00Z 1979-05-27␣07:32:00.999-07:00 select␣=␣
    [tool.msglint]
    """
)


def _check(data: bytes) -> None:
    document = checks.document("t.toml", data)
    if document is None:
        return
    try:
        root = read_toml(document)
    except SourceError as error:
        checks.refused(error)
        return
    assert repr(checks.plain(root)) == repr(_said(_toml.loads(document.text)))


def _said(value: Any) -> Any:
    """Give dates and times as text."""
    match value:
        case dict():
            return {name: _said(each) for name, each in value.items()}
        case list():
            return [_said(each) for each in value]
        case datetime.date() | datetime.time():
            return str(value)
        case _:
            return value


TARGET = Target(_check, WORDS, lambda: files("pyproject.toml", "examples/**/*.toml"))
