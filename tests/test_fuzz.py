"""Whatever the input: what is kept of fuzzing is tried again, and some inputs are made, the same in each run.

`make fuzz` makes others for as long as it is let.
"""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from fuzzing.target import KEPT, kept, targets, values

EXAMPLES = 100

each_target = pytest.mark.parametrize("name", targets())


@each_target
def test_what_is_kept_breaks_nothing(name: str) -> None:
    """Each of these inputs once broke something, or is one of its kind."""
    for data in kept(name).values():
        targets()[name].check(data)


def test_what_is_kept_is_kept_for_a_target() -> None:
    assert {path.name for path in KEPT.iterdir()} <= set(targets())
    assert all(targets()[path.name].shapes is None for path in KEPT.iterdir())


@pytest.mark.slow
@each_target
def test_what_is_made_breaks_nothing(name: str) -> None:
    @settings(max_examples=EXAMPLES, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(values(name))
    def check(value: Any) -> None:
        targets()[name].check(value)

    check()
