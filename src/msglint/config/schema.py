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
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **own,
        "title": "msglint",
        "$defs": made["$defs"],
    }


SCHEMA = _schema()


def text() -> str:
    """Write the schema as indented JSON that ends in a line end."""
    return json.dumps(SCHEMA, indent=2) + "\n"
