"""The Policies of a function or state machine, and the role that the transform makes of them.

https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-policy-templates.html
"""

from typing import NamedTuple

from msglint.readers.cloudformation.nodes import intrinsic, members
from msglint.readers.sam.made import Content, branches, either, is_mapping, is_nothing, made, unreadable
from msglint.readers.sam.output import Maker
from msglint.source import Node

MANAGED = "arn:${AWS::Partition}:iam::aws:policy/service-role/"


class Template(NamedTuple):
    """A statement of a policy template: actions, and a resource whose name the parameter gives."""

    actions: tuple[str, ...]
    service: str
    resource: str
    parameter: str


# From policy_templates.json of aws/serverless-application-model, Copyright Amazon.com, Inc., Apache License 2.0.
TEMPLATES: dict[str, tuple[Template, ...]] = {
    "AWSSecretsManagerGetSecretValuePolicy": (Template(("secretsmanager:GetSecretValue",), "", "", "SecretArn"),),
    "EventBridgePutEventsPolicy": (Template(("events:PutEvents",), "events", "event-bus/{}", "EventBusName"),),
    "FirehoseCrudPolicy": (
        Template(
            (
                "firehose:CreateDeliveryStream",
                "firehose:DeleteDeliveryStream",
                "firehose:DescribeDeliveryStream",
                "firehose:PutRecord",
                "firehose:PutRecordBatch",
                "firehose:UpdateDestination",
            ),
            "firehose",
            "deliverystream/{}",
            "DeliveryStreamName",
        ),
    ),
    "FirehoseWritePolicy": (
        Template(
            ("firehose:PutRecord", "firehose:PutRecordBatch"), "firehose", "deliverystream/{}", "DeliveryStreamName"
        ),
    ),
    "KMSDecryptPolicy": (Template(("kms:Decrypt",), "kms", "key/{}", "KeyId"),),
    "KMSEncryptPolicy": (Template(("kms:Encrypt",), "kms", "key/{}", "KeyId"),),
    "KMSEncryptPolicy_v2": (
        Template(
            (
                "kms:Encrypt",
                "kms:GenerateDataKey",
                "kms:GenerateDataKeyWithoutPlaintext",
                "kms:GenerateDataKeyPair",
                "kms:GenerateDataKeyPairWithoutPlaintext",
            ),
            "kms",
            "key/{}",
            "KeyId",
        ),
    ),
    "KinesisCrudPolicy": (
        Template(
            (
                "kinesis:AddTagsToStream",
                "kinesis:CreateStream",
                "kinesis:DecreaseStreamRetentionPeriod",
                "kinesis:DeleteStream",
                "kinesis:DescribeStream",
                "kinesis:DescribeStreamSummary",
                "kinesis:GetShardIterator",
                "kinesis:IncreaseStreamRetentionPeriod",
                "kinesis:ListTagsForStream",
                "kinesis:MergeShards",
                "kinesis:PutRecord",
                "kinesis:PutRecords",
                "kinesis:SplitShard",
                "kinesis:RemoveTagsFromStream",
            ),
            "kinesis",
            "stream/{}",
            "StreamName",
        ),
    ),
    "KinesisStreamReadPolicy": (
        Template(("kinesis:ListStreams", "kinesis:DescribeLimits"), "kinesis", "stream/*", ""),
        Template(
            (
                "kinesis:DescribeStream",
                "kinesis:DescribeStreamSummary",
                "kinesis:GetRecords",
                "kinesis:GetShardIterator",
            ),
            "kinesis",
            "stream/{}",
            "StreamName",
        ),
    ),
    "LambdaInvokePolicy": (Template(("lambda:InvokeFunction",), "lambda", "function:{}*", "FunctionName"),),
    "SNSCrudPolicy": (
        Template(
            (
                "sns:ListSubscriptionsByTopic",
                "sns:CreateTopic",
                "sns:SetTopicAttributes",
                "sns:Subscribe",
                "sns:Publish",
            ),
            "sns",
            "{}*",
            "TopicName",
        ),
    ),
    "SNSPublishMessagePolicy": (Template(("sns:Publish",), "sns", "{}", "TopicName"),),
    "SQSPollerPolicy": (
        Template(
            (
                "sqs:ChangeMessageVisibility",
                "sqs:ChangeMessageVisibilityBatch",
                "sqs:DeleteMessage",
                "sqs:DeleteMessageBatch",
                "sqs:GetQueueAttributes",
                "sqs:ReceiveMessage",
            ),
            "sqs",
            "{}",
            "QueueName",
        ),
    ),
    "SQSSendMessagePolicy": (Template(("sqs:SendMessage*",), "sqs", "{}", "QueueName"),),
    "StepFunctionsExecutionPolicy": (
        Template(("states:StartExecution",), "states", "stateMachine:{}", "StateMachineName"),
    ),
    "StepFunctionsExecutionPolicy_v2": (
        Template(
            ("states:StartExecution", "states:StartSyncExecution"), "states", "stateMachine:{}", "StateMachineName"
        ),
    ),
}

