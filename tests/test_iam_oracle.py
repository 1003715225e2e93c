"""Verdicts about policies against a second evaluator: a plain one, of strings, that knows nothing but yes and no.

Where AWS documents nothing, the plain evaluator is asked twice, with both answers.
"""

import base64
import ipaddress
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from msglint.iam.evaluate import Attached, evaluate
from msglint.iam.request import (
    ABSENT,
    Anonymous,
    AwsKind,
    AwsPrincipal,
    Caller,
    Context,
    ContextValue,
    Present,
    Request,
    ServicePrincipal,
)
from msglint.model.policy import Policy, read_policy
from msglint.model.text import Alphabet, Symbol, Text
from msglint.verdict import Verdict
from policies import HIDDEN, WHY, Plain, data

Json = Any

ACCOUNT, OTHER = "111122223333", "444455556666"
ROLE, USER = f"arn:aws:iam::{ACCOUNT}:role/app/worker", f"arn:aws:iam::{ACCOUNT}:user/bob"
STRANGER = f"arn:aws:iam::{OTHER}:role/worker"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/worker/one"
QUEUE, BILLS = f"arn:aws:sqs:eu-west-1:{ACCOUNT}:orders", f"arn:aws:sqs:eu-west-1:{ACCOUNT}:bills"
TOPIC, RULE = f"arn:aws:sns:eu-west-1:{ACCOUNT}:news", f"arn:aws:events:eu-west-1:{ACCOUNT}:rule/bus/all"


# The plain evaluator


