"""The pages of docs/rules: one for each rule, and one that lists them by what they concern and by service."""

import importlib
import re
from collections.abc import Iterator, Sequence
from difflib import unified_diff
from itertools import groupby
from pathlib import Path

from msglint.engine import lint_text
from msglint.examples import LANGUAGES, Excerpt, excerpt, languages, touched
from msglint.finding import Report
from msglint.options import Options
from msglint.readers.terraform.kinds import KINDS
from msglint.reports.interface import Manner
from msglint.reports.text import render
from msglint.rules.interface import Rule

FOLDER = Path("docs", "rules")
EXAMPLES = Path("tests", "fixtures", "rules")

_LONG = 0.6
"""How much of a repaired excerpt may have changed, with the lines around it, for the changes alone to be shown."""

_WIDTH = 100
_SERVICES = {
    "Amazon SQS": r"AWS::SQS::|/AWSSimpleQueueService/|\bSQS\b",
    "Amazon SNS": r"AWS::SNS::|/sns/|\bSNS\b",
    "Amazon EventBridge": r"AWS::(?:Events|Pipes|Scheduler)::|/(?:eventbridge|scheduler)/|EventBridge",
    "Amazon Kinesis Data Streams": r"AWS::Kinesis::|/streams/|\bKinesis\b",
    "Amazon Data Firehose": r"AWS::KinesisFirehose::|/firehose/|Firehose",
    "Amazon MQ": r"AWS::AmazonMQ::|/amazon-mq/|Amazon MQ|\bbrokers?\b",
    "Amazon MSK and Kafka": r"AWS::(?:MSK|KafkaConnect)::|/(?:msk|MSKC)/|\bMSK\b|Kafka",
    "Managed Service for Apache Flink": r"AWS::KinesisAnalyticsV2::|/managed-flink/|Flink",
    "AWS Lambda": r"AWS::Lambda::|AWS::Serverless::Function",
    "AWS Step Functions": r"AWS::StepFunctions::|AWS::Serverless::StateMachine",
    "AWS Secrets Manager": r"AWS::SecretsManager::|/secretsmanager/",
}
"""How to tell that a rule is about a service: by the resources that it is asked of or that its examples touch, by the
pages that it refers to, or because it says under *What it does* that it is."""


def pages(rules: Sequence[Rule], root: Path) -> dict[Path, str]:
    """Write all pages, by path below a checkout, from the rules' docstrings and the examples of the checkout."""
    about = {rule.code: _services(rule, root / EXAMPLES / rule.name) for rule in rules}
    written = {FOLDER / f"{rule.name}.md": _page(rule, rules, about[rule.code], root) for rule in rules}
    return {FOLDER / "index.md": _contents(rules, about), **written}


def _services(rule: Rule, examples: Path) -> list[str]:
    """Give the services that a rule is about."""
    told = rule.documentation.partition("\n## Why it matters")[0] if rule.each else ""
    kinds = (kind.KIND for kind in rule.each)
    hints = "\n".join([told, *kinds, *touched(rule, examples), *rule.references])
    return [service for service, hint in _SERVICES.items() if re.search(hint, hints)]


def _contents(rules: Sequence[Rule], about: dict[str, list[str]]) -> str:
    """List the rules by their groups, and by services."""
    groups = [(*_group(module), list(members)) for module, members in groupby(rules, key=_module)]
    return "\n".join(
        [
            "<!-- Written by `make docs`. -->",
            "# Rules",
            "",
            "`msglint rules` lists them too, and `msglint explain MSG501` shows the page of one.",
            "",
            f"By concern: {' · '.join(_link(title) for title, _, _ in groups)}",
            "",
            f"By service: {' · '.join(map(_link, _SERVICES))}",
            *(line for title, text, members in groups for line in ("", f"## {title}", "", text, "", *_table(members))),
            "",
            "## By service",
            "",
            "A rule stands with each service that it is about, so most stand with several.",
            *(
                line
                for service in _SERVICES
                for line in ("", f"### {service}", "", *_table(rule for rule in rules if service in about[rule.code]))
            ),
            "",
        ]
    )


def _table(rules: Iterator[Rule] | Sequence[Rule]) -> Iterator[str]:
    yield "| code | rule | severity | what it finds |"
    yield "|---|---|---|---|"
    for rule in rules:
        yield f"| {rule.code} | {_to(rule)} | {_severities(rule)} | {rule.summary} |"


