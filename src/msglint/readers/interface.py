"""What a reader promises: a file that is one of its language becomes a part of the Model."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, TypeAlias

import msgspec

from msglint.model.resource import Mention, Trust


class Setting(NamedTuple):
    """A value of a parameter or Terraform variable as the user gives it, or a file of such values."""

    variable: str | None
    """None: a file."""
    text: str
    """The value as it is written, or the path of the file."""


class Configuration(msgspec.Struct, frozen=True):
    """Where the `.tf` sources of plans are, and what the user says beside them."""

    directory: str | None = None
    """The directory of the root module; None: that of the plan, where it is there."""
    here: bool = False
    """Whether it may be the working directory too."""
    settings: tuple[Setting, ...] = ()
    """In the user's order: later ones win."""
    binary: str | None = None
    """The programme that turns binary plans into JSON."""


Users: TypeAlias = Callable[[str, str], Sequence[Mention]]
"""Gives what uses something: how, as lookups name it, and the ARN of what is used."""


class Deployed(msgspec.Struct, frozen=True):
    """What the account says of what is deployed, where somebody has asked it."""

    exports: Mapping[str, str] = {}
    """What stacks export, by the names."""
    secure: Mapping[str, bool] = {}
    """Whether parameters of Systems Manager are secure strings, by their names."""
    physical: Mapping[str, Mapping[str, str]] = {}
    """The attributes of what a deployed template made, in the Model's words, by the logical ids."""
    stack: str = ""
    """The name of the stack, where the template is one that is deployed."""
    users: Users | None = None
    """Gives what others have made that uses what the stack made, as soon as the account has been asked."""
    live: bool = False
    """Whether it is so deployed, and no change of it that is to come."""


class Assumptions(msgspec.Struct, frozen=True):
    """What is taken for granted of the deployments: own accounts, Regions, parameter values, what is there already."""

    accounts: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    parameters: Mapping[str, str | None] = {}
    """By their names; None: there is a value, and not the default, but nobody knows it here."""
    configuration: Configuration = Configuration()
    trusted: frozenset[str] = frozenset()
    """Accounts of others that may do what the own ones may."""
    organisations: tuple[str, ...] = ()
    """The user's organisations: who belongs to them is no stranger."""
    deployed: Deployed = Deployed()

    @property
    def account(self) -> str | None:
        """The account, where there is just one."""
        return self.accounts[0] if len(self.accounts) == 1 else None

    @property
    def region(self) -> str | None:
        """The Region, where there is just one."""
        return self.regions[0] if len(self.regions) == 1 else None

    @property
    def trust(self) -> Trust:
        """Whom the user counts as their own."""
        return Trust(self.trusted.union(self.accounts), self.organisations)

    @property
    def placed(self) -> bool:
        """Whether it is known where everything is deployed to."""
        return self.account is not None and self.region is not None


class NotATemplate(Exception):  # noqa: N818  # nobody's error: the file is something else
    """The file is none of msglint's languages."""


def partition_of(region: str | None) -> str:
    """Give the partition of a Region; `aws` where the Region is not known."""
    match (region or "").split("-")[:2]:
        case ["cn", *_]:
            return "aws-cn"
        case ["us", "gov"]:
            return "aws-us-gov"
        case _:
            return "aws"


def url_suffix(partition: str) -> str:
    """Give the domain of AWS's services in a partition."""
    return "amazonaws.com.cn" if partition == "aws-cn" else "amazonaws.com"
