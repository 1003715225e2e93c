"""Programs in JavaScript, as both versions of the AWS SDK are called in them."""

from collections.abc import Sequence

import tree_sitter_javascript
from tree_sitter import Language, Node, Parser

from msglint.code.program import (
    EMPTY,
    EVENT,
    UNSEEN,
    Builder,
    Called,
    Either,
    Element,
    Imported,
    Listed,
    Literal,
    Member,
    Program,
    Value,
)

_LANGUAGE = Language(tree_sitter_javascript.language())
_FUNCTIONS = frozenset({"arrow_function", "function_expression", "generator_function"})
_BLOCKS = frozenset({"statement_block", "for_statement", "catch_clause", "switch_body", "class_static_block"})
_OF_EACH = frozenset({"map", "forEach", "filter", "find", "some", "every", "flatMap", "findIndex"})
_SAME_LIST = frozenset({"filter", "slice", "sort", "reverse", "toSorted", "toReversed"})
_ONE_OF = frozenset({"find", "pop", "shift", "at"})
_MIXES = frozenset({"push", "unshift", "splice"})
_CHANGES = frozenset({"push", "unshift", "splice", "pop", "shift", "sort", "reverse"})


def read(text: str, handler: str) -> Program | None:
    """Read a program, of which Lambda may call a function; None where it is not well formed, or nests too deeply."""
    data = text.encode("utf-8", "surrogatepass")
    root = Parser(_LANGUAGE).parse(data).root_node
    if root.has_error:
        return None
    try:
        return _Reader(data, handler).read(root)
    except RecursionError:
        return None


