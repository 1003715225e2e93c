"""Configurations of Terraform: files by their names, in HCL, with expressions of every form."""

from collections.abc import Mapping

from hypothesis import strategies as st

from msglint.readers.terraform.evaluation.functions import _FUNCTIONS
from msglint.readers.terraform.expressions import Spec
from msglint.readers.terraform.kinds import KINDS

_SPECIAL = (
    "aws_iam_role",
    "aws_iam_role_policy",
    "aws_sqs_queue_policy",
    "aws_kms_key",
    "aws_secretsmanager_secret_policy",
)
_PLAIN = st.sampled_from(
    [
        *(
            "null",
            "true",
            "0",
            "-1",
            "1.5",
            "1e400",
            '"a"',
            '""',
            '"*"',
            "[]",
            "{}",
            '"$${a}"',
            '"arn:aws:sqs:eu-west-1:111122223333:a"',
        ),
        *(
            "var.v",
            "var.w",
            "local.l",
            "local.m",
            "local.nowhere",
            "module.m.o",
            "module.m",
            "each.key",
            "each.value",
            "count.index",
        ),
        *(
            "aws_sqs_queue.a.arn",
            "aws_sqs_queue.b[0].arn",
            'aws_sns_topic.a["x"]',
            "aws_sns_topic.a",
            "self.arn",
            "path.module",
        ),
        *(
            "data.aws_iam_policy_document.d.json",
            "data.aws_caller_identity.c.account_id",
            "data.aws_region.r.name",
            "x",
            "each",
            "v",
        ),
        *(
            "<<E\na ${var.v}\n  %{ if true }b%{ endif }\nE\n",
            "<<-E\n  x\n E\n",
            '"${"${var.v}"}-%{ for x in local.l }${x}%{ endfor }"',
        ),
    ]
)
_NAME = st.sampled_from(sorted(_FUNCTIONS))


def _larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.tuples(_NAME, st.lists(inner, max_size=3)).map(lambda of: f"{of[0]}({', '.join(map(_alone, of[1]))})"),
        st.tuples(_NAME, inner).map(lambda of: f"{of[0]}({_alone(of[1])}...)"),
        st.lists(inner, max_size=3).map(lambda of: f"[{', '.join(map(_alone, of))}]"),
        st.lists(inner, max_size=2).map(
            lambda of: "{" + ", ".join(f"k{n} = {_alone(x)}" for n, x in enumerate(of)) + "}"
        ),
        st.tuples(inner, inner).map(lambda of: f"{{ ({_alone(of[0])}) = {_alone(of[1])} }}"),
        st.tuples(inner, inner, inner).map(lambda of: " ? ".join(map(_alone, of[:2])) + f" : {_alone(of[2])}"),
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "%", "==", "!=", "<", "&&", "||"]), inner).map(
            lambda of: f"{_alone(of[0])} {of[1]} {_alone(of[2])}"
        ),
        st.tuples(st.sampled_from("!-"), inner).map(lambda of: of[0] + _alone(of[1])),
        st.tuples(inner, inner).map(lambda of: f"[for v in {_alone(of[0])} : {_alone(of[1])}]"),
        st.tuples(inner, inner, inner).map(
            lambda of: f"[for k, v in {_alone(of[0])} : {_alone(of[1])} if {_alone(of[2])}]"
        ),
        st.tuples(inner, inner).map(lambda of: f"{{ for v in {_alone(of[0])} : {_alone(of[1])} => v... }}"),
        st.tuples(inner, st.sampled_from(["[*]", "[*].a", ".*.arn", "[0]", ".a", '["k"]', ".0", "[-1]"])).map(
            lambda of: _alone(of[0]) + of[1]
        ),
        inner.map(lambda of: f'"a-${{{of}}}-${{ {of} ~}} b"'),
        inner.map(lambda of: f'"%{{ if {_alone(of)} }}x%{{ else }}y%{{ endif }}"'),
        inner.map(
            lambda of: (
                'jsonencode({ Statement = [{ Effect = "Allow", Principal = "*", '
                f'Action = "*", Resource = {_alone(of)} }}] }})'
            )
        ),
    )


