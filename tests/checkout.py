"""git for tests that make repositories of their own."""

import os
import subprocess
from pathlib import Path

# What a machine's own configuration may say otherwise, and the owner of a checkout in a container.
SETTINGS = {
    "safe.directory": "*",
    "core.hooksPath": ".git/hooks",
    "commit.gpgSign": "false",
    "init.defaultBranch": "main",
    "protocol.file.allow": "always",
}


def git(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run git as a user who has no name but the one that is given here."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "PRE_COMMIT"))}
    environment |= {
        f"GIT_{role}_{what}": "orders@example.com" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
    }
    environment["GIT_CONFIG_COUNT"] = str(len(SETTINGS))
    for number, (key, value) in enumerate(SETTINGS.items()):
        environment |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
    environment["PRE_COMMIT_HOME"] = str(folder.parent / "pre-commit")
    environment["COLUMNS"] = "100"
    command = ["git", *arguments]
    return subprocess.run(  # noqa: S603
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=600, check=False
    )
