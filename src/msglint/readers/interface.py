"""What a reader promises: a file that is one of its language becomes a part of the Model."""

from collections.abc import Mapping

import msgspec


class Assumptions(msgspec.Struct, frozen=True):
    """What the user asserts about the deployments: own accounts, Regions, parameter values."""

    accounts: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    parameters: Mapping[str, str] = {}

    @property
    def account(self) -> str | None:
        """The account, where there is just one."""
        return self.accounts[0] if len(self.accounts) == 1 else None

    @property
    def region(self) -> str | None:
        """The Region, where there is just one."""
        return self.regions[0] if len(self.regions) == 1 else None


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
