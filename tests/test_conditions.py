"""Which conditions follow from which, checked by hand and against enumeration of all deployments."""

import pickle
import time
from collections.abc import Iterator, Mapping, Sequence
from itertools import product

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from msglint.readers.cloudformation.conditions import (
    And,
    Conditions,
    Domain,
    Equals,
    Formula,
    Free,
    Named,
    Not,
    Or,
    Variable,
)

ENV, REGION, OTHER = Variable("Env"), Variable("AWS::Region"), Variable("Other")
IS_PROD, IS_DEV = Equals(ENV, "prod"), Equals("dev", ENV)


def test_nothing_chosen_leaves_a_condition_open() -> None:
    conditions = Conditions({"IsProd": IS_PROD}, {"Env": Domain(default="prod")})
    assert conditions.value("IsProd", {}) is None


@pytest.mark.parametrize(
    ("formula", "truth"),
    [
        (Equals("a", "a"), True),
        (Equals("a", "A"), False),
        (Equals(ENV, ENV), True),
        (And(()), True),
        (Or(()), False),
        (Or((IS_PROD, Not(IS_PROD))), True),
        (And((IS_PROD, IS_DEV)), False),
        (And((Free("a"), Not(Free("a")))), False),
        (Or((Free("a"), Not(Free("b")))), None),
        (Not(Named("Missing")), None),
    ],
)
def test_truth_without_choices(formula: Formula, truth: bool | None) -> None:
    assert Conditions({"C": formula}, {}).value("C", {}) is truth


def test_choices_exclude_each_other() -> None:
    conditions = Conditions({"IsProd": IS_PROD, "IsDev": IS_DEV, "NotDev": Not(Named("IsDev"))}, {})
    assert conditions.value("IsDev", {"IsProd": True}) is False
    assert conditions.value("NotDev", (("IsProd", True),)) is True
    assert conditions.value("IsDev", {"IsProd": False}) is None
    assert not conditions.possible({"IsProd": True, "IsDev": True})


def test_allowed_values_close_the_domain() -> None:
    formulas = {"IsProd": IS_PROD, "IsDev": IS_DEV}
    assert Conditions(formulas, {"Env": Domain(allowed=("dev", "prod"))}).value("IsDev", {"IsProd": False}) is True
    assert Conditions(formulas, {"Env": Domain(allowed=())}).value("IsDev", {"IsProd": False}) is None


def test_fixed_value_wins() -> None:
    conditions = Conditions({"IsProd": IS_PROD}, {"Env": Domain(allowed=("dev", "prod"), default="dev", fixed="prod")})
    assert conditions.value("IsProd", {}) is True
    assert conditions.parameter("Env", {"IsProd": False}) == "prod"
    assert not conditions.possible({"IsProd": False})


def test_contradictory_choices_force_nothing() -> None:
    conditions = Conditions({"IsProd": IS_PROD, "IsDev": IS_DEV}, {})
    assert conditions.value("IsDev", {"IsProd": True, "IsDev": True}) is None
    assert conditions.value("Elsewhere", {"IsProd": True, "IsDev": True}) is None
    assert not conditions.possible((("IsProd", True), ("IsProd", False)))


def test_unknown_values_of_two_parameters_may_be_equal_or_not() -> None:
    third = Variable("Third")
    conditions = Conditions(
        {"AB": Equals(ENV, OTHER), "BC": Equals(OTHER, third), "AC": Equals(ENV, third), "IsProd": IS_PROD}, {}
    )
    assert conditions.value("AB", {"IsProd": False}) is None
    assert conditions.value("AC", {"AB": True, "BC": True}) is True
    assert conditions.value("AC", {"AB": True, "BC": False}) is False
    assert conditions.value("AC", {"AB": False, "BC": False}) is None


def test_an_open_parameter_can_take_what_another_allows() -> None:
    conditions = Conditions({"Same": Equals(ENV, OTHER)}, {"Other": Domain(allowed=("p", "q"))})
    assert conditions.value("Same", {}) is None
    assert conditions.parameter("Env", {"Same": True}) is None


def test_two_closed_parameters_meet_in_any_value_that_both_allow() -> None:
    said = {"Env": Domain(allowed=("p", "q", "r")), "Other": Domain(allowed=("r", "s", "t"))}
    conditions = Conditions({"Same": Equals(ENV, OTHER)}, said)
    assert conditions.value("Same", {}) is None
    assert conditions.parameter("Env", {"Same": True}) == "r"


def test_recursive_definitions_are_free_and_do_not_touch_others() -> None:
    conditions = Conditions(
        {
            "A": Not(Named("B")),
            "B": And((Named("A"), Named("C"))),
            "C": Named("B"),
            "Self": Named("Self"),
            "D": Named("A"),
        },
        {},
    )
    assert conditions.possible({"A": True, "B": True, "C": False, "Self": False})
    assert conditions.value("Self", {}) is None
    assert conditions.value("D", {"A": True}) is True


