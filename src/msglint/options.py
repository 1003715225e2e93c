"""What the user asks of a run, whichever door they come through."""

import datetime
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Protocol

import msgspec

from msglint.finding import Entry, Finding, Severity
from msglint.model.resource import Part
from msglint.readers.interface import Assumptions
from msglint.source import Spot
from msglint.verdict import Lookup

ALWAYS = frozenset({"MSG001", "MSG002"})
"""What could not be read or judged is said whatever is selected, unless it is ignored by name."""

TIMEOUT = 120.0
"""How long a file may take unless the user says otherwise, in seconds: the slowest of real plans take a tenth of it."""

LONGEST_TIMEOUT = 86_400.0
"""The longest that the user may say."""


class UsageError(Exception):
    """What the user asks for cannot be done; the message says why, and `details` what more there is, in lines."""

    def __init__(self, message: str, details: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.details = details

    def __str__(self) -> str:
        return ": ".join([self.message, *(["; ".join(self.details)] if self.details else [])])


class Passing(Protocol):
    """Says what is passed over where a directory is searched."""

    def within(self, directory: str, named: str) -> Callable[[str, bool], bool]:
        """Give what says of each name in a directory, and whether it is one, if it is passed over.

        `named` is the directory that the user named: this one, or one above it.
        """


Covers = Callable[[str], bool]
"""Says whether a file is among those that a pattern names."""


class Excepted(msgspec.Struct, frozen=True):
    """A finding that is expected until a day, wherever the rule, the resource and the file are these."""

    rule: str
    resource: Covers
    """By logical ids and addresses."""
    file: Covers
    expires: datetime.date
    reason: str
    at: Callable[[], Spot]
    """Where it is written: looked up only where something is said of it."""
    whole: bool = False
    """Whether this run sees all that it may be for."""

    def matches(self, finding: Finding) -> bool:
        """Say whether a finding is the one that is expected, on whatever day."""
        resources = {finding.resource or "", finding.subject}
        return (
            named(finding.code, finding.name, (self.rule,))
            and any(map(self.resource, resources))
            and self.file(finding.file)
        )


class Options(msgspec.Struct, frozen=True):
    """Which rules run, what fails the run, and what is assumed of the deployment."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    fail_on: Severity = Severity.WARNING
    timeout: float = TIMEOUT
    """How long a file may take to be read and judged, in seconds of the processor's time."""
    show_undecided: bool = False
    strict: bool = False
    link: bool = True
    """Whether stacks that name one another are judged together."""
    assumptions: Assumptions = Assumptions()
    severities: Mapping[str, Severity] = {}
    """By rules, as they are selected; of several that name a rule the longest holds."""
    per_path: tuple[tuple[Covers, tuple[str, ...]], ...] = ()
    """Files, and the rules that are not asked of them."""
    exceptions: tuple[Excepted, ...] = ()
    require_reason: bool = False
    """Whether a suppression without a reason hides nothing."""
    suppressing: bool = True
    """Whether suppressions and exceptions hide findings."""
    today: datetime.date | None = None
    """The day that exceptions are held against; None: this one."""
    given: frozenset[str] = frozenset()
    """The parameters whose names are worth a word where no template declares them."""
    own: tuple[Entry, ...] = ()
    """The company's own rules, beside those of msglint."""
    passing: Passing | None = None
    """Says what of a directory is passed over."""
    deployed: Callable[[Sequence[Part]], Sequence[Part]] | None = None
    """Gives what was looked up for what is judged together: things that are deployed, and are not judged themselves."""
    wished: Callable[[str, Collection[Lookup]], None] | None = None
    """Is told what would be good to know of what others have made, and the name of what is judged."""
    nearest: "Callable[[str], Options] | None" = None
    """Gives what is asked of a file, where that is not the same for all."""

    def of(self, file: str) -> "Options":
        """Give what is asked of one file."""
        return self if self.nearest is None else self.nearest(file)

    def fails(self, finding: Finding) -> bool:
        """Say whether a finding fails the run."""
        own = self.of(finding.unit or finding.file)
        return finding.severity.rank <= own.fail_on.rank if finding.decided else own.strict

    def wants(self, code: str, name: str) -> bool:
        """Say whether a rule is asked for: by code, the beginning of a code, or name."""
        if named(code, name, self.ignore):
            return False
        return code in ALWAYS or not self.select or named(code, name, self.select)

    def passes_over(self, finding: Finding) -> bool:
        """Say whether a rule is not asked of the file that it found something in."""
        return any(named(finding.code, finding.name, rules) and covers(finding.file) for covers, rules in self.per_path)

    def severity(self, code: str, name: str) -> Severity | None:
        """Give how bad the findings of a rule are to the user; None: as bad as the rule says."""
        fitting = [each for each in self.severities if named(code, name, (each,))]
        return self.severities[max(fitting, key=len)] if fitting else None


def misspelt(word: str, known: Iterable[str]) -> str:
    """Give the end of a sentence that says which word may be meant; empty where none is near."""
    from difflib import get_close_matches  # noqa: PLC0415  # only for who has misspelt one

    near = get_close_matches(word, list(known), 1)
    return f"; did you mean {near[0]}?" if near else ""


def named(code: str, name: str, patterns: tuple[str, ...]) -> bool:
    """Say whether a rule is among those that are named: by code, the beginning of a code, or name."""
    return any(name == pattern or code.startswith(pattern.upper()) for pattern in patterns)
