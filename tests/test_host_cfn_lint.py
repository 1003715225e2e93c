"""The rules inside cfn-lint find what the command line finds, under cfn-lint's ids, and never bring it down."""

import io
import json
import os
import sys
import warnings
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from cfnlint.config import ConfigMixIn
from cfnlint.decode import decode
from cfnlint.rules import Rules
from cfnlint.runner.template import run_template_by_file_path, run_template_by_pipe
from cfnlint.template import Template

from doors import REPOSITORY, Found, found, gathered, run
from linting import RULES as RULE_EXAMPLES
from msglint import engine
from msglint.engine import lint_text
from msglint.finding import Entry
from msglint.hosts import cfn_lint
from msglint.inputs import MissingInputError
from msglint.options import Options
from msglint.readers.interface import Assumptions
from msglint.rules.index import RULES
from msglint.rules.interface import load

CFN_LINT = Path(sys.executable).with_name("cfn-lint")
SHIM = REPOSITORY / "custom_rules" / "cfn_lint"
MODULE = "msglint.hosts.cfn_lint"
INFO = ("-c", "I")

TEMPLATE = """\
AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  WaitTime: {Type: Number, Default: 0}
Resources:
  Orders:
    Type: AWS::SQS::Queue
    Properties:
      ReceiveMessageWaitTimeSeconds: !Ref WaitTime
"""


class Told(NamedTuple):
    """One finding of the host."""

    id: str
    resource: str | None
    start: tuple[int, int]
    message: str


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "template.yaml"
    path.write_text(TEMPLATE, encoding="utf-8")
    return path


def host(path: Path | None, *flags: str) -> list[Told]:
    """Run cfn-lint over a file or standard input in this process, with no rules but msglint's."""
    rules, config = Rules.create_from_module(MODULE), ConfigMixIn([*flags, *INFO])
    matches: Iterable[Any] = (
        run_template_by_pipe(config, rules)
        if path is None
        else run_template_by_file_path(str(path), config, rules, ignore_bad_template=False)
    )
    return [
        Told(each.rule.id, _resource(each.path), (each.linenumber, each.columnnumber), each.message) for each in matches
    ]


def command(*flags: str | Path, rules: str | Path = SHIM) -> Iterator[tuple[str, Found]]:
    """Run cfn-lint as a user would, and give what msglint's rules tell there, each with its level."""
    done = run([CFN_LINT, "-a", rules, "--format", "json", *flags], REPOSITORY, os.environ)
    assert "Traceback" not in done.stderr, done.stderr
    for match in json.loads(done.stdout):
        id_, place = match["Rule"]["Id"], match["Location"]["Start"]
        if "MSG" in id_:
            file = match["Filename"]
            at = f"{file}:{place['LineNumber']}:{place['ColumnNumber']}"
            assert match["Message"].endswith(f" ({at})")
            assert id_[0] == match["Level"][0]
            yield id_, Found(file, id_[1:], _resource(match["Location"]["Path"]), at)


def _resource(path: Sequence[str]) -> str | None:
    if path[:1] != ["Resources"]:
        return ".".join(path if len(path) > 1 else ("Template", *path))
    return path[1] if len(path) > 1 else None


def ids(told: Iterable[Told]) -> set[str]:
    return {each.id for each in told}


def same(told: Iterable[Told], path: Path, options: Options | None = None) -> None:
    """Assert that the host told what the command line finds."""
    here = {Found(str(path), each.id[1:], each.resource, f"{path}:{each.start[0]}:{each.start[1]}") for each in told}
    assert here == found([path], options)


def test_every_rule_has_an_id_for_each_severity() -> None:
    known = sorted(Rules.create_from_module(MODULE))
    assert known == sorted(letter + each.code for each in RULES for letter in "EWI")


@pytest.mark.slow
def test_the_directory_finds_what_the_command_line_finds(tmp_path: Path) -> None:
    paths = gathered(tmp_path, "bad", ["cfn", "sam"])
    assert {each for _, each in command(*INFO, "-t", *paths)} == found(paths) != set()


def test_nothing_undecided_is_told(tmp_path: Path) -> None:
    for path in gathered(tmp_path, "unknown", ["cfn", "sam"]):
        same(host(path), path)


def test_the_module_is_told_apart_by_its_ids(template: Path) -> None:
    everything = dict(command(*INFO, "-t", template, rules=MODULE))
    assert set(everything) == {"IMSG302", "WMSG501", "WMSG701"} == ids(host(template))
    assert {id_ for id_, _ in command("-c", "IMSG302", "-i", "WMSG5", "-t", template, rules=MODULE)} == {
        "IMSG302",
        "WMSG701",
    }


def test_no_rule_is_loaded_before_a_template_is_judged() -> None:
    program = f"import sys, {MODULE}; print(sorted(name for name in sys.modules if name.startswith('msglint.rules.')))"
    done = run([sys.executable, "-c", program], REPOSITORY)
    assert done.stdout.strip() == "['msglint.rules.index', 'msglint.rules.interface']", done.stderr


