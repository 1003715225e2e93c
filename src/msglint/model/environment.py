"""Environment variables, of functions and of containers, and the credentials of brokers and Kafka in them."""

import re
from collections.abc import Iterator

from msglint.model.credentials import Credential, effective_text, environment, structure
from msglint.model.data import Data
from msglint.model.disclosure import Traced
from msglint.model.lambda_ import Function
from msglint.model.resource import Language, Resource

_TELLING = re.compile(
    r"sasl|jaas|LoginModule|auth\.user\.info|ssl\."
    r"|(?:kafka|msk|confluent|ksql|registry|mq|rabbit|artemis|amqp|broker|stomp|mqtt)[\w.\-]*(?:pass|pwd)",
    re.IGNORECASE,
)


class TaskDefinition(Resource):
    """A task of ECS. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskDefinition.html."""

    KIND = "AWS::ECS::TaskDefinition"
    __slots__ = ()

    def variables(self) -> Iterator[tuple[str, Traced]]:
        """Give the environment variables of all containers, which in a plan are a text of JSON."""
        containers = self.properties.get("ContainerDefinitions")
        written = containers.trace()
        inside = structure(written) if written is not None else containers
        for container in inside.elements().known:
            for variable in _either(container, "Environment").elements().known:
                name = effective_text(_either(variable, "Name").text())
                value = _either(variable, "Value")
                if written is None:
                    traced = value.trace()
                else:
                    text = effective_text(value.text())
                    traced = written.part(text) if text is not None else None
                if name is not None and traced is not None:
                    yield str(name), traced


def _may_hold(resource: Function | TaskDefinition) -> bool:
    """Say whether a template's text has such a name at all: else its conditions would be gone through for nothing."""
    record = resource.record
    if record.part.language is Language.TERRAFORM or record.origin is not None:
        return True  # what a plan or SAM's Globals say of it stands elsewhere
    at = record.properties.at
    return bool(_TELLING.search(at.document.slice(at.span)))


def _either(data: Data, name: str) -> Data:
    """Give a member by CloudFormation's name, or by the API's own in a text of JSON."""
    own = data.get(name)
    return own if own.exists().is_yes else data.get(name[0].lower() + name[1:])


def credentials(resource: Function | TaskDefinition, of: str) -> Iterator[Credential]:
    """Give the secrets in environment variables that are those of a broker or of Kafka."""
    if not _may_hold(resource):
        return
    if isinstance(resource, TaskDefinition):
        path: tuple[str, ...] = ("ContainerDefinitions", "Environment")
        variables: Iterator[tuple[str, Traced]] = resource.variables()
    else:
        path = Function.ENVIRONMENT
        variables = (
            (name, traced)
            for name, value in resource.environment.fields().items()
            if (traced := value.trace()) is not None
        )
    for name, value in variables:
        kind, secrets = environment(name, value)
        if kind == of:
            for secret in secrets:
                yield Credential(secret, name, path)
