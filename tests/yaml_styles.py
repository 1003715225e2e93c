"""Writes random YAML in all the styles that people use, and knows where it has written what."""

import re
from collections.abc import Callable
from random import Random
from typing import NamedTuple

PLAIN = re.compile(r"[\wé😀$./~=<][\w./+é😀\u0301-]*(?: [\w./+é😀-][\w./+é😀\u0301]*)*", re.ASCII)
ONE_LINE = re.compile(r"[ -~é😀\u0301]*")
LINES = re.compile(r"\n*[\t -~é😀]*[!-~é😀][\t -~é😀]*(?:\n[\t -~é😀]*)*")
PARAGRAPHS = re.compile(r"[!-~é😀]+(?:[ \n][!-~é😀]+)*\n*")
WORDS = [
    *(
        "Orders",
        "AWS::SQS::Queue",
        "a",
        "b c",
        "é😀",
        "e\u0301x",
        "010",
        "yes",
        "1:30",
        "~",
        "2012-10-17",
        ".5",
        "0x1F",
    ),
    *(
        "1_000",
        "=",
        "",
        " ",
        " x ",
        "'",
        '"',
        "it's",
        'say "no" twice',
        "# none",
        "a #b",
        "a: b",
        "- a",
        "*",
        "&a",
        "!Ref",
    ),
    *(
        "%",
        "@",
        "`",
        "{}",
        "[a, b]",
        "{{resolve:ssm:x}}",
        "${AWS::Region}",
        "\\",
        "a\\nb",
        "\t",
        "a\tb",
        "\x07",
        "\x85",
    ),
    *(
        "\u2028",
        "\ufeff",
        "\x00",
        "one\ntwo",
        "one\n  two\n\nthree\n",
        "  one\n two",
        "\n",
        "a\n\n\n",
        "#no\n",
        "\n\na",
    ),
    *(
        '{"a": 1,\n "b": [2]}\n',
        "a b c d e f",
        "ab cd\nef gh\n",
        "x" * 300,
        "long " * 60 + "end",
        '{\n\t"a": 1\n}\n',
        "a \n",
    ),
]
KEYS = [*(word for word in WORDS if len(word) < 30), "Type", "Properties", "Ref", "Fn::Sub", "123", "null", "<", "<<"]
COMMENTS = ["# why", "# why\u2028", "#", "# 'it's'", '# "', "# *a0", "# é😀: {", "# - x", "#\t]"]


class Place(NamedTuple):
    """A node that was written: its offsets, its tag, and what it says or what is inside of it."""

    start: int
    end: int
    tag: str
    content: "str | list[Place] | dict[str, tuple[Place, Place]]"


