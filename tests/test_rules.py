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


DETAILS = "details.txt"


@pytest.mark.parametrize(
    "folder", [path for path in sorted(RULES.iterdir()) if inputs(path)], ids=lambda path: path.name
)
def test_a_rule_says_what_is_expected(folder: Path) -> None:
    """Compare with expected.txt, which names every finding and whatever is undecided; all other files are silent.

    What there is to do about a finding, and whose limit it is that something is undecided, is in details.txt.
    """
    entry = ENTRIES[folder.name]
    # What msglint says of its own work, such as an unused suppression, rests on the rules that ran.
    options = Options(select=(entry.code,) if entry.kinds else ())
    reports = [judged(path, options) for path in inputs(folder)]
    found = [line for report in reports for line in said(report)]
    assert differing(folder / EXPECTED, found, accept=ACCEPT) == []
    details = [line for report in reports for each in (*report.findings, *report.undecided) for line in _detail(each)]
    if details:
        assert differing(folder / DETAILS, details, accept=ACCEPT) == []
    else:
        assert not (folder / DETAILS).exists()


def _detail(finding: Finding) -> Iterator[str]:
    place = f"{finding.file}:{finding.span.start.line}:{finding.span.start.column}"
    if finding.doubt is not None:
        yield f"{place} {finding.doubt.value}"
    if finding.fix is not None:
        yield f"{place} {finding.fix.title}"
        yield from (f"    {line}".rstrip() for line in finding.fix.snippet.splitlines())
