"""What a run says: candidates from rules, findings and questions for reports. Plain data."""

import enum
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from msglint.model.resource import Construct, Language, Resource
from msglint.source import Place, Span
from msglint.verdict import Doubt, Lookup, Verdict


class Severity(enum.Enum):
    """How bad a fault is."""

    ERROR = "error"
    """Messages are lost, the deployment fails, or a secret is in the open."""
    WARNING = "warning"
    """Somebody else can use it, or work is lost or repeated under normal faults."""
    INFO = "info"
    """A production default worth setting."""

    @property
    def rank(self) -> int:
        """Order severities: the worst has the lowest rank."""
        return list(Severity).index(self)


class Entry(NamedTuple):
    """One rule, before its module is loaded."""

    code: str
    name: str
    module: str
    kinds: tuple[str, ...]
    severities: tuple[str, ...]
    given: tuple[tuple[str, str], ...]
    summary: str
    rule: object = None
    """The rule itself, where it is a company's own: to know anything of one, its module was loaded."""


class Property(msgspec.Struct, frozen=True):
    """A property in a message or repair, named in the API's words; the user reads it in their language's."""

    path: tuple[str, ...]


class Made(msgspec.Struct, frozen=True):
    """In a repair: an attribute of a resource that the user has or makes, under a name that says what it is."""

    type: str
    name: str
    attribute: str = "arn"

    @property
    def service(self) -> str:
        """The service that the resource belongs to."""
        return self.type.split("::")[1]


RepairValue = str | int | bool | Made


class Grant(msgspec.Struct, frozen=True):
    """A statement to add to a resource's policy, or to put in the place of one: a service may act for one source.

    In the policy of a key it may act for all: a key is made before what it encrypts, and so before what sends there.
    """

    service: str
    action: str | tuple[str, ...]
    destination: Resource
    source: Resource | None
    """Whose ARN is `aws:SourceArn`; None: the user names it."""
    account: bool = False
    """Whether `aws:SourceAccount` is asked for too."""
    others: tuple[Resource, ...] = ()
    """More sources that the same statement lets in."""
    alike: tuple[str, ...] = ()
    """The ids of the destinations made by the same block that lack the same, each for a source of its own key."""
    beside: bool = False
    """Whether the statement stays as it is, and is only given a condition on the account."""


class Need(msgspec.Struct, frozen=True):
    """A statement to add to the policies of a role: what it may do to one resource."""

    actions: tuple[str, ...]
    resource: Resource


class Fix(msgspec.Struct, frozen=True):
    """A repair: properties to set on a resource, or to take away (None); or a statement to grant."""

    title: str
    resource: Resource
    changes: Mapping[tuple[str, ...], RepairValue | None] = {}
    need: Need | None = None
    grant: Grant | None = None
    secret: tuple[str, ...] = ()
    """The property that should refer to Secrets Manager."""


class Note(msgspec.Struct, frozen=True):
    """A related place: another resource, and what it has to do with the fault."""

    message: str
    at: Place
    resource: Resource | None = None


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule yields: a fault that holds, does not, or cannot be told. The message is formatted only when shown."""

    when: Verdict
    resource: Resource
    at: Place
    message: str
    args: Mapping[str, object] = {}
    severity: Severity | None = None
    """Where the rule's severity varies by case; None: its first."""
    related: tuple[Note, ...] = ()
    fix: Fix | None = None
    secret: tuple[Place, ...] = ()
    """Places that no report may show, since a secret stands there."""
    words: tuple[str, ...] = ()
    """Texts that no report may show, wherever they stand."""


def fault(error: BaseException) -> str:
    """Say which exception was raised where, and nothing of its message: that may quote a secret."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return type(error).__name__
    return f"{type(error).__name__} in {trace.tb_frame.f_globals.get('__name__', 'msglint')}, line {trace.tb_lineno}"


class Failure(msgspec.Struct, frozen=True):
    """What msglint itself could not do, or found nothing for: a file, a rule, a suppression."""

    message: str
    at: Place
    related: Place | None = None
    note: str = ""
    """What it has to do with the related place."""
    resource: str | None = None
    about: str = ""
    """What tells it from others of its rule in the same resource or file, wherever they stand."""


LIKEWISE = "has it from here too"


class Related(msgspec.Struct, frozen=True):
    """A related place of a finding."""

    message: str
    file: str
    span: Span
    resource: str | None = None
    deployed: bool = False
    """Whether it says what an account has; the place is that of the finding then."""

    @property
    def likewise(self) -> bool:
        """Whether it says only that another resource has the same fault at the same place."""
        return self.message == f"{self.resource} {LIKEWISE}"


class Repair(msgspec.Struct, frozen=True):
    """A repair in the user's language: where and what to write."""

    title: str
    language: Language
    snippet: str


