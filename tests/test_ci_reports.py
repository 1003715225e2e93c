"""Reports for services that show findings beside the code: SARIF, and annotations of GitHub's runner."""

import gzip
import json
import os
import re
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any, NamedTuple
from urllib.parse import unquote_to_bytes, urlsplit

import jsonschema
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from command import run
from linting import RULES, inputs
from msglint.cli.interface import Exit
from msglint.engine import lint_text
from msglint.finding import Finding, Related, Report
from msglint.options import Options
from msglint.reports import github, sarif
from msglint.reports.checkout import Checkout, checkout
from msglint.reports.formats import FORMATS
from msglint.reports.interface import Manner, fingerprints
from msglint.rules import index
from test_reports import EMPTY, FINDINGS, HOSTILE, REPORT, UNDECIDED, span
from test_reports import HOSTILE_FINDINGS as ANY_FINDINGS

SCHEMA = json.loads((Path(__file__).parent / "fixtures" / "schemas" / "sarif-schema-2.1.0.json").read_text("utf-8"))
VALIDATOR = jsonschema.validators.validator_for(SCHEMA)(SCHEMA)
HERE = Checkout(PurePosixPath("/repository"), PurePosixPath("/repository"))
WINDOWS = PureWindowsPath("C:\\work")
THERE = Manner(at=HERE)
ALL = Manner(at=HERE, undecided=True)
KNOWN = {entry.code: entry.name for entry in index.RULES}
SOME = msgspec.structs.replace(REPORT, findings=tuple(each for each in FINDINGS if each.code != "MSG401"))
NAMES = st.binary(min_size=1, max_size=30).map(lambda name: os.fsdecode(name.replace(b"\0", b"%")))


def sarif_of(report: Report, manner: Manner = THERE) -> dict[str, Any]:
    """Read the only run of a report, which is as the schema says."""
    log = json.loads(sarif.render(report, manner))
    VALIDATOR.validate(log)
    [run] = log["runs"]
    assert isinstance(run, dict)
    return run


def of(*findings: Finding) -> Report:
    return msgspec.structs.replace(EMPTY, findings=findings)


# SARIF


def test_a_run_without_findings_is_sarif_too() -> None:
    run = sarif_of(EMPTY)
    assert run["results"] == []
    assert run["tool"]["driver"]["rules"] == []
    assert run["properties"]["files"] == 0


def test_the_schema_of_sarif_notices_a_misspelt_field() -> None:
    """Without this the schema could as well allow everything."""
    log = json.loads(sarif.render(SOME, THERE))
    log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["startCol"] = 1
    with pytest.raises(jsonschema.ValidationError, match="startCol"):
        VALIDATOR.validate(log)


def test_every_rule_has_a_description_that_github_takes() -> None:
    findings = [msgspec.structs.replace(FINDINGS[0], code=code, name=name) for code, name in KNOWN.items()]
    run = sarif_of(of(*findings))
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == list(KNOWN)
    assert [rules[result["ruleIndex"]]["id"] for result in run["results"]] == [
        result["ruleId"] for result in run["results"]
    ]
    for rule in rules:
        assert rule["name"] == KNOWN[rule["id"]]
        assert 0 < len(rule["shortDescription"]["text"]) <= 1024
        assert 0 < len(rule["fullDescription"]["text"]) <= 1024
        assert rule["helpUri"].startswith("https://")
        assert rule["defaultConfiguration"]["level"] in {"error", "warning", "note"}
        assert all(f"## {heading}\n" in rule["help"]["markdown"] for heading in ("What it does", "References"))
        assert "##" not in rule["help"]["text"]
        about_security = rule["id"].startswith(("MSG2", "MSG4"))
        assert ("security-severity" in rule["properties"]) is about_security
        assert ("security" in rule["properties"]["tags"]) is about_security


def test_what_is_undecided_is_open() -> None:
    results = sarif_of(SOME, ALL)["results"]
    decided = {(result["kind"], result["level"] == "none") for result in results}
    assert decided == {("fail", False), ("open", True)}
    assert [result["properties"] for result in results if result["kind"] == "open"] == [
        {"doubt": "not understood"},
        {"doubt": "outside the run"},
    ]
    assert {result["kind"] for result in sarif_of(SOME)["results"]} == {"fail"}
    assert sarif_of(SOME)["properties"]["undecided"] == {"outside": 1, "not_understood": 1}


