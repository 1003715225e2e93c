"""Write files that are meant to break whatever reads templates: python tools/hostile.py DIRECTORY.

The small ones are those of tests/fixtures/invalid that any linter may be given; the large ones are made here, where the
tests make them too. `FILES` says of each what it is. A name with a slash is a file of a directory that is judged as a
whole, such as a Terraform module.
"""

import json
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

COMMITTED = Path(__file__).parents[1] / "tests" / "fixtures" / "invalid"
OWN = frozenset({"baseline", "configuration", "gitignore", "parameters"})
"""Folders of what msglint alone reads."""
WHOLE = frozenset({"linked", "terraform", "terraform-json", "values"})
"""Folders in which each case is a directory of its own."""

MEGA = 1_000_000
MOST_BYTES = 100 * 1024 * 1024
"""The largest file that msglint reads."""

_HEADER = 'AWSTemplateFormatVersion: "2010-09-09"\n'
_QUEUE = "  Orders:\n    Type: AWS::SQS::Queue\n    Properties:\n      ReceiveMessageWaitTimeSeconds: 0\n"
_JSON_QUEUE = '"Orders": {"Type": "AWS::SQS::Queue", "Properties": {"ReceiveMessageWaitTimeSeconds": 0}}'
_TF_QUEUE = 'resource "aws_sqs_queue" "q" {\n  receive_wait_time_seconds = 0\n}\n'
_STATEMENT = {"Effect": "Allow", "Principal": "*", "Action": "sqs:*", "Resource": "*"}


class Maker(NamedTuple):
    """What a large file is, and what gives its pieces."""

    what: str
    pieces: Callable[[], Iterable[str]]

    def write(self, path: Path) -> None:
        """Write the file, in as little memory as a piece takes."""
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8") as file:
            file.writelines(self.pieces())


def _yaml(metadata: Iterable[str], more: Iterable[str] = ()) -> Iterator[str]:
    """Give a template with a queue, something in its metadata, and more resources."""
    yield f"{_HEADER}Metadata:\n  m: "
    yield from metadata
    yield f"\nResources:\n{_QUEUE}"
    yield from more


def _json(metadata: Iterable[str], more: Iterable[str] = ()) -> Iterator[str]:
    yield '{"AWSTemplateFormatVersion": "2010-09-09", "Metadata": {"m": '
    yield from metadata
    yield f'}}, "Resources": {{{_JSON_QUEUE}'
    yield from more
    yield "}}"


def _nested(opening: str, closing: str, levels: int, inner: str = "1") -> Iterator[str]:
    yield opening * levels
    yield inner
    yield closing * levels


def _indented(levels: int) -> Iterator[str]:
    yield "\n"
    yield from (f"{' ' * (level + 3)}a:\n" for level in range(levels))


def _many(piece: str, count: int) -> Iterator[str]:
    """Give a piece so many times, with its number in the place of `%`."""
    yield from (piece.replace("%", str(number)) for number in range(count))


def _filled(before: str, after: str, size: int) -> Iterator[str]:
    """Give a text of so many bytes: what is between is one long word."""
    yield before
    rest = size - len(before) - len(after)
    while rest > 0:
        yield "x" * min(rest, MEGA)
        rest -= MEGA
    yield after


def _policy(count: int) -> Iterator[str]:
    yield ', "P": {"Type": "AWS::SQS::QueuePolicy", "Properties": {"Queues": [{"Ref": "Orders"}], '
    yield f'"PolicyDocument": {{"Statement": [{json.dumps(_STATEMENT)}'
    yield from _many(f", {json.dumps({'Sid': 'S%', **_STATEMENT})}", count - 1)
    yield "]}}}"


def _plan(count: int, values: str = "{}") -> Iterator[str]:
    resource = (
        '{"address": "aws_sqs_queue.q[%]", "mode": "managed", "type": "aws_sqs_queue", "name": "q", "index": %, '
        f'"values": {values}}}'
    )
    yield '{"format_version": "1.2", "planned_values": {"root_module": {"resources": ['
    yield resource.replace("%", "0")
    yield from (", " + resource.replace("%", str(number)) for number in range(1, count))
    yield "]}}}"


