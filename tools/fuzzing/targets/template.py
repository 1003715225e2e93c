"""Templates and plans as a whole: judged and reported without an exception."""

from fuzzing import checks
from fuzzing.target import Target, files, words

WORDS = words(
    """
    Resources:␤ AWS::SQS::Queue AWS::SNS::Topic AWS::Serverless::Function Transform:␣ Fn::ForEach::A: !Ref␣ !Sub␣
    !Sub␣['${a}',␣{a:␣ !GetAtt␣ !If␣[ !Join␣[ !Select␣[ !Split␣[ !FindInMap␣[ !ImportValue␣ !Cidr␣[ !Base64␣ !GetAZs␣
    Fn::Transform:␣ Fn::ToJsonString:␣ Fn::Length:␣ !And␣[ !Equals␣[ !Not␣[ !Or␣[ !Condition␣ Conditions:␤
    Parameters:␤ Mappings:␤ Rules:␤ Outputs:␤ ${AWS::Region} ${AWS::AccountId} ${!a} AWS::NoValue Statement:␣
    Principal:␣ Action:␣ Resource:␣ Condition:␣ StringEquals:␣ aws:SourceArn '*' #␣msglint:␣ignore[MSG501]
    arn:aws:sqs: { } [ ] :␣ -␣ &a␣ *a <<:␣ ␤ ~ '' "planned_values": "after_unknown": "references": "values":
    "expressions": "for_each_expression": "module_calls": "index": "address": "constant_value": null
    """
)


def _check(data: bytes) -> None:
    checks.judged("t.yaml", data)


TARGET = Target(
    _check,
    WORDS,
    lambda: files(
        *("tests/fixtures/rules/*/bad*", "tests/fixtures/readers/sam/*", "tests/fixtures/linked/*/*.yaml"),
        *("examples/faulty/*", "examples/gotchas/*/*.yaml"),
    ),
)
