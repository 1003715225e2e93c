"""How far a run has come: told by the engine, shown on terminals, and gone at the end."""

import os
from pathlib import Path

import pytest

from msglint import engine
from msglint.options import Options
from processes import on_terminal
from test_cli import SHORT_POLLING

EXAMPLES = Path(__file__).parents[1] / "examples"
AT_ONCE = """\
import sys
from msglint.cli import progress
progress.PATIENCE = progress._OFTEN = 0
from msglint.__main__ import run
run()
"""
BAR = "Judging 1 file |"
GONE = "\r\x1b[K"


@pytest.fixture
def template(tmp_path: Path) -> Path:
    (tmp_path / "template.yaml").write_text(SHORT_POLLING, encoding="utf-8")
    return tmp_path


def shown(cwd: Path, *arguments: str, stdout: int | None = None, **more: str) -> str:
    with on_terminal("-c", AT_ONCE, *arguments, cwd=cwd, stdout=stdout, **more) as terminal:
        return terminal.rest()


def test_a_long_run_shows_a_bar_that_is_gone_before_anything_is_said(template: Path) -> None:
    text = shown(template, "lint", "template.yaml")
    before, _, after = text.rpartition(GONE)
    assert BAR in before
    assert "100%" in before
    assert after == shown(template, "lint", "template.yaml", "--no-progress")
    assert "MSG501" in after
    assert "MSG501" not in before


def test_the_bar_is_gone_before_an_error(template: Path) -> None:
    (template / "missing.yaml").symlink_to("missing.yaml")
    before, _, after = shown(template, "lint", "template.yaml", "missing.yaml").rpartition(GONE)
    assert "Judging 2 files |" in before
    assert after.startswith("msglint lint: error: missing.yaml: Too many levels")


def test_a_report_into_a_pipe_has_nothing_of_the_bar(template: Path) -> None:
    reading, writing = os.pipe()
    text = shown(template, "lint", "template.yaml", "--format", "json", stdout=writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as report:
        assert report.read().startswith(b"{")
    assert BAR in text
    assert text.endswith(GONE)


@pytest.mark.parametrize(("arguments", "more"), [([], {"CI": "true"}), ([], {"TERM": "dumb"}), (["--no-progress"], {})])
def test_who_does_not_watch_is_shown_no_bar(arguments: list[str], more: dict[str, str], template: Path) -> None:
    with on_terminal("-c", AT_ONCE, "lint", "template.yaml", *arguments, cwd=template, stdout=None, **more) as terminal:
        text = terminal.rest()
    assert "Judging" not in text
    assert "MSG501" in text


def test_a_short_run_shows_no_bar(template: Path) -> None:
    with on_terminal("-X", "importtime", "-m", "msglint", "lint", "template.yaml", cwd=template) as terminal:
        text = terminal.rest()
    assert "MSG501" in text
    assert "Judging" not in text
    assert "tqdm" not in text


@pytest.mark.parametrize("name", ["faulty", "linked", "cdk/cdk.out"])
def test_the_engine_tells_how_many_files_are_done(name: str) -> None:
    """Linked templates, which are judged last, and Terraform configurations too."""
    told: list[tuple[float, int]] = []
    engine.lint([str(EXAMPLES / name)], Options(), lambda done, files: told.append((done, files)))
    done = [each for each, _ in told]
    assert done == sorted(done)
    assert len({files for _, files in told}) == 1
    assert told[-1][0] == told[-1][1]
    assert len(set(done)) > 3 * told[0][1]
