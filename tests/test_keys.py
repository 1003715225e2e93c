"""KMS keys: which key encrypts something, and whether those who send or read may use it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from msglint.iam.keys import KeyUse, Store, key_uses
from msglint.model.delivery import EDGES, EdgeKind, Stance
from msglint.model.delivery import Key as Documented
from msglint.model.kinesis import Stream
from msglint.model.kms import Key
from msglint.model.model import Model
from msglint.model.resource import Resource
from msglint.model.sns import Topic
from msglint.model.sqs import Queue
from msglint.readers.interface import Assumptions
from msglint.readers.recognise import read
from msglint.source import Document
from msglint.verdict import Doubt, Reason
from test_delivery import get, made, model_of, named, sender

PLANS = Path(__file__).parent / "fixtures" / "rules" / "key-policy-blocks-sender"

Json: TypeAlias = Any
Resources: TypeAlias = Mapping[str, Mapping[str, Any]]


def stored(model: Model, id_: str = "End") -> Store:
    (part,) = model.parts
    record = part.record(id_)
    assert record is not None
    kinds: dict[str, type[Store]] = {Queue.KIND: Queue, Topic.KIND: Topic, Stream.KIND: Stream}
    return kinds[record.type](record)


# Which key

KEYS: Resources = {
    "Key": made("AWS::KMS::Key"),
    "Replica": made("AWS::KMS::ReplicaKey", PrimaryKeyArn="arn:aws:kms:us-east-1:111122223333:key/mrk-1a2b"),
    "Alias": made("AWS::KMS::Alias", AliasName="alias/orders", TargetKeyId={"Ref": "Key"}),
    "ByArn": made("AWS::KMS::Alias", AliasName={"Fn::Sub": "alias/${AWS::StackName}"}, TargetKeyId=get("Replica")),
    "Shared": made("AWS::KMS::Alias", AliasName="alias/shared", TargetKeyId={"Ref": "Given"}),
    "Bucket": made("AWS::S3::Bucket"),
}
PARAMETERS = {"Given": {"Type": "String"}}
HERE = "arn:aws:kms:${AWS::Region}:${AWS::AccountId}"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"Ref": "Key"}, "Key"),
        (get("Key"), "Key"),
        (get("Key", "KeyId"), "Key"),
        ({"Fn::Sub": f"{HERE}:key/${{Key}}"}, "Key"),
        ({"Fn::Join": ["", [{"Fn::Sub": f"{HERE}:key/"}, get("Key", "KeyId")]]}, "Key"),
        ({"Ref": "Replica"}, "Replica"),
        (get("Replica"), "Replica"),
        ({"Ref": "Alias"}, "Key"),
        ("alias/orders", "Key"),
        ({"Fn::Sub": f"{HERE}:alias/orders"}, "Key"),
        ({"Fn::Sub": f"{HERE}:${{Alias}}"}, "Key"),
        ({"Fn::Sub": "alias/${AWS::StackName}"}, "Replica"),
        ("alias/aws/sqs", None),
        ({"Fn::Sub": f"{HERE}:alias/aws/sqs"}, None),
        ("", None),
        ({"Ref": "AWS::NoValue"}, None),
        ("alias/elsewhere", "the key is not in this run"),
        ("1234abcd-12ab-34cd-56ef-1234567890ab", "the key is not in this run"),
        ({"Ref": "Given"}, "${Given} has no value here"),
        # An alias of the run for a key that is not.
        ({"Ref": "Shared"}, "${Given} has no value here"),
        (get("Bucket"), "the key is not in this run"),
        ({"Fn::GetAZs": ""}, "the availability zones are those of the account"),
    ],
)
def test_which_key_a_template_names(value: Json, expected: str | None) -> None:
    model = model_of({**KEYS, "End": made(Queue.KIND, KmsMasterKeyId=value)}, Parameters=PARAMETERS)
    key = model.key_of(stored(model))
    assert expected == (key if key is None else key.id if isinstance(key, Key) else key.reason.text)


@pytest.mark.parametrize("name", ["bad.tfplan.json", "bad.steady.tfplan.json"])
@pytest.mark.parametrize(
    ("queue", "expected"), [("billing", "messages"), ("rejected_refunds", "messages"), ("uploads", "uploads")]
)
def test_which_key_a_plan_names(name: str, queue: str, expected: str) -> None:
    """By the ARN that an alias gives, by the name of an alias, and by its own ARN."""
    model = Model([read(Document(name, (PLANS / name).read_text(encoding="utf-8")), Assumptions())])
    key = model.key_of(stored(model, f"aws_sqs_queue.{queue}"))
    assert isinstance(key, Key)
    assert key.id == f"aws_kms_key.{expected}"


def test_an_alias_for_a_key_from_elsewhere() -> None:
    """In a plan an alias gives the ARN of its key as its own attribute, which does not lead back to the alias."""
    plan = json.loads((PLANS / "bad.steady.tfplan.json").read_text(encoding="utf-8"))
    resources = plan["planned_values"]["root_module"]["resources"]
    values = {each["address"]: each["values"] for each in resources}
    arn = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    values["aws_kms_alias.messages"] |= {"target_key_id": arn, "target_key_arn": arn}
    values["aws_sqs_queue.billing"]["kms_master_key_id"] = arn
    model = Model([read(Document("plan.json", json.dumps(plan)), Assumptions())])
    billing = stored(model, "aws_sqs_queue.billing")
    assert not isinstance(model.key_of(billing), Key)
    assert model.has_own_key(billing.key)


def test_a_key_that_one_of_two_may_be() -> None:
    plan = (PLANS / "unknown.tfplan.json").read_text(encoding="utf-8")
    model = Model([read(Document("plan.json", plan), Assumptions())])
    warehouse = stored(model, "aws_sqs_queue.warehouse")
    assert not isinstance(model.key_of(warehouse), Key)
    assert model.has_own_key(warehouse.key)


# Services

ROOT = {"Effect": "Allow", "Principal": {"AWS": {"Ref": "AWS::AccountId"}}, "Action": "kms:*", "Resource": "*"}
BOTH = ["kms:GenerateDataKey*", "kms:Decrypt"]
OWN = {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
STORES = [kind for kind in EDGES if kind.destination in (Queue, Topic) and kind.encrypted is Stance.ALLOWED]
each_kind = pytest.mark.parametrize("kind", STORES, ids=named)


def grant(service: str, *, effect: str = "Allow", actions: Json = BOTH, condition: Json = None) -> Json:
    asked = {"Condition": condition} if condition is not None else {}
    return {"Effect": effect, "Principal": {"Service": service}, "Action": actions, "Resource": "*", **asked}


def key(*statements: Json) -> Mapping[str, Any]:
    return made("AWS::KMS::Key", KeyPolicy={"Version": "2012-10-17", "Statement": [ROOT, *statements]})


def used(kind: EdgeKind, whole: Json, **more: Json) -> KeyUse:
    """Give what the sender of one kind of edge does with the key of its end."""
    end = {"Key": whole, "End": made(kind.destination.KIND, KmsMasterKeyId={"Ref": "Key"})}
    sections = {name: more.pop(name) for name in ("Parameters",) if name in more}
    model = model_of({**sender(kind), **end, **more}, **sections)
    (use,) = key_uses(stored(model), model)
    assert isinstance(use, KeyUse)
    assert use.caller == kind.service
    return use


@each_kind
def test_a_service_needs_both_actions_from_the_policy_of_the_key(kind: EdgeKind) -> None:
    assert used(kind, key(grant(kind.service))).verdict.is_yes
    for lacking in ("kms:Decrypt", "kms:GenerateDataKey", "kms:Encrypt"):
        use = used(kind, key(grant(kind.service, actions=lacking)))
        assert use.verdict.is_no
        assert set(use.refused) == {"kms:GenerateDataKey", "kms:Decrypt"} - {lacking}
    for nothing in (key(), key(grant("chatbot.amazonaws.com")), made("AWS::KMS::Key")):
        assert used(kind, nothing).verdict.is_no
    denial = grant(kind.service, effect="Deny", actions="kms:Decrypt")
    assert list(used(kind, key(grant(kind.service), denial)).refused) == ["kms:Decrypt"]


@each_kind
def test_conditions_on_the_source_count_as_aws_documents(kind: EdgeKind) -> None:
    """The source's ARN cannot be told in the policy of a key that its target waits for, so a pattern stands there."""
    pattern = {"StringLike": {"AWS:SourceArn": "arn:aws:*:*"}}
    use = used(kind, key(grant(kind.service, condition=pattern)))
    assert (
        use.verdict.truth
        is {Stance.ALLOWED: True, Stance.REFUSED: False, Stance.UNDOCUMENTED: None}[kind.key_conditions]
    )
    assert use.conditional.truth is (kind.key_conditions is Stance.REFUSED)
    other = {"StringEquals": {"aws:SourceArn": "arn:aws:x:eu-west-1:111122223333:other"}}
    use = used(kind, key(grant(kind.service, condition=other)))
    # Where no condition on the source is ever met, one that nobody could meet is just as wrong.
    assert use.verdict.truth is (None if kind.key_conditions is Stance.UNDOCUMENTED else False)
    assert use.conditional.is_no


