"""msglint as a library: what docs/api.md promises."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
from mypy import api as mypy

import msglint
from msglint import api

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
FAULTY = ROOT / "examples" / "faulty" / "orders.yaml"
CLIENT = """\
import os

import msglint
from msglint import Finding, Report, UsageError


def worst(report: Report) -> list[Finding]:
    return [finding for finding in report.findings if finding.severity is msglint.Severity.ERROR]


try:
    found: Report = msglint.lint(["a.yaml", os.curdir], select=["MSG1"], parameters={"Stage": "prod"}, link=False)
except UsageError as error:
    print(error)
else:
    line: int = worst(found)[0].span.start.line
    reveal_type(worst(found)[0].fix)
"""


def test_the_example_does_what_it_says(tmp_path: Path) -> None:
    """It is run as it stands, on templates with faults."""
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / FAULTY.name).write_bytes(FAULTY.read_bytes())
    [example] = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    done = subprocess.run([sys.executable, "-c", example], cwd=tmp_path, capture_output=True, text=True, check=False)  # noqa: S603
    lines = done.stdout.splitlines()
    assert "templates/orders.yaml:67:17 error MSG102 nothing arrives from OrdersTopic: " in done.stdout
    assert len(lines) == len(msglint.lint([FAULTY], ignore=["MSG501"]).findings)
    assert (done.returncode, done.stderr) == (1, "not to be deployed\n")


def test_the_keywords_are_those_of_the_page_and_do_something(tmp_path: Path) -> None:
    section = PAGE.partition("## msglint.lint")[2].partition("## ")[0]
    named = [
        name for row in re.findall(r"^\| (`.*?) \|", section, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)
    ]
    assert [name for name in api.lint.__annotations__ if name != "return"] == named
    template = tmp_path / "t.yaml"
    queue = "{Type: AWS::SQS::Queue, Properties: {ReceiveMessageWaitTimeSeconds: !Ref Wait}}"
    template.write_text(f"Parameters: {{Wait: {{Type: Number}}}}\nResources: {{Orders: {queue}}}\n", encoding="utf-8")
    for wait, expected in (("0", ["MSG501"]), ("20", [])):
        report = msglint.lint(iter([template]), select=["MSG50"], parameters={"Wait": wait})
        assert [finding.code for finding in report.findings] == expected
    module = tmp_path / "module"
    module.mkdir()
    block = 'resource "aws_sqs_queue" "orders" {\n  receive_wait_time_seconds = var.wait\n}\n'
    (module / "main.tf").write_text('variable "wait" {\n  type = number\n}\n' + block, encoding="utf-8")
    for wait, expected in (("0", ["MSG501"]), ("20", [])):
        report = msglint.lint([module], select=["MSG501"], variables={"wait": wait})
        assert [finding.code for finding in report.findings] == expected


def test_the_configuration_beside_the_files_holds(tmp_path: Path) -> None:
    (tmp_path / "t.yaml").write_text("Resources: {Orders: {Type: AWS::SQS::Queue}}\n", encoding="utf-8")
    for name in ("msglint.toml", "other.toml"):
        code = "MSG501" if name == "msglint.toml" else "MSG701"
        (tmp_path / name).write_text(f"select = ['{code}']\n", encoding="utf-8")

    def found(**keywords: Any) -> list[str]:
        return [each.code for each in msglint.lint([tmp_path], **keywords).findings]

    assert found() == ["MSG501"]
    assert found(config=tmp_path / "other.toml") == ["MSG701"]
    assert found(isolated=True, ignore=["MSG3"]) == ["MSG501", "MSG701"]
    (tmp_path / "msglint.toml").write_text("selekt = []\n", encoding="utf-8")
    with pytest.raises(msglint.UsageError, match=r"msglint\.toml:1:1: unknown key 'selekt'; did you mean select\?"):
        found()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"paths": ["no-such-file.yaml"]}, "no-such-file.yaml: No such file or directory"),
        ({"paths": "templates/"}, "paths takes a list: ['templates/']"),
        ({"paths": [], "select": "MSG501"}, "select takes a list: ['MSG501']"),
        ({"paths": [], "ignore": ["short-poling"]}, "no rule is called 'short-poling'; did you mean short-polling?"),
        ({"paths": [], "terraform_dir": "no-such-directory"}, "terraform_dir: there is no directory no-such-directory"),
    ],
)
def test_what_the_caller_can_do_wrong_has_one_exception(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(msglint.UsageError) as raised:
        msglint.lint(**arguments)
    assert str(raised.value) == message


def test_the_names_are_the_same_everywhere() -> None:
    assert msglint.__all__ == api.__all__
    assert all(getattr(msglint, name) is getattr(api, name) for name in msglint.__all__)
    assert set(msglint.__all__) <= set(dir(msglint))
    assert not hasattr(msglint, "Lint")


def test_what_a_report_is_made_of_has_a_name() -> None:
    """A caller can write down the type of all that is reached from a report."""
    reached = {each.__name__ for each in types(msglint.Report, set()) if each.__module__.startswith("msglint.")}
    # What a baseline recognises findings by is nothing that a caller has a use for.
    assert reached - {"Identified", "Known", "Scope"} <= set(msglint.__all__)


def types(of: Any, seen: set[Any]) -> Iterator[type]:
    """Give the types of the fields of a type, and theirs."""
    if of in seen:
        return
    seen.add(of)
    if isinstance(of, type):
        yield of
        below = get_type_hints(of).values() if of.__module__.startswith("msglint.") else ()
    else:
        below = ()
    for each in (*below, *get_args(of)):
        yield from types(each, seen)


def test_the_fields_of_the_page_are_there() -> None:
    report = msglint.lint([FAULTY])
    for heading, value in (("Report", report), ("Finding", report.findings[0])):
        section = PAGE.partition(f"### {heading}\n")[2].partition("\n#")[0]
        for row in re.findall(r"^\| (`.*?) \|", section, re.MULTILINE):
            for name in re.findall(r"`(\w+)`", row):
                assert hasattr(value, name), f"{heading}.{name}"


def test_a_client_is_checked_by_mypy(tmp_path: Path) -> None:
    client = tmp_path / "client.py"
    client.write_text(CLIENT, encoding="utf-8")
    told, wrong, status = mypy.run([str(client), "--strict", "--config-file=", f"--cache-dir={tmp_path}"])
    assert (status, wrong) == (0, ""), told
    assert "msglint.finding.Repair | None" in told
    client.write_text("import msglint\nmsglint.lint(['a'], selects=['MSG1']).finding\nmsglint.lnt\n", encoding="utf-8")
    told, _, status = mypy.run([str(client), "--strict", "--config-file=", f"--cache-dir={tmp_path}"])
    assert status == 1
    assert all(word in told for word in ('"selects"', '"finding"', '"lnt"'))


def test_the_import_is_instant() -> None:
    """The command line imports the package before it knows what is asked."""
    code = "import sys; before = {*sys.modules}; import msglint; print(*sorted({*sys.modules} - before))"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    assert shown.stdout.split() == ["msglint"]
