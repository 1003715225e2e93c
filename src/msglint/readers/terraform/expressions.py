"""Values of a plan as expressions of the Model: known, unset, or unknown with what they name."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from msglint.model.disclosure import Traced
from msglint.model.expression import Expression, Fields, Given, Items, Shape
from msglint.model.text import Text
from msglint.model.value import Absent, Known, Mentions, Unknown, not_understood
from msglint.readers.terraform.address import roots
from msglint.readers.terraform.plan import Instance, Path, Plan
from msglint.readers.terraform.references import References, Where, referenced
from msglint.source import Place
from msglint.source.text import Within
from msglint.verdict import Doubt, Reason

if TYPE_CHECKING:
    from msglint.readers.terraform.evaluation.written import Element, Written

_OF_ONE = frozenset({"references", "constant_value"})
_OF_NOTHING: Mapping[str, Any] = {"references": []}
_KEY = re.compile(r"(?:arn:[^:]+:kms:.*:key/)?[0-9a-f]{8}-[0-9a-f-]{27}")
_KEY_NAMES = {"aws_kms_alias": "name", "aws_kms_key": "key_id"}


class Planned(msgspec.Struct, frozen=True):
    """A value of the plan, the mask of what is unknown in it, and the expression it comes from.

    `configured` says whether the plan has the configuration at all: without it an unknown value may be anything.
    `unwritten` says that the configuration is silent about it: what stands in the plan is the provider's default.
    """

    plan: Plan
    references: References
    where: Where
    value: Any
    unknown: Any
    expression: Any
    path: Path
    configured: bool = True
    unwritten: bool = False
    whole: Any = None
    """The expression of the structure that this is a part of, where that has one for all its parts."""
    written: "Written | None" = None
    """What the `.tf` files say, where they are at hand and say the same as the plan."""
    around: Place | None = None
    """The place in the `.tf` files of what this is a part of, where it is not written itself."""
    silent: bool = False
    """Whether the `.tf` files say all of what this is a part of, and nothing of it."""
    symbolic: "Callable[[], Written | None] | None" = None
    """What is written with what flows into it left as symbols, found only where somebody follows a secret."""

    @property
    def at(self) -> Place:
        """The value's place: in the `.tf` file, or else in the plan, where a whole resource stands at its address."""
        if self.written is not None:
            written = self.written.at
            given = self.written.shape().at if isinstance(written, Within) else written
            # What the call of somebody else's module gives stands in the call.
            return written if isinstance(given, Within) else given
        return self.around if self.around is not None else self.plan.place(self._owner())

    def shape(self) -> Shape:
        """Evaluate the head."""
        match self.value:
            case dict() as fields:
                mask = self.unknown if isinstance(self.unknown, dict) else {}
                names = dict.fromkeys((*fields, *mask))
                return Fields({name: self.member(name) for name in names}, self.at)
            case list() as items:
                apart = self._apart(items) if self.written is None else {}
                parts = (apart.get(index) or self._item(index, part) for index, part in enumerate(self._elements()))
                return Items(tuple(parts), self.at)
            case None:
                return self._missing()
            case str() as text if text[:1] in {"{", "["} and self.written is not None:
                return self._structured(text)
            case scalar:
                value = self._text(scalar) if isinstance(scalar, str) else scalar
                return Absent(value, self.at) if self.unwritten or self._is_null() else Known(value, self.at)

    def _is_null(self) -> bool:
        """Say whether the `.tf` files say null: what stands in the plan is the provider's default."""
        if self.written is None or not isinstance(self.expression, dict) or "references" not in self.expression:
            return False
        shape = self.written.shape()
        return isinstance(shape, Absent) and shape.default is None

    def _structured(self, text: str) -> Shape:
        """Give a text of JSON as what it says, where the `.tf` files show the structure: each part at its place."""
        from msglint.model.json_text import decoded  # noqa: PLC0415  # only where there are sources

        structure = decoded(text)
        written = self.written.shape() if self.written is not None else None
        if structure is None or not isinstance(written, Fields | Items):
            words = written.value if isinstance(written, Known) and isinstance(written.value, Text) else None
            # The provider takes out the lines that the user wrote, and with them the places.
            same = words is not None and words.refers is None and decoded(words.literal_value or "") == structure
            at = written.at if written is not None and _is_document(written) else self.at
            return Known(words if words is not None and same else Text.literal(text), at)
        match msgspec.structs.replace(self, value=structure, unknown=False, expression=None).shape():
            case Fields(fields=fields, at=at):
                return ReadFields(fields, at, text)
            case Items(items=items, at=at):
                return ReadItems(items, at, text)
            case shape:
                return shape

    def traced(self) -> Traced | None:
        """Give the text with what flows into it left as symbols."""
        followed = self._followed()
        if followed is not None and not followed.unclear:
            return followed
        told = self._told_by_plan()
        if told is None or (followed is not None and told.unclear):
            return followed
        return told if followed is None else msgspec.structs.replace(told, at=followed.at)

    def _followed(self) -> Traced | None:
        """Follow what is written in the `.tf` files; None where they are not at hand, or it is no text."""
        symbolic = self.symbolic() if self.symbolic is not None and self.written is not None else None
        if symbolic is None:
            return None
        from msglint.readers.terraform.evaluation.tracing import traced  # noqa: PLC0415  # only where there are credentials

        return traced(symbolic)

    def _told_by_plan(self) -> Traced | None:
        from msglint.readers.terraform.origins import Origins  # noqa: PLC0415  # only where there are credentials

        origins = Origins(self.plan, self.references)
        expression = self.whole if self.expression is None else self.expression
        match self.value:
            case None if self.unknown is True:
                at = self.plan.place(self._owner())
                return origins.unknown(at, expression, self.where, alone=self.expression is not None)
            case str() as text:
                return origins.trace(text, self.path, expression, self.where)
            case _:
                return None

    def member(self, name: str) -> "Planned":
        """Give a member of a mapping; of a list of one block, the block's."""
        fields = self.value if isinstance(self.value, dict) else {}
        mask = self.unknown.get(name) if isinstance(self.unknown, dict) else self.unknown
        path = (*self.path, name) if name in fields else self._owner()
        if isinstance(self.expression, dict) and not self.expression.keys().isdisjoint(_OF_ONE):
            # One expression gives the whole mapping, not a block with expressions of its own.
            return self._part(name, fields.get(name), mask, self.expression, path, self._written(name))
        expression = self.expression.get(name) if isinstance(self.expression, dict) else None
        if expression == {}:
            # One that names nothing, such as a call of `merge`; blocks without arguments stand in a list.
            expression = _OF_NOTHING
        silent = expression is None and self._is_silent(name)
        unwritten = silent or (isinstance(self.expression, dict) and expression is None)
        written = self._agreeing(name, expression)
        value = fields.get(name)
        return self._part(name, value, mask, expression, path, written, unwritten=unwritten, silent=silent)

    def _is_silent(self, name: str) -> bool:
        if self.written is None:
            return False
        from msglint.readers.terraform.evaluation.written import is_silent  # noqa: PLC0415  # only where there are sources

        return is_silent(self.written, name)

    def _written(self, name: str) -> "Written | None":
        if self.written is None:
            return None
        from msglint.readers.terraform.evaluation.written import member  # noqa: PLC0415  # only where there are sources

        return member(self.written, name)

    def _agreeing(self, name: str, expression: Any) -> "Written | None":
        """Give what is written of a member; None where the files have been changed since the plan was made."""
        found = self._written(name)
        if self.written is None or self.plan.foreseen:
            return found
        from msglint.readers.terraform.evaluation.written import agrees  # noqa: PLC0415  # only where there are sources

        return found if agrees(self.written, found, expression) else None

    def _owner(self) -> Path:
        """Give the place for what is not in the values: the block's, or of a whole resource its address."""
        match self.path[-3:]:
            case ("resources", int(), "values"):
                return (*self.path[:-1], "address")
            case (int(), "change", "after"):
                return (*self.path[:-2], "address")
            case _:
                return self.path

    def _apart(self, items: list[Any]) -> dict[int, Expression]:
        """Give what the unknown texts of a list may be, by index.

        Several take one name each only where the expression has as many names; else each may be any of them.
        """
        blind = [index for index, value in enumerate(items) if value is None]
        if not blind or not isinstance(self.expression, dict):
            return {}
        named = self.references.follow(self.expression, self.where)
        complete = named.complete and not named.data
        alone = complete and len(named.references) == len(blind)
        found: dict[int, Expression] = {}
        for number, index in enumerate(blind):
            references = (named.references[number],) if alone else named.references
            at = self.plan.place((*self.path, index))
            found[index] = Given(Mentions(references, complete, self._later(at), at))
        return found

    def _later(self, at: Place) -> Reason:
        written = roots(referenced(self.expression))
        about = f"made of {written[0]}; only the .tf source says how" if written else "computed"
        return Reason(Doubt.NOT_UNDERSTOOD, f"known only after the apply ({about})", at)

    def item(self, index: int) -> "Planned":
        """Give an element of a list."""
        return self._item(index, self._elements()[index])

    def _item(self, index: int, element: "Element | None") -> "Planned":
        masks = self.unknown if isinstance(self.unknown, list) else [self.unknown] * len(self.value)
        mask = masks[index] if index < len(masks) else None
        key, written = element if element is not None else (0, None)
        expression = self.expression
        if isinstance(expression, list):
            expression = _aligned(expression, self.value, index) or self._listed(expression, element)
        path = (*self.path, index)
        return self._part(key, self.value[index], mask, expression, path, written, unwritten=self.unwritten)

    def _listed(self, expressions: list[Any], element: "Element | None") -> Any:
        """Give the expressions of a block beside dynamic ones, which a configuration does not show."""
        if self.written is None or element is None:
            return None
        from msglint.readers.terraform.evaluation.written import static  # noqa: PLC0415  # only where there are sources

        shown = static(self.written)
        known = len(shown) == len(expressions) and element.number in shown
        return expressions[shown.index(element.number)] if known else None

    def _elements(self) -> "Sequence[Element | None]":
        if self.written is None:
            return [None] * len(self.value)
        from msglint.readers.terraform.evaluation.written import elements  # noqa: PLC0415  # only where there are sources

        return elements(self.written, self.value)

    def _part(
        self,
        key: str | int,
        value: Any,
        unknown: Any,
        expression: Any,
        path: Path,
        written: "Written | None",
        *,
        unwritten: bool = False,
        silent: bool = False,
    ) -> "Planned":
        whole = self.expression if _is_single(self.expression) else self.whole
        around = self.written.at if self.written is not None else self.around
        symbolic = self._symbolic(key) if written is not None else None
        own = (value, unknown, expression, path, self.configured, unwritten, whole)
        return Planned(self.plan, self.references, self.where, *own, written, around, silent, symbolic)

    def _symbolic(self, key: str | int) -> "Callable[[], Written | None] | None":
        outer = self.symbolic
        if outer is None:
            return None

        def found() -> "Written | None":
            from msglint.readers.terraform.evaluation.tracing import within  # noqa: PLC0415  # only where there are credentials

            whole = outer()
            return within(whole, key) if whole is not None else None

        return found

    def _missing(self) -> Shape:
        if self.unknown is not True:
            return Absent(None, self.at)
        shape = self._from_sources()
        blind = isinstance(shape, Unknown) and shape.reason.doubt is Doubt.NOT_UNDERSTOOD
        if shape is None or (blind and not self.plan.foreseen):
            told = self._told()
            # The plan may still tell what it is made of.
            return shape if shape is not None and isinstance(told, Unknown) else told
        # It stands where it would stand if the plan knew it; a document, where it is written.
        here = isinstance(shape, Known) and not _is_document(shape)
        return msgspec.structs.replace(shape, at=self.at) if here else shape

    def _from_sources(self) -> Shape | None:
        """Give what the `.tf` files say of a value that the plan does not know; None where they say nothing."""
        if self.written is None:
            return None
        from msglint.readers.terraform.evaluation.written import WrittenBlocks, settled_block  # noqa: PLC0415

        if isinstance(self.written, WrittenBlocks) and self.written.unknown is None:
            blocks = [settled_block(block) for block in self.written.blocks]
            value, unknown = [value for value, _ in blocks], [mask for _, mask in blocks]
            return msgspec.structs.replace(self, value=value, unknown=unknown, expression=None).shape()
        shape = self.written.shape()
        match shape:
            case Fields(fields=fields):
                parts = {name: self._part(name, None, True, None, self.path, part) for name, part in fields.items()}
                return msgspec.structs.replace(shape, fields=parts)
            case Items(items=items):
                listed = (self._part(number, None, True, None, self.path, part) for number, part in enumerate(items))
                return msgspec.structs.replace(shape, items=tuple(listed))
            case _:
                return shape

    def _told(self) -> Shape:
        """Give what the plan itself tells of a value that is known only after the apply."""
        if self.expression is None:
            # Inside a block, what the plan shows nowhere may still come from a dynamic block.
            if self.silent or (self.configured and self.unwritten and self.path[-1] == "address"):
                # Optional, computed, and written nowhere: the provider will report it, nobody has set it.
                return Absent(None, self.at)
            return not_understood("known only after the apply, and the plan does not say what it is made of", self.at)
        named = self.references.follow(self.expression, self.where)
        written = roots(referenced(self.expression))
        constant = isinstance(self.expression, dict) and "constant_value" in self.expression
        if self.configured and (constant or (written and named.settled)):
            # All that it names is known, so the expression gave null, and the provider computes the rest.
            return Absent(None, self.at)
        # `data.x[each.key].json` is listed as `data.x` and `each.key`.
        apart = [name for name in written if not name.startswith(("each.key", "count.index"))]
        if len(apart) == len(named.data) == 1 and not named.references:
            document = self._document(named.data[0])
            if document is not None:
                return document
        return Mentions(named.references, named.complete and not named.data, self._later(self.at), self.at)

    def _text(self, text: str) -> Text:
        """Give a known text; a name is that of the resource from which it comes."""
        whose = self.references.whose(text, self.expression, self.where) if ":" not in text else None
        return Text(Text.literal(self._looked_up_by(text)).parts, whose)

    def _looked_up_by(self, text: str) -> str:
        """Give for a KMS key the alias by which a data source found it: unlike its id it says whose key it is."""
        if not _KEY.fullmatch(text):
            return text
        sources = [self.plan.data.get(address) for address in self.references.follow(self.expression, self.where).data]
        names = [source.values.get(_KEY_NAMES.get(source.type, "")) for source in sources if source is not None]
        name = names[0] if names and all(each == names[0] for each in names) else None
        return name if isinstance(name, str) else text

    def _document(self, address: str) -> Shape | None:
        """Give the policy document that the value is, where its data source is read during the apply."""
        from msglint.readers.terraform.policy_document import TYPE, policy_document  # noqa: PLC0415  # it needs Planned

        source = self.plan.data.get(address)
        if source is None or source.type != TYPE:
            return None
        return policy_document(self.plan, self.references, source).shape()


