"""Several stacks in one run: in other words they have the same answers, and beside an unrelated one too."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from zlib import crc32

import pytest

from linting import RULES
from metamorphic import templates
from metamorphic.answers import Answers, answers, differences
from metamorphic.templates import PREFIX
from metamorphic.test_unchanged import CHANGES, WRITINGS
from msglint.engine import lint
from msglint.options import Options
from splitting import NESTED, Json, loaded

ROOT = Path(__file__).parent.parent.parent
SHARE = 12
"""Each system is changed in one of so many ways, and one file of four times as many is put beside a stack."""
SYSTEMS = [
    *sorted({path.parent for path in (ROOT / "tests" / "fixtures" / "linked").glob("*/*.yaml")}),
    *(ROOT / "examples" / name for name in ("linked", "repaired", "gotchas", "gotchas/sam")),
]
OPEN = {("as a default", "nested-conditions")}
"""Where a stack is given a default, and no literal, its conditions may also be decided otherwise."""
SMALL = ROOT / "tests" / "fixtures" / "linked" / "exports"

UNRELATED: Json = {
    "Resources": {
        "QzTopic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "qz-topic"}},
        "QzQueue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "qz-queue"}},
        "QzSubscription": {
            "Type": "AWS::SNS::Subscription",
            "Properties": {
                "Protocol": "sqs",
                "TopicArn": {"Ref": "QzTopic"},
                "Endpoint": {"Fn::GetAtt": ["QzQueue", "Arn"]},
            },
        },
        "QzPolicy": {
            "Type": "AWS::SQS::QueuePolicy",
            "Properties": {
                "Queues": [{"Ref": "QzQueue"}],
                "PolicyDocument": {"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}},
            },
        },
    },
    "Outputs": {"QzArn": {"Value": {"Fn::GetAtt": ["QzQueue", "Arn"]}, "Export": {"Name": "qz-arn"}}},
}
"""A stack with faults of its own, which shares no name with any other."""
UNRELATED_MODULE = """
resource "aws_sns_topic" "qz" {
  name = "qz-topic"
}

resource "aws_sqs_queue" "qz" {
  name   = "qz-queue"
  policy = jsonencode({ Statement = { Effect = "Allow", Principal = "*", Action = "*", Resource = "*" } })
}

resource "aws_sns_topic_subscription" "qz" {
  topic_arn = aws_sns_topic.qz.arn
  protocol  = "sqs"
  endpoint  = aws_sqs_queue.qz.arn
}
"""


def stacks(system: Path) -> dict[str, Json]:
    """Give the templates of a system by their names."""
    return {path.name: loaded(path) for path in sorted(system.glob("*.yaml"))}


def said(directory: Path, files: Mapping[str, str], back: Callable[[str], str] = str) -> Answers:
    """Give what is said of files that are written into a directory."""
    for name, text in files.items():
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_text(text, encoding="utf-8", newline="")
    return answers(lint([str(directory)], Options()), back)


def pass_on(template: Json) -> None:
    """Give the stacks in a template their parameters by the names that these have now."""
    for resource in template["Resources"].values():
        properties = resource.get("Properties", {})
        if resource["Type"] == NESTED and "Parameters" in properties:
            properties["Parameters"] = {f"{PREFIX}{name}": value for name, value in properties["Parameters"].items()}


def compared(system: Path, change: str, directory: Path) -> list[str]:
    """Give the differences between the stacks of a system and what these are changed into."""
    before = stacks(system)
    if change in CHANGES:
        changed = {name: CHANGES[change](template) for name, template in before.items()}
        for template in changed.values() if change == "other names" else ():
            pass_on(template)
        after = {name: json.dumps(template) for name, template in changed.items()}
    else:
        after = {name: WRITINGS[change](template) for name, template in before.items()}
    plain = said(directory / "before", {name: json.dumps(template) for name, template in before.items()})
    # Words may be others: of several that are at fault alike the message names the first.
    return list(differences(plain, said(directory / "after", after, templates.back), words=False))


@pytest.mark.slow
@pytest.mark.parametrize("change", [*CHANGES, *WRITINGS])
def test_stacks_in_other_words_have_the_same_answers(change: str, tmp_path: Path) -> None:
    found: dict[str, list[str]] = {}
    for system in SYSTEMS:
        is_asked = crc32(f"{change} {system.name}".encode()) % SHARE == 0 and (change, system.name) not in OPEN
        if is_asked and (lines := compared(system, change, tmp_path / system.name)):
            found[system.name] = lines
    assert found == {}


@pytest.mark.parametrize("change", ["reversed keys", "other names", "split statements", "in If", "short YAML"])
def test_a_small_system_has_the_same_answers(change: str, tmp_path: Path) -> None:
    assert compared(SMALL, change, tmp_path) == []
    assert said(tmp_path / "before", {})


def beside(path: Path, directory: Path) -> list[str]:
    """Give what an unrelated stack, or module, changes in the answers about a file and itself."""
    text = path.read_text("utf-8")
    own = "kept/main.tf" if path.suffix == ".tf" else "kept/kept.yaml"
    other = {"other/main.tf": UNRELATED_MODULE} if path.suffix == ".tf" else {"other/qz.json": json.dumps(UNRELATED)}
    alone = said(directory / "alone", {own: text})
    unrelated = said(directory / "unrelated", other)
    assert unrelated
    return list(differences({**alone, **unrelated}, said(directory / "both", {own: text, **other})))


def files() -> list[Path]:
    """Give the templates and configurations that stand for themselves."""
    found = [
        path
        for path in (*RULES.glob("*/*.cfn.yaml"), *RULES.glob("*/*.sam.yaml"), *RULES.glob("*/*.tf"))
        if path.is_file() and not path.with_name(f"{path.name}.d").exists()
    ]
    return sorted(found)


@pytest.mark.slow
def test_an_unrelated_stack_changes_nothing(tmp_path: Path) -> None:
    found: dict[str, list[str]] = {}
    for path in files():
        name = f"{path.parent.name}/{path.name}"
        if crc32(name.encode()) % (4 * SHARE) == 0 and (lines := beside(path, tmp_path / name)):
            found[name] = lines
    assert found == {}


@pytest.mark.parametrize("name", ["bad.cfn.yaml", "bad.tf"])
def test_an_unrelated_stack_changes_nothing_in_a_small_one(name: str, tmp_path: Path) -> None:
    assert beside(RULES / "redrive-denied" / name, tmp_path) == []
