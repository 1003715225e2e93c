"""msglint for programs: what `import msglint` offers, documented in docs/api.md."""

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from msglint import engine
from msglint.config.nearest import Flags, Nearest
from msglint.finding import Finding, Question, Related, Remark, Repair, Report, Severity, Skipped, Unread
from msglint.model.resource import Construct, Language
from msglint.options import Options, UsageError
from msglint.readers.interface import Configuration, Setting
from msglint.source import Position, Span
from msglint.verdict import Doubt, Lookup

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

_Word = TypeVar("_Word")


def lint(
    paths: Iterable[str | os.PathLike[str]],
    *,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    accounts: Iterable[str] = (),
    regions: Iterable[str] = (),
    parameters: Mapping[str, str] | None = None,
    link: bool = True,
    terraform_dir: str | os.PathLike[str] | None = None,
    variables: Mapping[str, str] | None = None,
    config: str | os.PathLike[str] | None = None,
    isolated: bool = False,
) -> Report:
    """Judge files and directories as `msglint lint` does, and give what was found.

    The keywords are the flags of the command, and win over the configuration nearest to each file, or the one that
    `config` names. Raises `UsageError` for a path that cannot be read, a rule that does not exist, a configuration that
    cannot be used, and what else the caller can do wrong.
    """
    files = [os.fspath(path) for path in _several("paths", paths)]
    chosen = options(
        select=select,
        ignore=ignore,
        accounts=accounts,
        regions=regions,
        parameters=parameters,
        config=config,
        isolated=isolated,
        link=link,
        paths=files,
        configuration=_configuration(terraform_dir, variables or {}),
    )
    return engine.lint(files, chosen)


def options(
    *,
    select: Iterable[str],
    ignore: Iterable[str],
    accounts: Iterable[str],
    regions: Iterable[str],
    parameters: Mapping[str, str] | None,
    config: str | os.PathLike[str] | None = None,
    isolated: bool = False,
    fail_on: Severity | str | None = None,
    show_undecided: bool = False,
    strict: bool = False,
    link: bool = True,
    configuration: Configuration | None = None,
    paths: Sequence[str] = (),
) -> Options:
    """Give the options of a run that a program asks for; raises `UsageError` for what does not exist."""
    if config is not None and isolated:
        raise UsageError("config and isolated: which of them?")
    severities = [severity.value for severity in Severity]
    least = fail_on.value if isinstance(fail_on, Severity) else fail_on
    if least is not None and least not in severities:
        raise UsageError(f"fail_on is one of {', '.join(severities)}, and not {least!r}")
    said = Flags(
        select=_several("select", select),
        ignore=_several("ignore", ignore),
        fail_on=Severity(least) if least is not None else None,
        show_undecided=show_undecided,
        strict=strict,
        link=link,
        accounts=_several("accounts", accounts),
        regions=_several("regions", regions),
        parameters=dict(parameters or {}),
        configuration=configuration or Configuration(),
        paths=tuple(paths),
    )
    found = Nearest(said, file=os.fspath(config) if config is not None else None, isolated=isolated)
    found.check((*said.select, *said.ignore))
    return found.options(found.file("."))


def _several(name: str, words: Iterable[_Word]) -> tuple[_Word, ...]:
    """Give what a keyword takes several of; raises `UsageError` for one text, which would be taken letter by letter."""
    if isinstance(words, str | os.PathLike):
        raise UsageError(f"{name} takes a list: [{os.fspath(words)!r}]")
    return tuple(words)


def _configuration(directory: str | os.PathLike[str] | None, variables: Mapping[str, str]) -> Configuration:
    if directory is not None and not os.path.isdir(directory):
        raise UsageError(f"terraform_dir: there is no directory {os.fspath(directory)}")
    settings = tuple(Setting(name, text) for name, text in variables.items())
    return Configuration(None if directory is None else os.fspath(directory), here=True, settings=settings)
