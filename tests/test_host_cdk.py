"""The plugin for the CDK finds what the command line finds, in the words of the CDK, and never lets its failure pass.

What is said is judged here without the CDK, on an assembly that it wrote. Whether the CDK understands it is tried with
the real library, in an environment of its own.
"""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from doors import REPOSITORY, run
from msglint.api import options
from msglint.engine import lint
from msglint.finding import Severity
from msglint.hosts import violations
from msglint.hosts.violations import Judgement, Violator, judge
from msglint.options import Options, UsageError

ASSEMBLY = REPOSITORY / "examples" / "cdk" / "cdk.out"
PAGE = REPOSITORY / "docs" / "cdk.md"
CONTEXT = {"aws:cdk:enable-path-metadata": True, "aws:cdk:enable-asset-metadata": True}
"""What the command line of the CDK passes to each app."""

APP = """\
import sys
from aws_cdk import (
    Acknowledgment, App, CfnOutput, Duration, NestedStack, Stack, Stage, Validations, aws_sns as sns, aws_sqs as sqs
)
from msglint.hosts.cdk import Msglint


class Shop(Stack):
    def __init__(self, scope, id, **keywords):
        super().__init__(scope, id, **keywords)
        orders = sqs.CfnQueue(self, "Orders", receive_message_wait_time_seconds=20)
        topic = sns.CfnTopic(self, "Placed")
        sns.CfnSubscription(self, "Subscription", topic_arn=topic.ref, protocol="sqs", endpoint=orders.attr_arn)
        condition = {"StringEquals": {"aws:SourceArn": "arn:aws:sns:*:*:placed"}}
        statement = {"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "sqs:SendMessage"}
        statement = {**statement, "Resource": orders.attr_arn, "Condition": condition}
        document = {"Version": "2012-10-17", "Statement": [statement]}
        sqs.CfnQueuePolicy(self, "Policy", queues=[orders.ref], policy_document=document)
        billing = NestedStack(self, "Billing")
        sqs.Queue(billing, "Invoices", receive_message_wait_time=Duration.seconds(0))
        CfnOutput(self, "Broker", value="amqps://app:correct-horse@broker.example.com:5671")


app = App()
Shop(app, "Shop")
Shop(Stage(app, "Prod", env={"account": "111122223333", "region": "eu-west-1"}), "Shop")
plugin = Msglint(**eval(sys.argv[1]))
assert plugin.rule_ids
Validations.of(app).add_plugins(plugin)
for rule in sys.argv[2:]:
    Validations.of(app).acknowledge(Acknowledgment(id=f"msglint::{rule}", reason="a test"))
app.synth()
"""


def stacks(*names: str) -> dict[str, str]:
    """Give what the CDK tells of these stacks of the example: the construct of each template."""
    manifest = json.loads((ASSEMBLY / "manifest.json").read_text(encoding="utf-8"))
    found = {
        artifact["displayName"]: artifact["properties"]["templateFile"]
        for artifact in manifest["artifacts"].values()
        if artifact["type"] == "aws:cloudformation:stack"
    }
    return {str(ASSEMBLY / found[name]): name for name in names or found}


def judged(directory: Path, template: dict[str, Any], options: Options | None = None, **files: Any) -> Judgement:
    """Judge one template of the stack `Shop`, with other files beside it."""
    for name, content in {"Shop.template.json": template, **files}.items():
        text = content if isinstance(content, str) else json.dumps(content)
        (directory / name).write_text(text, encoding="utf-8")
    return judge({str(directory / "Shop.template.json"): "Shop"}, str(directory), options or Options())


def queue(**properties: Any) -> dict[str, Any]:
    return {"Type": "AWS::SQS::Queue", "Properties": properties}


