"""Compare msglint's Model with AWS's transform over many templates; `--write` puts the table into docs/sam.md.

Besides what aws-sam-translator makes of each template, what AWS publishes counts: beside `input/NAME.yaml` of its
tests lies `output/NAME.json`, and one for each other partition.
"""

import argparse
import json
import logging
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import yaml

from msglint.readers.interface import Assumptions, NotATemplate
from msglint.readers.recognise import marked
from msglint.source import Document, SourceError
from peers import ROOT
from sam_oracle import ANSWER, LISTED, Difference, Refused, differences, pair, translated

PAGE = ROOT / "docs" / "sam.md"
SHOWN = re.compile(r"(<!-- sam -->\n).*?(<!-- end -->)", re.DOTALL)
REGIONS = {"": "ap-southeast-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}
"""The Regions of AWS's expected outputs, by their directory."""
STALE = {
    "self_managed_kafka_with_SERVER_ROOT_CA_CERTIFICATE_and_auth_mechanism": "its output names another secret than its "
    "input",
}
"""Expected outputs that the translator does not make of their inputs any more."""
_TYPED = re.compile(rb"""Type["']?\s*:\s*["']?AWS::Serverless::""")


class Survey(NamedTuple):
    """What a comparison of many templates found."""

    uncompared: Counter[str]
    """How many templates are not compared, by why."""
    reasons: Counter[str]
    """In how many templates there is a difference, by the reason for it."""
    equal: int
    listed: int
    answered: int
    """How many have the same answers in everything."""
    faults: list[str]
    """Differences without a reason."""
    faulty: int

    @property
    def compared(self) -> int:
        """How many templates are compared."""
        return self.equal + self.listed + self.faulty


def survey(corpus: Path) -> Survey:
    """Compare all templates with resources of SAM below a directory."""
    uncompared: Counter[str] = Counter()
    found = []
    for path in sorted(corpus.rglob("*")):
        data = path.read_bytes() if path.is_file() else b""
        if not _TYPED.search(data):
            continue
        try:
            document = Document.from_bytes(path.name, data)
            found.append((path, list(differences(pair(document, translated(document))))))
        except NotATemplate:
            continue
        except Refused as refusal:
            uncompared["SAM refuses it, an error on purpose" if _is_on_purpose(path) else str(refusal)] += 1
        except (SourceError, yaml.YAMLError):
            if marked(data):
                uncompared["msglint reads none of it (MSG001): no YAML, or a key that is there twice"] += 1
    return _survey(uncompared, found)


def _is_on_purpose(path: Path) -> bool:
    """Say whether a template's name says that it is faulty."""
    return path.name.startswith(("error_", "invalid_")) or "bad" in path.parts


def published(corpus: Path) -> Survey:
    """Compare the inputs of AWS's tests with the outputs that are published beside them."""
    found = []
    for input_ in sorted(corpus.rglob("tests/translator/input/*.yaml")):
        for partition, region in REGIONS.items():
            output = input_.parent.parent / "output" / partition / f"{input_.stem}.json"
            if output.is_file() and input_.stem not in STALE:
                document = Document.from_bytes(input_.name, input_.read_bytes())
                both = pair(document, json.loads(output.read_bytes()), Assumptions(regions=(region,)))
                found.append((output, list(differences(both))))
    return _survey(Counter(), found)


def _survey(uncompared: Counter[str], found: list[tuple[Path, list[Difference]]]) -> Survey:
    reasons = Counter(reason for _, each in found for reason in {difference.reason for difference in each} if reason)
    wrong = [(path, difference) for path, each in found for difference in each if difference.reason is None]
    equal = sum(not each for _, each in found)
    faulty = len({path for path, _ in wrong})
    answered = sum(all(difference.type != ANSWER for difference in each) for _, each in found)
    faults = [f"{path.name}: {difference}" for path, difference in wrong]
    return Survey(uncompared, reasons, equal, len(found) - equal - faulty, answered, faults, faulty)


def table(here: Survey, there: Survey) -> Iterator[str]:
    """Write what was found, line by line."""
    yield "| templates | |\n|---|---|\n"
    yield f"| with resources of SAM | {here.compared + sum(here.uncompared.values())} |\n"
    for why, count in here.uncompared.most_common():
        yield f"| not compared: {why} | {count} |\n"
    yield f"| **compared with what aws-sam-translator makes** | **{here.compared}** |\n"
    yield from _results(here)
    yield f"| **compared with an output that AWS publishes** | **{there.compared}** |\n"
    yield from _results(there)
    yield "\n| listed difference | templates | published outputs |\n|---|---|---|\n"
    for reason in sorted(LISTED, key=lambda each: (-here.reasons[each], -there.reasons[each])):
        yield f"| {reason} | {here.reasons[reason]} | {there.reasons[reason]} |\n"


def _results(of: Survey) -> Iterator[str]:
    yield f"| equal in every resource and answer | {of.equal} |\n"
    yield f"| equal but for listed differences | {of.listed} |\n"
    yield f"| different without a reason | {of.faulty} |\n"
    yield f"| all questions asked and answered alike | {of.answered} |\n"


def main() -> None:
    """Compare, and print or write the table."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("corpus", type=Path, help="a directory with templates")
    arguments.add_argument("--write", action="store_true", help="put the table into docs/sam.md")
    given = arguments.parse_args()
    logging.disable(logging.CRITICAL)  # the translator's
    here, there = survey(given.corpus), published(given.corpus)
    text = "".join(table(here, there))
    print(text, *here.faults, *there.faults, sep="\n")
    if given.write:
        page = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(SHOWN.sub(lambda match: match[1] + text + match[2], page), encoding="utf-8")


if __name__ == "__main__":
    main()
