"""YAML: a tree whose places lie in the text, or a fault at its place."""

from fuzzing import checks
from fuzzing.target import Target, files, words
from msglint.source import SourceError, Span, read_yaml

WORDS = words(
    """
    !Ref␣ !Sub␣ !GetAtt␣ !If !!binary␣ !!set␣ &a␣ *a <<:␣ <<:␣*a -␣ ?␣ :␣ ---␤ ...␤ %YAML␣1.1␤ %TAG␣!␣! | > |-2 >+ { }
    [ ] , ' " \\u # ~ \x09 \x0d \x0d␤ \x85 \u2028 \ufeff 0x 0o 1_0 190:20:30 .inf .nan yes null =
    """
)


def _check(data: bytes) -> None:
    document = checks.document("t.yaml", data)
    if document is None:
        return
    try:
        root = read_yaml(document)
    except SourceError as error:
        checks.refused(error)
        return
    checks.plain(root)
    comment: Span
    for comment in root.comments():
        checks.inside(document, comment)
        assert document.slice(comment).startswith("#")


TARGET = Target(_check, WORDS, lambda: files("tests/fixtures/rules/**/*.yaml", "examples/**/*.yaml"))
