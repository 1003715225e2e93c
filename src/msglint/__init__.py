"""msglint: a policy linter for AWS messaging and streaming infrastructure as code.

`msglint.lint` judges files and gives a `Report`; docs/api.md says what of it stays as it is.
"""

TYPE_CHECKING = False  # what checkers of types take for True; typing is not imported for it
if TYPE_CHECKING:
    from msglint.api import (
        Construct,
        Doubt,
        Finding,
        Language,
        Lookup,
        Position,
        Question,
        Related,
        Remark,
        Repair,
        Report,
        Severity,
        Skipped,
        Span,
        Unread,
        UsageError,
        lint,
    )

__version__ = "0.1.0"
__all__ = [
    "Construct",
    "Doubt",
    "Finding",
    "Language",
    "Lookup",
    "Position",
    "Question",
    "Related",
    "Remark",
    "Repair",
    "Report",
    "Severity",
    "Skipped",
    "Span",
    "Unread",
    "UsageError",
    "lint",
]

if not TYPE_CHECKING:  # checkers would let every name pass

    def __getattr__(name):  # noqa: ANN001, ANN202
        """Load what is asked for: the command line imports this package too, and must not wait for its engine."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from msglint import api  # noqa: PLC0415  # only here

        return getattr(api, name)


def __dir__() -> list[str]:
    """Give what is offered, loaded or not."""
    return sorted({*globals(), *__all__})
