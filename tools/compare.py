"""Write docs/peers.md: what msglint and its peers say about examples/gotchas, where six faults are planted.

Each planted fault is a row of `FAULTS`. A tool has seen it if it names the resource together with a rule that is about
that fault; which rules are is decided here by hand, after reading what the rule says and does. A rule about something
else on the same resource does not count, and a rule that says the same of resources without the fault does not either.
"""

import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from peers import MSGLINT, PEERS, ROOT, Peer, versions

EXAMPLES = ROOT / "examples" / "gotchas"
PAGE = ROOT / "docs" / "peers.md"
LANGUAGES = {
    "CloudFormation": EXAMPLES / "template.yaml",
    "SAM": EXAMPLES / "sam" / "template.yaml",
    "Terraform": EXAMPLES / "terraform" / "plan.json",
}


class Said(NamedTuple):
    """One finding of a tool, cut to what the page shows."""

    rule: str
    resource: str
    message: str


class Fault(NamedTuple):
    """A planted fault; `where` has the resource in CloudFormation, SAM and Terraform, empty where there is none.

    `word`: what a finding must name besides, where a resource has several faults that the same rule finds.
    """

    gotcha: str
    title: str
    where: tuple[str, str, str]
    seen: Mapping[str, tuple[str, ...]]
    word: str = ""