class Plainly:
    """Policies as AWS documents them; `unclear` is what it answers where AWS documents nothing."""

    def __init__(self, request: Mapping[str, Any], variables: bool, unclear: bool) -> None:
        self.request = request
        self.context = {key.lower(): value for key, value in request["context"].items()}
        self.variables = variables
        self.answer = unclear
        self.asked = False

    def unclear(self) -> bool:
        """Answer what AWS does not document."""
        self.asked = True
        return self.answer

    def statement(self, statement: Mapping[str, Json], *, own: bool) -> bool:
        """Tell whether a statement applies."""
        return all(
            [
                own or self.principal(statement),
                self.element(statement, "Action", self.action),
                self.element(statement, "Resource", self.resource),
                *(
                    self.condition(operator, key, listed(values))
                    for operator, block in statement.get("Condition", {}).items()
                    for key, values in block.items()
                ),
            ]
        )

    def element(self, statement: Mapping[str, Json], name: str, covers: Any) -> bool:
        """Tell whether Action or Resource, or its counterpart with Not, covers the request."""
        if name in statement:
            return any(covers(each) for each in listed(statement[name]))
        return not any(covers(each) for each in listed(statement[f"Not{name}"]))

    # Principals

    def principal(self, statement: Mapping[str, Json]) -> bool:
        """Tell whether the principals name the caller."""
        kind, value = self.request["caller"]
        named = statement.get("Principal", statement.get("NotPrincipal"))
        groups = {"AWS": ["*"]} if named == "*" else {key: listed(part) for key, part in named.items()}
        aws = groups.get("AWS", [])
        account = value.split(":")[4] if kind not in {"service", "anonymous"} else None
        anyone = "*" in aws
        through = account is not None and (account in aws or f"arn:aws:iam::{account}:root" in aws)
        itself = value in (groups.get("Service", []) if kind == "service" else aws)
        if kind == "role" and any(each.startswith(f"arn:aws:sts::{account}:") for each in aws):
            itself = itself or self.unclear()
        if "Principal" in statement:
            sourced = any(
                key.lower() in {"aws:sourcearn", "aws:sourceaccount"}
                for block in statement.get("Condition", {}).values()
                for key in block
            )
            if kind == "service" and sourced and not (anyone or itself) and any("/" not in each for each in aws):
                return self.unclear()
            return bool(anyone or through or itself)
        if kind in {"role", "user"} and not anyone and (itself != through):
            return not self.unclear()
        return not (anyone or through or itself)

    # Actions, resources

    def action(self, pattern: str) -> bool:
        """Tell whether an action's pattern covers the request."""
        return glob(pattern.lower(), self.request["action"].lower())

    def resource(self, pattern: str) -> bool:
        """Tell whether a resource's pattern covers the request."""
        filled = self.fill(pattern)
        if filled is None:
            return False
        text = self.request["resource"]
        if not glob(filled, text):
            return False
        pieces, segments = split(filled), text.split(":", 5)
        if len(pieces) == len(segments) and all(map(glob, pieces, segments)):
            return True
        middles = [piece for piece in pieces[:5] if "?" in piece or "*" in piece.rstrip("*")]
        return self.unclear() if middles else True

    def fill(self, text: str, wild: bool = True) -> str | None:
        """Fill in variables; characters that are no wildcards are marked by a backslash."""
        if not self.variables:
            return text if wild else "".join(f"\\{letter}" for letter in text)
        done = ""
        while text:
            if text.startswith("${"):
                name, text = text[2:].split("}", 1)
                key, _, fallback = name.partition(",")
                value = self.context.get(key.strip().lower())
                if name in {"*", "?", "$"}:
                    value = name
                elif value is None and fallback:
                    value = fallback.strip().strip("'")
                if not isinstance(value, str):
                    return None
                done += "".join(f"\\{letter}" for letter in value)
            else:
                done += text[0] if wild else f"\\{text[0]}"
                text = text[1:]
        return done

    # Conditions

    def condition(self, operator: str, key: str, values: Sequence[Json]) -> bool:
        """Tell whether one condition holds."""
        value = self.context.get(key.lower())
        values = [json.dumps(each) if isinstance(each, bool) else str(each) for each in values]
        prefix, _, name = operator.lower().rpartition(":")
        base = name.removesuffix("ifexists")
        if base == "null":
            return ("false" if value else "true") in [each.lower() for each in values]
        negated = "not" in base
        if not value:
            if prefix == "foranyvalue" and base != name:
                return self.unclear()
            return prefix == "forallvalues" or (not prefix and (base != name or negated))
        if isinstance(value, list) and not prefix:
            return self.unclear()

        def matches(one: str, wanted: str) -> bool:
            try:
                return self.compare(base, one, wanted)
            except ValueError:
                return self.unclear()

        def holds(one: str) -> bool:
            return any(matches(one, each) for each in values) is not negated

        sent = value if isinstance(value, list) else [value]
        if prefix == "forallvalues":
            return all(holds(one) for one in sent)
        return any(holds(one) for one in sent) if prefix else holds(sent[0])

    def compare(self, base: str, value: str, wanted: str) -> bool:
        """Compare one value of the request with one of the policy."""
        base = base.replace("not", "", 1)
        if base.startswith(("string", "arn")):
            filled = self.fill(wanted, wild=base in {"stringlike", "arnlike", "arnequals"})
            if filled is None:
                return False
            match base:
                case "stringequalsignorecase":
                    return glob(filled.lower(), value.lower())
                case "arnlike" | "arnequals":
                    if wanted.count(":") < 5 and glob(filled, value):
                        return self.unclear()
                    pieces, segments = split(filled), value.split(":", 5)
                    return len(pieces) == len(segments) and all(map(glob, pieces, segments))
                case _:
                    return glob(filled, value)
        match base:
            case "bool":
                return value.lower() == wanted.lower()
            case "binaryequals":
                return base64.b64decode(value) == base64.b64decode(wanted)
            case "ipaddress":
                return ipaddress.ip_address(value) in ipaddress.ip_network(wanted, strict=False)
            case _:
                left, right = (seconds(each) if base.startswith("date") else float(each) for each in (value, wanted))
                order = base.removeprefix("date").removeprefix("numeric")
                return {
                    "equals": left == right,
                    "lessthan": left < right,
                    "lessthanequals": left <= right,
                    "greaterthan": left > right,
                    "greaterthanequals": left >= right,
                }[order]


def listed(value: Json) -> list[Json]:
    return value if isinstance(value, list) else [value]


def seconds(text: str) -> float:
    return float(text) if text.isdigit() else datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def glob(pattern: str, text: str) -> bool:
    """Match the whole text; a backslash marks a character that is no wildcard."""
    if not pattern:
        return not text
    if pattern[0] == "\\":
        return text[:1] == pattern[1] and glob(pattern[2:], text[1:])
    if pattern[0] == "*":
        return any(glob(pattern[1:], text[cut:]) for cut in range(len(text) + 1))
    return bool(text) and pattern[0] in ("?", text[0]) and glob(pattern[1:], text[1:])


