"""The provider's resource types in the words of AWS's API.

https://registry.terraform.io/providers/hashicorp/aws/latest/docs
"""

from collections.abc import Mapping

import msgspec

from msglint.readers.terraform.address import CLOUD_CONTROL
from msglint.readers.terraform.expressions import Spec


class Kind(msgspec.Struct, frozen=True):
    """CloudFormation's name of a type, and its properties."""

    type: str
    fields: Mapping[str, Spec] = {}
    name_attribute: str = "name"
    generated: str = "terraform-"
    """How the names begin that the provider makes up."""


class Overlay(msgspec.Struct, frozen=True):
    """A resource of the provider that sets one property of another resource."""

    target: str
    """The attribute that names the other resource, by its URL or id."""
    type: str
    """The other resource's type, as CloudFormation calls it."""
    property: str
    attribute: str


def _names(**attributes: str) -> dict[str, Spec]:
    return {name: Spec(attribute) for name, attribute in attributes.items()}


QUEUE = Kind(
    "AWS::SQS::Queue",
    {
        **_names(
            QueueName="name",
            VisibilityTimeout="visibility_timeout_seconds",
            MessageRetentionPeriod="message_retention_seconds",
            MaximumMessageSize="max_message_size",
            DelaySeconds="delay_seconds",
            ReceiveMessageWaitTimeSeconds="receive_wait_time_seconds",
            FifoQueue="fifo_queue",
            ContentBasedDeduplication="content_based_deduplication",
            KmsMasterKeyId="kms_master_key_id",
            RedrivePolicy="redrive_policy",
            RedriveAllowPolicy="redrive_allow_policy",
            Policy="policy",
        ),
        "SqsManagedSseEnabled": Spec("sqs_managed_sse_enabled", computed=True),
    },
)

TOPIC = Kind(
    "AWS::SNS::Topic",
    _names(TopicName="name", KmsMasterKeyId="kms_master_key_id", FifoTopic="fifo_topic", Policy="policy"),
)

SUBSCRIPTION = Kind(
    "AWS::SNS::Subscription",
    _names(
        TopicArn="topic_arn",
        Protocol="protocol",
        Endpoint="endpoint",
        RedrivePolicy="redrive_policy",
        SubscriptionRoleArn="subscription_role_arn",
        RawMessageDelivery="raw_message_delivery",
        FilterPolicy="filter_policy",
    ),
)

STREAM = Kind(
    "AWS::Kinesis::Stream",
    {
        **_names(Name="name", RetentionPeriodHours="retention_period", ShardCount="shard_count"),
        "StreamEncryption": Spec("", _names(EncryptionType="encryption_type", KeyId="kms_key_id"), here=True),
    },
)

PROCESSING = {
    **_names(Enabled="enabled"),
    "Processors": Spec(
        "processors",
        {
            **_names(Type="type"),
            "Parameters": Spec(
                "parameters", _names(ParameterName="parameter_name", ParameterValue="parameter_value"), many=True
            ),
        },
        many=True,
    ),
}

FROM_SECRET = {
    "SecretsManagerConfiguration": Spec(
        "secrets_manager_configuration", _names(Enabled="enabled", SecretARN="secret_arn", RoleARN="role_arn")
    )
}
LOGGING = {
    "CloudWatchLoggingOptions": Spec(
        "cloudwatch_logging_options",
        _names(Enabled="enabled", LogGroupName="log_group_name", LogStreamName="log_stream_name"),
    )
}
BUCKET = {**_names(BucketARN="bucket_arn", Prefix="prefix", ErrorOutputPrefix="error_output_prefix"), **LOGGING}
DESTINATION = {"S3Configuration": Spec("s3_configuration", BUCKET), **LOGGING}
SECRET_DESTINATION = {**DESTINATION, **FROM_SECRET}

