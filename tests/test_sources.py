"""A Terraform configuration on disk: which files belong to it, what they say together, and what is never read."""

import json
import os
import shutil
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from msgspec.structs import replace

from linting import said
from msglint.engine import lint, lint_text
from msglint.finding import Report
from msglint.options import Options
from msglint.readers.interface import Assumptions, Configuration, Setting
from msglint.readers.recognise import read
from msglint.readers.terraform.plan import Plan, open_plan
from msglint.readers.terraform.sources.configuration import MOST_FILES, Found, Sources, of_plan, opened
from msglint.readers.terraform.sources.module import WrittenModule
from msglint.readers.terraform.sources.roots import roots
from msglint.source import Beside, Document, Position, Span, read_json
from msglint.source.hcl import Attribute, Block, Listed, Literal, Mapped
from msglint.suppress import suppressions

MODULES = Path(__file__).parent / "fixtures" / "readers" / "modules"
POLLING = Options(select=("MSG501", "MSG003"))


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the working directory of a test: a folder of its own, beside which there is something as well."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def write(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def configuration(folder: Path, files: Mapping[str, str], *settings: Setting) -> Sources:
    write(folder, files)
    return opened(str(folder), str(folder), Configuration(settings=settings))


def root(folder: Path, files: Mapping[str, str]) -> WrittenModule:
    found = configuration(folder, files).module(())
    assert found is not None
    return found


def value(written: Mapping[str, Attribute], name: str) -> object:
    return plain(written[name])


def plain(attribute: Attribute) -> object:
    """Give a value that is written as it is."""
    expression = attribute.expression
    match expression:
        case Literal(value=found):
            return found
        case Listed(items=items):
            return [item.value if isinstance(item, Literal) else item for item in items]
        case Mapped(items=items):
            return {
                key.value: item.value for key, item in items if isinstance(key, Literal) and isinstance(item, Literal)
            }
        case _:
            return expression


def argument(block: Block, name: str) -> object:
    return value(block.body.attributes, name)


# One module


def test_a_module_is_all_its_files(here: Path) -> None:
    module = root(
        here,
        {
            "queues.tf": 'resource "aws_sqs_queue" "orders" {}\nlocals { a = 1 }\n',
            "other.tf": """
                data "aws_region" "here" {}
                ephemeral "aws_secretsmanager_secret_version" "login" {}
                locals { b = 2 }
                variable "stage" { default = "live" }
                output "url" { value = 1 }
                module "topics" { source = "./topics" }
                provider "aws" { region = "eu-west-1" }
                provider "aws" { alias = "far" }
                check "healthy" {
                  data "aws_sqs_queue" "seen" {}
                  assert { condition = true }
                }
                moved { from = aws_sqs_queue.old }
                removed { from = aws_sqs_queue.gone }
                terraform { required_version = ">= 1.5" }
            """,
            "notes.txt": "{",
            ".hidden.tf": "{",
            "folder.tf/x.tf": "{",
        },
    )
    assert list(module.resources) == [
        "data.aws_region.here",
        "ephemeral.aws_secretsmanager_secret_version.login",
        "data.aws_sqs_queue.seen",
        "aws_sqs_queue.orders",
    ]
    assert (list(module.variables), list(module.outputs), list(module.calls)) == (["stage"], ["url"], ["topics"])
    assert sorted(module.locals) == ["a", "b"]
    assert list(module.providers) == ["aws", "aws.far"]
    assert (len(module.removed), len(module.settings)) == (1, 1)
    assert (module.path, module.local, module.directory) == (".", True, str(here))
    assert [document.name for document in module.documents] == [f"{here}/other.tf", f"{here}/queues.tf"]
    assert module.names == {"aws_sqs_queue.orders", "data.aws_region.here", "data.aws_sqs_queue.seen", "module.topics"}