def split(pattern: str) -> list[str]:
    return pattern.replace("\\:", ":").split(":", 5)


def plainly(policies: Sequence[Mapping[str, Json]], request: Mapping[str, Any], *, own: bool) -> tuple[set[bool], bool]:
    """Give the answers that AWS's documentation leaves possible, and whether it leaves anything open."""
    answers, asked = set(), False
    for unclear in (False, True):
        effects: dict[str, list[bool]] = {"Allow": [], "Deny": []}
        for each in policies:
            plain = Plainly(request, each.get("Version") == "2012-10-17", unclear)
            for statement in each["Statement"]:
                effects[statement["Effect"]].append(plain.statement(statement, own=own))
            asked = asked or plain.asked
        answers.add(any(effects["Allow"]) and not any(effects["Deny"]))
    return answers, asked


# Both evaluators get the same things


def request_of(plain: Mapping[str, Any], make: Any = Text.literal) -> Request:
    def value(held: Any) -> ContextValue:
        if not held:
            return ABSENT
        return Present(tuple(map(make, held)), multi=True) if isinstance(held, list) else Present((make(held),))

    keys = {key: value(held) for key, held in plain["context"].items()}
    return Request(caller_of(plain["caller"], make), plain["action"], make(plain["resource"]), Context.of(keys, ABSENT))


def caller_of(plain: tuple[str, str], make: Any) -> Caller:
    kind, value = plain
    match kind:
        case "service":
            return ServicePrincipal(value)
        case "anonymous":
            return Anonymous()
        case _:
            return AwsPrincipal(make(value), make(value.split(":")[4]), AwsKind(kind))


def read(plain: Plain) -> Policy:
    policy = read_policy(data(plain))
    assert isinstance(policy, Policy)
    return policy


# What they are asked

callers = st.sampled_from(
    [
        ("service", "events.amazonaws.com"),
        ("service", "sns.amazonaws.com"),
        ("role", ROLE),
        ("role", STRANGER),
        ("user", USER),
        ("root", f"arn:aws:iam::{ACCOUNT}:root"),
        ("anonymous", ""),
    ]
)
ACTIONS = ["sqs:SendMessage", "sqs:*", "*", "SQS:send*", "sns:Publish", "sqs:?endMessage", "sqs:Send"]
AWS_NAMES = [
    "*",
    ACCOUNT,
    OTHER,
    f"arn:aws:iam::{ACCOUNT}:root",
    ROLE,
    USER,
    STRANGER,
    SESSION,
    "arn:aws:iam::*:role/*",
]
RESOURCES = [
    "*",
    QUEUE,
    BILLS,
    f"{QUEUE}*",
    f"arn:aws:sqs:*:{ACCOUNT}:orders",
    "arn:aws:sqs:*:orders",
    "arn:aws:sqs:*",
    "arn:aws:s*s:e*1:*:o?ders",
    "arn:aws:sqs:e*s",
    "arn:aws:sqs:eu-west-1:${aws:PrincipalAccount}:orders",
    "arn:aws:sqs:eu-west-1:*:${aws:username, 'orders'}",
    "arn:aws:sqs:eu-west-1:*:${aws:username}",
    "arn:aws:sqs:eu-west-1:*:orders${*}",
]
CONTEXT: dict[str, list[Any]] = {
    "aws:SourceArn": [None, RULE, TOPIC, "arn:aws:events:eu-west-1:444455556666:rule/bus/all"],
    "aws:SourceAccount": [None, ACCOUNT, OTHER],
    "aws:SecureTransport": ["true", "false"],
    "aws:TagKeys": [None, [], ["a"], ["a", "b"], ["B", "c"]],
    "aws:username": [None, "orders", "b*b"],
    "aws:PrincipalAccount": [ACCOUNT, OTHER],
    "sqs:Count": [None, "10", "10.5", "-1"],
    "aws:CurrentTime": ["2024-05-06T07:08:09Z"],
    "aws:SourceIp": [None, "203.0.113.7", "2001:db8::7"],
    "x:Binary": ["QmluYXJ5"],
}
TEXTS = [ACCOUNT, OTHER, RULE, TOPIC, "*", "arn:aws:events:*:*:rule/*", "arn:aws:*", f"*:{ACCOUNT}:*", "a", "A", "?"]
TEXTS += [
    "b*",
    "c",
    "${aws:username}",
    "${*}",
    "${aws:PrincipalAccount}",
    "arn:aws:*:*:${aws:PrincipalAccount}:*",
    "b${*}b",
    "ARN:AWS:*",
    "",
]
VALUES: dict[str, list[Json]] = {
    "String": TEXTS,
    "Arn": [text for text in TEXTS if ":" in text] + ["*"],
    "Numeric": ["10", 10, "10.50", "-1", "0"],
    "Date": ["2024-05-06T07:08:09Z", "2024-05-06T09:08:09+02:00", "1714979289", "2030-01-01T00:00:00Z"],
    "Bool": ["true", "false", True, "False"],
    "Null": ["true", "false", True],
    "IpAddress": ["203.0.113.0/24", "203.0.113.7", "2001:DB8::/32", "10.0.0.0/8"],
    "BinaryEquals": ["QmluYXJ5", "QUJD"],
}
KEYS = {
    "Numeric": ["sqs:Count"],
    "Date": ["aws:CurrentTime", "aws:Missing"],
    "Bool": ["aws:SecureTransport", "AWS:Missing"],
    "IpAddress": ["aws:SourceIp"],
    "BinaryEquals": ["x:Binary", "x:Missing"],
    "Arn": ["aws:SourceArn", "AWS:sourceARN"],
    "String": ["aws:SourceArn", "aws:SourceAccount", "aws:TagKeys", "aws:username", "AWS:TAGKEYS"],
    "Null": list(CONTEXT),
}
COMPARISONS = ["Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals"]
NAMES = {
    "String": ["Equals", "NotEquals", "EqualsIgnoreCase", "NotEqualsIgnoreCase", "Like", "NotLike"],
    "Arn": ["Equals", "NotEquals", "Like", "NotLike"],
    "Numeric": COMPARISONS,
    "Date": COMPARISONS,
}


