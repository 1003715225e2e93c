"""The command line inside the process of the tests."""

import io
import sys
from typing import NamedTuple

import pytest

from msglint.cli.main import main


class Result(NamedTuple):
    """What a run did: its exit code, and what it wrote."""

    exit_code: int
    stdout: str
    stderr: str

    @property
    def output(self) -> str:
        """Both outputs; where they met on a terminal is not known."""
        return self.stdout + self.stderr


def run(*arguments: str, given: str | bytes | None = None, **environment: str) -> Result:
    """Run a command on a terminal of 100 columns that shows no colours, with a text on its standard input."""
    text = given.encode() if isinstance(given, str) else given or b""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"COLUMNS": "100", **environment}.items():
            patch.setenv(name, value)
        patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))
        patch.setattr(sys, "stdout", out)
        patch.setattr(sys, "stderr", err)
        try:
            code = main(arguments)
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else 1
    return Result(code, *(_written(stream) for stream in (out, err)))


def _written(stream: io.TextIOWrapper) -> str:
    stream.seek(0)
    return stream.read()
