"""The configuration that a repository begins with: it settles no more than the default, and explains each key."""

import os
from collections.abc import Iterator, Sequence

from msglint.config.files import NAMES
from msglint.config.show import describe, toml
from msglint.scaffold.interface import Draft, Left
from msglint.scaffold.survey import Survey

FILE = NAMES[0]

BASELINE = "msglint-baseline.json"
"""What the configuration proposes to call the baseline, as `msglint baseline` calls it."""

_HEAD = """\
# What msglint is asked in this repository. Lines like #strict = true are settings that are not made: take the #
# away to make one. `msglint config show` tells what holds and where it is written, and with --all every key.
"""
_SINGLE = {
    "fail-on": 'fail-on = "warning"',
    "strict": "#strict = true",
    "select": '#select = ["MSG1", "dead-letter-queue-rejects-sender"]',
    "ignore": '#ignore = ["MSG302"]',
    "exclude": '#exclude = ["tests/fixtures/"]',
    "accounts": '#accounts = ["123456789012"]',
    "regions": '#regions = ["eu-west-1"]',
    "trusted-accounts": '#trusted-accounts = ["210987654321"]',
    "organisations": '#organisations = ["o-a1b2c3d4e5"]',
    "baseline": f"#baseline = {toml(BASELINE)}",
    "require-reason": "#require-reason = true",
}
_TABLES = {
    "severities": '#[severities]\n#short-polling = "info"',
    "per-path-ignores": '#[per-path-ignores]\n#"sandbox/" = ["MSG3", "MSG7"]',
    "parameters": '#[parameters]\n#Stage = "live"',
    "variables": '#[variables]\n#stage = "live"',
    "exceptions": """\
#[[exceptions]]
#rule = "MSG701"
#resource = "OrdersQueue"
#expires = 2027-12-31
#reason = "what comes in late is worth nothing, and may be lost" """.rstrip(),
}
_MOST_FILES = 5
_ONE_STAGE = "# Of several stages name one here, and the others where they are judged: --parameters and --var-file."


def draft(found: Survey, file: str | None) -> Draft | Left:
    """Draft the configuration; `file`: the one that holds here already."""
    if file is not None:
        return Left(f"{file} is the configuration here already, and stays as it is")
    if os.path.lexists(FILE):
        return Left(f"{FILE} is there already, and is no configuration: it stays as it is")
    return Draft(FILE, text(found))


def text(found: Survey) -> str:
    """Write the configuration: all keys that a newcomer may want, and the files of values that were found."""
    terraform = bool(found.modules or found.plans)
    templates = bool(found.templates or found.apps) or not terraform
    left_out = {*(() if templates else ("parameters",)), *(() if terraform or not found.templates else ("variables",))}
    settings = {
        **_SINGLE,
        **({"parameter-files": _files("parameter-files", found.parameter_files)} if found.parameter_files else {}),
        **({"variable-files": _files("variable-files", found.variable_files)} if found.variable_files else {}),
        **{key: text for key, text in _TABLES.items() if key not in left_out},
    }
    return "\n".join([_HEAD.rstrip(), *(line for each in settings.items() for line in _setting(*each))]) + "\n"


def _setting(key: str, setting: str) -> Iterator[str]:
    yield from ("", *describe(key), setting)


def _files(key: str, paths: Sequence[str]) -> str:
    setting = f"#{key} = {toml(list(paths[:_MOST_FILES]))}"
    return setting if len(paths) == 1 else f"{_ONE_STAGE}\n{setting}"
