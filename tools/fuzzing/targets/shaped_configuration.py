"""Configurations of Terraform that hypothesis makes of tables and expressions: judged, and reported in every format."""

from collections.abc import Mapping

from fuzzing import checks, scratch
from fuzzing.shapes.configurations import configurations
from fuzzing.target import Target
from msglint.engine import lint


def _check(texts: Mapping[str, str]) -> None:
    paths = {name: scratch.file(f"configuration/{name}", text.encode()) for name, text in texts.items()}
    root = scratch.directory() / "configuration"
    report = lint([str(root)], checks.ASKED)
    checks.sound(report, {paths[name]: text.split("\n") for name, text in texts.items()})
    checks.written(report)
    assert lint([str(root)], checks.ASKED).findings == report.findings


TARGET = Target(_check, shapes=configurations())
