"""Policy documents that hypothesis makes: the answer to a request does not depend on the order of statements."""

import json
from zlib import crc32

from fuzzing import checks
from fuzzing.shapes.policies import AT, Case, cases
from fuzzing.target import Target
from msglint.iam.evaluate import Attached, Decision, allowed, allowed_by_key_policy, evaluate
from msglint.iam.explain import explain, refused
from msglint.iam.request import Request
from msglint.model.data import Data
from msglint.model.expression import Given
from msglint.model.json_text import parse
from msglint.model.policy import Policy, read_policy
from msglint.model.text import Text
from msglint.model.value import Unknown
from msglint.verdict import YES


def _check(case: Case) -> None:
    policy = _policy(case.document)
    said = json.loads(case.document)
    statements = said.get("Statement") if isinstance(said, dict) else None
    other = policy
    if isinstance(statements, list) and len(statements) == len(case.order):
        other = _policy(json.dumps({**said, "Statement": [statements[number] for number in case.order]}))
    for request in case.requests:
        for one, moved in zip(_decisions(policy, request), _decisions(other, request), strict=True):
            assert _truth(one) == _truth(moved), case
            assert all(explain(result) for result in one.results)
            assert not one.verdict.is_no or refused(one)
    document = case.document.encode()
    resource = _RESOURCES[crc32(document) % len(_RESOURCES)]
    checks.judged("t.json", resource.encode().replace(b'"POLICY"', document))


def _policy(document: str) -> Policy | Unknown:
    return read_policy(Data(Given(parse(Text.literal(document), AT))))


def _decisions(policy: Policy | Unknown, request: Request) -> list[Decision]:
    return [
        evaluate([policy], request),
        evaluate([policy], request, Attached.IDENTITY, hidden_denies=False),
        allowed([policy], [policy], request, YES, [policy]),
        allowed_by_key_policy([policy], [policy], request),
    ]


def _truth(decision: Decision) -> tuple[bool, bool, bool]:
    return decision.verdict.is_yes, decision.verdict.is_no, decision.supposed


_QUEUE = (
    '"Q": {"Type": "AWS::SQS::Queue", "Properties": {"KmsMasterKeyId": {"Ref": "K"}}}, "T": {"Type": "AWS::SNS::Topic"}'
)
_SUBSCRIBED = (
    '"S": {"Type": "AWS::SNS::Subscription", "Properties": '
    '{"Protocol": "sqs", "TopicArn": {"Ref": "T"}, "Endpoint": {"Fn::GetAtt": "Q.Arn"}}}'
)
_HEAD = '{"AWSTemplateFormatVersion": "2010-09-09", "Resources": {' + _QUEUE + ", " + _SUBSCRIBED + ", "
_RESOURCES = (
    _HEAD
    + '"P": {"Type": "AWS::SQS::QueuePolicy", "Properties": {"Queues": [{"Ref": "Q"}], "PolicyDocument": "POLICY"}}}}',
    _HEAD + '"K": {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": "POLICY"}}}}',
    _HEAD + '"X": {"Type": "AWS::SecretsManager::Secret"}, "P": {"Type": "AWS::SecretsManager::ResourcePolicy", '
    '"Properties": {"SecretId": {"Ref": "X"}, "ResourcePolicy": "POLICY"}}}}',
    _HEAD + '"R": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": "POLICY", '
    '"Policies": [{"PolicyName": "a", "PolicyDocument": "POLICY"}]}}, "F": {"Type": "AWS::Lambda::EventSourceMapping", '
    '"Properties": {"EventSourceArn": {"Fn::GetAtt": "Q.Arn"}, "FunctionName": {"Ref": "L"}}}, '
    '"L": {"Type": "AWS::Lambda::Function", "Properties": {"Role": {"Fn::GetAtt": "R.Arn"}}}}}',
)
TARGET = Target(_check, shapes=cases())