def _alone(expression: str) -> str:
    """Write an expression so that it stands for itself wherever it is put; a heredoc needs its own lines."""
    return f"({expression})" if expression.startswith("<<") or " " in expression else expression


EXPRESSIONS = st.recursive(_PLAIN, _larger, max_leaves=5)


@st.composite
def configurations(draw: st.DrawFn) -> Mapping[str, str]:
    """Make the files of a root module and of one that it may call."""
    root = "".join(draw(st.lists(_blocks(), min_size=1, max_size=5)))
    module = "".join(draw(st.lists(_blocks(), max_size=2)))
    values = f"v = {draw(EXPRESSIONS)}\n" if draw(st.booleans()) else ""
    return {"main.tf": root, "m/main.tf": module, "terraform.tfvars": values}


@st.composite
def _blocks(draw: st.DrawFn) -> str:
    said = draw(EXPRESSIONS)
    other = draw(EXPRESSIONS)
    match draw(st.integers(0, 9)):
        case 0:
            return f"locals {{\n  l = {said}\n  m = {other}\n}}\n"
        case 1:
            return f'variable "v" {{\n  default = {said}\n  type = {draw(_TYPES)}\n}}\n'
        case 2:
            return f'output "o" {{\n  value = {said}\n}}\n'
        case 3:
            repeated = draw(st.sampled_from(["", f"  count = {other}\n", f"  for_each = {other}\n"]))
            return f'module "m" {{\n  source = "./m"\n  v = {said}\n{repeated}}}\n'
        case 4:
            return (
                f'data "aws_iam_policy_document" "d" {{\n  source_policy_documents = {other}\n'
                f"  statement {{\n    actions = {said}\n    resources = [{_alone(other)}]\n"
                f'    principals {{\n      type = "AWS"\n      identifiers = {said}\n    }}\n  }}\n}}\n'
            )
        case 5:
            own = 'data "aws_region" "r" {}\ndata "aws_caller_identity" "c" {}\n'
            return f'{own}provider "aws" {{\n  region = {said}\n}}\n'
        case _:
            return _resource(draw)


_TYPES = st.sampled_from(
    ["any", "string", "number", "list(string)", "map(any)", "object({ a = optional(string, 1) })", "set(x)", '"string"']
)


def _resource(draw: st.DrawFn) -> str:
    type_ = draw(st.sampled_from(sorted({*KINDS, *_SPECIAL})))
    kind = KINDS.get(type_)
    lines = _filled(draw, kind.fields if kind is not None else _ANY)
    repeated = draw(st.sampled_from(["", "", f"count = {draw(EXPRESSIONS)}\n", f"for_each = {draw(EXPRESSIONS)}\n"]))
    return f'resource "{type_}" "{draw(st.sampled_from("ab"))}" {{\n{repeated}{lines}}}\n'


def _filled(draw: st.DrawFn, names: Mapping[str, Spec], depth: int = 0) -> str:
    lines = ""
    for name in draw(st.lists(st.sampled_from(sorted(names)), max_size=4, unique=True)) if names else ():
        spec = names[name]
        if spec.fields is not None and depth < 3:
            inside = _filled(draw, spec.fields, depth + 1)
            match draw(st.integers(0, 2)) if not spec.here else 3:
                case 0:
                    lines += (
                        f'dynamic "{spec.attribute}" {{\nfor_each = {draw(EXPRESSIONS)}\ncontent {{\n{inside}}}\n}}\n'
                    )
                case 3:
                    lines += inside
                case _:
                    lines += f"{spec.attribute} {{\n{inside}}}\n"
        else:
            lines += f"{spec.attribute} = {draw(EXPRESSIONS)}\n"
    return lines


_ANY = {name: Spec(name) for name in ("name", "policy", "assume_role_policy", "role", "queue_url", "secret_arn")}
