"""Configurations of Terraform of one file, in HCL or JSON: judged without an exception, whatever stands in it."""

from fuzzing import checks, scratch
from fuzzing.target import Target, files
from fuzzing.targets import hcl_tree, tf_json
from msglint.engine import lint


def _check(data: bytes) -> None:
    name = "json/main.tf.json" if data.lstrip().startswith(b"{") else "hcl/main.tf"
    checks.sound(lint([scratch.file(name, data)], checks.ASKED), {})


TARGET = Target(
    _check,
    (*hcl_tree.WORDS, *tf_json.WORDS),
    lambda: files("tests/fixtures/rules/*/bad*.tf", "tests/fixtures/readers/**/*.tf", "tests/fixtures/fuzz/tf_json/*"),
)
