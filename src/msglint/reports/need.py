"""What a role needs, in the user's language: a statement for one of its policies."""

from msglint.finding import Need
from msglint.model.resource import Language, Resource
from msglint.reports.cloudformation import call, json, reference, yaml
from msglint.reports.tree import Branch, Tree

_ATTRIBUTES = {
    "AWS::DynamoDB::Table": ("StreamArn", "stream_arn"),
    "AWS::Events::ApiDestination": ("ArnForPolicy", "arn"),
    "AWS::Kinesis::StreamConsumer": ("ConsumerARN", "arn"),
}
"""Where what a policy speaks of is another attribute than the ARN: CloudFormation's name, and the provider's."""


def needed(need: Need, holder: Resource) -> str:
    """Write the statement for a policy of a role, or of what asks for it."""
    of, language = need.resource, holder.record.part.language
    names = _ATTRIBUTES.get(of.record.type)
    action: Branch = list(need.actions) if len(need.actions) > 1 else need.actions[0]
    if language is Language.TERRAFORM:
        from msglint.reports.hcl_need import terraform_need  # noqa: PLC0415  # loaded for plans only

        attribute_ = names[1] if names is not None else "arn"
        return "\n".join(terraform_need({"Effect": "Allow", "Action": action}, of, attribute_, holder))
    named = call(language, "GetAtt", of.id, names[0]) if names else reference(language, of, "arn", holder)
    statement: Tree = {"Effect": "Allow", "Action": action, "Resource": named}
    return json(statement) if language is Language.CLOUDFORMATION_JSON else "\n".join(yaml([statement]))