def test_files_that_override_are_laid_over_the_others(here: Path) -> None:
    """Arguments one by one, blocks inside by their type, dynamic or not; of `lifecycle` its arguments."""
    module = root(
        here,
        {
            "a_override.tf": """
                resource "aws_sqs_queue" "orders" {
                  name = "second"
                  tag { key = "c" }
                  dynamic "filter" { for_each = [] }
                  lifecycle { prevent_destroy = true }
                }
                locals { stage = "test" }
            """,
            "main.tf": """
                resource "aws_sqs_queue" "orders" {
                  name = "first"
                  delay_seconds = 5
                  tag { key = "a" }
                  dynamic "tag" { for_each = ["b"] }
                  filter { key = "x" }
                  timeouts { create = "3m" }
                  lifecycle {
                    create_before_destroy = true
                    prevent_destroy       = false
                  }
                }
                locals {
                  stage = "live"
                  name  = "orders"
                }
            """,
            "override.tf": 'resource "aws_sqs_queue" "orders" { name = "third" }\n',
        },
    )
    queue = module.resources["aws_sqs_queue.orders"]
    assert (argument(queue, "name"), argument(queue, "delay_seconds")) == ("third", 5)
    inner = [(block.type, *block.labels) for block in queue.body.blocks]
    assert inner == [("timeouts",), ("tag",), ("dynamic", "filter"), ("lifecycle",)]
    cycle = queue.body.blocks[-1]
    assert (argument(cycle, "create_before_destroy"), argument(cycle, "prevent_destroy")) == (True, True)
    assert (value(module.locals, "stage"), value(module.locals, "name")) == ("test", "orders")
    assert queue.at.document.name.endswith("main.tf")


def test_both_syntaxes_are_one_configuration(here: Path) -> None:
    module = root(
        here,
        {
            "main.tf": 'resource "aws_sqs_queue" "a" {\n  name = "a"\n  tag { key = "a" }\n}\n',
            "more.tf.json": json.dumps(
                {
                    "resource": {"aws_sqs_queue": {"b": {"name": "b", "tag": [{"key": "b"}]}}},
                    "provider": {"aws": [{"region": "eu-west-1"}, {"alias": "far"}]},
                    "module": {"m": {"source": "./m"}},
                    "locals": {"stage": "live"},
                }
            ),
            "b_override.tf": 'resource "aws_sqs_queue" "b" {\n  tag { key = "c" }\n}\n',
            "a_override.tf.json": json.dumps({"resource": {"aws_sqs_queue": {"a": {"tag": {"key": "d"}}}}}),
        },
    )
    assert list(module.providers) == ["aws", "aws.far"]
    assert (list(module.calls), list(module.locals)) == (["m"], ["stage"])
    bodies = {name: block.body for name, block in module.resources.items()}
    assert {name: ([*body.attributes], [block.type for block in body.blocks]) for name, body in bodies.items()} == {
        "aws_sqs_queue.a": (["name", "tag"], []),
        "aws_sqs_queue.b": (["name"], ["tag"]),
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('resource "aws_sqs_queue" {}\n', "1:1: a resource block has 2 labels"),
        ("variable {}\n", "1:1: "),
        ('output "a" {}\noutput "a" {}\n', "2:1: output a is declared twice"),
        ("locals {\n  a = 1\n}\nlocals {\n  a = 2\n}\n", "5:3: local.a is declared twice"),
        ('resource "a" "b" {\n', "1:18: "),
    ],
)
def test_a_module_with_a_fault_is_not_used(text: str, expected: str, here: Path) -> None:
    sources = configuration(here, {"main.tf": text, "more.tf": 'resource "c" "d" {}\n'})
    assert sources.module(()) is None
    assert sources.missing(()).startswith(f"{here}/main.tf:{expected}")
    assert [str(fault) for fault in sources.faults] == [sources.missing(())]


def test_a_directory_without_files_is_no_module(here: Path) -> None:
    sources = configuration(here, {"readme.md": ""})
    assert (sources.module(()), sources.missing(())) == (None, f"{here} holds no .tf file")


# Modules that are called


