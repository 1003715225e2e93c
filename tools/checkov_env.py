"""Print the path of a checkov installed as tests/checkov-requirements.txt says; the first call installs it.

Its environment lies in the user's cache, named by the hash of that file, so that all checkouts share it. It does not
hold msglint: who runs that checkov puts `src` on PYTHONPATH. Where it cannot be installed, standard error says so and
nothing is printed; that is a failure only where CI is set.
"""

import fcntl
import hashlib
import os
import subprocess
import sys
from pathlib import Path

LOCK = Path(__file__).parents[1] / "tests" / "checkov-requirements.txt"


def home() -> Path:
    """Give the directory of the environment for this lock and this Python."""
    made_from = f"{sys.base_prefix} {sys.version} {LOCK.read_text(encoding='utf-8')}"
    key = hashlib.sha256(made_from.encode()).hexdigest()[:16]
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "msglint" / f"checkov-{key}"


def install(where: Path) -> None:
    """Make the environment unless it is complete; raise OSError or CalledProcessError where that fails."""
    where.parent.mkdir(parents=True, exist_ok=True)
    with where.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        complete = where / ".complete"
        if complete.exists():
            return
        print(f"Installing checkov into {where}, once", file=sys.stderr)
        pip = [str(where / "bin" / "python"), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
        for command in ([sys.executable, "-m", "venv", "--clear", str(where)], [*pip, "-r", str(LOCK)]):
            subprocess.run(command, check=True, stdout=sys.stderr)
        complete.touch()


def main() -> int:
    """Give the exit status."""
    try:
        where = home()
        install(where)
    except (OSError, RuntimeError, subprocess.CalledProcessError) as error:
        print(f"checkov is not installed ({error}): the tests of its door cannot run", file=sys.stderr)
        return 1 if os.environ.get("CI") else 0
    print(where / "bin" / "checkov")
    return 0


if __name__ == "__main__":
    sys.exit(main())
