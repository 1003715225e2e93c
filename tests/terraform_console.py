"""What `terraform console` says of expressions; it runs offline, in a directory of its own."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

TERRAFORM = shutil.which("terraform")
REFUSED = "refused"


def ask(expressions: Sequence[str], directory: Path) -> list[str]:
    """Give the JSON of what each expression is, or that Terraform refuses it."""
    tried = ",".join(f"jsonencode(try({{ok = {each}}}, {{}}))" for each in expressions)
    answers = _run(f"jsonencode([{tried}])", directory)
    if answers is not None:
        return [each.removeprefix('{"ok":')[:-1] if each != "{}" else REFUSED for each in json.loads(answers)]
    if len(expressions) == 1:
        raise AssertionError(f"terraform gives no JSON for {expressions[0]}")
    middle = len(expressions) // 2
    return [*ask(expressions[:middle], directory), *ask(expressions[middle:], directory)]


def ask_variable(type_: str, value: str, directory: Path) -> str:
    """Give the JSON of what a variable of a type is that has this default, or that Terraform refuses it."""
    path = directory / "main.tf"
    path.write_text(f'variable "given" {{\n  type = {type_}\n  default = {value}\n}}\n')
    try:
        answer = _run("jsonencode(var.given)", directory)
    finally:
        path.unlink()
    return REFUSED if answer is None else answer


def _run(expression: str, directory: Path) -> str | None:
    assert TERRAFORM is not None
    environment: Mapping[str, str] = {**os.environ, "TF_CLI_CONFIG_FILE": os.devnull, "CHECKPOINT_DISABLE": "1"}
    command = [TERRAFORM, "console", "-no-color"]
    ran = subprocess.run(  # noqa: S603
        command, input=expression + "\n", capture_output=True, text=True, cwd=directory, env=environment, check=False
    )
    try:
        answer = json.loads(ran.stdout)
    except ValueError:
        return None
    return answer if isinstance(answer, str) else None
