"""Roles and policies of IAM. https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRole.html."""

from collections.abc import Mapping

from msglint.account.describe.interface import Ask, Described, Where, resource


def role(where: Where, ask: Ask) -> Described:
    """Give a role: who may assume it, and what it may do."""
    name = {"RoleName": where.last}
    said = ask("iam", "GetRole", **name)["Role"]
    inline = []
    for each in ask.pages("iam", "ListRolePolicies", "PolicyNames", **name):
        # One that is gone since it was listed is no policy of the role any more.
        policy = ask.or_none("iam", "GetRolePolicy", **name, PolicyName=each)
        if policy is not None:
            inline.append({"PolicyName": each, "PolicyDocument": policy["PolicyDocument"]})
    attached = [each["PolicyArn"] for each in ask.pages("iam", "ListAttachedRolePolicies", "AttachedPolicies", **name)]
    boundary = said.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
    resources: dict[str, Mapping[str, object]] = {}
    physical = {where.last: {"arn": str(said["Arn"]), "name": where.last}}
    for arn in dict.fromkeys([*attached, *([boundary] if boundary else [])]):
        document = _document(arn, ask)
        resources[arn] = resource("AWS::IAM::ManagedPolicy", {"PolicyDocument": document})
        physical[arn] = {"arn": arn, "name": arn.rsplit("/", 1)[-1]}
    properties = {
        "RoleName": where.last,
        "Path": said["Path"],
        "AssumeRolePolicyDocument": said["AssumeRolePolicyDocument"],
        "Policies": inline,
        "ManagedPolicyArns": attached,
        "PermissionsBoundary": boundary,
    }
    return Described({where.last: resource("AWS::IAM::Role", properties), **resources}, physical)


def managed_policy(where: Where, ask: Ask) -> Described:
    """Give a managed policy, of AWS or of the account."""
    resources = {where.last: resource("AWS::IAM::ManagedPolicy", {"PolicyDocument": _document(where.name, ask)})}
    return Described(resources, {where.last: {"arn": where.name, "name": where.last}})


def _document(arn: str, ask: Ask) -> object:
    version = ask("iam", "GetPolicy", PolicyArn=arn)["Policy"]["DefaultVersionId"]
    return ask("iam", "GetPolicyVersion", PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
