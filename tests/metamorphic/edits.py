"""What can be taken out of a template, or made wider in it: one thing at a time."""

import copy
from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

from metamorphic.templates import CALL, is_call, is_statement
from splitting import Json, named

Path: TypeAlias = tuple[str | int, ...]

REMOVABLE = ("Policy", "::Permission", "::PrincipalPermission", "::RolePolicyAttachment")
"""How the types of resources end of which each gives somebody a right."""
PROPERTIES = (
    *(
        "RedrivePolicy",
        "RedriveAllowPolicy",
        "DeadLetterConfig",
        "DeadLetterQueue",
        "DestinationConfig",
        "OnFailure",
        "OnSuccess",
    ),
    *("KmsMasterKeyId", "KmsKeyId", "KmsKeyIdentifier", "SqsManagedSseEnabled", "StreamEncryption"),
    *("ManagedPolicyArns", "Policies", "PermissionsBoundary", "SourceArn", "SourceAccount"),
    *("FunctionResponseTypes", "ReceiveMessageWaitTimeSeconds", "MessageRetentionPeriod", "VisibilityTimeout"),
    *(
        "SqsParameters",
        "ContentBasedDeduplication",
        "FilterCriteria",
        "MaximumRetryAttempts",
        "MaximumRecordAgeInSeconds",
    ),
    *(
        "BisectBatchOnFunctionError",
        "MaximumBatchingWindowInSeconds",
        "SourceAccessConfigurations",
        "ErrorOutputPrefix",
    ),
    *("S3BackupMode", "EncryptionInTransit", "Logs", "DeploymentMode", "EventPattern", "RoleArn", "RetryPolicy"),
)
"""What rules ask of resources."""
LISTS = ("Action", "Resource")


def removals(template: Json) -> Iterator[tuple[str, Json]]:
    """Give each template in which one thing is missing, with what that is."""
    for path in _removable(template):
        yield _shown(path, template), _without(template, path)


def _removable(template: Json) -> Iterator[Path]:
    resources = template["Resources"]
    used = {id_ for resource in resources.values() for id_, _ in named(resource, resources)}
    for id_, resource in resources.items():
        here: Path = ("Resources", id_)
        if id_ not in used and resource["Type"].endswith(REMOVABLE):
            yield here
        yield from _parts(resource.get("Properties"), (*here, "Properties"))


def _parts(value: Json, path: Path) -> Iterator[Path]:
    match value:
        case list():
            for number, part in enumerate(value):
                yield from _parts(part, (*path, number))
        case dict() if is_statement(value):
            if isinstance(path[-1], int):
                yield path
            yield from _of_statement(value, path)
        case dict() if not is_call(value):
            for key, part in value.items():
                if key in PROPERTIES:
                    yield (*path, key)
                if key == "Policies" and isinstance(part, list) and len(part) > 1:
                    yield from ((*path, key, number) for number in range(len(part)))
                yield from _parts(part, (*path, key))
        case _:
            pass


def _of_statement(statement: dict[str, Json], path: Path) -> Iterator[Path]:
    for key in LISTS:
        if isinstance(statement.get(key), list) and len(statement[key]) > 1:
            yield from ((*path, key, number) for number in range(len(statement[key])))
    principal = statement.get("Principal")
    if isinstance(principal, dict) and not is_call(principal):
        if len(principal) > 1:
            yield from ((*path, "Principal", kind) for kind in principal)
        for kind, several in principal.items():
            if isinstance(several, list) and len(several) > 1:
                yield from ((*path, "Principal", kind, number) for number in range(len(several)))
    condition = statement.get("Condition")
    if isinstance(condition, dict) and not is_call(condition):
        for operator, asked in condition.items():
            if isinstance(asked, dict) and not operator.startswith(CALL):
                for key, values in asked.items():
                    yield (*path, "Condition", operator, key)
                    if isinstance(values, list) and len(values) > 1:
                        yield from ((*path, "Condition", operator, key, number) for number in range(len(values)))


def _without(template: Json, path: Path) -> Json:
    """Give the template without what stands there, and without what is empty then."""
    found = copy.deepcopy(template)
    holders = [found]
    for step in path[:-1]:
        holders.append(holders[-1][step])
    for holder, step in zip(reversed(holders), reversed(path), strict=True):
        del holder[step]
        if holder or step == path[0]:
            break
    return found


def at(template: Json, path: Path) -> Json:
    """Give what stands at the end of a path."""
    for step in path:
        template = template[step]
    return template


def _shown(path: Path, template: Json) -> str:
    """Write a path for people: without what is the same in all, elements of lists by what they say."""
    words: list[str] = []
    for number, step in enumerate(path):
        if step in {"Resources", "Properties", "PolicyDocument", "Statement"}:
            continue
        value = at(template, path[: number + 1])
        words.append(str(step) if isinstance(step, str) or not isinstance(value, str) else repr(value))
    return ".".join(words)


