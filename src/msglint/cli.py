"""The command line: read the flags, call the engine, choose a report, give an exit code."""

import argparse
import io
import os
import sys
from collections.abc import Sequence
from enum import IntEnum

from msglint import __version__
from msglint.finding import Report, Severity, fault
from msglint.options import Options
from msglint.readers.interface import Assumptions, Configuration, Setting
from msglint.rules.index import RULES, Entry

SEVERITIES = [severity.value for severity in Severity]


class Exit(IntEnum):
    """What an exit code means."""

    CLEAN = 0
    FINDINGS = 1
    USAGE = 2
    FAILED = 3
    INTERRUPTED = 130


class UsageError(Exception):
    """What the user asks for cannot be done; the message says why."""


def main(arguments: Sequence[str]) -> int:
    """Run a command, and give the exit code; argparse raises SystemExit for help and wrong usage.

    A failure of msglint itself is one line and an exit code of its own.
    """
    name, *words = arguments or [""]
    if name not in _COMMANDS:
        about = _about()
        about.parse_args(arguments)
        about.error("the command comes first")
    parser = argparse.ArgumentParser(
        f"msglint {name}", description=_COMMANDS[name].__doc__, formatter_class=_help, allow_abbrev=False
    )
    _OPTIONS[name](parser)
    given = parser.parse_intermixed_args(words)
    try:
        code = _COMMANDS[name](given)
        sys.stdout.flush()
    except UsageError as error:
        parser.error(_safe(str(error)))
    except BrokenPipeError:
        # Who reads our output has heard enough. Nothing more is written, not even when the process ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.FINDINGS
    except KeyboardInterrupt:
        return Exit.INTERRUPTED
    except Exception as error:  # noqa: BLE001  # nobody but us can do anything about it
        _tell(f"msglint failed ({fault(error)}). Please report this, with the file that brings it about")
        return Exit.FAILED
    return code


def _help(prog: str) -> argparse.HelpFormatter:
    """Lay out help. A parser asks for this while it is made, and without a width it would import more for it."""
    return argparse.HelpFormatter(prog, width=min(_width(), 100))


