"""Documents: decoding, lines, positions, and errors that point at the fault."""

import pickle

import pytest

from msglint.source import MAX_BYTES, Document, Position, SourceError, Span, text


def refused(data: bytes) -> SourceError:
    with pytest.raises(SourceError) as caught:
        Document.from_bytes("queue.yaml", data)
    return caught.value


@pytest.mark.parametrize("marks", [1, 2])
def test_a_byte_order_mark_is_no_part_of_the_text(marks: int) -> None:
    document = Document.from_bytes("queue.yaml", b"\xef\xbb\xbf" * marks + b"a: 1")
    assert document.text == "a: 1"
    assert document.position(0) == Position(1, 1)


def test_lines_end_at_any_line_end() -> None:
    document = Document("queue.yaml", "one\ntwo\r\nthree\rfour\n\n")
    assert [document.line(number) for number in range(1, 7)] == ["one", "two", "three", "four", "", ""]


@pytest.mark.parametrize("number", [-1, 0, 3])
def test_there_is_no_line_outside_the_text(number: int) -> None:
    with pytest.raises(IndexError, match="has no line"):
        Document("queue.yaml", "one\ntwo").line(number)


def test_other_separators_of_unicode_end_no_line() -> None:
    """Editors and git count lines as we do; str.splitlines does not."""
    assert Document("queue.yaml", "one\u2028two\x85three\x0cfour").line(1) == "one\u2028two\x85three\x0cfour"


def test_columns_count_characters() -> None:
    document = Document("queue.yaml", "😀é: x\r\nb")
    assert document.position(document.text.index("x")) == Position(1, 5)
    assert document.position(document.text.index("b")) == Position(2, 1)
    assert document.position(len(document.text)) == Position(2, 2)


def test_offset_is_the_inverse_of_position() -> None:
    document = Document("queue.yaml", "a\r\n\r\n😀b\n\nc\r")
    assert [document.offset(document.position(offset)) for offset in range(len(document.text) + 1)] == list(
        range(len(document.text) + 1)
    )


def test_slice_gives_the_text_of_a_span() -> None:
    document = Document("queue.yaml", "ab\ncd\nef")
    assert document.slice(Span(Position(1, 2), Position(3, 2))) == "b\ncd\ne"


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_byte_that_is_not_utf8_is_pointed_at(mark: bytes) -> None:
    error = refused(mark + "é: 1\nb: ".encode() + b"\xff\nc: 3")
    assert error.message == f"not UTF-8: byte 0xff at byte offset {len(mark) + 9}"
    assert error.place.span == Span(Position(2, 4), Position(2, 5))
    assert error.place.document.line(3) == "c: 3"
    assert str(error) == f"queue.yaml:2:4: {error.message}"


def test_a_cut_character_is_pointed_at() -> None:
    assert refused("a: é".encode()[:-1]).place.span.start == Position(1, 4)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_utf16_is_named(encoding: str) -> None:
    assert "UTF-16" in refused("a: 1\n".encode(encoding)).message


def test_a_nul_byte_is_pointed_at() -> None:
    error = refused(b"a: 1\nb: \x00\n")
    assert "NUL" in error.message
    assert error.place.span.start == Position(2, 4)


def test_a_file_beyond_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "MAX_BYTES", 4)
    assert Document.from_bytes("queue.yaml", b"a: 1").text == "a: 1"
    assert refused(b"a: 10").message == "more than 4 bytes"
    assert MAX_BYTES == 104_857_600


def test_an_empty_file_is_a_document() -> None:
    assert Document.from_bytes("queue.yaml", b"").line(1) == ""


def test_errors_survive_pickling() -> None:
    """A worker process hands its errors back."""
    error = refused(b"a: \xff")
    again = pickle.loads(pickle.dumps(error))  # noqa: S301
    assert (again.message, again.place.span, again.related) == (error.message, error.place.span, None)
    assert again.place.document.name == "queue.yaml"
