"""`msglint new-rule`: the files that a rule of one's own begins as."""

import argparse
import sys
from keyword import iskeyword
from pathlib import Path

from msglint.cli.interface import Exit, UsageError, safe, save_all, say
from msglint.finding import Severity
from msglint.model.resource import Resource

DIRECTORY = "msglint-rules"

_RULE = '''\
"""TODO The fault in one sentence.

## What it does
TODO What the rule looks at, and what it finds.

## Why it matters
TODO What goes wrong, and for whom.

## How to fix
TODO What to write instead.

## When not to
TODO Where it is all right as it is.
"""

from collections.abc import Iterator

from msglint.rules.api import {names}


@rule("{code}", Severity.{severity}, each={kind}, since="1.0", references=["https://example.com/TODO"])
def {function}({subject}: {kind}, model: Model) -> Iterator[Candidate]:
    """TODO Judge what?"""
    yield Candidate(
        when=NO,  # TODO the question to the Model: when does the fault hold?
        resource={subject},
        at={subject}.at,
        message="{{{subject}}} TODO says what is wrong, and what comes of it",
        args={{"{subject}": {subject}}},
    )
'''
_EXAMPLE = """\
AWSTemplateFormatVersion: "2010-09-09"
Description: TODO {what}
{parameters}
Resources:
  Orders:
    Type: {type}
"""
_PARAMETERS = """
Parameters:
  Told:
    Type: String
"""
_TEST = '''\
"""The rules of this directory hold what holds for those of msglint; MSGLINT_ACCEPT=1 writes what is expected."""

from pathlib import Path

from msglint.testing import check_rules


def test_the_rules() -> None:
    check_rules(Path(__file__).parent)
'''


def run(given: argparse.Namespace) -> int:
    """Begin a rule of your own: its file, a folder of examples, and a test of all rules of the directory."""
    kind, type_ = _kind(given.each)
    function = _checked(given.code, given.name)
    words = {
        "code": given.code,
        "function": function,
        "kind": kind,
        "names": ", ".join(["NO", *sorted({"Candidate", "Model", "Severity", kind}), "rule"]),
        "severity": Severity(given.severity).name,
        "subject": "".join(f"_{each.lower()}" if each.isupper() else each for each in kind).lstrip("_"),
    }
    directory = Path(given.dir)
    rule, folder, test = directory / f"{function}.py", directory / given.name, directory / "test_rules.py"
    bad, good = {"what": "what is wrong", "parameters": ""}, {"what": "the same, put right", "parameters": ""}
    unknown = {"what": "what cannot be told, since a parameter decides it", "parameters": _PARAMETERS}
    texts = {rule: _RULE.format(**words)}
    for name, told in (("bad", bad), ("good", good), ("unknown", unknown)):
        texts[folder / f"{name}.cfn.yaml"] = _EXAMPLE.format(type=type_, **told)
    there = [path for path in (rule, folder) if path.exists()]
    if there:
        raise UsageError(f"{there[0]} is there already")
    if not test.exists():
        texts[test] = _TEST
    save_all({str(path): text for path, text in texts.items()})
    say(_told([safe(str(path)) for path in texts], safe(str(directory)), given.code))
    return Exit.CLEAN


def flags(parser: argparse.ArgumentParser) -> None:
    """Add the flags."""
    add = parser.add_argument
    add("code", metavar="CODE", help="Its code: capital letters and a number, such as ACME101.")
    add("name", metavar="NAME", help="What is wrong, in a few words: queue-without-alarm.")
    add("--dir", default=DIRECTORY, metavar="DIR", help=f"Where your rules are (default: {DIRECTORY}).")
    add("--each", default="Queue", metavar="KIND", help="The kind of resource that it is asked of (default: Queue).")
    add("--severity", choices=[each.value for each in Severity], default="warning", help="How bad it is.")


def _kind(name: str) -> tuple[str, str]:
    """Give a kind of resource as rules call it, and its type in CloudFormation."""
    from msglint.rules import api  # noqa: PLC0415  # help needs no Model

    found = {each: getattr(api, each) for each in api.__all__}
    kinds = {
        each: str(kind.KIND)
        for each, kind in found.items()
        if isinstance(kind, type) and issubclass(kind, Resource) and "::" in getattr(kind, "KIND", "")
    }
    if name not in kinds:
        raise UsageError(f"--each: {name} is none of {', '.join(sorted(kinds))}")
    return name, kinds[name]


def _checked(code: str, name: str) -> str:
    """Give the function that a rule is. Raises `UsageError` for a code or name that no own rule can have."""
    from msglint.rules.index import RULES  # noqa: PLC0415
    from msglint.rules.own import NO_RULES, misnamed  # noqa: PLC0415

    function = name.replace("-", "_")
    for flaw in misnamed(code, name):
        raise UsageError(flaw)
    if name in {entry.name for entry in RULES}:
        raise UsageError(f"msglint has a rule {name} already")
    # pytest looks for modules beside a test first, also for those of Python.
    if iskeyword(function) or function.startswith(NO_RULES) or function in sys.stdlib_module_names:
        raise UsageError(f"{function}.py cannot be the file of a rule")
    return function


def _told(made: list[str], directory: str, code: str) -> str:
    """Say what was made and what to do next."""
    return "\n".join(
        [
            "Made:",
            *(f"  {each}" for each in made),
            "",
            "Next:",
            "  1. Write the examples first: bad.* with the fault, good.* without, unknown.* that cannot be told.",
            "  2. Write the rule, and its page above it: no TODO is left then.",
            f"  3. See what it says: msglint lint {directory} --rules-dir {directory} --select {code} --show-undecided",
            f"  4. Accept it, read it, and keep it so: MSGLINT_ACCEPT=1 python -m pytest {directory}",
            "",
        ]
    )
