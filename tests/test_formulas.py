"""What functions make of parameters and maps in Conditions and Rules, by hand and against an evaluator of its own.

The evaluator knows nothing of formulas: it takes a template's values one deployment after the other.
"""

import json
from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from msglint.readers.cloudformation.conditions import Conditions, Domain
from msglint.readers.cloudformation.formulas import MOST_CASES, Formulas
from msglint.readers.cloudformation.template import open_template
from msglint.readers.interface import Assumptions
from msglint.source import Document, Node, parse


def root_of(template: Mapping[str, Any] | str) -> Node:
    text = template if isinstance(template, str) else json.dumps(template)
    return parse(Document.from_bytes("template.yaml", text.encode()))


def conditions_of(template: Mapping[str, Any] | str, **parameters: str) -> Conditions:
    root = root_of(template)
    return open_template(root.document, root, Assumptions(parameters=parameters)).conditions


STAGES = """
Parameters:
  Stage: {Type: String, AllowedValues: [eu-prod, eu-dev, us-prod]}
  Open: {Type: String, Default: eu-dev}
  Names: {Type: CommaDelimitedList, Default: ""}
  Zones: {Type: "List<String>", AllowedValues: [a, b]}
Mappings:
  Of:
    eu-prod: {keep: "yes", where: [x, y]}
    eu-dev: {keep: "no", where: [x, z]}
    us-prod: {keep: "yes", where: [x, y]}
Conditions:
"""


@pytest.mark.parametrize(
    ("condition", "chosen", "stage"),
    [
        ("!Equals [!Select [1, !Split ['-', !Ref Stage]], dev]", True, "eu-dev"),
        ("!Equals [!Select ['0', !Split ['-', !Ref Stage]], us]", True, "us-prod"),
        ("!Equals [!Sub '${Stage}!', 'us-prod!']", True, "us-prod"),
        ("!Equals [!Sub ['${S}/${!S}', {S: !Ref Stage}], 'us-prod/${S}']", True, "us-prod"),
        ("!Equals [!Join ['', [!Ref Stage, '']], us-prod]", True, "us-prod"),
        ("!Equals [!FindInMap [Of, !Ref Stage, keep], 'no']", True, "eu-dev"),
        ("!Equals ['yes', !FindInMap [Of, !Ref Stage, keep]]", False, "eu-dev"),
        ("!Equals [!Select [1, !FindInMap [Of, !Ref Stage, where]], z]", True, "eu-dev"),
        ("!Equals [{'Fn::Join': ['.', {'Fn::Split': ['-', {Ref: Stage}]}]}, us.prod]", True, "us-prod"),
        ("!Not [!Equals [!Join ['', ['eu-', !Select [1, !Split ['-', !Ref Stage]]]], !Ref Stage]]", True, "us-prod"),
        ("!Equals [!Sub '${Stage}', us-prod]", True, "us-prod"),
        ("!Equals [!Sub '${AWS::Partition}/${Stage}', aws-cn/us-prod]", True, None),
    ],
)
def test_functions_follow_the_allowed_values_of_a_parameter(condition: str, chosen: bool, stage: str | None) -> None:
    conditions = conditions_of(STAGES + f"  It: {condition}")
    assert conditions.value("It", {}) is None
    assert conditions.parameter("Stage", {"It": chosen}) == stage


@pytest.mark.parametrize(
    ("condition", "truth", "chosen", "value"),
    [
        # What is not known of a function is known where the parameter is what it is by default.
        ("!Equals [!Join ['', !Ref Names], '']", None, True, ""),
        ("!Equals [!Join ['', !Ref Names], '']", None, False, None),
        ("!Equals [!Select [0, !Ref Names], a]", None, True, None),
        ("!Not [!Equals [!Select [0, !Ref Names], '']]", None, False, ""),
        ("!Equals [!Join ['', !Ref Names], !Join ['', !Ref Names]]", True, True, ""),
        ("!Equals [!Join ['', []], '']", True, True, ""),
        ("!Equals [!ImportValue x, !ImportValue x]", True, True, ""),
        ("!Equals [!ImportValue x, !ImportValue y]", None, True, ""),
        ("!Equals ['{{resolve:ssm:/stage}}', 'prod']", None, True, ""),
    ],
)
def test_what_a_function_makes_of_an_open_parameter_is_known_for_its_default(
    condition: str, truth: bool | None, chosen: bool, value: str | None
) -> None:
    conditions = conditions_of(STAGES + f"  It: {condition}")
    assert conditions.value("It", {}) is truth
    assert conditions.parameter("Names", {"It": chosen}) == value


