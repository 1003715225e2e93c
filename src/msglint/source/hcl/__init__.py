"""HCL, Terraform's language: bodies of attributes and blocks, and the expressions in them, each with its place.

The parser is loaded when the first text is read.
https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md
"""

from msglint.source.hcl.nodes import (
    Attribute,
    Binary,
    Block,
    Body,
    Call,
    Conditional,
    Expression,
    For,
    Here,
    Index,
    Listed,
    Literal,
    Mapped,
    Member,
    Name,
    Repeat,
    Splat,
    Template,
    Unary,
)
from msglint.source.text import Document

__all__ = [
    "Attribute",
    "Binary",
    "Block",
    "Body",
    "Call",
    "Conditional",
    "Expression",
    "For",
    "Here",
    "Index",
    "Listed",
    "Literal",
    "Mapped",
    "Member",
    "Name",
    "Repeat",
    "Splat",
    "Template",
    "Unary",
    "read_hcl",
    "read_template",
]


def read_hcl(document: Document) -> Body:
    """Read a file of HCL; all faults of its syntax are found here, as `SourceError` at their place."""
    from msglint.source.hcl.parse import parse_body  # noqa: PLC0415

    return parse_body(document)


def read_template(document: Document) -> Expression:
    """Read a file that is a template, as `templatefile` takes it; raises `SourceError`."""
    from msglint.source.hcl.parse import parse_template  # noqa: PLC0415

    return parse_template(document)
