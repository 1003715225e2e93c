"""What must change the answers changes them: one thing taken out of a good template, or one statement made wider.

`edits/<rule>.txt` is about CloudFormation, `<rule>.sam.txt` about SAM and `<rule>.tf.txt` about Terraform. It says what
each of these changes: read the difference that a run with MSGLINT_ACCEPT=1 makes. What can be taken out with nothing
said is what no delivery needs: much of a template about exposure, what leads out of the run (there the answer is
undecided before and after), and one of two conditions of which each is enough.
"""

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from zlib import crc32

import pytest

from linting import RULES
from metamorphic import configuration_edits
from metamorphic.answers import Answer, answers
from metamorphic.edits import Wider, removals, widenings
from msglint.engine import lint, lint_text
from msglint.options import Options
from splitting import loaded

EXPECTED = Path(__file__).parent / "edits"
ACCEPT = os.environ.get("MSGLINT_ACCEPT") == "1"
UNEXPLAINED = "and nothing says why that is right"
SHARE = 10
"""Of so many lines one is held against the code by a test; all of them where they are accepted."""

FAST = ("redrive-denied", "open-event-bus", "redrive-denied.sam", "redrive-denied.tf")
SLOW = (
    "aws-managed-key-blocks-sender",
    "bucket-grant-without-account",
    "condition-never-matches",
    "confused-deputy-in-resource-policy",
    "confused-deputy-in-role-trust",
    "dead-letter-queue-rejects-sender",
    "key-condition-breaks-delivery",
    "key-policy-blocks-sender",
    "policy-names-another-queue",
    "public-queue-or-topic",
    "queue-without-dead-letter-queue",
    "role-cannot-be-assumed",
    "role-cannot-deliver",
    "secret-open-to-other-roles",
    "secret-reader-denied",
    "target-rejects-sender",
    "wildcard-messaging-action",
    "confused-deputy-in-role-trust.sam",
    "dead-letter-queue-rejects-sender.sam",
    "public-queue-or-topic.sam",
    "queue-without-dead-letter-queue.sam",
    "role-cannot-deliver.sam",
    "target-rejects-sender.sam",
    "confused-deputy-in-resource-policy.tf",
    "dead-letter-queue-rejects-sender.tf",
    "key-policy-blocks-sender.tf",
    "role-cannot-deliver.tf",
    "target-rejects-sender.tf",
)
"""Folders of rules, of which the template is changed, or the one for SAM, or the configuration."""
GOOD = {"": "good.cfn.yaml", ".sam": "good.sam.yaml", ".tf": "good.tf"}
WIDER = {"MSG201", "MSG202", "MSG203", "MSG204", "MSG205", "MSG208", "MSG209"}
"""The rules that say who else can use something."""

FOLDERS = [*FAST, *(pytest.param(name, marks=pytest.mark.slow) for name in SLOW)]


def judged(path: Path, text: str, directory: Path) -> frozenset[Answer]:
    """Give what is said of a text in the place of a file; a configuration is written into a directory."""
    if path.suffix != ".tf":
        return frozenset(answers(lint_text("good.json", text.encode(), Options(), str(path.parent))))
    (directory / "main.tf").write_text(text, encoding="utf-8")
    return frozenset(answers(lint([str(directory)], Options())))


def changes(path: Path) -> Iterator[tuple[str, str, Wider | None]]:
    """Give all that is done to a file, each under a name of its own, with the text that it makes."""
    seen: dict[str, int] = {}
    edits: Iterable[tuple[str, str, Wider | None]]
    if path.suffix == ".tf":
        edits = ((f"- {what}", text, None) for what, text in configuration_edits.removals(path.read_text("utf-8")))
    else:
        template = loaded(path)
        edits = (
            *((f"- {what}", json.dumps(changed), None) for what, changed in removals(template)),
            *((f"+ {wider}", json.dumps(changed), wider) for wider, changed in widenings(template)),
        )
    for what, changed, wider in edits:
        seen[what] = seen.get(what, 0) + 1
        yield (what if seen[what] == 1 else f"{what} #{seen[what]}"), changed, wider


def effect(before: frozenset[Answer], after: frozenset[Answer]) -> str:
    """Write what is said newly, and what no more."""
    new, gone = (
        ", ".join(f"{each.code} {each.verdict} {each.resource}" for each in sorted(those))
        for those in (after - before, before - after)
    )
    return (new or "nothing") + (f"; no more {gone}" if gone else "")


@pytest.mark.parametrize("name", FOLDERS)
def test_an_edit_changes_what_is_expected(name: str, tmp_path: Path) -> None:
    rule, dot, kind = name.partition(".")
    path = RULES / rule / GOOD[dot + kind]
    text = path.read_text("utf-8") if kind == "tf" else json.dumps(loaded(path))
    expected = EXPECTED / f"{name}.txt"
    known = {} if ACCEPT else dict(line.split(": ", 1) for line in expected.read_text("utf-8").splitlines())
    before = judged(path, text, tmp_path)
    said: dict[str, str] = {}
    for what, changed, wider in changes(path):
        assert changed != text, what
        if not ACCEPT and crc32(f"{name} {what}".encode()) % SHARE:
            said[what] = known.get(what, "is not there yet")
            continue
        after = judged(path, changed, tmp_path)
        said[what] = effect(before, after)
        if wider is not None and not any(each.code in WIDER for each in after - before):
            said[what] += f" ({wider.excuse() or UNEXPLAINED})"
    if ACCEPT:
        expected.write_text("".join(f"{what}: {found}\n" for what, found in said.items()), encoding="utf-8")
    assert [what for what, found in said.items() if UNEXPLAINED in found] == []
    if not ACCEPT:
        assert list(said) == list(known)
        assert {what: found for what, found in said.items() if found != known[what]} == {}


def test_the_edits_say_something_of_every_kind_of_grant() -> None:
    """What is taken out is missed by the rules about arriving, what is made wider is seen by those about others."""
    lines = [line for path in sorted(EXPECTED.glob("*.txt")) for line in path.read_text("utf-8").splitlines()]
    taken = " ".join(line for line in lines if line.startswith("- "))
    wider = " ".join(line for line in lines if line.startswith("+ "))
    assert {path.stem for path in EXPECTED.glob("*.txt")} == {*FAST, *SLOW}
    for code in ("MSG101", "MSG102", "MSG103", "MSG104", "MSG105", "MSG112", "MSG201", "MSG202", "MSG203", "MSG204"):
        assert f"{code} error" in taken or f"{code} warning" in taken, code
    for code in ("MSG201", "MSG202", "MSG203", "MSG204", "MSG205", "MSG208", "MSG209"):
        assert f"{code} error" in wider or f"{code} warning" in wider, code