def test_what_is_allowed_of_a_list_are_its_elements() -> None:
    conditions = conditions_of(STAGES + "  Both: !Equals [!Join ['+', !Ref Zones], a+b]")
    assert conditions.value("Both", {}) is None


def test_a_given_value_is_followed() -> None:
    conditions = conditions_of(STAGES + "  It: !Equals [!Select [1, !Split ['-', !Ref Open]], live]", Open="eu-live")
    assert conditions.value("It", {}) is True


def test_what_is_compared_with_a_parameter_is_tried_in_functions_of_it() -> None:
    text = STAGES + "  Live: !Equals [!Ref Open, eu-live]\n  Eu: !Equals [!Select [0, !Split ['-', !Ref Open]], eu]"
    assert conditions_of(text).value("Eu", {"Live": True}) is True


def test_two_untold_texts_are_equal_to_one_literal_at_most() -> None:
    text = STAGES + "  A: !Equals [!Sub '${Open}${Names}', a]\n  B: !Equals [!Sub '${Open}${Names}', b]"
    conditions = conditions_of(text)
    assert conditions.value("A", {}) is None
    assert conditions.value("A", {"B": True}) is False


def test_the_partition_is_that_of_the_region() -> None:
    text = STAGES + "  Beijing: !Equals [!Ref AWS::Region, cn-north-1]\n  China: !Equals [!Ref AWS::Partition, aws-cn]"
    conditions = conditions_of(text)
    assert conditions.value("China", {"Beijing": True}) is True
    assert conditions.value("China", {"Beijing": False}) is None
    suffix = STAGES + "  It: !Equals [!Ref AWS::URLSuffix, amazonaws.com]"
    root = root_of(suffix)
    opened = open_template(root.document, root, Assumptions(regions=("cn-north-1",)))
    assert opened.conditions.value("It", {}) is False


def test_a_key_that_is_not_in_a_map_is_no_deployment() -> None:
    maps = "Mappings: {M: {eu-west-1: {k: a}, eu-west-2: {k: a}, eu-west-3: {k: b}}}\nConditions:\n"
    conditions = conditions_of(maps + "  It: !Equals [!FindInMap [M, !Ref AWS::Region, k], b]")
    assert conditions.value("It", {}) is None
    assert conditions.parameter("AWS::Region", {"It": True}) == "eu-west-3"
    all_a = conditions_of(
        maps + "  Out: !Equals [!Ref AWS::Region, eu-west-3]\n  It: !Equals [!FindInMap [M, !Ref AWS::Region, k], a]"
    )
    assert all_a.value("It", {"Out": False}) is True
    default = "!FindInMap [M, !Ref AWS::Region, k, {DefaultValue: c}]"
    assert conditions_of(maps + f"  It: !Equals [{default}, c]").value("It", {}) is None


def test_a_map_that_cannot_be_read_says_nothing() -> None:
    maps = "Mappings: {M: {'Fn::Transform': {Name: AWS::Include}}}\nConditions:\n"
    assert conditions_of(maps + "  It: !Equals [!FindInMap [M, !Ref AWS::Region, k], b]").value("It", {}) is None


def test_more_cases_than_anybody_writes_are_not_told() -> None:
    allowed = [str(number) for number in range(MOST_CASES + 1)]
    parameters = {"P": {"Type": "String", "AllowedValues": allowed}}
    expression = {"Fn::Sub": "${P}!"}
    conditions = {"It": {"Fn::Equals": [expression, "1!"]}}
    assert conditions_of({"Parameters": parameters, "Conditions": conditions}).parameter("P", {"It": True}) is None
    few = {"P": {"Type": "String", "AllowedValues": allowed[1:]}}
    assert conditions_of({"Parameters": few, "Conditions": conditions}).parameter("P", {"It": True}) == "1"


def test_an_index_too_large_for_any_list_finds_nothing() -> None:
    # Python takes the second for no index, the third for no number.
    for index in ("2", "9" * 20, "9" * 5000):
        conditions = {"It": {"Fn::Equals": [{"Fn::Select": [index, ["a", "b"]]}, "a"]}}
        assert conditions_of({"Conditions": conditions}).value("It", {}) is False


