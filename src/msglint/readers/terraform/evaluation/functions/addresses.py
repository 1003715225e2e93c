"""Functions on paths of files, networks and ARNs."""

from __future__ import annotations

import posixpath
from collections.abc import Callable

from msglint.model.expression import Fields, Given, Shape
from msglint.model.text import ARN_COLONS, Text
from msglint.model.value import Known, outside
from msglint.readers.terraform.evaluation.functions.values import (
    EvaluationError,
    blind,
    literal,
    said,
    text,
)
from msglint.source import Place

_ARN = ("partition", "service", "region", "account_id", "resource")


def abspath(at: Place, value: Shape) -> Shape:
    """Give the whole path of a file."""
    path = literal(value, at)
    if not path.startswith("/"):
        return outside("this depends on the directory in which Terraform runs", at)
    return said(_clean(path), at)


def basename(at: Place, value: Shape) -> Shape:
    """Give the last piece of a path."""
    path = literal(value, at)
    return said(path.rstrip("/").rpartition("/")[2] or ("/" if path else "."), at)


def dirname(at: Place, value: Shape) -> Shape:
    """Give a path without its last piece."""
    before, slash, _ = literal(value, at).rpartition("/")
    return said(_clean(before or slash or "."), at)


def _clean(path: str) -> str:
    return posixpath.normpath("/" + path.lstrip("/") if path.startswith("/") else path)


def arn_parse(at: Place, value: Shape) -> Shape:
    """Take an ARN apart: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/functions/arn_parse."""
    words = text(value, at)
    pieces = words.split(":", ARN_COLONS)
    if pieces is None:
        blind(words, at)
    if len(pieces) <= ARN_COLONS or pieces[0].literal_value != "arn":
        raise EvaluationError("this is no ARN", at)
    return Fields({name: Given(Known(piece, at)) for name, piece in zip(_ARN, pieces[1:], strict=True)}, at)


def arn_build(at: Place, partition: Shape, service: Shape, region: Shape, account: Shape, resource: Shape) -> Shape:
    """Put an ARN together: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/functions/arn_build."""
    pieces = [text(each, at) for each in (partition, service, region, account, resource)]
    return said(Text.join(":", (Text.literal("arn"), *pieces)), at)


def trim_iam_role_path(at: Place, value: Shape) -> Shape:
    """Leave the path out of the ARN of a role.

    https://registry.terraform.io/providers/hashicorp/aws/latest/docs/functions/trim_iam_role_path
    """
    words = text(value, at)
    pieces = words.split(":", ARN_COLONS)
    names = pieces[-1].split("/") if pieces is not None else None
    if pieces is None or names is None:
        blind(words, at)
    if len(pieces) <= ARN_COLONS or names[0].literal_value != "role" or len(names) < 2:
        raise EvaluationError("this is no ARN of a role", at)
    return said(Text.join(":", (*pieces[:-1], Text.join("/", (names[0], names[-1])))), at)


FUNCTIONS: dict[str, Callable[..., Shape]] = {
    "abspath": abspath,
    "basename": basename,
    "dirname": dirname,
    "provider::aws::arn_build": arn_build,
    "provider::aws::arn_parse": arn_parse,
    "provider::aws::trim_iam_role_path": trim_iam_role_path,
}