DELIVERY_STREAM = Kind(
    "AWS::KinesisFirehose::DeliveryStream",
    {
        **_names(DeliveryStreamName="name"),
        "KinesisStreamSourceConfiguration": Spec(
            "kinesis_source_configuration", _names(KinesisStreamARN="kinesis_stream_arn", RoleARN="role_arn")
        ),
        "MSKSourceConfiguration": Spec("msk_source_configuration", _names(MSKClusterARN="msk_cluster_arn")),
        "DeliveryStreamEncryptionConfigurationInput": Spec(
            "server_side_encryption",
            _names(Enabled="enabled", KeyType="key_type", KeyARN="key_arn"),
            switch="enabled",
        ),
        "ExtendedS3DestinationConfiguration": Spec(
            "extended_s3_configuration",
            {
                **BUCKET,
                "S3BackupConfiguration": Spec("s3_backup_configuration", BUCKET),
                "ProcessingConfiguration": Spec("processing_configuration", PROCESSING),
                "DataFormatConversionConfiguration": Spec(
                    "data_format_conversion_configuration", _names(Enabled="enabled")
                ),
            },
        ),
        "S3DestinationConfiguration": Spec("s3_configuration", BUCKET),
        "RedshiftDestinationConfiguration": Spec(
            "redshift_configuration",
            {**_names(Password="password"), **SECRET_DESTINATION},  # noqa: S106  # a name
        ),
        "ElasticsearchDestinationConfiguration": Spec("elasticsearch_configuration", DESTINATION),
        "AmazonopensearchserviceDestinationConfiguration": Spec("opensearch_configuration", DESTINATION),
        "AmazonOpenSearchServerlessDestinationConfiguration": Spec("opensearchserverless_configuration", DESTINATION),
        "SplunkDestinationConfiguration": Spec(
            "splunk_configuration", {**_names(HECToken="hec_token"), **SECRET_DESTINATION}
        ),
        "HttpEndpointDestinationConfiguration": Spec(
            "http_endpoint_configuration",
            {
                "EndpointConfiguration": Spec("", _names(Url="url", AccessKey="access_key"), here=True),
                **SECRET_DESTINATION,
            },
        ),
        "SnowflakeDestinationConfiguration": Spec(
            "snowflake_configuration",
            {**_names(PrivateKey="private_key", KeyPassphrase="key_passphrase"), **SECRET_DESTINATION},
        ),
        "IcebergDestinationConfiguration": Spec("iceberg_configuration", DESTINATION),
    },
)

DEAD_LETTER = Spec("dead_letter_config", _names(Arn="arn"))
RETRIES = Spec(
    "retry_policy",
    _names(MaximumRetryAttempts="maximum_retry_attempts", MaximumEventAgeInSeconds="maximum_event_age_in_seconds"),
)
MESSAGE_GROUP = _names(MessageGroupId="message_group_id")

EVENT_RULE = Kind(
    "AWS::Events::Rule",
    _names(Name="name", EventBusName="event_bus_name", RoleArn="role_arn", State="state")
    | _names(EventPattern="event_pattern", ScheduleExpression="schedule_expression"),
)

EVENT_TARGET = Kind(
    "aws_cloudwatch_event_target",
    {
        **_names(Rule="rule", EventBusName="event_bus_name", Arn="arn", RoleArn="role_arn"),
        **_names(Input="input", InputPath="input_path"),
        "InputTransformer": Spec("input_transformer", _names(InputTemplate="input_template")),
        "DeadLetterConfig": DEAD_LETTER,
        "RetryPolicy": RETRIES,
        "SqsParameters": Spec("sqs_target", MESSAGE_GROUP),
        # That they are there tells that the target is no queue.
        "BatchParameters": Spec("batch_target", {}),
        "EcsParameters": Spec("ecs_target", {}),
        "HttpParameters": Spec("http_target", {}),
        "KinesisParameters": Spec("kinesis_target", {}),
        "RedshiftDataParameters": Spec("redshift_target", {}),
        "RunCommandParameters": Spec("run_command_targets", {}),
        "SageMakerPipelineParameters": Spec("sagemaker_pipeline_target", {}),
    },
)

HTTP_PARAMETERS = {
    name: Spec(attribute, _names(Key="key", Value="value", IsValueSecret="is_value_secret"), many=True)
    for name, attribute in (
        ("HeaderParameters", "header"),
        ("QueryStringParameters", "query_string"),
        ("BodyParameters", "body"),
    )
}

CONNECTION = Kind(
    "AWS::Events::Connection",
    {
        **_names(Name="name"),
        "AuthParameters": Spec(
            "auth_parameters",
            {
                "ApiKeyAuthParameters": Spec("api_key", _names(ApiKeyName="key", ApiKeyValue="value")),
                "BasicAuthParameters": Spec(
                    "basic",
                    _names(Username="username", Password="password"),  # noqa: S106  # a name
                ),
                "OAuthParameters": Spec(
                    "oauth",
                    {
                        "ClientParameters": Spec(
                            "client_parameters",
                            _names(ClientID="client_id", ClientSecret="client_secret"),  # a name
                        ),
                        "OAuthHttpParameters": Spec("oauth_http_parameters", HTTP_PARAMETERS),
                    },
                ),
                "InvocationHttpParameters": Spec("invocation_http_parameters", HTTP_PARAMETERS),
            },
        ),
    },
)

