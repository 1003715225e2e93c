"""Repairs of Terraform as the user would write them: calls of modules, styles of policies, blocks for many."""

import json
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from linting import RULES
from msglint.engine import lint
from msglint.finding import Finding, Fix, Made, Need, RepairValue
from msglint.model.resource import Resource
from msglint.model.sqs import Queue
from msglint.options import Options
from msglint.readers.interface import Assumptions, Configuration
from msglint.readers.terraform.evaluation import foreseen
from msglint.readers.terraform.sources.configuration import opened
from msglint.reports import github, json_report, sarif, text
from msglint.reports.interface import Manner
from msglint.reports.snippet import repair
from msglint.reports.text import render
from msglint.source import Document
from msglint.source.hcl import read_hcl

REPORTS = Path(__file__).parent / "fixtures" / "reports"
WAIT = ("ReceiveMessageWaitTimeSeconds",)
KEY = ("KmsMasterKeyId",)
REDRIVE = {("RedrivePolicy", "deadLetterTargetArn"): Made(Queue.KIND, "Dead"), ("RedrivePolicy", "maxReceiveCount"): 5}
Written = Callable[..., str]


@pytest.mark.parametrize("source", ["plan.json", "."])
@pytest.mark.parametrize(("name", "select"), [("modules", ()), ("styles", ()), ("grants", ("MSG102",))])
def test_a_report_is_what_is_expected(
    name: str, select: tuple[str, ...], source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a plan beside its sources, and of the sources alone."""
    monkeypatch.chdir(REPORTS / name)
    text = render(lint([source], Options(select=select)), Manner(width=110))
    expected = REPORTS / name / "expected.txt"
    if os.environ.get("MSGLINT_ACCEPT"):
        expected.write_text(text, encoding="utf-8")
    assert text == expected.read_text(encoding="utf-8")


def test_other_reports_name_the_same_places(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(REPORTS / "modules")
    report = lint(["plan.json"], Options())
    findings = json.loads(json_report.render(report, Manner()))["findings"]
    short = next(each for each in findings if each["name"] == "visibility-timeout-too-short")
    assert (short["file"], short["start"]) == ("main.tf", {"line": 6, "column": 3})
    assert short["fix"]["snippet"] == 'module "orders" {\n  timeout = 360\n}'
    results = json.loads(sarif.render(report, Manner()))["runs"][0]["results"]
    assert len(results) == len(findings)
    assert 'also module.orders.aws_cloudwatch_event_target.this["sweep"]%0A' in github.render(report, Manner())


def test_nothing_is_to_be_set_to_what_nobody_knows() -> None:
    rule = "visibility-timeout-too-short"
    report = lint([str(RULES / rule / "unknown.cfn.yaml")], Options(select=(rule,)))
    assert {each.resource: each.fix is not None for each in report.undecided} == {
        "OrdersQueue": False,
        "BillingQueue": False,
        "ShippingQueue": True,
        "RefundsQueue": False,
        "InvoicesQueue": False,
        "ReturnsQueue": False,
    }


@pytest.fixture
def written(tmp_path: Path) -> Written:
    """Give the repair of a queue in an installed module that is called once."""

    def write(
        module: str,
        call: str,
        changes: dict[tuple[str, ...], RepairValue | None],
        address: str = "module.m.%s.q",
        secret: tuple[str, ...] = (),
    ) -> str:
        (tmp_path / "main.tf").write_text(f'module "m" {{\n  source = "acme/m/aws"\n{call}\n}}\n')
        inner = tmp_path / ".terraform" / "modules" / "m"
        inner.mkdir(parents=True)
        (inner / "main.tf").write_text(module)
        manifest = {"Modules": [{"Key": "m", "Dir": ".terraform/modules/m"}]}
        (tmp_path / ".terraform" / "modules" / "modules.json").write_text(json.dumps(manifest))
        part = foreseen.read(opened(".", str(tmp_path), Configuration()), Assumptions())
        record = part.record(address.replace("%s", "aws_sqs_queue"))
        assert record is not None
        return repair(Fix("", Resource(record), changes, secret=secret)).snippet

    return write


def queue(argument: str, *variables: str) -> str:
    declared = "\n".join(f'variable "{name}" {{\n  default = null\n}}' for name in variables)
    return f'{declared}\nresource "aws_sqs_queue" "q" {{\n  {argument}\n}}\n'


@pytest.mark.parametrize(
    ("expression", "argument"),
    [
        ("var.a", "a"),
        ("try(coalesce(var.b, var.a), null)", "b"),
        ("var.a == null ? var.b : var.a", "a"),
        ("local.wait", "a"),
        ('lookup(var.a == null ? {} : var.a, "seconds", 0)', "a = { seconds = 20 }"),
        ("max(var.b, 3)", "b"),
    ],
)
def test_the_argument_of_a_call_that_sets_it(expression: str, argument: str, written: Written) -> None:
    module = queue(f"receive_wait_time_seconds = {expression}", "a", "b") + "locals {\n  wait = tonumber(var.a)\n}\n"
    given = argument if "=" in argument else f"{argument} = 20"
    assert written(module, "", {WAIT: 20}) == f'module "m" {{\n  {given}\n}}'


@pytest.mark.parametrize(
    "expression",
    ["10", "min(var.a, 3)", "var.a == null ? 0 : 1"],
)
def test_what_no_argument_sets_is_shown_in_the_module(expression: str, written: Written) -> None:
    assert (
        written(queue(f"receive_wait_time_seconds = {expression}", "a"), "", {WAIT: 20})
        == """\
# module.m has no argument that sets this; inside the module it would be:
resource "aws_sqs_queue" "q" {
  receive_wait_time_seconds = 20
}"""
    )


def test_a_part_of_the_changes_may_be_left_inside(written: Written) -> None:
    module = queue("receive_wait_time_seconds = var.a", "a")
    assert (
        written(module, "", {WAIT: 20, KEY: "alias/messages"})
        == """\
module "m" {
  a = 20
}
# module.m has no argument that sets this; inside the module it would be:
resource "aws_sqs_queue" "q" {
  kms_master_key_id = "alias/messages"
}"""
    )


@pytest.mark.parametrize(
    ("expression", "type_", "shown"),
    [
        ("jsonencode(var.a)", "any", "a = {"),
        ("var.a", "any", "a = {"),
        ("var.a", "string", "a = jsonencode({"),
    ],
)
def test_a_structure_is_given_as_the_module_takes_it(expression: str, type_: str, shown: str, written: Written) -> None:
    module = queue(f"redrive_policy = {expression}", "a").replace("default", f"type = {type_}\n  default")
    snippet = written(module, "", REDRIVE)
    assert snippet.startswith(f'module "m" {{\n  {shown}\n    deadLetterTargetArn = aws_sqs_queue.dead.arn\n')


def test_a_list_is_given_as_one(written: Written) -> None:
    module = """
variable "a" {
  type    = list(string)
  default = []
}
resource "aws_lambda_event_source_mapping" "e" {
  function_response_types = var.a
}
"""
    changes: dict[tuple[str, ...], RepairValue | None] = {("FunctionResponseTypes", "0"): "ReportBatchItemFailures"}
    snippet = written(module, "", changes, "module.m.aws_lambda_event_source_mapping.e")
    assert snippet == 'module "m" {\n  a = ["ReportBatchItemFailures"]\n}'


def test_a_resource_that_is_laid_over_takes_it(written: Written) -> None:
    module = (
        queue("", "a")
        + """
resource "aws_sqs_queue_redrive_policy" "q" {
  count          = var.a == null ? 0 : 1
  queue_url      = aws_sqs_queue.q.url
  redrive_policy = jsonencode(var.a)
}
"""
    )
    assert written(module, "", REDRIVE).startswith('module "m" {\n  a = {\n    deadLetterTargetArn')


def test_what_is_taken_away(written: Written) -> None:
    """An argument that the call gives goes; a default is answered with null; what other changes do needs nothing."""
    module = queue("kms_master_key_id = var.a", "a")
    assert written(module, '  a = "alias/aws/sqs"', {KEY: None}) == 'module "m" {\n  # remove a\n}'


def test_a_default_is_answered_with_null(written: Written) -> None:
    module = queue("kms_master_key_id = var.a").replace("variable", "")
    module += 'variable "a" {\n  default = "alias/aws/sqs"\n}\n'
    assert written(module, "", {KEY: None}) == 'module "m" {\n  a = null\n}'


def test_what_another_change_takes_away_is_not_shown(written: Written) -> None:
    module = queue("sqs_managed_sse_enabled = var.a == null ? false : null\n  kms_master_key_id = var.a", "a")
    changes = {("SqsManagedSseEnabled",): None, KEY: "alias/messages"}
    assert written(module, "", changes) == 'module "m" {\n  a = "alias/messages"\n}'


def test_an_instance_is_set_where_its_own_object_is(written: Written) -> None:
    module = """
variable "queues" {}
resource "aws_sqs_queue" "q" {
  for_each                  = { for each in var.queues : each.name => each }
  receive_wait_time_seconds = try(each.value.wait, 0)
}
"""
    call = '  queues = [{ name = "a" }, { name = "b" }]'
    assert (
        written(module, call, {WAIT: 20}, 'module.m.%s.q["b"]')
        == """\
module "m" {
  queues = [
    {
      name = "b"
      wait = 20
    },
  ]
}"""
    )


def test_what_is_not_known_is_not_denied(written: Written) -> None:
    """Where the evaluation cannot tell, nothing is said of what the module lets the user do."""
    module = queue("receive_wait_time_seconds = var.a == null ? file(var.b) : filebase64(var.a)", "a", "b")
    assert written(module, '  b = "gone"', {WAIT: 20}).startswith("# module.m\nresource")


@pytest.mark.parametrize(
    ("password", "shown"),
    [("var.password", 'module "m" {\n  password = %s\n}'), ("random_password.p.result", "password = %s")],
)
def test_a_secret_is_referred_to_where_it_is_given(password: str, shown: str, written: Written) -> None:
    module = f"""
variable "password" {{}}
resource "aws_mq_broker" "b" {{
  user {{
    username = "shop"
    password = {password}
  }}
}}
"""
    reference = 'jsondecode(data.aws_secretsmanager_secret_version.credentials.secret_string)["password"]'
    snippet = written(module, '  password = "x"', {}, "module.m.aws_mq_broker.b", ("Users", "0", "Password"))
    assert snippet == shown % reference


def findings_of(directory: Path) -> dict[tuple[str, str | None], Finding]:
    return {(each.code, each.resource): each for each in lint([str(directory)], Options()).findings}


@pytest.mark.parametrize("name", ["modules", "styles", "grants"])
def test_what_a_repair_shows_repairs_it(name: str, tmp_path: Path) -> None:
    """Each is laid over the configuration, and the finding is gone; what it refers to and is not there is made."""
    root = shutil.copytree(REPORTS / name, tmp_path / "root")
    (root / "plan.json").unlink()
    whole = (root / "main.tf").read_text()
    tried = 0
    for key, finding in findings_of(root).items():
        snippet = finding.fix.snippet if finding.fix is not None else ""
        if not re.match(r"(?:# with .*\n)?(?:module|resource|data) ", snippet) or "rules = {" in snippet:
            continue  # a statement, what is inside a module, or a part of an object
        blocks = [snippet[each.whole.start : each.whole.end] for each in read_hcl(Document("", snippet)).blocks]
        there = [block for block in blocks if block.partition(" {")[0] in whole]
        more = [block for block in blocks if block not in there]
        for type_, label in set(re.findall(r"\b(aws_\w+)\.(\w+)\.\w+", snippet)):
            if f'"{type_}" "{label}"' not in whole + snippet:
                more.append(f'resource "{type_}" "{label}" {{\n}}')
        (root / "laid_override.tf").write_text("\n".join(there))
        (root / "more.tf").write_text("\n".join(more))
        assert key not in findings_of(root), snippet
        tried += 1
    assert tried >= 3


@pytest.mark.parametrize(
    ("output", "named"),
    [
        ('output "arn" {\n  value = aws_sqs_queue.q.arn\n}', "module.m.arn"),
        ('output "q" {\n  value = { main = { arn = aws_sqs_queue.q.arn } }\n}', 'module.m.q["main"]["arn"]'),
        ('output "all" {\n  value = aws_sqs_queue.q[*].arn\n}', "module.m.all[0]"),
        ('output "name" {\n  value = aws_sqs_queue.q.name\n}', "aws_sqs_queue.q.arn"),
    ],
)
def test_what_is_inside_a_module_is_named_by_its_output(output: str, named: str, tmp_path: Path) -> None:
    inner = tmp_path / "m"
    inner.mkdir()
    (inner / "main.tf").write_text(f'resource "aws_sqs_queue" "q" {{}}\n{output}\n')
    (tmp_path / "main.tf").write_text('module "m" {\n  source = "./m"\n}\nresource "aws_iam_role" "r" {}\n')
    part = foreseen.read(opened(".", str(tmp_path), Configuration()), Assumptions())
    role, queue_ = (part.record(id_) for id_ in ("aws_iam_role.r", "module.m.aws_sqs_queue.q"))
    assert role is not None
    assert queue_ is not None
    snippet = repair(Fix("", Resource(role), need=Need(("sqs:SendMessage",), Resource(queue_)))).snippet
    assert f"  resources = [{named}]\n" in snippet
    assert ("# aws_sqs_queue.q is in module.m, which has to give its ARN as an output" in snippet) is (named[0] == "a")


def test_of_several_blocks_the_one_at_fault_is_meant(tmp_path: Path) -> None:
    inner = tmp_path / ".terraform" / "modules" / "m"
    inner.mkdir(parents=True)
    (inner.parent / "modules.json").write_text('{"Modules": [{"Key": "m", "Dir": ".terraform/modules/m"}]}')
    (inner / "main.tf").write_text("""
variable "users" {}
variable "admin" {}
resource "aws_mq_broker" "b" {
  broker_name = "b"
  engine_type = "RabbitMQ"
  dynamic "user" {
    for_each = var.users
    content {
      username = user.value.name
      password = user.value.password
    }
  }
  user {
    username = "admin"
    password = var.admin
  }
}
""")
    (tmp_path / "main.tf").write_text("""
module "m" {
  source = "acme/m/aws"
  users = [{
    name     = "shop"
    password = "first-secret-1"
  }, {
    name     = "ops"
    password = "second-secret-2"
  }]
  admin = "third-secret-3"
}
""")
    report = lint([str(tmp_path)], Options())
    found = [each for each in report.findings if each.code == "MSG401" and each.fix is not None]
    given = 'jsondecode(data.aws_secretsmanager_secret_version.credentials.secret_string)["password"]'
    assert [each.fix.snippet for each in found if each.fix is not None] == [
        *(
            f"""\
module "m" {{
  users = [
    {{
      name     = "{name}"
      password = {given}
    }},
  ]
}}"""
            for name in ("shop", "ops")
        ),
        f'module "m" {{\n  admin = {given}\n}}',
    ]
    assert all("secret-" not in each.render(report, Manner()) for each in (text, json_report, sarif, github))


def test_a_statement_takes_the_place_of_the_one_at_fault(tmp_path: Path) -> None:
    """In an object of `jsonencode`, and in JSON."""
    root = shutil.copytree(REPORTS / "styles", tmp_path / "root")
    (root / "plan.json").unlink()
    (root / "more.tf").write_text('data "aws_caller_identity" "current" {}\n')
    document = Document("main.tf", (root / "main.tf").read_text())
    found = findings_of(root)
    for resource in ("aws_sns_topic_policy.news", "aws_sqs_queue_policy.audit"):
        finding = found["MSG201", resource]
        assert finding.fix is not None
        start, end = map(document.offset, finding.span)
        (root / "main.tf").write_text(
            document.text[:start] + finding.fix.snippet[finding.fix.snippet.index("\n{") :] + document.text[end:]
        )
        assert findings_of(root).keys() == found.keys() - {("MSG201", resource)}


def test_a_module_that_is_called_more_than_once_is_told_apart(tmp_path: Path) -> None:
    """What one call is to be told is no matter of the module's file, where another call has it from there too."""
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "main.tf").write_text(queue("receive_wait_time_seconds = var.a\n  name = var.b", "a", "b"))
    call = 'module "%s" {\n  source = "./m"\n  b = "%s"\n}\n'
    once, twice = call % ("one", "one"), call % ("one", "one") + call % ("two", "two")
    for written, shown in ((once, '# module.one\nresource "aws_sqs_queue" "q"'), (twice, 'module "one"')):
        (tmp_path / "main.tf").write_text(written)
        finding = findings_of(tmp_path)["MSG501", "module.one.aws_sqs_queue.q"]
        assert finding.fix is not None
        assert finding.fix.snippet == f"{shown} {{\n  {'receive_wait_time_seconds' if '#' in shown else 'a'} = 20\n}}"


