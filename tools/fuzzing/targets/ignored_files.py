"""Patterns of `.gitignore`: the first line of an input is a path, the others are asked whether they cover it."""

from fuzzing.target import Target, words
from msglint.config.patterns import Patterns, lines

WORDS = words(
    """
    ** * ? [ ] [! [^ [a-z] [[:alpha:]] [[: :]] \\ / ! # ␣ \x0d␤ a/b **/
    """
)


def _check(data: bytes) -> None:
    path, _, written = data.decode("utf-8", "replace").partition("\n")
    every = lines(written)
    for is_directory in (True, False):
        said = Patterns(every).says(path, is_directory=is_directory)
        # The last that says something decides, so those of which none does say nothing alone either.
        alone = [Patterns([each]).says(path, is_directory=is_directory) for each in every]
        assert said == next((each for each in reversed(alone) if each is not None), None)


TARGET = Target(_check, WORDS)
