"""Which templates a rule has anything to ask of, told by a search of their text: the others need not be parsed.

What is searched for is taken from the index of the rules: the types that they are asked of, and of types that every
account is full of the properties without which there is nothing to ask. Whatever may hide such a name from the search
counts as one.
"""

import re
from collections.abc import Iterable

from msglint.finding import Entry
from msglint.model.glance import may_hold
from msglint.readers.recognise import hands_out, is_surely_template, nests, takes

_SIGNS = ("msglint", "Fn::ForEach")
"""Suppressions, and loops, which may put a type together."""
_SAM = r"AWS::Serverless::\w"
_ESCAPED = r"\\(?:u00[2-7]|x[2-7]|U000000[2-7]|(?<=[\w:]\\)\r?\n)"
"""How a letter of a name, or a break in the middle of one, is written between quotes."""
_ADDED = "Transform"
"""What may add properties that are written elsewhere."""


class Relevance:
    """What the texts of templates are searched for on behalf of some rules."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        always: set[str] = set()
        given: dict[str, set[str]] = {}
        for entry in entries:
            of_kinds = {of for of, _ in entry.given}
            always.update(kind for kind in entry.kinds if kind not in of_kinds)
            for kind, name in entry.given:
                given.setdefault(kind, {_ADDED}).add(name)
        # A search for texts with one beginning passes fast over all that does not begin so.
        own = [re.escape(kind) for kind in sorted(always) if kind.startswith("AWS::")]
        self._types = re.compile(rf"(?:{'|'.join(own)})(?!\w)|{_SAM}" if own else _SAM)
        self._others = [kind for kind in always if "::" in kind and not kind.startswith("AWS::")]
        self._given = {kind: names for kind, names in given.items() if "::" in kind and kind not in always}

    def passes_over(self, text: str, *, taken: bool) -> bool:
        """Say whether a text is that of a template which no rule asks about, and no other template is linked to.

        `taken`: some template may take what others hand out.
        """
        # What takes something may do with it whatever it likes, such as write a policy.
        linked = nests(text) or (taken and (takes(text) or hands_out(text)))
        return not self.may_ask(text) and not linked and is_surely_template(text)

    def may_ask(self, text: str) -> bool:
        """Say whether some rule may be asked something of a template with this text."""
        return (
            self._types.search(text) is not None
            or any(sign in text for sign in (*_SIGNS, *self._others))
            or any(kind in text and any(name in text for name in names) for kind, names in self._given.items())
            or re.search(_ESCAPED, text) is not None
            or may_hold(text)
        )