SCHEDULE = Kind(
    "AWS::Scheduler::Schedule",
    {
        **_names(Name="name", GroupName="group_name"),
        "Target": Spec(
            "target",
            {
                **_names(Arn="arn", RoleArn="role_arn"),
                "DeadLetterConfig": DEAD_LETTER,
                "RetryPolicy": RETRIES,
                "SqsParameters": Spec("sqs_parameters", MESSAGE_GROUP),
                "EcsParameters": Spec("ecs_parameters", {}),
                "EventBridgeParameters": Spec("eventbridge_parameters", {}),
                "KinesisParameters": Spec("kinesis_parameters", {}),
                "SageMakerPipelineParameters": Spec("sagemaker_pipeline_parameters", {}),
            },
        ),
    },
)

EVENT_INVOKE_CONFIG = Kind(
    "AWS::Lambda::EventInvokeConfig",
    {
        **_names(FunctionName="function_name", Qualifier="qualifier", MaximumRetryAttempts="maximum_retry_attempts"),
        "DestinationConfig": Spec(
            "destination_config",
            {
                "OnSuccess": Spec("on_success", _names(Destination="destination")),
                "OnFailure": Spec("on_failure", _names(Destination="destination")),
            },
        ),
    },
    "function_name",
)

FILTERS = Spec("filter_criteria", {"Filters": Spec("filter", _names(Pattern="pattern"), many=True)})

SCHEMA_REGISTRY = {
    "SchemaRegistryConfig": Spec(
        "schema_registry_config", {"AccessConfigs": Spec("access_config", _names(Type="type", URI="uri"), many=True)}
    )
}

LIMITS = {
    "MaximumRetryAttempts": Spec("maximum_retry_attempts", computed=True),
    "MaximumRecordAgeInSeconds": Spec("maximum_record_age_in_seconds", computed=True),
}

EVENT_SOURCE_MAPPING = Kind(
    "AWS::Lambda::EventSourceMapping",
    {
        **_names(
            EventSourceArn="event_source_arn",
            FunctionName="function_name",
            Enabled="enabled",
            BatchSize="batch_size",
            MaximumBatchingWindowInSeconds="maximum_batching_window_in_seconds",
            FunctionResponseTypes="function_response_types",
            BisectBatchOnFunctionError="bisect_batch_on_function_error",
            StartingPosition="starting_position",
            Queues="queues",
            Topics="topics",
        ),
        **LIMITS,
        "DestinationConfig": Spec(
            "destination_config", {"OnFailure": Spec("on_failure", _names(Destination="destination_arn"))}
        ),
        "SourceAccessConfigurations": Spec("source_access_configuration", _names(Type="type", URI="uri"), many=True),
        "DocumentDBEventSourceConfig": Spec("document_db_event_source_config", _names(DatabaseName="database_name")),
        "SelfManagedEventSource": Spec("self_managed_event_source", _names(Endpoints="endpoints")),
        "FilterCriteria": FILTERS,
        "AmazonManagedKafkaEventSourceConfig": Spec(
            "amazon_managed_kafka_event_source_config", SCHEMA_REGISTRY, computed=True
        ),
        "SelfManagedKafkaEventSourceConfig": Spec(
            "self_managed_kafka_event_source_config", SCHEMA_REGISTRY, computed=True
        ),
    },
)

KAFKA_LOGS = {
    "CloudWatchLogs": Spec("cloudwatch_logs", _names(Enabled="enabled")),
    "Firehose": Spec("firehose", _names(Enabled="enabled")),
    "S3": Spec("s3", _names(Enabled="enabled")),
}

MSK_CLUSTER = Kind(
    "AWS::MSK::Cluster",
    {
        **_names(ClusterName="cluster_name"),
        "ClientAuthentication": Spec(
            "client_authentication",
            {
                "Sasl": Spec(
                    "sasl",
                    {
                        "Scram": Spec("", _names(Enabled="scram"), here=True),
                        "Iam": Spec("", _names(Enabled="iam"), here=True),
                    },
                ),
                "Tls": Spec("tls", _names(CertificateAuthorityArnList="certificate_authority_arns")),
                "Unauthenticated": Spec("", _names(Enabled="unauthenticated"), here=True),
            },
        ),
        "EncryptionInfo": Spec(
            "encryption_info",
            {
                "EncryptionInTransit": Spec(
                    "encryption_in_transit", _names(ClientBroker="client_broker", InCluster="in_cluster")
                )
            },
        ),
        "BrokerNodeGroupInfo": Spec(
            "broker_node_group_info",
            {
                "ConnectivityInfo": Spec(
                    "connectivity_info", {"PublicAccess": Spec("public_access", _names(Type="type"))}, computed=True
                )
            },
        ),
        "ConfigurationInfo": Spec("configuration_info", _names(Arn="arn")),
        "LoggingInfo": Spec("logging_info", {"BrokerLogs": Spec("broker_logs", KAFKA_LOGS)}),
    },
    "cluster_name",
)

