"""HCL: bodies, expressions and templates with their places, and everything that is refused."""

import re
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from msglint.source import Document, SourceError
from msglint.source.hcl import (
    Binary,
    Body,
    Conditional,
    Expression,
    For,
    Here,
    Literal,
    Member,
    Name,
    Repeat,
    Splat,
    Template,
    read_hcl,
    read_template,
)
from msglint.source.text import Stretch

QUEUES = """\
# Orders and what becomes of them
resource "aws_sqs_queue" "orders" {
  name  = "é😀-${var.stage}-orders" // as the team calls it
  count = var.enabled ? 2 : 0
  tags  = { Team = "shop", (local.key) = 1.5e3
    "q" : true
    for1 = null }
  /* what cannot be
     received */
  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead[count.index].arn
    maxReceiveCount     = -var.most + 6 * (2 - 1)
  })
  lifecycle { ignore_changes = [tags] }
}

locals {}
variable texts {
  default = <<-EOT
    %{ for key, text in local.texts ~}
    ${key}: ${text}
    %{ endfor ~}
  EOT
  names = [for name in var.names[*].first : upper(name...) if !contains(local.none, name)]
}
"""


def read(text: str) -> Body:
    return read_hcl(Document("main.tf", text))


def value(text: str) -> Expression:
    return read(f"a = {text}\n").attributes["a"].expression


def said(expression: Expression) -> str:
    """Write an expression with a parenthesis around all that has parts."""
    match expression:
        case Literal(value=text):
            return repr(text)
        case Name(name=name):
            return name
        case Here():
            return "_"
        case Member(of=of, name=name):
            return f"{said(of)}.{name}"
        case Splat(of=of, each=each):
            return f"{said(of)}[*]({said(each)})"
        case Binary(operator=operator, left=left, right=right):
            return f"({said(left)} {operator} {said(right)})"
        case Conditional(condition=condition, yes=yes, no=no):
            return f"({said(condition)} ? {said(yes)} : {said(no)})"
        case Template(parts=parts):
            return "".join(f"<{said(part)}>" for part in parts)
        case Repeat():
            return f"for {expression.key} {expression.value} in {said(expression.source)}: {said(expression.body)}"
        case For():
            return " ".join(_fields(expression))
        case _:
            return f"{type(expression).__name__}({', '.join(_fields(expression))})"


def _fields(expression: Any) -> Iterator[str]:
    for name in expression.__struct_fields__:
        field = getattr(expression, name)
        for part in field if isinstance(field, tuple) else (field,):
            if isinstance(part, tuple):
                yield ": ".join(map(said, part))
            elif not isinstance(part, Stretch):
                yield said(part) if isinstance(part, msgspec.Struct) else str(part)  # type: ignore[arg-type]


