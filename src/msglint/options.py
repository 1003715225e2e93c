"""What the user asks of a run, whichever door they come through."""

import msgspec

from msglint.finding import Severity
from msglint.readers.interface import Assumptions
from msglint.rules.index import RULES, Entry

ALWAYS = frozenset({"MSG001", "MSG002"})
"""What could not be read or judged is said whatever is selected, unless it is ignored by name."""


class Options(msgspec.Struct, frozen=True):
    """Which rules run, what fails the run, and what is assumed of the deployment."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    fail_on: Severity = Severity.WARNING
    show_undecided: bool = False
    strict: bool = False
    link: bool = True
    """Whether stacks that name one another are judged together."""
    assumptions: Assumptions = Assumptions()
    rules: tuple[Entry, ...] = RULES
    """The rules that there are: those of msglint, and the company's own."""

    def wants(self, code: str, name: str) -> bool:
        """Say whether a rule is asked for: by code, the beginning of a code, or name."""
        if _named(code, name, self.ignore):
            return False
        return code in ALWAYS or not self.select or _named(code, name, self.select)


def named(entry: Entry, pattern: str) -> bool:
    """Say whether a pattern of `select` or `ignore` means a rule."""
    return _named(entry.code, entry.name, (pattern,))


def _named(code: str, name: str, patterns: tuple[str, ...]) -> bool:
    return any(name == pattern or code.startswith(pattern.upper()) for pattern in patterns)
