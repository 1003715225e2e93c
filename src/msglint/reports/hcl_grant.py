"""Grants in HCL: a statement for the policy that is there, or a document with its policy."""

from collections.abc import Iterator

from msglint.finding import Grant
from msglint.model.access import Permission
from msglint.model.lambda_ import INVOKED, Alias
from msglint.model.resource import Resource
from msglint.model.sns import Topic
from msglint.model.sqs import Queue
from msglint.readers.terraform.address import modules_of
from msglint.readers.terraform.kinds import own_name
from msglint.readers.terraform.plan import Modules
from msglint.reports.grant import (
    Ends,
    asks_account,
    destination,
    granted_condition,
    permission,
    policy_to_make,
    several,
    sources,
    statement_of,
)
from msglint.reports.hcl import block, calls, index_of, local, module_of, native_of, resource, snake, text
from msglint.reports.hcl_policy import blocks, statement, style
from msglint.reports.hcl_reference import alike, home, key, out_of_reach, reference, repeated
from msglint.reports.tree import Code, Tree


def terraform_grant(grant: Grant, holder: Resource) -> Iterator[str]:
    """Give the lines of a statement, of a document and a policy, or of a permission."""
    to = grant.destination
    kind = policy_to_make(grant, holder)
    made = isinstance(to, INVOKED) or not (grant.beside or kind is None or _has_inner_policy(to))
    # What is made stands for each instance of the destination, a statement in what the holder has.
    near = to if made else holder
    modules = home(near)
    yield from _remarks(grant, near, modules, made=made)
    again = _again(grant, modules) if made else None
    alone = made and again is None
    each: Tree = dict([again]) if again is not None else {}
    ends = _ends(grant, None if alone else near, modules)
    # The block's own name may be that of the policy which the others have.
    some = made and again != (every := repeated(to)) and every is not None
    which = (snake(str(index_of(to.id))) if alone else "others") if some else ""
    name = f"{_name(to)}_{which}".strip("_")
    if not made:
        written = granted_condition(ends) if grant.beside else statement_of(grant, ends)
        yield from statement(written, style(holder))
    elif isinstance(to, INVOKED):
        source = grant.source
        own = f"{name}_{_name(source)}" if source is not None else name
        yield from resource(native_of(Permission.KIND), own, {**each, **permission(grant, ends)})
    elif kind is not None:
        document: Tree = {**each, "statement": blocks(statement_of(grant, ends))}
        yield from block(f'data "aws_iam_policy_document" "{name}"', document, {})
        attached = _attribute(to, "url" if isinstance(to, Queue) else "arn", None if alone else near, modules)
        json = Code(f"data.aws_iam_policy_document.{name}{key(to) if each else ''}.json")
        yield from resource(native_of(kind.KIND), name, {**each, kind.ATTACHED: attached, "PolicyDocument": json})


def _again(grant: Grant, modules: Modules) -> tuple[str, Code] | None:
    """Give what makes a block for each that lacks the same; None where it is written for one alone.

    A second policy would take the place of the one that a queue has.
    """
    to = grant.destination
    every = repeated(to)
    if every is None or modules != modules_of(to.id):
        return None
    if any(alike(each, to) and modules_of(each.id) != modules for each in sources(grant)):
        # An output of a module gives the source of this one alone.
        return None
    lacking = {to.id, *grant.alike}
    if lacking.issuperset(to.record.part.siblings(to.id).values()):
        return every
    keys = sorted(key for id_ in lacking if isinstance(key := index_of(id_), str))
    return ("for_each", Code(f"toset([{', '.join(map(text, keys))}])")) if len(keys) > 1 else None


def _ends(grant: Grant, near: Resource | None, modules: Modules) -> Ends:
    to = grant.destination
    return Ends(
        destination(grant, _attribute(to, "arn", near, modules), _attribute(to, "function_name", near, modules)),
        several([_attribute(each, "arn", near, modules) for each in sources(grant)]),
        Code("data.aws_caller_identity.current.account_id") if asks_account(grant) else None,
        _attribute(to, "name", near, modules) if isinstance(to, Alias) else None,
    )


def _remarks(grant: Grant, near: Resource, modules: Modules, *, made: bool) -> Iterator[str]:
    """Say where the lines belong, and what they need."""
    inside = module_of(near.id)
    here = calls(modules)
    if here:
        yield f"# {here}"
    if not made and modules != modules_of(near.id):
        yield f"# the policy is inside {inside}: give it this statement by an argument of the module, if it has one"
    named = [(grant.destination, "arn"), *((each, "arn") for each in sources(grant))]
    if made and isinstance(grant.destination, Queue):
        named.append((grant.destination, "url"))
    yield from (remark for of, attribute in named if (remark := out_of_reach(of, attribute, near, modules)))
    if asks_account(grant):
        yield '# with data "aws_caller_identity" "current" {}'


def _attribute(of: Resource, name: str, near: Resource | None, modules: Modules) -> Code:
    return reference(of, name, near, modules) or Code(f"{local(of.id)}.{own_name(of.record.native, name)}")


def _name(of: Resource) -> str:
    return snake(of.short).strip("_")


def _has_inner_policy(to: Resource) -> bool:
    # A policy resource beside a policy in the queue or topic itself: each apply would undo one of them.
    return isinstance(to, Queue | Topic) and not to.policy.exists().is_no
