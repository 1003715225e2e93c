"""What stands behind a name that tells of a secret: where the secret begins and ends, whatever the language."""

import re
from collections.abc import Iterator

_SIGN = re.compile(r"(?::(?!:)|[=!]?=|is\b)[ \t]*")
_IN_ARN = re.compile(r":[\w.\-]*\Z")  # of an ARN, a type or a dynamic reference, whose parts are divided by colons
_THEN_VALUE = re.compile(r"[\\\"'\s,]*(?:parameter)?value[\\\"']*\s*[:=]\s*", re.IGNORECASE)
_VALUE_BEFORE = re.compile(
    r"value[\\\"']*\s*[:=]\s*(?P<value>[^{}\n]*?)[\s,]*[\\\"']*(?:parameter)?(?:name|key)[\\\"']*\s*[:=]\s*[\\\"']*[\w.\-]*\Z",
    re.IGNORECASE,
)
_HARMLESS = re.compile(
    r"!(?:Ref|GetAtt|ImportValue|FindInMap|Condition)\b|[\\\"']*\{\{resolve:[^\n]*?\}\}"
    # A password may begin as an ARN or a boolean does.
    r"|[\\\"']*arn:(?:aws[a-z-]*|\$\{[^{}\n]{1,99}\}):"
    r"|\{\s*[\\\"']*(?:Ref|Fn::GetAtt|Fn::ImportValue|Fn::FindInMap|references)\b"
    r"|(?:true|false|null)(?=[\\\"'<]|[ \t]*(?:[,;}\])#\r\n]|\Z))",
    re.IGNORECASE,
)
_MEMBER = re.compile(
    r"(?<![\w])(?:default|value|constant_value|defaultvalue|before|after)[\\\"']*[ \t]*:[ \t]*", re.IGNORECASE
)
_FUNCTION = re.compile(r"\{\s*[\\\"']*Fn::|\{\{")
_TAG = re.compile(r"![\w:]+[ \t]*")
_QUOTE = re.compile(r"\\*[\"']?")
_KEY_OR_ITEM = re.compile(r"(?:[\w.:-]+|\"[^\"]*\"|'[^']*'):(?:\s|$)|[-{\[]")
_BRACKET = re.compile(r"[{}\[\]]")
_LONGEST = 1024  # how far a structure is followed


def behind(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Give the stretches of a text that belong to a telling name in it."""
    sign = _SIGN.match(text, end)
    if sign is not None and _IN_ARN.search(text, max(start - 100, 0), start) is not None:
        return
    if sign is not None:
        yield from _value(text, sign.end(), start, properties="=" in sign[0])
        return
    then = _THEN_VALUE.match(text, end)
    if then is not None:
        yield from _value(text, then.end(), start)
    before = _VALUE_BEFORE.search(text, max(start - 300, 0), start)
    if before is not None:
        yield before.span("value")


def _value(text: str, at: int, key: int, *, properties: bool = False) -> Iterator[tuple[int, int]]:
    """Give the value that begins at a place behind a telling name, of which it may be only a part."""
    if _HARMLESS.match(text, at):
        return
    tag = _TAG.match(text, at)
    if tag is not None:
        at = tag.end()
    first = text[at : at + 1]
    match first:
        case "" | "\n" | "\r" | "|" | ">":
            yield from _below(text, at, key)
        case "{" | "[" if tag is None and not _FUNCTION.match(text, at):
            # Names inside are found by themselves, but not what stands under `Default` or the like.
            inside = text[at : _closing(text, at)]
            if first == "[":
                yield at + 1, at + len(inside)
            for member in _MEMBER.finditer(inside) if first == "{" else ():
                yield from _value(text, at + member.end(), key)
        case "{" | "[":
            yield at, _closing(text, at)
        case '"' | "'" | "\\":
            quote = _QUOTE.match(text, at)
            mark = quote[0] if quote is not None else first
            yield at + len(mark), _quoted(text, at + len(mark), mark)
        case _:
            yield at, _plain(text, at, key, properties=properties)


def _quoted(text: str, at: int, mark: str) -> int:
    while (end := text.find(mark, at)) >= 0:
        behind = text[end + len(mark) : end + len(mark) + 1]
        if len(mark) == 1 and text[end - 1] == "\\" and (end - 2 < 0 or text[end - 2] != "\\"):
            at = end + 1
        elif mark == "'" and behind == "'":
            at = end + 2
        else:
            return end
    return len(text)


def _plain(text: str, at: int, key: int, *, properties: bool) -> int:
    # A line of a plan may be megabytes long, so nobody looks for its ends.
    before = text[text.rfind("\n", max(key - _LONGEST, 0), key) + 1 : key][-_LONGEST:]
    signs = "\n\r"
    if properties:
        signs += "\"'\\"
    elif before.count("{") > before.count("}") or before.count("[") > before.count("]"):
        signs += ",}]"
    last = min(at + _LONGEST, len(text))
    return min((end for sign in signs if (end := text.find(sign, at, last)) >= 0), default=last)


def _closing(text: str, at: int) -> int:
    depth = 0
    last = min(at + _LONGEST, len(text))
    for bracket in _BRACKET.finditer(text, at, last):
        depth += 1 if bracket[0] in "{[" else -1
        if depth == 0:
            return bracket.end()
    return last


def _below(text: str, at: int, key: int) -> Iterator[tuple[int, int]]:
    """Give the lines that belong to a key whose value begins on the next one: a text, or members called Default."""
    line_start = text.rfind("\n", max(key - _LONGEST, 0), key) + 1
    indent = len(text[line_start:key]) - len(text[line_start:key].lstrip(" -"))
    block = text[at : at + 1] in {"|", ">"}
    next_line = text.find("\n", at, at + _LONGEST)
    first = True
    while 0 <= next_line < len(text) - 1:
        start = next_line + 1
        next_line = text.find("\n", start)
        end = len(text) if next_line < 0 else next_line
        line = text[start:end]
        content = line.lstrip()
        if not content:
            continue
        own = len(line) - len(content)
        if own <= indent:
            return
        block = block or (first and not _KEY_OR_ITEM.match(content))
        if block:
            yield start + own, end
        else:
            for member in _MEMBER.finditer(text, start, end):
                yield from _value(text, member.end(), start + own)
        first = False
