"""The rules that the doors ask: msglint's, and those of one's own that the configuration of the directory names."""

from typing import NamedTuple

from msglint.config.files import ConfigurationError
from msglint.config.nearest import Flags, Nearest
from msglint.finding import Entry, fault
from msglint.rules.index import RULES


class Rules(NamedTuple):
    """The company's own rules of a door; `fault` says why they are not there, where they should be."""

    own: tuple[Entry, ...] = ()
    fault: str = ""

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All rules: msglint's and the company's."""
        return (*RULES, *self.own)


def rules() -> Rules:
    """Give the company's rules. Where they cannot be loaded, msglint's are asked all the same."""
    try:
        return Rules(Nearest(Flags()).own())
    except ConfigurationError as error:
        reason = "; ".join(error.details)
    except Exception as error:  # noqa: BLE001  # a host would go on without any check of ours
        reason = why(error)
    return Rules(fault=f"your own rules cannot be loaded, and none of them was asked: {reason}")


def why(error: Exception) -> str:
    """Say why nothing was judged; a configuration that cannot be used is nobody's failure but its author's."""
    if isinstance(error, ConfigurationError):
        return str(error)
    return f"msglint failed ({fault(error)}; please report this)"