class Identified(NamedTuple):
    """What a fault is, and what was judged when it was found."""

    unit: str
    identity: tuple[str, ...]
    stack: str = ""
    """Which of the nested stacks of a template."""
    always: bool = True
    """Whether it holds whatever the conditions."""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """A fault, or a fault that could not be decided, at its place."""

    code: str
    name: str
    severity: Severity
    message: str
    file: str
    span: Span
    resource: str | None = None
    subject: str = ""
    """What is at fault, in the user's words: the resource, or an event of it."""
    asked: str | None = None
    """The resource that the rule was asked of: a role, where one of its policies is at fault."""
    construct: Construct | None = None
    """What the user wrote, where the CDK made the resource."""
    decided: bool = True
    doubt: Doubt | None = None
    reasons: tuple[Related, ...] = ()
    related: tuple[Related, ...] = ()
    scenario: str | None = None
    identity: tuple[str, ...] = ()
    """What the fault is, whatever happens to the lines around it."""
    alike: tuple[Identified, ...] = ()
    """The faults that it stands for besides its own."""
    unit: str = ""
    """The name of what was judged when it was found: a template, a plan, or the directory of a configuration."""
    stack: str = ""
    """Where the template is that of a nested stack, the logical ids that lead there."""
    always: bool = True
    """Whether it holds whatever the conditions."""
    fix: Repair | None = None
    help: str = ""
    lookups: tuple[Lookup, ...] = ()
    """What is deployed and would tell more, where it cannot be decided."""

    @property
    def identified(self) -> Identified:
        """Its own fault, wherever that is written."""
        return Identified(self.unit, self.identity, self.stack, self.always)

    @property
    def fingerprint(self) -> str:
        """Tell the fault from others, also after the file has been reformatted, however its path is spelt."""
        return _fingerprint(self.code, self.file, *self.identity)

    @property
    def order(self) -> tuple[object, ...]:
        """Sort findings by file, place and rule."""
        return (self.file, self.span, self.code, self.resource or "", self.message)


def _fingerprint(code: str, file: str, *identity: str) -> str:
    import hashlib  # noqa: PLC0415  # only reports for machines need it
    from pathlib import PurePath  # noqa: PLC0415  # so is this

    text = "\0".join((code, PurePath(file).as_posix(), *identity))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


class Question(msgspec.Struct, frozen=True):
    """One rule asked of one subject, all scenarios together: True is a fault, None undecided."""

    code: str
    file: str
    resource: str
    fault: bool | None


class Skipped(msgspec.Struct, frozen=True):
    """A file that was named and is no template."""

    file: str
    reason: str


class Unread(msgspec.Struct, frozen=True):
    """What was asked for and could not be read: a stack, all of a Region or an account."""

    name: str
    reason: str


class Remark(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody else says of what was judged. It is no finding: it fails no run, and no number counts it."""

    source: str
    """Who says it."""
    message: str
    file: str = ""
    """Empty where it is about no place."""
    span: Span | None = None
    resource: str | None = None
    type: str = ""
    """What they call how bad it is."""
    code: str = ""
    """What they call it."""
    link: str = ""
    """A page of theirs about it."""

    @property
    def fingerprint(self) -> str:
        """Tell it from others, wherever in the file it stands."""
        return _fingerprint(self.code, self.file, self.source, self.resource or "", self.message)

    @property
    def order(self) -> tuple[object, ...]:
        """Sort remarks as findings are; those about no place come last."""
        return (not self.file, self.file, self.span or (), self.source, self.code, self.message)


class Known(NamedTuple):
    """What is remembered of a finding, to recognise it in another run. Paths are relative to some directory."""

    file: str
    rule: str
    name: str
    resource: str
    """Empty for what concerns a whole file."""
    fault: str
    """A hash of what the fault is, and of no place."""
    text: str
    """A hash of the line that it stands on, with secrets covered: it tells several alike in one resource apart."""
    unit: str
    """What was judged when it was found: often the file, else the template or the root module that leads there."""


class Scope(msgspec.Struct, frozen=True):
    """What a run has looked at, so that what it does not say has a meaning."""

    judged: Mapping[str, frozenset[str]] = {}
    """By the names of the templates, plans and configurations that could be read: the rules that were asked."""
    failed: frozenset[tuple[str, str]] = frozenset()
    """The rules that failed, each with the name of what it was asked of."""
    modules: Mapping[str, tuple[str, ...]] = {}
    """For plans and configurations the directories of the user's own modules that were read, the root first."""
    asked: frozenset[str] = frozenset()
    """The codes and names of the rules that were asked for, whether or not there was anything to judge."""


class Report(msgspec.Struct, frozen=True):
    """The result of a run."""

    findings: tuple[Finding, ...]
    undecided: tuple[Finding, ...]
    questions: tuple[Question, ...]
    files: tuple[str, ...]
    skipped: tuple[Skipped, ...]
    suppressed: int
    texts: Mapping[str, Sequence[str]]
    """The lines of the files that findings point into, with secrets covered; empty where no finding points."""
    notices: tuple[str, ...] = ()
    """What the user should know of how files were read."""
    excepted: int = 0
    """How many findings are hidden by exceptions of the configuration."""
    unparsed: int = 0
    """How many of the files are templates that were not parsed, since no rule would ask anything of them."""
    scope: Scope = Scope()
    known: int = 0
    """How many findings are not among these since a baseline has them."""
    fixed: tuple[Known, ...] = ()
    """What a baseline has and is no longer there."""
    elsewhere: int = 0
    """How many findings are not among these since a change does not cause them."""
    remarks: tuple[Remark, ...] = ()
    unread: tuple[Unread, ...] = ()