def test_stacks_that_know_one_another_are_judged_together() -> None:
    """The topic is right with its policy, which is in a stack of its own, and wrong without."""
    options = Options(select=("MSG102",))
    assert judge(stacks(), str(ASSEMBLY), options) == Judgement(success=True, violations=(), notices=())
    apart = judge(stacks("Shop/Messaging", "Shop/Events"), str(ASSEMBLY), options)
    assert not apart.success
    [violation] = [each for each in apart.violations if "OrderPlaced" in each.description]
    [violator] = violation.violators
    [template] = [template for template, construct in stacks().items() if construct == "Shop/Events"]
    assert (violation.rule, violation.severity, violator.template) == ("MSG102", "error", template)
    assert violator.locations == ("Properties.Targets.0.Arn",)
    assert violation.fix is not None
    assert violation.facts["construct"] == "Shop/Events/OrderPlaced (/app/lib/events.js:11:24)"
    assert violation.facts["at"].startswith(str(Path(template).relative_to(Path.cwd())))


def test_only_what_the_cdk_names_is_judged(tmp_path: Path) -> None:
    """A stack that is gone leaves its template behind; that of a nested stack is among the assets."""
    assets = {"files": {"1": {"source": {"path": "ShopBilling1.nested.template.json", "packaging": "file"}}}}
    files = {f"{name}.template.json": {"Resources": {name: queue()}} for name in ("Gone", "ShopBilling1.nested")}
    options = Options(select=("MSG701",))
    told = judged(tmp_path, {"Resources": {"Orders": queue()}}, options, **files, **{"Shop.assets.json": assets})
    nested = str(tmp_path / "ShopBilling1.nested.template.json")
    assert [each.violators for each in told.violations] == [
        (Violator(str(tmp_path / "Shop.template.json"), "Orders"),),
        (Violator(nested, "ShopBilling1.nested"),),
    ]


def test_what_is_no_resource_is_the_stacks(tmp_path: Path) -> None:
    address = "amqps://app:correct-horse@broker.example.com:5671"
    template = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}, "Outputs": {"Broker": {"Value": address}}}
    told = judged(tmp_path, template, Options(select=("MSG403",)))
    [violation] = told.violations
    assert violation.violators == (
        Violator(str(tmp_path / "Shop.template.json"), construct="Shop", locations=("Outputs.Broker",)),
    )
    assert "correct-horse" not in repr(told)


def test_a_template_that_cannot_be_read_is_a_violation(tmp_path: Path) -> None:
    path = tmp_path / "Shop.template.json"
    path.write_text('{"AWSTemplateFormatVersion": "2010-09-09", "Resources": {', encoding="utf-8")
    told = judge({str(path): "Shop"}, str(tmp_path), Options())
    assert not told.success
    assert [(each.rule, each.violators) for each in told.violations] == [
        ("MSG001", (Violator(str(path), construct="Shop"),))
    ]


def test_a_finding_in_the_code_of_a_function_is_the_functions(tmp_path: Path) -> None:
    """The code may be anywhere in the assembly, also where the template is in that of a stage below."""
    stage, asset = tmp_path / "assembly-Prod", tmp_path / "asset.1"
    stage.mkdir()
    asset.mkdir()
    call = 'boto3.client("sqs").receive_message(QueueUrl="q", MessageAttributeNames=["AWSTraceHeader"])'
    (asset / "index.py").write_text(f"import boto3\ndef handler(event, context):\n    {call}\n", encoding="utf-8")
    function = {
        "Type": "AWS::Lambda::Function",
        "Properties": {"Runtime": "python3.13", "Handler": "index.handler", "Role": "r", "Code": "../asset.1"},
    }
    path = stage / "Shop.template.json"
    path.write_text(json.dumps({"Resources": {"Consumer": function}}), encoding="utf-8")
    told = judge({str(path): "Prod/Shop"}, str(tmp_path), Options(select=("MSG503",)))
    assert [each.violators for each in told.violations] == [(Violator(str(path), "Consumer"),)]
    assert "index.py:3:" in told.violations[0].facts["at"]


def test_several_resources_with_one_fault_violate_together(tmp_path: Path) -> None:
    wait = {"Type": "Number", "Default": 0}
    queues = {name: queue(ReceiveMessageWaitTimeSeconds={"Ref": "Wait"}) for name in ("Orders", "Returns")}
    told = judged(tmp_path, {"Parameters": {"Wait": wait}, "Resources": queues}, Options(select=("MSG501",)))
    [violation] = told.violations
    assert [each.logical_id for each in violation.violators] == ["Orders", "Returns"]


