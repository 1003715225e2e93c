"""Binary plans: what terraform itself says of them, where the user asks to have it run.

Nothing else in msglint runs a programme.
"""

import os
import re
import selectors
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

from msglint.readers.interface import Configuration
from msglint.source import MAX_BYTES, Document, SourceError

SECONDS = 120
"""How long terraform may take."""
_SAID = 1_000
"""How much of what terraform says of a failure is told, in characters."""
_PAINT = re.compile(r"\x1b\[[0-9;]*m|[\u2500-\u257f]")


def converted(name: str, path: str, configuration: Configuration) -> bytes:
    """Give the JSON of a plan, by `terraform show -json`; `SourceError` where there is none, in terraform's words."""
    if configuration.binary is None:
        how = "give msglint the output of terraform show -json FILE, or let it ask: --terraform-bin terraform"
        raise _fault(name, f"a binary plan, which only terraform reads; {how}")
    if name != path:
        raise _fault(name, "a binary plan has to be named: terraform reads no standard input")
    data, said, code = _run(
        [configuration.binary, "show", "-json", os.path.realpath(path)], _place(path, configuration)
    )
    if code is None:
        raise _fault(name, f"terraform show takes longer than {SECONDS} seconds")
    if len(data) > MAX_BYTES:
        raise _fault(name, f"too large: terraform show writes more than {MAX_BYTES} bytes")
    if code:
        raise _fault(name, f"terraform show failed: {_told(said) or f'exit code {code}'}")
    return data


def _place(path: str, configuration: Configuration) -> Path:
    """Give the directory to run it in, where terraform finds the providers of the plan."""
    if configuration.directory is not None:
        return Path(configuration.directory)
    own = Path(path).parent
    return Path() if configuration.here and not (own / ".terraform").is_dir() else own


def _run(command: list[str], directory: Path) -> tuple[bytes, bytes, int | None]:
    """Run a programme with an end to its time and output; the code is None where its time was over."""
    environment = {**os.environ, "CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1"}
    try:
        process = subprocess.Popen(  # noqa: S603  # a fixed list of arguments, and no shell
            command,
            cwd=directory,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as error:
        return b"", f"{command[0]}: {error.strerror or error}".encode(), 1
    try:
        return _heard(process, time.monotonic() + SECONDS)
    finally:
        if process.returncode is None:
            # With it end the providers that it has started.
            with suppress(OSError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        for pipe in filter(None, (process.stdout, process.stderr)):
            pipe.close()


def _heard(process: "subprocess.Popen[bytes]", end: float) -> tuple[bytes, bytes, int | None]:
    """Read what a programme writes until it ends, its time is over, or it has written too much."""
    data, said = bytearray(), bytearray()
    with selectors.DefaultSelector() as selector:
        for pipe, kept in ((process.stdout, data), (process.stderr, said)):
            if pipe is not None:
                selector.register(pipe, selectors.EVENT_READ, kept)
        while selector.get_map() and len(data) <= MAX_BYTES:
            left = end - time.monotonic()
            if left <= 0:
                return b"", b"", None
            for key, _ in selector.select(left):
                chunk = os.read(key.fd, 1 << 16)
                if not chunk:
                    selector.unregister(key.fileobj)
                elif key.data is data or len(said) < _SAID:
                    key.data.extend(chunk)
    if len(data) > MAX_BYTES:
        return bytes(data), bytes(said), 0
    try:
        return bytes(data), bytes(said), process.wait(max(end - time.monotonic(), 0))
    except subprocess.TimeoutExpired:
        return b"", b"", None


def _told(said: bytes) -> str:
    """Make a sentence of what terraform says in colours and boxes."""
    return " ".join(_PAINT.sub(" ", said.decode("utf-8", "replace")).split())[:_SAID]


def _fault(name: str, message: str) -> SourceError:
    return SourceError(message, Document(name, "").spot(0, 0))
