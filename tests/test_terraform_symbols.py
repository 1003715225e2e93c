"""What Terraform's functions make of texts with symbols holds for every string that the symbols may stand for."""

from contextlib import suppress
from typing import Any, TypeAlias

from hypothesis import given, settings
from hypothesis import strategies as st

from msglint.model.expression import Fields, Given, Items, Shape
from msglint.model.text import Part, Text
from msglint.model.value import Absent, Known, Mentions, Unknown, outside
from msglint.readers.terraform.evaluation.functions import _FUNCTIONS, EvaluationError, call, encoded
from msglint.readers.terraform.evaluation.operators import operate
from msglint.source import Document
from msglint.verdict import Doubt, Reason
from test_text import POOL, Assignment, assigned, assignments

AT = Document("main.tf", "").spot(0, 0)
Tree: TypeAlias = Any
"""A text, a number, a list or a map of trees, or the name of a function with a list of trees."""

# Strings that are made up at the deployment stand in that pool for any, whatever their alphabets say.
symbols = st.sampled_from([symbol for symbol in POOL if not symbol.fresh])
pieces: st.SearchStrategy[Part] = st.one_of(st.text("ab1:*?/-", max_size=4), symbols)
texts = st.lists(pieces, max_size=4).map(lambda parts: Text.of(*parts))
words = st.text("ab1:*?/-", max_size=3)
numbers = st.integers(-1, 4)
lists = st.lists(texts, max_size=3)
several = st.lists(texts, min_size=1, max_size=3)


