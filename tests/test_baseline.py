"""The baseline: what is recognised after an edit, what never is, and the file that remembers it."""

import json
import re
import shutil
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from command import Result, run
from msglint import baseline, engine
from msglint.baseline import Compared, Paths, compare, remembered
from msglint.finding import Entry, Known
from msglint.options import Options
from msglint.rules.index import RULES
from msglint.rules.interface import Rule, load

QUEUE = """\
  {name}:
    Type: AWS::SQS::Queue
    Properties:
      KmsMasterKeyId: alias/orders
      ReceiveMessageWaitTimeSeconds: {seconds}
      RedrivePolicy: {{deadLetterTargetArn: "arn:aws:sqs:eu-west-1:111122223333:dead", maxReceiveCount: 5}}
"""
POLICY = """\
  Policy:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [!Ref Orders]
      PolicyDocument:
        Version: "2012-10-17"
        Statement:
"""
OPEN = '        - {{Sid: {sid}, Effect: Allow, Principal: "*", Action: "sqs:SendMessage", Resource: "*"}}\n'
NESTED = """\
Parameters: {Mode: {Type: String}}
Conditions: {Slow: !Equals [!Ref Mode, slow]}
Resources:
  Orders: {Type: AWS::SQS::Queue, Properties: {ReceiveMessageWaitTimeSeconds: !If [Slow, 0, 20]}}
"""
POLLING = ("--select", "MSG501")


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def template(*faulty: str, good: tuple[str, ...] = ()) -> str:
    queues = [QUEUE.format(name=name, seconds=0) for name in faulty]
    return "Resources:\n" + "".join([*queues, *(QUEUE.format(name=name, seconds=20) for name in good)])


def stacks(*modes: str) -> str:
    """Write a template that nests `queues.yaml` once for each mode."""
    nested = "Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: queues.yaml, Parameters: {Mode: "
    return "Resources:\n" + "".join(f"  Stack{number}: {{{nested}{mode}}}}}}}\n" for number, mode in enumerate(modes))


def write(name: str, text: str) -> Path:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def remember(*arguments: str) -> Result:
    result = run("baseline", *arguments)
    assert result.exit_code == 0, result.output
    return result


def new(*arguments: str) -> list[str]:
    """Give what is shown beside the baseline: file, line, rule."""
    result = run("lint", "--baseline", "msglint-baseline.json", "--format", "concise", *arguments)
    assert result.exit_code == bool(result.stdout), result.output
    return [re.sub(r":\d+: \w+ (\w+) .*", r" \1", line) for line in result.stdout.splitlines()]


def gone(*arguments: str) -> list[str]:
    """Give what a run says to be no longer there."""
    result = run("lint", "--baseline", "msglint-baseline.json", "--format", "json", *arguments)
    fixed = json.loads(result.stdout)["fixed"]
    return [f"{each['file']} {each['code']} {each['resource']}" for each in fixed]


def in_file(name: str = "msglint-baseline.json") -> list[str]:
    return [f"{known.file} {known.rule} {known.resource}" for known in baseline.read(name)]


def test_what_is_known_is_not_shown_and_counted() -> None:
    write("orders.yaml", template("Orders", "Returns"))
    shows = "msglint lint --baseline msglint-baseline.json shows what is not in it.\n"
    assert remember().stdout == f"msglint-baseline.json: 2 faults.\n{shows}"
    result = run("lint", "--baseline", "msglint-baseline.json", "orders.yaml")
    assert result.exit_code == 0
    said = r"No findings: \d+ questions judged in 1 template\. \d+ undecided .*\. 2 known findings are not shown\.\n"
    assert re.fullmatch(said, " ".join(result.stdout.split()) + "\n")


@pytest.mark.parametrize(
    "edited",
    [
        "# moved down\n\n\n" + template("Orders"),
        template("Orders").replace("Seconds: 0", 'Seconds: "0" # none'),
        json.dumps({"Resources": {"Orders": {"Type": "AWS::SQS::Queue", "Properties": {"KmsMasterKeyId": "alias/o"}}}}),
        template("Orders", good=("Returns",)),
        template("Orders").replace("\n", "\r\n"),
    ],
)
def test_what_is_known_is_recognised_wherever_it_stands(edited: str) -> None:
    write("orders.yaml", template("Orders"))
    remember("--select", "MSG501")
    write("orders.yaml", edited)
    assert new("--select", "MSG501") == []


