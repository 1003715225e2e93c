"""The Model: all resources of a run in one scenario, and the questions that cross them."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

from msglint.model.firehose import DeliveryStream
from msglint.model.kms import KEY_TYPES
from msglint.model.resource import Mention, Part, Record, Resource, Scenario
from msglint.model.sns import StandaloneSubscription, Subscription, Topic
from msglint.model.sqs import Queue
from msglint.model.text import Symbol, Text, same
from msglint.model.value import Absent, Known, Mentions, Unknown, Value, made_of, outside, written
from msglint.source import Place
from msglint.verdict import NO, YES, Doubt, Reason, Verdict, unknown

R = TypeVar("R", bound=Resource)

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
        "aws_cloudwatch_log_group",
        "aws_cloudwatch_log_stream",
        "aws_ssm_parameter",
    }
)


class Model:
    """The parts of a run under one scenario. Cheap to make: everything is evaluated when it is asked for."""

    def __init__(self, parts: Sequence[Part], scenario: Scenario = ()) -> None:
        self._parts = {part.key: part for part in parts}
        self.scenario = scenario

    def under(self, scenario: Scenario) -> "Model":
        """Give the same system with these conditions decided."""
        return Model([part.under(scenario) for part in self._parts.values()], scenario)

    def possible(self, scenario: Scenario) -> bool:
        """Say whether some deployment has these conditions."""
        return all(part.possible(scenario) for part in self._parts.values())

    @property
    def parts(self) -> Sequence[Part]:
        """The templates and plans of the run."""
        return tuple(self._parts.values())

    def record(self, key: tuple[str, str]) -> Record | None:
        """Give the resource with this key, whether or not it exists in this scenario."""
        part = self._parts.get(key[0])
        return part.record(key[1]) if part is not None else None

    def exists(self, resource: Resource) -> bool:
        """Say whether the resource is made in this scenario; may raise `NeedsChoice`."""
        return self._parts[resource.record.part.key].exists(resource.id)

    def every(self, kind: type[R]) -> Iterator[R]:
        """Give all resources of a kind that exist in this scenario; touches each one's condition."""
        for part in self._parts.values():
            for id_ in part.types().get(kind.KIND, ()):
                record = part.record(id_)
                if record is not None and part.exists(id_):
                    yield kind(record)

    def has_own_key(self, key: Value[Text]) -> bool:
        """Say whether a KMS key is one that this run makes."""
        makers = [self.record(reference.resource) for reference in made_of(key)]
        return bool(makers) and all(maker is not None and maker.type in KEY_TYPES for maker in makers)

    def has_key(self, key: Value[Text]) -> Verdict:
        """Say whether a KMS key is named."""
        return YES if self.has_own_key(key) else written(key)

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
                    found = self._existing(named[0].resource, kind)
                    if found is not None:
                        return found
                return Unknown(reason, at)
            case Known(value=text, at=at):
                return self._by_text(text, at, kind, attribute)

    def _existing(self, key: tuple[str, str], kind: type[R]) -> R | None:
        record = self.record(key)
        if record is None or record.type != kind.KIND or not record.part.exists(record.id):
            return None
        return kind(record)

    def _by_text(self, text: Text, at: Place, kind: type[R], attribute: str) -> R | Unknown:
        if text.refers is not None:
            key, of = text.refers.resource, text.refers.attribute
            if of != attribute:
                return outside(f"this is the {of} of {key[1]}, where its {attribute} belongs", at)
            return self._existing(key, kind) or outside(f"{key[1]} is not what belongs here", at)
        if len(text.parts) == 1 and isinstance(text.parts[0], Symbol):
            return outside(f"{text} has no value here", at)
        because = Reason(Doubt.OUTSIDE, f"whether {text} belongs to a resource of this run cannot be told", at)
        possible = False
        for part in self._parts.values():
            for id_ in part.types().get(kind.KIND, ()):
                verdict = same(part.attribute(id_, attribute), text, because)
                if verdict.is_no or not part.exists(id_):
                    continue
                record = part.record(id_)
                if verdict.is_yes and record is not None:
                    return kind(record)
                possible = True
        return Unknown(because, at) if possible else outside(f"{text} is not in this run", at)

    def subscriptions(self, resource: Resource) -> Iterator[Subscription]:
        """Give the subscriptions that name the resource, standalone ones and those inside a topic."""
        for by in {mention.by: None for mention in resource.mentions()}:
            record = self.record((resource.record.part.key, by))
            if (
                record is None
                or record.type not in {StandaloneSubscription.KIND, Topic.KIND}
                or not record.part.exists(by)
            ):
                continue
            if record.type == StandaloneSubscription.KIND:
                yield StandaloneSubscription(record).subscription
            else:
                yield from Topic(record).subscriptions()

    def redrive_sources(self, queue: Queue) -> Iterator[Queue]:
        """Give the queues whose redrive policy names this queue as their dead-letter queue."""
        for by in {mention.by: None for mention in queue.mentions() if mention.names("redrivepolicy")}:
            source = self._existing((queue.record.part.key, by), Queue)
            if source is not None and source.id != queue.id:
                target = self.find(source.dead_letter_target, Queue)
                if isinstance(target, Queue) and target.id == queue.id:
                    yield source

    def producers(self, stream: DeliveryStream) -> Sequence[Mention]:
        """Give the places that may put records into a stream, SNS subscriptions and permissions aside."""
        return [mention for mention in stream.mentions() if self._may_produce(stream, mention)]

    def _may_produce(self, stream: DeliveryStream, mention: Mention) -> bool:
        record = self.record((stream.record.part.key, mention.by))
        return record is not None and mention.by != stream.id and record.type not in _NO_PRODUCERS

    def failure_uses(self, queue: Queue) -> Sequence[Mention]:
        """Give the places that use the queue as a dead-letter queue or failure destination, in whatever scenario."""
        return [mention for mention in queue.mentions() if mention.by != queue.id and mention.names(*_FAILURE_WORDS)]

    def takes_failures(self, queue: Queue) -> Verdict:
        """Say whether a queue is somebody's dead-letter queue or failure destination, here or in another stack.

        A queue that takes failures in some deployment is never asked for a dead-letter queue of its own.
        """
        uses = self.failure_uses(queue)
        if any(use.certain for use in uses):
            return YES
        if uses:
            text = f"{uses[0].by} may use it as a dead-letter queue: it is among what {uses[0].path[0]} names"
            return unknown(Reason(Doubt.NOT_UNDERSTOOD, text, queue.at))
        if self.is_called_dead_letter_queue(queue):
            text = "it may be another stack's dead-letter queue: its name says so"
            return unknown(Reason(Doubt.OUTSIDE, text, queue.at))
        if queue.restricts_redrive.is_no:
            return NO
        text = "it may be another stack's dead-letter queue: it restricts who may redrive to it"
        return queue.restricts_redrive & unknown(Reason(Doubt.OUTSIDE, text, queue.at))

    def is_called_dead_letter_queue(self, queue: Queue) -> bool:
        """Say whether a queue is named like a dead-letter queue and nothing here polls it."""
        called = f"{queue.id.rpartition('.')[2]} {queue.name}"
        return queue.sounds_like_failures(called) and not self.pollers(queue)

    def pollers(self, queue: Queue) -> Sequence[Mention]:
        """Give the event source mappings, SAM events and pipes that poll the queue, in whatever scenario."""
        return [mention for mention in queue.mentions() if self._is_poller(queue, mention)]

    def _is_poller(self, queue: Queue, mention: Mention) -> bool:
        record = self.record((queue.record.part.key, mention.by)) if mention.certain else None
        match record.type if record is not None else "":
            case "AWS::Lambda::EventSourceMapping":
                return mention.path[0] == "eventsourcearn"
            case "AWS::Pipes::Pipe":
                return mention.path[0] == "source"
            case "AWS::Serverless::Function":
                return mention.path[0] == "events" and mention.path[-1] in {"queue", "queuearn"}
            case _:
                return False
