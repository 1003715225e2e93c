"""What `sam build`, `sam package` and `aws cloudformation package` write says what the template says that they get."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from msglint.engine import lint
from msglint.options import Options

TEMPLATE = """\
AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Resources:
  Orders:
    Type: AWS::SQS::Queue
    Properties: {VisibilityTimeout: 10, KmsMasterKeyId: !Sub "alias/${AWS::StackName}"}
  Topic: {Type: AWS::SNS::Topic}
  Consumer:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: consumer/
      Handler: index.handler
      Runtime: python3.13
      Timeout: 30
      Events: {Placed: {Type: SQS, Properties: {Queue: !GetAtt Orders.Arn}}}
  Trace:
    Type: AWS::Serverless::StateMachine
    Properties: {DefinitionUri: trace.asl.json, Role: arn:aws:iam::111122223333:role/trace}
  Alarm:
    Type: AWS::CloudWatch::Alarm
    Properties: {AlarmActions: [!Ref Topic]}
  Inner:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: inner.yaml, Parameters: {Topic: !Ref Topic}}
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties: {Body: {Fn::Transform: {Name: AWS::Include, Parameters: {Location: api.yaml}}}}
"""

CODE = """\
import boto3

sqs = boto3.client("sqs")


def handler(event, context):
    sqs.receive_message(QueueUrl=event["queue"], MessageAttributeNames=["AWSTraceHeader"])
"""

DEFINITION = """\
{"StartAt": "Receive", "States": {"Receive": {
  "Type": "Task", "Resource": "arn:aws:states:::aws-sdk:sqs:receiveMessage", "End": true,
  "Parameters": {"QueueUrl": "https://sqs.eu-west-1.amazonaws.com/111122223333/a",
                 "MessageAttributeNames": ["AWSTraceHeader"]}}}}
"""

# As the tools dump it: functions in their long form, a line for each member.
BUILT = """\
AWSTemplateFormatVersion: '2010-09-09'
Transform: AWS::Serverless-2016-10-31
Resources:
  Orders:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: 10
      KmsMasterKeyId:
        Fn::Sub: alias/${AWS::StackName}
  Topic:
    Type: AWS::SNS::Topic
  Consumer:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: Consumer
      Handler: index.handler
      Runtime: python3.13
      Timeout: 30
      Events:
        Placed:
          Type: SQS
          Properties:
            Queue:
              Fn::GetAtt:
              - Orders
              - Arn
    Metadata:
      SamResourceId: Consumer
  Trace:
    Type: AWS::Serverless::StateMachine
    Properties:
      DefinitionUri: ../../trace.asl.json
      Role: arn:aws:iam::111122223333:role/trace
    Metadata:
      SamResourceId: Trace
  Alarm:
    Type: AWS::CloudWatch::Alarm
    Properties:
      AlarmActions:
      - Ref: Topic
  Inner:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: Inner/template.yaml
      Parameters:
        Topic:
          Ref: Topic
    Metadata:
      SamResourceId: Inner
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties:
      Body:
        Fn::Transform:
          Name: AWS::Include
          Parameters:
            Location: ../../api.yaml
    Metadata:
      SamResourceId: Api
"""
PACKAGED = {
    "CodeUri: Consumer": "CodeUri: s3://artifacts/shop/0a1b2c",
    "DefinitionUri: ../../trace.asl.json": "DefinitionUri:\n        Bucket: artifacts\n        Key: shop/3d4e5f",
    "TemplateURL: Inner/template.yaml": "TemplateURL: https://s3.eu-west-1.amazonaws.com/artifacts/shop/678.template",
    "Location: ../../api.yaml": "Location: s3://artifacts/shop/9a8b7c",
}


@pytest.fixture(name="project")
def _project(tmp_path: Path) -> Path:
    packaged = BUILT
    for written, instead in PACKAGED.items():
        packaged = packaged.replace(written, instead)
    files = {
        "template.yaml": TEMPLATE,
        "consumer/index.py": CODE,
        "trace.asl.json": DEFINITION,
        "inner.yaml": "AWSTemplateFormatVersion: '2010-09-09'\nResources: {}\n",
        "api.yaml": "openapi: 3.0.0\n",
        ".aws-sam/build/template.yaml": BUILT,
        ".aws-sam/build/Consumer/index.py": CODE,
        ".aws-sam/build/Inner/template.yaml": "AWSTemplateFormatVersion: '2010-09-09'\nResources: {}\n",
        "out/packaged.yaml": packaged,
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def said(path: Path) -> Iterator[tuple[str, str | None, str]]:
    """Give what is said of a template, wherever it stands."""
    report = lint([str(path)], Options())
    for finding in (*report.findings, *report.undecided):
        yield finding.code, finding.resource, finding.message


# What is read in files beside the template.
IN_CODE = ("MSG503", "Consumer")
IN_DEFINITION = ("MSG503", "Trace")


@pytest.mark.parametrize(
    ("artefact", "lost", "more"),
    [
        # The definition is outside of the directory that the user has named.
        (".aws-sam/build/template.yaml", {IN_DEFINITION}, set()),
        # The nested template is in a bucket, and it may write a policy for the topic.
        ("out/packaged.yaml", {IN_DEFINITION, IN_CODE}, {("MSG102", "Alarm")}),
    ],
)
def test_an_artefact_says_what_its_template_says(
    project: Path, artefact: str, lost: set[tuple[str, str]], more: set[tuple[str, str]]
) -> None:
    source = set(said(project / "template.yaml"))
    assert {(code, resource) for code, resource, _ in source} >= {IN_CODE, IN_DEFINITION, ("MSG502", "Orders")}
    built = set(said(project / artefact))
    assert {each[:2] for each in built - source} == more
    assert {each for each in built if each[:2] not in more} == {each for each in source if each[:2] not in lost}


def test_a_directory_is_read_without_what_was_built_of_it(project: Path) -> None:
    report = lint([str(project)], Options())
    assert {Path(name).relative_to(project).as_posix() for name in report.files} == {
        "inner.yaml",
        "out/packaged.yaml",
        "template.yaml",
    }