def test_a_renamed_file_is_recognised_and_a_copied_one_is_new() -> None:
    orders = write("a/orders.yaml", template("Orders", "Returns"))
    remember()
    shutil.copy(orders, "copy.yaml")
    assert new() == ["copy.yaml:6 MSG501", "copy.yaml:12 MSG501"]
    orders.unlink()
    assert new() == []
    shutil.copy("copy.yaml", "other.yaml")
    assert len(new()) == 2


def test_a_renamed_file_is_told_from_another_with_one_of_its_faults() -> None:
    """The one with more in common is the renamed one, whatever the order of the names."""
    orders = write("orders.yaml", template("Orders", "Returns", "Payments"))
    remember()
    orders.rename("z.yaml")
    write("a.yaml", template("Orders"))
    assert new() == ["a.yaml:6 MSG501"]


def test_a_renamed_resource_is_new_and_the_old_one_is_gone() -> None:
    write("orders.yaml", template("Orders"))
    remember()
    write("orders.yaml", template("Purchases"))
    assert new() == ["orders.yaml:6 MSG501"]
    assert gone() == ["orders.yaml MSG501 Orders"]


@pytest.mark.parametrize(
    ("sids", "line"),
    [
        (("One", "Two", "Three"), 17),
        (("Three", "One", "Two"), 15),
        (("One", "Three", "Two"), 16),
        (("A", "B", "C"), 17),
    ],
)
def test_of_several_alike_in_one_resource_the_new_one_is_shown(sids: tuple[str, ...], line: int) -> None:
    def statements(*sids: str) -> str:
        return template(good=("Orders",)) + POLICY + "".join(OPEN.format(sid=sid) for sid in sids)

    write("orders.yaml", statements("One", "Two"))
    remember("--select", "MSG204")
    assert len(in_file()) == 2
    assert new("--select", "MSG204") == []
    write("orders.yaml", statements(*sids))
    assert new("--select", "MSG204") == [f"orders.yaml:{line} MSG204"]


def shared(*names: str, literal: str = "") -> str:
    """Write brokers that take one password from a parameter's default, which is one finding for all of them."""
    user = "[{Username: orders, Password: !Ref Password}]"
    kind = "{Type: AWS::AmazonMQ::Broker, Properties: {EngineType: RABBITMQ, Users: " + user + "}}"
    brokers = "".join(f"  {name}: {kind}\n" for name in names)
    return f"Parameters:\n  Password: {{Type: String, NoEcho: true, Default: hunter2hunter2}}\nResources:\n{brokers}"


def test_a_resource_that_joins_others_in_one_finding_is_shown() -> None:
    select = ("--select", "credentials", "--select", "MSG401")[2:]
    write("brokers.yaml", shared("Billing", "Orders"))
    report = engine.lint(("brokers.yaml",), Options(select=("MSG401",)))
    (finding,) = report.findings
    assert [related.resource for related in finding.related if related.likewise]
    remember(*select)
    assert {"brokers.yaml MSG401 Billing", "brokers.yaml MSG401 Orders"} <= {*in_file()}
    write("brokers.yaml", shared("Orders"))
    assert new(*select) == []
    assert gone(*select) == ["brokers.yaml MSG401 Billing"]
    write("brokers.yaml", shared("Billing", "Orders", "Zeta"))
    assert new(*select) == ["brokers.yaml:2 MSG401"]
    write("brokers.yaml", shared("Alpha", "Billing", "Orders"))
    assert new(*select) == ["brokers.yaml:2 MSG401"]


def test_a_fault_of_one_more_nested_stack_is_shown() -> None:
    """All stacks of a template have it in one place, and are told of together."""
    write("queues.yaml", NESTED)
    write("root.yaml", stacks("slow", "fast", "fast"))
    assert remember(*POLLING).stdout.startswith("msglint-baseline.json: 1 fault.\n")
    write("root.yaml", stacks("slow", "slow", "fast"))
    assert new(*POLLING) == ["queues.yaml:4 MSG501"]
    assert remember(*POLLING).stdout == "msglint-baseline.json: 2 faults; 1 new, 0 no longer there.\n"
    assert new(*POLLING) == []
    write("root.yaml", stacks("fast", "slow", "fast"))
    assert new(*POLLING) == []
    assert gone(*POLLING) == ["queues.yaml MSG501 Orders"]


def test_what_was_at_fault_under_conditions_and_always_is_now_is_shown() -> None:
    """Who accepts a fault of a test stage has not accepted it in production."""
    always = NESTED.replace("!If [Slow, 0, 20]", "0")
    write("queues.yaml", NESTED)
    remember(*POLLING)
    write("queues.yaml", "# moved down\n" + NESTED)
    assert new(*POLLING) == []
    write("queues.yaml", always)
    assert new(*POLLING) == ["queues.yaml:4 MSG501"]
    assert gone(*POLLING) == ["queues.yaml MSG501 Orders"]
    remember(*POLLING)
    write("queues.yaml", NESTED)
    assert (new(*POLLING), gone(*POLLING)) == ([], [])