@each_kind
def test_a_statement_without_a_condition_makes_up_for_one_with(kind: EdgeKind) -> None:
    use = used(kind, key(grant(kind.service, condition=OWN), grant(kind.service)))
    assert use.verdict.is_yes
    assert use.conditional.is_no


@each_kind
def test_what_aws_does_not_document_of_services_is_unknown(kind: EdgeKind) -> None:
    through = {"StringEquals": {"kms:ViaService": {"Fn::Sub": "sqs.${AWS::Region}.amazonaws.com"}}}
    everybody = {**grant("", condition=through), "Principal": {"AWS": "*"}}
    for statement in (everybody, grant(kind.service, condition=through)):
        assert used(kind, key(statement)).verdict.is_unknown


@each_kind
def test_what_a_service_says_of_itself_and_of_its_account(kind: EdgeKind) -> None:
    called = {"StringEquals": {"aws:PrincipalServiceName": kind.service}}
    assert used(kind, key(grant(kind.service, condition=called))).verdict.is_yes
    told = {Stance.ALLOWED: True if kind.source_account is Documented.SENT else None, Stance.REFUSED: False}
    assert used(kind, key(grant(kind.service, condition=OWN))).verdict.truth is told.get(kind.key_conditions)


@pytest.mark.parametrize("kind", [kind for kind in STORES if kind.key_conditions is Stance.REFUSED], ids=named)
def test_what_hangs_on_more_than_undocumented_keys_may_hang_on_the_source(kind: EdgeKind) -> None:
    through = {"StringEquals": {"kms:ViaService": "sqs.eu-west-1.amazonaws.com"}}
    assert used(kind, key(grant(kind.service, condition=through))).conditional.is_no
    given = grant(
        kind.service, condition={"StringEquals": {"aws:SourceArn": {"Ref": "Given"}}}, actions={"Ref": "Given"}
    )
    parameters = {"Parameters": {"Given": {"Type": "String"}}}
    assert used(kind, key(grant(kind.service, condition=through), given), **parameters).conditional.is_no
    given = grant(kind.service, actions={"Ref": "Given"})
    assert used(kind, key(grant(kind.service, condition=through), given), **parameters).conditional.is_unknown


