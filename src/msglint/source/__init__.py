"""Text and where: documents, their trees, and the place of each value. Knows no AWS.

The parsers are imported when a document of their language is read: a run without YAML never pays for PyYAML.
"""

# ruff: noqa: PLC0415

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msglint.source.beside import Beside, is_directory, read_regular
from msglint.source.text import MAX_BYTES, Document, Place, Position, SourceError, Span, Spot, Within, beyond, innermost
from msglint.source.tree import MAX_DEPTH, MAX_PLAN_VALUES, MAX_VALUES, Node, Scalar, locate

if TYPE_CHECKING:
    from msglint.source.json_tree import JsonNode

__all__ = [
    "MAX_BYTES",
    "MAX_DEPTH",
    "MAX_PLAN_VALUES",
    "Beside",
    "Document",
    "Node",
    "Place",
    "Position",
    "Scalar",
    "SourceError",
    "Span",
    "Spot",
    "Within",
    "beyond",
    "innermost",
    "is_directory",
    "locate",
    "parse",
    "read_json",
    "read_regular",
    "read_toml",
    "read_yaml",
]

# Flow YAML is written by hand; a larger text that looks like JSON is broken JSON.
_MAX_FLOW_YAML = 4 * 1024 * 1024
# Where JSON ends at one of these, YAML may go on: words, single quotes, comments, a comma before a bracket.
_YAML_ALONE = re.compile(r"[^\W\d]|[#'&*!,}\]]")


def parse(document: Document) -> Node:
    """Read JSON or YAML, whichever the text is; SourceError when it is neither.

    A text that begins with a bracket is JSON, or else YAML in flow style. If it is neither, the error is that of JSON,
    unless JSON ends at what YAML allows.
    """
    if not document.text.lstrip().startswith(("{", "[")):
        return read_yaml(document)
    try:
        return read_json(document)
    except SourceError as error:
        if error.limit or len(document.text) > _MAX_FLOW_YAML:
            raise
        try:
            return read_yaml(document)
        except SourceError:
            if _YAML_ALONE.match(document.slice(error.place.span)):
                raise
        raise


def read_json(document: Document, most: int = MAX_VALUES) -> JsonNode:
    """Read a JSON text of so many names and values at most; SourceError for faults of its syntax and duplicate keys."""
    from msglint.source import json_tree

    return json_tree.read_json(document, most)


def read_yaml(document: Document) -> Node:
    """Read the one YAML document of a text; all faults of its syntax are found here, as SourceError."""
    from msglint.source import yaml_tree

    return yaml_tree.read_yaml(document)


def read_toml(document: Document) -> Node:
    """Read a TOML text; SourceError for faults of its syntax."""
    from msglint.source import toml_tree

    return toml_tree.read_toml(document)
