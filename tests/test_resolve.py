"""What is deployed, looked up over HTTP in an account that moto plays: what files cannot tell is told."""

import json
import re
import socket
import subprocess
import sys
import time
from pathlib import Path

import botocore.session
import pytest

from account import (
    ACCOUNT,
    ALLOWED,
    CANARY,
    FAILURES,
    ROOT,
    answer,
    answer_in_xml,
    answering,
    client,
    function,
    policy,
    refused,
)
from command import Result, run
from conftest import REGION
from msglint.account import calls
from msglint.account.access import Access
from msglint.account.calls import ACTIONS, OF_CREDENTIALS, OF_OTHERS, Call
from msglint.account.describe.interface import UnansweredError
from msglint.reports.formats import FORMATS

PROJECT = Path(__file__).parents[1]
HERE = Path(__file__).parent / "fixtures" / "account"
TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"


@pytest.fixture
def shared(aws: str) -> str:
    """Deploy what the shop shares, and give the ARN of the warehouse's secret."""
    client("cloudformation").create_stack(StackName="shared", TemplateBody=(HERE / "shared.yaml").read_text())
    key = client("kms").create_key(Policy=policy(ROOT))
    client("kms").create_alias(AliasName="alias/shared", TargetKeyId=key["KeyMetadata"]["KeyId"])
    secret = client("secretsmanager").create_secret(Name="warehouse", SecretString=json.dumps({"password": CANARY}))
    return str(secret["ARN"])


def lint(secret: str, *arguments: str) -> Result:
    """Judge the shop."""
    shown = ("--isolated", "--show-undecided", "--no-progress", "--parameter", f"Warehouse={secret}")
    return run("lint", *shown, "--select", "MSG1", *arguments, str(HERE / "shop.yaml"))


def told(result: Result) -> dict[str, str]:
    """Give what is said of each rule and resource at each place: a severity, or that it is undecided."""
    lines = re.findall(r"^ +(\d+):\d+ +(\w+) +(MSG\d+) [\w-]+ +(\w+)", result.stdout, re.MULTILINE)
    return {f"{code} {resource} line {line}": said for line, said, code, resource in lines}


OPEN = {
    "MSG101 Placed line 15": "undecided",
    "MSG103 Packed line 48": "undecided",
    "MSG105 Orders line 19": "undecided",
    "MSG111 Orders line 23": "undecided",
    "MSG111 Placed line 15": "undecided",
    "MSG112 Packed line 47": "undecided",
}
FAULTS = {
    "MSG101 Placed line 15": "error",
    "MSG103 Packed line 48": "error",
    "MSG105 Orders line 19": "error",
    "MSG112 Packed line 47": "error",
}


