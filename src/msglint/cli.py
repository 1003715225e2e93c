"""The command line: read the flags, call the engine, choose a report, give an exit code."""

import io
import os
import shutil
import sys
from enum import IntEnum
from pathlib import Path

import click

from msglint import __version__
from msglint.finding import Report, Severity, fault
from msglint.options import Options
from msglint.readers.interface import Assumptions
from msglint.rules.index import RULES, Entry

SEVERITIES = [severity.value for severity in Severity]


class Exit(IntEnum):
    """What an exit code means."""

    CLEAN = 0
    FINDINGS = 1
    USAGE = 2
    FAILED = 3


class Door(click.Group):
    """The command line: a failure of msglint itself is one line and an exit code of its own."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except Exception as error:  # noqa: BLE001  # nobody but us can do anything about it
            click.echo(
                f"msglint failed ({fault(error)}). Please report this, with the file that brings it about", err=True
            )
            ctx.exit(Exit.FAILED)


@click.group(cls=Door, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="msglint", message="%(prog)s %(version)s")
def main() -> None:
    """Find what loses messages, lets others in, or leaks passwords in AWS messaging templates."""


@main.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option(
    "--format", "format_", type=click.Choice(["text", "json"]), default="text", help="How findings are written."
)
@click.option("--output", type=click.Path(dir_okay=False), metavar="FILE", help="Write the report to a file.")
@click.option("--select", multiple=True, metavar="RULES", help="Only these rules: codes, beginnings of codes, names.")
@click.option("--ignore", multiple=True, metavar="RULES", help="Not these rules.")
@click.option("--fail-on", type=click.Choice(SEVERITIES), default="warning", help="Least severity that fails the run.")
@click.option("--show-undecided", is_flag=True, help="Show what could not be decided, and why.")
@click.option("--strict", is_flag=True, help="Fail where something could not be decided.")
@click.option("--quiet", is_flag=True, help="One line for each finding and nothing else.")
@click.option("--no-color", is_flag=True, help="No colours, also on a terminal.")
@click.option("--account", multiple=True, metavar="ID", help="An AWS account of yours that this is deployed to.")
@click.option("--region", multiple=True, metavar="REGION", help="A Region that this is deployed to.")
@click.option("--parameter", multiple=True, metavar="KEY=VALUE", help="The value of a template parameter.")
def lint(
    paths: tuple[str, ...],
    format_: str,
    output: str | None,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    fail_on: str,
    show_undecided: bool,
    strict: bool,
    quiet: bool,
    no_color: bool,
    account: tuple[str, ...],
    region: tuple[str, ...],
    parameter: tuple[str, ...],
) -> None:
    """Judge templates and plans: files, directories, or - for standard input.

    CloudFormation templates (YAML, JSON) and Terraform plans (terraform show -json) are known by what they say,
    whatever their names. Exit code: 0 clean, 1 findings, 2 wrong usage, 3 msglint failed.
    """
    from msglint import engine  # noqa: PLC0415  # help needs no engine
    from msglint.inputs import MissingInputError  # noqa: PLC0415

    options = Options(
        select=_listed(select),
        ignore=_listed(ignore),
        fail_on=Severity(fail_on),
        show_undecided=show_undecided,
        strict=strict,
        assumptions=Assumptions(_listed(account), _listed(region), dict(_pair(each) for each in parameter)),
    )
    _check_codes(options)
    try:
        report = engine.lint(paths or (".",), options)
    except MissingInputError as error:
        raise click.UsageError(str(error)) from error
    if not report.files:
        click.echo(f"msglint: no template or plan among {_counted(len(report.skipped), 'file')}", err=True)
    _write(report, options, format_, output, quiet=quiet, color=not no_color and output is None and _on_terminal())
    sys.exit(Exit.FINDINGS if engine.fails(report, options) else Exit.CLEAN)


@main.command()
@click.argument("rule", metavar="RULE")
def explain(rule: str) -> None:
    """Print the documentation of a rule, by its code or name."""
    from msglint.reports.rules import page  # noqa: PLC0415  # only what is asked for
    from msglint.rules.interface import load  # noqa: PLC0415

    entry = _called(rule)
    _print(page(load(entry.module, entry.name), width=_width(), color=_on_terminal()), color=_on_terminal())


@main.command()
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", help="How they are written.")
def rules(format_: str) -> None:
    """List all rules with what they find."""
    from msglint.reports.rules import as_json, lines  # noqa: PLC0415  # only what is asked for

    text = as_json(RULES) if format_ == "json" else lines(RULES, color=_on_terminal())
    _print(text, color=_on_terminal())


def _called(name: str) -> Entry:
    """Give the rule of a code or name, in whatever case; wrong usage if there is none."""
    known = {word: entry for entry in RULES for word in (entry.code.lower(), entry.name)}
    found = known.get(name.lower())
    if found is not None:
        return found
    from difflib import get_close_matches  # noqa: PLC0415  # only for who has misspelt it

    near = dict.fromkeys(known[word] for word in get_close_matches(name.lower(), known))
    told = "the nearest: " + ", ".join(f"{entry.code} {entry.name}" for entry in near)
    raise click.UsageError(f"no rule is called {name!r}; {told if near else 'see msglint rules'}")


def _write(report: Report, options: Options, format_: str, output: str | None, *, quiet: bool, color: bool) -> None:
    if format_ == "json":
        from msglint.reports.json_report import render as render_json  # noqa: PLC0415  # only the report asked for

        text = render_json(report, show_undecided=options.show_undecided)
    else:
        from msglint.reports.text import render as render_text  # noqa: PLC0415  # only the report asked for

        text = render_text(report, show_undecided=options.show_undecided, quiet=quiet, color=color, width=_width())
    if output is not None:
        _save(text, Path(output))
    elif format_ == "json":
        click.echo(text.encode(), nl=False)  # JSON is UTF-8, whatever the terminal speaks
    else:
        _print(text, color=color)


def _print(text: str, *, color: bool) -> None:
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    click.echo(text, nl=False, color=color)


def _save(text: str, target: Path) -> None:
    """Write a file at once or not at all; a pipe or a device is only written to."""
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
        raise click.UsageError(f"{target}: {error.strerror or error}") from error


def _width() -> int:
    return shutil.get_terminal_size((100, 24)).columns


def _on_terminal() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _listed(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(part.strip() for value in values for part in value.split(",") if part.strip())


def _pair(written: str) -> tuple[str, str]:
    name, equals, value = written.partition("=")
    if not equals or not name:
        # Not what was written: it may be the value, and a secret.
        raise click.UsageError("--parameter takes KEY=VALUE")
    return name, value


def _check_codes(options: Options) -> None:
    for pattern in (*options.select, *options.ignore):
        if not any(entry.name == pattern or entry.code.startswith(pattern.upper()) for entry in RULES):
            raise click.UsageError(f"no rule is called {pattern!r}")


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
