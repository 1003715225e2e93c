"""The only orchestra: read each file, judge it, hide what is suppressed, and hand over a report."""

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import NamedTuple

from msglint.clock import Clock, TimeUp
from msglint.finding import Entry, Failure, Finding, Question, Report, Scope, fault
from msglint.inputs import Input, Links, directory_of, inputs, links
from msglint.judge import Judged, Worlds, judge, subjects
from msglint.model.model import Model
from msglint.model.resource import Part, Resource
from msglint.options import Excepted, Options, misspelt, named
from msglint.readers.interface import Assumptions
from msglint.readers.linking import Held, Linked
from msglint.readers.recognise import read_configuration
from msglint.reading import Reading
from msglint.rules.index import RULES
from msglint.rules.interface import Rule, load
from msglint.secrecy import Secrecy
from msglint.source import Beside, Document, SourceError
from msglint.suppress import Suppressions
from msglint.wording import failed, in_stacks, shared, worded

GARBAGE = 16 * 1024 * 1024
"""How many characters are judged until the memory of their trees is asked back, which is thirty times as much."""

READ = 0.1
"""How much of a file is done when it has been read and not judged."""

Told = Callable[[float, int], None]
"""Is told how many files of a run are done, with parts of them, and of how many."""

_OF_DELIVERY = ("delivery.",)
_OF_USE = ("consuming.", "durability.")
"""The modules of rules that are asked of what is deployed too, for whoever sends there or polls it."""
_ENTRIES = {entry.code: entry for entry in RULES}


def lint(paths: Sequence[str], options: Options, told: Told | None = None) -> Report:
    """Judge files and directories; raises `MissingInputError` for what was named and cannot be opened."""
    collecting = gc.isenabled()
    # What is being judged stays until the end of it: searching it for garbage would only cost time.
    gc.disable()
    try:
        found = list(inputs(paths, options.passing))
        directories = [each for each in found if each.is_configuration]
        pace = Pace(len(found), told)
        run = Run(options, beside=bool(directories), pace=pace)
        run.files([each for each in found if not each.is_configuration])
        # Last: what a plan of this run was made of is judged with the plan.
        run.configurations(directories)
        pace.add(len(found))  # modules that others call are done with these
        return run.report()
    finally:
        if collecting:
            gc.enable()


def lint_text(name: str, data: bytes, options: Options, directory: str | None = None) -> Report:
    """Judge one file that is at hand; the files that it names are read below a directory, where one is given."""
    run = Run(options)
    run.text(name, data, Beside(directory_of(name), directory, directory) if directory is not None else None)
    return run.report()


class Pace:
    """How far a run has come: a Terraform configuration is one file here."""

    def __init__(self, files: int = 0, told: Told | None = None) -> None:
        self._files = files
        self._told = told
        self._done = 0.0

    def add(self, files: float) -> None:
        """Note that more of the files is done."""
        self._done += files
        if self._told is not None:
            self._told(min(self._done, self._files), self._files)


class Asked(NamedTuple):
    """What is asked of the files that one configuration is nearest to."""

    options: Options
    wanted: Sequence[Entry]
    names: frozenset[str]
    """The codes and names of these rules."""


