"""The README shows what the tool really says."""

import os
import re
import shlex
from pathlib import Path

from command import run

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
SHOWN = re.compile(r"(<!-- output: msglint (.*?) -->\n```\n)(.*?)(```\n<!-- end -->)", re.DOTALL)
FILE = re.compile(r"(<!-- file: (\S+) -->\n```yaml\n)(.*?)(```\n<!-- end -->)", re.DOTALL)


def test_the_readme_shows_the_real_output() -> None:
    """Each marked block is the output of its command, or its file; MSGLINT_ACCEPT=1 rewrites the blocks."""
    text = README.read_text(encoding="utf-8")
    assert SHOWN.search(text)
    assert FILE.search(text)
    current = SHOWN.sub(lambda match: match[1] + _output(match[2]) + match[4], text)
    current = FILE.sub(lambda match: match[1] + (ROOT / match[2]).read_text(encoding="utf-8") + match[4], current)
    if os.environ.get("MSGLINT_ACCEPT"):
        README.write_text(current, encoding="utf-8")
        return
    assert text == current


def _output(command: str) -> str:
    here = Path.cwd()
    os.chdir(ROOT)
    try:
        return run(*shlex.split(command)).output
    finally:
        os.chdir(here)
