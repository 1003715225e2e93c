"""How event sources sign in: what they read, what is the ARN of a secret, and that no password is ever repeated."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from msglint.engine import lint_text
from msglint.finding import Report
from msglint.model.events import Pipe
from msglint.model.lambda_ import EventSourceMapping
from msglint.model.model import Model
from msglint.model.resource import Record
from msglint.model.secrets import Secret
from msglint.model.sign_in import BASIC, SCRAM_512, is_secret_arn, uses
from msglint.model.source_access import SourceAccess
from msglint.options import Options
from msglint.readers.interface import Assumptions
from msglint.readers.recognise import read
from msglint.source import Document

PLAN = Path(__file__).parent / "fixtures" / "rules" / "msk-secret-misnamed" / "bad.tfplan.json"
KAFKA = "arn:aws:kafka:eu-west-1:111122223333:cluster/orders/8f3b8f2e-1c44-4c5a-9e2b-5d1f0a7c6b21-3"
MQ = "arn:aws:mq:eu-west-1:111122223333:broker:orders:b-1234a5b6-78cd-901e-2fgh-3i45j6k17819"
ARN = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:orders-a1b2c3"

OTHERS = {
    "Cluster": {"Type": "AWS::MSK::Cluster", "Properties": {"ClusterName": "cluster"}},
    "Child": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "child.yaml"}},
    "Secret": {"Type": "AWS::SecretsManager::Secret"},
    "Attachment": {"Type": "AWS::SecretsManager::SecretTargetAttachment"},
    "Parameter": {"Type": "AWS::SSM::Parameter"},
}


def template(type_: str, properties: Mapping[str, Any]) -> str:
    resources = {**OTHERS, "Poller": {"Type": type_, "Properties": properties}}
    return json.dumps({"Parameters": {"Given": {"Type": "String"}}, "Resources": resources})


def model_of(text: str) -> Model:
    return Model([read(Document("t.json", text), Assumptions())])


def record_of(model: Model, id_: str) -> Record:
    (part,) = model.parts
    record = part.record(id_)
    assert record is not None, id_
    return record


def mapping(**properties: Any) -> tuple[EventSourceMapping, Model]:
    model = model_of(template("AWS::Lambda::EventSourceMapping", {"FunctionName": "consumer", **properties}))
    return EventSourceMapping(record_of(model, "Poller")), model


def get(resource: str, attribute: str = "Arn") -> Any:
    return {"Fn::GetAtt": [resource, attribute]}


def access(uri: Any) -> tuple[SourceAccess, Model]:
    poller, model = mapping(EventSourceArn=MQ, SourceAccessConfigurations=[{"Type": "BASIC_AUTH", "URI": uri}])
    (only,) = poller.credentials()
    return only, model


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        (ARN, True),
        ({"Ref": "Secret"}, True),
        (get("Secret", "Id"), True),
        ({"Ref": "Attachment"}, True),
        ({"Fn::Sub": "${Secret}"}, True),
        ({"Fn::Sub": "arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:${Given}"}, True),
        ({"Fn::Join": [":", ["arn:aws:secretsmanager:eu-west-1", {"Ref": "Given"}]]}, True),
        ("arn:aws-cn:secretsmanager:cn-north-1:111122223333:secret:orders-a1b2c3", True),
        ("orders", False),
        ("", False),
        ("arn:aws:ssm:eu-west-1:111122223333:parameter/orders", False),
        ({"Ref": "Parameter"}, False),
        ({"Fn::Sub": "orders-${AWS::StackName}"}, False),
        ({"Fn::Sub": "{{resolve:secretsmanager:${Secret}:SecretString:password}}"}, False),
        ("{{resolve:secretsmanager:orders}}", False),
        ("{{resolve:ssm:/orders/secret-arn}}", None),
        ({"Ref": "Given"}, None),
        ({"Fn::ImportValue": "secret"}, None),
        (get("Child", "Outputs.Secret"), None),
        (get("Parameter", "Value"), None),
        ({"Fn::Sub": "${Given}:secretsmanager:orders"}, None),
    ],
)
def test_what_is_the_arn_of_a_secret(uri: Any, expected: bool | None) -> None:
    only, model = access(uri)
    assert is_secret_arn(only.uri, model).truth is expected


def report_of(uri: Any) -> Report:
    """Judge pollers of a broker and of a cluster that name a secret and something else."""
    registry = {"SchemaRegistryConfig": {"AccessConfigs": [{"Type": "BASIC_AUTH", "URI": uri}]}}
    entries = [{"Type": type_, "URI": each} for type_ in (BASIC, SCRAM_512) for each in (uri, {"Ref": "Secret"})]
    properties = {"SourceAccessConfigurations": entries, "AmazonManagedKafkaEventSourceConfig": registry}
    credentials = {"Credentials": {"SaslScram512Auth": uri}}
    more = {
        "Broker": {"EventSourceArn": MQ, "Queues": ["orders"], **properties},
        "Kafka": {"EventSourceArn": KAFKA, "Topics": ["orders"], **properties},
    }
    resources: dict[str, Any] = {
        **OTHERS,
        **{name: {"Type": EventSourceMapping.KIND, "Properties": each} for name, each in more.items()},
        "Pipe": {
            "Type": Pipe.KIND,
            "Properties": {"Source": KAFKA, "SourceParameters": {"ManagedStreamingKafkaParameters": credentials}},
        },
        "Users": {
            "Type": "AWS::MSK::BatchScramSecret",
            "Properties": {"ClusterArn": {"Ref": "Cluster"}, "SecretArnList": [uri, {"Ref": "Secret"}]},
        },
    }
    text = json.dumps({"Parameters": {"Given": {"Type": "String"}}, "Resources": resources})
    rules = ("MSG406", "MSG407", "MSG408", "MSG409", "MSG410", "MSG411")
    return lint_text("t.json", text.encode(), Options(select=rules))


ANY = st.text(st.characters(codec="ascii", categories=("L", "N", "P", "S")), min_size=12, max_size=40)
PASSWORDS = ANY.map(lambda text: f"Zq7{text}")  # no word of a report


@given(PASSWORDS, st.sampled_from(["{}", "{}${{Given}}", "${{Given}}{}", "x:{}:${{Given}}:y"]))
def test_what_stands_for_a_secret_is_never_repeated(password: str, form: str) -> None:
    """Neither in what is found nor in what is undecided: it may be a password."""
    safe = password.replace("$", "%")
    report = report_of({"Fn::Sub": form.format(safe)} if "Given" in form else safe)
    assert {"MSG406", "MSG409", "MSG411"} <= {finding.code for finding in (*report.findings, *report.undecided)}
    for finding in (*report.findings, *report.undecided):
        assert safe not in json.dumps(msgspec.to_builtins(finding), ensure_ascii=False)
        assert safe not in repr(finding)


def test_a_password_may_come_by_a_variable_of_sub() -> None:
    """What Fn::Sub calls its variables says nothing of where in the resource they stand."""
    password = {"Fn::Sub": ["{{resolve:secretsmanager:${Own}:SecretString:password}}", {"Own": {"Ref": "Secret"}}]}
    model = model_of(template("AWS::AmazonMQ::Broker", {"Users": [{"Username": "orders", "Password": password}]}))
    (use,) = uses(Secret(record_of(model, "Secret")), model)
    assert use.owner.id == "Poller"


@pytest.mark.parametrize("type_", ["AWS::Lambda::EventSourceMapping", "AWS::Pipes::Pipe", "AWS::AmazonMQ::Broker"])
def test_a_resource_whose_properties_are_a_reference_is_read(type_: str) -> None:
    """CloudFormation refuses it, which is no reason to fail."""
    others = {**OTHERS, "Orders": {"Type": "AWS::SQS::Queue"}}
    properties = {"Fn::If": ["Live", {"Ref": "Secret"}, {"Ref": "Orders"}]}
    text = json.dumps({"Resources": {**others, "Poller": {"Type": type_, "Properties": properties}}})
    assert "MSG002" not in [finding.code for finding in lint_text("t.json", text.encode(), Options()).findings]


def test_the_line_that_a_finding_shows_is_not_the_one_of_the_secret() -> None:
    text = """\
