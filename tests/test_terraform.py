"""What a Terraform plan says: values that are known, unset or unknown, and what the unknown ones are made of."""

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest

from msglint.model.data import Data
from msglint.model.expression import Expression, Fields, Items
from msglint.model.resource import Part, Record
from msglint.model.text import Text
from msglint.model.value import Absent, Known, Mentions, Unknown
from msglint.readers.interface import Assumptions
from msglint.readers.recognise import read
from msglint.readers.terraform.address import Index, Step, modules_of, roots, shown, steps
from msglint.readers.terraform.plan import Plan, open_plan
from msglint.readers.terraform.policy_document import policy_document
from msglint.readers.terraform.references import References
from msglint.source import Document, SourceError, read_json
from msglint.verdict import Doubt

PLANS = Path(__file__).parent / "fixtures" / "readers"
NOTHING = Assumptions()
RANDOM = "<random>"


@cache
def text_of(case: str) -> str:
    """Give the plan that Terraform made of a folder's configuration."""
    return (PLANS / case / "plan.json").read_text(encoding="utf-8")


def raw_plan(case: str) -> dict[str, Any]:
    plan: dict[str, Any] = json.loads(text_of(case))
    return plan


def part_of(case: str, assumptions: Assumptions = NOTHING) -> Part:
    return read(Document("p.json", text_of(case)), assumptions)


def record_of(part: Part, address: str) -> Record:
    record = part.record(address)
    assert record is not None, address
    return record


def properties_of(part: Part, address: str) -> Data:
    record = record_of(part, address)
    return Data(record.properties, owner=record.at, anchor=record.at)


# Addresses


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("aws_sqs_queue.q", (Step("aws_sqs_queue"), Step("q"))),
        ("aws_sqs_queue.q[0].arn", (Step("aws_sqs_queue"), Step("q", 0), Step("arn"))),
        ("module.m.aws_sqs_queue.q", (Step("module"), Step("m"), Step("aws_sqs_queue"), Step("q"))),
        ('module.m["a.b[0]"].x.y', (Step("module"), Step("m", "a.b[0]"), Step("x"), Step("y"))),
        (r'x.y["a\"b\\c"]', (Step("x"), Step("y", r"a\"b\c".replace(r"\"", '"')))),
        ("x.y[*].arn", (Step("x"), Step("y"), Step("arn"))),
        (f"x.y[{'9' * 5000}].arn", (Step("x"), Step("y"), Step("arn"))),
        ("", ()),
    ],
)
def test_addresses_are_taken_apart(address: str, expected: tuple[Step, ...]) -> None:
    assert steps(address) == expected


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("aws_sqs_queue.q", ()),
        ("module.m.aws_sqs_queue.q", (Step("m"),)),
        ('module.m["a"].module.n[1].aws_sqs_queue.q[0]', (Step("m", "a"), Step("n", 1))),
        ("data.aws_sqs_queue.module", ()),
    ],
)
def test_the_modules_of_an_address(address: str, expected: tuple[Step, ...]) -> None:
    assert modules_of(address) == expected


@pytest.mark.parametrize("index", [None, 0, 12, "a", 'a"b', "a\\b", 'module.x["y"]'])
def test_an_instance_is_written_as_it_is_read(index: Index) -> None:
    assert steps(f"x.y{shown(index)}")[-1] == Step("y", index)


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        (["a.b.c", "a.b"], ("a.b.c",)),
        (["a.b[0].c", "a.b[0]", "a.b"], ("a.b[0].c",)),
        (["a.b", "each.key"], ("a.b", "each.key")),
        (["a.b.c", "a.b", "a.bc.d", "a.bc"], ("a.b.c", "a.bc.d")),
        (["a.b.c", "a.b", "a.b.d", "a.b"], ("a.b.c", "a.b.d")),
        (["a.b", "a.b"], ("a.b",)),
        ([], ()),
    ],
)
def test_what_an_expression_names(listed: list[str], expected: tuple[str, ...]) -> None:
    """Terraform lists each with all its beginnings behind it."""
    assert roots(listed) == expected


# References

ONE, OTHER = "aws_sqs_queue.counted[0]", "aws_sqs_queue.counted[1]"
A, B = 'aws_sqs_queue.keyed["a"]', r'aws_sqs_queue.keyed["b[\"c\"]"]'
PLAIN = "aws_sqs_queue.plain"


