"""An account that moto plays: its clients, and what several tests put there."""

import json
from typing import Any

import boto3

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
