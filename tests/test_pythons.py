"""On every Python that is supported and at hand msglint says the same."""

import os
import subprocess

import pytest

import pythons

OLDER, NEWER = "3.10", "3.13"


def test_what_differs_between_pythons_is_told() -> None:
    same = {"modules": "a", "help": "b", "examples": "as expected"}
    assert list(pythons.differences({OLDER: same, NEWER: same})) == []
    other = {"modules": "a", "help": "c", "examples": "wrong: one line"}
    assert list(pythons.differences({OLDER: same, "3.11": same, NEWER: other})) == [
        "help differs between 3.10/3.11 and 3.13",
        "examples differs between 3.10/3.11 and 3.13",
        "examples: wrong: one line",
    ]
    assert next(pythons.differences({OLDER: same, NEWER: {}})) == "modules differs between 3.10 and 3.13"


def test_a_python_that_is_missing_is_told_of_and_no_failure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(pythons, "PYTHONS", ("3.99",))
    assert pythons.main("--briefly") == 0
    assert capsys.readouterr().err == "Python 3.99 is not here: nothing is said of it\n"


def test_a_python_that_cannot_be_asked_is_a_failure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object) -> None:
        raise subprocess.CalledProcessError(1, "pip")

    monkeypatch.setattr(pythons, "PYTHONS", ("3.99",))
    monkeypatch.setattr(pythons, "found", lambda _: "python3.99")
    monkeypatch.setattr(pythons, "checkout_environment", broken)
    assert pythons.main("--briefly") == 1
    assert "Python 3.99 cannot be asked" in capsys.readouterr().err


@pytest.mark.slow
def test_it_says_the_same_on_all_that_are_here(capsys: pytest.CaptureFixture[str]) -> None:
    """The oldest and the newest of them; `make pythons` asks all, and for all tests."""
    here = [version for version in pythons.PYTHONS if pythons.found(version)]
    try:
        told = {version: pythons.briefly(str(pythons.found(version))) for version in (here[0], here[-1])}
    except (OSError, subprocess.CalledProcessError) as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"no environment can be made: {error}")
    assert list(pythons.differences(told)) == []
    assert all(len(each) > 100 for each in told.values()), capsys.readouterr().err
