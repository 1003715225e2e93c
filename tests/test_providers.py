"""Which accounts and Regions a plan is about, and what is judged across them."""

import json
import shutil
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from msglint.engine import lint_text
from msglint.finding import Finding
from msglint.model.resource import Part
from msglint.model.text import ACCOUNT, segment
from msglint.options import Options
from msglint.readers.interface import Assumptions
from msglint.readers.recognise import read, read_configuration
from msglint.readers.terraform.sources.roots import roots
from msglint.source import Beside, Document

PLANS = Path(__file__).parent / "fixtures" / "readers"
NOTHING = Assumptions()


def raw_plan(case: str) -> dict[str, Any]:
    plan: dict[str, Any] = json.loads((PLANS / case / "plan.json").read_text(encoding="utf-8"))
    return plan


def part_of(plan: dict[str, Any], assumptions: Assumptions = NOTHING) -> Part:
    return read(Document("p.json", json.dumps(plan)), assumptions)


def at_hand(folder: Path) -> Part:
    """Read the plan in a folder with the files beside it, or the files alone."""
    plan, own = folder / "plan.json", str(folder)
    if plan.exists():
        return read(Document.from_bytes(str(plan), plan.read_bytes(), Beside(own, own, own)), NOTHING)
    return read_configuration(next(iter(roots([(own, own)], lambda _: NOTHING, set()))), NOTHING)


@cache
def findings(case: str) -> tuple[Finding, ...]:
    report = lint_text("p.json", (PLANS / case / "plan.json").read_bytes(), Options())
    return (*report.findings, *report.undecided)


def of(case: str, code: str) -> dict[str, bool]:
    """Give the resources of a code's findings, and whether each is decided."""
    return {finding.resource or "": finding.decided for finding in findings(case) if finding.code == code}


def test_each_provider_has_a_region_and_an_account_of_its_own() -> None:
    """Terraform writes which provider a module is given; the same credentials are one account, others are their own."""
    part = part_of(raw_plan("providers"))
    arns = {id_: part.attribute(id_, "arn") for id_ in part.types()["AWS::SQS::Queue"]}
    places = {
        id_.replace("aws_sqs_queue.", ""): str(arn).removeprefix("arn:aws:sqs:").rpartition(":")[0]
        for id_, arn in arns.items()
    }
    assert places == {
        "plain": "eu-west-1:${account}",
        "frankfurt": "eu-central-1:${account}",
        "local": "${region of aws.local}:${account}",
        "written": "eu-west-1:222233334444",
        "hub": "eu-west-1:444455556666",
        "lake": "eu-west-1:777788889999",
        "allowed": "eu-west-1:999900001111",
        "audit": "eu-west-1:${account of aws.audit}",
        "audit_frankfurt": "eu-central-1:${account of aws.audit}",
        "keys": "eu-west-1:${account of aws.keys}",
        "module.given.main": "eu-west-1:222233334444",
        "module.given.other": "eu-west-1:${account of aws.audit}",
        "module.inherited.hub": "us-west-2:444455556666",
        "module.inherited.plain": "eu-west-1:${account}",
    }
    assert all(part.account(id_) == segment(arn, ACCOUNT) for id_, arn in arns.items())


def test_what_the_user_asserts_is_for_what_nobody_writes() -> None:
    part = part_of(raw_plan("providers"), Assumptions(accounts=("123456789012",), regions=("eu-south-1",)))
    places = {name: str(part.attribute(f"aws_sqs_queue.{name}", "arn")) for name in ("plain", "local", "hub", "keys")}
    assert places == {
        "plain": "arn:aws:sqs:eu-west-1:123456789012:plain",
        "local": "arn:aws:sqs:eu-south-1:123456789012:local",
        "hub": "arn:aws:sqs:eu-west-1:444455556666:hub",
        "keys": "arn:aws:sqs:eu-west-1:123456789012:keys",
    }


def test_what_is_there_already_tells_the_account_of_its_provider() -> None:
    """A data source of the provider tells it too."""
    plan = raw_plan("providers")
    resources = plan["planned_values"]["root_module"]["resources"]
    by_name = {resource["name"]: resource["values"] for resource in resources}
    by_name["audit"]["arn"] = "arn:aws:sqs:eu-west-1:333344445555:audit"
    by_name["local"]["arn"] = "arn:aws:sqs:eu-north-1:123456789012:local"
    here = {"mode": "data", "type": "aws_caller_identity", "name": "here"}
    source = {**here, "address": "data.aws_caller_identity.here", "values": {"account_id": "666677778888"}}
    plan["prior_state"] = {"values": {"root_module": {"resources": [source]}}}
    configured = {**here, "address": source["address"], "provider_config_key": "aws.keys"}
    plan["configuration"]["root_module"]["resources"].append(configured)
    part = part_of(plan)
    names = ("plain", "audit", "audit_frankfurt", "keys")
    accounts = [str(part.account(f"aws_sqs_queue.{name}")) for name in names]
    assert accounts == ["123456789012", "333344445555", "333344445555", "666677778888"]


