"""What a release consists of: an sdist and a wheel, the same bytes whoever builds them, that install and run."""

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from command import run
from msglint import __version__

ROOT = Path(__file__).parent.parent
NAME = f"msglint-{__version__}"
BESIDE = ("LICENSE", "README.md", "CHANGELOG.md", "SECURITY.md", "pyproject.toml")
pytestmark = pytest.mark.slow


def package() -> list[str]:
    """Give the files of the package that git knows, as paths below `src`."""
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "src"]
    listed = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout  # noqa: S603
    return [name.removeprefix("src/") for name in listed.split("\0") if name and (ROOT / name).exists()]


class Built(NamedTuple):
    """A release that was built, and where."""

    sdist: Path
    wheel: Path


def build(release: Path, source: Path, *options: str, umask: int, time: int, seed: str) -> Built:
    """Build a copy of the checkout whose files were written at that time; `time` is in seconds since 1970."""
    for name in (*BESIDE, *(f"src/{name}" for name in package())):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, source / name)
        (source / name).chmod(0o666 & ~umask)
        os.utime(source / name, (time, time))
    environment = {**os.environ, "SOURCE_DATE_EPOCH": "1700000000", "PYTHONHASHSEED": seed}
    command = [str(release), "-m", "build", "--no-isolation", *options]
    subprocess.run(command, cwd=source, env=environment, umask=umask, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
    [sdist], [wheel] = (list((source / "dist").glob(pattern)) for pattern in ("*.tar.gz", "*.whl"))
    return Built(sdist, wheel)


@pytest.fixture(scope="module")
def built(release: Path, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Build the checkout as `make dist` does, the wheel from the sdist."""
    return build(release, tmp_path_factory.mktemp("release"), umask=0o022, time=1_600_000_000, seed="1")


def test_a_release_is_the_same_bytes_wherever_and_whenever_it_is_built(
    built: Built, release: Path, tmp_path: Path
) -> None:
    """The wheel of the checkout and that of the sdist are one."""
    other = build(release, tmp_path / "else where", "--sdist", "--wheel", umask=0o077, time=1_200_000_000, seed="2")
    assert [path.name for path in other] == [path.name for path in built]
    assert [path.read_bytes() for path in other] == [path.read_bytes() for path in built]


def test_the_wheel_holds_the_package_and_its_licence_and_nothing_else(built: Built) -> None:
    with zipfile.ZipFile(built.wheel) as wheel:
        names = wheel.namelist()
    about = f"{NAME}.dist-info/"
    metadata = [about + name for name in ("METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE")]
    assert sorted(names) == sorted([*package(), *metadata])
    assert {"msglint/py.typed", "msglint/cli/shells/zsh", "msglint/reports/report.schema.json"} <= set(names)


def test_the_sdist_holds_what_the_wheel_is_built_from(built: Built) -> None:
    with tarfile.open(built.sdist) as sdist:
        names = sdist.getnames()
    expected = [*BESIDE, "PKG-INFO", *(f"src/{name}" for name in package())]
    assert sorted(names) == sorted(f"{NAME}/{name}" for name in expected)


def test_an_index_takes_the_release(built: Built, release: Path) -> None:
    """Its description can be shown, and nothing lies where an installation does not look for it."""
    for command in (["twine", "check", "--strict", *map(str, built)], ["check_wheel_contents", str(built.wheel)]):
        ran = subprocess.run([str(release), "-m", *command], capture_output=True, text=True, check=False)  # noqa: S603
        assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.fixture(scope="module")
def installed(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel as a user would, with what it says that it needs; give the directory of its programs."""
    where = tmp_path_factory.mktemp("installed")
    for command in (
        ["venv", str(where)],
        ["pip", "--python", str(where / "bin" / "python"), "install", "-qq", str(built.wheel)],
    ):
        subprocess.run([sys.executable, "-m", *command], check=True)  # noqa: S603
    return where / "bin"


def said(command: Sequence[str | Path], **environment: str) -> tuple[int, str, str]:
    """Run a program among the examples, with nothing of this checkout on its path."""
    words = [str(word) for word in command]
    environment = {"PATH": "/usr/bin:/bin", "COLUMNS": "100", **environment}
    ran = subprocess.run(words, cwd=ROOT / "examples", env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    return ran.returncode, ran.stdout, ran.stderr


def test_what_is_installed_says_what_the_checkout_says(installed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT / "examples")
    for words in (
        ["--version"],
        ["lint", "faulty", "repaired", "linked"],
        ["explain", "MSG101"],
        *(["completion", shell] for shell in ("bash", "zsh", "fish")),
    ):
        expected = run(*words)
        assert expected.stdout
        for program in ([installed / "msglint"], [installed / "python", "-m", "msglint"]):
            assert said([*program, *words]) == tuple(expected)


def test_what_is_installed_can_be_imported(installed: Path) -> None:
    script = "import msglint; print(len(msglint.lint(['faulty']).findings), msglint.__file__)"
    code, out, err = said([installed / "python", "-I", "-c", script])
    assert (code, err) == (0, "")
    findings, file = out.split()
    assert int(findings) > 0
    assert Path(file).is_relative_to(installed.parent)


def test_the_wheel_is_a_plugin_of_cfn_lint(built: Built, tmp_path: Path) -> None:
    shutil.unpack_archive(built.wheel, tmp_path, "zip")
    cfn_lint = [
        str(Path(sys.executable).with_name("cfn-lint")),
        "-a",
        "msglint.hosts.cfn_lint",
        "-t",
        "faulty/orders.yaml",
    ]
    assert "WMSG303" in said(cfn_lint, PYTHONPATH=str(tmp_path))[1]