def test_functions_nested_as_deep_as_a_template_may_be_are_evaluated() -> None:
    expression: Any = "a"
    for _ in range(13):
        expression = {"Fn::Select": ["0", {"Fn::Split": ["-", {"Fn::Sub": ["${x}-b", {"x": expression}]}]}]}
    assert conditions_of({"Conditions": {"It": {"Fn::Equals": [expression, "a"]}}}).value("It", {}) is True


RULES = """
Parameters:
  Stage: {Type: String, Default: dev, AllowedValues: [dev, test, prod]}
  Size: {Type: String, Default: small}
  Vpc: {Type: "AWS::EC2::VPC::Id"}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
  IsLarge: !Equals [!Ref Size, large]
  IsSmall: !Equals [!Ref Size, small]
Rules:
"""


def test_a_rule_restricts_what_is_deployed_together() -> None:
    conditions = conditions_of(
        RULES + "  Large:\n    RuleCondition: !Equals [!Ref Stage, prod]\n    Assertions:\n"
        "      - {Assert: {'Fn::Contains': [[large, huge], {Ref: Size}]}, AssertDescription: prod is large}"
    )
    assert conditions.value("IsSmall", {"IsProd": True}) is False
    assert conditions.value("IsSmall", {"IsProd": False}) is None
    assert not conditions.possible({"IsProd": True, "IsSmall": True})
    assert conditions.parameter("Size", {"IsProd": True}) is None
    assert conditions.parameter("Size", {}) == "small"
    assert conditions.parameter("Size", {"IsProd": True, "IsLarge": False}) == "huge"


def test_a_rule_without_a_condition_always_holds_and_may_exclude_a_default() -> None:
    conditions = conditions_of(RULES + "  Not:\n    Assertions: [{Assert: !Not [!Equals [!Ref Stage, dev]]}]")
    assert conditions.parameter("Stage", {}) is None
    assert conditions.parameter("Stage", {"IsProd": False}) == "test"


@pytest.mark.parametrize(
    ("assertion", "truth"),
    [
        ("{'Fn::EachMemberEquals': [[!Ref Size, !Ref Stage], prod]}", True),
        ("{'Fn::EachMemberIn': [[!Ref Stage], [prod]]}", True),
        ("{'Fn::EachMemberIn': [[!Ref Stage, dev], [prod, dev, test]]}", None),
        ("{'Fn::Contains': [{'Fn::RefAll': 'AWS::EC2::VPC::Id'}, vpc-1]}", None),
        ("{'Fn::EachMemberIn': [{'Fn::ValueOfAll': ['AWS::EC2::VPC::Id', Tags.Stage]}, [prod]]}", None),
        ("{'Fn::Equals': [{'Fn::ValueOf': [Vpc, Tags.Stage]}, !Ref Stage]}", None),
        ("{'Fn::Contains': [[prod]]}", None),
    ],
)
def test_rule_functions_say_what_can_be_told(assertion: str, truth: bool | None) -> None:
    conditions = conditions_of(RULES + f"  It:\n    Assertions: [{{Assert: {assertion}}}]")
    assert conditions.value("IsProd", {}) is truth


def test_rules_that_nothing_can_meet_are_left_out() -> None:
    never = "  Never:\n    Assertions: [{Assert: !Equals [!Ref Stage, live]}]\n"
    small = "  Small:\n    Assertions: [{Assert: !Equals [!Ref Size, small]}]"
    conditions = conditions_of(RULES + never + small)
    assert conditions.value("IsProd", {}) is None
    assert conditions.value("IsLarge", {}) is False
    assert conditions.possible({"IsProd": True})


@pytest.mark.parametrize("rules", ["Rules: []", "Rules: {It: []}", "Rules: {It: {Assertions: x}}", "Rules:"])
def test_malformed_rules_say_nothing(rules: str) -> None:
    assert conditions_of(RULES.replace("Rules:", rules)).value("IsProd", {}) is None


