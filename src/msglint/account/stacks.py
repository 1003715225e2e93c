"""Stacks that are deployed, or are about to be: their templates as CloudFormation has processed them."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from msglint.account.describe.interface import GoneError, Where
from msglint.account.lookups import Asking
from msglint.readers.cloudformation.attributes import by_ref
from msglint.readers.interface import Assumptions, Deployed

_GONE = frozenset({"DELETE_COMPLETE", "ROLLBACK_COMPLETE"})
"""The states of stacks of which nothing is there: deleted, or not made, and all that was begun taken back.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html
"""
_UNMADE = "REVIEW_IN_PROGRESS"
"""The state of a stack that has a change set and nothing else."""
_HIDDEN = "****"
"""What CloudFormation says instead of the value of a parameter with NoEcho."""


class Wanted(NamedTuple):
    """Which stacks are wanted: all, unless something is said."""

    named: Callable[[str], bool] = lambda _name: True
    """Whether a stack of this name is meant."""
    tags: Mapping[str, str | None] = {}
    """Tags that it has, all of them; None: with whatever value."""
    unmade: bool = False
    """Whether stacks are meant too that a change set will make."""


class Stack(NamedTuple):
    """A stack, before its template is read."""

    where: Where
    """Its account and Region; the name is its own."""
    id: str
    parameters: Mapping[str, str | None]
    """None: a value that nobody may see."""
    exports: Mapping[str, str]

    @property
    def shown(self) -> str:
        """What people call it; there is no file of this name."""
        return f"{self.where.account}/{self.where.region}/{self.where.name}"


class Template(msgspec.Struct, frozen=True):
    """The template of a stack, and what is known of its deployment."""

    shown: str
    text: bytes
    assumptions: Assumptions


def stacks(ask: Asking, wanted: Wanted) -> Iterator[Stack]:
    """Give the stacks of a Region that are wanted, nested ones and those of stack sets among them.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html
    """
    for said in ask.pages("cloudformation", "DescribeStacks", "Stacks"):
        if said["StackStatus"] not in _GONE and _fits(said, wanted):
            yield _stack(said, ask.where)


def stack(ask: Asking, wanted: Wanted, id_: str) -> Stack | None:
    """Give the stack of an id, if it is wanted. Raises `GoneError` where nothing is there of it."""
    (said,) = ask("cloudformation", "DescribeStacks", StackName=id_)["Stacks"]
    if said["StackStatus"] in _GONE:
        raise GoneError(id_)
    return _stack(said, ask.where) if _fits(said, wanted) else None


def _fits(said: Mapping[str, Any], wanted: Wanted) -> bool:
    tags = {each["Key"]: each["Value"] for each in said.get("Tags", ())}
    tagged = all(name in tags and value in {None, tags[name]} for name, value in wanted.tags.items())
    return tagged and (wanted.unmade or said["StackStatus"] != _UNMADE) and wanted.named(said["StackName"])


def _stack(said: Mapping[str, Any], where: Where) -> Stack:
    return Stack(
        where._replace(name=said["StackName"]),
        said["StackId"],
        _values(said),
        {each["ExportName"]: each["OutputValue"] for each in _valued(said) if each.get("ExportName")},
    )


def _values(said: Mapping[str, Any]) -> Mapping[str, str | None]:
    values = {each["ParameterKey"]: each.get("ParameterValue") for each in said.get("Parameters", ())}
    return {name: None if value == _HIDDEN else value for name, value in values.items()}


def template(stack: Stack, ask: Asking, change_set: str | None = None) -> Template:
    """Read the template of a stack as macros and transforms have left it, or what a change set would make of it."""
    chosen = {"ChangeSetName": change_set} if change_set is not None else {}
    given = {"StackName": stack.id, "TemplateStage": "Processed", **chosen}
    body = ask("cloudformation", "GetTemplate", **given)["TemplateBody"]
    # JSON comes parsed, YAML as it was written.
    text = body if isinstance(body, str) else json.dumps(body, indent=2)
    parameters = stack.parameters
    if change_set is not None:
        said = ask("cloudformation", "DescribeChangeSet", StackName=stack.id, ChangeSetName=change_set)
        parameters = _values(said)
    made = {
        each["LogicalResourceId"]: (each["ResourceType"], each.get("PhysicalResourceId"))
        for each in _made(stack, ask, new=change_set is not None)
    }
    physical = {id_: named(type_, name, stack.where) for id_, (type_, name) in made.items() if name}
    nested = {id_: name for id_, (type_, name) in made.items() if name and type_ == "AWS::CloudFormation::Stack"}
    for id_, name in nested.items():
        physical[id_] = {**physical[id_], **_outputs(name, ask)}
    where = stack.where
    deployed = Deployed(physical=physical, stack=where.name, live=change_set is None)
    return Template(
        stack.shown, text.encode(), Assumptions((where.account,), (where.region,), parameters, deployed=deployed)
    )


def _made(stack: Stack, ask: Asking, *, new: bool) -> Sequence[Mapping[str, Any]]:
    """Give what a stack has made; nothing, where it is `new` and a change set will make it."""
    try:
        return list(ask.pages("cloudformation", "ListStackResources", "StackResourceSummaries", StackName=stack.id))
    except GoneError:
        if new:
            return ()
        raise


def _outputs(stack: str, ask: Asking) -> Mapping[str, str]:
    """Give the outputs of a nested stack, as a template around it names them; none where it is gone."""
    said = ask.or_none("cloudformation", "DescribeStacks", StackName=stack) or {}
    return {
        f"Outputs.{output['OutputKey']}": output["OutputValue"]
        for each in said.get("Stacks", ())
        for output in _valued(each)
    }


def _valued(said: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """Give the outputs of a stack that have a value: one that is being made may have some without."""
    return [each for each in said.get("Outputs", ()) if "OutputValue" in each]


def named(type_: str, physical: str, where: Where) -> Mapping[str, str]:
    """Give the attributes of a resource that its physical id tells, in the Model's words.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
    """
    gives = by_ref(type_)
    told = {gives: physical}
    match gives:
        case "url":
            told["name"] = physical.rsplit("/", 1)[-1]
        case "arn" if type_ == "AWS::SecretsManager::Secret":
            told["name"] = physical.rsplit(":", 1)[-1][: -len("-abcdef")]
        case "arn" if type_.startswith("AWS::MSK::"):
            told["name"] = physical.rsplit("/", 2)[-2]
        case "arn":
            told["name"] = physical.rsplit(":", 1)[-1].rsplit("/", 1)[-1]
        case "name" if type_ == "AWS::Events::Rule" and "|" in physical:
            # Of a rule of another bus than the default one: the bus, and the name.
            told["arn"] = where.arn("events", f"rule/{physical.replace('|', '/')}")
        case "name" if type_ == "AWS::Pipes::Pipe":
            told["arn"] = where.arn("pipes", f"pipe/{physical}")
        case "key_id":
            told["arn"] = where.arn("kms", f"key/{physical}")
        case _:
            pass
    return told
