"""What expressions of HCL name, beside what terraform says of the same files."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from msglint.source import Document
from msglint.source.hcl import Attribute, read_hcl, references

HERE = Path(__file__).parents[1] / "fixtures" / "source" / "references"


def _said() -> Iterator[tuple[str, Attribute, Any]]:
    """Give the attributes of the configuration, each with what terraform's plan says of its expression."""
    root = json.loads((HERE / "configuration.json").read_text())["configuration"]["root_module"]
    said = {f"output.{name}": {"value": output["expression"]} for name, output in root["outputs"].items()}
    said |= {
        f"resource.{resource['type']}.{resource['name']}": resource["expressions"]
        | {"count": resource.get("count_expression"), "for_each": resource.get("for_each_expression")}
        for resource in root["resources"]
        if resource["mode"] == "managed"
    }
    said |= {
        f"module.{name}": call.get("expressions", {}) | {"for_each": call.get("for_each_expression")}
        for name, call in root["module_calls"].items()
    }
    for block in read_hcl(Document("main.tf", (HERE / "main.tf").read_text())).blocks:
        name = ".".join((block.type, *block.labels))
        for attribute in block.body.attributes.values():
            if name in said and attribute.name != "source":
                yield f"{name}.{attribute.name}", attribute, said[name][attribute.name]


CASES = list(_said())


@pytest.mark.parametrize(("attribute", "said"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_names_are_those_of_terraform_in_its_order(attribute: Attribute, said: Any) -> None:
    assert list(references(attribute.expression)) == said.get("references", [])


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("queue.value.arn", ()),
        ("[queue.key, var.name]", ("var.name",)),
        ("queues[queue.key].arn", ()),
        ("string", ()),
        ("self.tags.a", ("self.tags.a", "self.tags", "self")),
        ("ephemeral.a.b.c", ("ephemeral.a.b.c", "ephemeral.a.b")),
        ("provider::aws::arn_parse(local.arn)", ("local.arn",)),
    ],
)
def test_names_of_iterators_are_bound(text: str, names: tuple[str, ...]) -> None:
    attribute = read_hcl(Document("main.tf", f"a = {text}\n")).attributes["a"]
    assert references(attribute.expression, frozenset({"queue"})) == names