CONNECTOR = Kind(
    "AWS::KafkaConnect::Connector",
    {
        **_names(ConnectorName="name", ConnectorConfiguration="connector_configuration"),
        "KafkaClusterEncryptionInTransit": Spec(
            "kafka_cluster_encryption_in_transit", _names(EncryptionType="encryption_type")
        ),
        "LogDelivery": Spec("log_delivery", {"WorkerLogDelivery": Spec("worker_log_delivery", KAFKA_LOGS)}),
    },
)

REPLICATOR = Kind(
    "AWS::MSK::Replicator",
    {
        **_names(ReplicatorName="replicator_name"),
        "LogDelivery": Spec("log_delivery", {"ReplicatorLogDelivery": Spec("replicator_log_delivery", KAFKA_LOGS)}),
    },
    "replicator_name",
)

KEY = Kind("AWS::KMS::Key", _names(KeyPolicy="policy"))

SCRAM_ASSOCIATION = "AWS::MSK::BatchScramSecret"

SECRET = Kind("AWS::SecretsManager::Secret", _names(Name="name", KmsKeyId="kms_key_id", ResourcePolicy="policy"))
SECRET_VERSION = Kind("aws_secretsmanager_secret_version", _names(SecretId="secret_id", SecretString="secret_string"))
SECRET_ROTATION = Kind("AWS::SecretsManager::RotationSchedule", _names(SecretId="secret_id"))

PIPE_STREAM = {
    **_names(OnPartialBatchItemFailure="on_partial_batch_item_failure"),
    **LIMITS,
    "DeadLetterConfig": DEAD_LETTER,
}
BASIC_AUTH = {"Credentials": Spec("credentials", _names(BasicAuth="basic_auth"))}
KAFKA_AUTH = _names(SaslScram512Auth="sasl_scram_512_auth", ClientCertificateTlsAuth="client_certificate_tls_auth")

PIPE = Kind(
    "AWS::Pipes::Pipe",
    {
        **_names(
            Name="name",
            Source="source",
            Target="target",
            Enrichment="enrichment",
            RoleArn="role_arn",
            DesiredState="desired_state",
        ),
        "SourceParameters": Spec(
            "source_parameters",
            {
                "SqsQueueParameters": Spec("sqs_queue_parameters", _names(BatchSize="batch_size")),
                "KinesisStreamParameters": Spec("kinesis_stream_parameters", PIPE_STREAM),
                "DynamoDBStreamParameters": Spec("dynamodb_stream_parameters", PIPE_STREAM),
                "ActiveMQBrokerParameters": Spec("activemq_broker_parameters", BASIC_AUTH),
                "RabbitMQBrokerParameters": Spec("rabbitmq_broker_parameters", BASIC_AUTH),
                "ManagedStreamingKafkaParameters": Spec(
                    "managed_streaming_kafka_parameters", {"Credentials": Spec("credentials", KAFKA_AUTH)}
                ),
                "SelfManagedKafkaParameters": Spec(
                    "self_managed_kafka_parameters",
                    {
                        **_names(ServerRootCaCertificate="server_root_ca_certificate"),
                        "Credentials": Spec(
                            "credentials",
                            {**KAFKA_AUTH, **_names(BasicAuth="basic_auth", SaslScram256Auth="sasl_scram_256_auth")},
                        ),
                    },
                ),
                "FilterCriteria": FILTERS,
            },
        ),
        "EnrichmentParameters": Spec("enrichment_parameters", _names(InputTemplate="input_template")),
        "TargetParameters": Spec(
            "target_parameters",
            {
                **_names(InputTemplate="input_template"),
                "SqsQueueParameters": Spec(
                    "sqs_queue_parameters",
                    {**MESSAGE_GROUP, **_names(MessageDeduplicationId="message_deduplication_id")},
                ),
                "EventBridgeEventBusParameters": Spec(
                    "eventbridge_event_bus_parameters", _names(Source="source", DetailType="detail_type")
                ),
                "BatchJobParameters": Spec("batch_job_parameters", {}),
                "CloudWatchLogsParameters": Spec("cloudwatch_logs_parameters", {}),
                "EcsTaskParameters": Spec("ecs_task_parameters", {}),
                "HttpParameters": Spec("http_parameters", {}),
                "KinesisStreamParameters": Spec("kinesis_stream_parameters", {}),
                "LambdaFunctionParameters": Spec("lambda_function_parameters", {}),
                "RedshiftDataParameters": Spec("redshift_data_parameters", {}),
                "SageMakerPipelineParameters": Spec("sagemaker_pipeline_parameters", {}),
                "StepFunctionStateMachineParameters": Spec("step_function_state_machine_parameters", {}),
            },
        ),
    },
)

