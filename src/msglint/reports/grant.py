"""Grants in the user's language: a statement for the policy that is there, or a policy where there is none."""

from typing import NamedTuple

from msglint.finding import Grant
from msglint.model.access import Permission, QueuePolicy, Role, TopicPolicy
from msglint.model.expression import NeedsChoice
from msglint.model.kms import Key
from msglint.model.lambda_ import INVOKED, Alias, Function
from msglint.model.resource import Language, Resource
from msglint.model.s3 import Bucket
from msglint.model.sns import Topic
from msglint.model.sqs import Queue
from msglint.reports.cloudformation import call, json, reference, yaml
from msglint.reports.tree import Branch, Code, Tree

_EVERYWHERE = frozenset({"${AWS::Partition}", "${AWS::Region}", "${AWS::AccountId}"})
"""What all stacks of an account and Region have alike."""


class Ends(NamedTuple):
    """What a statement names, as expressions in the user's language; None: it does not."""

    destination: Code | str | None
    source: Code | list[Branch] | None
    account: Code | None
    qualifier: Code | None = None


def granted(grant: Grant, holder: Resource) -> str:
    """Write the statement where `holder` has a policy that takes it, else the whole policy or permission."""
    language = holder.record.part.language
    match language:
        case Language.TERRAFORM:
            from msglint.reports.hcl_grant import terraform_grant  # noqa: PLC0415  # loaded for plans only

            return "\n".join(terraform_grant(grant, holder))
        case Language.CLOUDFORMATION_JSON:
            return json(_cloudformation(grant, holder, language))
        case Language.CLOUDFORMATION_YAML:
            written = _cloudformation(grant, holder, language)
            return "\n".join(yaml([written] if "Effect" in written else written))


def asks_account(grant: Grant) -> bool:
    """Say whether the statement names the account: without a source nothing else keeps strangers out."""
    return grant.account or (grant.source is None and not isinstance(grant.destination, Key))


def actions(grant: Grant) -> str | list[Branch]:
    """Write one action alone, and several as a list."""
    return grant.action if isinstance(grant.action, str) else [*grant.action]


def sources(grant: Grant) -> tuple[Resource, ...]:
    """Give what the statement asks for as the source, in one order wherever it is told."""
    named = (grant.source, *grant.others) if grant.source is not None else ()
    return tuple(sorted(named, key=lambda each: each.id))


def several(named: list[Code]) -> Code | list[Branch] | None:
    """Write one value alone, and several as a list."""
    return [*named] if len(named) > 1 else named[0] if named else None


def policy_to_make(grant: Grant, holder: Resource) -> type[QueuePolicy | TopicPolicy] | None:
    """Give the kind of policy that the destination lacks; None where `holder` takes the statement."""
    match grant.destination, holder:
        case (Queue(), QueuePolicy()) | (Topic(), TopicPolicy()):
            return None
        case Queue(), _:
            return QueuePolicy
        case Topic(), _:
            return TopicPolicy
        case _:
            return None


def permission(grant: Grant, ends: Ends) -> Tree:
    """Give the properties of a function's permission, which is one statement: each source has its own."""
    given: Tree = {
        "FunctionName": ends.destination,
        "Qualifier": ends.qualifier,
        "Action": actions(grant),
        "Principal": grant.service,
        "SourceArn": ends.source,
        "SourceAccount": ends.account,
    }
    return {name: value for name, value in given.items() if value is not None}


def destination(grant: Grant, arn: Code, name: Code) -> Code | str | None:
    """Choose by what a statement names the destination; a role's trust policy does not, and a key's is about it."""
    match grant.destination:
        case Key():
            return "*"
        case Role():
            return None
        case Function() | Alias():
            return name
        case _:
            return arn


def _cloudformation(grant: Grant, holder: Resource, language: Language) -> Tree:
    to, source = grant.destination, grant.source
    if grant.beside:
        return granted_condition(Ends(None, None, call(language, "Ref", "AWS::AccountId")))
    called = "url" if isinstance(to, Queue) else "arn" if isinstance(to, Topic) else "name"
    itself = reference(language, to, called, holder)
    ends = Ends(
        destination(grant, reference(language, to, "arn", holder), itself),
        several([_source(each, language, holder, to) for each in sources(grant)]),
        call(language, "Ref", "AWS::AccountId") if asks_account(grant) else None,
    )
    if isinstance(to, INVOKED):
        named = source.id if source is not None else ""
        return {f"{to.id}{named}Permission": {"Type": Permission.KIND, "Properties": permission(grant, ends)}}
    statement = statement_of(grant, ends)
    kind = policy_to_make(grant, holder)
    if kind is None or holder.record.part.deployed:
        return statement
    document: Tree = {"Version": "2012-10-17", "Statement": [statement]}
    properties: Tree = {kind.ATTACHED: [itself], "PolicyDocument": document}
    return {f"{to.id}Policy": {"Type": kind.KIND, "Properties": properties}}


def granted_condition(ends: Ends) -> Tree:
    """Give the conditions alone, for a statement that stays as it is."""
    return {"Condition": _conditions(ends)}


def statement_of(grant: Grant, ends: Ends) -> Tree:
    """Give the statement as the JSON of a policy has it."""
    return {
        "Effect": "Allow",
        "Principal": {"Service": grant.service},
        "Action": actions(grant),
        **({"Resource": ends.destination} if ends.destination is not None else {}),
        **({"Condition": asked} if (asked := _conditions(ends)) else {}),
    }


def _conditions(ends: Ends) -> Tree:
    keys = (("ArnEquals", "aws:SourceArn", ends.source), ("StringEquals", "aws:SourceAccount", ends.account))
    return {operator: {key: value} for operator, key, value in keys if value is not None}


def _source(source: Resource, language: Language, holder: Resource, to: Resource) -> Code:
    if holder.record.part.deployed:
        return reference(language, source, "arn", holder)
    # A bucket is made after the policies of what it notifies: a policy that refers to it would wait for it in turn.
    name = _literal_name(source) if isinstance(source, Bucket) else None
    if name is not None:
        return call(language, "Sub", f"arn:${{AWS::Partition}}:s3:::{name}")
    if _waits_for(source, holder, to):
        spelled = _spelled(source)
        if spelled is not None:
            return call(language, "Sub", spelled)
    return reference(language, source, "arn", holder)


def _waits_for(source: Resource, holder: Resource, to: Resource) -> bool:
    """Say whether the stack of a source is made after the holder's, from which it has the destination."""
    here, there = holder.record.part.key, source.record.part.key
    # A nested stack is given what it needs, and does not make that wait.
    if here != to.record.part.key or here == there or there.startswith(f"{here}/"):
        return False
    way = holder.record.part.way_to(source.record.key, "arn")
    if way is not None and way[0] == "Ref":
        return False  # it is passed already
    return any(mention.by[0] == there for mention in to.mentions())


def _spelled(resource: Resource) -> str | None:
    """Write an ARN down that no reference gives, with a wildcard for what its own stack alone knows."""
    try:
        arn = resource.arn
    except NeedsChoice:
        return None
    parts = (part if isinstance(part, str) or part.label in _EVERYWHERE else "*" for part in arn.parts)
    written = "".join(part if isinstance(part, str) else part.label for part in parts)
    return f"arn:${{AWS::Partition}}:{written.split(':', 2)[2]}" if written.startswith("arn:") else None


def _literal_name(resource: Resource) -> str | None:
    try:
        return resource.name.literal_value
    except NeedsChoice:
        return None
