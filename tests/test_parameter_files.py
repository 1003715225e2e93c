"""Values of parameters from files: each shape that people deploy with, and what cannot be read."""

import os
from pathlib import Path

import pytest

from command import Result
from command import run as ask
from msglint.cli.interface import Exit
from msglint.readers.cloudformation import part as cloudformation
from msglint.readers.cloudformation.parameter_files import MAX_BYTES, UnusableFileError, values
from msglint.readers.interface import Assumptions
from msglint.source import Document, read_yaml

CANARY = "hunter2-hunter2"
TEMPLATE = """\
Parameters:
  Wait: {Type: Number, Default: 20}
  Stage: {Type: String, Default: dev, AllowedValues: [dev, live]}
Conditions:
  Live: !Equals [!Ref Stage, live]
Resources:
  Orders:
    Type: AWS::SQS::Queue
    Properties:
      ReceiveMessageWaitTimeSeconds: !If [Live, !Ref Wait, 20]
"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "template.yaml").write_text(TEMPLATE, encoding="utf-8")
    return tmp_path


def read(text: str, name: str = "values.yaml", environment: str = "default") -> dict[str, str | None]:
    Path(name).write_text(text, encoding="utf-8")
    return dict(values(name, environment))


def lint(*arguments: str) -> Result:
    return ask("lint", "template.yaml", "--select", "MSG501", *arguments)


BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{of}'] * 10)}]\n" for of, name in ("ab", "bc", "cd", "de", "ef")
)
SAM = "version = 0.1\n[default.deploy.parameters]\nparameter_overrides = "


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        # aws cloudformation create-stack --parameters
        (
            "cli.json",
            '[{"ParameterKey": "A", "ParameterValue": "a=b"}, {"ParameterKey": "B", "UsePreviousValue": true}]',
            {"A": "a=b", "B": None},
        ),
        ("cli.yaml", "- {ParameterKey: A, ParameterValue: 010, UsePreviousValue: false}\n", {"A": "010"}),
        # --cli-input-json and --cli-input-yaml
        ("input.json", '{"StackName": "shop", "Parameters": [{"ParameterKey": "A", "ParameterValue": ""}]}', {"A": ""}),
        ("input.yaml", "StackName: shop\nParameters:\n- ParameterKey: A\n  ParameterValue: a\n", {"A": "a"}),
        # aws cloudformation deploy --parameter-overrides
        ("deploy.json", '["A=a=b", "B="]', {"A": "a=b", "B": ""}),
        ("none.json", "[]", {}),
        # CodePipeline
        (
            "template-configuration.json",
            '{"Parameters": {"A": "a", "B": 1.0, "C": true, "D": ["x", 2]}, "Tags": {"t": "u"}, "StackPolicy": {}}',
            {"A": "a", "B": "1.0", "C": "true", "D": "x,2"},
        ),
        # Git sync
        (
            "sync.yaml",
            "template-file-path: t.yaml\nparameters:\n  A: '{{resolve:ssm:/a}}'\ntags: {}\n",
            {"A": "{{resolve:ssm:/a}}"},
        ),
        ("sync.json", '{"template-file-path": "t.yaml"}', {}),
        ("values.toml", 'A = "a"\nB = 2024-01-01\n', {"A": "a", "B": "2024-01-01"}),
        ("values.yaml", "A: a\nB: [x, y]\n", {"A": "a", "B": "x,y"}),
        ("empty.json", "{}", {}),
    ],
)
def test_each_shape_is_known_by_what_it_says(name: str, text: str, expected: dict[str, str | None]) -> None:
    assert read(text, name) == expected


@pytest.mark.parametrize(
    ("overrides", "expected"),
    [
        (r'''"A=\"a b\" B=c\\ d C='\"'"''', {"A": "a b", "B": "c d", "C": '"'}),
        (r'''"D=x=y E=\"\" F='it'"''', {"D": "x=y", "E": "", "F": "it"}),
        (r'"ParameterKey=A,ParameterValue=a  ParameterKey=B,ParameterValue=\"b,c\" "', {"A": "a", "B": "b,c"}),
        ('["A=a", ["B=b C=c"], {D = "d", E = 1}]', {"A": "a", "B": "b", "C": "c", "D": "d", "E": "1"}),
        ('{A = true, B = ["x", "", "y "], C = 1.50}', {"A": "True", "B": "x,y", "C": "1.5"}),
        ('""', {}),
    ],
)
def test_the_overrides_of_a_samconfig_are_what_sam_makes_of_them(overrides: str, expected: dict[str, str]) -> None:
    assert read(SAM + overrides, "samconfig.toml") == expected


def test_a_samconfig_may_be_yaml() -> None:
    parameters = "{parameter_overrides: [{A: true, B: , C: 'true'}, D=d]}"
    text = f"version: 0.1\ndefault: {{deploy: {{parameters: {parameters}}}}}\n"
    assert read(text) == {"A": "True", "B": "", "C": "true", "D": "d"}


def test_what_a_samconfig_says_of_deploy_counts_before_what_it_says_of_all_commands() -> None:
    text = "version = 0.1\n[default.global.parameters]\nparameter_overrides = 'A=a'\n[default.deploy.parameters]\n"
    assert read(text, "samconfig.toml") == {"A": "a"}
    assert read(text + "parameter_overrides = 'B=b'\n", "samconfig.toml") == {"B": "b"}
    assert read("version = 0.1\n[default.build.parameters]\ncached = true\n", "samconfig.toml") == {}


def test_the_user_chooses_the_environment_of_a_samconfig() -> None:
    text = "version = 0.1\n[default.deploy.parameters]\nparameter_overrides = 'A=a'\n[prod.deploy.parameters]\n"
    assert read(text + "parameter_overrides = 'A=b'\n", "samconfig.toml", "prod") == {"A": "b"}
    with pytest.raises(
        UnusableFileError, match="no environment stage, which --config-env chooses; there is default, prod"
    ):
        values("samconfig.toml", "stage")


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("v.json", f'[{{"ParameterKey": "A", "ParameterValue": "{CANARY}"', "1:59: not valid JSON"),
        ("v.yaml", f"A: a\n  B: {CANARY}\n", "2:3: not valid YAML"),
        ("v.yaml", f"A: *{CANARY}\n", "1:4: not valid YAML"),
        ("v.yaml", f"A: {CANARY}\nA: {CANARY}\n", "2:1: duplicate key 'A', first given on line 1"),
        ("v.yaml", "", "1:1: empty"),
        ("v.yaml", CANARY, "1:1: no file of values: a list, or a mapping"),
        ("v.json", f'["A={CANARY}", "A={CANARY}"]', "1:23: A is given a value twice"),
        ("v.json", f'["{CANARY}"]', "1:2: an entry of the list is not KEY=VALUE"),
        ("v.json", f'["={CANARY}"]', "1:2: an entry of the list is not KEY=VALUE"),
        ("v.json", f'[{{"ParameterValue": "{CANARY}"}}]', "1:2: an entry of the list has no ParameterKey"),
        ("v.json", f'[["{CANARY}"]]', "1:2: an entry of the list has no ParameterKey"),
        ("v.json", '[{"ParameterKey": "A"}]', "1:2: A has neither a value nor UsePreviousValue"),
        ("v.json", '[{"ParameterKey": "A", "UsePreviousValue": {}}]', "1:2: A has neither a value nor"),
        (
            "v.json",
            f'[{{"ParameterKey": "A", "ParameterValue": "{CANARY}", "UsePreviousValue": true}}]',
            "1:2: A has both a value and UsePreviousValue",
        ),
        ("v.json", f'{{"Parameters": "{CANARY}"}}', "1:16: a mapping of names to values belongs here"),
        ("v.json", '{"Parameters": {"A": null}}', "1:22: the value of A is neither a text"),
        ("v.yaml", f"Parameters:\n  A: !Sub {CANARY}\n", "2:6: the value of A is neither a text"),
        ("v.yaml", f"Parameters:\n  A: [[{CANARY}]]\n", "2:6: the value of A is neither a text"),
        ("v.yaml", f"A: {{B: {CANARY}}}\n", "1:4: the value of A is neither a text"),
        ("v.toml", f'A = "{CANARY}\n', "v.toml:1:21: not valid TOML: illegal character"),
        ("v.toml", f"A = {CANARY}\n", "v.toml:1:5: not valid TOML: invalid value"),
        ("v.toml", f'A = "{CANARY}"\nA = ""\n', "v.toml:2:7: not valid TOML: cannot overwrite a value"),
        ("v.toml", f"A = {'[' * 20_000}", "nested more than 100 levels deep"),
        ("v.toml", f"A = {'9' * 5_000}", "not valid TOML"),
        ("v.yaml", f"A: {'[' * 200}{']' * 200}\n", "nested more than 100 levels deep"),
        ("v.yaml", BOMB, "aliases repeat more than 250,000 names and values"),
        ("v.toml", SAM + f'"{CANARY}"', "parameter_overrides is not KEY=VALUE with blanks between them"),
        ("v.toml", SAM + f'"A= B={CANARY}"', "parameter_overrides is not KEY=VALUE with blanks between them"),
        ("v.toml", SAM + rf'"A=\"{CANARY}\"x"', "parameter_overrides is not KEY=VALUE"),
        ("v.toml", SAM + f'"ParameterKey=A,ParameterValue=x B={CANARY}"', "is not ParameterKey=KEY,"),
        ("v.toml", SAM + '"A=1 A=2"', "A is given a value twice"),
        ("v.toml", SAM + '"file://values.yaml"', "the values of another file are not read from here"),
        ("v.toml", SAM + '{"$include" = "values.yaml"}', "the values of another file are not read from here"),
        ("v.json", "{  \0}", "1:4: a NUL byte: this is no text file"),
        ("v.json", " " * (MAX_BYTES + 1), f"larger than {MAX_BYTES} bytes"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place_and_no_value(name: str, text: str, message: str) -> None:
    Path(name).write_text(text, encoding="utf-8")
    result = lint("--parameters", name)
    assert (result.exit_code, result.stdout) == (Exit.USAGE, "")
    assert f"error: --parameters: {name}:" in result.stderr
    assert message in result.stderr
    assert CANARY not in result.stderr


def test_no_file_at_all_is_told(here: Path) -> None:
    os.mkfifo(here / "pipe.json")
    (here / "utf-16.json").write_bytes('["A=a"]'.encode("utf-16"))
    (here / "latin.json").write_bytes(b'["A=\xe4"]')
    for name, message in (
        ("missing.json", "missing.json: No such file or directory"),
        (".", ".: no regular file"),
        ("pipe.json", "pipe.json: no regular file"),
        ("utf-16.json", "utf-16.json:1:1: encoded as UTF-16 or UTF-32; save the file as UTF-8"),
        ("latin.json", "latin.json:1:5: not UTF-8: byte 0xe4"),
    ):
        result = lint("--parameters", name)
        assert result.exit_code == Exit.USAGE
        assert f"error: --parameters: {message}" in result.stderr


def test_the_verdict_is_that_of_the_file() -> None:
    assert lint().exit_code == Exit.CLEAN
    Path("live.json").write_text('["Stage=live", "Wait=0"]', encoding="utf-8")
    Path("slow.json").write_text('{"Parameters": {"Wait": 20}}', encoding="utf-8")
    result = lint("--parameters", "live.json", "--format", "concise")
    assert (result.exit_code, result.stderr) == (Exit.FINDINGS, "")
    assert result.stdout.startswith("template.yaml:10:49: ")
    assert lint("--parameters", "slow.json").exit_code == Exit.CLEAN


def test_later_values_win_in_the_order_of_the_command_line() -> None:
    Path("live.json").write_text('["Stage=live", "Wait=0"]', encoding="utf-8")
    Path("slow.json").write_text('["Wait=20"]', encoding="utf-8")
    assert lint("--parameters", "live.json", "--parameters", "slow.json").exit_code == Exit.CLEAN
    assert lint("--parameters", "slow.json", "--parameters", "live.json").exit_code == Exit.FINDINGS
    assert lint("--parameters", "live.json", "--parameter", "Wait=20").exit_code == Exit.CLEAN
    assert lint("--parameter", "Wait=20", "--parameters", "live.json").exit_code == Exit.FINDINGS


def test_a_value_that_the_stack_has_already_is_not_the_default() -> None:
    Path("kept.json").write_text('[{"ParameterKey": "Wait", "UsePreviousValue": true}]', encoding="utf-8")
    kept = lint("--parameters", "kept.json", "--parameter", "Stage=live", "--show-undecided")
    assert kept.exit_code == Exit.CLEAN
    assert "1 undecided" in kept.stdout
    assert lint("--parameter", "Stage=live", "--show-undecided").stdout.count("undecided") == 0
    Path("open.json").write_text('[{"ParameterKey": "Stage", "UsePreviousValue": true}]', encoding="utf-8")
    fast = lint("--parameters", "open.json", "--parameter", "Wait=0")
    assert "when Live is true" in fast.stdout


def test_a_parameter_that_no_template_declares_is_told() -> None:
    result = lint("--parameter", "Stgae=live", "--parameter", "Wait=20", "--parameter", "\x1b[2J=1")
    assert result.exit_code == Exit.CLEAN
    assert result.stderr.splitlines() == [
        r"msglint: no template of this run declares the parameter \x1b[2J, which is given a value",
        "msglint: no template of this run declares the parameter Stgae, which is given a value; did you mean Stage?",
    ]


def test_what_a_template_that_cannot_be_read_declares_nobody_knows() -> None:
    Path("broken.yaml").write_text(TEMPLATE + "  Orders: {}\n", encoding="utf-8")
    assert lint("broken.yaml", "--parameter", "Stgae=live").stderr == ""


def test_a_value_that_is_not_allowed_is_told_and_not_repeated() -> None:
    result = lint("--parameter", f"Stage={CANARY}")
    assert result.stderr == (
        "msglint: template.yaml: the value given for Stage is none of its AllowedValues: CloudFormation refuses to "
        "deploy it\n"
    )
    Path("template.yaml").write_text(TEMPLATE.replace("Type: String", "Type: CommaDelimitedList"), encoding="utf-8")
    assert lint("--parameter", "Stage=dev, live").stderr == ""


@pytest.mark.parametrize("declared", ["Token: {Type: String, NoEcho: true}", "DeliveryToken: {Type: String}"])
def test_a_secret_that_is_given_is_shown_nowhere(declared: str) -> None:
    name = declared.partition(":")[0]
    Path("template.yaml").write_text(
        f"Parameters:\n  {declared}\nResources:\n  Orders:\n    Type: AWS::SQS::Queue\n    Properties:\n"
        f"      KmsMasterKeyId: !Ref {name}\n      ReceiveMessageWaitTimeSeconds: 0  # {CANARY}\n",
        encoding="utf-8",
    )
    Path("secret.json").write_text(f'["{name}={CANARY}"]', encoding="utf-8")
    for format_ in ("text", "json", "sarif", "github"):
        shown = ask("lint", "template.yaml", "--parameters", "secret.json", "--format", format_, "--show-undecided")
        assert shown.exit_code == Exit.FINDINGS
        assert CANARY not in shown.output


@pytest.mark.parametrize(("given", "id_"), [({}, "dev"), ({"Stage": "live"}, "live"), ({"Stage": None}, "")])
def test_the_name_of_an_alias_is_the_given_value(given: dict[str, str | None], id_: str) -> None:
    template = """\
Transform: AWS::Serverless-2016-10-31
Parameters: {Stage: {Type: String, Default: dev}}
Resources:
  Orders: {Type: AWS::Serverless::Function, Properties: {AutoPublishAlias: !Ref Stage}}
"""
    document = Document("template.yaml", template)
    part = cloudformation.read(document, read_yaml(document), Assumptions(parameters=given))
    assert part.types()["AWS::Lambda::Alias"] == [f"OrdersAlias{id_}"]
