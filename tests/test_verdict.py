"""Three-valued truth agrees with what holds under every way to settle the unknown."""

import pickle
from collections.abc import Iterator
from itertools import product

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from msglint.source import Document, Position, Span, Spot
from msglint.verdict import NO, YES, Doubt, Reason, Verdict, all_of, any_of, of, unknown

OUTSIDE, NOT_UNDERSTOOD = Doubt.OUTSIDE, Doubt.NOT_UNDERSTOOD
reasons = st.builds(Reason, st.sampled_from(Doubt), st.sampled_from("abcde"))
verdicts = st.one_of(st.just(YES), st.just(NO), st.lists(reasons, min_size=1).map(lambda given: unknown(*given)))


def spot(name: str, line: int) -> Spot:
    return Spot(Document.from_bytes(name, b"a\nb\n"), Span(Position(line, 1), Position(line, 2)))


def settled(verdict: Verdict) -> list[bool]:
    """Give what an answer may turn out to be."""
    return [True, False] if verdict.truth is None else [verdict.truth]


def summed_up(outcomes: set[bool]) -> bool | None:
    return outcomes.pop() if len(outcomes) == 1 else None


@given(verdicts, verdicts)
def test_operators_agree_with_every_way_to_settle_the_unknown(a: Verdict, b: Verdict) -> None:
    pairs = list(product(settled(a), settled(b)))
    assert (a & b).truth is summed_up({x and y for x, y in pairs})
    assert (a | b).truth is summed_up({x or y for x, y in pairs})
    assert (~a).truth is summed_up({not x for x in settled(a)})


@given(verdicts, verdicts)
def test_de_morgan_holds_with_the_reasons(a: Verdict, b: Verdict) -> None:
    assert ~(a & b) == ~a | ~b
    assert ~(a | b) == ~a & ~b
    assert ~~a == a


@given(verdicts, verdicts, verdicts)
def test_grouping_does_not_matter_to_answer_and_reasons(a: Verdict, b: Verdict, c: Verdict) -> None:
    assert (a & b) & c == a & (b & c)
    assert (a | b) | c == a | (b | c)


@given(verdicts, verdicts)
def test_an_unknown_answer_rests_on_the_unknown_operands_only(a: Verdict, b: Verdict) -> None:
    for result in (a & b, a | b):
        given_reasons = (*a.reasons, *b.reasons)
        assert bool(result.reasons) is result.is_unknown
        assert set(result.reasons) <= set(given_reasons)
        if result.is_unknown:
            assert len(result.reasons) == min(3, len(set(given_reasons)))
            assert (result.doubt is NOT_UNDERSTOOD) == any(each.doubt is NOT_UNDERSTOOD for each in given_reasons)


def test_operators_keep_the_reasons_that_would_be_kept_of_all() -> None:
    for doubts, more in product(product(Doubt, repeat=3), Doubt):
        full = unknown(*map(Reason, doubts, "abc"))
        other = unknown(Reason(more, "d"))
        assert full & other == full | other == unknown(*full.reasons, *other.reasons)


@given(st.lists(verdicts))
def test_all_of_and_any_of_fold_the_operators(given_verdicts: list[Verdict]) -> None:
    both, either = YES, NO
    for verdict in given_verdicts:
        both, either = both & verdict, either | verdict
    assert all_of(given_verdicts) == both
    assert any_of(given_verdicts) == either


def test_the_rest_is_not_looked_at_once_the_answer_is_fixed() -> None:
    def answers(first: Verdict) -> Iterator[Verdict]:
        yield first
        pytest.fail("went on after the answer was fixed")

    assert all_of(answers(NO)).is_no
    assert any_of(answers(YES)).is_yes


@pytest.mark.parametrize("verdict", [YES, NO, unknown(Reason(OUTSIDE, "a"))])
def test_bool_is_refused(verdict: Verdict) -> None:
    with pytest.raises(TypeError, match=r"^a Verdict may be unknown"):
        bool(verdict)


def test_a_known_answer_has_no_reasons_and_no_doubt() -> None:
    for verdict, truth in ((YES, True), (NO, False)):
        assert of(truth) == verdict
        assert (verdict.is_yes, verdict.is_no, verdict.is_unknown) == (truth, not truth, False)
        assert verdict.reasons == ()
        assert verdict.doubt is None


def test_reasons_of_one_cause_are_merged_by_text_doubt_and_place() -> None:
    """Two documents of one name read apart are one cause; another line or another name is not."""
    first = Reason(OUTSIDE, "a", spot("x.yaml", 1))
    assert unknown(first, Reason(OUTSIDE, "a", spot("x.yaml", 1))).reasons == (first,)
    for other in (
        Reason(OUTSIDE, "a", spot("x.yaml", 2)),
        Reason(OUTSIDE, "a", spot("y.yaml", 1)),
        Reason(OUTSIDE, "b", spot("x.yaml", 1)),
        Reason(OUTSIDE, "a"),
    ):
        assert unknown(first, other).reasons == (first, other)
        assert unknown(other, first).reasons == (other, first)


def test_what_is_not_understood_is_kept_before_what_is_outside() -> None:
    outside = [Reason(OUTSIDE, text) for text in "abc"]
    blind = Reason(NOT_UNDERSTOOD, "d")
    assert unknown(*outside, blind).reasons == (blind, *outside[:2])
    assert unknown(*outside, blind).doubt is NOT_UNDERSTOOD
    assert unknown(*outside).doubt is OUTSIDE


def test_places_are_not_looked_up_for_reasons_that_differ_in_text() -> None:
    """The span of a place in a large plan is costly to find."""

    class Costly(msgspec.Struct):
        @property
        def document(self) -> Document:
            raise AssertionError

        @property
        def span(self) -> Span:
            raise AssertionError

    assert len(unknown(Reason(OUTSIDE, "a", Costly()), Reason(OUTSIDE, "b", Costly())).reasons) == 2


def test_verdicts_survive_pickling() -> None:
    for verdict in (YES, NO, unknown(Reason(OUTSIDE, "a"))):
        assert pickle.loads(pickle.dumps(verdict)) == verdict  # noqa: S301 - our own bytes
