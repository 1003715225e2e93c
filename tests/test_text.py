"""What is said of symbolic text holds for every string that its symbols may stand for."""

import operator
import re
import string
import time
from collections.abc import Callable, Iterator
from functools import cache
from itertools import product, starmap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from msglint.model import text
from msglint.model.text import (
    Alphabet,
    Part,
    Reference,
    Symbol,
    Text,
    arn_like,
    last_segment,
    matches,
    same,
    segment,
    service_of,
)
from msglint.verdict import Doubt, Reason, Verdict

WHY = Reason(Doubt.OUTSIDE, "test")
ACCOUNT = Symbol(("account",), Alphabet.ACCOUNT, "${AWS::AccountId}")
REGION = Symbol(("region",), Alphabet.REGION, "${AWS::Region}")
PARTITION = Symbol(("partition",), Alphabet.PARTITION, "${AWS::Partition}")
STACK = Symbol(("stack",), Alphabet.STACK, "${AWS::StackName}")
ENDING = Symbol(("ending",), Alphabet.SUFFIX, "<six characters>")
NAME = Symbol(("name",), Alphabet.NAME, "${Name}")
OPAQUE = Symbol(("opaque",), Alphabet.OPAQUE, "${Opaque}")
OTHER = Symbol(("other",), Alphabet.OPAQUE, "${Other}")
ATTACKER = Symbol(("attacker",), Alphabet.ACCOUNT, "attacker", fresh=True, foreign=True)
STRANGER = Symbol(("stranger",), Alphabet.NAME, "a stranger's name", fresh=True, foreign=True)
FILLED = Symbol(("filled",), Alphabet.FILLED, "${Filled}")
ELSE = Symbol(("else",), Alphabet.NAME, "${Else}")
ANOTHER = Symbol(("another",), Alphabet.ACCOUNT, "${Another}")
SUFFIX = Symbol(("suffix",), Alphabet.NAME, "random", fresh=True)
SIX = Symbol(("six",), Alphabet.SUFFIX, "<six characters>")
SECOND = Symbol(("second",), Alphabet.NAME, "random", fresh=True)

# Upper-case letters occur in fresh strings only, and no two of those share one.
POOL: dict[Symbol, tuple[str, ...]] = {
    ACCOUNT: ("111111111111", "121212121212", "000000000001"),
    REGION: ("a", "b", "a-", "1", "ab"),
    STACK: ("a", "b-"),
    ENDING: ("ab1b1a",),
    NAME: ("a", "*", "?", "b", "a?b", "1" * 12),
    OPAQUE: ("", "a", "*", ":", "b:a", "a/", "aa"),
    OTHER: ("", "b", "a:", "?a"),
    ATTACKER: ("QRSTUVWXYZKL",),
    SIX: ("1a2b1a", "b" * 6),
    SUFFIX: ("A", "BC"),
    SECOND: ("D", "EF"),
}
symbols = st.sampled_from(list(POOL))
pieces: st.SearchStrategy[Part] = st.one_of(st.text("ab1:*?/-", max_size=4), symbols)
texts = st.lists(pieces, max_size=4).map(lambda parts: Text.of(*parts))
literals = st.text("ab*?", max_size=8).map(Text.literal)
segments = st.lists(st.one_of(st.text("ab*?", max_size=2), symbols), max_size=2)
Assignment = dict[Symbol, str]


@st.composite
def arns(draw: st.DrawFn) -> Text:
    parts: list[Part] = []
    for number in range(draw(st.sampled_from((5, 6, 6, 6, 7)))):
        parts += [":"] * (number > 0) + draw(segments)
    return Text.of(*parts)


def assignments(*given_texts: Text) -> Iterator[Assignment]:
    used = sorted(
        {part for text in given_texts for part in text.parts if isinstance(part, Symbol)}, key=lambda s: s.key
    )
    for values in product(*(POOL[symbol] for symbol in used)):
        yield dict(zip(used, values, strict=True))


def assigned(text: Text, values: Assignment) -> str:
    return "".join(part if isinstance(part, str) else values[part] for part in text.parts)


Tokens = tuple[str, ...]  # single characters; the wildcards are the only longer ones


def tokens(pattern: Text, values: Assignment) -> Tokens:
    wild = {"*": "any", "?": "one"}
    return tuple(
        token
        for part in pattern.parts
        for token in ([wild.get(c, c) for c in part] if isinstance(part, str) else values[part])
    )


