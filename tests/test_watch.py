"""`msglint lint --watch`: what it waits for, and what it says, on a terminal and into a pipe."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from command import run
from msglint.cli.interface import Exit
from processes import Terminal, environment, on_terminal
from test_cli import CLEAN, SHORT_POLLING

CLEARED = "\x1b[H\x1b[2J\x1b[3J"
LINT = ("-m", "msglint", "lint", "--watch", "--format", "concise", "--no-color", "--select", "MSG501")
FOUND = "MSG501 Orders answers at once"
CODE = """\
def handler(event, context):
    for record in event["Records"]:
        print(record["messageAttributes"]["kind"])
"""
FUNCTION = """\
Resources:
  Consumer:
    Type: AWS::Serverless::Function
    Properties: {Runtime: python3.13, Handler: app.handler, CodeUri: code/}
Transform: AWS::Serverless-2016-10-31
"""


@pytest.fixture
def here(tmp_path: Path) -> Path:
    (tmp_path / "orders.yaml").write_text(SHORT_POLLING, encoding="utf-8")
    return tmp_path


@pytest.fixture
def watching(here: Path) -> Iterator[Terminal]:
    with on_terminal(*LINT, cwd=here) as terminal:
        assert FOUND in terminal.until("watching 1 file; Ctrl-C ends it")
        yield terminal


def save(path: Path, text: str) -> None:
    """Write a file beside its place and move it there, as most editors do."""
    path.parent.mkdir(exist_ok=True)
    beside = path.with_name(f".{path.name}.swp")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)


def test_a_file_that_is_saved_is_judged_again_on_a_cleared_screen(watching: Terminal, here: Path) -> None:
    save(here / "orders.yaml", CLEAN)
    text = watching.until("watching 1 file")
    assert text.startswith(f"{CLEARED}msglint: orders.yaml has changed\r\n")
    assert FOUND not in text
    save(here / "orders.yaml", SHORT_POLLING)
    assert FOUND in watching.until("watching 1 file")


def test_files_that_come_and_go_are_noticed(watching: Terminal, here: Path) -> None:
    save(here / "new" / "more.yaml", SHORT_POLLING)
    text = watching.until("watching 2 files")
    assert "msglint: new/more.yaml is new" in text
    assert "new/more.yaml:6:38" in text
    (here / "orders.yaml").unlink()
    text = watching.until("watching 1 file")
    assert "msglint: orders.yaml is gone" in text
    assert "new/more.yaml:6:38" in text


def test_what_a_search_passes_over_is_not_waited_for(watching: Terminal, here: Path) -> None:
    for name in ("README.md", ".orders.yaml.swp", "node_modules/x.yaml"):
        (here / name).parent.mkdir(exist_ok=True)
        (here / name).write_text(SHORT_POLLING, encoding="utf-8")
    time.sleep(1)
    save(here / "orders.yaml", CLEAN)
    assert watching.until("watching 1 file").count("msglint: ") == 2


def test_a_configuration_is_waited_for_and_may_be_broken_for_a_while(watching: Terminal, here: Path) -> None:
    save(here / "msglint.toml", 'ignore = ["MSG501"]\nexclude = ["old"]\n')
    text = watching.until("msglint.toml is new", "watching 2 files")
    assert FOUND not in text
    save(here / "old" / "orders.yaml", SHORT_POLLING)
    save(here / "msglint.toml", "ignore = [")
    text = watching.until("msglint.toml has changed", "msglint lint: error: ", "watching 2 files")
    assert "old/orders.yaml" not in text
    save(here / "msglint.toml", 'exclude = ["old"]')
    text = watching.until("msglint.toml has changed", "watching 2 files")
    assert FOUND in text


def test_a_template_may_be_half_written_for_a_while(watching: Terminal, here: Path) -> None:
    save(here / "orders.yaml", SHORT_POLLING + "  Orders: {")
    assert "MSG001" in watching.until("orders.yaml has changed", "watching 1 file")
    save(here / "orders.yaml", SHORT_POLLING)
    assert FOUND in watching.until("orders.yaml has changed", "watching 1 file")


def test_a_named_file_may_be_gone_for_a_while(here: Path) -> None:
    with on_terminal(*LINT, "orders.yaml", cwd=here) as terminal:
        terminal.until("watching 1 file")
        (here / "orders.yaml").unlink()
        terminal.until("orders.yaml is gone", "orders.yaml: No such file", "watching 0 files")
        save(here / "orders.yaml", SHORT_POLLING)
        terminal.until("orders.yaml is new", FOUND, "watching 1 file")


def test_what_is_read_beside_a_template_is_waited_for(tmp_path: Path) -> None:
    """The code of a function, modules of Terraform outside of what is named, and files of values."""
    save(tmp_path / "template.yaml", FUNCTION)
    save(tmp_path / "code" / "app.py", CODE)
    save(tmp_path / "modules" / "main.tf", 'variable "wait" {}\n')
    save(tmp_path / "live" / "main.tf", 'module "queues" {\n  source = "../modules"\n  wait = 1\n}\n')
    save(tmp_path / "live.json", '{"Stage": "live"}')
    command = ("-m", "msglint", "lint", "--watch", "template.yaml", "live", "--parameters", "live.json")
    with on_terminal(*command, cwd=tmp_path) as terminal:
        terminal.until("watching ", "Ctrl-C ends it")
        for name in ("code/app.py", "modules/main.tf", "live/main.tf", "live.json"):
            save(tmp_path / name, (tmp_path / name).read_text(encoding="utf-8"))
            terminal.until(f"msglint: {name} has changed", "watching ", "Ctrl-C ends it")
        save(tmp_path / "live" / "more.tf", "")
        terminal.until("msglint: live/more.tf is new", "watching ")
        save(tmp_path / "modules" / "more.tf", "")
        terminal.until("msglint: modules/more.tf is new", "watching ")


def test_a_rule_of_ones_own_is_waited_for(here: Path) -> None:
    run("new-rule", "ACME101", "queue-too-plain", "--dir", str(here / "rules"))
    command = ("-m", "msglint", "lint", "--watch", "orders.yaml", "--rules-dir", "rules", "--select", "ACME101")
    rule = here / "rules" / "queue_too_plain.py"
    with on_terminal(*command, cwd=here) as terminal:
        assert "TODO says" not in terminal.until("watching ", "Ctrl-C ends it")
        save(rule, rule.read_text(encoding="utf-8").replace("when=NO", "when=YES").replace("import NO", "import YES"))
        terminal.until("rules/queue_too_plain.py has changed", "TODO says", "watching ")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_quietly(number: signal.Signals, watching: Terminal) -> None:
    watching.process.send_signal(number)
    assert watching.rest() == ""
    assert watching.process.returncode == 128 + number


def test_into_a_pipe_a_line_separates_the_runs(here: Path) -> None:
    with subprocess.Popen(  # noqa: S603
        [sys.executable, *LINT],
        cwd=here,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        try:
            assert FOUND in process.stdout.readline()
            assert process.stderr.readline() == "msglint: watching 1 file; Ctrl-C ends it\n"
            save(here / "orders.yaml", SHORT_POLLING)
            assert process.stdout.readline() == "---\n"
            assert process.stderr.readline() == "msglint: orders.yaml has changed\n"
            assert FOUND in process.stdout.readline()
            assert process.stderr.readline() == "msglint: watching 1 file; Ctrl-C ends it\n"
            process.send_signal(signal.SIGINT)
            assert process.communicate(timeout=10) == ("", "")
        finally:
            process.kill()


def test_names_of_files_are_no_commands_of_a_terminal(watching: Terminal, here: Path) -> None:
    save(here / "a\n::error::\x1b[31m.yaml", SHORT_POLLING)
    text = watching.until("watching 2 files").removeprefix(CLEARED)
    assert r"a\n::error::\x1b[31m.yaml is new" in text
    assert "\x1b" not in text


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("-",), "--watch: standard input is read once; name a file"),
        (("--diff", "main"), "--watch shows all findings where it runs, so it takes no --diff"),
        (("--output", "report.txt"), "it takes no --output"),
        (("--report", "sarif=report.sarif"), "it takes no --report"),
        (("--format", "json"), "--watch shows findings to people: --format text or concise"),
        (("--select", "MSG999"), "no rule is called 'MSG999'"),
        (("missing.yaml",), "missing.yaml: No such file or directory"),
    ],
)
def test_what_cannot_be_watched_is_wrong_usage(
    arguments: tuple[str, ...], said: str, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(here)
    result = run("lint", "--watch", *arguments)
    assert result.exit_code == Exit.USAGE
    assert said in result.stderr
    assert [path.name for path in here.iterdir()] == ["orders.yaml"]


def test_without_the_extra_it_says_what_to_install(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(here)
    monkeypatch.setitem(sys.modules, "watchfiles", None)
    result = run("lint", "--watch")
    assert result == (
        Exit.USAGE,
        "",
        "msglint lint: error: --watch needs watchfiles: python -m pip install 'msglint[watch]'\n",
    )
