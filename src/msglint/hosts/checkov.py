"""The door for checkov: for each rule a check of CloudFormation templates and one of Terraform plans.

checkov asks a check about one resource at a time. What it shows of a resource has lost places and unknown values, so
the file is read again with msglint's own readers and judged once; the checks look their answers up.
"""

import inspect
import logging
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

from checkov.cloudformation.checks.resource.base_resource_check import BaseResourceCheck as CloudFormationBase
from checkov.common.bridgecrew.severities import BcSeverities, Severities
from checkov.common.checks.base_check import BaseCheck
from checkov.common.models.enums import CheckCategories, CheckResult
from checkov.terraform.checks.resource.base_resource_check import BaseResourceCheck as TerraformBase

from msglint.config.nearest import Flags, Nearest
from msglint.engine import lint
from msglint.finding import Entry, Finding, Report, Severity
from msglint.hosts.own import Rules, rules, why
from msglint.model.resource import ANY, SECTIONS
from msglint.options import ALWAYS
from msglint.readers.sam.kinds import KINDS as SAM_KINDS
from msglint.readers.terraform.awscc import native
from msglint.readers.terraform.kinds import KINDS
from msglint.reports.interface import explained, place, said_of
from msglint.reports.terminal import safe, sentence
from msglint.rules.index import RULES

_SEVERITIES = {
    Severity.ERROR: Severities[BcSeverities.HIGH],
    Severity.WARNING: Severities[BcSeverities.MEDIUM],
    Severity.INFO: Severities[BcSeverities.LOW],
}
_OF_FILES = frozenset(entry.code for entry in RULES if not entry.kinds)
_FAILED = next(entry.code for entry in RULES if entry.name == "rule-failed")
_LOG = logging.getLogger(__name__)

Asked = tuple[str, str]
"""A rule's code and a resource."""


class Said(NamedTuple):
    """A finding in checkov's words: its line, what else there is to say, and where to read on."""

    line: str
    details: Sequence[str] = ()
    reference: str | None = None


class Judgement:
    """What msglint says of one file, by rule and resource.

    `loose` are the findings, by rule, of which checkov never asks: they name no resource, or one that it passes over,
    as it does where a condition is false by its parameter's default. The first resource that it asks about takes them.
    """

    def __init__(
        self, said: Mapping[Asked, Sequence[Said]], loose: Mapping[str, Sequence[Said]], passed: frozenset[Asked]
    ) -> None:
        self._said = said
        self._loose = loose
        self._passed = passed
        self._takers: dict[str, str] = {}

    def findings(self, code: str, resource: str) -> Sequence[Said]:
        """Give what a rule finds wrong with a resource."""
        own = self._said.get((code, resource), ())
        loose = self._loose.get(code, ())
        takes = bool(loose) and self._takers.setdefault(code, resource) == resource
        return [*own, *loose] if takes else own

    def passed(self, code: str, resource: str) -> bool:
        """Say whether a rule was asked of a resource and found it right; what is undecided has not passed."""
        return (code, resource) in self._passed


class Files:
    """The judgements of the files that checkov scans, each made once for as long as its file stays the same."""

    def __init__(self, known: Rules) -> None:
        self._rules = known
        self._lock = Lock()  # where checkov cannot fork, its runners are threads
        self._known: dict[tuple[str, int, int], Judgement] = {}

    def judgement(self, file: str) -> Judgement:
        """Judge a file, or give what was said of it before. Never raises: a failure of msglint is a finding."""
        with self._lock:
            key = (file, *_stamp(file))
            if key not in self._known:
                self._known[key] = _judged(file, self._rules)
            return self._known[key]


class Check(BaseCheck):  # type: ignore[misc]  # checkov has no types
    """One rule in checkov's shape; the classes below say of which language."""

    def __init__(self, entry: Entry, types: Iterable[str], files: Files) -> None:
        worst = min(map(Severity, entry.severities), key=lambda severity: severity.rank)
        super().__init__(
            name=entry.summary,
            id=entry.code,
            categories=[CheckCategories.GENERAL_SECURITY],
            supported_resources=list(types),
        )
        # checkov reads it before a resource is judged too, so it cannot vary by finding.
        self.severity = _SEVERITIES[worst]
        self.guideline: str | None = None
        self._summary = entry.summary
        self._files = files
        self._resource = ""

    def run(
        self, scanned_file: str, entity_configuration: Any, entity_name: str, entity_type: str, skip_info: Any
    ) -> Any:
        """Judge one resource. checkov reads the name and guideline right after it, as the words of the finding."""
        self.name, self.guideline = self._summary, None
        self._resource = self.resource(entity_configuration, entity_name)
        return super().run(scanned_file, entity_configuration, entity_name, entity_type, skip_info)

    def resource(self, configuration: Any, name: str) -> str:
        """Give msglint's name of a resource."""
        raise NotImplementedError

    def scan_resource_conf(self, conf: Any) -> Any:
        """Look up the answer of the rule."""
        file = _file(conf)
        if file is None:
            return CheckResult.UNKNOWN
        judgement = self._files.judgement(file)
        said = judgement.findings(self.id, self._resource)
        if not said:
            return CheckResult.PASSED if judgement.passed(self.id, self._resource) else CheckResult.UNKNOWN
        self.name = " | ".join(each.line for each in said)
        self.guideline = said[0].reference
        self.details = [detail for each in said for detail in each.details]
        return CheckResult.FAILED


