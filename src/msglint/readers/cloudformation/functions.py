"""Functions that make a value of others: texts and lists put together and taken apart, maps, conditions, JSON.

Each takes a scope, the function's argument, and the node that calls it. What names lead to is told in `scope`.
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
"""

from collections.abc import Callable, Mapping
from itertools import islice
from typing import TYPE_CHECKING

from msglint.model.disclosure import Encoded
from msglint.model.expression import Fields, Given, Items, Shape
from msglint.model.text import Alphabet, Text
from msglint.model.value import Absent, Known, Mentions, Unknown, not_understood, outside
from msglint.readers.cloudformation.nodes import arguments, branches, members, position, scalar
from msglint.source import Node

if TYPE_CHECKING:
    from msglint.readers.cloudformation.scope import Scope


def join(scope: "Scope", argument: Node, node: Node) -> Shape:
    """Give the texts of a list in one, without those that are absent."""
    both = arguments(argument, 2)
    delimiter = scalar(both[0]) if both is not None else None
    if both is None or delimiter is None:
        return not_understood("Fn::Join takes a delimiter and a list", node)
    listed = scope.evaluate(both[1])
    if isinstance(listed, Unknown | Mentions):
        return listed
    if not isinstance(listed, Items):
        return not_understood("Fn::Join takes a list", node)
    texts: list[Text] = []
    for item in listed.items:
        value = as_text(item.shape())
        match value:
            case Known(value=Text() as text):
                texts.append(text)
            case Absent():
                continue
            case Unknown() | Mentions():
                return value
            case _:
                return not_understood("Fn::Join joins texts", node)
    return Known(scope.resolved(Text.join(delimiter, texts), at=node), node)


def select(scope: "Scope", argument: Node, node: Node) -> Shape:
    """Give an element of a list; those that are absent do not count."""
    both = arguments(argument, 2)
    if both is None:
        return not_understood("Fn::Select takes an index and a list", node)
    index = scope.decided(both[0])
    listed = scope.evaluate(both[1])
    if isinstance(listed, Unknown | Mentions):
        return listed
    if isinstance(index, Unknown | Mentions):
        return index
    number = index.value.literal_value if isinstance(index, Known) else None
    if isinstance(index, Known) and number is None:
        return outside(f"{index.value} decides which element Fn::Select gives", node)
    if not isinstance(listed, Items) or number is None or not number.isdecimal():
        return not_understood("which element Fn::Select gives cannot be told", node)
    # What stands behind the element has no say in it.
    present = (shape for item in listed.items if not isinstance(shape := item.shape(), Absent))
    place = position(number, len(listed.items))
    selected = next(islice(present, place, None), None) if place is not None else None
    if selected is None:
        return not_understood("Fn::Select asks for an element that is not there", node)
    return selected


def length(scope: "Scope", argument: Node, node: Node) -> Shape:
    """Give how many elements of a list are there."""
    listed = scope.only(argument, node)
    match listed:
        case Items(items=items):
            present = sum(not isinstance(item.shape(), Absent) for item in items)
            return Known(present, node)
        case Unknown() | Mentions():
            return listed
        case _:
            return not_understood("Fn::Length counts the elements of a list", node)


def split(scope: "Scope", argument: Node, node: Node) -> Shape:
    """Give the pieces of a text."""
    both = arguments(argument, 2)
    delimiter = scalar(both[0]) if both is not None else None
    if both is None or not delimiter:
        return not_understood("Fn::Split takes a delimiter and a text", node)
    whole = scope.text(both[1])
    if isinstance(whole, Unknown | Mentions):
        return whole
    pieces = whole.value.split(delimiter) if isinstance(whole, Known) else None
    if pieces is None:
        return outside("where this text is split depends on a value that is not here", node)
    return Items(tuple(Given(Known(piece, node)) for piece in pieces), node)


