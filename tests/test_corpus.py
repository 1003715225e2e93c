"""Templates and plans of other people: whatever they hold, each is judged, and soon."""

import os
import time
from pathlib import Path

import pytest

from msglint.engine import lint_text
from msglint.options import Options

CORPUS = os.environ.get("MSGLINT_CORPUS", "")
SECONDS_A_MEGABYTE = 1.0
LEAST_SECONDS = 1.0


@pytest.mark.slow
@pytest.mark.skipif(not CORPUS, reason="MSGLINT_CORPUS names no directory of templates and plans")
def test_every_file_is_judged_in_time() -> None:
    """No exception, no rule that failed, and at most a second of processor time a megabyte."""
    files = sorted(path for path in Path(CORPUS).rglob("*") if path.is_file())
    assert files
    faults = []
    for path in files:
        data = path.read_bytes()
        start = time.process_time()
        try:
            report = lint_text(str(path), data, Options())
        except Exception as error:  # noqa: BLE001  # all that fails is told, not only the first
            faults.append(f"{path}: {type(error).__name__}: {error}")
            continue
        spent = time.process_time() - start
        faults += [f"{path}: {finding.message}" for finding in report.findings if finding.code == "MSG002"]
        if spent > max(LEAST_SECONDS, SECONDS_A_MEGABYTE * len(data) / 1e6):
            faults.append(f"{path}: {spent:.1f} s for {len(data)} bytes")
    assert faults == []