@each_kind
def test_others_may_let_a_service_in(kind: EdgeKind) -> None:
    given = made("Custom::KeyPolicy", Key=get("Key"))
    assert used(kind, key(), Custom=given).verdict.is_unknown
    assert used(kind, key(grant(kind.service)), Custom=given).verdict.is_yes
    denial = grant(kind.service, effect="Deny", actions="kms:*")
    assert used(kind, key(grant(kind.service), denial), Custom=given).verdict.is_no


@pytest.mark.parametrize("kind", [kind for kind in EDGES if kind.encrypted is not Stance.ALLOWED], ids=named)
def test_services_that_publish_with_another_key_or_to_no_encrypted_topic(kind: EdgeKind) -> None:
    """Of AWS Config and Budgets it is not verified who uses the key; ElastiCache takes no encrypted topic."""
    refused = kind.encrypted is Stance.REFUSED
    use = used(kind, key())
    assert use.verdict.truth is (False if refused else None)
    if not refused:
        why = f"it is not verified with which key {kind.service} publishes"
        assert use.verdict.reasons == (Reason(Doubt.OUTSIDE, why, use.edges[0].at),)
    assert used(kind, key(grant(kind.service))).verdict.truth is (not refused)


def test_senders_of_one_service_are_told_together_and_of_several_apart() -> None:
    def subscribed(topic: str) -> Mapping[str, Any]:
        return made("AWS::SNS::Subscription", TopicArn={"Ref": topic}, Protocol="sqs", Endpoint=get("End"))

    model = model_of(
        {
            "Key": key(),
            "End": made(Queue.KIND, KmsMasterKeyId={"Ref": "Key"}),
            "First": made(Topic.KIND),
            "Second": made(Topic.KIND),
            "ToFirst": subscribed("First"),
            "ToSecond": subscribed("Second"),
            "Rule": made("AWS::Events::Rule", Targets=[{"Id": "t", "Arn": get("End")}]),
        }
    )
    uses = [use for use in key_uses(stored(model), model) if isinstance(use, KeyUse)]
    assert [(use.caller, use.sources) for use in uses] == [
        ("sns.amazonaws.com", "First and Second"),
        ("events.amazonaws.com", "Rule"),
    ]