def test_parameter_follows_the_scenario() -> None:
    conditions = Conditions(
        {"IsProd": IS_PROD, "IsDev": IS_DEV, "InIreland": Equals(REGION, "eu-west-1")},
        {"Env": Domain(default="dev"), "Unused": Domain(default="x"), "Single": Domain(allowed=("only",))},
    )
    assert conditions.parameter("Env", {}) == "dev"
    assert conditions.parameter("Env", {"IsProd": True}) == "prod"
    assert conditions.parameter("Env", {"IsDev": False}) is None
    assert conditions.parameter("Env", {"InIreland": True}) == "dev"
    assert conditions.parameter("AWS::Region", {"InIreland": True}) == "eu-west-1"
    assert conditions.parameter("AWS::Region", {}) is None
    assert conditions.parameter("Unused", {"IsProd": True}) == "x"
    assert conditions.parameter("Single", {}) == "only"
    assert conditions.parameter("Nowhere", {}) is None


def test_parameter_is_not_forced_while_two_uncompared_values_are_left() -> None:
    formulas = {"IsProd": IS_PROD}
    allowed = ("prod", "dev", "test", "demo")
    assert Conditions(formulas, {"Env": Domain(allowed=allowed)}).parameter("Env", {"IsProd": False}) is None
    assert Conditions(formulas, {"Env": Domain(allowed=allowed[:2])}).parameter("Env", {"IsProd": False}) == "dev"
    assert Conditions(formulas, {"Env": Domain(allowed, default="test")}).parameter("Env", {"IsProd": False}) == "test"
    assert Conditions(formulas, {"Env": Domain(allowed, default="bad")}).parameter("Env", {}) is None


def test_constraints_always_hold_and_touch_only_what_they_are_about() -> None:
    said = {"Env": Domain(allowed=("dev", "prod", "test"), default="dev"), "Other": Domain(default="x")}
    formulas = {"IsProd": IS_PROD, "IsDev": IS_DEV, "Large": Equals(OTHER, "large")}
    conditions = Conditions(formulas, said, (Or((Not(Named("IsProd")), Named("Large"))), Not(IS_DEV)))
    assert conditions.value("IsDev", {}) is False
    assert conditions.value("Large", {"IsProd": True}) is True
    assert conditions.parameter("Env", {"Large": False}) == "test"
    assert conditions.parameter("Env", {}) is None
    assert conditions.parameter("Other", {"IsProd": True}) == "large"


def test_constraints_that_cannot_be_met_are_left_out_and_others_stay() -> None:
    constraints = (IS_PROD, IS_DEV, Equals(OTHER, "x"))
    conditions = Conditions({"IsProd": IS_PROD, "IsX": Equals(OTHER, "x")}, {}, constraints)
    assert conditions.value("IsProd", {}) is None
    assert conditions.value("IsX", {}) is True
    fixed = Conditions({"IsProd": IS_PROD}, {"Env": Domain(fixed="dev")}, (IS_PROD,))
    assert fixed.possible({"IsProd": False})


def test_many_conditions_do_not_multiply() -> None:
    """Neither independent conditions nor ones that share a parameter, nor a condition over all of them."""
    count = 60
    formulas: dict[str, Formula] = {}
    for number in range(count):
        formulas[f"Alone{number}"] = Equals(Variable(f"P{number}"), "yes")
        formulas[f"Prod{number}"] = And((IS_PROD, Not(Equals(Variable(f"Q{number}"), "no"))))
    formulas["Any"] = Or(tuple(map(Named, formulas)))
    formulas["Last"] = And((Named("Alone0"), Not(Named("Prod0"))))
    conditions = Conditions(formulas, {f"Q{number}": Domain(allowed=("yes", "no", "maybe")) for number in range(count)})
    chosen: dict[str, bool] = {}
    began = time.process_time()
    for name in list(formulas)[:-2]:
        assert conditions.value(name, chosen) is None
        chosen[name] = True
    assert conditions.value("Any", chosen) is True
    assert conditions.value("Last", chosen) is False
    assert not conditions.possible({**chosen, "Last": True})
    assert not conditions.exhausted
    assert time.process_time() - began < 5


def test_a_long_chain_and_shared_definitions_are_evaluated_once() -> None:
    formulas: dict[str, Formula] = {"C0": IS_PROD}
    for number in range(1, 500):
        formulas[f"C{number}"] = Not(And((Named(f"C{number - 1}"), Named(f"C{number - 1}"))))
    conditions = Conditions(formulas, {})
    assert conditions.value("C499", {"C0": True}) is False
    assert not conditions.exhausted


def test_a_search_beyond_its_limit_claims_nothing() -> None:
    """Nine things cannot have eight different values each, but a plain search does not see that in time."""
    values = tuple("abcdefgh")
    variables = [Variable(f"P{number}") for number in range(9)]
    differ = And(tuple(Not(Equals(one, two)) for one in variables for two in variables if one.name < two.name))
    conditions = Conditions({"Differ": differ}, {one.name: Domain(allowed=values) for one in variables})
    began = time.process_time()
    assert conditions.value("Differ", {}) is None
    assert conditions.possible({"Differ": True})
    assert conditions.exhausted
    assert time.process_time() - began < 10


