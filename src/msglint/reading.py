"""What a run reads: each file as a part of the Model, or why it is none."""

from typing import TYPE_CHECKING

from msglint.finding import Skipped
from msglint.inputs import Input, beside, content, is_binary_plan
from msglint.model.resource import Part
from msglint.options import Options
from msglint.readers.interface import NotATemplate
from msglint.readers.recognise import marked, read
from msglint.rules.index import RULES
from msglint.source import Beside, Document, SourceError, beyond

if TYPE_CHECKING:
    from msglint.relevance import Relevance


class Reading:
    """Reads files, and notes which of them were templates or plans."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._relevances: dict[tuple[tuple[str, ...], tuple[str, ...]], Relevance] = {}
        self.files: list[str] = []
        """Templates, plans and configurations, also those that cannot be read."""
        self.skipped: list[Skipped] = []
        self.unparsed = 0
        """How many of the files are templates of which nothing would be asked."""
        self.faults: list[SourceError] = []
        """Why some files, or some that they name, cannot be read, until that is said."""
        self.broken: set[str] = set()
        """The names of all that cannot be read."""

    def unreadable(self, name: str, error: SourceError) -> None:
        """Note that a file should be a part and cannot be read, or another that it names."""
        self.files.append(name)
        self.faults.append(error)
        self.broken |= {name, error.place.document.name}

    def late(self, name: str, seconds: float) -> None:
        """Note that a file was given up, since it and those that are judged with it take longer than that."""
        if name in self.files:
            self.files.remove(name)
        place = Document(name, "").spot(0, 0)
        self.unreadable(name, beyond("timeout-per-file", f"it takes longer than {seconds:g} seconds", place))

    def file(self, each: Input, *, whole: bool, taken: bool) -> Part | None:
        """Read a file; None where it is no part, or a template of which nothing would be asked, unless it is `whole`.

        `taken`: some template may take what others hand out.
        """
        # Nothing here holds on to the bytes, which may be many.
        return self._part(each.shown, self._bytes(each, each.shown), beside(each), taken=None if whole else taken)

    def text(self, name: str, data: bytes, files: Beside | None) -> Part | None:
        """Read a text that is at hand, with the files that it names; None where it is no part."""
        return self._part(name, data, files, taken=None)

    def _bytes(self, each: Input, name: str) -> bytes | None:
        """Give what a file holds; one that was found and cannot be read is a fault."""
        try:
            if each.fault:
                raise OSError(f"a directory that cannot be searched: {each.fault}")  # noqa: TRY301
            data = content(each)
        except OSError as error:
            if isinstance(error, FileNotFoundError):
                self.skipped.append(Skipped(name, "not there any more"))
            else:
                self.unreadable(name, SourceError(error.strerror or str(error), Document(name, "").spot(0, 0)))
            return None
        if data is None:
            self.skipped.append(Skipped(each.name, "no regular file"))
        return self._converted(each, name) if data is not None and is_binary_plan(data) else data

    def _converted(self, each: Input, name: str) -> bytes | None:
        """Give a plan that only its programme can read as JSON."""
        configuration = self._options.of(name).assumptions.configuration
        if configuration.binary is None and not each.named:
            self.skipped.append(Skipped(name, "a binary plan"))
            return None
        from msglint.readers.terraform.binary import converted  # noqa: PLC0415  # few plans are binary

        try:
            return converted(name, each.name, configuration)
        except SourceError as error:
            self.unreadable(name, error)
            return None

    def _part(self, name: str, data: bytes | None, files: Beside | None, *, taken: bool | None) -> Part | None:
        """Read a text; `taken` is None where it is read whoever asks."""
        if data is None:
            return None
        try:
            document = Document.from_bytes(name, data, files)
            if taken is not None and self._is_irrelevant(document, taken=taken):
                self.files.append(name)
                self.unparsed += 1
                return None
            part = read(document, self._options.of(name).assumptions)
        except NotATemplate:
            self.skipped.append(Skipped(name, "no template"))
            return None
        except SourceError as error:
            if marked(data):
                self.unreadable(name, error)
            else:
                self.skipped.append(Skipped(name, "no template"))
            return None
        self.files.append(name)
        return part

    def _is_irrelevant(self, document: Document, *, taken: bool) -> bool:
        """Say whether a text is a template of which nothing would be asked."""
        options = self._options.of(document.name)
        # All configurations of a run know the same rules.
        chosen = (options.select, options.ignore)
        relevance = self._relevances.get(chosen)
        if relevance is None:
            from msglint.relevance import Relevance  # noqa: PLC0415  # only where a directory is searched

            relevance = Relevance(entry for entry in (*RULES, *options.own) if options.wants(entry.code, entry.name))
            self._relevances[chosen] = relevance
        return relevance.passes_over(document.text, taken=taken)
