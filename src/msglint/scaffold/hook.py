"""The hook of pre-commit, put into a file that may be there already without touching anything else in it."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from msglint.config.files import unplaced
from msglint.scaffold.interface import MIRROR, RELEASE, Draft, Left, Standing, UnsafeError, says, standing
from msglint.scaffold.survey import Survey
from msglint.source import Node, Position

FILE = ".pre-commit-config.yaml"

_PLAN = re.compile(r"(plan[^/]*\.json|\.tfplan)$")
"""The plans that the hook for plans is asked of."""
_DASH = re.compile(r"( *)-( +)")


class Style(NamedTuple):
    """How the elements of a file's lists are indented: blanks before and behind the dash of a repository and a hook."""

    before: str = "  "
    behind: str = " "
    hook_before: str = "  "
    """From the key above it."""
    hook_behind: str = " "


def draft(found: Survey) -> Draft | Left:
    """Draft the file with the hook in it."""
    hooks = ids(found)
    if not hooks:
        return Left(f"{FILE}: templates of the CDK are no files of the repository, so no commit has any to ask about")
    own = _file(hooks)
    try:
        there = standing(FILE)
        if there is None:
            return Draft(FILE, "\n".join([*own, ""]))
        return Left(f"{FILE} asks msglint already") if _asks(there) else _added(there, hooks)
    except UnsafeError as error:
        return Left(f"{FILE}: {error}. Add to it by hand", own)


def ids(found: Survey) -> list[str]:
    """Give the hooks that what was found asks for; for the CDK alone, none."""
    plans = [each for each in found.plans if _PLAN.search(each)]
    made = any(app.is_made for app in found.apps)
    # The hook for templates is asked of all JSON, plans too.
    general = bool(found.templates) or made or len(plans) < len(found.plans)
    chosen = ["msglint"] if general else []
    if any(not (general and each.endswith(".json")) for each in plans):
        chosen.append("msglint-plan")
    if found.modules:
        chosen.append("msglint-terraform")
    return chosen or ([] if found.apps else ["msglint"])


def _file(hooks: Sequence[str]) -> list[str]:
    return ["repos:", *_lines(hooks, Style())]


def _lines(hooks: Sequence[str], style: Style) -> Iterator[str]:
    inner = style.before + " " + style.behind
    yield f"{style.before}-{style.behind}repo: https://github.com/{MIRROR}"
    yield f"{inner}rev: {RELEASE}"
    yield f"{inner}hooks:"
    yield from (f"{inner}{style.hook_before}-{style.hook_behind}id: {each}" for each in hooks)


def _asks(there: Standing) -> bool:
    repos = there.said().get("repos")
    for repo in repos if isinstance(repos, list) else ():
        hooks = repo.get("hooks") if isinstance(repo, dict) else None
        for hook in hooks if isinstance(hooks, list) else ():
            if isinstance(hook, dict) and any("msglint" in str(hook.get(key)) for key in ("id", "entry")):
                return True
    return False


def _added(there: Standing, hooks: Sequence[str]) -> Draft:
    document, said, own = there.document, there.said(), _file(hooks)
    if there.root is None:
        return there.added(there.appended(own), says(own))
    repos = there.root.fields().get("repos")
    if repos is None or repos.kind != "sequence" or not repos.items():
        raise UnsafeError("it has no list of repos with something in it")
    style = _style(repos.items()[-1])
    line = repos.span.end.line
    # Comments that belong to the last one stay with it.
    below = document.lines[line:]
    line += next((index for index, each in enumerate(below) if not _is_comment(each, style.before)), len(below))
    at = document.offset(Position(line, 1)) + len(document.line(line))
    more = "".join(there.line_end + each for each in _lines(hooks, style))
    wanted = {**said, "repos": [*unplaced(repos), *says(own)["repos"]]}
    return there.added(document.text[:at] + more + document.text[at:], wanted)


def _is_comment(line: str, before: str) -> bool:
    text = line.lstrip(" ")
    return text.startswith("#") and len(line) - len(text) > len(before)


def _style(last: Node) -> Style:
    """Take the indentation from the last repository of a file. Raises `UnsafeError`."""
    before, behind = _dash(last)
    fields = last.fields() if last.kind == "mapping" else {}
    hooks = fields.get("hooks")
    if hooks is None or hooks.kind != "sequence" or not hooks.items():
        return Style(before, behind)
    try:
        hook_before, hook_behind = _dash(hooks.items()[0])
    except UnsafeError:  # in brackets
        return Style(before, behind)
    return Style(before, behind, hook_before[last.key("hooks").span.start.column - 1 :], hook_behind)


def _dash(element: Node) -> tuple[str, str]:
    start = element.span.start
    found = _DASH.fullmatch(element.document.line(start.line)[: start.column - 1])
    if found is None:
        raise UnsafeError("its repos are not one below the other, each behind a dash and blanks")
    return found[1], found[2]
