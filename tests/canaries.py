"""Canaries: secrets that stand nowhere else, planted in all places in which msglint knows that there may be one.

A secret in a place that nobody could recognise, such as the name of a queue, need not be hidden. What is listed here
can be told by its property, by a name that ends with what tells of a secret, by being declared as one, or by the form
of an address.
"""

import base64
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import yaml

_ENCODED = re.compile(r"[A-Za-z0-9+/]{16,}")


class Canaries:
    """Makes canaries, each for the place that it is named after."""

    def __init__(self) -> None:
        self.places: dict[str, str] = {}
        """The places by their canaries."""

    def __call__(self, place: str) -> str:
        """Give a new one."""
        canary = f"Cnry{len(self.places):03}zQ7w9xK"
        self.places[canary] = place
        return canary

    def seen(self, text: str) -> list[str]:
        """Give the places whose canaries a text shows, in the open or in base64."""
        plain = "\n".join([text, *_decoded(text)])
        return sorted({self.places[found] for found in re.findall(r"Cnry\d{3}zQ7w9xK", plain) if found in self.places})


def _decoded(text: str) -> Iterator[str]:
    for found in _ENCODED.finditer(text):
        for start in range(4):
            piece = found[0][start:]
            yield base64.b64decode(piece[: len(piece) // 4 * 4]).decode("latin-1")


def _resource(type_: str, **properties: Any) -> dict[str, Any]:
    return {"Type": type_, "Properties": properties}


def template(new: Canaries) -> dict[str, Any]:
    """Give a CloudFormation template with a canary in each place of one that may hold a secret."""
    encoded = base64.b64encode(
        f'<broker><authenticationUser username="a" password="{new("broker configuration")}"/></broker>'.encode()
    ).decode()
    module = "org.apache.kafka.common.security.scram.ScramLoginModule required username='a' password"
    return {
        "Description": f"amqps://u:{new('description')}@b-1.mq.eu-west-1.amazonaws.com:5671",
        "Metadata": {
            "Notes": {"BrokerPassword": new("metadata"), "url": f"https://u:{new('metadata URL')}@kafka:8081"}
        },
        "Parameters": {
            "Odd": {"Type": "String", "NoEcho": True, "Default": new("NoEcho default")},
            "MqPassword": {"Type": "String", "AllowedValues": [new("allowed value"), new("second allowed value")]},
            "KafkaPassword": {"Type": "String", "Default": new("default of a telling parameter")},
            "Url": {"Type": "String", "Default": f"amqps://u:{new('default URL')}@b-1.mq.example.com:5671"},
        },
        "Mappings": {
            "Stages": {"live": {"kafkaPassword": new("mapping"), "url": f"stomp://u:{new('mapping URL')}@mq"}}
        },
        "Resources": {
            "Orders": {
                **_resource("AWS::SQS::Queue", Tags=[{"Key": "password", "Value": new("tag")}], KmsMasterKeyId=""),
                "Metadata": {"MqPassword": new("metadata of a resource")},
            },
            "Topic": _resource(
                "AWS::SNS::Topic",
                Subscription=[{"Protocol": "https", "Endpoint": f"https://u:{new('subscription')}@kafka.example.com"}],
            ),
            "Broker": _resource(
                "AWS::AmazonMQ::Broker",
                Users=[{"Username": "a", "Password": new("MQ user")}, {"Username": "b", "Password": new("MQ user 2")}],
                LdapServerMetadata={"ServiceAccountPassword": new("MQ LDAP")},
            ),
            "Configuration": _resource("AWS::AmazonMQ::Configuration", EngineType="ACTIVEMQ", Data=encoded),
            "Scram": _resource(
                "AWS::SecretsManager::Secret",
                Name="AmazonMSK_orders",
                SecretString=json.dumps({"username": "a", "password": new("SCRAM secret")}),
            ),
            "Plain": _resource("AWS::SecretsManager::Secret", Name="mq-password", SecretString=new("SecretString")),
            "Generated": _resource(
                "AWS::SecretsManager::Secret",
                GenerateSecretString={
                    "GenerateStringKey": "salt",
                    "SecretStringTemplate": json.dumps({"password": new("SecretStringTemplate")}),
                },
            ),
            "Stored": _resource("AWS::SSM::Parameter", Name="/mq/password", Type="String", Value=new("SSM parameter")),
            "Http": _resource(
                "AWS::KinesisFirehose::DeliveryStream",
                HttpEndpointDestinationConfiguration={
                    "EndpointConfiguration": {
                        "Url": f"https://u:{new('Firehose URL')}@kafka.example.com",
                        "AccessKey": new("Firehose access key"),
                    }
                },
            ),
            "Splunk": _resource(
                "AWS::KinesisFirehose::DeliveryStream", SplunkDestinationConfiguration={"HECToken": new("HEC token")}
            ),
            "Redshift": _resource(
                "AWS::KinesisFirehose::DeliveryStream",
                RedshiftDestinationConfiguration={"Username": "a", "Password": new("Firehose to Redshift")},
            ),
            "Snowflake": _resource(
                "AWS::KinesisFirehose::DeliveryStream",
                SnowflakeDestinationConfiguration={
                    "PrivateKey": new("Snowflake key"),
                    "KeyPassphrase": new("Snowflake passphrase"),
                },
            ),
            "Flink": _resource(
                "AWS::KinesisAnalyticsV2::Application",
                ApplicationConfiguration={
                    "EnvironmentProperties": {
                        "PropertyGroups": [
                            {
                                "PropertyGroupId": "kafka",
                                "PropertyMap": {
                                    "sasl.jaas.config": f'{module}="{new("Flink JAAS")}";',
                                    "ssl.truststore.password": new("Flink truststore"),
                                    "kafka.password": new("Flink property"),
                                },
                            }
                        ]
                    }
                },
            ),
            "Connection": _resource(
                "AWS::Events::Connection",
                AuthParameters={
                    "ApiKeyAuthParameters": {"ApiKeyName": "Authorization", "ApiKeyValue": f"Bearer {new('API key')}"},
                    "BasicAuthParameters": {"Username": "a", "Password": new("basic authentication")},
                    "OAuthParameters": {"ClientParameters": {"ClientID": "a", "ClientSecret": new("client secret")}},
                    "InvocationHttpParameters": {
                        "HeaderParameters": [{"Key": "X-Tenant", "Value": new("secret header"), "IsValueSecret": True}],
                        "BodyParameters": [{"Key": "t", "Value": new("secret body"), "IsValueSecret": True}],
                        "QueryStringParameters": [{"Key": "q", "Value": new("secret query"), "IsValueSecret": True}],
                    },
                },
            ),
            "Worker": _resource(
                "AWS::Lambda::Function",
                Runtime="python3.13",
                Handler="index.run",
                Environment={
                    "Variables": {
                        "KAFKA_PASSWORD": new("environment"),
                        "RABBIT_URL": f"amqps://u:{new('environment URL')}@mq.example.com",
                        "DB_PASSWORD": new("environment, of a database"),
                        "GITHUB_TOKEN": new("environment, a token"),
                        "SETTINGS": json.dumps({"kafka": {"sasl_password": new("environment, in JSON")}}),
                        "JAAS": f"{module}='{new('environment, JAAS')}';",
                    }
                },
                Code={
                    "ZipFile": f'RABBITMQ_PASSWORD = "{new("inline code")}"\n'
                    f'url = "amqps://u:{new("inline code, URL")}@mq.example.com"\n'
                    "def run(event, context):\n    pass\n"
                },
            ),
            "Serverless": _resource(
                "AWS::Serverless::Function", Environment={"Variables": {"MQ_PASSWORD": new("environment, SAM")}}
            ),
            "Task": _resource(
                "AWS::ECS::TaskDefinition",
                ContainerDefinitions=[
                    {
                        "Environment": [{"Name": "KAFKA_PASSWORD", "Value": new("environment of a container")}],
                        "Command": ["run", f"--kafka-password={new('command of a container')}"],
                    }
                ],
            ),
            "Build": _resource(
                "AWS::CodeBuild::Project",
                Environment={"EnvironmentVariables": [{"Name": "KAFKA_PASSWORD", "Value": new("build")}]},
            ),
            "Host": {
                **_resource(
                    "AWS::EC2::Instance",
                    UserData={
                        "Fn::Base64": f"rabbitmqctl add_user shop {new('user data')}\n"
                        f"kafka-configs.sh --add-config 'SCRAM-SHA-512=[password={new('user data, SCRAM')}]'\n"
                        f"export KAFKA_PASSWORD={new('user data, assigned')}\n"
                    },
                ),
                "Metadata": {
                    "AWS::CloudFormation::Init": {
                        "config": {
                            "commands": {"a": {"command": f"rabbitmqctl change_password shop {new('cfn-init')}"}},
                            "files": {"/etc/kafka": {"content": f"sasl.plain.password={new('cfn-init, file')}\n"}},
                        }
                    }
                },
            },
            "Connector": _resource(
                "AWS::KafkaConnect::Connector",
                ConnectorConfiguration={
                    "database.password": new("connector"),
                    "producer.sasl.jaas.config": f'{module}="{new("connector, JAAS")}";',
                    "schema.registry.basic.auth.user.info": f"u:{new('connector, user info')}",
                },
            ),
            "Iot": _resource(
                "AWS::IoT::TopicRule",
                TopicRulePayload={
                    "Sql": "SELECT 1",
                    "Actions": [
                        {"Kafka": {"ClientProperties": {"sasl.scram.password": new("IoT rule")}, "Topic": "t"}}
                    ],
                },
            ),
            "Glue": _resource(
                "AWS::Glue::Connection",
                ConnectionInput={"ConnectionProperties": {"KAFKA_SASL_SCRAM_PASSWORD": new("Glue connection")}},
            ),
            "Dms": _resource("AWS::DMS::Endpoint", KafkaSettings={"SaslPassword": new("DMS endpoint")}),
            "Database": _resource("AWS::RDS::DBInstance", MasterUserPassword=new("database")),
            "Cache": _resource("AWS::ElastiCache::ReplicationGroup", AuthToken=new("cache")),
            "User": _resource("AWS::IAM::User", LoginProfile={"Password": new("login profile")}),
        },
        "Outputs": {
            "MqPassword": {"Value": new("output")},
            "BrokerUrl": {"Value": f"amqps://u:{new('output URL')}@b-1.mq.eu-west-1.amazonaws.com:5671"},
        },
    }


def _block(plain: Any) -> str:
    return yaml.safe_dump(plain, sort_keys=False, width=1000)


def _commented(plain: Any) -> str:
    return re.sub(r"(?m)^(\s*)(Type: AWS::.*)$", r"\1\2  # see above", _block(plain))


WRITTEN: Mapping[str, Callable[[Any], str]] = {
    "block.yaml": _commented,
    "flow.yaml": lambda plain: yaml.safe_dump(plain, sort_keys=False, default_flow_style=True, width=120),
    "indented.json": lambda plain: json.dumps(plain, indent=2),
    "line.json": json.dumps,
    "tight.json": lambda plain: json.dumps(plain, separators=(",", ":")),
    "crlf.yaml": lambda plain: _block(plain).replace("\n", "\r\n"),
}
"""The forms in which people and programmes write the same template."""


def plan(new: Canaries) -> dict[str, Any]:
    """Give a Terraform plan with a canary in each place of one that may hold a secret."""

    def both(type_: str, name: str, values: Mapping[str, Any], sensitive: Any) -> dict[str, Any]:
        return {
            "address": f"{type_}.{name}",
            "mode": "managed",
            "type": type_,
            "name": name,
            "provider_name": "registry.terraform.io/hashicorp/aws",
            "values": values,
            "sensitive_values": sensitive,
        }

    resources = [
        both("aws_sqs_queue", "orders", {"name": "orders", "kms_master_key_id": ""}, {}),
        both("aws_mq_broker", "broker", {"user": [{"username": "a", "password": new("plan, MQ user")}]}, {}),
        both(
            "aws_lambda_function",
            "worker",
            {"environment": [{"variables": {"KAFKA_PASSWORD": new("plan, environment"), "X": new("plan, sensitive")}}]},
            {"environment": [{"variables": {"X": True}}]},
        ),
        both("aws_secretsmanager_secret_version", "s", {"secret_string": new("plan, secret")}, {"secret_string": True}),
        both("aws_ssm_parameter", "p", {"name": "/mq/password", "type": "String", "value": new("plan, SSM")}, {}),
        both(
            "aws_kinesis_firehose_delivery_stream",
            "f",
            {"http_endpoint_configuration": [{"url": "https://x", "access_key": new("plan, Firehose")}]},
            {},
        ),
        # Of what is sensitive as a whole the names tell, for providers mark whole blocks for one secret.
        both("aws_sns_topic", "t", {"tags": {"api_key": new("plan, all is sensitive")}}, {"tags": True}),
    ]
    given = {
        "password": {"value": new("plan, variable")},
        "odd": {"value": new("plan, sensitive variable")},
        "nested": {"value": {"a": [new("plan, nested variable")]}},
    }
    changes = [
        {
            **{key: value for key, value in each.items() if key not in {"values", "sensitive_values"}},
            "change": {
                "actions": ["update"],
                "before": {**each["values"], "x": new(f"plan, before {each['address']}")},
                "after": {**each["values"], "x": new(f"plan, after {each['address']}")},
                "before_sensitive": {"x": True},
                "after_sensitive": {"x": True},
                "after_unknown": {},
            },
        }
        for each in resources
    ]
    configured = [
        {
            "address": each["address"],
            "mode": "managed",
            "type": each["type"],
            "name": each["name"],
            "provider_config_key": "aws",
            "expressions": {
                **_expressions(each["values"]),
                "password": {"constant_value": new(f"plan, configured {each['address']}")},
            },
        }
        for each in resources
    ]
    return {
        "format_version": "1.2",
        "terraform_version": "1.9.0",
        "variables": given,
        "planned_values": {
            "outputs": {
                "mq_password": {"sensitive": False, "type": "string", "value": new("plan, output")},
                "odd": {"sensitive": True, "type": "string", "value": new("plan, sensitive output")},
            },
            "root_module": {"resources": resources},
        },
        "resource_changes": changes,
        "resource_drift": [
            {
                **{name: resources[0][name] for name in ("address", "mode", "type", "name")},
                "change": {
                    "actions": ["update"],
                    "before": {"odd": new("plan, drift before")},
                    "after": {"odd": new("plan, drift after")},
                    "before_sensitive": {"odd": True},
                    "after_sensitive": {"odd": True},
                },
            }
        ],
        "output_changes": {
            "mq_password": {"actions": ["create"], "before": None, "after": new("plan, changed output")},
            "odd": {"actions": ["create"], "after": new("plan, changed sensitive output"), "after_sensitive": True},
        },
        "prior_state": {
            "values": {
                "root_module": {"resources": [{**resources[1], "values": {"password": new("plan, prior state")}}]}
            }
        },
        "configuration": {
            "provider_config": {
                "aws": {"name": "aws", "expressions": {"secret_key": {"constant_value": new("plan, provider")}}}
            },
            "root_module": {
                "resources": configured,
                "module_calls": {
                    "m": {
                        "source": "./m",
                        "module": {
                            "variables": {"x": {"sensitive": True, "default": new("plan, default of a module")}}
                        },
                    }
                },
                "variables": {
                    "password": {"default": new("plan, default")},
                    "odd": {"sensitive": True, "default": new("plan, sensitive default")},
                    "nested": {"sensitive": True},
                },
            },
        },
    }


def _expressions(values: Mapping[str, Any]) -> dict[str, Any]:
    """Give the expressions of literals, as the configuration in a plan has them: blocks are lists."""
    return {
        name: [_expressions(block) for block in value] if isinstance(value, list) else {"constant_value": value}
        for name, value in values.items()
    }


def module(new: Canaries) -> Mapping[str, str]:
    """Give the files of a Terraform configuration, with canaries, and those of values for it."""
    return {
        "main.tf": f"""
provider "aws" {{
  secret_key = "{new("provider")}"
}}
variable "kafka_password" {{
  default = "{new("default of a telling variable")}"
}}
variable "odd" {{
  sensitive = true
  default   = "{new("default of a sensitive variable")}"
}}
variable "given" {{
  sensitive = true
}}
variable "loaded" {{}}
variable "said" {{}}
locals {{
  mq_password = "{new("local")}"
  url         = "amqps://u:{new("local URL")}@mq.example.com"
  pairs       = [{{ name = "MQ_PASSWORD", value = "{new("pair")}" }}]
  chosen      = var.loaded == "" ? {{ api_key = "{new("in a condition")}" }} : {{}}
}}
resource "aws_sqs_queue" "orders" {{
  name = "orders-${{var.given}}-${{var.loaded}}-${{var.said}}"
  tags = {{ password = "{new("tag, Terraform")}" }} # password: {new("comment")}
}}
resource "aws_mq_broker" "broker" {{
  user {{
    username = "a"
    password = "{new("MQ user, Terraform")}"
  }}
}}
resource "aws_lambda_function" "worker" {{
  environment {{
    variables = {{
      KAFKA_PASSWORD = "{new("environment, Terraform")}"
      RABBIT_URL     = "amqps://u:{new("environment URL, Terraform")}@mq.example.com"
      GIVEN          = var.given
      MQ_PASSWORD    = var.loaded
      SASL_PASSWORD  = var.said
    }}
  }}
}}
resource "aws_secretsmanager_secret_version" "s" {{
  secret_string = jsonencode({{ username = "a", password = "{new("secret, Terraform")}" }})
}}
resource "aws_instance" "host" {{
  user_data = <<-EOT
    rabbitmqctl add_user shop {new("user data, Terraform")}
    export KAFKA_PASSWORD={new("user data, Terraform, assigned")}
  EOT
}}
output "mq_password" {{
  value = "{new("output, Terraform")}"
}}
""",
        "terraform.tfvars": f'given = "{new("values")}"\n',
        "live.tfvars": f'loaded = "{new("values that are named")}"\n',
        "x.auto.tfvars.json": json.dumps({"odd": new("values, JSON")}),
    }


def cuts(text: str, canaries: Sequence[str]) -> Iterator[str]:
    """Give a text as it is when it breaks off, or cannot be read, at or behind each of some canaries."""
    for canary in canaries:
        at = text.find(canary)
        if at < 0:
            continue
        end = at + len(canary)
        yield text[: end - 3]
        yield text[:end]
        yield text[:end] + "\n\t: [%"
        yield text[:at] + '"' + text[at:]
        yield text[:end] + text[end + 1 :]