@pytest.mark.parametrize(
    ("senders", "shown"),
    [
        ({"a": "x", "b": "x"}, 'toset(["a", "b"])'),
        ({"a": "x", "b": "y"}, None),
        ({"a": "x", "b": "x", "c": "x"}, "aws_sqs_queue.q"),
        ({"a": "x", "b": "x", "c": "y"}, 'toset(["a", "b"])'),
        ({"c": "x"}, None),
    ],
)
def test_a_policy_is_for_those_alone_that_lack_the_same(
    senders: dict[str, str], shown: str | None, tmp_path: Path
) -> None:
    """A queue has one policy: one more for another queue of the block would take its place."""
    pairs = ", ".join(f'{queue} = "{topic}"' for queue, topic in senders.items())
    (tmp_path / "main.tf").write_text(f"""
resource "aws_sqs_queue" "q" {{
  for_each = toset(["a", "b", "c"])
}}
resource "aws_sns_topic" "t" {{
  for_each = toset(["x", "y"])
}}
resource "aws_sns_topic_subscription" "s" {{
  for_each  = {{ {pairs} }}
  topic_arn = aws_sns_topic.t[each.value].arn
  protocol  = "sqs"
  endpoint  = aws_sqs_queue.q[each.key].arn
}}
""")
    finding = lint([str(tmp_path)], Options(select=("MSG102",))).findings[0]
    assert finding.fix is not None
    assert re.findall("for_each *= (.*)", finding.fix.snippet) == ([shown] * 2 if shown else [])
    first = min(senders)
    own = "each.key" if shown else f'"{first}"'
    assert f"queue_url = aws_sqs_queue.q[{own}].url" in finding.fix.snippet