def test_modules_are_found_through_paths_and_where_terraform_installs_them(here: Path) -> None:
    sources = configuration(
        here / "live",
        {
            "main.tf": """
                module "own" { source = "../modules/own" }
                module "others" { source = "terraform-aws-modules/sqs/aws" }
                module "trick" { source = "./.terraform/modules/others/modules/wrapper" }
                module "lacking" { source = "git::https://example.com/lacking.git" }
                module "computed" { source = var.source }
            """,
            "../modules/own/main.tf": 'module "deeper" { source = "./deeper" }\n',
            "../modules/own/deeper/main.tf": 'resource "aws_sqs_queue" "q" {}\n',
            ".terraform/modules/others/main.tf": 'module "inner" { source = "./modules/wrapper" }\n',
            ".terraform/modules/others/modules/wrapper/main.tf": "locals { a = 1 }\n",
            ".terraform/modules/modules.json": json.dumps(
                {
                    "Modules": [
                        {"Key": "", "Source": "", "Dir": "."},
                        {"Key": "others", "Source": "registry", "Dir": ".terraform/modules/others"},
                        {"Key": 3, "Dir": None},
                        "others",
                    ]
                }
            ),
        },
    )
    found = {names: sources.module(names) for names in [("own",), ("own", "deeper"), ("others",), ("others", "inner")]}
    assert {names: module and (module.path, module.local) for names, module in found.items()} == {
        ("own",): ("../modules/own", True),
        ("own", "deeper"): ("../modules/own/deeper", True),
        ("others",): (".terraform/modules/others", False),
        ("others", "inner"): (".terraform/modules/others/modules/wrapper", False),
    }
    trick = sources.module(("trick",))
    assert trick is not None
    assert not trick.local
    assert sources.missing(("lacking",)).endswith("is not installed here; terraform init installs it")
    assert sources.missing(("lacking", "x")) == sources.missing(("lacking",))
    assert sources.missing(("computed",)) == "the module computed has no source that is a text"
    assert sources.missing(("none",)) == f"no module is called none in {here / 'live'}"
    assert [names for names, _ in sources.own()] == [(), ("own",), ("own", "deeper")]
    deeper = sources.module(("own", "deeper"))
    assert deeper is not None
    assert deeper.documents[0].name == f"{here}/modules/own/deeper/main.tf"


def test_a_module_that_calls_itself_ends(here: Path) -> None:
    sources = configuration(
        here,
        {
            "main.tf": 'module "a" { source = "./a" }\nmodule "self" { source = "../here" }\n',
            "a/main.tf": 'module "b" { source = "../b" }\n',
            "b/main.tf": 'module "a" { source = "../a" }\nmodule "b" { source = "./" }\n',
        },
    )
    assert [names for names, _ in sources.own()] == [(), ("a",), ("a", "b")]
    assert sources.missing(("a", "b", "a")) == "the module a calls itself"
    assert sources.missing(("self",)) == "the module self calls itself"


def test_calls_that_multiply_end(here: Path) -> None:
    """Each module calls the next one ten times: the ways to them are more than anybody follows."""
    calls = 'module "m{}" {{ source = "../n{}" }}\n'
    files = {f"n{each}/main.tf": "".join(calls.format(way, each + 1) for way in range(10)) for each in range(9)}
    sources = configuration(here, {**files, "n9/main.tf": "\n", "main.tf": 'module "first" { source = "./n0" }\n'})
    began = time.process_time()
    assert 0 < len(list(sources.own())) <= 5001
    assert time.process_time() - began < 5
    assert "more modules are called" in sources.missing(("first", *["m9"] * 9))


# What is never read


def test_nothing_is_read_outside_of_the_work_tree(here: Path, tmp_path: Path) -> None:
    write(tmp_path, {"outside/main.tf": 'resource "aws_sqs_queue" "q" {}\n', "outside/secret.txt": "secret"})
    (here / "repository" / ".git").mkdir(parents=True)
    (here / "repository" / "linked").symlink_to(tmp_path / "outside", target_is_directory=True)
    sources = configuration(
        here / "repository" / "live",
        {
            "main.tf": """
                module "above" { source = "../../../outside" }
                module "far" { source = "../../../../../../../../etc" }
                module "linked" { source = "../linked" }
                module "absolute" { source = "example/absolute" }
                module "escaping" { source = "example/escaping" }
                module "beside" { source = "../shared" }
            """,
            "../shared/main.tf": "\n",
            "../shared/text.txt": "text",
            ".terraform/modules/modules.json": json.dumps(
                {
                    "Modules": [
                        {"Key": "absolute", "Dir": str(tmp_path / "outside")},
                        {"Key": "escaping", "Dir": "../../../outside"},
                    ]
                }
            ),
        },
    )
    for name in ("above", "far", "linked", "absolute", "escaping"):
        assert sources.module((name,)) is None
        assert "lies outside of" in sources.missing((name,)), name
    module = sources.module(("beside",))
    assert module is not None
    text = module.file("../shared/text.txt")
    assert text is not None
    assert (text.text, text.name) == ("text", f"{here}/repository/shared/text.txt")
    for path in (
        "../../../outside/secret.txt",
        str(tmp_path / "outside" / "secret.txt"),
        "../linked/secret.txt",
        "~/x",
    ):
        assert (module.file(path), module.exists(path)) == (None, None)
    assert module.fileset("../linked", "*") is None


