"""`aws_iam_policy_document` as the policy that it will render, also before the apply.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from msglint.model.data import Data
from msglint.model.expression import Expression, Fields, Given, Items, Shape
from msglint.model.text import Text
from msglint.model.value import Absent, Known, Unknown, effective, literal, not_understood
from msglint.readers.terraform.expressions import Planned, planned_of
from msglint.readers.terraform.plan import Instance, Plan
from msglint.readers.terraform.references import References
from msglint.source import Place

if TYPE_CHECKING:
    from msglint.readers.terraform.evaluation.written import Written

TYPE = "aws_iam_policy_document"
DEFAULT_VERSION = "2012-10-17"

_SOURCES = ("source_json", "source_policy_documents")
_OVERRIDES = ("override_json", "override_policy_documents")
_LISTS = {"Action": "actions", "NotAction": "not_actions", "Resource": "resources", "NotResource": "not_resources"}


def policy_document(plan: Plan, references: References, source: Instance) -> Expression:
    """Give the policy of a data source that is read during the apply."""
    return Document(planned_of(plan, references, source))


class Document(msgspec.Struct, frozen=True):
    """The policy: its version and its statements."""

    source: Planned

    @property
    def at(self) -> Place:
        """The data source's place."""
        return self.source.at

    def shape(self) -> Shape:
        """Give the policy as a mapping; Unknown where it merges documents that cannot be followed.

        Documents are merged in the provider's order: the sources, its own statements, the overrides. A statement takes
        the place of an earlier one with the same sid.
        """
        merged: dict[object, Expression] = {}
        for documents in (self._others(_SOURCES), [self._own()], self._others(_OVERRIDES)):
            for document in documents:
                listed = Data(document).get("Statement").elements()
                if listed.rest is not None:
                    return Unknown(listed.rest.reason, self.at)
                for statement in listed.known:
                    _merge(merged, Given(statement.shape))
        default = _said(self.source.member("version"), DEFAULT_VERSION)
        return Fields({"Version": default, "Statement": Given(Items(tuple(merged.values()), self.at))}, self.at)

    def _own(self) -> Expression:
        listed = self.source.member("statement").shape()
        if isinstance(listed, Items):
            blocks = [item for item in listed.items if isinstance(item, Planned)]
            listed = Items(tuple(Statement(block) for block in blocks), self.source.at)
        return Given(Fields({"Statement": Given(listed)}, self.at))

    def _others(self, attributes: tuple[str, ...]) -> Iterator[Expression]:
        """Give the documents that are merged in: texts that are known, and data sources read during the apply."""
        for attribute in attributes:
            member = self.source.member(attribute)
            if member.written is not None:
                yield from _evaluated(member.written)
                continue
            texts = member.value if isinstance(member.value, list) else [member.value]
            yield from (Given(Known(Text.literal(text), member.at)) for text in texts if isinstance(text, str) and text)
            later = member.unknown is True and not isinstance(member.shape(), Absent)
            if later or None in texts[: len(texts) * isinstance(member.value, list)]:
                yield from self._deferred(member)

    def _deferred(self, member: Planned) -> Iterator[Expression]:
        named = member.references.follow(member.expression, member.where)
        sources = [member.plan.data.get(address) for address in named.data]
        if not sources or not named.complete or named.references:
            yield Given(
                not_understood("a document that is merged into this one is known only after the apply", member.at)
            )
        for source in sources:
            if source is None or source.type != TYPE:
                yield Given(not_understood("what is merged into this document is no policy document", member.at))
            elif not source.values.get("json"):
                yield policy_document(member.plan, member.references, source)


def _evaluated(written: "Written") -> Iterator[Expression]:
    """Give the documents that an expression in a `.tf` file lists; an empty one says nothing."""
    for document in Data(written).elements().known:
        if literal(document.text()) != "":
            yield Given(document.shape)
    rest = Data(written).elements().rest
    if rest is not None:
        yield Given(rest)


def _merge(merged: dict[object, Expression], statement: Expression) -> None:
    sid = _sid(statement)
    merged[sid or len(merged)] = statement


def _sid(statement: Expression) -> str | None:
    text = effective(Data(statement).get("Sid").text())
    return text.literal_value if text is not None else None


class Statement(msgspec.Struct, frozen=True):
    """One statement block in the form of a policy's JSON."""

    block: Planned

    @property
    def at(self) -> Place:
        """The block's place."""
        return self.block.at

    def shape(self) -> Shape:
        """Give the statement's elements."""
        if not isinstance(self.block.value, dict):
            return self.block.shape()
        fields: dict[str, Expression] = {"Effect": _said(self.block.member("effect"), "Allow")}
        if self.block.member("sid").value:
            fields["Sid"] = self.block.member("sid")
        for element, attribute in _LISTS.items():
            if _written(self.block.member(attribute)):
                fields[element] = self.block.member(attribute)
        for element, attribute in (("Principal", "principals"), ("NotPrincipal", "not_principals")):
            if _written(self.block.member(attribute)):
                fields[element] = Grouped(self.block.member(attribute), ("type",), "identifiers")
        if _written(self.block.member("condition")):
            fields["Condition"] = Grouped(self.block.member("condition"), ("test", "variable"), "values")
        return Fields(fields, self.at)


def _said(member: Planned, default: str) -> Expression:
    """Give a text, whether it is written or the provider filled it in; the default where neither is."""
    if member.unknown is True and not isinstance(member.shape(), Absent):
        return member
    text = member.value if isinstance(member.value, str) and member.value else default
    return Given(Known(Text.literal(text), member.at))


def _written(member: Planned) -> bool:
    return bool(member.value) or member.unknown is True


class Grouped(msgspec.Struct, frozen=True):
    """Blocks that become a mapping: principals by type, conditions by operator and key."""

    planned: Planned
    keys: tuple[str, ...]
    values: str

    @property
    def at(self) -> Place:
        """The blocks' place."""
        return self.planned.at

    def shape(self) -> Shape:
        """Give the mapping; Unknown where a key is known only after the apply."""
        shape = self.planned.shape()
        if not isinstance(shape, Items):
            return shape
        tree: dict[str, dict[str, list[Expression]] | list[Expression]] = {}
        for keys, values in self._entries(shape):
            if keys is None:
                return not_understood("a block of this policy is known only after the apply", self.at)
            match keys:
                case (only,):
                    tree.setdefault(only, [])
                    held = tree[only]
                case (operator, variable, *_):
                    inner = tree.setdefault(operator, {})
                    held = inner.setdefault(variable, []) if isinstance(inner, dict) else inner
                case _:
                    continue
            if isinstance(held, list):
                held.append(values)
        return Fields({name: self._held(part) for name, part in tree.items()}, self.at)

    def _entries(self, shape: Items) -> Iterator[tuple[tuple[str, ...] | None, Expression]]:
        for item in shape.items:
            if not isinstance(item, Planned) or not isinstance(item.value, dict):
                yield None, item
                continue
            keys = tuple(item.value.get(key) for key in self.keys)
            texts = tuple(key for key in keys if isinstance(key, str))
            yield (texts if len(texts) == len(keys) else None), item.member(self.values)

    def _held(self, part: dict[str, list[Expression]] | list[Expression]) -> Expression:
        if isinstance(part, dict):
            return Given(Fields({name: self._held(inner) for name, inner in part.items()}, self.at))
        if len(part) == 1:
            return part[0]
        joined: list[Expression] = []
        for expression in part:
            shape = expression.shape()
            joined += shape.items if isinstance(shape, Items) else (expression,)
        return Given(Items(tuple(joined), self.at))
