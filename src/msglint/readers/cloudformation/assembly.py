"""The cloud assembly that the CDK writes around a template: where it goes, and which lines of an app made it."""

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from msglint.source import Document

_FRAME = re.compile(r"(?:.*\()?(?P<at>(?P<file>[^()]+?):\d+(?::\d+)?)\)?")
MAX_BYTES = 16 * 1024 * 1024
"""The largest manifest that is read, in bytes."""

_TEMPLATE = ".template.json"
_STACK = "aws:cloudformation:stack"
_ENVIRONMENT = re.compile(r"aws://(?:unknown-account|([^/]*))/(?:unknown-region|(.*))")
_NOT_THE_USERS = re.compile(r"node_modules|site-packages|jsii|[/\\]lib[/\\]program\.js|^node:|^internal/")
"""Files of the CDK, of Node.js, and of jsii, which runs the CDK for apps in other languages."""


class _Entry(msgspec.Struct):
    """What is noted of a construct. The trace of a creation is `trace` or `data`, by the release of the CDK."""

    type: str
    data: Any = None
    trace: Any = None


_Metadata = dict[str, list[_Entry]]


class _Properties(msgspec.Struct, rename="camel"):
    template_file: str = ""
    stack_name: str = ""


class _Artifact(msgspec.Struct, rename="camel"):
    type: str = ""
    environment: str = ""
    properties: _Properties = msgspec.field(default_factory=_Properties)
    display_name: str = ""
    metadata: _Metadata = {}
    additional_metadata_file: str = ""


class _Manifest(msgspec.Struct):
    artifacts: dict[str, _Artifact] = {}


class Deployment(NamedTuple):
    """What the CDK deploys a template to: None is what only the deployment knows."""

    account: str | None
    region: str | None
    stack: str
    """The name of the stack."""


def deployment(template: Document) -> Deployment | None:
    """Give what an assembly says of the stack that is made of a template; None where it is no stack of an assembly."""
    name = Path(template.name).name
    if not name.endswith(_TEMPLATE):
        return None
    manifest = _read(template, "manifest.json", _Manifest)
    for id_, artifact in manifest.artifacts.items() if manifest is not None else ():
        if artifact.type == _STACK and artifact.properties.template_file == name:
            told = _ENVIRONMENT.fullmatch(artifact.environment)
            account, region = told.groups() if told is not None else (None, None)
            return Deployment(account, region, artifact.properties.stack_name or id_)
    return None


def creations(template: Document, path: str) -> Mapping[str, str]:
    """Give the places in the user's app, as `file:line:column`, where the constructs of a template were made, by path.

    `path` is that of one of them: all are of one stack. Below the working directory a place is told from there. Empty
    where no assembly is at hand, or it has no traces, which older releases of the CDK only write with `--debug`.
    """
    manifest = _read(template, "manifest.json", _Manifest)
    here = f"{Path.cwd()}{os.sep}"
    found: dict[str, str] = {}
    for artifact in manifest.artifacts.values() if manifest is not None else ():
        if path.startswith(f"{artifact.display_name}/"):
            more = _read(template, artifact.additional_metadata_file, _Metadata)
            for construct, entries in (artifact.metadata | (more or {})).items():
                place = next(_places(entries), None)
                if place is not None:
                    found[construct.removeprefix("/")] = place.removeprefix("file://").removeprefix(here)
    return found


def _read(template: Document, name: str, type_: Any) -> Any:
    document = template.beside.open(name, MAX_BYTES) if template.beside is not None and name else None
    try:
        return msgspec.json.decode(document.text, type=type_) if document is not None else None
    except (msgspec.MsgspecError, RecursionError):
        return None


def _places(entries: list[_Entry]) -> Iterator[str]:
    """Give the places in the user's app that a trace goes through, the innermost first."""
    for entry in entries:
        trace = entry.data if entry.type == "aws:cdk:creationStack" else entry.trace
        if entry.type in {"aws:cdk:creationStack", "aws:cdk:logicalId"} and isinstance(trace, list):
            frames = (_FRAME.fullmatch(frame) for frame in trace if isinstance(frame, str))
            yield from (frame["at"] for frame in frames if frame and not _NOT_THE_USERS.search(frame["file"]))
