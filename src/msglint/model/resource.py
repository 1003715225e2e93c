"""What every resource has: an identity, a place, an ARN, and properties in the words of AWS's API.

`Part` is the promise of a reader: one template or plan, opened and not yet judged.
"""

import enum
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import ClassVar, NamedTuple, Protocol

import msgspec

from msglint.model.data import Data
from msglint.model.expression import Expression
from msglint.model.text import Text
from msglint.model.value import Unknown
from msglint.source import Document, Node, Place, Span
from msglint.verdict import Doubt, Reason


class Language(enum.Enum):
    """The language that a user wrote, in which findings and repairs speak."""

    CLOUDFORMATION_YAML = "CloudFormation YAML"
    CLOUDFORMATION_JSON = "CloudFormation JSON"
    TERRAFORM = "Terraform"


class Choice(NamedTuple):
    """One decided condition of a scenario."""

    part: str
    condition: str
    truth: bool


Scenario = tuple[Choice, ...]


def fold(name: str) -> str:
    """Write a property's name so that CloudFormation's and Terraform's spelling are one."""
    return name.replace("_", "").lower()


_HANDS = ("AWS::CloudFormation::Stack", "AWS::CloudFormation::CustomResource")
"""How the types of AWS begin that make what nobody sees out of what they are given."""
_OF_AWS = ("AWS::", "Alexa::")
MODULE = "::MODULE"
"""How the types of modules end.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/modules.html
"""
UNREAD = "AWS::Serverless::Unread"
"""The type of what stands for a part of a template that a transform reads and msglint cannot."""


def hands_on(type_: str) -> bool:
    """Say whether a type makes what nobody sees out of what it is given: stacks, modules, what others have written."""
    foreign = "::" in type_ and not type_.startswith(_OF_AWS)
    return foreign or type_.startswith(_HANDS) or type_.endswith(MODULE)


def what_hands_on(type_: str) -> str:
    """Name what a type that hands on makes, for reasons."""
    if type_.endswith(MODULE):
        return "a module"
    nested = type_.startswith(_HANDS[0])
    return "a nested stack whose template is not read here" if nested else "a custom resource"


class Mention(NamedTuple):
    """A place where one resource names another: who names it, and the folded way to the property that does.

    Where a plan says only that the other is among the things that flow there, the mention is not `certain`.
    """

    by: tuple[str, str]
    """The key of who names it."""
    path: tuple[str, ...]
    certain: bool = True

    def names(self, *words: str) -> bool:
        """Say whether the way leads through a name that has one of these folded words in it."""
        return any(word in step for step in self.path for word in words)


class Origin(msgspec.Struct, frozen=True):
    """Where a resource comes from that SAM's transform makes, or makes another of."""

    author: str
    """The id of the user's resource."""
    label: str
    """What the user would call it."""
    asked: bool
    """Whether it says what the user wrote: of what the transform adds by itself no rule is asked."""
    way: tuple[str, ...] = ()
    """Where the user writes its properties, below those of the author."""
    words: Mapping[tuple[str, ...], tuple[str, ...]] = {}
    """What the user writes for the beginning of a path to a property."""
    typed: Collection[tuple[str, ...]] = ()
    """The properties beside which the user writes as `Type` what they lead to."""
    permitted: bool = False
    """Whether the transform lets in what it delivers, wherever that comes from."""


class Construct(NamedTuple):
    """What the user of the CDK wrote, of which it made a resource."""

    path: str
    """Where it is in the tree of the app."""
    source: str | None
    """The place in a file of the app, as `file:line:column`; None where nobody noted it."""

    def __str__(self) -> str:
        return self.path if self.source is None else f"{self.path} ({self.source})"