@pytest.mark.parametrize(
    ("subscription", "expected", "complete"),
    [
        ("direct", [(PLAIN, "arn")], True),
        ("by_index", [(OTHER, "arn")], True),
        ("by_key", [(B, "arn")], True),
        ("all", [(ONE, ""), (OTHER, "")], True),
        ("none", [(PLAIN, "arn")], True),
        ("either", [(PLAIN, "arn"), (ONE, "arn")], True),
        ('each_key["a"]', [(A, "")], True),
        (r'each_key["b[\"c\"]"]', [(B, "")], True),
        ("count_index[1]", [(OTHER, "")], True),
        ('other_keys["a"]', [(A, ""), (B, "")], True),
        ('each_value["one"]', [(PLAIN, "arn"), (ONE, "arn")], False),
        ("local", [], False),
        ("output", [("module.inner.aws_sqs_queue.own", "arn")], True),
        ("output_of_one", [('module.many["b"].aws_sqs_queue.own', "arn")], True),
        ("output_from_deep", [(PLAIN, "arn")], True),
        ("data_source", [], False),
        ("module.inner variable", [(PLAIN, "arn")], True),
        ("module.inner member[0]", [(PLAIN, "arn"), (ONE, "arn")], False),
        ("module.inner.module.deeper variable", [(PLAIN, "arn")], True),
        ('module.many["a"].module.deeper variable', [(ONE, ""), (OTHER, "")], True),
    ],
)
def test_an_unknown_value_mentions_what_it_is_made_of(
    subscription: str, expected: list[tuple[str, str]], complete: bool
) -> None:
    """`complete` only if nothing else of this run can flow into it."""
    module, _, name = subscription.rpartition(" ")
    address = f"{module}{'.' if module else ''}aws_sns_topic_subscription.{name}"
    shape = properties_of(part_of("references"), address).get("Endpoint").shape
    assert isinstance(shape, Mentions)
    assert [(reference.resource[1], reference.attribute) for reference in shape.references] == expected
    assert shape.complete is complete
    assert {reference.resource[0] for reference in shape.references} <= {"p.json"}


def test_the_id_of_a_topic_is_its_arn_and_of_a_queue_its_url() -> None:
    """The provider's ids are what AWS calls otherwise."""
    shape = properties_of(part_of("references"), "aws_sns_topic_subscription.by_index").get("TopicArn").shape
    assert isinstance(shape, Mentions)
    assert [reference.attribute for reference in shape.references] == ["arn"]


def test_a_plan_without_configuration_knows_no_references() -> None:
    plan = raw_plan("references")
    del plan["configuration"]
    part = read(Document("p.json", json.dumps(plan)), NOTHING)
    shape = properties_of(part, "aws_sns_topic_subscription.direct").get("Endpoint").shape
    assert isinstance(shape, Unknown)
    assert shape.reason.doubt is Doubt.NOT_UNDERSTOOD


def test_who_names_a_resource() -> None:
    found = part_of("references").mentions(PLAIN)
    by = {mention.by[1] for mention in found if mention.names("endpoint")}
    inner, many = "module.inner.aws_sns_topic_subscription.variable", "module.inner.module.deeper."
    assert {"aws_sns_topic_subscription.direct", inner, f"{many}aws_sns_topic_subscription.variable"} <= by
    assert "aws_sns_topic_subscription.by_index" not in by


def planned(type_: str, label: str, **values: object) -> dict[str, Any]:
    return {"address": f"{type_}.{label}", "mode": "managed", "type": type_, "name": label, "values": values}


def test_who_names_a_resource_by_an_arn_that_is_written() -> None:
    """Wherever it stands, also under the name that a resource's own ARN has, and with the path that roles have."""
    queue, role = "arn:aws:sqs:eu-west-1:111122223333:failed", "arn:aws:iam::111122223333:role/sender"
    target = {"arn": queue, "role_arn": role, "dead_letter_config": [{"arn": queue}]}
    resources = [
        planned("aws_sqs_queue", "failed", name="failed", arn=queue, url=queue),
        planned("aws_iam_role", "sender", name="sender", path="/", arn=role),
        planned("aws_scheduler_schedule", "nightly", name="nightly", target=[target]),
        planned("aws_cloudwatch_event_target", "orders", arn=queue),
    ]
    plan = {"format_version": "1.2", "planned_values": {"root_module": {"resources": resources}}}
    part = read(Document("p.json", json.dumps(plan)), NOTHING)
    assert {(mention.by[1].partition(".")[2], mention.path) for mention in part.mentions("aws_sqs_queue.failed")} == {
        ("nightly", ("target", "arn")),
        ("nightly", ("target", "deadletterconfig", "arn")),
        ("orders", ("arn",)),
    }
    assert [mention.path for mention in part.mentions("aws_iam_role.sender")] == [("target", "rolearn")]
    # The queue of this name in another Region is another queue.
    resources[0]["values"]["arn"] = queue.replace("eu-west-1", "eu-central-1")
    part = read(Document("p.json", json.dumps(plan)), NOTHING)
    assert part.mentions("aws_sqs_queue.failed") == []


