"""The comments of a file of HCL."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msglint.source.hcl.tokens import Tokens
from msglint.source.text import Document, Stretch

_COMMENT = re.compile(r"#[^\r\n]*|//[^\r\n]*|/\*(?s:.*?)\*/")


def comments(document: Document) -> Iterator[Stretch]:
    """Give the comments in their order; raises `SourceError` where the text is no HCL."""
    tokens = Tokens(document)
    # Between tokens stand blanks and comments, and nothing else.
    for end, start in zip([0, *tokens.ends], tokens.starts, strict=False):
        if end < start:
            for found in _COMMENT.finditer(document.text, end, start):
                yield Stretch(document, *found.span())
