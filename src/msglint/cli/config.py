"""`msglint config`: what is settled for a file, and the schema of what can be."""

import argparse
from pathlib import Path

from msglint.cli.interface import Exit, UsageError, say
from msglint.config.nearest import Flags, Nearest


def run(given: argparse.Namespace) -> int:
    """Show the configuration that holds for a file or directory, each value with its place; or the schema for editors.

    What is shown is TOML that says the same. Values of parameters that are called like secrets are not shown.
    """
    if given.what == "schema":
        from msglint.config import schema  # noqa: PLC0415  # only what is asked for

        say(schema.text())
        return Exit.CLEAN
    from msglint.config import show  # noqa: PLC0415  # only what is asked for

    if not Path(given.path).exists():
        raise UsageError(f"{given.path}: No such file or directory")
    nearest = Nearest(Flags(), file=given.config, isolated=given.isolated)
    file = nearest.of_path(given.path)
    settings = nearest.settings(file)
    nearest.options(file)
    say(
        show.as_json(settings)
        if given.format == "json"
        else show.shown(settings, _about(given.path, file), all_=given.all)
    )
    return Exit.CLEAN


def flags(parser: argparse.ArgumentParser) -> None:
    """Add the flags."""
    add = parser.add_argument
    add(
        "what",
        choices=["show", "schema"],
        metavar="{show,schema}",
        help="What is settled, or the JSON Schema of what can be.",
    )
    add("path", nargs="?", default=".", metavar="PATH", help="The file that is asked about (default: this directory).")
    add("--all", action="store_true", help="Also what is left to the defaults, with what each key does.")
    add("--format", choices=["text", "json"], default="text", help="How it is written.")
    add("--config", metavar="FILE", help="The configuration, whatever is nearest.")
    add("--isolated", action="store_true", help="Read no configuration: with --all, everything that can be settled.")


def _about(path: str, file: str | None) -> str:
    where = "here" if path == "." else f"for {path}"
    return f"No configuration holds {where}." if file is None else f"{file} holds {where}."