def test_senders_of_one_service_are_told_apart_where_their_answers_differ() -> None:
    """One is let in and the other not; and of two that the condition keeps out, one would be let in if KMS saw it."""

    def apart(service: str, end: Resources, first: Json, **senders: Json) -> list[tuple[str, bool | None, bool | None]]:
        whole = key(grant(service, condition={"ArnEquals": {"aws:SourceArn": first}}))
        model = model_of({"Key": whole, **end, **senders})
        uses = [use for use in key_uses(stored(model), model) if isinstance(use, KeyUse)]
        return [(use.sources, use.verdict.truth, use.conditional.truth) for use in uses]

    def encrypted(kind: type[Resource]) -> Resources:
        return {"End": made(kind.KIND, KmsMasterKeyId={"Ref": "Key"})}

    def subscribed(topic: str) -> Json:
        return made("AWS::SNS::Subscription", TopicArn={"Ref": topic}, Protocol="sqs", Endpoint=get("End"))

    topics = {
        "First": made(Topic.KIND),
        "Second": made(Topic.KIND),
        "A": subscribed("First"),
        "B": subscribed("Second"),
    }
    assert apart("sns.amazonaws.com", encrypted(Queue), {"Ref": "First"}, **topics) == [
        ("First", True, False),
        ("Second", False, False),
    ]
    rule = made("AWS::Events::Rule", Targets=[{"Id": "t", "Arn": {"Ref": "End"}}])
    assert apart("events.amazonaws.com", encrypted(Topic), get("First"), First=rule, Second=rule) == [
        ("First", False, True),
        ("Second", False, False),
    ]


# Roles

GENERATE, DECRYPT = "kms:GenerateDataKey", "kms:Decrypt"
TRUST = {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}]}
OWNERS: Mapping[str, tuple[Resources, type[Store], set[str]]] = {
    "polled queue": (
        {"Owner": made("AWS::Lambda::EventSourceMapping", EventSourceArn=get("End"), FunctionName={"Ref": "Function"})},
        Queue,
        {DECRYPT},
    ),
    "polled stream": (
        {"Owner": made("AWS::Lambda::EventSourceMapping", EventSourceArn=get("End"), FunctionName={"Ref": "Function"})},
        Stream,
        {DECRYPT},
    ),
    "on failure": (
        {
            "Owner": made(
                "AWS::Lambda::EventInvokeConfig",
                FunctionName={"Ref": "Function"},
                DestinationConfig={"OnFailure": {"Destination": {"Ref": "End"}}},
            )
        },
        Topic,
        {GENERATE, DECRYPT},
    ),
    "schedule": (
        {"Owner": made("AWS::Scheduler::Schedule", Target={"Arn": get("End"), "RoleArn": get("Role")})},
        Queue,
        {GENERATE, DECRYPT},
    ),
    "pipe": (
        {"Owner": made("AWS::Pipes::Pipe", Target=get("End"), Source=get("Other"), RoleArn=get("Role"))},
        Stream,
        {GENERATE},
    ),
}
each_owner = pytest.mark.parametrize("owner", OWNERS)


