"""Write tests/checkov-requirements.txt: the newest checkov and all it needs, for every Python that msglint supports.

Each of these Pythons must be at hand, with pip, since only it knows what it installs.
"""

import json
import subprocess
from pathlib import Path

LOCK = Path(__file__).parents[1] / "tests" / "checkov-requirements.txt"
PYTHONS = ("3.10", "3.11", "3.12", "3.13")
# All behind the first are what msglint needs.
WANTED = ("checkov>=3.3,<4", "PyYAML", "msgspec", "click", "tree-sitter", "tree-sitter-javascript")
LEFT_OUT = ("pyston", "pyston-autoload")  # wanted on some platforms only; pip adds them there
HEADER = "# checkov and what msglint needs beside it. Written by `make lock`; the environment is made by `make test`.\n"


def resolve(python: str) -> set[tuple[str, str]]:
    """Give the (name, version) pairs that pip would install on that Python, e.g. "3.12"."""
    pip = [f"python{python}", "-m", "pip", "install", "-qq", "--dry-run", "--ignore-installed", "--report", "-"]
    report = subprocess.run([*pip, *WANTED], check=True, stdout=subprocess.PIPE).stdout
    packages = [item["metadata"] for item in json.loads(report)["install"]]
    return {(package["name"], package["version"]) for package in packages if package["name"] not in LEFT_OUT}


def marker(pythons: list[str]) -> str:
    """Give the environment marker for neighbouring Pythons; the oldest and the newest stand for all beyond them."""
    lower = [] if pythons[0] == PYTHONS[0] else [f'python_version >= "{pythons[0]}"']
    upper = [] if pythons[-1] == PYTHONS[-1] else [f'python_version <= "{pythons[-1]}"']
    return " and ".join(lower + upper)


def main() -> None:
    """Resolve for each Python and write the union."""
    found = {python: resolve(python) for python in PYTHONS}
    lines = []
    for name, version in sorted(set().union(*found.values()), key=lambda pair: (pair[0].lower(), pair[1])):
        condition = marker([python for python in PYTHONS if (name, version) in found[python]])
        lines.append(f"{name}=={version}" + (f" ; {condition}" if condition else "") + "\n")
    LOCK.write_text(HEADER + "".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
