"""`msglint init`: the files with which a repository begins to ask msglint, shown before they are written."""

import argparse
import difflib
import os
import shlex
import sys
from collections.abc import Iterator, Sequence

from msglint.cli import choice
from msglint.cli.interface import Exit, UsageError, colored, listed, safe, save_all, say, tell
from msglint.config.nearest import Flags, Nearest
from msglint.config.paths import repository
from msglint.reports.terminal import counted
from msglint.scaffold import configuration, hook, pipeline
from msglint.scaffold.interface import MIRROR, Draft, Left, UnsafeError, content
from msglint.scaffold.survey import Survey, survey

PARTS = ("config", "hook", "ci")

_BARE = ("HEAD", "objects", "refs")
"""What is in a repository of git itself."""
_TAB = " " * 4
_MOST_TOLD = 3


def run(given: argparse.Namespace) -> int:
    """Begin with msglint in a repository: write its configuration, a hook of pre-commit and a job of CI.

    What is written follows from what is found: templates, Terraform, apps of the CDK, GitHub or GitLab. All of it is
    shown first, as a diff. Files that are there already are added to or left alone, and never overwritten.
    """
    parts = _parts(given.only)
    nearest = Nearest(Flags())
    file = nearest.file(".")
    _check_place(parts)
    found = survey(nearest)
    baseline = nearest.baseline()
    drafted: list[Draft | Left] = []
    if "config" in parts:
        drafted.append(configuration.draft(found, file))
    if "hook" in parts:
        drafted.append(hook.draft(found))
    if "ci" in parts:
        drafted += pipeline.drafts(found)
    drafts = [each for each in drafted if isinstance(each, Draft)]
    _say(f"Found: {_told(found)}.")
    for left in (each for each in drafted if isinstance(each, Left)):
        _say(f"{left.reason}{':' if left.lines else '.'}", *(f"    {line}" for line in left.lines))
    if not drafts:
        _say("There is nothing to do.")
        return Exit.CLEAN
    for each in drafts:
        say("\n" + "".join(f"{line}\n" for line in _diff(each, paint=colored())))
    say("\n")
    if given.dry_run:
        return Exit.CLEAN
    if not given.yes and not _agreed(len(drafts)):
        return Exit.CLEAN
    _check_unchanged(drafts)
    save_all({each.path: each.text for each in drafts})
    for each in drafts:
        _say(f"{'Made' if each.before is None else 'Added to'} {each.path}.")
    _say("", "Next:", *(f"  {line}" for line in _next(found, drafts, baseline)))
    return Exit.CLEAN


def flags(parser: argparse.ArgumentParser) -> None:
    """Add the flags."""
    add = parser.add_argument
    add(
        "--only",
        action="append",
        default=[],
        metavar="PARTS",
        help=f"Only these parts: {', '.join(PARTS)}.",
    )
    add("--yes", action="store_true", help="Write without asking.")
    add("--dry-run", action="store_true", help="Only show what would be written.")


def _parts(only: Sequence[str]) -> Sequence[str]:
    wanted = listed(only)
    for each in wanted:
        if each not in PARTS:
            raise UsageError(f"--only takes {', '.join(PARTS)}, and not {each!r}")
    return wanted or PARTS


def _check_place(parts: Sequence[str]) -> None:
    """Refuse to put a hook or a job where nobody looks for it."""
    root = repository(".")
    if root is None and all(map(os.path.exists, _BARE)):
        raise UsageError("this repository has no work tree: run msglint init in a clone of it")
    if root is not None and os.path.realpath(root) != os.path.realpath(".") and {"hook", "ci"} & {*parts}:
        raise UsageError(
            f"the repository begins in {os.path.relpath(root)}: run msglint init there, "
            "or here with --only config for this directory alone"
        )


def _say(*lines: str) -> None:
    say("".join(f"{safe(line)}\n" for line in lines))