def test_types_are_those_of_cloudformation_where_it_has_them() -> None:
    types = part_of("names").types()
    assert "aws_sqs_queue.named" in types["AWS::SQS::Queue"]
    assert types["random_pet"] == ["random_pet.name"]


# Known, unset, unknown

NAMES = part_of("names")


@pytest.mark.parametrize(
    ("queue", "name", "expected"),
    [
        ("named", "VisibilityTimeout", 60),
        ("named", "KmsMasterKeyId", Mentions),
        ("named", "SqsManagedSseEnabled", False),
        ("named", "RedrivePolicy", None),
        ("prefixed", "KmsMasterKeyId", None),
        ("prefixed", "SqsManagedSseEnabled", None),
        ("prefixed", "VisibilityTimeout", 30),
        ("unnamed", "KmsMasterKeyId", None),
        ("unnamed", "SqsManagedSseEnabled", None),
        ("unknown", "VisibilityTimeout", Mentions),
        ("unknown", "KmsMasterKeyId", None),
    ],
)
def test_known_unset_and_unknown(queue: str, name: str, expected: object) -> None:
    """What nobody sets is absent, though a plan calls it unknown where the provider will compute it."""
    shape = properties_of(NAMES, f"aws_sqs_queue.{queue}").get(name).shape
    match shape:
        case Known(value=value) | Absent(default=value):
            assert value == expected
        case _:
            assert type(shape) is expected


@pytest.mark.parametrize(
    ("address", "attribute", "expected"),
    [
        ("aws_sqs_queue.named", "name", "named"),
        ("aws_sqs_queue.named", "arn", "arn:aws:sqs:eu-west-1:123456789012:named"),
        ("aws_sqs_queue.named", "url", "https://sqs.eu-west-1.amazonaws.com/123456789012/named"),
        ("aws_sqs_queue.prefixed", "name", f"prefixed-{RANDOM}"),
        ("aws_sqs_queue.unnamed", "arn", f"arn:aws:sqs:eu-central-1:123456789012:terraform-{RANDOM}"),
        ("aws_sqs_queue.unknown", "name", "${aws_sqs_queue.unknown.name}"),
        ("aws_sns_topic.prefixed", "arn", f"arn:aws:sns:eu-west-1:123456789012:news-{RANDOM}"),
        ("aws_kms_key.orders", "arn", "arn:aws:kms:eu-west-1:123456789012:key/${aws_kms_key.orders.key_id}"),
    ],
)
def test_names_and_arns(address: str, attribute: str, expected: str) -> None:
    text = NAMES.attribute(address, attribute)
    assert str(text) == expected
    assert text.refers is not None
    assert (text.refers.resource, text.refers.attribute) == (("p.json", address), attribute)


def test_generated_names_are_like_no_other() -> None:
    name = NAMES.attribute("aws_sqs_queue.unnamed", "name")
    assert name.starts_with("terraform-").is_yes
    assert name.ends_with("7").is_no


def test_account_and_region_without_a_provider_that_says() -> None:
    """Then they are the user's assumption, or a symbol."""
    plan = raw_plan("references")
    del plan["configuration"]["provider_config"]
    for resource in plan["planned_values"]["root_module"]["resources"]:
        resource["values"].pop("region", None)
    document = Document("p.json", json.dumps(plan))
    topic = "aws_sns_topic.news"
    assert str(read(document, NOTHING).attribute(topic, "arn")) == "arn:aws:sns:${region}:${account}:news-test"
    assumed = read(document, Assumptions(accounts=("111122223333",), regions=("eu-west-3",)))
    assert str(assumed.attribute(topic, "arn")) == "arn:aws:sns:eu-west-3:111122223333:news-test"


