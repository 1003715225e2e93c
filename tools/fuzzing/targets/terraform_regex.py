"""Regular expressions of Terraform: what Python finds where both languages mean the same, and in no long time.

The first line of an input is the pattern, the second what replaces its matches, the rest the text.
"""

import re
from contextlib import suppress

from fuzzing.target import Target, words
from msglint.readers.terraform.evaluation.functions.regex import Pattern, matches, substituted
from msglint.readers.terraform.evaluation.functions.values import Blind, EvaluationError
from msglint.source import Document

AT = Document("main.tf", "").spot(0, 0)
WORDS = words(
    """
    ( ) (?: (?P<a> (?i) (?s: [ ] [^ [[:alpha:]] \\d \\w \\b \\A \\z \\x{10FFFF} \\pL \\Q \\E * + ? *? +? ?? {2} {2,}
    {2,3} {1000} | ^ $ . $1 ${a} ␤
    """
)


def _check(data: bytes) -> None:
    pattern, _, rest = data.decode("utf-8", "replace").partition("\n")
    template, _, text = rest.partition("\n")
    with suppress(EvaluationError, Blind):
        list(matches(pattern, text, AT))
        substituted(pattern, text, template, AT)
    if len(pattern) < 16 and len(text) < 64 and pattern.isascii() and _alike(pattern):
        theirs = re.search(pattern, text)
        ours = Pattern(pattern, AT).search(text, 0)
        assert (ours and ours[:2]) == (theirs and theirs.span()), (pattern, text)


def _alike(pattern: str) -> bool:
    return re.fullmatch(r"(?:[ab.|][*+?]?)*", pattern) is not None and re.search(r"(?:^|\|)[*+?]", pattern) is None


TARGET = Target(_check, WORDS)
