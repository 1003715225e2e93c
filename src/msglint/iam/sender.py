"""What a service can say of itself at all: the form of its `aws:SourceArn`, whoever it acts for.

A condition that no ARN of that form can meet is never met, so the grant that it stands in lets nothing through.
"""

import msgspec

from msglint.iam import match
from msglint.iam.conditions import judge
from msglint.iam.delivery import arrival, spoken, undocumented
from msglint.iam.request import Context, Present, sent
from msglint.iam.variables import Dialect
from msglint.model.delivery import Edge, deliveries_to
from msglint.model.model import Model
from msglint.model.policy import Condition, Policy, Statement
from msglint.model.resource import Resource
from msglint.model.text import Alphabet, Symbol, Text
from msglint.model.value import Known, made_of
from msglint.verdict import Doubt, Reason, Verdict, any_of, unknown


def _free(name: str, alphabet: Alphabet) -> Symbol:
    return Symbol(("sender", name), alphabet, f"<{name}>")


ACCOUNT = _free("account", Alphabet.ACCOUNT)
_PARTITION = _free("partition", Alphabet.PARTITION)
_WHERE = (_free("region", Alphabet.REGION), ":", ACCOUNT, ":")
_NAME = _free("name", Alphabet.NAME)
_ANY = _free("resource", Alphabet.ASSIGNED)

FORMS = {
    "sns.amazonaws.com": Text.of("arn:", _PARTITION, ":sns:", *_WHERE, _NAME),
    "events.amazonaws.com": Text.of("arn:", _PARTITION, ":events:", *_WHERE, _ANY),
    "s3.amazonaws.com": Text.of("arn:", _PARTITION, ":s3:::", _NAME),
    "cloudwatch.amazonaws.com": Text.of("arn:", _PARTITION, ":cloudwatch:", *_WHERE, "alarm:", _ANY),
    "events.rds.amazonaws.com": Text.of("arn:", _PARTITION, ":rds:", *_WHERE, _ANY),
    "cloudtrail.amazonaws.com": Text.of("arn:", _PARTITION, ":cloudtrail:", *_WHERE, "trail/", _NAME),
    "sms-voice.amazonaws.com": Text.of("arn:", _PARTITION, ":sms-voice:", *_WHERE, "configuration-set/", _NAME),
    "scheduler.amazonaws.com": Text.of("arn:", _PARTITION, ":scheduler:", *_WHERE, "schedule-group/", _NAME),
}
"""https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html"""
SOURCES = {
    "sns.amazonaws.com": ("AWS::SNS::Topic",),
    "events.amazonaws.com": ("AWS::Events::", "AWS::EventsV2::"),
    "s3.amazonaws.com": ("AWS::S3::Bucket",),
    "cloudwatch.amazonaws.com": ("AWS::CloudWatch::",),
    "cloudtrail.amazonaws.com": ("AWS::CloudTrail::",),
    "sms-voice.amazonaws.com": ("AWS::SMSVOICE::",),
    "scheduler.amazonaws.com": ("AWS::Scheduler::ScheduleGroup",),
}
"""The beginnings of the types whose ARNs a service may send."""

_POSITIVE = frozenset({"arnequals", "arnlike", "stringequals", "stringlike"})


def never_met(policy: Policy, statement: Statement, service: str, model: Model) -> Condition | None:
    """Give the first condition of a grant that the service can never meet; None where each can be, or may be."""
    form = FORMS.get(service)
    keys = {**spoken(service), "aws:SourceAccount": sent(Text.of(ACCOUNT))}
    if form is not None:
        keys["aws:SourceArn"] = sent(form)
    context = Context.of(keys, undocumented(service))
    for condition in statement.conditions:
        types = _types(condition, model)
        if any(type_.startswith(SOURCES.get(service, "")) for type_ in types):
            continue
        verdict, _ = judge(_loose(condition), Dialect(policy.variables, context), suppose=False)
        foreign = len(types) == len(condition.values) > 0
        if verdict.is_no or _is_literal_wildcard(condition, context) or foreign:
            return condition
    return None


def _types(condition: Condition, model: Model) -> list[str]:
    """Give, for each value that a condition asks for as the source, the type of this run's resource whose ARN it is."""
    if _operator(condition) not in _POSITIVE or condition.key.lower() != "aws:sourcearn":
        return []
    keys = [made[0].resource for value in condition.values if len(made := made_of(value)) == 1]
    return [record.type for key in keys if (record := model.record(key)) is not None]


def _operator(condition: Condition) -> str:
    return condition.operator.lower().rpartition(":")[2].removesuffix("ifexists")


def _loose(condition: Condition) -> Condition:
    """Take what AWS chooses at the deployment, such as the end of a name, for something that a sender may be called."""
    values = tuple(
        msgspec.structs.replace(value, value=value.value.as_deployed()) if isinstance(value, Known) else value
        for value in condition.values
    )
    return msgspec.structs.replace(condition, values=values)


def _is_literal_wildcard(condition: Condition, context: Context) -> bool:
    """Say whether a condition compares a text with a wildcard in it literally: no ARN, account or name has one."""
    operator = condition.operator.lower()
    # These hold where the service does not send the key.
    optional = operator.startswith("forallvalues:") or operator.endswith("ifexists")
    if optional and not isinstance(context.get(condition.key), Present):
        return False
    literal = _operator(condition) == "stringequals"
    texts = [str(value.value) for value in condition.values if isinstance(value, Known)]
    return literal and len(texts) == len(condition.values) and all("*" in text or "?" in text for text in texts)


def touches(policy: Policy, statement: Statement, resource: Text) -> Verdict:
    """Say whether a statement's Resource covers a resource."""
    because = Reason(Doubt.OUTSIDE, "a policy variable decides", statement.at)
    dialect = Dialect(policy.variables, Context.of({}, because))
    if statement.resources is not None:
        return any_of(match.resource(each, resource, dialect, suppose=True) for each in statement.resources)
    if statement.not_resources is not None:
        return ~any_of(match.resource(each, resource, dialect, suppose=False) for each in statement.not_resources)
    return unknown(Reason(Doubt.NOT_UNDERSTOOD, "the statement names no resource", statement.at))


def turned_away(statement: Statement, resources: list[Resource], model: Model) -> bool:
    """Say whether some delivery to these resources is lost for which this statement is named already."""
    return any(_is_named(statement, edge, model) for resource in resources for edge in deliveries_to(resource, model))


def _is_named(statement: Statement, edge: Edge, model: Model) -> bool:
    came = arrival(edge, model)
    named = came.decision.decisive if came.decision is not None else ()
    return came.verdict.is_no and any(_same(result.statement, statement) for result in named)


def _same(one: Statement, other: Statement) -> bool:
    return one.index == other.index and (one.at.document.name, one.at.span) == (other.at.document.name, other.at.span)
