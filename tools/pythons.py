"""Run all tests on every Python that msglint supports and that is at hand, or with --briefly what tells most, fast.

Briefly: on each of them every module is imported and compiled, the examples of all rules have the findings that are
expected, and commands say, byte by byte, what they say on the others. A Python that is missing is told of, and is no
failure. Words that follow go to pytest.
"""

import hashlib
import importlib
import io
import json
import os
import pkgutil
import shutil
import subprocess
import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from environments import checkout_environment, python_environment

ROOT = Path(__file__).parents[1]
PYTHONS = ("3.10", "3.11", "3.12", "3.13", "3.14")
HOSTS = frozenset({"aws_cdk", "boto3", "botocore", "cfnlint", "checkov", "constructs", "jsii"})
"""What only the doors and the access to AWS import, and what is not there without their extras."""
LINTED = ("examples", "tests/fixtures/linked", "tests/fixtures/rules/unreadable-file")
WRONG: tuple[list[str], ...] = (
    *([], ["lnt"], ["lint", "--no-flag"], ["lint", "--format", "x"], ["lint", "--fail-on", "never"], ["lint", "--var"]),
    *(
        ["explain"],
        ["config"],
        ["config", "x"],
        ["explain", "a", "b"],
        ["lint", "no-such-file"],
        ["init", "--only", "x"],
    ),
)
"""What argparse has words of its own for."""


def found(version: str) -> str | None:
    """Give a Python of a version such as "3.12"; None where there is none."""
    name = f"python{version}"
    # Tools that install several put them side by side; what they put on the PATH may only say that it is not chosen.
    beside = sorted(Path(sys.base_prefix).parent.glob(f"{version}*/bin/{name}"))
    for each in filter(None, (shutil.which(name), *map(str, beside))):
        if subprocess.run([each, "-c", ""], stderr=subprocess.DEVNULL, check=False).returncode == 0:
            return each
    return None


def wholly(python: str, words: Sequence[str]) -> bool:
    """Run the tests on a Python, and say whether they pass."""
    where = python_environment("dev", ROOT / "tools" / "locks" / "dev.txt", python)
    command = [str(where / "bin" / "python"), "-m", "pytest", "-q", "-p", "no:cacheprovider", *words]
    return subprocess.run(command, cwd=ROOT, env=_environment(), check=False).returncode == 0


def briefly(python: str) -> Mapping[str, str]:
    """Give what there is to tell of msglint on a Python, by what it is about."""
    where = checkout_environment(python, ROOT)
    command = [str(where / "bin" / "python"), __file__, "--told"]
    done = subprocess.run(command, cwd=ROOT, env=_environment(), check=True, stdout=subprocess.PIPE)
    told: Mapping[str, str] = json.loads(done.stdout)
    return told


def differences(told: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    """Say what Pythons, by their versions, tell differently, and what is wrong on any."""
    for name in dict.fromkeys(name for each in told.values() for name in each):
        said: dict[str | None, list[str]] = {}
        for version, each in told.items():
            said.setdefault(each.get(name), []).append(version)
        if len(said) > 1:
            yield f"{name} differs between {' and '.join('/'.join(versions) for versions in said.values())}"
        yield from (f"{name}: {text}" for text in said if text is not None and text.startswith("wrong: "))


def _environment() -> dict[str, str]:
    # Bytecode of several Pythons in one checkout is no harm, and of use to nobody.
    return {**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONDONTWRITEBYTECODE": "1"}


# What a Python tells of itself: no tool of the tests is at hand there.


def told() -> Iterator[tuple[str, str]]:
    """Give what there is to tell on this Python: a digest, or what is wrong."""
    warnings.simplefilter("error")
    import msglint  # noqa: PLC0415  # the Python that runs the tool need not have it

    names = sorted(module.name for module in pkgutil.walk_packages(msglint.__path__, "msglint."))
    yield "modules", _digest(" ".join(filter(_imported, names)))
    for folder in ("src", "custom_rules", "examples"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            compile(path.read_bytes(), str(path), "exec", dont_inherit=True)
    yield from _examples()
    yield from _commands()


def _imported(name: str) -> bool:
    try:
        importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name not in HOSTS:
            raise
    return name != "msglint.__main__"


def _examples() -> Iterator[tuple[str, str]]:
    from msglint.options import Options  # noqa: PLC0415
    from msglint.rules.index import RULES  # noqa: PLC0415
    from msglint.testing import inputs, unexpected  # noqa: PLC0415

    for entry in RULES:
        folder = ROOT / "tests" / "fixtures" / "rules" / entry.name
        if inputs(folder):
            lines = unexpected(folder, Options(select=(entry.code,) if entry.kinds else ()), accept=False)
            yield f"the examples of {entry.name}", "wrong: " + "; ".join(lines) if lines else "as expected"


def _commands() -> Iterator[tuple[str, str]]:
    from msglint.cli.main import COMMANDS  # noqa: PLC0415
    from msglint.reports.formats import FORMATS  # noqa: PLC0415

    lines = [
        ["--help"],
        ["--version"],
        ["rules"],
        ["rules", "--format", "json"],
        ["config", "schema"],
        ["config", "show"],
    ]
    lines += [[name, "--help"] for name in COMMANDS]
    for words in (*lines, *WRONG):
        for columns in ("60", "100") if "--help" in words or words in WRONG else ("100",):
            yield f"{columns} columns of msglint {' '.join(words)}", _said(words, columns)
    with TemporaryDirectory() as folder:
        files = {name: Path(folder, name) for name in FORMATS}
        reports = [word for name, file in files.items() for word in ("--report", f"{name}={file}")]
        yield "msglint lint", _said(["lint", *LINTED, "--show-undecided", *reports], "100")
        yield from ((f"the report in {name}", _digest(file.read_text("utf-8"))) for name, file in files.items())


def _said(words: Sequence[str], columns: str) -> str:
    from msglint.cli.main import main  # noqa: PLC0415

    os.environ["COLUMNS"] = columns
    streams = [io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2)]
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = streams
    try:
        code = main(words)
    finally:
        sys.stdout, sys.stderr = before
    for stream in streams:
        stream.seek(0)
    return _digest(json.dumps([code, *(stream.read() for stream in streams)]))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def main(*words: str) -> int:
    """Give the exit status."""
    if words == ("--told",):
        json.dump(dict(told()), sys.stdout)
        return 0
    pythons = {version: found(version) for version in PYTHONS}
    failed, heard = False, {}
    for version, python in pythons.items():
        if python is None:
            print(f"Python {version} is not here: nothing is said of it", file=sys.stderr)
            continue
        print(f"Python {version}: {python}", file=sys.stderr)
        try:
            if words[:1] == ("--briefly",):
                heard[version] = briefly(python)
            else:
                failed = not wholly(python, words) or failed
        except (OSError, subprocess.CalledProcessError) as error:
            print(f"Python {version} cannot be asked: {error}", file=sys.stderr)
            failed = True
    wrong = list(differences(heard))
    for each in wrong:
        print(each, file=sys.stderr)
    return int(failed or bool(wrong))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
