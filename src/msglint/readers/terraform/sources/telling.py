"""Literals in `.tf` files that stand under a name which tells that they are secret, wherever that is: shown nowhere."""

import re
from collections.abc import Iterator
from typing import get_args

from msglint.model.glance import names_secret
from msglint.source import Place, hcl

UNTOLD = {
    "aws_api_gateway_api_key": ("value",),
    "aws_appconfig_hosted_configuration_version": ("content",),
    "aws_sns_platform_application": ("platform_principal",),
    "aws_ssm_parameter": ("value", "value_wo", "insecure_value"),
}
"""Arguments that the provider marks as sensitive, or may hold what is, though their names say nothing of it."""

_ANYWHERE = re.compile(r"(?i)passw|passphrase|pwd|secret|token|credential|plaintext|key")
_NODES = get_args(hcl.Expression)
_DEEPEST = 200


def in_block(block: hcl.Block) -> Iterator[Place]:
    """Give what is secret in a block of a file."""
    untold = (block.body.attributes.get(name) for name in UNTOLD.get(block.labels[0], ())) if block.labels else ()
    for attribute in untold:
        if attribute is not None:
            yield from _in(attribute.expression, 0, secret=True)
    yield from in_body(block.body)


def in_body(body: hcl.Body) -> Iterator[Place]:
    """Give what is secret in a block, and in those inside it."""
    for attribute in body.attributes.values():
        yield from in_attribute(attribute)
    for block in body.blocks:
        yield from in_body(block.body)


def in_attribute(attribute: hcl.Attribute) -> Iterator[Place]:
    """Give what is secret in an argument; only one in whose text a name tells of a secret is taken apart."""
    text, at = attribute.at.document.text, attribute.at
    if _ANYWHERE.search(text, at.start, at.end):
        yield from _in(attribute.expression, 0, secret=names_secret(attribute.name))


def _in(expression: hcl.Expression, depth: int, *, secret: bool) -> Iterator[Place]:
    match expression:
        case hcl.Literal(value=str() | int() | float()) | hcl.Template() if secret:
            yield expression.at
        case hcl.Literal():
            return
        case hcl.Mapped(items=items):
            pair = any(_said(key) in {"name", "key"} and names_secret(_said(value)) for key, value in items)
            for key, value in items:
                name = _said(key)
                yield from _in(value, depth + 1, secret=secret or names_secret(name) or (pair and name == "value"))
        case hcl.Binary(operator="==" | "!=", left=left, right=right):
            compared = secret or names_secret(_said(left)) or names_secret(_said(right))
            yield from _in(left, depth + 1, secret=compared)
            yield from _in(right, depth + 1, secret=compared)
        case _ if depth < _DEEPEST:
            for part in _parts(expression):
                yield from _in(part, depth + 1, secret=secret)


def _parts(expression: hcl.Expression) -> Iterator[hcl.Expression]:
    for name in expression.__struct_fields__:
        value = getattr(expression, name)
        yield from (each for each in (value if isinstance(value, tuple) else (value,)) if isinstance(each, _NODES))


def _said(expression: hcl.Expression) -> str:
    """Give the last name of a way, or a text."""
    match expression:
        case hcl.Literal(value=str() as text):
            return text
        case hcl.Member(name=str() as name) | hcl.Name(name=name):
            return name
        case hcl.Index(key=key):
            return _said(key)
        case _:
            return ""
