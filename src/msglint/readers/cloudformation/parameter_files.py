"""Values of parameters from the files that people deploy with, which are told apart by what they say.

- A list of `ParameterKey` and `ParameterValue`, as the AWS CLI takes it, alone or as the `Parameters` of
  `--cli-input-json` and `--cli-input-yaml`; a list of `KEY=VALUE`, as `aws cloudformation deploy` takes it.
  https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Parameter.html
  https://docs.aws.amazon.com/cli/latest/reference/cloudformation/deploy/
- A mapping under `Parameters`: the template configuration of CodePipeline.
  https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/continuous-delivery-codepipeline-cfn-artifacts.html
- A mapping under `parameters` beside `template-file-path`: the deployment file of Git sync.
  https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/git-sync-concepts-terms.html
- The `parameter_overrides` of SAM's `samconfig`, and a mapping of names to values alone, which SAM takes as `file://`.
  https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-sam-cli-config.html

No message repeats a value: it may be a secret.
"""

import os
import re
import stat
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from msglint.readers.cloudformation.nodes import members, scalar
from msglint.source import Document, Node, SourceError, Spot, parse, read_toml

MAX_BYTES = 4 * 1024 * 1024
"""The largest file of values; 200 parameters of 4,096 bytes each are all that CloudFormation takes."""

_TOML = ".toml"
_KEY, _VALUE, _PREVIOUS = "ParameterKey", "ParameterValue", "UsePreviousValue"
_WORD = r"""(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|(?:\\.|[^ "\\])+)"""
_SHORT = re.compile(rf"""(?s)["']?(\w+)["']?=({_WORD})(?: +|\Z)""")
_LONG = re.compile(rf"""(?s){_KEY}=["']?(\w+)["']?,{_VALUE}=({_WORD})(?: +|\Z)""")
_ESCAPED = re.compile(r"""\\([ "'])""")


class UnusableFileError(Exception):
    """A file of values cannot be read; the message says where and why, and repeats no value."""


class _Given(NamedTuple):
    """A value as it is given, and where; None: the value that the stack has already."""

    name: str
    value: str | None
    at: Node


def values(path: str, environment: str) -> Mapping[str, str | None]:
    """Give the values of a file; None for the value that the stack has already, which nobody knows here.

    `environment` is the one of a `samconfig` file. Raises `UnusableFileError`.
    """
    try:
        document = Document.from_bytes(path, _content(path))
        found: dict[str, str | None] = {}
        for each in _given(read_toml(document) if path.lower().endswith(_TOML) else parse(document), environment):
            if each.name in found:
                raise _fault(f"{each.name} is given a value twice", each.at)
            found[each.name] = each.value
    except SourceError as error:
        line, column = error.place.span.start
        # Where YAML is broken, what was found in the place of something else may be a value.
        message = "not valid YAML" if error.message.startswith("not valid YAML") else error.message
        raise UnusableFileError(f"{path}:{line}:{column}: {message}") from None
    return found


def _content(path: str) -> bytes:
    try:
        # A pipe might never end.
        if not stat.S_ISREG(os.stat(path).st_mode):  # noqa: PTH116  # pathlib is slow to import
            raise UnusableFileError(f"{path}: no regular file")
        with open(path, "rb") as file:  # noqa: PTH123
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise UnusableFileError(f"{path}: {error.strerror}") from None
    if len(data) > MAX_BYTES:
        raise UnusableFileError(f"{path}: larger than {MAX_BYTES} bytes")
    return data


def _fault(message: str, at: Node) -> SourceError:
    return SourceError(message, Spot(at.document, at.span))


def _given(root: Node, environment: str) -> Iterator[_Given]:
    fields = members(root)
    if root.kind == "sequence":
        yield from _listed(root)
    elif "Parameters" in fields:
        under = fields["Parameters"]
        yield from _listed(under) if under.kind == "sequence" else _mapped(under)
    elif "template-file-path" in fields:
        yield from _mapped(fields["parameters"]) if "parameters" in fields else ()
    elif "version" in fields and any(each.kind == "mapping" for each in fields.values()):
        yield from _overrides(_configured(root, environment))
    elif fields:
        yield from _overrides(root)
    elif root.kind != "mapping":
        raise _fault("no file of values: a list, or a mapping of names to values, belongs here", root)


