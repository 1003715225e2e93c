"""An account that moto plays: its clients, and what several tests put there."""

import io
import json
import time
import zipfile
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse

from conftest import REGION

ACCOUNT = "123456789012"
CANARY = "canary-of-the-warehouse"
"""A secret, which nothing may repeat."""
FAILURES = f"arn:aws:sqs:{REGION}:{ACCOUNT}:failures"
ROOT = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "kms:*", "Resource": "*"}
"""What leaves a key to the policies of the account's roles."""
ALLOWED = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}],
}


def client(service: str) -> Any:
    """Give a client of the account."""
    return boto3.client(service)


def policy(*statements: object) -> str:
    """Write a policy."""
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


class Raw(io.BytesIO):
    """The body of an answer, as urllib3 has it."""

    def stream(self, **_more: object) -> Iterator[bytes]:
        """Give all of it."""
        yield self.read()


def answer(body: object) -> AWSResponse:
    """Give an answer in JSON."""
    return AWSResponse("http://127.0.0.1", 200, {"content-type": "application/json"}, Raw(json.dumps(body).encode()))


def answer_in_xml(operation: str, content: str) -> AWSResponse:
    """Give an answer of a service that speaks XML."""
    body = f"<{operation}Response><{operation}Result>{content}</{operation}Result></{operation}Response>"
    return AWSResponse("http://127.0.0.1", 200, {"content-type": "text/xml"}, Raw(body.encode()))


def refused(code: str, *, xml: bool, message: str = "no") -> "AWSResponse":
    """Give the answer of a service that refuses a call: some speak XML, and others JSON."""
    body = f'{{"__type": "{code}", "message": "{message}"}}'
    if xml:
        body = f"<ErrorResponse><Error><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>"
    return AWSResponse("http://127.0.0.1", 400, {}, Raw(body.encode()))


XML = frozenset({"DescribeStacks", "GetRole", "GetTemplate", "ListExports", "ListStackResources"})
"""Operations of services that speak XML."""


def throttling(monkeypatch: pytest.MonkeyPatch, rate: int) -> list[str]:
    """Have calls refused that are more than so many in a second, and give those that were."""
    last: deque[float] = deque(maxlen=rate)
    refusals: list[str] = []

    def answer(operation: str) -> AWSResponse | None:
        now = time.monotonic()
        if len(last) == rate and now - last[0] < 1:
            refusals.append(operation)
            return refused("Throttling", xml=operation in XML)
        last.append(now)
        return None

    hooked(monkeypatch, answer)
    return refusals


def answering(monkeypatch: pytest.MonkeyPatch, answers: dict[str, AWSResponse], times: int = 100) -> None:
    """Have some operations answered so, some times, and then by the account."""
    left = dict.fromkeys(answers, times)

    def answer(operation: str) -> AWSResponse | None:
        if not left.get(operation):
            return None
        left[operation] -= 1
        return answers[operation]

    hooked(monkeypatch, answer)


def hooked(monkeypatch: pytest.MonkeyPatch, answer: Callable[[str], AWSResponse | None]) -> None:
    """Have calls of new sessions answered by what says so, and else by the account."""
    original = boto3.Session

    def session(*arguments: object, **more: object) -> boto3.Session:
        made = original(*arguments, **more)
        made.events.register("before-send", lambda event_name, **_more: answer(event_name.rpartition(".")[2]))
        return made

    monkeypatch.setattr(boto3, "Session", session)


def stack_elsewhere(account: str, name: str, region: str = REGION) -> str:
    """Deploy a stack of one queue in another account, which lets in by any role, and give its id."""
    arn = f"arn:aws:iam::{account}:role/audit"
    said = client("sts").assume_role(RoleArn=arn, RoleSessionName="msglint")["Credentials"]
    there = boto3.Session(said["AccessKeyId"], said["SecretAccessKey"], said["SessionToken"], region)
    body = json.dumps({"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}})
    return str(there.client("cloudformation").create_stack(StackName=name, TemplateBody=body)["StackId"])


def function(name: str) -> str:
    """Make a function, and give its ARN."""
    trust = json.dumps(ALLOWED)
    role = client("iam").create_role(RoleName=f"{name}-role", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("a.py", "")
    return str(
        client("lambda").create_function(
            FunctionName=name,
            Role=role,
            Handler="a.b",
            Runtime="python3.12",
            Timeout=17,
            Environment={"Variables": {"PASSWORD": CANARY}},
            Code={"ZipFile": code.getvalue()},
        )["FunctionArn"]
    )