def by_role(owner: str, whole: Json, *statements: Json) -> KeyUse:
    """Give what a role does with a key, by the key's policy and these statements of its own."""
    resources, kind, _ = OWNERS[owner]
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    policies = [{"PolicyName": "p", "PolicyDocument": document}] if statements else []
    encrypted = (
        {"StreamEncryption": {"EncryptionType": "KMS", "KeyId": get("Key")}}
        if kind is Stream
        else {"KmsMasterKeyId": {"Ref": "Key"}}
    )
    model = model_of(
        {
            "Key": whole,
            "End": made(kind.KIND, **encrypted),
            "Other": made(Queue.KIND),
            "Role": made("AWS::IAM::Role", AssumeRolePolicyDocument=TRUST, Policies=policies),
            "Function": made("AWS::Lambda::Function", Role=get("Role")),
            **resources,
        }
    )
    (use,) = key_uses(stored(model), model)
    assert isinstance(use, KeyUse)
    return use


def own(actions: Json, effect: str = "Allow", **more: Json) -> Json:
    return {"Effect": effect, "Action": actions, "Resource": get("Key"), **more}


@each_owner
def test_a_role_needs_what_its_edge_does_with_the_key(owner: str) -> None:
    needed = OWNERS[owner][2]
    assert by_role(owner, key(), own(sorted(needed))).verdict.is_yes
    assert by_role(owner, made("AWS::KMS::Key"), own(sorted(needed))).verdict.is_yes
    assert set(by_role(owner, key()).refused) == needed
    assert by_role(owner, key(), own("kms:*"), own("kms:*", "Deny")).verdict.is_no
    assert by_role(owner, key(), {**own("kms:*"), "Resource": "arn:aws:kms:eu-west-1:111122223333:key/x"}).verdict.is_no


@each_owner
def test_the_policy_of_a_key_may_name_a_role(owner: str) -> None:
    named_there = {**grant("", actions=sorted(OWNERS[owner][2])), "Principal": {"AWS": get("Role")}}
    assert by_role(owner, key(named_there)).verdict.is_yes
    closed = made("AWS::KMS::Key", KeyPolicy={"Version": "2012-10-17", "Statement": [grant("sns.amazonaws.com")]})
    assert by_role(owner, closed, own("kms:*")).verdict.is_no


@each_owner
def test_what_kms_knows_of_the_call_for_a_role(owner: str) -> None:
    service = OWNERS[owner][1].KIND.split("::")[1].lower()

    def asking(operator: str, name: str, value: Json) -> bool | None:
        return by_role(owner, key(), own("kms:*", Condition={operator: {name: value}})).verdict.truth

    def via(name: str) -> bool | None:
        return asking("StringEquals", "kms:ViaService", {"Fn::Sub": f"{name}.${{AWS::Region}}.amazonaws.com"})

    assert via(service) is True
    assert via("s3") is False
    assert asking("StringEquals", "kms:CallerAccount", {"Ref": "AWS::AccountId"}) is True
    # Of encryption contexts AWS documents that of Kinesis.
    for name in ("sqs:arn", "sns:topicArn", "kinesis:arn"):
        expected = True if name.startswith(service) and service == "kinesis" else None
        assert asking("ArnLike", f"kms:EncryptionContext:aws:{name}", "arn:aws:*:*:*:*") is expected


