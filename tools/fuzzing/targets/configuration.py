"""Configuration files, in TOML and YAML: options, or what is wrong and where."""

from fuzzing import scratch
from fuzzing.target import Target, words
from msglint.config.nearest import Flags, Nearest
from msglint.config.written import KEYS
from msglint.options import UsageError

WORDS = (
    *(f"{name} = " for name in KEYS if not name.startswith("rules-")),
    *words(
        """
        ["MSG501"]␤ "short-polling" "error" [severities]␤ [[exceptions]]␤ [per-path-ignores]␤ [tool.msglint]␤ rule␣=␣
        reason␣=␣ expires␣=␣2027-01-31␤ resource␣=␣ path␣=␣ "**/*.yaml" "a/[!b]*" "o-a1b2c3d4e5" "111122223333" true {
       } [
        ] , :␣ -␣ ␤ ' \\u0000 ../ "msglint.toml"
        """
    ),
)


def _check(data: bytes) -> None:
    if b"rules" in data or b"\\" in data:
        return  # rules of one's own are run, and so is what their names are escaped to
    for name in ("msglint.toml", ".msglint.yaml", "pyproject.toml"):
        path = scratch.file(f"configuration/{name}", data)
        try:
            nearest = Nearest(Flags(), file=path)
            options = nearest.options(path)
        except UsageError:
            continue
        for each in options.exceptions:
            each.at()
            each.file("a/b.yaml")
            each.resource("a.b")
        for covers, _ in options.per_path:
            covers("a/b.yaml")
        nearest.excludes(path)


TARGET = Target(_check, WORDS)