NOTIFICATION = Kind(
    "aws_s3_bucket_notification",
    {
        **_names(Bucket="bucket"),
        "QueueConfigurations": Spec("queue", _names(Queue="queue_arn"), many=True),
        "TopicConfigurations": Spec("topic", _names(Topic="topic_arn"), many=True),
        "LambdaConfigurations": Spec("lambda_function", _names(Function="lambda_function_arn"), many=True),
    },
)

ALARM = Kind(
    "AWS::CloudWatch::Alarm",
    _names(AlarmName="alarm_name", AlarmActions="alarm_actions", OKActions="ok_actions")
    | _names(InsufficientDataActions="insufficient_data_actions"),
    "alarm_name",
)

SES_TOPIC = {"SnsDestination": Spec("sns_destination", _names(TopicARN="topic_arn"))}
RECEIPT_ACTIONS = {
    name: Spec(block, _names(TopicArn="topic_arn"), many=True)
    for name, block in {
        "SNSAction": "sns_action",
        "S3Action": "s3_action",
        "LambdaAction": "lambda_action",
        "BounceAction": "bounce_action",
        "StopAction": "stop_action",
        "WorkmailAction": "workmail_action",
    }.items()
}

PERMISSION = Kind(
    "AWS::Lambda::Permission",
    _names(FunctionName="function_name", Action="action", Principal="principal", SourceArn="source_arn")
    | _names(SourceAccount="source_account", PrincipalOrgID="principal_org_id", Qualifier="qualifier"),
    "statement_id",
)

BUS_PERMISSION = Kind(
    "AWS::Events::EventBusPolicy",
    {
        **_names(EventBusName="event_bus_name", StatementId="statement_id", Action="action", Principal="principal"),
        "Condition": Spec("condition", _names(Key="key", Type="type", Value="value")),
    },
    "statement_id",
)

BROKER = Kind(
    "AWS::AmazonMQ::Broker",
    {
        **_names(
            BrokerName="broker_name",
            EngineType="engine_type",
            DeploymentMode="deployment_mode",
            PubliclyAccessible="publicly_accessible",
        ),
        "Logs": Spec("logs", _names(General="general", Audit="audit")),
        "Users": Spec("user", _names(Username="username", Password="password"), many=True),  # noqa: S106  # a name
        "LdapServerMetadata": Spec(
            "ldap_server_metadata",
            _names(ServiceAccountPassword="service_account_password"),  # a name
        ),
    },
    "broker_name",
)

FLINK = Kind(
    "AWS::KinesisAnalyticsV2::Application",
    {
        **_names(ApplicationName="name", RuntimeEnvironment="runtime_environment"),
        "CloudWatchLoggingOptions": Spec("cloudwatch_logging_options", _names(LogStreamARN="log_stream_arn")),
        "ApplicationConfiguration": Spec(
            "application_configuration",
            {
                "ApplicationSnapshotConfiguration": Spec(
                    "application_snapshot_configuration", _names(SnapshotsEnabled="snapshots_enabled"), computed=True
                ),
                "FlinkApplicationConfiguration": Spec(
                    "flink_application_configuration",
                    {
                        "CheckpointConfiguration": Spec(
                            "checkpoint_configuration",
                            _names(
                                ConfigurationType="configuration_type", CheckpointingEnabled="checkpointing_enabled"
                            ),
                            computed=True,
                        )
                    },
                    computed=True,
                ),
                "EnvironmentProperties": Spec(
                    "environment_properties",
                    {"PropertyGroups": Spec("property_group", _names(PropertyMap="property_map"), many=True)},
                ),
            },
        ),
    },
)

IOT_ACTIONS = {
    "Kafka": _names(ClientProperties="client_properties"),
    "Sqs": _names(QueueUrl="queue_url", RoleArn="role_arn"),
    "Sns": _names(TargetArn="target_arn", RoleArn="role_arn"),
    "Kinesis": _names(StreamName="stream_name", RoleArn="role_arn"),
    "Firehose": _names(DeliveryStreamName="delivery_stream_name", RoleArn="role_arn"),
    "StepFunctions": _names(StateMachineName="state_machine_name", RoleArn="role_arn"),
}
_STEP_FUNCTIONS = {"StepFunctions": "step_functions"}


def _iot(*, many: bool) -> dict[str, Spec]:
    """Give the blocks of actions; a rule may have several of a kind, and for errors one."""
    return {
        name: Spec(_STEP_FUNCTIONS.get(name, name.lower()), fields, many=many) for name, fields in IOT_ACTIONS.items()
    }