def test_the_baseline_holds_no_secret() -> None:
    write("brokers.yaml", shared("Orders"))
    remember()
    text = Path("msglint-baseline.json").read_text(encoding="utf-8")
    assert "hunter2" not in text
    assert "MSG401" in text


def test_the_password_that_changes_is_no_new_fault() -> None:
    """Nothing that is remembered is made of a secret."""
    write("brokers.yaml", shared("Orders"))
    remember()
    before = Path("msglint-baseline.json").read_bytes()
    write("brokers.yaml", shared("Orders").replace("hunter2hunter2", "correct-horse1"))
    remember()
    assert Path("msglint-baseline.json").read_bytes() == before


def test_what_is_undecided_now_is_neither_new_nor_gone() -> None:
    write("orders.yaml", template("Orders"))
    select = ("--select", "MSG501")
    remember(*select)
    write("orders.yaml", template("Orders").replace("Seconds: 0", "Seconds: !ImportValue seconds"))
    assert run("lint", *select, "--strict").exit_code == 1
    assert (new("--strict", *select), gone(*select)) == ([], [])
    remember(*select)
    assert in_file() == ["orders.yaml MSG501 Orders"]


def test_a_file_that_cannot_be_read_is_never_known_and_keeps_what_was_known() -> None:
    write("orders.yaml", template("Orders"))
    remember()
    broken = template("Orders") + "  Orders: {}\n"
    write("orders.yaml", broken)
    result = remember()
    assert "nothing of it is in the baseline" in result.stderr
    assert in_file() == ["orders.yaml MSG501 Orders"]
    assert [line.partition(" ")[2] for line in new()] == ["MSG001"]
    assert (gone(), gone("--ignore", "MSG001")) == ([], [])


def test_what_a_rule_that_failed_has_found_is_not_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    write("orders.yaml", template("Orders"))
    remember()

    def broken(entry: Entry) -> Rule:
        rule = load(entry)
        if entry.code == "MSG501":
            raise RuntimeError(entry.code)
        return rule

    monkeypatch.setattr(engine.Run, "_rule", lambda _, entry: broken(entry))
    assert [line.partition(" ")[2] for line in new()] == ["MSG002"]
    assert gone() == []
    remember()
    assert in_file() == ["orders.yaml MSG501 Orders"]


def test_what_was_not_looked_at_is_left_alone() -> None:
    write("a.yaml", template("Orders"))
    write("b.yaml", template("Returns"))
    remember()
    write("a.yaml", template(good=("Orders",)))
    write("b.yaml", template(good=("Returns",)))
    assert gone("a.yaml") == ["a.yaml MSG501 Orders"]
    assert gone("--ignore", "MSG501") == []
    remember("a.yaml")
    assert in_file() == ["b.yaml MSG501 Returns"]
    remember("--ignore", "MSG501")
    assert in_file() == ["b.yaml MSG501 Returns"]
    remember()
    assert in_file() == []


def test_what_a_file_had_that_is_gone_is_named_and_forgotten() -> None:
    write("a.yaml", template(*(f"Orders{number}" for number in range(7))))
    write("b.yaml", template(good=("Returns",)))
    remember()
    Path("a.yaml").unlink()
    end = run("lint", "--baseline", "msglint-baseline.json", "b.yaml").stdout.partition("7 findings")[2]
    assert end.split("\n") == [
        " of the baseline are no longer there.",
        *(f"  a.yaml  MSG501 short-polling  Orders{number}" for number in range(5)),
        "  and 2 more",
        "",
    ]
    assert remember("b.yaml").stdout == "msglint-baseline.json: 0 faults; 0 new, 7 no longer there.\n"


