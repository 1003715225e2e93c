"""Templates written down: as JSON or YAML, in long or short forms, in blocks or between brackets, with comments."""

import json
from collections.abc import Callable
from typing import Any

import yaml

from metamorphic.templates import is_call
from splitting import Json

Writing = Callable[[Json], str]
"""Writes a template down."""


class _Short:
    """A function that is written as a tag."""

    def __init__(self, name: str, argument: Json) -> None:
        self.name = name
        self.argument = argument


class _Dumper(yaml.SafeDumper):
    """Writes functions as tags, and what occurs more than once in full."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


class _Aliasing(yaml.SafeDumper):
    """Writes functions as tags, and aliases for what occurs more than once."""


def _tagged(dumper: yaml.SafeDumper, data: _Short) -> yaml.Node:
    tag = f"!{data.name}"
    if isinstance(data.argument, str):
        return dumper.represent_scalar(tag, data.argument, style=None if data.argument else "'")
    return dumper.represent_sequence(tag, data.argument)


for _each in (_Dumper, _Aliasing):
    _each.add_representer(_Short, _tagged)


def _shortened(value: Json) -> Any:
    if isinstance(value, list):
        return [_shortened(each) for each in value]
    if not isinstance(value, dict):
        return value
    if is_call(value):
        ((name, argument),) = value.items()
        if name == "Fn::GetAtt" and isinstance(argument, list) and all(isinstance(each, str) for each in argument):
            argument = ".".join(argument)
        is_tag = isinstance(argument, str | list) and name not in {"Condition", "Fn::Transform"}
        # A node has one tag.
        if is_tag and "ForEach" not in name:
            return _Short(name.removeprefix("Fn::"), _shortened(argument))
    return {key: _shortened(part) for key, part in value.items()}


def spaced_json(template: Json) -> str:
    """Write JSON with much room in it."""
    return json.dumps(template, indent=3, separators=(" ,", " : "))


def dense_json(template: Json) -> str:
    """Write JSON on one line."""
    return json.dumps(template, separators=(",", ":"))


def short_yaml(template: Json) -> str:
    """Write YAML in blocks, with functions as tags."""
    return yaml.dump(_shortened(template), Dumper=_Dumper, sort_keys=False, width=10**6, allow_unicode=True)


def long_yaml(template: Json) -> str:
    """Write YAML in blocks, with functions by their full names."""
    return yaml.dump(template, Dumper=_Dumper, sort_keys=False, width=10**6, allow_unicode=True)


def flow_yaml(template: Json) -> str:
    """Write YAML between brackets, broken at any blank."""
    return yaml.dump(_shortened(template), Dumper=_Dumper, sort_keys=False, width=60, default_flow_style=True)


def quoted_yaml(template: Json) -> str:
    """Write YAML in which each text is between quotation marks."""
    return yaml.dump(template, Dumper=_Dumper, sort_keys=False, width=10**6, default_style="'").replace("!!int ", "")


def aliased_yaml(template: Json) -> str:
    """Write YAML with an alias for each mapping and list that occurs again."""
    known: dict[str, Any] = {}

    def one(value: Json) -> Any:
        if not isinstance(value, dict | list) or not value:
            return value
        found = {key: one(part) for key, part in value.items()} if isinstance(value, dict) else list(map(one, value))
        return known.setdefault(json.dumps(value), found)

    return yaml.dump(one(template), Dumper=_Aliasing, sort_keys=False, width=10**6, allow_unicode=True)


def commented_yaml(template: Json) -> str:
    """Write YAML with a comment and an empty line before each line, which ends as on Windows."""
    lines = long_yaml(template).splitlines()
    return "".join(f"# why\r\n\r\n{line} # so\r\n" if line.endswith(":") else f"{line}\r\n" for line in lines)
