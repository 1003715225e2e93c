"""What msglint finds in the templates of an app, in the words of the CDK's policy validation: plain data."""

import os
from collections.abc import Iterator, Mapping

import msgspec

from msglint.engine import Run, fails
from msglint.finding import Finding, Report, fault
from msglint.inputs import Input, content
from msglint.model.resource import SECTIONS
from msglint.options import Options
from msglint.reports.interface import Manner, explained, place, places, said_of, shown
from msglint.reports.terminal import safe, sentence
from msglint.rules.index import RULES
from msglint.source import Document, Node, SourceError, Span, parse

_TEMPLATE = ".template.json"
_FAILED = next(entry for entry in RULES if entry.name == "rule-failed")


class Violator(msgspec.Struct, frozen=True):
    """What a finding is about: a resource, by its logical id, or else a stack, by the path of its construct."""

    template: str | None
    """The absolute path of the template."""
    logical_id: str | None = None
    construct: str | None = None
    locations: tuple[str, ...] = ()
    """The value at fault, such as `Properties.RedrivePolicy`, below the resource or the template."""


class Violation(msgspec.Struct, frozen=True):
    """A finding. The severities `error` and `fatal` fail the synthesis; msglint's own is among the facts."""

    rule: str
    description: str
    severity: str
    fix: str | None
    facts: Mapping[str, str]
    violators: tuple[Violator, ...]


class Judgement(msgspec.Struct, frozen=True):
    """What is said of an app: whether it is right, why not, and what to know of how it was read."""

    success: bool
    violations: tuple[Violation, ...]
    notices: tuple[str, ...]


def judge(stacks: Mapping[str, str], root: str, options: Options) -> Judgement:
    """Judge the templates of an assembly, and nothing else that an earlier synthesis left beside them.

    `stacks` are the paths of constructs by the paths of templates. `root` is the directory of the whole assembly, where
    the assets of all its stages are.
    """
    stacks = {os.path.abspath(template): construct for template, construct in stacks.items()}
    try:
        run = Run(options)
        paths = dict.fromkeys(path for template in stacks for path in (template, *_nested(template)))
        run.files([Input(_from_here(path), named=True, root=_from_here(root)) for path in paths])
        report = run.report()
        found = tuple(violations(report, options, stacks))
    except Exception as error:  # noqa: BLE001  # the command line of the CDK passes over a plugin that raises
        return Judgement(success=False, violations=(_failed(error, stacks),), notices=())
    return Judgement(not fails(report, options), found, report.notices)


def violations(report: Report, options: Options, stacks: Mapping[str, str]) -> Iterator[Violation]:
    """Say each finding in the words of the CDK."""
    trees: dict[str, Node | None] = {}
    for finding in shown(report, Manner(undecided=options.show_undecided, options=options)):
        template = _template(finding, report)
        if template not in trees:
            trees[template] = _tree(template)
        yield Violation(
            rule=finding.code,
            description=sentence(explained(finding)),
            severity=_severity(finding, options),
            fix=_fix(finding),
            facts=dict(_facts(finding)),
            violators=tuple(_violators(finding, template, trees[template], stacks)),
        )


class _Source(msgspec.Struct):
    path: str = ""


class _Asset(msgspec.Struct):
    source: _Source


class _Assets(msgspec.Struct):
    files: dict[str, _Asset] = {}


def _nested(template: str) -> Iterator[str]:
    """Give the templates of nested stacks: the CDK passes none of them, and only its command line has them linked."""
    assets = template.removesuffix(_TEMPLATE) + ".assets.json"
    # A legacy synthesizer writes none.
    data = content(Input(assets, named=True)) if os.path.exists(assets) else None
    for asset in msgspec.json.decode(data or b"{}", type=_Assets).files.values():
        if asset.source.path.endswith(f".nested{_TEMPLATE}"):
            yield os.path.join(os.path.dirname(template), asset.source.path)


def _violators(finding: Finding, template: str, tree: Node | None, stacks: Mapping[str, str]) -> Iterator[Violator]:
    path = os.path.abspath(template)
    resource = finding.resource
    if resource is None or resource.startswith(SECTIONS):
        section = () if resource is None else (resource.removeprefix("Template."),)
        yield Violator(path, construct=stacks.get(path), locations=section)
    else:
        at = _location(tree, resource, finding.span) if template == finding.file else None
        yield Violator(path, resource, locations=(at,) if at else ())
    for related in finding.related:
        if related.likewise:
            yield Violator(path, related.resource)


def _failed(error: Exception, stacks: Mapping[str, str]) -> Violation:
    """Say that msglint failed of each stack: the command line of the CDK shows those of the chosen stacks alone."""
    message = f"msglint failed on this app ({fault(error)}) and judged nothing of it. Please report this"
    violators = tuple(Violator(template, construct=construct) for template, construct in stacks.items())
    # What is fatal cannot be acknowledged.
    return Violation(_FAILED.code, message, "fatal", None, {"name": _FAILED.name}, violators)


def _template(finding: Finding, report: Report) -> str:
    """Give the template of a finding, which may stand in the code of a function or in another file beside it."""
    if finding.file in report.files:
        return finding.file
    asked = (each.file for each in report.questions if (each.code, each.resource) == (finding.code, finding.asked))
    return next(asked, finding.file)


def _tree(template: str) -> Node | None:
    try:
        return parse(Document.from_bytes(template, content(Input(template, named=True)) or b""))
    except SourceError:
        return None  # that is what the finding says


def _location(tree: Node | None, resource: str, span: Span) -> str:
    """Give the way from a resource to the value that a span is in; nothing where it is the resource itself."""
    node = tree
    for name in ("Resources", resource):
        node = node.fields().get(name) if node is not None and node.kind == "mapping" else None
    way: list[str] = []
    while node is not None and (step := _step(node, span)) is not None:
        name, node = step
        way.append(name)
    return ".".join(way)


def _step(node: Node, span: Span) -> tuple[str, Node] | None:
    """Give the value below a node that a span is in, or is the name of."""
    match node.kind:
        case "mapping":
            for name, below in node.fields().items():
                if node.key(name).span.start <= span.start and span.end <= below.span.end:
                    return name, below
        case "sequence":
            for index, below in enumerate(node.items()):
                if below.span.start <= span.start and span.end <= below.span.end:
                    return str(index), below
        case "scalar":
            pass
    return None


def _severity(finding: Finding, options: Options) -> str:
    """Give the CDK's severity.

    As soon as somebody acknowledges a finding of a plugin, the CDK fails for what is left of it only where that is an
    error, whatever the plugin said. So what fails is one.
    """
    if options.fails(finding):
        return "error"
    return finding.severity.value if finding.decided else "info"


def _fix(finding: Finding) -> str | None:
    if finding.fix is None:
        return None
    return "\n".join([sentence(finding.fix.title), *map(safe, finding.fix.snippet.splitlines())])


def _facts(finding: Finding) -> Iterator[tuple[str, str]]:
    """Give what else there is to know, under names as in the JSON report."""
    yield "name", finding.name
    yield "severity", finding.severity.value
    yield "verdict", "finding" if finding.decided else "undecided"
    yield "help", finding.help
    yield "at", place(finding.file, finding.span)
    if finding.construct is not None:
        yield "construct", sentence(str(finding.construct))
    also = "\n".join(said_of(related) for related in places(finding) if not related.likewise)
    if also:
        yield "related", also


def _from_here(path: str) -> str:
    """Name a file as the command line would have been told, below the working directory from there."""
    return os.path.abspath(path).removeprefix(os.path.join(os.getcwd(), ""))