def test_columns_count_characters() -> None:
    """One that takes two units of UTF-16 counts once, as `columnKind` says."""
    line = '    Properties: {Tags: [{Key: "😀", Value: "注"}], ReceiveMessageWaitTimeSeconds: 0}'
    template = f"Resources:\n  Orders:\n    Type: AWS::SQS::Queue\n{line}\n"
    run = sarif_of(lint_text("a.yaml", template.encode(), Options(select=("MSG501",))))
    assert run["columnKind"] == "unicodeCodePoints"
    region = run["results"][0]["locations"][0]["physicalLocation"]["region"]
    assert (region["startLine"], region["endLine"]) == (4, 4)
    assert line[region["startColumn"] - 1 : region["endColumn"] - 1] == "0"


def test_related_places_are_linked() -> None:
    [result] = [result for result in sarif_of(SOME)["results"] if result["ruleId"] == "MSG605"]
    linked = re.findall(r"\[([^]]+)\]\((\d+)\)", result["message"]["text"])
    assert linked == [("billing.yaml:30", "1"), ("billing.yaml:4", "2")]
    first, second = result["relatedLocations"]
    assert [first["id"], second["id"]] == [1, 2]
    assert first["message"]["text"] == "the dead-letter queue"
    assert first["logicalLocations"] == [{"fullyQualifiedName": "OrdersDeadLetters", "kind": "resource"}]
    assert "logicalLocations" not in second


def test_words_of_a_template_are_no_links_and_no_placeholders() -> None:
    hostile = msgspec.structs.replace(
        FINDINGS[0],
        message="see [the fix](https://example.com) in {0} of ${AWS::Region}",
        related=(Related("[here](9)", "a[b](1).yaml", span(1, 1), "x](2)"),),
    )
    [result] = sarif_of(of(hostile))["results"]
    text = result["message"]["text"]
    assert re.findall(r"(?<!\\)\]\((.*?)\)", text) == ["1"]
    assert re.findall(r"(?<!\{)\{\d+\}", text) == []
    assert "${AWS::Region}" in text


def test_what_could_not_be_judged_is_a_notification_too() -> None:
    run = sarif_of(SOME)
    [invocation] = run["invocations"]
    [notification] = invocation["toolExecutionNotifications"]
    assert notification["descriptor"] == {"id": "MSG001"}
    assert notification["level"] == "error"
    assert "MSG001" in {result["ruleId"] for result in run["results"]}


@pytest.mark.parametrize(
    ("at", "file", "uri"),
    [
        (HERE, "templates/orders.yaml", "templates/orders.yaml"),
        (HERE, "./a/../templates/orders.yaml", "templates/orders.yaml"),
        (HERE, "/repository/templates/orders.yaml", "templates/orders.yaml"),
        (HERE, "/elsewhere/orders.yaml", "file:///elsewhere/orders.yaml"),
        (HERE, "../elsewhere/orders.yaml", "file:///elsewhere/orders.yaml"),
        (HERE, "Aufträge/50 %#?.yaml", "Auftr%C3%A4ge/50%20%25%23%3F.yaml"),
        (HERE, "https:x.yaml", "https%3Ax.yaml"),
        (HERE, os.fsdecode(b"\xff.yaml"), "%FF.yaml"),
        (HERE, "a\\b.yaml", "a%5Cb.yaml"),
        (HERE, "<stdin>", "%3Cstdin%3E"),
        (
            Checkout(PurePosixPath("/repository"), PurePosixPath("/repository/infra")),
            "orders.yaml",
            "infra/orders.yaml",
        ),
        (Checkout(PurePosixPath("/repository"), PurePosixPath("/repository/infra")), "../orders.yaml", "orders.yaml"),
        (Checkout(WINDOWS, WINDOWS), "templates\\orders.yaml", "templates/orders.yaml"),
        (Checkout(WINDOWS, WINDOWS), "c:\\WORK\\orders.yaml", "orders.yaml"),
        (Checkout(WINDOWS, WINDOWS), "D:\\orders.yaml", "file:///D:/orders.yaml"),
    ],
)
def test_files_are_told_by_their_paths_in_the_repository(at: Checkout, file: str, uri: str) -> None:
    [result] = sarif_of(of(msgspec.structs.replace(FINDINGS[0], file=file)), Manner(at=at))["results"]
    artifact = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert artifact == {"uri": uri} if uri.startswith("file:") else {"uri": uri, "uriBaseId": "%SRCROOT%"}


