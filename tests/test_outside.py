"""What a file names outside of the directory that is judged is neither opened nor shown."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import hostile
from msglint.cli.interface import Exit

CANARY = "canary-4711"
LIBRARY = (
    sys.prefix,
    sys.base_prefix,
    str(Path(__file__).parents[1] / "src"),
    "/usr/",
    "/lib",
    "/etc/ld",
    "/etc/local",
)
# What is opened is told to a hook, whoever opens it; the file that it is written to is open already.
WATCHED = """\
import os, sys
told = open({told!r}, "w", buffering=1)
def hear(event, arguments):
    if event in ("open", "os.listdir", "os.scandir") and isinstance(arguments[0], (str, bytes)):
        path = os.fsdecode(arguments[0])
        told.write(os.path.realpath(path) + "\\n" if "\\0" not in path else "NUL\\n")
sys.addaudithook(hear)
from msglint.__main__ import run
run()
"""


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """Give a directory to judge, beside which there are files with a word that nothing may show."""
    outside = tmp_path / "outside"
    outside.mkdir()
    template = f"Resources:\n  {CANARY}: {{Type: AWS::SQS::Queue}}\n".replace("-", "")
    texts = {
        "template.yaml": template,
        "main.tf": f'resource "aws_sqs_queue" "{CANARY}" {{\n}}\n',
        "code.py": f"messageAttributes = '{CANARY}'\n",
        "values.json": json.dumps({"Wait": CANARY, CANARY: CANARY}),
        "values.tfvars": f'name = "{CANARY}"\n',
        "msglint.toml": f'"{CANARY}" = 1\n',
        "text.txt": CANARY,
    }
    for name, text in texts.items():
        (outside / name).write_text(text, encoding="utf-8")
    folder = tmp_path / "here"
    folder.mkdir()
    return folder


def opened(here: Path, *arguments: str) -> tuple[set[str], "subprocess.CompletedProcess[str]"]:
    """Judge a directory, and give all that was opened that belongs neither to it nor to Python."""
    told = here.parent / "opened.txt"
    result = subprocess.run(  # noqa: S603
        [sys.executable, "-c", WATCHED.format(told=str(told)), "lint", "--show-undecided", *arguments, "."],
        cwd=here,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode in {Exit.CLEAN, Exit.FINDINGS, Exit.USAGE}, result.stderr
    paths = set(told.read_text(encoding="utf-8").splitlines())
    assert any(path.startswith(f"{here}{os.sep}") for path in paths)
    return {path for path in paths if not path.startswith((f"{here}{os.sep}", *LIBRARY)) and path != str(here)}, result


def ways(here: Path, name: str) -> list[str]:
    """Give the ways in which a file may name one that stands outside."""
    target = here.parent / "outside" / name
    link = here / f"link-{name}"
    link.symlink_to(target)
    folder = here / "folder"
    if not folder.exists():
        folder.symlink_to(target.parent)
    return [
        str(target),
        f"../outside/{name}",
        f"./x/../../outside/{name}",
        f"file://{target}",
        f"//{target}",
        f"\\\\server\\share\\{name}",
        f"~/../{target}",
        link.name,
        f"folder/{name}",
        f"../outside/{name}\0",
        f"../outside/{name}\0.yaml",
    ]


def test_a_template_leads_nowhere_outside(here: Path) -> None:
    resources: dict[str, object] = {}
    for number, way in enumerate(ways(here, "template.yaml")):
        resources[f"S{number}"] = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": way}}
        resources[f"A{number}"] = {"Type": "AWS::Serverless::Application", "Properties": {"Location": way}}
        resources[f"M{number}"] = {"Type": "AWS::Serverless::StateMachine", "Properties": {"DefinitionUri": way}}
        resources[f"I{number}"] = {"Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": way}}}
    for number, way in enumerate(ways(here, "code.py")):
        code = {"Runtime": "python3.13", "Handler": "code.handle"}
        folder = way.removesuffix("/code.py")
        resources[f"F{number}"] = {"Type": "AWS::Serverless::Function", "Properties": {**code, "CodeUri": folder}}
        resources[f"H{number}"] = {
            "Type": "AWS::Serverless::Function",
            "Properties": {**code, "CodeUri": ".", "Handler": f"{way}.handle"},
        }
        resources[f"L{number}"] = {
            "Type": "AWS::Lambda::Function",
            "Metadata": {"aws:asset:path": folder, "aws:asset:property": "Code"},
            "Properties": {**code, "Code": folder},
        }
    template = {"Transform": "AWS::Serverless-2016-10-31", "Resources": resources}
    (here / "template.json").write_text(json.dumps(template), encoding="utf-8")
    artifact = {
        "type": "aws:cloudformation:stack",
        "environment": "aws://111122223333/eu-west-1",
        "properties": {"templateFile": "../outside/template.yaml"},
    }
    assets = {"type": "cdk:asset-manifest", "properties": {"file": "../outside/values.json"}}
    (here / "manifest.json").write_text(json.dumps({"version": "40.0.0", "artifacts": {"S": artifact, "A": assets}}))
    outside, result = opened(here)
    assert outside == set()
    assert CANARY not in result.stdout + result.stderr


@pytest.mark.parametrize("file", ["main.tf", "main.tf.json"])
def test_a_configuration_of_terraform_leads_nowhere_outside(file: str, here: Path) -> None:
    calls = {f"m{number}": {"source": way.removesuffix("/main.tf")} for number, way in enumerate(ways(here, "main.tf"))}
    queues: dict[str, object] = {}
    for number, way in enumerate(ways(here, "text.txt")):
        for name in ("file", "filebase64", "filesha256", "templatefile", "fileexists", "fileset"):
            more = ", {}" if name == "templatefile" else ', "**"' if name == "fileset" else ""
            written = json.dumps(way).replace("\\u0000", "\\\\u0000") if file.endswith(".tf") else json.dumps(way)
            queues[f"{name}{number}"] = {"name": f"${{jsonencode({name}({written}{more}))}}"}
    whole = {"module": calls, "resource": {"aws_sqs_queue": queues}}
    if file.endswith(".json"):
        (here / file).write_text(json.dumps(whole), encoding="utf-8")
    else:
        modules = "".join(
            f'module "{name}" {{\n  source = {json.dumps(call["source"])}\n}}\n' for name, call in calls.items()
        )
        resources = "".join(
            f'resource "aws_sqs_queue" "{name}" {{\n  name = {str(queue["name"])[2:-1]}\n}}\n'  # type: ignore[index]
            for name, queue in queues.items()
        )
        (here / file).write_text(modules + resources, encoding="utf-8")
    outside, result = opened(here)
    assert outside == set()
    assert "link-main.tf" in result.stdout
    (here / "link-main.tf").unlink()
    outside, result = opened(here)
    assert outside == set()
    assert "aws_sqs_queue" in result.stdout
    assert CANARY not in result.stdout + result.stderr


KEYS = {
    "extend": "msglint.toml",
    "parameter-files": "values.json",
    "variable-files": "values.tfvars",
}


@pytest.mark.parametrize("key", KEYS)
def test_a_configuration_that_was_only_found_leads_nowhere_outside(key: str, here: Path) -> None:
    """Who lints a directory need not trust all that is in it: the values might be shown in a report."""
    for number, way in enumerate(ways(here, KEYS[key])[:-2]):
        inner = here / f"inner{number}"
        inner.mkdir()
        deeper = f"../{way}" if way.startswith(".") or not way.startswith(("/", "file:", "\\", "~")) else way
        value = json.dumps(deeper if key == "extend" else [deeper])
        (inner / "msglint.toml").write_text(f"{key} = {value}\n", encoding="utf-8")
        (inner / "template.yaml").write_text(
            "Parameters: {Wait: {Type: String}}\nResources:\n  Q:\n    Type: AWS::SQS::Queue\n"
            "    Properties: {QueueName: !Ref Wait}\n",
            encoding="utf-8",
        )
        outside, result = opened(here)
        assert outside == set(), way
        assert CANARY not in result.stdout + result.stderr
        assert result.returncode == Exit.USAGE, way
        (inner / "msglint.toml").unlink()


def test_the_hostile_files_lead_nowhere_outside(here: Path) -> None:
    names = [name for name in hostile.FILES if "outside" in name or "out-of" in name or "nonsense" in name]
    hostile.write(here, names)
    outside, result = opened(here, "--isolated")
    assert outside == set()
    assert "root:" not in result.stdout + result.stderr