@pytest.mark.parametrize(
    ("options", "severity", "success"),
    [
        (Options(), "error", False),
        (Options(fail_on=Severity.ERROR), "warning", True),
        (Options(fail_on=Severity.INFO), "error", False),
    ],
)
def test_what_fails_is_an_error_to_the_cdk(tmp_path: Path, options: Options, severity: str, success: bool) -> None:
    """MSG701 is a warning."""
    told = judged(tmp_path, {"Resources": {"Orders": queue()}}, options)
    assert told.success is success
    [violation] = [each for each in told.violations if each.rule == "MSG701"]
    assert (violation.severity, violation.facts["severity"]) == (severity, "warning")


@pytest.mark.parametrize(
    ("options", "shown"),
    [(Options(), []), (Options(show_undecided=True), ["info"]), (Options(strict=True), ["error"])],
)
def test_what_is_undecided_is_shown_where_it_fails(tmp_path: Path, options: Options, shown: list[str]) -> None:
    wait = {"Type": "Number"}
    template = {
        "Parameters": {"Wait": wait},
        "Resources": {"Orders": queue(ReceiveMessageWaitTimeSeconds={"Ref": "Wait"})},
    }
    told = judged(tmp_path, template, options)
    found = [each for each in told.violations if each.rule == "MSG501"]
    assert [each.severity for each in found] == shown
    assert all(each.facts["verdict"] == "undecided" for each in found)


