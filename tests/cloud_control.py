"""A template as the plan that Terraform would make of the same resources, written for the Cloud Control provider.

All values are known, as after an apply; what a template leaves open is filled with something of its kind.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from cfnlint.schema import ResourceNotFoundError
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from msglint.model.data import Data
from msglint.model.expression import Fields, Items
from msglint.model.identity import IDENTITIES
from msglint.model.resource import Part, Record
from msglint.model.text import Alphabet, Reference, Symbol, Text
from msglint.model.value import Absent, Known
from msglint.readers.interface import Assumptions
from msglint.readers.recognise import read
from msglint.readers.terraform.awscc import attribute, native, spelled
from msglint.source import Document

Schema = Mapping[str, Any]

ACCOUNT, REGION = "111122223333", "eu-west-1"
_FILLED = {Alphabet.ACCOUNT: ACCOUNT, Alphabet.REGION: REGION, Alphabet.PARTITION: "aws", Alphabet.SUFFIX: "AbCdEf"}


class UnwrittenError(Exception):
    """What the template says cannot be written for the provider."""


def plan_of(template: str) -> dict[str, Any]:
    """Give the plan; raises `NeedsChoice` where a condition decides what there is."""
    part: Part = read(Document("t.yaml", template), Assumptions())
    ids = [id_ for listed in part.types().values() for id_ in listed if part.exists(id_)]
    records = [record for id_ in ids if (record := part.record(id_)) is not None]
    resources, configured = [], []
    for record in records:
        values, expressions = _values(record, part)
        resource = {**_named(record), "mode": "managed", "name": record.id}
        resources.append({**resource, "values": values})
        configured.append({**resource, "provider_config_key": "awscc", "expressions": expressions})
    provider = {"name": "awscc", "expressions": {"region": {"constant_value": REGION}}}
    return {
        "format_version": "1.2",
        "planned_values": {"root_module": {"resources": resources}},
        "configuration": {"provider_config": {"awscc": provider}, "root_module": {"resources": configured}},
    }


def _named(record: Record) -> dict[str, str]:
    try:
        PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", record.type)
        return {"type": native(record.type), "address": f"{native(record.type)}.{record.id}"}
    except (ResourceNotFoundError, ValueError) as error:
        raise UnwrittenError(record.type) from error


def _values(record: Record, part: Part) -> tuple[dict[str, Any], dict[str, Any]]:
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", record.type).schema
    whole = Data(record.properties).shape
    written = {name: Data(member) for name, member in whole.fields.items()} if isinstance(whole, Fields) else {}
    said = {name: data for name, data in written.items() if not isinstance(data.shape, Absent)}
    values = {attribute(name): _value(data, schema["properties"].get(name, {}), schema) for name, data in said.items()}
    expressions = {attribute(name): _expression(data, part) for name, data in said.items()}
    if record.type in IDENTITIES:
        key = record.type.startswith("AWS::KMS::") and record.type.endswith("Key")
        known = {"arn": spelled(record.type, "arn"), "key_id" if key else "name": spelled(record.type, "name")}
        if record.type == "AWS::SQS::Queue":
            known["url"] = "queue_url"
        for name, own in known.items():
            values.setdefault(own, _text(part.attribute(record.id, name)))
    return values, expressions


def _expression(data: Data, part: Part) -> dict[str, Any]:
    """Give what Terraform tells of the expression of an attribute: what it names; nothing of what is written there."""
    names: list[str] = []
    for reference in _references(data):
        other = part.record(reference.resource[1])
        if other is not None:
            address = _named(other)["address"]
            names += [f"{address}.{spelled(other.type, reference.attribute)}", address]
    return {"references": names} if names else {}


def _references(data: Data) -> Iterator[Reference]:
    match data.shape:
        case Fields(fields=fields):
            for member in fields.values():
                yield from _references(Data(member))
        case Items(items=items):
            for item in items:
                yield from _references(Data(item))
        case Known(value=Text() as text) if text.refers is not None:
            yield text.refers
        case _:
            return


def _value(data: Data, schema: Schema, whole: Schema) -> Any:
    schema = _resolved(schema, whole)
    match data.shape:
        case Fields() as shape:
            members = {name: Data(member) for name, member in shape.fields.items()}
            said = {name: member for name, member in members.items() if not isinstance(member.shape, Absent)}
            known = schema.get("properties", {})
            if known and not isinstance(schema.get("type"), list):
                return {attribute(name): _value(member, known.get(name, {}), whole) for name, member in said.items()}
            plain = {name: _value(member, {}, whole) for name, member in said.items()}
            # A map stays one; what has no members in the schema is a text of JSON.
            return plain if schema.get("patternProperties") else _json(plain)
        case Items(items=items):
            return [_value(Data(item), schema.get("items", {}), whole) for item in items]
        case Known(value=Text() as text):
            return _scalar(_text(text), schema.get("type"))
        case Known(value=value):
            return value
        case shape:
            raise UnwrittenError(type(shape).__name__)


def _json(plain: dict[str, Any]) -> str:
    """Write a structure as JSON; what was made a text of JSON inside is a part of it."""

    def unpacked(value: Any) -> Any:
        match value:
            case _Json():
                return value.structure
            case dict():
                return {name: unpacked(part) for name, part in value.items()}
            case list():
                return [unpacked(part) for part in value]
            case _:
                return value

    return _Json(unpacked(plain))


class _Json(str):
    """A text of JSON that remembers what it was made of."""

    structure: Any

    def __new__(cls, structure: Any) -> "_Json":
        """Write the structure."""
        made = super().__new__(cls, json.dumps(structure))
        made.structure = structure
        return made


def _scalar(text: str, type_: Any) -> str | int | bool:
    if type_ == "boolean":
        return text.lower() == "true"
    return int(text) if type_ in ("integer", "number") and text.isdigit() else text


def _resolved(schema: Schema, whole: Schema) -> Schema:
    while "$ref" in schema:
        schema = whole["definitions"][schema["$ref"].rpartition("/")[2]]
    return schema


def _text(text: Text) -> str:
    return "".join(part if isinstance(part, str) else _filled(part) for part in text.parts)


def _filled(symbol: Symbol) -> str:
    return _FILLED.get(symbol.alphabet) or f"x{hashlib.sha256('/'.join(symbol.key[1:]).encode()).hexdigest()[:8]}"