def test_values_of_parameters_are_the_hosts(template: Path) -> None:
    told = host(template, "--parameters", "WaitTime=20")
    assert ids(told) == ids(host(template)) - {"WMSG501"}
    same(told, template, Options(assumptions=Assumptions(parameters={"WaitTime": "20"})))


@pytest.mark.parametrize(("value", "said"), [(0, "0"), (True, "true"), (["a", 1], "a,1"), ("text", "text")], ids=str)
def test_a_value_of_a_parameter_is_text(value: object, said: str) -> None:
    assert cfn_lint._parameters({"Name": value, "Kept": None}) == {"Name": said}


def test_a_finding_under_any_set_of_parameters_is_told_once(template: Path) -> None:
    config = ConfigMixIn([]).evolve(parameters=[{"WaitTime": 20}, {"WaitTime": 0}])
    told = run_template_by_file_path(str(template), config, Rules.create_from_module(MODULE), ignore_bad_template=False)
    assert sorted(each.rule.id for each in told) == ["WMSG501", "WMSG701"]


def test_standard_input_is_judged_as_the_host_read_it(template: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(TEMPLATE))
    told = host(None)
    assert {(each.id, each.resource) for each in told} == {(each.id, each.resource) for each in host(template)}
    assert {each.start for each in told} == {(5, 3)}
    assert all(each.message.endswith("(<stdin>:5:3)") for each in told)


def test_a_template_that_the_host_has_expanded_is_read_again(template: Path) -> None:
    expanded, _ = decode(str(template))
    assert expanded is not None
    queue = expanded["Resources"].pop("Orders")
    expanded["Resources"]["OrdersQueueMadeByTheTransform"] = queue
    rules = Rules.create_from_module(MODULE)
    matches = rules["WMSG701"].match(Template(str(template), expanded))
    assert [match.path for match in matches] == [["Resources", "Orders"]]


def test_sam_is_judged_as_written_and_as_expanded(monkeypatch: pytest.MonkeyPatch) -> None:
    """cfn-lint before 1.54 hands rules what the transform makes; the file is read again, standard input cannot be."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    path = RULE_EXAMPLES / "dead-letter-queue-rejects-sender" / "bad.sam.yaml"
    expanded = translated(path)
    rule = Rules.create_from_module(MODULE)["EMSG101"]
    paths = [match.path for match in rule.match(Template(str(path), expanded))]
    assert paths == [["Resources", "ReturnsFunction"], ["Resources", "BillingFunction"]]
    assert {tuple(each) for each in paths} == {("Resources", each.resource) for each in host(path) if "101" in each.id}
    of_the_transform = [match.path for match in rule.match(Template(None, expanded))]
    assert of_the_transform == [["Resources", "ReturnsFunctionReturned"], ["Resources", "BillingFunctionOrdered"]]


def translated(path: Path) -> dict[str, Any]:
    """Give what the transform makes of a template."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # not ours to mend
        from samtranslator.parser.parser import Parser  # noqa: PLC0415  # takes seconds to import
        from samtranslator.translator.translator import Translator  # noqa: PLC0415
        from samtranslator.yaml_helper import yaml_parse  # noqa: PLC0415

        text = path.read_text(encoding="utf-8").replace("CodeUri: src/", "CodeUri: s3://bucket/key")
        template: dict[str, Any] = Translator({}, Parser()).translate(yaml_parse(text), {})
    return template


def test_what_only_msglint_cannot_read_is_told(template: Path) -> None:
    template.write_text('AWSTemplateFormatVersion: "2010-09-09"\nResources: []\n', encoding="utf-8")
    told = host(template)
    assert [(each.id, each.resource) for each in told] == [("EMSG001", None)]
    same(told, template)


def test_the_comments_and_metadata_of_msglint_hide(template: Path) -> None:
    hiding = TEMPLATE.replace("  Orders:", "  Orders:  # msglint: ignore[MSG701] drained by hand")
    template.write_text(f"{hiding}    Metadata: {{msglint: {{ignore: [{{rule: MSG302}}]}}}}\n", encoding="utf-8")
    told = host(template)
    assert ids(told) == {"WMSG501"}
    same(told, template)


def test_the_metadata_of_the_host_hides(template: Path) -> None:
    other = TEMPLATE.split("Resources:\n")[1].replace("Orders", "Refunds")
    ignoring = f"{TEMPLATE}    Metadata: {{cfn-lint: {{config: {{ignore_checks: [WMSG701]}}}}}}\n{other}"
    template.write_text(ignoring, encoding="utf-8")
    assert {each.resource for each in host(template) if each.id == "WMSG701"} == {"Refunds"}


def test_the_metadata_of_the_host_at_the_top_and_its_flags_hide_here_and_not_on_the_command_line(
    template: Path,
) -> None:
    assert ids(host(template, "-i", "WMSG5")) == {"IMSG302", "WMSG701"}
    ignoring = f"Metadata: {{cfn-lint: {{config: {{ignore_checks: [WMSG5]}}}}}}\n{TEMPLATE}"
    template.write_text(ignoring, encoding="utf-8")
    assert ids(host(template)) == {"IMSG302", "WMSG701"}
    assert {each.code for each in found([template])} == {"MSG302", "MSG501", "MSG701"}