def _is_document(shape: Shape) -> bool:
    """Say whether this is a text that begins as JSON does."""
    match shape:
        case Known(value=Text(parts=(str() as first, *_))):
            return first.lstrip().startswith(("{", "["))
        case _:
            return False


class ReadFields(Fields, frozen=True):
    """What a text of JSON says."""

    text: str

    def words(self) -> Text | None:
        """Give the text."""
        return Text.literal(self.text)


class ReadItems(Items, frozen=True):
    """What a text of JSON says that is a list."""

    text: str

    def words(self) -> Text | None:
        """Give the text."""
        return Text.literal(self.text)


def planned_of(plan: Plan, references: References, instance: Instance) -> Planned:
    """Give the values of an instance of a resource or data source."""
    configuration = plan.configuration(instance)
    expressions = configuration.get("expressions", {}) if configuration is not None else None
    deferred = instance.path[0] == "resource_changes"
    world = references.world
    return Planned(
        plan,
        references,
        references.where(instance),
        instance.values,
        instance.unknown,
        expressions,
        instance.path if deferred else (*instance.path, "values"),
        configuration is not None,
        written=world.written(instance) if world is not None else None,
        symbolic=(lambda: world.traced().written(instance)) if world is not None else None,
    )


def _is_single(expression: Any) -> bool:
    """Say whether this is one expression, as for a whole map, and no block of them; a literal one may show nothing."""
    return isinstance(expression, dict) and (not expression or not expression.keys().isdisjoint(_OF_ONE))


