"""What a role needs, in the user's language: a statement for one of its policies."""

from msglint.finding import Need
from msglint.model.resource import Language
from msglint.reports.cloudformation import attribute, call, json, yaml
from msglint.reports.tree import Branch, Code, Tree

_ATTRIBUTES = {
    "AWS::DynamoDB::Table": ("StreamArn", "stream_arn"),
    "AWS::Events::ApiDestination": ("ArnForPolicy", "arn"),
    "AWS::Kinesis::StreamConsumer": ("ConsumerARN", "arn"),
}
"""Where what a policy speaks of is another attribute than the ARN: CloudFormation's name, and the provider's."""


def needed(need: Need, language: Language) -> str:
    """Write the statement."""
    of = need.resource
    names = _ATTRIBUTES.get(of.record.type)
    if language is Language.TERRAFORM:
        from msglint.reports.hcl import block, local  # noqa: PLC0415  # the provider's tables are loaded for plans only

        arn = Code(f"{local(of.id)}.{names[1] if names is not None else 'arn'}")
        return "\n".join(block("statement", {"actions": list(need.actions), "resources": [arn]}, {}))
    named = call(language, "GetAtt", of.id, names[0]) if names else attribute(language, of.record.type, of.id, "arn")
    action: Branch = list(need.actions) if len(need.actions) > 1 else need.actions[0]
    statement: Tree = {"Effect": "Allow", "Action": action, "Resource": named}
    return json(statement) if language is Language.CLOUDFORMATION_JSON else "\n".join(yaml([statement]))
