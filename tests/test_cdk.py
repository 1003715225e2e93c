"""Templates that the CDK wrote: a finding names the construct, and the line of the app that made it."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from command import run
from msglint.model.resource import Construct
from msglint.readers.interface import Assumptions
from msglint.readers.recognise import read
from msglint.source import Beside, Document

ASSEMBLY = Path(__file__).parent.parent / "examples" / "cdk" / "cdk.out"
PATH = "Shop/Orders/Queue/Resource"
TEMPLATE = {"Resources": {"Queue1": {"Type": "AWS::SQS::Queue", "Metadata": {"aws:cdk:path": PATH}}}}
LINE = "new Orders (/app/lib/orders.ts:7:13)"


def creation(*trace: str) -> dict[str, Any]:
    """Give what the CDK notes of where a construct was made."""
    return {"type": "aws:cdk:creationStack", "data": list(trace)}


def manifest(entries: Sequence[object], path: str = PATH, stack: str = "Shop/Orders") -> dict[str, Any]:
    """Give a manifest that has the metadata of one construct itself."""
    artifact = {"type": "aws:cloudformation:stack", "displayName": stack, "metadata": {f"/{path}": entries}}
    return {"version": "34.0.0", "artifacts": {"Tree": {"type": "cdk:tree"}, "ShopOrders": artifact}}


def construct(directory: Path, template: object = TEMPLATE, **files: object) -> Construct | None:
    """Give the construct of the queue in a template that has these files beside it, as JSON or as they are."""
    for name, content in files.items():
        text = content if isinstance(content, str) else json.dumps(content)
        (directory / f"{name}.json").write_text(text, encoding="utf-8")
    beside = Beside(str(directory), str(directory), str(directory))
    record = read(Document("t.template.json", json.dumps(template), beside), Assumptions()).record("Queue1")
    assert record is not None
    return record.construct


def test_a_construct_is_known_without_an_assembly(tmp_path: Path) -> None:
    """The path stands in the template; `Resource` and `Default` are names of the CDK's."""
    default = json.loads(json.dumps(TEMPLATE).replace("Queue/Resource", "Queue/Default"))

    assert construct(tmp_path) == ("Shop/Orders/Queue", None)
    assert construct(tmp_path, default) == ("Shop/Orders/Queue", None)


def test_a_template_by_hand_has_no_constructs(tmp_path: Path) -> None:
    """No file is opened for it, whatever lies beside it."""
    by_hand = {"Resources": {"Queue1": {"Type": "AWS::SQS::Queue", "Metadata": {"Owner": "shop"}}}}

    assert construct(tmp_path, by_hand, manifest=manifest([creation(LINE)])) is None


def test_the_trace_is_taken_from_the_manifest(tmp_path: Path) -> None:
    """Older releases of the CDK write it beside the logical id."""
    entry = {"type": "aws:cdk:logicalId", "data": "Queue1", "trace": ["new Queue (/a/node_modules/b/q.js:1:2)", LINE]}

    assert construct(tmp_path, manifest=manifest([entry])) == ("Shop/Orders/Queue", "/app/lib/orders.ts:7:13")


def test_the_trace_is_taken_from_the_file_that_the_manifest_names(tmp_path: Path) -> None:
    """Newer releases write it there."""
    named = manifest([])
    named["artifacts"]["ShopOrders"]["additionalMetadataFile"] = "more.json"
    entries = [{"type": "aws:cdk:logicalId", "data": "Queue1"}, creation("...new Queue in aws-cdk-lib...", LINE)]

    found = construct(tmp_path, manifest=named, more={f"/{PATH}": entries})

    assert found == ("Shop/Orders/Queue", "/app/lib/orders.ts:7:13")


@pytest.mark.parametrize(
    ("frame", "source"),
    [
        ("<anonymous> (/app/app.js:5:1)", "/app/app.js:5:1"),
        ("/app/app.js:5:1", "/app/app.js:5:1"),
        ("Orders.make [as build] (C:\\app\\lib\\orders.ts:7:13)", "C:\\app\\lib\\orders.ts:7:13"),
        ("new Orders (file:///app/lib/orders.mjs:7:13)", "/app/lib/orders.mjs:7:13"),
        ("__init__ (/app/shop/orders.py:42)", "/app/shop/orders.py:42"),
        ("new Queue (/app/node_modules/aws-cdk-lib/aws-sqs/lib/queue.js:1:3349)", None),
        ("Kernel.create (/tmp/tmpab12/lib/program.js:9964:25)", None),
        ("node:internal/main/run_main_module:28:49", None),
        ("Object.Module._extensions..js (internal/modules/cjs/loader.js:1097:10)", None),
        ("(no user code in 10 frames, use --stack-trace-limit to capture more)", None),
    ],
)
def test_what_is_not_of_the_app_is_passed_over(tmp_path: Path, frame: str, source: str | None) -> None:
    """The innermost line of the user's own counts, in whatever language."""
    assert construct(tmp_path, manifest=manifest([creation(frame)])) == ("Shop/Orders/Queue", source)


