"""Files of parameter values, in each of the forms that people deploy with: values, or what is wrong and where."""

from contextlib import suppress

from fuzzing import scratch
from fuzzing.target import Target, words
from msglint.readers.cloudformation.parameter_files import UnusableFileError, values

WORDS = words(
    """
    ParameterKey ParameterValue UsePreviousValue Parameters parameters template-file-path version parameter_overrides
    default deploy global $include file:// KEY=VALUE " ' \\ = , [ ] { } :␣ -␣ ␤ [default.deploy.parameters]␤ true null
    1.5 ␣
    """
)


def _check(data: bytes) -> None:
    for name in ("values.yaml", "values.toml"):
        with suppress(UnusableFileError):
            found = values(scratch.file(name, data), "default")
            assert all(value is None or isinstance(value, str) for value in found.values())


TARGET = Target(_check, WORDS)
