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
from msglint.source.hcl.references import references
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
    "blocks_of",
    "read_hcl",
    "read_template",
    "read_tf_json",
    "references",
]


def read_hcl(document: Document) -> Body:
    """Read a file of HCL; all faults of its syntax are found here, as `SourceError` at their place."""
    from msglint.source.hcl.parse import parse_body  # noqa: PLC0415

    return parse_body(document)


def read_template(document: Document) -> Expression:
    """Read a file that is a template, as `templatefile` takes it; raises `SourceError`."""
    from msglint.source.hcl.parse import parse_template  # noqa: PLC0415

    return parse_template(document)


def read_tf_json(document: Document) -> Body:
    """Read a file in Terraform's JSON syntax as the same parts; raises `SourceError`.

    What may be a block of a resource or an attribute of it is an attribute: `blocks_of` makes blocks of one.
    """
    from msglint.source.hcl.tf_json import parse_json  # noqa: PLC0415

    return parse_json(document)


def blocks_of(attribute: Attribute) -> tuple[Block, ...] | None:
    """Make blocks of an attribute that is one object, or a list of them; None for any other value.

    Objects in these stay attributes, of which blocks can be made in turn; a `dynamic` is a block with its label.
    """
    from msglint.source.hcl.tf_json import as_blocks  # noqa: PLC0415

    return as_blocks(attribute.name, attribute.expression, attribute)