@pytest.mark.parametrize(
    ("queue", "expected"),
    [("overlaid", "laid-over"), ("twice", "own"), ("doubtful[0]", None), ("doubtful[1]", None), ("named", Absent)],
)
def test_another_resource_sets_a_property(queue: str, expected: object) -> None:
    """What the queue says itself wins; where it cannot be told which queue is meant, all that may be are unknown."""
    target = properties_of(NAMES, f"aws_sqs_queue.{queue}").get("RedrivePolicy", "deadLetterTargetArn").text()
    match target:
        case Known(value=text):
            assert str(text).rpartition(":")[2] == expected
        case Unknown():
            assert expected is None
        case _:
            assert type(target) is expected
    if expected is not Absent:
        assert NAMES.writes(f"aws_sqs_queue.{queue}", "RedrivePolicy")
    # So a repair of it stands there too.
    over = NAMES.holder(f"aws_sqs_queue.{queue}", "RedrivePolicy")
    assert (over is not None and over[0] == "aws_sqs_queue_redrive_policy") == (expected == "laid-over")


def test_places_in_a_plan() -> None:
    """A value stands where it is planned, what is missing at its resource's address."""
    lines = text_of("names").splitlines()
    for name, expected in (("VisibilityTimeout", "60"), ("RedrivePolicy", '"aws_sqs_queue.named"')):
        start, end = properties_of(NAMES, "aws_sqs_queue.named").get(name).at.span
        assert lines[start.line - 1][start.column - 1 : end.column - 1] == expected


# Policy documents that are read during the apply


@cache
def policies() -> tuple[Plan, References]:
    document = Document("p.json", text_of("policies"))
    plan = open_plan(document, read_json(document))
    return plan, References(plan, "p.json")


def policy_of(name: str) -> Expression:
    plan, references = policies()
    return policy_document(plan, references, plan.data[f"data.aws_iam_policy_document.{name}"])


def written(expression: Expression) -> Any:
    """Write a policy: of what is unknown the things that it names, and `...` if that may not be all."""
    shape = expression.shape()
    match shape:
        case Known(value=Text() as text):
            return str(text)
        case Known(value=value):
            return value
        case Absent():
            return None
        case Fields(fields=fields):
            return {name: written(part) for name, part in fields.items()}
        case Items(items=items):
            return [written(item) for item in items]
        case Mentions(references=references, complete=complete):
            return {*(reference.resource[1] for reference in references), *(() if complete else ("...",))}
        case Unknown():
            return ...


def test_a_policy_is_rebuilt_block_by_block() -> None:
    """Principals and conditions are sets: the plan has them in another order than the configuration."""
    assert written(policy_of("queue")) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Sid": "Send",
                "Action": ["sqs:SendMessage"],
                "Resource": [{"aws_sqs_queue.orders"}],
                "Principal": {
                    "AWS": ["111122223333", {"aws_iam_role.producer"}],
                    "Service": ["sns.amazonaws.com"],
                },
                "Condition": {
                    "ArnEquals": {"aws:SourceArn": [{"aws_sns_topic.news"}]},
                    "StringEquals": {"aws:SourceAccount": ["111122223333"], "aws:PrincipalOrgID": ["o-example"]},
                },
            },
            {
                "Effect": "Deny",
                "NotAction": ["sqs:ReceiveMessage"],
                "NotResource": [{"aws_sqs_queue.billing"}],
                "NotPrincipal": {"AWS": ["*"]},
            },
            {
                "Effect": "Allow",
                "Action": ["sqs:*"],
                "Resource": [{"aws_sqs_queue.orders"}, {"aws_sqs_queue.billing"}],
            },
            {
                "Effect": "Allow",
                "Action": ["sqs:*"],
                "Resource": [{"aws_sqs_queue.orders"}, {"aws_sqs_queue.orders"}],
            },
        ],
    }


def test_a_policy_has_the_statements_of_the_documents_that_it_merges() -> None:
    sources, merged = written(policy_of("queue")), written(policy_of("merged"))
    own = {"Effect": "Allow", "Action": ["sqs:SendMessage"], "Resource": ["*"]}
    assert merged["Statement"] == [*sources["Statement"], own]


