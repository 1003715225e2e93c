"""Secrets are shown nowhere: what stands in a line or a message and may be one is covered.

Covered is what a rule found to be secret, what the template declares as such (NoEcho, sensitive), and whatever follows
a name such as `password`, stands before the `@` of an address, or is a long stretch of base64. Rather too much than too
little: a report only has to show where something is.
"""

import re
from collections.abc import Collection, Iterable, Iterator

from msglint.source import Document, Span

COVER = "*"
SHORTEST = 8
"""A secret that is shorter is not looked for in other texts, where it would stand by chance."""

_WORDS = (
    "passw|passphrase|pwd|(?<![a-z])pw(?![a-z])|secret|token|credential|api_?key|access_?key|private_?key|user\\.info"
)
_NAMED = re.compile(rf"(?:{_WORDS})[\w.\-]*(\\*[\"'])?[ \t]*", re.IGNORECASE)
_KEY = re.compile(r"\s*(?:- )?[\"']?[\w.\-]+[\"']?[ \t]*:(?:\s|$)")
_SOON = 12  # lines between a telling name and what belongs to it, such as a parameter's default
_SIGN = re.compile(r"(?::(?!:)|=)[ \t]*")
_IN_ARN = re.compile(r":[\w.\-]*\Z")  # of an ARN, a type or a dynamic reference, whose parts are divided by colons
_THEN_VALUE = re.compile(r"[\\\"'\s,]*(?:parameter)?value[\\\"']*\s*[:=]\s*", re.IGNORECASE)
_VALUE_BEFORE = re.compile(
    r"value[\\\"']*\s*[:=]\s*(?P<value>[^{}\n]*?)[\s,]*[\\\"']*(?:parameter)?(?:name|key)[\\\"']*\s*[:=]\s*[\\\"']*[\w.\-]*\Z",
    re.IGNORECASE,
)
_HARMLESS = re.compile(
    r"!(?:Ref|GetAtt|ImportValue|FindInMap|Condition)\b|[\\\"']*\{\{resolve:[^\n]*?\}\}|[\\\"']*arn:"
    r"|\{\s*[\\\"']*(?:Ref|Fn::GetAtt|Fn::ImportValue|Fn::FindInMap|references)\b|(?:true|false|null)\b",
    re.IGNORECASE,
)
_MEMBER = re.compile(r"(?<![\w])(?:default|value|constant_value|defaultvalue)[\\\"']*[ \t]*:[ \t]*", re.IGNORECASE)
_URL = re.compile(r"://[^\s\"'<>/@:,]*:([^\s\"'<>,]*)@")
_BASE64 = re.compile(r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{64,}={0,2}(?:\s*\n\s*[A-Za-z0-9+/]+={0,2}(?=\s*\n))*")
_IN_MESSAGE = re.compile(
    r"://[^\s\"'<>/@:,]*:(?P<url>[^\s\"'<>,]*)@"
    r"|passw[\w.\-]*(?:=|\\*[\"']\s*[:=]\s*)\\*[\"']?(?P<named>[^\s\"';,&]+)"
    r"|(?<![A-Za-z0-9+/])(?P<base64>[A-Za-z0-9+/]{64,}={0,2})",
    re.IGNORECASE,
)
_FUNCTION = re.compile(r"\{\s*[\\\"']*Fn::|\{\{")
_TAG = re.compile(r"![\w:]+[ \t]*")
_QUOTE = re.compile(r"\\*[\"']?")
_KEY_OR_ITEM = re.compile(r"(?:[\w.:-]+|\"[^\"]*\"|'[^']*'):(?:\s|$)|[-{\[]")
_COVERED = re.compile(r"[^\r\n]")
_LINE_ENDS = frozenset({"\n", "\r\n", "\r"})
_LINES = re.compile(r"(\r\n?|\n)")
_BRACKET = re.compile(r"[{}\[\]]")
_LONGEST = 1024  # how far a structure is followed
_AROUND = 2048
"""How much is looked at around a place: more than any report shows, and than stands between a name and its secret."""


def scrubbed(message: str, secrets: Collection[str] = ()) -> str:
    """Give a message without what may be secret in it."""
    for secret in secrets:
        # A word of the language, such as "password", is in every message.
        if len(secret) >= SHORTEST and secret in message and not (secret.isalpha() and secret.islower()):
            message = message.replace(secret, COVER * 3)
    if "://" not in message and "passw" not in message.lower() and len(message) < 64:
        return message
    return _IN_MESSAGE.sub(_covered, message)


def _covered(found: "re.Match[str]") -> str:
    if found["base64"] is not None and not _tells(found["base64"]):
        return found[0]
    start, end = next(found.span(name) for name in ("url", "named", "base64") if found[name] is not None)
    return found.string[found.start() : start] + COVER * 3 + found.string[end : found.end()]


def lines_shown(
    document: Document,
    places: Iterable[Span],
    spans: Iterable[Span] = (),
    secrets: Collection[str] = (),
    *,
    broken: bool = False,
) -> tuple[str, ...]:
    """Give the lines of a document as reports may show them: those of the places, and of long lines what is near them.

    All else is empty or blank, so that nothing is shown that was not looked through; every character keeps its place.
    """
    text = document.text
    known = [(document.offset(start), document.offset(end)) for start, end in spans]
    pieces: list[str] = []
    last = done = 0
    clean, begin = "", 0
    wanted = sorted(_near(document, place) for place in set(places))
    for number, (start, end) in enumerate(wanted):
        if end > done:
            # What stands near is looked through at once with all that follows closely.
            begin, done = max(start - _AROUND, 0), end
            for _, more in wanted[number:]:
                if more - done > _AROUND:
                    break
                done = max(done, more)
            stop = min(done + _AROUND, len(text))
            inside = [(max(left - begin, 0), right - begin) for left, right in known if left < stop and right > begin]
            clean = covered(text[begin:stop], inside, secrets, broken=broken)
        first = max(start, last)
        if end > first:
            pieces += [_blank(text[last:first]), clean[first - begin : end - begin]]
            last = end
    return Document(document.name, "".join([*pieces, _blank(text[last:])])).lines


def _near(document: Document, place: Span) -> tuple[int, int]:
    """Give the lines of a place from their beginning to their end, of long ones what is near where it starts."""
    start = document.offset(place.start)
    end = min(document.offset(place.end), start + _AROUND)
    first = document.text.rfind("\n", max(start - _AROUND, 0), start) + 1 or max(start - _AROUND, 0)
    last = document.text.find("\n", end, end + _AROUND)
    return first, last if last >= 0 else min(end + _AROUND, len(document.text))


def _blank(text: str) -> str:
    return "".join(line if line in _LINE_ENDS else " " * len(line) for line in _LINES.split(text))


def covered(
    text: str, spans: Iterable[tuple[int, int]] = (), secrets: Collection[str] = (), *, broken: bool = False
) -> str:
    """Give a text in which what may be secret is covered, character by character, so that all else keeps its place.

    `spans` and `secrets` are known to be secret. In a `broken` text whole lines near a telling name are covered.
    """
    found = [*spans, *_declared(text, secrets), *_looking_secret(text)]
    if broken:
        found += _doubtful(text)
    pieces: list[str] = []
    end = 0
    for start, stop in sorted(found):
        if stop <= end:
            continue
        begin = max(start, end)
        pieces += [text[end:begin], _COVERED.sub(COVER, text[begin:stop])]
        end = stop
    return "".join([*pieces, text[end:]])


def _declared(text: str, secrets: Collection[str]) -> Iterator[tuple[int, int]]:
    import json  # noqa: PLC0415  # few templates declare any

    for secret in secrets:
        escaped = json.dumps(secret, ensure_ascii=False)[1:-1]
        for form in {secret, escaped, escaped.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")}:
            looked_for = form if len(form) >= SHORTEST else f'"{form}"'
            at = text.find(looked_for) if form else -1
            while at >= 0:
                yield at, at + len(looked_for)
                at = text.find(looked_for, at + len(looked_for))


def _looking_secret(text: str) -> Iterator[tuple[int, int]]:
    for found in _NAMED.finditer(text):
        sign = _SIGN.match(text, found.end())
        if sign is not None and _IN_ARN.search(text, max(found.start() - 100, 0), found.start()) is not None:
            continue
        if sign is not None:
            yield from _value(text, sign.end(), found.start(), properties=sign[0][0] == "=")
            continue
        then = _THEN_VALUE.match(text, found.end())
        if then is not None:
            yield from _value(text, then.end(), found.start())
        before = _VALUE_BEFORE.search(text, max(found.start() - 300, 0), found.start())
        if before is not None:
            yield before.span("value")
    if "://" in text:
        yield from (found.span(1) for found in _URL.finditer(text))
    yield from (found.span() for found in _BASE64.finditer(text) if _tells(found[0]))


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


def _tells(encoded: str) -> bool:
    """Say whether there is a telling name in what a stretch of base64 holds; where it was cut off, nobody knows."""
    import base64  # noqa: PLC0415  # few texts have any

    letters = "".join(encoded.split()).rstrip("=")
    plain = (base64.b64decode(letters[cut : cut + (len(letters) - cut) // 4 * 4]) for cut in range(4))
    return any(_NAMED.search(each.decode("utf-8", "replace")) for each in plain)


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


def _doubtful(text: str) -> Iterator[tuple[int, int]]:
    """Give what stands in lines at or soon after a telling name, save keys: in a broken text the signs may be wrong."""
    told = -_SOON
    at = 0
    for number, line in enumerate(text.splitlines(keepends=True)):
        if _NAMED.search(line):
            told = number
        if "://" in line or number - told < _SOON:
            key = _KEY.match(line)
            yield at + (key.end() if key is not None else len(line) - len(line.lstrip())), at + len(line)
        at += len(line)