def calls(name: str, *arguments: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    return st.tuples(st.just(name), st.tuples(*arguments).map(list))


formats = st.sampled_from(["%s", "a%s%%", "%v-%[1]s", "%q", "%3s", "%.1s", "%s%s", "%d"])
patterns = st.sampled_from(["a", "[ab]+", ":.*", r":\d+$", "^a:", r"^\d*b$", r"\A:\*?/\z", r"1\b:", "[^b:]b", "(?i)B$"])
of_text = st.one_of(
    texts,
    calls("format", formats, texts),
    calls("format", st.just("%s:%s"), texts, texts),
    calls("replace", texts, words, texts),
    calls("replace", texts, patterns.map("/{}/".format), words),
    *(calls(name, texts, words) for name in ("trim", "trimprefix", "trimsuffix")),
    *(
        calls(name, texts)
        for name in ("trimspace", "chomp", "upper", "lower", "title", "strrev", "base64encode", "md5")
    ),
    calls("substr", texts, numbers, numbers),
    calls("indent", st.just(1), texts),
    calls("coalesce", texts, texts),
    calls("lookup", st.dictionaries(words, texts, max_size=2), texts, texts),
    calls("basename", texts),
    calls("element", lists, numbers),
)
of_list = st.one_of(
    st.lists(of_text, max_size=3),
    calls("split", words, of_text),
    calls("toset", st.lists(of_text, max_size=3)),
    calls("distinct", st.lists(of_text, max_size=3)),
    calls("compact", st.lists(of_text, max_size=3)),
    calls("concat", lists, lists),
    calls("formatlist", st.just("%s-%s"), lists, texts),
    calls("setunion", lists, lists),
    calls("setsubtract", lists, lists),
    calls("setintersection", lists, lists),
    calls("setproduct", lists, lists),
    calls("sort", lists),
    calls("coalescelist", lists, lists),
    calls("regexall", patterns, texts),
    calls("chunklist", lists, numbers),
    calls("matchkeys", lists, lists, lists),
)
answers = st.one_of(
    of_text,
    of_list,
    *(calls(name, of_text, words) for name in ("startswith", "endswith", "strcontains")),
    calls("==", of_text, of_text),
    calls("join", words, of_list),
    calls("length", of_text),
    calls("regex", patterns, texts),
    *(calls(name, of_list) for name in ("length", "one", "reverse", "flatten", "tolist", "jsonencode")),
    calls("contains", of_list, of_text),
    calls("index", of_list, of_text),
    calls("jsondecode", calls("jsonencode", of_list)),
    calls("format", st.just("%s"), calls("jsonencode", of_list)),
    calls("zipmap", lists, lists),
    calls("keys", calls("zipmap", lists, lists)),
    calls("transpose", st.dictionaries(words, lists, max_size=2)),
    calls("provider::aws::arn_parse", texts),
    calls("yamldecode", st.builds(lambda each: Text.of("a: '", each, "'"), texts)),
)


def shape(tree: Tree, values: Assignment | None) -> Shape:
    match tree:
        case Text() if values is not None:
            return Known(Text.literal(assigned(tree, values)), AT)
        case Text():
            return Known(tree, AT)
        case str():
            return Known(Text.literal(tree), AT)
        case int():
            return Known(tree, AT)
        case list():
            return Items(tuple(Given(shape(part, values)) for part in tree), AT)
        case dict():
            return Fields({name: Given(shape(part, values)) for name, part in tree.items()}, AT)
        case ("==", [left, right]):
            return operate("==", shape(left, values), shape(right, values), AT)
        case (name, arguments):
            return call(name, [shape(each, values) for each in arguments], AT)
    raise AssertionError(tree)


def symbols_of(tree: Tree) -> list[Text]:
    match tree:
        case Text():
            return [tree]
        case list():
            return [text for part in tree for text in symbols_of(part)]
        case dict():
            return [text for part in tree.values() for text in symbols_of(part)]
        case (str(), list() as arguments):
            return symbols_of(arguments)
        case _:
            return []


def told(tree: Tree, values: Assignment | None) -> Text | None:
    """Write the answer, "refused", or None where it is not known."""
    try:
        return encoded(shape(tree, values))
    except EvaluationError:
        return Text.literal("refused")


@settings(max_examples=750)
@given(answers)
def test_symbols_stand_for_any_string(tree: Tree) -> None:
    answer = told(tree, None)
    if answer is None:
        return
    for number, values in enumerate(assignments(*symbols_of(tree))):
        if number > 40:
            break
        concrete = told(tree, values)
        # Where a part is refused that nobody looked at, there is no run to be right about.
        if str(concrete) != "refused" or str(answer) == "refused":
            assert concrete is not None
            assert str(concrete) == assigned(answer, values), values


def test_what_is_asked_for_is_all_that_is_looked_at() -> None:
    dark = Given(outside("nobody knows", AT))
    lit = Given(Known(Text.literal("a"), AT))
    one: Shape = Known(1, AT)
    assert isinstance(call("element", [Items((dark, lit), AT), Known(0, AT)], AT), Unknown)
    assert call("element", [Items((dark, lit), AT), one], AT) == lit.shape()
    assert call("length", [Items((dark, lit), AT)], AT) == Known(2, AT)
    assert call("coalesce", [lit.shape(), dark.shape()], AT) == lit.shape()
    assert call("contains", [Items((dark, lit), AT), lit.shape()], AT) == Known(True, AT)
    assert isinstance(call("contains", [Items((dark,), AT), lit.shape()], AT), Unknown)
    assert call("lookup", [Fields({"x": lit, "y": dark}, AT), Known(Text.literal("x"), AT)], AT) == lit.shape()
    assert isinstance(call("merge", [Fields({"x": lit}, AT), dark.shape()], AT), Unknown)
    assert isinstance(call("concat", [Items((lit,), AT), dark.shape()], AT), Unknown)
    assert call("anytrue", [Items((dark, Given(Known(True, AT))), AT)], AT) == Known(True, AT)


odd_texts = st.one_of(
    st.text(max_size=5),
    st.sampled_from(["%[9999999999]d", "%" + "9" * 5000 + "d", "1e9999999", "/(/", "/a{9999}/", "\\12", "٣", "\ud7ff"]),
    st.sampled_from(["10.0.0.0/8", "::/0", "a,b\n1", "- !x y", "&a [*a]", '{"a": [1e400]}', "arn:aws:::", "🙂\u0301"]),
).map(Text.literal)
odd = st.recursive(
    st.one_of(
        odd_texts.map(lambda each: Known(each, AT)),
        texts.map(lambda each: Known(each, AT)),
        st.one_of(st.integers(-3, 3), st.sampled_from([10**149, -(10**200), 0.1, 1e300, 1e-300, 2.5])).map(
            lambda each: Known(each, AT)
        ),
        st.booleans().map(lambda each: Known(each, AT)),
        st.just(Absent(None, AT)),
        st.just(outside("nobody knows", AT)),
        st.just(Mentions((), complete=True, reason=Reason(Doubt.OUTSIDE, "nobody knows"), at=AT)),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda parts: Items(tuple(map(Given, parts)), AT)),
        st.dictionaries(st.text("ab", max_size=2), inner, max_size=3).map(
            lambda parts: Fields({name: Given(part) for name, part in parts.items()}, AT)
        ),
        st.lists(inner, max_size=3).map(lambda parts: call("jsonencode", [Items(tuple(map(Given, parts)), AT)], AT)),
        st.lists(odd_texts, max_size=3).map(
            lambda parts: call("toset", [Items(tuple(Given(Known(part, AT)) for part in parts), AT)], AT)
        ),
        st.lists(texts, max_size=3).map(
            lambda parts: call("sort", [Items(tuple(Given(Known(part, AT)) for part in parts), AT)], AT)
        ),
    ),
    max_leaves=6,
)


@settings(max_examples=1000)
@given(st.sampled_from(sorted(_FUNCTIONS)), st.lists(odd, max_size=4))
def test_any_arguments_have_an_answer(name: str, arguments: list[Shape]) -> None:
    """A value, or what Terraform refuses; nothing else comes out of a function."""
    with suppress(EvaluationError):
        encoded(call(name, arguments, AT))


@settings(max_examples=500)
@given(st.sampled_from(["+", "-", "*", "/", "%", "<", ">=", "==", "!=", "&&", "||"]), odd, odd)
def test_any_operands_have_an_answer(operator: str, left: Shape, right: Shape) -> None:
    with suppress(EvaluationError):
        encoded(operate(operator, left, right, AT))