def test_a_statement_takes_the_place_of_an_earlier_one_with_its_sid() -> None:
    def statement(sid: str | None, action: str) -> dict[str, object]:
        return {"sid": sid, "actions": [action], "resources": ["*"]}

    override = json.dumps({"Statement": [{"Sid": "Send", "Effect": "Deny", "Action": "sqs:*", "Resource": "*"}]})
    values = {
        "source_policy_documents": [json.dumps({"Statement": {"Sid": "Read", "Action": "sqs:ReceiveMessage"}})],
        "statement": [statement("Send", "sqs:SendMessage"), statement(None, "sqs:PurgeQueue")],
        "override_policy_documents": [override],
    }
    plan, references = policies()
    source = msgspec.structs.replace(plan.data["data.aws_iam_policy_document.queue"], values=values, unknown={})
    actions = [each["Action"] for each in written(policy_document(plan, references, source))["Statement"]]
    assert actions == ["sqs:ReceiveMessage", "sqs:*", ["sqs:PurgeQueue"]]


def test_dynamic_statements_say_what_is_known_of_them() -> None:
    """The configuration does not show dynamic blocks, so nobody knows what their unknown values are made of."""
    statement = {"Effect": "Allow", "Action": ["sqs:SendMessage"], "Resource": [...]}
    assert written(policy_of("dynamic")) == {"Version": "2012-10-17", "Statement": [statement, statement]}


def test_a_value_that_is_a_policy_document_is_its_policy() -> None:
    redrive = properties_of(part_of("policies"), "aws_sqs_queue.orders").get("RedrivePolicy")
    first = redrive.get("Statement").elements().known[0]
    sid = first.get("Sid").text()
    assert isinstance(sid, Known)
    assert str(sid.value) == "Send"


def test_a_policy_that_was_read_during_the_plan_is_a_text() -> None:
    plan, _ = policies()
    assert '"Action": "sqs:SendMessage"' in plan.data["data.aws_iam_policy_document.known"].values["json"]
    assert written(policy_of("known")) == {
        "Version": "2008-10-17",
        "Statement": [{"Effect": "Allow", "Action": ["sqs:SendMessage"], "Resource": ["*"]}],
    }


# Odd plans


@pytest.mark.parametrize(
    "plan",
    [
        {},
        {"planned_values": None},
        {"planned_values": {"root_module": {"resources": [None, {}, {"address": "a"}, {"address": [], "type": 7}]}}},
        {"planned_values": {"root_module": {"child_modules": [None, {"address": 7, "resources": [{}]}]}}},
        {
            "resource_changes": [
                None,
                {},
                {"address": []},
                {"mode": "data"},
                {"mode": "data", "address": "a", "type": "b"},
            ]
        },
        {
            "configuration": {
                "root_module": {"resources": [None, {"address": []}], "module_calls": {"a": None}, "outputs": []}
            }
        },
        {"prior_state": {"values": {"root_module": {"resources": [{"mode": "data", "address": "x", "type": []}]}}}},
    ],
)
def test_whatever_is_missing_in_a_plan_is_no_resource(plan: dict[str, Any]) -> None:
    whole = {"format_version": "1.2", "planned_values": {}, **plan}
    assert read(Document("p.json", json.dumps(whole)), NOTHING).types() == {}


def test_the_order_in_which_a_plan_lists_modules_does_not_matter() -> None:
    """Terraform writes the modules inside another one in another order each time."""

    def child(key: str) -> dict[str, Any]:
        address = f'module.m.module.q["{key}"]'
        queue = {"address": f"{address}.aws_sqs_queue.q", "mode": "managed", "type": "aws_sqs_queue", "name": "q"}
        return {"address": address, "resources": [{**queue, "values": {}}]}

    def types(*keys: str) -> Sequence[str]:
        outer = {"address": "module.m", "child_modules": [child(key) for key in keys]}
        plan = {"format_version": "1.2", "planned_values": {"root_module": {"child_modules": [outer]}}}
        return read(Document("p.json", json.dumps(plan)), NOTHING).types()["AWS::SQS::Queue"]

    assert types("b", "a") == types("a", "b") == [f'module.m.module.q["{key}"].aws_sqs_queue.q' for key in "ab"]


def test_a_plan_that_says_something_twice_is_an_error_at_its_place() -> None:
    """Which of both would have a place? One that terraform writes says nothing twice."""
    with pytest.raises(SourceError, match="duplicate key 'planned_values'") as caught:
        read(Document("p.json", '{"planned_values": {},\n "planned_values": {"root_module": {}}}'), NOTHING)
    assert caught.value.place.span.start == (2, 2)


def test_an_unknown_format_is_an_error_at_its_place() -> None:
    document = Document("p.json", '{"format_version": "2.0", "planned_values": {}}')
    with pytest.raises(SourceError, match="format_version") as caught:
        read(document, NOTHING)
    assert caught.value.place.span.start == (1, 20)