def written(stretch: Stretch) -> str:
    return stretch.document.text[stretch.start : stretch.end]


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("b ? c : d ? e : f", "(b ? c : (d ? e : f))"),
        ("b ? c ? d : e : f", "(b ? (c ? d : e) : f)"),
        ("1 - 2 - 3 * 4 / 5 % 6", "((1 - 2) - (((3 * 4) / 5) % 6))"),
        ("a || b && c == d != e < f + g", "(a || (b && ((c == d) != (e < (f + g)))))"),
        ("a * b >= c || d <= e && f > g", "(((a * b) >= c) || ((d <= e) && (f > g)))"),
        ("(1 - (2 - 3)).x", "(1 - (2 - 3)).x"),
        ("-b.c + !d[0]", "(Unary(-, b.c) + Unary(!, Index(d, 0)))"),
        ("b.0.c", "b.0.c"),
        ('b["c"].d', "Index(b, 'c').d"),
        ("b.*.c.0[1].d", "Index(b[*](_.c.0), 1).d"),
        ("b[*].c[1].d", "b[*](Index(_.c, 1).d)"),
        ("b[*].c[*].d.*.e", "b[*](_.c[*](_.d[*](_.e)))"),
        ("b[*]", "b[*](_)"),
        ("f()", "Call(f, False)"),
        ("f(\n  b, # c\n  d...\n)", "Call(f, b, d, True)"),
        ("provider::aws::arn_parse(b,)", "Call(provider::aws::arn_parse, b, False)"),
        ("[\n  1,\n  b\n  ,\n]", "Listed(1, b)"),
        ("{}", "Mapped()"),
        (
            '{ b = 1, (c) = 2, "d" : 3\n true = 4\n\n "${e}f" = 5 }',
            "Mapped('b': 1, c: 2, 'd': 3, 'true': 4, <e><'f'>: 5)",
        ),
        ("{ b = c\n (d) = e }", "Mapped('b': c, d: e)"),
        ("[for b in c : b]", "None b c None b None False"),
        ("{for b, c in d : c => b... if b}", "b c d c b b True"),
        ("{\n\n for b in c :\n b => null\n}", "None b c b None None False"),
        ("{ format = 1\n for = 2 }", "Mapped('format': 1, 'for': 2)"),
        ("1e5", "100000"),
        ("1.50", "1.5"),
        ("9" * 5000, "inf"),
        ("1e999", "inf"),
        ("[true, false, null, trues]", "Listed(True, False, None, trues)"),
    ],
)
def test_expressions(text: str, meaning: str) -> None:
    assert said(value(text)) == meaning


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ('""', "''"),
        ('"b"', "'b'"),
        ('"${b}"', "b"),
        ('"${1}"', "1"),
        ('" ${~ b}"', "<b>"),
        ('"b ${c} ${d}"', "<'b '><c><' '><d>"),
        ('"b ${~ c ~} d"', "<'b'><c><'d'>"),
        (r'"\n\r\t\"\\é\u00e9\U0001F600"', r"""'\n\r\t"\\éé😀'"""),
        (r'"\ud800\UFFFFFFFF"', "'��'"),
        ('"$${b} %%{c} $$${d} $ % $$"', "'${b} %{c} $${d} $ % $$'"),
        ('"${"${b}c"}"', "<b><'c'>"),
        ('"${ { b = 1 }.b }"', "Mapped('b': 1).b"),
        ('"%{ if b }c%{ endif }"', "<(b ? 'c' : '')>"),
        ('"%{ if b ~} c ${d}%{ else } e %{~ endif }f"', "<(b ? <'c '><d> : ' e')><'f'>"),
        ('"%{ for b in c }${b},%{ endfor }"', "<for None b in c: <b><','>>"),
        ("<<EOT\nEOT", "''"),
        ("<<EOT\n  b\n EOTT\n\n  EOT", r"'  b\n EOTT\n\n'"),
        ('<<EOT\n\\n $${b} "c"\nEOT', r"""'\\n ${b} "c"\n'"""),
        ("<<-EOT\n    b\n\n      c\n  EOT", r"'b\n\n  c\n'"),
        ("<<-EOT\n    ${b}\n      c\n    EOT", r"<b><'\n  c\n'>"),
        ("<<-EOT\n  b\n${c}\n  EOT", r"<'  b\n'><c><'\n'>"),
        # Lines are measured behind what is cut away: as HCL has it, the line after `~}` has no start.
        ("<<-EOT\n  %{ if b ~}\n  c\n  %{ endif ~}\n  EOT", r"<(b ? '  c\n' : '')>"),
        ("<<EOT\r\nb\r\nEOT", r"'b\r\n'"),
    ],
)
def test_texts(text: str, meaning: str) -> None:
    assert said(value(text)) == meaning


def _texts_of(expression: Expression) -> Iterator[Expression]:
    yield expression
    for name in expression.__struct_fields__:
        part = getattr(expression, name)
        for each in part if isinstance(part, tuple) else (part,):
            for inner in each if isinstance(each, tuple) else (each,):
                if isinstance(inner, msgspec.Struct) and not isinstance(inner, Stretch):
                    yield from _texts_of(inner)  # type: ignore[arg-type]


