"""The rules of ACME hold what holds for those of msglint; MSGLINT_ACCEPT=1 writes what is expected."""

from pathlib import Path

from msglint.testing import check_rules


def test_the_rules() -> None:
    check_rules(Path(__file__).parent)
