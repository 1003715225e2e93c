"""Each rule against the examples in its folder, alone."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from linting import RULES, inputs
from msglint.finding import Finding
from msglint.options import Options
from msglint.rules.index import RULES as INDEX
from msglint.testing import EXPECTED, differing, judged, said

ENTRIES = {entry.name: entry for entry in INDEX}
ACCEPT = os.environ.get("MSGLINT_ACCEPT") == "1"


REPAIRS = "repairs.txt"


@pytest.mark.parametrize(
    "folder", [path for path in sorted(RULES.iterdir()) if inputs(path)], ids=lambda path: path.name
)
def test_a_rule_says_what_is_expected(folder: Path) -> None:
    """Compare with expected.txt, which names every finding and whatever is undecided; all other files are silent.

    What there is to do about the findings is in repairs.txt.
    """
    entry = ENTRIES[folder.name]
    # What msglint says of its own work, such as an unused suppression, rests on the rules that ran.
    options = Options(select=(entry.code,) if entry.kinds else ())
    reports = [judged(path, options) for path in inputs(folder)]
    found = [line for report in reports for line in said(report)]
    assert differing(folder / EXPECTED, found, accept=ACCEPT) == []
    repairs = [line for report in reports for finding in report.findings for line in _repair(finding)]
    if repairs:
        assert differing(folder / REPAIRS, repairs, accept=ACCEPT) == []
    else:
        assert not (folder / REPAIRS).exists()


def _repair(finding: Finding) -> Iterator[str]:
    if finding.fix is not None:
        yield f"{finding.file}:{finding.span.start.line}:{finding.span.start.column} {finding.fix.title}"
        yield from (f"    {line}".rstrip() for line in finding.fix.snippet.splitlines())
