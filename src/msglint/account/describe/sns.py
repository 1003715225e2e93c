"""Topics of Amazon SNS. https://docs.aws.amazon.com/sns/latest/api/API_GetTopicAttributes.html."""

import json

from msglint.account.describe.interface import Ask, Described, Where, resource


def topic(where: Where, ask: Ask) -> Described:
    """Give a topic with its policy."""
    said = ask("sns", "GetTopicAttributes", TopicArn=where.arn("sns", where.last))["Attributes"]
    properties: dict[str, object] = {"TopicName": where.last, "KmsMasterKeyId": said.get("KmsMasterKeyId") or None}
    for name in ("FifoTopic", "ContentBasedDeduplication"):
        properties[name] = said[name] == "true" if said.get(name) else None
    resources = {where.last: resource("AWS::SNS::Topic", properties)}
    if said.get("Policy"):
        policy = {"Topics": [{"Ref": where.last}], "PolicyDocument": json.loads(said["Policy"])}
        resources[f"policy of {where.last}"] = resource("AWS::SNS::TopicPolicy", policy)
    return Described(resources)
