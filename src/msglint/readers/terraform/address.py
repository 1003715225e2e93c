"""Addresses and references of Terraform, taken apart."""

import re

import msgspec

# No list has more elements than a number of so many digits says, and Python refuses to read one of some thousand.
_STEP = re.compile(r'([A-Za-z_][\w-]*)|\[(?:(\d{1,18})|"((?:[^"\\]|\\.)*)"|\*)\]')

Index = int | str | None

CLOUD_CONTROL = "awscc_"
"""How the types of the Cloud Control provider begin."""


class Step(msgspec.Struct, frozen=True):
    """A name on the way, with the instance that is picked there."""

    name: str
    index: Index = None


def steps(address: str) -> tuple[Step, ...]:
    """Take `module.m["a"].aws_sqs_queue.q[0].arn` apart into names with their instances."""
    found: list[Step] = []
    for match in _STEP.finditer(address):
        name, number, key = match.groups()
        if name is not None:
            found.append(Step(name))
        elif found and (number is not None or key is not None):
            index = int(number) if number is not None else key.replace('\\"', '"').replace("\\\\", "\\")
            found[-1] = Step(found[-1].name, index)
    return tuple(found)


def modules_of(address: str) -> tuple[Step, ...]:
    """Give the module calls that an address leads through."""
    found: list[Step] = []
    rest = steps(address)
    while len(rest) > 1 and rest[0].name == "module":
        found.append(rest[1])
        rest = rest[2:]
    return tuple(found)


def shown(index: Index) -> str:
    """Write an instance as Terraform does."""
    match index:
        case None:
            return ""
        case int():
            return f"[{index}]"
        case str():
            escaped = index.replace("\\", "\\\\").replace('"', '\\"')
            return f'["{escaped}"]'


def roots(references: list[str]) -> tuple[str, ...]:
    """Give what an expression names; Terraform lists each with all its beginnings: `a.b.c`, `a.b`."""
    kept: list[str] = []
    for reference in references:
        if kept and kept[-1].startswith(reference) and kept[-1][len(reference) : len(reference) + 1] in {".", "["}:
            continue
        kept.append(reference)
    return tuple(dict.fromkeys(kept))