def test_without_a_work_tree_the_working_directory_is_the_boundary(here: Path, tmp_path: Path) -> None:
    files = {"main.tf": 'module "m" { source = "../m" }\n', "../m/main.tf": "\n"}
    assert configuration(here / "live", files).module(("m",)) is not None
    # Outside of the working directory, what was named is.
    assert configuration(tmp_path / "elsewhere" / "live", files).module(("m",)) is None
    elsewhere = str(tmp_path / "elsewhere")
    assert opened("e", f"{elsewhere}/live", Configuration(), elsewhere).module(("m",)) is not None


def test_the_whole_machine_is_no_working_directory(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {"main.tf": 'module "m" { source = "../m" }\n', "../m/main.tf": "\n"}
    write(here / "live", files)
    monkeypatch.chdir("/")
    assert "lies outside of" in opened("live", str(here / "live"), Configuration()).missing(("m",))


@pytest.mark.parametrize("make", [os.mkfifo, lambda path: Path(path).symlink_to("/etc/hosts")], ids=["FIFO", "a link"])
def test_a_file_that_is_none_spoils_the_module_and_never_hangs(make: Callable[[Path], None], here: Path) -> None:
    write(here, {"main.tf": 'resource "aws_sqs_queue" "q" {}\n'})
    make(here / "x.tf")
    sources = opened(".", ".", Configuration())
    assert sources.module(()) is None
    assert "x.tf:1:1: no regular file" in sources.missing(())


def test_more_files_than_anybody_writes_are_not_read(here: Path) -> None:
    for number in range(10_000):
        (here / f"{number}.tf").touch()
    began = time.process_time()
    assert f"more than {MOST_FILES:,} files" in opened(".", ".", Configuration()).missing(())
    assert time.process_time() - began < 1


def test_files_are_found_from_where_terraform_works(here: Path) -> None:
    module = root(
        here,
        {
            "main.tf": "\n",
            "queues/a.json": "{}",
            "queues/.b.json": "{}",
            "queues/deep/er/c.yaml": "c",
            "queues/deep/d.json": "{}",
            "binary": "\0",
            "large": "x" * 1_000_001,
        },
    )
    assert module.exists("queues/a.json") is True
    assert (module.exists("queues/x.json"), module.exists("queues")) == (False, False)
    assert [module.file(name) for name in ("binary", "large", "queues", "no\0", "missing")] == [None] * 5
    assert module.fileset("queues", "*.json") == [".b.json", "a.json"]
    assert module.fileset(".", "queues/*/*.{json,yaml}") == ["queues/deep/d.json"]
    assert module.fileset("queues", "**") == [".b.json", "a.json", "deep/d.json", "deep/er/c.yaml"]
    assert module.fileset("queues", "**/[a-d].*") == ["a.json", "deep/d.json", "deep/er/c.yaml"]
    assert module.fileset("queues", "[^a].json") == []
    assert module.fileset("missing", "*") == []
    assert module.fileset("queues", "../*") is None
    assert module.fileset("queues", "{a,b}" * 20) is None
    assert module.fileset("queues", "*a" * 50) == []


# Values of variables


def test_values_come_from_files_and_flags_in_terraforms_order(here: Path) -> None:
    variables = "\n".join(f'variable "{name}" {{ type = string }}' for name in "abcdef")
    sources = configuration(
        here,
        {
            "main.tf": variables + '\nvariable "list" { type = list(string) }\nvariable "any" {}\n',
            "terraform.tfvars": 'a = "1"\nb = "1"\nc = "1"\nd = "1"\ne = "1"\nf = "1"\n',
            "terraform.tfvars.json": json.dumps({"b": "2", "c": "2", "d": "2", "e": "2", "f": "${2}"}),
            "z.auto.tfvars": 'c = "4"\nd = "4"\n',
            "y.auto.tfvars.json": json.dumps({"c": "3", "d": "3", "e": "3"}),
            "other.tfvars": 'a = "never"\n',
            "live.tfvars": 'd = "5"\ne = "5"\n',
        },
        Setting("e", "first"),
        Setting(None, str(here / "live.tfvars")),
        Setting("d", "6 = six"),
        Setting("list", '["a", "b"]'),
        Setting("any", "[1]"),
    )
    given = sources.given
    assert [plain(given[name]) for name in "abcdef"] == ["1", "2", "4", "6 = six", "5", "${2}"]
    assert plain(given["list"]) == ["a", "b"]
    assert plain(given["any"]) == "[1]"
    assert given["a"].at.document.name == f"{here}/terraform.tfvars"
    assert given["f"].name_at.document.slice(given["f"].name_at.span) == '"f"'
    assert sources.faults == []


def test_values_that_cannot_be_read_are_told_without_them(here: Path) -> None:
    files = {
        "main.tf": 'variable "logins" { type = map(string) }\n',
        "terraform.tfvars": 'stage = "live"\npassword = "hunter22 = "\n  broken\n',
        "a.auto.tfvars.json": '{"password": "hunter22" "stage": 1}',
        "b.auto.tfvars.json": "[]",
    }
    sources = configuration(here, files, Setting("logins", '{ a = "hunter22'), Setting(None, str(here)))
    assert sources.given == {}
    faults = sources.faults
    assert [str(fault).removeprefix(f"{here}/") for fault in faults] == [
        "terraform.tfvars:3:9: a file of values whose syntax is wrong here",
        "a.auto.tfvars.json:1:25: a file of values whose syntax is wrong here",
        "b.auto.tfvars.json:1:1: a file of values whose syntax is wrong here",
        "--var logins:1:16: the value of logins is no expression",
        f"{here}:1:1: no regular file, or more than 4,194,304 bytes",
    ]
    assert not any("hunter22" in fault.place.document.text for fault in faults)


def test_values_are_not_shown_and_secret_ones_are_known_as_such(here: Path) -> None:
    sources = configuration(
        here,
        {
            "main.tf": """
                variable "stage" {}
                variable "login" { sensitive = true }
                variable "db_password" { default = "from-default" }
                variable "users" {}
                variable "open" {
                  sensitive = false
                  default   = "nothing"
                }
                variable "kms_key_arn" { default = "arn:aws:kms:eu-west-1:111122223333:key/a" }
            """,
            "terraform.tfvars": """
                stage = "production"
                login = ["one-secret", { "x" = "two-secrets" }]
                db_password = "from-file"
                users = [{ name = "orders", password = "three-secrets" }]
            """,
        },
        Setting("db_password", "from-flag"),
    )
    assert sources.confidential() == {"from-default", "from-flag", "one-secret", "two-secrets", "three-secrets"}
    texts = [place.document.slice(place.span) for place in sources.unshown()]
    assert texts[0] == '"production"'
    assert texts[2] == "from-flag"


# The configuration of a plan


def plan_in(folder: Path, name: str = "plan.json") -> Plan:
    data = (MODULES / "plan.json").read_bytes()
    beside = Beside(str(folder), str(folder), str(folder))
    document = Document.from_bytes(name, data, beside)
    return open_plan(document, read_json(document))


def found(folder: Path, **says: object) -> Found:
    return of_plan(plan_in(folder), Assumptions(configuration=Configuration(**says)))  # type: ignore[arg-type]


def test_a_plan_finds_its_configuration(here: Path, tmp_path: Path) -> None:
    own = found(MODULES).sources
    assert own is not None
    assert own.is_of(plan_in(MODULES))
    assert own.missing(("orders",)) == ""
    shutil.copytree(MODULES, here, dirs_exist_ok=True)
    elsewhere = tmp_path / "plans"
    elsewhere.mkdir()
    assert found(elsewhere).sources is None
    working = found(elsewhere, here=True).sources
    assert working is not None
    assert (working.files.shown, working.directory) == (".", str(here))
    named = found(elsewhere, directory="../here").sources
    assert named is not None
    assert named.files.name("main.tf") == "../here/main.tf"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            'resource "aws_sns_topic" "t" {}\n',
            "aws_sqs_queue.spare, module.orders and 1 more and the plan lacks aws_sns_topic.t",
        ),
        ("resource {\n", "main.tf:1:10: this { is never closed"),
        (None, "here holds no .tf file"),
    ],
)
def test_a_directory_that_holds_something_else_is_told(text: str | None, expected: str, here: Path) -> None:
    write(here, {"main.tf": text} if text is not None else {})
    sources, notice = found(MODULES, directory=str(here))
    assert sources is None
    assert expected in notice
    assert notice.startswith(f"{here} does not hold the root module of plan.json: ")
    assert notice.endswith(". The plan is judged without its sources")
    # Nobody said that it is there; but what cannot be read may be the plan's.
    beside = f"plan.json is judged without the sources that it may have: {here / expected}"
    assert found(here, here=True) == (None, beside if "never closed" in expected else "")


