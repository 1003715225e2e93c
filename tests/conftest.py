"""What holds for all tests."""

import http.client
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# Who starts the tests in the background may have them ignore Ctrl-C, and so all that they start.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# How long an example takes says how busy the machine is.
settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")


@pytest.fixture(scope="session")
def checkov() -> Path:
    """Give the checkov that tools/host_env.py installs."""
    return apart("MSGLINT_CHECKOV")


@pytest.fixture(scope="session")
def release() -> Path:
    """Give the Python with what builds a release that tools/host_env.py installs."""
    return apart("MSGLINT_RELEASE")


REGION = "eu-central-1"
"""The Region of the account that moto plays."""
SECONDS = 60
"""How long its server may take to start."""


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """Start AWS on this machine, and give its address."""
    program = apart("MSGLINT_MOTO")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(  # noqa: S603
        [str(program), "-H", "127.0.0.1", "-p", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    address = f"http://127.0.0.1:{port}"
    try:
        end = time.monotonic() + SECONDS
        while not _answers(address):
            if process.poll() is not None or time.monotonic() > end:
                pytest.fail("the server did not start")
            time.sleep(0.1)
        yield address
    finally:
        process.kill()
        process.wait()


def _answers(address: str, method: str = "GET", path: str = "/moto-api/") -> bool:
    connection = http.client.HTTPConnection(address.removeprefix("http://"))
    try:
        connection.request(method, path)
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()


@pytest.fixture
def aws(server: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """Give the address of an empty account, whose credentials are those of the environment."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    given = {
        "AWS_ACCESS_KEY_ID": "an-id",
        "AWS_SECRET_ACCESS_KEY": "a-key",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ENDPOINT_URL": server,
        "AWS_CONFIG_FILE": str(tmp_path / "no-config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "no-credentials"),
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    assert _answers(server, "POST", "/moto-api/reset")
    return server


def apart(variable: str) -> Path:
    """Give a program that an environment variable names; skips, or fails where CI is set, without it."""
    named = os.environ.get(variable)
    if not named and os.environ.get("CI"):
        pytest.fail(f"{variable} names no program: see tools/host_env.py")
    if not named:
        pytest.skip(f"{variable} names no program: `make test-all` installs it")
    return Path(named)
