"""Templates that hypothesis makes of examples and tables: judged, always alike, and reported in every format."""

from fuzzing import checks
from fuzzing.shapes.templates import templates
from fuzzing.target import Target


def _check(template: bytes) -> None:
    report = checks.judged("t.yaml", template)
    checks.written(report)
    assert checks.judged("t.yaml", template).findings == report.findings


TARGET = Target(_check, shapes=templates())
