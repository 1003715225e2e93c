"""Amazon EventBridge: rules with their targets, and buses; Scheduler and Pipes."""

from collections.abc import Iterator, Sequence

from msglint.model.data import Data
from msglint.model.policy import Condition, Policy, Principal, PrincipalKind, Statement, element, read_policy
from msglint.model.resource import Resource
from msglint.model.source_access import SourceAccess
from msglint.model.text import ARN_COLONS, Text
from msglint.model.value import Absent, Known, Unknown, Value, effective, ends, made_of, says
from msglint.verdict import NO, YES, Verdict, any_of

DEFAULT_BUS = "default"

PIPE_PARAMETERS = (
    "ActiveMQBrokerParameters",
    "RabbitMQBrokerParameters",
    "ManagedStreamingKafkaParameters",
    "SelfManagedKafkaParameters",
)
"""The parameters of a pipe's source that hold credentials, by the kind of source."""
_CREDENTIALS = {
    ("Credentials", "BasicAuth"): "BASIC_AUTH",
    ("Credentials", "SaslScram512Auth"): "SASL_SCRAM_512_AUTH",
    ("Credentials", "SaslScram256Auth"): "SASL_SCRAM_256_AUTH",
    ("Credentials", "ClientCertificateTlsAuth"): "CLIENT_CERTIFICATE_TLS_AUTH",
    ("ServerRootCaCertificate",): "SERVER_ROOT_CA_CERTIFICATE",
}


class Target:
    """What a rule or schedule sends its events to, written inside it or as a resource of its own."""

    __slots__ = ("data", "owner")

    def __init__(self, owner: Resource, data: Data) -> None:
        self.owner = owner
        self.data = data

    @property
    def destination(self) -> Data:
        """The ARN that events are sent to."""
        return self.data.get("Arn")

    @property
    def role(self) -> Value[Text]:
        """The ARN of the role that EventBridge assumes for this target; absent: it sends as a service."""
        return self.data.get("RoleArn").text()

    @property
    def dead_letter(self) -> Data:
        """The ARN of the queue for events that cannot be delivered."""
        return self.data.get("DeadLetterConfig", "Arn")

    @property
    def attempts(self) -> Data:
        """How often EventBridge tries again; 185 times unless set."""
        return self.data.get("RetryPolicy", "MaximumRetryAttempts")

    @property
    def message_group(self) -> Data:
        """The message group of a queue that the target is."""
        return self.data.get("SqsParameters", "MessageGroupId")

    @property
    def passes_events(self) -> Verdict:
        """Whether the target is given the events as they are."""
        return ~any_of(self.data.get(name).exists() for name in ("Input", "InputPath", "InputTransformer"))


class Rule(Resource):
    """A rule. https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutTargets.html."""

    KIND = "AWS::Events::Rule"
    __slots__ = ()

    @property
    def role(self) -> Value[Text]:
        """The ARN of a role that the rule names for its targets."""
        return self.properties.get("RoleArn").text()

    @property
    def bus(self) -> Value[Text]:
        """The bus that the rule listens on, by name or ARN; absent: the account's default bus."""
        return self.properties.get("EventBusName").text()

    @property
    def on_default_bus(self) -> Verdict:
        """Whether it listens on the bus on which AWS puts its own events; nobody can make another of this name."""
        part = self.record.part
        made = (part.record(named.resource[1]) for named in made_of(self.bus) if named.resource[0] == part.key)
        if any(record is not None and record.type == EventBus.KIND for record in made):
            return NO
        return YES if isinstance(self.bus, Absent) else ends(self.bus, DEFAULT_BUS, "event-bus/")

    @property
    def pattern(self) -> Data:
        """The pattern of the events that it takes; absent: it only runs on a schedule."""
        return self.properties.get("EventPattern")

    @property
    def around(self) -> Sequence[Text]:
        """The segments of its ARN before its name, among them Region and account; none where they cannot be told."""
        pieces = self.arn.split(":", ARN_COLONS)
        return pieces[:ARN_COLONS] if pieces is not None and len(pieces) > ARN_COLONS else ()

    @property
    def enabled(self) -> Verdict:
        """Whether it runs; it does unless it is switched off."""
        return ~says(self.properties.get("State").text(), "DISABLED")

    def targets(self) -> Iterator[Target]:
        """Give the targets that are written inside the rule."""
        for data in self.properties.get("Targets").elements().known:
            yield Target(self, data)


class RuleTarget(Resource):
    """A target that is a resource of its own, as Terraform writes it."""

    KIND = "aws_cloudwatch_event_target"
    __slots__ = ()

    @property
    def rule(self) -> Value[Text]:
        """The name of the rule."""
        return self.properties.get("Rule").text()

    @property
    def target(self) -> Target:
        """The target."""
        return Target(self, self.properties)


class EventBus(Resource):
    """An event bus."""

    KIND = "AWS::Events::EventBus"
    __slots__ = ()

    @property
    def policy(self) -> Data:
        """The policy that is written inside the bus."""
        return self.properties.get("Policy")

    @property
    def key(self) -> Data:
        """The customer managed key of the bus; absent: AWS's own."""
        return self.properties.get("KmsKeyIdentifier")

    @property
    def dead_letter(self) -> Data:
        """The ARN of the queue for events that the bus can neither encrypt nor decrypt."""
        return self.properties.get("DeadLetterConfig", "Arn")


