"""What can be taken out of a Terraform configuration: one thing at a time."""

import re
from collections.abc import Iterator

from metamorphic.configurations import blocks, said
from metamorphic.policy_forms import DOCUMENT
from msglint.source.hcl import Block, Call, Expression, Listed, Mapped

REMOVABLE = ("_policy", "_permission", "_policy_attachment")
"""How the types of resources end of which each gives somebody a right."""
ATTRIBUTES = {
    *("redrive_policy", "redrive_allow_policy", "kms_master_key_id", "kms_key_id", "sqs_managed_sse_enabled"),
    *("managed_policy_arns", "permissions_boundary", "source_arn", "source_account", "role_arn", "event_pattern"),
    *("message_retention_seconds", "receive_wait_time_seconds", "visibility_timeout_seconds"),
}
BLOCKS = {"dead_letter_config", "destination_config", "on_failure", "inline_policy", "server_side_encryption"}
"""What rules ask of resources, beside what policies say."""
LISTS = {"actions", "resources", "identifiers", "values", "Action", "Resource", "Statement", "Service", "AWS"}
SEVERAL = {"statement", "principals"}
"""Blocks of a document that are taken out where there are more of them."""

Removal = tuple[str, int, int, str]
"""What is missing, from where to where the text is another, and that."""


def removals(text: str) -> Iterator[tuple[str, str]]:
    """Give each configuration in which one thing is missing, with what that is."""
    for what, start, end, other in _removable(text):
        yield what, text[:start] + other + text[end:]


def _removable(text: str) -> Iterator[Removal]:
    for block, _ in blocks(text):
        address = ".".join(block.labels)
        if block.type == "resource":
            is_used = re.search(rf"(?<![\w.]){re.escape(address)}\b", text)
            if block.labels[0].endswith(REMOVABLE) and not is_used:
                yield address, block.whole.start, block.whole.end, ""
            yield from _of_block(block, address)
        elif block.type == "data" and block.labels[0] == DOCUMENT:
            yield from _of_block(block, f"data.{block.labels[1]}")


def _of_block(block: Block, name: str) -> Iterator[Removal]:
    for key, attribute in block.body.attributes.items():
        if key in ATTRIBUTES and block.type == "resource":
            yield f"{name}.{key}", attribute.at.start, attribute.at.end, ""
        yield from _of_value(attribute.expression, f"{name}.{key}", key)
    types = [each.type for each in block.body.blocks]
    for number, each in enumerate(block.body.blocks):
        several = types.count(each.type) > 1
        here = f"{name}.{each.type}" + (f".{types[:number].count(each.type)}" if several else "")
        if each.type in BLOCKS or (each.type in SEVERAL and several) or each.type == "condition":
            asked = f" {said(each.body.attributes['variable'].expression)}" if each.type == "condition" else ""
            yield f"{here}{asked}", each.whole.start, each.whole.end, ""
        yield from _of_block(each, here)


def _of_value(value: Expression, name: str, key: str, *, asked: bool = False) -> Iterator[Removal]:
    """Give what can be taken out of a value; `asked`: of what a condition asks for."""
    match value:
        case Listed(items=items):
            if len(items) > 1 and (key in LISTS or asked):
                for number, item in enumerate(items):
                    others = ", ".join(said(each) for each in items if each is not item)
                    text = str(number) if isinstance(item, Mapped) else said(item)
                    yield f"{name}.{text}", value.at.start, value.at.end, f"[{others}]"
            for number, item in enumerate(items):
                here = f"{name}.{number}" if len(items) > 1 else name
                yield from _of_value(item, here, key, asked=asked)
        case Mapped(items=entries):
            for member, part in entries:
                own = said(member).strip('"')
                if asked and not isinstance(part, Mapped):
                    others = ", ".join(f"{said(each)} = {said(with_)}" for each, with_ in entries if each is not member)
                    yield f"{name}.{own}", value.at.start, value.at.end, f"{{ {others} }}"
                yield from _of_value(part, f"{name}.{own}", own, asked=asked or own == "Condition")
        case Call(name="jsonencode", arguments=arguments):
            for each in arguments:
                yield from _of_value(each, name, key)
        case _:
            pass