IOT_RULE = Kind(
    "AWS::IoT::TopicRule",
    {
        **_names(RuleName="name"),
        "TopicRulePayload": Spec(
            "",
            {
                "Actions": Spec("", _iot(many=True), here=True),
                "ErrorAction": Spec("error_action", _iot(many=False)),
            },
            here=True,
        ),
    },
)

HOOK = _names(NotificationTargetARN="notification_target_arn", RoleARN="role_arn")

PIPELINE = Kind(
    "AWS::CodePipeline::Pipeline",
    {
        **_names(Name="name", RoleArn="role_arn"),
        "Stages": Spec(
            "stage",
            {
                "Actions": Spec(
                    "action",
                    {
                        **_names(RoleArn="role_arn", Configuration="configuration"),
                        "ActionTypeId": Spec("", _names(Category="category"), here=True),
                    },
                    many=True,
                )
            },
            many=True,
        ),
    },
)

INTEGRATION = _names(
    Type="type",
    IntegrationHttpMethod="integration_http_method",
    Uri="uri",
    Credentials="credentials",
    RequestParameters="request_parameters",
    RequestTemplates="request_templates",
)


def _attachment(roles: str, policies: str) -> Kind:
    lists = {name: Spec(name, listed=not name.endswith("s")) for name in (roles, policies)}
    return Kind("aws_iam_role_policy_attachment", {"RoleName": lists[roles], "PolicyArn": lists[policies]})


