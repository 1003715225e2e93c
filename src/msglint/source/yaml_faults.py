"""What is wrong with a text that is no YAML, said to whoever wrote it: libyaml tells what it expected itself.

No message repeats a word of the text, which may be a password.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import yaml

from msglint.source.text import Document, SourceError

_WORD = re.compile(r"[^\s,\[\]{}]*")
_TABS = re.compile(r"\t+")
_REST = re.compile(r"[^\r\n]*")
_CONFLICT = re.compile(r"<{7} |={7}[\r\n]|>{7} ")
_DIGITS = {"x": 2, "u": 4, "U": 8}
_LONGEST_KEY = 1024


class _Said(NamedTuple):
    """A message, the offsets of its place, and of where something began that belongs to it."""

    message: str
    start: int
    end: int
    begun: int | None = None
    note: str = "it begins here"


def said(document: Document, error: yaml.MarkedYAMLError) -> SourceError:
    """Give the error for a fault that libyaml has found."""
    mark, context = error.problem_mark or error.context_mark, error.context_mark
    at = mark.index if mark else 0
    begun = context.index if context else at
    found = _said(document, error.problem or "", error.context or "", at, begun)
    start = _line_start(document.text, found.start)
    if _CONFLICT.match(document.text, start):
        message = "two versions of this are in conflict, and nobody has chosen"
        found = _fault(message, start, _end(_REST, document.text, start))
    related = None if found.begun is None else document.spot(found.begun, found.begun + 1)
    return SourceError(found.message, document.spot(found.start, found.end), related, found.note)


def _said(document: Document, problem: str, context: str, at: int, begun: int) -> _Said:
    text = document.text
    here = text[at : at + 1]
    line = document.position(begun).line
    if here == "\t" and ("tab" in problem or "cannot start any token" in problem):
        return _fault("a tab, where YAML takes blanks only", at, _end(_TABS, text, at))
    match problem:
        case "but found another document":
            return _Said("more than one YAML document in one file", at, at + 3, begun, "the first one begins here")
        case "second occurrence":
            message = "not valid YAML: an anchor of this name is there already"
            return _Said(message, at, _end(_WORD, text, at), begun, "it is there already")
        case "found character that cannot start any token":
            return _fault(f"a text that begins with '{here}' has to be quoted", at, at + 1)
        case "did not find expected alphabetic or numeric character" if "directive" not in context:
            what = "refers to an anchor" if text[begun] == "*" else "makes an anchor"
            message = f"'{text[begun]}' at the beginning {what}: a text that begins with it has to be quoted"
            return _fault(message, begun, _end(_WORD, text, begun))
        case "found undefined alias":
            message = "no anchor of this name stands above: a text that begins with '*' has to be quoted"
            return _fault(message, at, _end(_WORD, text, at))
        case "mapping values are not allowed in this context":
            return _colon(text, at)
        case "could not find expected ':'":
            end = _end(_REST, text, begun)
            if end - begun > _LONGEST_KEY:
                return _fault(f"a key of more than {_LONGEST_KEY} characters", begun, end)
            return _fault("expected ': ' behind a key", begun, end)
        case "did not find expected key":
            return _key(text, at, begun)
        case "did not find expected '-' indicator":
            message = f"expected '- ' for the list of line {line}, or a line that is not in it"
            return _Said(f"not valid YAML: {message}", at, _end(_WORD, text, at), begun, "the list begins here")
        case "did not find expected ',' or ']'" | "did not find expected ',' or '}'":
            if not text[at:].strip():
                return _fault(f"'{text[begun]}' is never closed", begun, begun + 1)
            wanted = problem.removeprefix("did not find expected ")
            return _Said(f"not valid YAML: expected {wanted} for the '{text[begun]}' of line {line}", at, at + 1, begun)
        case "found unexpected end of stream" | "found unexpected document indicator" if "quoted" in context:
            return _fault("this quotation mark is never closed", begun, begun + 1)
        case "did not find expected node content":
            return _fault(f"expected a value before '{here}'" if here else "expected a value", at, at + 1)
        case "block sequence entries are not allowed in this context":
            return _fault("'- ' begins a list on a line of its own", at, at + 1)
        case "mapping keys are not allowed in this context":
            return _fault("'? ' begins a key on a line of its own", at, at + 1)
        case _ if "directive" in context:
            return _fault(
                "a line that begins with '%' is a directive, and this is none", begun, _end(_REST, text, begun)
            )
        case "found unknown escape character":
            return _fault("a backslash is written '\\\\' between double quotation marks", at, at + 2)
        case "did not find expected hexdecimal number":
            digits = _DIGITS.get(text[at - 1], 0)
            return _fault(f"expected {digits} hexadecimal digits behind '\\{text[at - 1]}'", at - 2, at)
        case "found invalid Unicode character escape code":
            end = at + _DIGITS.get(text[at - 1], 0)
            return _fault("the number of half a character, or of none", at - 2, end)
        case "did not find expected comment or line break" if "block scalar" in context:
            message = f"behind '{text[begun]}' a text begins on the next line"
            return _fault(message, at, _end(_REST, text, at))
        case "did not find expected whitespace or line break" if "tag" in context:
            return _fault("expected a blank behind the tag", begun, at)
        case "did not find the expected '>'":
            return _fault("expected '>' at the end of the tag", begun, at)
        case "found undefined tag handle":
            return _fault("no tag: one with two '!' has to be declared", at, _end(_WORD, text, at))
        case "did not find expected <document start>":
            if text.startswith("%"):
                return _fault("expected '---' behind the lines that begin with '%'", at, at + 1)
            return _fault("text behind the end of the document", at, _end(_REST, text, at))
        case "found an indentation indicator equal to 0":
            return _fault("lines are indented by 1 to 9 blanks, not by 0", at, at + 1)
        case "found incompatible YAML document":
            return _fault("of YAML only the versions 1.1 and 1.2 are read", at, _end(_REST, text, at))
        case _:
            return _fault(problem, at, at + 1)


def _colon(text: str, at: int) -> _Said:
    """Explain a colon that makes no key."""
    start = _line_start(text, at)
    before = text[start:at]
    if len(before) > _LONGEST_KEY:
        return _fault(f"a key of more than {_LONGEST_KEY} characters", start, at)
    if re.search(r":[ \t]", before):
        return _fault("a text with ': ' in it has to be quoted", at, at + 1)
    above = text[:start].rstrip()
    line = _line_start(above, len(above))
    line += len(above[line:]) - len(above[line:].lstrip(" -"))
    if re.search(r":(?:[ \t]|\Z)", above[line:]) is None:
        return _fault("expected ': ' behind a key", line, len(above))
    key = start + len(before) - len(before.lstrip())
    message = (
        "this key is indented more than the line above, which has its value; a text with ': ' in it has to be quoted"
    )
    return _Said(f"not valid YAML: {message}", key, at, line, "the line above")


def _key(text: str, at: int, begun: int) -> _Said:
    """Explain what stands where a block mapping expects its next key."""
    start = _line_start(text, at)
    before = text[start:at].rstrip()
    here = text[at : at + 1]
    if before.endswith(("'", '"')):
        message = "text behind a closing quotation mark: one is too many, or one is missing above"
        return _fault(message, at, _end(_REST, text, at))
    if here in "}]":
        return _fault(f"'{here}' closes nothing", at, at + 1)
    if before:
        return _fault("expected the end of the line", at, _end(_REST, text, at))
    end = _end(_REST, text, at)
    if here == "-":
        message = "an element of a list, where a key is expected"
        return _Said(f"not valid YAML: {message}", at, end, begun, "the mapping begins here")
    return _Said("not valid YAML: this line is indented as no key above is", at, end, begun, "the mapping begins here")


def _fault(message: str, start: int, end: int) -> _Said:
    return _Said(f"not valid YAML: {message}", start, end)


def _line_start(text: str, at: int) -> int:
    return max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1


def _end(pattern: re.Pattern[str], text: str, start: int) -> int:
    """Give the end of what stands there, which is one character at least, without the blanks behind it."""
    found = pattern.match(text, start)
    return max(start + len(found[0].rstrip(" ")) if found else start, start + 1)
