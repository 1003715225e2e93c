"""Plans as terraform saves them: read by terraform itself, where the user asks for it, and by nobody else."""

import os
import shutil
import subprocess
import time
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from command import Result, run
from msglint.cli.interface import Exit
from msglint.engine import lint_text
from msglint.options import Options
from msglint.readers.terraform import binary

PLAN = Path(__file__).parent / "fixtures" / "readers" / "modules" / "plan.json"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a working directory that holds a binary plan."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "orders.tfplan").write_bytes(archive("tfplan", "tfstate"))
    return tmp_path


def archive(*names: str) -> bytes:
    data = BytesIO()
    with ZipFile(data, "w") as files:
        for name in names:
            files.writestr(name, b"\0whatever terraform writes")
    return data.getvalue()


def terraform(folder: Path, script: str) -> str:
    """Make a programme that notes how it is run."""
    path = folder / "terraform"
    path.write_text(f'#!/bin/sh\nprintf "%s\\n" "$PWD" "$@" >>{folder}/log\n{script}\n', encoding="utf-8")
    path.chmod(0o755)
    return str(path)


def lint(*arguments: str, given: bytes | None = None) -> Result:
    return run("lint", "--format", "concise", "--select", "MSG501", *arguments, given=given)


def test_a_binary_plan_that_is_named_says_how_it_can_be_read() -> None:
    result = lint("orders.tfplan")
    assert result.exit_code == Exit.FINDINGS
    assert result.stdout.startswith("orders.tfplan:1:1: error MSG001 ")
    assert "a binary plan, which only terraform reads" in result.stdout
    assert "terraform show -json FILE" in result.stdout
    assert "--terraform-bin terraform" in result.stdout


def test_a_binary_plan_on_the_way_is_passed_over() -> None:
    result = lint(".")
    assert (result.exit_code, result.stdout) == (Exit.CLEAN, "")


def test_other_archives_are_no_plans(here: Path) -> None:
    (here / "lambda.zip").write_bytes(archive("app.py", "tfplan"))
    result = lint("lambda.zip")
    assert (result.exit_code, result.stdout) == (Exit.CLEAN, "")


@pytest.mark.parametrize("path", ["orders.tfplan", ".", "below/orders.tfplan"])
def test_a_binary_plan_is_read_by_the_programme_that_the_user_names(path: str, here: Path) -> None:
    (here / "below" / ".terraform").mkdir(parents=True)
    if path.startswith("below"):
        (here / "orders.tfplan").rename(here / path)
    result = lint("--terraform-bin", terraform(here, f"cat {PLAN}"), path)
    assert [line.partition(":")[0] for line in result.stdout.splitlines()] == [
        path.replace(".", "orders.tfplan", path == ".")
    ] * 4
    log = (here / "log").read_text(encoding="utf-8").splitlines()
    file = here / (path if path != "." else "orders.tfplan")
    assert log == [str(file.parent), "show", "-json", str(file)]


def test_it_runs_where_the_user_says(here: Path) -> None:
    (here / "live").mkdir()
    result = lint("--terraform-bin", terraform(here, f"cat {PLAN}"), "--terraform-dir", "live", "orders.tfplan")
    assert len(result.stdout.splitlines()) == 4
    assert (here / "log").read_text(encoding="utf-8").startswith(f"{here}/live\n")
    assert "live does not hold the root module of orders.tfplan: live holds no .tf file" in result.stderr


def test_a_name_is_no_command(here: Path) -> None:
    """Nothing of a name is taken for an option or by a shell."""
    for name in ("-out;touch hit", "$(touch hit).tfplan"):
        (here / name).write_bytes(archive("tfplan"))
        lint("--terraform-bin", terraform(here, "exit 1"), f"./{name}")
        assert (here / "log").read_text(encoding="utf-8").splitlines()[-1] == str(here / name)
    assert not (here / "hit").exists()


def test_a_failure_is_told_in_terraforms_words(here: Path) -> None:
    script = r"printf '\033[31m│ \033[0mError: Could not load\n│ the plan\n' >&2; exit 1"
    result = lint("--terraform-bin", terraform(here, script), "orders.tfplan")
    assert result.exit_code == Exit.FINDINGS
    assert "MSG001" in result.stdout
    assert "terraform show failed: Error: Could not load the plan" in result.stdout


def test_what_it_says_of_something_else_is_no_plan(here: Path) -> None:
    result = lint("--terraform-bin", terraform(here, "echo '{}'"), "orders.tfplan")
    assert (result.exit_code, result.stdout) == (Exit.CLEAN, "")


def test_a_programme_that_cannot_be_started_is_told(here: Path) -> None:
    path = Path(terraform(here, ""))
    path.write_text("#!/no/such/shell\n", encoding="utf-8")
    result = lint("--terraform-bin", str(path), "orders.tfplan")
    assert "terraform show failed: " in result.stdout
    assert "No such file or directory" in result.stdout


def test_a_programme_that_does_not_end_is_ended(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binary, "SECONDS", 0.3)
    began = time.monotonic()
    result = lint("--terraform-bin", terraform(here, f"sleep 60 & echo $! >{here}/child; wait"), "orders.tfplan")
    assert "takes longer than 0.3 seconds" in result.stdout
    assert time.monotonic() - began < 20
    child = int((here / "child").read_text(encoding="utf-8"))
    for _ in range(100):
        if not alive(child):
            break
        time.sleep(0.05)
    assert not alive(child)


def alive(process: int) -> bool:
    """Say whether a process runs; one that has ended may still wait to be noticed."""
    try:
        status = Path(f"/proc/{process}/stat").read_text(encoding="utf-8")
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def test_a_programme_that_never_stops_talking_is_ended(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binary, "MAX_BYTES", 1_000_000)
    result = lint("--terraform-bin", terraform(here, "yes >&2 & yes"), "orders.tfplan")
    assert "terraform show writes more than 1000000 bytes" in result.stdout


def test_standard_input_cannot_be_converted(here: Path) -> None:
    data = (here / "orders.tfplan").read_bytes()
    assert "only terraform reads" in lint("-", given=data).stdout
    result = lint("--terraform-bin", terraform(here, f"cat {PLAN}"), "-", given=data)
    assert "has to be named" in result.stdout
    assert not (here / "log").exists()


def test_a_text_at_hand_is_never_converted(here: Path) -> None:
    """The doors into other linters say nothing of a programme."""
    report = lint_text("orders.tfplan", (here / "orders.tfplan").read_bytes(), Options(), str(here))
    assert (report.findings, len(report.skipped)) == ((), 1)


@pytest.mark.skipif(shutil.which("terraform") is None, reason="no terraform to ask")
def test_terraform_itself_is_understood(here: Path) -> None:
    (here / "main.tf").write_text('resource "terraform_data" "a" {\n  input = "a"\n}\n', encoding="utf-8")
    environment = {**os.environ, "CHECKPOINT_DISABLE": "1"}
    for command in (["init"], ["plan", "-out=real.tfplan"]):
        subprocess.run(  # noqa: S603
            ["terraform", *command, "-input=false"],  # noqa: S607
            env=environment,
            cwd=here,
            check=True,
            capture_output=True,
        )
    result = run("lint", "--terraform-bin", "terraform", "real.tfplan")
    assert result.stdout == "No findings: 0 questions judged in 1 template.\n"
    assert result.stderr == ""
