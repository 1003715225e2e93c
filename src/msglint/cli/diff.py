"""`msglint lint --diff`: what of a run a change causes."""

import argparse
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from msglint import changes, engine
from msglint.cli import judging
from msglint.cli.interface import UsageError, tell
from msglint.finding import Report
from msglint.inputs import STANDARD_INPUT
from msglint.options import Options
from msglint.readers.interface import Setting


def caused(given: argparse.Namespace, options: Options, unknown: Callable[[Report], Report]) -> Report:
    """Judge what the user names as it is and as it was, and give what the change causes and is `unknown`."""
    if STANDARD_INPUT in given.paths:
        raise UsageError("--diff: git knows no earlier state of standard input; name a file")
    try:
        with changes.since(given.diff, os.getcwd()) as change:
            report = judging.judged(given, options)
            report, notices = changes.caused(unknown(report), _before(given, change), change)
    except changes.UnknownChangeError as error:
        raise UsageError(f"--diff: {error}") from error
    for notice in notices:
        tell(f"msglint: {notice}")
    return report


def _before(given: argparse.Namespace, change: changes.Change) -> Report:
    """Judge what there was before, with the files of values that there were."""
    paths = given.paths or ["."]
    then = [*map(change.then, paths), *change.moved_into(paths)]
    said = argparse.Namespace(**vars(given))
    said.parameters = _settings(given.parameters, change)
    said.settings = _settings(given.settings, change)
    said.terraform_dir = change.then(given.terraform_dir) if given.terraform_dir is not None else None
    if said.terraform_dir is not None and not os.path.isdir(said.terraform_dir):
        said.terraform_dir = None
    # It would start programmes of another state than the one that the user trusts.
    said.terraform_bin = None
    here = change.then(".")
    os.makedirs(here, exist_ok=True)
    with _working_in(here):
        try:
            options = judging.options(said)
        except UsageError:
            # Files of values that nobody could read then.
            said.parameters = said.settings = None
            options = judging.options(said)
        return engine.lint([path for path in then if os.path.exists(path)], options)


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
