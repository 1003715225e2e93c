"""Tables of Amazon DynamoDB, of which nothing but their streams is asked for.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeTable.html
"""

import json

from msglint.account.describe.interface import Ask, Described, UnansweredError, Where, resource, unread


def table(where: Where, ask: Ask) -> Described:
    """Give a table with its stream and the policy of that, by its name, its ARN, or the ARN of its stream."""
    _, _, behind = where.name.rpartition(":table/")
    name, _, label = behind.partition("/stream/")
    said = ask("dynamodb", "DescribeTable", TableName=name)["Table"]
    names = {"arn": said["TableArn"], "name": name}
    properties: dict[str, object] = {"TableName": name, "SSESpecification": unread(), "ResourcePolicy": unread()}
    stream = said.get("LatestStreamArn")
    if label and stream != where.name:
        # That of a stream which was turned off since leads nowhere, and its table is no answer.
        raise UnansweredError(f"the table {name} has no such stream any more")
    if stream is not None:
        names["stream_arn"] = stream
        policy = ask.or_none("dynamodb", "GetResourcePolicy", ResourceArn=stream)
        document = {"PolicyDocument": json.loads(policy["Policy"])} if policy is not None else None
        settings = {
            "StreamViewType": said.get("StreamSpecification", {}).get("StreamViewType"),
            "ResourcePolicy": document,
        }
        properties["StreamSpecification"] = {key: value for key, value in settings.items() if value is not None}
    return Described({name: resource("AWS::DynamoDB::Table", properties)}, {name: names})
