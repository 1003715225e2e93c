"""Policy variables: what `${aws:username}` stands for in a request.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

from collections.abc import Callable
from typing import TypeAlias

import msgspec

from msglint.iam.request import ABSENT, Context, Present
from msglint.model.text import Part, Symbol, Text, matches
from msglint.verdict import NO, Doubt, Reason, Verdict, unknown

Test: TypeAlias = Callable[[Text, Text, Reason], Verdict]
"""Compares a text of a policy with one of a request; for the given reason where symbols leave it open."""

# Where these characters stand for themselves, nothing must take them for wildcards.
_PLAIN = str.maketrans({"*": "\uf8fe", "?": "\uf8ff"})


class Dialect(msgspec.Struct, frozen=True):
    """How one policy's texts are read in one request: with its variables, or as they stand."""

    variables: Verdict
    context: Context

    def compare(self, wanted: Text, value: Text, test: Test, because: Reason, *, wildcards: bool) -> Verdict:
        """Test a text of the policy, its variables filled in, against one of the request.

        Without `wildcards` its `*` and `?` are plain characters; those that a variable stands for always are. A
        variable without a value matches nothing.
        """
        filled = self._filled(wanted, wildcards=wildcards)
        if filled is None:
            return NO
        text, known = filled
        if known:
            return test(text, _plain(value), because)
        possible = matches(text, _plain(value), because, ignore_case=True)
        why = f"what the variables in {wanted} stand for is not known"
        return NO if possible.is_no else unknown(Reason(Doubt.OUTSIDE, why, because.at))

    def _filled(self, text: Text, *, wildcards: bool) -> tuple[Text, bool] | None:
        """Give the text with its variables filled in, with wildcards where they are not known, and whether all are."""
        parts: list[Part] = []
        known = True
        for part in text.parts:
            if isinstance(part, Symbol):
                parts.append(part)
                continue
            head, *pieces = part.split("${") if not self.variables.is_no else [part]
            parts.append(head if wildcards else head.translate(_PLAIN))
            for piece in pieces:
                name, closed, after = piece.partition("}")
                if not closed:
                    # A symbol stands inside the variable, which ends behind it, if it ends at all.
                    return Text.of(*parts, "*"), False
                value = self._value(name)
                if value is None and self.variables.is_yes:
                    return None
                if value is None or isinstance(value, Reason) or self.variables.is_unknown:
                    known = False
                    parts.append("*")
                else:
                    parts += _plain(value).parts
                parts.append(after if wildcards else after.translate(_PLAIN))
        return Text.of(*parts), known

    def _value(self, name: str) -> Text | Reason | None:
        """Give what a variable stands for; None where the request does not have it."""
        if name in {"*", "?", "$"}:
            return Text.literal(name)
        key, _, fallback = (word.strip() for word in name.partition(","))
        value = self.context.get(key)
        if isinstance(value, Present):
            several = Reason(Doubt.NOT_UNDERSTOOD, f"{key} may have several values, and is no variable for that")
            return several if value.multi else value.values[0]
        if value is ABSENT:
            quoted = len(fallback) > 1 and fallback[0] == fallback[-1] == "'"
            return Text.literal(fallback[1:-1]) if quoted else None
        return value


def _plain(text: Text) -> Text:
    """Give a text whose `*` and `?` are no wildcards."""
    return Text.of(*(part.translate(_PLAIN) if isinstance(part, str) else part for part in text.parts))
