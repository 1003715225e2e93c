"""What IAM Access Analyzer says of the resource policies of a run. It judges each by itself, and its grammar first.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-policy-validation.html
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

from msglint.account.describe.interface import UnansweredError
from msglint.account.lookups import AT_ONCE, Account
from msglint.model.access import ResourcePolicy
from msglint.model.data import Data
from msglint.model.events import EventBus
from msglint.model.exposure import POLICY_HOLDERS
from msglint.model.expression import Fields, Items, NeedsChoice
from msglint.model.kms import Key, ReplicaKey
from msglint.model.resource import Part, Resource
from msglint.model.text import Text
from msglint.model.value import Absent, Known

_HOLDERS = (*POLICY_HOLDERS, EventBus, Key, ReplicaKey)


class Document(NamedTuple):
    """A policy, and where it is written."""

    resource: str
    spot: str
    """File, line and column."""
    text: str | None
    """None: not all of it is known."""


class _OpenError(Exception):
    """Something of a policy is known only when it is deployed."""


def notes(parts: Iterable[Part], account: Account) -> Sequence[str]:
    """Give what Access Analyzer has to say, a sentence for each of its findings, and for what could not be asked."""
    every = [each for part in parts for each in _documents(part)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        said = pool.map(lambda each: _validated(each, account), every)
        return list(dict.fromkeys(note for several in said for note in several))


def _validated(document: Document, account: Account) -> Sequence[str]:
    about = f"{document.spot}: IAM Access Analyzer on the policy of {document.resource}"
    if document.text is None:
        return [f"{about}: not asked, since something of it is known only when it is deployed"]
    asked = {"policyDocument": document.text, "policyType": "RESOURCE_POLICY"}
    try:
        found = list(account.access.pages("accessanalyzer", "ValidatePolicy", account.region, "findings", **asked))
    except UnansweredError as error:
        return [f"{about}: not asked, since {error}"]
    return [
        f"{about}: {each['findingType']} {each['issueCode']}: {each['findingDetails']} ({each['learnMoreLink']})"
        for each in found
    ]


def _documents(part: Part) -> Iterator[Document]:
    for resource, data in _policies(part):
        at = data.at
        spot = f"{at.document.name}:{at.span.start.line}:{at.span.start.column}"
        try:
            written = _plain(data)
        except (_OpenError, NeedsChoice):
            yield Document(str(resource), spot, None)
        else:
            if isinstance(written, Mapping):
                yield Document(str(resource), spot, json.dumps(written))


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
