"""Secure strings of Parameter Store in templates, which only few properties take.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-ssm-secure-strings.html
"""

from collections.abc import Iterator
from typing import NamedTuple

from msglint.model.disclosure import Sourced
from msglint.model.environment import Place, texts
from msglint.model.glance import system_of
from msglint.model.model import Model
from msglint.model.resource import AnyResource
from msglint.verdict import NO, YES, Verdict, unknown

SECURE = "{{resolve:ssm-secure:"

_OF_MESSAGES = (
    *("AWS::AmazonMQ::", "AWS::MSK::", "AWS::KafkaConnect::", "AWS::KinesisFirehose::", "AWS::KinesisAnalyticsV2::"),
    *("AWS::Events::", "AWS::Pipes::", "AWS::Scheduler::", "AWS::SQS::", "AWS::SNS::", "AWS::Kinesis::"),
    *("AWS::IoT::TopicRule", "AWS::StepFunctions::", "AWS::SecretsManager::Secret", "AWS::Lambda::EventSourceMapping"),
)
_TAKES = {("AWS::KinesisFirehose::DeliveryStream", ("RedshiftDestinationConfiguration", "Password"))}
"""Of the properties that the page lists those of messages; the others are of databases, directories and users."""


class SecureString(NamedTuple):
    """A reference to a secure string, where it stands, and whether CloudFormation refuses it there."""

    name: str
    place: Place
    refused: Verdict


def secure_strings(resource: AnyResource, model: Model) -> Iterator[SecureString]:
    """Give the references in the properties of what carries messages, and under names of a broker's or Kafka's."""
    ours = resource.record.type.startswith(_OF_MESSAGES)
    for place in texts(resource, model):
        if place.way is not None or not (ours or system_of(place.name)):
            continue
        taken = NO if (resource.record.type, place.path) in _TAKES else YES
        for part in place.text.text.parts:
            if isinstance(part, Sourced) and part.source.name.startswith(SECURE):
                yield SecureString(part.source.name, place, taken)
            elif isinstance(part, Sourced) and part.source.doubt is not None and "{{resolve:" in part.source.name:
                yield SecureString(part.source.name, place, taken & unknown(part.source.doubt))