OTHERS = {
    "acm": "AcmGetCertificatePolicy",
    "athena": "AthenaQueryPolicy",
    "ce": "CostExplorerReadOnlyPolicy",
    "cloudformation": "CloudFormationDescribeStacksPolicy",
    "cloudwatch": "CloudWatchDashboardPolicy CloudWatchDescribeAlarmHistoryPolicy CloudWatchPutMetricPolicy",
    "codecommit": "CodeCommitCrudPolicy CodeCommitReadPolicy",
    "codepipeline": "CodePipelineLambdaExecutionPolicy CodePipelineReadOnlyPolicy",
    "comprehend": "ComprehendBasicAccessPolicy",
    "dynamodb": "DynamoDBBackupFullAccessPolicy DynamoDBCrudPolicy DynamoDBReadPolicy DynamoDBReconfigurePolicy "
    "DynamoDBRestoreFromBackupPolicy DynamoDBStreamReadPolicy DynamoDBWritePolicy",
    "ec2": "AMIDescribePolicy EC2CopyImagePolicy EC2DescribePolicy VPCAccessPolicy",
    "ecs": "EcsRunTaskPolicy",
    "eks": "EKSDescribePolicy",
    "elasticfilesystem": "EFSWriteAccessPolicy",
    "elasticmapreduce": "ElasticMapReduceAddJobFlowStepsPolicy ElasticMapReduceCancelStepsPolicy "
    "ElasticMapReduceModifyInstanceFleetPolicy ElasticMapReduceModifyInstanceGroupsPolicy "
    "ElasticMapReduceSetTerminationProtectionPolicy ElasticMapReduceTerminateJobFlowsPolicy",
    "es": "ElasticsearchHttpPostPolicy",
    "logs": "FilterLogEventsPolicy",
    "mobileanalytics": "MobileAnalyticsWriteOnlyAccessPolicy",
    "mobiletargeting": "PinpointEndpointAccessPolicy",
    "organizations": "OrganizationsListAccountsPolicy",
    "polly": "PollyFullAccessPolicy",
    "rekognition": "RekognitionDetectOnlyPolicy RekognitionFacesManagementPolicy RekognitionFacesPolicy "
    "RekognitionLabelsPolicy RekognitionNoDataAccessPolicy RekognitionReadPolicy RekognitionWriteOnlyAccessPolicy",
    "route53": "Route53ChangeResourceRecordSetsPolicy",
    "s3": "S3CrudPolicy S3FullAccessPolicy S3ReadPolicy S3WritePolicy",
    "sagemaker": "SageMakerCreateEndpointConfigPolicy SageMakerCreateEndpointPolicy",
    "secretsmanager": "AWSSecretsManagerRotationPolicy",
    "serverlessrepo": "ServerlessRepoReadWriteAccessPolicy",
    "ses": "SESBulkTemplatedCrudPolicy SESBulkTemplatedCrudPolicy_v2 SESCrudPolicy SESEmailTemplateCrudPolicy "
    "SESSendBouncePolicy",
    "ssm": "SSMParameterReadPolicy SSMParameterWithSlashPrefixReadPolicy",
    "states": "StepFunctionsCallbackPolicy",
    "textract": "TextractDetectAnalyzePolicy TextractGetResultPolicy TextractPolicy",
}
"""The other policy templates by their service: none of them touches a message, save that of what it invokes."""

_SERVICE = {name: service for service, names in OTHERS.items() for name in names.split()}


