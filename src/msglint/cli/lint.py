"""`msglint lint`: judge files and directories, and report what was found."""

import argparse

from msglint.cli import output, own
from msglint.cli.interface import Exit, UsageError, counted, listed, tell
from msglint.finding import Severity
from msglint.options import Options, named
from msglint.readers.interface import Assumptions, Configuration, Setting

SEVERITIES = [severity.value for severity in Severity]


def run(given: argparse.Namespace) -> int:
    """Judge templates and plans: files, directories, or - for standard input.

    CloudFormation templates (YAML, JSON) and Terraform plans (terraform show -json) are known by what they say,
    whatever their names. Exit code: 0 clean, 1 findings, 2 wrong usage, 3 msglint failed.
    """
    from msglint import engine  # noqa: PLC0415  # help needs no engine
    from msglint.inputs import MissingInputError  # noqa: PLC0415

    options = Options(
        select=listed(given.select),
        ignore=listed(given.ignore),
        fail_on=Severity(given.fail_on),
        show_undecided=given.show_undecided,
        strict=given.strict,
        link=not given.no_link,
        assumptions=Assumptions(
            listed(given.account),
            listed(given.region),
            _parameters(given),
            _configuration(given),
        ),
        rules=own.rules(given),
    )
    _check_codes(options)
    try:
        report = engine.lint(given.paths or (".",), options)
    except MissingInputError as error:
        raise UsageError(str(error)) from error
    for notice in report.notices:
        tell(f"msglint: {notice}")
    if not report.files:
        tell(f"msglint: no template or plan among {counted(len(report.skipped), 'file')}")
    output.write(report, given, options)
    return Exit.FINDINGS if engine.fails(report, options) else Exit.CLEAN


def flags(parser: argparse.ArgumentParser) -> None:
    """Add the flags."""
    add = parser.add_argument
    add("paths", nargs="*", metavar="PATH", help="What to judge (default: the working directory).")
    output.flags(parser)
    add(
        "--select",
        action="append",
        default=[],
        metavar="RULES",
        help="Only these rules: codes, beginnings of codes, names.",
    )
    add("--ignore", action="append", default=[], metavar="RULES", help="Not these rules.")
    own.flags(parser)
    add("--fail-on", choices=SEVERITIES, default="warning", help="Least severity that fails the run.")
    add("--show-undecided", action="store_true", help="Show what could not be decided, and why.")
    add("--strict", action="store_true", help="Fail where something could not be decided.")
    add("--no-link", action="store_true", help="Judge each template by itself: no imports, no nested stacks.")
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
        if not any(named(entry, pattern) for entry in options.rules):
            raise UsageError(f"no rule is called {pattern!r}")