KINDS = {
    "aws_sqs_queue": QUEUE,
    "aws_sns_topic": TOPIC,
    "aws_sns_topic_subscription": SUBSCRIPTION,
    "aws_kinesis_stream": STREAM,
    "aws_kinesis_firehose_delivery_stream": DELIVERY_STREAM,
    "aws_lambda_event_source_mapping": EVENT_SOURCE_MAPPING,
    "aws_pipes_pipe": PIPE,
    "aws_scheduler_schedule": SCHEDULE,
    "aws_scheduler_schedule_group": Kind("AWS::Scheduler::ScheduleGroup", _names(Name="name")),
    "aws_cloudwatch_event_rule": EVENT_RULE,
    "aws_cloudwatch_event_target": EVENT_TARGET,
    "aws_cloudwatch_event_connection": CONNECTION,
    "aws_cloudwatch_event_bus": Kind(
        "AWS::Events::EventBus",
        {**_names(Name="name", KmsKeyIdentifier="kms_key_identifier"), "DeadLetterConfig": DEAD_LETTER},
    ),
    "aws_cloudwatch_event_bus_policy": Kind(
        "AWS::Events::EventBusPolicy", _names(EventBusName="event_bus_name", Policy="policy")
    ),
    "aws_cloudwatch_event_permission": BUS_PERMISSION,
    "aws_cloudwatch_metric_alarm": ALARM,
    "aws_cloudwatch_composite_alarm": Kind("AWS::CloudWatch::CompositeAlarm", ALARM.fields, ALARM.name_attribute),
    "aws_cloudwatch_log_group": Kind("AWS::Logs::LogGroup", _names(LogGroupName="name")),
    "aws_cloudwatch_log_stream": Kind(
        "AWS::Logs::LogStream", _names(LogGroupName="log_group_name", LogStreamName="name")
    ),
    "aws_cloudwatch_log_resource_policy": Kind(
        "AWS::Logs::ResourcePolicy", _names(PolicyName="policy_name", PolicyDocument="policy_document")
    ),
    "aws_db_event_subscription": Kind(
        "AWS::RDS::EventSubscription", _names(SubscriptionName="name", SnsTopicArn="sns_topic")
    ),
    "aws_elasticache_cluster": Kind(
        "AWS::ElastiCache::CacheCluster", _names(NotificationTopicArn="notification_topic_arn")
    ),
    "aws_elasticache_replication_group": Kind(
        "AWS::ElastiCache::ReplicationGroup", _names(NotificationTopicArn="notification_topic_arn")
    ),
    "aws_ses_event_destination": Kind(
        "AWS::SES::ConfigurationSetEventDestination", {"EventDestination": Spec("", SES_TOPIC, here=True)}
    ),
    "aws_sesv2_configuration_set_event_destination": Kind(
        "AWS::SES::ConfigurationSetEventDestination", {"EventDestination": Spec("event_destination", SES_TOPIC)}
    ),
    "aws_ses_identity_notification_topic": Kind("aws_ses_identity_notification_topic", _names(SnsTopic="topic_arn")),
    "aws_ses_receipt_rule": Kind(
        "AWS::SES::ReceiptRule", {"Rule": Spec("", {"Actions": Spec("", RECEIPT_ACTIONS, here=True)}, here=True)}
    ),
    "aws_cloudtrail": Kind("AWS::CloudTrail::Trail", _names(TrailName="name", SnsTopicName="sns_topic_name")),
    "aws_config_delivery_channel": Kind("AWS::Config::DeliveryChannel", _names(SnsTopicARN="sns_topic_arn")),
    "aws_codestarnotifications_notification_rule": Kind(
        "AWS::CodeStarNotifications::NotificationRule",
        {"Targets": Spec("target", _names(TargetAddress="address", TargetType="type"), many=True)},
    ),
    "aws_budgets_budget": Kind(
        "AWS::Budgets::Budget",
        {
            "NotificationsWithSubscribers": Spec(
                "notification", _names(Subscribers="subscriber_sns_topic_arns"), many=True
            )
        },
    ),
    "aws_lambda_permission": PERMISSION,
    "aws_s3_bucket_notification": NOTIFICATION,
    "aws_sqs_queue_policy": Kind(
        "AWS::SQS::QueuePolicy", {"Queues": Spec("queue_url", listed=True), "PolicyDocument": Spec("policy")}
    ),
    "aws_sns_topic_policy": Kind(
        "AWS::SNS::TopicPolicy", {"Topics": Spec("arn", listed=True), "PolicyDocument": Spec("policy")}
    ),
    "aws_kinesis_resource_policy": Kind(
        "AWS::Kinesis::ResourcePolicy", _names(ResourceArn="resource_arn", ResourcePolicy="policy")
    ),
    "aws_mq_broker": BROKER,
    "aws_msk_cluster": MSK_CLUSTER,
    "aws_msk_serverless_cluster": Kind(
        "AWS::MSK::ServerlessCluster", _names(ClusterName="cluster_name"), "cluster_name"
    ),
    "aws_msk_scram_secret_association": Kind(
        SCRAM_ASSOCIATION, _names(ClusterArn="cluster_arn", SecretArnList="secret_arn_list")
    ),
    "aws_msk_single_scram_secret_association": Kind(
        SCRAM_ASSOCIATION, {**_names(ClusterArn="cluster_arn"), "SecretArnList": Spec("secret_arn", listed=True)}
    ),
    "aws_msk_cluster_policy": Kind("AWS::MSK::ClusterPolicy", _names(ClusterArn="cluster_arn", Policy="policy")),
    "aws_secretsmanager_secret": SECRET,
    "aws_secretsmanager_secret_version": SECRET_VERSION,
    "aws_secretsmanager_secret_rotation": SECRET_ROTATION,
    "aws_secretsmanager_secret_policy": Kind(
        "AWS::SecretsManager::ResourcePolicy", _names(SecretId="secret_arn", ResourcePolicy="policy")
    ),
    "aws_iam_role": Kind(
        "AWS::IAM::Role",
        {
            **_names(
                RoleName="name",
                Path="path",
                AssumeRolePolicyDocument="assume_role_policy",
                ManagedPolicyArns="managed_policy_arns",
                PermissionsBoundary="permissions_boundary",
            ),
            "Policies": Spec(
                "inline_policy", _names(PolicyName="name", PolicyDocument="policy"), many=True, computed=True
            ),
        },
    ),
    "aws_iam_policy": Kind(
        "AWS::IAM::ManagedPolicy", _names(ManagedPolicyName="name", Path="path", PolicyDocument="policy")
    ),
    "aws_iam_role_policy": Kind(
        "AWS::IAM::RolePolicy",
        {**_names(PolicyName="name", PolicyDocument="policy"), "RoleName": Spec("role", listed=True)},
    ),
    "aws_iam_role_policy_attachment": _attachment("role", "policy_arn"),
    "aws_iam_policy_attachment": _attachment("roles", "policy_arn"),
    "aws_iam_role_policy_attachments_exclusive": _attachment("role_name", "policy_arns"),
    "aws_lambda_function": Kind(
        "AWS::Lambda::Function",
        {
            **_names(
                FunctionName="function_name", Role="role", Timeout="timeout", Handler="handler", Runtime="runtime"
            ),
            "Environment": Spec("environment", _names(Variables="variables")),
            "DeadLetterConfig": Spec("dead_letter_config", _names(TargetArn="target_arn")),
        },
        "function_name",
    ),
    "aws_lambda_function_event_invoke_config": EVENT_INVOKE_CONFIG,
    "aws_dynamodb_table": Kind("AWS::DynamoDB::Table", _names(TableName="name")),
    "aws_kinesis_stream_consumer": Kind("AWS::Kinesis::StreamConsumer", _names(ConsumerName="name")),
    "aws_cloudwatch_event_api_destination": Kind("AWS::Events::ApiDestination", _names(Name="name")),
    "aws_sfn_state_machine": Kind(
        "AWS::StepFunctions::StateMachine",
        _names(StateMachineName="name", RoleArn="role_arn", DefinitionString="definition"),
    ),
    "aws_api_gateway_integration": Kind("AWS::ApiGateway::Method", {"Integration": Spec("", INTEGRATION, here=True)}),
    "aws_apigatewayv2_integration": Kind(
        "AWS::ApiGatewayV2::Integration",
        _names(
            IntegrationType="integration_type",
            IntegrationSubtype="integration_subtype",
            IntegrationUri="integration_uri",
            CredentialsArn="credentials_arn",
            RequestParameters="request_parameters",
            RequestTemplates="request_templates",
        ),
    ),
    "aws_api_gateway_rest_api": Kind("AWS::ApiGateway::RestApi", _names(Name="name", Body="body")),
    "aws_apigatewayv2_api": Kind("AWS::ApiGatewayV2::Api", _names(Name="name", Body="body")),
    "aws_lambda_alias": Kind("AWS::Lambda::Alias", _names(Name="name", FunctionName="function_name")),
    "aws_mq_configuration": Kind("AWS::AmazonMQ::Configuration", _names(Name="name", Data="data")),
    "aws_msk_configuration": Kind("AWS::MSK::Configuration", _names(Name="name", ServerProperties="server_properties")),
    "aws_mskconnect_connector": CONNECTOR,
    "aws_msk_replicator": REPLICATOR,
    "aws_mskconnect_worker_configuration": Kind(
        "AWS::KafkaConnect::WorkerConfiguration", _names(Name="name", PropertiesFileContent="properties_file_content")
    ),
    "aws_kinesisanalyticsv2_application": FLINK,
    "aws_ecs_task_definition": Kind(
        "AWS::ECS::TaskDefinition", _names(Family="family", ContainerDefinitions="container_definitions"), "family"
    ),
    "aws_iot_topic_rule": IOT_RULE,
    "aws_autoscaling_lifecycle_hook": Kind("AWS::AutoScaling::LifecycleHook", HOOK),
    "aws_autoscaling_notification": Kind("aws_autoscaling_notification", _names(TopicARN="topic_arn")),
    "aws_autoscaling_group": Kind(
        "AWS::AutoScaling::AutoScalingGroup",
        {"LifecycleHookSpecificationList": Spec("initial_lifecycle_hook", HOOK, many=True)},
    ),
    "aws_codepipeline": PIPELINE,
    "aws_kms_key": KEY,
    "aws_kms_external_key": KEY,
    # A replica has a policy of its own, which may be a resource of its own too.
    "aws_kms_replica_key": KEY,
    "aws_kms_replica_external_key": KEY,
    "aws_kms_alias": Kind("AWS::KMS::Alias", _names(AliasName="name", TargetKeyId="target_key_id")),
    "aws_s3_bucket": Kind("AWS::S3::Bucket", _names(BucketName="bucket"), "bucket"),
}