@each_owner
def test_of_a_role_that_nobody_assumes_nothing_is_asked(owner: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(TRUST, "Statement", [])
    with pytest.raises(ValueError, match="not enough values"):
        by_role(owner, key())


def test_a_stream_without_encryption_has_no_use_for_a_key() -> None:
    encryption = {"EncryptionType": "NONE", "KeyId": get("Key")}
    resources = {"Key": key(), "End": made(Stream.KIND, StreamEncryption=encryption), **OWNERS["polled stream"][0]}
    function = {"Function": made("AWS::Lambda::Function", Role=get("Role"))}
    model = model_of({**resources, **function, "Role": made("AWS::IAM::Role", AssumeRolePolicyDocument=TRUST)})
    assert list(key_uses(stored(model), model)) == []


def test_a_role_beside_a_policy_for_services_is_open() -> None:
    """Whether EventBridge comes with the role or in its own name AWS's pages do not agree on."""
    model = model_of(
        {
            "Key": key(),
            "End": made(Queue.KIND, KmsMasterKeyId={"Ref": "Key"}),
            "Role": made("AWS::IAM::Role", AssumeRolePolicyDocument=TRUST),
            "Rule": made("AWS::Events::Rule", Targets=[{"Id": "t", "Arn": get("End"), "RoleArn": get("Role")}]),
        }
    )
    (use,) = key_uses(stored(model), model)
    assert isinstance(use, KeyUse)
    why = "AWS's pages contradict each other on whether a target with a role is reached in the service's own name"
    assert use.verdict.reasons == (Reason(Doubt.OUTSIDE, why, use.edges[0].at),)


def reading(*owners: Json, trust: Json = TRUST, **more: Json) -> list[KeyUse]:
    """Give what is done with the key of a queue by these, which all have one role and the function of that role."""
    resources = {
        "Key": key(),
        "End": made(Queue.KIND, KmsMasterKeyId={"Ref": "Key"}),
        "Role": made("AWS::IAM::Role", AssumeRolePolicyDocument=trust),
        "Function": made("AWS::Lambda::Function", Role=get("Role")),
    }
    model = model_of({**resources, **{f"Owner{number}": owner for number, owner in enumerate(owners)}}, **more)
    return [use for use in key_uses(stored(model), model) if isinstance(use, KeyUse)]


def pipe(source: Json, target: Json) -> Json:
    return made("AWS::Pipes::Pipe", Source=source, Target=target, RoleArn=get("Role"))


STATES = "arn:aws:states:eu-west-1:111122223333:stateMachine:orders"


def test_what_one_role_does_is_told_together_and_what_it_sends_apart() -> None:
    polled = OWNERS["polled queue"][0]["Owner"]
    uses = reading(polled, pipe(get("End"), STATES), OWNERS["schedule"][0]["Owner"])
    assert [(use.sources, set(use.decisions), use.reads) for use in uses] == [
        ("Owner0 and Owner1", {DECRYPT}, True),
        ("Owner2", {GENERATE, DECRYPT}, False),
    ]


def test_only_what_ends_or_begins_at_the_queue_needs_its_key() -> None:
    """The other end of a pipe has its own, wherever it lies."""
    ends = pipe(get("End"), {"Ref": "Given"}), pipe(STATES, get("End")), pipe(get("End"), STATES)
    assert [use.sources for use in reading(*ends, Parameters={"Given": {"Type": "String"}})] == [
        "Owner0 and Owner2",
        "Owner1",
    ]


@pytest.mark.parametrize(("live", "expected"), [("yes", ["Owner0"]), ("no", [])])
def test_what_is_not_made_uses_no_key(live: str, expected: list[str]) -> None:
    owner = {**pipe(get("End"), STATES), "Condition": "Live"}
    assert [use.sources for use in reading(owner, Conditions={"Live": {"Fn::Equals": ["yes", live]}})] == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [("arn:aws:scheduler:*:*:schedule-group/default", ["Owner0"]), ("arn:aws:scheduler:*:*:schedule/*", [])],
)
def test_whom_a_role_is_for_decides_whether_it_uses_the_key(source: str, expected: list[str]) -> None:
    """What assumes it for a schedule names the schedule's group."""
    statement = {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}
    trust = {"Statement": [{**statement, "Condition": {"ArnLike": {"aws:SourceArn": source}}}]}
    assert [use.sources for use in reading(OWNERS["schedule"][0]["Owner"], trust=trust)] == expected


# What a plan reports


def test_a_policy_that_a_plan_reports_counts_whoever_wrote_it() -> None:
    """The key of the uploads has no policy in the configuration, and may have got one elsewhere."""
    plan = json.loads((PLANS / "bad.steady.tfplan.json").read_text(encoding="utf-8"))
    resources = plan["planned_values"]["root_module"]["resources"]
    whole = next(each for each in resources if each["address"] == "aws_kms_key.uploads")
    root = {**ROOT, "Principal": {"AWS": "123456789012"}}
    for statements, expected in (([], False), ([grant("s3.amazonaws.com")], True)):
        whole["values"]["policy"] = json.dumps({"Version": "2012-10-17", "Statement": [root, *statements]})
        model = Model([read(Document("plan.json", json.dumps(plan)), Assumptions())])
        (use,) = key_uses(stored(model, "aws_sqs_queue.uploads"), model)
        assert isinstance(use, KeyUse)
        assert use.verdict.truth is expected
