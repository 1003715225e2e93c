"""Secrets in the open: where the parts of a text come from, and whether what is written gives the secret away.

A traced text keeps as a symbol what flows into it from elsewhere, such as a parameter, also where its value is known.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/security-best-practices.html
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator, Mapping

import msgspec

from msglint.model.text import Alphabet, Symbol, Text
from msglint.source import Place
from msglint.verdict import NO, YES, Doubt, Reason, Verdict, unknown

_TELLING = 6  # beside a parameter, a literal shorter than this is only a prefix or the like
_FIRST_MARK = 0xF0000  # a private-use plane of Unicode stands for symbols while a text is taken apart

# Compiled only where there is a secret.
_PLACEHOLDER = (
    r"(?is)(?:to[-_ ]?be[-_ ]?|please[-_ ]?)?(?:replace|change|insert|enter|fill)d?"
    r"(?:[-_ ].*|(?:me|it|this|in|with|by|your|a|the|pass|secret|value).*)?"
    r"|todo|tbd|tba|n/?a|none|null|undefined|unset|(?:not[-_ ]?|un)used|placeholder.*"
    r"|dummy|example|sample|redacted|masked|hidden"
    r"|(?:x|\*|\.|-|_|\?)+|<.*>|\[.*\]|your[-_ ]?.*|.*[-_ ](?:goes[-_ ])?here|(?-i:[A-Z]+(?:_[A-Z]+)+)"
    r"|(?-i:PASS(?:WORD|WD|PHRASE)?|PWD|SECRET|TOKEN)"
)
_SCHEME = r"(?i)\A\s*(?:bearer|basic|token|apikey)\s+"
"""How the value of an `Authorization` header begins, which nobody keeps secret."""
_FILLED_LATER = (
    r"(?s)\{\{.*\}\}|\{%.*%\}|\{\w+\}|\$\{[^}]*\}|\$\(.*\)|\$\w+|%\w+%|%[sdv]|#\{.*\}|@\w+@|get_secret\(.*\)"
)
_PATH = r"(?:/[\w.-]+){2,}|(?=.*(?i:pass|secret|cred))(?:[\w.-]+/)+[\w.-]+"
_REFERENCE = (
    r"(?is)(?:ref\+)?(?:aws[-_:]?)?(?:vault|bao|ssm|asm|g?sm|secrets?|secretsmanager|parameter[-_]?store|env|file|op"
    r"|k8s|sops|conjur|doppler|infisical|key[-_]?vault):.+|[a-z][a-z0-9+.-]*://.+"
)
"""How tools name a secret that they are to fetch from elsewhere: `vault:…`, `op://…`."""
_ENCRYPTED = r"ENC\[.*\]|ENC\(.*\)|\{cipher\}.*|vault:v\d+:.*|\$ANSIBLE_VAULT;[\s\S]*|AQICAH[A-Za-z0-9+/=]{60,}"
"""What sops, Jasypt, Spring, Vault, Ansible and KMS make of a secret."""
_SWITCH = r"(?i)true|false|yes|no|on|off|enabled|disabled|[01]"
"""The answer to whether there is a password, and none."""
_PROVIDED = r"\$\{[\w.-]+:[^}]+\}"
"""A configuration provider of Kafka's, as MSK Connect has: `${provider:path:key}`."""


class Way(enum.Enum):
    """How a secret comes to be in the open."""

    LITERAL = "a literal"
    DEFAULT = "the default of a parameter or variable"
    ECHOED = "a parameter without NoEcho"
    STORED = "a plain parameter of Parameter Store"
    ALLOWED = "one of the values that a parameter may have"
    SHOWN = "an output, or metadata of a template"
    KEPT = "what a plain parameter of Parameter Store is given"


class Source(msgspec.Struct, frozen=True):
    """Where a part of a text comes from.

    `way` says how that gives it away; None: it does not, or, where there is a `doubt`, nobody knows.
    """

    name: str
    at: Place
    way: Way | None = None
    doubt: Reason | None = None
    default: Text | None = None
    """What stands there when nobody gives anything else."""


class Sourced(Symbol, frozen=True, eq=False, kw_only=True):
    """A part of a text that comes from elsewhere."""

    source: Source
    value: str | None = None
    """What stands there, where that is known. No report shows it."""

    @classmethod
    def of(cls, source: Source, value: str | None = None) -> Sourced:
        """Make the symbol of a source; two of the same name and value are the same."""
        key = ("source", source.at.document.name, source.name, *(() if value is None else (value,)))
        return cls(key, Alphabet.OPAQUE, f"${{{source.name}}}", source=source, value=value)


class Encoded(Symbol, frozen=True, eq=False, kw_only=True):
    """A part of a text that is the base64 of another."""

    inner: Text