def test_formulas_of_a_nested_stack_stand_beside_those_of_its_parent() -> None:
    parent = root_of(
        STAGES + "  IsDev: !Equals [!Ref Stage, eu-dev]\n"
        "Resources: {Topic: {Type: AWS::SNS::Topic}, Queue: {Type: AWS::SQS::Queue}}\n"
        "Metadata:\n  Passed: [!If [IsDev, small, !Ref Stage], !Ref Topic, !GetAtt Queue.Arn, !Ref Open, [],"
        " !GetAtt Queue.QueueName, !Ref AWS::Region]"
    )
    child = root_of("""
Parameters: {Size: {Type: String}, Topic: {Type: String}, Queue: {Type: String}, Own: {Type: String, Default: x},
  Open: {Type: String}, Name: {Type: String}, Where: {Type: String}}
Conditions:
  IsDev: !Equals [!Ref Size, us-prod]
  IsSmall: !Equals [!Sub '${Size}!', small!]
  HasTopic: !Not [!Equals [!Ref Topic, '']]
  HasQueue: !Not [!Equals ['', !Ref Queue]]
  HasName: !Not [!Equals ['', !Ref Name]]
  Own: !Equals [!Ref Own, x]
  Live: !Equals [!Select [1, !Split ['-', !Ref Open]], dev]
  Beijing: !Equals [!Ref Where, cn-north-1]
  China: !Equals [!Ref AWS::Partition, aws-cn]
""")
    domains = {"Stage": Domain(("eu-prod", "eu-dev", "us-prod")), "Open": Domain(default="eu-dev")}
    outer = Formulas(parent, domains=domains)
    passed = parent.fields()["Metadata"].fields()["Passed"].items()
    cases = {
        name: found
        for name, node in zip(("Size", "Topic", "Queue", "Open", "None", "Name", "Where"), passed, strict=True)
        if (found := outer.cases(node)) is not None
    }
    assert "None" not in cases
    all_domains = {**domains, "Child/Own": Domain(default="x")}
    inner = Formulas(child, "Child/", cases, all_domains)
    conditions = Conditions({**outer.conditions(), **inner.conditions()}, all_domains)
    assert conditions.value("Child/IsDev", {"IsDev": True}) is False
    assert conditions.value("Child/IsSmall", {"IsDev": True}) is True
    assert conditions.value("IsDev", {"Child/IsSmall": False}) is False
    assert conditions.value("Child/HasTopic", {}) is True
    assert conditions.value("Child/HasQueue", {}) is True
    assert conditions.value("Child/HasName", {}) is None
    assert conditions.parameter("Stage", {"Child/IsDev": True}) == "us-prod"
    assert conditions.parameter("Child/Own", {"Child/Own": True}) == "x"
    assert conditions.value("Child/China", {"Child/Beijing": True}) is None
    assert conditions.parameter("Open", {"Child/Live": True}) == "eu-dev"
    assert conditions.parameter("Open", {"Child/Live": False}) is None


# An evaluator of one deployment.


class Refused(Exception):  # noqa: N818  # an answer, no error
    """CloudFormation cannot evaluate the template."""


Values = Mapping[str, str]


def text(expression: Any, values: Values, maps: Any) -> str:
    match expression:
        case str():
            return expression
        case {"Ref": name}:
            return values[name]
        case {"Fn::Sub": pattern}:
            for name, value in values.items():
                pattern = pattern.replace(f"${{{name}}}", value)
            return str(pattern)
        case {"Fn::Join": [delimiter, listed]}:
            return str(delimiter).join(items(listed, values, maps))
        case {"Fn::Select": [index, listed]}:
            found = items(listed, values, maps)
            if int(index) >= len(found):
                raise Refused
            return found[int(index)]
        case {"Fn::FindInMap": [name, first, second, *rest]}:
            one, two = text(first, values, maps), text(second, values, maps)
            if one in maps[name] and two in maps[name][one]:
                return str(maps[name][one][two])
            if rest:
                return text(rest[0]["DefaultValue"], values, maps)
            raise Refused
    raise AssertionError(expression)


def items(expression: Any, values: Values, maps: Any) -> list[str]:
    match expression:
        case list():
            return [text(each, values, maps) for each in expression]
        case {"Ref": name}:
            return [each.strip() for each in values[name].split(",")]
        case {"Fn::Split": [delimiter, whole]}:
            return text(whole, values, maps).split(delimiter)
    raise AssertionError(expression)