def test_every_part_stands_where_it_is_written() -> None:
    body = read(QUEUES)
    queue = body.blocks[0]
    assert (queue.type, queue.labels) == ("resource", ("aws_sqs_queue", "orders"))
    assert written(queue.at) == 'resource "aws_sqs_queue" "orders"'
    assert written(queue.whole) == QUEUES[QUEUES.index("resource") : QUEUES.index("\n\nlocals")]
    name = queue.body.attributes["name"]
    assert written(name.at) == 'name  = "é😀-${var.stage}-orders"'
    assert written(name.name_at) == "name"
    assert isinstance(name.expression, Template)
    assert [written(part.at) for part in name.expression.parts] == ["é😀-", "var.stage", "-orders"]
    policy = queue.body.attributes["redrive_policy"].expression
    found = {written(part.at) for part in _texts_of(policy)}
    assert {"aws_sqs_queue.dead[count.index].arn", "count", "-var.most + 6 * (2 - 1)", "2 - 1", "6 * (2 - 1)"} <= found
    assert body.blocks[2].labels == ("texts",)
    assert [block.type for block in queue.body.blocks] == ["lifecycle"]


def test_lines_may_end_as_on_windows() -> None:
    dos = read(QUEUES.replace("\n", "\r\n"))
    unix = read(QUEUES)
    for before, after in zip(unix.blocks, dos.blocks, strict=True):
        assert list(before.body.attributes) == list(after.body.attributes)
        assert before.at.span == after.at.span


def test_a_template_file() -> None:
    assert said(read_template(Document("t", 'a "$${b}" \\n ${c}\n%{ if d ~}\n e\n%{ endif ~}\n'))) == (
        r"""<'a "${b}" \\n '><c><'\n'><(d ? ' e\n' : '')>"""
    )
    assert said(read_template(Document("t", ""))) == "''"
    assert said(read_template(Document("t", "${b}"))) == "b"
    assert said(read_template(Document("t", "${b}\n"))) == r"<b><'\n'>"
    assert said(read_template(Document("t", "$"))) == "'$'"
    with pytest.raises(SourceError, match=r"t:2:1: this \$\{ is never closed"):
        read_template(Document("t", "a\n${b"))


@pytest.mark.parametrize(
    ("text", "message", "place"),
    [
        ("a = = 1\n", "expected a value, found =", "="),
        ("a =\n", "expected a value, found the end of the line", "\n"),
        ("a = 1 b = 2\n", "expected a new line after the value of a, found b", "b"),
        ("a = 9hunter2hunter2\n", "expected a new line after the value of a, found a name", "hunter2hunter2"),
        ("a = b\n + c\n", "expected an attribute or a block, found +", "+"),
        ("a = [1 2]\n", "expected a comma or ] in the elements of a list, found 2", "2"),
        ("a = { b = 1 c = 2 }\n", "expected a new line or a comma after the value, found c", "c"),
        ("a = {\n  b\n}\n", "expected = and a value after the key, found the end of the line", "\n"),
        ("a = f(1 2)\n", "expected a comma or ) in the arguments of f, found 2", "2"),
        ("a = b.\n", "expected a name after the dot, found the end of the line", "\n"),
        ("a = b.0.1\n", "indexes are written in brackets, such as [0][1]", "0.1"),
        ("a = 1.2.3\n", "1.2.3 is no number", "1.2.3"),
        ("a = b ? c\n", "expected : and the other value of the condition, found the end of the line", "\n"),
        ("a = [for b c : b]\n", "expected in after the variables of the for, found c", "c"),
        ("a = 1\nb = 2\na = 3\n", "duplicate attribute a, first given on line 1", "a"),
        ("a {\n  b = 1\n", "this { is never closed", "{"),
        ("a {\n}\n}\n", "} closes nothing", "}"),
        ("a = [1}\n", "expected ] for the [ of line 1, found }", "}"),
        ("a b c\n", "expected { on the line of the block a, found the end of the line", "\n"),
        ("a = b c = [\n", "expected a new line after the value of a, found c", "c"),
        ('a "${b}" {}\n', "the label of a block is a plain text, with nothing to put in", "${"),
        ("a { b = 1, c = 2 }\n", "expected } on the line of the block a, found ,", ","),
        ('"a" = 1\n', "expected an attribute or a block, found a text; its name is written without quotes", '"a"'),
        ('a = "b\nc = "d"\n', "this text has no closing quote on its line", '"b'),
        ('a = "${b"\n', "this ${ is never closed", "${"),
        ('a = "${b c}"\n', "expected } for the ${, found c; as plain text, write $${", "c"),
        (r'a = "\d"', "this is no escape of HCL; a backslash is written as two", r"\d"),
        ("a = 'b'\n", "texts stand in double quotes", "'"),
        ("a = <<EOT\nb\n", "this heredoc has no end: a line with nothing but EOT", "<<EOT"),
        ("a = <<EOT\nb\nEOT", "this heredoc has no end: a line with nothing but EOT", "<<EOT"),
        ("/* a\n", "this comment has no end", "/*"),
        ('a = "%{ if b }"\n', "this if has no endif", "%{ if b }"),
        ('a = "%{ endfor }"\n', "nothing is open that this endfor belongs to", "%{ endfor }"),
        ('a = "%{ when b }"\n', "expected if, else, endif, for or endfor, found when", "when"),
    ],
)
def test_what_is_refused_is_said_where_it_stands(text: str, message: str, place: str) -> None:
    with pytest.raises(SourceError) as caught:
        read(text)
    assert caught.value.message == message
    assert caught.value.place.document.slice(caught.value.place.span) == place


