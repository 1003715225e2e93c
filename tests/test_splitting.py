"""A template says the same when it is cut into stacks: what is linked is judged as what stands in one file.

Each template of the rules' fixtures is cut into stacks that are nested in one, and into stacks that export and import.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TypeAlias

import pytest

from linting import RULES
from msglint.engine import lint
from msglint.finding import LIKEWISE, Finding
from msglint.options import Options
from splitting import Cut, Json, levels, loaded, singles, split, write

Asked: TypeAlias = tuple[str, str | None]
"""A rule and a resource."""

CUTS = {"levels": levels, "singles": singles}
LEFT_OUT = {"unreadable-file", "unused-suppression", "rule-failed"}
"""What these are about stands in no resource."""
OPEN = (
    "exported",  # another stack may do what this one does not: one that is not in the run
    "has no output",  # each stack has a parameter of its own, which the others do not know
)
"""Parts of the reasons for which stacks that export leave undecided what one template tells."""

TWO_PARAMETERS = "each stack has a parameter of its own: the one may be given what the other is not"
BY_NAME = "a name alone leads from no stack into another, nor does an ARN without an account and a Region"
STACK_NAME = "what has no name is called after its stack, and whether that is as the other stack says is not known"
NOTHING_HERE = "the rule asks only where others use it in the same system, and nothing links these stacks"
PLACES = "each stack writes the value down for itself"

ACCEPTED: Mapping[tuple[str, str], Mapping[str, str]] = {
    ("broker-logs-off/good", "exports"): {"MSG710": BY_NAME},
    ("broker-logs-off/unknown", "exports"): {"MSG710": BY_NAME},
    ("confused-deputy-in-resource-policy/bad", "exports"): {"MSG102": NOTHING_HERE},
    ("confused-deputy-in-resource-policy/good", "exports"): {"MSG101": NOTHING_HERE, "MSG102": NOTHING_HERE},
    ("credentials-in-connection-string/bad", "exports"): {"MSG403": PLACES},
    ("credentials-in-connection-string/bad", "nested"): {"MSG403": PLACES},
    ("credentials-in-connection-string/bad-elsewhere", "nested"): {"MSG403": PLACES},
    ("dead-letter-queue-rejects-sender/good", "exports"): {"MSG101": STACK_NAME},
    ("dead-letter-queue-rejects-sender/good", "nested"): {"MSG101": STACK_NAME},
    ("dead-letter-retention-too-short/bad", "exports"): {"MSG701": BY_NAME, "MSG704": BY_NAME},
    ("dead-letter-retention-too-short/good", "exports"): {"MSG704": TWO_PARAMETERS},
    ("double-newline-delimiter/bad", "exports"): {"MSG801": BY_NAME},
    ("event-source-auth-mismatch/good", "exports"): {"MSG407": TWO_PARAMETERS},
    ("literal-secret-value/bad-once", "exports"): {"MSG404": PLACES},
    ("literal-secret-value/bad-once", "nested"): {"MSG404": PLACES},
    ("msk-secret-not-associated/bad-cluster", "exports"): {"MSG410": NOTHING_HERE},
    ("msk-secret-not-associated/bad-cluster-alone", "exports"): {"MSG410": NOTHING_HERE},
    ("msk-secret-not-associated/unknown", "exports"): {"MSG410": NOTHING_HERE, "MSG411": NOTHING_HERE},
    ("msk-secret-on-default-key/unknown", "exports"): {"MSG410": NOTHING_HERE},
    ("policy-names-another-queue/good", "exports"): {"MSG110": STACK_NAME},
    ("policy-names-another-queue/good", "nested"): {"MSG110": STACK_NAME},
    ("queue-without-dead-letter-queue/good", "exports"): {"MSG701": BY_NAME},
    ("role-cannot-deliver/good", "exports"): {"MSG103": STACK_NAME},
    ("role-cannot-deliver/good", "nested"): {"MSG103": STACK_NAME},
    ("secret-open-to-other-roles/bad", "exports"): {"MSG208": NOTHING_HERE},
    ("secret-open-to-other-roles/good", "exports"): {"MSG208": NOTHING_HERE},
    ("secret-open-to-other-roles/unknown", "exports"): {"MSG208": NOTHING_HERE},
    ("secret-reader-denied/good", "exports"): {"MSG208": NOTHING_HERE},
    ("system-attribute-requested-as-user-attribute/unknown", "exports"): {"MSG503": BY_NAME},
    ("target-rejects-sender/good-services", "exports"): {"MSG102": BY_NAME},
}
"""By the template and the way in which it is cut: the rules that say something else, and why that is right."""


def templates(folder: Path) -> Iterable[tuple[str, Json]]:
    """Give the templates of a folder that can be cut, each with what it is called."""
    for path in sorted(folder.glob("*.cfn.yaml")):
        template = loaded(path)
        # A macro changes the template that it stands in.
        if "Transform" not in template:
            yield f"{folder.name}/{path.name.removesuffix('.cfn.yaml')}", template


def answers(directory: Path) -> dict[Asked, list[Finding]]:
    """Give what is said of each resource."""
    report = lint([str(directory)], Options())
    found: dict[Asked, list[Finding]] = {}
    for finding in (*report.findings, *report.undecided):
        likewise = [each.resource for each in finding.related if each.message.endswith(LIKEWISE)]
        for resource in (finding.resource, *likewise):
            found.setdefault((finding.code, resource), []).append(finding)
    return found


def verdicts(found: Mapping[Asked, Iterable[Finding]]) -> dict[Asked, set[bool]]:
    """Give whether a fault holds, or cannot be told."""
    return {asked: {finding.decided for finding in findings} for asked, findings in found.items()}


def is_open(findings: Iterable[Finding]) -> bool:
    """Say whether some answer is undecided for a reason that stacks have and one template has not."""
    reasons = [reason.message for finding in findings if not finding.decided for reason in finding.reasons]
    return any(sign in reason for sign in OPEN for reason in reasons)


@pytest.mark.parametrize("way", ["nested", "exports"])
@pytest.mark.parametrize("name", sorted(each.name for each in RULES.iterdir() if each.name not in LEFT_OUT))
def test_a_template_in_stacks_says_what_it_says_as_one(tmp_path: Path, name: str, way: str) -> None:
    unused = {(template, code) for (template, cut), codes in ACCEPTED.items() for code in codes if cut == way}
    unused = {each for each in unused if each[0].startswith(f"{name}/")}
    accepted = set(unused)
    for called, template in templates(RULES / name):
        write(tmp_path / called, {"whole.json": template})
        whole = verdicts(answers(tmp_path / called))
        for cut, stacks_of in CUTS.items():
            stacks: Cut = stacks_of(template["Resources"])
            directory = tmp_path / f"{called}-{cut}"
            write(directory, split(template, stacks, nested=way == "nested"))
            said = answers(directory)
            found = verdicts(said)
            differs = {asked for asked in {*whole, *found} if whole.get(asked) != found.get(asked)}
            if way == "exports":
                differs = {asked for asked in differs if not is_open(said.get(asked, ()))}
            unused -= {(called, code) for code, _ in differs}
            assert {asked for asked in differs if (called, asked[0]) not in accepted} == set(), directory
    assert unused == set(), "these are no differences any more"


def test_templates_are_cut(tmp_path: Path) -> None:
    """What is compared is several stacks, each with a part of what there was."""
    template = loaded(RULES / "target-rejects-sender" / "good.cfn.yaml")
    for nested in (True, False):
        stacks = split(template, levels(template["Resources"]), nested=nested)
        assert len(stacks) > 1 + nested
        kept = [id_ for name, stack in stacks.items() if name != "main.json" for id_ in stack["Resources"]]
        assert sorted(kept) == sorted(template["Resources"])
        write(tmp_path, stacks)
