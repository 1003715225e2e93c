"""The SAM transform, as far as messages, their senders and their permissions are concerned.

It works on the tree: the resources of a template become those that CloudFormation would be given, made of the user's
own nodes, so that each value keeps its place. Logical ids are those of the transform, which AWS documents:
https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-generated-resources.html
"""

from collections.abc import Callable, Mapping

from msglint.model.resource import Origin
from msglint.readers.cloudformation.nodes import members, scalar
from msglint.readers.sam import resources as sam
from msglint.readers.sam.merging import Globals
from msglint.readers.sam.output import Output
from msglint.source import Node

_TURNED = {
    "AWS::Serverless::Application": "AWS::CloudFormation::Stack",
    "AWS::Serverless::SimpleTable": "AWS::DynamoDB::Table",
}
"""Types that are another's under a different name, as far as msglint looks at them."""
_APIS = {
    "AWS::Serverless::Api": "AWS::ApiGateway::RestApi",
    "AWS::Serverless::HttpApi": "AWS::ApiGatewayV2::Api",
    "AWS::Serverless::WebSocketApi": "AWS::ApiGatewayV2::Api",
}


def transform(root: Node, resources: Mapping[str, Node], value: Callable[[str], str | None]) -> Output:
    """Give the resources of a template after the transform, where parameters have their values.

    Raises `SourceError` where Globals would make it larger than CloudFormation takes.
    """
    output = Output(resources, value)
    if not resources:
        return output
    shared, section = Globals(root), members(root)["Resources"]
    for id_, node in resources.items():
        type_ = scalar(members(node).get("Type")) or ""
        match type_:
            case "AWS::Serverless::Function":
                sam.function(output, id_, shared.merged(type_, node), section.key(id_))
            case "AWS::Serverless::StateMachine":
                sam.state_machine(output, id_, shared.merged(type_, node), section.key(id_))
            case _ if type_ in _APIS:
                sam.api(output, id_, _APIS[type_], shared.merged(type_, node), section.key(id_))
            case _ if type_ in _TURNED:
                output.turn(id_, _TURNED[type_], None, Origin(id_, id_, asked=True), section.key(id_))
    if "Connector" in root.document.text:
        from msglint.readers.sam.connectors import connectors  # noqa: PLC0415  # few templates have one

        connectors(output, section)
    output.finish()
    return output