def test_a_baseline_works_from_any_directory(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write("ci/readme.txt", "")
    write("templates/orders.yaml", template("Orders"))
    remember("templates", "--output", "ci/known.json")
    assert in_file("ci/known.json") == ["../templates/orders.yaml MSG501 Orders"]
    monkeypatch.chdir(here / "templates")
    for path in ("orders.yaml", ".", str(here / "templates"), "../templates/orders.yaml"):
        assert run("lint", path, "--baseline", "../ci/known.json", "--format", "concise").output == ""


def test_a_configuration_has_its_faults_wherever_they_stand_in_it() -> None:
    queue = 'resource "aws_sqs_queue" "{}" {{\n  receive_wait_time_seconds = 0\n}}\n'
    write("infra/main.tf", queue.format("orders") + queue.format("returns"))
    remember("--select", "MSG501")
    assert in_file() == ["infra/main.tf MSG501 aws_sqs_queue.orders", "infra/main.tf MSG501 aws_sqs_queue.returns"]
    write("infra/main.tf", queue.format("orders"))
    write("infra/returns.tf", queue.format("returns") + queue.format("payments"))
    assert new("--select", "MSG501") == ["infra/returns.tf:5 MSG501"]
    Path("infra").rename("live")
    assert new("--select", "MSG501") == ["live/returns.tf:5 MSG501"]


def test_a_suppression_that_hides_nothing_in_a_file_of_a_configuration_is_known_until_it_is_gone() -> None:
    write("main.tf", '# msglint: ignore[MSG501] once\nresource "aws_sns_topic" "orders" {}\n')
    remember("--select", "MSG003,MSG501")
    assert in_file() == ["main.tf MSG003 "]
    assert new("--select", "MSG003,MSG501") == []
    write("main.tf", 'resource "aws_sns_topic" "orders" {}\n')
    assert gone("--select", "MSG003,MSG501") == ["main.tf MSG003 None"]


def test_an_exception_that_nothing_needs_is_known_until_it_is_gone() -> None:
    """It stands in the configuration, which no rule is asked of."""
    exception = '[[exceptions]]\nrule = "MSG501"\nresource = "*"\npath = "**"\nreason = "later"\nexpires = 2999-01-01\n'
    write("orders.yaml", template(good=("Orders",)))
    write("msglint.toml", exception)
    assert "MSG003" in run("lint", "--format", "concise", "orders.yaml", ".").stdout
    remember()
    assert in_file() == ["msglint.toml MSG003 "]
    assert new() == []
    write("msglint.toml", "")
    assert gone() == ["msglint.toml MSG003 None"]


def test_standard_input_has_a_place_of_its_own() -> None:
    remembered = run("baseline", "-", given=template("Orders"))
    assert remembered.exit_code == 0
    known = ("lint", "-", "--baseline", "msglint-baseline.json", "--format", "concise")
    assert run(*known, given="\n" + template("Orders")).output == ""
    assert "Returns" in run(*known, given=template("Orders", "Returns")).output


def test_the_file_has_a_line_for_each_fault_and_one_order() -> None:
    write("b.yaml", template("Orders", "Returns"))
    write("a.yaml", template("Orders"))
    remember()
    first = Path("msglint-baseline.json").read_text(encoding="utf-8")
    lines = first.splitlines()
    assert lines[:3] == ["{", '  "schema": "msglint-baseline/1",', '  "findings": [']
    assert [json.loads(line.strip().rstrip(","))["file"] for line in lines[3:-2]] == ["a.yaml", "b.yaml", "b.yaml"]
    remember("b.yaml", "a.yaml")
    assert Path("msglint-baseline.json").read_text(encoding="utf-8") == first


def test_names_are_written_so_that_no_terminal_obeys_them() -> None:
    known = Known("\x1b[31m\u202e注\udcff.yaml", "MSG501", "short-polling", "q\n", "f", "t", "u")
    write("known.json", baseline.written([known]))
    assert Path("known.json").read_text(encoding="utf-8").isascii()
    assert baseline.read("known.json") == (known,)


GOOD = '{"schema": "msglint-baseline/1", "findings": [{"file": "a", "rule": "MSG501"}]}'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "known.json: No such file or directory"),
        ("", "known.json:1:1: "),
        ('{"schema": "msglint-baseline/1",\n "findings": [', "known.json:2:15: "),
        ('{"schema": "msglint-baseline/1",\n<<<<<<< ours\n', "known.json:2:1: "),
        ("[]", "known.json:1:1: this is no baseline of msglint"),
        ('{"schema": "1", "findings": []}', "known.json:1:12: this is no baseline of msglint"),
        ('{"findings": []}', "known.json:1:1: no baseline of msglint: 'schema' is missing here"),
        (
            '{"schema": "msglint-baseline/2", "findings": 0}',
            "known.json:1:12: a newer msglint has written this baseline",
        ),
        ('{"schema": "msglint-baseline/1", "findings": {}}', "known.json:1:46: no baseline of msglint: 'findings'"),
        ('{"schema": "msglint-baseline/1", "findings": [5]}', "known.json:1:47: a finding is an object"),
        (GOOD, "known.json:1:47: no baseline of msglint: 'name' is missing here"),
        (GOOD.replace('"MSG501"', "501"), "known.json:1:69: a text belongs here"),
    ],
)
def test_a_file_that_is_no_baseline_is_wrong_usage(text: str | None, said: str) -> None:
    write("orders.yaml", template("Orders"))
    if text is not None:
        write("known.json", text)
    result = run("lint", "orders.yaml", "--baseline", "known.json")
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"--baseline: {said}" in result.stderr
    if text is not None:
        assert run("baseline", "orders.yaml", "--output", "known.json").exit_code == 2
        assert Path("known.json").read_text(encoding="utf-8") == text


