"""`msglint completion`: the script that lets a shell complete commands, flags, rules and files."""

import argparse

from msglint.cli.interface import Exit, say

SHELLS = ("bash", "zsh", "fish")


def run(given: argparse.Namespace) -> int:
    """Print the script with which a shell completes the words of msglint."""
    from importlib.resources import files  # noqa: PLC0415  # only here

    say((files("msglint.cli") / "shells" / given.shell).read_text(encoding="utf-8"))
    return Exit.CLEAN


def flags(parser: argparse.ArgumentParser) -> None:
    """Add the flags."""
    parser.add_argument("shell", choices=SHELLS, metavar=f"{{{','.join(SHELLS)}}}", help="For which shell.")
