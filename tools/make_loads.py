"""Write what the peers are measured on into a directory: `make_loads.py DIRECTORY`.

It is the order system of examples/faulty: once, or as many times as a size asks for, each time under names of its own.
The plans are those of an update, in which all values are known; some of the peers cannot read others. In the large ones
every other system is what stands around messaging (loads/platform.tf), and each is a module that is called with
`for_each`. The directory is what an organization has: most of its templates (loads/estate) are about networks, buckets,
databases and services, one in seven about messages. The same call always writes the same bytes.
"""

import json
import re
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, TypeAlias

import yaml

Writer: TypeAlias = Callable[[int], str]

ROOT = Path(__file__).parents[1]
TEMPLATE = ROOT / "examples" / "faulty" / "orders.yaml"
PLAN = ROOT / "tools" / "loads" / "orders.plan.json"
ESTATE = ROOT / "tools" / "loads" / "estate"
SHARES = {
    "network": 15,
    "storage": 12,
    "database": 9,
    "containers": 14,
    "access": 10,
    "functions": 14,
    "instances": 5,
    "site": 6,
    "stream": 3,
    "worker": 6,
    "orders": 6,
}
"""How many of a hundred templates of the directory are of which kind."""
TEMPLATES = 1_000
SMALLEST, LARGEST = 2_000, 60_000  # characters of a template of the directory
JSON_SHARE = 0.25  # of the directory
SYSTEMS = {"orders": PLAN, "platform": ROOT / "tools" / "loads" / "platform.plan.json"}
MB = 1_000_000
CALLS = 4  # modules of a system in a plan; each is one for every key of its for_each

_LOGICAL_ID = re.compile(r"^  (\w+):", re.MULTILINE)
_NAMED = "order|orders|billing|shipping|payments|undelivered|warehouse|clickstream|returns|platform"
_NAME = re.compile(rf'(?<=[:/"])({_NAMED})(?=[-./":\\])')


def template(copies: int) -> str:
    """Give a template that holds the order system that many times."""
    return repeated(TEMPLATE, copies)


def source(kind: str) -> Path:
    """Give the template of which those of a kind are copies."""
    return TEMPLATE if kind == "orders" else ESTATE / f"{kind}.yaml"


def repeated(file: Path, copies: int) -> str:
    """Give a template with that many copies of its resources and outputs, each with ids of its own."""
    head, body = file.read_text(encoding="utf-8").split("\nResources:\n")
    resources, *outputs = body.split("\nOutputs:\n")
    ids = "|".join(_LOGICAL_ID.findall(body))
    words = re.compile(rf"\b(?:{ids})\b|(?<=Name: )\w+")

    def copied(section: str) -> str:
        return "".join(words.sub(lambda word, n=n: f"{word[0]}{n}", section) for n in range(copies))  # type: ignore[misc]

    return "\n".join([head, "Resources:", copied(resources), *(f"Outputs:\n{copied(each)}" for each in outputs)])


def directory() -> Iterator[tuple[str, str]]:
    """Give the templates of the directory by their paths: YAML and JSON of all sizes."""
    chance = Random(7)  # noqa: S311  # the same each time, and no secret
    kinds = [kind for kind, share in SHARES.items() for _ in range(share)]
    for number in range(TEMPLATES):
        kind = chance.choice(kinds)
        size = int(SMALLEST * (LARGEST / SMALLEST) ** chance.random())
        text = grown(partial(repeated, source(kind)), size)
        name = f"team{number % 20}/{kind}{number}"
        if chance.random() < JSON_SHARE:
            yield f"{name}.json", as_json(text)
        else:
            yield f"{name}.yaml", text


def as_json(template: str) -> str:
    """Give a template of YAML as JSON."""
    return json.dumps(yaml.load(template, _LongForm), indent=1)  # noqa: S506  # it makes plain data


class _LongForm(yaml.SafeLoader):
    """Reads a template as JSON has it: functions are keys."""