_LINE = '{"AWSTemplateFormatVersion": "2010-09-09", "Description": "'
_LINE_END = f'", "Resources": {{{_JSON_QUEUE}}}}}'

LARGE: Mapping[str, Maker] = {
    "yaml/10000-levels-in-brackets.yaml": Maker("10,000 lists in lists", lambda: _yaml(_nested("[", "]", 10_000))),
    "yaml/million-levels-in-brackets.yaml": Maker("a million lists in lists", lambda: _yaml(_nested("[", "]", MEGA))),
    "yaml/3000-levels-of-indents.yaml": Maker("3,000 mappings in mappings", lambda: _yaml(_indented(3000))),
    "yaml/10000-levels-of-dashes.yaml": Maker("10,000 dashes on a line", lambda: _yaml(["\n    ", "- " * 10_000, "x"])),
    "yaml/10000-levels-of-functions.yaml": Maker(
        "10,000 functions in functions", lambda: _yaml(_nested("!Sub [", "]", 10_000, "x"))
    ),
    "yaml/100-mb-on-one-line.yaml": Maker(
        "100 MB in one text", lambda: _filled(f"{_HEADER}Description: ", f"\nResources:\n{_QUEUE}", MOST_BYTES)
    ),
    "yaml/100-mb-of-comments.yaml": Maker(
        "100 MB of comments", lambda: [f"{_HEADER}Resources:\n{_QUEUE}", *_many("# a\n", MOST_BYTES // 4 - 100)]
    ),
    "yaml/100-mb-of-blanks.yaml": Maker("100 MB of blanks", lambda: [*_yaml([" " * (MOST_BYTES - 1000), "1"])]),
    "yaml/more-than-100-mb.yaml": Maker(
        "more than 100 MB", lambda: _filled(f"{_HEADER}Resources:\n{_QUEUE}#", "", MOST_BYTES + 1)
    ),
    "yaml/million-keys.yaml": Maker("a million keys", lambda: _yaml(["\n", *_many("    k%: v\n", MEGA)])),
    "yaml/million-aliases.yaml": Maker(
        "a million aliases of one value", lambda: _yaml(["[&a x", *_many(", *a", MEGA), "]"])
    ),
    "yaml/million-anchors.yaml": Maker("a million anchors", lambda: _yaml(["[x", *_many(", &a% x", MEGA), "]"])),
    "yaml/million-quotes.yaml": Maker("a million quotes in one text", lambda: _yaml(["'", "''" * MEGA, "'"])),
    "yaml/million-brackets-never-closed.yaml": Maker("a million brackets", lambda: _yaml(["[" * MEGA])),
    "yaml/million-merges.yaml": Maker(
        "a mapping merged a million times", lambda: _yaml(["\n    a: &a {x: y}\n    b: {<<: [*a", ", *a" * MEGA, "]}"])
    ),
    "json/10000-levels-of-lists.json": Maker("10,000 lists in lists", lambda: _json(_nested("[", "]", 10_000))),
    "json/million-levels-of-objects.json": Maker(
        "a million objects in objects", lambda: _json(_nested('{"a":', "}", MEGA))
    ),
    "json/100-mb-on-one-line.json": Maker("100 MB on one line", lambda: _filled(_LINE, _LINE_END, MOST_BYTES)),
    "json/more-than-100-mb.json": Maker("more than 100 MB", lambda: _filled(_LINE, _LINE_END, MOST_BYTES + 1)),
    "json/million-keys.json": Maker("a million keys", lambda: _json(['{"k": 0', *_many(', "k%": 0', MEGA), "}"])),
    "json/million-keys-one-twice.json": Maker(
        "a million keys, the last of which is there already",
        lambda: _json(['{"k": 0', *_many(', "k%": 0', MEGA), ', "k7": 0}']),
    ),
    "json/million-numbers.json": Maker("a list of a million numbers", lambda: _json(["[0", ", 1e9" * MEGA, "]"])),
    "json/million-digits.json": Maker("a number of a million digits", lambda: _json(["9" * MEGA])),
    "json/million-escapes.json": Maker("a text of a million escapes", lambda: _json(['"', "\\ud800" * MEGA, '"'])),
    "json/million-statements.json": Maker("a policy of a million statements", lambda: _json(["1"], _policy(MEGA))),
    "json/10000-statements.json": Maker("a policy of 10,000 statements", lambda: _json(["1"], _policy(10_000))),
    "json/10000-resources.json": Maker(
        "10,000 queues", lambda: _json(["1"], _many(', "Q%": {"Type": "AWS::SQS::Queue"}', 10_000))
    ),
    "json/million-resources.json": Maker(
        "a million queues", lambda: _json(["1"], _many(', "Q%": {"Type": "AWS::SQS::Queue"}', MEGA))
    ),
    "json/million-parameters.json": Maker(
        "a million parameters",
        lambda: (
            [
                *[*_json(["1"])][:-1],
                '}, "Parameters": {"P": {"Type": "String"}',
                *_many(', "P%": {"Type": "String"}', MEGA),
                "}}",
            ]
        ),
    ),
    "plan/10000-levels.json": Maker(
        "a value of 10,000 levels", lambda: _plan(1, f'{{"policy": {"[" * 10_000}{"]" * 10_000}}}')
    ),
    "plan/100-mb-on-one-line.json": Maker(
        "100 MB in one value", lambda: _filled("".join(_plan(1, '{"name": "@"}')).split("@")[0], '"}}]}}}', MOST_BYTES)
    ),
    "plan/million-resources.json": Maker("a million queues", lambda: _plan(MEGA)),
    "terraform/10000-levels-of-lists/main.tf": Maker(
        "10,000 lists in lists", lambda: [_TF_QUEUE, "locals {\n  a = ", *_nested("[", "]", 10_000), "\n}\n"]
    ),
    "terraform/100-mb-on-one-line/main.tf": Maker(
        "100 MB in one text", lambda: _filled(f'{_TF_QUEUE}locals {{\n  a = "', '"\n}\n', MOST_BYTES)
    ),
    "terraform/million-locals/main.tf": Maker(
        "a million locals", lambda: [_TF_QUEUE, "locals {\n", *_many("  a% = 1\n", MEGA), "}\n"]
    ),
    "terraform/million-resources/main.tf": Maker(
        "a million queues", lambda: _many('resource "aws_sqs_queue" "q%" {\n}\n', MEGA)
    ),
    "terraform-json/10000-levels-of-lists/main.tf.json": Maker(
        "10,000 lists in lists", lambda: ['{"locals": {"a": ', *_nested("[", "]", 10_000), "}}"]
    ),
    "terraform-json/million-keys/main.tf.json": Maker(
        "a million locals", lambda: ['{"locals": {"a": 1', *_many(', "a%": 1', MEGA), "}}"]
    ),
}
"""What is too large to be kept, by the names of the files."""


def _committed() -> Mapping[str, str]:
    """Give the small files by their names, each with what its name says that it is."""
    found = {}
    for path in sorted(COMMITTED.rglob("*")):
        name = path.relative_to(COMMITTED).as_posix()
        kind, _, rest = name.partition("/")
        if path.is_file() and rest and kind not in OWN:
            case = rest.partition("/")[0] if kind in WHOLE else rest.partition(".")[0]
            found[name] = case.replace("-", " ")
    return found


FILES: Mapping[str, str] = {**_committed(), **{name: maker.what for name, maker in LARGE.items()}}
"""What each file is, by its name."""


def write(directory: Path, names: Iterable[str] = FILES) -> None:
    """Write some of the files into a directory, all if none is named."""
    for name in names:
        target = directory / name
        if name in LARGE:
            LARGE[name].write(target)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(COMMITTED / name, target)


def main(arguments: list[str]) -> int:
    """Write all files into the directory that is named."""
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    write(Path(arguments[0]))
    for name, what in FILES.items():
        print(f"{name}\t{what}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