def test_a_line_below_the_working_directory_is_told_from_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that an editor opens it."""
    monkeypatch.chdir(tmp_path)

    found = construct(tmp_path, manifest=manifest([creation(f"new Orders ({tmp_path}/lib/orders.ts:7:13)")]))

    assert found == ("Shop/Orders/Queue", "lib/orders.ts:7:13")


@pytest.mark.parametrize(
    "broken",
    [
        "",
        "{",
        "[]",
        '{"artifacts": []}',
        '{"artifacts": {"ShopOrders": {"displayName": 1}}}',
        manifest([{"data": "no type"}]),
        manifest([{"type": "aws:cdk:creationStack", "data": "no list"}, creation(), {"type": "aws:cdk:logicalId"}]),
        manifest([{"type": "aws:cdk:creationStack", "data": [1, None]}]),
        manifest([creation(LINE)], path="Shop/Orders/Another/Resource"),
        manifest([creation(LINE)], stack="Shop/Order"),
        '{"artifacts": {"ShopOrders": {"displayName": "Shop/Orders", "additionalMetadataFile": "../manifest.json"}}}',
        '{"artifacts":' + "[" * 100_000,
    ],
)
def test_an_assembly_that_cannot_be_read_tells_no_line(tmp_path: Path, broken: object) -> None:
    """The construct is named all the same."""
    assert construct(tmp_path, manifest=broken) == ("Shop/Orders/Queue", None)


def test_each_resource_of_the_real_assembly_has_its_line() -> None:
    """Also in nested stacks and stages; the same logical id in parent and child is two constructs."""
    found: dict[str, Construct] = {}
    for file in sorted(ASSEMBLY.rglob("*.template.json")):
        directory = str(file.parent)
        document = Document(file.name, file.read_text(encoding="utf-8"), Beside(directory, directory, directory))
        part = read(document, Assumptions())
        for id_ in (id_ for ids in part.types().values() for id_ in ids):
            made = part.construct(id_)
            assert made is not None
            found[f"{file.name.partition('.')[0]}.{id_}"] = made

    assert len(found) == 28
    assert all(made.source is not None and made.source.startswith("/app/lib/") for made in found.values())
    assert found["ShopEventsDD9CF9FF.OrderPlacedDB034628"] == ("Shop/Events/OrderPlaced", "/app/lib/events.js:11:24")
    parent, child = (
        found["ShopMessaging984F4736.UndeliveredF3CF66A9"],
        found["ShopMessagingBilling24F898AD.UndeliveredF3CF66A9"],
    )
    assert parent.path == "Shop/Messaging/Undelivered"
    assert child.path == "Shop/Messaging/Billing/Undelivered"
    assert found["ProdShopPolicies1B35C5D7.OrdersA9B65338"].path == "Prod/Shop/Policies/Orders"


@pytest.mark.parametrize(
    ("format_", "told"),
    [
        ("text", "construct Shop/Orders/Queue (/app/lib/orders.ts:7:13)"),
        ("github", "construct Shop/Orders/Queue (/app/lib/orders.ts:7:13)"),
        ("json", '"construct": {\n        "path": "Shop/Orders/Queue",\n        "source": "/app/lib/orders.ts:7:13"\n'),
        ("sarif", "Construct: Shop/Orders/Queue (/app/lib/orders.ts:7:13)."),
    ],
)
def test_reports_name_the_construct_and_say_who_writes_the_template(tmp_path: Path, format_: str, told: str) -> None:
    """Beside the logical id, by which the template and CloudFormation's events know it."""
    construct(tmp_path, manifest=manifest([creation(LINE)]), template=TEMPLATE)
    (tmp_path / "t.template.json").write_text(json.dumps(TEMPLATE), encoding="utf-8")

    output = run("lint", "--select", "MSG501", "--format", format_, str(tmp_path / "t.template.json")).stdout

    assert told in output.replace("%0A", "\n")
    assert "Queue1" in output
    assert "change the construct Shop/Orders/Queue)" in " ".join(output.split())