def test_modules_that_are_not_at_hand_are_told(here: Path) -> None:
    write(
        here,
        {
            "main.tf": """module "bus" { source = "example/bus/aws" }
            module "gone" { source = "./gone" }
            module "queue" { source = "./queue" }
            """,
            "queue/main.tf": 'resource "aws_sqs_queue" "q" {}\nmodule "bus" { source = "example/bus/aws" }\n',
        },
    )
    report = lint(["."], POLLING)
    (notice,) = report.notices
    assert notice == (
        "the .tf files in . are read without module.bus, module.gone, module.queue.module.bus: the module bus "
        "(example/bus/aws) is not installed here; terraform init installs it; gone holds no .tf file"
    )
    shutil.rmtree(here / "queue")
    write(here, {"main.tf": ""})
    assert lint(["."], POLLING).notices == ()


def test_a_value_for_a_variable_that_nobody_declares_is_told(here: Path) -> None:
    settings = tuple(Setting(name, "1") for name in ("mine", "yours", "misspelt"))
    options = Options(assumptions=Assumptions(configuration=Configuration(settings=settings)))
    write(here, {"a/main.tf": 'variable "mine" {}\n', "b/main.tf": 'variable "yours" {}\n'})
    assert lint(["."], options).notices == ("no configuration of this run declares the variable misspelt of --var",)


