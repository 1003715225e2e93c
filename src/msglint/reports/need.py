"""What a role needs, in the user's language: a statement for one of its policies."""

from msglint.finding import Need
from msglint.model.resource import Language
from msglint.reports.cloudformation import attribute, json, yaml
from msglint.reports.tree import Code, Tree


def needed(need: Need, language: Language) -> str:
    """Write the statement."""
    of = need.resource
    if language is Language.TERRAFORM:
        from msglint.reports.hcl import block, local  # noqa: PLC0415  # the provider's tables are loaded for plans only

        arn = Code(f"{local(of.id)}.arn")
        return "\n".join(block("statement", {"actions": [need.action], "resources": [arn]}, {}))
    named = attribute(language, of.record.type, of.id, "arn")
    statement: Tree = {"Effect": "Allow", "Action": need.action, "Resource": named}
    return json(statement) if language is Language.CLOUDFORMATION_JSON else "\n".join(yaml([statement]))