def test_the_metadata_of_a_function_hide_what_its_events_become(template: Path) -> None:
    function = """\
Transform: AWS::Serverless-2016-10-31
Resources:
  Orders:
    Type: AWS::Serverless::Function
    Metadata: {METADATA}
    Properties:
      Runtime: python3.13
      Handler: orders.handler
      CodeUri: src/
      Events:
        Read: {Type: Kinesis, Properties: {Stream: STREAM, StartingPosition: LATEST}}
""".replace("STREAM", "arn:aws:kinesis:eu-west-1:111122223333:stream/orders")
    for metadata, hidden in (
        ("{}", False),
        ("{cfn-lint: {config: {ignore_checks: [WMSG506]}}}", True),
        ("{msglint: {ignore: [MSG506]}}", True),
    ):
        template.write_text(function.replace("{METADATA}", metadata), encoding="utf-8")
        assert ("WMSG506" in ids(host(template))) is not hidden


def test_the_metadata_of_one_resource_hide_nothing_of_the_whole_file(
    template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RecursionError("too deep")

    ignoring = f"{TEMPLATE}    Metadata: {{cfn-lint: {{config: {{ignore_checks: [EMSG002]}}}}}}\n"
    template.write_text(ignoring, encoding="utf-8")
    monkeypatch.setattr(cfn_lint, "lint_text", fail)
    assert ids(host(template)) == {"EMSG002"}


def test_a_rule_that_fails_is_told_and_the_others_run(template: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(entry: Entry) -> Any:
        if entry.name == "no-customer-managed-key":
            raise ZeroDivisionError("by zero")
        return load(entry)

    monkeypatch.setattr(engine, "load", broken)
    told = host(template)
    assert ids(told) == {"EMSG002", "WMSG501", "WMSG701"}
    assert ["MSG302" in each.message and each.resource == "Orders" for each in told if each.id == "EMSG002"] == [True]


@pytest.mark.parametrize(
    ("configuration", "expected"),
    [
        ('select = ["MSG501"]', {"WMSG501"}),
        ('ignore = ["MSG5"]', {"IMSG302", "WMSG701"}),
        ('[severities]\nMSG501 = "error"\nMSG302 = "warning"\nMSG7 = "info"', {"EMSG501", "WMSG302", "IMSG701"}),
        ('[per-path-ignores]\n"*.yaml" = ["MSG501"]', {"IMSG302", "WMSG701"}),
        ('[per-path-ignores]\n"a/" = ["MSG501"]', {"IMSG302", "WMSG501", "WMSG701"}),
        ("[parameters]\nWaitTime = 20", {"IMSG302", "WMSG701"}),
        ('[[exceptions]]\nrule = "MSG501"\nreason = "x"\nexpires = 2999-01-01', {"IMSG302", "WMSG701"}),
        ('[[exceptions]]\nrule = "MSG501"\nreason = "x"\nexpires = 2020-01-01', {"IMSG302", "WMSG501", "WMSG701"}),
        ("sellect = 1", {"EMSG002"}),
    ],
)
def test_the_configuration_nearest_to_a_template_holds(template: Path, configuration: str, expected: set[str]) -> None:
    (template.parent / "msglint.toml").write_text(f"{configuration}\n", encoding="utf-8")
    assert ids(host(template)) == expected


@pytest.mark.parametrize("failure", [RecursionError("too deep"), MissingInputError("gone")], ids=str)
def test_a_failure_of_msglint_is_one_finding(
    template: Path, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    def fail(*_: object) -> None:
        raise failure

    monkeypatch.setattr(cfn_lint, "lint_text", fail)
    told = host(template)
    assert [(each.id, each.resource, each.start) for each in told] == [("EMSG002", None, (1, 1))]
    assert f"({type(failure).__name__} in " in told[0].message


def test_what_is_in_another_file_is_told_at_its_resource(template: Path) -> None:
    body = "Type: AWS::Lambda::Function\n    Properties: {Runtime: python3.13, Handler: app.handler, Role: r, Code: .}"
    template.write_text(f"Resources:\n  Consumer:\n    {body}\n", encoding="utf-8")
    code = template.with_name("app.py")
    reads = 'def handler(event, context):\n    return [r["messageAttributes"]["SenderId"] for r in event["Records"]]\n'
    code.write_text(reads, encoding="utf-8")
    (told,) = [each for each in host(template) if each.id == "EMSG503"]
    assert (told.resource, told.start) == ("Consumer", (2, 3))
    assert told.message.endswith(f"({code}:2:37)")


def test_a_template_is_judged_once(template: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    judged = []

    def counted(name: str, data: bytes, options: Options, directory: str | None) -> Any:
        judged.append(name)
        return lint_text(name, data, options, directory)

    monkeypatch.setattr(cfn_lint, "lint_text", counted)
    assert host(template)
    assert judged == [str(template)]