class Role:
    """The role of a function or state machine while it is put together."""

    def __init__(self, maker: Maker, service: str) -> None:
        self.id = f"{maker.author}Role"
        self._maker = maker
        self._service = service
        self._managed: list[Content] = []
        self._policies: list[Content] = []

    def manage(self, name: str) -> None:
        """Add a policy of AWS."""
        arn: Content = {"Fn::Sub": f"{MANAGED}{name}"}
        if arn not in self._managed:
            self._managed.append(arn)

    def allow(self, name: str, *statements: Content, version: bool = False) -> None:
        """Add statements that the transform writes."""
        document: dict[str, Content] = {"Version": "2012-10-17"} if version else {}
        policy: Content = {"PolicyName": name, "PolicyDocument": {**document, "Statement": statements}}
        self._policies.append(policy)

    def take(self, policies: Node | None) -> None:
        """Add what the user writes: names of policies, policy templates, and documents, which stay the user's own."""
        listed = () if policies is None else policies.items() if policies.kind == "sequence" else (policies,)
        if policies is not None and intrinsic(policies) is not None:
            listed = (policies,)
        for index, entry in enumerate(listed):
            if entry.kind == "scalar" and not entry.tag and entry.value is None:
                continue
            document = _document(entry)
            name = f"{self.id}Policy{index}"
            if document is None:
                self._managed.append(entry)
            elif document is entry:
                self._own(name, index, entry)
            else:
                self._policies.append({"PolicyName": name, "PolicyDocument": document})

    def _own(self, name: str, index: int, document: Node) -> None:
        maker = self._maker
        way = (*maker.way, "Policies", str(index))
        own = Maker(maker.output, maker.author, f"policy {index + 1} of {maker.label}", document, maker.condition, way)
        properties: dict[str, Content] = {
            "PolicyName": name,
            "PolicyDocument": document,
            "Roles": [own.ref(self.id)],
        }
        own.own(name, "AWS::IAM::Policy", properties, {("PolicyDocument",): ()})

    def write(self, trust: Node | None, path: Node | None, boundary: Node | None) -> None:
        """Make the role; a trust policy that the user writes is the user's."""
        maker = self._maker
        properties: dict[str, Content] = {
            "AssumeRolePolicyDocument": trust if trust is not None else trusting(self._service),
            "ManagedPolicyArns": self._managed or None,
            "Policies": self._policies or None,
            "Path": path,
            "PermissionsBoundary": boundary,
        }
        if trust is None:
            maker.beside(self.id, "AWS::IAM::Role", properties, "role")
        else:
            maker.own(self.id, "AWS::IAM::Role", properties)


def trusting(service: str) -> Content:
    """Write the trust policy of a role."""
    statement: Content = {"Effect": "Allow", "Principal": {"Service": [service]}, "Action": ["sts:AssumeRole"]}
    return {"Version": "2012-10-17", "Statement": [statement]}


def allow(action: Content, resource: Content) -> Content:
    """Write a statement of a role's policy."""
    return {"Effect": "Allow", "Action": action, "Resource": resource}


def _document(entry: Node) -> Node | None:
    """Give the document of an entry of Policies: itself, or one made of a policy template; None: it is a policy's name.

    A value that a condition decides is a document where one of its branches is.
    """
    decided = branches(entry)
    if decided is not None:
        condition, *values = decided
        left, right = (None if is_nothing(value) else _document(value) for value in values)
        if left is None and right is None:
            return None
        if left in {None, values[0]} and right in {None, values[1]}:
            return entry
        return either(condition, left or values[0], right or values[1], entry)
    if entry.kind == "scalar" or intrinsic(entry) is not None:
        return None
    if entry.kind != "mapping" or "Statement" in entry.fields():
        return entry
    if len(entry.fields()) == 1:
        ((name, parameters),) = entry.fields().items()
        return _template(name, parameters, entry)
    return unreadable("this is no policy that SAM knows", entry)


def _template(name: str, parameters: Node, at: Node) -> Node:
    if name in _SERVICE:
        about = unreadable(f"msglint does not read the policy template {name}", at)
        return made({"Statement": [allow(f"{_SERVICE[name]}:*", about)]}, at)
    if name not in TEMPLATES:
        return unreadable(f"{name} is no policy template that msglint knows", at)
    statements = [allow(each.actions, _resource(each, parameters, at)) for each in TEMPLATES[name]]
    return made({"Statement": statements}, at)


def _resource(template: Template, parameters: Node, at: Node) -> Content:
    variable = f"{template.parameter[:1].lower()}{template.parameter[1:]}"
    where = f"arn:${{AWS::Partition}}:{template.service}:${{AWS::Region}}:${{AWS::AccountId}}:"
    if not template.parameter:
        return made({"Fn::Sub": where + template.resource}, at)
    given = members(parameters).get(template.parameter) if is_mapping(parameters) else None
    if given is None:
        return unreadable(f"{template.parameter} of the policy template is not written", at)
    name = f"${{{variable}}}"
    pattern = where + template.resource.replace("{}", name) if template.service else name
    return made({"Fn::Sub": [pattern, {variable: given}]}, at)
