"""What says the same in other words has the same answers: Terraform's files and plans, each written in another way."""

import json
from collections.abc import Mapping
from pathlib import Path
from zlib import crc32

import pytest

from linting import RULES
from metamorphic import configurations
from metamorphic.answers import Answers, answers, differences
from metamorphic.configurations import Files, Rewriting
from msglint.engine import lint, lint_text
from msglint.options import Options

SHARE = 8
"""Each configuration is written in one of so many ways; with 1 it is written in all."""

REWRITINGS: Mapping[str, Rewriting] = {
    "reversed blocks": configurations.reversed_blocks,
    "comments": configurations.commented,
    "several files": configurations.several_files,
    "other names": configurations.renamed,
    "in a module": configurations.in_a_module,
    "counted": configurations.counted,
    "through locals": configurations.through_locals,
    "through variables": configurations.through_variables,
}
SMALL = RULES / "redrive-denied" / "bad.tf"
LEFT_OUT = {"unreadable-file", "unused-suppression", "rule-failed"}


def paths() -> list[Path]:
    """Give the files that are a whole configuration."""
    return [
        path
        for path in sorted(RULES.glob("*/*.tf"))
        if path.is_file() and path.parent.name not in LEFT_OUT and not path.with_name(f"{path.name}.d").exists()
    ]


def said(directory: Path, files: Files) -> Answers:
    """Give what is said of a configuration that is written into a directory."""
    for name, text in files.items():
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_bytes(text.encode())
    return answers(lint([str(directory)], Options()), configurations.back)


def compared(path: Path, rewriting: str, directory: Path) -> list[str]:
    """Give the differences between a configuration and what it is written as."""
    text = path.read_text("utf-8")
    files = REWRITINGS[rewriting](text)
    assert list(files.values()) != [text]
    before, after = said(directory / "before", {"main.tf": text}), said(directory / "after", files)
    found = differences(before, after)
    # What a module returns nobody is shown before the root returns it.
    return [line for line in found if not (rewriting == "in a module" and "output." in line)]


@pytest.mark.slow
@pytest.mark.parametrize("rewriting", REWRITINGS)
def test_a_configuration_in_other_words_has_the_same_answers(tmp_path: Path, rewriting: str) -> None:
    found: dict[str, list[str]] = {}
    for path in paths():
        name = f"{path.parent.name}/{path.name}"
        if crc32(f"{rewriting} {name}".encode()) % SHARE == 0:
            lines = compared(path, rewriting, tmp_path / name)
            if lines:
                found[name] = lines
    assert found == {}


@pytest.mark.parametrize("rewriting", REWRITINGS)
def test_a_small_configuration_has_the_same_answers(tmp_path: Path, rewriting: str) -> None:
    assert compared(SMALL, rewriting, tmp_path) == []
    assert said(tmp_path / "before", {})


@pytest.mark.parametrize(
    "path", [RULES / "redrive-denied" / "bad.tfplan.json", RULES / "role-cannot-deliver" / "bad.tfplan.json"]
)
def test_a_plan_in_another_order_has_the_same_answers(path: Path) -> None:
    plan = json.loads(path.read_text("utf-8"))
    turned = configurations.turned_plan(plan)
    texts = [json.dumps(each) for each in (plan, turned)]
    assert texts[0] != texts[1]
    before, after = (answers(lint_text("plan.json", text.encode(), Options())) for text in texts)
    assert before
    # Of several queues that are at fault alike the message names the first.
    assert [line for line in differences(before, after) if line[:8] != "~ MSG704"] == []
