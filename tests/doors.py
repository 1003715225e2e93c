"""What the tests of the doors into other linters need: all examples side by side, and what the engine finds in them."""

import shutil
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from linting import LANGUAGES, RULES
from msglint.engine import lint
from msglint.options import Options

REPOSITORY = Path(__file__).parents[1]


class Found(NamedTuple):
    """One finding as every door tells it. `place` is file:line:column, with the file named as it was given."""

    file: str
    code: str
    resource: str | None
    place: str


def gathered(into: Path, kind: str, languages: Iterable[str] = tuple(LANGUAGES)) -> list[Path]:
    """Copy the examples of all rules whose names begin with a word into one directory, the rule in each name.

    The examples of unreadable files are left out: other linters refuse them, or break down over them.
    """
    suffixes = tuple(suffix for language in languages for suffix in LANGUAGES[language])
    folders = [folder for folder in sorted(RULES.iterdir()) if folder.name != "unreadable-file"]
    sources = [path for folder in folders for path in sorted(folder.glob(f"{kind}*")) if path.name.endswith(suffixes)]
    return [Path(shutil.copy(source, into / f"{source.parent.name}.{source.name}")) for source in sources]


def found(paths: Iterable[Path], options: Options | None = None) -> set[Found]:
    """Give what the command line finds in these files."""
    report = lint([str(path) for path in paths], options or Options())
    return {
        Found(each.file, each.code, each.resource, f"{each.file}:{each.span.start.line}:{each.span.start.column}")
        for each in report.findings
    }


def run(
    command: Sequence[str | Path], cwd: Path, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run another linter with nothing on its standard input; its exit code tells of findings, so none is an error."""
    return subprocess.run(  # noqa: S603  # the command is the test's own
        [str(word) for word in command],
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
