"""Plans that hypothesis makes of fixtures and tables: judged, always alike, and reported in every format."""

from fuzzing import checks
from fuzzing.shapes.plans import plans
from fuzzing.target import Target


def _check(plan: bytes) -> None:
    report = checks.judged("plan.json", plan)
    checks.written(report)
    assert checks.judged("plan.json", plan).findings == report.findings


TARGET = Target(_check, shapes=plans())
