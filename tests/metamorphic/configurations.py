"""Terraform's files, changed into others that mean the same; and plans."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from metamorphic.templates import mapped
from msglint.source import Document
from msglint.source.hcl import Block, Expression, read_hcl
from splitting import Json

Files = Mapping[str, str]
"""Texts by the paths of their files."""
Rewriting = Callable[[str], Files]
"""Writes what a file says as a configuration."""

SUFFIX = "_qx"
ONLY = "only"
FIXED = {"lifecycle", "provisioner", "connection", "timeouts", "dynamic", "content"}
"""Blocks that no `dynamic` may make, and those in which it does."""
_LITERAL = re.compile(r'^( +\w+ *= )("[^"$%\\\n]*"|\d+|true|false)$', re.MULTILINE)
_LISTS = {"resources", "child_modules", "resource_changes", "relevant_attributes"}


def blocks(text: str) -> list[tuple[Block, str]]:
    """Give the blocks of a file, each with its text."""
    document = Document("main.tf", text)
    return [(block, text[block.whole.start : block.whole.end]) for block in read_hcl(document).blocks]


def said(part: Block | Expression) -> str:
    """Give the text of a block or an expression."""
    place = part.whole if isinstance(part, Block) else part.at
    return place.document.text[place.start : place.end]


def attributes_of(block: Block, type_: str) -> Iterator[dict[str, str]]:
    """Give the texts of the attributes of each block of a type in a block."""
    for each in block.body.blocks:
        if each.type == type_:
            yield {name: said(attribute.expression) for name, attribute in each.body.attributes.items()}


def replaced(text: str, changes: Iterable[tuple[int, int, str]]) -> str:
    """Give a text with others in the place of its stretches, which do not overlap."""
    for start, end, other in sorted(changes, reverse=True):
        text = text[:start] + other + text[end:]
    return text


def reversed_blocks(text: str) -> Files:
    """Turn the order of the blocks round."""
    return {"main.tf": "\n".join(f"{said}\n" for _, said in reversed(blocks(text)))}


def commented(text: str) -> Files:
    """Put comments between the blocks, of each kind, and end lines as on Windows."""
    said = "\n".join(f"# why\n// so\n/* and\n so */\n{said} # end\n" for _, said in blocks(text))
    return {"main.tf": said.replace("\n", "\r\n")}


def several_files(text: str) -> Files:
    """Put each block into a file of its own."""
    return {f"part{number}.tf": f"{said}\n" for number, (_, said) in enumerate(blocks(text))}


def renamed(text: str) -> Files:
    """Give all resources, data sources and modules other names."""
    for block, _ in blocks(text):
        if block.type in {"resource", "data"}:
            kind, name = block.labels
            text = re.sub(rf"\b{kind}\.{name}\b", f"{kind}.{name}{SUFFIX}", text)
            text = text.replace(f'{block.type} "{kind}" "{name}"', f'{block.type} "{kind}" "{name}{SUFFIX}"')
        elif block.type == "module":
            (name,) = block.labels
            text = re.sub(rf"\bmodule\.{name}\b", f"module.{name}{SUFFIX}", text)
            text = text.replace(f'module "{name}"', f'module "{name}{SUFFIX}"')
    return {"main.tf": text}


def in_a_module(text: str) -> Files:
    """Call all of it as a module, which is given its variables."""
    around = [said for block, said in blocks(text) if block.type in {"variable", "provider"}]
    passed = "".join(
        f"  {block.labels[0]} = var.{block.labels[0]}\n" for block, _ in blocks(text) if block.type == "variable"
    )
    inside = [said for block, said in blocks(text) if block.type != "provider"]
    call = f'module "kept{SUFFIX}" {{\n  source = "./kept"\n{passed}}}\n'
    return {"main.tf": "\n".join([*around, call]) + "\n", "kept/main.tf": "\n".join(inside) + "\n"}


def counted(text: str) -> Files:
    """Make one of each resource by `count`."""
    return _made_by(text, "count = 1", "[0]")


def for_each(text: str) -> Files:
    """Make one of each resource by `for_each`."""
    return _made_by(text, f'for_each = toset(["{ONLY}"])', f'["{ONLY}"]')


def _made_by(text: str, argument: str, index: str) -> Files:
    for block, _ in blocks(text):
        if block.type == "resource" and not {"count", "for_each"} & {*block.body.attributes}:
            kind, name = block.labels
            header = f'resource "{kind}" "{name}" {{\n'
            text = re.sub(rf"\b{kind}\.{name}\b(?!\[)", f"{kind}.{name}{index}", text)
            text = text.replace(header, f"{header}  {argument}\n")
    return {"main.tf": text}


def dynamic(text: str) -> Files:
    """Make each block of a resource or data source by `dynamic`, save those that Terraform itself reads."""
    return {
        "main.tf": "\n\n".join(
            _with_dynamic(block) if block.type in {"resource", "data"} else said for block, said in blocks(text)
        )
        + "\n"
    }


def _with_dynamic(block: Block) -> str:
    start = block.whole.start
    changes = []
    for each in block.body.blocks:
        inside = _with_dynamic(each)
        if each.type not in FIXED:
            body = inside[inside.index("{") :]
            inside = f'dynamic "{each.type}" {{\nfor_each = [1]\ncontent {body}\n}}'
        changes.append((each.whole.start - start, each.whole.end - start, inside))
    return replaced(said(block), changes)


def _given(text: str, kind: str, declared: Callable[[Mapping[str, str]], str]) -> Files:
    values: dict[str, str] = {}

    def one(match: re.Match[str]) -> str:
        name = f"given{len(values)}"
        values[name] = match[2]
        return f"{match[1]}{kind}.{name}"

    said = [_LITERAL.sub(one, said) if block.type == "resource" else said for block, said in blocks(text)]
    return {"main.tf": "\n\n".join([*said, declared(values)]) + "\n"}


def through_locals(text: str) -> Files:
    """Make a local value of each literal of a resource."""

    def declared(values: Mapping[str, str]) -> str:
        return "locals {\n" + "".join(f"  {name} = {value}\n" for name, value in values.items()) + "}"

    return _given(text, "local", declared)


def through_variables(text: str) -> Files:
    """Make the default of a variable of each literal of a resource."""

    def declared(values: Mapping[str, str]) -> str:
        return "\n".join(f'variable "{name}" {{\n  default = {value}\n}}' for name, value in values.items())

    return _given(text, "var", declared)


def back(text: str) -> str:
    """Give a text with the addresses back that resources had."""
    return re.sub(rf'module\.kept{SUFFIX}\.|{SUFFIX}\b|\[0\]|\["{ONLY}"\]', "", text)


def turned_plan(plan: Json) -> Json:
    """Turn the order of all keys of a plan round, and that of its resources and modules."""

    def change(value: Json) -> Json:
        if not isinstance(value, dict):
            return value
        return {
            key: part[::-1] if key in _LISTS and isinstance(part, list) else part
            for key, part in reversed(value.items())
        }

    return mapped(plan, change)