def test_credentials_of_providers_are_confidential() -> None:
    assert {"AKIACANARYCANARY0001", "canary-secret-key"} <= set(part_of(raw_plan("providers")).confidential())


def test_a_provider_of_several_regions_tells_of_none() -> None:
    """OpenTofu's providers may have `for_each`, and a plan does not tell whose instance makes a resource."""
    plan = raw_plan("providers")
    audit = plan["configuration"]["provider_config"]["aws.audit"]["expressions"]
    audit["region"] = {"references": ["each.value.region", "each.value"]}
    part = part_of(plan)
    queue, other = "aws_sqs_queue.audit", "module.given.aws_sqs_queue.other"
    places = {str(part.attribute(id_, "arn")).removeprefix("arn:aws:sqs:").rpartition(":")[0] for id_ in (queue, other)}
    assert places == {f"${{region of {id_}}}:${{account of {id_}}}" for id_ in (queue, other)}


def test_a_sensitive_account_is_not_shown() -> None:
    plan = raw_plan("accounts")
    hub = plan["configuration"]["provider_config"]["aws.hub"]["expressions"]
    hub["assume_role"] = [{"role_arn": {"references": ["var.hub"]}}]
    plan["variables"] = {"hub": {"value": "777766665555"}}
    plan["configuration"]["root_module"]["variables"] = {"hub": {"sensitive": True}}
    assert str(part_of(plan).account("aws_sqs_queue.events")) == "777766665555"
    report = lint_text("p.json", json.dumps(plan).encode(), Options())
    assert "is of another account" in repr(report.undecided)
    assert "777766665555" not in repr(report)


def test_a_plan_of_an_old_terraform_that_has_one_provider() -> None:
    """Before version 1.1 the key named the module, and not the provider that the module is given."""
    plan = raw_plan("providers")
    module = plan["configuration"]["root_module"]["module_calls"]["given"]["module"]
    for resource in module["resources"]:
        resource["provider_config_key"] = "given:aws"

    def queue() -> str:
        part = part_of(plan)
        return str(part.attribute("module.given.aws_sqs_queue.main", "arn"))

    assert queue() == "arn:aws:sqs:${region of given:aws}:${account of given:aws}:main"
    providers = plan["configuration"]["provider_config"]
    plan["configuration"]["provider_config"] = {"aws": providers["aws"]}
    assert queue() == "arn:aws:sqs:eu-west-1:${account}:main"


def test_resources_of_one_name_in_two_regions_are_two() -> None:
    """A name comes from the resource that the configuration names, not from the first that is called so."""
    assert not {id_ for code in ("MSG101", "MSG102", "MSG111") for id_ in of("regions", code) if "module." in id_}
    seconds = {finding.resource: finding.message for finding in findings("regions") if finding.code == "MSG502"}
    assert (
        "may need 60 s, 6 times the timeout of module.here.aws_lambda_function.worker (10 s)"
        in (seconds["module.here.aws_sqs_queue.orders"])
    )
    assert (
        "may need 360 s, 6 times the timeout of module.there.aws_lambda_function.worker (60 s)"
        in (seconds["module.there.aws_sqs_queue.orders"])
    )


def test_a_written_name_that_two_regions_have_is_not_decided() -> None:
    plan = raw_plan("regions")
    place = plan["configuration"]["root_module"]["module_calls"]["there"]["module"]
    (mapping,) = (each for each in place["resources"] if each["type"] == "aws_lambda_event_source_mapping")
    mapping["expressions"]["function_name"] = {"constant_value": "worker"}
    report = lint_text("p.json", json.dumps(plan).encode(), Options())
    queue = "module.there.aws_sqs_queue.orders"
    (finding,) = (each for each in report.undecided if (each.code, each.resource) == ("MSG502", queue))
    assert "are both called worker" in finding.reasons[0].message


def test_deliveries_across_regions() -> None:
    """The queue's own Region counts, which since version 6 of the provider may be another than the provider's."""
    assert of("regions", "MSG111") == {"aws_sns_topic_subscription.crossing": True}
    assert of("regions", "MSG102").keys() == {
        "aws_sns_topic_subscription.crossing",
        "aws_s3_bucket_notification.uploads",
    }


