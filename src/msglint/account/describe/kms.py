"""Keys of AWS KMS. https://docs.aws.amazon.com/kms/latest/APIReference/API_DescribeKey.html."""

import json

from msglint.account.describe.interface import Ask, Described, UnansweredError, Where, resource

_USES = {"Decrypt", "GenerateDataKey"}
"""What senders and readers do with a key."""


def key(where: Where, ask: Ask) -> Described:
    """Give a key by its id, its ARN, or an alias of it, with its policy.

    A key that AWS manages is what no template makes: its alias says so already.
    """
    said = ask("kms", "DescribeKey", KeyId=where.name)["KeyMetadata"]
    if said.get("KeyManager") == "AWS":
        raise UnansweredError("it is a key that AWS manages, which templates name by its alias")
    names = {"arn": said["Arn"], "key_id": said["KeyId"]}
    policy = json.loads(ask("kms", "GetKeyPolicy", KeyId=said["KeyId"], PolicyName="default")["Policy"])
    properties = {"KeyPolicy": policy, "Enabled": said.get("Enabled")}
    alias = where.name[where.name.find("alias/") :] if "alias/" in where.name else None
    id_ = said["KeyId"]
    resources = {id_: resource("AWS::KMS::Key", properties)}
    grants = [
        each.get("GranteePrincipal") or each["GranteeServicePrincipal"]
        for each in ask.pages("kms", "ListGrants", "Grants", KeyId=said["KeyId"])
        if _USES & {*each["Operations"]}
    ]
    for number, principal in enumerate(grants):
        given = {"KeyId": {"Ref": id_}, "GranteePrincipal": principal}
        resources[f"the grant {number + 1} of {id_}"] = resource("aws_kms_grant", given)
    if alias is not None:
        resources[alias] = resource("AWS::KMS::Alias", {"AliasName": alias, "TargetKeyId": said["Arn"]})
    return Described(resources, {id_: names})