def _aligned(written: list[Any], planned: list[Any], index: int) -> Any:
    """Give the expressions of a block; None where nobody knows which of the written blocks it is.

    A set of blocks stands in the plan in an order of its own; what is constant in a block tells it from others.
    """
    if len(written) != len(planned):
        # A dynamic block makes more or fewer blocks than are written.
        return None
    if len(written) == 1 or all(_fits(*pair) for pair in zip(written, planned, strict=True)):
        return written[index]
    fitting = [block for block in written if _fits(block, planned[index])]
    return fitting[0] if len(fitting) == 1 else None


def _fits(written: Any, planned: Any) -> bool:
    if not isinstance(written, dict) or not isinstance(planned, dict):
        return True
    constants = {
        name: expression["constant_value"]
        for name, expression in written.items()
        if isinstance(expression, dict) and "constant_value" in expression
    }
    return all(_comparable(planned.get(name)) == _comparable(value) for name, value in constants.items())


def _comparable(value: Any) -> Any:
    """Take the order out of lists of texts, which may be sets, and the types out of scalars, which are converted."""
    return sorted(map(str, value)) if isinstance(value, list) else str(value).lower()


class Spec(msgspec.Struct, frozen=True):
    """How a type of the provider says what AWS's API says: one of `attribute`, `block` or `blocks`."""

    attribute: str
    fields: "Mapping[str, Spec] | None" = None
    many: bool = False
    computed: bool = False
    """The provider reports it even where nobody set it, so only the configuration tells."""
    listed: bool = False
    """One value where the API takes a list."""
    switch: str = ""
    """The argument that turns a block on, which is off unless it says so."""
    here: bool = False
    """The members stand beside their siblings, not in a block of their own."""


