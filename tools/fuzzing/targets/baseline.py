"""Baselines: what they remember, which is the same when it is written again, or what is wrong and where."""

import json

from fuzzing import scratch
from fuzzing.target import Target, words
from msglint import baseline
from msglint.engine import lint_text
from msglint.options import Options

WORDS = words(
    """
    "schema" "findings" "file" "rule" "name" "resource" "fault" "text" "unit" { } [ ]
    """
)
_TEMPLATE = b"Resources:\n  A: {Type: 'AWS::SQS::Queue'}\n  B: {Type: 'AWS::SQS::Queue'}\n"
_FIELDS = ("file", "rule", "name", "resource", "fault", "text")


def _check(data: bytes) -> None:
    try:
        known = baseline.read(scratch.file("baseline.json", data))
    except baseline.UnusableBaselineError:
        return
    written = baseline.written(known)
    again = baseline.read(scratch.file("again.json", written.encode()))
    assert baseline.written(again) == written
    report = lint_text("t.yaml", _TEMPLATE, Options())
    before = len(report.findings) + len(report.undecided)
    compared = baseline.compare(report, known, _paths())
    assert len(compared.report.findings) <= before


def _paths() -> baseline.Paths:
    return baseline.Paths(str(scratch.directory()))


def _seeds() -> list[bytes]:
    report = lint_text("t.yaml", _TEMPLATE, Options())
    known = [each for several in baseline.remembered(report, report.findings, _paths()) for each in several]
    one = dict.fromkeys(_FIELDS, "a")
    return [baseline.written(known).encode(), json.dumps({"schema": "msglint-baseline/1", "findings": [one]}).encode()]


TARGET = Target(_check, WORDS, _seeds)