def test_a_failure_of_msglint_is_fatal(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said of every stack, since the CDK shows those alone that somebody asked for, and quotes no exception."""

    def fail(*_: object, **__: object) -> None:
        raise ValueError("correct-horse")

    monkeypatch.setattr(violations, "shown", fail)
    every = stacks()
    told = judge(every, str(ASSEMBLY), Options())
    [violation] = told.violations
    assert (told.success, violation.rule, violation.severity) == (False, "MSG002", "fatal")
    assert [each.construct for each in violation.violators] == list(every.values())
    assert "ValueError in test_host_cdk, line " in violation.description
    assert "correct-horse" not in repr(told)


def test_the_configuration_of_the_app_settles_what_is_left_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It holds wherever the assembly is written, and not for programs that ask by themselves."""
    (tmp_path / "msglint.toml").write_text('ignore = ["MSG7"]\nfail-on = "error"\n', encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    keywords: Any = {"select": [], "ignore": ["MSG3"], "accounts": [], "regions": [], "parameters": None}
    chosen = options(**keywords, config="msglint.toml")
    assert (chosen.ignore, chosen.fail_on) == (("MSG7", "MSG3"), Severity.ERROR)
    assert chosen.of("/elsewhere/cdk.out/Shop.template.json") is chosen
    assert options(**keywords, config="msglint.toml", fail_on="info").fail_on is Severity.INFO
    assert options(**keywords, isolated=True).ignore == ("MSG3",)
    (tmp_path / "msglint.toml").write_text('ignore = ["MSG999"]\n', encoding="utf-8")
    with pytest.raises(UsageError, match=r"the configuration cannot be used: msglint\.toml:1:"):
        options(**keywords, config="msglint.toml")


@pytest.fixture(name="python", scope="module")
def _python() -> Path:
    """Give the Python with the CDK that tools/host_env.py installs."""
    named = os.environ.get("MSGLINT_CDK")
    if not named and os.environ.get("CI"):
        pytest.fail("MSGLINT_CDK names no Python: see tools/host_env.py")
    if not named or shutil.which("node") is None:
        pytest.skip(
            "MSGLINT_CDK names no Python with the CDK, or there is no node: `make test-all` installs the former"
        )
    return Path(named)


def synthesized(
    python: Path, directory: Path, app: str, *arguments: str
) -> tuple[subprocess.CompletedProcess[str], list[dict[str, Any]]]:
    """Synthesize an app into `cdk.out`, and give what the CDK reports of msglint."""
    (directory / "app.py").write_text(app, encoding="utf-8")
    # In a test, the CDK would raise its report instead of writing it.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    environment |= {
        "PYTHONPATH": str(REPOSITORY / "src"),
        "CDK_OUTDIR": "cdk.out",
        "CDK_CONTEXT_JSON": json.dumps(CONTEXT),
    }
    done = run([python, "app.py", *arguments], directory, environment)
    report = directory / "cdk.out" / "validation-report.json"
    plugins = json.loads(report.read_text(encoding="utf-8"))["pluginReports"] if report.exists() else []
    return done, [violation for each in plugins if each["pluginName"] == "msglint" for violation in each["violations"]]


@pytest.mark.slow
def test_the_cdk_reports_what_the_command_line_finds(
    python: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In stacks, nested stacks and stages, each with its construct."""
    done, told = synthesized(python, tmp_path, APP, "{}")
    assert done.returncode == 1
    assert "ERROR nothing arrives from Placed: Orders does not let sns.amazonaws.com in" in done.stderr
    assert "Acknowledge with 'msglint::MSG102'" in done.stderr
    monkeypatch.chdir(tmp_path)
    report = lint(["cdk.out"], Options())
    expected = sorted(
        (f"{each.file}:{each.span.start.line}:{each.span.start.column}", each.code) for each in report.findings
    )
    assert sorted((each["ruleMetadata"]["at"], each["ruleName"]) for each in told) == expected
    constructs = {
        (each["ruleName"], construct["constructPath"]): construct.get("cloudFormationResource", {}).get("propertyPaths")
        for each in told
        for construct in each["violatingConstructs"]
    }
    assert constructs["MSG102", "Shop/Subscription"] == ["Properties.Endpoint"]
    assert constructs["MSG501", "Prod/Shop/Billing/Invoices/Resource"] == ["Properties.ReceiveMessageWaitTimeSeconds"]
    assert ("MSG403", "Prod/Shop") in constructs
    assert all(path for _, path in constructs)
    assert "correct-horse" not in done.stderr


@pytest.mark.slow
def test_what_is_left_fails_when_something_is_acknowledged(python: Path, tmp_path: Path) -> None:
    """All errors are acknowledged; the warnings that are left fail."""
    done, told = synthesized(python, tmp_path, APP, "{}", "MSG102", "MSG403")
    assert done.returncode == 1
    assert {each["ruleName"] for each in told if each["severity"] == "error"} == {"MSG501", "MSG701"}


@pytest.mark.slow
def test_what_does_not_fail_is_synthesized(python: Path, tmp_path: Path) -> None:
    done, told = synthesized(python, tmp_path, APP, "{'select': ['MSG302', 'MSG701'], 'fail_on': 'error'}")
    assert done.returncode == 0, done.stderr
    assert {(each["ruleName"], each["severity"]) for each in told} == {("MSG302", "info"), ("MSG701", "warning")}


@pytest.mark.slow
def test_wrong_options_are_told_at_once(python: Path, tmp_path: Path) -> None:
    done, _ = synthesized(python, tmp_path, APP, "{'fail_on': 'errors'}")
    assert "UsageError: fail_on is one of error, warning, info, and not 'errors'" in done.stderr
    assert not (tmp_path / "cdk.out" / "manifest.json").exists()


@pytest.mark.slow
def test_the_page_shows_what_the_cdk_says(python: Path, tmp_path: Path) -> None:
    """MSGLINT_ACCEPT=1 rewrites what it shows."""
    text = PAGE.read_text(encoding="utf-8")
    shown = re.search(r"```python\n(?P<app>.*?)```.*?```\n(?P<said>.*?)```", text, re.DOTALL)
    assert shown is not None
    done, _ = synthesized(python, tmp_path, shown["app"])
    assert done.returncode == 1
    said = re.search(r"^ERROR.*?^   Acknowledge.*?\n", done.stderr, re.DOTALL | re.MULTILINE)
    assert said is not None, done.stderr
    if os.environ.get("MSGLINT_ACCEPT"):
        PAGE.write_text(text[: shown.start("said")] + said[0] + text[shown.end("said") :], encoding="utf-8")
        return
    assert shown["said"] == said[0]
