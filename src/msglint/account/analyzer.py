"""What IAM Access Analyzer says of the resource policies of a run. It judges each by itself, and its grammar first.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-policy-validation.html
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from msglint.account.describe.interface import GoneError, UnansweredError
from msglint.account.lookups import Account, calling
from msglint.finding import Remark
from msglint.model.access import ResourcePolicy
from msglint.model.data import Data
from msglint.model.events import EventBus
from msglint.model.exposure import POLICY_HOLDERS
from msglint.model.expression import Fields, Items, NeedsChoice
from msglint.model.kms import Key, ReplicaKey
from msglint.model.resource import Part, Resource
from msglint.model.text import Text
from msglint.model.value import Absent, Known
from msglint.source import Place, innermost

SOURCE = "IAM Access Analyzer"
_OPEN = "not all of their text is known before the deployment"
_HOLDERS = (*POLICY_HOLDERS, EventBus, Key, ReplicaKey)


class Document(NamedTuple):
    """A policy, and where it is written."""

    resource: str
    at: Place
    text: str | None
    """None: not all of it is known."""


class _OpenError(Exception):
    """Something of a policy is known only when it is deployed."""


def remarks(parts: Iterable[Part], account: Account) -> Sequence[Remark]:
    """Give what Access Analyzer has to say, and how many policies it was not asked about, for each reason.

    https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_ValidatePolicy.html
    """
    every = [each for part in parts for each in _documents(part)]
    with calling() as pool:
        said = list(pool.map(lambda each: _validated(each, account), every))
    unasked = Counter(each for each in said if isinstance(each, str))
    return [
        *dict.fromkeys(remark for several in said if not isinstance(several, str) for remark in several),
        *(Remark(source=SOURCE, message=_unasked(number, why)) for why, number in unasked.items()),
    ]


def _unasked(number: int, why: str) -> str:
    return f"it was not asked about {'1 policy' if number == 1 else f'{number} policies'}: {why}"


def _validated(document: Document, account: Account) -> Sequence[Remark] | str:
    """Give what it finds in a policy, or why it was not asked."""
    if document.text is None:
        return _OPEN
    asked = {"policyDocument": document.text, "policyType": "RESOURCE_POLICY"}
    try:
        found = list(account.access.pages("accessanalyzer", "ValidatePolicy", account.region, "findings", **asked))
    except (UnansweredError, GoneError) as error:
        return str(error)
    at = innermost(document.at)
    return [
        Remark(
            source=SOURCE,
            message=each["findingDetails"],
            file=at.document.name,
            span=at.span,
            resource=document.resource,
            type=each["findingType"],
            code=each["issueCode"],
            link=each["learnMoreLink"],
        )
        for each in found
    ]


def _documents(part: Part) -> Iterator[Document]:
    for resource, data in _policies(part):
        text = _written(data)
        if text != "":
            yield Document(str(resource), data.at, text)


def _written(data: Data) -> str | None:
    """Give a policy as JSON; empty where it is none, None where not all of it is known."""
    try:
        written = _plain(data)
    except (_OpenError, NeedsChoice):
        return None
    return json.dumps(written) if isinstance(written, Mapping) else ""


def _policies(part: Part) -> Iterator[tuple[Resource, Data]]:
    for kind in _HOLDERS:
        for id_ in part.types().get(kind.KIND, ()):
            record = part.record(id_)
            if record is not None and record.asked:
                holder = kind(record)
                yield holder, holder.document if isinstance(holder, ResourcePolicy) else holder.policy


def _plain(data: Data) -> Any:
    """Give what is written as JSON has it; raises `_OpenError` where that is not all known."""
    match data.structure():
        case Fields():
            return {name: _plain(each) for name, each in data.fields().items() if not each.exists().is_no}
        case Items():
            entries = data.entries()
            if entries.rest is not None:
                raise _OpenError
            return [_plain(each) for each in entries.known]
        case Known(value=Text() as text):
            if text.literal_value is None:
                raise _OpenError
            return text.literal_value
        case Known(value=value):
            return value
        case Absent():
            return None
        case _:
            raise _OpenError