class Wider(NamedTuple):
    """One statement that says more than before."""

    path: Path
    shown: str
    part: str
    """What of it is wider: Action, Resource, Principal, or the operator of a condition."""
    to: str
    statement: dict[str, Json]
    denying: bool
    """Whether another statement of the policy denies something."""

    def __str__(self) -> str:
        return f"{self.shown}.{self.part} {self.to}"

    def _asked(self) -> Iterator[tuple[str, str, Json]]:
        """Give what the statement asks for: operators, keys in small letters, and values."""
        for operator, asked in (self.statement.get("Condition") or {}).items():
            for key, value in asked.items() if isinstance(asked, dict) else ():
                yield operator, key.lower(), value

    @property
    def _for_services(self) -> bool:
        principal = self.statement.get("Principal")
        return isinstance(principal, dict) and "Service" in principal

    @property
    def _asks_for_more(self) -> bool:
        """Whether something is asked for beside what anybody has, and what may be missing."""
        return is_call(self.statement.get("Condition")) or any(
            key != "aws:securetransport"
            and value != "*"
            and not operator.startswith("ForAllValues:")
            and (self._for_services or not operator.endswith("IfExists"))
            for operator, key, value in self._asked()
        )

    def excuse(self) -> str:
        """Give why nobody is told of it; empty where somebody has to be."""
        principal = self.statement.get("Principal")
        if "KeyPolicy" in self.path:
            return "no rule asks who else may use a key"
        if principal is None:
            return "no rule asks what a role may do besides, save read secrets"
        if "AssumeRolePolicyDocument" in self.path and (self.part != "Condition" or not self._for_services):
            return "a trust policy is for one action and one role, and no rule asks who else than a service has it"
        if "iot.amazonaws.com" in str(principal):
            return "no rule asks whose rules of IoT may have a role"
        if "NotAction" in self.statement:
            return "all but some actions is more than a rule counts"
        match self.part:
            case "Resource":
                return "the policy of a resource is for that alone"
            case "Action" if "AWS" in str(principal) and "AccountId" in str(principal):
                return "the own account may do everything"
            case "Principal" if self._asks_for_more:
                return "its condition keeps the others out"
            case "Condition" if self._asks_for_more:
                return "what else it asks for keeps the others out"
            case "Condition" if not self.to.endswith(" *") and self._is_sent:
                return "whoever is meant always sends it"
            case "Condition" if self.to.lower() == "stringlike aws:sourceowner *":
                return "which services send it is not documented"
        return "what is denied beside it keeps the others out" if self.part == "Condition" and self.denying else ""

    @property
    def _is_sent(self) -> bool:
        """Say whether the callers have the keys that may be missing now."""
        keys = {key for _, key, _ in self._asked()}
        return self._for_services or keys <= {"aws:principalaccount", "aws:principalarn", "aws:securetransport"}


def widenings(template: Json) -> Iterator[tuple[Wider, Json]]:
    """Give each template in which one statement says more than before, with what that is."""
    for path in _removable(template):
        if isinstance(path[-1], int) and is_statement(at(template, path)) and at(template, path)["Effect"] == "Allow":
            for part, to, statement in _wider(at(template, path)):
                found = copy.deepcopy(template)
                at(found, path[:-1])[path[-1]] = statement
                beside = at(found, path[:-1])
                denying = any(is_statement(each) and each["Effect"] == "Deny" for each in beside)
                yield Wider(path, _shown(path, template), part, to, statement, denying), found


def _wider(statement: dict[str, Json]) -> Iterator[tuple[str, str, dict[str, Json]]]:
    for key in ("Action", "Resource"):
        if key in statement and statement[key] not in ("*", ["*"]):
            yield key, "*", {**statement, key: "*"}
    if statement.get("Principal") not in (None, "*", {"AWS": "*"}):
        yield "Principal", "*", {**statement, "Principal": "*"}
    for operator, asked in (statement.get("Condition") or {}).items():
        if not isinstance(asked, dict) or operator.startswith(CALL) or is_call(asked):
            continue
        others = {name: each for name, each in statement["Condition"].items() if name != operator}
        for name in (f"{operator}IfExists", f"ForAllValues:{operator}"):
            if "IfExists" not in operator and ":" not in operator and operator != "Null":
                yield "Condition", f"{name} {', '.join(asked)}", {**statement, "Condition": {**others, name: asked}}
        if "Not" not in operator and operator not in {"Null", "Bool"}:
            like = "ArnLike" if operator.startswith("Arn") else "StringLike"
            anything = {**others.get(like, {}), **dict.fromkeys(asked, "*")}
            conditions = {**others, like: anything}
            yield "Condition", f"{like} {', '.join(asked)} *", {**statement, "Condition": conditions}
