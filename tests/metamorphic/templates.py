"""Templates as JSON says them, changed into others that mean the same."""

import copy
import json
import re
from collections.abc import Callable, Iterator
from itertools import product

from splitting import Json

Change = Callable[[Json], Json]
"""Makes another template of one, which stays as it is; equal to it where there is nothing to change."""

FUNCTION = re.compile(r"Fn::\w+|Ref|Condition")
MANY = ("Action", "NotAction", "Resource", "NotResource")
CALL = "Fn::"
SHUFFLED = {*MANY, "Statement", "DependsOn"}
"""Lists in which the order says nothing, beside those in Principal and Condition."""


def is_call(value: Json) -> bool:
    """Say whether a value is a function of CloudFormation."""
    return isinstance(value, dict) and len(value) == 1 and bool(FUNCTION.fullmatch(next(iter(value))))


def is_statement(value: Json) -> bool:
    """Say whether a value is a statement of a policy."""
    return isinstance(value, dict) and "Effect" in value and bool({"Action", "NotAction"} & {*value})


def mapped(value: Json, change: Callable[[Json], Json]) -> Json:
    """Give a copy of a value in which each mapping, list and scalar is changed, the inner ones first."""
    if isinstance(value, dict):
        value = {key: mapped(part, change) for key, part in value.items()}
    elif isinstance(value, list):
        value = [mapped(part, change) for part in value]
    return change(value)


def statements(value: Json) -> Iterator[dict[str, Json]]:
    """Give the statements of all policies in a value."""
    if isinstance(value, dict):
        if is_statement(value):
            yield value
        for part in value.values():
            yield from statements(part)
    elif isinstance(value, list):
        for part in value:
            yield from statements(part)


# Order


def reversed_keys(template: Json) -> Json:
    """Turn the order of the keys of all mappings round, and so that of the resources."""
    return mapped(template, lambda value: dict(reversed(value.items())) if isinstance(value, dict) else value)


def shuffled_policies(template: Json) -> Json:
    """Turn the order of statements round, and that of what each names."""

    def change(value: Json) -> Json:
        if not isinstance(value, dict):
            return value
        named = {key: _turned(part) for key, part in value.items() if key in SHUFFLED}
        if is_statement(value):
            for key in ("Principal", "NotPrincipal", "Condition"):
                if key in value:
                    named[key] = _turned_inside(value[key])
        return {**value, **named}

    return mapped(template, change)


def _turned(value: Json) -> Json:
    return value[::-1] if isinstance(value, list) else value


def _turned_inside(value: Json) -> Json:
    if _is_plain(value):
        return {key: _turned_inside(part) for key, part in value.items()}
    return _turned(value)


# Policies


def listed(template: Json) -> Json:
    """Make a list of one of each action, resource, principal and value of a condition that stands alone."""

    def change(value: Json) -> Json:
        if not is_statement(value):
            return value
        found = {key: _list(part) if key in MANY else part for key, part in value.items()}
        for key in ("Principal", "NotPrincipal"):
            if isinstance(value.get(key), dict) and not is_call(value[key]):
                found[key] = {kind: _list(each) for kind, each in value[key].items()}
        if isinstance(value.get("Condition"), dict) and not is_call(value["Condition"]):
            found["Condition"] = {
                operator: {key: _list(each) for key, each in asked.items()} if _is_asked(operator, asked) else asked
                for operator, asked in value["Condition"].items()
            }
        return found

    return _in_policies(template, change)


def alone(template: Json) -> Json:
    """Take each action, resource, principal, statement and value out of a list of one."""

    def change(value: Json) -> Json:
        if isinstance(value, dict) and "Statement" in value:
            return {**value, "Statement": _alone(value["Statement"])}
        if not is_statement(value):
            return value
        found = {key: _alone(part) if key in MANY else part for key, part in value.items()}
        for key in ("Principal", "NotPrincipal"):
            if isinstance(value.get(key), dict) and not is_call(value[key]):
                found[key] = {kind: _alone(each) for kind, each in value[key].items()}
        if isinstance(value.get("Condition"), dict) and not is_call(value["Condition"]):
            found["Condition"] = {
                operator: {key: _alone(each) for key, each in asked.items()} if _is_asked(operator, asked) else asked
                for operator, asked in value["Condition"].items()
            }
        return found

    return _in_policies(template, change)


