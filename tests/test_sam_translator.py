"""The Model of a SAM template against what aws-sam-translator makes of it; tools/sam_oracle.py says how."""

import os
import re
from pathlib import Path

import pytest

import sam_table
from linting import RULES
from msglint.source import Document
from sam_oracle import ANSWER, LISTED, Difference, Refused, differences, pair, translated

CORPUS = os.environ.get("MSGLINT_CORPUS", "")
SCENES = Path(__file__).parent / "fixtures" / "readers" / "sam"

REFUSED = {
    "event-source-auth-mismatch/bad.sam.yaml": "Invalid property Type specified in SourceAccessConfigurations",
    "event-source-auth-mismatch/unknown.sam.yaml": "Type' should be a string",
    "event-source-without-secret/bad.sam.yaml": "No BASIC_AUTH property specified",
    "target-rejects-sender/unknown.sam.yaml": "invalid value for key Type",
}
"""Examples of rules that the translator does not take, and what it says of them."""
OWN = [*sorted(SCENES.glob("*.yaml")), *sorted(RULES.glob("*/*.sam.yaml"))]
OWN = [path for path in OWN if path.parent.name != "unreadable-file"]


@pytest.fixture(autouse=True)
def _no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_CONFIG_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


def named(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def differing(path: Path) -> list[Difference]:
    document = Document(path.name, path.read_text(encoding="utf-8"))
    return list(differences(pair(document, translated(document))))


@pytest.mark.parametrize("path", [path for path in OWN if named(path) not in REFUSED], ids=named)
def test_the_model_and_its_answers_are_what_the_transform_makes(path: Path) -> None:
    assert [str(found) for found in differing(path) if found.reason is None] == []


def test_each_listed_difference_is_one_that_there_is() -> None:
    seen = {found.reason for path in SCENES.glob("*.yaml") for found in differing(path)}
    assert LISTED.keys() - seen - NOT_IN_SCENES == set()


NOT_IN_SCENES = {
    "Messages that name an event as the sender, where the output names a topic",
    "Outputs looked through for secrets: which they are depends on the text, and none is found",
}
"""Differences that only few texts have: the first is in an example of a rule."""


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_what_the_translator_refuses_is_refused_for_that_reason(name: str) -> None:
    path = RULES / name
    with pytest.raises(Refused, match=re.escape(REFUSED[name])):
        translated(Document(path.name, path.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("before", "after", "what"),
    [
        ("Queue: !GetAtt Queue.Arn\n", "Queue: !GetAtt DeadLetters.Arn\n", "EventSourceArn"),
        ("Topic: !Ref Topic", "Topic: !Ref OrderedTopic", "TopicArn"),
        ("Type: SQS, QueueLogicalId: WatchedDeadLetters", "Type: SQS", "AWS::SQS::QueuePolicy"),
        ("    Condition: Live\n", "", "Condition"),
        ("Enabled: false", "Enabled: true", "Enabled"),
    ],
)
def test_a_difference_that_is_not_listed_is_found(before: str, after: str, what: str) -> None:
    path = SCENES / "events.yaml"
    text = path.read_text(encoding="utf-8")
    assert before in text
    output = translated(Document(path.name, text.replace(before, after, 1)))
    found = list(differences(pair(Document(path.name, text), output)))
    assert any(what in str(each) for each in found if each.reason is None)


def test_an_answer_that_differs_is_found() -> None:
    path = RULES / "dead-letter-queue-rejects-sender" / "bad.sam.yaml"
    document = Document(path.name, path.read_text(encoding="utf-8"))
    output = translated(document)
    for resource in output["Resources"].values():
        for target in resource["Properties"].get("Targets", ()) if "Properties" in resource else ():
            target.pop("DeadLetterConfig", None)
    found = [each for each in differences(pair(document, output)) if each.reason is None]
    assert any(each.type == ANSWER for each in found)


@pytest.mark.slow
@pytest.mark.skipif(not CORPUS, reason="MSGLINT_CORPUS names no directory of templates")
def test_the_model_is_what_the_transform_makes_of_other_peoples_templates() -> None:
    here, there = sam_table.survey(Path(CORPUS)), sam_table.published(Path(CORPUS))
    assert [*here.faults, *there.faults] == []
    assert here.compared > 0
