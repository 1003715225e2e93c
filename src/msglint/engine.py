"""The only orchestra: read each file, judge it, hide what is suppressed, and hand over a report."""

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from msglint.finding import Failure, Finding, Question, Report, Skipped
from msglint.inputs import STANDARD_INPUT, Input, Links, beside, content, directory_of, inputs, is_binary_plan, links
from msglint.judge import Judged, Worlds, judge
from msglint.model.model import Model
from msglint.model.resource import ANY, Part
from msglint.options import Options
from msglint.readers.interface import NotATemplate
from msglint.readers.linking import Held
from msglint.readers.recognise import marked, read, read_configuration
from msglint.rules.index import RULES, Entry
from msglint.rules.interface import Rule, load
from msglint.source import Beside, Document, SourceError, Span, innermost
from msglint.suppress import Suppression, suppressions
from msglint.wording import failed, in_stacks, shared, without_secrets, worded

if TYPE_CHECKING:
    from msglint.relevance import Relevance

GARBAGE = 16 * 1024 * 1024
"""How many characters are judged until the memory of their trees is asked back, which is thirty times as much."""

_ENTRIES = {entry.code: entry for entry in RULES}
_NAMES = {name for entry in RULES for name in (entry.code, entry.name)}


def lint(paths: Sequence[str], options: Options) -> Report:
    """Judge files and directories; raises `MissingInputError` for what cannot be opened."""
    collecting = gc.isenabled()
    # What is being judged stays until the end of it: searching it for garbage would only cost time.
    gc.disable()
    try:
        found = list(inputs(paths))
        directories = [each for each in found if each.is_configuration]
        run = Run(options, beside=bool(directories))
        run.files([each for each in found if not each.is_configuration])
        # Last: what a plan of this run was made of is judged with the plan.
        run.configurations(directories)
        return run.report()
    finally:
        if collecting:
            gc.enable()


def lint_text(name: str, data: bytes, options: Options, directory: str | None = None) -> Report:
    """Judge one file that is at hand; the files that it names are read below a directory, where one is given."""
    run = Run(options)
    run.text(name, data, Beside(directory_of(name), directory, directory) if directory is not None else None)
    return run.report()


