"""Functions of AWS Lambda, without the values of their environment.

https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionConfiguration.html
"""

import json
from collections.abc import Iterator, Mapping

from msglint.account.describe.interface import Ask, Described, Where, resource, unread


def function(where: Where, ask: Ask) -> Described:
    """Give a function with the permissions of its policy; for an alias or version, that too, with its own."""
    name, qualifier = _named(where)
    said = ask("lambda", "GetFunctionConfiguration", FunctionName=name)
    properties: dict[str, object] = {
        "FunctionName": name,
        "Role": said["Role"],
        "Timeout": said.get("Timeout"),
        "Handler": said.get("Handler"),
        "Runtime": said.get("Runtime"),
        # Neither was asked for: the one may hold secrets, and the other is no policy.
        "Code": unread(),
        "Environment": unread(),
        "DeadLetterConfig": said.get("DeadLetterConfig"),
    }
    resources = {name: resource("AWS::Lambda::Function", properties), **_permissions(name, {}, ask)}
    if not qualifier:
        return Described(resources)
    called, chosen = f"{name}:{qualifier}", {"Qualifier": qualifier}
    ask("lambda", "GetFunctionConfiguration", FunctionName=name, **chosen)  # there is such a one
    arn = where.arn("lambda", f"function:{called}")
    numbered = qualifier.isdecimal()
    kind = "AWS::Lambda::Version" if numbered else "AWS::Lambda::Alias"
    own = {"FunctionName": name, "Name": None if numbered else qualifier}
    resources |= {called: resource(kind, own), **_permissions(name, chosen, ask)}
    return Described(resources, {called: {"arn": arn, "Version" if numbered else "name": qualifier}})


def _permissions(name: str, chosen: Mapping[str, str], ask: Ask) -> Mapping[str, Mapping[str, object]]:
    policy = ask.or_none("lambda", "GetPolicy", FunctionName=name, **chosen)
    statements = json.loads(policy["Policy"])["Statement"] if policy is not None else []
    # By the alias or version itself: the function may have been looked up for another, and be told there.
    called = ":".join((name, *chosen.values()))
    return {
        f"permission {number} of {called}": resource("AWS::Lambda::Permission", _permission(statement, called))
        for number, statement in enumerate(statements, 1)
    }


def _named(where: Where) -> tuple[str, str]:
    """Give the name of a function that an ARN or name is of, and the alias or version that it names."""
    _, _, behind = where.name.rpartition(":function:")
    name, _, qualifier = behind.partition(":")
    return name, "" if qualifier == "$LATEST" else qualifier


def _permission(statement: Mapping[str, object], called: str) -> Mapping[str, object]:
    """Give a statement as AddPermission takes it.

    https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html
    """
    principal = statement.get("Principal")
    given: dict[str, object] = {"FunctionName": {"Ref": called}, "Action": statement.get("Action")}
    given["Principal"] = next(iter(principal.values())) if isinstance(principal, Mapping) else principal
    known = {"aws:sourcearn": "SourceArn", "aws:sourceaccount": "SourceAccount", "aws:principalorgid": "PrincipalOrgID"}
    for key, value in _conditions(statement):
        # What AddPermission does not make nobody can say in its words.
        given[known.get(key.lower(), "Principal")] = value if key.lower() in known else unread()
    return given


def _conditions(statement: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    conditions = statement.get("Condition")
    for keys in conditions.values() if isinstance(conditions, Mapping) else ():
        yield from keys.items()