@cache
def glob(pattern: Tokens, text: str) -> bool:
    match pattern:
        case ():
            return text == ""
        case ("any", *rest):
            return any(glob(tuple(rest), text[start:]) for start in range(len(text) + 1))
        case ("one", *rest):
            return text != "" and glob(tuple(rest), text[1:])
        case (character, *rest):
            return text[:1] == character and glob(tuple(rest), text[1:])
    raise AssertionError(pattern)


def arn_glob(pattern: Tokens, text: str) -> bool:
    cut: list[Tokens] = [()]
    for each in pattern:
        if each == ":" and len(cut) < 6:
            cut.append(())
        else:
            cut[-1] += (each,)
    parts = text.split(":", 5)
    return len(cut) == len(parts) and all(map(glob, cut, parts))


def check(verdict: Verdict, truths: Iterator[bool]) -> None:
    """Fail if the verdict is yes or no and some assignment says otherwise."""
    if not verdict.is_unknown:
        assert all(truth is verdict.is_yes for truth in truths)


@given(texts, texts)
def test_same_holds_for_every_assignment(a: Text, b: Text) -> None:
    verdict = same(a, b, WHY)
    check(verdict, (assigned(a, v) == assigned(b, v) for v in assignments(a, b)))
    assert same(b, a, WHY) == verdict


@given(texts, texts)
def test_matches_holds_for_every_assignment(pattern: Text, text: Text) -> None:
    check(
        matches(pattern, text, WHY), (glob(tokens(pattern, v), assigned(text, v)) for v in assignments(pattern, text))
    )


@settings(deadline=None)  # trying all assignments takes long for some, and longer on a busy machine
@given(arns(), arns())
def test_arn_like_holds_for_every_assignment(pattern: Text, text: Text) -> None:
    truths = (arn_glob(tokens(pattern, v), assigned(text, v)) for v in assignments(pattern, text))
    check(arn_like(pattern, text, WHY), truths)


@given(st.data(), arns())
def test_arn_like_holds_for_a_pattern_made_from_the_text(data: st.DataObject, text: Text) -> None:
    """Independent patterns seldom match; one in which some parts became wildcards often does."""
    wild: tuple[Part, ...] = ("*", "?")
    pattern = Text.of(*(data.draw(st.sampled_from((part, part, *wild))) for part in text.parts))
    strings = [(tokens(pattern, v), assigned(text, v)) for v in assignments(pattern, text)]
    check(arn_like(pattern, text, WHY), starmap(arn_glob, strings))
    check(matches(pattern, text, WHY), starmap(glob, strings))


@given(literals, literals)
def test_without_symbols_the_answer_is_exact(pattern: Text, text: Text) -> None:
    assert matches(pattern, text, WHY).truth is glob(tokens(pattern, {}), assigned(text, {}))
    assert same(pattern, text, WHY).truth is (str(pattern) == str(text))


@given(texts, st.text("ab1:", max_size=3))
def test_prefix_suffix_and_piece_hold_for_every_assignment(text: Text, affix: str) -> None:
    check(text.starts_with(affix), (assigned(text, v).startswith(affix) for v in assignments(text)))
    check(text.ends_with(affix), (assigned(text, v).endswith(affix) for v in assignments(text)))
    check(text.contains(affix), (affix in assigned(text, v) for v in assignments(text)))


@given(texts, st.sampled_from((":", "/", "a", ":/")), st.integers(-1, 3))
def test_split_agrees_with_str_split_for_every_assignment(text: Text, separator: str, at_most: int) -> None:
    if (split := text.split(separator, at_most)) is not None:
        for values in assignments(text):
            assert [assigned(piece, values) for piece in split] == assigned(text, values).split(separator, at_most)


@given(texts)
def test_the_last_segment_holds_for_every_assignment(text: Text) -> None:
    last = last_segment(text)
    if last is not None:
        assert {re.split("[:/]", assigned(text, values))[-1] for values in assignments(text)} == {last}


@given(st.lists(texts, max_size=3), st.sampled_from(("", ":", "::")))
def test_join_agrees_with_str_join_for_every_assignment(joined: list[Text], separator: str) -> None:
    text = Text.join(separator, joined)
    for values in assignments(Text.of(*joined)):
        assert assigned(text, values) == separator.join(assigned(piece, values) for piece in joined)


