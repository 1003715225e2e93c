"""Where the parts of a text in `.tf` files come from: literals, variables, secret sources, and functions of these."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from msglint.engine import lint_text
from msglint.model.amazon_mq import Broker
from msglint.model.disclosure import Sourced, Traced, Way, disclosure
from msglint.model.expression import Given, Items
from msglint.model.text import Text
from msglint.model.value import Known
from msglint.options import Options
from msglint.readers.interface import Assumptions, Configuration, Setting
from msglint.readers.terraform.evaluation import foreseen
from msglint.readers.terraform.evaluation.tracing import traced, valued
from msglint.readers.terraform.evaluation.written import elements, settled
from msglint.readers.terraform.part import TerraformPart
from msglint.readers.terraform.sources.configuration import opened
from msglint.source import Document, locate, read_json
from msglint.verdict import Doubt

FIXTURES = Path(__file__).parent / "fixtures/readers"

DECLARED = """
variable "default" { default = "Amber-Falcon-1977" }
variable "given" { default = "unused" }
variable "required" {}
variable "empty" { default = "" }
variable "flag" { default = true }
variable "open" { type = bool }
variable "settings" {
  type    = object({ user = string, password = string, port = optional(number, 9096) })
  default = { user = "shop", password = "Amber-Falcon-1977" }
}
variable "names" { default = ["first-name", "second-name"] }
resource "random_password" "made" { length = 32 }
resource "aws_sqs_queue" "q" {}
resource "aws_ssm_parameter" "kept" {
  name  = "/kept"
  type  = "String"
  value = "kept-${var.default}"
}
data "aws_secretsmanager_secret_version" "read" { secret_id = "shop" }
data "aws_ssm_parameter" "read" { name = "/read" }
ephemeral "random_password" "passing" { length = 32 }
locals {
  plain  = "Solemn-Gannet-3316"
  nested = { db = { password = local.plain }, other = var.default }
  users  = { reports = var.default, billing = "Solemn-Gannet-3316" }
}
"""
GIVEN = "Placid-Heron-2207"


def part(directory: Path, files: Mapping[str, str]) -> TerraformPart:
    for name, text in files.items():
        (directory / name).parent.mkdir(exist_ok=True)
        (directory / name).write_text(text, encoding="utf-8")
    configuration = Configuration(settings=(Setting("given", GIVEN),))
    return foreseen.read(opened(str(directory), str(directory), configuration), Assumptions())


def passwords(of: TerraformPart, address: str) -> list[Traced]:
    """Give the passwords of the users of a broker."""
    record = of.record(address)
    assert record is not None
    return [password.secret for password in Broker(record).passwords()]


def trace(directory: Path, expression: str, **more: str) -> Traced:
    """Follow the value of an argument of a resource."""
    argument = f'resource "aws_mq_broker" "b" {{\n  user {{\n    password = {expression}\n  }}\n}}\n'
    (password,) = passwords(part(directory, {"main.tf": DECLARED + argument, **more}), "aws_mq_broker.b")
    return password


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ('"Solemn-Gannet-3316"', "Solemn-Gannet-3316"),
        ("local.plain", "Solemn-Gannet-3316"),
        ("local.nested.db.password", "Solemn-Gannet-3316"),
        ("local.nested.other", "${var.default}"),
        ("var.default", "${var.default}"),
        ("var.settings.password", "${var.settings.password}"),
        ('"${var.settings.user}:${var.settings.port}"', "${var.settings.user}:9096"),
        ("var.given", "${var.given}"),
        ("var.required", "${var.required}"),
        ("var.names[1]", "${var.names[1]}"),
        ("random_password.made.result", "${random_password.made.result}"),
        (
            "data.aws_secretsmanager_secret_version.read.secret_string",
            "${data.aws_secretsmanager_secret_version.read.secret_string}",
        ),
        (
            'jsondecode(data.aws_secretsmanager_secret_version.read.secret_string)["password"]',
            "${data.aws_secretsmanager_secret_version.read.secret_string}",
        ),
        ("ephemeral.random_password.passing.result", "${ephemeral.random_password.passing.result}"),
        ('"amqps://u:${var.default}@h"', "amqps://u:${var.default}@h"),
        ('format("%s:%s", local.plain, var.default)', "Solemn-Gannet-3316:${var.default}"),
        ('join("-", ["a", random_password.made.result])', "a-${random_password.made.result}"),
        ('join(",", sort(reverse(var.names)))', "${var.names[0]},${var.names[1]}"),
        ("jsonencode({ p = var.default, q = 1 })", '{"p":"${var.default}","q":1}'),
        ('"${jsonencode({ p = local.plain })}"', '{"p":"Solemn-Gannet-3316"}'),
        ('merge({ p = "x" }, { p = var.default }).p', "${var.default}"),
        ('lookup(local.users, "billing", "none")', "Solemn-Gannet-3316"),
        ("lookup(local.users, var.names[0], var.default)", "${var.default}"),
        ('{ for name, word in local.users : upper(name) => word }["REPORTS"]', "${var.default}"),
        ("[for word in values(local.users) : word if word != var.default][0]", "Solemn-Gannet-3316"),
        ('var.flag ? "Solemn-Gannet-3316" : var.default', "Solemn-Gannet-3316"),
        ("var.open ? random_password.made.result : var.required", "${random_password.made.result}"),
        ("coalesce(var.empty, var.default)", "${var.default}"),
        ('coalesce(var.empty, "Solemn-Gannet-3316")', "Solemn-Gannet-3316"),
        ("try(local.missing, var.default)", "${var.default}"),
        ("sensitive(local.plain)", "Solemn-Gannet-3316"),
        ("trimspace(<<-EOT\n    Solemn-Gannet-3316\n  EOT\n  )", "Solemn-Gannet-3316"),
        ('replace("a_b", "_", var.default)', "a${var.default}b"),
        ("substr(var.default, 0, 5)", "${var.default}"),
        ('split("-", var.given)[0]', "${var.given}"),
        ("sha256(random_password.made.result)", "${random_password.made.result}"),
        ("aws_ssm_parameter.kept.value", "kept-${var.default}"),
        ('templatefile("t.tftpl", { p = var.default })', "file ${var.default}\n"),
        ('file("t.txt")', "Solemn-Gannet-3316"),
    ],
)
def test_what_a_text_is_made_of(tmp_path: Path, expression: str, text: str) -> None:
    files = {"t.tftpl": "file ${p}\n", "t.txt": "Solemn-Gannet-3316"}
    assert str(trace(tmp_path, expression, **files).text) == text


@pytest.mark.parametrize(
    ("expression", "truth", "way"),
    [
        ("local.plain", True, Way.LITERAL),
        ("var.default", True, Way.DEFAULT),
        ("upper(var.default)", True, Way.DEFAULT),
        ("var.given", False, Way.LITERAL),
        ("upper(var.given)", False, Way.LITERAL),
        ("var.required", False, Way.LITERAL),
        ("base64encode(random_password.made.result)", False, Way.LITERAL),
        ("data.aws_ssm_parameter.read.value", None, Way.LITERAL),
        ("aws_sqs_queue.q.arn", False, Way.LITERAL),
        ("aws_sqs_queue.q.name", None, Way.LITERAL),
        ("var.open ? random_password.made.result : local.plain", None, Way.LITERAL),
        ('"<replace-this>"', None, Way.LITERAL),
    ],
)
def test_whether_it_is_in_the_open(tmp_path: Path, expression: str, truth: bool | None, way: Way) -> None:
    found = disclosure(trace(tmp_path, expression))
    assert (found.verdict.truth, found.way) == (truth, way)
    assert all(reason.doubt is Doubt.OUTSIDE for reason in found.verdict.reasons)


def test_what_msglint_does_not_evaluate_is_told(tmp_path: Path) -> None:
    found = disclosure(trace(tmp_path, 'textdecodebase64("U29sZW1u", "UTF-8")'))
    assert [reason.doubt for reason in found.verdict.reasons] == [Doubt.NOT_UNDERSTOOD]
    assert disclosure(trace(tmp_path, 'textdecodebase64(random_password.made.result, "UTF-8")')).verdict.is_no


@pytest.mark.parametrize(
    ("expression", "place"),
    [
        ('"Solemn-Gannet-3316"', '"Solemn-Gannet-3316"'),
        ("local.plain", '"Solemn-Gannet-3316"'),
        ("local.nested.db.password", '"Solemn-Gannet-3316"'),
        ("var.default", "var.default"),
        ('"amqps://${var.default}"', '"amqps://${var.default}"'),
        ('templatefile("t.tftpl", {})', 'templatefile("t.tftpl", {})'),
    ],
)
def test_the_place_is_where_somebody_wrote_it(tmp_path: Path, expression: str, place: str) -> None:
    at = trace(tmp_path, expression, **{"t.tftpl": "file"}).at
    assert at.document.name.endswith("main.tf")
    assert at.document.slice(at.span) == place


def test_a_default_stands_where_it_is_written(tmp_path: Path) -> None:
    at = disclosure(trace(tmp_path, "var.settings.password")).at
    assert at.document.slice(at.span) == '"Amber-Falcon-1977"'


MODULES = {
    "main.tf": """
