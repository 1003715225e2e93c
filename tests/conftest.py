"""What holds for all tests."""

import os
import signal
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


def apart(variable: str) -> Path:
    """Give a program that an environment variable names; skips, or fails where CI is set, without it."""
    named = os.environ.get(variable)
    if not named and os.environ.get("CI"):
        pytest.fail(f"{variable} names no program: see tools/host_env.py")
    if not named:
        pytest.skip(f"{variable} names no program: `make test-all` installs it")
    return Path(named)