def _told(found: Survey) -> str:
    """Tell what was found."""
    templates, plans = (
        sorted({os.path.dirname(each) or "." for each in files}) for files in (found.templates, found.plans)
    )
    apps = [app.directory for app in found.apps]
    parts = [
        _among(counted(len(found.templates), "template"), templates),
        _among(counted(len(found.modules), "Terraform configuration"), found.modules),
        _among(counted(len(found.plans), "plan"), plans),
        _among(counted(len(apps), "app") + " of the CDK", apps),
    ]
    return "; ".join([*filter(None, parts), *found.forges]) or "nothing to judge yet"


def _among(what: str, places: Sequence[str]) -> str:
    more = len(places) - _MOST_TOLD
    named = ["this directory" if each == "." else each for each in places[:_MOST_TOLD]]
    told = ", ".join([*named, *([f"{more} more"] if more > 0 else [])])
    return f"{what} in {told}" if places else ""


def _diff(draft: Draft, *, paint: bool) -> Iterator[str]:
    """Give a unified diff of what a draft changes. Line ends are left out: they stay what they are."""
    from msglint.reports.text import Ink  # noqa: PLC0415  # help needs none

    ink = Ink(paint)
    before, after = ((text or "").replace("\r\n", "\n").splitlines() for text in (draft.before, draft.text))
    old = "/dev/null" if draft.before is None else draft.path
    for line in difflib.unified_diff(before, after, old, draft.path, lineterm=""):
        shown = safe(line.replace("\t", _TAB))
        if line.startswith(("---", "+++")):
            yield ink("file", shown)
        elif line.startswith("@@"):
            yield ink("faint", shown)
        else:
            yield ink("fix", shown) if line.startswith("+") else shown


def _agreed(number: int) -> bool:
    """Ask whether the files are to be written, where somebody can answer."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        tell("msglint: nothing is written, since nobody can be asked here; msglint init --yes writes it")
        return False
    these = "this file" if number == 1 else f"these {number} files"
    say(f"Write {these}? [y/N] ")
    sys.stdout.flush()
    agreed = sys.stdin.readline().strip().lower() in {"y", "yes"}
    if not agreed:
        _say("Nothing is written.")
    return agreed


def _check_unchanged(drafts: Sequence[Draft]) -> None:
    """Refuse to write over what somebody else has written since it was read."""
    for each in drafts:
        try:
            data = content(each.path)
        except UnsafeError as error:
            raise UsageError(f"{each.path}: {error}; nothing is written") from error
        if data != (None if each.before is None else each.before.encode()):
            raise UsageError(f"{each.path} has changed since it was read; nothing is written")


def _next(found: Survey, drafts: Sequence[Draft], baseline: str | None) -> Iterator[str]:
    """Say what to do next, with the commands for this repository; `baseline`: the one that is in use already."""
    made = [each.path for each in drafts]
    paths = found.paths()
    words = "" if paths == ["."] else "".join(f" {shlex.quote(each)}" for each in paths)
    findings = _findings([each for each in paths if os.path.exists(each)])
    to_make = [pipeline.synthesis(app) for app in found.apps if not os.path.exists(app.output)]
    lint = " && ".join([*to_make, f"msglint lint{words}"])
    if findings:
        yield f"{lint}  # {counted(findings, 'finding')} today"
        if baseline is None:
            them = "it" if findings == 1 else "them"
            own = configuration.FILE in made
            use = f"take the # from baseline in {configuration.FILE}" if own else f"--baseline {configuration.BASELINE}"
            yield f"msglint baseline{words}  # remembers {them}; then {use}"
    else:
        yield lint if to_make or findings is None else f"{lint}  # no findings today"
    if hook.FILE in made and repository(".") is not None:
        yield "pre-commit install  # lets each commit ask"
    named = [each.path for each in drafts if MIRROR in each.text]
    if named:
        yield f"Put the address of your copy of msglint in the place of {MIRROR} in {' and '.join(named)}."


def _findings(paths: Sequence[str]) -> int | None:
    """Count the findings that there are today; None where nothing could be judged."""
    from msglint import engine  # noqa: PLC0415  # only after something was written

    try:
        nearest = Nearest(Flags(paths=tuple(paths)))
        report = engine.lint(paths, choice.here(nearest))
    except UsageError:
        return None
    return len(report.findings) if report.files else None