@pytest.mark.parametrize(("second", "narrowed"), [("x", True), ("y", False)])
def test_a_statement_of_several_is_narrowed_where_the_same_send_to_all(
    second: str, narrowed: bool, tmp_path: Path
) -> None:
    (tmp_path / "main.tf").write_text(f"""
resource "aws_sqs_queue" "q" {{
  for_each = toset(["a", "b"])
}}
resource "aws_sns_topic" "t" {{
  for_each = toset(["x", "y"])
}}
resource "aws_sns_topic_subscription" "s" {{
  for_each  = {{ a = "x", b = "{second}" }}
  topic_arn = aws_sns_topic.t[each.value].arn
  protocol  = "sqs"
  endpoint  = aws_sqs_queue.q[each.key].arn
}}
resource "aws_sqs_queue_policy" "q" {{
  for_each  = aws_sqs_queue.q
  queue_url = each.value.url
  policy = jsonencode({{
    Version = "2012-10-17"
    Statement = [{{
      Effect    = "Allow"
      Principal = {{ Service = "sns.amazonaws.com" }}
      Action    = "sqs:SendMessage"
      Resource  = each.value.arn
    }}]
  }})
}}
""")
    findings = lint([str(tmp_path)], Options(select=("MSG201",))).findings
    assert findings
    assert all((each.fix is not None) is narrowed for each in findings)