def _listed(node: Node) -> Iterator[_Given]:
    """Give the entries of the AWS CLI's list."""
    for item in node.items():
        text, fields = scalar(item), members(item)
        if isinstance(text, str):
            name, equals, value = text.partition("=")
            if not equals or not name:
                raise _fault("an entry of the list is not KEY=VALUE", item)
            yield _Given(name, value, item)
            continue
        named, given = scalar(fields.get(_KEY)), fields.get(_VALUE)
        if not named:
            raise _fault(f"an entry of the list has no {_KEY}", item)
        kept = fields.get(_PREVIOUS)
        previous = kept is not None and kept.kind == "scalar" and kept.value is True
        if previous is (given is not None):
            both = "both a value and" if previous else "neither a value nor"
            raise _fault(f"{named} has {both} {_PREVIOUS}", item)
        yield _Given(named, None if given is None else _text(named, given), item)


def _mapped(node: Node) -> Iterator[_Given]:
    if node.kind != "mapping":
        raise _fault("a mapping of names to values belongs here", node)
    for name, value in node.fields().items():
        yield _Given(name, _text(name, value), node.key(name))


def _text(name: str, node: Node) -> str:
    """Write a value as CloudFormation takes it: a list as a text with commas."""
    parts = [scalar(each) for each in (node.items() if node.kind == "sequence" else (node,))]
    known = [each for each in parts if each is not None]
    if node.kind == "mapping" or len(known) < len(parts):
        raise _fault(f"the value of {name} is neither a text, a number or a boolean nor a list of these", node)
    return ",".join(known)


def _configured(root: Node, environment: str) -> Node | None:
    """Give what a samconfig file says of parameters: for `deploy`, else for all commands."""
    environments = {name: members(each) for name, each in root.fields().items() if each.kind == "mapping"}
    if environment not in environments:
        there = ", ".join(environments)
        raise _fault(f"there is no environment {environment}, which --config-env chooses; there is {there}", root)
    commands = (members(environments[environment].get(command)) for command in ("deploy", "global"))
    said = (members(command.get("parameters")).get("parameter_overrides") for command in commands)
    return next((each for each in said if each is not None), None)


def _overrides(node: Node | None) -> Iterator[_Given]:
    """Give what SAM makes of `parameter_overrides`: a text, a mapping, or a list of these."""
    if node is None:
        return
    if node.kind == "sequence":
        for item in node.items():
            yield from _overrides(item)
    elif node.kind == "scalar":
        yield from _assigned(scalar(node) or "", node)
    else:
        for name, value in node.fields().items():
            if name == "$include":
                raise _fault(_ELSEWHERE, value)
            yield _Given(name, _unquoted(_text_of_sam(name, value)), node.key(name))


_ELSEWHERE = "the values of another file are not read from here; give that file with --parameters too"


def _text_of_sam(name: str, node: Node) -> str:
    """Write a value as SAM does: nothing as an empty text, booleans as Python does, a list without what is empty."""
    if node.kind == "sequence":
        return ",".join(_text_of_sam(name, each).strip() for each in node.items() if scalar(each) != "")
    if node.kind == "scalar" and node.value is None:
        return ""
    text = _text(name, node)
    return text.capitalize() if isinstance(node.value, bool) and text.lower() in {"true", "false"} else text


def _assigned(text: str, at: Node) -> Iterator[_Given]:
    """Give what is assigned in a text: `KEY=VALUE`, or `ParameterKey=KEY,ParameterValue=VALUE`, between blanks."""
    text = text.strip()
    if text.startswith("file://"):
        raise _fault(_ELSEWHERE, at)
    pattern = _LONG if text.startswith(f"{_KEY}=") else _SHORT
    end = 0
    while end < len(text):
        found = pattern.match(text, end)
        if found is None:
            form = f"{_KEY}=KEY,{_VALUE}=VALUE" if pattern is _LONG else "KEY=VALUE"
            raise _fault(f"parameter_overrides is not {form} with blanks between them", at)
        yield _Given(found[1], _unquoted(found[2]), at)
        end = found.end()


def _unquoted(text: str) -> str:
    quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "\"'"
    return _ESCAPED.sub(r"\1", text[1:-1] if quoted else text)