def split(template: Json) -> Json:
    """Write each statement as several, of one action, one resource and one principal each."""

    def change(value: Json) -> Json:
        if not isinstance(value, dict) or not isinstance(value.get("Statement"), list | dict):
            return value
        found = _list(value["Statement"])
        return {
            **value,
            "Statement": [one for each in found for one in (_single(each) if is_statement(each) else [each])],
        }

    return _in_policies(template, change)


def _single(statement: dict[str, Json]) -> Iterator[dict[str, Json]]:
    """Give the statements that one statement is; what is said not to be meant belongs together."""
    axes = [
        [{key: each} for each in statement[key]]
        for key in ("Action", "Resource")
        if isinstance(statement.get(key), list)
    ]
    principal = statement.get("Principal")
    if isinstance(principal, dict) and not is_call(principal):
        axes.append([{"Principal": {kind: each}} for kind, several in principal.items() for each in _list(several)])
    for number, parts in enumerate(product(*axes)):
        found = dict(statement)
        for part in parts:
            found |= part
        if number and "Sid" in found:
            found["Sid"] = f"{found['Sid']}{number}" if isinstance(found["Sid"], str) else found["Sid"]
        yield found


def everybody(template: Json) -> Json:
    """Write everybody as `{"AWS": "*"}` where it is `*`, and as `*` where it is that."""

    def change(value: Json) -> Json:
        if not is_statement(value):
            return value
        swapped = {"*": {"AWS": "*"}} if isinstance(value.get("Principal"), str) else {}
        if value.get("Principal") in ({"AWS": "*"}, {"AWS": ["*"]}):
            return {**value, "Principal": "*"}
        principal = value.get("Principal")
        return {**value, "Principal": swapped.get(principal, principal)} if swapped else value

    return _in_policies(template, change)


def _in_policies(template: Json, change: Callable[[Json], Json]) -> Json:
    return mapped(template, change)


def _list(value: Json) -> Json:
    return value if isinstance(value, list) else [value]


def _alone(value: Json) -> Json:
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _is_asked(operator: str, asked: Json) -> bool:
    return not operator.startswith("Fn::") and _is_plain(asked)


def _is_plain(value: Json) -> bool:
    return isinstance(value, dict) and not is_call(value)


# Names

PREFIX = "Qx"
SUFFIX = "Qy"
_VARIABLE = re.compile(r"\$\{([^!{}][^{}]*)\}")


def renamed(template: Json) -> Json:
    """Put a prefix before the names of all resources, parameters, conditions and maps, and wherever they are used."""
    own = {
        name
        for section in ("Resources", "Parameters", "Conditions", "Mappings")
        for name in template.get(section) or {}
    }

    def name(said: Json) -> Json:
        # What SAM makes of a resource is named after that: `OrdersRole`.
        is_own = isinstance(said, str) and any(said.startswith(each) for each in own)
        return f"{PREFIX}{said}" if is_own and not said.startswith("AWS::") else said

    # CloudFormation makes names of the stack, the logical id and random letters.
    made = rf"(?<=[\w}}])-({'|'.join(map(re.escape, own))})-"

    def inside(value: Json, key: str = "") -> Json:
        if isinstance(value, list):
            return [inside(each) for each in value]
        if not isinstance(value, dict):
            if isinstance(value, str) and key not in {"Ref", "Condition"}:
                return re.sub(made, rf"-{PREFIX}\1-", value)
            return name(value) if key in {"Ref", "Condition"} else value
        found = {}
        for each, part in value.items():
            if each == "Fn::GetAtt" and isinstance(part, str | list):
                found[each] = name(part) if isinstance(part, str) else [name(part[0]), *map(inside, part[1:])]
            elif each == "Fn::Sub":
                pattern, given = (part, {}) if isinstance(part, str) else (part[0], part[1])
                pattern = inside("".join(_with_names(pattern, given, name)))
                found[each] = [pattern, inside(given)] if given else pattern
            elif each in {"Fn::FindInMap", "Fn::If"} and isinstance(part, list):
                found[each] = [name(part[0]) if isinstance(part[0], str) else inside(part[0]), *map(inside, part[1:])]
            elif each == "DependsOn":
                found[each] = [name(one) for one in part] if isinstance(part, list) else name(part)
            else:
                found[each] = inside(part, each)
        return found

    changed = {key: inside(part) for key, part in template.items()}
    for section in ("Resources", "Parameters", "Conditions", "Mappings"):
        if section in changed:
            changed[section] = {f"{PREFIX}{id_}": part for id_, part in changed[section].items()}
    return changed