def test_without_a_plan_the_files_say_why_they_are_not_understood(here: Path) -> None:
    write(here, {"main.tf": 'resource "aws_sqs_queue" "q" {\n  receive_wait_time_seconds = nosuch(1)\n}\n'})
    (undecided,) = lint(["."], POLLING).undecided
    assert [(each.message, each.span.start) for each in undecided.reasons] == [
        ("msglint does not know the function nosuch", (2, 31))
    ]


# Suppressions


INTAKE = {'aws_sqs_queue.intake["shop"]', 'aws_sqs_queue.intake["web"]'}
ORDERS, RETURNS = ("module.orders.aws_sqs_queue.this", "module.returns.aws_sqs_queue.this")
ALL = {*INTAKE, ORDERS, RETURNS}
MARK = "msglint: ignore[MSG501]"


def change(here: Path, *changes: tuple[str, str], file: str = "main.tf") -> None:
    """Put the configuration of a plan here, and replace some texts in one of its files."""
    shutil.copytree(MODULES, here, dirs_exist_ok=True)
    path = here / file
    text = path.read_text(encoding="utf-8")
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    path.write_text(text, encoding="utf-8")


def at_fault(report: Report) -> set[str]:
    """Name what polls shortly; several resources may owe it to one line."""
    found = [finding for finding in report.findings if finding.code == "MSG501"]
    shared = {each.resource for finding in found for each in finding.related}
    return {each for each in (*(finding.resource for finding in found), *shared) if each is not None}


