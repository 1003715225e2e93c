"""An account that moto plays: its clients, and what several tests put there."""

import io
import itertools
import json
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


def refused(code: str) -> "AWSResponse":
    """Give the answer of a service that refuses a call, as both protocols have it."""
    body = f'{{"__type": "{code}", "message": "no"}}'
    if not code.endswith("Exception"):
        body = f"<ErrorResponse><Error><Code>{code}</Code><Message>no</Message></Error></ErrorResponse>"
    return AWSResponse("http://127.0.0.1", 400, {}, Raw(body.encode()))


def throttling(monkeypatch: pytest.MonkeyPatch, each: int) -> None:
    """Have one of so many calls refused since there are too many."""
    made = itertools.count(1)
    hooked(monkeypatch, lambda _operation: None if next(made) % each else refused("Throttling"))


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

    def session(*arguments: object) -> boto3.Session:
        made = original(*arguments)
        made.events.register("before-send", lambda event_name, **_more: answer(event_name.rpartition(".")[2]))
        return made

    monkeypatch.setattr(boto3, "Session", session)
