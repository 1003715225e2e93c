"""Terraform files that are hostile or not finished: there are findings or a sentence, soon, and nothing else."""

import random
import re
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from linting import RULES
from msglint.engine import lint
from msglint.finding import Report
from msglint.options import Options

LONGEST = 15
"""Seconds of the processor's time for one configuration."""
MUTATIONS = 150
SEED = 6

QUEUE = 'resource "aws_sqs_queue" "q" {{\n  name = {}\n  policy = jsonencode({})\n}}\n'
FUNCTION = 'resource "aws_lambda_function" "f" {\n  function_name = aws_lambda_function.f.arn\n}\n'


def queue(name: str, policy: str = "{}") -> str:
    """Write a queue with this name and policy."""
    return QUEUE.format(name, policy)


def chain(start: str, step: str, length: int = 60) -> str:
    """Write locals of which each is made of the one before, which stands for `_`."""
    made = "".join(f"  a{number} = {step.replace('_', f'local.a{number - 1}')}\n" for number in range(1, length))
    return f"locals {{\n  a0 = {start}\n{made}}}\n"


def document(name: str, other: str) -> str:
    """Write a policy document that is made of another."""
    source = f"source_policy_documents = [data.aws_iam_policy_document.{other}.json]"
    return f'data "aws_iam_policy_document" "{name}" {{\n  {source}\n}}\n'


def nested(depth: int) -> str:
    """Write a queue with blocks in blocks, each twice."""
    begin = 'dynamic "b" {\nfor_each = [1, 2]\ncontent {\n'
    return 'resource "aws_sqs_queue" "q" {\n' + begin * depth + "}\n}\n" * depth + "}\n"


CONFIGURATIONS: Mapping[str, str] = {
    "locals in a circle": "locals {\n  a = local.b\n  b = local.a\n}\n" + queue("local.a"),
    "a long way of locals": chain('"x"', "_", 3000) + queue("local.a2999"),
    "its own name": queue("aws_sqs_queue.q.name"),
    "its own count": 'resource "aws_sqs_queue" "q" {\n  count = length(aws_sqs_queue.q)\n}\n',
    "its own for_each": 'resource "aws_sqs_queue" "q" {\n  for_each = aws_sqs_queue.q\n  name = each.value.name\n}\n',
    "its own each": 'resource "aws_sqs_queue" "q" {\n  for_each = { a = each.value }\n  name = each.value\n}\n',
    "its own ARN": FUNCTION,
    "documents in a circle": document("a", "b")
    + document("b", "a")
    + queue('"x"', "data.aws_iam_policy_document.a.json"),
    "a module that calls itself": 'module "m" {\n  source = "./"\n}\n' + queue("module.m.name"),
    "more than a range may have": "locals {\n  a = range(100000000)\n}\n" + queue("local.a[5]"),
    "more queues than there may be": 'resource "aws_sqs_queue" "q" {\n  count = 100000\n}\n',
    "a text that doubles": chain('"x"', '"${_}${_}"') + queue("local.a59"),
    "an unknown text that doubles": 'variable "v" {}\n' + chain("var.v", '"${_}${_}"') + queue("local.a59"),
    "a list that doubles": chain('["x"]', "[_, _]") + queue('"x"', "local.a59"),
    "a map that doubles": chain("{ x = 1 }", "{ l = _, r = _ }") + queue('"x"', "local.a59"),
    "a list that doubles, flattened": chain('["x"]', "[_, _]") + queue("flatten(local.a59)[0]"),
    "a list that doubles, tried": chain('["x"]', "try([_, _], 0)") + queue('try(local.a59, "x")'),
    "an output that doubles": chain('["x"]', "[_, _]") + 'output "o" {\n  value = local.a59\n}\n',
    "blocks that double": nested(30),
    "loops in loops": queue('join(",", [for x in range(300) : join(",", [for y in range(300) : "${x}"])])'),
    "deep brackets": f"locals {{\n  a = {'[' * 3000}{']' * 3000}\n}}\n",
    "a function that nobody knows": queue('frobnicate("x")')
    + queue('provider::aws::arn_parse("x").name').replace('"q"', '"r"'),
    "a pattern that runs away": queue('replace("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", "/(a+)+$/", "x")'),
    "numbers beyond all": queue("pow(10, 100000)", "{ a = 1e999999999 }"),
    "names that mean nothing": queue("nosuch.thing.name")
    + "locals {\n  a = [var, each, self.x, module.m.x, path]\n}\n",
    "an argument and a block of one name": 'resource "aws_sqs_queue" "q" {\n  tags = 1\n  tags {\n  }\n}\n',
    "what newer versions know": 'ephemeral "random_password" "p" {}\naction "x" "y" {\n  config {}\n}\ncheck "c" {}\n'
    'list "a" "b" {}\nremoved {\n  from = aws_sqs_queue.z\n}\n' + queue("ephemeral.random_password.p.result"),
}


def judged(directory: Path) -> Report:
    """Judge a configuration in bounded time; msglint itself never fails."""
    start = time.process_time()
    report = lint([str(directory)], Options())
    assert time.process_time() - start < LONGEST
    assert [finding.message for finding in report.findings if finding.code == "MSG002"] == []
    return report


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_what_is_out_of_bounds_is_not_known(name: str, tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(CONFIGURATIONS[name], encoding="utf-8")
    report = judged(tmp_path)
    assert report.files


def test_modules_that_multiply_are_not_all_followed(tmp_path: Path) -> None:
    """A thousand instances of a module that makes a thousand queues each would be a million."""
    (tmp_path / "queues").mkdir()
    (tmp_path / "main.tf").write_text('module "m" {\n  source = "./queues"\n  count = 300\n}\n', encoding="utf-8")
    inner = 'resource "aws_sqs_queue" "q" {\n  count = 1000\n  name = "q${count.index}"\n}\n'
    (tmp_path / "queues" / "main.tf").write_text(inner, encoding="utf-8")
    report = lint([str(tmp_path)], Options(select=("MSG601",)))
    assert len(report.questions) <= 2 * 10_000


def mutated(text: str, chance: random.Random) -> str:
    """Drop, double or swap some lines or words of a text."""
    lines = chance.random() < 0.5
    parts = re.split("(\n)" if lines else r'("[^"\n]*"|\w+|[^\s\w])', text)
    for _ in range(chance.randint(1, 4)):
        one, other = chance.randrange(len(parts)), chance.randrange(len(parts))
        match chance.randrange(3):
            case 0:
                parts[one] = ""
            case 1:
                parts[one] = parts[other]
            case _:
                parts[one], parts[other] = parts[other], parts[one]
    return "".join(parts)


def unfinished() -> Iterator[tuple[int, Path]]:
    """Give fixtures to spoil, and a number for each time."""
    paths = sorted(RULES.glob("*/*.tf"))
    chance = random.Random(SEED)  # noqa: S311  # no secret is made of it
    yield from ((number, chance.choice(paths)) for number in range(MUTATIONS))


def test_what_is_not_finished_is_judged_or_refused(tmp_path: Path) -> None:
    """Whatever words and lines are lost or swapped, there are findings or one that the file cannot be read."""
    for number, path in unfinished():
        chance = random.Random(number)  # noqa: S311  # no secret is made of it
        text = mutated(path.read_text(encoding="utf-8"), chance)
        (tmp_path / "main.tf").write_text(text, encoding="utf-8")
        judged(tmp_path)
