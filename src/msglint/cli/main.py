"""The command line: find the command, parse its flags, run it, and give an exit code."""

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from types import ModuleType

from msglint import __version__
from msglint.cli.interface import Exit, UsageError, columns, tell
from msglint.finding import fault

COMMANDS = ("init", "lint", "baseline", "explain", "rules", "config", "new-rule", "completion")
"""Each is a module here: `flags` adds its flags to a parser, `run` does it, and the docstring of that is its help."""


def main(arguments: Sequence[str]) -> int:
    """Run a command, and give the exit code; argparse raises SystemExit for help and wrong usage.

    A failure of msglint itself is one line and an exit code of its own.
    """
    name, *words = arguments or [""]
    if name not in COMMANDS:
        about = about_all()
        about.parse_args(arguments)
        about.error("the command comes first")
    command = _command(name)
    parser = argparse.ArgumentParser(
        f"msglint {name}", description=command.run.__doc__, formatter_class=_help, allow_abbrev=False
    )
    command.flags(parser)
    given = parser.parse_intermixed_args(words)
    try:
        code = int(command.run(given))
        sys.stdout.flush()
    except UsageError as error:
        # Without the usage: it would push what is wrong out of sight, and the flags are seldom to blame.
        for line in (f"msglint {name}: error: {error}", *(f"  {detail}" for detail in error.details)):
            tell(line)
        return Exit.USAGE
    except BrokenPipeError:
        # Who reads our output has heard enough. Nothing more is written, not even when the process ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.FINDINGS
    except KeyboardInterrupt:
        return Exit.INTERRUPTED
    except Exception as error:  # noqa: BLE001  # nobody but us can do anything about it
        tell(f"msglint failed ({fault(error)}). Please report this, with the file that brings it about")
        return Exit.FAILED
    return code


def _command(name: str) -> ModuleType:
    """Load one command: help needs no engine, and a run no other command."""
    return importlib.import_module(f"msglint.cli.{name.replace('-', '_')}")


def _help(prog: str) -> argparse.HelpFormatter:
    """Lay out help. A parser asks for this while it is made, and without a width it would import more for it."""
    return argparse.HelpFormatter(prog, width=min(columns(), 100))


def about_all() -> argparse.ArgumentParser:
    """Make a parser that knows all commands with their flags."""
    parser = argparse.ArgumentParser(
        "msglint",
        description="Find what loses messages, lets others in, or leaks passwords in AWS messaging templates.",
        epilog="msglint COMMAND --help says more",
        formatter_class=_help,
    )
    parser.add_argument("--version", action="version", version=f"msglint {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name in COMMANDS:
        command = _command(name)
        command.flags(commands.add_parser(name, help=(command.run.__doc__ or "").partition("\n")[0]))
    return parser