@given(st.lists(st.one_of(pieces, texts)))
def test_of_is_one_normal_form(parts: list[Part | Text]) -> None:
    """However parts are grouped, the text is the same, and no two literals stand side by side."""
    text, step = Text.of(*parts), Text.of()
    for part in parts:
        step = Text.of(step, part)
    assert step == text
    assert hash(step) == hash(text)
    assert "" not in text.parts
    assert not any(isinstance(a, str) and isinstance(b, str) for a, b in zip(text.parts, text.parts[1:], strict=False))


Question = Callable[[Text, Text, Reason], Verdict]


@pytest.mark.parametrize(
    ("question", "pattern", "text", "truth"),
    [
        (same, (ACCOUNT,), ("123456789012",), None),
        (same, (ACCOUNT,), ("12345",), False),
        (same, (REGION,), ("US-EAST-1",), False),
        (same, (PARTITION,), ("aws",), None),
        (same, (NAME,), ("a/b",), False),
        (same, (NAME,), ("",), False),
        (same, (OPAQUE,), ("",), None),
        (same, ("*",), ("a",), False),
        (same, (SIX,), ("1a2b1a",), None),
        (same, (SIX,), ("1a2b1a1",), False),
        (same, (OPAQUE,), (OTHER,), None),
        (same, (NAME,), (ELSE,), None),
        (same, (NAME, "-a"), (ELSE, "-a"), None),
        (same, (ACCOUNT,), (ANOTHER,), None),
        (matches, (NAME,), (ELSE,), None),
        (matches, ("?", ACCOUNT, "*"), (ACCOUNT, ACCOUNT), None),
        (matches, (OPAQUE,), (STRANGER,), False),
        (matches, ("a:", OPAQUE), ("a:", STRANGER), False),
        (matches, (OPAQUE,), (SUFFIX,), None),
        (matches, (FILLED,), (SUFFIX,), None),
        (matches, (NAME,), (SUFFIX,), False),
        (matches, (SUFFIX,), (SECOND,), False),
        (arn_like, ("arn:aws:SNS:", OPAQUE), ("arn:aws:sns:", OPAQUE), False),
        (same, (NAME, "-dlq"), (NAME, "-old-dlq"), False),
        (same, (NAME, "-", SUFFIX), (NAME, "-", SECOND), False),
        (same, (NAME, "-", SUFFIX), (NAME, "-", SUFFIX), True),
        (same, ("old-", NAME), ("old-x-", NAME), False),
        (same, (Symbol(("token",), Alphabet.OPAQUE, "token", fresh=True),), ("",), False),
        (same, (ATTACKER,), (ACCOUNT,), False),
        (same, (ATTACKER,), (OPAQUE,), False),
        (same, (ATTACKER,), ("123456789012",), False),
        (matches, ("*",), (ATTACKER,), True),
        (matches, ("*",), (OPAQUE,), True),
        (matches, ("?*",), (OPAQUE,), None),
        (matches, ("a?",), (OPAQUE, "ab"), None),
        (matches, ("?*",), (NAME,), True),
        (matches, ("?" * 12,), (ACCOUNT,), True),
        (matches, ("?" * 11,), (ACCOUNT,), False),
        (matches, ("*-Queue-*",), (NAME, "-Queue-", SUFFIX), True),
        (matches, (NAME, "-*"), (NAME, "-Queue-", SUFFIX), True),
        (matches, ("prod-*",), (NAME, "-Queue-", SUFFIX), None),
        (matches, ("*:*",), (NAME, "-Queue-", SUFFIX), False),
        (matches, ("*.fifo",), (NAME,), None),
        (matches, (OPAQUE,), ("a",), None),
        (arn_like, ("arn:aws:sqs:*:*:*",), ("arn:aws:sqs:", REGION, ":", ACCOUNT, ":q"), True),
        (arn_like, ("arn:aws:sqs:*:q",), ("arn:aws:sqs:", REGION, ":", ACCOUNT, ":q"), False),
        (arn_like, ("arn:aws:*:q",), ("arn:aws:sqs:", OPAQUE, ":", ACCOUNT, ":q"), None),
        (arn_like, ("arn:aws:s3:*:*:b",), ("arn:aws:s3:::b",), True),
        (arn_like, ("arn:aws:sns:*:*:t*",), ("arn:aws:sns:a:1:t:u:v",), True),
        (arn_like, (OPAQUE,), (OPAQUE,), True),
        (arn_like, ("*",), (OPAQUE,), None),
        (arn_like, (OPAQUE,), ("arn:aws:iam::", ATTACKER, ":root"), False),
        (arn_like, (OPAQUE,), ("arn:aws:events:::rule/", SUFFIX), None),
        (arn_like, ("arn:aws:sns:", OPAQUE, ":*:*:t*"), ("arn:aws:sqs:", OPAQUE, ":1::t"), False),
        (arn_like, ("arn:aws:sns:", OPAQUE, ":1:t:*"), ("arn:aws:sns:", OPAQUE, ":1:t:u"), True),
        (arn_like, ("arn:aws:sns:", OPAQUE, ":*:t"), ("arn:aws:sns:", OPAQUE, ":1:t"), None),
        (arn_like, ("arn:aws:sns:", OPAQUE, ":1:t*"), ("arn:aws:sns:", OPAQUE, ":1:tu"), True),
    ],
)
def test_answers_that_must_not_be_less_exact(
    question: Question, pattern: tuple[Part, ...], text: tuple[Part, ...], truth: bool | None
) -> None:
    verdict = question(Text.of(*pattern), Text.of(*text), WHY)
    assert verdict.truth is truth
    assert verdict.reasons == ((WHY,) if truth is None else ())


