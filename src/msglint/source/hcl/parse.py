"""From tokens to the parts of HCL, by recursive descent."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial
from math import inf
from typing import NoReturn, TypeVar

from msglint.source.hcl.nodes import (
    Attribute,
    Binary,
    Block,
    Body,
    Call,
    Conditional,
    Expression,
    For,
    Here,
    Index,
    Listed,
    Literal,
    Mapped,
    Member,
    Name,
    Splat,
    Unary,
)
from msglint.source.hcl.template import Part, Parts, put_together
from msglint.source.hcl.tokens import ESCAPE, Tokens
from msglint.source.text import Document, SourceError, Stretch
from msglint.source.tree import MAX_DEPTH, too_deep, without_collector

_Read = TypeVar("_Read")

_PRECEDENCE = {
    operator: precedence
    for precedence, operators in enumerate(
        (("||",), ("&&",), ("==", "!="), (">", ">=", "<", "<="), ("+", "-"), ("*", "/", "%")), start=1
    )
    for operator in operators
}
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}
_TEXTS = frozenset({"text", '"', "<<", "<<-"})
_ESCAPED = re.compile(rf"{ESCAPE}|(?:\$\$|%%)(?=\{{)")
_DOUBLED = re.compile(r"(?:\$\$|%%)(?=\{)")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
_LONG = 8
# Python converts no integer with more digits.
_DIGITS = 4300
# Beyond it, a float does not hold every whole number.
_EXACT = 2**53


def parse_body(document: Document) -> Body:
    """Read a file of attributes and blocks."""
    return _parse(document, _Parser.file, template=False)


def parse_template(document: Document) -> Expression:
    """Read a file that is a template."""
    return _parse(document, _Parser.bare, template=True)


def parse_within(place: Stretch, text: str, offsets: Sequence[int], *, template: bool) -> Expression:
    """Read a template or an expression that a text of another language holds.

    `offsets` are those of its characters, and of its end, in the document of the place.
    """
    inside = Document(place.document.name, text)
    try:
        return _parse(
            inside,
            lambda parser: parser.bare() if template else parser.alone(),
            template=template,
            stretch=lambda start, end: Stretch(place.document, offsets[start], offsets[end]),
        )
    except SourceError as error:
        if error.place.document is place.document:
            raise
        start, end = (offsets[inside.offset(position)] for position in error.place.span)
        raise SourceError(error.message, place.document.spot(start, end), limit=error.limit) from None


def _parse(
    document: Document,
    parse: Callable[[_Parser], _Read],
    *,
    template: bool,
    stretch: Callable[[int, int], Stretch] | None = None,
) -> _Read:
    try:
        with without_collector():
            return parse(_Parser(document, Tokens(document, template=template), stretch or partial(Stretch, document)))
    except RecursionError:
        # Whoever asks stands deep in the stack already.
        raise too_deep(document.spot(0, 0)) from None


class _Parser:
    """Goes over the tokens; each method begins at the token `_at`, and leaves it behind what it has read."""

    def __init__(self, document: Document, tokens: Tokens, stretch: Callable[[int, int], Stretch]) -> None:
        self._stretch = stretch
        self._document = document
        self._text = document.text
        self._kinds = tokens.kinds
        self._starts = tokens.starts
        self._ends = tokens.ends
        self._fault = tokens.fault
        self._at = 0
        self._depth = 0
        # How deep the expression nests that was read last.
        self._height = 0

    def file(self) -> Body:
        """Read all of it as a body."""
        body = self._body()
        self._finish()
        return body

    def alone(self) -> Expression:
        """Read all of it as an expression."""
        self._skip_lines()
        expression = self._expression()
        self._skip_lines()
        if self._kinds[self._at] != "end":
            self._fail(f"expected the end of the expression, found {self._found()}")
        self._finish()
        return expression

    def bare(self) -> Expression:
        """Read all of it as a template."""
        template = self._template(0, bare=True)
        self._finish()
        return template

    # Bodies

    def _body(self) -> Body:
        """Read attributes and blocks up to the brace that closes, or to the end."""
        attributes: dict[str, Attribute] = {}
        blocks: list[Block] = []
        kinds = self._kinds
        while (kind := kinds[self._at]) not in {"}", "end"}:
            if kind == "line":
                self._at += 1
                continue
            if kind != "name":
                hint = "; its name is written without quotes" if kind in _TEXTS else ""
                self._fail(f"expected an attribute or a block, found {self._found()}{hint}")
            if kinds[self._at + 1] == "=":
                attribute = self._attribute()
                if attribute.name in attributes:
                    self._refuse_again(attribute, attributes[attribute.name])
                attributes[attribute.name] = attribute
                what = f"the value of {attribute.name}"
            else:
                block = self._block()
                blocks.append(block)
                what = f"the block {block.type}"
            if kinds[self._at] not in {"line", "end"}:
                self._fail(f"expected a new line after {what}, found {self._found()}")
        return Body(attributes, tuple(blocks))

    def _attribute(self) -> Attribute:
        name_at = self._here()
        name = self._word()
        self._at += 2
        expression = self._expression()
        return Attribute(name, lambda: expression, self._since(name_at.start), name_at)

    def _block(self) -> Block:
        start = self._starts[self._at]
        kind = self._word()
        self._at += 1
        labels = []
        while self._kinds[self._at] != "{":
            if self._kinds[self._at] == "text":
                labels.append(self._unquoted())
            elif self._kinds[self._at] == "name":
                labels.append(self._word())
            elif self._kinds[self._at] == '"':
                labels.append(self._label())
            elif labels:
                self._fail(f"expected {{ on the line of the block {kind}, found {self._found()}")
            else:
                self._fail(f"expected = or a block after {kind}, found {self._found()}")
            self._at += 1
        at = self._since(start)
        self._at += 1
        body = self._body() if self._kinds[self._at] in {"line", "}"} else self._one_line(kind)
        self._expect("}", f"the end of the block {kind}")
        return Block(kind, tuple(labels), body, at, self._since(start))

    def _label(self) -> str:
        """Read a label in which `$${` or `%%{` stands, up to its closing quote."""
        label = ""
        self._at += 1
        while self._kinds[self._at] != "close":
            if self._kinds[self._at] != "piece":
                self._fail("the label of a block is a plain text, with nothing to put in")
            label += _unescaped(self._word())
            self._at += 1
        return label

    def _one_line(self, block: str) -> Body:
        if self._kinds[self._at] != "name" or self._kinds[self._at + 1] != "=":
            self._fail(f"expected one attribute, or a new line, after the {{ of {block}, found {self._found()}")
        attribute = self._attribute()
        if self._kinds[self._at] != "}":
            self._fail(f"expected }} on the line of the block {block}, found {self._found()}")
        return Body({attribute.name: attribute}, ())

    # Expressions

    def _expression(self) -> Expression:
        self._enter()
        start = self._starts[self._at]
        expression = self._operation(start)
        if self._kinds[self._at] == "?":
            height = self._height
            self._at += 1
            yes = self._expression()
            height = max(height, self._height)
            self._expect(":", "the other value of the condition")
            no = self._expression()
            expression = Conditional(expression, yes, no, self._since(start))
            self._grow(height)
        self._depth -= 1
        return expression

    def _operation(self, start: int) -> Expression:
        left = self._operand()
        kinds = self._kinds
        if kinds[self._at] not in _PRECEDENCE:
            return left
        # Operands with where they start and end and how deep they are, and the operators between them.
        operands = [(left, start, self._ends[self._at - 1], self._height)]
        operators: list[str] = []
        while True:
            level = _PRECEDENCE.get(kinds[self._at], 0)
            while operators and _PRECEDENCE[operators[-1]] >= level:
                right, _, end, height = operands.pop()
                left, start, _, self._height = operands.pop()
                self._grow(height)
                joined = Binary(operators.pop(), left, right, self._stretch(start, end))
                operands.append((joined, start, end, self._height))
            if not level:
                return operands[0][0]
            operators.append(kinds[self._at])
            self._at += 1
            start = self._starts[self._at]
            operand = self._operand()
            operands.append((operand, start, self._ends[self._at - 1], self._height))

    def _operand(self) -> Expression:
        first = self._at
        while self._kinds[self._at] in {"-", "!"}:
            self._at += 1
        last = self._at
        term = self._term()
        if self._kinds[self._at] in {".", "["}:
            term = self._way(term, self._starts[last])
        for index in range(last - 1, first - 1, -1):
            term = Unary(self._kinds[index], term, self._since(self._starts[index]))
            self._grow()
        return term

    def _term(self) -> Expression:
        kind = self._kinds[self._at]
        if kind == "name":
            if self._kinds[self._at + 1] in {"(", "::"}:
                return self._call()
            at, word = self._here(), self._word()
            self._at += 1
            self._height = 0
            return Literal(_WORDS[word], at) if word in _WORDS else Name(word, at)
        if kind == "text":
            at, text = self._here(), self._unquoted()
            self._at += 1
            self._height = 0
            return Literal(text, at)
        if kind == "number":
            at, number = self._here(), _number(self._word())
            if number is None:
                self._fail(f"{self._found()} is no number")
            self._at += 1
            self._height = 0
            return Literal(number, at)
        if kind in _TEXTS:
            return self._template(self._starts[self._at])
        if kind == "{":
            return self._object()
        if kind == "[":
            return self._tuple()
        if kind != "(":
            self._fail(f"expected a value, found {self._found()}")
        self._at += 1
        inside = self._expression()
        self._expect(")", "the end of the parentheses")
        return inside

    def _way(self, of: Expression, start: int) -> Expression:
        """Read what follows a term: names, indexes and splats; the term begins at an offset."""
        kinds = self._kinds
        while True:
            if kinds[self._at] == ".":
                of = self._splat_of_names(of, start) if kinds[self._at + 1] == "*" else self._member(of, start)
            elif kinds[self._at] != "[":
                return of
            elif kinds[self._at + 1] == "*":
                marker = self._starts[self._at]
                self._at += 2
                self._expect("]", "the end of [*]")
                self._enter()
                height, self._height = self._height, 0
                each = self._way(Here(self._since(marker)), marker)
                self._depth -= 1
                self._grow(height)
                return Splat(of, each, self._since(start))
            else:
                height = self._height
                self._at += 1
                key = self._expression()
                self._expect("]", "the end of the index")
                self._grow(height)
                of = Index(of, key, self._since(start))

    def _member(self, of: Expression, start: int) -> Member:
        self._at += 1
        kind, word = self._kinds[self._at], self._word()
        name = _number(word) if kind == "number" else word
        if kind not in {"name", "number"}:
            self._fail(f"expected a name after the dot, found {self._found()}")
        if name is None or isinstance(name, float) or "." in word:
            self._fail(f"indexes are written in brackets, such as [{word.replace('.', '][')}]")
        self._at += 1
        self._grow()
        return Member(of, name, self._since(start))

    def _splat_of_names(self, of: Expression, start: int) -> Splat:
        marker = self._starts[self._at]
        self._at += 2
        each: Expression = Here(self._since(marker))
        height, self._height = self._height, 0
        while self._kinds[self._at] == ".":
            each = self._member(each, marker)
        self._grow(height)
        return Splat(of, each, self._since(start))

    def _call(self) -> Call:
        start = self._starts[self._at]
        name = self._word()
        self._at += 1
        while self._kinds[self._at] == "::":
            self._at += 1
            name += "::" + self._name("the name of a function")
        self._expect("(", f"the arguments of {name}")
        arguments: list[Expression] = []
        expand = False
        height = 0
        while self._kinds[self._at] != ")":
            arguments.append(self._expression())
            height = max(height, self._height)
            if self._kinds[self._at] == "...":
                self._at += 1
                expand = True
                break
            self._separate(")", f"the arguments of {name}")
        self._expect(")", f"the end of the arguments of {name}")
        self._grow(height)
        return Call(name, tuple(arguments), expand, self._since(start))

    def _tuple(self) -> Expression:
        start = self._starts[self._at]
        self._at += 1
        if self._is_word("for"):
            return self._for(start, "]")
        items: list[Expression] = []
        height = 0
        while self._kinds[self._at] != "]":
            items.append(self._expression())
            height = max(height, self._height)
            self._separate("]", "the elements of a list")
        self._at += 1
        self._grow(height)
        return Listed(tuple(items), self._since(start))

    def _object(self) -> Expression:
        start = self._starts[self._at]
        self._at += 1
        self._skip_lines()
        if self._is_word("for"):
            return self._for(start, "}")
        items: list[tuple[Expression, Expression]] = []
        height = 0
        while self._kinds[self._at] != "}":
            key = self._key()
            height = max(height, self._height)
            if self._kinds[self._at] not in {"=", ":"}:
                self._fail(f"expected = and a value after the key, found {self._found()}")
            self._at += 1
            items.append((key, self._expression()))
            height = max(height, self._height)
            if self._kinds[self._at] not in {",", "line", "}"}:
                self._fail(f"expected a new line or a comma after the value, found {self._found()}")
            if self._kinds[self._at] == ",":
                self._at += 1
            self._skip_lines()
        self._at += 1
        self._grow(height)
        return Mapped(tuple(items), self._since(start))

    def _key(self) -> Expression:
        """Read the key of an object: a bare word is a text, unless it stands in parentheses."""
        if self._kinds[self._at] == "name" and self._kinds[self._at + 1] in {"=", ":"}:
            word = Literal(self._word(), self._here())
            self._at += 1
            self._height = 0
            return word
        return self._expression()

    def _gone_through(self) -> tuple[str | None, str, Expression]:
        """Read `key, value in source`, of a `for` and of a directive alike; the key may be left out."""
        key = None
        value = self._name("the variable of the for")
        if self._kinds[self._at] == ",":
            self._at += 1
            key, value = value, self._name("the second variable of the for")
        if not self._is_word("in"):
            self._fail(f"expected in after the variables of the for, found {self._found()}")
        self._at += 1
        return key, value, self._expression()

    def _for(self, start: int, closes: str) -> For:
        self._at += 1
        key, value, source = self._gone_through()
        height = self._height
        self._expect(":", "what the for makes of each element")
        result_key = None
        result = self._expression()
        if closes == "}":
            height = max(height, self._height)
            self._expect("=>", "the value of each key")
            result_key, result = result, self._expression()
        height = max(height, self._height)
        grouped = closes == "}" and self._kinds[self._at] == "..."
        self._at += grouped
        condition = None
        if self._is_word("if"):
            self._at += 1
            condition = self._expression()
            height = max(height, self._height)
        self._expect(closes, "the end of the for")
        self._grow(height)
        return For(key, value, source, result_key, result, condition, grouped, self._since(start))

    # Texts

    def _template(self, start: int, *, bare: bool = False) -> Expression:
        opened = "" if bare else self._kinds[self._at]
        parts: Parts = []
        self._at += not bare
        strip = False
        height = 0
        while (kind := self._kinds[self._at]) not in {"close", "end"}:
            first, part = self._starts[self._at], self._here()
            if kind == "piece":
                text = _unescaped(self._word()) if opened == '"' else _DOUBLED.sub(_half, self._word())
                self._at += 1
                parts.append(Part("piece", part, text))
                if strip:
                    parts[-1].strip_left()
                strip = False
                continue
            if kind[-1] == "~" and parts:
                parts[-1].strip_right()
            self._at += 1
            parts.append(self._directive(part) if kind[0] == "%" else Part("put", part, expression=self._expression()))
            if parts[-1].expression is not None:
                height = max(height, self._height)
            strip = self._kinds[self._at] == "put~}"
            if not self._kinds[self._at].startswith("put"):
                hint = f"as plain text, write {kind[0]}{kind[0]}{{"
                self._fail(f"expected }} for the {kind[0]}{{, found {self._found()}; {hint}")
            self._at += 1
            parts[-1].at = self._since(first)
        if kind == "end":
            self._finish()
        self._at += not bare
        at = self._stretch(0, len(self._text)) if bare else self._since(start)
        expression, nested = put_together(parts, at, flush=opened == "<<-")
        self._height = height
        self._grow(height + nested)
        return expression

    def _directive(self, at: Stretch) -> Part:
        word = self._word()
        if self._kinds[self._at] != "name" or word not in {"if", "else", "endif", "for", "endfor"}:
            self._fail(f"expected if, else, endif, for or endfor, found {self._found()}")
        self._at += 1
        if word == "if":
            return Part(word, at, expression=self._expression())
        if word != "for":
            return Part(word, at)
        key, value, source = self._gone_through()
        return Part(word, at, value, source, key)

    # Tokens

    def _here(self) -> Stretch:
        return self._stretch(self._starts[self._at], self._ends[self._at])

    def _since(self, start: int) -> Stretch:
        """Give the place from an offset to the end of the token that was read last."""
        return self._stretch(start, self._ends[self._at - 1])

    def _word(self) -> str:
        return self._text[self._starts[self._at] : self._ends[self._at]]

    def _unquoted(self) -> str:
        return _unescaped(self._text[self._starts[self._at] + 1 : self._ends[self._at] - 1])

    def _is_word(self, word: str) -> bool:
        return self._kinds[self._at] == "name" and self._word() == word

    def _name(self, what: str) -> str:
        if self._kinds[self._at] != "name":
            self._fail(f"expected {what}, found {self._found()}")
        word = self._word()
        self._at += 1
        return word

    def _expect(self, kind: str, what: str) -> None:
        if self._kinds[self._at] != kind:
            self._fail(f"expected {kind} and {what}, found {self._found()}")
        self._at += 1

    def _separate(self, closes: str, what: str) -> None:
        if self._kinds[self._at] == ",":
            self._at += 1
        elif self._kinds[self._at] != closes:
            self._fail(f"expected a comma or {closes} in {what}, found {self._found()}")

    def _skip_lines(self) -> None:
        while self._kinds[self._at] == "line":
            self._at += 1

    def _enter(self) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            self._too_deep()

    def _grow(self, beside: int = 0) -> None:
        """Count one level more than what was read last, or than what stands beside it."""
        self._height = max(self._height, beside) + 1
        if self._height > MAX_DEPTH:
            self._too_deep()

    def _too_deep(self) -> NoReturn:
        if self._kinds[self._at] == "end":
            self._finish()
        raise too_deep(self._document.spot(self._starts[self._at], self._ends[self._at]))

    def _found(self) -> str:
        kind, word = self._kinds[self._at], self._word()
        if kind in {"end", "line"}:
            return "the end of the file" if kind == "end" else "the end of the line"
        if kind in _TEXTS:
            return "a text"
        # A longer one may be a password without its quotes.
        return word if len(word) < _LONG else f"a {kind}"

    def _finish(self) -> None:
        if self._fault is not None:
            raise self._fault

    def _fail(self, message: str) -> NoReturn:
        if self._kinds[self._at] == "end":
            self._finish()
        raise SourceError(message, self._document.spot(self._starts[self._at], self._ends[self._at]))

    def _refuse_again(self, attribute: Attribute, first: Attribute) -> NoReturn:
        related = self._document.spot(first.name_at.start, first.name_at.end)
        message = f"duplicate attribute {attribute.name}, first given on line {related.span.start.line}"
        raise SourceError(message, self._document.spot(attribute.name_at.start, attribute.name_at.end), related)


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(_unescape, text) if "\\" in text or "{" in text else text


def _unescape(match: re.Match[str]) -> str:
    found = match[0]
    if found[0] != "\\":
        return _half(match)
    if found[1] not in "uU":
        return _ESCAPES[found[1]]
    code = int(found[2:], 16)
    # As Go does: what is no character is replaced.
    return chr(code) if code < 0xD800 or 0xDFFF < code <= 0x10FFFF else "\ufffd"


def _half(match: re.Match[str]) -> str:
    return match[0][0]


def _number(word: str) -> int | float | None:
    if word.isdecimal():
        return int(word) if len(word) <= _DIGITS else inf
    try:
        number = float(word)
    except ValueError:
        return None
    return int(number) if abs(number) < _EXACT and number.is_integer() else number
