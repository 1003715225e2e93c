"""Condition operators: whether a condition holds for what a request sends.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
"""

import enum
import operator as comparisons
from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeAlias

from msglint.iam.match import Cause, distinct, of_element
from msglint.iam.request import ABSENT, ContextValue, Present
from msglint.iam.variables import Dialect, Test
from msglint.model.policy import Condition, Element
from msglint.model.text import ARN_COLONS, Text, arn_like, matches, same
from msglint.model.value import Known
from msglint.verdict import NO, YES, Doubt, Reason, Verdict, all_of, any_of, of, unknown

_LONGEST_NUMBER = 100


class Judged(NamedTuple):
    """Whether a condition holds, and if it does not, why."""

    verdict: Verdict
    cause: Cause | None = None


class _Set(enum.Enum):
    ALL = "forallvalues"
    ANY = "foranyvalue"


class _Operator(NamedTuple):
    test: Test
    negated: bool
    wildcards: bool
    """Whether `*` and `?` are wildcards."""
    variables: bool
    """Whether policy variables are filled in."""
    over: _Set | None
    if_exists: bool


def judge(condition: Condition, dialect: Dialect, *, suppose: bool) -> Judged:
    """Say whether a condition holds in the context of a dialect.

    `suppose`: what a plan says to name a resource is taken for its ARN.
    """
    sent = dialect.context.get(condition.key)
    if "${" in condition.key:
        return Judged(_not_understood(condition, f"the key {condition.key} is not known"))
    if condition.operator.lower() == "null":
        return _null(condition, sent)
    operator = _operator(condition.operator)
    if operator is None:
        return Judged(_not_understood(condition, f"{condition.operator} is no condition operator that msglint knows"))
    if isinstance(sent, Reason):
        return Judged(unknown(sent))
    if sent is ABSENT or not sent.values:
        return _not_sent(condition, operator)
    if sent.multi and operator.over is None:
        why = f"{condition.key} may have several values, and AWS does not say how {condition.operator} compares them"
        return Judged(_not_understood(condition, why))

    def holds(value: Text) -> Verdict:
        supposed = suppose and not operator.negated
        found = any_of(_one(element, value, operator, dialect, suppose=supposed) for element in condition.values)
        return ~found if operator.negated else found

    empty = all_of(_empty(value, condition) for value in sent.values)
    match operator.over:
        case None:
            verdict = holds(sent.values[0])
        case _Set.ALL:
            verdict = all_of(holds(value) for value in sent.values) | empty
        case _Set.ANY:
            verdict = any_of(holds(value) for value in sent.values) & ~empty
    if not verdict.is_no:
        return Judged(verdict)
    return Judged(verdict, _miss(condition, operator, [value for value in sent.values if holds(value).is_no], dialect))


def _not_sent(condition: Condition, operator: _Operator) -> Judged:
    match operator.over, operator.if_exists:
        case _Set.ANY, True:
            why = f"AWS does not say whether {condition.operator} holds where the request does not have {condition.key}"
            return Judged(_not_understood(condition, why))
        case (_Set.ALL, _) | (None, True):
            return Judged(YES)
        case None, False if operator.negated:
            return Judged(YES)
        case _:
            return Judged(NO, Cause.NOT_SENT)


def _null(condition: Condition, sent: ContextValue) -> Judged:
    if isinstance(sent, Reason):
        return Judged(unknown(sent))
    missing = sent is ABSENT or not sent.values
    if not missing and isinstance(sent, Present) and all(value.literal_value == "" for value in sent.values):
        return Judged(_not_understood(condition, f"whether an empty {condition.key} counts as null is not documented"))
    wanted = Text.literal("true" if missing else "false")
    verdict = any_of(
        _bool(element.value, wanted, _open(element)) if isinstance(element, Known) else unknown(element.reason)
        for element in condition.values
    )
    return Judged(verdict, (Cause.NOT_SENT if missing else Cause.SENT) if verdict.is_no else None)


def _one(element: Element, value: Text, operator: _Operator, dialect: Dialect, *, suppose: bool) -> Verdict:
    """Compare one value of the policy with one of the request, not yet negated."""
    if not isinstance(element, Known):
        return of_element(element, value, suppose=suppose)
    if distinct(element.value, value):
        return NO
    if not operator.variables:
        return operator.test(element.value, value, _open(element))
    return dialect.compare(element.value, value, operator.test, _open(element), wildcards=operator.wildcards)


def _miss(condition: Condition, operator: _Operator, missed: Sequence[Text], dialect: Dialect) -> Cause:
    """Say why a condition does not hold, of whose values in the request these do not."""
    if operator.negated:
        return Cause.EXCLUDED
    if operator.variables and not operator.wildcards:
        would = operator._replace(test=matches, wildcards=True)
        values = [(element, value) for element in condition.values for value in missed]
        if any(not _one(element, value, would, dialect, suppose=False).is_no for element, value in values):
            return Cause.LITERAL_WILDCARD
    return Cause.UNLISTED


def _empty(value: Text, condition: Condition) -> Verdict:
    if value.refers is not None:
        return NO
    return same(value, Text.literal(""), Reason(Doubt.OUTSIDE, f"{value} has no value here", condition.at))


def _open(element: Known[Text]) -> Reason:
    return Reason(Doubt.OUTSIDE, f"whether the call carries {element.value} cannot be told", element.at)