class Record(msgspec.Struct, frozen=True):
    """One resource of a part. `type` is CloudFormation's name of the type, `native` the user's language's."""

    part: "Part"
    id: str
    type: str
    native: str
    at: Place
    properties: Expression
    origin: Origin | None = None

    @property
    def key(self) -> tuple[str, str]:
        """What tells this resource from every other of the run."""
        return (self.part.key, self.id)

    @property
    def author(self) -> str:
        """The id of the resource that the user wrote."""
        return self.id if self.origin is None else self.origin.author

    @property
    def label(self) -> str:
        """What the user would call it."""
        return self.id if self.origin is None else self.origin.label

    @property
    def construct(self) -> Construct | None:
        """The construct of the CDK that it was made of."""
        return self.part.construct(self.author)

    @property
    def permitted(self) -> bool:
        """Whether what makes it lets in what it delivers."""
        return self.origin is not None and self.origin.permitted

    @property
    def asked(self) -> bool:
        """Whether rules are asked of it."""
        return self.origin is None or self.origin.asked

    def written(self, path: tuple[str, ...]) -> tuple[str, ...]:
        """Give the user's way to a property, below the properties of the author."""
        if self.origin is None:
            return path
        for length in range(len(path), 0, -1):
            own = self.origin.words.get(path[:length])
            if own is not None:
                return (*self.origin.way, *own, *path[length:])
        return (*self.origin.way, *path)

    def type_beside(self, path: tuple[str, ...]) -> tuple[str, ...] | None:
        """Give the user's way to the `Type` of what a property leads to; None where nobody writes one."""
        typed = self.origin is not None and path in self.origin.typed
        return (*self.written(path)[:-1], "Type") if typed else None


SECTIONS = ("Outputs.", "Parameters.", "Mappings.", "Template.", "output.")
"""How the ids begin of what is no resource: an output, a parameter or another section in which a secret may stand."""


class Opaque(NamedTuple):
    """What may add resources that nobody sees, such as a macro, and its place."""

    by: str
    at: Place
    doubt: Doubt = Doubt.NOT_UNDERSTOOD

    def may_add(self, what: str) -> Unknown:
        """Give what cannot be told for that reason."""
        return Unknown(Reason(self.doubt, f"{self.by} may add {what} not written here", self.at), self.at)


class Whole(NamedTuple):
    """A structure that is written of a resource; `shown`: whoever sees the stack or its state can read it."""

    path: tuple[str, ...]
    expression: Expression
    shown: bool = False


class Begun(NamedTuple):
    """What begins on a line of a document: resources, by their ids or labels, and the last line of what they are in.

    `last` is 0 where only the ids tell what belongs to them.
    """

    ids: frozenset[str]
    last: int = 0


class Trust(NamedTuple):
    """Whom the user counts as their own."""

    accounts: frozenset[str] = frozenset()
    """Their other accounts, and those that they trust."""
    organisations: tuple[str, ...] = ()


class Commented(NamedTuple):
    """A document whose comments the user wrote, and what begins on its lines."""

    document: Document
    comments: Sequence[Span]
    begins: Mapping[int, Begun]