def holds(expression: Any, template: Any, values: Values, *, refuse: bool) -> bool:
    maps = template["Mappings"]
    match expression:
        case {"Condition": name}:
            return holds(template["Conditions"][name], template, values, refuse=refuse)
        case {"Fn::Not": [part]}:
            return not holds(part, template, values, refuse=refuse)
        case {"Fn::And": parts}:
            # One that cannot be evaluated counts, wherever it stands.
            truths = [holds(part, template, values, refuse=refuse) for part in parts]
            return all(truths)
        case {"Fn::Or": parts}:
            truths = [holds(part, template, values, refuse=refuse) for part in parts]
            return any(truths)
    try:
        match expression:
            case {"Fn::Equals": [left, right]}:
                return text(left, values, maps) == text(right, values, maps)
            case {"Fn::Contains": [listed, one]}:
                return text(one, values, maps) in items(listed, values, maps)
            case {"Fn::EachMemberIn": [listed, among]}:
                return set(items(listed, values, maps)) <= set(items(among, values, maps))
            case {"Fn::EachMemberEquals": [listed, one]}:
                return set(items(listed, values, maps)) <= {text(one, values, maps)}
    except Refused:
        if refuse:
            raise
        return False
    raise AssertionError(expression)


def deployments(template: Any, universe: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[dict[str, bool], Values]]:
    """Yield the conditions and values of each deployment that CloudFormation accepts."""
    for each in product(*universe.values()):
        values = dict(zip(universe, each, strict=True))
        try:
            truths = {name: holds(one, template, values, refuse=True) for name, one in template["Conditions"].items()}
        except Refused:
            continue
        if all(
            not holds(rule.get("RuleCondition", {"Fn::And": []}), template, values, refuse=False)
            or all(holds(each["Assert"], template, values, refuse=False) for each in rule["Assertions"])
            for rule in template["Rules"].values()
        ):
            yield truths, values


WORDS = ("a", "b", "a-b", "b-a", "")
words = st.sampled_from(WORDS)
references = st.sampled_from([{"Ref": name} for name in ("P", "Q", "AWS::Region")])


