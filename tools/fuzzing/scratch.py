"""Inputs that have to be files: in a directory that is there as long as the process is."""

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path


@cache
def directory() -> Path:
    """Give an empty directory of this process."""
    made = Path(tempfile.mkdtemp(prefix="msglint-fuzz-"))
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return made


def file(name: str, data: bytes) -> str:
    """Write a file, and give its path."""
    path = directory() / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return str(path)
