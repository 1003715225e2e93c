"""What is judged, and how: the flags that say so, and the configuration beside the files."""

import argparse
from collections.abc import Mapping, Sequence

from msglint.cli.interface import UsageError, listed
from msglint.config.nearest import Flags, Nearest
from msglint.finding import Entry, Severity
from msglint.options import LONGEST_TIMEOUT, Options
from msglint.readers.interface import Configuration, Setting

SEVERITIES = [severity.value for severity in Severity]


def flags(parser: argparse.ArgumentParser) -> None:
    """Add the flags that say what is judged, and how."""
    parser.add_argument(
        "paths", nargs="*", metavar="PATH", help="What to judge: files and directories (default: this directory)."
    )
    add = parser.add_argument_group("files").add_argument
    add("--force-exclude", action="store_true", help="Pass over what the configuration excludes also where named.")
    add("--no-gitignore", action="store_true", help="Search what git ignores too.")
    add(
        "--timeout-per-file",
        type=_seconds,
        metavar="SECONDS",
        help="Give up files that take longer, of the processor's time (default: 120).",
    )
    add("--no-link", action="store_true", help="Judge each template by itself: no imports, no nested stacks.")
    rules(parser)
    _deployment(parser)
    _terraform(parser)


def rules(parser: argparse.ArgumentParser) -> None:
    """Add the flags that say which rules are asked, and how bad what they find is."""
    add = parser.add_argument_group("configuration").add_argument
    add("--config", metavar="FILE", help="The configuration of all files (default: the one nearest to each).")
    add("--isolated", action="store_true", help="Read no configuration.")
    add = parser.add_argument_group(
        "rules", "By codes (MSG501), beginnings (MSG5) or names (short-polling)."
    ).add_argument
    add(
        "--select",
        action="append",
        default=[],
        metavar="RULES",
        help="Only these rules, whatever the configuration selects.",
    )
    add("--extend-select", action="append", default=[], metavar="RULES", help="These rules too.")
    add(
        "--ignore",
        action="append",
        default=[],
        metavar="RULES",
        help="Not these rules, nor those that the configuration ignores.",
    )
    add("--no-ignore", action="store_true", help="Show what suppressions and exceptions hide.")
    own_rules(parser)


def no_files(parser: argparse.ArgumentParser) -> None:
    """Say for a command that reads no files what the flags about these would say if nobody gave them."""
    nothing = dict.fromkeys(("timeout_per_file", "parameters", "settings", "terraform_dir", "terraform_bin"))
    parser.set_defaults(**nothing, paths=[], force_exclude=False, no_gitignore=False, no_link=True)


def _deployment(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument_group("what is known of the deployment").add_argument
    add("--account", action="append", default=[], metavar="ID", help="An AWS account of yours.")
    add("--region", action="append", default=[], metavar="REGION", help="A Region that is deployed to.")
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
        help="Values of parameters: a file of the AWS CLI, CodePipeline, Git sync or SAM.",
    )
    add("--config-env", default="default", metavar="NAME", help="The environment of a samconfig (default: default).")


def _terraform(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument_group("Terraform").add_argument
    add("--terraform-dir", metavar="DIR", help="The root module of the plan, if it is not beside it.")
    add(
        "--var-file",
        action="append",
        dest="settings",
        type=_file_of_values,
        metavar="FILE",
        help="A file of values of variables.",
    )
    add("--var", action="append", dest="settings", type=_value, metavar="NAME=VALUE", help="The value of a variable.")
    add(
        "--terraform-bin",
        metavar="PATH",
        help="Read binary plans with this terraform or tofu, which starts their providers: only for what you trust.",
    )


def own_rules(parser: argparse.ArgumentParser) -> None:
    """Add the flags that name the company's own rules, beside those that the configuration names."""
    add = parser.add_argument_group("rules of your own", "Their code is run: only what you trust.").add_argument
    add("--rules-dir", action="append", default=[], metavar="DIR", help="A directory of rules.")
    add("--rules-package", action="append", default=[], metavar="NAME", help="An installed package of rules.")


def known(given: argparse.Namespace) -> Sequence[Entry]:
    """Give the rules of msglint, and those of one's own that flags or configuration name. Raises `UsageError`."""
    said = Flags(rules_dirs=tuple(given.rules_dir), rules_packages=listed(given.rules_package))
    return Nearest(said).known()


def gate(parser: argparse.ArgumentParser) -> None:
    """Add the flags that say what fails a run."""
    add = parser.add_argument_group("what fails").add_argument
    add("--fail-on", choices=SEVERITIES, help="The least severity that fails the run (default: warning).")
    add("--show-undecided", action="store_true", help="Show what could not be decided, and why.")
    add("--strict", action="store_true", help="Fail where something could not be decided.")


def paths(given: argparse.Namespace, nearest: Nearest) -> list[str]:
    """Give what is to be judged; with `--force-exclude` nothing that the configuration excludes."""
    named = given.paths or ["."]
    if not given.force_exclude:
        return list(named)
    return [each for each in named if each == "-" or not nearest.excludes(each)]


def no_gate(parser: argparse.ArgumentParser) -> None:
    """Say for a command that nothing fails what the flags of `gate` would say if nobody gave them."""
    parser.set_defaults(fail_on=None, strict=False, show_undecided=False)


def nearest(given: argparse.Namespace, own: tuple[Entry, ...] | None = None) -> Nearest:
    """Give what finds the configuration of each file; `own`: the company's rules, if loaded. Raises `UsageError`."""
    if given.config is not None and given.isolated:
        raise UsageError("--config and --isolated: which of them?")
    said = Flags(
        select=listed(given.select),
        extend_select=listed(given.extend_select),
        ignore=listed(given.ignore),
        fail_on=Severity(given.fail_on) if given.fail_on is not None else None,
        timeout=given.timeout_per_file,
        strict=given.strict,
        show_undecided=given.show_undecided,
        link=not given.no_link,
        suppressing=not given.no_ignore,
        gitignore=not given.no_gitignore,
        accounts=listed(given.account),
        regions=listed(given.region),
        parameters=_parameters(given),
        configuration=_configuration(given),
        rules_dirs=tuple(given.rules_dir),
        rules_packages=listed(given.rules_package),
        paths=tuple(given.paths or (".",)),
    )
    found = Nearest(said, file=given.config, isolated=given.isolated, own=own)
    found.check((*said.select, *said.extend_select, *said.ignore))
    return found


def baseline(given: argparse.Namespace, nearest: Nearest) -> str | None:
    """Give the baseline of a run: the one that is named, else that of the working directory's configuration.

    Who wants to see all that is hidden sees that too.
    """
    named: str | None = given.baseline
    return named if named is not None or given.no_ignore else nearest.baseline()


def here(nearest: Nearest) -> Options:
    """Give what is asked in the working directory."""
    return nearest.options(nearest.file("."))


def _parameters(given: argparse.Namespace) -> Mapping[str, str | None]:
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


def _seconds(written: str) -> float:
    try:
        seconds = float(written)
    except ValueError:
        seconds = 0
    if not 0 < seconds <= LONGEST_TIMEOUT:
        raise argparse.ArgumentTypeError(f"it takes a number of seconds, above 0 and up to {LONGEST_TIMEOUT:.0f}")
    return seconds


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