def repaired() -> None:
    """Let in who is to be let in, as an administrator would."""
    queue = client("sqs").get_queue_url(QueueName="failures")["QueueUrl"]
    events = {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sqs:SendMessage"}
    client("sqs").set_queue_attributes(QueueUrl=queue, Attributes={"Policy": policy({**events, "Resource": "*"})})
    key = client("kms").describe_key(KeyId="alias/shared")["KeyMetadata"]["KeyId"]
    uses = {"Effect": "Allow", "Action": ["kms:GenerateDataKey", "kms:Decrypt"], "Resource": "*"}
    given = policy({**uses, "Principal": {"Service": "events.amazonaws.com"}}, ROOT)
    client("kms").put_key_policy(KeyId=key, PolicyName="default", Policy=given)
    may = {"Effect": "Allow", "Action": ["sqs:*", "secretsmanager:GetSecretValue"], "Resource": "*"}
    broker = {"Effect": "Allow", "Action": ["mq:DescribeBroker", "ec2:*", "logs:*"], "Resource": "*"}
    client("iam").put_role_policy(RoleName="shared-pipes", PolicyName="own", PolicyDocument=policy(may, broker))


def test_files_alone_cannot_tell_and_the_account_can(shared: str) -> None:
    """A dead-letter queue's policy, a key's, a role and a secret, all of another stack."""
    assert told(lint(shared)) == OPEN
    result = lint(shared, "--resolve")
    assert told(result) == FAULTS
    assert result.exit_code == 1
    assert result.stderr == f"msglint: looked up 5 things in account {ACCOUNT}\n"


def test_what_is_right_in_the_account_is_no_finding(shared: str) -> None:
    repaired()
    result = lint(shared, "--resolve")
    assert (told(result), result.exit_code) == ({}, 0)


def test_a_finding_says_what_it_rests_on_and_when_that_was_read(shared: str) -> None:
    result = lint(shared, "--resolve")
    said = re.sub(r"\s+", " ", result.stdout)
    read = rf"read {TIME}\)"
    assert re.search(rf"deployed: the destination, {FAILURES} \(account {ACCOUNT}, {REGION}, {read}", said)
    assert re.search(rf"deployed: the export shared-failures, {FAILURES} \(account {ACCOUNT}, {REGION}, {read}", said)
    assert re.search(rf"deployed: its role, arn:aws:iam::{ACCOUNT}:role/shared-pipes \(account {ACCOUNT}, {read}", said)
    assert f"fix: Let events.amazonaws.com in ({FAILURES} is deployed: change it where it is made)" in said
    # All places are those of the user's files.
    assert "/shop.yaml" in result.stdout
    assert not re.search(r"see (?:arn|alias)", said)


@pytest.mark.parametrize("format_", ["sarif", "github", "markdown", "junit"])
def test_what_is_deployed_is_at_no_line_in_any_report(shared: str, format_: str) -> None:
    """The line of the finding does not have it."""
    said = lint(shared, "--resolve", "--format", format_).stdout
    assert f"eployed: the destination, {FAILURES} (account {ACCOUNT}, {REGION}, read 2" in said
    assert f"(failures): the destination, {FAILURES}" not in said
    findings = json.loads(lint(shared, "--resolve", "--format", "json").stdout)["findings"]
    related = [each for finding in findings for each in finding["related"]]
    assert {each["deployed"] for each in related if "read 2" in each["message"]} == {True}
    assert {each["deployed"] for each in related if "read 2" not in each["message"]} <= {False}


def test_what_is_named_in_two_ways_is_one(shared: str, tmp_path: Path) -> None:
    """A queue by its URL and its ARN, a key by its alias and its id."""
    repaired()
    key = client("kms").describe_key(KeyId="alias/shared")["KeyMetadata"]["Arn"]
    template = tmp_path / "t.yaml"
    text = (HERE / "shop.yaml").read_text().replace("!ImportValue shared-failures", FAILURES, 1)
    more = f"""
  Returned:
    Type: AWS::Events::Rule
    Properties:
      EventPattern: {{source: [shop]}}
      Targets: [{{Id: r, Arn: !GetAtt Returns.Arn}}]
  Returns:
    Type: AWS::SQS::Queue
    Properties: {{KmsMasterKeyId: "{key}"}}
"""
    template.write_text(text + more)
    given = ("--isolated", "--show-undecided", "--resolve", "--parameter", f"Warehouse={shared}")
    result = run("lint", *given, "--select", "MSG101,MSG103,MSG105,MSG112", str(template))
    assert told(result) == {}


def test_an_alias_of_a_function_lets_in_by_itself(aws: str, tmp_path: Path) -> None:
    arn = function("worker")
    client("lambda").publish_version(FunctionName="worker")
    client("lambda").create_alias(FunctionName="worker", Name="live", FunctionVersion="1")
    topic = client("sns").create_topic(Name="orders")["TopicArn"]
    let_in = {"StatementId": "a", "Action": "lambda:InvokeFunction", "Principal": "sns.amazonaws.com"}
    template = tmp_path / "t.json"
    to = {"TopicArn": topic, "Protocol": "lambda", "Endpoint": f"{arn}:live"}
    template.write_text(json.dumps({"Resources": {"To": {"Type": "AWS::SNS::Subscription", "Properties": to}}}))

    def judged() -> list[str]:
        shown = ("--isolated", "--show-undecided", "--resolve", "--select", "MSG102")
        return decisions(run("lint", *shown, str(template)))

    assert judged() == ["error"]
    client("lambda").add_permission(FunctionName="worker", Qualifier="live", **let_in)
    assert judged() == []


@pytest.mark.parametrize("format_", ["json", "sarif", "github", "gitlab", "junit", "markdown", "csv", "concise"])
def test_every_report_can_tell_it(shared: str, format_: str) -> None:
    result = lint(shared, "--resolve", "--format", format_)
    assert result.exit_code == 1
    assert "failures" in result.stdout


def test_the_answers_are_kept_and_are_enough(shared: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pipeline without credentials says what the run said that had them, byte for byte."""
    kept = tmp_path / "account.json"
    before = lint(shared, "--resolve", "--resolve-cache", str(kept))
    content = kept.read_bytes()
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    monkeypatch.setattr(socket, "socket", None)
    after = lint(shared, "--resolve-cache", str(kept))
    assert (after.stdout, after.exit_code, after.stderr) == (before.stdout, before.exit_code, "")
    assert kept.read_bytes() == content


def test_what_is_kept_is_not_asked_again(shared: str, tmp_path: Path) -> None:
    kept = tmp_path / "account.json"
    lint(shared, "--resolve", "--resolve-cache", str(kept))
    repaired()
    assert told(lint(shared, "--resolve", "--resolve-cache", str(kept))) == FAULTS
    kept.unlink()
    assert told(lint(shared, "--resolve", "--resolve-cache", str(kept))) == {}


def test_what_was_not_found_is_asked_for_again(shared: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = tmp_path / "account.json"
    with monkeypatch.context() as patched:
        answering(patched, {"GetKeyPolicy": refused("AccessDeniedException", xml=False)})
        before = lint(shared, "--resolve", "--resolve-cache", str(kept))
    left_open = {**FAULTS, "MSG105 Orders line 19": "undecided"}
    assert told(before) == left_open
    # Who asks nobody knows no more than the file.
    assert told(lint(shared, "--resolve-cache", str(kept))) == left_open
    again = lint(shared, "--resolve", "--resolve-cache", str(kept))
    assert told(again) == FAULTS
    assert again.stderr == f"msglint: looked up 1 thing in account {ACCOUNT}\n"
    assert told(lint(shared, "--resolve-cache", str(kept))) == FAULTS


def test_what_was_never_asked_stays_open(shared: str, tmp_path: Path) -> None:
    """Nobody takes the silence of a snapshot for an answer."""
    kept = tmp_path / "account.json"
    lint(shared, "--resolve", "--resolve-cache", str(kept))
    facts = json.loads(kept.read_text())
    facts["facts"] = [fact for fact in facts["facts"] if fact["lookup"][0] != "AWS::KMS::Key"]
    kept.write_text(json.dumps(facts))
    assert told(lint(shared, "--resolve-cache", str(kept))) == {**FAULTS, "MSG105 Orders line 19": "undecided"}


def test_no_secret_is_read(shared: str, tmp_path: Path) -> None:
    kept = tmp_path / "account.json"
    result = lint(shared, "--resolve", "--resolve-cache", str(kept))
    assert CANARY not in result.output + kept.read_text()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "no file of --resolve-cache"),
        ("[]", "no file of --resolve-cache"),
        ('{"facts": [{"lookup": 1}]}', "no file of --resolve-cache"),
        ('{"format": 99}', "has the format 99"),
        ("[" * 100_000, "no file of --resolve-cache"),
    ],
)
def test_a_file_that_holds_no_answers_is_refused(tmp_path: Path, content: str, said: str) -> None:
    kept = tmp_path / "account.json"
    kept.write_text(content)
    result = lint("", "--resolve-cache", str(kept))
    assert result.exit_code == 2
    assert said in result.stderr
    assert kept.read_text() == content


def test_without_a_file_of_answers_somebody_has_to_be_asked(tmp_path: Path) -> None:
    result = lint("", "--resolve-cache", str(tmp_path / "none.json"))
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert "--resolve makes it" in result.stderr


def test_what_may_not_be_read_stays_open_and_says_why(shared: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """All else is told all the same."""
    answering(
        monkeypatch,
        {"GetKeyPolicy": refused("AccessDeniedException", xml=False), "GetRole": refused("AccessDenied", xml=True)},
    )
    result = lint(shared, "--resolve")
    assert told(result) == {
        "MSG101 Placed line 15": "error",
        "MSG103 Packed line 48": "undecided",
        "MSG105 Orders line 19": "undecided",
        "MSG112 Packed line 47": "undecided",
    }
    said = re.sub(r"\s+", " ", result.stdout)
    assert "kms:GetKeyPolicy is not allowed (AccessDeniedException)" in said
    assert "iam:GetRole is not allowed (AccessDenied)" in said
    assert result.stderr.endswith("of which 2 could not be found or read\n")


@pytest.mark.slow
def test_whoever_is_throttled_asks_again(shared: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)
    answering(
        monkeypatch,
        {"GetKeyPolicy": refused("ThrottlingException", xml=False), "GetRole": refused("Throttling", xml=True)},
        times=3,
    )
    assert told(lint(shared, "--resolve")) == FAULTS


def test_exports_of_all_pages_are_read(shared: str) -> None:
    """A page holds a hundred of them."""
    for stack in range(3):
        exports = {f"o{number}": {"Value": "x", "Export": {"Name": f"a-{stack}-{number:03}"}} for number in range(100)}
        body = {"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}, "Outputs": exports}
        client("cloudformation").create_stack(StackName=f"many-{stack}", TemplateBody=json.dumps(body))
    assert told(lint(shared, "--resolve")) == FAULTS


def test_what_is_of_another_account_is_not_taken_from_this_one(shared: str, tmp_path: Path) -> None:
    """A role of the same name is no proof."""
    template = tmp_path / "t.yaml"
    text = (HERE / "shop.yaml").read_text().replace("${AWS::AccountId}:role", "111122223333:role")
    template.write_text(text)
    result = run("lint", "--isolated", "--show-undecided", "--select", "MSG103", "--resolve", str(template))
    said = re.sub(r"\s+", " ", result.stdout)
    assert f"it is of account 111122223333, and the credentials are of {ACCOUNT}" in said


def test_what_is_not_there_stays_open(aws: str) -> None:
    """Whether it will be there before it is needed nobody knows."""
    result = lint("arn:aws:secretsmanager:eu-central-1:123456789012:secret:none-abcdef", "--resolve")
    assert told(result) == OPEN
    said = re.sub(r"\s+", " ", result.stdout)
    assert f"shared-failures could not be looked up in account {ACCOUNT}, {REGION}: there is no such export" in said


@pytest.mark.parametrize(
    ("code", "why"),
    [("NoSuchEntity", "there is no such managed policy"), ("AccessDenied", "iam:GetPolicy is not allowed")],
)
def test_a_policy_of_a_role_that_nobody_can_read_leaves_the_rest_of_it_known(
    shared: str, monkeypatch: pytest.MonkeyPatch, code: str, why: str
) -> None:
    """It may just have been made, or may not be read: what it allows is open, and all else of the role is read."""
    own = client("iam").create_policy(PolicyName="own", PolicyDocument=policy(ALLOWED["Statement"][0]))["Policy"]["Arn"]
    client("iam").attach_role_policy(RoleName="shared-pipes", PolicyArn=own)
    answering(monkeypatch, {"GetPolicy": refused(code, xml=True)})
    result = lint(shared, "--resolve")
    pipe = {key: said for key, said in told(result).items() if "Packed" in key}
    assert pipe == {"MSG103 Packed line 48": "undecided", "MSG112 Packed line 47": "undecided"}
    assert why in re.sub(r"\s+", " ", result.stdout)
    assert "shared-pipes could not be looked up" not in result.stdout


def test_what_has_just_been_made_is_found_by_the_next_run(shared: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """AWS tells of it a moment later: until then it is open, and no fault."""
    empty = "<Exports></Exports>"
    answering(monkeypatch, {"ListExports": answer_in_xml("ListExports", empty)}, times=1)
    early = lint(shared, "--resolve")
    assert told(early)["MSG101 Placed line 15"] == "undecided"
    assert "there is no such export" in re.sub(r"\s+", " ", early.stdout)
    assert told(lint(shared, "--resolve")) == FAULTS


def test_what_an_export_named_a_moment_ago_is_told(shared: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The stack still exports a queue that is gone."""
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)
    client("sqs").delete_queue(QueueUrl=client("sqs").get_queue_url(QueueName="failures")["QueueUrl"])
    result = lint(shared, "--resolve")
    assert told(result)["MSG101 Placed line 15"] == "undecided"
    assert "there is no such queue" in re.sub(r"\s+", " ", result.stdout)


FOUND = {
    "findingType": "SECURITY_WARNING",
    "issueCode": "PASS_ROLE_WITH_STAR_IN_RESOURCE",
    "findingDetails": "It lets too many in.",
    "learnMoreLink": "https://docs.aws.amazon.com/x",
    "locations": [],
}


def policies(directory: Path) -> tuple[str, int]:
    """Write a template with three policies, of which the first is all known, and give its name and that one's line."""
    statement = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": "*"}
    open_ = {**statement, "Resource": {"Ref": "Stage"}}
    queues = {"Queues": ["https://sqs.eu-central-1.amazonaws.com/123456789012/failures"]}
    written = {
        name: {"Type": "AWS::SQS::QueuePolicy", "Properties": {**queues, "PolicyDocument": {"Statement": [each]}}}
        for name, each in (("Whole", statement), ("Open", open_), ("Ajar", open_))
    }
    template = directory / "t.json"
    template.write_text(json.dumps({"Parameters": {"Stage": {"Type": "String"}}, "Resources": written}, indent=1))
    lines = template.read_text().splitlines()
    return str(template), next(number for number, line in enumerate(lines, 1) if "PolicyDocument" in line)


def test_access_analyzer_adds_what_it_has_to_say(shared: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    template, line = policies(tmp_path)
    answering(monkeypatch, {"ValidatePolicy": answer({"findings": [FOUND]})})
    result = run("lint", "--isolated", "--resolve", "--access-analyzer", "--format", "json", template)
    found, unasked = json.loads(result.stdout)["remarks"]
    assert found.pop("end")["line"] > line
    assert found == {
        "source": "IAM Access Analyzer",
        "type": "SECURITY_WARNING",
        "code": "PASS_ROLE_WITH_STAR_IN_RESOURCE",
        "message": "It lets too many in.",
        "resource": "Whole",
        "file": template,
        "start": {"line": line, "column": 23},
        "link": "https://docs.aws.amazon.com/x",
    }
    assert (unasked["file"], unasked["message"]) == (
        None,
        "it was not asked about 2 policies: not all of their text is known before the deployment",
    )
    assert "Analyzer" not in result.stderr


def test_access_analyzer_is_never_needed(shared: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    template, _ = policies(tmp_path)
    before = run("lint", "--isolated", "--resolve", "--format", "json", template)
    answering(monkeypatch, {"ValidatePolicy": refused("AccessDeniedException", xml=False)})
    after = run("lint", "--isolated", "--resolve", "--access-analyzer", "--format", "json", template)
    own, others = json.loads(before.stdout), json.loads(after.stdout)
    assert "access-analyzer:ValidatePolicy is not allowed" in others.pop("remarks")[0]["message"]
    assert (own.pop("remarks"), own, before.exit_code) == ([], others, after.exit_code)
    alone = run("lint", "--isolated", "--access-analyzer", template)
    assert (alone.exit_code, alone.stderr) == (2, "msglint lint: error: --access-analyzer asks AWS: with --resolve\n")


def test_no_remark_shows_a_secret(shared: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """One that a template declares, or that a rule knows by its place: somebody else was told all of the policy."""
    template, _ = policies(tmp_path)
    content = json.loads(Path(template).read_text())
    content["Parameters"]["Pin"] = {"Type": "String", "NoEcho": True, "Default": "a-pin-of-the-shop"}
    user = {"Username": "shop", "Password": CANARY, "ConsoleAccess": True}
    content["Resources"]["Broker"] = {"Type": "AWS::AmazonMQ::Broker", "Properties": {"Users": [user]}}
    Path(template).write_text(json.dumps(content))
    said = {**FOUND, "findingDetails": f"Neither {CANARY} nor a-pin-of-the-shop are accounts."}
    answering(monkeypatch, {"ValidatePolicy": answer({"findings": [said]})})
    for format_ in FORMATS:
        given = ("--isolated", "--resolve", "--access-analyzer", "--format", format_)
        result = run("lint", *given, "--select", "MSG501", template)
        assert ("Neither *** nor *** are" in result.stdout.replace("\\*", "*")) is FORMATS[format_].remarks
        assert CANARY not in result.output
        assert "a-pin-of-the-shop" not in result.output
        assert ("2 remarks not shown" in result.stderr) is not FORMATS[format_].remarks


def test_nobody_is_asked_again_and_again() -> None:
    result = run("lint", "--isolated", "--watch", "--resolve", str(HERE))
    assert (result.exit_code, "--resolve-cache" in result.stderr) == (2, True)


def test_nobody_asks_where_no_credentials_are(monkeypatch: pytest.MonkeyPatch, aws: str) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    result = lint("", "--resolve")
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert "credentials" in result.stderr


def test_nobody_asks_without_a_region(monkeypatch: pytest.MonkeyPatch, aws: str) -> None:
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    result = lint("", "--resolve")
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert "AWS_DEFAULT_REGION" in result.stderr


def test_without_boto3_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "boto3", None)
    # Modules that need it may have been imported by others before.
    for name in [name for name in sys.modules if name.startswith("msglint.account")]:
        monkeypatch.delitem(sys.modules, name)
    for result in (lint("", "--resolve"), run("scan", "--isolated", "--change-set", "next")):
        assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
        assert "pip install 'msglint[aws]'" in result.stderr


def test_who_asks_nobody_imports_nothing_for_it() -> None:
    code = (
        "import sys; from msglint.cli.main import main; main(sys.argv[1:]);"
        "print([name for name in sys.modules if name.startswith(('msglint.account', 'boto', 'concurrent'))])"
    )
    command = [sys.executable, "-c", code, "lint", "--isolated", str(HERE / "shop.yaml")]
    ran = subprocess.run(  # noqa: S603
        command, capture_output=True, text=True, check=True
    )
    assert ran.stdout.splitlines()[-1] == "[]"


def test_only_listed_calls_are_made(shared: str) -> None:
    """Whoever makes them in a session of ours."""
    access = Access()
    with pytest.raises(UnansweredError, match="sqs DeleteQueue is no call that msglint makes"):
        access._client("sqs", REGION).delete_queue(QueueUrl="http://x/1/failures")


def test_calls_only_read_and_exist() -> None:
    model = botocore.session.get_session()
    for call in (*ACTIONS, *OF_OTHERS, *OF_CREDENTIALS):
        service = model.get_service_model(call.service)
        assert call.operation in service.operation_names, call
        assert service.service_name == call.service
    reading = r"Get|List|Describe|Validate"
    assert all(re.match(reading, call.operation) for call in ACTIONS)
    assert Call("secretsmanager", "GetSecretValue") not in ACTIONS


def test_what_is_listed_is_called_and_what_is_called_is_listed() -> None:
    texts = [path.read_text() for path in (PROJECT / "src" / "msglint" / "account").rglob("*.py")]
    made = {
        Call(*found)
        for text in texts
        for found in re.findall(r"(?:ask|pages|listed|or_none)\(\s*\"(\w+)\", \"(\w+)\"", text)
    }
    assert made == {*ACTIONS, *OF_OTHERS}


def test_the_documented_policy_allows_just_the_calls() -> None:
    page = (PROJECT / "docs" / "live.md").read_text()
    documented = re.search(r"```json\n(\{\n  \"Version\".*?)```", page, re.DOTALL)
    assert documented is not None
    assert json.loads(documented[1]) == calls.policy()


def test_plans_are_told_too(shared: str) -> None:
    plan = str(HERE / "terraform" / "plan.tfplan.json")
    arguments = ("lint", "--isolated", "--show-undecided", "--select", "MSG1", plan)
    before, after = run(*arguments), run(*arguments, "--resolve")
    assert set(decisions(before)) == {"undecided"}
    assert {*decisions(after)} == {"error"}
    repaired()
    assert decisions(run(*arguments, "--resolve")) == []


def decisions(result: Result) -> list[str]:
    """Give what is said of each fault."""
    return re.findall(r"^ +\d+:\d+ +(\w+) +MSG", result.stdout, re.MULTILINE)


@pytest.mark.parametrize(("type_", "said"), [("String", ["error"]), ("SecureString", [])])
def test_of_a_parameter_it_is_told_whether_it_is_a_secret(aws: str, type_: str, said: list[str]) -> None:
    client("ssm").put_parameter(Name="/shop/billing/password", Value=CANARY, Type=type_)
    plan = str(HERE.parent / "rules" / "inline-broker-password" / "unknown.tfplan.json")
    arguments = ("lint", "--isolated", "--show-undecided", "--select", "MSG401", plan)
    before, after = run(*arguments), run(*arguments, "--resolve")
    assert decisions(before).count("undecided") == decisions(after).count("undecided") + 1
    assert [each for each in decisions(after) if each != "undecided"] == said
    assert CANARY not in after.output
