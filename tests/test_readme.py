"""The README and the pages of docs show what the tool really says."""

import os
import re
import shlex
import shutil
from pathlib import Path

import pytest

from command import run
from msglint.cli.interface import Exit

ROOT = Path(__file__).parent.parent
PAGES = [Path("README.md"), *(path.relative_to(ROOT) for path in sorted(ROOT.glob("docs/*.md")))]
SHOWN = re.compile(
    r"(<!-- output: msglint ([^\n]*?)(?: in a repository with (\S+))? -->\n```\n)(.*?)(```\n<!-- end -->)", re.DOTALL
)
MARK = re.compile(r"^<!-- (?:output|file): ", re.MULTILINE)
FILE = re.compile(r"(<!-- file: (\S+) -->\n```\w+\n)(.*?)(```\n<!-- end -->)", re.DOTALL)


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_a_page_shows_the_real_output(page: Path, tmp_path: Path) -> None:
    """Each marked block is the output of its command, or its file; MSGLINT_ACCEPT=1 rewrites the blocks.

    A command may be run in a repository of GitHub that has a directory of ours as its templates.
    """
    text = (ROOT / page).read_text(encoding="utf-8")
    assert len(SHOWN.findall(text) + FILE.findall(text)) == len(MARK.findall(text)), "a block that nothing writes"
    current = SHOWN.sub(lambda match: match[1] + _output(match[2], match[3], tmp_path) + match[5], text)
    current = FILE.sub(lambda match: match[1] + (ROOT / match[2]).read_text(encoding="utf-8") + match[4], current)
    if os.environ.get("MSGLINT_ACCEPT"):
        (ROOT / page).write_text(current, encoding="utf-8")
        return
    assert text == current


def test_the_page_of_flags_has_them_all() -> None:
    flags = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", run("lint", "--help").stdout)) - {"--help"}
    told = set(re.findall(r"--[a-z][a-z-]+", (ROOT / "docs" / "usage.md").read_text(encoding="utf-8")))
    assert flags - told == set()


@pytest.mark.parametrize("page", ["start.md", "baseline.md"])
def test_who_follows_a_page_sees_the_commands(page: str) -> None:
    """Not only what they say: the marks of the blocks are comments, which nobody sees."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    commands = re.findall(r"^<!-- (?:output|shown): (msglint [^\n]*?)(?: in a repository .*)? -->$", text, re.MULTILINE)
    seen = re.sub(r"<!--.*?-->", "", text)
    assert commands
    assert [command for command in commands if command not in seen] == []


def test_some_pages_have_such_blocks() -> None:
    texts = [(ROOT / page).read_text(encoding="utf-8") for page in PAGES]
    assert any(map(SHOWN.search, texts))
    assert any(map(FILE.search, texts))


def _output(command: str, templates: str | None, temporary: Path) -> str:
    here = Path.cwd()
    if templates is not None:
        shutil.copytree(ROOT / templates, temporary / "templates")
        for name in (".git", ".github"):
            (temporary / name).mkdir()
    os.chdir(ROOT if templates is None else temporary)
    try:
        result = run(*shlex.split(command))
    finally:
        os.chdir(here)
    assert result.exit_code <= Exit.FINDINGS, result.stderr
    return result.output