@st.composite
def operators(draw: st.DrawFn) -> tuple[str, str]:
    """Draw a family of operators and one of its names."""
    family = draw(st.sampled_from(list(VALUES)))
    name = family + draw(st.sampled_from(NAMES.get(family, [""])))
    if family == "Null":
        return family, name
    if family == "IpAddress":
        name = draw(st.sampled_from(["IpAddress", "NotIpAddress"]))
    prefix, suffix = (
        draw(st.sampled_from(["", "", "ForAllValues:", "ForAnyValue:"])),
        draw(st.sampled_from(["", "IfExists"])),
    )
    whole = f"{prefix}{name}{suffix}"
    return family, draw(st.sampled_from([whole, whole, whole.lower()]))


def some(values: Sequence[Json], least: int = 1) -> st.SearchStrategy[Json]:
    """Draw a list of values, or one value alone."""
    return st.lists(st.sampled_from(values), min_size=least, max_size=3) | st.sampled_from(values)


@st.composite
def conditions(draw: st.DrawFn) -> Json:
    block: dict[str, dict[str, Json]] = {}
    for _ in range(draw(st.sampled_from([0, 1, 1, 2]))):
        family, operator = draw(operators())
        block.setdefault(operator, {})[draw(st.sampled_from(KEYS[family]))] = draw(some(VALUES[family], 0))
    return block


@st.composite
def principals(draw: st.DrawFn) -> Json:
    if draw(st.integers(0, 3)) == 0:
        return "*"
    groups = {
        "AWS": AWS_NAMES,
        "Service": ["events.amazonaws.com", "sns.amazonaws.com"],
        "Federated": ["www.amazon.com"],
    }
    kinds = draw(st.lists(st.sampled_from(list(groups)), min_size=1, max_size=2, unique=True))
    return {kind: draw(some(groups[kind])) for kind in kinds}


PERMISSIVE = {"Principal": "*", "Action": "*", "Resource": "*"}