def _about() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "msglint",
        description="Find what loses messages, lets others in, or leaks passwords in AWS messaging templates.",
        epilog="msglint COMMAND --help says more",
        formatter_class=_help,
    )
    parser.add_argument("--version", action="version", version=f"msglint {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name, command in _COMMANDS.items():
        commands.add_parser(name, help=(command.__doc__ or "").partition("\n")[0])
    return parser


def _lint(given: argparse.Namespace) -> int:
    """Judge templates and plans: files, directories, or - for standard input.

    CloudFormation templates (YAML, JSON) and Terraform plans (terraform show -json) are known by what they say,
    whatever their names. Exit code: 0 clean, 1 findings, 2 wrong usage, 3 msglint failed.
    """
    from msglint import engine  # noqa: PLC0415  # help needs no engine
    from msglint.inputs import MissingInputError  # noqa: PLC0415

    options = Options(
        select=_listed(given.select),
        ignore=_listed(given.ignore),
        fail_on=Severity(given.fail_on),
        show_undecided=given.show_undecided,
        strict=given.strict,
        link=not given.no_link,
        assumptions=Assumptions(
            _listed(given.account),
            _listed(given.region),
            _parameters(given),
            _configuration(given),
        ),
    )
    _check_codes(options)
    try:
        report = engine.lint(given.paths or (".",), options)
    except MissingInputError as error:
        raise UsageError(str(error)) from error
    for notice in report.notices:
        _tell(f"msglint: {notice}")
    if not report.files:
        _tell(f"msglint: no template or plan among {_counted(len(report.skipped), 'file')}")
    color = not given.no_color and given.output is None and _on_terminal()
    _write(report, options, given.format, given.output, quiet=given.quiet, color=color)
    return Exit.FINDINGS if engine.fails(report, options) else Exit.CLEAN


def _lint_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("paths", nargs="*", metavar="PATH", help="What to judge (default: the working directory).")
    add(
        "--format",
        choices=["text", "json", "sarif", "github"],
        default="text",
        help="How findings are written: for people, programmes, code scanning, or as annotations in GitHub Actions.",
    )
    add("--output", metavar="FILE", help="Write the report to a file.")
    add(
        "--select",
        action="append",
        default=[],
        metavar="RULES",
        help="Only these rules: codes, beginnings of codes, names.",
    )
    add("--ignore", action="append", default=[], metavar="RULES", help="Not these rules.")
    add("--fail-on", choices=SEVERITIES, default="warning", help="Least severity that fails the run.")
    add("--show-undecided", action="store_true", help="Show what could not be decided, and why.")
    add("--strict", action="store_true", help="Fail where something could not be decided.")
    add("--no-link", action="store_true", help="Judge each template by itself: no imports, no nested stacks.")
    add("--quiet", action="store_true", help="One line for each finding and nothing else.")
    add("--no-color", action="store_true", help="No colours, also on a terminal.")
    add(
        "--account", action="append", default=[], metavar="ID", help="An AWS account of yours that this is deployed to."
    )
    add("--region", action="append", default=[], metavar="REGION", help="A Region that this is deployed to.")
    add(
        "--parameter",
        action="append",
        dest="parameters",
        type=_value,
        metavar="KEY=VALUE",
        help="The value of a template parameter.",
    )
    add(
        "--parameters",
        action="append",
        type=_file_of_values,
        metavar="FILE",
        help="A file of values of template parameters: of the AWS CLI, CodePipeline, Git sync, or samconfig. Later "
        "ones win.",
    )
    add(
        "--config-env",
        default="default",
        metavar="NAME",
        help="The environment of a samconfig file (default: default).",
    )
    add(
        "--terraform-dir",
        metavar="DIR",
        help="The root module of the plan (default: the plan's directory or the working directory, if it is there).",
    )
    add(
        "--var-file",
        action="append",
        dest="settings",
        type=_file_of_values,
        metavar="FILE",
        help="A file of values of Terraform variables. Later ones win.",
    )
    add(
        "--var",
        action="append",
        dest="settings",
        type=_value,
        metavar="NAME=VALUE",
        help="The value of a Terraform variable.",
    )
    add(
        "--terraform-bin",
        metavar="PATH",
        help="Read binary plans with this terraform or tofu (show -json). It starts the providers that are installed "
        "beside the plan: only for code that you trust.",
    )


def _explain(given: argparse.Namespace) -> int:
    """Print the documentation of a rule, by its code or name."""
    from msglint.reports.rules import page  # noqa: PLC0415  # only what is asked for
    from msglint.rules.interface import load  # noqa: PLC0415

    entry = _called(given.rule)
    _print(page(load(entry.module, entry.name), width=_width(), color=_on_terminal()))
    return Exit.CLEAN


def _explain_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("rule", metavar="RULE", help="Its code or name.")


def _rules(given: argparse.Namespace) -> int:
    """List all rules with what they find."""
    from msglint.reports.rules import as_json, lines  # noqa: PLC0415  # only what is asked for

    _print(as_json(RULES) if given.format == "json" else lines(RULES, color=_on_terminal()))
    return Exit.CLEAN


def _rules_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--format", choices=["text", "json"], default="text", help="How they are written.")


_COMMANDS = {"lint": _lint, "explain": _explain, "rules": _rules}
_OPTIONS = {"lint": _lint_options, "explain": _explain_options, "rules": _rules_options}


def _called(name: str) -> Entry:
    """Give the rule of a code or name, in whatever case; wrong usage if there is none."""
    known = {word: entry for entry in RULES for word in (entry.code.lower(), entry.name)}
    found = known.get(name.lower())
    if found is not None:
        return found
    from difflib import get_close_matches  # noqa: PLC0415  # only for who has misspelt it

    near = dict.fromkeys(known[word] for word in get_close_matches(name.lower(), known))
    told = "the nearest: " + ", ".join(f"{entry.code} {entry.name}" for entry in near)
    raise UsageError(f"no rule is called {name!r}; {told if near else 'see msglint rules'}")


def _write(report: Report, options: Options, format_: str, output: str | None, *, quiet: bool, color: bool) -> None:
    # In CI nobody is asked again: what fails the run is in the report.
    undecided = options.show_undecided or options.strict
    if format_ == "json":
        from msglint.reports.json_report import render as render_json  # noqa: PLC0415  # only the report asked for

        text = render_json(report, show_undecided=options.show_undecided)
    elif format_ == "sarif":
        from msglint.reports.sarif import limit  # noqa: PLC0415  # only the report asked for
        from msglint.reports.sarif import render as render_sarif  # noqa: PLC0415

        text = render_sarif(report, show_undecided=undecided)
        if (cut := limit(len(report.findings) + (len(report.undecided) if undecided else 0))) is not None:
            _tell(f"msglint: {cut}")
    elif format_ == "github":
        from msglint.reports.github import render as render_github  # noqa: PLC0415  # only the report asked for

        text = render_github(report, show_undecided=undecided, quiet=quiet)
    else:
        from msglint.reports.text import render as render_text  # noqa: PLC0415  # only the report asked for

        text = render_text(report, show_undecided=options.show_undecided, quiet=quiet, color=color, width=_width())
    if output is not None:
        _save(text, output)
    elif format_ == "text":
        _print(text)
    else:
        sys.stdout.buffer.write(text.encode())  # programmes read UTF-8, whatever the terminal speaks


def _tell(message: str) -> None:
    sys.stderr.write(f"{_safe(message)}\n")


def _safe(message: str) -> str:
    """Write what a terminal could obey as an escape: names in a file may be anybody's."""
    from msglint.reports.terminal import safe  # noqa: PLC0415  # few runs have anything to tell

    return safe(message)


def _print(text: str) -> None:
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    sys.stdout.write(text)


def _save(text: str, name: str) -> None:
    """Write a file at once or not at all; a pipe or a device is only written to."""
    from pathlib import Path  # noqa: PLC0415  # a thirtieth of a short run, and seldom needed

    target = Path(name)
    try:
        if target.exists() and not target.is_file():
            target.write_text(text, encoding="utf-8")
            return
        target = Path(os.path.realpath(target))
        beside = target.with_name(f".{target.name}.{os.getpid()}")
        try:
            beside.write_text(text, encoding="utf-8")
            beside.replace(target)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(f"{target}: {error.strerror or error}") from error


def _width() -> int:
    """Give the columns of the terminal, as `shutil.get_terminal_size` does, which is slow to import."""
    try:
        return int(os.environ.get("COLUMNS") or 0) or os.get_terminal_size().columns or 100
    except (ValueError, OSError):
        return 100


def _on_terminal() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _listed(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(part.strip() for value in values for part in value.split(",") if part.strip())


def _parameters(given: argparse.Namespace) -> dict[str, str | None]:
    """Give the values of template parameters, of which later ones win."""
    values: dict[str, str | None] = {}
    for name, text in given.parameters or ():
        if name is None:
            from msglint.readers.cloudformation import parameter_files  # noqa: PLC0415  # few runs have any

            try:
                values.update(parameter_files.values(text, given.config_env))
            except parameter_files.UnusableFileError as error:
                raise UsageError(f"--parameters: {error}") from error
        elif name:
            values[name] = text
        else:
            # Not what was written: it may be the value, and a secret.
            raise UsageError("--parameter takes KEY=VALUE")
    return values


def _value(written: str) -> Setting:
    name, equals, value = written.partition("=")
    return Setting(name if equals else "", value)


def _file_of_values(path: str) -> Setting:
    return Setting(None, path)


def _configuration(given: argparse.Namespace) -> Configuration:
    """Give what the flags say of Terraform."""
    directory, settings, binary = given.terraform_dir, tuple(given.settings or ()), given.terraform_bin
    if not settings and directory is None and binary is None:
        return Configuration(here=True)
    from pathlib import Path  # noqa: PLC0415  # few runs say anything
    from shutil import which  # noqa: PLC0415

    if directory is not None and not Path(directory).is_dir():
        raise UsageError(f"--terraform-dir: there is no directory {directory}")
    for setting in settings:
        if setting.variable is None and not Path(setting.text).exists():
            raise UsageError(f"--var-file: there is no file {setting.text}")
        if setting.variable == "":
            # Not what was written: it may be the value, and a secret.
            raise UsageError("--var takes NAME=VALUE")
    if binary is not None and (found := which(binary)) is None:
        raise UsageError(f"--terraform-bin: there is no programme {binary}")
    return Configuration(directory, here=True, settings=settings, binary=binary and str(Path(found).absolute()))


def _check_codes(options: Options) -> None:
    for pattern in (*options.select, *options.ignore):
        if not any(entry.name == pattern or entry.code.startswith(pattern.upper()) for entry in RULES):
            raise UsageError(f"no rule is called {pattern!r}")


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
