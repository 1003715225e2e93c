"""The Model: all resources of a run in one scenario, and the questions that cross them."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Generic, NamedTuple, Protocol, TypeVar, cast

import msgspec

from msglint.model.expression import NeedsChoice
from msglint.model.firehose import DeliveryStream
from msglint.model.identity import IDENTITIES, queue_url
from msglint.model.kms import KEYS, Alias, Key
from msglint.model.resource import Mention, Part, Record, Resource, Scenario
from msglint.model.sns import StandaloneSubscription, Subscription, Topic
from msglint.model.sqs import Queue
from msglint.model.text import ACCOUNT, ARN_COLONS, REGION, Text, last_segment, same, segment
from msglint.model.value import Absent, Known, Mentions, Unknown, Value, ends, made_of, outside, written
from msglint.source import Place
from msglint.verdict import (
    NO,
    POLLERS,
    SOURCES,
    SUBSCRIPTIONS,
    YES,
    Doubt,
    Lookup,
    Reason,
    Verdict,
    any_of,
    of,
    unknown,
)

R = TypeVar("R", bound=Resource)
T = TypeVar("T")

_CALLED = {"arn": "ARN", "url": "URL", "name": "name", "stream_arn": "stream's ARN"}
"""What people call the attributes by which resources are named."""
_PLACES = {REGION: "Region", ACCOUNT: "account"}
_FAILURE_WORDS = ("redrivepolicy", "deadletter", "dlq", "onfailure", "erroraction")
_NO_PRODUCERS = frozenset(
    {
        "AWS::SNS::Subscription",
        "AWS::SNS::Topic",
        "AWS::IAM::Role",
        "AWS::IAM::Policy",
        "AWS::IAM::RolePolicy",
        "AWS::IAM::ManagedPolicy",
        "AWS::CloudWatch::Alarm",
        "AWS::CloudWatch::Dashboard",
        "aws_iam_policy",
        "aws_iam_role_policy",
        "AWS::Logs::LogGroup",
        "AWS::Logs::LogStream",
        "AWS::SSM::Parameter",
        "aws_cloudwatch_dashboard",
        "aws_ssm_parameter",
    }
)


_JUDGED_THERE = frozenset({Queue.KIND, Topic.KIND, "AWS::IAM::Role", "AWS::Kinesis::Stream"})
"""What rules judge for the sake of those that use it, also where others have made it."""


class Encrypted(Protocol):
    """What may be encrypted with a KMS key: a queue, topic, stream or secret."""

    AWS_MANAGED_KEY: str
    """The alias of the key that AWS manages for the service."""

    @property
    def key(self) -> Value[Text]:
        """The KMS key."""


class _Named(NamedTuple):
    """What the resources of a kind are called, all by number."""

    resources: Sequence[tuple[Part, str]]
    whole: Mapping[str, Sequence[int]]
    """Those in which nothing is open, by what they are called."""
    fixed: Mapping[str, Sequence[int]]
    """Those of a fixed name, by the last segment."""
    generated: Sequence[int]
    """Those of a generated name, which nobody has written."""
    open: Sequence[int]

    def candidates(self, text: Text) -> Iterable[tuple[Part, str]]:
        """Give the resources that a text may belong to, first those that a literal text belongs to for certain."""
        if text.is_symbol:
            # It may be anything; what ends with a symbol may be the very same one.
            return (self.resources[number] for number in self.open)
        last = last_segment(text)
        fixed = self.fixed.get(last, ()) if last is not None else chain.from_iterable(self.fixed.values())
        generated = self.generated if text.is_generated else ()
        literal = text.literal_value
        same = self.whole.get(literal, ()) if literal is not None else ()
        others = sorted({*fixed, *generated, *self.open}.difference(same))
        return (self.resources[number] for number in (*same, *others))


class _Pointing(msgspec.Struct, Generic[R], frozen=True):
    """What points at resources of a kind by values, all by number."""

    pointers: Sequence[R]
    told: Mapping[tuple[str, str], Sequence[int]]
    """Those that name just these resources, by the resources' keys."""
    literal: Mapping[str, Sequence[int]]
    open: Sequence[int]

    def candidates(self, resource: Resource) -> Iterable[R]:
        """Give, in their order, those that may name a resource."""
        part = resource.record.part
        found = {*self.told.get(resource.record.key, ()), *self.open}
        if self.literal:
            called = (resource.arn.literal_value, resource.name.literal_value)
            if None in called:
                found.update(chain.from_iterable(self.literal.values()))
            for text in (*called, part.attribute(resource.id, "id").literal_value):
                found.update(self.literal.get(text, ()) if text is not None else ())
        return (self.pointers[number] for number in sorted(found))