def _with_names(pattern: str, given: Json, name: Callable[[Json], Json]) -> Iterator[str]:
    """Give the parts of a text, with another name in each `${…}` that is not given beside it."""
    for number, part in enumerate(_VARIABLE.split(pattern)):
        is_variable = number % 2
        yield f"${{{part if part.strip() in given else name(part.strip())}}}" if is_variable else part


def back(text: str) -> str:
    """Give a text with the names back that had no prefix, and roles for what was taken out of them."""
    return re.sub(rf"{PREFIX}|{SUFFIX}\d+", "", text)


# Values

ENUMERATED = {"Type", "SqsSubscription", "Id"}
"""What SAM itself asks of a resource, and takes from no function."""
LITERAL = {"TemplateURL"}
"""What is a path on this disk only where it stands there as it is: packaging reads no function."""
WHOLE = ("Fn::Transform", "AWS::NoValue", "Fn::Split", "Fn::GetAZs", "Fn::Cidr")
"""What gives no text, or not in every case."""

Wrap = Callable[[Json, str, Json], Json]
"""Writes a value otherwise; may add sections to the template. It is given the value, its key and the template."""


def in_if(value: Json, key: str, template: Json) -> Json:
    """Take it where a condition holds that always holds."""
    template.setdefault("Conditions", {})["Always"] = {"Fn::Equals": ["a", "a"]}
    return {"Fn::If": ["Always", value, {"Ref": "AWS::NoValue"}]}


def in_join(value: Json, key: str, template: Json) -> Json:
    """Join it with nothing."""
    return {"Fn::Join": ["", [_text(value)]]}


def in_select(value: Json, key: str, template: Json) -> Json:
    """Take it from a list of two."""
    return {"Fn::Select": [1, ["other", _text(value)]]}


def in_sub(value: Json, key: str, template: Json) -> Json:
    """Put it into a text of nothing else."""
    return {"Fn::Sub": ["${Given}", {"Given": _text(value)}]}


def in_literal_sub(value: Json, key: str, template: Json) -> Json:
    """Write a literal text as one in which something might be put."""
    return {"Fn::Sub": _text(value).replace("${", "${!")} if not is_call(value) else value


def in_map(value: Json, key: str, template: Json) -> Json:
    """Look a literal up in a map."""
    if is_call(value):
        return value
    entries = template.setdefault("Mappings", {}).setdefault("Kept", {"here": {}})["here"]
    name = f"entry{len(entries)}"
    entries[name] = _text(value)
    return {"Fn::FindInMap": ["Kept", "here", name]}


def in_parameter(value: Json, key: str, template: Json) -> Json:
    """Make a literal the default of a parameter."""
    if is_call(value):
        return value
    parameters = template.setdefault("Parameters", {})
    name = f"Given{len(parameters)}"
    parameters[name] = {"Type": "String", "Default": _text(value)}
    return {"Ref": name}


def _text(value: Json) -> Json:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int) else value


