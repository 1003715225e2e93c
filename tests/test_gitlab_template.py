"""The GitLab template: what it is with its inputs in it, and what its shell does."""

import json
import re
import xml.etree.ElementTree as ET  # our own report
from pathlib import Path
from typing import Any

import pytest
import yaml

from msglint import __version__
from msglint.cli.interface import Exit
from pipelines import ROOT, Ran, included, job, programs, recorded, schema, shellcheck, stacks

HOSTILE = ["$(touch taken)", "`touch taken`", "'; touch taken; '", '"; touch taken; "', "x: [", "x # y", "- x", "\\"]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Make a checkout with a faulty and a repaired template, whose directories have spaces in their names."""
    return stacks(tmp_path / "checkout")


def lint(checkout: Path, **inputs: Any) -> Ran:
    _, jobs = included({name.replace("_", "-"): value for name, value in inputs.items()})
    return job(checkout, programs(checkout.parent / "programs"), jobs["msglint"])


def test_the_template_is_what_gitlab_takes(tmp_path: Path) -> None:
    for number, part in enumerate(included({"job": "msglint:plan", "paths": ["a", "b c"], "strict": True})):
        path = tmp_path / f"{number}.yml"
        path.write_text(yaml.safe_dump(part), encoding="utf-8")
        assert schema("gitlab-ci", path, "--data-transform", "gitlab-ci") == ""


def test_every_input_is_described_and_used() -> None:
    header, _ = included({})
    text = (ROOT / "templates" / "msglint.yml").read_text(encoding="utf-8")
    assert all(each["description"] and "default" in each for each in header["spec"]["inputs"].values())
    assert set(re.findall(r"\$\[\[ inputs\.([\w-]+) \]\]", text)) == header["spec"]["inputs"].keys()


def test_it_installs_the_release_that_it_comes_with() -> None:
    header, _ = included({})
    assert header["spec"]["inputs"]["package"]["default"] == f"msglint=={__version__}"


def test_the_shell_is_sound_and_no_input_stands_in_it(tmp_path: Path) -> None:
    _, jobs = included({})
    script = "\n".join(jobs["msglint"]["script"])
    assert shellcheck(script, "sh", tmp_path) == ""
    raw = (ROOT / "templates" / "msglint.yml").read_text(encoding="utf-8").partition("  script:\n")[2]
    assert "$[[" not in raw


def test_a_clean_checkout_passes(checkout: Path) -> None:
    ran = lint(checkout, paths=["repaired stacks"])
    assert ran.code == Exit.CLEAN, ran.log


def test_findings_fail_the_job_and_are_in_every_artifact(checkout: Path) -> None:
    _, jobs = included({})
    ran = lint(checkout, paths=["faulty stacks", "repaired stacks"])
    assert ran.code == Exit.FINDINGS, ran.log
    assert "MSG102 target-rejects-sender" in ran.log
    artifacts = jobs["msglint"]["artifacts"]
    quality = json.loads((checkout / artifacts["reports"]["codequality"]).read_text(encoding="utf-8"))
    assert {each["location"]["path"] for each in quality} == {"faulty stacks/orders.yaml"}
    tests = ET.parse(checkout / artifacts["reports"]["junit"])  # noqa: S314  # our own report
    assert list(tests.getroot().iter("failure"))
    [sarif] = artifacts["paths"]
    assert json.loads((checkout / sarif).read_text(encoding="utf-8"))["runs"][0]["results"]


def test_the_other_inputs_reach_msglint(checkout: Path) -> None:
    chosen = lint(checkout, select="MSG501,MSG102", ignore="MSG102")
    assert set(re.findall(r"(MSG\d+) [a-z]", chosen.log)) == {"MSG501"}
    assert lint(checkout, select="MSG501", fail_on="error").code == Exit.CLEAN
    (checkout / "open.yaml").write_text(
        "Resources: {Orders: {Type: AWS::SQS::Queue, Properties: {KmsMasterKeyId: !ImportValue key}}}\n",
        encoding="utf-8",
    )
    assert lint(checkout, paths=["open.yaml"], select="MSG301").code == Exit.CLEAN
    assert lint(checkout, paths=["open.yaml"], select="MSG301", strict=True).code == Exit.FINDINGS
    for name in ("config", "baseline", "diff"):
        assert lint(checkout, **{name: "nowhere"}).code == Exit.USAGE


@pytest.mark.parametrize("hostile", HOSTILE)
def test_no_input_ends_its_value_or_is_code(hostile: str, checkout: Path) -> None:
    """`$` is left out of account: GitLab puts its variables in, which is what they are for."""
    texts = ("config", "baseline", "diff", "select", "ignore", "package")
    _, jobs = included({"paths": [hostile], **dict.fromkeys(texts, hostile)})
    variables = jobs["msglint"]["variables"]
    assert json.loads(variables["MSGLINT_PATHS"]) == [hostile]
    assert [variables[f"MSGLINT_{name.upper()}"] for name in texts] == [hostile] * len(texts)
    installed = programs(checkout.parent / "programs")
    words = recorded(installed)
    ran = job(checkout, installed, jobs["msglint"])
    assert ran == Ran(Exit.USAGE, "")
    assert not (checkout / "taken").exists()
    flags = [f"--{name}={hostile}" for name in ("config", "baseline", "select", "ignore", "diff")]
    assert words.read_text(encoding="utf-8").split("\0")[4:] == [*flags, hostile, ""]
