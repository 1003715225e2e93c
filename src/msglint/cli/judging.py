"""What commands that judge have in common: which files, which rules, and what is known of the deployment."""

import argparse

from msglint.cli.interface import UsageError, counted, listed, tell
from msglint.finding import Report
from msglint.options import Options
from msglint.readers.interface import Assumptions, Configuration, Setting
from msglint.rules.index import RULES


def flags(parser: argparse.ArgumentParser) -> None:
    """Add the flags."""
    add = parser.add_argument
    add("paths", nargs="*", metavar="PATH", help="What to judge (default: the working directory).")
    add(
        "--select",
        action="append",
        default=[],
        metavar="RULES",
        help="Only these rules: codes, beginnings of codes, names.",
    )
    add("--ignore", action="append", default=[], metavar="RULES", help="Not these rules.")
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


def options(given: argparse.Namespace) -> Options:
    """Give what the flags say; `UsageError` where they say what cannot be."""
    said = Options(
        select=listed(given.select),
        ignore=listed(given.ignore),
        link=not given.no_link,
        assumptions=Assumptions(
            listed(given.account),
            listed(given.region),
            _parameters(given),
            _configuration(given),
        ),
    )
    _check_codes(said)
    return said


def judged(given: argparse.Namespace, said: Options) -> Report:
    """Judge what the user names, and tell the notices of that; `UsageError` for what cannot be opened."""
    from msglint import engine  # noqa: PLC0415  # help needs no engine
    from msglint.inputs import MissingInputError  # noqa: PLC0415

    try:
        report = engine.lint(given.paths or (".",), said)
    except MissingInputError as error:
        raise UsageError(str(error)) from error
    for notice in report.notices:
        tell(f"msglint: {notice}")
    if not report.files:
        tell(f"msglint: no template or plan among {counted(len(report.skipped), 'file')}")
    return report


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