variable "password" { default = "Amber-Falcon-1977" }
module "a" {
  source   = "./inner"
  for_each = { one = var.password, two = "Solemn-Gannet-3316" }
  word     = each.value
}
module "b" {
  source = "./inner"
  word   = module.a["two"].again
}
""",
    "inner/main.tf": """
variable "word" { type = string }
variable "own" { default = "Vigorous-Kestrel-41" }
output "again" { value = var.word }
resource "aws_mq_broker" "b" {
  dynamic "user" {
    for_each = [var.word, var.own]
    content { password = user.value }
  }
}
""",
}


@pytest.mark.parametrize(
    ("module", "texts"),
    [
        ('a["one"]', ["${var.password}", "Vigorous-Kestrel-41"]),
        ('a["two"]', ["Solemn-Gannet-3316", "Vigorous-Kestrel-41"]),
        ("b", ["Solemn-Gannet-3316", "Vigorous-Kestrel-41"]),
    ],
)
def test_arguments_of_modules(tmp_path: Path, module: str, texts: list[str]) -> None:
    """A variable of a module is what its call gives, and what its default says is written there."""
    found = passwords(part(tmp_path, MODULES), f"module.{module}.aws_mq_broker.b")
    assert [str(each.text) for each in found] == texts


@pytest.mark.parametrize("fixture", ["evaluation", "secrets"])
def test_behind_the_symbols_are_the_values(fixture: str) -> None:
    """Whatever a configuration does with its variables: what is followed is what is evaluated."""
    directory = str(FIXTURES / fixture)
    read = foreseen.read(opened(directory, directory, Configuration()), Assumptions())
    world = read._references.world
    assert world is not None
    compared = [
        (written.shape(), symbolic.shape())
        for instance in (*read._plan.instances.values(), *read._plan.data.values())
        if (written := world.written(instance)) and (symbolic := world.traced().written(instance))
    ]
    for name in read._plan.at(("planned_values", "outputs")):
        value, followed = world.declared(name), world.traced().declared(name)
        assert value is not None
        assert followed is not None
        compared.append((value.shape(), followed.shape()))
    assert len(compared) > 10
    for shape, symbols in compared:
        assert settled(valued(symbols)) == settled(shape)


def test_a_symbol_knows_its_value_and_does_not_say_it(tmp_path: Path) -> None:
    found = trace(tmp_path, "var.given")
    (symbol,) = found.text.parts
    assert isinstance(symbol, Sourced)
    assert symbol.value == GIVEN
    assert GIVEN not in str(found.text)
    assert list(found.words(written=False)) == [GIVEN]


@pytest.mark.parametrize(
    ("value", "decided", "file"),
    [
        ("local.odd", None, "main.tf"),
        ('textdecodebase64(aws_sqs_queue.q.policy, "UTF-8")', None, "main.tf"),
        ("aws_sqs_queue.other.policy", True, "plan.json"),
    ],
)
def test_what_only_the_plan_knows_inside_a_text_of_json(
    tmp_path: Path, value: str, decided: bool | None, file: str
) -> None:
    """Where the files do not tell it, the plan's own text is looked at, which stands in one place as a whole."""
    argument = f'jsonencode([{{ environment = [{{ name = "KAFKA_PASSWORD", value = {value} }}] }}])'
    (tmp_path / "main.tf").write_text(
        f'resource "aws_sqs_queue" "q" {{}}\nlocals {{\n  odd = textdecodebase64("b2Rk", "UTF-8")\n}}\n'
        f'resource "aws_ecs_task_definition" "w" {{\n  container_definitions = {argument}\n}}\n',
        encoding="utf-8",
    )
    queue = {"address": "aws_sqs_queue.q", "mode": "managed", "type": "aws_sqs_queue", "name": "q"}
    task = {"address": "aws_ecs_task_definition.w", "mode": "managed", "type": "aws_ecs_task_definition", "name": "w"}
    text = json.dumps([{"environment": [{"name": "KAFKA_PASSWORD", "value": "odd"}]}])
    references = {"references": ["local.odd"] if "local" in value else ["aws_sqs_queue.q.policy", "aws_sqs_queue.q"]}
    configured = {**task, "expressions": {"container_definitions": references}}
    plan = {
        "format_version": "1.2",
        "planned_values": {
            "root_module": {"resources": [{**queue, "values": {}}, {**task, "values": {"container_definitions": text}}]}
        },
        "configuration": {"root_module": {"resources": [{**queue, "expressions": {}}, configured]}},
    }
    options = Options(select=("MSG402", "MSG002"))
    report = lint_text(str(tmp_path / "plan.json"), json.dumps(plan).encode(), options, str(tmp_path))
    found = [*report.findings, *report.undecided]
    assert [(each.code, each.decided or None, each.file) for each in found] == [
        ("MSG402", decided, f"{tmp_path}/{file}")
    ]