class ApiDestination(Resource):
    """An HTTP endpoint that events are sent to. https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_CreateApiDestination.html."""

    KIND = "AWS::Events::ApiDestination"
    __slots__ = ()


class EventBusPolicy(Resource):
    """A statement of a bus's policy. https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutPermission.html."""

    KIND = "AWS::Events::EventBusPolicy"
    __slots__ = ()

    @property
    def policy(self) -> Policy | Unknown:
        """The policy that it adds to the bus: a statement, or the older principal, action and condition."""
        given = self.properties
        for name in ("Statement", "Policy"):
            if not given.get(name).exists().is_no:
                return read_policy(given if name == "Statement" else given.get(name))
        principal = element(given.get("Principal"))
        anyone = isinstance(principal, Known) and principal.value.literal_value == "*"
        asked = given.get("Condition")
        condition = () if asked.exists().is_no else (_condition(asked),)
        statement = Statement(
            effect=Known(Text.literal("Allow"), self.at),
            principals=(Principal(PrincipalKind.ANYONE if anyone else PrincipalKind.AWS, principal),),
            not_principals=None,
            actions=(element(given.get("Action"), "events:PutEvents"),),
            not_actions=None,
            resources=None,
            not_resources=None,
            conditions=condition,
            more_conditions=None,
            at=given.get("Principal").at,
            index=0,
        )
        return Policy((statement,), None, NO, self.at)


def _condition(data: Data) -> Condition:
    operator, key = (effective(data.get(name).text()) for name in ("Type", "Key"))
    return Condition(str(operator), str(key), (element(data.get("Value")),), data.at)


class Schedule(Resource):
    """A schedule of EventBridge Scheduler."""

    KIND = "AWS::Scheduler::Schedule"
    __slots__ = ()

    @property
    def target(self) -> Target:
        """The schedule's target; its role also writes to the dead-letter queue."""
        return Target(self, self.properties.get("Target"))


class Pipe(Resource):
    """A pipe of EventBridge Pipes."""

    KIND = "AWS::Pipes::Pipe"
    ACCESS = ("SourceParameters",)
    __slots__ = ()

    @property
    def role(self) -> Value[Text]:
        """The ARN of the role that the pipe assumes."""
        return self.properties.get("RoleArn").text()

    @property
    def stopped(self) -> bool:
        """Whether it is certain that it reads nothing."""
        return says(self.properties.get("DesiredState").text(), "STOPPED").is_yes

    @property
    def source(self) -> Data:
        """The ARN of the queue, stream, broker or cluster that is polled, or a Kafka cluster's bootstrap servers."""
        return self.properties.get("Source")

    @property
    def source_parameters(self) -> Data:
        """How the source is polled, by the kind of source; credentials and filters are there."""
        return self.properties.get(*self.ACCESS)

    def credentials(self) -> Iterator[SourceAccess]:
        """Give what the pipe signs in with, under the words of event source mappings."""
        for block in PIPE_PARAMETERS:
            parameters = self.source_parameters.get(block)
            for path, word in _CREDENTIALS.items():
                given = parameters.get(*path)
                there = given.exists()
                if not there.is_no:
                    yield SourceAccess(Known(Text.literal(word), given.at) if there.is_yes else given.text(), given)

    @property
    def parameters(self) -> Data:
        """How the target is used, by the kind of target."""
        return self.properties.get("TargetParameters")

    @property
    def message_group(self) -> Data:
        """The message group of a queue that the pipe sends to."""
        return self.parameters.get("SqsQueueParameters", "MessageGroupId")

    @property
    def deduplication(self) -> Data:
        """The deduplication id for a queue that the pipe sends to."""
        return self.parameters.get("SqsQueueParameters", "MessageDeduplicationId")

    @property
    def event(self) -> Data:
        """The source and detail type of the events that the pipe puts on a bus."""
        return self.parameters.get("EventBridgeEventBusParameters")

    @property
    def enrichment(self) -> Data:
        """The ARN of what is called with the events before the target; the target gets its answer."""
        return self.properties.get("Enrichment")

    @property
    def target(self) -> Data:
        """The ARN of what the events are sent to."""
        return self.properties.get("Target")

    def dead_letters(self) -> Iterator[Data]:
        """Give the ARNs of the queue or topic for batches that fail; only streams have one."""
        for stream in ("KinesisStreamParameters", "DynamoDBStreamParameters"):
            yield self.source_parameters.get(stream, "DeadLetterConfig", "Arn")

    @property
    def filters(self) -> Data:
        """The filters that decide which events the pipe takes; each has a pattern in JSON."""
        return self.source_parameters.get("FilterCriteria", "Filters")

    def templates(self) -> Iterator[Data]:
        """Give the input templates for the enrichment and the target."""
        for parameters in ("EnrichmentParameters", "TargetParameters"):
            yield self.properties.get(parameters, "InputTemplate")
