"""The locks: they fit pyproject.toml, hold hashes of every file, and say nothing of where these come from."""

import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

import lock
from host_env import APART

ROOT = Path(__file__).parents[1]
PROJECT = lock.PROJECT["project"]
EXTRAS: dict[str, list[str]] = PROJECT["optional-dependencies"]
PIN = re.compile(r"(?P<pin>\S+==\S+)(?: ; (?P<marker>[^\\]+))? \\\n(?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+")

each_lock = pytest.mark.parametrize("path", lock.LOCKS)


def pinned(path: str) -> list[Requirement]:
    """Give what a lock pins, each with its marker."""
    text = (ROOT / path).read_text(encoding="utf-8")
    return [
        Requirement(f"{pin['pin']} ; {pin['marker']}" if pin["marker"] else pin["pin"]) for pin in PIN.finditer(text)
    ]


def wanted(*extras: str) -> list[Requirement]:
    """Give what msglint needs with these extras, and with those that they name."""
    found = [
        Requirement(each) for each in (*PROJECT["dependencies"], *(each for extra in extras for each in EXTRAS[extra]))
    ]
    own = [each for each in found if each.name == "msglint"]
    return [each for each in found if each.name != "msglint"] + [
        more for each in own for extra in each.extras for more in map(Requirement, EXTRAS[extra])
    ]


def versions(path: str, name: str) -> list[Version]:
    """Give the versions of a package in a lock; other Pythons may have others."""
    pins = [each for each in pinned(path) if each.name == canonicalize_name(name)]
    return [Version(specifier.version) for each in pins for specifier in each.specifier]


@each_lock
def test_a_lock_is_nothing_but_versions_and_hashes(path: str) -> None:
    """No address among them: the registry is the choice of who installs."""
    comment, _, text = (ROOT / path).read_text(encoding="utf-8").partition("\n")
    assert comment.endswith("Written by `make lock`.")
    assert PIN.sub("", text) == ""
    assert pinned(path)


@each_lock
def test_a_lock_fits_what_pyproject_says(path: str) -> None:
    """`make lock` writes it anew."""
    made = lock.LOCKS[path]
    needed = [*map(Requirement, made.wanted), *(wanted(*made.extras) if made.ours else ())]
    for each in needed:
        found = versions(path, each.name)
        assert found, each
        assert all(each.specifier.contains(version) for version in found), each


def test_the_lowest_releases_are_those_of_pyproject() -> None:
    for each in [*wanted("watch"), *map(Requirement, lock.TESTS)]:
        [least] = [Version(specifier.version) for specifier in each.specifier if specifier.operator == ">="]
        assert set(versions("tools/locks/lowest.txt", each.name)) == {least}, each


def test_every_environment_is_made_of_a_lock() -> None:
    assert {apart.lock for apart in APART.values()} <= {ROOT / path for path in lock.LOCKS}
