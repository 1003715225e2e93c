"""Values of JSON: odd ones, and ways to put them into others."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from hypothesis import strategies as st

Way = tuple[str | int, ...]

ODD: st.SearchStrategy[Any] = st.sampled_from(
    [
        *(
            None,
            True,
            False,
            0,
            -1,
            1.5,
            1e300,
            2**70,
            "",
            "x",
            "*",
            "--5",
            "{",
            '{"a": [',
            "${",
            "${A}",
            "\ud800",
            "a\nb",
        ),
        *("0", "true", "a.fifo", "alias/aws/sqs", "arn:aws:sqs:eu-west-1:111122223333:a", "${a.b}", "%{if a}"),
        *([], {}, [None], {"": None}, [[]], [{}], {"a": {}}, {"Statement": "*"}, {"Ref": []}, "9" * 30),
    ]
)
"""What stands nowhere, or where something else belongs."""


def ways(value: Any, way: Way = ()) -> Iterator[Way]:
    """Give the ways to all parts of a value, itself among them."""
    yield way
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in pairs:
        yield from ways(part, (*way, key))


def changed(value: Any, way: Way, make: Callable[[Any], Any]) -> Any:
    """Give a value with something else in one place, made of what stands there."""
    if not way:
        return make(value)
    step, *rest = way
    copy = dict(value) if isinstance(value, Mapping) else list(value)
    copy[step] = changed(value[step], tuple(rest), make)  # type: ignore[index]
    return copy


def twisted(draw: st.DrawFn, value: Any, twists: st.SearchStrategy[Callable[[Any], Any]], most: int = 4) -> Any:
    """Give a value with some of its parts twisted."""
    for _ in range(draw(st.integers(0, most))):
        here = list(ways(value))
        way = here[draw(st.integers(0, len(here) - 1))]
        value = changed(value, way, draw(twists))
    return value