class Run:
    """The judgement of some files, one after the other."""

    def __init__(self, options: Options, *, beside: bool = False) -> None:
        """`beside`: there are Terraform configurations among the files, of which these may be the plans."""
        self._options = options
        self._beside = beside
        self._findings: list[Finding] = []
        self._questions: dict[tuple[str, str, str], bool | None] = {}
        self._files: list[str] = []
        self._unparsed = 0
        self._taken = False
        self._relevance: Relevance | None = None
        self._skipped: list[Skipped] = []
        self._suppressed = 0
        self._idle: dict[object, Suppression] = {}
        self._used: set[object] = set()
        self._notices: list[str] = []
        self._planned: set[str] = set()
        self._declared: set[str] = set()
        self._words: set[str] = set()
        self._texts: dict[str, Document] = {}
        self._secret: dict[str, set[Span]] = {}
        self._confidential: dict[str, set[str]] = {}
        self._broken: set[str] = set()
        self._rules: dict[str, Rule] = {}
        self._wanted = [entry for entry in RULES if options.wants(entry.code, entry.name)]
        self._ran = {name for entry in self._wanted for name in (entry.code, entry.name)}

    def files(self, files: Sequence[Input]) -> None:
        """Read and judge files; templates that name one another are judged together, when all have been read."""
        assumptions = self._options.assumptions
        placed = assumptions.account is not None and assumptions.region is not None
        linked = links(files) if self._options.link and len(files) > 1 else Links()
        self._taken = linked.taken
        held = Held(taken=linked.taken, placed=placed and len(files) > 1)
        done = 0
        # What others nest comes after these.
        for each in sorted(files, key=lambda each: each.name not in linked.nesting):
            if held.nests(each.name):
                continue
            name = "<stdin>" if each.name == STANDARD_INPUT else each.name
            # Nothing here holds on to the bytes, which may be many.
            part = self._read(name, self._bytes(each, name), beside(each), whole=each.named or placed)
            if part is not None and not (self._options.link and held.take(part)):
                self._judge_read(part)
                done += len(part.document.text)
            del part  # and nothing to a tree that has been judged
            if done > GARBAGE:
                gc.collect()
                done = 0
        systems = held.linked()
        for fault in systems.faults:
            self._unreadable(fault.place.document.name, fault)
        for parts in systems.systems:
            self._judge(parts)

    def text(self, name: str, data: bytes, files: Beside | None = None) -> None:
        """Judge one text, and what it says through the files that it names."""
        self._judge_read(self._read(name, data, files, whole=True))

    def _bytes(self, each: Input, name: str) -> bytes | None:
        data = content(each)
        if data is None:
            self._skipped.append(Skipped(each.name, "no regular file"))
        return self._converted(each, name) if data is not None and is_binary_plan(data) else data

    def _converted(self, each: Input, name: str) -> bytes | None:
        """Give a plan that only its programme can read as JSON."""
        if self._options.assumptions.configuration.binary is None and not each.named:
            self._skipped.append(Skipped(name, "a binary plan"))
            return None
        from msglint.readers.terraform.binary import converted  # noqa: PLC0415  # few plans are binary

        try:
            return converted(name, each.name, self._options.assumptions.configuration)
        except SourceError as error:
            self._unreadable(name, error)
            return None

    def _read(self, name: str, data: bytes | None, files: Beside | None, *, whole: bool) -> Part | None:
        if data is None:
            return None
        try:
            document = Document.from_bytes(name, data, files)
            if not whole and self._is_irrelevant(document.text):
                self._files.append(name)
                self._unparsed += 1
                return None
            part = read(document, self._options.assumptions)
        except NotATemplate:
            self._skipped.append(Skipped(name, "no template"))
            return None
        except SourceError as error:
            if marked(data):
                self._unreadable(name, error)
            else:
                self._skipped.append(Skipped(name, "no template"))
            return None
        self._files.append(name)
        return part

    def _is_irrelevant(self, text: str) -> bool:
        """Say whether a text is a template of which nothing would be asked."""
        if self._relevance is None:
            from msglint.relevance import Relevance  # noqa: PLC0415  # only where a directory is searched

            self._relevance = Relevance(self._wanted)
        return self._relevance.passes_over(text, taken=self._taken)

    def _judge_read(self, part: Part | None) -> None:
        if part is not None:
            if self._beside:
                self._planned.update(part.directories())
            self._judge([part])

    def configurations(self, directories: Sequence[Input]) -> None:
        """Judge Terraform configurations, save those of plans of this run and those that others call as modules."""
        if not directories:
            return
        from msglint.readers.terraform.sources.roots import roots  # noqa: PLC0415  # only where there are any

        named = [(each.name, each.root) for each in directories]
        # A plan knows its variables, and nobody asks which.
        given = [] if self._planned else [each.variable for each in self._options.assumptions.configuration.settings]
        for sources in roots(named, self._options.assumptions, self._planned):
            self._files.append(sources.files.shown)
            root = sources.module(())
            if root is not None:
                given = [name for name in given if name not in root.variables]
                # What cannot be read is among the faults.
                with suppress(SourceError):
                    self._judge([read_configuration(sources, self._options.assumptions)])
            for fault in sources.faults:
                self._broken.add(fault.place.document.name)
                self._say("MSG001", fault)
        misspelt = (name for name in given if name is not None)
        self._notices += [f"no configuration of this run declares the variable {name} of --var" for name in misspelt]

    def _unreadable(self, name: str, error: SourceError) -> None:
        self._files.append(name)
        self._broken |= {name, error.place.document.name}
        self._say("MSG001", error)

    def _judge(self, parts: Sequence[Part]) -> None:
        """Judge parts that are one system."""
        nested = dict.fromkeys(part.document.name for part in parts if part.stack)
        self._files += [name for name in nested if name not in self._files]
        # What is passed to a nested stack the user does not give.
        self._declared.update(name for part in parts if not part.stack for name in part.parameters())
        worlds = Worlds(Model(parts))
        before = len(self._findings)
        self._words = set()
        found = [(part, self._ask_all(part, worlds)) for part in parts]
        self._findings += shared(in_stacks([(part, self._unhidden(part, said)) for part, said in found]))
        # By now all has been read that anybody wanted to know.
        self._notices += [notice for part in parts for notice in part.notices()]
        said = (*(finding for _, of in found for finding in of), *self._findings[before:])
        if said:
            for part in parts:
                self._look_for_secrets(part, worlds)
            self._keep_secret(parts, (finding.file for finding in said))

    def _ask_all(self, part: Part, worlds: Worlds) -> Sequence[Finding]:
        """Ask rules of all that a part has."""
        found: list[Finding] = []
        for entry in self._wanted:
            for subject in _subjects(entry, part):
                found += self._ask(entry, subject, part, worlds)
        return found

    def _unhidden(self, part: Part, found: Sequence[Finding]) -> Sequence[Finding]:
        """Give the findings that nothing in their part hides.

        Before findings are shared: one resource's suppression must not hide another's fault.
        """
        hidden = suppressions(part)
        shown: list[Finding] = []
        for finding in found:
            hiding = [each for each in hidden if each.hides(finding)]
            self._used.update(each.key for each in hiding)
            if hiding:
                self._suppressed += 1
            else:
                shown.append(finding)
        self._note_idle(hidden)
        return shown

    def _keep_secret(self, parts: Sequence[Part], files: Iterable[str]) -> None:
        """Note what no report may show of the files that were spoken of: secrets flow from one into another."""
        words = self._words.union(*(part.confidential() for part in parts))
        for name in {*files, *(part.document.name for part in parts)}:
            self._confidential.setdefault(name, set()).update(words)
        for place in (innermost(place) for part in parts for place in part.unshown()):
            self._secret.setdefault(place.document.name, set()).add(place.span)

    def _look_for_secrets(self, part: Part, worlds: Worlds) -> None:
        """Find out what no report may show by the rules that know, whether or not the user asked for them."""
        for entry in RULES:
            if entry.module.startswith("credentials.") and entry.code not in self._ran:
                for subject in _subjects(entry, part):
                    # What fails here would be no news: nobody asked for the rule.
                    with suppress(Exception):
                        self._hide(judge(self._rule(entry), (part.key, subject), worlds))

    def _hide(self, judged: Iterable[Judged]) -> None:
        for each in judged:
            self._words.update(each.candidate.words)
            for place in map(innermost, each.candidate.secret):
                self._secret.setdefault(place.document.name, set()).add(place.span)
                # It may be written elsewhere too, or stand in the message of another rule.
                self._words.add(place.document.slice(place.span).strip("\"'\\"))

    def _ask(self, entry: Entry, subject: str, part: Part, worlds: Worlds) -> Iterator[Finding]:
        """Ask one rule of one resource; a rule that fails is a finding, and the rest still runs."""
        record = part.record(subject)
        asked = subject if record is None else record.author
        try:
            rule = self._rule(entry)
            judged = judge(rule, (part.key, subject), worlds)
            self._hide(judged)
            answers = [worded(rule, each, asked) for each in judged if not each.candidate.when.is_no]
        except Exception as error:  # noqa: BLE001  # whatever a rule raises must not end the run
            if record is not None:
                self._say("MSG002", entry.code, entry.name, record, error)
            return
        key = (entry.code, part.document.name, asked)
        # What SAM makes of one resource is one question.
        before = self._questions.get(key, False)
        faults = [before, *(True if finding.decided else None for finding in answers)]
        self._questions[key] = True if True in faults else None if None in faults else False
        for each in judged:
            if not each.candidate.when.is_no:
                document = each.candidate.at.document
                self._texts[document.name] = document
        yield from answers

    def _rule(self, entry: Entry) -> Rule:
        found = self._rules.get(entry.code)
        if found is None:
            found = self._rules[entry.code] = load(entry.module, entry.name)
        return found

    def _say(self, code: str, *about: object) -> None:
        """Report what msglint itself could not do, in the words of its rule."""
        entry = _ENTRIES[code]
        if not self._options.wants(entry.code, entry.name):
            return
        rule = self._rule(entry)
        failure: Failure
        for failure in rule.check(*about):
            self._texts[failure.at.document.name] = failure.at.document
            self._findings.append(failed(rule, failure))

    def _note_idle(self, hidden: Iterable[Suppression]) -> None:
        """Note the suppressions that might have hidden something; another plan of the same files may need them."""
        for each in hidden:
            rule = each.rule.upper() if each.rule.upper() in _NAMES else each.rule
            nothing = each.begun is not None and not each.begun.ids
            if (rule in self._ran or rule not in _NAMES) and not nothing:
                self._idle[each.key] = each

    def _say_unused(self) -> None:
        for key, each in self._idle.items():
            if key not in self._used:
                self._say("MSG003", each.rule, each.rule in _NAMES or each.rule.upper() in _NAMES, each.at)
        self._idle = {}

    def _note_misspelt(self) -> None:
        """Note the parameters with a given value that no template declares, where all that there is was read."""
        misspelt = [] if self._broken else [*self._options.assumptions.parameters.keys() - self._declared]
        if not misspelt:
            return
        from difflib import get_close_matches  # noqa: PLC0415  # only for who has misspelt one

        for name in sorted(misspelt):
            near = "".join(f"; did you mean {each}?" for each in get_close_matches(name, sorted(self._declared), 1))
            self._notices.append(f"no template of this run declares the parameter {name}, which is given a value{near}")

    def report(self) -> Report:
        """Give the result of all that was judged."""
        self._say_unused()
        self._note_misspelt()
        findings = self._scrubbed() if self._findings else []
        ordered = sorted(findings, key=lambda finding: finding.order)
        return Report(
            findings=tuple(finding for finding in ordered if finding.decided),
            undecided=tuple(finding for finding in ordered if not finding.decided),
            questions=tuple(Question(*asked, fault) for asked, fault in self._questions.items()),
            files=tuple(self._files),
            skipped=tuple(self._skipped),
            unparsed=self._unparsed,
            suppressed=self._suppressed,
            texts=self._shown(findings),
            notices=tuple(dict.fromkeys(self._notices)),
        )

    def _scrubbed(self) -> list[Finding]:
        from msglint.reports.redaction import Secrets  # noqa: PLC0415  # a clean run says nothing

        hidden = {name: Secrets(texts) for name, texts in self._confidential.items()}
        none = Secrets()
        return [without_secrets(each, hidden.get(each.file, none)) for each in self._findings]

    def _shown(self, findings: Sequence[Finding]) -> dict[str, tuple[str, ...]]:
        """Give the lines of the files that reports may show."""
        if not findings:
            return {}
        from msglint.reports.redaction import lines_shown  # noqa: PLC0415  # a clean run shows none

        places: dict[str, set[Span]] = {}
        for finding in findings:
            places.setdefault(finding.file, set()).add(finding.span)
            for each in (*finding.related, *finding.reasons):
                places.setdefault(each.file, set()).add(each.span)
        return {
            name: lines_shown(
                document,
                places.get(name, ()),
                self._secret.get(name, ()),
                self._confidential.get(name, ()),
                broken=name in self._broken,
            )
            for name, document in self._texts.items()
        }


def _subjects(entry: Entry, part: Part) -> Iterator[str]:
    """Give the resources that a rule is asked of: all of its kinds, where some need properties those that have one.

    Those that a transform adds by itself are not among them.
    """
    types = part.types()
    for kind in entry.kinds:
        ids = part.holding() if kind == ANY else types.get(kind, ())
        needed = [name for of, name in entry.given if of == kind] if ids else ()
        for id_ in ids:
            if needed and not any(part.writes(id_, name) for name in needed):
                continue
            record = part.record(id_)
            if record is not None and record.asked and (kind != ANY or record.type not in entry.kinds):
                yield id_


def fails(report: Report, options: Options) -> bool:
    """Say whether a report fails the run."""
    if any(finding.severity.rank <= options.fail_on.rank for finding in report.findings):
        return True
    return options.strict and bool(report.undecided)
