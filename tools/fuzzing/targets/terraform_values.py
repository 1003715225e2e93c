"""Expressions of Terraform: each is a local value, an argument and an output of one configuration."""

import json
from functools import cache

from fuzzing import checks, scratch
from fuzzing.target import ROOT, Target, words
from msglint.engine import lint
from msglint.readers.terraform.evaluation.functions import _FUNCTIONS

WORDS = (
    *(f"{name}(" for name in _FUNCTIONS),
    *words(
        """
        local.a var.v aws_sqs_queue.q.arn data.aws_region.r.name [for␣x␣in␣ ␣:␣x] {for␣k,␣v␣in␣ ␣=>␣v} ... "${ }" %{␣if␣
        %{␣endif␣} [*] [0] .a ? : ( ) [ ] { } , null true 1e5 "a" -1 path.module terraform.workspace each.key
        count.index self ␤ == && || ! %
        """
    ),
)


def _check(data: bytes) -> None:
    text = data.decode("utf-8", "replace").replace("\0", "")
    written = (
        f'variable "v" {{}}\nlocals {{\na = {text}\n}}\noutput "o" {{\nvalue = local.a\n}}\n'
        'resource "aws_sqs_queue" "q" {\nname = local.a\nkms_master_key_id = "${local.a}-${var.v}"\n'
        "policy = local.a\n}\n"
        'resource "aws_sns_topic" "t" {\nfor_each = local.a\nname = each.value\npolicy = jsonencode(local.a)\n}\n'
    )
    path = scratch.file("terraform/main.tf", written.encode())
    checks.sound(lint([path], checks.ASKED), {})


@cache
def _seeds() -> tuple[bytes, ...]:
    console = ROOT / "tests/fixtures/readers/terraform_console"
    answers = [
        json.loads((console / f"{name}.json").read_text(encoding="utf-8")) for name in ("functions", "operators")
    ]
    return tuple(case.encode() for named in answers for case in named)[::8]  # one is much like the next


TARGET = Target(_check, WORDS, _seeds)