@pytest.mark.parametrize("sign", ["#", "//"])
@pytest.mark.parametrize("above", [True, False])
@pytest.mark.parametrize(
    ("file", "header", "hidden"),
    [
        ("main.tf", 'resource "aws_sqs_queue" "intake" {', INTAKE),
        ("main.tf", 'module "orders" {', {ORDERS}),
        ("queue/main.tf", 'resource "aws_sqs_queue" "this" {', {ORDERS, RETURNS}),
    ],
)
def test_a_comment_at_a_header_holds_for_all_that_the_block_becomes(
    sign: str, above: bool, file: str, header: str, hidden: set[str], here: Path
) -> None:
    comment = f"{sign} {MARK} polled by hand"
    change(here, (header, f"{comment}\n# Another one.\n\n{header}" if above else f"{header} {comment}"), file=file)
    report = lint(["plan.json"], POLLING)
    assert (at_fault(report), report.suppressed) == (ALL - hidden, len(hidden))
    assert "MSG003" not in {finding.code for finding in report.findings}


def test_a_comment_holds_for_its_line_or_its_block(here: Path) -> None:
    """A finding stands where the value is written, whatever resource it is about."""
    change(
        here,
        ("  name                      = ", f"  # {MARK}\n  name = "),
        ("terraform {", f"# {MARK}\n/* one\ntwo */\n\nterraform {{"),
        ('module "returns"', f'# {MARK}\ndata "aws_region" "here" {{\n}}\n\nmodule "returns"'),
    )
    raw = json.loads((here / "plan.json").read_text(encoding="utf-8"))
    raw["configuration"]["root_module"]["resources"].append({"address": "data.aws_region.here", "mode": "data"})
    (here / "plan.json").write_text(json.dumps(raw), encoding="utf-8")
    document = Document.from_bytes("plan.json", (here / "plan.json").read_bytes(), Beside(".", ".", "."))
    hidden = suppressions(read(document, Assumptions()))
    assert [each.line for each in hidden] == [6, 19, 34]
    (finding, *_) = lint_text("plan.json", document.text.encode(), POLLING).findings
    for file, lines in (("main.tf", [6, 19, 34, 35]), ("other.tf", [])):
        found = [
            line
            for line in range(1, 50)
            for span in [Span(Position(line, 1), Position(line, 2))]
            if any(each.hides(replace(finding, file=file, span=span, resource="x", subject="x")) for each in hidden)
        ]
        assert found == lines


def test_a_comment_that_hides_nothing_is_told_where_it_stands(here: Path) -> None:
    change(
        here,
        ("# Queues", f"/* none\n */\n# {MARK}\n\n# Queues"),
        ('module "orders" {', f'# {MARK}\nmodule "orders" {{'),
        # Of this one there is none in this plan.
        ('resource "aws_sqs_queue" "spare" {', f'# {MARK}\nresource "aws_sqs_queue" "spare" {{ # {MARK}\n # {MARK}'),
    )
    report = lint(["plan.json"], POLLING)
    assert (at_fault(report), report.suppressed) == (ALL - {ORDERS}, 1)
    (unused,) = (line for line in said(report) if "MSG003" in line)
    assert unused.startswith("main.tf:3:1 MSG003 info -: ignore[MSG501] hides nothing here")


def test_what_is_no_comment_of_the_users_hides_nothing(here: Path) -> None:
    header = 'resource "aws_sqs_queue" "intake" {'
    change(
        here,
        (header, f'locals {{\n  a = <<E\n# {MARK}\nE\n  b = "# {MARK}"\n}}\n{header}'),
        ('"./queue"\n  name   = "orders"', '"example/queue/aws"\n  name = "orders"'),
    )
    write(
        here,
        {
            ".terraform/modules/modules.json": json.dumps(
                {"Modules": [{"Key": "orders", "Dir": ".terraform/modules/o"}]}
            ),
            "text.tf.json": json.dumps({"locals": {"text": f"'# {MARK}\\n"}}),
            ".terraform/modules/o/main.tf": f'# {MARK}\nresource "aws_sqs_queue" "this" {{}} # {MARK}\n',
        },
    )
    report = lint(["plan.json"], POLLING)
    assert ORDERS in at_fault(report)
    assert (report.suppressed, "MSG003" in {each.code for each in report.findings}) == (0, False)


def test_a_comment_that_one_of_two_plans_needs_is_used(here: Path) -> None:
    change(here, ('module "orders" {', f'module "orders" {{ # {MARK}'))
    plan = json.loads((here / "plan.json").read_text(encoding="utf-8"))
    for module in plan["planned_values"]["root_module"]["child_modules"]:
        for resource in module["resources"]:
            resource["values"]["receive_wait_time_seconds"] = 20
    (here / "other.json").write_text(json.dumps(plan), encoding="utf-8")
    assert not any("MSG003" in line for line in said(lint(["plan.json", "other.json"], POLLING)))
    assert any("MSG003" in line for line in said(lint(["other.json"], POLLING)))


