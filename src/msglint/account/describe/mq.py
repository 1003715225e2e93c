"""Brokers of Amazon MQ, without their users and configurations, which hold passwords.

https://docs.aws.amazon.com/amazon-mq/latest/api-reference/brokers-broker-id.html
"""

from msglint.account.describe.interface import Ask, Described, Where, resource, unread


def broker(where: Where, ask: Ask) -> Described:
    """Give a broker by its id or ARN: of which engine it is, and who reaches it."""
    said = ask("mq", "DescribeBroker", BrokerId=where.last)
    name = said["BrokerName"]
    logs = said.get("Logs", {})
    properties = {
        "BrokerName": name,
        "EngineType": said["EngineType"],
        "EngineVersion": said.get("EngineVersion"),
        "DeploymentMode": said.get("DeploymentMode"),
        "PubliclyAccessible": said.get("PubliclyAccessible"),
        "Logs": {key: logs[key] for key in ("General", "Audit") if key in logs} or None,
        **dict.fromkeys(("Users", "LdapServerMetadata", "Configuration", "EncryptionOptions"), unread()),
    }
    return Described({name: resource("AWS::AmazonMQ::Broker", properties)}, {name: {"arn": said["BrokerArn"]}})