@st.composite
def statements(draw: st.DrawFn, *, parts: Sequence[str]) -> Json:
    """Draw a statement of which these parts vary, and nothing else stands in the way."""
    negate = st.sampled_from(["", "", "", "Not"])
    varied = {"Principal": principals(), "Action": some(ACTIONS), "Resource": some(RESOURCES)}
    statement: Json = {"Effect": draw(st.sampled_from(["Allow", "Allow", "Deny"]))}
    for name, permissive in PERMISSIVE.items():
        if name in parts:
            statement[f"{draw(negate)}{name}"] = draw(varied[name])
        elif name != "Principal" or "Identity" not in parts:
            statement[name] = permissive
    if "Condition" in parts and (block := draw(conditions())):
        statement["Condition"] = block
    return statement


def policies_of(*parts: str) -> st.SearchStrategy[Json]:
    versions = st.sampled_from(["2012-10-17", "2012-10-17", "2008-10-17"])
    several = st.lists(statements(parts=parts), min_size=1, max_size=3 if len(parts) > 2 else 1)
    return st.builds(lambda version, listed_: {"Version": version, "Statement": listed_}, versions, several)


requests = st.fixed_dictionaries(
    {
        "caller": callers,
        "action": st.just("sqs:SendMessage"),
        "resource": st.sampled_from([QUEUE, QUEUE, BILLS]),
        "context": st.fixed_dictionaries({key: st.sampled_from(values) for key, values in CONTEXT.items()}),
    }
)
RESOURCE_PARTS = ("Principal", "Action", "Resource", "Condition")


@pytest.mark.parametrize(
    "parts",
    [("Principal",), ("Action",), ("Resource",), ("Condition",), RESOURCE_PARTS, ("Identity", *RESOURCE_PARTS[1:])],
    ids=" ".join,
)
def test_what_is_known_has_the_plain_answer(parts: tuple[str, ...]) -> None:
    """Policies and requests of plain strings; what is unknown has its cause in what AWS does not document."""

    @settings(max_examples=150)
    @given(st.lists(policies_of(*parts), min_size=1, max_size=2), requests)
    def compare(policies: list[Json], request: Json) -> None:
        own = "Identity" in parts
        verdict = judged([read(each) for each in policies], request_of(request), own=own)
        answers, unclear = plainly(policies, request, own=own)
        assert unclear if verdict.is_unknown else answers == {verdict.truth}

    compare()


def judged(policies: Sequence[Policy], request: Request, *, own: bool) -> Verdict:
    return evaluate(policies, request, Attached.IDENTITY if own else Attached.RESOURCE).verdict


# Symbols and unknown values: each stands for several strings, and an answer must hold for all of them

MARK = "\u2039{}\u203a"
FRESH = "777788889999"
SYMBOLS = {
    "account": (Symbol(("t", "account"), Alphabet.ACCOUNT, "${account}"), [ACCOUNT, OTHER, "000000000001"]),
    "region": (Symbol(("t", "region"), Alphabet.REGION, "${region}"), ["eu-west-1", "us-east-1"]),
    "name": (Symbol(("t", "name"), Alphabet.NAME, "${name}"), ["orders", "bills", "news"]),
    "opaque": (Symbol(("t", "opaque"), Alphabet.OPAQUE, "${opaque}"), [RULE, TOPIC, QUEUE, ACCOUNT, "a"]),
    "fresh": (Symbol(("t", "fresh"), Alphabet.ACCOUNT, "attacker", fresh=True), [FRESH]),
}
STANDS_FOR = {ACCOUNT: "account", "eu-west-1": "region", "orders": "name", RULE: "opaque", OTHER: "fresh"}
UNSENT = {"aws:SourceArn": CONTEXT["aws:SourceArn"], "aws:TagKeys": CONTEXT["aws:TagKeys"]}
UNSENT["aws:PrincipalAccount"] = [ACCOUNT, FRESH]
UNSENT["aws:username"] = ["orders", None, "*"]
UNKNOWN = MARK.format("unknown")
LISTS: list[list[str]] = [[], ["*"], [QUEUE], ["sqs:*"], [ACCOUNT], [RULE, "a"], ["events.amazonaws.com"]]
MORE: list[list[Json]] = [[], [{"Effect": "Allow", **PERMISSIVE}], [{"Effect": "Deny", **PERMISSIVE}]]


def symbolic(text: str) -> Text:
    """Give a text with symbols where it is marked."""
    parts: list[str | Symbol] = []
    for piece in text.split("\u2039"):
        name, closed, rest = piece.partition("\u203a")
        parts += [SYMBOLS[name][0], rest] if closed else [piece]
    return Text.of(*parts)