def test_a_runner_of_github_says_where_the_repository_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("CI_PROJECT_DIR", "GITHUB_REPOSITORY"):
        monkeypatch.delenv(name, raising=False)
    below = tmp_path / "infra"
    below.mkdir()
    monkeypatch.chdir(below)
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path))
    assert checkout() == (tmp_path, below, "")
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path / "another"))
    assert checkout() == (below, below, "")
    monkeypatch.delenv("GITHUB_WORKSPACE")
    assert checkout() == (below, below, "")


REPORTS = st.builds(
    lambda findings, files: of(
        *(msgspec.structs.replace(each, file=file) for each, file in zip(findings, files, strict=True))
    ),
    st.lists(ANY_FINDINGS, min_size=2, max_size=2),
    st.lists(NAMES, min_size=2, max_size=2),
)


def plainly_named(report: Report) -> Report:
    """Only what comes from a file system is a name: related places get one as well."""

    def named(finding: Finding) -> Finding:
        return msgspec.structs.replace(
            finding,
            related=tuple(msgspec.structs.replace(each, file=finding.file) for each in finding.related),
            reasons=tuple(msgspec.structs.replace(each, file=finding.file) for each in finding.reasons),
        )

    return msgspec.structs.replace(report, findings=tuple(map(named, report.findings)))


@given(REPORTS.map(plainly_named))
def test_whatever_the_text_sarif_holds_it(report: Report) -> None:
    text = sarif.render(report, THERE)
    text.encode()
    run = sarif_of(report)
    for result in run["results"]:
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]", str(result))
        for location in (*result["locations"], *result.get("relatedLocations", ())):
            artifact = location["physicalLocation"]["artifactLocation"]
            parts = urlsplit(artifact["uri"])
            assert (parts.scheme, parts.netloc, parts.query, parts.fragment) == (
                ("", "", "", "") if "uriBaseId" in artifact else ("file", "", "", "")
            )
    for finding, result in zip(sorted(report.findings, key=lambda each: each.order), run["results"], strict=True):
        artifact = result["locations"][0]["physicalLocation"]["artifactLocation"]
        path = PurePosixPath(os.fsdecode(unquote_to_bytes(urlsplit(artifact["uri"]).path)))
        assert HERE.root / path == HERE.root / HERE.path(finding.file)


def many(number: int) -> Report:
    """Give a report of that many findings, each of its own resource."""
    return of(
        *(
            msgspec.structs.replace(FINDINGS[0], resource=f"Orders{each}", identity=(f"Orders{each}",))
            for each in range(number)
        )
    )


def test_nothing_is_cut_and_limits_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def told(number: int) -> list[str]:
        run = sarif_of(many(number))
        assert len(run["results"]) == number
        return [each["message"]["text"] for each in run["invocations"][0]["toolExecutionNotifications"]]

    monkeypatch.setattr(sarif, "SHOWN", 3)
    monkeypatch.setattr(sarif, "MOST", 5)
    assert told(3) == []
    assert told(4) == ["4 results: GitHub shows the 3 most severe; this file has all"]
    assert told(6) == ["6 results: GitHub refuses a file with more than 5; lint in parts, or --select rules"]


@pytest.mark.slow
def test_as_many_results_as_github_takes_are_small_enough_for_it() -> None:
    """It takes 10 MB, compressed."""
    report = sarif.render(many(sarif.MOST), THERE)
    assert len(gzip.compress(report.encode())) < 10_000_000


# Fingerprints


def marks(name: str, text: str) -> list[str]:
    """Give the fingerprints of all that is found in a text, in whatever order."""
    report = lint_text(name, text.encode(), Options())
    findings = (*report.findings, *report.undecided)
    assert fingerprints(report.findings) == fingerprints(findings)[: len(report.findings)]
    return sorted(fingerprints(findings))


