"""What says the same in other words has the same answers: Terraform's files and plans, each written in another way."""

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from zlib import crc32

import pytest

from linting import RULES
from metamorphic import configurations, policy_forms
from metamorphic.answers import Answers, answers, differences
from metamorphic.configurations import Files, Rewriting
from metamorphic.policy_forms import Move
from msglint.engine import lint, lint_text
from msglint.options import Options

Moving = Callable[[str], Move]

SHARE = 8
"""Each configuration is written in one of so many ways; with 1 it is written in all."""
FEW = 4
"""The same for what few configurations have."""
LARGE = 24
"""The same for ways that change most of each configuration, and so are alike for all."""
LARGELY = {"for_each", "dynamic blocks"}

REWRITINGS: Mapping[str, Rewriting] = {
    "reversed blocks": configurations.reversed_blocks,
    "comments": configurations.commented,
    "several files": configurations.several_files,
    "other names": configurations.renamed,
    "in a module": configurations.in_a_module,
    "counted": configurations.counted,
    "for_each": configurations.for_each,
    "dynamic blocks": configurations.dynamic,
    "documents as objects": policy_forms.encoded,
    "objects as documents": policy_forms.in_documents,
    "policies as JSON": policy_forms.in_heredocs,
    "through locals": configurations.through_locals,
    "through variables": configurations.through_variables,
}
MOVES: Mapping[str, Moving] = {"inline": policy_forms.inline, "apart": policy_forms.apart}
SMALL = RULES / "bucket-grant-without-account" / "bad.tf"
"""It has policies in each form."""
WORDS: Mapping[str, Mapping[str, str]] = {
    "policies as JSON": {"MSG110": "an ARN that is put into a text is shown as that, not as whose it is"}
}
"""By rewriting and rule: why the same answer may be given in other words."""
UNKNOWN_TEXT = {"policies as JSON"}
"""Where a part of a text is not known none of it is, so more may be undecided."""
ACCEPTED: Mapping[tuple[str, str], Mapping[str, str]] = {
    ("policies as JSON", name): {rule: "the ARN of a subscription ends in random letters, and so is no known text"}
    for name, rule in {
        "condition-never-matches/bad.tf": "MSG108",
        "dead-letter-queue-rejects-sender/bad.tf": "MSG101",
    }.items()
}
"""By rewriting and file: the rules whose answers differ, and why that is right."""
LEFT_OUT = {"unreadable-file", "unused-suppression", "rule-failed"}


def paths() -> list[Path]:
    """Give the files that are a whole configuration."""
    return [
        path
        for path in sorted(RULES.glob("*/*.tf"))
        if path.is_file() and path.parent.name not in LEFT_OUT and not path.with_name(f"{path.name}.d").exists()
    ]


def said(directory: Path, files: Files, named: Callable[[str], str] = configurations.back) -> Answers:
    """Give what is said of a configuration that is written into a directory."""
    for name, text in files.items():
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_bytes(text.encode())
    return answers(lint([str(directory)], Options()), named)


def explained(line: str, rewriting: str, path: Path) -> bool:
    """Say whether a difference is right."""
    rule = line[2:8]
    return (
        # What a module returns nobody is shown before the root returns it.
        (rewriting == "in a module" and "output." in line)
        or (line[0] == "~" and rule in WORDS.get(rewriting, {}))
        or (line.startswith(f"+ {rule} undecided") and rewriting in UNKNOWN_TEXT)
        or rule in ACCEPTED.get((rewriting, named(path)), {})
    )


def named(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def compared(path: Path, rewriting: str, directory: Path) -> list[str]:
    """Give the differences between a configuration and what it is written as."""
    text = path.read_text("utf-8")
    files = REWRITINGS[rewriting](text)
    if list(files.values()) == [text]:
        return []
    before, after = said(directory / "before", {"main.tf": text}), said(directory / "after", files)
    return [line for line in differences(before, after) if not explained(line, rewriting, path)]


def moved(path: Path, moving: str, directory: Path) -> list[str]:
    """Give the differences between two forms of a configuration that say the same of other resources."""
    move = MOVES[moving](path.read_text("utf-8"))
    if not move.names:
        return []

    def with_owners(text: str) -> str:
        for name, owner in move.names.items():
            text = re.sub(rf"{re.escape(name)}\b", owner, text)
        return configurations.back(text)

    forms = {"before": move.before, "after": move.after}
    before, after = (said(directory / form, {"main.tf": text}, with_owners) for form, text in forms.items())
    return list(differences(before, after, words=False))


@pytest.mark.slow
@pytest.mark.parametrize("rewriting", REWRITINGS)
def test_a_configuration_in_other_words_has_the_same_answers(tmp_path: Path, rewriting: str) -> None:
    found: dict[str, list[str]] = {}
    for path in paths():
        share = LARGE if rewriting in LARGELY else SHARE
        if crc32(f"{rewriting} {named(path)}".encode()) % share == 0:
            lines = compared(path, rewriting, tmp_path / named(path))
            if lines:
                found[named(path)] = lines
    assert found == {}


@pytest.mark.slow
@pytest.mark.parametrize("moving", MOVES)
def test_a_policy_inside_its_queue_or_topic_has_the_answers_of_one_beside_it(tmp_path: Path, moving: str) -> None:
    found: dict[str, list[str]] = {}
    for path in paths():
        if crc32(f"{moving} {named(path)}".encode()) % FEW == 0:
            lines = moved(path, moving, tmp_path / named(path))
            if lines:
                found[named(path)] = lines
    assert found == {}


@pytest.mark.parametrize("rewriting", REWRITINGS)
def test_a_small_configuration_has_the_same_answers(tmp_path: Path, rewriting: str) -> None:
    text = SMALL.read_text("utf-8")
    assert list(REWRITINGS[rewriting](text).values()) != [text]
    assert compared(SMALL, rewriting, tmp_path) == []
    assert said(tmp_path / "before", {})


@pytest.mark.parametrize("moving", MOVES)
def test_a_policy_inside_a_queue_has_the_same_answers(tmp_path: Path, moving: str) -> None:
    assert MOVES[moving](SMALL.read_text("utf-8")).names
    assert moved(SMALL, moving, tmp_path) == []
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