def test_more_atoms_than_the_search_goes_deep() -> None:
    conditions = Conditions({"Some": Or(tuple(Free(str(number)) for number in range(2000)))}, {})
    assert conditions.value("Some", {}) is None
    assert conditions.exhausted


def test_conditions_survive_pickling() -> None:
    conditions = Conditions({"IsProd": IS_PROD, "IsDev": IS_DEV}, {"Env": Domain(default="dev")})
    before = conditions.value("IsDev", {"IsProd": True})
    copy = pickle.loads(pickle.dumps(conditions))  # noqa: S301  our own bytes
    assert copy.value("IsDev", {"IsProd": True}) is before is False
    assert copy.parameter("Env", {"IsProd": True}) == "prod"


# Enumeration of all deployments: every variable takes every text of the template and enough others.

NAMES = ("C0", "C1", "C2", "C3")
operands = st.sampled_from(["a", "b", Variable("X"), Variable("Y"), Variable("Z")])
atoms = st.one_of(
    st.builds(Equals, operands, operands),
    st.builds(Named, st.sampled_from((*NAMES, "Missing"))),
    st.builds(Free, st.just("f")),
)


def _compound(parts: st.SearchStrategy[Formula]) -> st.SearchStrategy[Formula]:
    some = st.lists(parts, min_size=1, max_size=3).map(tuple)
    return st.one_of(st.builds(Not, parts), st.builds(And, some), st.builds(Or, some))


trees: st.SearchStrategy[Formula] = st.recursive(atoms, _compound, max_leaves=5)
texts = st.sampled_from(["a", "b", "c", "d", "e"])
domains = st.builds(
    Domain,
    allowed=st.none() | st.lists(texts, max_size=4).map(tuple),
    default=st.none() | texts,
    fixed=st.sampled_from([None, None, None, "a", "c"]),
)
choices = st.dictionaries(st.sampled_from((*NAMES, "Missing")), st.booleans(), max_size=3)


def _depends(name: str, formulas: Mapping[str, Formula]) -> set[str]:
    """Return what a condition refers to, by repeated widening."""

    def named(formula: Formula) -> set[str]:
        match formula:
            case Named(condition=condition):
                return {condition}
            case Not(part=part):
                return named(part)
            case And(parts=parts) | Or(parts=parts):
                return set().union(*map(named, parts))
        return set()

    found: set[str] = set()
    wider = named(formulas[name])
    while wider != found:
        found = wider
        wider = found.union(*(named(formulas[other]) for other in found if other in formulas))
    return found


def _deployments(
    formulas: Mapping[str, Formula], said: Mapping[str, Domain], constraints: Sequence[Formula]
) -> Iterator[tuple[dict[str, bool], dict[str, str]]]:
    """Yield for each deployment the truth of all conditions and the values of all parameters."""
    recursive = [name for name in formulas if name in _depends(name, formulas)]

    def truth(formula: Formula) -> bool:
        match formula:
            case Equals(left=left, right=right):
                one, two = (values[side.name] if isinstance(side, Variable) else side for side in (left, right))
                return one == two
            case And(parts=parts):
                return all(truth(part) for part in parts)
            case Or(parts=parts):
                return any(truth(part) for part in parts)
            case Not(part=part):
                return not truth(part)
            case Free(key=key):
                return free[key]
            case Named(condition=condition):
                return free[condition] if condition in free else truth(formulas[condition])

    def possible(name: str) -> tuple[str, ...]:
        domain = said.get(name, Domain())
        if domain.fixed is not None:
            return (domain.fixed,)
        return domain.allowed or ("a", "b", "c", "d", "e", "new1", "new2", "new3")

    switches = ["f", "Missing", *recursive]
    for texts_now in product(*map(possible, "XYZ")):
        values = dict(zip("XYZ", texts_now, strict=True))
        for truths in product((True, False), repeat=len(switches)):
            free = dict(zip(switches, truths, strict=True))
            if all(map(truth, constraints)):
                yield {name: truth(Named(name)) for name in (*formulas, "Missing")}, values


@given(
    st.fixed_dictionaries(dict.fromkeys(NAMES, trees)),
    st.dictionaries(st.sampled_from("XYZ"), domains),
    choices,
    st.lists(trees, max_size=2),
)
def test_agrees_with_enumeration(
    formulas: dict[str, Formula], said: dict[str, Domain], chosen: dict[str, bool], constraints: list[Formula]
) -> None:
    conditions = Conditions(formulas, said, constraints)
    every = list(_deployments(formulas, said, constraints))
    assume(every)
    fitting = [each for each in every if all(each[0][name] is wanted for name, wanted in chosen.items())]
    assert conditions.possible(chosen) is bool(fitting)
    for name in (*NAMES, "Missing"):
        seen = {truths[name] for truths, _ in fitting}
        assert conditions.value(name, chosen) is (seen.pop() if len(seen) == 1 else None)
    for name in "XYZ" if fitting else "":
        domain = said.get(name, Domain())
        left = {values[name] for _, values in fitting}
        expected = domain.default if domain.default in left else left.pop() if len(left) == 1 else None
        assert conditions.parameter(name, chosen) == (domain.fixed if domain.fixed is not None else expected)
    assert not conditions.exhausted