@pytest.mark.parametrize(
    ("pattern", "text", "exactly", "letters"),
    [
        (Text.of("SQS:*", NAME), Text.of("sqs:Send", NAME), False, True),
        (Text.of("sqs:*", NAME), Text.of("SQS:Send", NAME), False, True),
        (Text.literal("sqs:Send"), Text.literal("sqs:Send"), True, True),
        (Text.literal("SQS:Send"), Text.literal("sqs:SEND"), False, True),
        (Text.literal("sqs:Send"), Text.literal("sqs:Sent"), False, False),
    ],
)
def test_letter_case_is_ignored_only_when_asked(pattern: Text, text: Text, exactly: bool, letters: bool) -> None:
    assert matches(pattern, text, WHY).truth is exactly
    assert matches(pattern, text, WHY, ignore_case=True).truth is letters


def test_prefix_and_suffix_are_known_as_far_as_the_text_is() -> None:
    text = Text.of("arn:", PARTITION, ":sns:", REGION, ":", ACCOUNT, ":topic.fifo")
    assert text.starts_with("arn:").is_yes
    assert text.starts_with("arn:a:sqs").is_no
    assert text.starts_with("arn:aws:sns:").is_unknown
    assert text.ends_with(".fifo").is_yes
    assert text.contains(":sns:").is_yes
    assert text.contains("!{").is_no
    assert text.contains("eu-west-1").is_unknown
    assert Text.of("*").starts_with("a").is_no
    [reason] = text.starts_with("arn:aws:").reasons
    assert "${AWS::Partition}" in reason.text
    assert text.starts_with("arn:aws:", WHY).reasons == (WHY,)


@pytest.mark.parametrize(
    ("symbol", "separator", "certain"),
    [
        (NAME, ":", True),
        (NAME, "/", True),
        (NAME, "-", False),
        (REGION, "/", True),
        (REGION, "-", False),
        (ACCOUNT, "-", True),
        (PARTITION, ":", True),
        (OPAQUE, ":", False),
        (ATTACKER, ":", True),
    ],
)
def test_split_gives_up_where_a_symbol_may_hold_the_separator(symbol: Symbol, separator: str, certain: bool) -> None:
    split = Text.of("a", separator, symbol, "b").split(separator)
    assert split == ((Text.literal("a"), Text.of(symbol, "b")) if certain else None)


def test_split_needs_no_certainty_behind_the_last_cut() -> None:
    assert Text.of("a:", OPAQUE, ":b").split(":", 1) == (Text.literal("a"), Text.of(OPAQUE, ":b"))


def test_a_reference_survives_only_alone() -> None:
    arn = Text((OPAQUE,), Reference(("stack", ""), "arn"))
    assert Text.of("", arn, Text.of()).refers == arn.refers
    assert Text.of(arn, ":x").refers is None
    assert arn.split(":x", 0) == (arn,)
    assert arn == Text.of(OPAQUE)
    assert hash(arn) == hash(Text.of(OPAQUE))


