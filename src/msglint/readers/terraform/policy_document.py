"""`aws_iam_policy_document` as the policy that it will render, also before the apply.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs/data-sources/iam_policy_document
"""

from collections.abc import Iterator

import msgspec

from msglint.model.expression import Expression, Fields, Given, Items, Shape
from msglint.model.text import Text
from msglint.model.value import Known, Mentions, not_understood
from msglint.readers.terraform.expressions import Planned
from msglint.readers.terraform.plan import Instance, Plan
from msglint.readers.terraform.references import References, referenced
from msglint.source import Place
from msglint.verdict import Doubt, Reason

TYPE = "aws_iam_policy_document"
DEFAULT_VERSION = "2012-10-17"

_MERGED = ("source_policy_documents", "override_policy_documents")
_LISTS = {"Action": "actions", "NotAction": "not_actions", "Resource": "resources", "NotResource": "not_resources"}


def policy_document(plan: Plan, references: References, source: Instance) -> Expression:
    """Give the policy of a data source that is read during the apply."""
    configuration = plan.configuration(source)
    expressions = configuration.get("expressions") if configuration is not None else None
    where = references.where(source)
    path = source.path if source.path[0] == "resource_changes" else (*source.path, "values")
    whole = Planned(
        plan, references, where, source.values, source.unknown, expressions, path, configuration is not None
    )
    return Document(whole)


class Document(msgspec.Struct, frozen=True):
    """The policy: its version and its statements."""

    source: Planned

    @property
    def at(self) -> Place:
        """The data source's place."""
        return self.source.at

    def shape(self) -> Shape:
        """Give the policy as a mapping; Unknown where it merges other documents."""
        for merged in _MERGED:
            other = self.source.member(merged)
            if other.value or other.unknown or other.expression:
                return not_understood(f"{merged} are merged into this document", self.at)
        version = self.source.member("version")
        statements = self.source.member("statement")
        listed = statements.shape()
        if isinstance(listed, Items):
            blocks = [item for item in listed.items if isinstance(item, Planned)]
            listed = Items(tuple(Statement(block) for block in blocks), statements.at)
        return Fields({"Version": _said(version, DEFAULT_VERSION), "Statement": Given(listed)}, self.at)


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
                fields[element] = Strings(self.block.member(attribute))
        for element, attribute in (("Principal", "principals"), ("NotPrincipal", "not_principals")):
            if _written(self.block.member(attribute)):
                fields[element] = Grouped(self.block.member(attribute), ("type",), "identifiers")
        if _written(self.block.member("condition")):
            fields["Condition"] = Grouped(self.block.member("condition"), ("test", "variable"), "values")
        return Fields(fields, self.at)


def _said(member: Planned, default: str) -> Expression:
    """Give a text, whether it is written or the provider filled it in; the default where neither is."""
    if member.unknown is True:
        return member
    text = member.value if isinstance(member.value, str) and member.value else default
    return Given(Known(Text.literal(text), member.at))


def _written(member: Planned) -> bool:
    return bool(member.value) or member.unknown is True


class Strings(msgspec.Struct, frozen=True):
    """A list of texts of which some are known only after the apply: those take the names in the expression."""

    planned: Planned

    @property
    def at(self) -> Place:
        """The list's place."""
        return self.planned.at

    def shape(self) -> Shape:
        """Give the texts; several unknown ones take one name each only where there are as many names."""
        shape = self.planned.shape()
        if not isinstance(shape, Items):
            return shape
        open_ = [index for index, value in enumerate(self.planned.value) if value is None]
        if not open_:
            return shape
        named = self.planned.references.follow(self.planned.expression, self.planned.where)
        written = referenced(self.planned.expression)
        about = f"made of {written[0]}" if written else "computed"
        reason = Reason(Doubt.NOT_UNDERSTOOD, f"known only after the apply ({about})", self.at)
        complete = self.planned.expression is not None and named.complete and not named.data
        apart = complete and len(named.references) == len(open_)
        unknown: dict[int, Expression] = {}
        for number, index in enumerate(open_):
            references = (named.references[number],) if apart else named.references
            unknown[index] = Given(Mentions(references, complete, reason, self.at))
        return Items(tuple(unknown.get(index, item) for index, item in enumerate(shape.items)), shape.at)


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
            yield (texts if len(texts) == len(keys) else None), Strings(item.member(self.values))

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
