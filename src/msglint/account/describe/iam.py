"""Roles and policies of IAM. https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRole.html."""

from collections.abc import Mapping, Sequence

from msglint.account.describe.interface import Ask, Described, GoneError, UnansweredError, Where, resource


def role(where: Where, ask: Ask) -> Described:
    """Give a role: who may assume it, and what it may do."""
    name = {"RoleName": where.last}
    said = ask("iam", "GetRole", **name)["Role"]
    inline = _inline(name, ask)
    attached = [each["PolicyArn"] for each in ask.pages("iam", "ListAttachedRolePolicies", "AttachedPolicies", **name)]
    boundary = said.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
    resources: dict[str, Mapping[str, object]] = {}
    physical = {where.last: {"arn": str(said["Arn"]), "name": where.last}}
    for arn in dict.fromkeys([*attached, *([boundary] if boundary else [])]):
        try:
            document = _document(arn, ask)
        except (GoneError, UnansweredError):
            continue  # the role names it: whoever wants to know what it allows looks it up, and is told why not
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


def _inline(name: Mapping[str, str], ask: Ask) -> Sequence[Mapping[str, object]]:
    """Give the policies that a role holds itself."""
    listed = [*ask.pages("iam", "ListRolePolicies", "PolicyNames", **name)]
    found = {each: ask.or_none("iam", "GetRolePolicy", **name, PolicyName=each) for each in listed}
    gone = {each for each, policy in found.items() if policy is None}
    # What is gone since it was listed is no policy of the role any more; what is still listed may just have been made.
    if gone and gone & {*ask.pages("iam", "ListRolePolicies", "PolicyNames", **name)}:
        raise UnansweredError("its policies change while they are read")
    return [
        {"PolicyName": each, "PolicyDocument": policy["PolicyDocument"]}
        for each, policy in found.items()
        if policy is not None
    ]


def managed_policy(where: Where, ask: Ask) -> Described:
    """Give a managed policy, of AWS or of the account."""
    resources = {where.last: resource("AWS::IAM::ManagedPolicy", {"PolicyDocument": _document(where.name, ask)})}
    return Described(resources, {where.last: {"arn": where.name, "name": where.last}})


def _document(arn: str, ask: Ask) -> object:
    version = ask("iam", "GetPolicy", PolicyArn=arn)["Policy"]["DefaultVersionId"]
    return ask("iam", "GetPolicyVersion", PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
