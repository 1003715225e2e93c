"""A file on disk, whatever it is, binary plans among them: read, passed over, or said to be none."""

from fuzzing import checks, scratch
from fuzzing.target import Target, words
from msglint.engine import lint

WORDS = words(
    """
    PK\x03\x04 tfplan \x06\x00 Resources: AWS:: {"planned_values": AWSTemplateFormatVersion:␣x␤ \x00
    """
)


def _check(data: bytes) -> None:
    path = scratch.file("there/it.json", data)
    for named in (path, str(scratch.directory() / "there")):
        checks.sound(lint([named], checks.ASKED), {})


TARGET = Target(_check, WORDS)
