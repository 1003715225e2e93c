"""Grants in HCL: a statement for the policy document that is there, or a document with its policy."""

from collections.abc import Iterator

from msglint.finding import Grant
from msglint.model.access import Permission
from msglint.model.lambda_ import INVOKED, Alias
from msglint.model.resource import Resource
from msglint.model.sns import Topic
from msglint.model.sqs import Queue
from msglint.readers.terraform.kinds import own_name
from msglint.reports.grant import (
    Ends,
    actions,
    asks_account,
    conditions,
    destination,
    permission,
    policy_to_make,
    several,
    sources,
)
from msglint.reports.hcl import block, local, module_of, native_of, resource, snake
from msglint.reports.tree import Code, Tree


def terraform_grant(grant: Grant, holder: Resource) -> Iterator[str]:
    """Give the lines of a statement, of a document and a policy, or of a permission."""
    to, source = grant.destination, grant.source
    module = module_of(to.id)
    if module:
        yield f"# {module}"
    for each in sources(grant):
        if module_of(each.id) != module:
            yield f"# {local(each.id)} is in {module_of(each.id) or 'the root module'}: pass its ARN to here"
    if asks_account(grant):
        yield '# with data "aws_caller_identity" "current" {}'
    ends = Ends(
        destination(grant, _attribute(to, "arn"), _attribute(to, "function_name")),
        several([_attribute(each, "arn") for each in sources(grant)]),
        Code("data.aws_caller_identity.current.account_id") if asks_account(grant) else None,
        _attribute(to, "name") if isinstance(to, Alias) else None,
    )
    name = _name(to)
    kind = policy_to_make(grant, holder)
    if grant.beside:
        for condition in _conditions(ends):
            yield from block("condition", condition, {})
    elif isinstance(to, INVOKED):
        own = f"{name}_{_name(source)}" if source is not None else name
        yield from resource(native_of(Permission.KIND), own, permission(grant, ends))
    elif kind is None or _has_inner_policy(to):
        yield from block("statement", _statement(grant, ends), {})
    else:
        yield from block(f'data "aws_iam_policy_document" "{name}"', {"statement": _statement(grant, ends)}, {})
        attached = _attribute(to, "url" if isinstance(to, Queue) else "arn")
        document = Code(f"data.aws_iam_policy_document.{name}.json")
        yield from resource(native_of(kind.KIND), name, {kind.ATTACHED: attached, "PolicyDocument": document})


def _attribute(of: Resource, name: str) -> Code:
    return Code(f"{local(of.id)}.{own_name(of.record.native, name)}")


def _name(of: Resource) -> str:
    return snake(local(of.id).partition(".")[2]).strip("_")


def _has_inner_policy(to: Resource) -> bool:
    # A policy resource beside a policy in the queue or topic itself: each apply would undo one of them.
    return isinstance(to, Queue | Topic) and not to.policy.exists().is_no


def _statement(grant: Grant, ends: Ends) -> Tree:
    return {
        "actions": listed if isinstance(listed := actions(grant), list) else [listed],
        **({"resources": [ends.destination]} if ends.destination is not None else {}),
        "principals": {"type": "Service", "identifiers": [grant.service]},
        "condition": [*_conditions(ends)],
    }


def _conditions(ends: Ends) -> list[Tree]:
    return [
        {"test": operator, "variable": key, "values": value if isinstance(value, list) else [value]}
        for operator, key, value in conditions(ends)
    ]