def written(value: Json) -> Plain:
    """Give what a reader makes of a policy with marks."""
    match value:
        case dict():
            return {key: written(part) for key, part in value.items()}
        case list():
            return [written(part) for part in value]
        case str():
            return HIDDEN if value == UNKNOWN else symbolic(value)
    plain: Plain = value
    return plain


def chosen(value: Json, strings: Mapping[str, str], instead: list[str]) -> Json:
    """Give a policy or request without marks: strings for the symbols, a list for what is unknown."""
    match value:
        case dict():
            return {key: chosen(part, strings, instead) for key, part in value.items()}
        case list():
            whole = [instead if part == UNKNOWN else [chosen(part, strings, instead)] for part in value]
            return [part for parts in whole for part in parts]
        case str():
            if value == UNKNOWN:
                return instead
            for name, string in strings.items():
                value = value.replace(MARK.format(name), string)
    return value


def marked(value: Json, literals: Sequence[str]) -> Json:
    """Put marks in the place of these strings."""
    whole = json.dumps(value)
    for literal in literals:
        whole = whole.replace(json.dumps(literal)[1:-1], MARK.format(STANDS_FOR[literal]))
    return json.loads(whole)


literals = st.lists(st.sampled_from([RULE, ACCOUNT, "eu-west-1", "orders"]), unique=True, max_size=3)


@st.composite
def questions(draw: st.DrawFn, parts: tuple[str, ...]) -> tuple[Json, Json, bool, str | None]:
    """Draw a policy and a request with marks; whether more statements may follow; a key that is not known."""
    policy = marked(draw(policies_of(*parts)), draw(literals))
    statement = policy["Statement"][0]
    part = draw(st.sampled_from(["", "", *(name for name in parts if name in statement)]))
    match statement.get(part):
        case None:
            pass
        case dict() as groups:
            name, group = next(iter(groups.items()))
            if isinstance(group, dict):
                group[next(iter(group))] = [UNKNOWN]
            else:
                groups[name] = [*listed(group), UNKNOWN]
        case "*" if part == "Principal":
            statement[part] = {"AWS": [UNKNOWN]}
        case elements:
            statement[part] = [*listed(elements)[draw(st.integers(0, 1)) :], UNKNOWN]
    plain = draw(requests)
    request = marked(plain, [*draw(literals), *draw(st.sampled_from([[], [OTHER]]))])
    if request["caller"][0] == "service":
        request["caller"] = plain["caller"]
    key = draw(st.sampled_from([None, None, *UNSENT]))
    return policy, request, draw(st.sampled_from([False, False, False, True])), key


@pytest.mark.parametrize("parts", [("Principal",), ("Resource",), ("Condition",), RESOURCE_PARTS], ids=" ".join)
def test_what_is_said_of_symbols_holds_for_all_strings(parts: tuple[str, ...]) -> None:
    """A yes or no stays what it is whatever the symbols and the unknown values turn out to be."""

    @settings(max_examples=150)
    @given(questions(parts), st.randoms(use_true_random=False))
    def compare(question: tuple[Json, Json, bool, str | None], random: Random) -> None:
        policy, request, more, key = question
        asked = request_of(request, symbolic)
        if key is not None:
            keys = {**asked.context.keys, key.lower(): WHY}
            asked = msgspec.structs.replace(asked, context=Context.of(keys, ABSENT))
        known = read(written(policy))
        if more:
            known = msgspec.structs.replace(known, rest=HIDDEN)
        verdict = judged([known], asked, own=False)
        event(f"{verdict.truth}")
        if verdict.is_unknown:
            return
        for _ in range(25):
            strings = {name: random.choice(pool) for name, (_, pool) in SYMBOLS.items()}
            one = chosen(request, strings, [])
            if key is not None:
                one["context"][key] = random.choice(UNSENT[key])
            concrete = chosen(policy, strings, random.choice(LISTS))
            extra = {"Statement": random.choice(MORE if more else MORE[:1])}
            answers, _ = plainly([concrete, extra], one, own=False)
            assert answers == {verdict.truth}, (concrete, extra, one)

    compare()
