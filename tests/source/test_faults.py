"""What is said of texts that are no YAML and no JSON: in words that whoever wrote them understands, at the right place.

Each answer is `line:column`, the text of the place, the message, and the place that it has to do with; MSGLINT_ACCEPT=1
writes them anew.
"""

import json
import os
import random
import time
from pathlib import Path

import pytest

from msglint.source import Document, Node, SourceError, parse

ANSWERS = Path(__file__).parents[1] / "fixtures" / "source" / "faults.json"
FAULTS: dict[str, dict[str, str]] = json.loads(ANSWERS.read_text())
TEXTS = [text for answers in FAULTS.values() for text in answers]


def said(text: str) -> str:
    document = Document("template", text)
    with pytest.raises(SourceError) as caught:
        parse(document)
    error = caught.value
    line, column = error.place.span.start
    place = f"{line}:{column} {document.slice(error.place.span)!r}"
    if error.related is None:
        return f"{place} {error.message}"
    line, column = error.related.span.start
    return f"{place} {error.message} [{line}:{column} {error.note}]"


@pytest.mark.parametrize("language", FAULTS)
def test_what_cannot_be_read_is_said_in_plain_words(language: str) -> None:
    answers = {text: said(text) for text in FAULTS[language]}
    if os.environ.get("MSGLINT_ACCEPT"):
        ANSWERS.write_text(json.dumps({**FAULTS, language: answers}, indent=1) + "\n")
        FAULTS[language] = answers
    assert answers == FAULTS[language]


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_other_line_ends_change_no_message(end: str) -> None:
    assert {text: said(text.replace("\n", end)) for text in FAULTS["yaml"]} == FAULTS["yaml"]


def test_a_key_may_be_too_long() -> None:
    text = "a: 1\n" + "x" * 1100 + ": a"
    assert said(text).endswith("not valid YAML: a key of more than 1024 characters")


def test_a_line_of_blanks_takes_no_time() -> None:
    started = time.process_time()
    assert said("a: 1\nName" + " " * 300_000 + "x\nb: 2").endswith("a key of more than 1024 characters")
    assert time.process_time() - started < 2


@pytest.mark.parametrize("seed", range(20))
def test_no_mutation_is_more_than_a_source_error(seed: int) -> None:
    """Whatever can be read, can be walked; whatever cannot, has a place in the text."""
    chance = random.Random(seed)  # noqa: S311
    for _ in range(200):
        text = chance.choice(TEXTS)
        for _ in range(chance.randint(1, 3)):
            at = chance.randint(0, len(text))
            put = chance.choice(
                [*"[]{}:,-?!&*|>'\"%#@`\\ \n\t\r", "\r\n", "- ", ": ", "<<: ", "*x", "&x ", "\ufeff", "\x85", "\u2028"]
            )
            text = text[:at] + put + text[at + chance.randint(0, 2) :]
        document = Document("template", text)
        try:
            walked(parse(document))
        except SourceError as error:
            spans = [each.span for each in (error.place, error.related) if each is not None]
            assert all(document.offset(span.end) <= len(text) for span in spans)
            assert error.message  # noqa: PT017  (either outcome is fine)


def walked(node: Node) -> None:
    assert node.span.start <= node.span.end
    match node.kind:
        case "mapping":
            for name, value in node.fields().items():
                assert node.key(name).span.start <= node.key(name).span.end
                walked(value)
        case "sequence":
            for item in node.items():
                walked(item)
        case "scalar":
            assert node.text is not None
