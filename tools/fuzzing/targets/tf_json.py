"""Terraform's JSON: bodies whose places lie in the text, or a fault at its place."""

from fuzzing import checks
from fuzzing.target import Target, words
from msglint.source import SourceError, hcl

WORDS = words(
    """
    "resource": "data": "aws_sqs_queue": "dynamic": "content": "for_each": "count": "provider": "module": "source":
    "locals": "variable": "output": "value": "//": "${a.b}" "%{if␣a}" { } [ ] : , null true 1e5 "${ }" \\u0022 \\n "a"
    """
)


def _check(data: bytes) -> None:
    document = checks.document("main.tf.json", data)
    if document is None:
        return
    try:
        found = _read(hcl.read_tf_json(document))
    except SourceError as error:
        checks.refused(error)
        return
    assert all(each.start <= each.end <= len(document.text) for each in checks.stretches(found))


def _read(body: hcl.Body) -> list[object]:
    """Read all expressions, and make blocks of what may be some."""
    found: list[object] = []
    waiting = [body]
    while waiting:
        here = waiting.pop()
        for attribute in here.attributes.values():
            found.append(attribute.expression)
            waiting += [block.body for block in hcl.blocks_of(attribute) or ()]
        waiting += [block.body for block in here.blocks]
    return found


TARGET = Target(_check, WORDS)
