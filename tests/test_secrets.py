"""No report shows a secret: canaries in every place and form that the rules know, through every door."""

import json
import logging
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import msglint.engine
from command import run
from linting import RULES, inputs
from msglint.engine import lint, lint_text
from msglint.finding import Candidate, Entry, Report
from msglint.hosts import cfn_lint
from msglint.hosts.own import Rules
from msglint.model.value import Known
from msglint.options import Options
from msglint.readers.interface import Assumptions, Configuration, Setting
from msglint.readers.terraform.sources.telling import in_block
from msglint.reports.formats import FORMATS, render
from msglint.reports.interface import Manner
from msglint.reports.redaction import Secrets, covered, scrubbed
from msglint.rules.index import RULES as INDEX
from msglint.rules.interface import load
from msglint.source import Document, hcl
from msglint.verdict import YES

FOLDERS = (
    "inline-broker-password",
    "inline-kafka-credentials",
    "credentials-in-connection-string",
    "literal-secret-value",
    "inline-destination-secret",
    "secure-string-not-supported",
)
EXAMPLES = [path for folder in FOLDERS for path in inputs(RULES / folder)]
SECRET = re.compile(r"\b[A-Z][a-z]+-[A-Z][a-z]+-\d{2,4}\b|not-ours-but-no-better")
"""What the examples of these rules have for passwords."""

BASE64 = "PGJyb2tlciB4bWxucz0i"
"""How the example begins whose password stands in base64."""

SELECTIONS = [(), ("MSG4",), ("MSG501",), ("MSG303",), ("MSG001",)]

CANARY = "CANARY-5ecret-9f31"


def outputs(report: Report) -> Iterator[str]:
    """Render a report in every form that there is, with all that it has to say."""
    for name in FORMATS:
        yield from (render(name, report, manner) for manner in (Manner(), Manner(undecided=True, color=True)))
    yield repr(report)


def leaks(report: Report, secrets: Sequence[str]) -> list[str]:
    """Give the secrets that some output shows."""
    shown = list(outputs(report))
    return [secret for secret in secrets if any(secret in text for text in shown)]


