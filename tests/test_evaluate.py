"""Expressions of `.tf` files against what terraform itself made of them."""

import json
from pathlib import Path
from typing import Any

import pytest

from msglint.readers.interface import Configuration
from msglint.readers.terraform.evaluation.foreseen import foresee
from msglint.readers.terraform.plan import Plan
from msglint.readers.terraform.sources.configuration import opened
from msglint.source import Document

CONFIGURATION = Path(__file__).parent / "fixtures/readers/evaluation"
PLANNED = json.loads((CONFIGURATION / "plan.json").read_text())["planned_values"]
OUTPUTS = PLANNED["outputs"]
RESOURCES = {resource["address"]: resource["values"] for resource in PLANNED["root_module"]["resources"]}


@pytest.fixture(scope="module")
def foreseen() -> Plan:
    directory = str(CONFIGURATION)
    return foresee(opened(directory, directory, Configuration()), Document(directory, ""))


@pytest.mark.parametrize("name", OUTPUTS)
def test_outputs_are_what_terraform_makes_of_them(foreseen: Plan, name: str) -> None:
    assert foreseen.at(("output_changes", name, "after_unknown")) is False
    answers = foreseen.at(("planned_values", "outputs", name, "value"))
    for number, answer in enumerate(OUTPUTS[name]["value"]):
        assert (number, answers[number]) == (number, answer)


def test_the_same_instances_are_made(foreseen: Plan) -> None:
    assert set(foreseen.instances) == set(RESOURCES)


@pytest.mark.parametrize("address", RESOURCES)
def test_arguments_are_what_terraform_plans(foreseen: Plan, address: str) -> None:
    for name, value in foreseen.instances[address].values.items():
        assert holds(RESOURCES[address][name], value), name


def holds(planned: Any, written: Any) -> bool:
    """Say whether a plan's value is what is written, with the provider's defaults beside it."""
    match planned, written:
        case _, None:
            return True  # null is nothing that is written
        case dict(), dict():
            return all(holds(planned[name], part) for name, part in written.items())
        case list(), list():
            return len(planned) == len(written) and all(any(holds(each, part) for each in planned) for part in written)
        case _:
            return bool(planned == written)