def test_a_block_that_the_call_of_a_module_asks_for_stands_in_the_call(here: Path) -> None:
    call = """
        module "topic" {
          source     = "example/topic/aws"
          statements = {
            alarms = { service = "cloudwatch" }
          }
        }
    """
    inside = """
        variable "statements" {}
        resource "aws_sns_topic" "this" { name = "alarms" }
        data "aws_iam_policy_document" "this" {
          dynamic "statement" {
            for_each = var.statements
            content {
              actions   = ["sns:Publish"]
              resources = [aws_sns_topic.this.arn]
              principals {
                type        = "Service"
                identifiers = ["${statement.value.service}.amazonaws.com"]
              }
            }
          }
        }
        resource "aws_sns_topic_policy" "this" {
          arn    = aws_sns_topic.this.arn
          policy = data.aws_iam_policy_document.this.json
        }
    """
    modules = {"Modules": [{"Key": "topic", "Dir": ".terraform/modules/topic"}]}
    write(
        here / "call",
        {
            "main.tf": call,
            ".terraform/modules/topic/main.tf": inside,
            ".terraform/modules/modules.json": json.dumps(modules),
        },
    )
    (found,) = (each for each in lint(["call"], Options()).findings if each.code == "MSG201")
    assert (found.file, found.span.start.line) == ("call/main.tf", 5)
    inner = found.related[-1]
    assert (inner.file, inner.span.start.line) == ("call/.terraform/modules/topic/main.tf", 7)


def test_a_queue_without_a_policy_and_one_that_refuses_are_two_faults(here: Path) -> None:
    """Also where one line sends to both; what is to be done about them differs."""
    text = """
        resource "aws_sns_topic" "events" { name = "events" }
        resource "aws_sqs_queue" "bare" {
          for_each = toset(["a", "b"])
          name     = each.key
        }
        resource "aws_sqs_queue" "refusing" {
          name   = "refusing"
          policy = jsonencode({ Statement = [{ Effect = "Allow", Principal = { Service = "sns.amazonaws.com" },
            Action = "sqs:SendMessage", Resource = "*",
            Condition = { ArnEquals = { "aws:SourceArn" = "arn:aws:sns:eu-west-1:111122223333:other" } } }] })
        }
        resource "aws_sns_topic_subscription" "all" {
          for_each  = merge(aws_sqs_queue.bare, { refusing = aws_sqs_queue.refusing })
          topic_arn = aws_sns_topic.events.arn
          protocol  = "sqs"
          endpoint  = each.value.arn
        }
    """
    write(here / "many", {"main.tf": text})
    found = [each for each in lint(["many"], Options()).findings if each.code == "MSG102"]
    assert [(each.resource or "").partition(".all")[2] for each in found] == ['["a"]', '["refusing"]']
    assert [len([each for each in finding.related if each.likewise]) for finding in found] == [1, 0]


# Configurations without a plan


def test_directories_that_others_call_are_no_configurations(here: Path) -> None:
    write(
        here,
        {
            "live/main.tf": 'module "m" { source = "../modules/m" }\n',
            "test/main.tf": 'module "m" { source = "../modules/m" }\n',
            "modules/m/main.tf": 'module "n" { source = "../n" }\n',
            "modules/n/main.tf": "\n",
            "planned/main.tf": 'module "p" { source = "./p" }\n',
            "planned/p/main.tf": "\n",
            "round/a/main.tf": 'module "b" { source = "../b" }\n',
            "round/b/main.tf": 'module "a" { source = "../a" }\n',
            "self/main.tf": 'module "self" { source = "../self" }\n',
        },
    )
    names = [str(path.parent.relative_to(here)) for path in sorted(here.rglob("*.tf"))]
    judged = {str(here / "planned"), str(here / "planned" / "p")}
    found = roots([(name, ".") for name in names], lambda _: Assumptions(), judged)
    assert [each.files.shown for each in found] == ["live", "self", "test", "round/a"]
