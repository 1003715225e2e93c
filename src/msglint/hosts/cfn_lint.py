"""msglint's rules inside cfn-lint 1: `cfn-lint -a msglint.hosts.cfn_lint -t template.yaml`.

cfn-lint knows a rule and its severity by one id, so each rule has an id for each severity, which a configuration may
give it: EMSG605 is MSG605 as an error, WACME101 a company's own ACME101 as a warning. It leaves informational ids out
unless they are asked for: `-c I`, or `-c IMSG` for these.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from cfnlint.rules import CloudFormationLintRule, RuleMatch

from msglint.config.nearest import Flags, Nearest
from msglint.engine import lint_text
from msglint.finding import Entry, Finding, Severity
from msglint.hosts.own import Rules, rules, why
from msglint.inputs import STANDARD_NAME, Input, content
from msglint.model.resource import SECTIONS
from msglint.reports.interface import explained
from msglint.reports.terminal import safe, sentence
from msglint.rules.index import RULES

_Matches = Mapping[str, Sequence[RuleMatch]]
_Location = tuple[int, int, int, int]

_NOWHERE = (0, 0, 0, 0)


class Door:
    """Judges each of the host's templates once, when the first rule asks, and hands each rule its own matches."""

    def __init__(self, known: Rules) -> None:
        self._known = known
        # The host makes a template for each file and set of parameters, and drops it when all rules have run.
        self._judged: WeakKeyDictionary[Any, _Matches] = WeakKeyDictionary()

    def matches(self, id_: str, template: Any) -> Sequence[RuleMatch]:
        """Give what msglint finds in the host's template under one id; its own failure is a match as well."""
        judged = self._judged.get(template)
        if judged is None:
            try:
                judged = _judge(template, self._known)
            except Exception as error:  # noqa: BLE001  # the host would keep the failed rule's name and lose the others
                judged = {_FAILED: [_failed(template, f"{why(error)}, so msglint judged nothing of this file")]}
            self._judged[template] = judged
        return judged.get(id_, ())


def _judge(template: Any, known: Rules) -> _Matches:
    """Judge what the user wrote: the host's template has other values in it, and no comments."""
    name = template.filename or STANDARD_NAME
    data = content(Input(str(Path(name).absolute()), named=True)) if template.filename else None
    text = json.dumps(template.template, default=str).encode() if data is None else data
    directory = str(Path(name).absolute().parent) if data is not None else None
    findings: dict[Finding, None] = {}
    # Without any for a template with a Transform: the host forgets its parameters when it applies that.
    for values in [each.parameters for each in template.context.parameter_sets or ()] or [{}]:
        nearest = Nearest(Flags(parameters=_parameters(values)), own=known.own)
        report = lint_text(name, text, nearest.of(name if data is not None else STANDARD_NAME), directory)
        findings.update(dict.fromkeys(report.findings))
    judged: dict[str, list[RuleMatch]] = {}
    for finding in findings:
        path = _path(finding.resource)
        # Only the host knows where things stand in a text that cannot be read twice; what is in another file, such as a
        # function's code, it shows at the resource.
        own = data is not None and finding.file == name
        location = _location(finding) if own else template.get_location_yaml(template.template, path)
        place = _location(finding) if data is not None else location or _NOWHERE
        match = _match(path, sentence(explained(finding)), finding.file, location or _NOWHERE, place)
        judged.setdefault(_id(finding.code, finding.severity), []).append(match)
    if known.fault:
        judged.setdefault(_FAILED, []).append(_failed(template, sentence(known.fault)))
    return judged


def _failed(template: Any, message: str) -> RuleMatch:
    return _match(_path(None), message, template.filename or STANDARD_NAME, _NOWHERE, _NOWHERE)


def _match(path: Sequence[str], message: str, name: str, location: _Location, place: _Location) -> RuleMatch:
    """Make a match at a location of a message that names the place; the host counts lines and columns from 0."""
    return RuleMatch(path, f"{message} ({safe(name)}:{place[0] + 1}:{place[1] + 1})", location=location)


def _path(resource: str | None) -> list[str]:
    # A match without a path is lost as soon as any resource's metadata ignore its id, so the whole file is not [].
    if resource is not None and resource.startswith(SECTIONS):
        return resource.removeprefix("Template.").split(".", 1)
    return ["Resources"] if resource is None else ["Resources", resource]


def _location(finding: Finding) -> _Location:
    start, end = finding.span
    return start.line - 1, start.column - 1, end.line - 1, end.column - 1


def _parameters(values: Mapping[str, Any]) -> dict[str, str]:
    return {name: _parameter(value) for name, value in values.items() if value is not None}


def _parameter(value: Any) -> str:
    """Write a parameter's value as CloudFormation takes it."""
    match value:
        case bool():
            return str(value).lower()
        case list():
            return ",".join(map(_parameter, value))
        case _:
            return str(value)


def _id(code: str, severity: Severity) -> str:
    return severity.value[0].upper() + code


_FAILED = next(_id(each.code, Severity.ERROR) for each in RULES if each.name == "rule-failed")


def _rule(door: Door, entry: Entry, severity: Severity) -> type[CloudFormationLintRule]:
    """Make the host's rule of one of msglint's in one severity."""
    id_ = _id(entry.code, severity)

    def match(_self: CloudFormationLintRule, cfn: Any) -> Sequence[RuleMatch]:
        return door.matches(id_, cfn)

    members = {
        "__module__": __name__,
        "id": id_,
        "shortdesc": entry.summary.rstrip("."),
        "description": f"msglint {entry.code} {entry.name}",
        "tags": ["msglint"],
        "match": match,
    }
    return type(id_, (CloudFormationLintRule,), members)


def checks() -> dict[str, type[CloudFormationLintRule]]:
    """Make all rules of the host by their ids; they share their judgement of a template."""
    known = rules()
    door = Door(known)
    return {_id(each.code, as_): _rule(door, each, as_) for each in known.entries for as_ in Severity}


# The host looks for classes among the names of a module.
globals().update(checks())
