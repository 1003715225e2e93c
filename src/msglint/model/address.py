"""Addresses with a password in them, as far as a glance at a text can tell."""

import re

_ADDRESS = r"""://(?:(?:[^\s/"'<>@]*:)?["']|[^\s/"'<>@]*:[^\s"'<>@/]*@)"""


def may_address(text: str) -> bool:
    """Say whether a text, such as a whole document, may hold an address with a password in it, or a part of one."""
    return "://" in text and re.search(_ADDRESS, text) is not None