def _page(rule: Rule, rules: Sequence[Rule], about: list[str], root: Path) -> str:
    summary, _, text = rule.documentation.strip().partition("\n")
    examples = root / EXAMPLES / rule.name
    facts = {
        "services": ", ".join(_link(service, "index.md") for service in about),
        "asked of": ", ".join(map(_kind, (kind.KIND for kind in rule.each))) or "the whole file",
        "languages": ", ".join(languages(examples)),
        "since": rule.since,
    }
    others = [other for other in rules if _module(other) == _module(rule) and other is not rule]
    return "\n".join(
        [
            "<!-- Written by `make docs` from the rule and its examples. -->",
            f"# {rule.code} {rule.name}",
            "",
            summary,
            "",
            f"| severity | {_severities(rule)} |",
            "|---|---|",
            *(f"| {name} | {value} |" for name, value in facts.items() if value),
            text.rstrip(),
            *(_examples(rule, examples) if rule.each else _whole(examples)),
            *(_ignoring(rule) if rule.each else ()),
            "",
            "## References",
            "",
            *(f"- <{reference}>" for reference in rule.references),
            "",
            "## See also",
            "",
            *(f"- {other.code} {_to(other)}: {other.summary[:1].lower()}{other.summary[1:]}" for other in others),
            "",
        ]
    )


def _examples(rule: Rule, folder: Path) -> Iterator[str]:
    yield from ("", "## Examples")
    for language in languages(folder):
        shown = excerpt(rule, folder, language)
        if shown is None:
            continue
        code, suffix = ("hcl", ".tf") if language == "Terraform" else ("yaml", LANGUAGES[language])
        yield from ("", f"### {language}", "", "Before:", "", *_fence(code, shown.before))
        yield from ("", "msglint says:", "", *_said(shown.report))
        if shown.after:
            yield from ("", "After:", "", *_repaired(code, shown))
        yield from ("", _whole_files(folder, suffix))


def _repaired(language: str, shown: Excerpt) -> Iterator[str]:
    """Show what is repaired, or of what is long, and would have to be compared, the lines that change."""
    before, after = shown.before.splitlines(), shown.after.splitlines()
    changes = list(unified_diff(before, after, lineterm=""))[3:]  # behind the names of files and the first place
    if len(changes) < _LONG * len(after):
        yield from _fence("diff", "\n".join("@@" if line.startswith("@@") else line for line in changes))
    else:
        yield from _fence(language, shown.after)


def _whole_files(folder: Path, suffix: str) -> str:
    """Name the files that an excerpt is from."""
    whole = []
    for word, what in (("bad", "more of the fault"), ("good", "what is right"), ("unknown", "what cannot be decided")):
        name = next((name for name in (f"{word}{suffix}", f"{word}{suffix}.d") if (folder / name).exists()), None)
        if name is not None:
            whole.append(f"[{name}](../../{(EXAMPLES / folder.name / name).as_posix()}) ({what})")
    return f"In whole: {', '.join(whole)}."


def _whole(folder: Path) -> Iterator[str]:
    """Show the example of a rule about the file itself."""
    template = folder / "bad.cfn.yaml"
    if template.exists():
        report = lint_text(template.name, template.read_bytes(), Options())
        yield from ("", "## Example", "", *_fence("yaml", template.read_text(encoding="utf-8")))
        yield from ("", "msglint says:", "", *_said(report))


def _said(report: Report) -> Iterator[str]:
    yield from _fence("text", render(report, Manner(width=_WIDTH)).rstrip("\n").rpartition("\n\n")[0])


def _fence(language: str, text: str) -> Iterator[str]:
    yield from (f"```{language}", text.rstrip(), "```")


def _ignoring(rule: Rule) -> Iterator[str]:
    metadata = f"Metadata: {{msglint: {{ignore: [{{rule: {rule.code}, reason: …}}]}}}}"
    yield from ("", "## How to ignore it", "")
    yield "Say why, in a comment on the line of the finding or beside the name of its resource:"
    yield from ("", *_fence("yaml", f"# msglint: ignore[{rule.code}] the reason"), "")
    yield f"JSON has no comments: there `{metadata}` in the resource does the same."
    yield f"A plan has neither: leave the rule out of its run with `--ignore {rule.code}`."


def _module(rule: Rule) -> str:
    return rule.check.__module__.rpartition(".")[0]


def _group(module: str) -> tuple[str, str]:
    """Give the title of a group, and its sentence."""
    title, _, text = (importlib.import_module(module).__doc__ or "").strip().partition(": ")
    return title, f"{text[:1].upper()}{text[1:]}"


def _kind(type_: str) -> str:
    """Name a type, and what the provider calls it."""
    native = next((native for native, kind in KINDS.items() if kind.type == type_), None)
    return f"`{type_}`" if native in {None, type_} else f"`{type_}` (`{native}`)"


def _severities(rule: Rule) -> str:
    return ", ".join(severity.value for severity in rule.severities)


def _to(rule: Rule) -> str:
    return f"[{rule.name}]({rule.name}.md)"


def _link(title: str, page: str = "") -> str:
    """Link to a heading as GitHub names it."""
    return f"[{title}]({page}#{title.lower().replace(' ', '-')})"
