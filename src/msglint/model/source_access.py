"""What a poller signs in with: one entry of its access configuration."""

from typing import NamedTuple

from msglint.model.data import Data
from msglint.model.text import Text
from msglint.model.value import Value


class SourceAccess(NamedTuple):
    """A way to sign in, such as BASIC_AUTH, and the secret, subnet or virtual host that goes with it."""

    type: Value[Text]
    uri: Data
    to_source: bool = True
    """Whether it is for the source itself, not for a schema registry beside it."""