class Run:
    """The judgement of some files, one after the other."""

    def __init__(self, options: Options, *, beside: bool = False, pace: Pace | None = None) -> None:
        """`beside`: there are Terraform configurations among the files, of which these may be the plans."""
        self._options = options
        self._pace = pace or Pace()
        self._beside = beside
        self._findings: list[Finding] = []
        self._questions: dict[tuple[str, str, str], bool | None] = {}
        self._notices: list[str] = []
        self._planned: set[str] = set()
        self._declared: set[str] = set()
        self._passed: set[str] = set()
        self._modules: dict[str, tuple[str, ...]] = {}
        self._failed: set[tuple[str, str]] = set()
        self._texts: dict[str, Document] = {}
        self._secrecy = Secrecy()
        self._rules: dict[str, Rule] = {}
        self._deployed: frozenset[str] = frozenset()
        """The names of what was looked up, and no file holds."""
        self._asked: dict[int, Asked] = {}
        self._reading = Reading(options)
        self._clock = Clock()
        self._suppressions = Suppressions(_called((*RULES, *options.own)))

    def files(self, files: Sequence[Input]) -> None:
        """Read and judge files; templates that name one another are judged together, when all have been read."""
        placed = any(self._options.of(each.name).assumptions.placed for each in files)
        linked = links(files) if self._options.link and len(files) > 1 else Links()
        held = Held(taken=linked.taken, placed=placed and len(files) > 1)
        done = 0
        waiting: list[str] = []
        # What others nest comes after these.
        for each in sorted(files, key=lambda each: each.name not in linked.nesting):
            if held.nests(each.name):
                self._pace.add(1)
                continue
            with self._timed([each.shown]):
                part = self._reading.file(each, whole=each.named or placed, taken=linked.taken)
                self._pace.add(1 if part is None else READ)
                if part is not None and self._options.link and held.take(part):
                    waiting.append(each.shown)
                elif part is not None:
                    self._judge_read(part)
                    done += len(part.document.text)
                del part  # and nothing to a tree that has been judged
            self._say_faults()
            if done > GARBAGE:
                gc.collect()
                done = 0
        systems = Linked()
        with self._timed(waiting):
            systems = held.linked()
        for unread in systems.faults:
            self._reading.unreadable(unread.place.document.name, unread)
        self._say_faults()
        for parts in systems.systems:
            with self._timed([*dict.fromkeys(part.document.name for part in parts)]):
                self._judge(parts, (1 - READ) * len(waiting) / len(systems.systems))
            self._say_faults()

    def text(self, name: str, data: bytes, files: Beside | None = None) -> None:
        """Judge one text, and what it says through the files that it names."""
        with self._timed([name]):
            self._judge_read(self._reading.text(name, data, files))
        self._say_faults()

    @contextmanager
    def _timed(self, files: Sequence[str]) -> Iterator[None]:
        """Give what is done the time of these files; where it takes longer, none of them has been judged."""
        seconds = sum(self._options.of(file).timeout for file in files)
        before = len(self._findings)
        try:
            with self._clock.within(seconds):
                yield
        except TimeUp:
            # What is not known of a file in full is not told: its secrets may not be known either.
            del self._findings[before:]
            for question in [each for each in self._questions if each[1] in files]:
                del self._questions[question]
            for file in files:
                self._reading.late(file, seconds)

    def _judge_read(self, part: Part | None) -> None:
        if part is not None:
            if self._beside:
                self._planned.update(part.directories())
            self._judge([part])

    def _of(self, file: str) -> Asked:
        """Give what is asked of a file."""
        return self._by(self._options.of(file))

    def _by(self, options: Options) -> Asked:
        found = self._asked.get(id(options))
        if found is None:
            wanted = [entry for entry in (*RULES, *options.own) if options.wants(entry.code, entry.name)]
            found = self._asked[id(options)] = Asked(options, wanted, _called(wanted))
        return found

    def configurations(self, directories: Sequence[Input]) -> None:
        """Judge Terraform configurations, save those of plans of this run and those that others call as modules."""
        if not directories:
            return
        from msglint.readers.terraform.sources.roots import roots  # noqa: PLC0415  # only where there are any

        named = [(each.name, each.root) for each in directories]
        # A plan knows its variables, and nobody asks which.
        given = [] if self._planned else [each.variable for each in self._options.assumptions.configuration.settings]
        for sources in roots(named, self._assumptions, self._planned):
            self._reading.files.append(sources.files.shown)
            self._pace.add(READ)
            with self._timed([sources.files.shown]):
                root = sources.module(())
                if root is not None:
                    given = [name for name in given if name not in root.variables]
                    # What cannot be read is among the faults.
                    with suppress(SourceError):
                        self._judge([read_configuration(sources, self._assumptions(sources.files.shown))])
            self._reading.faults += sources.faults
            self._reading.broken.update(fault.place.document.name for fault in sources.faults)
            if sources.faults:
                self._reading.broken.add(sources.files.shown)
            self._say_faults()
        unknown = (name for name in given if name is not None)
        self._notices += [f"no configuration of this run declares the variable {name} of --var" for name in unknown]

    def _judge(self, parts: Sequence[Part], files: float = 1 - READ) -> None:
        """Judge parts that are one system; `files`: how many are done then."""
        nested = dict.fromkeys(part.document.name for part in parts if part.stack)
        self._reading.files += [name for name in nested if name not in self._reading.files]
        # What is passed to a nested stack the user does not give.
        for part in parts:
            (self._passed if part.stack else self._declared).update(part.parameters())
            if modules := tuple(part.directories()):
                self._modules[part.document.name] = modules
        deployed = self._options.deployed(parts) if self._options.deployed is not None else ()
        self._deployed = frozenset(part.document.name for part in deployed)
        worlds = Worlds(Model((*parts, *deployed)))
        before = len(self._findings)
        self._secrecy.begin()
        found = [(part, [*self._ask_all(part, worlds, files / len(parts))]) for part in parts]
        for part, finding in (told for there in deployed for told in self._ask_deployed(there, parts, worlds)):
            next(of for each, of in found if each.key == part.key).append(finding)
        if self._options.wished is not None:
            self._options.wished(parts[0].document.name, worlds.under(()).followed)
        # Hidden before findings are shared: one resource's suppression must not hide another's fault.
        self._findings += shared(in_stacks([(part, self._shown(part, said)) for part, said in found]))
        # By now all has been read that anybody wanted to know.
        self._notices += [notice for part in parts for notice in part.notices()]
        said = (*(finding for _, of in found for finding in of), *self._findings[before:])
        if said:
            for part in parts:
                # Whether or not the user asked for the rules that know.
                self._secrecy.look(part, worlds, self._rule, self._of(part.document.name).names)
            self._secrecy.keep(parts, (finding.file for finding in said))

    def _shown(self, part: Part, found: Sequence[Finding]) -> Sequence[Finding]:
        """Give the findings of a part that the user wants to see, as bad as they are to them."""
        options, _, names = self._of(part.document.name)
        if options.per_path:
            found = [finding for finding in found if not options.passes_over(finding)]
        return self._suppressions.shown(part, found, options, names)

    def _assumptions(self, file: str) -> Assumptions:
        return self._options.of(file).assumptions

    def _ask_all(self, part: Part, worlds: Worlds, files: float) -> Sequence[Finding]:
        """Ask rules of all that a part has."""
        found: list[Finding] = []
        asked = [(entry, list(subjects(entry, part))) for entry in self._of(part.document.name).wanted]
        questions = sum(len(of) for _, of in asked)
        for entry, of in asked:
            for subject in of:
                self._clock.look()
                found += self._ask(entry, subject, part, worlds)
                self._pace.add(files / questions)
        return found

    def _ask(self, entry: Entry, subject: str, part: Part, worlds: Worlds) -> Iterator[Finding]:
        """Ask one rule of one resource; a rule that fails is a finding, and the rest still runs."""
        record = part.record(subject)
        asked = subject if record is None else record.author
        try:
            judged = judge(self._rule(entry), (part.key, subject), worlds)
            if self._deployed and record is not None:
                judged = [each.told_at(record.at, self._deployed) for each in judged]
            self._secrecy.add(judged)
            answers = self._answers(entry, judged, asked, part)
        except Exception as error:  # noqa: BLE001  # whatever a rule raises must not end the run
            self._failed.add((entry.code, part.document.name))
            if record is not None:
                self._say("MSG002", entry.code, entry.name, record, error)
            return
        self._count(entry, part, asked, answers)
        yield from answers

    def _answers(self, entry: Entry, judged: Iterable[Judged], asked: str, part: Part) -> Sequence[Finding]:
        """Give what is found or cannot be told, in the user's words."""
        severity = self._of(part.document.name).options.severity(entry.code, entry.name)
        said = [each for each in judged if not each.candidate.when.is_no]
        answers = [worded(self._rule(entry), each, asked, severity) for each in said]
        for each in said:
            document = each.candidate.at.document
            self._texts[document.name] = document
        return answers

    def _count(self, entry: Entry, part: Part, asked: str, answers: Iterable[Finding]) -> None:
        """Count a question and its answers."""
        key = (entry.code, part.document.name, asked)
        # What SAM makes of one resource is one question.
        before = self._questions.get(key, False)
        faults = [before, *(True if finding.decided else None for finding in answers)]
        self._questions[key] = True if True in faults else None if None in faults else False

    def _ask_deployed(self, there: Part, parts: Sequence[Part], worlds: Worlds) -> Iterator[tuple[Part, Finding]]:
        """Ask of what is deployed what bears on the user's use of it: what is told stands where that is written."""
        # Who uses what a deployed stack has made is looked up, and then that stack is told.
        modules = _OF_DELIVERY if any(part.live for part in parts) else (*_OF_DELIVERY, *_OF_USE)
        for entry in self._of(parts[0].document.name).wanted:
            for subject in subjects(entry, there) if entry.module.startswith(modules) else ():
                self._clock.look()
                try:
                    judged = judge(self._rule(entry), (there.key, subject), worlds)
                    using = self._using(there, subject, parts) if entry.module.startswith(_OF_DELIVERY) else None
                    moved = [told for each in judged if (told := each.told_by_user(self._deployed, using)) is not None]
                    self._secrecy.add(moved)
                    for each in moved:
                        record = each.candidate.resource.record
                        answers = self._answers(entry, [each], record.author, record.part)
                        self._count(entry, record.part, record.author, answers)
                        yield from ((record.part, finding) for finding in answers)
                except Exception as error:  # noqa: BLE001  # as above
                    self._failed.add((entry.code, parts[0].document.name))
                    self._notices.append(f"{entry.code} failed for {there.document.name}: {fault(error)}")

    def _using(self, there: Part, id_: str, parts: Sequence[Part]) -> Resource | None:
        """Give something of the user's that names what is deployed."""
        for mention in there.mentions(id_):
            part = next((each for each in parts if mention.path and each.key == mention.by[0]), None)
            record = part.record(mention.by[1]) if part is not None else None
            if record is not None:
                return Resource(record)
        return None

    def _rule(self, entry: Entry) -> Rule:
        found = self._rules.get(entry.code)
        if found is None:
            found = self._rules[entry.code] = load(entry)
        return found

    def _say_faults(self) -> None:
        """Say why files cannot be read, and hold on to nothing that was read of them."""
        while self._reading.faults:
            self._say("MSG001", self._reading.faults.pop(0))

    def _say(self, code: str, *about: object) -> None:
        """Report what msglint itself could not do, in the words of its rule."""
        entry = _ENTRIES[code]
        rule = self._rule(entry)
        failure: Failure
        for failure in rule.check(*about):
            options = self._options.of(failure.at.document.name)
            finding = failed(rule, failure, options.severity(entry.code, entry.name))
            if options.wants(entry.code, entry.name) and not options.passes_over(finding):
                self._texts[failure.at.document.name] = failure.at.document
                self._findings.append(finding)

    def _note_misspelt(self) -> None:
        """Note the parameters with a given value that no template declares, where all that there is was read."""
        unknown = [] if self._reading.broken else [*self._options.given - self._declared]
        for name in sorted(unknown):
            near = misspelt(name, sorted(self._declared))
            declares = "only a nested template" if name in self._passed else "no template of this run"
            self._notices.append(f"{declares} declares the parameter {name}, which is given a value{near}")

    def _exceptions(self) -> Iterator[Excepted]:
        """Give the exceptions for rules that were all asked."""
        for options, _, names in self._asked.values():
            for each in options.exceptions if options.suppressing else ():
                meant = (one for one in (*RULES, *options.own) if named(one.code, one.name, (each.rule,)))
                if all(one.code in names for one in meant):
                    yield each

    def report(self) -> Report:
        """Give the result of all that was judged."""
        for idle in self._suppressions.unused([*self._exceptions()]):
            self._say("MSG003", *idle)
        self._note_misspelt()
        findings = self._secrecy.scrubbed(self._findings)
        ordered = sorted(findings, key=lambda finding: finding.order)
        return Report(
            findings=tuple(finding for finding in ordered if finding.decided),
            undecided=tuple(finding for finding in ordered if not finding.decided),
            questions=tuple(Question(*asked, fault) for asked, fault in self._questions.items()),
            files=tuple(self._reading.files),
            skipped=tuple(self._reading.skipped),
            unparsed=self._reading.unparsed,
            suppressed=self._suppressions.hidden,
            excepted=self._suppressions.excepted,
            texts=self._secrecy.lines(self._texts, findings, self._reading.broken),
            notices=tuple(dict.fromkeys(self._notices)),
            scope=Scope(
                {name: self._of(name).names for name in self._reading.files if name not in self._reading.broken},
                frozenset(self._failed),
                self._modules,
                self._by(self._options).names,
            ),
        )


def _called(entries: Iterable[Entry]) -> frozenset[str]:
    """Give the codes and names of rules."""
    return frozenset(name for entry in entries for name in (entry.code, entry.name))


def fails(report: Report, options: Options) -> bool:
    """Say whether a report fails the run."""
    return any(map(options.fails, (*report.findings, *report.undecided)))
