"""Each rule against the examples in its folder, alone."""

import os
from pathlib import Path

import pytest

from linting import RULES, inputs
from msglint.options import Options
from msglint.rules.index import RULES as INDEX
from msglint.testing import unexpected

ENTRIES = {entry.name: entry for entry in INDEX}
ACCEPT = os.environ.get("MSGLINT_ACCEPT") == "1"


@pytest.mark.parametrize(
    "folder", [path for path in sorted(RULES.iterdir()) if inputs(path)], ids=lambda path: path.name
)
def test_a_rule_says_what_is_expected(folder: Path) -> None:
    """Compare with expected.txt, which names every finding and whatever is undecided; all other files are silent."""
    entry = ENTRIES[folder.name]
    # What msglint says of its own work, such as an unused suppression, rests on the rules that ran.
    options = Options(select=(entry.code,) if entry.kinds else ())
    assert unexpected(folder, options, accept=ACCEPT) == []
