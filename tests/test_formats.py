"""All formats of reports: golden files, hostile text, and what those make of them who read them."""

import csv
import io
import json
import os
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema
import pytest
import xmlschema
from hypothesis import given, settings
from hypothesis import strategies as st
from junitparser import Error, Failure, JUnitXml, Skipped
from markdown_it import MarkdownIt
from msgspec.structs import replace

from command import run
from msglint.engine import lint, lint_text
from msglint.finding import LIKEWISE, Finding, Question, Related, Remark, Repair, Report, Severity, Unread
from msglint.model.resource import Construct, Language
from msglint.options import Options
from msglint.reports import csv_report, gitlab, json_report, junit, markdown, sarif
from msglint.reports.checkout import Checkout, checkout
from msglint.reports.formats import FORMATS, render
from msglint.reports.interface import Manner, fails
from msglint.verdict import Doubt
from test_ci_reports import NAMES, SHORT_POLLING, plainly_named
from test_reports import EMPTY, FINDINGS, HOSTILE, HOSTILE_FINDINGS, REPORT, matches_golden, span

ROOT = Path(__file__).parents[1]
SCHEMAS = Path(__file__).parent / "fixtures" / "schemas"
JUNIT = xmlschema.XMLSchema(SCHEMAS / "junit.xsd")
CODE_QUALITY = json.loads((SCHEMAS / "gitlab-code-quality.json").read_text("utf-8"))
HERE = Checkout(PurePosixPath("/repository"), PurePosixPath("/repository"))
THERE = Manner(at=HERE)
ALL = Manner(at=HERE, undecided=True)