def test_what_is_inside_a_text_stands_where_the_text_does() -> None:
    root = read_json(Document("plan.json", '{"a": [1, "[2]"]}'))
    assert locate(root, ("a", 1, 0, "b"), leaving=True).span == locate(root, ("a", 1)).span
    with pytest.raises(TypeError):
        locate(root, ("a", 1, 0))


@pytest.mark.slow
def test_configurations_that_grow_without_end_are_given_up(tmp_path: Path) -> None:
    doubled = "\n".join(f'  a{n} = "${{local.a{n - 1}}}${{local.a{n - 1}}}"' for n in range(1, 60))
    many = f"locals {{\n  a0 = var.default\n{doubled}\n}}\n"
    found = trace(tmp_path, "local.a59", **{"more.tf": many})
    assert disclosure(found).verdict.truth is None
    chain = "\n".join(f'  c{n} = upper("${{local.c{n - 1}}}")' for n in range(1, 2000))
    deep = trace(tmp_path, "local.c1999", **{"more.tf": f"locals {{\n  c0 = var.default\n{chain}\n}}\n"})
    assert disclosure(deep).verdict.truth is None
    names = ", ".join(f'"name-{n}"' for n in range(600))
    loops = f'variable "many" {{ default = [{names}] }}\n'
    loops += 'locals { all = join("", [for n in var.many : contains(var.many, upper(n)) ? "a" : "b"]) }\n'
    assert disclosure(trace(tmp_path, "local.all", **{"more.tf": loops})).verdict.truth is not False
    circle = trace(tmp_path, "local.x", **{"more.tf": "locals {\n  x = local.y\n  y = local.x\n}\n"})
    assert disclosure(circle).verdict.truth is None


def test_elements_of_a_set_are_told_apart() -> None:
    at = Document("x", "").spot(0, 0)
    words = [Given(Known(Text.literal(word), at)) for word in ("a", "b", "c")]

    def found(planned: list[str | None]) -> list[int | None]:
        return [None if each is None else each.number for each in elements(Given(Items(tuple(words), at)), planned)]

    assert found(["a", "b", "c"]) == [0, 1, 2]
    assert found(["c", "a", "b"]) == [2, 0, 1]
    assert found(["c", "a"]) == [2, 0]
    assert traced(words[0]) == Traced(Text.literal("a"), at)