def test_deliveries_across_accounts() -> None:
    """A role reaches into another account if both allow it; who owns the topic is asked of the topic's account."""
    assert of("accounts", "MSG101") == {"aws_cloudwatch_event_target.orders": True}
    assert of("accounts", "MSG102").keys() == {
        "aws_cloudwatch_event_target.orders",
        "aws_cloudwatch_metric_alarm.errors",
        "aws_sns_topic_subscription.orders",
    }
    why = {finding.resource: finding.reasons[0].message for finding in findings("accounts") if finding.code == "MSG103"}
    assert why == {
        "aws_lambda_event_source_mapping.events": (
            "arn:aws:sqs:eu-west-1:444455556666:events is of another account, which has to let the role in too"
        ),
        "aws_lambda_event_source_mapping.partner": "the accounts may differ",
    }


def test_the_default_policy_of_a_topic_is_for_its_own_account() -> None:
    alarm = [each for each in findings("accounts") if each.resource == "aws_cloudwatch_metric_alarm.errors"]
    told = {each.related[0].resource: each.decided for each in alarm if each.code == "MSG102"}
    assert told == {"aws_sns_topic.news": True, "aws_sns_topic.partner": False}
    (message,) = (each.message for each in alarm if each.code == "MSG102" and each.decided)
    assert "(its default policy admits what is of its own account)" in message


def test_a_key_of_another_account_asks_both_accounts() -> None:
    (refused,) = (each for each in findings("accounts") if each.code == "MSG105")
    assert refused.resource == "aws_sqs_queue.encrypted"
    assert "aws_iam_role.worker may not call kms:Decrypt (no statement of its policies allows it)" in refused.message


@pytest.mark.parametrize("planned", [True, False])
def test_the_files_of_a_configuration_tell_more_of_its_providers(planned: bool, tmp_path: Path) -> None:
    """A local, the member of a map, credentials that are put together; with a plan and without one."""
    shutil.copytree(PLANS / "providers", tmp_path / "here")
    main = tmp_path / "here" / "main.tf"
    text = main.read_text(encoding="utf-8").replace('profile = "audit"', "profile = local.profile")
    main.write_text(text.replace("locals {", 'locals {\n  profile = "${var.region}-audit"'), encoding="utf-8")
    plan = raw_plan("providers")
    for alias in ("aws.audit", "aws.audit_frankfurt"):
        expressions = plan["configuration"]["provider_config"][alias]["expressions"]
        expressions["profile"] = {"references": ["local.profile"]}
    if planned:
        (tmp_path / "here" / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    else:
        (tmp_path / "here" / "plan.json").unlink()
    part = at_hand(tmp_path / "here")
    places = {name: str(part.attribute(f"aws_sqs_queue.{name}", "arn")) for name in ("local", "lake", "audit")}
    assert places == {
        "local": "arn:aws:sqs:eu-north-1:${account}:local",
        "lake": "arn:aws:sqs:eu-west-1:777788889999:lake",
        "audit": "arn:aws:sqs:eu-west-1:${account of aws.audit}:audit",
    }
    assert part.account("aws_sqs_queue.audit") == part.account("aws_sqs_queue.audit_frankfurt")
    given, own = "module.given.aws_sqs_queue.other", "module.inherited.aws_sqs_queue.hub"
    assert str(part.attribute(given, "arn")) == "arn:aws:sqs:eu-west-1:${account of aws.audit}:other"
    assert str(part.attribute(own, "arn")) == "arn:aws:sqs:us-west-2:444455556666:hub"


@pytest.mark.parametrize(
    ("region", "told"), [("null", "eu-west-1"), ('"eu-north-1"', "eu-north-1"), (None, "${region")]
)
def test_a_region_that_is_null_is_that_of_the_provider(region: str | None, told: str, tmp_path: Path) -> None:
    """As modules hand it on: `region = var.region`."""
    default = "" if region is None else f"\n  default = {region}"
    (tmp_path / "main.tf").write_text(
        f"""provider "aws" {{
  region = "eu-west-1"
}}
variable "region" {{{default}
}}
resource "aws_sqs_queue" "main" {{
  name   = "main"
  region = var.region
}}
""",
        encoding="utf-8",
    )
    arn = str(at_hand(tmp_path).attribute("aws_sqs_queue.main", "arn"))
    assert arn.removeprefix("arn:aws:sqs:").startswith(told)


@pytest.mark.parametrize(("region", "domain"), [("eu-west-1", "amazonaws.com"), ("cn-north-1", "amazonaws.com.cn")])
def test_the_domain_of_a_partition_is_known_without_a_plan(region: str, domain: str, tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(
        f"""provider "aws" {{
  region = "{region}"
}}
data "aws_partition" "here" {{}}
resource "aws_sqs_queue" "main" {{
  name = "sqs.${{data.aws_partition.here.dns_suffix}}"
}}
""",
        encoding="utf-8",
    )
    assert str(at_hand(tmp_path).attribute("aws_sqs_queue.main", "name")) == f"sqs.{domain}"