class _Reader:
    def __init__(self, data: bytes, handler: str) -> None:
        self._handler = handler
        self._handlers: set[int] = set()
        """Nodes of functions that Lambda calls."""
        self.build = Builder()
        self._data = data
        self._ascii = data.isascii()

    def read(self, root: Node) -> Program:
        self._all(root.named_children)
        return self.build.program()

    def _text(self, node: Node | None) -> str:
        return "" if node is None else self._data[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def _span(self, node: Node) -> tuple[int, int]:
        if self._ascii:
            return node.start_byte, node.end_byte
        start = len(self._data[: node.start_byte].decode("utf-8", "replace"))
        return start, start + len(self._text(node))

    def _all(self, nodes: Sequence[Node]) -> None:
        for node in nodes:
            self._value(node)

    def _child(self, node: Node, field: str) -> Value:
        child = node.child_by_field_name(field)
        return UNSEEN if child is None else self._value(child)

    def _value(self, node: Node) -> Value:
        """Walk a statement or expression, and give the value of an expression."""
        match node.type:
            case "identifier":
                return self.build.name(self._text(node))
            case "string":
                return self._string(node)
            case "number" | "null" | "undefined" | "true" | "false":
                return EMPTY
            case "array":
                return Listed(tuple(self._value(part) for part in node.named_children if part.type != "comment"))
            case "object":
                return self._object(node)
            case "member_expression":
                of, name = self._child(node, "object"), node.child_by_field_name("property")
                if name is not None and self._is_own(node):
                    return self.build.own(self._text(name))
                return UNSEEN if name is None else self.build.member(of, self._text(name), *self._span(name))
            case "subscript_expression":
                of, index = self._child(node, "object"), self._child(node, "index")
                if isinstance(index, Literal):
                    return self.build.member(of, index.text, index.start, index.end)
                return Element(of)
            case "call_expression":
                return self._call(node)
            case "new_expression":
                of, arguments = self._child(node, "constructor"), self._arguments(node)
                first = arguments[0] if arguments else EMPTY
                if self._text(node.child_by_field_name("constructor")).rpartition(".")[2] == "ReceiveMessageCommand":
                    return self.build.receive(of, first, *self._span(node))
                return Called(of, first)
            case "await_expression" | "parenthesized_expression" if node.named_child_count == 1:
                return self._value(node.named_children[0])
            case "binary_expression":
                left, right = self._child(node, "left"), self._child(node, "right")
                operator = self._text(node.child_by_field_name("operator"))
                return Either((left, right)) if operator in {"||", "??"} else right if operator == "&&" else UNSEEN
            case "ternary_expression":
                self._child(node, "condition")
                return Either((self._child(node, "consequence"), self._child(node, "alternative")))
            case "assignment_expression":
                return self._assigned(node)
            case "unary_expression" if self._text(node.child_by_field_name("operator")) == "delete":
                argument = node.child_by_field_name("argument")
                if argument is not None:
                    self.build.changed(self._child(argument, "object"))
            case "variable_declarator":
                self._declared(node)
            case "field_definition":
                self.build.owns(self._text(node.child_by_field_name("property")), self._child(node, "value"))
            case "import_statement":
                self._import(node)
            case "export_statement":
                self._export(node)
            case "class_body":
                name = node.parent.child_by_field_name("name") if node.parent is not None else None
                with self.build.inside_class(self._text(name)):
                    self._all(node.named_children)
            case "function_declaration" | "generator_function_declaration" | "method_definition":
                self._function(node, self._text(node.child_by_field_name("name")), self._given_by_lambda(node))
            case each if each in _FUNCTIONS:
                self._function(node, arguments=self._given_by_lambda(node))
            case "for_in_statement":
                self._loop(node)
            case each if each in _BLOCKS:
                with self.build.inside():
                    self._all(node.named_children)
            case _:
                self._all(node.named_children)
        return UNSEEN

    def _string(self, node: Node) -> Value:
        parts = node.named_children
        if any(part.type != "string_fragment" for part in parts):
            return UNSEEN
        return Literal("".join(map(self._text, parts)), *self._span(node))

    def _object(self, node: Node) -> Value:
        members: dict[str, Value] = {}
        more = False
        for part in node.named_children:
            match part.type:
                case "pair":
                    value, name = self._child(part, "value"), self._key(part)
                    more |= name is None
                    if name is not None:
                        members[name] = value
                case "shorthand_property_identifier":
                    members[self._text(part)] = self.build.name(self._text(part))
                case "comment":
                    continue
                case _:
                    self._value(part)
                    more |= part.type == "spread_element"
        return self.build.mapped(members, open=more)

    def _key(self, pair: Node) -> str | None:
        """Give the name of a member; None where it is computed."""
        key = pair.child_by_field_name("key")
        match key.type if key is not None else "":
            case "property_identifier":
                return self._text(key)
            case "string" if key is not None:
                value = self._string(key)
                return value.text if isinstance(value, Literal) else None
            case _:
                return None

    def _is_own(self, member: Node) -> bool:
        of = member.child_by_field_name("object")
        return of is not None and of.type == "this"

    def _import(self, node: Node) -> None:
        source = node.child_by_field_name("source")
        module = self._string(source) if source is not None else UNSEEN
        of = Imported(module.text) if isinstance(module, Literal) else UNSEEN
        for clause in (part for part in node.named_children if part.type == "import_clause"):
            for part in clause.named_children:
                match part.type:
                    case "identifier":
                        self.build.scope.bind(self._text(part), of)
                    case "namespace_import":
                        self.build.scope.bind(self._text(part.named_children[0]), of)
                    case _:
                        for each in (each for each in part.named_children if each.type == "import_specifier"):
                            name = self._text(each.child_by_field_name("name"))
                            alias = self._text(each.child_by_field_name("alias"))
                            self.build.scope.bind(alias or name, Member(of, name, 0, 0))

    def _export(self, node: Node) -> None:
        if node.child_by_field_name("source") is not None:
            return
        self._all(node.named_children)
        declaration = node.child_by_field_name("declaration")
        for each in [declaration, *declaration.named_children] if declaration is not None else []:
            if self._text(each.child_by_field_name("name")) == self._handler:
                value = each.child_by_field_name("value")
                self._hand(value if value is not None and value.type == "identifier" else each)
        for clause in (part for part in node.named_children if part.type == "export_clause"):
            for each in clause.named_children:
                alias = each.child_by_field_name("alias") or each.child_by_field_name("name")
                if self._text(alias) == self._handler:
                    self._hand(each)

    def _hand(self, function: Node) -> None:
        """Say that Lambda calls a function, by its declaration or its name."""
        name = function if function.type == "identifier" else function.child_by_field_name("name")
        if self._handler:
            self.build.call(self._text(name), [EVENT])

    def _handled(self, node: Node) -> Node | None:
        """Give what an assignment says that the handler is; None where it says nothing of it."""
        left, right = self._text(node.child_by_field_name("left")), node.child_by_field_name("right")
        if not self._handler or right is None:
            return None
        if left in {f"exports.{self._handler}", f"module.exports.{self._handler}"}:
            return right
        if left != "module.exports" or right.type != "object":
            return None
        for part in right.named_children:
            name = self._key(part) if part.type == "pair" else self._text(part.child_by_field_name("name") or part)
            if name == self._handler:
                return part.child_by_field_name("value") or part
        return None

    def _given_by_lambda(self, function: Node) -> list[Value]:
        return [EVENT] if function.id in self._handlers else []

    def _assigned(self, node: Node) -> Value:
        handled = self._handled(node)
        if handled is not None and handled.type in {"identifier", "shorthand_property_identifier"}:
            self.build.call(self._text(handled), [EVENT])
        elif handled is not None:
            self._handlers.add(handled.id)
        value, left = self._child(node, "right"), node.child_by_field_name("left")
        match left.type if left is not None else "":
            case "identifier":
                # Where it is declared, it has this value too.
                name = self._text(left)
                (self.build.scope.owner(name) or self.build.scope).bind(name, value)
            case "member_expression" if left is not None and self._is_own(left):
                self.build.owns(self._text(left.child_by_field_name("property")), value)
            case "member_expression" | "subscript_expression" if left is not None:
                self.build.changed(self._child(left, "object"))
                key = left.child_by_field_name("property") or left.child_by_field_name("index")
                self.build.assigned(self._text(key).strip("'\""), value)
            case _ if left is not None:
                self._pattern(left, value)
        return value

    def _declared(self, node: Node) -> None:
        name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
        if name is None:
            return
        if value is not None and value.type in _FUNCTIONS:
            self.build.scope.bind(self._text(name), UNSEEN)
            self._function(value, self._text(name))
        else:
            self._pattern(name, EMPTY if value is None else self._value(value))

    def _pattern(self, pattern: Node, value: Value) -> None:
        """Bind the names of a pattern to the parts of a value."""
        match pattern.type:
            case "identifier":
                self.build.scope.bind(self._text(pattern), value)
            case "shorthand_property_identifier_pattern":
                name = self._text(pattern)
                self.build.scope.bind(name, self.build.member(value, name, *self._span(pattern)))
            case "object_pattern":
                for part in pattern.named_children:
                    self._pattern(part, value)
            case "pair_pattern":
                key, inner, named = *map(pattern.child_by_field_name, ("key", "value")), self._key(pattern)
                if key is not None and inner is not None:
                    found = UNSEEN if named is None else self.build.member(value, named, *self._span(key))
                    self._pattern(inner, found)
            case "array_pattern":
                for part in pattern.named_children:
                    self._pattern(part, Element(value))
            case "object_assignment_pattern" | "assignment_pattern":
                left = pattern.child_by_field_name("left")
                other = self._child(pattern, "right")
                if left is not None:
                    self._pattern(left, Either((value, other)))
            case "rest_pattern":
                for part in pattern.named_children:
                    self._pattern(part, UNSEEN)
            case _:
                self._all(pattern.named_children)

    def _loop(self, node: Node) -> None:
        over = self._child(node, "right")
        each = Element(over) if self._text(node.child_by_field_name("operator")) == "of" else UNSEEN
        with self.build.inside():
            left = node.child_by_field_name("left")
            if left is not None:
                self._pattern(left, each)
            self._child(node, "body")

    def _function(self, node: Node, name: str = "", arguments: Sequence[Value] = ()) -> None:
        """Walk a function; `arguments` is what a callback is known to be called with."""
        single, several = node.child_by_field_name("parameter"), node.child_by_field_name("parameters")
        patterns = [single] if single is not None else several.named_children if several is not None else []
        patterns = [pattern for pattern in patterns if pattern.type != "comment"]
        # A parameter that is a pattern has no name of its own; a number is the name of none.
        names = [self._text(each) if each.type == "identifier" else str(number) for number, each in enumerate(patterns)]
        with self.build.inside(name, names):
            for parameter, argument in zip(names, arguments, strict=False):
                self.build.scope.bind(parameter, argument)
            for pattern, parameter in zip(patterns, names, strict=True):
                if pattern.type != "identifier":
                    self._pattern(pattern, self.build.name(parameter))
            self._child(node, "body")

    def _arguments(self, node: Node) -> list[Value]:
        given = node.child_by_field_name("arguments")
        return [self._value(each) for each in self._given(given)]

    @staticmethod
    def _given(arguments: Node | None) -> list[Node]:
        return [each for each in arguments.named_children if each.type != "comment"] if arguments is not None else []

    def _call(self, node: Node) -> Value:
        function, given = node.child_by_field_name("function"), self._given(node.child_by_field_name("arguments"))
        if function is None or function.type != "member_expression":
            arguments = [self._value(each) for each in given]
            if function is not None and function.type == "identifier":
                self.build.call(self._text(function), arguments)
                match self._text(function), arguments:
                    case "require", [Literal(text=module)]:
                        return Imported(module)
                return Called(self.build.name(self._text(function)), arguments[0] if arguments else EMPTY)
            if function is not None:
                self._value(function)
            return UNSEEN
        of = self._child(function, "object")
        name = self._text(function.child_by_field_name("property"))
        match name:
            case "receiveMessage":
                request = self._value(given[0]) if given and given[0].type not in _FUNCTIONS else EMPTY
                answer = self.build.receive(of, request, *self._span(node))
                self._back(given[1:2], (EMPTY, answer))
                return answer
            case "send" if given:
                command = self._value(given[0])
                self._back(given[1:2], (EMPTY, command))
                self._all(given[2:])
                return command
            case "then":
                self._back(given[:1], (of,))
                self._all(given[1:])
            case "promise" | "catch" | "finally":
                self._all(given)
                return of
            case "reduce":
                self._back(given[:1], (UNSEEN, Element(of)))
                self._all(given[1:])
            case _ if name in _OF_EACH:
                self._back(given[:1], (Element(of),))
                self._all(given[1:])
            case "assign" if self._text(function) == "Object.assign":
                for argument in [self._value(each) for each in given][:1]:
                    self.build.changed(argument, mixed=True)
            case "concat":
                return Either((of, *(self._value(each) for each in given)))
            case _:
                arguments = [self._value(each) for each in given]
                if self._text(function).startswith("this."):
                    self.build.call(name, arguments)
                elif name not in _CHANGES | _SAME_LIST | _ONE_OF:
                    self.build.call(name, arguments, of)
                    return Called(Member(of, name, 0, 0), arguments[0] if arguments else EMPTY)
        if name in _CHANGES:
            self.build.changed(of, mixed=name in _MIXES)
        return of if name in _SAME_LIST else Element(of) if name in _ONE_OF else UNSEEN

    def _back(self, given: Sequence[Node], arguments: Sequence[Value]) -> None:
        """Walk a callback, or note a call of the function that it names."""
        for each in given:
            if each.type in _FUNCTIONS:
                self._function(each, arguments=arguments)
            else:
                if each.type == "identifier":
                    self.build.call(self._text(each), arguments)
                self._value(each)