class Part(Protocol):
    """One template or plan in one scenario."""

    @property
    def key(self) -> str:
        """What tells this part from every other of the run."""

    @property
    def stack(self) -> str:
        """The logical ids on the way to a nested stack, such as `Shop/Queues`; empty for what nothing is around."""

    @property
    def live(self) -> bool:
        """Whether it is a template just as it was deployed, so that what the account has beside it others have made."""

    @property
    def deployed(self) -> bool:
        """Whether it is what an account says of something that is there, and nothing that is judged."""

    @property
    def document(self) -> Document:
        """The text it was read from."""

    @property
    def language(self) -> Language:
        """The user's language."""

    def holding(self) -> Sequence[str]:
        """Give the ids of the resources, then of the sections, that seem to hold a secret of a broker or of Kafka."""

    def whole(self, id: str) -> Sequence["Whole"]:  # noqa: A002  # the field's own word
        """Give all that is written of a resource or in a section, in the user's own words, for whatever scenario."""

    def confidential(self) -> Collection[str]:
        """Give the texts in the document that it declares as secret itself."""

    def unshown(self) -> Sequence[Place]:
        """Give the places in the document that no report may show, since secrets are given there."""

    def types(self) -> Mapping[str, Sequence[str]]:
        """Give the ids of all resources, by CloudFormation's name of their type, whether or not a condition holds."""

    def record(self, id: str) -> Record | None:  # noqa: A002  # the field's own word
        """Give one resource."""

    def writes(self, id: str, name: str) -> bool:  # noqa: A002  # the field's own word
        """Say whether a property of the resource may be written, in whatever scenario."""

    def exists(self, id: str) -> bool:  # noqa: A002  # the field's own word
        """Say whether the resource is made in this scenario; may raise `NeedsChoice`."""

    def attribute(self, id: str, name: str) -> Text:  # noqa: A002  # the field's own word
        """Give the text that "arn", "sender", "name" or "url" of a resource is; may raise `NeedsChoice`."""

    def account(self, id: str) -> Text:  # noqa: A002  # the field's own word
        """Give the account that the resource is made in."""

    @property
    def trust(self) -> Trust:
        """Whom the user counts as their own, beside the account itself."""

    def siblings(self, id: str) -> Mapping[str | int | None, str]:  # noqa: A002  # the field's own word
        """Give the ids of all that the resource's block makes, itself among them, by what tells them apart."""

    def exported(self, id: str, *, arns: bool) -> Place | None:  # noqa: A002  # the field's own word
        """Give the place where the resource leaves for other stacks: its URL or name, and with `arns` its ARN too."""

    def opaque(self, id: str) -> "Opaque | None":  # noqa: A002  # the field's own word
        """Give what may add resources that nobody sees here, and that may be for this one."""

    def mentions(self, id: str) -> Sequence[Mention]:  # noqa: A002  # the field's own word
        """Give the places of the run that name the resource, in whatever scenario."""

    def spelling(self, type_: str, arn: "Text", name: "Text") -> Sequence[Mention]:
        """Give the places that spell the ARN, URL or name of something that is deployed."""

    def users(self, id: str, how: str) -> Sequence[Mention]:  # noqa: A002  # the field's own word
        """Give what others have made that uses what a deployed stack made, as its pollers, sources or subscriptions."""

    def under(self, scenario: Scenario) -> "Part":
        """Give the same part with conditions decided."""

    def possible(self, scenario: Scenario) -> bool:
        """Say whether some deployment has these conditions."""

    def construct(self, id: str) -> Construct | None:  # noqa: A002  # the field's own word
        """Give the construct of the CDK that the resource was made of."""

    def metadata(self) -> Sequence[tuple[str | None, Node, Node]]:
        """Give the metadata that may hold suppressions, each with the id of its resource and all that is written of it.

        None: the whole part's.
        """

    def commented(self) -> Iterable[Commented]:
        """Give the documents whose comments may be suppressions."""

    def notices(self) -> Sequence[str]:
        """Give what the user should know of how this was read, in a sentence each."""

    def parameters(self) -> Collection[str]:
        """Give the names of the parameters of a template that the user may give values."""

    def directories(self) -> Iterable[str]:
        """Give where the modules are that it was made of and that were read with it, through all links."""

    def spell(self, native: str, path: Sequence[str]) -> str:
        """Give the user's name of a property of a type of the user's language."""

    def way_to(self, resource: tuple[str, str], attribute: str) -> tuple[str, ...] | None:
        """Give a function and its arguments that are the "arn", "url" or "name" of a resource of another part here.

        None where it is not handed on to this part.
        """

    def holder(self, id: str, name: str) -> tuple[str, str] | None:  # noqa: A002  # the field's own word
        """Give the type and id of another resource in which the user writes a property; None if there is none."""


_INSTANCE = re.compile(r'\[(?:\d+|"(?:[^"\\]|\\.)*")\]')
_ANYTHING = frozenset({"this", "main", "default"})
"""What resources are called that are the one of their kind in their module."""


class Resource:
    """A typed look at one record."""

    KIND: ClassVar[str]
    __slots__ = ("properties", "record")

    def __init__(self, record: Record) -> None:
        self.record = record
        self.properties = Data(record.properties, owner=record.at, anchor=record.at)

    def __str__(self) -> str:
        return self.record.label

    @property
    def id(self) -> str:
        """The logical id or address."""
        return self.record.id

    @property
    def short(self) -> str:
        """What the user calls it, for the name of something beside it; one name for all that one block makes."""
        *_, module, type_, name = ("", "", *_INSTANCE.sub("", self.id).split("."))
        return module if type_ and module and name in _ANYTHING else name

    @property
    def at(self) -> Place:
        """Where the resource begins."""
        return self.record.at

    @property
    def arn(self) -> Text:
        """The resource's ARN, symbolic where it is known only after the deployment."""
        return self.record.part.attribute(self.record.id, "arn")

    @property
    def name(self) -> Text:
        """The physical name, symbolic where AWS chooses it."""
        return self.record.part.attribute(self.record.id, "name")

    def mentions(self) -> Sequence[Mention]:
        """Give the places that name this resource, in whatever scenario."""
        return self.record.part.mentions(self.record.id)

    def users(self, how: str) -> Sequence[Mention]:
        """Give what others have made that uses it: nothing, but where it is deployed and the account was asked."""
        return self.record.part.users(self.record.id, how)


ANY = "*"
"""The kind of a rule that is asked of resources of all types."""


class AnyResource(Resource):
    """A resource of any type that seems to hold a secret of a broker or of Kafka."""

    KIND = ANY
    __slots__ = ()