def test_symbols_are_one_by_key_whatever_they_are_called() -> None:
    renamed = Symbol(NAME.key, NAME.alphabet, "var.name")
    assert same(Text.of(renamed), Text.of(NAME), WHY).is_yes
    assert len({renamed, NAME, OPAQUE}) == 2


def test_a_text_shows_its_symbols_by_label() -> None:
    text = Text.of("arn:aws:sqs:", REGION, ":1:q")
    assert str(text) == "arn:aws:sqs:${AWS::Region}:1:q"
    assert text.literal_value is None
    assert Text.of("a", "b").literal_value == "ab"
    assert Text.of().literal_value == ""
    assert Text.literal("") == Text.of()


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (Text.literal("*aaaaaaaab" * 200), Text.literal("a" * 10_000)),
        (Text.literal(("*" + "a" * 9) * 200 + "b"), Text.of(*[Text.of("a" * 100, NAME)] * 100, "c")),
        (Text.of(*[Text.of("*", OPAQUE, "a")] * 200, "b"), Text.of(*[Text.of("a" * 100, OTHER)] * 100, "c")),
    ],
)
def test_many_wildcards_over_a_long_text_take_no_time(pattern: Text, text: Text) -> None:
    """A table of pattern times text, cell by cell, takes many times as long; backtracking does not end."""
    started = time.process_time()
    assert matches(pattern, text, WHY).is_no
    assert time.process_time() - started < 2


def test_what_is_chosen_at_the_deployment_may_be_copied() -> None:
    """A text that somebody writes is no fresh name, and may be what that turned out to be."""
    name = Text.of("shop-Orders-", SUFFIX)
    copied, other = Text.literal("shop-Orders-4Q7ZK2X9"), Text.literal("shop-Refunds-4Q7ZK2X9")
    assert same(name, copied, WHY).is_no
    assert same(name.as_deployed(), copied, WHY).is_unknown
    assert same(name.as_deployed(), other, WHY).is_no


def test_texts_of_the_same_parts_are_not_different() -> None:
    assert not operator.ne(Text.of("a-", REGION), Text.of("a-", REGION))
    assert operator.ne(Text.of("a-", REGION), Text.of("b-", REGION))


@pytest.mark.parametrize(
    ("alphabet", "inside", "outside"),
    [
        (Alphabet.ACCOUNT, "09", "a-:/"),
        (Alphabet.SUFFIX, "aZ0", "-:/"),
        (Alphabet.REGION, "a1-", f"{string.ascii_uppercase}:/"),
        (Alphabet.PARTITION, "a-", "A:/"),
        (Alphabet.STACK, "aZ0-", "_:/"),
        (Alphabet.NAME, "aZ0-_*?", ":/"),
        (Alphabet.ASSIGNED, "aZ0-_:/", ""),
        (Alphabet.FILLED, "aZ0-_:/*", ""),
        (Alphabet.OPAQUE, "aZ0-_:/*", ""),
    ],
)
def test_which_characters_a_symbol_may_hold(alphabet: Alphabet, inside: str, outside: str) -> None:
    assert all(map(alphabet.holds, inside))
    assert not any(map(alphabet.holds, outside))


@pytest.mark.parametrize(
    ("arn", "number", "expected"),
    [
        (None, 3, None),
        (Text.literal("arn:aws:sqs:eu-west-1:1:orders"), 3, Text.literal("eu-west-1")),
        (Text.literal("arn:aws:sqs:eu-west-1:1:orders:more"), 5, Text.literal("orders:more")),
        (Text.literal("arn:aws:sqs:eu-west-1:1"), 3, None),
        (Text.literal("orders"), 0, None),
        (Text.of("arn:aws:sqs:", REGION, ":", ACCOUNT, ":", OPAQUE), 3, Text.of(REGION)),
        (Text.of("arn:aws:sqs:", OPAQUE, ":1:orders"), 3, None),
    ],
)
def test_the_segment_of_an_arn(arn: Text | None, number: int, expected: Text | None) -> None:
    assert segment(arn, number) == expected


def test_what_the_segments_of_an_arn_are() -> None:
    arn = Text.literal("arn:aws:sqs:eu-west-1:111122223333:orders")
    numbers = (text.SERVICE, text.REGION, text.ACCOUNT)
    assert [str(segment(arn, number)) for number in numbers] == ["sqs", "eu-west-1", "111122223333"]