CFN_LINT, CHECKOV, TRIVY, GUARD, TF_NAG = (peer.name for peer in PEERS)
FAULTS = (
    Fault(
        "1",
        "code asks for a system attribute as a user attribute",
        ("OrdersFunction", "OrdersFunction", ""),
        {MSGLINT.name: ("MSG503", "MSG504")},
        "AWSTraceHeader",
    ),
    Fault(
        "1",
        "an event filter looks for one among the user attributes",
        ("OrdersConsumer", "OrdersFunction", "aws_lambda_event_source_mapping.orders"),
        {MSGLINT.name: ("MSG503",)},
        "SenderId",
    ),
    Fault(
        "1",
        "a state machine asks for one as a user attribute",
        ("RetryMachine", "RetryMachine", "aws_sfn_state_machine.retry"),
        {MSGLINT.name: ("MSG503", "MSG504")},
    ),
    Fault(
        "2",
        "a second newline after each record from SNS",
        ("ArchiveStream", "ArchiveStream", "aws_kinesis_firehose_delivery_stream.archive"),
        {MSGLINT.name: ("MSG801",)},
    ),
    Fault(
        "3",
        "dead-letter queue of an EventBridge rule, without a policy",
        ("RefundsUndelivered", "RefundsUndelivered", "aws_sqs_queue.refunds_undelivered"),
        {MSGLINT.name: ("MSG101",)},
    ),
    Fault(
        "3",
        "dead-letter queue of an SNS subscription, without a policy",
        ("OrdersUndelivered", "OrdersUndelivered", "aws_sqs_queue.orders_undelivered"),
        {MSGLINT.name: ("MSG101",)},
    ),
    Fault(
        "4",
        "short polling",
        ("PaymentsQueue", "PaymentsQueue", "aws_sqs_queue.payments"),
        {MSGLINT.name: ("MSG501",)},
    ),
    Fault(
        "4",
        "the key that AWS manages, `alias/aws/sqs`",
        ("PaymentsQueue", "PaymentsQueue", "aws_sqs_queue.payments"),
        {MSGLINT.name: ("MSG301",), CHECKOV: ("CKV2_AWS_73",), TRIVY: ("AVD-AWS-0135",)},
    ),
    Fault(
        "5",
        "password of a broker's user in the template",
        ("StockBroker", "StockBroker", "aws_mq_broker.stock"),
        {MSGLINT.name: ("MSG401",), CFN_LINT: ("W2501",)},
    ),
    Fault(
        "5",
        "MSK secret with a name that MSK does not take",
        ("WriterSecret", "WriterSecret", "aws_secretsmanager_secret.writer"),
        {MSGLINT.name: ("MSG408",)},
    ),
    Fault(
        "5",
        "MSK secret on the default key",
        ("ReaderSecret", "ReaderSecret", "aws_secretsmanager_secret.reader"),
        {MSGLINT.name: ("MSG409",), CHECKOV: ("CKV_AWS_149",), TRIVY: ("AVD-AWS-0098",)},
    ),
    Fault(
        "5",
        "secrets that are never rotated",
        ("ReaderSecret", "ReaderSecret", "aws_secretsmanager_secret.reader"),
        {MSGLINT.name: ("MSG411",), CHECKOV: ("CKV2_AWS_57",), TF_NAG: ("AwsSolutions-SMG4",)},
    ),
    Fault(
        "5",
        "event source on MSK that signs in as none may",
        ("StockConsumer", "OrdersFunction", "aws_lambda_event_source_mapping.stock"),
        {MSGLINT.name: ("MSG406", "MSG407")},
    ),
    Fault(
        "5",
        "a role that may read every secret",
        ("OrdersRole", "OrdersRole", "aws_iam_role_policy.orders"),
        {
            MSGLINT.name: ("MSG208",),
            CHECKOV: ("CKV_AWS_108", "CKV_AWS_355", "CKV_AWS_356"),
            TRIVY: ("AVD-AWS-0057",),
            TF_NAG: ("AwsSolutions-IAM5",),
        },
    ),
    Fault(
        "6",
        "queue policy that lets SNS in for every account",
        ("OrdersPolicy", "OrdersPolicy", "aws_sqs_queue_policy.orders"),
        {MSGLINT.name: ("MSG201",)},
    ),
    Fault(
        "6",
        "role that EventBridge may assume for every account",
        ("RefundsRole", "RefundsRole", "aws_iam_role.refunds"),
        {MSGLINT.name: ("MSG203",)},
    ),
    Fault(
        "6",
        "queue policy that names a bucket and no account",
        ("UploadsPolicy", "UploadsPolicy", "aws_sqs_queue_policy.uploads"),
        {MSGLINT.name: ("MSG202",)},
    ),
)
HEAD = """\
# msglint and its peers on six gotchas

Written by `make peers`, which runs every tool on [the same small order system](../examples/gotchas): in
CloudFormation, in SAM, and as the Terraform plan of a first deployment. Six faults are planted in it, each marked by a
comment with its number. A cell names the rules of a tool that report *that* fault; - means that it reports nothing of
it. Which rules count is decided in [tools/compare.py](../tools/compare.py). The peers come in these packages: VERSIONS.

The peers are there for much more than messages, and most of what they say here is true and outside of what msglint
looks at: open or unversioned buckets, tracing, logs, code signing, the deletion of stateful resources, requests without
TLS. Use them too. What one should know to read their answers:

- **serverless rules** (`ES6000`), **cfn-guard** (`sqs_dlq_check`) and **tf-nag** (`AwsSolutions-SQS3`) ask for a
  dead-letter queue of the dead-letter queues. That is not gotcha 3, which is about who may send there.
- **checkov** and **trivy** ask every secret for a customer managed key, and **checkov** and **tf-nag** for a rotation;
  that MSK refuses a secret on the default key, they do not say.
- **checkov** reports the role that may read every secret in a plan as well (`CKV_AWS_355`), once its policy is known.
- **tf-nag** warns (level `WARN`) where a value is known only after apply. It does so at every role, so such an answer
  does not count.
- **trivy** stops reading a plan at a list with a value that is known only after apply, and then reports no fault at
  all. It was given the `.tf` file here.
- Some of what they say is not true here: Lambda takes no on-failure destination for a queue as event source
  (serverless rules, `ES1001`), the function has no secret in its environment (checkov, `CKV_AWS_45`), and the delivery
  stream is encrypted (tf-nag, `AwsSolutions-KDF1`).
- The code of a function is not in a plan, so the first fault is missing there.
"""


def _cfn_lint(output: str, _: Path) -> Iterator[Said]:
    for each in json.loads(output):
        path = [str(word) for word in each["Location"]["Path"]]
        yield Said(each["Rule"]["Id"], path[1] if path[:1] == ["Resources"] else "/".join(path), each["Message"])


def _checkov(output: str, _: Path) -> Iterator[Said]:
    reports = json.loads(output)
    for report in reports if isinstance(reports, list) else [reports]:
        for each in report["results"]["failed_checks"]:
            yield Said(each["check_id"], re.sub(r"^AWS::\w+::\w+\.", "", each["resource"]), each["check_name"])


def _trivy(output: str, file: Path) -> Iterator[Said]:
    for result in json.loads(output).get("Results", []):
        for each in result.get("Misconfigurations", []):
            cause = each["CauseMetadata"]
            named = cause.get("Resource", "")
            at = _resource_at(file, cause.get("StartLine", 0)) if file.suffix == ".yaml" else named
            yield Said(each["ID"], at, each["Title"])


