"""Shells complete what msglint takes; the scripts are written by `make docs`."""

import shutil
import subprocess
from pathlib import Path

import pytest

from command import run
from completions import FOLDER, script
from msglint.cli.completion import SHELLS
from msglint.cli.interface import Exit

ROOT = Path(__file__).parents[1]
COMPLETED = [
    ("", {"lint", "rules", "explain"}),
    ("lint --sel", {"--select"}),
    ("lint --select MSG50", {"MSG501", "MSG502"}),
    ("lint --select MSG501 --ignore short", {"short-polling"}),
    ("lint --fail-on ", {"error", "warning", "info"}),
    ("lint --terraform-dir ex", {"examples"}),
    ("lint README.md CHAN", {"CHANGELOG.md"}),
    ("lint --format s", {"sarif"}),
    ("explain queue", {"queue-without-dead-letter-queue"}),
]
IN_BASH = """\
eval "$(cat "$0")"
[[ $(complete -p msglint) == *" -F _shtab_msglint msglint" ]] || exit 1
COMP_WORDS=(msglint "$@"); COMP_CWORD=$#
_shtab_msglint msglint "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
printf '%s\\n' "${COMPREPLY[@]}"
"""
IN_ZSH = """\
autoload -U compinit; compinit -u -D
eval "$(cat "$0")"
print $_comps[msglint]
"""


def said(*command: str | Path) -> list[str]:
    """Run a shell, and give its lines."""
    if shutil.which(command[0]) is None:
        pytest.skip(f"there is no {command[0]} here")
    done = subprocess.run([str(word) for word in command], cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stderr == ""
    return done.stdout.splitlines()


@pytest.mark.parametrize("shell", SHELLS)
def test_the_scripts_are_current(shell: str) -> None:
    assert run("completion", shell).stdout == (FOLDER / shell).read_text(encoding="utf-8") == script(shell)


def test_a_shell_that_there_is_not_is_wrong_usage() -> None:
    result = run("completion", "tcsh")
    assert result.exit_code == Exit.USAGE
    assert "'fish'" in result.stderr


@pytest.mark.parametrize(("line", "words"), COMPLETED)
def test_bash_completes(line: str, words: set[str]) -> None:
    assert words <= set(said("bash", "--norc", "-c", IN_BASH, FOLDER / "bash", *line.split(" ")))


@pytest.mark.parametrize(("line", "words"), COMPLETED)
def test_fish_completes(line: str, words: set[str]) -> None:
    lines = said(
        "fish", "--no-config", "-c", "source $argv[1]; complete -C $argv[2]", FOLDER / "fish", f"msglint {line}"
    )
    assert words <= {line.partition("\t")[0].rstrip("/") for line in lines}


def test_zsh_takes_the_script() -> None:
    assert said("zsh", "-f", "-c", IN_ZSH, FOLDER / "zsh") == ["_shtab_msglint"]
    assert "*:What to judge" in (FOLDER / "zsh").read_text(encoding="utf-8")