FULL = replace(
    REPORT,
    findings=(
        *FINDINGS,
        Finding(
            code="MSG702",
            name="rule-target-without-dead-letter-queue",
            severity=Severity.WARNING,
            message="what Placed cannot deliver is lost",
            file="templates/orders.yaml",
            span=span(2, 3, 11),
            resource="PlacedRule",
            asked="PlacedRule",
            construct=Construct("Shop/Events/Placed", "lib/events.ts:11:24"),
            related=(Related(f"ReturnedRule {LIKEWISE}", "templates/orders.yaml", span(2, 3, 11), "ReturnedRule"),),
        ),
    ),
    questions=(
        Question("MSG501", "templates/orders.yaml", "OrdersQueue", True),
        Question("MSG501", "templates/orders.yaml", "Silenced", True),
        Question("MSG501", "templates/orders.yaml", "Right", False),
        Question("MSG605", "templates/orders.yaml", "OrdersQueue", True),
        Question("MSG301", "templates/orders.yaml", "OrdersQueue", None),
        Question("MSG301", "billing.yaml", "Billing", None),
        Question("MSG702", "templates/orders.yaml", "PlacedRule", True),
        Question("MSG702", "templates/orders.yaml", "ReturnedRule", True),
        Question("MSG704", "plan.json", "aws_sqs_queue.q", True),
    ),
)
WICKED = (
    "=cmd|' /C calc'!A0 ]]> </failure> <script>alert(1)</script> <!-- --> [x](javascript:y) ![x](z) `code` ```fence``` "
    "|cell| @here #1 GH-1 www.example.org https://example.org _x_ *y* ~~z~~ \\ $x$ &amp; {0} "
    "##[error]x %0A::error::x\r\n::error::y\n- item\n# heading\x00\x1b[31m\x9b\x7f\ufffe\ud800\u202e\u2028\ufeff"
)
HOSTILE_REPORT = Report(
    findings=(
        Finding(
            code="MSG501",
            name="short-polling",
            severity=Severity.ERROR,
            message=WICKED,
            file="a\n::error::b`|<script>,=@.yaml",
            span=span(1, 1, 4),
            resource=WICKED,
            asked=WICKED,
            construct=Construct(WICKED, WICKED),
            scenario=WICKED,
            related=(Related(WICKED, "=c[](x).yaml", span(2, 2), WICKED),),
            fix=Repair(WICKED, Language.CLOUDFORMATION_YAML, f"a: b\n```\n````\n{WICKED}\n</details>"),
        ),
    ),
    undecided=(
        Finding(
            code="MSG301",
            name="aws-managed-key",
            severity=Severity.WARNING,
            message=WICKED,
            file="@b.yaml",
            span=span(1, 1),
            resource=WICKED,
            decided=False,
            doubt=Doubt.OUTSIDE,
            reasons=(Related(WICKED, "-d.yaml", span(3, 1)),),
        ),
    ),
    questions=(Question("MSG501", "a\n::error::b`|<script>,=@.yaml", WICKED, True),),
    files=("@b.yaml",),
    skipped=(),
    suppressed=0,
    texts={"a\n::error::b`|<script>,=@.yaml": ("```` </details> <script>\x1b[31m ]]>",)},
    remarks=(
        Remark(source=WICKED, message=WICKED, file="@b.yaml", span=span(1, 1), type=WICKED, code=WICKED, link=WICKED),
        Remark(source=WICKED, message=WICKED),
    ),
    unread=(Unread(WICKED, WICKED),),
)
STACK = "123456789012/eu-central-1/shop"
REMARKED = replace(
    EMPTY,
    findings=(replace(FINDINGS[0], file=STACK), replace(FINDINGS[3], file="b.json")),
    remarks=(
        Remark(
            source="IAM Access Analyzer",
            message="Using a wildcard (*) in the resource can be overly permissive because it lets too many in",
            file=STACK,
            span=span(7, 23, 9),
            resource="OrdersPolicy",
            type="SECURITY_WARNING",
            code="PASS_ROLE_WITH_STAR_IN_RESOURCE",
            link="https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html",
        ),
        Remark(
            source="drift",
            message="the policy of Orders is not that of the template (added: Allow sqs:* to *)",
            file=STACK,
            span=span(12, 3, 6),
            resource="Orders",
        ),
        Remark(source="IAM Access Analyzer", message="it was not asked about 2 policies: nobody knows all of them"),
    ),
    unread=(Unread("123456789012/eu-central-1/bills", "cloudformation:GetTemplate is not allowed (AccessDenied)"),),
)
CASES = {"full": FULL, "nothing": EMPTY, "hostile": HOSTILE_REPORT, "remarked": REMARKED}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("format_", FORMATS)
def test_a_report_is_what_is_expected(format_: str, case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of it but the descriptions of the rules in SARIF, which are their documentation."""
    for module in (json_report, sarif):
        monkeypatch.setattr(module, "__version__", "0.0.0")
    monkeypatch.setattr(sarif, "_rule", lambda entry: {"id": entry.code})
    matches_golden(f"formats/{case}.{format_}", render(format_, CASES[case], ALL))


@pytest.mark.parametrize("format_", [name for name in FORMATS if name not in {"junit", "json", "sarif"}])
def test_what_is_undecided_is_shown_when_it_is_asked_for(format_: str) -> None:
    assert "Billing is encrypted" not in render(format_, REPORT, THERE)
    assert "Billing is encrypted" in render(format_, REPORT, ALL)


HOSTILE_REPORTS = st.builds(
    lambda findings, files, words: plainly_named(
        replace(
            EMPTY,
            findings=tuple(
                replace(each, file=file, message=said, resource=said)
                for each, file, said in zip(findings, files, words, strict=True)
            ),
            remarks=tuple(
                Remark(source=said, message=said, file=file, span=span(1, 1), resource=said, code=said, link=said)
                for file, said in zip(files, words, strict=True)
            ),
            unread=(Unread(words[0], words[1]),),
        )
    ),
    st.lists(HOSTILE_FINDINGS, min_size=2, max_size=2),
    st.lists(NAMES | st.sampled_from(["=a.yaml", "::error::x", "a\r\n|`<b>`|.yaml"]), min_size=2, max_size=2),
    st.lists(HOSTILE | st.text('<>&`|]=+-@#[!:.;" \r\n\ud800\x00ab', max_size=60), min_size=2, max_size=2),
)


@given(HOSTILE_REPORTS)
@pytest.mark.parametrize("format_", FORMATS)
def test_no_report_holds_a_control_character(format_: str, report: Report) -> None:
    """Lines end as their format says, and a table begins as Excel wants it to; JSON has escapes of its own."""
    text = render(format_, report, THERE)
    text.encode()
    assert text == render(format_, report, THERE)
    if format_ == "csv":
        text = text.removeprefix(csv_report.MARK).replace("\r\n", "\n")
    kinds = {character for character in text if unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"}}
    assert kinds <= {"\n"}
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", text)


def test_remarks_and_what_is_unread_count_nowhere() -> None:
    """Who wants to know what fails the run does not see that there are any."""
    plain = replace(REMARKED, remarks=(), unread=())
    assert json_report.numbers(REMARKED) == json_report.numbers(plain)
    for format_ in ("csv", "gitlab"):
        assert render(format_, REMARKED, ALL) == render(format_, plain, ALL)
    assert json.loads(sarif.render(REMARKED, ALL))["runs"][0]["properties"] == json_report.numbers(plain)


@pytest.mark.parametrize("format_", [name for name, each in FORMATS.items() if each.remarks])
def test_remarks_come_behind_the_findings(format_: str) -> None:
    text = render(format_, REMARKED, ALL)
    places = [text.index(said) for said in ("The plan is one line", "Using a wildcard", "the policy of Orders is not")]
    assert places == sorted(places)
    assert "it was not asked about 2 policies" in text


# JUnit


def cases(report: Report, manner: Manner = THERE) -> dict[str, str]:
    """Give how each case ended, as a reader of others understands it; the report is as its schema says."""
    text = junit.render(report, manner)
    JUNIT.validate(ET.ElementTree(ET.fromstring(text)))  # noqa: S314  # we have written it
    told: dict[str, str] = {}
    for suite in JUnitXml.fromstring(text.encode()):
        for case in suite:
            ends = {Error: "unread", Failure: "failed", Skipped: "skipped"}
            name = f"{case.classname}: {case.name}"
            assert name not in told, "GitLab shows only the first"
            told[name] = " ".join(ends[type(each)] for each in case.result) or "passed"
    return told


def test_a_question_is_a_case() -> None:
    assert cases(FULL) == {
        "msglint.MSG001 unreadable-file: broken.yaml": "failed",
        "msglint.MSG301 aws-managed-key: Billing in billing.yaml": "skipped",
        "msglint.MSG301 aws-managed-key: OrdersQueue in templates/orders.yaml": "skipped",
        "msglint.MSG401 inline-broker-password: OrdersQueue in templates/orders.yaml": "passed",
        "msglint.MSG501 short-polling: OrdersQueue in templates/orders.yaml": "failed",
        "msglint.MSG501 short-polling: Right in templates/orders.yaml": "passed",
        "msglint.MSG501 short-polling: Silenced in templates/orders.yaml": "skipped",
        "msglint.MSG605 dead-letter-queue-type-mismatch: OrdersQueue in templates/orders.yaml": "failed",
        "msglint.MSG702 rule-target-without-dead-letter-queue: PlacedRule in templates/orders.yaml": "failed",
        "msglint.MSG702 rule-target-without-dead-letter-queue: ReturnedRule in templates/orders.yaml": "failed",
        "msglint.MSG704 dead-letter-retention-too-short: aws_sqs_queue.q in plan.json": "passed",
    }


@pytest.mark.parametrize(
    ("manner", "failed"),
    [
        (THERE, 5),
        (replace(THERE, options=Options(fail_on=Severity.INFO)), 7),
        (replace(THERE, options=Options(strict=True)), 7),
    ],
)
def test_a_case_fails_where_it_fails_the_run(manner: Manner, failed: int) -> None:
    assert list(cases(FULL, manner).values()).count("failed") == failed


def test_the_schema_of_junit_notices_a_wrong_report() -> None:
    """Without this the schema could as well allow everything."""
    text = junit.render(FULL, THERE)
    for wrong in (text.replace('failures="', 'failed="'), text.replace("<skipped", "<ignored")):
        assert not JUNIT.is_valid(ET.ElementTree(ET.fromstring(wrong)))  # noqa: S314  # we have written it


def test_counts_of_junit_are_those_of_its_cases() -> None:
    root = ET.fromstring(junit.render(FULL, THERE))  # noqa: S314  # we have written it
    for element in (root, *root):
        assert int(element.get("tests", "")) == len([*element.iter("testcase")])
        assert int(element.get("failures", "")) == len([*element.iter("failure")])
    assert [int(each.get("skipped", "")) for each in root] == [len([*each.iter("skipped")]) for each in root]


@pytest.mark.parametrize("path", ["faulty", "repaired", "linked", "gotchas", "cdk/cdk.out"])
def test_each_question_about_the_examples_is_a_case_of_its_own(path: str) -> None:
    """What fails is told in the case of what was asked, and none is called hidden where nothing is."""
    report = lint([str(ROOT / "examples" / path)], Options())
    told = cases(report, Manner(at=Checkout(ROOT, ROOT), options=Options(fail_on=Severity.INFO)))
    asked = {(each.file, each.code, each.resource) for each in report.questions}
    assert len(told) == len(asked) + len({each.file for each in report.findings if each.code == "MSG001"})
    assert list(told.values()).count("failed") == len([each for each in report.questions if each.fault])
    assert list(told.values()).count("skipped") == len([each for each in report.questions if each.fault is None])


@given(HOSTILE_REPORTS)
def test_xml_is_xml_whatever_the_text(report: Report) -> None:
    told = cases(report)
    assert len(told) == len({(each.file, each.resource) for each in report.findings}) + 1
    assert [*told.values()].count("unread") == 1


# GitLab


def faults(report: Report, manner: Manner = ALL) -> list[dict[str, Any]]:
    read: list[dict[str, Any]] = json.loads(gitlab.render(report, manner))
    jsonschema.validate(read, CODE_QUALITY, jsonschema.Draft202012Validator)
    marks = [each["fingerprint"] for each in read]
    assert len(set(marks)) == len(marks)
    return read


def test_code_quality_is_what_gitlab_documents() -> None:
    jsonschema.Draft202012Validator.check_schema(CODE_QUALITY)
    assert {each["severity"] for each in faults(FULL)} == {"critical", "major", "minor", "info"}
    assert faults(EMPTY) == []
    [first, *_] = faults(replace(EMPTY, findings=(replace(FINDINGS[0], file="./templates/a.yaml"),)))
    assert first["location"] == {"path": "templates/a.yaml", "lines": {"begin": 5}}
    del first["severity"]
    with pytest.raises(jsonschema.ValidationError, match="severity"):
        jsonschema.validate([first], CODE_QUALITY, jsonschema.Draft202012Validator)


@given(HOSTILE_REPORTS)
def test_code_quality_holds_whatever_the_text(report: Report) -> None:
    assert len(faults(report)) == len(report.findings)


# CSV


def rows(report: Report, manner: Manner = ALL) -> list[dict[str, str]]:
    """Read a table as a programme does that knows the mark at its beginning."""
    data = csv_report.render(report, manner).encode()
    return [*csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True)]


def test_a_row_is_a_finding() -> None:
    assert [row["code"] for row in rows(FULL)].count("MSG301") == 2
    [row] = [row for row in rows(FULL) if row["code"] == "MSG501"]
    assert (row["line"], row["column"], row["scenario"]) == ("5", "38", "when IsProd is true and HasKey is false")
    assert rows(EMPTY) == []


@given(HOSTILE_REPORTS)
def test_no_cell_is_a_formula_wherever_cells_end(report: Report) -> None:
    """Excel separates cells by semicolons where people write numbers with a comma."""
    text = csv_report.render(report, ALL).removeprefix(csv_report.MARK)
    assert len(rows(report)) == len(report.findings)
    for separator in ",;\t":
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            assert not [cell for cell in row if re.match("[=+\\-@\t\r\n]", cell)]


# Markdown

GITHUB = MarkdownIt("gfm-like")
assert GITHUB.linkify is not None
GITHUB.linkify.set({"fuzzy_link": False, "fuzzy_email": True, "fuzzy_ip": False})
MARKUP = re.compile(r"<!-- -->|<!-- msglint report -->|</?details>|<summary>Details( and repair)?</summary>|\s")


def html(text: str) -> Iterator[str]:
    """Give what a text holds that is HTML to a reader of Markdown."""
    for token in GITHUB.parse(text):
        for each in (token, *(token.children or ())):
            if each.type in {"html_block", "html_inline"}:
                yield each.content


def links(text: str) -> set[str]:
    tokens = [each for token in GITHUB.parse(text) for each in token.children or ()]
    return {str(each.attrGet("href") or each.attrGet("src")) for each in tokens if each.type in {"link_open", "image"}}


def prose(text: str) -> Iterator[str]:
    """Give the stretches of text in which a service looks for names and numbers."""
    for token in GITHUB.parse(text):
        yield from (each.content for each in token.children or () if each.type == "text")


@given(HOSTILE_REPORTS)
@settings(max_examples=200)
def test_words_of_a_template_are_no_markup(report: Report) -> None:
    text = markdown.render(report, ALL)
    assert [each for each in html(text) if MARKUP.sub("", each)] == []
    files = {HERE.address(each.file) for each in report.findings}
    assert {each.rpartition("#L")[0] for each in links(text)} <= files
    assert not [each for each in prose(text) if re.search(r"@\w|#\d", each)]


def test_hostile_words_are_shown_as_they_are() -> None:
    shown = GITHUB.render(markdown.render(HOSTILE_REPORT, ALL))
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown
    assert "<script" not in shown
    assert "<strong>error</strong>" in shown
    assert "<em>" not in shown
    assert "<h1>" not in shown
    assert links(markdown.render(HOSTILE_REPORT, ALL)) == {
        "a%0A%3A%3Aerror%3A%3Ab%60%7C%3Cscript%3E%2C%3D%40.yaml#L1",
        "%3Dc%5B%5D%28x%29.yaml#L2",
        "%40b.yaml#L1",
        "-d.yaml#L3",
    }


@pytest.mark.parametrize(
    ("manner", "verdict"), [(THERE, "failed"), (replace(THERE, options=Options(fail_on=Severity.ERROR)), "passed")]
)
def test_the_heading_is_the_verdict(manner: Manner, verdict: str) -> None:
    report = replace(REPORT, findings=FINDINGS[:1])
    assert markdown.render(report, manner).startswith(f"{markdown.MARKER}\n## msglint: {verdict}\n")


@pytest.mark.parametrize("room", [300, 2_000, 65_536])
def test_a_comment_is_bounded_and_counts_what_it_leaves_out(room: int) -> None:
    """The worst come first, and lines before details."""
    many = tuple(replace(each, message="漢" * 200) for each in FINDINGS for _ in range(100))
    text = markdown.bounded(replace(REPORT, findings=many), THERE, room)
    assert len(text.encode()) <= room
    named = re.findall(r"^- \*\*(\w+)\*\*", text, re.MULTILINE)
    [more] = re.findall(r"^- and (\d+) more", text, re.MULTILINE)
    assert len(named) + int(more) == 500
    assert named == sorted(named, key=["error", "warning", "info"].index)
    assert len(markdown.render(replace(REPORT, findings=many), THERE)) <= markdown.MOST


def test_where_all_lines_fit_details_take_the_rest() -> None:
    report = replace(REPORT, findings=FINDINGS * 30)
    text = markdown.render(report, THERE)
    assert text.count("\n- **") == 150
    assert 0 < text.count("<details>") <= 150
    assert "more, which do not fit here" not in text
    assert markdown.bounded(report, THERE, 10) == ""


@pytest.mark.parametrize(
    ("environment", "address"),
    [
        ({}, "a%20b.yaml"),
        ({"GITHUB_WORKSPACE": "."}, "a%20b.yaml"),
        (
            {
                "GITHUB_WORKSPACE": ".",
                "GITHUB_SERVER_URL": "https://github.com",
                "GITHUB_REPOSITORY": "shop/orders",
                "GITHUB_SHA": "abc",
            },
            "https://github.com/shop/orders/blob/abc/a%20b.yaml",
        ),
        (
            {"CI_PROJECT_DIR": ".", "CI_PROJECT_URL": "https://gitlab.com/shop/orders", "CI_COMMIT_SHA": "abc"},
            "https://gitlab.com/shop/orders/-/blob/abc/a%20b.yaml",
        ),
    ],
)
def test_links_lead_to_the_commit_where_it_is_known(
    environment: dict[str, str], address: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith(("GITHUB_", "CI_"))]:
        monkeypatch.delenv(name)
    for name, value in environment.items():
        monkeypatch.setenv(name, str(tmp_path) if value == "." else value)
    assert checkout().address("a b.yaml") == address


# Through the command line


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    return tmp_path


def test_several_reports_are_written_at_once(here: Path) -> None:
    more = [f"--report={name}=out.{name}" for name in FORMATS]
    result = run("lint", "-", *more, given=SHORT_POLLING)
    assert result.stdout == run("lint", "-", given=SHORT_POLLING).stdout
    for name in FORMATS:
        shown = run("lint", "-", "--format", name, given=SHORT_POLLING).stdout
        assert (here / f"out.{name}").read_text(encoding="utf-8") == shown


@pytest.mark.parametrize(
    ("flags", "stdout", "files"),
    [
        (["--report", "json=-"], "{", {}),
        (["--output", "a.txt", "--report", "json=-"], "{", {"a.txt": "<stdin>"}),
        (["--format", "json", "--output", "a.json"], "", {"a.json": "{"}),
        (["--format", "concise", "--report", "csv=a=b.csv"], "<stdin>:2", {"a=b.csv": "\ufeff"}),
        (["--format", "json", "--output", "-"], "{", {}),
    ],
)
def test_one_report_may_go_to_standard_output(flags: list[str], stdout: str, files: dict[str, str], here: Path) -> None:
    result = run("lint", "-", *flags, given=SHORT_POLLING)
    assert result.stderr == ""
    assert result.stdout[: len(stdout) or 1] == stdout
    assert {path.name for path in here.iterdir()} == files.keys()
    for name, begin in files.items():
        assert (here / name).read_text(encoding="utf-8").startswith(begin)


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--format", "jsn"], "argument --format: no format is called 'jsn'; did you mean json?"),
        (["--report", "sarf=a"], "argument --report: no format is called 'sarf'; did you mean sarif?"),
        (["--report", "qqq=a"], "no format is called 'qqq' (there are text, concise, json"),
        (["--report", "json"], "argument --report: it takes FORMAT=FILE, not 'json'"),
        (["--report", "json="], "argument --report: it takes FORMAT=FILE, not 'json='"),
        (["--report", "json=a", "--report", "csv=./a"], "two reports go to ./a: json and csv"),
        (["--output", "a", "--report", "csv=a"], "two reports go to a: text and csv"),
        (["--format", "text", "--report", "csv=-"], "two reports go to standard output: text and csv"),
        (["--report", "json=-", "--report", "csv=-"], "two reports go to standard output: json and csv"),
    ],
)
def test_wrong_reports_are_told_before_anything_is_judged(flags: list[str], said: str, here: Path) -> None:
    result = run("lint", "missing.yaml", *flags)
    assert result.exit_code == 2
    assert said in result.stderr
    assert "missing.yaml" not in result.stderr
    assert [*here.iterdir()] == []


def test_where_a_report_cannot_be_made_none_is_written(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> str:
        raise RuntimeError

    monkeypatch.setattr(junit, "render", broken)
    result = run("lint", "-", "--report", "json=a", "--report", "junit=b", given=SHORT_POLLING)
    assert (result.exit_code, result.stdout) == (3, "")
    assert [*here.iterdir()] == []


def test_the_summary_of_a_job_is_appended_to(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = here / "summary.md"
    file.write_bytes(b"of another command")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(file))
    run("lint", "-", "--format", "json", given=SHORT_POLLING)
    assert file.read_bytes() == b"of another command"
    run("lint", "-", "--report", "github=annotations", given=SHORT_POLLING)
    summary = file.read_bytes().decode()
    assert summary.startswith(f"of another command\n{markdown.MARKER}\n## msglint: failed\n")
    assert summary.partition("\n")[2] == run("lint", "-", "--format", "markdown", given=SHORT_POLLING).stdout


@pytest.mark.parametrize("taken", [1024 * 1024 - 1_000, 1024 * 1024])
def test_a_summary_never_takes_more_than_the_runner_takes(
    taken: int, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = here / "summary.md"
    file.write_bytes(b"x" * taken)
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(file))
    template = "Resources:\n" + "".join(f"  Q{number}: {{Type: AWS::SQS::Queue}}\n" for number in range(20))
    result = run("lint", "-", "--format", "github", given=template)
    assert result.exit_code == 1
    assert file.stat().st_size <= 1024 * 1024
    assert (file.stat().st_size > taken) is ("no room left" not in result.stderr)


def test_a_summary_that_cannot_be_written_fails_nothing(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(here / "missing" / "summary.md"))
    result = run("lint", "-", "--format", "github", given=SHORT_POLLING)
    assert result.exit_code == 1
    assert result.stderr == "msglint: the summary of the job cannot be written: No such file or directory\n"
    assert "MSG501" in result.stdout


def test_reports_and_exit_code_agree_on_what_fails() -> None:
    report = lint_text("a.yaml", SHORT_POLLING.encode(), Options())
    everything = (*report.findings, *report.undecided)
    for flags, manner in (
        ([], Manner()),
        (["--fail-on", "error"], Manner(options=Options(fail_on=Severity.ERROR))),
        (["--fail-on", "error", "--strict"], Manner(options=Options(fail_on=Severity.ERROR, strict=True))),
    ):
        code = run("lint", "-", *flags, given=SHORT_POLLING).exit_code
        assert bool(code) is any(fails(each, manner) for each in everything)


# Documentation


def test_the_table_of_formats_is_current() -> None:
    """MSGLINT_ACCEPT=1 rewrites it."""
    page = ROOT / "docs" / "reports.md"
    text = page.read_text(encoding="utf-8")
    table = "".join(f"| `{name}` | {each.purpose} |\n" for name, each in FORMATS.items())
    current = re.sub(r"(\| format \| for \|\n\|---\|---\|\n)(?:\|.*\n)+", rf"\1{table}", text)
    if os.environ.get("MSGLINT_ACCEPT"):
        page.write_text(current, encoding="utf-8")
        text = current
    assert table in text
    assert text == current
    usage = (ROOT / "docs" / "usage.md").read_text(encoding="utf-8")
    assert ", ".join(FORMATS) in usage


def test_help_names_all_formats() -> None:
    assert f"One of {', '.join(FORMATS)} (default: text)" in " ".join(run("lint", "--help").stdout.split())
