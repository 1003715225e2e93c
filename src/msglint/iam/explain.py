"""Why a statement does not apply to a request, in a sentence."""

from collections.abc import Iterable

from msglint.iam.evaluate import Decision, Part, StatementResult
from msglint.iam.match import Cause
from msglint.iam.request import Anonymous, AwsPrincipal, Caller, Present, ServicePrincipal
from msglint.model.policy import Condition, Element
from msglint.model.value import shown

SHOWN = 3  # of a long list the first few say what it is about
_WILDCARDS = frozenset("*?")


def explain(result: StatementResult) -> str:
    """Give the sentence, without a full stop; that it applies, where it does."""
    if result.failed is None:
        return "the statement applies"
    if result.cause is Cause.UNDECIDED:
        return "; ".join(reason.text for reason in result.applies.reasons)
    if result.condition is not None:
        return _condition(result, result.condition)
    if result.failed is Part.PRINCIPAL:
        return _principal(result)
    if result.failed is Part.ACTION:
        return f"its {_element('Action', result)} {_leaves_out(result)} {result.request.action}"
    return f"its {_element('Resource', result)} {_leaves_out(result)} {result.request.resource}"


def refused(decision: Decision) -> str:
    """Say why a role may not do something, without a full stop."""
    if any(result.denies.is_yes for result in decision.results):
        return "a statement denies it"
    if decision.fence is not None:
        return f"{decision.fence.value} does not allow it"
    nearest = next(decision.nearest, None)
    return explain(nearest) if nearest is not None else "no statement of its policies allows it"


def _principal(result: StatementResult) -> str:
    who = _caller(result.request.principal)
    if result.cause is Cause.LITERAL_WILDCARD:
        return f"a wildcard inside a principal's ARN matches nobody, so it does not name {who}"
    return f"its {_element('Principal', result)} {_leaves_out(result)} {who}"


def _element(name: str, result: StatementResult) -> str:
    return f"Not{name}" if result.cause is Cause.EXCLUDED else name


def _leaves_out(result: StatementResult) -> str:
    return "lists" if result.cause is Cause.EXCLUDED else "does not cover"


def _caller(caller: Caller) -> str:
    match caller:
        case ServicePrincipal(name=name):
            return name
        case AwsPrincipal(arn=arn):
            return str(arn)
        case Anonymous():
            return "a caller without credentials"


def _condition(result: StatementResult, condition: Condition) -> str:
    wanted = _list(condition.values)
    match result.cause:
        case Cause.NOT_SENT:
            return f"{condition.operator} asks for {condition.key}, which this request does not have"
        case Cause.SENT:
            return f"{condition.operator} asks that {condition.key} is missing, and this request has it"
        case Cause.LITERAL_WILDCARD:
            wild = _list(value for value in condition.values if _WILDCARDS & set(shown(value)))
            return f"{condition.operator} compares {condition.key} literally, so the wildcard in {wild} never matches"
        case Cause.EXCLUDED:
            return f"{condition.operator} rules out that {condition.key} is {_sent(result)}"
        case _:
            return f"{condition.operator} asks that {condition.key} is {wanted}, but it is {_sent(result)}"


def _sent(result: StatementResult) -> str:
    return " and ".join(str(value) for value in result.sent.values) if isinstance(result.sent, Present) else "not known"


def _list(values: Iterable[Element]) -> str:
    words = [shown(value) for value in values]
    more = [] if len(words) <= SHOWN else [f"{len(words) - SHOWN} more"]
    return " or ".join([*words[:SHOWN], *more]) or "nothing"