class CloudFormationCheck(Check, CloudFormationBase):  # type: ignore[misc]
    """A rule, asked of the resources of a template."""

    def resource(self, configuration: Any, name: str) -> str:
        """Give the logical id."""
        return name


class TerraformCheck(Check, TerraformBase):  # type: ignore[misc]
    """A rule, asked of the resources of a plan."""

    def resource(self, configuration: Any, name: str) -> str:
        """Give the address."""
        return str(configuration.get("__address__", name))


def register() -> None:
    """Make the checks of all rules; a check is registered by being made."""
    known = rules()
    files = Files(known)
    if known.fault:
        # Said here too, since checkov may have been told to run other checks only.
        _LOG.error("%s", sentence(known.fault))
    every = frozenset(kind for entry in known.entries for kind in entry.kinds)
    for entry in known.entries:
        kinds = entry.kinds or every
        sam = (type_ for type_, made in SAM_KINDS.items() if not made.isdisjoint(kinds))
        CloudFormationCheck(entry, sorted({*kinds, *sam}), files)
        # One that is asked of everything is asked by a wildcard.
        TerraformCheck(entry, [ANY] if ANY in entry.kinds else _types_of_terraform(kinds), files)


def _types_of_terraform(kinds: Collection[str]) -> list[str]:
    """Give what the providers call these types."""
    of_aws = {name for name, kind in KINDS.items() if kind.type in kinds}
    return sorted({*of_aws, *(native(kind) for kind in kinds if kind.startswith("AWS::"))})


def _file(conf: Any) -> str | None:
    """Give the file that a resource is in; None for Terraform's own language, which msglint does not read."""
    for marked in (conf, conf.get("Properties")):
        if isinstance(marked, dict) and "__file__" in marked:
            file = marked["__file__"]
            return str(file[0] if isinstance(file, list) else file)
    # A resource without properties has no such mark.
    file = _variable("file_abs_path", "full_file_path")
    if file is None:
        raise LookupError("this release of checkov does not say which file it scans")
    return file if isinstance(file, str) else None


def _scanned() -> Collection[str] | None:
    """Give the resources of a template that checkov asks about; None: all, as in a plan."""
    template = _variable("definition")
    resources = template.get("Resources") if isinstance(template, dict) else None
    return frozenset(resources) if resources is not None else None


def _variable(*names: str) -> Any:
    """Give a variable of checkov's runner, the caller of all checks, which tells them only the end of a path."""
    frame = inspect.currentframe()
    while frame is not None:
        for name in names:
            if name in frame.f_locals:
                return frame.f_locals[name]
        frame = frame.f_back
    return None


def _stamp(file: str) -> tuple[int, int]:
    try:
        status = Path(file).stat()
    except OSError:
        return (0, 0)
    return (status.st_mtime_ns, status.st_size)


def _judged(file: str, known: Rules) -> Judgement:
    try:
        name = _named(Path(file))
        report = lint([name], Nearest(Flags(), own=known.own).of(name))
    except Exception as error:  # noqa: BLE001  # no failure of ours may end the scan, or pass for a clean file
        return _nothing(why(error), file)
    for finding in report.findings:
        if finding.code in ALWAYS:
            # Said here too, since checkov may have been told to run other checks only.
            _LOG.error("%s", _said(finding).line)
    failed = f"{sentence(known.fault)} ({safe(file)}:1:1)" if known.fault else ""
    return _judgement(report, _scanned(), failed)


def _nothing(why: str, file: str) -> Judgement:
    """Give the judgement of a file of which nothing was judged: that is a finding."""
    line = f"{why}, so msglint judged nothing of this file ({safe(file)}:1:1)"
    _LOG.error("%s", line)
    return Judgement({}, {_FAILED: [Said(line)]}, frozenset())


def _judgement(report: Report, scanned: Collection[str] | None, failed: str) -> Judgement:
    """Sort what is said of a file; `failed` is what else there is to say of all of it."""
    asked = {(question.code, question.resource) for question in report.questions}
    resources = {resource for _, resource in asked}
    said: dict[Asked, list[Said]] = {}
    loose: dict[str, list[Said]] = {_FAILED: [Said(failed)]} if failed else {}
    for finding in report.findings:
        code, resource = finding.code, _told_at(finding, asked)
        subject = (code, resource) in asked or (code in _OF_FILES and resource in resources)
        subject = subject and not resource.startswith(SECTIONS)
        if subject and (scanned is None or resource in scanned):
            said.setdefault((code, resource), []).append(_said(finding))
        else:
            loose.setdefault(code, []).append(_said(finding))
    undecided = {(finding.code, _told_at(finding, asked)) for finding in report.undecided}
    passed = {(each.code, each.resource) for each in report.questions if each.fault is False} - undecided
    return Judgement(said, loose, frozenset(passed))


def _told_at(finding: Finding, asked: Collection[Asked]) -> str:
    """Give the resource of a finding, or the one that checkov asks the rule of, such as the role of a policy."""
    own = finding.resource or ""
    return own if (finding.code, own) in asked or not finding.asked else finding.asked


def _said(finding: Finding) -> Said:
    line = f"{sentence(explained(finding))} ({place(finding.file, finding.span)})"
    return Said(line, list(_details(finding)), finding.help)


def _details(finding: Finding) -> Iterator[str]:
    for related in finding.related:
        yield f"see {said_of(related)}"
    if finding.fix is not None:
        yield f"fix: {sentence(finding.fix.title)}"
        yield from map(safe, finding.fix.snippet.splitlines())


def _named(path: Path) -> str:
    """Name a file as the command line would have been told: checkov makes the paths of plans absolute."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)