NAMES = ("a.yaml", "b.yaml", "sub/a.yaml", "sub/c.yaml")
RESOURCES = ("Orders", "Returns", "Payments")
edits = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.sampled_from(NAMES), st.sampled_from(RESOURCES)),
        st.tuples(st.just("repair"), st.sampled_from(NAMES), st.sampled_from(RESOURCES)),
        st.tuples(st.just("reformat"), st.sampled_from(NAMES), st.sampled_from(("# x\n", "\n\n"))),
        st.tuples(st.just("copy"), st.sampled_from(NAMES), st.sampled_from(NAMES)),
        st.tuples(st.just("rename"), st.sampled_from(NAMES), st.sampled_from(NAMES)),
        st.tuples(st.just("delete"), st.sampled_from(NAMES), st.just("")),
    ),
    max_size=8,
)


def edited(files: dict[str, tuple[str, frozenset[str]]], edit: tuple[str, str, str]) -> None:
    """Edit files, of which each is what stands above its queues, and the queues that are faulty."""
    kind, name, what = edit
    if name not in files:
        if kind == "add":
            files[name] = ("", frozenset({what}))
        return
    above, queues = files[name]
    match kind:
        case "add":
            files[name] = (above, queues | {what})
        case "repair":
            files[name] = (above, queues - {what})
        case "reformat":
            files[name] = (above + what, queues)
        case "copy":
            files[what] = files[name]
        case "rename":
            files[what] = files.pop(name)
        case _:
            del files[name]


def compared(files: dict[str, tuple[str, frozenset[str]]], known: list[Known], folder: Path) -> Compared:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, (above, queues) in files.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        good = tuple(sorted({*RESOURCES} - queues))
        path.write_text(above + template(*sorted(queues), good=good), encoding="utf-8")
    report = engine.lint((str(folder),), Options(select=("MSG501",)))
    return compare(report, known, Paths(str(folder)))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=edits, after=edits)
def test_what_is_shown_is_what_is_new(
    before: list[tuple[str, str, str]], after: list[tuple[str, str, str]], here: Path
) -> None:
    """A file that stays keeps its faults; those of one that is gone count once, wherever they come up again."""
    files: dict[str, tuple[str, frozenset[str]]] = {}
    for edit in before:
        edited(files, edit)
    old = {(name, queue) for name, (_, queues) in files.items() for queue in queues}
    folder = here / "run"
    paths = Paths(str(folder))
    report = compared(files, [], folder).report
    known = [each for several in remembered(report, report.findings, paths) for each in several]
    for edit in after:
        edited(files, edit)
    now = {(name, queue) for name, (_, queues) in files.items() for queue in queues}
    result = compared(files, known, folder)
    shown = {(paths(finding.file), finding.resource or "") for finding in result.report.findings}
    assert shown <= now - old
    lost = Counter(queue for name, queue in old if name not in files)
    expected = Counter(queue for _, queue in now - old) - lost
    assert Counter(queue for _, queue in shown) == expected
    assert result.report.known == len(now) - len(shown)
    assert len(known) == result.report.known + len(result.fixed)
    assert result.old == ()
    assert compared(files, known=[*_all(result, files, folder)], folder=folder).report.findings == ()


def _all(result: Compared, files: dict[str, tuple[str, frozenset[str]]], folder: Path) -> list[Known]:
    """Write down anew what there is, as `msglint baseline` does."""
    report = compared(files, [], folder).report
    found = remembered(report, report.findings, Paths(str(folder)))
    return [*(each for several in found for each in several), *result.old]


def test_rules_that_are_not_known_here_are_kept() -> None:
    """A baseline may have been written with rules of another version."""
    write("orders.yaml", template("Orders"))
    other = Known("orders.yaml", "MSG999", "later-rule", "Orders", "f", "t", "orders.yaml")
    assert other.rule not in {entry.code for entry in RULES}
    write("msglint-baseline.json", baseline.written([other]))
    remember()
    assert in_file() == ["orders.yaml MSG501 Orders", "orders.yaml MSG999 Orders"]