@pytest.mark.parametrize(
    ("arn", "expected"),
    [
        (Text.literal("arn:aws:sqs:eu-west-1:1:a:b"), "sqs"),
        (Text.literal("arn:aws:sqs"), "sqs"),
        (Text.literal("arn:aws"), None),
        (Text.literal("orders"), None),
        (Text.of("arn:aws:sqs:", OPAQUE), "sqs"),
        (Text.of("arn:", PARTITION, ":sqs:x"), "sqs"),
        (Text.of("arn:aws:", NAME, ":x"), None),
        (Text.of("arn:", OPAQUE, ":sqs:x"), None),
    ],
)
def test_the_service_of_an_arn(arn: Text, expected: str | None) -> None:
    assert service_of(arn) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (Text.literal(""), ""),
        (Text.literal("orders"), "orders"),
        (Text.literal("arn:aws:sqs:eu-west-1:1:orders"), "orders"),
        (Text.literal("https://sqs.eu-west-1.amazonaws.com/1/orders"), "orders"),
        (Text.literal("a/b:c"), "c"),
        (Text.literal("a:b/c/d"), "d"),
        (Text.of("arn:aws:sqs:", REGION, ":1:orders"), "orders"),
        (Text.of(STACK, "-orders"), None),
        (Text.of("orders-", STACK), None),
        (Text.of(STACK, "/"), ""),
    ],
)
def test_what_stands_last_in_a_name(name: Text, expected: str | None) -> None:
    assert last_segment(name) == expected


def test_what_is_one_symbol_and_what_is_made_up() -> None:
    assert Text.of(NAME).is_symbol
    assert not any(each.is_symbol for each in (Text.of(), Text.of("a"), Text.of("a", NAME), Text.of(NAME, OPAQUE)))
    assert Text.of(NAME, SUFFIX).is_generated
    assert not any(each.is_generated for each in (Text.of(), Text.of("a", NAME), Text.of(OPAQUE)))


@pytest.mark.parametrize("asked", [Text.starts_with, Text.ends_with, Text.contains])
def test_why_the_ends_of_a_text_cannot_be_told(asked: Callable[..., Verdict]) -> None:
    """For the reason given, or one that names the text."""
    text = Text.of("a", OPAQUE, "a")
    assert asked(text, "aba").reasons == (Reason(Doubt.OUTSIDE, "a${Opaque}a is known only when it is deployed"),)
    assert asked(text, "aba", WHY).reasons == (WHY,)


@pytest.mark.parametrize(
    ("text", "piece", "starts", "ends", "contains"),
    [
        (Text.literal(""), "", True, True, True),
        (Text.literal(""), "a", False, False, False),
        (Text.literal(""), "XX", False, False, False),
        (Text.of("ab", NAME), "abx", None, None, None),
        (Text.of(NAME, "ab"), "xab", None, None, None),
        (Text.literal("ab"), "abc", False, False, False),
        (Text.literal("abc"), "abc", True, True, True),
        (Text.of("ab", ACCOUNT), "ab", True, False, True),
        (Text.of("ab", ACCOUNT, "c"), "ab1", None, False, None),
        (Text.of(ACCOUNT, "bc"), "bc", False, True, True),
        (Text.of("a", ACCOUNT, "bc"), "1bc", False, None, None),
        (Text.of("a", SUFFIX), "ab", False, False, False),
    ],
)
def test_the_ends_of_a_text(
    text: Text, piece: str, starts: bool | None, ends: bool | None, contains: bool | None
) -> None:
    assert text.starts_with(piece, WHY).truth is starts
    assert text.ends_with(piece, WHY).truth is ends
    assert text.contains(piece, WHY).truth is contains


def test_a_separator_may_begin_in_a_symbol() -> None:
    assert Text.of(NAME, ":b").split("a:") is None
    assert Text.of(REGION, "//b").split("//") == (Text.of(REGION), Text.literal("b"))


def test_what_ends_alike_is_held_together() -> None:
    """Whatever a symbol stands for, it is as long on both sides."""
    shorter, longer = Text.of("a-", OPAQUE, "qr"), Text.of("a-x", OPAQUE, "qr")
    assert same(shorter, longer, WHY).is_no
    assert same(longer, shorter, WHY).is_no
