"""Templates that are not parsed: which they are, and that nobody misses them."""

from pathlib import Path

import msgspec
import pytest

import make_loads
from msglint.engine import lint, lint_text
from msglint.options import Options
from msglint.readers.recognise import is_surely_template
from msglint.relevance import Relevance
from msglint.rules.index import RULES

ROOT = Path(__file__).parents[1]
NETWORK = (make_loads.ESTATE / "network.yaml").read_text(encoding="utf-8")
HEADER = 'AWSTemplateFormatVersion: "2010-09-09"\n'
VPC = HEADER + "Resources:\n  Network:\n    Type: AWS::EC2::VPC\n"
BROKEN = VPC + "    Properties: {\n"
ALL = Relevance(RULES)

KINDS = sorted({kind for entry in RULES for kind in entry.kinds if "::" in kind})
GIVEN = sorted({pair for entry in RULES for pair in entry.given if "::" in pair[0]})


def unparsed(text: str, *, taken: bool = False) -> bool:
    return ALL.passes_over(text, taken=taken)


@pytest.mark.parametrize(
    "folder",
    [
        *("tests/fixtures/linked", "tests/fixtures/readers", "examples", "tools/loads", "custom_rules"),
        # What is broken on purpose, and has nothing to be asked about, nobody looks at.
        pytest.param("tests/fixtures/rules", marks=pytest.mark.slow),
    ],
)
def test_nobody_misses_what_is_not_parsed(folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = lint([str(ROOT / folder)], Options())
    monkeypatch.setattr(Relevance, "passes_over", lambda *_, **__: False)
    whole = lint([str(ROOT / folder)], Options())
    assert msgspec.structs.replace(shown, unparsed=0) == whole


@pytest.mark.parametrize("kind", KINDS)
def test_a_template_is_parsed_if_a_rule_is_asked_of_one_of_its_resources(kind: str) -> None:
    """Whatever properties such a resource has to have for it, here it has all of them."""
    names = [name for of, name in GIVEN if of == kind]
    properties = "".join(f"      {name}: []\n" for name in names)
    text = f"{VPC}  Asked:\n    Type: {kind}\n    Properties:\n      Other: 1\n{properties}"
    assert lint_text("x", text.encode(), Options()).questions
    assert not unparsed(text)
    assert not unparsed(msgspec.json.encode({"Resources": {"Asked": {"Type": kind, **dict.fromkeys(names)}}}).decode())


def test_a_template_is_not_parsed_if_no_rule_is_asked_anything() -> None:
    for text in (VPC, NETWORK, NETWORK.replace("\n", "\r\n"), "# A network\n---\n" + NETWORK):
        assert unparsed(text)
        assert not lint_text("x", text.encode(), Options()).questions
    assert unparsed('{"Resources": {"Network": {"Type": "AWS::EC2::VPC"}}}')
    assert unparsed(HEADER + "Resources:\n  Pages:\n    Type: AWS::S3::Bucket\n")


@pytest.mark.parametrize(
    "more",
    [
        "  Pages:\n    Type: AWS::S3::Bucket\n    Properties:\n      NotificationConfiguration: {}\n",
        "  Pages:\n    Type: AWS::S3::Bucket\n    Properties:\n      Fn::Transform: {Name: Notified}\n",
        '  Orders:\n    Type: "AWS\\u003a:SQS::Queue"\n',
        '  Orders:\n    Type: "AWS::SQS\\x3A:Queue"\n',
        '  Orders:\n    Type: "AWS::SQS::\\\n      Queue"\n',
        "  Fn::ForEach::Each:\n    - Kind\n    - [SQS]\n    - Orders: {Type: 'AWS::${Kind}::Queue'}\n",
        "  Orders:\n    Type: AWS::Serverless::HttpApi\n",
        "  Below:\n    Type: AWS::CloudFormation::Stack\n    Properties: {TemplateURL: below.yaml}\n",
        "  Settings:\n    Type: AWS::SSM::Parameter\n    Properties: {Value: 'amqps://u:p@h', Type: String}\n",
        "Metadata: {msglint: {ignore: [{rule: MSG501}]}}\n",
    ],
)
def test_a_template_is_parsed_if_something_may_hide_a_question(more: str) -> None:
    assert not unparsed(VPC + more)


def test_what_a_template_exports_counts_where_something_is_imported() -> None:
    text = VPC + "Outputs:\n  Id:\n    Value: !Ref Network\n    Export: {Name: network}\n"
    assert unparsed(text)
    assert not unparsed(text, taken=True)


def test_rules_that_are_not_wanted_ask_nothing() -> None:
    queue = VPC + "  Orders:\n    Type: AWS::SQS::Queue\n"
    roles = Relevance(entry for entry in RULES if entry.code == "MSG203")
    assert roles.passes_over(queue, taken=True)
    assert not roles.passes_over(VPC + "  Orders:\n    Type: AWS::IAM::Role\n", taken=True)
    assert Relevance(()).passes_over(queue, taken=True)


@pytest.mark.parametrize(
    "text",
    [
        "service: x\nresources:\n  Resources:\n    Network:\n      Type: AWS::EC2::VPC\n",
        "Resources:\n- Type: AWS::EC2::VPC\n",
        "Resources:  # none\n\n# AWS::EC2::VPC\n- 1\n",
        '{"template": {\n"Resources": {"Network": {"Type": "AWS::EC2::VPC"}}}}',
        '{"Resources": ["AWS::EC2::VPC"]}',
        '{"Resources": {"Network": {"Type": "AWS::EC2::VPC"}}, "planned_values": {}}',
        '{"Resources": {"Network": {"Type": "AWS::EC2::VPC"',
        "{\nResources: {Network: {Type: AWS::EC2::VPC}}}",
    ],
)
def test_what_may_be_no_template_is_parsed(text: str) -> None:
    assert not is_surely_template(text)


def test_a_template_that_is_not_parsed_counts_as_one(tmp_path: Path) -> None:
    (tmp_path / "network.yaml").write_text(NETWORK, encoding="utf-8")
    (tmp_path / "orders.yaml").write_text(VPC + "  Orders:\n    Type: AWS::SQS::Queue\n", encoding="utf-8")
    report = lint([str(tmp_path)], Options())
    assert (len(report.files), report.unparsed, report.skipped) == (2, 1, ())
    assert {finding.resource for finding in report.findings} == {"Orders"}


def test_a_broken_template_without_messaging_is_told_of_if_it_is_named(tmp_path: Path) -> None:
    file = tmp_path / "network.yaml"
    file.write_text(BROKEN, encoding="utf-8")
    assert not lint([str(tmp_path)], Options()).findings
    report = lint([str(file)], Options())
    assert ([finding.code for finding in report.findings], report.unparsed) == (["MSG001"], 0)
    file.write_text(BROKEN + "# AWS::SQS::Queue", encoding="utf-8")
    assert [finding.code for finding in lint([str(tmp_path)], Options()).findings] == ["MSG001"]
