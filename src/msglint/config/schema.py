"""The JSON Schema of configuration files, which editors read and faults are found with."""

import json
from collections.abc import Mapping
from typing import Any

import msgspec

from msglint.config.written import Written

ID = "msglint.schema.json"


def _schema() -> Mapping[str, Any]:
    made = msgspec.json.schema(Written)
    own = made["$defs"].pop("Written")
    whole = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **own,
        "title": "msglint",
        "$defs": made["$defs"],
    }
    content: Mapping[str, Any] = json.loads(json.dumps(whole))  # with lists for tuples
    return content


SCHEMA = _schema()


def text() -> str:
    """Write the schema as indented JSON that ends in a line end."""
    return json.dumps(SCHEMA, indent=2) + "\n"