def test_there_are_reports_to_test() -> None:
    assert len(list(outputs(lint_text("x", b"", Options())))) >= 8


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_output_shows_a_password_of_an_example(path: Path) -> None:
    """Whichever rules are asked for; plans on one line too, as Terraform writes them."""
    data = path.read_bytes()
    secrets = sorted({*SECRET.findall(data.decode()), BASE64, "Placid-Heron-2207"})
    texts = [data]
    if path.suffix == ".json":
        texts.append(json.dumps(json.loads(data), separators=(",", ":")).encode())
    for text in texts:
        for selection in SELECTIONS:
            report = lint_text(path.name, text, Options(select=selection, show_undecided=True))
            assert leaks(report, secrets) == []


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_file_that_breaks_off_shows_no_password(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    secrets = sorted(set(SECRET.findall(text)))
    for found in SECRET.finditer(text):
        for broken in (
            text[: found.end()],
            text[: found.end()] + "\n\t: [",
            text[: found.start()] + "*" + text[found.start() :],
            text[: found.start()] + "%" + text[found.start() :],
            text[: found.start()] + '"' + text[found.start() :],
            text[: found.start()].rstrip(' "')[:-1] + " " + text[found.start() :],
        ):
            report = lint_text(path.name, broken.encode(), Options())
            # What can be read all the same is another text, in which the word is no password.
            if report.findings and report.findings[0].code == "MSG001":
                assert leaks(report, secrets) == []


FLOW = f"""
Parameters:
  Pw: {{Type: String, NoEcho: true, Default: {CANARY}}}
Resources:
  Orders: {{Type: AWS::SQS::Queue, Properties: {{Tags: [{{Key: password, Value: {CANARY}}}], KmsMasterKeyId: ""}}}}
  Both: {{Type: AWS::AmazonMQ::Broker, Properties: {{Users: [{{Username: a, Password: {CANARY}}},
    {{Username: b, Password: !If [X, '{CANARY}', !Ref Pw]}}]}}}}
  More: {{Type: AWS::AmazonMQ::Broker, Properties: {{Users: [{{Username: a, Password:
    "{CANARY}"}}, {{Username: b, Password: !Ref Pw}}]}}}}
  Folded:
    Type: AWS::AmazonMQ::Broker
    Properties:
      Users:
        - Password: >-
            {CANARY}
          Username: a
        - Password:
            {CANARY}
          Username: b
        - "Password": |
            {CANARY}
            {CANARY}
"""


@pytest.mark.parametrize("selection", SELECTIONS)
def test_whatever_rule_points_at_the_line(selection: tuple[str, ...]) -> None:
    for text in (FLOW, FLOW.replace("\n    ", " "), FLOW.replace("\n", "\r\n")):
        report = lint_text("flow.yaml", text.encode(), Options(select=selection))
        assert leaks(report, [CANARY]) == []


PLACES = f"""
Description: amqps://u:{CANARY}@b-1.mq.eu-west-1.amazonaws.com:5671
Parameters:
  MqPassword:
    Type: String
    AllowedValues:
      - {CANARY}
      - {CANARY}
  Url: {{Type: String, Default: "amqps://u:{CANARY}@b-1.mq.eu-west-1.amazonaws.com:5671"}}
Mappings:
  Stages: {{live: {{kafkaPassword: {CANARY}, url: "stomp://u:{CANARY}@b-1.mq.example"}}}}
Metadata:
  Notes: {{BrokerPassword: {CANARY}}}
Resources:
  Orders: {{Type: AWS::SQS::Queue, Metadata: {{MqPassword: {CANARY}}}, Properties: {{SqsManagedSseEnabled: false}}}}
  Build:
    Type: AWS::CodeBuild::Project
    Properties: {{Environment: {{EnvironmentVariables: [{{Name: KAFKA_PASSWORD, Value: {CANARY}}}]}}}}
  Host:
    Type: AWS::EC2::Instance
    Metadata:
      AWS::CloudFormation::Init:
        config: {{commands: {{a: {{command: rabbitmqctl add_user shop {CANARY}}}}}}}
    Properties:
      UserData: !Base64
        Fn::Sub: |
          rabbitmqctl add_user shop {CANARY}
          kafka-configs.sh --add-config 'SCRAM-SHA-512=[password={CANARY}]'
  Stored: {{Type: AWS::SSM::Parameter, Properties: {{Name: /mq/password, Type: String, Value: {CANARY}}}}}
  Stream:
    Type: AWS::KinesisFirehose::DeliveryStream
    Properties: {{SplunkDestinationConfiguration: {{HECToken: {CANARY}}}}}
  Connection:
    Type: AWS::Events::Connection
    Properties:
      AuthParameters:
        ApiKeyAuthParameters: {{ApiKeyName: Authorization, ApiKeyValue: "Bearer {CANARY}"}}
        InvocationHttpParameters: {{HeaderParameters: [{{Key: X-Tenant, Value: {CANARY}, IsValueSecret: true}}]}}
  Generated:
    Type: AWS::SecretsManager::Secret
    Properties:
      Name: AmazonMSK_a
      GenerateSecretString: {{GenerateStringKey: salt, SecretStringTemplate: '{{"password": "{CANARY}"}}'}}
Outputs:
  MqPassword: {{Value: {CANARY}}}
  Url: {{Value: "amqps://u:{CANARY}@b-1.mq.eu-west-1.amazonaws.com:5671"}}
"""


@pytest.mark.parametrize("selection", SELECTIONS)
def test_no_place_is_shown(selection: tuple[str, ...]) -> None:
    """Whatever rules were asked for: what stands in one place may be shown beside the finding of another."""
    report = lint_text("places.yaml", PLACES.encode(), Options(select=selection, show_undecided=True))
    assert leaks(report, [CANARY]) == []
    if selection == ("MSG4",):
        assert {"MSG401", "MSG402", "MSG403", "MSG404", "MSG405"} <= {finding.code for finding in report.findings}


CONFIGURATION = Path(__file__).parent / "fixtures/readers/secrets"
WRITTEN = [path for path in sorted(CONFIGURATION.rglob("*")) if path.is_file() and path.name != "plan.json"]
PLANTED = sorted({word for path in WRITTEN for word in re.findall(r"Canary-[A-Za-z]+-\d+", path.read_text())})
SET = "Canary-Set-137"
"""What the user gives to a variable."""


def judged_from(door: str, options: Options) -> Report:
    """Judge a plan without its sources, a plan with them, or these alone."""
    directory, plan = str(CONFIGURATION), CONFIGURATION / "plan.json"
    match door:
        case "plan":
            return lint_text("plan.json", plan.read_bytes(), options)
        case "both":
            return lint_text(str(plan), plan.read_bytes(), options, directory)
        case _:
            configuration = Configuration(settings=(Setting("set_password", SET),))
            assumptions = Assumptions(configuration=configuration)
            return lint([f"{directory}/main.tf"], msgspec.structs.replace(options, assumptions=assumptions))


@pytest.mark.parametrize("door", ["plan", "both", "files"])
@pytest.mark.parametrize("selection", [(), ("MSG4",), ("MSG501",), ("MSG303",)])
def test_a_configuration_is_shown_without_its_secrets(door: str, selection: tuple[str, ...]) -> None:
    report = judged_from(door, Options(select=selection, show_undecided=True))
    assert report.findings
    assert leaks(report, [*PLANTED, SET, "Format-120"]) == []
    assert not [finding for finding in report.findings if finding.code == "MSG002"]


@pytest.mark.parametrize("door", ["both", "files"])
def test_no_line_of_a_configuration_shows_a_secret(door: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever rule points at whatever line of whatever file."""
    documents = [Document.from_bytes(str(path), path.read_bytes()) for path in WRITTEN]
    lines = [document.spot(at.start(), at.end()) for document in documents for at in re.finditer(".+", document.text)]

    def pointing(resource: Any, *_: Any) -> Iterator[Candidate]:
        yield from (Candidate(when=YES, resource=resource, at=line, message="here") for line in lines)

    def loaded(entry: Entry) -> Any:
        rule = load(entry)
        return msgspec.structs.replace(rule, check=pointing) if rule.code == "MSG303" else rule

    monkeypatch.setattr(msglint.engine, "load", loaded)
    report = judged_from(door, Options(select=("MSG303",)))
    assert {str(path) for path in WRITTEN} == {finding.file for finding in report.findings}
    assert leaks(report, [*PLANTED, SET, "Format-120"]) == []
    # Covered is what is secret, and not the file.
    shown = "\n".join(report.texts[str(CONFIGURATION / "main.tf")])
    assert 'broker_name        = "literal"' in shown
    assert 'username = "shop"' in shown


def test_what_is_secret_in_a_configuration_is_found_where_it_is_written() -> None:
    """With and without a plan: no finding stands in the plan, and all that the plan alone tells is told."""

    def told(report: Report) -> set[tuple[str, str | None]]:
        return {(each.code, each.resource) for each in report.findings if each.code in {"MSG401", "MSG402", "MSG403"}}

    alone, both, files = (judged_from(door, Options(select=("MSG4",))) for door in ("plan", "both", "files"))
    assert told(alone) < told(both) == told(files)
    assert not [each.file for each in (*both.findings, *both.undecided) if each.file.endswith("plan.json")]
    assert [each for each in both.undecided if each.code in {"MSG401", "MSG402", "MSG403", "MSG404"}] == []


def test_a_file_that_breaks_off_is_not_shown(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(f'resource "aws_mq_broker" "b" {{\n  password =\n  "{CANARY}\n', encoding="utf-8")
    report = lint([str(tmp_path)], Options())
    assert [(each.code, each.file) for each in report.findings] == [("MSG001", str(tmp_path / "main.tf"))]
    assert leaks(report, [CANARY]) == []


TELLING = f"""
locals {{
  old_password = "{CANARY}"
  settings     = {{ timeout = "kept", api_key = "{CANARY}", list = [{{ secret = "{CANARY}" }}] }}
  pairs        = [{{ name = "MQ_PASSWORD", value = "{CANARY}" }}, {{ name = "MQ_USER", value = "kept" }}]
  chosen       = var.password == "{CANARY}" ? "kept" : "kept"
  given        = {{ token = var.flag ? "{CANARY}" : lower("{CANARY}") }}
  secret_arn   = "kept"
}}
resource "aws_ssm_parameter" "p" {{
  name  = "kept"
  value = "{CANARY}"
}}
resource "aws_db_instance" "d" {{
  password_wo         = "{CANARY}"
  password_wo_version = 1
}}
"""


def test_names_tell_what_is_secret() -> None:
    body = hcl.read_hcl(Document("main.tf", TELLING))
    found = [place.document.slice(place.span) for block in body.blocks for place in in_block(block)]
    assert found == [f'"{CANARY}"'] * TELLING.count(CANARY)


def test_what_a_plan_marks_is_covered_where_it_is_written(tmp_path: Path) -> None:
    """Also where it is too short to be looked for, and no name tells of it."""
    (tmp_path / "main.tf").write_text(
        'resource "aws_sqs_queue" "q" {\n  odd { inner = 4711 }\n  kms_master_key_id = "kept"\n}\n', encoding="utf-8"
    )
    queue = {"address": "aws_sqs_queue.q", "mode": "managed", "type": "aws_sqs_queue", "name": "q"}
    values = {"odd": [{"inner": "4711"}], "kms_master_key_id": "kept"}
    plan = {
        "format_version": "1.2",
        "planned_values": {
            "root_module": {
                "resources": [{**queue, "values": values, "sensitive_values": {"odd": [{"inner": True}]}}],
            }
        },
        "configuration": {
            "root_module": {
                "resources": [
                    {
                        **queue,
                        "expressions": {
                            "odd": [{"inner": {"constant_value": 4711}}],
                            "kms_master_key_id": {"constant_value": "kept"},
                        },
                    }
                ]
            }
        },
    }
    report = lint_text(str(tmp_path / "plan.json"), json.dumps(plan).encode(), Options(), str(tmp_path))
    assert report.findings
    assert leaks(report, ["4711"]) == []


def test_an_output_of_a_plan_is_not_shown() -> None:
    outputs_ = {"mq_password": {"sensitive": False, "type": "string", "value": CANARY}}
    queue = {"address": "aws_sqs_queue.a", "mode": "managed", "type": "aws_sqs_queue", "name": "a", "values": {}}
    plan = {
        "format_version": "1.2",
        "planned_values": {"outputs": outputs_, "root_module": {"resources": [queue]}},
        "resource_changes": [],
        "output_changes": {"mq_password": {"actions": ["create"], "before": None, "after": CANARY}},
        "configuration": {"root_module": {"outputs": {"mq_password": {"expression": {"constant_value": CANARY}}}}},
    }
    for indent in (None, 1):
        for selection in SELECTIONS:
            report = lint_text("plan.json", json.dumps(plan, indent=indent).encode(), Options(select=selection))
            assert leaks(report, [CANARY]) == []


def test_a_plan_on_one_line_shows_no_variable() -> None:
    """What a variable is stands right before the first resource."""
    plan = {
        "format_version": "1.2",
        "variables": {"a": {"value": CANARY}, "b": {"value": {"c": [CANARY]}}},
        "planned_values": {
            "root_module": {
                "resources": [
                    {
                        "address": "aws_sqs_queue.q",
                        "mode": "managed",
                        "type": "aws_sqs_queue",
                        "name": "q",
                        "values": {"name": "q", "tags": {"x": CANARY}},
                        "sensitive_values": {"tags": {"x": True}},
                    }
                ]
            }
        },
        "configuration": {"root_module": {"variables": {"a": {"sensitive": True}, "b": {}}}},
    }
    report = lint_text("plan.json", json.dumps(plan).encode(), Options())
    assert report.findings
    assert leaks(report, [CANARY]) == []


def test_no_message_shows_a_secret() -> None:
    """A rule of any kind may quote a value: of a parameter with NoEcho, an address, a list of properties."""
    template = f"""
Parameters:
  Pw: {{Type: String, NoEcho: true}}
  Host: {{Type: String}}
Resources:
  Topic:
    Type: AWS::SNS::Topic
    Properties:
      Subscription:
        - {{Protocol: sqs, Endpoint: !Sub 'https://user:{CANARY}@${{Host}}/'}}
        - {{Protocol: sqs, Endpoint: !Ref Pw}}
  Orders:
    Type: AWS::SQS::Queue
    Properties:
      ReceiveMessageWaitTimeSeconds: !Sub 'password={CANARY}-${{Host}}'
      RedrivePolicy: {{deadLetterTargetArn: !Ref Pw}}
"""
    options = Options(assumptions=Assumptions(parameters={"Pw": f"{CANARY}-x"}))
    report = lint_text("template.yaml", template.encode(), options)
    assert report.undecided
    assert leaks(report, [CANARY]) == []


def test_a_fingerprint_says_nothing_of_the_secret() -> None:
    """Else it could be guessed offline."""

    def fingerprints(secret: str) -> list[str]:
        text = FLOW.replace(CANARY, secret)
        return [finding.fingerprint for finding in lint_text("flow.yaml", text.encode(), Options()).findings]

    assert fingerprints("hunter2-hunter2") == fingerprints("correct-horse") != []


def test_faults_of_one_resource_have_fingerprints_of_their_own() -> None:
    names = ["KAFKA_PASSWORD", "SCHEMA_REGISTRY_PASSWORD", "RABBITMQ_PASSWORD", "{KAFKA}_PASSWORD"]
    variables = ", ".join(f"'{name}': {CANARY}" for name in names)
    users = ", ".join(f"{{Username: {name}, Password: {CANARY}}}" for name in ("a", "b"))
    text = f"""
Resources:
  F: {{Type: AWS::Lambda::Function, Properties: {{Environment: {{Variables: {{{variables}}}}}}}}}
  B: {{Type: AWS::AmazonMQ::Broker, Properties: {{Users: [{users}]}}}}
"""
    report = lint_text("template.yaml", text.encode(), Options(select=("MSG4",)))
    assert len(report.findings) == len(names) + 2
    assert len({finding.fingerprint for finding in report.findings}) == len(report.findings)
    assert leaks(report, [CANARY]) == []


def test_a_secret_that_a_rule_found_is_in_no_other_message() -> None:
    text = f"""
Parameters:
  Odd: {{Type: String, NoEcho: true, Default: {CANARY}}}
Resources:
  Broker: {{Type: AWS::AmazonMQ::Broker, Properties: {{Users: [{{Username: a, Password: {CANARY}}}]}}}}
  Queue:
    Type: AWS::SQS::Queue
    Properties: {{QueueName: {CANARY}, KmsMasterKeyId: {CANARY}, RedrivePolicy: {{deadLetterTargetArn: {CANARY}}}}}
"""
    report = lint_text("template.yaml", text.encode(), Options())
    assert {finding.code for finding in report.findings} >= {"MSG401", "MSG501"}
    assert leaks(report, [CANARY]) == []


def test_a_rule_that_fails_says_nothing_of_what_it_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: Any, *_: Any) -> Any:
        raise ValueError(f"{CANARY} in {self!r}")

    monkeypatch.setattr(Known, "holds", broken)
    report = lint_text("flow.yaml", FLOW.encode(), Options())
    told = lint_text("queue.yaml", b"Resources: {Q: {Type: AWS::SQS::Queue, Properties: {DelaySeconds: 0}}}", Options())
    assert leaks(report, [CANARY]) == leaks(told, [CANARY]) == []


def test_a_failure_names_the_place_in_the_code(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(entry: Entry) -> Any:
        if entry.name == "short-polling":
            raise ValueError(CANARY)
        return load(entry)

    monkeypatch.setattr(msglint.engine, "load", broken)
    report = lint_text("queue.yaml", b"Resources: {Q: {Type: AWS::SQS::Queue}}", Options())
    failed = next(finding for finding in report.findings if finding.code == "MSG002")
    assert re.search(r"\(ValueError in test_secrets, line \d+\)", failed.message)
    assert leaks(report, [CANARY]) == []


def test_the_command_line_that_fails_says_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def broken(*_: Any) -> Any:
        raise RuntimeError(CANARY)

    monkeypatch.setattr(msglint.engine, "lint", broken)
    result = run("lint", str(tmp_path))
    assert result.exit_code == 3
    assert CANARY not in result.output


def test_the_command_line_shows_no_secret(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "flow.yaml"
    path.write_text(FLOW, encoding="utf-8")
    with caplog.at_level(logging.DEBUG):
        for flags in (
            [],
            ["--show-undecided"],
            *(["--format", name] for name in FORMATS),
        ):
            result = run("lint", str(path), *flags)
            assert result.exit_code == 1
            assert CANARY not in result.output
    assert CANARY not in caplog.text


@pytest.mark.parametrize("path", [path for path in EXAMPLES if "cfn" in path.name], ids=lambda path: str(path.name))
def test_the_door_of_cfn_lint_shows_no_secret(path: Path) -> None:
    from cfnlint.decode import decode  # noqa: PLC0415  # an import of seconds
    from cfnlint.template import Template  # noqa: PLC0415

    decoded, _ = decode(str(path))
    judged = cfn_lint._judge(Template(str(path), decoded, ["eu-west-1"]), Rules(INDEX))
    told = [match.message for matches in judged.values() for match in matches]
    assert not [message for message in told if SECRET.search(message)]


QUOTED = st.text(st.characters(min_codepoint=33, max_codepoint=0x24F, exclude_characters="\x7f\x85\xad"), min_size=9)
PLAIN = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9$%+/=_-]{8,30}", fullmatch=True)
KEYS = st.sampled_from(
    ["Password", "password", "KAFKA_PASSWORD", "sasl.plain.password", "MasterUserPassword", "SecretString", "authToken"]
)


@given(KEYS, QUOTED)
@example("Password", "ARN:00000")
@example("Password", "arn:hunter2:x")
@example("Password", "true-love")
def test_a_quoted_value_is_covered(key: str, secret: str) -> None:
    doubled = secret.replace("'", "''")
    written = json.dumps(secret, ensure_ascii=False)
    for text, inner in (
        (f'{{"a": 1, "{key}": {written}, "b": 2}}', written[1:-1]),
        (f'{{"name":"{key}","value":{written}}}', written[1:-1]),
        (json.dumps({"text": f'{{"{key}": {written}}}'}, ensure_ascii=False), json.dumps(written)[1:-1][2:-2]),
        (f"- {{{key}: '{doubled}', b: 2}}", doubled),
        (f"  {key}: !Sub '{doubled}'\n  b: 2", doubled),
    ):
        clean = covered(text)
        assert inner not in clean
        assert len(clean) == len(text)
        assert clean[0] == text[0]


@given(KEYS, PLAIN)
@example("Password", "true-love-1")
@example("Password", "NULL+abcdef")
@example("Password", "false$100")
def test_a_plain_value_is_covered(key: str, secret: str) -> None:
    for text in (
        f"  {key}: {secret}",
        f"  {key}:{secret}",
        f"  {key}:\n    {secret}\n  b: 2",
        f"  {key}: |\n    {secret}\n\n    {secret}\n  b: 2",
        f"- Name: {key}\n  Value: {secret}",
        f"- Value: {secret}\n  Name: {key}",
        f"[{{Value: {secret}, Name: {key}}}]",
        f"  {key}:\n    Type: String\n    Default: {secret}",
        f"  {key}: {{Type: String, Default: {secret}}}",
        f'"{key}":{{"constant_value":"{secret}"}}',
        f'"{key}": {{"Fn::If": ["A", "{secret}", {{"Ref": "B"}}]}}',
        f"{key}={secret}",
        f"Description: the {key} is {secret}",
        f"amqps://user:{secret}@host",
        f"<a {key}='{secret}'/>",
    ):
        clean = covered(text)
        assert secret not in clean, text
        assert len(clean) == len(text)


@given(PLAIN)
def test_a_message_is_scrubbed(secret: str) -> None:
    for message in (
        f"amqps://u:{secret}@h is no queue",
        f"password={secret} has no value",
        f'{{"password": "{secret}"}}',
    ):
        assert secret not in scrubbed(message)
    assert secret not in scrubbed(f"{secret} is no queue", Secrets([secret]))


@pytest.mark.parametrize(
    "text",
    [
        "Password: !Ref BrokerPassword",
        "Password: {{resolve:secretsmanager:orders:SecretString:password}}",
        "Password: '{{resolve:secretsmanager:orders:SecretString:password}}'",
        '"Password": {"Ref": "BrokerPassword"}',
        "SecretArn: arn:aws:secretsmanager:eu-west-1:111122223333:secret:orders",
        "KafkaSecret:\n  Type: AWS::SecretsManager::Secret",
        "Uri: https://example.com:443/a",
    ],
)
def test_what_is_no_secret_is_shown(text: str) -> None:
    assert covered(text) == text