def wrapped(wrap: Wrap, wanted: Callable[[str, Json], bool] = lambda key, value: True) -> Change:
    """Give the change that writes each value of a property otherwise: each scalar and each function."""

    def change(template: Json) -> Json:
        found = copy.deepcopy(template)
        sam = "Serverless" in str(found.get("Transform"))

        def inside(value: Json, key: str) -> Json:
            if isinstance(value, list):
                return [inside(each, key) for each in value]
            if isinstance(value, dict) and not is_call(value):
                return {
                    name: part
                    if name.startswith("Fn::") or name in LITERAL or (sam and name in ENUMERATED)
                    else inside(part, name)
                    for name, part in value.items()
                }
            if isinstance(value, dict) and isinstance(value.get("Fn::If"), list):
                return branched(value, key)
            if not wanted(key, value) or value is None:
                return value
            if isinstance(value, dict) and any(word in json.dumps(value) for word in WHOLE):
                return value
            return wrap(value, key, found)

        def branched(value: Json, key: str) -> Json:
            name, *values = value["Fn::If"]
            return {"Fn::If": [name, *(inside(each, key) for each in values)]}

        for resource in (found.get("Resources") or {}).values():
            if isinstance(resource, dict) and _is_plain(resource.get("Properties")):
                resource["Properties"] = inside(resource["Properties"], "")
        return found

    return change


# Surroundings


def beside(template: Json) -> Json:
    """Add resources that have nothing to do with the others."""
    own = {
        "UnrelatedTable": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
        "UnrelatedGroup": {"Type": "AWS::Logs::LogGroup", "Properties": {"RetentionInDays": 7}},
    }
    first, last = dict([own.popitem()]), own
    return {**template, "Resources": {**first, **template["Resources"], **last}}


def under_a_condition(template: Json) -> Json:
    """Make each resource under a condition that always holds."""
    return _conditioned(template, {"Always": {"Fn::Equals": ["a", "a"]}})


def under_a_parameter(template: Json) -> Json:
    """Make each resource under a condition on a parameter that has one value alone."""
    only = {"Type": "String", "AllowedValues": ["a"], "Default": "a"}
    found = _conditioned(template, {"Always": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Only"}, "b"]}]}})
    return {**found, "Parameters": {**(template.get("Parameters") or {}), "Only": only}}


def _conditioned(template: Json, conditions: Json) -> Json:
    resources = {
        id_: {"Condition": "Always", **resource} if isinstance(resource, dict) else resource
        for id_, resource in template["Resources"].items()
    }
    return {**template, "Conditions": {**(template.get("Conditions") or {}), **conditions}, "Resources": resources}


def through_sam(template: Json) -> Json:
    """Let a template go through the transform of SAM, which finds nothing of its own in it."""
    return template if "Transform" in template else {"Transform": "AWS::Serverless-2016-10-31", **template}


def in_policies(type_: str) -> Change:
    """Give the change that writes each policy inside a role as one of another type."""

    def change(template: Json) -> Json:
        resources: dict[str, Json] = {}
        for id_, resource in template["Resources"].items():
            policies = resource.get("Properties", {}).get("Policies") if isinstance(resource, dict) else None
            if (
                not isinstance(policies, list)
                or resource["Type"] != "AWS::IAM::Role"
                or not all(map(_is_named, policies))
            ):
                resources[id_] = resource
                continue
            resources[id_] = {
                **resource,
                "Properties": {key: part for key, part in resource["Properties"].items() if key != "Policies"},
            }
            condition = {"Condition": resource["Condition"]} if "Condition" in resource else {}
            for number, policy in enumerate(policies):
                one = type_ == "AWS::IAM::RolePolicy"
                whose = {"RoleName": {"Ref": id_}} if one else {"Roles": [{"Ref": id_}]}
                named = {} if type_ == "AWS::IAM::ManagedPolicy" else {"PolicyName": policy["PolicyName"]}
                properties = {**named, "PolicyDocument": policy["PolicyDocument"], **whose}
                resources[f"{id_}{SUFFIX}{number}"] = {"Type": type_, "Properties": properties, **condition}
        return {**template, "Resources": resources}

    return change


def _is_named(policy: Json) -> bool:
    return _is_plain(policy) and "PolicyName" in policy
