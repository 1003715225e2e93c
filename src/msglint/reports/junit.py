"""The report for services that show tests: JUnit's XML, in the part of it that all of them read."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple
from xml.etree import ElementTree as ET

from msglint.finding import Entry, Finding, Report
from msglint.reports.checkout import Checkout, checkout
from msglint.reports.interface import Manner, explained, fails, label, rules_of, words
from msglint.reports.terminal import safe, sentence

PACKAGE = "msglint"
"""Jenkins groups by what stands before the last dot of a class."""


class Case(NamedTuple):
    """What a test case is about: a rule, asked of a resource of a file, or (without one) of the file."""

    file: str
    code: str
    resource: str


def render(report: Report, manner: Manner) -> str:
    """Write a suite for each file, and in it a case for each question that was asked; what is unread is an error."""
    at = manner.at or checkout()
    asked = {Case(each.file, each.code, each.resource): each.fault for each in report.questions}
    told = _told(report, asked)
    rules = rules_of(manner)
    root = ET.Element("testsuites", name=PACKAGE)
    for file, cases in groupby(sorted({*asked, *told}), key=lambda case: case.file):
        path = safe(at.path(file).as_posix())
        suite = ET.SubElement(root, "testsuite", name=path, file=path)
        for case in cases:
            name = f"{safe(case.resource)} in {path}" if case.resource else path
            element = ET.SubElement(suite, "testcase", classname=_class(case.code, rules), name=name, time="0")
            _answer(element, case.resource, told.get(case, ()), asked.get(case), manner, at)
        _count(suite, suite)
    for each in report.unread:
        name = sentence(each.name)
        suite = ET.SubElement(root, "testsuite", name=name, file=name)
        element = ET.SubElement(suite, "testcase", classname=f"{PACKAGE}.unread", name=name, time="0")
        ET.SubElement(element, "error", type="unread", message=sentence(each.reason))
        _count(suite, suite)
    _count(root, *root)
    ET.indent(root)
    # ElementTree writes the declaration for bytes alone.
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _told(report: Report, asked: Mapping[Case, bool | None]) -> dict[Case, list[Finding]]:
    """Give what was found by what was asked; what nobody asked for, such as a file that cannot be read, is a case too.

    A finding may stand in another file than the resource that the rule was asked of.
    """
    files: dict[tuple[str, str], dict[Case, None]] = {}
    for case, fault in asked.items():
        if fault is not False:
            files.setdefault((case.code, case.resource), {})[case] = None
    told: dict[Case, list[Finding]] = {}
    for finding in sorted((*report.findings, *report.undecided), key=lambda finding: finding.order):
        for resource in _resources(finding):
            own = Case(finding.file, finding.code, resource)
            others = files.get((finding.code, resource), {own: None})
            told.setdefault(own if own in others else next(iter(others)), []).append(finding)
    return told


def _resources(finding: Finding) -> Iterator[str]:
    """Give what the rule was asked of; others that have the same fault at the same place are told of nowhere else."""
    yield _own(finding)
    yield from (related.resource for related in finding.related if related.likewise and related.resource)


def _own(finding: Finding) -> str:
    return finding.asked or finding.resource or ""


def _class(code: str, rules: Mapping[str, Entry]) -> str:
    rule = rules.get(code)
    return f"{PACKAGE}.{code} {rule.name}" if rule is not None else f"{PACKAGE}.{code}"


def _answer(
    element: ET.Element, resource: str, findings: Sequence[Finding], fault: bool | None, manner: Manner, at: Checkout
) -> None:
    """Say how a case ended: it fails where the run fails, so that who counts failures agrees with the exit code."""
    failing = [finding for finding in findings if fails(finding, manner)]
    open_ = [finding for finding in findings if not finding.decided]
    text = "\n\n".join("\n".join(_text(finding, resource, at)) for finding in findings)
    if failing:
        about = {"type": label(failing[0]), "message": sentence(explained(failing[0]))}
        ET.SubElement(element, "failure", about).text = text
    elif open_:
        ET.SubElement(element, "skipped", message=f"undecided: {sentence(open_[0].message)}")
    elif findings:
        ET.SubElement(element, "system-out").text = text
    elif fault is not False:
        ET.SubElement(element, "skipped", message="suppressed, or told with another resource")


def _text(finding: Finding, resource: str, at: Checkout) -> Iterator[str]:
    """Tell a finding in full where it is its own; thousands of resources may have the same."""
    if resource == _own(finding):
        yield from words(finding, at)
    else:
        yield next(words(finding, at))
        yield f"told in full with {safe(_own(finding))}"


def _count(element: ET.Element, *suites: ET.Element) -> None:
    """Say what the cases of some suites came to."""
    for name, tag in {"tests": "testcase", "failures": "failure", "errors": "error", "skipped": "skipped"}.items():
        # The schema of Jenkins has no count of what all suites skipped.
        if name != "skipped" or element.tag == "testsuite":
            element.set(name, str(sum(1 for suite in suites for _ in suite.iter(tag))))
    element.set("time", "0")