@pytest.mark.parametrize(
    "text",
    [
        "[" * 10_000 + "]" * 10_000,
        "(" * 10_000,
        "!" * 10_000 + "b",
        "b" + ".c" * 10_000,
        "b" + "[0]" * 10_000,
        "b" + "[*]" * 10_000,
        "b + " * 10_000 + "b",
        "b ? c : " * 10_000 + "d",
        '"${' * 10_000,
        '"' + "%{ if b }" * 10_000 + '"',
        "{ b = " * 10_000,
    ],
)
def test_what_is_nested_too_deep_is_refused(text: str) -> None:
    with pytest.raises(SourceError, match="nested more than 100 levels deep"):
        read(f"a = {text}\n")


ESCAPES = {"\n": r"\n", "\r": r"\r", "\t": r"\t", '"': r"\"", "\\": r"\\"}


@given(st.text())
def test_a_text_comes_back(text: str) -> None:
    text = text.replace("\0", "")
    quoted = re.sub(r"[$%](?=\{)", lambda match: match[0] * 2, "".join(ESCAPES.get(char, char) for char in text))
    alone = value(f'"{quoted}"')
    assert isinstance(alone, Literal)
    assert alone.value == text
    joined = value(f'"${{b}}${{c}}{quoted}"')
    assert isinstance(joined, Template)
    assert [part.value for part in joined.parts[2:] if isinstance(part, Literal)] == [text] * bool(text)


TOKENS = re.findall(r"[^\W\d][\w-]*|\d+|\s|.", QUEUES)
STRANGE = [*'{}[]()"$%~=.,:?!-+*/<>\n\r#\\|&', "${", "%{", "~}", "<<A\n", "...", "=>", "for", "if", "[*]", "*/", "é"]


@given(
    st.lists(st.tuples(st.integers(0, len(TOKENS) - 1), st.sampled_from([None, *STRANGE])), max_size=4), st.booleans()
)
def test_any_text_is_a_body_or_a_fault_in_it(changes: list[tuple[int, str | None]], cut: bool) -> None:
    tokens = list(TOKENS)
    for index, strange in changes:
        tokens[index] = "" if strange is None else tokens[index] + strange
    text = "".join(tokens[: changes[0][0]] if cut and changes else tokens)
    try:
        read(text)
    except SourceError as error:
        error.place.document.slice(error.place.span)
    try:
        read_template(Document("main.tf", text))
    except SourceError as error:
        error.place.document.slice(error.place.span)
