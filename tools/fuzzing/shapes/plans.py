"""Plans of Terraform, whose parts agree with one another or do not."""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache
from typing import Any

from hypothesis import strategies as st

from fuzzing.shapes.values import ODD, twisted
from fuzzing.target import ROOT
from msglint.readers.terraform.expressions import Spec
from msglint.readers.terraform.kinds import KINDS

_TYPES = sorted(
    {*KINDS, "aws_iam_role", "aws_iam_role_policy", "aws_sqs_queue_policy", "aws_kms_key", "awscc_sqs_queue", "x"}
)
_REFERENCES = st.lists(
    st.sampled_from(
        [
            *(
                "aws_sqs_queue.a.arn",
                "aws_sqs_queue.a",
                "aws_sns_topic.b[0].arn",
                "aws_sns_topic.b",
                "each.value",
                "each.key",
            ),
            *(
                "count.index",
                "var.v",
                "local.l",
                "module.m.o",
                "module.m",
                "module.",
                "data.aws_iam_policy_document.d.json",
            ),
            *("data.a", "", "self.arn", "path.module", "aws_sqs_queue.a[", 'aws_sqs_queue.a["k"].arn', "."),
        ]
    ),
    max_size=3,
)
_LARGEST = 40_000


@st.composite
def plans(draw: st.DrawFn) -> bytes:
    """Make a plan: one of the fixtures, or one of resources by the tables, with some parts that do not fit."""
    plan = draw(st.sampled_from(_examples())) if draw(st.booleans()) else _made(draw)
    return json.dumps(twisted(draw, plan, _TWISTS, most=5), indent=draw(st.sampled_from([None, 1]))).encode()


_OTHERS: list[Callable[[Any], Any]] = [
    lambda value: [value],
    lambda value: [value, value],
    lambda value: {"constant_value": value},
    lambda value: {"references": ["aws_sqs_queue.a.arn", "aws_sqs_queue.a"], "a": value},
    lambda value: {"a": value},
    json.dumps,
    lambda value: value[0] if isinstance(value, list) and value else True,
    lambda value: dict.fromkeys(value, True) if isinstance(value, dict) else True,
]
_TWISTS = st.one_of(
    ODD.map(lambda odd: lambda _: odd),
    _REFERENCES.map(lambda names: lambda _: {"references": names}),
    st.sampled_from(_OTHERS),
)


def _made(draw: st.DrawFn) -> dict[str, Any]:
    resources = [_resource(draw) for _ in range(draw(st.integers(0, 4)))]
    module = [_resource(draw) for _ in range(draw(st.integers(0, 2)))]
    root: dict[str, Any] = {"resources": [each["configuration"] for each in resources]}
    root["module_calls"] = {
        "m": {
            "source": "./m",
            "expressions": {"v": _expression(draw)},
            "module": {
                "resources": [each["configuration"] for each in module],
                "outputs": {"o": {"expression": _expression(draw)}},
                "variables": {"v": {}},
            },
        }
    }
    called = draw(st.sampled_from(["module.m", "module.m[0]", 'module.m["k"]', "module.n"]))
    planned = {"resources": [each["planned"] for each in resources]}
    child = {
        "address": called,
        "resources": [{**each["planned"], "address": f"{called}.{each['address']}"} for each in module],
    }
    return {
        "format_version": "1.2",
        "terraform_version": "1.9.0",
        "complete": draw(st.sampled_from([True, False])),
        "variables": {"v": {"value": draw(ODD)}},
        "planned_values": {"root_module": {**planned, "child_modules": [child]}},
        "prior_state": {"values": {"root_module": {"resources": [each["planned"] for each in resources[:1]]}}},
        "resource_changes": [each["change"] for each in resources if draw(st.integers(0, 4))],
        "configuration": {
            "provider_config": {"aws": {"name": "aws", "expressions": {"region": _expression(draw)}}},
            "root_module": root,
        },
    }


def _resource(draw: st.DrawFn) -> dict[str, Any]:
    type_, name = draw(st.sampled_from(_TYPES)), draw(st.sampled_from(["a", "b"]))
    mode = draw(st.sampled_from(["managed"] * 5 + ["data"]))
    kind = KINDS.get(type_)
    values, unknown, expressions = _filled(draw, kind.fields if kind is not None else _ANY)
    index: dict[str, Any] = draw(st.sampled_from([{}, {}, {"index": 0}, {"index": "k"}, {"index": None}]))
    shown = f"[{json.dumps(index['index'])}]" if index.get("index") is not None else ""
    local = {"mode": mode, "type": type_, "name": name, "provider_name": "registry.terraform.io/hashicorp/aws"}
    repeated: dict[str, Any] = draw(
        st.sampled_from([{}, {}, {"count_expression": _expression(draw)}, {"for_each_expression": _expression(draw)}])
    )
    address = f"{'data.' if mode == 'data' else ''}{type_}.{name}{shown}"
    actions = draw(
        st.sampled_from([["create"], ["update"], ["no-op"], ["delete"], ["delete", "create"], ["forget"], ["read"], []])
    )
    change = {
        "actions": actions,
        "before": None,
        "after": values,
        "after_unknown": unknown,
        "after_sensitive": draw(ODD),
    }
    return {
        "address": address,
        "planned": {"address": address, **local, **index, "values": values},
        "change": {"address": address, **local, **index, "change": change},
        "configuration": {"address": f"{type_}.{name}", **local, "expressions": expressions, **repeated},
    }


def _filled(draw: st.DrawFn, names: Mapping[str, Spec], depth: int = 0) -> tuple[dict[str, Any], Any, dict[str, Any]]:
    """Give some arguments of a table: what is planned, what is not known of it, and what the configuration says."""
    values: dict[str, Any] = {}
    unknown: dict[str, Any] = {}
    expressions: dict[str, Any] = {}
    for name in draw(st.lists(st.sampled_from(sorted(names)), max_size=5, unique=True)) if names else ():
        spec = names[name]
        if spec.fields is not None and depth < 4:
            inside, hidden, written = _filled(draw, spec.fields, depth + 1)
            if spec.here:
                values, unknown, expressions = {**values, **inside}, {**unknown, **hidden}, {**expressions, **written}
            else:
                values[spec.attribute], unknown[spec.attribute] = [inside], [hidden]
                expressions[spec.attribute] = [written] if draw(st.booleans()) else written
            continue
        expressions[spec.attribute] = _expression(draw)
        if draw(st.integers(0, 2)):
            values[spec.attribute] = draw(ODD)
        else:
            unknown[spec.attribute] = True
    if depth == 0 and draw(st.integers(0, 9)) == 0:
        return values, draw(ODD), expressions
    return values, unknown, expressions


def _expression(draw: st.DrawFn) -> dict[str, Any]:
    match draw(st.integers(0, 3)):
        case 0:
            return {}
        case 1:
            return {"constant_value": draw(ODD)}
        case _:
            return {"references": draw(_REFERENCES)}


_ANY = {name: Spec(name) for name in ("name", "policy", "assume_role_policy", "role", "queue_url", "arn", "statement")}


@cache
def _examples() -> tuple[dict[str, Any], ...]:
    found = []
    for path in sorted((ROOT / "tests/fixtures").glob("*/*/*plan.json")):
        if path.stat().st_size <= _LARGEST:
            with suppress(ValueError):  # it is there to be one that cannot be read
                found.append(json.loads(path.read_bytes()))
    return tuple(plan for plan in found if isinstance(plan, dict))
