"""Programs in Python, as boto3 is called in them."""

import ast
import warnings
from collections.abc import Sequence
from typing import Any

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
    Mapped,
    Member,
    Program,
    Value,
)
from msglint.source import Document, Position

_CHANGES = frozenset({"append", "extend", "insert", "update", "setdefault", "clear", "remove"})
_MIXES = frozenset({"append", "extend", "insert", "update", "setdefault"})
_PASSES_ON = frozenset({"list", "tuple", "sorted", "reversed", "iter"})
_LEAVES_THE_EVENT = frozenset(
    {"inject_lambda_context", "capture_lambda_handler", "log_metrics", "event_source", "idempotent"}
)
"""The decorators of Powertools for AWS Lambda that give a handler the event as it came."""


def read(text: str, handler: str) -> Program | None:
    """Read a program, of which Lambda may call a function; None where it is none in this Python or nests too deeply."""
    try:
        with warnings.catch_warnings():
            # What the compiler thinks of somebody's escape sequences is not asked for here.
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
        return _Reader(text).read(tree, handler)
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return None


class _Reader:
    def __init__(self, text: str) -> None:
        self.build = Builder()
        self._text = Document("", text)

    def read(self, tree: ast.Module, handler: str) -> Program:
        self._all(tree.body)
        for each in tree.body:
            match each:
                case ast.FunctionDef() if each.name == handler and all(map(_leaves_the_event, each.decorator_list)):
                    self.build.call(handler, [EVENT])
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Name(id=function)) if name == handler:
                    self.build.call(function, [EVENT])
        return self.build.program()

    def _offset(self, line: int, column: int) -> int:
        """Give the offset of a column that counts bytes, as those of `ast` do."""
        written = self._text.line(line)
        count = column if written.isascii() else len(written.encode()[:column].decode(errors="replace"))
        return self._text.offset(Position(line, count + 1))

    def _span(self, node: Any) -> tuple[int, int]:
        return self._offset(node.lineno, node.col_offset), self._offset(node.end_lineno, node.end_col_offset)

    def _all(self, nodes: Sequence[ast.AST]) -> None:
        for node in nodes:
            self._one(node)

    def _one(self, node: ast.AST) -> None:
        match node:
            case ast.expr():
                self._value(node)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self._function(node, [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)])
            case ast.ClassDef():
                self.build.scope.bind(node.name, UNSEEN)
                self._all([*node.decorator_list, *node.bases])
                with self.build.inside_class(node.name):
                    for part in node.body:
                        self._member(part)
            case ast.Assign(targets=targets, value=value):
                given = self._value(value)
                for target in targets:
                    self._bind(target, given)
            case ast.AnnAssign(target=target, value=value) if value is not None:
                self._bind(target, self._value(value))
            case ast.AugAssign(target=target, value=value):
                self._value(value)
                self._bind(target, UNSEEN)
                if isinstance(target, ast.Name):
                    self.build.changed(self.build.name(target.id))
            case ast.For() | ast.AsyncFor():
                self._loop(node.target, node.iter)
                self._all([*node.body, *node.orelse])
            case ast.withitem(context_expr=value, optional_vars=target) if target is not None:
                self._bind(target, self._value(value))
            case ast.Import(names=names):
                for alias in names:
                    module = alias.name if alias.asname else alias.name.partition(".")[0]
                    self.build.scope.bind(alias.asname or module, Imported(module))
            case ast.ImportFrom(module=module, names=names, level=level):
                of = Imported("." * level + (module or ""))
                for alias in names:
                    self.build.scope.bind(alias.asname or alias.name, Member(of, alias.name, 0, 0))
            case ast.If(test=ast.Compare(left=ast.Name(id="__name__"))):
                # Lambda imports it.
                self._all(node.orelse)
            case ast.Delete(targets=targets):
                for target in targets:
                    if isinstance(target, ast.Subscript | ast.Attribute):
                        self.build.changed(self._value(target.value))
            case ast.ExceptHandler(name=name, body=body):
                if name is not None:
                    self.build.scope.bind(name, UNSEEN)
                self._all(body)
            case _:
                self._all(list(ast.iter_child_nodes(node)))

    def _member(self, node: ast.stmt) -> None:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                # Whoever calls a method leaves its first parameter out.
                names = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)]
                self._function(node, names[1:])
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                self.build.owns(name, self._value(value))
            case ast.AnnAssign(target=ast.Name(id=name), value=value) if value is not None:
                self.build.owns(name, self._value(value))
            case _:
                self._one(node)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, parameters: list[str]) -> None:
        self.build.scope.bind(node.name, UNSEEN)
        self._all([*node.decorator_list, *node.args.defaults, *(each for each in node.args.kw_defaults if each)])
        with self.build.inside(node.name, parameters):
            others = (*node.args.kwonlyargs, node.args.vararg, node.args.kwarg)
            for other in others:
                if other is not None:
                    self.build.scope.bind(other.arg, UNSEEN)
            self._all(node.body)

    def _loop(self, target: ast.expr, over: ast.expr) -> None:
        match target, over:
            case ast.Tuple(elts=[first, second]), ast.Call(func=ast.Name(id="enumerate"), args=[listed, *_]):
                self._bind(first, EMPTY)
                self._bind(second, Element(self._value(listed)))
            case _:
                self._bind(target, Element(self._value(over)))

    def _bind(self, target: ast.expr, value: Value) -> None:
        match target:
            case ast.Name(id=name):
                self.build.scope.bind(name, value)
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                for part in parts:
                    self._bind(part, UNSEEN)
            case ast.Starred(value=part):
                self._bind(part, UNSEEN)
            case ast.Subscript(value=of, slice=key):
                self.build.changed(self._value(of))
                if isinstance(key, ast.Constant) and isinstance(key.value, str):
                    self.build.assigned(key.value, value)
                else:
                    self._value(key)
            case ast.Attribute(value=ast.Name(id="self"), attr=name):
                self.build.owns(name, value)
            case ast.Attribute(value=of, attr=name):
                self.build.changed(self._value(of))
                self.build.assigned(name, value)

    def _value(self, node: ast.expr) -> Value:
        match node:
            case ast.Name(id=name):
                return self.build.name(name)
            case ast.Constant(value=str() as text):
                return Literal(text, *self._span(node))
            case ast.Constant():
                return EMPTY
            case ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.Set(elts=parts):
                return Listed(tuple(self._value(part) for part in parts))
            case ast.Dict(keys=keys, values=values):
                return self._mapped(keys, values)
            case ast.Attribute(value=ast.Name(id="self"), attr=name):
                return self.build.own(name)
            case ast.Attribute(value=of, attr=name):
                end = self._span(node)[1]
                return self.build.member(self._value(of), name, end - len(name), end)
            case ast.Subscript(value=of, slice=ast.Constant(value=str() as name) as key):
                return self.build.member(self._value(of), name, *self._span(key))
            case ast.Subscript(value=of, slice=key):
                value = self._value(of)
                self._value(key)
                return value if isinstance(key, ast.Slice) else Element(value)
            case ast.Call():
                return self._call(node)
            case ast.Await(value=inner) | ast.Starred(value=inner):
                return self._value(inner)
            case ast.BoolOp(values=parts):
                return Either(tuple(self._value(part) for part in parts))
            case ast.IfExp(test=test, body=body, orelse=other):
                self._value(test)
                return Either((self._value(body), self._value(other)))
            case ast.NamedExpr(target=target, value=inner):
                value = self._value(inner)
                self._bind(target, value)
                return value
            case ast.ListComp() | ast.GeneratorExp() | ast.SetComp() | ast.DictComp():
                return self._comprehension(node)
            case ast.Lambda(args=given, body=body):
                with self.build.inside(parameters=[argument.arg for argument in given.args]):
                    self._value(body)
                return UNSEEN
            case _:
                self._all(list(ast.iter_child_nodes(node)))
                return UNSEEN

    def _mapped(self, keys: Sequence[ast.expr | None], values: Sequence[ast.expr]) -> Mapped:
        members: dict[str, Value] = {}
        more = False
        for key, part in zip(keys, values, strict=True):
            value = self._value(part)
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                members[key.value] = value
            else:
                more = True
        return self.build.mapped(members, open=more)

    def _comprehension(self, node: ast.ListComp | ast.GeneratorExp | ast.SetComp | ast.DictComp) -> Value:
        with self.build.inside():
            for generator in node.generators:
                self._loop(generator.target, generator.iter)
                self._all(generator.ifs)
            match node:
                case ast.DictComp(key=key, value=value):
                    self._all([key, value])
                case _:
                    self._value(node.elt)
        return UNSEEN

    def _call(self, node: ast.Call) -> Value:
        match node:
            case ast.Call(func=ast.Attribute(value=of, attr="get"), args=[ast.Constant(value=str() as name), *others]):
                member = self.build.member(self._value(of), name, *self._span(node.args[0]))
                return Either((member, *(self._value(other) for other in others)))
            case ast.Call(func=ast.Attribute(value=of, attr=name)):
                return self._method(self._value(of), name, node, own=isinstance(of, ast.Name) and of.id == "self")
            case ast.Call(func=ast.Name(id="dict"), args=[]):
                return self._request(node)
            case ast.Call(func=ast.Name(id="map" | "filter"), args=[ast.Name(id=called), listed]):
                self.build.call(called, [Element(self._value(listed))])
                return UNSEEN
            case ast.Call(func=ast.Name(id=name)):
                arguments, named = self._arguments(node)
                if name in _PASSES_ON and len(arguments) == 1:
                    return arguments[0]
                if name == "next" and arguments:
                    return Element(arguments[0])
                self.build.call(name, arguments, named=named)
                return Called(self.build.name(name), _first(node, arguments))
            case _:
                self._value(node.func)
                self._arguments(node)
                return UNSEEN

    def _method(self, of: Value, name: str, node: ast.Call, *, own: bool) -> Value:
        if name in {"receive_message", "receive_messages"}:
            messages = name == "receive_messages"
            return self.build.receive(of, self._request(node), *self._span(node), messages=messages)
        arguments, named = self._arguments(node)
        match name, node.args:
            case "pop", _:
                return Element(of)
            case "copy", _:
                return of
            case (("submit" | "map"), [ast.Name(id=called), *_]):
                given = arguments[1:] if name == "submit" else [Element(each) for each in arguments[1:]]
                self.build.call(called, given)
            case _ if name in _CHANGES:
                self.build.changed(of, mixed=name in _MIXES)
            case _ if own:
                self.build.call(name, arguments, named=named)
            case _:
                self.build.call(name, arguments, of, named)
                return Called(Member(of, name, 0, 0), _first(node, arguments))
        return UNSEEN

    def _arguments(self, node: ast.Call) -> tuple[list[Value], Mapped]:
        return [self._value(argument) for argument in node.args], self._request_members(node)

    def _request(self, node: ast.Call) -> Value:
        self._all(node.args)
        if len(node.keywords) == 1 and node.keywords[0].arg is None:
            return self._value(node.keywords[0].value)
        return self._request_members(node)

    def _request_members(self, node: ast.Call) -> Mapped:
        values = {keyword.arg: self._value(keyword.value) for keyword in node.keywords}
        named = {name: value for name, value in values.items() if name is not None}
        return self.build.mapped(named, open=len(named) < len(node.keywords))


def _leaves_the_event(decorator: ast.expr) -> bool:
    function = decorator.func if isinstance(decorator, ast.Call) else decorator
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name in _LEAVES_THE_EVENT


def _first(node: ast.Call, arguments: Sequence[Value]) -> Value:
    """Give the first argument of a call, which boto3 calls by this name too."""
    for keyword in node.keywords:
        match keyword:
            case ast.keyword(arg="service_name", value=ast.Constant(value=str() as text)):
                return Literal(text, 0, 0)
    return arguments[0] if arguments else EMPTY
