"""The command line: find the command, parse its flags, run it, and give an exit code."""

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from types import ModuleType

from msglint import __version__
from msglint.cli.interface import Exit, UsageError, complain, mute, say, tell
from msglint.cli.parser import Parser
from msglint.finding import fault
from msglint.options import misspelt

COMMANDS = ("init", "lint", "scan", "baseline", "explain", "rules", "config", "new-rule", "completion")
"""Each is a module here: `flags` adds its flags to a parser, `run` does it, and the docstring of that is its help."""

_ABOUT = ("-h", "--help", "--version")


def main(arguments: Sequence[str]) -> int:
    """Run a command, and give the exit code. A failure of msglint itself is one line and an exit code of its own."""
    name = arguments[0] if arguments else ""
    try:
        try:
            code = _run(name, arguments)
        except SystemExit as stop:  # argparse has shown help, or what is wrong
            code = int(stop.code or 0)
        sys.stdout.flush()
    except UsageError as error:
        # Without the usage: it would push what is wrong out of sight, and the flags are seldom to blame.
        complain(name, error)
        return Exit.USAGE
    except BrokenPipeError:
        # Who reads our output has heard enough.
        mute(sys.stdout)
        return Exit.FINDINGS
    except Exception as error:
        if _is_interrupt(error):
            raise KeyboardInterrupt from error
        if _is_nowhere():
            complain(name, UsageError("the working directory is not there any more"))
            return Exit.USAGE
        tell(f"msglint failed ({fault(error)}). Please report this, with the file that brings it about")
        return Exit.FAILED
    return code


def _is_interrupt(error: BaseException) -> bool:
    """Say whether an error is what became of an interrupt: Python makes another one of it while it makes a class."""
    before = error.__context__
    return before is not None and (isinstance(before, KeyboardInterrupt) or _is_interrupt(before))


def _is_nowhere() -> bool:
    try:
        os.getcwd()  # noqa: PTH109  # pathlib is slow to import
    except FileNotFoundError:
        return True
    return False


def _run(name: str, arguments: Sequence[str]) -> int:
    if name == "--version":  # asked for by scripts, which need not wait for all commands
        say(f"msglint {__version__}\n")
        return Exit.CLEAN
    if name not in COMMANDS:
        about = about_all()
        if not arguments:
            about.print_help(sys.stderr)
            return Exit.USAGE
        if name not in _ABOUT:
            about.error(_wrong(name))
        about.parse_args(arguments)
    command = _command(name)
    parser = Parser(f"msglint {name}", description=command.run.__doc__)
    command.flags(parser)
    return int(command.run(parser.parsed(arguments[1:])))


def _wrong(name: str) -> str:
    """Say what is wrong with a word in the place of the command, and what may be meant."""
    near = misspelt(name, (*COMMANDS, *_ABOUT))
    known = f" (there are {', '.join(COMMANDS)})"
    if name.startswith("-") and not near:
        return f"the command comes first, then {name.partition('=')[0]!r}"
    if os.path.exists(name):  # noqa: PTH110  # Path fails on a word that is too long for a name
        near = f"; did you mean msglint lint {name}?"
    return f"no command is called {name!r}{near or known}"


def _command(name: str) -> ModuleType:
    """Load one command: help needs no engine, and a run no other command."""
    return importlib.import_module(f"msglint.cli.{name.replace('-', '_')}")


def about_all() -> argparse.ArgumentParser:
    """Make a parser that knows all commands with their flags."""
    parser = Parser(
        "msglint",
        description="Find what loses messages, lets others in, or leaks passwords in AWS messaging templates.",
        epilog="msglint COMMAND --help says more",
    )
    parser.add_argument("--version", action="version", version=f"msglint {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True, prog="msglint")
    for name in COMMANDS:
        command = _command(name)
        command.flags(commands.add_parser(name, help=(command.run.__doc__ or "").partition("\n")[0]))
    return parser
