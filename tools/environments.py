"""Environments that hold one tool each, apart from ours, in the user's cache.

They are named by the hash of what they are made from, so that all checkouts share them and none is ever out of date.
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

_MADE_BY = "import ensurepip, sys, venv; print(sys.base_prefix, sys.version)"


def python_environment(name: str, lock: Path, python: str = sys.executable) -> Path:
    """Give the directory of a virtual environment with exactly the packages of a lock; the first call makes it.

    Raises OSError or CalledProcessError where it cannot be made, as where packages do not fit together.
    """
    where = _home(name, _said(python, "-c", _MADE_BY), lock.read_text(encoding="utf-8"))
    with _making(where) as missing:
        if missing:
            pip = [str(where / "bin" / "python"), "-m", "pip", "--disable-pip-version-check"]
            _run(python, "-m", "venv", "--clear", str(where))
            _run(*pip, "install", "-qq", "--no-deps", "--require-hashes", "-r", str(lock))
            _run(*pip, "check")
    return where


def checkout_environment(python: str, checkout: Path) -> Path:
    """Give the directory of a virtual environment of a Python with what a checkout needs; the first call makes it.

    Who uses it puts the checkout's own sources on PYTHONPATH. Raises OSError or CalledProcessError where it cannot be
    made.
    """
    where = _home(
        "python-core", _said(python, "-c", _MADE_BY), (checkout / "pyproject.toml").read_text(encoding="utf-8")
    )
    with _making(where) as missing:
        if missing:
            _run(python, "-m", "venv", "--clear", str(where))
            pip = [str(where / "bin" / "python"), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
            _run(*pip, "-e", str(checkout))
    return where


def node_environment(name: str, package: Path) -> Path:
    """Give a directory with the node packages of a package.json and its lock; the first call makes it.

    Peer dependencies are left out. Raises OSError or CalledProcessError where it cannot be made.
    """
    files = [package / "package.json", package / "package-lock.json"]
    where = _home(name, *(file.read_text(encoding="utf-8") for file in files))
    with _making(where) as missing:
        if missing:
            where.mkdir(exist_ok=True)
            for file in files:
                shutil.copy(file, where)
            _run("npm", "ci", "--silent", "--ignore-scripts", "--legacy-peer-deps", "--prefix", str(where))
    return where


def _home(name: str, *made_from: str) -> Path:
    key = hashlib.sha256(" ".join(made_from).encode()).hexdigest()[:16]
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "msglint" / f"{name}-{key}"


@contextlib.contextmanager
def _making(where: Path) -> Iterator[bool]:
    """Say whether an environment is still to be made, alone among all processes; it is complete once that succeeds."""
    where.parent.mkdir(parents=True, exist_ok=True)
    with where.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        complete = where / ".complete"
        missing = not complete.exists()
        if missing:
            print(f"Making {where}, once", file=sys.stderr)
        yield missing
        complete.touch()


def _run(*command: str) -> None:
    # The file itself: what stands for it in a test is none that a process can write to.
    subprocess.run(command, check=True, stdout=2)


def _said(*command: str) -> str:
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