def _functions(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    lists = st.one_of(
        st.lists(inner, min_size=1, max_size=2),
        st.just({"Ref": "L"}),
        st.tuples(st.just("-"), inner).map(lambda both: {"Fn::Split": list(both)}),
    )
    keys = st.tuples(st.just("M"), inner, st.sampled_from(["a", "b"]))
    return st.one_of(
        st.tuples(st.sampled_from(["", "-"]), lists).map(lambda both: {"Fn::Join": list(both)}),
        st.tuples(st.sampled_from(["0", "1"]), lists).map(lambda both: {"Fn::Select": list(both)}),
        st.sampled_from(["${P}", "${P}-${Q}", "${L}", "a${P}"]).map(lambda pattern: {"Fn::Sub": pattern}),
        st.tuples(keys, st.none() | words).map(
            lambda both: {"Fn::FindInMap": [*both[0], *([] if both[1] is None else [{"DefaultValue": both[1]}])]}
        ),
    )


expressions = st.recursive(st.one_of(words, references, references), _functions, max_leaves=3)
equalities = st.tuples(expressions, expressions).map(lambda both: {"Fn::Equals": list(both)})


def _logic(parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    some = st.lists(parts, min_size=1, max_size=2)
    return st.one_of(
        st.tuples(parts).map(lambda part: {"Fn::Not": list(part)}),
        some.map(lambda listed: {"Fn::And": listed}),
        some.map(lambda listed: {"Fn::Or": listed}),
    )


lists_of_words = st.lists(st.one_of(words, references), min_size=1, max_size=3)
assertions = st.recursive(
    st.one_of(
        equalities,
        st.tuples(lists_of_words, expressions).map(lambda both: {"Fn::Contains": list(both)}),
        st.tuples(lists_of_words, expressions).map(lambda both: {"Fn::EachMemberEquals": list(both)}),
        st.tuples(st.just({"Ref": "L"}) | lists_of_words, lists_of_words).map(
            lambda both: {"Fn::EachMemberIn": list(both)}
        ),
    ),
    _logic,
    max_leaves=2,
)
rules = st.fixed_dictionaries(
    {"Assertions": st.lists(assertions.map(lambda one: {"Assert": one}), min_size=1, max_size=2)},
    optional={"RuleCondition": assertions},
)
allowed_values = st.lists(words, min_size=1, max_size=3, unique=True)
NAMES = ("C0", "C1", "C2")


@st.composite
def templates(draw: st.DrawFn, *, closed: bool) -> dict[str, Any]:
    parameters: dict[str, dict[str, Any]] = {}
    for name in ("P", "Q"):
        parameters[name] = {"Type": "String"} | ({"Default": draw(words)} if draw(st.booleans()) else {})
        if closed or draw(st.booleans()):
            parameters[name]["AllowedValues"] = draw(allowed_values)
    parameters["L"] = {"Type": "CommaDelimitedList", "Default": draw(st.sampled_from(["", "a", "a, b", "b,a-b"]))}
    conditions = {}
    for number, name in enumerate(NAMES):
        others = [{"Condition": other} for other in NAMES[:number]]
        atoms = st.one_of(equalities, st.sampled_from(others)) if others else equalities
        conditions[name] = draw(st.recursive(atoms, _logic, max_leaves=2))
    maps = {"M": draw(st.dictionaries(words, st.fixed_dictionaries({"a": words}, optional={"b": words}), min_size=1))}
    ruled = draw(st.dictionaries(st.sampled_from(["R0", "R1"]), rules, max_size=2))
    return {"Parameters": parameters, "Mappings": maps, "Conditions": conditions, "Rules": ruled}


choices = st.dictionaries(st.sampled_from(NAMES), st.booleans(), max_size=2)


def fitting(
    template: Any, chosen: Mapping[str, bool], universe: Mapping[str, tuple[str, ...]]
) -> list[tuple[dict[str, bool], Values]]:
    every = list(deployments(template, universe))
    assume(every)
    return [each for each in every if all(each[0][name] is wanted for name, wanted in chosen.items())]


@settings(max_examples=100)
@given(templates(closed=True), choices)
def test_agrees_with_all_deployments_where_the_template_says_what_values_there_are(
    template: Any, chosen: dict[str, bool]
) -> None:
    universe = {name: tuple(template["Parameters"][name]["AllowedValues"]) for name in ("P", "Q")}
    given_list = template["Parameters"]["L"]["Default"]
    fit = fitting(template, chosen, universe | {"L": (given_list,), "AWS::Region": ("a-b",)})
    root = root_of(template)
    assumptions = Assumptions(regions=("a-b",), parameters={"L": given_list})
    conditions = open_template(root.document, root, assumptions).conditions
    assert conditions.possible(chosen) is bool(fit)
    for name in NAMES:
        seen = {truths[name] for truths, _ in fit}
        assert conditions.value(name, chosen) is (seen.pop() if len(seen) == 1 else None)
    for name in universe if fit else ():
        left = {values[name] for _, values in fit}
        default = template["Parameters"][name].get("Default")
        expected = default if default in left else left.pop() if len(left) == 1 else None
        assert conditions.parameter(name, chosen) == expected
    assert not conditions.exhausted


@settings(max_examples=100)
@given(templates(closed=False), choices)
def test_excludes_no_deployment_where_values_come_from_outside(template: Any, chosen: dict[str, bool]) -> None:
    others = (*WORDS, "a,b", "new", "new-a")
    universe = {name: tuple(template["Parameters"][name].get("AllowedValues", others)) for name in ("P", "Q")}
    fit = fitting(template, chosen, universe | {"L": ("", "a", "a,b", "new-a"), "AWS::Region": ("a", "a-b", "new")})
    conditions = conditions_of(template)
    if fit:
        assert conditions.possible(chosen)
    for name in NAMES:
        seen = {truths[name] for truths, _ in fit}
        known = conditions.value(name, chosen)
        assert known is None or not fit or seen == {known}
    for name in (*universe, "AWS::Region") if fit else ():
        left = {values[name] for _, values in fit}
        value = conditions.parameter(name, chosen)
        default = template["Parameters"].get(name, {}).get("Default")
        assert value in {None, default} or left == {value}


@pytest.mark.parametrize(("default", "compared"), [("yes", '"true"'), ("True", "on"), ("0x1F", "31"), ("010", '"8"')])
def test_texts_are_compared_as_cloudformation_reads_them(default: str, compared: str) -> None:
    """YAML 1.1 has several ways to write a number or a truth value."""
    text = f"""
Parameters: {{Switch: {{Type: String, Default: {default}}}}}
Conditions: {{On: !Equals [!Ref Switch, {compared}]}}
Resources: {{A: {{Type: AWS::SQS::Queue}}}}
"""
    conditions = conditions_of(text)
    assert conditions.parameter("Switch", {}) is not None
    assert conditions.parameter("Switch", {"On": True}) == conditions.parameter("Switch", {})