Resources:
  Poller:
    Type: AWS::Lambda::EventSourceMapping
    Properties:
      EventSourceArn: arn:aws:mq:eu-west-1:111122223333:broker:orders:b-1
      FunctionName: consumer
      Queues: [orders]
      SourceAccessConfigurations: [{Type: BASIC_AUTH, URI: Tr0ub4dor-and-3}]
"""
    report = lint_text("t.yaml", text.encode(), Options(select=("MSG406",)))
    (finding,) = report.findings
    assert "URI" not in text.splitlines()[finding.span.start.line - 1]


def test_instances_of_a_resource_are_told_apart_by_the_keys_they_share() -> None:
    """`for_each = aws_secretsmanager_secret.user` and `each.value.arn`: the instance of the same key, and no other."""
    text = PLAN.read_text(encoding="utf-8")
    user = 'aws_secretsmanager_secret.user["orders"]'

    def used_by(plan: str) -> dict[str, bool | None]:
        model = model_of(plan)
        return {use.owner.id: use.scram.truth for use in uses(Secret(record_of(model, user)), model)}

    association = "aws_msk_single_scram_secret_association.user"
    assert used_by(text)[f'{association}["orders"]'] is True
    assert f'{association}["refunds"]' not in used_by(text)
    # Where the keys differ, nobody knows which of them it is.
    plan = json.loads(text)
    for listed in (plan["planned_values"]["root_module"]["resources"], plan["resource_changes"]):
        listed[:] = [each for each in listed if each["address"] != f'{association}["refunds"]']
    assert used_by(json.dumps(plan))[f'{association}["orders"]'] is None