FOLDERS = sorted(folder for folder in RULES.iterdir() if folder.name != "unreadable-file")
CFN = [path for folder in FOLDERS for path in inputs(folder, "bad") if path.suffix == ".yaml"]
PLANS = [path for folder in FOLDERS for path in inputs(folder, "bad") if path.suffix == ".json"]


def test_there_are_templates_and_plans_to_move() -> None:
    assert len(CFN) > 20
    assert len(PLANS) > 20


@pytest.mark.parametrize("path", CFN, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_fingerprints_survive_shifted_lines_and_are_unique(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    before = marks(path.name, text)
    assert len(set(before)) == len(before) > 0
    shifted = "# one line\n\n# another\n" + re.sub(r"^(Resources|Parameters):", r"# a section\n\n\1:", text, flags=re.M)
    assert marks(path.name, shifted) == before


@pytest.mark.parametrize("path", PLANS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_fingerprints_survive_reformatting_and_are_unique(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    before = marks(path.name, text)
    assert len(set(before)) == len(before)
    assert marks(path.name, json.dumps(json.loads(text))) == before
    assert marks(path.name, json.dumps(json.loads(text), indent=3)) == before


def test_a_fingerprint_says_nothing_of_how_a_path_is_spelt() -> None:
    one, other = (msgspec.structs.replace(FINDINGS[0], file=file) for file in ("a/b.yaml", "./a//b.yaml"))
    assert one.fingerprint == other.fingerprint
    assert one.fingerprint != msgspec.structs.replace(one, file="a/c.yaml").fingerprint


def test_an_unreadable_file_is_one_fault_wherever_it_breaks() -> None:
    broken = "Resources:\n  Orders: {Type: AWS::SQS::Queue}\n  Orders: {}\n"
    assert marks("a.yaml", broken) == marks("a.yaml", "# one line\n" + broken)


def test_equal_faults_are_counted_by_their_places() -> None:
    first = FINDINGS[0]
    second = msgspec.structs.replace(first, span=span(9, 1))
    open_ = msgspec.structs.replace(first, span=span(1, 1), decided=False)
    mark = first.fingerprint
    assert fingerprints([second, first]) == [f"{mark}:2", mark]
    assert fingerprints([open_, first, second]) == [f"{mark}:3", mark, f"{mark}:2"]


# Annotations


class Command(NamedTuple):
    """What GitHub's runner understands of a line."""

    kind: str
    properties: dict[str, str]
    data: str


def command(line: str) -> Command | None:
    """Read a line as the runner does: a command is told by its beginning, or by `##[` anywhere."""
    line = line.strip()
    if not line.startswith("::"):
        assert "##[" not in line
        return None
    head, data = line[2:].split("::", 1)
    kind, _, pairs = head.partition(" ")
    properties = dict(pair.split("=", 1) for pair in pairs.split(","))
    assert all(re.fullmatch(r"[^\r\n]*", value) for value in properties.values())
    return Command(
        kind,
        {name: _unescaped(value, (("%3A", ":"), ("%2C", ","))) for name, value in properties.items()},
        _unescaped(data, ()),
    )


def _unescaped(text: str, more: tuple[tuple[str, str], ...]) -> str:
    for escape, character in (("%0D", "\r"), ("%0A", "\n"), *more, ("%25", "%")):
        text = text.replace(escape, character)
    return text


def test_a_finding_of_several_lines_has_no_columns() -> None:
    properties = [each.properties for each in map(command, github.render(REPORT, THERE).splitlines()) if each]
    assert all(("col" in each) == ("endColumn" in each) == (each["line"] == each["endLine"]) for each in properties)
    assert {each["line"] == each["endLine"] for each in properties} == {True, False}


def test_annotations_of_undecided_faults_are_notices_and_shown_when_asked_for() -> None:
    report = msgspec.structs.replace(EMPTY, undecided=UNDECIDED, files=("a",))
    assert "::" not in github.render(report, THERE)
    lines = [command(line) for line in github.render(report, ALL).splitlines()]
    assert [each.kind for each in lines if each] == ["notice", "notice"]


def test_what_github_does_not_show_is_told() -> None:
    ten = github.render(of(*FINDINGS[:1] * 10), THERE).splitlines()
    eleven = github.render(of(*FINDINGS[:1] * 11), THERE).splitlines()
    assert (len(ten), len(eleven)) == (10 + 1, 11 + 2)
    assert eleven[11] == "GitHub shows 10 annotations of a kind; this log has all 11."


WORDS = (
    HOSTILE | st.text("%0AD:,=\r\n[]# ", max_size=40) | st.sampled_from(["\n::error::x", "##[error]x", "%0A::set-env"])
)
HOSTILE_FINDINGS = st.builds(
    lambda finding, file, words: msgspec.structs.replace(finding, file=file, message=words, resource=words),
    ANY_FINDINGS,
    NAMES | st.sampled_from(["::error::x.yaml", "a,title=x.yaml", "a\n::error::b", "a%0A.yaml"]),
    WORDS,
)


@given(st.lists(HOSTILE_FINDINGS, max_size=3).map(tuple))
def test_no_template_can_give_the_runner_a_command(findings: tuple[Finding, ...]) -> None:
    """Each line is our own command with our own properties, or holds none."""
    text = github.render(of(*findings), THERE)
    text.encode()
    assert text.splitlines() == text.removesuffix("\n").split("\n")
    commands = [each for each in map(command, text.splitlines()) if each is not None]
    assert len(commands) == len(findings)
    for each in commands:
        assert each.kind in {"error", "warning", "notice"}
        assert list(each.properties) in (
            ["file", "line", "endLine", "title"],
            ["file", "line", "endLine", "col", "endColumn", "title"],
        )
        assert each.properties["title"] == "MSG501 short-polling"


def test_a_file_is_annotated_under_its_own_name() -> None:
    finding = msgspec.structs.replace(FINDINGS[0], file="a, b:50%/ü.yaml")
    [line, _] = github.render(of(finding), THERE).splitlines()
    told = command(line)
    assert told is not None
    assert told.properties["file"] == "a, b:50%/ü.yaml"
    [line, _] = github.render(
        of(msgspec.structs.replace(finding, file="a\\b.yaml")), Manner(at=Checkout(WINDOWS, WINDOWS))
    ).splitlines()
    assert line.startswith("::warning file=a/b.yaml,")


# Through the command line

SHORT_POLLING = """\
Resources:
  Orders:
    Type: AWS::SQS::Queue
    Properties:
      KmsMasterKeyId: !ImportValue key
      RedrivePolicy: {deadLetterTargetArn: "arn:aws:sqs:eu-west-1:111122223333:dead-letters", maxReceiveCount: 5}
"""


@pytest.mark.parametrize("format_", ["sarif", "github", "gitlab", "csv"])
def test_the_command_line_writes_them(format_: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """To standard output and into a file alike, with the exit codes of every format."""
    monkeypatch.chdir(tmp_path)
    Path("a.yaml").write_text(SHORT_POLLING, encoding="utf-8")
    shown = run("lint", "a.yaml", "--format", format_)
    saved = run("lint", "a.yaml", "--format", format_, "--output", "out")
    assert shown.exit_code == saved.exit_code == Exit.FINDINGS
    assert saved.output == ""
    assert Path("out").read_text(encoding="utf-8") == shown.stdout
    assert ("MSG501" in shown.stdout, "MSG301" in shown.stdout) == (True, False)
    clean = run("lint", "a.yaml", "--format", format_, "--fail-on", "error")
    assert (clean.exit_code, clean.stdout) == (Exit.CLEAN, shown.stdout)


@pytest.mark.parametrize("format_", [name for name in FORMATS if name != "junit"])
def test_what_fails_a_strict_run_is_in_the_report(format_: str) -> None:
    arguments = ["lint", "-", "--format", format_, "--ignore", "MSG501"]
    assert "MSG301" not in run(*arguments, given=SHORT_POLLING).stdout
    strict = run(*arguments, "--strict", given=SHORT_POLLING)
    assert strict.exit_code == Exit.FINDINGS
    assert "MSG301" in strict.stdout


def test_a_report_that_github_cuts_is_told_on_standard_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif, "SHOWN", 0)
    result = run("lint", "-", "--format", "sarif", given=SHORT_POLLING)
    assert result.stderr == "msglint: 1 results: GitHub shows the 0 most severe; this file has all\n"
