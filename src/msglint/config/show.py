"""A configuration told in full: each value with the file and line that it comes from, as TOML that says the same."""

import json
import re
import textwrap
from collections.abc import Iterator
from datetime import date
from math import isfinite
from typing import Any

import msgspec

from msglint.config.settings import Setting, Settings
from msglint.config.written import DEFAULTS, KEYS
from msglint.finding import Severity
from msglint.model.glance import names_secret, tells
from msglint.reports.terminal import safe

HIDDEN = "(not shown)"
"""What stands for the value of a parameter or variable that is called like a secret, or looks like one."""

_TABLES = ("severities", "per-path-ignores", "parameters", "variables")
_WIDTH = 100
_BARE = re.compile(r"[A-Za-z0-9_-]+")


def shown(settings: Settings, about: str, *, all_: bool = False) -> str:
    """Write what a configuration settles, and with `all_` what it leaves to the defaults; `about`: the heading."""
    lines = [f"# {safe(about)}"]
    tables: list[str] = []
    for key in KEYS:
        if key == "extend":
            continue
        if key in settings.elements and (key in _TABLES or key == "exceptions"):
            tables += ["", *(_exceptions(settings) if key == "exceptions" else _table(key, settings))]
        elif key in settings.elements:
            each = settings.elements[key]
            lines += _value(key, [one.value for one in each], ", ".join(dict.fromkeys(map(_origin, each))), all_)
        elif key in settings.values:
            lines += _value(key, settings.values[key].value, _origin(settings.values[key]), all_)
        elif all_ and key in DEFAULTS:
            lines += _value(key, DEFAULTS[key], "default", all_)
        elif all_:
            lines += ["", *describe(key), f"# {key} is not set"]
    return "\n".join([*lines, *tables]) + "\n"


def as_json(settings: Settings) -> str:
    """Write the same as JSON: of each key its value and where it comes from."""
    found = {key: {"value": _plain(each.value), "from": _origin(each)} for key, each in settings.values.items()}
    for key, each in settings.elements.items():
        found[key] = {"value": [_plain(_element(key, one)) for one in each], "from": [_origin(one) for one in each]}
    said = {key: found.get(key, {"value": DEFAULTS.get(key), "from": "default"}) for key in KEYS if key != "extend"}
    return json.dumps(said, indent=2) + "\n"


def _value(key: str, value: Any, origin: str, described: bool) -> Iterator[str]:
    if described:
        yield from ("", *describe(key))
    yield f"{key} = {toml(_plain(value))}  # {origin}"


def describe(key: str) -> Iterator[str]:
    """Say in lines of comment what a key does."""
    text = KEYS[key].type.__metadata__[0].description
    yield from textwrap.wrap(text, _WIDTH, initial_indent="# ", subsequent_indent="# ")


def _table(key: str, settings: Settings) -> Iterator[str]:
    yield f"[{key}]"
    for each in settings.elements[key]:
        name, _ = each.value
        yield f"{_key(name)} = {toml(_element(key, each)[1])}  # {_origin(each)}"


def _exceptions(settings: Settings) -> Iterator[str]:
    for index, each in enumerate(settings.elements["exceptions"]):
        if index:
            yield ""
        yield f"[[exceptions]]  # {_origin(each)}"
        fields = msgspec.structs.asdict(each.value)
        yield from (f"{name} = {toml(value)}" for name, value in fields.items())


def _element(key: str, each: Setting) -> Any:
    if key in {"parameters", "variables"}:
        name, value = each.value
        return [name, HIDDEN if names_secret(name) or tells(str(value)) else value]
    return _plain(each.value)


def _plain(value: Any) -> Any:
    match value:
        case Severity():
            return value.value
        case tuple() | list():
            return [_plain(each) for each in value]
        case date():
            return value.isoformat()
        case msgspec.Struct():
            return {name: _plain(each) for name, each in msgspec.structs.asdict(value).items()}
        case float() if not isfinite(value):
            return str(value)  # JSON has no number for it
        case _:
            return value


def _origin(setting: Setting) -> str:
    if setting.read is None:
        return "default"
    at = setting.at
    return f"{safe(at.document.name)}:{at.span.start.line}"


def toml(value: Any) -> str:
    """Write a value in a line of TOML, without a character that a terminal could obey."""
    match value:
        case str():
            text = json.dumps(value.encode("utf-8", "replace").decode(), ensure_ascii=False)
            return "".join(each if each.isprintable() else f"\\U{ord(each):08x}" for each in text)
        case float():
            return repr(value)
        case list():
            return f"[{', '.join(map(toml, value))}]"
        case date():
            return value.isoformat()
        case _:
            return json.dumps(value)


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else toml(name)
