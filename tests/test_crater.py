"""The tool that shows what a change does to the findings in a corpus."""

import os
from pathlib import Path

import pytest

import crater
from msglint import engine
from msglint.finding import Report
from msglint.options import Options

QUEUE = "Resources:\n  Queue: {Type: AWS::SQS::Queue}\n"
CORPUS = os.environ.get("MSGLINT_CORPUS", "")


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Give a small corpus: a template, one that cannot be read, and a Terraform configuration."""
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "queue.yaml").write_text(QUEUE, encoding="utf-8")
    (tmp_path / "broken.yaml").write_text(f"{QUEUE}  Queue: 1\n", encoding="utf-8")
    (tmp_path / "module").mkdir()
    (tmp_path / "module" / "main.tf").write_text('resource "aws_sqs_queue" "q" {}\n', encoding="utf-8")
    return tmp_path


def without(code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no rule be asked that has this code."""

    def lint(paths: list[str], _: Options) -> Report:
        return engine.lint(paths, Options(ignore=(code,)))

    monkeypatch.setattr(crater, "lint", lint)


def test_a_summary_is_what_was_found_file_by_file(corpus: Path) -> None:
    summary = crater.survey(corpus)
    assert {name: judged.lines[1:3] for name, judged in summary.items()} == {
        "broken.yaml": ["3:3 error MSG001 -"],
        "module": [],
        "module/main.tf": ["1:1 info MSG302 aws_sqs_queue.q", "1:1 warning MSG501 aws_sqs_queue.q"],
        "sub/queue.yaml": ["2:3 info MSG302 Queue", "2:3 warning MSG501 Queue"],
    }
    assert crater.read("".join(crater.written(summary))) == summary


def test_a_finding_that_is_gone_is_a_difference(corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = crater.survey(corpus)
    assert [*crater.compared(before, before)] == []
    without("MSG501", monkeypatch)
    now = crater.survey(corpus)
    gone = [line for line in crater.compared(before, now) if line.startswith("-")]
    assert "-2:3 warning MSG501 Queue" in gone
    assert "MSG501 findings: 2 before, 0 now" in [*crater.counted(before, now)]
    assert any(line.startswith("+MSG501") or "MSG501" in line for line in crater.compared(now, before))


def test_another_text_is_not_compared(corpus: Path) -> None:
    before = crater.survey(corpus)
    (corpus / "sub" / "queue.yaml").write_text(f"# Moved.\n{QUEUE}", encoding="utf-8")
    now = crater.survey(corpus)
    assert [*crater.compared(before, now)] == []
    assert [*crater.counted(before, now)] == ["3 files compared; 1 are not in both, or have another text"]


@pytest.mark.slow
@pytest.mark.skipif(not CORPUS, reason="MSGLINT_CORPUS names no directory of templates and plans")
def test_the_summary_of_the_corpus_is_current() -> None:
    before = crater.read(crater.SUMMARY.read_text(encoding="utf-8"))
    assert [*crater.compared(before, crater.survey(Path(CORPUS)))] == []