def find_in_map(scope: "Scope", argument: Node, node: Node) -> Shape:
    """Give what a map holds under two keys; where a key is not known, what all that it may be have in common."""
    keys = arguments(argument, 3, 4)
    if keys is None:
        return not_understood("Fn::FindInMap takes a map and two keys", node)
    steps = [scope.decided(key) for key in keys[:3]]
    for step in steps:
        if isinstance(step, Unknown | Mentions):
            return step
    words = [step.value if isinstance(step, Known) else Text.literal("") for step in steps]
    levels: list[Mapping[str, Node]] = [scope.template.mappings]
    candidates: list[Node] = []
    for word in words:
        literal = word.literal_value
        missing = (fields for fields in levels if literal is None or literal not in fields)
        if any(name.startswith("Fn::") for fields in missing for name in fields):
            return outside("a macro or include adds to this map", node)
        if literal is not None:
            candidates = [fields[literal] for fields in levels if literal in fields]
        else:
            candidates = [part for fields in levels for part in fields.values()]
        levels = [members(candidate) for candidate in candidates]
    default = members(keys[3]).get("DefaultValue") if len(keys) == 4 else None  # map, two keys, the default
    if default is not None and (not candidates or any(word.literal_value is None for word in words)):
        # A key that nobody knows may be one that is not there.
        candidates.append(default)
    if not candidates:
        return not_understood("Fn::FindInMap finds nothing there", node)
    shapes = [scope.evaluate(candidate) for candidate in candidates]
    first = shapes[0]
    if scope.is_following:
        # Whichever it is, what is written in the template is written there.
        return next((shape for shape in shapes if is_literal(shape)), first)
    if all(_alike(first, shape) for shape in shapes[1:]):
        return first
    open_key = next((word for word in words if word.literal_value is None), words[0])
    return outside(f"{open_key} decides which value Fn::FindInMap gives", node)


def if_(scope: "Scope", argument: Node, node: Node) -> Shape:
    """Give the value that a condition chooses; may raise `NeedsChoice`."""
    choice = branches(argument)
    if choice is None:
        return not_understood("Fn::If takes a condition and two values", node)
    condition, left, right = choice
    return scope.evaluate(left if scope.condition(condition) else right)


def base64(scope: "Scope", argument: Node, node: Node) -> Shape:
    """Give a text that stands for another, of which only what follows secrets asks."""
    if not scope.is_following:
        return not_understood("Fn::Base64 is not evaluated", node)
    inner = scope.only(argument, node)
    match inner:
        case Known(value=Text() as text):
            key = (scope.template.key, "base64", str(text))
            return Known(Text.of(Encoded(key, Alphabet.OPAQUE, "<base64>", inner=text)), node)
        case Unknown() | Mentions():
            return inner
        case _:
            return not_understood("Fn::Base64 takes a text", node)


def to_json_string(scope: "Scope", argument: Node, node: Node) -> Shape:
    """Give a structure as the text that is made of it: a property that takes JSON is read as the structure it says."""
    return _encoded(scope.only(argument, node))


FUNCTIONS: Mapping[str, Callable[["Scope", Node, Node], Shape]] = {
    "Join": join,
    "Select": select,
    "Split": split,
    "Length": length,
    "FindInMap": find_in_map,
    "If": if_,
    "ToJsonString": to_json_string,
    "Base64": base64,
}


def _encoded(shape: Shape) -> Shape:
    """Mark a structure as the text of JSON that Fn::ToJsonString makes of it."""
    match shape:
        case Fields(fields=fields, at=at):
            from msglint.readers.cloudformation.json_string import JsonFields  # noqa: PLC0415  # few templates write any

            return JsonFields(fields, at)
        case Items(items=items, at=at):
            from msglint.readers.cloudformation.json_string import JsonItems  # noqa: PLC0415  # few templates write any

            return JsonItems(items, at)
        case _:
            return shape


def as_text(shape: Shape) -> Shape:
    """Give the text of a number, and of a structure that was made into one; anything else as it is."""
    match shape:
        case Known(value=(int() | float()) as number, at=at):
            return Known(Text.literal(str(number)), at)
        case Fields() | Items():
            words = shape.words()
            return shape if words is None else Known(words, shape.at)
        case _:
            return shape


def is_literal(shape: Shape) -> bool:
    """Say whether a shape is a text that is written out, and not empty."""
    return isinstance(shape, Known) and isinstance(shape.value, Text) and bool(shape.value.literal_value)


def _alike(left: Shape, right: Shape) -> bool:
    return isinstance(left, Known) and isinstance(right, Known) and left.value == right.value
