"""What Ref and Fn::GetAtt give of resources, in the Model's words, and the names that CloudFormation makes.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
"""

from typing import TYPE_CHECKING

from msglint.model.text import Alphabet, Symbol, Text

if TYPE_CHECKING:
    from msglint.readers.cloudformation.scope import Scope

_REF_GIVES = {
    "AWS::SQS::Queue": "url",
    "AWS::SNS::Topic": "arn",
    "AWS::IAM::ManagedPolicy": "arn",
    "AWS::Kinesis::Stream": "name",
    "AWS::KinesisFirehose::DeliveryStream": "name",
    "AWS::Lambda::Function": "name",
    "AWS::Lambda::Alias": "arn",
    "AWS::Lambda::Version": "arn",
    "AWS::StepFunctions::StateMachine": "arn",
    "AWS::StepFunctions::StateMachineAlias": "arn",
    "AWS::S3::Bucket": "name",
    "AWS::Events::EventBus": "name",
    "AWS::Events::Rule": "name",
    "AWS::Events::ApiDestination": "name",
    "AWS::DynamoDB::Table": "name",
    "AWS::IoT::TopicRule": "name",
    "AWS::Kinesis::StreamConsumer": "arn",
    "AWS::Scheduler::Schedule": "name",
    "AWS::Scheduler::ScheduleGroup": "name",
    "AWS::Pipes::Pipe": "name",
    "AWS::CloudWatch::Alarm": "name",
    "AWS::CloudTrail::Trail": "name",
    "AWS::Logs::LogGroup": "name",
    "AWS::RDS::EventSubscription": "name",
    "AWS::SMSVOICE::ConfigurationSet": "name",
    "AWS::IAM::Role": "name",
    "AWS::MSK::Cluster": "arn",
    "AWS::MSK::ServerlessCluster": "arn",
    "AWS::MSK::Configuration": "arn",
    "AWS::KinesisAnalyticsV2::Application": "name",
    "AWS::SecretsManager::Secret": "arn",
    "AWS::KMS::Key": "key_id",
    "AWS::KMS::ReplicaKey": "key_id",
    "AWS::KMS::Alias": "name",
}
_GET_ATT_GIVES = {
    "Arn": "arn",
    "TopicArn": "arn",
    "PolicyArn": "arn",
    "AliasArn": "arn",
    "FunctionArn": "arn",
    "ConsumerARN": "arn",
    "StreamArn": "stream_arn",
    "ArnForPolicy": "arn_for_policy",
    "QueueUrl": "url",
    "Name": "name",
    "QueueName": "name",
    "TopicName": "name",
    "KeyId": "key_id",
}
_OTHERWISE_NAMED = frozenset(
    {
        "AWS::SecretsManager::Secret",
        "AWS::StepFunctions::StateMachine",
        "AWS::Events::ApiDestination",
    }
)
"""Types of which CloudFormation does not document what their names begin with."""
_FREELY_NAMED = frozenset({"AWS::IoT::TopicRule", "AWS::EventsV2::Subscriber"})
"""Types whose names it makes of other characters, or that have none but those they are given."""


def by_ref(type_: str) -> str:
    """Give the attribute that Ref gives of a resource of a type."""
    return _REF_GIVES.get(type_, "ref")


def by_name(type_: str, attribute: str) -> str:
    """Give the Model's name of an attribute."""
    if attribute == "Id" and type_ == "AWS::SecretsManager::Secret":
        return "arn"
    return _GET_ATT_GIVES.get(attribute, attribute)


class Naming:
    """What CloudFormation gives to the names of one resource."""

    __slots__ = ("_resource", "_scope")

    def __init__(self, scope: "Scope", resource: str) -> None:
        self._scope = scope
        self._resource = resource

    def surroundings(self, what: str) -> Text:
        """Give the pseudo parameter's text."""
        return self._scope.pseudo({"partition": "AWS::Partition", "region": "AWS::Region"}.get(what, "AWS::AccountId"))

    def generated(self) -> Text:
        """Give CloudFormation's own name: the stack's name, the logical id, something random."""
        told = self._scope.template.physical.get(self._resource, {}).get("name")
        if told is not None:
            return Text.literal(told)
        key = (self._scope.template.key, self._resource, "random")
        random = Symbol(key, Alphabet.NAME, "<random>", fresh=True)
        if self._scope.template.type_of(self._resource) in _FREELY_NAMED:
            return Text.of(self.symbol("name", Alphabet.NAME))
        if self._scope.template.type_of(self._resource) in _OTHERWISE_NAMED:
            return Text.of(self.symbol("name", Alphabet.STACK), "-", random)
        return Text.of(self._scope.pseudo("AWS::StackName"), f"-{self._resource}-", random)

    def symbol(self, attribute: str, alphabet: Alphabet) -> Symbol:
        """Give a symbol for an attribute."""
        key = (self._scope.template.key, self._resource, attribute)
        return Symbol(key, alphabet, f"${{{self._resource}.{attribute}}}")