OVERLAYS = {
    "aws_sqs_queue_redrive_policy": Overlay("queue_url", QUEUE.type, "RedrivePolicy", "redrive_policy"),
    "aws_sqs_queue_redrive_allow_policy": Overlay(
        "queue_url", QUEUE.type, "RedriveAllowPolicy", "redrive_allow_policy"
    ),
    "aws_kms_key_policy": Overlay("key_id", KEY.type, "KeyPolicy", "policy"),
}


def own_name(native: str, attribute: str) -> str:
    """Give a provider's name of an attribute that the Model calls "arn", "url" or "name"."""
    if not native.startswith(CLOUD_CONTROL):
        return attribute
    from msglint.readers.terraform.awscc import spelled as cloud_control  # noqa: PLC0415  # few plans have them

    return cloud_control(kind_of(native).type, attribute)


def kind_of(native: str) -> Kind:
    """Give what is known of a type of a provider."""
    found = KINDS.get(native)
    if found is None and native.startswith(CLOUD_CONTROL):
        from msglint.readers.terraform.awscc import kind_of as cloud_control  # noqa: PLC0415  # few plans have them

        found = cloud_control(native)
    return found or Kind(native)


def spelled(kind: Kind, path: tuple[str, ...]) -> str:
    """Give the provider's name of the last property on a way, or the API's where the provider has none."""
    fields: Mapping[str, Spec] = kind.fields
    name = path[-1]
    for step in path:
        spec = fields.get(step)
        if spec is None:
            continue
        name = spec.attribute or name
        fields = spec.fields if spec.fields is not None else {}
    return name