class Writer:
    """Writes one document; `end` is where what was last written ends."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.line_end = random.choice(["\n", "\n", "\r\n", "\r", "\x85"])
        self.pieces: list[str] = []
        self.at = 0
        self.end = 0
        self.anchors: dict[str, Place] = {}
        self.finished: list[str] = []
        self.quiet = False
        self.in_block_scalar = False

    @property
    def text(self) -> str:
        """All that was written."""
        return "".join(self.pieces)

    def document(self) -> Place:
        """Write a document."""
        self.put(self.random.choice(["", "", "", "%YAML 1.1\n---\n", "---\n", "--- # here\n"]))
        self.lines_between(0)
        root = self.block_mapping(0, 3) if self.often(0.8) else self.flow(3, 0)
        self.put(
            self.random.choice(["\n", "\n", "\n...\n", "\n\n# end\n"]) if not self.quiet and self.often(0.9) else "\n"
        )
        return root

    def often(self, chance: float) -> bool:
        """Say yes as often as that."""
        return self.random.random() < chance

    def put(self, text: str) -> None:
        """Write a text; each of its line ends becomes one of the document's."""
        text = text.replace("\n", self.line_end)
        self.pieces.append(text)
        self.at += len(text)

    def said(self, text: str) -> None:
        """Write a text that counts, not only separates."""
        self.put(text)
        self.end = self.at

    def blank(self) -> str:
        """Give what may separate two tokens of a line."""
        return self.random.choice([" ", " ", " ", "  ", " \t"])

    def new_line(self, indent: int) -> None:
        """Go to the next line; behind a block scalar that keeps its line ends nothing else may stand between."""
        if not self.in_block_scalar and self.often(0.2):
            # libyaml takes no tab for a blank where a key may begin.
            self.put((" " if self.keys_may_begin() else self.blank()) + self.random.choice(["", *COMMENTS]))
        self.put("\n")
        self.lines_between(indent)
        self.put(" " * indent)

    def keys_may_begin(self) -> bool:
        """Say whether the last token is one behind which a block may begin on the same line."""
        return next(each for each in reversed(self.pieces) if each.strip(" ")) in {"-", "? ", ":"}

    def lines_between(self, indent: int) -> None:
        """Write a line that says nothing, or none."""
        if not self.quiet and self.often(0.15):
            comment = " " * self.random.randint(0, indent) + self.random.choice(COMMENTS)
            self.put(self.random.choice(["" if self.in_block_scalar else "  ", comment]) + "\n")
        self.quiet = self.in_block_scalar = False

    def tag_and_anchor(self, kind: str) -> tuple[str, str]:
        """Write a tag and an anchor, or one, or none; gives the tag as it is read, and the anchor."""
        tags = {
            "scalar": ["!Ref", "!Sub", "!GetAtt", "!!str", "!Foo", "!<!Ref>"],
            "mapping": ["!Transform", "!!map"],
            "sequence": ["!Join", "!Sub", "!!seq"],
        }
        tag = self.random.choice(tags[kind]) if self.often(0.15) else ""
        anchor = ""
        if self.often(0.2):
            anchor = f"a{len(self.anchors)}"
            self.anchors[anchor] = Place(0, 0, "", "")
        both = [each for each in (tag, anchor and f"&{anchor}") if each]
        self.random.shuffle(both)
        self.said(self.blank().join(both))
        return "" if tag.startswith("!!") else tag.removeprefix("!<").removesuffix(">"), anchor

    def anchored(self, anchor: str, place: Place) -> Place:
        """Note what an anchor stands for, which may be written again from now on."""
        if anchor:
            self.anchors[anchor] = place
            self.finished.append(anchor)
        return place

    def alias(self) -> Place | None:
        """Write an alias, where there is an anchor."""
        if not self.finished or not self.often(0.25):
            return None
        name = self.random.choice(self.finished)
        self.said(f"*{name}")
        return self.anchors[name]

    def nothing(self) -> Place:
        """Write no value: it would stand here."""
        return Place(self.at, self.at, "", "")

    def block(self, indent: int, depth: int, *, tabs: bool = False) -> Place:
        """Write a value behind `key:` or `-` of a collection that stands at an indent."""
        if self.often(0.1):
            return self.nothing()
        self.put(self.blank() if tabs else " ")
        found = self.alias()
        if found is not None:
            return found
        kind = self.random.choice(["scalar", "scalar", "mapping", "sequence", "flow"]) if depth else "scalar"
        if kind == "flow":
            return self.flow(depth, indent + 1)
        if kind == "scalar":
            return self.scalar(indent)
        start = self.at
        tag, anchor = self.tag_and_anchor(kind)
        alone = start == self.at
        deeper = indent + self.random.randint(1, 4)
        self.new_line(deeper)
        inner = self.block_mapping(deeper, depth - 1) if kind == "mapping" else self.block_sequence(deeper, depth - 1)
        return self.anchored(anchor, Place(inner.start if alone else start, inner.end, tag, inner.content))

    def block_sequence(self, indent: int, depth: int) -> Place:
        """Write a list from here on, at an indent."""
        start, items = self.at, []
        for number in range(self.random.randint(1, 4)):
            if number:
                self.new_line(indent)
            self.said("-")
            if depth and self.often(0.3):
                gap = self.random.randint(1, 3)
                self.put(" " * gap)
                inner = self.block_mapping if self.often(0.7) else self.block_sequence
                items.append(inner(indent + 1 + gap, depth - 1))
            else:
                items.append(self.block(indent, depth))
        return Place(start, self.end, "", items)

    def block_mapping(self, indent: int, depth: int) -> Place:
        """Write a mapping from here on, at an indent."""
        start = self.at
        own: dict[str, tuple[Place, Place]] = {}
        merged: dict[str, tuple[Place, Place]] = {}
        for number in range(self.random.randint(1, 4)):
            if number:
                self.new_line(indent)
            sources = [name for name in self.finished if isinstance(self.anchors[name].content, dict)]
            if sources and not merged and self.often(0.3):
                self.merge(sources, merged)
                continue
            explicit = self.often(0.1)
            self.said("? " if explicit else "")
            key = self.key(own)
            if explicit:
                self.new_line(indent)
            self.said(":" if explicit else self.random.choice([":", ":", " :"]))
            own[str(key.content)] = key, self.block(indent, depth, tabs=not explicit)
        return Place(start, self.end, "", merged | own)

    def merge(self, sources: list[str], merged: dict[str, tuple[Place, Place]]) -> None:
        """Write `<<`, and note what it adds."""
        names = self.random.sample(sources, self.random.randint(1, len(sources)))
        written = ", ".join(f"*{name}" for name in names)
        self.said(f"<<: {written}" if len(names) == 1 and self.often(0.7) else f"<<: [{written}]")
        for name in names:
            content = self.anchors[name].content
            assert isinstance(content, dict)
            for entry, both in content.items():
                merged.setdefault(entry, both)

    def key(self, taken: dict[str, tuple[Place, Place]]) -> Place:
        """Write a key that the mapping does not have."""
        start, word = self.at, self.random.choice([word for word in KEYS if word not in taken])
        self.quoted_or_plain(word, None)
        return Place(start, self.at, "", word)

    def flow(self, depth: int, indent: int) -> Place:
        """Write a mapping or list between brackets; all its lines stand at an indent or deeper."""
        kind = self.random.choice(["mapping", "sequence"])
        start = self.at
        tag, anchor = self.tag_and_anchor(kind)
        self.put(self.blank() if self.at > start else "")
        content = self.flow_mapping(depth, indent) if kind == "mapping" else self.flow_sequence(depth, indent)
        return self.anchored(anchor, Place(start, self.end, tag, content))

    def gap(self, indent: int) -> None:
        """Write what may separate two tokens between brackets."""
        if self.often(0.25):
            self.new_line(indent)
        self.put(self.random.choice(["", " ", "\t", " \t "]))

    def flow_value(self, depth: int, indent: int) -> Place:
        """Write a value between brackets."""
        found = self.alias()
        if found is not None:
            return found
        return self.flow(depth - 1, indent) if depth and self.often(0.3) else self.scalar(indent - 1, flow=True)

    def flow_sequence(self, depth: int, indent: int) -> list[Place]:
        """Write a list between brackets; its elements may be mappings of one key."""
        items = []
        self.put("[")
        for number in range(number_of := self.random.randint(0, 4)):
            self.gap(indent)
            if self.often(0.1):
                start = self.at
                key, value = self.flow_pair({}, depth, indent, broken=False)
                items.append(Place(start, self.end, "", {str(key.content): (key, value)}))
            else:
                items.append(self.flow_value(depth, indent))
            self.gap(indent)
            self.put("," if number < number_of - 1 or self.often(0.1) else "")
        self.gap(indent)
        self.said("]")
        return items

    def flow_mapping(self, depth: int, indent: int) -> dict[str, tuple[Place, Place]]:
        """Write a mapping between brackets."""
        fields: dict[str, tuple[Place, Place]] = {}
        self.put("{")
        for number in range(number_of := self.random.randint(0, 4)):
            self.gap(indent)
            key, value = self.flow_pair(fields, depth, indent)
            fields[str(key.content)] = key, value
            self.gap(indent)
            self.put("," if number < number_of - 1 or self.often(0.1) else "")
        self.gap(indent)
        self.said("}")
        return fields

    def flow_pair(
        self, taken: dict[str, tuple[Place, Place]], depth: int, indent: int, *, broken: bool = True
    ) -> tuple[Place, Place]:
        """Write a key and its value between brackets."""
        key = self.key(taken)
        self.said(":")
        self.put(self.blank())
        if broken:
            self.gap(indent)
        return key, self.flow_value(depth, indent)

    def scalar(self, indent: int, *, flow: bool = False) -> Place:
        """Write a text in some style; all its lines stand deeper than an indent."""
        word = self.random.choice(WORDS)
        start = self.at
        tag, anchor = self.tag_and_anchor("scalar")
        self.put(self.blank() if self.at > start else "")
        if not flow and LINES.fullmatch(word) and self.often(0.6):
            self.literal(word, indent)
        elif not flow and PARAGRAPHS.fullmatch(word) and self.often(0.5):
            self.folded(word, indent)
        else:
            self.quoted_or_plain(word, indent)
        return self.anchored(anchor, Place(start, self.end, tag, word))

    def quoted_or_plain(self, word: str, indent: int | None) -> None:
        """Write a text without a header; on one line without an indent."""
        styles: list[Callable[[str, int | None], str]] = [self.double]
        if PLAIN.fullmatch(word) and word != "<<":
            styles += [self.folding] * 3
        if ONE_LINE.fullmatch(word):
            styles.append(self.single)
        self.said(self.random.choice(styles)(word, indent))

    def single(self, word: str, indent: int | None) -> str:
        """Put a text between single quotation marks."""
        return "'" + self.folding(word.replace("'", "''"), indent) + "'"

    def folding(self, word: str, indent: int | None) -> str:
        """Break lines at some of the single blanks between words."""
        if indent is None:
            return word
        return re.sub(r"(?<=[^ ]) (?=[^ #])", lambda _: self.broken(indent) if self.often(0.1) else " ", word)

    def broken(self, indent: int) -> str:
        """Give a line end and the indent of the next line."""
        return "\n" + " " * (indent + self.random.randint(1, 3))

    def double(self, word: str, indent: int | None) -> str:
        """Put a text between double quotation marks."""
        pieces = []
        for letter in word:
            if indent is not None and letter not in " \t" and self.often(0.03):
                pieces.append("\\" + self.broken(indent))
            if letter in '"\\' or not (letter.isprintable() or letter == "\t") or self.often(0.05):
                code = ord(letter)
                pieces.append(
                    f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08x}"
                )
            else:
                pieces.append(letter)
        return '"' + "".join(pieces) + '"'

    def literal(self, word: str, indent: int) -> None:
        """Write a text line by line."""
        self.block_lines(self.header("|", word, indent), word.rstrip("\n").split("\n"), word)

    def folded(self, word: str, indent: int) -> None:
        """Write paragraphs, and break their lines."""
        deeper = self.header(">", word, indent)
        lines = self.folding(word.rstrip("\n").replace("\n", "\n\n"), 0).split("\n")
        self.block_lines(deeper, [line.lstrip(" ") for line in lines], word)

    def header(self, sign: str, word: str, indent: int) -> int:
        """Write the header of a block scalar; gives the indent of its lines."""
        by = self.random.randint(1, 4)
        told = str(by) if word.lstrip("\n").startswith((" ", "\t")) or self.often(0.1) else ""
        behind = len(word) - len(word.rstrip("\n"))
        chomp = "-" if not behind else "" if behind == 1 and self.often(0.7) else "+"
        self.said(sign + "".join(self.random.sample([told, chomp], 2)))
        self.put(" # header" if self.often(0.1) else "")
        self.quiet = chomp == "+"
        self.in_block_scalar = True
        return indent + by

    def block_lines(self, indent: int, lines: list[str], word: str) -> None:
        """Write the lines of a block scalar; blanks and lines behind its last word do not count."""
        for line in lines:
            self.put("\n" + (" " * indent + line.rstrip(" \t") if line else ""))
            if line.strip():
                self.end = self.at
            self.put(line[len(line.rstrip(" \t")) :])
        self.put("\n" * (len(word) - len(word.rstrip("\n")) - 1))