class Model:
    """The parts of a run under one scenario. Cheap to make: everything is evaluated when it is asked for."""

    def __init__(self, parts: Sequence[Part], scenario: Scenario = (), base: "Model | None" = None) -> None:
        """Take parts in which no condition is decided; `base` is their model, where conditions are."""
        self._undecided = {part.key: part for part in parts}
        self._parts: dict[str, Part] = {}
        self._answers: dict[Hashable, object] = {}
        self.base = self if base is None else base
        self.scenario = scenario

    @property
    def followed(self) -> dict[Lookup, None]:
        """What was looked for and is not in this run, and about which rules have more to ask than whether it is."""
        return self.base.once("followed", dict)

    def _part(self, key: str) -> Part | None:
        """Give a part in this scenario, made when it is asked for: most questions are about few of many stacks."""
        found = self._parts.get(key)
        if found is None and key in self._undecided:
            found = self._undecided[key]
            found = self._parts[key] = found.under(self.scenario) if self.scenario else found
        return found

    def having(self, type_: str) -> Iterator[Part]:
        """Give the parts that have resources of a type."""
        for key in self.base.once(("parts with", type_), lambda: self._keys_with(type_)):
            part = self._part(key)
            if part is not None:
                yield part

    def _keys_with(self, type_: str) -> Sequence[str]:
        return [key for key, part in self._undecided.items() if part.types().get(type_)]

    def once(self, key: Hashable, ask: Callable[[], T]) -> T:
        """Give the answer to a question that many resources ask, worked out the first time."""
        if key not in self._answers:
            self._answers[key] = ask()
        return cast("T", self._answers[key])

    def under(self, scenario: Scenario) -> "Model":
        """Give the same system with these conditions decided."""
        return Model(tuple(self._undecided.values()), scenario, self.base)

    def possible(self, scenario: Scenario) -> bool:
        """Say whether some deployment has these conditions."""
        parts = (self._undecided.get(key) for key in {choice.part for choice in scenario})
        return all(part.possible(scenario) for part in parts if part is not None)

    @property
    def parts(self) -> Sequence[Part]:
        """The templates and plans of the run."""
        return tuple(part for key in self._undecided if (part := self._part(key)) is not None)

    def record(self, key: tuple[str, str]) -> Record | None:
        """Give the resource with this key, whether or not it exists in this scenario."""
        part = self._part(key[0])
        return part.record(key[1]) if part is not None else None

    def exists(self, resource: Resource) -> bool:
        """Say whether the resource is made in this scenario; may raise `NeedsChoice`."""
        part = self._part(resource.record.part.key)
        return part is not None and part.exists(resource.id)

    def every(self, kind: type[R]) -> Iterator[R]:
        """Give all resources of a kind that are made in this scenario; touches each one's condition."""
        for part in self.having(kind.KIND):
            # Of what is there already nobody has looked up all.
            for id_ in () if part.deployed else part.types().get(kind.KIND, ()):
                record = part.record(id_)
                if record is not None and part.exists(id_):
                    yield kind(record)

    def deployed(self, kind: type[R], arn: str | None) -> R | None:
        """Give something as the account has it, where that was looked up."""
        key = self.base.once("deployed", self._all_deployed).get((kind.KIND, arn))
        return self._of(key, kind) if key is not None else None

    def _all_deployed(self) -> Mapping[tuple[str, str | None], tuple[str, str]]:
        parts = [part for part in self._undecided.values() if part.deployed]
        every = ((part, type_, id_) for part in parts for type_, ids in part.types().items() for id_ in ids)
        return {(type_, part.attribute(id_, "arn").literal_value): (part.key, id_) for part, type_, id_ in every}

    def names(self, value: Value[Text], resource: Resource) -> Verdict:
        """Say whether an ARN or name is that of a resource of this run, where only one of its kind can stand."""
        match value:
            case Absent():
                return NO
            case Unknown(reason=reason):
                return unknown(reason)
            case Mentions(references=references, complete=complete, reason=reason):
                named = {reference.resource for reference in references}
                if not (complete and named):
                    return unknown(reason)
                return NO if resource.record.key not in named else YES if len(named) == 1 else unknown(reason)
            case Known(value=text, at=at) if text.refers is not None:
                other = self.record(text.refers.resource)
                if other is not None and other.type == resource.record.type:
                    return of(other.key == resource.record.key)
                return unknown(Reason(Doubt.OUTSIDE, f"whether {text} is {resource} cannot be told", at))
            case Known(value=text, at=at):
                because = Reason(Doubt.OUTSIDE, f"whether {text} is {resource} cannot be told", at)
                # Terraform knows the id of what is there already.
                same_id = of(text == resource.record.part.attribute(resource.id, "id"))
                verdict = same_id | same(text, resource.arn, because) | same(text, resource.name, because)
                return NO if verdict.is_unknown and self.is_anothers(text, resource) else verdict
        raise AssertionError("a Value is one of four kinds")

    def may_name(self, text: Text, resource: Resource) -> Verdict:
        """Say whether a text is the ARN, URL or name of a resource, even where another of them belongs."""
        because = Reason(Doubt.OUTSIDE, f"whether {text} is {resource} cannot be told")
        if text.refers is not None:
            other = self.record(text.refers.resource)
            alike = other is not None and other.type == resource.record.type
            return of(text.refers.resource == resource.record.key) if alike else unknown(because)
        own = [resource.record.part.attribute(resource.id, attribute) for attribute in ("arn", "url", "name")]
        if text.literal_value is None:
            own = [each.as_deployed() for each in own]
        return any_of(same(queue_url(text), queue_url(each), because) for each in own)

    def is_anothers(self, text: Text, resource: Resource) -> bool:
        """Say whether a text is the ARN or name of another resource of this kind, and so not of this one."""
        places = [segment(resource.arn, number) for number in _PLACES]
        identity = IDENTITIES.get(resource.record.type)
        # Aliases of two functions, and rules of two buses, may have one name.
        attributes = ("arn", "name") if identity is not None and not identity.holes else ("arn",)
        found = (each for attribute in attributes for each in self._spelled(text, type(resource), attribute)[0])
        # Other Regions and accounts have resources of the same name.
        beside = (each for each in found if [segment(each.arn, number) for number in _PLACES] == places)
        return any(each.record.key != resource.record.key for each in beside)

    def pointing(self, resource: Resource, kind: type[R], values: Callable[[R], Iterable[Value[Text]]]) -> Iterator[R]:
        """Give those of a kind that are made and may name a resource by a value: `names` says no of all others.

        They are looked through once for all resources of a type; only the condition of those that it gives is touched.
        """
        type_ = resource.record.type
        found = self.once((_pointing, kind, type_), lambda: _pointing(self, type_, kind, values))
        return (each for each in found.candidates(resource) if self.exists(each))

    def declared(self, kind: type[R]) -> Iterator[R]:
        """Give all resources of a kind, whether or not they exist in this scenario."""
        for part in self.having(kind.KIND):
            records = (part.record(id_) for id_ in part.types().get(kind.KIND, ()))
            yield from (kind(record) for record in records if record is not None)

    def key(self, value: Value[Text]) -> "Key | Absent[Text] | Unknown":
        """Follow a key's ARN or id, or the name or ARN of an alias, to the key of this run that it leads to.

        Absent where nothing is written; Unknown where the key lies outside the run or cannot be told.
        """
        if isinstance(value, Absent):
            return value
        found = self._keys(value)
        if len(found) == 1 and isinstance(found[0], Alias):
            value = found[0].target
            # The target is a key and no other alias, so this ends.
            found = [key for key in self._keys(value) if isinstance(key, Key)]
        match found, value:
            case [Key() as key], _:
                return key
            case _, Unknown(reason=reason, at=at) | Mentions(reason=reason, at=at):
                return Unknown(reason, at)
            case [], Known(value=text, at=at) if text.is_symbol and text.refers is None:
                return outside(f"{text} has no value here", at, *text.lookups)
            case [], _:
                return outside("the key is not in this run", value.at, *lookups(value, Key.KIND))
            case _:
                return outside("which key of this run that is cannot be told", value.at)

    def _keys(self, value: Value[Text]) -> Sequence[Key | Alias]:
        """Give the keys and aliases of this run that a value is one of; none where it may be something else."""
        made = dict.fromkeys(reference.resource for reference in made_of(value))
        if made:
            kinds = {kind.KIND: kind for kind in KEYS}
            records = [record for each in made if (record := self.record(each)) is not None and record.type in kinds]
            return [kinds[record.type](record) for record in records] if len(records) == len(made) else []
        present = [kind for kind in KEYS if any(True for _ in self.having(kind.KIND))]
        called = (self.find(value, kind, attribute) for kind in present for attribute in kind.CALLED)
        found = {key.record.key: key for key in called if isinstance(key, Key | Alias)}.values()
        # What is a key's own ARN is that of its alias's target too.
        return [key for key in found if isinstance(key, Key)] or list(found)

    def key_of(self, store: Encrypted) -> Key | Unknown | None:
        """Give the customer's key that something is encrypted with; None where it is the one of AWS, or there is none.

        Unknown where the key lies outside the run or cannot be told.
        """
        key = None if self.on_aws_key(store).is_yes else self.key(store.key)
        return None if isinstance(key, Absent) else key

    def on_aws_key(self, store: Encrypted) -> Verdict:
        """Say whether something names the key that AWS manages for its service."""
        return NO if self.has_own_key(store.key) else ends(store.key, store.AWS_MANAGED_KEY, ":")

    def has_own_key(self, key: Value[Text]) -> bool:
        """Say whether a KMS key is one that this run makes."""
        return bool(self._keys(key))

    def has_key(self, key: Value[Text]) -> Verdict:
        """Say whether a KMS key is named."""
        return YES if self.has_own_key(key) else written(key)

    def is_default_key(self, key: Value[Text], alias: str) -> Verdict:
        """Say whether a KMS key is the one of this alias, which AWS manages and takes where nothing is written."""
        if isinstance(key, Absent):
            return YES
        if self.has_own_key(key):
            return NO
        named = ends(key, alias, ":")
        if named.is_no and isinstance(key, Known) and "alias/" not in str(key.value):
            text = f"whether the key {key.value} is one of your own cannot be told from its id"
            return unknown(Reason(Doubt.OUTSIDE, text, key.at, lookups(key, Key.KIND)))
        return named

    def find(self, value: Value[Text], kind: type[R], attribute: str = "arn") -> "R | Absent[Text] | Unknown":
        """Follow an ARN, URL or name to the resource of this run that it belongs to.

        Absent where nothing is written; Unknown where the resource lies outside the run or cannot be told.
        """
        match value:
            case Absent() | Unknown():
                return value
            case Mentions(references=references, complete=complete, reason=reason, at=at):
                # The position takes one such attribute and the expression names just one: nothing else can stand there.
                # Where the plan lost the attribute (`queue[each.key].arn`), the position says which one it is.
                named = [reference for reference in references if reference.attribute in {attribute, ""}]
                if complete and len(named) == 1:
                    found = self._of(named[0].resource, kind)
                    if found is not None:
                        return found
                return Unknown(reason, at)
            case Known(value=text, at=at):
                return self._by_text(text, at, kind, attribute)

    def _of(self, key: tuple[str, str], kind: type[R]) -> R | None:
        record = self.record(key)
        return kind(record) if record is not None and record.type == kind.KIND else None

    def _by_text(self, text: Text, at: Place, kind: type[R], attribute: str) -> R | Unknown:
        if text.refers is not None:
            key, of = text.refers.resource, text.refers.attribute
            record = self.record(key)
            called = key[1] if record is None else record.label
            if of != attribute:
                return outside(_misplaced(of, called, attribute), at)
            return self._of(key, kind) or outside(f"{called} is not what belongs here", at)
        found, maybe = self._spelled(text, kind, attribute)
        if found and (len(found) == 1 or attribute != "name"):
            return found[0]
        if found:
            # Other Regions and accounts have names of their own.
            return outside(f"{found[0]} and {found[1]} are both called {text}", at)
        if maybe is not None:
            return outside(f"whether {text} is {maybe} {_undecided(text, maybe.arn)}", at)
        if text.is_symbol:
            return outside(f"{text} has no value here", at, *text.lookups)
        identity = IDENTITIES.get(kind.KIND)
        for other in _CALLED:
            named = identity is not None and identity.form(other) and other != attribute
            misplaced = self._spelled(text, kind, other)[0] if named else ()
            if misplaced:
                return outside(_misplaced(other, str(misplaced[0]), attribute), at)
        told = lookups(Known(text, at), kind.KIND)
        if kind.KIND in _JUDGED_THERE:
            self.followed.update(dict.fromkeys(told))
        return outside(f"{text} is not in this run", at, *told)

    def _spelled(self, text: Text, kind: type[R], attribute: str) -> tuple[Sequence[R], R | None]:
        """Give the resources of which a text is the attribute, and one of which it may be."""
        text = queue_url(text) if attribute == "url" else text
        because = Reason(Doubt.OUTSIDE, f"{text} has no value here")
        found: list[R] = []
        maybe: R | None = None
        for part, id_ in self.once(
            (_named, kind.KIND, attribute), lambda: _named(self, kind.KIND, attribute)
        ).candidates(text):
            own = part.attribute(id_, attribute)
            verdict = same(queue_url(own) if attribute == "url" else own, text, because)
            if verdict.is_no or (text.is_symbol and not verdict.is_yes) or not part.exists(id_):
                continue
            record = part.record(id_)
            if record is None:
                continue
            if verdict.is_yes:
                if found and part.deployed and found[0].arn == part.attribute(id_, "arn"):
                    # What a file makes counts as it makes it, and not as it is there already.
                    continue
                found.append(kind(record))
            elif maybe is None:
                maybe = kind(record)
            if len(found) == (2 if attribute == "name" else 1):
                # Of thousands with one ARN, as in a made-up plan, the first is as good as any.
                break
            if not verdict.is_yes and text.literal_value is not None:
                # What is not open came first, and nothing that is open is the same for certain.
                break
        return found, maybe

    def subscriptions(self, resource: Resource) -> Iterator[Subscription]:
        """Give the subscriptions that name the resource, standalone ones and those inside a topic."""
        for by in {mention.by: None for mention in (*resource.mentions(), *resource.users(SUBSCRIPTIONS))}:
            record = self.record(by)
            if (
                record is None
                or record.type not in {StandaloneSubscription.KIND, Topic.KIND}
                or not record.part.exists(record.id)
            ):
                continue
            if record.type == StandaloneSubscription.KIND:
                yield StandaloneSubscription(record).subscription
            else:
                yield from Topic(record).subscriptions()

    def redrive_sources(self, queue: Queue) -> Iterator[Queue]:
        """Give the queues whose redrive policy names this queue as their dead-letter queue."""
        mentions = (*queue.mentions(), *queue.users(SOURCES))
        for by in {mention.by: None for mention in mentions if mention.names("redrivepolicy")}:
            source = self._of(by, Queue)
            if source is not None and source.record.key != queue.record.key and self.exists(source):
                target = self.find(source.dead_letter_target, Queue)
                if isinstance(target, Queue) and target.record.key == queue.record.key:
                    yield source

    def producers(self, stream: DeliveryStream) -> Sequence[Mention]:
        """Give the places that may put records into a stream, SNS subscriptions and permissions aside."""
        return [mention for mention in stream.mentions() if self._may_produce(stream, mention)]

    def _may_produce(self, stream: DeliveryStream, mention: Mention) -> bool:
        record = self.record(mention.by)
        return record is not None and mention.by != stream.record.key and record.type not in _NO_PRODUCERS

    def failure_uses(self, queue: Queue) -> Sequence[Mention]:
        """Give the places that use the queue, or a topic that it gets messages of, for what failed, in any scenario."""
        return [use for each in (queue, *self._topics_of(queue)) for use in self._named_for_failures(each)]

    def _named_for_failures(self, thing: Resource) -> Sequence[Mention]:
        def named() -> Sequence[Mention]:
            mentions = (*thing.mentions(), *thing.users(SOURCES))
            return [use for use in mentions if use.by != thing.record.key and use.names(*_FAILURE_WORDS)]

        return self.once(("failures", thing.record.key), named)

    def _topics_of(self, queue: Queue) -> Iterator[Topic]:
        """Give the topics that a queue is subscribed to."""
        for subscription in self.subscriptions(queue):
            owner = subscription.owner
            topic = self.find(owner.topic, Topic) if isinstance(owner, StandaloneSubscription) else owner
            if isinstance(topic, Topic) and self.names(subscription.endpoint, queue).is_yes:
                yield topic

    def takes_failures(self, queue: Queue) -> Verdict:
        """Say whether a queue is somebody's dead-letter queue or failure destination, here or in another stack.

        A queue that takes failures in some deployment is never asked for a dead-letter queue of its own.
        """
        uses = self.failure_uses(queue)
        if any(use.certain for use in uses) or self._takes_failures_there(queue):
            return YES
        if uses:
            text = f"{uses[0].by[1]} may use it as a dead-letter queue: it is among what that names for failed messages"
            return unknown(Reason(Doubt.NOT_UNDERSTOOD, text, queue.at))
        if self.is_called_dead_letter_queue(queue):
            return unknown(self._may_take_failures("its name says so", queue))
        if queue.restricts_redrive.is_no:
            return NO
        return queue.restricts_redrive & unknown(self._may_take_failures("it restricts who may redrive to it", queue))

    def _may_take_failures(self, why: str, queue: Queue) -> Reason:
        arn = queue.arn.literal_value
        lookups = (Lookup(SOURCES, arn),) if arn is not None else ()
        return Reason(Doubt.OUTSIDE, f"it may be another stack's dead-letter queue: {why}", queue.at, lookups)

    def _takes_failures_there(self, queue: Queue) -> bool:
        """Say whether a queue that was looked up names this one as its dead-letter queue."""
        there = (part for part in self.having(Queue.KIND) if part.deployed)
        records = (part.record(id_) for part in there for id_ in part.types()[Queue.KIND])
        sources = (Queue(record) for record in records if record is not None)
        return any(self.names(source.dead_letter_target, queue).is_yes for source in sources)

    def is_called_dead_letter_queue(self, queue: Queue) -> bool:
        """Say whether a queue is named like a dead-letter queue and nothing here polls it."""
        # Of a queue that is deployed it is known how AWS has called it, with letters at random.
        chosen = queue.name.literal_value is None or not queue.written_name.exists().is_no
        called = f"{queue.id.rpartition('.')[2]} {queue.name if chosen else ''}"
        return queue.sounds_like_failures(called) and not self.pollers(queue)

    def pollers(self, queue: Queue) -> Sequence[Mention]:
        """Give the event source mappings and pipes that poll the queue, in whatever scenario."""
        return [mention for mention in (*queue.mentions(), *queue.users(POLLERS)) if self._is_poller(mention)]

    def may_be_polled(self, queue: Queue) -> bool:
        """Say whether something here polls the queue, or a module is given it that may."""
        handed = (mention for mention in queue.mentions() if not mention.certain)
        return bool(self.pollers(queue)) or any(mention.names("eventsource", "pipes") for mention in handed)

    def _is_poller(self, mention: Mention) -> bool:
        record = self.record(mention.by) if mention.certain else None
        match record.type if record is not None else "":
            case "AWS::Lambda::EventSourceMapping":
                return mention.path[:1] == ("eventsourcearn",)
            case "AWS::Pipes::Pipe":
                return mention.path[:1] == ("source",)
            case _:
                return False