def _resource_at(file: Path, line: int) -> str:
    """Give the logical id of the resource that a line of a template belongs to."""
    above = file.read_text(encoding="utf-8").splitlines()[:line]
    names = [match[1] for text in above if (match := re.match(r"  (\w+):", text))]
    return names[-1] if names else ""


def _guard(output: str, _: Path) -> Iterator[Said]:
    for report in json.loads(output):
        for each in report["not_compliant"]:
            text = json.dumps(each)
            said = re.search(r"\[CT\.[\w.]+\]: (.*?)\\n", text)
            for resource in sorted(set(re.findall(r"/Resources/(\w+)", text))):
                yield Said(each["Rule"]["name"], resource, said[1] if said else "")


def _tf_nag(output: str, _: Path) -> Iterator[Said]:
    for each in json.loads(output):
        mark = "" if each["compliance"] == "NON_COMPLIANT" else " (WARN)"
        yield Said(each["rule_id"] + mark, each["address"], each["message"])


def _msglint(output: str, _: Path) -> Iterator[Said]:
    for each in json.loads(output)["findings"]:
        yield Said(each["code"], each["resource"] or "", each["message"])


READERS: Mapping[str, Callable[[str, Path], Iterator[Said]]] = {
    MSGLINT.name: _msglint,
    CFN_LINT: _cfn_lint,
    CHECKOV: _checkov,
    TRIVY: _trivy,
    GUARD: _guard,
    TF_NAG: _tf_nag,
}


def asked(peer: Peer, home: Path, file: Path) -> list[Said] | None:
    """Give what a tool says of a file, without repetitions; None where it does not read the language."""
    with tempfile.TemporaryDirectory() as name:
        if peer.name == TRIVY and file.name == "plan.json":
            file = Path(shutil.copy(file.with_name("main.tf"), name))
        command = peer.command(home, file, json=True)
        if command is None:
            return None
        run = subprocess.run(command, cwd=name, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if run.returncode not in peer.said:
            sys.exit(f"{peer.name} failed on {file}: {run.stderr}")
        return list(dict.fromkeys(READERS[peer.name](run.stdout, file)))


def cell(fault: Fault, where: str, tool: str, said: list[Said] | None) -> str:
    """Give the rules of a tool that report a fault."""
    if said is None:
        return ""
    names = re.compile(rf"(?<![\w.]){re.escape(where)}")
    exact = re.compile(rf"(?<![\w.]){re.escape(where)}(?!\w)")
    found = {
        each.rule
        for each in said
        if each.rule in fault.seen.get(tool, ())
        # The resources that SAM makes of an event are called after the function.
        and (names if where == "OrdersFunction" else exact).search(f"{each.resource} {each.message}")
        and fault.word in (each.message if tool == MSGLINT.name else fault.word)
    }
    return ", ".join(sorted(found)) or "-"


def page(answers: Mapping[str, Mapping[str, list[Said] | None]]) -> Iterator[str]:
    """Give the page out of what each tool says in each language."""
    yield HEAD.replace("VERSIONS", ", ".join(versions()))
    for number, (language, file) in enumerate(LANGUAGES.items()):
        tools = {tool: said for tool, said in answers[language].items() if said is not None}
        yield f"\n## {language}\n\n[{file.relative_to(ROOT)}](../{file.relative_to(ROOT)})\n\n"
        yield f"| gotcha | | {' | '.join(tools)} |\n|---|---|{'---|' * len(tools)}\n"
        for fault in FAULTS:
            if where := fault.where[number]:
                cells = [cell(fault, where, tool, said) for tool, said in tools.items()]
                yield f"| {fault.gotcha} | {fault.title} | {' | '.join(cells)} |\n"
        for tool, said in tools.items():
            yield f"\n<details>\n<summary>All that {tool} says: {len(said)} findings</summary>\n\n```\n"
            yield "".join(f"{each.rule}  {each.resource}  {' '.join(each.message.split())}\n" for each in said)
            yield "```\n\n</details>\n"


def main() -> None:
    """Run all tools and write the page."""
    homes: list[tuple[Peer, Path]] = [(MSGLINT, Path(sys.prefix)), *((peer, peer.make()) for peer in PEERS)]
    answers: dict[str, dict[str, Any]] = {
        language: {peer.name: asked(peer, home, file) for peer, home in homes} for language, file in LANGUAGES.items()
    }
    PAGE.write_text("".join(page(answers)), encoding="utf-8")


if __name__ == "__main__":
    main()
