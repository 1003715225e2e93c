"""Policy variables: what `${aws:username}` stands for in a request.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
"""

import msgspec

from msglint.iam.request import ABSENT, Context, Present
from msglint.model.text import Alphabet, Part, Symbol, Text
from msglint.verdict import Verdict

# Where a policy means these characters themselves, they must not be taken for wildcards.
_PLAIN = str.maketrans({"*": "\uf8fe", "?": "\uf8ff"})
_ESCAPES = {"*": "\uf8fe", "?": "\uf8ff", "$": "$"}


class Dialect(msgspec.Struct, frozen=True):
    """How one policy's texts are read in one request: with its variables, or as they stand."""

    variables: Verdict
    context: Context

    def pattern(self, text: Text) -> Text | None:
        """Give a pattern with its variables filled in; None if one has no value, so that nothing matches.

        What a variable stands for is no wildcard. To be matched against texts made by `plain`.
        """
        if self.variables.is_no:
            return text
        parts: list[Part] = []
        for part in text.parts:
            if isinstance(part, Symbol) or "${" not in part:
                parts.append(part)
                continue
            head, *pieces = part.split("${")
            parts.append(head)
            for piece in pieces:
                name, closed, after = piece.partition("}")
                filled = self._value(name) if closed and self.variables.is_yes else _open(f"${{{piece}")
                if filled is None:
                    return None
                parts += [*filled, after]
        return text if tuple(parts) == text.parts else Text.of(*parts)

    def literal(self, text: Text) -> Text | None:
        """Give a text without wildcards with its variables filled in, as `pattern` does."""
        filled = self.pattern(text)
        return None if filled is None else self.plain(filled)

    def plain(self, text: Text) -> Text:
        """Give a text of the request in the form that `pattern` and `literal` are compared with."""
        if not any(isinstance(part, str) and ("*" in part or "?" in part) for part in text.parts):
            return text
        return Text(
            tuple(part.translate(_PLAIN) if isinstance(part, str) else part for part in text.parts), text.refers
        )

    def _value(self, name: str) -> tuple[Part, ...] | None:
        if name in _ESCAPES:
            return (_ESCAPES[name],)
        key, _, fallback = (word.strip() for word in name.partition(","))
        value = self.context.get(key)
        match value:
            case Present(values=(only,), multi=False):
                return self.plain(only).parts
            case _ if value is ABSENT:
                quoted = len(fallback) > 1 and fallback[0] == fallback[-1] == "'"
                return (fallback[1:-1].translate(_PLAIN),) if quoted else None
            case _:
                return _open(f"${{{key.lower()}}}")


def _open(label: str) -> tuple[Part, ...]:
    return (Symbol(("policy variable", label), Alphabet.OPAQUE, label),)