def _not_understood(condition: Condition, text: str) -> Verdict:
    return unknown(Reason(Doubt.NOT_UNDERSTOOD, text, condition.at))


def _operator(written: str) -> _Operator | None:
    over, colon, name = written.lower().rpartition(":")
    quantifier = next((each for each in _Set if each.value == over), None)
    if colon and quantifier is None:
        return None
    base = name.removesuffix("ifexists")
    family = _FAMILIES.get(base)
    return None if family is None else _Operator(*family, quantifier, base != name)


def _folded(text: Text) -> Text:
    return Text.of(*(part.lower() if isinstance(part, str) else part for part in text.parts))


def _ignoring_case(wanted: Text, value: Text, because: Reason) -> Verdict:
    return same(_folded(wanted), _folded(value), because)


def _arn(wanted: Text, value: Text, because: Reason) -> Verdict:
    """Compare segment by segment; how AWS takes a pattern that is no whole ARN is documented nowhere."""
    whole = matches(wanted, value, because)
    if whole.is_no:
        return NO
    segments = wanted.split(":", ARN_COLONS)
    if segments is not None and len(segments) <= ARN_COLONS:
        return unknown(
            Reason(Doubt.NOT_UNDERSTOOD, f"{wanted} is no ARN, and AWS does not say what it matches", because.at)
        )
    return arn_like(wanted, value, because)


def _bool(wanted: Text, value: Text, because: Reason) -> Verdict:
    words = [text.literal_value.lower() for text in (wanted, value) if text.literal_value is not None]
    if not {"true", "false"}.issuperset(words):
        return unknown(Reason(Doubt.NOT_UNDERSTOOD, f"{wanted} compared with {value} is no truth value", because.at))
    return of(words[0] == words[1]) if len(words) == 2 else unknown(because)


def _measured(read: Callable[[str], float | None], relation: Callable[[float, float], bool]) -> Test:
    def test(wanted: Text, value: Text, because: Reason) -> Verdict:
        if wanted.literal_value is None or value.literal_value is None:
            return unknown(because)
        limit, measure = read(wanted.literal_value), read(value.literal_value)
        if limit is None or measure is None:
            return unknown(Reason(Doubt.NOT_UNDERSTOOD, f"{wanted} and {value} cannot be compared", because.at))
        return of(relation(measure, limit))

    return test


def _number(text: str) -> float | None:
    """Read a whole or decimal number; None for what is none, and for more digits than anybody compares."""
    if len(text) > _LONGEST_NUMBER:
        return None
    digits = text.removeprefix("-")
    if digits.isascii() and digits.isdigit():
        return int(text)
    whole, point, fraction = digits.partition(".")
    return float(text) if point and (whole + fraction).isascii() and (whole + fraction).isdigit() else None


def _moment(text: str) -> float | None:
    """Read a date as the seconds since 1970: https://www.w3.org/TR/NOTE-datetime, or those seconds themselves."""
    from datetime import datetime, timezone  # noqa: PLC0415  # dates are rare, and the module is not cheap

    number = _number(text)
    if number is not None and len(text) != len("2020"):
        return number
    written = {len("2020"): f"{text}-01-01", len("2020-01"): f"{text}-01"}.get(len(text), text)
    try:
        moment = datetime.fromisoformat(written.removesuffix("Z") + "+00:00" if written.endswith("Z") else written)
    except ValueError:
        return None
    return (moment if moment.tzinfo is not None else moment.replace(tzinfo=timezone.utc)).timestamp()


def _address(wanted: Text, value: Text, because: Reason) -> Verdict:
    from ipaddress import ip_address, ip_network  # noqa: PLC0415  # few policies name addresses

    if wanted.literal_value is None or value.literal_value is None:
        return unknown(because)
    try:
        return of(ip_address(value.literal_value) in ip_network(wanted.literal_value, strict=False))
    except ValueError:
        return unknown(Reason(Doubt.NOT_UNDERSTOOD, f"{wanted} or {value} is no address", because.at))


_Family: TypeAlias = tuple[Test, bool, bool, bool]


def _families() -> dict[str, _Family]:
    """Give every operator by its name in lower case: test, negated, wildcards, variables."""
    found: dict[str, _Family] = {
        "stringequals": (same, False, False, True),
        "stringnotequals": (same, True, False, True),
        "stringequalsignorecase": (_ignoring_case, False, False, True),
        "stringnotequalsignorecase": (_ignoring_case, True, False, True),
        "stringlike": (matches, False, True, True),
        "stringnotlike": (matches, True, True, True),
        "bool": (_bool, False, False, False),
        "binaryequals": (same, False, False, False),
        "ipaddress": (_address, False, False, False),
        "notipaddress": (_address, True, False, False),
    }
    for name in ("equals", "like"):
        found[f"arn{name}"] = (_arn, False, True, True)
        found[f"arnnot{name}"] = (_arn, True, True, True)
    relations = {
        "equals": (comparisons.eq, False),
        "notequals": (comparisons.eq, True),
        "lessthan": (comparisons.lt, False),
        "lessthanequals": (comparisons.le, False),
        "greaterthan": (comparisons.gt, False),
        "greaterthanequals": (comparisons.ge, False),
    }
    for kind, read in (("numeric", _number), ("date", _moment)):
        for name, (relation, negated) in relations.items():
            found[f"{kind}{name}"] = (_measured(read, relation), negated, False, False)
    return found


_FAMILIES = _families()
