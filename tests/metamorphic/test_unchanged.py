"""What says the same in other words has the same answers: the templates of the rules, each written in another way."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from zlib import crc32

import pytest

from linting import RULES
from metamorphic import spelling, templates
from metamorphic.answers import Answers, answers, differences
from metamorphic.templates import Change
from msglint.engine import lint_text
from msglint.options import Options
from splitting import Json, loaded

LEFT_OUT = {"unreadable-file", "unused-suppression", "rule-failed"}
"""What these are about is in no tree: comments, and what cannot be read."""
SHARE = 16
"""Each template is changed in one of so many ways; with 1 it is changed in all."""
FEW = 4
"""The same for changes of what few templates have."""
RARE = {"everybody", "split statements", "shuffled policies", "lists of one", "no lists of one"}

CHANGES: Mapping[str, Change] = {
    "reversed keys": templates.reversed_keys,
    "shuffled policies": templates.shuffled_policies,
    "lists of one": templates.listed,
    "no lists of one": templates.alone,
    "split statements": templates.split,
    "everybody": templates.everybody,
    "other names": templates.renamed,
    "in If": templates.wrapped(templates.in_if),
    "in Join": templates.wrapped(templates.in_join),
    "in Select": templates.wrapped(templates.in_select),
    "in Sub": templates.wrapped(templates.in_sub),
    "as a text of Sub": templates.wrapped(templates.in_literal_sub),
    "in FindInMap": templates.wrapped(templates.in_map),
    "as a default": templates.wrapped(templates.in_parameter),
    "unrelated resources": templates.beside,
    "under a condition": templates.under_a_condition,
    "under a parameter": templates.under_a_parameter,
    "through SAM": templates.through_sam,
    "as IAM::Policy": templates.in_policies("AWS::IAM::Policy"),
    "as IAM::RolePolicy": templates.in_policies("AWS::IAM::RolePolicy"),
    "as IAM::ManagedPolicy": templates.in_policies("AWS::IAM::ManagedPolicy"),
}
WRITINGS: Mapping[str, spelling.Writing] = {
    "spaced JSON": spelling.spaced_json,
    "dense JSON": spelling.dense_json,
    "short YAML": spelling.short_yaml,
    "long YAML": spelling.long_yaml,
    "flow YAML": spelling.flow_yaml,
    "quoted YAML": spelling.quoted_yaml,
    "aliased YAML": spelling.aliased_yaml,
    "commented YAML": spelling.commented_yaml,
}

ONE_OF_SEVERAL = "of several that are at fault alike the message names the first"
ONE_EACH = "each statement is told of by itself"
ELSEWHERE = "the secret stands in the open in another place"

WORDS: Mapping[str, Mapping[str, str]] = {
    "reversed keys": dict.fromkeys(("MSG105", "MSG704", "MSG711"), ONE_OF_SEVERAL),
    "shuffled policies": dict.fromkeys(("MSG105", "MSG204"), ONE_OF_SEVERAL),
    "split statements": dict.fromkeys(("MSG201", "MSG204"), ONE_EACH),
    "as a default": dict.fromkeys(("MSG401", "MSG402", "MSG404", "MSG405"), ELSEWHERE),
}
"""By change and rule: why the same answer may be given in other words."""
ACCEPTED: Mapping[tuple[str, str], Mapping[str, str]] = {
    ("split statements", "condition-never-matches/good"): {
        "MSG108": "one of the two services never sends such a source"
    },
    ("split statements", "policy-names-another-queue/good"): {"MSG110": "one of the two queues has another policy"},
    ("split statements", "secret-open-to-other-roles/unknown"): {
        "MSG208": "one of the two names a secret, and the other one may be every secret"
    },
}
"""By change and template: the rules whose answers differ, and why that is right."""
SECRETS = ("MSG40", "MSG401")
"""What the default of a parameter holds is told of there, and a placeholder as a default is one that is deployed."""


def paths() -> list[Path]:
    """Give the templates that are changed."""
    found = [path for end in ("cfn.yaml", "cfn.json", "sam.yaml") for path in RULES.glob(f"*/*.{end}")]
    return [path for path in sorted(found) if path.parent.name not in LEFT_OUT]


def named(path: Path) -> str:
    return f"{path.parent.name}/{path.name.removesuffix('.yaml').removesuffix('.json').removesuffix('.cfn')}"


def said(path: Path, text: str, back: Callable[[str], str] = str) -> Answers:
    """Give what is said of a text in the place of a template."""
    report = lint_text(f"{path.name.split('.')[0]}.yaml", text.encode(), Options(), str(path.parent))
    return answers(report, back)


def unlike(change: str, path: Path, before: Answers, after: Answers) -> list[str]:
    """Give the differences that nothing explains."""
    words, accepted = WORDS.get(change, {}), ACCEPTED.get((change, named(path)), {})
    return [
        line
        for line in differences(before, after)
        if not (line[0] == "~" and line[2:8] in words)
        and line[2:8] not in accepted
        and not (change == "as a default" and line[2:].startswith(SECRETS))
    ]


@pytest.mark.slow
@pytest.mark.parametrize("change", CHANGES)
def test_a_template_in_other_words_has_the_same_answers(change: str) -> None:
    changed = 0
    found: dict[str, list[str]] = {}
    for path in paths():
        if crc32(f"{change} {named(path)}".encode()) % (FEW if change in RARE or "IAM" in change else SHARE):
            continue
        template = loaded(path)
        other = CHANGES[change](template)
        if json.dumps(other) == json.dumps(template):
            continue
        changed += 1
        before = said(path, path.read_text("utf-8"))
        after = said(path, json.dumps(other), templates.back)
        if lines := unlike(change, path, before, after):
            found[named(path)] = lines
    assert found == {}
    assert changed > 3


@pytest.mark.slow
@pytest.mark.parametrize("writing", WRITINGS)
def test_a_template_in_another_spelling_has_the_same_answers(writing: str) -> None:
    found: dict[str, list[str]] = {}
    for path in paths():
        if crc32(f"{writing} {named(path)}".encode()) % SHARE:
            continue
        text = WRITINGS[writing](loaded(path))
        assert text != path.read_text("utf-8")
        if lines := unlike(writing, path, said(path, path.read_text("utf-8")), said(path, text)):
            found[named(path)] = lines
    assert found == {}


SMALL = RULES / "redrive-denied" / "bad.cfn.yaml"


@pytest.mark.parametrize("change", [*CHANGES, *WRITINGS])
def test_a_small_template_has_the_same_answers(change: str) -> None:
    template = loaded(SMALL)
    text = json.dumps(CHANGES[change](template)) if change in CHANGES else WRITINGS[change](template)
    before = said(SMALL, SMALL.read_text("utf-8"))
    after = said(SMALL, text, templates.back)
    assert before
    assert unlike(change, SMALL, before, after) == []


def test_a_difference_is_seen() -> None:
    """What is compared tells a template from one that lacks a policy."""
    path = RULES / "target-rejects-sender" / "good.cfn.yaml"
    template: Json = loaded(path)
    before = said(path, json.dumps(template))
    del template["Resources"]["UploadsPermission"]
    assert [line[:14] for line in differences(before, said(path, json.dumps(template)))] == ["+ MSG102 error"]