def lookups(value: Value[Text], kind: str) -> tuple[Lookup, ...]:
    """Give what would tell more of what a text names: what its symbols are, or the thing itself."""
    if not isinstance(value, Known):
        return ()
    name = value.value.literal_value
    if name and kind == "AWS::SecretsManager::Secret" and not name.startswith("arn:"):
        return ()  # it may be a password that stands where an ARN belongs, and is nobody's to tell
    return (Lookup(kind, name),) if name else value.value.lookups


def _misplaced(attribute: str, owner: str, wanted: str) -> str:
    return (
        f"this is the {_CALLED.get(attribute, attribute)} of {owner}, where its {_CALLED.get(wanted, wanted)} belongs"
    )


def _undecided(text: Text, arn: Text) -> str:
    """Say what it hangs on whether a text is an ARN."""
    pieces = [(segment(text, number), segment(arn, number)) for number in range(ARN_COLONS + 1)]
    open_ = [number for number, (left, right) in enumerate(pieces) if left != right]
    if any(None in pair for pair in pieces) or not {REGION, ACCOUNT}.issuperset(open_):
        return "cannot be told"
    return f"depends on the {' and '.join(_PLACES[number] for number in open_)} of the deployment"


def _pointing(model: Model, type_: str, kind: type[R], values: Callable[[R], Iterable[Value[Text]]]) -> _Pointing[R]:
    """Sort what points at resources of a type by what it names; what a condition decides is left open."""
    things = list(model.declared(kind))
    told: dict[tuple[str, str], list[int]] = {}
    literal: dict[str, list[int]] = {}
    left_open: list[int] = []
    named = ((number, value) for number, thing in enumerate(things) for value in _values(thing, values))
    for number, value in named:
        made = {reference.resource for reference in made_of(value)}
        types = {record.type for each in made if (record := model.record(each)) is not None}
        match value:
            case Absent():
                continue
            case Mentions(complete=True) if made:
                places = [told.setdefault(each, []) for each in made]
            case Known() if types == {type_}:
                places = [told.setdefault(each, []) for each in made]
            case Known(value=text) if (written := text.literal_value) is not None:
                places = [literal.setdefault(written, [])]
            case _:
                places = [left_open]
        for place in places:
            place.append(number)
    return _Pointing(things, told, literal, left_open)


def _values(thing: R, values: Callable[[R], Iterable[Value[Text]]]) -> Sequence[Value[Text]]:
    try:
        return tuple(values(thing))
    except NeedsChoice:
        return (outside("a condition decides what this is", thing.at),)


def _named(model: Model, kind: str, attribute: str) -> _Named:
    """Give what the resources of a kind have as an attribute; one that a condition decides is left open."""
    resources = [(part, id_) for part in model.having(kind) for id_ in part.types().get(kind, ())]
    whole: dict[str, list[int]] = {}
    fixed: dict[str, list[int]] = {}
    generated: list[int] = []
    left_open: list[int] = []
    for number, (part, id_) in enumerate(resources):
        try:
            name = part.attribute(id_, attribute)
        except NeedsChoice:
            left_open.append(number)
            continue
        if name.literal_value is not None:
            whole.setdefault(name.literal_value, []).append(number)
        last = last_segment(name)
        place = generated if name.is_generated else left_open if last is None else fixed.setdefault(last, [])
        place.append(number)
    return _Named(resources, whole, fixed, generated, left_open)
