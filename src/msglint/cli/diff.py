"""`msglint lint --diff`: what of a run a change causes."""

import argparse
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from msglint import changes
from msglint.cli import choice, judging
from msglint.cli.interface import UsageError, tell
from msglint.config.nearest import Nearest
from msglint.finding import Entry, Report
from msglint.inputs import STANDARD_INPUT
from msglint.options import Options
from msglint.readers.interface import Setting

NOTHING = Report((), (), (), (), (), 0, {})


def caused(given: argparse.Namespace, nearest: Nearest, unknown: Callable[[Report], Report]) -> tuple[Report, Options]:
    """Judge what the user names as it is and as it was, and give what the change causes and is `unknown`."""
    if STANDARD_INPUT in given.paths:
        raise UsageError("--diff: git knows no earlier state of standard input; name a file")
    try:
        with changes.since(given.diff, os.getcwd()) as change:
            report, options = judging.judged(given, nearest)
            report, notices = changes.caused(unknown(report), _before(given, nearest, change), change)
    except changes.UnknownChangeError as error:
        raise UsageError(f"--diff: {error}") from error
    for notice in notices:
        tell(f"msglint: {notice}")
    return report, options


def _before(given: argparse.Namespace, nearest: Nearest, change: changes.Change) -> Report:
    """Judge what there was before, with the configuration and the files of values that there were.

    Rules of one's own are those of now: the others are code that nobody has asked to run.
    """
    own = nearest.own()
    paths = given.paths or ["."]
    then = [path for path in (*map(change.then, paths), *change.moved_into(paths)) if os.path.exists(path)]
    said = argparse.Namespace(**vars(given))
    said.parameters = _settings(given.parameters, change)
    said.settings = _settings(given.settings, change)
    said.terraform_dir = _there(given.terraform_dir, change)
    said.config = _there(given.config, change)
    said.isolated = given.isolated or (given.config is not None and said.config is None)
    # It would start programmes of another state than the one that the user trusts.
    said.terraform_bin = None
    if not then:
        return NOTHING
    said.paths = then
    here = change.then(".")
    os.makedirs(here, exist_ok=True)
    with _working_in(here):
        try:
            return _asked(said, own)
        except UsageError:
            # Nobody could read the configuration or the files of values as they were.
            said.parameters = said.settings = said.config = None
            said.isolated = True
            return _asked(said, own)


def _asked(said: argparse.Namespace, own: tuple[Entry, ...]) -> Report:
    nearest = choice.nearest(said, own)
    return judging.asked(said, nearest)[0]


def _there(path: str | None, change: changes.Change) -> str | None:
    """Give where a file or directory was, if it was there."""
    then = change.then(path) if path is not None else None
    return then if then is not None and os.path.exists(then) else None


def _settings(settings: list[Setting] | None, change: changes.Change) -> list[Setting] | None:
    """Give values, and the files of values as they were."""
    if settings is None:
        return None
    then = (each if each.variable is not None else each._replace(text=change.then(each.text)) for each in settings)
    return [each for each in then if each.variable is not None or os.path.exists(each.text)]


@contextmanager
def _working_in(directory: str) -> Iterator[None]:
    """Work in another directory: the sources of a plan may be in the working directory."""
    here = os.getcwd()
    os.chdir(directory)
    try:
        yield
    finally:
        os.chdir(here)
