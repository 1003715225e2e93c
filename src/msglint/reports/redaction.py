"""Secrets are shown nowhere: what stands in a line or a message and may be one is covered.

Covered is what a rule found to be secret, what the template declares as such (NoEcho, sensitive), and whatever follows
a name such as `password`, stands before the `@` of an address, or is a long stretch of base64. Rather too much than too
little: a report only has to show where something is.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from msglint.source import Document, Span

COVER = "*"
SHORTEST = 8
"""A secret that is shorter is not looked for in other texts, where it would stand by chance."""

_WORDS = (
    "passw|passphrase|pwd|(?<![a-z])pw(?![a-z])|secret|token|credential|api_?key|access_?key|private_?key|user\\.info"
)
_PLAIN_WORDS = (
    *("passw", "passphrase", "pw", "secret", "token", "credential", "user.info"),
    *("apikey", "api_key", "accesskey", "access_key", "privatekey", "private_key"),
)
# What a word begins with tells most places apart from all of them at once.
_NAMED = re.compile(rf"(?=[acpstu])(?:{_WORDS})[\w.\-]*(\\*[\"'])?[ \t]*", re.IGNORECASE)
_KEY = re.compile(r"\s*(?:- )?[\"']?[\w.\-]+[\"']?[ \t]*:(?:\s|$)")
_ANY_VALUE = re.compile(r"\s*(?:- )?[\"']?(?:value|default|before|after|constant_value)\b", re.IGNORECASE)
_SOON = 12  # lines between a telling name and what belongs to it, such as a parameter's default
_URL = re.compile(r"://[^\s\"'<>/@:,]*:([^\s\"'<>,]*)@")
_COMMAND = re.compile(r"rabbitmqctl[ \t]+(?:add_user|change_password)[ \t]+\S+[ \t]+[\"']?([^\s\"']+)")
_BASE64 = re.compile(r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{64,}={0,2}(?:\s*\n\s*[A-Za-z0-9+/]+={0,2}(?=\s*\n))*")
_IN_MESSAGE = (
    r"(?i)"
    r"://[^\s\"'<>/@:,]*:(?P<url>[^\s\"'<>,]*)@"
    r"|passw[\w.\-]*(?:=|\\*[\"']\s*[:=]\s*)\\*[\"']?(?P<named>[^\s\"';,&]+)"
    r"|(?<![A-Za-z0-9+/])(?P<base64>[A-Za-z0-9+/]{64,}={0,2})"
)
_COVERED = re.compile(r"[^\r\n]")
_LINE_ENDS = frozenset(map(ord, "\r\n"))
_PLAN = '"format_version"'
"""Stands in every plan, and early."""
_AROUND = 2048
"""How much is looked at around a place: more than any report shows, and than stands between a name and its secret."""


class Secrets:
    """Texts that are looked for in others; thousands of them cost not much more than a few."""

    __slots__ = ("_by_start", "_short")

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self._by_start: dict[str, list[str]] = {}
        self._short: list[str] = []
        for text in sorted({*texts}, key=len, reverse=True):
            if len(text) < SHORTEST:
                self._short.append(text)
            else:
                self._by_start.setdefault(text[:SHORTEST], []).append(text)

    def within(self, text: str) -> list[str]:
        """Give those that occur in a text, longer ones before their beginnings."""
        starts: Iterable[str] = self._by_start
        if len(self._by_start) > _FEW:
            starts = dict.fromkeys(text[at : at + SHORTEST] for at in range(len(text) - SHORTEST + 1))
        # Thousands may begin alike, and most texts hold not even that.
        begun = (start for start in starts if start in text)
        found = [each for start in begun for each in self._by_start.get(start, ()) if each in text]
        return [*found, *(each for each in self._short if each in text)]


_FEW = 200
"""So many texts are looked for one by one; for more it is faster to look up what stands at each place of a text."""


def scrubbed(message: str, secrets: Secrets | None = None) -> str:
    """Give a message without what may be secret in it."""
    for secret in secrets.within(message) if secrets is not None else ():
        # A word of the language, such as "password", is in every message.
        if len(secret) >= SHORTEST and not (secret.isalpha() and secret.islower()):
            message = message.replace(secret, COVER * 3)
    if "://" not in message and "passw" not in message.lower() and not any(map(_is_long, message.split())):
        return message
    return re.sub(_IN_MESSAGE, _covered, message)


def _is_long(word: str) -> bool:
    return len(word) >= 64  # so long at the least is base64 that is taken for a configuration


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
) -> Sequence[str]:
    """Give the lines of a document as reports may show them: those of the places, and of long lines what is near them.

    All else is empty or blank, so that nothing is shown that was not looked through; every character keeps its place.
    """
    text = document.text
    # Which values of a plan are sensitive is told elsewhere in it, perhaps behind the place where it breaks off.
    plan = broken and _PLAN in text
    known = sorted((document.offset(start), document.offset(end)) for start, end in spans)
    forms = Secrets(form for secret in secrets for form in _forms(secret))
    pieces: list[str] = []
    last = passed = 0
    inside: list[tuple[int, int]] = []
    for begin, done, members in _together(sorted(_near(document, place) for place in set(places))):
        stop = min(done + _AROUND, len(text))
        first = passed
        while passed < len(known) and known[passed][0] < stop:
            passed += 1
        inside = [(left, right) for left, right in (*inside, *known[first:passed]) if right > begin]
        known_here = [(max(left - begin, 0), right - begin) for left, right in inside]
        clean = covered(text[begin:stop], known_here, forms, broken=broken, plan=plan)
        for start, end in members:
            first = max(start, last)
            if end > first:
                pieces += [_blank(text[last:first]), clean[first - begin : end - begin]]
                last = end
    pieces.append(_blank(text[last:]))
    shown = "".join(pieces)
    pieces.clear()  # together they are as large as the document
    return Document(document.name, shown).lines


def _together(wanted: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int, Sequence[tuple[int, int]]]]:
    """Give the places that follow one another closely, and where a stretch for all of them begins and ends.

    What stands near is looked through at once with all that follows closely.
    """
    members: list[tuple[int, int]] = []
    begin = done = 0
    for start, end in wanted:
        if members and end - done > _AROUND:
            yield begin, done, members
            members = []
        if not members:
            begin, done = max(start - _AROUND, 0), end
        members.append((start, end))
        done = max(done, end)
    if members:
        yield begin, done, members


def _near(document: Document, place: Span) -> tuple[int, int]:
    """Give the lines of a place from their beginning to their end, of long ones what is near where it starts."""
    start = document.offset(place.start)
    end = min(document.offset(place.end), start + _AROUND)
    first = document.text.rfind("\n", max(start - _AROUND, 0), start) + 1 or max(start - _AROUND, 0)
    last = document.text.find("\n", end, end + _AROUND)
    return first, last if last >= 0 else min(end + _AROUND, len(document.text))


class _Blank:
    """A table that makes blanks of all but line ends."""

    def __getitem__(self, code: int) -> str:
        return chr(code) if code in _LINE_ENDS else " "


def _blank(text: str) -> str:
    return text.translate(_Blank())


def covered(
    text: str,
    spans: Iterable[tuple[int, int]] = (),
    secrets: Secrets | None = None,
    *,
    broken: bool = False,
    plan: bool = False,
) -> str:
    """Give a text in which what may be secret is covered, character by character, so that all else keeps its place.

    `spans` and `secrets` are known to be secret. In a `broken` text whole lines near a telling name are covered, and of
    a `plan` all values.
    """
    found = [*spans, *_looking_secret(text)]
    if secrets is not None:
        found += _declared(text, secrets)
    if broken:
        found += _doubtful(text, every=plan)
    pieces: list[str] = []
    end = 0
    for start, stop in sorted(found):
        if stop <= end:
            continue
        begin = max(start, end)
        pieces += [text[end:begin], _COVERED.sub(COVER, text[begin:stop])]
        end = stop
    return "".join([*pieces, text[end:]])


def _forms(secret: str) -> Iterator[str]:
    """Give what is looked for of a secret: it may be written in JSON, and one that is short stands alone."""
    import json  # noqa: PLC0415  # few templates declare any

    escaped = json.dumps(secret, ensure_ascii=False)[1:-1]
    html = escaped.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    hcl = escaped.replace("${", "$${").replace("%{", "%%{")
    for form in {secret, escaped, html, hcl}:
        if form:
            yield form if len(form) >= SHORTEST else f'"{form}"'


def _declared(text: str, secrets: Secrets) -> Iterator[tuple[int, int]]:
    for secret in secrets.within(text):
        at = text.find(secret)
        while at >= 0:
            yield at, at + len(secret)
            at = text.find(secret, at + len(secret))


def _looking_secret(text: str) -> Iterator[tuple[int, int]]:
    folded = text.casefold()
    # Most texts hold none of the words, which is told much faster than where they are.
    named = list(_NAMED.finditer(text)) if any(word in folded for word in _PLAIN_WORDS) else []
    if named:
        from msglint.reports.secret_values import behind  # noqa: PLC0415  # few texts name a secret

        for found in named:
            yield from behind(text, found.start(), found.end())
    if "rabbitmqctl" in text:
        yield from (found.span(1) for found in _COMMAND.finditer(text))
    if "://" in text:
        yield from (found.span(1) for found in _URL.finditer(text))
    yield from (found.span() for found in _BASE64.finditer(text) if _tells(found[0]))


def _tells(encoded: str) -> bool:
    """Say whether there is a telling name in what a stretch of base64 holds; where it was cut off, nobody knows."""
    import base64  # noqa: PLC0415  # few texts have any

    letters = "".join(encoded.split()).rstrip("=")
    plain = (base64.b64decode(letters[cut : cut + (len(letters) - cut) // 4 * 4]) for cut in range(4))
    return any(_NAMED.search(each.decode("utf-8", "replace")) for each in plain)


def _doubtful(text: str, *, every: bool) -> Iterator[tuple[int, int]]:
    """Give what stands in lines at or soon after a telling name, or is the value of who knows what, save keys.

    In a broken text the signs may be wrong, and what an output or variable is for is told elsewhere.
    """
    told = -_SOON
    at = 0
    for number, line in enumerate(text.splitlines(keepends=True)):
        if _NAMED.search(line):
            told = number
        if every or "://" in line or number - told < _SOON or _ANY_VALUE.match(line):
            key = _KEY.match(line)
            yield at + (key.end() if key is not None else len(line) - len(line.lstrip())), at + len(line)
        at += len(line)
