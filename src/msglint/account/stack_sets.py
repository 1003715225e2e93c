"""The instances of stack sets: the stacks that one template has become in several accounts and Regions."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from msglint.account.describe.interface import GoneError, UnansweredError
from msglint.account.lookups import Asking
from msglint.finding import Unread


class Instance(NamedTuple):
    """What a stack set is to make in an account and Region."""

    account: str
    region: str
    set: str
    stack: str
    """The id of its stack; empty where none was made."""
    status: str

    @property
    def shown(self) -> str:
        """What people call it."""
        return f"{self.account}/{self.region}/{self.stack.split('/')[1] if self.stack else self.set}"

    @property
    def unmade(self) -> Unread:
        """That there is no stack to be read."""
        return Unread(self.shown, f"the stack set has made no stack there ({self.status or 'no status'})")


def instances(ask: Asking, name: str) -> Iterator[Instance]:
    """Give the instances of a stack set of the account and Region. Raises `GoneError`, `UnansweredError`.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListStackInstances.html
    """
    asked = {"StackSetName": name}
    try:
        listed = [*ask.pages("cloudformation", "ListStackInstances", "Summaries", **asked)]
    except GoneError as error:
        # A delegated administrator sees those of the organisation only as that.
        asked["CallAs"] = "DELEGATED_ADMIN"
        try:
            listed = [*ask.pages("cloudformation", "ListStackInstances", "Summaries", **asked)]
        except UnansweredError:
            raise error from None  # who asks is none
    yield from dict.fromkeys(_instance(name, each) for each in listed)


def _instance(name: str, said: Mapping[str, Any]) -> Instance:
    detailed = said.get("StackInstanceStatus", {}).get("DetailedStatus", "")
    status = ", ".join(filter(None, (said.get("Status", ""), detailed)))
    return Instance(said.get("Account", ""), said.get("Region", ""), name, said.get("StackId") or "", status)


def meant(found: Iterable[Instance], accounts: Sequence[str], regions: Sequence[str]) -> Sequence[Instance]:
    """Give those of some accounts and Regions; of all, where none are named."""
    return [
        each for each in found if (not accounts or each.account in accounts) and (not regions or each.region in regions)
    ]