class Translated(msgspec.Struct, frozen=True):
    """A block of the plan in the words of AWS's API."""

    planned: Planned
    fields: Mapping[str, Spec]

    @property
    def at(self) -> Place:
        """The block's place."""
        return self.planned.at

    def shape(self) -> Shape:
        """Give the members under the API's names."""
        if not isinstance(self.planned.value, dict):
            return self.planned.shape()
        return Fields({name: self._member(spec) for name, spec in self.fields.items()}, self.at)

    def _member(self, spec: Spec) -> Expression:
        if spec.here and spec.fields is not None:
            return Translated(self.planned, spec.fields)
        member = self.planned.member(spec.attribute)
        # Blocks that the configuration does not show and that are there come from a dynamic block or from elsewhere.
        there = spec.fields is not None and bool(member.value)
        if spec.computed and member.configured and member.unwritten and not there:
            return Given(Absent(None, self.planned.at))
        if spec.listed:
            return Given(Items((member,), member.at))
        if spec.fields is None:
            return Given(Absent(None, member.at)) if member.value == "" else member
        return Blocks(member, spec.fields, spec.many)


class Blocks(msgspec.Struct, frozen=True):
    """Nested blocks: a list of them, or the one that there may be."""

    planned: Planned
    fields: Mapping[str, Spec]
    many: bool

    @property
    def at(self) -> Place:
        """The blocks' place."""
        return self.planned.at

    def shape(self) -> Shape:
        """Give the blocks in the API's words."""
        if isinstance(self.planned.value, dict):
            return Translated(self.planned, self.fields).shape()
        untold = self.planned.expression is None and self.planned.written is None
        if self.planned.unknown is True and not self.planned.value and untold:
            return not_understood("a block is known only after the apply", self.at)
        shape = self.planned.shape()
        if not isinstance(shape, Items):
            return shape
        blocks = tuple(Translated(item, self.fields) for item in shape.items if isinstance(item, Planned))
        if self.many:
            return Items(blocks, shape.at)
        return blocks[0].shape() if blocks else Absent(None, shape.at)