class Traced(msgspec.Struct, frozen=True):
    """A text, and where it is written. `doubt` says why what looks like a literal may come from elsewhere."""

    text: Text
    at: Place
    doubt: Reason | None = None

    @classmethod
    def untold(cls, doubt: Reason, at: Place) -> Traced:
        """Give a text of which nothing is known, and why."""
        return cls(Text.of(Sourced.of(Source(doubt.text, at, doubt=doubt))), at)

    @property
    def unclear(self) -> bool:
        """Whether msglint could not tell where some of it comes from."""
        sources = (part.source.doubt for part in self.text.parts if isinstance(part, Sourced))
        return any(each is not None and each.doubt is Doubt.NOT_UNDERSTOOD for each in (self.doubt, *sources))

    @property
    def named(self) -> str:
        """The text as a name that may be shown: with defaults put in, and other symbols by their names."""
        return "".join(map(_as_named, self.text.parts))

    def words(self, *, written: bool) -> Iterator[str]:
        """Give the texts that are put into it from elsewhere, and, where asked for, those that are written."""
        for part in self.text.parts:
            match part:
                case str() if written:
                    yield part
                case Sourced(source=source, value=str() as value) if written or source.way is None:
                    yield value
                case Encoded(inner=inner):
                    yield from self.part(inner).words(written=written)
                case _:
                    pass

    def part(self, text: Text) -> Traced:
        """Give a part of the text as one that is written in the same place."""
        return Traced(text, self.at, self.doubt)

    def marked(self) -> tuple[str, Mapping[str, Symbol]]:
        """Give the text as a string in which one character stands for each symbol, and which one for which."""
        marks: dict[Symbol, str] = {}
        for part in self.text.parts:
            if isinstance(part, Symbol):
                marks.setdefault(part, chr(_FIRST_MARK + len(marks)))
        written = "".join(part if isinstance(part, str) else marks[part] for part in self.text.parts)
        return written, {mark: symbol for symbol, mark in marks.items()}

    def unmarked(self, written: str, marks: Mapping[str, Symbol]) -> Traced:
        """Give a part of the string of `marked` as a text again."""
        return self.part(unmarked(written, marks))


def unmarked(written: str, marks: Mapping[str, Symbol]) -> Text:
    """Put symbols for the characters that stand for them."""
    return Text.of(*(marks.get(letter, letter) for letter in written)) if marks else Text.literal(written)


class Disclosure(msgspec.Struct, frozen=True):
    """Whether a secret is in the open, how, whose it is (empty for a literal), and the place to change."""

    verdict: Verdict
    way: Way
    name: str
    at: Place


def disclosure(secret: Traced, place: Way | None = None) -> Disclosure:
    """Say whether a text that is secret as a whole is given away by what is written, or by the place where it stands.

    CloudFormation masks no parameter in outputs and metadata, and reads no secret there:
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html.
    """
    parts = [
        piece for part in secret.text.parts for piece in (part.inner.parts if isinstance(part, Encoded) else (part,))
    ]
    literal = re.sub(_SCHEME, "", "".join(part for part in parts if isinstance(part, str)))
    symbols = [part for part in parts if isinstance(part, Symbol)]
    sources = [symbol.source for symbol in symbols if isinstance(symbol, Sourced)]
    refers = secret.text.refers
    if secret.text.starts_with("arn:").is_yes or (refers is not None and refers.attribute == "ref"):
        return Disclosure(NO, Way.LITERAL, "", secret.at)
    quiet = [source for source in sources if source.way is None and source.doubt is None]
    if quiet and place is not None and not (place is Way.SHOWN and any(map(_is_dynamic, quiet))):
        return Disclosure(YES, place, quiet[0].name, secret.at)
    if quiet:
        return Disclosure(NO, Way.LITERAL, "", secret.at)
    doubts = [source.doubt for source in sources if source.doubt is not None]
    doubts += [
        Reason(Doubt.OUTSIDE, f"{symbol} has no value here", secret.at)
        for symbol in map(_label, (each for each in symbols if not isinstance(each, Sourced)))
    ]
    if doubts:
        return Disclosure(unknown(*doubts), Way.LITERAL, "", secret.at)
    if sources and (len(re.sub(r"\W", "", literal)) < _TELLING or is_placeholder(literal)):
        first = sources[0]
        default = first.default.literal_value if first.way is Way.DEFAULT and first.default is not None else None
        said = YES if default is None else _literal(default, Traced(Text.literal(default), first.at))
        return Disclosure(said, first.way or Way.LITERAL, first.name, first.at)
    return Disclosure(_literal(literal, secret), Way.LITERAL, "", secret.at)


def _as_named(part: str | Symbol) -> str:
    match part:
        case str():
            return part
        case Sourced(source=Source(way=way, doubt=doubt, default=Text(parts=(_, *_)) as default)) if way or doubt:
            return str(default)
        case _:
            return part.label


def _is_dynamic(source: Source) -> bool:
    return source.name.startswith("{{resolve:")


def _label(symbol: Symbol) -> str:
    return symbol.label


def _literal(text: str, secret: Traced) -> Verdict:
    if is_switch(text) or text.startswith("arn:") or re.fullmatch(rf"[\s{{}}]*|{_PROVIDED}|{_ENCRYPTED}", text):
        return NO
    if secret.doubt is not None:
        return unknown(secret.doubt)
    if is_placeholder(text):
        return unknown(Reason(Doubt.OUTSIDE, "what stands there looks like a placeholder", secret.at))
    if re.fullmatch(_PATH, text.strip()):
        return unknown(Reason(Doubt.OUTSIDE, "what stands there looks like the name of a parameter", secret.at))
    if re.fullmatch(_REFERENCE, text.strip()):
        return unknown(Reason(Doubt.OUTSIDE, "what stands there looks like a reference to a secret", secret.at))
    if re.fullmatch(_FILLED_LATER, text.strip()):
        return unknown(Reason(Doubt.OUTSIDE, "what stands there seems to be filled in later", secret.at))
    return YES


def is_switch(text: str) -> bool:
    """Say whether a text says yes or no, and nothing that could be secret."""
    return bool(re.fullmatch(_SWITCH, text.strip()))


def is_placeholder(text: str) -> bool:
    """Say whether people write such a text where a secret is still to be put."""
    return bool(re.fullmatch(_PLACEHOLDER, re.sub(_SCHEME, "", text).strip()))
