"""Repairs in the user's language: the properties to write, nested as they stand there, or the statement to add."""

from collections.abc import Iterator

from msglint.finding import Fix, Made, Repair, RepairValue
from msglint.model.resource import Language, Part
from msglint.reports.cloudformation import json, yaml
from msglint.reports.tree import CONTROLS, Changes, Code, tree
from msglint.source import Place


def repair(fix: Fix, at: Place | None = None) -> Repair:
    """Write a repair of the fault at a place in the language of the resource's file."""
    record = fix.resource.record
    by_holder: dict[tuple[str, str], dict[tuple[str, ...], RepairValue | None]] = {}
    for path, value in fix.changes.items():
        holder = record.part.holder(record.id, path[0]) or (record.native, record.author)
        changes = by_holder.setdefault(holder, {})
        beside = record.type_beside(path)
        if beside is not None and isinstance(value, Made):
            changes[beside] = value.service
        changes[record.written(path)] = value
    language = record.part.language
    # Which of several blocks a number means is known in the order of the plan alone.
    part = None if any(step.isdecimal() for path in fix.changes for step in path[:-1]) else record.part
    written = [snippet(language, native, id_, changes, part, at) for (native, id_), changes in by_holder.items()]
    if fix.secret:
        written.append(_reference(fix, at))
    if fix.need is not None:
        from msglint.reports.need import needed  # noqa: PLC0415  # few repairs are statements for a role

        written.append(needed(fix.need, fix.resource))
    if fix.grant is not None:
        from msglint.reports.grant import granted  # noqa: PLC0415  # few repairs are grants

        written.append(granted(fix.grant, fix.resource))
    return Repair(f"{fix.title}{_where(fix, at)}", language, "\n".join(written))


def _where(fix: Fix, at: Place | None) -> str:
    """Say where a repair is to be made, if not in the file of the fault."""
    record = fix.resource.record
    if record.construct is not None:
        return f" (the CDK writes this: change the construct {record.construct.path})"
    file = record.part.document.name
    if record.part.deployed:
        return f" ({file} is deployed: change it where it is made)"
    elsewhere = record.part.language is not Language.TERRAFORM and at is not None and at.document.name != file
    return f" (this goes into {file})" if elsewhere else ""


def _reference(fix: Fix, at: Place | None) -> str:
    """Write a property that refers to Secrets Manager."""
    record = fix.resource.record
    name = record.part.spell(record.native, fix.secret)
    dynamic = "{{resolve:secretsmanager:credentials:SecretString:password}}"
    match record.part.language:
        case Language.CLOUDFORMATION_YAML:
            return f"{name}: '{dynamic}'"
        case Language.CLOUDFORMATION_JSON:
            return f'"{name}": "{dynamic}"'
        case Language.TERRAFORM:
            from msglint.reports.hcl import referring  # noqa: PLC0415  # the provider's tables are loaded for plans only

            reference = Code('jsondecode(data.aws_secretsmanager_secret_version.credentials.secret_string)["password"]')
            line = f"{name} = {reference.text}"
            return "\n".join(referring(record, tree({fix.secret: reference}), line, at))


def snippet(
    language: Language, native: str, id_: str, changes: Changes, part: Part | None = None, at: Place | None = None
) -> str:
    """Show a resource with the properties that change: those to set, and those to take away in words.

    `native` is the language's name of the resource's type, `id_` its logical id or address. No line end at the end;
    empty where a repair changes no property. `part`, where it is told, knows how the user wrote it, and `at` is where.
    """
    if not changes:
        return ""
    match language:
        case Language.CLOUDFORMATION_YAML:
            return "\n".join(yaml({id_: {"Properties": tree(changes)}}))
        case Language.CLOUDFORMATION_JSON:
            return "\n".join(_json_lines(id_, changes))
        case Language.TERRAFORM:
            from msglint.reports.hcl import terraform  # noqa: PLC0415  # the provider's tables are loaded for plans only

            return "\n".join(terraform(native, id_, tree(changes), part, at))


def _json_lines(id_: str, changes: Changes) -> Iterator[str]:
    # JSON has no comments: what goes is said below the object.
    kept = {path: value for path, value in changes.items() if value is not None}
    if kept:
        yield json({id_: {"Properties": tree(kept)}})
    for path in changes:
        if path not in kept:
            yield f"remove {'.'.join(path)} from the properties of {id_}".translate(CONTROLS)
