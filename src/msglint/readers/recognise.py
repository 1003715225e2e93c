"""Which reader a text belongs to: told by what it says, never by its file's name."""

import re
from typing import TYPE_CHECKING

import msgspec

from msglint.model.resource import Part
from msglint.readers.interface import Assumptions, NotATemplate
from msglint.source import MAX_PLAN_VALUES, Document, Node, SourceError, Spot, beyond, parse, read_json

if TYPE_CHECKING:
    from msglint.readers.terraform.sources.configuration import Sources

_PLAN = re.compile(r'"planned_values"\s*:')
NESTING = ("TemplateURL", "AWS::Serverless::Application")
"""What stands in a template that makes stacks of others."""
TAKING = ("ImportValue", "GetStackOutput")
"""What stands in templates that take something of others."""
_EXPORT = re.compile(r"""\bExport["']?\s*:""")
_SECTION = re.compile(r"""(?<![^\s{,])["']?(?:AWSTemplateFormatVersion|Resources)["']?\s*:""")
_TOP = re.compile(
    r"""^["']?(?:AWSTemplateFormatVersion["']?\s*:|Resources["']?\s*:[ \t]*(?:\#.*)?$(?:\s*\#.*$)*\s*^[ \t]+["'\w])""",
    re.MULTILINE,
)
"""A key of YAML that begins a line, so that nothing is around it; resources are names, and no list."""
_BRACKET = re.compile(r"\s*(?:---\s*)?[{\[]")


MAX_BYTES = 16 * 1024 * 1024
"""The largest template that is read, in bytes: CloudFormation takes a sixteenth of it."""
MOST_RESOURCES = 100_000
"""How many resources a template or plan may have."""


def read(document: Document, assumptions: Assumptions) -> Part:
    """Read a template or plan; raises `NotATemplate`, or `SourceError` for one that cannot be read."""
    part = _read(document, assumptions)
    if sum(map(len, part.types().values())) > MOST_RESOURCES:
        raise beyond("resources", f"more than {MOST_RESOURCES:,} resources", document.spot(0, 0))
    return part


def _read(document: Document, assumptions: Assumptions) -> Part:
    text = document.text
    if is_plan(text):
        plan = read_json(document, MAX_PLAN_VALUES)
        if "planned_values" in _names(plan):
            from msglint.readers.terraform import part as terraform  # noqa: PLC0415  # only where a plan is read

            return terraform.read(document, plan, assumptions)
        raise NotATemplate
    if not marks_a_template(text):
        raise NotATemplate
    if len(text) > MAX_BYTES:
        raise beyond(
            "file-size", f"a template of more than {MAX_BYTES:,} bytes", Document(document.name, "").spot(0, 0)
        )
    root = _parsed(document)
    if root.kind != "mapping":
        raise SourceError("a template is a mapping", Spot(document, root.span))
    from msglint.readers.cloudformation import part as cloudformation  # noqa: PLC0415  # only where a template is read

    return cloudformation.read(document, root, assumptions)


def _parsed(document: Document) -> Node:
    root = parse(document)
    names = _names(root)
    if "AWSTemplateFormatVersion" not in names and "Resources" not in names:
        raise NotATemplate
    if (
        "Resources" in names
        and "AWSTemplateFormatVersion" not in names
        and root.fields()["Resources"].kind != "mapping"
    ):
        raise NotATemplate
    return root


def read_configuration(sources: "Sources", assumptions: Assumptions) -> Part:
    """Read a Terraform configuration without a plan; raises `SourceError` for one of its faults."""
    from msglint.readers.terraform.evaluation import foreseen  # noqa: PLC0415  # only where there is no plan

    return foreseen.read(sources, assumptions)


def is_plan(text: str) -> bool:
    """Say whether a text is a plan in JSON, or at least no template: which of them `read` tells."""
    return text.lstrip()[:1] == "{" and _PLAN.search(text) is not None


def is_template(document: Document) -> bool:
    """Say whether `read` takes a text for a template, which may be one that cannot be read."""
    if is_plan(document.text) or not marks_a_template(document.text):
        return False
    if is_surely_template(document.text):
        return True
    try:
        _parsed(document)
    except NotATemplate:
        return False
    except SourceError:
        return marked(document.text.encode("utf-8", "replace"))
    return True


def is_surely_template(text: str) -> bool:
    """Say whether `read` takes a text for a template, as far as that can be told without parsing it."""
    if not marks_a_template(text) or _PLAN.search(text):
        return False
    if _BRACKET.match(text) is None:
        return _TOP.search(text) is not None
    try:
        top = msgspec.json.decode(text, type=dict[str, msgspec.Raw])
    except (msgspec.MsgspecError, ValueError, RecursionError):  # msgspec of old makes no ValueError of it
        return False
    return "AWSTemplateFormatVersion" in top or bytes(top.get("Resources", b""))[:1] == b"{"


def marked(data: bytes) -> bool:
    """Say whether bytes that cannot be decoded hold the marks of a template or plan all the same."""
    plain = data.replace(b"\0", b"")
    return (
        b"AWSTemplateFormatVersion" in plain
        or b'"planned_values"' in plain
        or (b"Resources" in plain and b"AWS::" in plain)
    )


def nests(text: str) -> bool:
    """Say whether a template may make stacks of others."""
    return any(sign in text for sign in NESTING)


def hands_out(text: str) -> bool:
    """Say whether a template may give something to others: of the CDK's each output may be taken."""
    return "aws:cdk:path" in text or _EXPORT.search(text) is not None


def takes(text: str) -> bool:
    """Say whether a template may take something of another one."""
    return any(sign in text for sign in TAKING)


def marks_a_template(text: str) -> bool:
    """Say whether a text holds the marks of a CloudFormation template."""
    if "AWSTemplateFormatVersion" not in text and not ("Resources" in text and "AWS::" in text):
        return False
    # Between brackets a key may stand anywhere, and else at the beginning of a line.
    flow = text.lstrip().startswith("{")
    return any(flow or _begins_line(text, found.start()) for found in _SECTION.finditer(text))


def _begins_line(text: str, at: int) -> bool:
    """Say whether only blanks, and a bracket or comma among them, stand before something on its line."""
    bracket = False
    while at and (text[at - 1] in " \t" or (text[at - 1] in "{," and not bracket)):
        at -= 1
        bracket |= text[at] in "{,"
    return not at or text[at - 1] in "\r\n"


def _names(root: Node) -> frozenset[str]:
    return frozenset(root.fields()) if root.kind == "mapping" else frozenset()