def _function(loader: yaml.SafeLoader, tag: str, node: yaml.Node) -> dict[str, Any]:
    match node:
        case yaml.ScalarNode():
            value: Any = loader.construct_scalar(node)
        case yaml.SequenceNode():
            value = loader.construct_sequence(node, deep=True)
        case _:
            raise TypeError(f"!{tag} of a mapping")
    return {tag if tag == "Ref" else f"Fn::{tag}": value.split(".", 1) if tag == "GetAtt" else value}


_LongForm.add_multi_constructor("!", _function)


def plan(copies: int) -> str:
    """Give a plan that holds that many systems in turn, as `terraform show -json` writes it."""
    systems = {name: json.loads(file.read_text(encoding="utf-8")) for name, file in SYSTEMS.items()}
    names = [list(systems)[number % len(systems)] for number in range(copies)]
    turns = [number // len(systems) for number in range(copies)]
    keys = [(name, f"{name}_{turn % CALLS}", f"shop-{turn // CALLS}") for name, turn in zip(names, turns, strict=True)]
    instances = [_instance(systems[name], call, key) for name, call, key in keys]
    whole = systems["orders"]
    whole["configuration"]["root_module"] = {
        "module_calls": {
            call: {
                "source": f"./{name}",
                "for_each_expression": {"references": ["var.shops"]},
                "module": systems[name]["configuration"]["root_module"],
            }
            for call, name in sorted({call: name for name, call, _ in keys}.items())
        }
    }
    modules = [instance["planned_values"] for instance in instances]
    whole["planned_values"]["root_module"] = {"child_modules": modules}
    whole["prior_state"]["values"]["root_module"] = {"child_modules": [each["prior_state"] for each in instances]}
    whole["resource_changes"] = [change for each in instances for change in each["resource_changes"]]
    return _written(whole)


def _instance(whole: dict[str, Any], call: str, key: str) -> dict[str, Any]:
    """Give the parts of a plan that belong to one instance of a module."""
    address = f'module.{call}["{key}"]'
    parts = {
        "planned_values": whole["planned_values"]["root_module"]["resources"],
        "prior_state": whole["prior_state"]["values"]["root_module"]["resources"],
        "resource_changes": whole["resource_changes"],
    }
    said = _NAME.sub(rf"\1-{call.replace('_', '-')}-{key}", _written(_values(parts)))
    values = iter(json.loads(said))

    def moved(resource: dict[str, Any]) -> dict[str, Any]:
        fields = {**resource, **next(values), "address": f"{address}.{resource['address']}"}
        if "depends_on" in resource:
            fields["depends_on"] = [f"module.{call}.{each}" for each in resource["depends_on"]]
        return fields

    return {
        "planned_values": {"address": address, "resources": [moved(each) for each in parts["planned_values"]]},
        "prior_state": {"address": address, "resources": [moved(each) for each in parts["prior_state"]]},
        "resource_changes": [{**moved(each), "module_address": address} for each in parts["resource_changes"]],
    }


def _values(parts: dict[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    held = ("values", "change")
    return [{name: each[name] for name in held if name in each} for part in parts.values() for each in part]


def _written(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


def grown(write: Writer, size: int) -> str:
    """Give the smallest of these texts that has at least that many characters."""
    one, three = len(write(1)), len(write(3))  # of two systems in turn
    copies = max(1, 1 + 2 * ((size - one) // (three - one)))
    while len(text := write(copies)) < size:
        copies += 1
    return text


DIRECTORY = "templates"
LOADS: dict[str, Callable[[], str]] = {
    "small.template.yaml": lambda: TEMPLATE.read_text(encoding="utf-8"),
    "large.template.yaml": lambda: grown(template, MB),
    "small.plan.json": lambda: PLAN.read_text(encoding="utf-8"),
    "large.plan.json": lambda: grown(plan, MB),
    "larger.plan.json": lambda: grown(plan, 10 * MB),
    "huge.plan.json": lambda: grown(plan, 50 * MB),
}


def main() -> None:
    """Write all of them."""
    for name, text in LOADS.items():
        Path(sys.argv[1], name).write_text(text(), encoding="utf-8")
    for name, template in directory():
        file = Path(sys.argv[1], DIRECTORY, name)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(template, encoding="utf-8")


if __name__ == "__main__":
    main()
