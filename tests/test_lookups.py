"""How things that are deployed are looked up: in an account that moto plays, or as AWS's own models have it."""

import json
from typing import Any

import pytest
from botocore.stub import Stubber

from account import (
    ACCOUNT,
    ALLOWED,
    CANARY,
    FAILURES,
    ROOT,
    answer,
    answering,
    client,
    function,
    hooked,
    policy,
    refused,
)
from conftest import REGION
from msglint.account.access import Access
from msglint.account.facts import Fact
from msglint.account.lookups import Account
from msglint.verdict import Lookup


def looked_up(type_: str, name: str) -> Fact:
    """Look up one thing."""
    (fact,) = Account(Access()).look_up([Lookup(type_, name)])
    return fact


def of(fact: Fact) -> dict[str, list[dict[str, Any]]]:
    """Give the properties of what a fact has, by the types."""
    assert fact.missing is None
    found: dict[str, list[dict[str, Any]]] = {}
    for each in fact.resources.values():
        assert isinstance(each, dict)
        found.setdefault(each["Type"], []).append(each["Properties"])
    return found


def test_a_queue_is_what_it_is(aws: str) -> None:
    redrive = {"deadLetterTargetArn": f"{FAILURES}.fifo", "maxReceiveCount": 3}
    client("sqs").create_queue(QueueName="failures.fifo", Attributes={"FifoQueue": "true"})
    attributes = {
        "FifoQueue": "true",
        "ContentBasedDeduplication": "true",
        "VisibilityTimeout": "45",
        "Policy": json.dumps(ALLOWED),
        "RedrivePolicy": json.dumps(redrive),
        "KmsMasterKeyId": "alias/shared",
    }
    url = client("sqs").create_queue(QueueName="orders.fifo", Attributes=attributes)["QueueUrl"]
    for name in ("orders.fifo", url, f"arn:aws:sqs:{REGION}:{ACCOUNT}:orders.fifo"):
        found = of(looked_up("AWS::SQS::Queue", name))
        (queue,) = found["AWS::SQS::Queue"]
        assert queue["QueueName"] == "orders.fifo"
        assert (queue["FifoQueue"], queue["ContentBasedDeduplication"]) == (True, True)
        assert (queue["VisibilityTimeout"], queue["KmsMasterKeyId"]) == (45, "alias/shared")
        assert queue["RedrivePolicy"] == redrive
        assert found["AWS::SQS::QueuePolicy"] == [{"Queues": [{"Ref": "orders.fifo"}], "PolicyDocument": ALLOWED}]


def test_an_address_of_a_queue_says_where_it_is(aws: str) -> None:
    """Also one of an older or other endpoint, which queues have too."""
    for host, region in (
        ("sqs.eu-west-1.amazonaws.com.cn", "eu-west-1"),
        ("eu-west-1.queue.amazonaws.com", "eu-west-1"),
        ("sqs-fips.us-east-2.amazonaws.com", "us-east-2"),
        ("queue.amazonaws.com", "us-east-1"),
    ):
        own, others = (looked_up("AWS::SQS::Queue", f"https://{host}/{id_}/q") for id_ in (ACCOUNT, "111122223333"))
        assert (own.account, own.region, own.missing) == (ACCOUNT, region, "there is no such queue")
        assert (others.account, "of account 111122223333" in str(others.missing)) == ("111122223333", True)


def test_what_nobody_has_foreseen_in_an_answer_is_no_answer(aws: str, monkeypatch: pytest.MonkeyPatch) -> None:
    function("worker")
    answering(monkeypatch, {"GetPolicy": answer({"Policy": json.dumps({"Statement": {"Effect": "Allow"}})})})
    assert str(looked_up("AWS::Lambda::Function", "worker").missing).startswith("the answer is not understood")


def test_a_topic_is_what_it_is(aws: str) -> None:
    topic = client("sns").create_topic(Name="orders.fifo", Attributes={"FifoTopic": "true"})["TopicArn"]
    client("sns").set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=json.dumps(ALLOWED))
    found = of(looked_up("AWS::SNS::Topic", topic))
    (there,) = found["AWS::SNS::Topic"]
    assert (there["TopicName"], there["FifoTopic"]) == ("orders.fifo", True)
    assert found["AWS::SNS::TopicPolicy"] == [{"Topics": [{"Ref": "orders.fifo"}], "PolicyDocument": ALLOWED}]


def test_a_role_is_all_that_bears_on_what_it_may_do(aws: str) -> None:
    iam = client("iam")
    own = iam.create_policy(PolicyName="own", Path="/team/", PolicyDocument=json.dumps(ALLOWED))["Policy"]["Arn"]
    edge = iam.create_policy(PolicyName="edge", PolicyDocument=json.dumps(ALLOWED))["Policy"]["Arn"]
    arn = iam.create_role(
        RoleName="worker", Path="/team/", AssumeRolePolicyDocument=json.dumps(ALLOWED), PermissionsBoundary=edge
    )["Role"]["Arn"]
    iam.put_role_policy(RoleName="worker", PolicyName="inline", PolicyDocument=json.dumps(ALLOWED))
    iam.attach_role_policy(RoleName="worker", PolicyArn=own)
    fact = looked_up("AWS::IAM::Role", arn)
    found = of(fact)
    assert found["AWS::IAM::Role"] == [
        {
            "RoleName": "worker",
            "Path": "/team/",
            "AssumeRolePolicyDocument": ALLOWED,
            "Policies": [{"PolicyName": "inline", "PolicyDocument": ALLOWED}],
            "ManagedPolicyArns": [own],
            "PermissionsBoundary": edge,
        }
    ]
    assert found["AWS::IAM::ManagedPolicy"] == [{"PolicyDocument": ALLOWED}, {"PolicyDocument": ALLOWED}]
    assert {each["arn"] for each in fact.physical.values()} == {arn, own, edge}
    assert fact.region == ""


def test_an_inline_policy_that_is_gone_since_it_was_listed_is_none(aws: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """And one that is still listed, and not there yet, is no proof of anything."""
    iam = client("iam")
    trust = json.dumps(ALLOWED)
    arn = iam.create_role(RoleName="worker", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    for name in ("old", "own"):
        iam.put_role_policy(RoleName="worker", PolicyName=name, PolicyDocument=trust)
    later = [lambda: iam.delete_role_policy(RoleName="worker", PolicyName="old")]

    def meanwhile(operation: str) -> None:
        if operation == "GetRolePolicy" and later:
            later.pop()()

    hooked(monkeypatch, meanwhile)
    (role,) = of(looked_up("AWS::IAM::Role", arn))["AWS::IAM::Role"]
    assert [each["PolicyName"] for each in role["Policies"]] == ["own"]
    answering(monkeypatch, {"GetRolePolicy": refused("NoSuchEntity", xml=True)})
    assert looked_up("AWS::IAM::Role", arn).missing == "its policies change while they are read"


def test_a_boundary_that_cannot_be_read_is_still_named(aws: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it the role would seem to be free of one."""
    iam = client("iam")
    edge = iam.create_policy(PolicyName="edge", PolicyDocument=json.dumps(ALLOWED))["Policy"]["Arn"]
    given = {"AssumeRolePolicyDocument": json.dumps(ALLOWED), "PermissionsBoundary": edge}
    arn = iam.create_role(RoleName="worker", **given)["Role"]["Arn"]
    answering(monkeypatch, {"GetPolicyVersion": refused("NoSuchEntity", xml=True)})
    found = of(looked_up("AWS::IAM::Role", arn))
    assert [each["PermissionsBoundary"] for each in found["AWS::IAM::Role"]] == [edge]
    assert "AWS::IAM::ManagedPolicy" not in found


def test_a_key_that_is_gone_since_it_was_described_is_gone(aws: str, monkeypatch: pytest.MonkeyPatch) -> None:
    key = client("kms").create_key()["KeyMetadata"]["Arn"]
    for operation in ("GetKeyPolicy", "ListGrants"):
        answering(monkeypatch, {operation: refused("NotFoundException", xml=False)}, times=1)
        assert looked_up("AWS::KMS::Key", key).missing == "there is no such key"


def test_a_managed_policy_is_its_default_version(aws: str) -> None:
    arn = client("iam").create_policy(PolicyName="own", PolicyDocument=json.dumps(ALLOWED))["Policy"]["Arn"]
    other = json.loads(json.dumps(ALLOWED).replace("Allow", "Deny"))
    client("iam").create_policy_version(PolicyArn=arn, PolicyDocument=json.dumps(other), SetAsDefault=True)
    assert of(looked_up("AWS::IAM::ManagedPolicy", arn)) == {"AWS::IAM::ManagedPolicy": [{"PolicyDocument": other}]}


def test_a_key_has_its_policy_its_alias_and_its_grants(aws: str) -> None:
    key = client("kms").create_key(Policy=policy(ROOT))["KeyMetadata"]
    client("kms").create_alias(AliasName="alias/shop", TargetKeyId=key["KeyId"])
    role = f"arn:aws:iam::{ACCOUNT}:role/worker"
    client("kms").create_grant(KeyId=key["KeyId"], GranteePrincipal=role, Operations=["Decrypt"])
    client("kms").create_grant(KeyId=key["KeyId"], GranteePrincipal=role, Operations=["Sign"])
    for name in ("alias/shop", f"arn:aws:kms:{REGION}:{ACCOUNT}:alias/shop"):
        fact = looked_up("AWS::KMS::Key", name)
        found = of(fact)
        assert found["AWS::KMS::Key"] == [{"KeyPolicy": json.loads(policy(ROOT)), "Enabled": True}]
        assert found["AWS::KMS::Alias"] == [{"AliasName": "alias/shop", "TargetKeyId": key["Arn"]}]
        assert [each["GranteePrincipal"] for each in found["aws_kms_grant"]] == [role]
        assert fact.physical == {key["KeyId"]: {"arn": key["Arn"], "key_id": key["KeyId"]}}
    assert "AWS::KMS::Alias" not in of(looked_up("AWS::KMS::Key", key["Arn"]))


def test_a_grant_for_a_service_is_one_too(aws: str, monkeypatch: pytest.MonkeyPatch) -> None:
    key = client("kms").create_key(Policy=policy(ROOT))["KeyMetadata"]["Arn"]
    grant = {"GrantId": "g", "GranteeServicePrincipal": "dynamodb.amazonaws.com", "Operations": ["Decrypt"]}
    answering(monkeypatch, {"ListGrants": answer({"Grants": [grant]})})
    (found,) = of(looked_up("AWS::KMS::Key", key))["aws_kms_grant"]
    assert found["GranteePrincipal"] == "dynamodb.amazonaws.com"


def test_a_secret_is_all_but_what_it_holds(aws: str) -> None:
    secret = client("secretsmanager").create_secret(Name="team/broker", SecretString=CANARY, KmsKeyId="alias/shop")
    client("secretsmanager").put_resource_policy(SecretId="team/broker", ResourcePolicy=json.dumps(ALLOWED))
    fact = looked_up("AWS::SecretsManager::Secret", secret["ARN"])
    found = of(fact)
    assert found["AWS::SecretsManager::Secret"] == [{"Name": "team/broker", "KmsKeyId": "alias/shop"}]
    assert found["AWS::SecretsManager::ResourcePolicy"] == [
        {"SecretId": {"Ref": "team/broker"}, "ResourcePolicy": ALLOWED}
    ]
    assert fact.physical == {"team/broker": {"arn": secret["ARN"], "name": "team/broker"}}


def test_a_function_has_its_role_and_whom_it_lets_in(aws: str) -> None:
    arn = function("worker")
    client("lambda").add_permission(
        FunctionName="worker",
        StatementId="a",
        Action="lambda:InvokeFunction",
        Principal="sns.amazonaws.com",
        SourceArn=f"arn:aws:sns:{REGION}:{ACCOUNT}:orders",
        SourceAccount=ACCOUNT,
    )
    for name in (arn, "worker"):
        found = of(looked_up("AWS::Lambda::Function", name))
        (there,) = found["AWS::Lambda::Function"]
        assert (there["Role"], there["Timeout"]) == (f"arn:aws:iam::{ACCOUNT}:role/worker-role", 17)
        (permission,) = found["AWS::Lambda::Permission"]
        assert permission == {
            "FunctionName": {"Ref": "worker"},
            "Action": "lambda:InvokeFunction",
            "Principal": "sns.amazonaws.com",
            "SourceArn": f"arn:aws:sns:{REGION}:{ACCOUNT}:orders",
            "SourceAccount": ACCOUNT,
        }
        assert CANARY not in str(found)


def test_an_alias_has_permissions_of_its_own(aws: str) -> None:
    arn = function("worker")
    client("lambda").publish_version(FunctionName="worker")
    client("lambda").create_alias(FunctionName="worker", Name="live", FunctionVersion="1")
    given = {"Action": "lambda:InvokeFunction", "Principal": "sns.amazonaws.com"}
    client("lambda").add_permission(FunctionName="worker", StatementId="a", Qualifier="live", **given)
    found = of(looked_up("AWS::Lambda::Version", f"{arn}:live"))
    assert found["AWS::Lambda::Alias"] == [{"FunctionName": "worker", "Name": "live"}]
    assert [each["FunctionName"] for each in found["AWS::Lambda::Function"]] == ["worker"]
    assert {**given, "FunctionName": {"Ref": "worker:live"}} in found["AWS::Lambda::Permission"]
    found = of(looked_up("AWS::Lambda::Version", f"{arn}:1"))
    assert found["AWS::Lambda::Version"] == [{"FunctionName": "worker"}]
    assert "AWS::Lambda::Alias" not in found


def test_an_event_bus_has_its_policy(aws: str) -> None:
    client("events").create_event_bus(Name="orders")
    client("events").put_permission(
        EventBusName="orders", StatementId="a", Action="events:PutEvents", Principal="111122223333"
    )
    found = of(looked_up("AWS::Events::EventBus", f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/orders"))
    assert [each["Name"] for each in found["AWS::Events::EventBus"]] == ["orders"]
    (statement,) = found["AWS::Events::EventBusPolicy"]
    assert statement["EventBusName"] == {"Ref": "orders"}
    assert "111122223333" in str(statement["Statement"]["Principal"])


def test_streams_say_how_they_are_encrypted(aws: str) -> None:
    client("kinesis").create_stream(StreamName="clicks", ShardCount=1)
    client("kinesis").start_stream_encryption(StreamName="clicks", EncryptionType="KMS", KeyId="alias/shop")
    found = of(looked_up("AWS::Kinesis::Stream", f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/clicks"))
    (stream,) = found["AWS::Kinesis::Stream"]
    assert (stream["Name"], stream["StreamEncryption"]) == ("clicks", {"EncryptionType": "KMS", "KeyId": "alias/shop"})


def test_a_delivery_stream_is_there(aws: str) -> None:
    client("s3").create_bucket(Bucket="archive", CreateBucketConfiguration={"LocationConstraint": REGION})
    role = f"arn:aws:iam::{ACCOUNT}:role/firehose"
    client("firehose").create_delivery_stream(
        DeliveryStreamName="archive",
        ExtendedS3DestinationConfiguration={"RoleARN": role, "BucketARN": "arn:aws:s3:::archive"},
    )
    found = of(looked_up("AWS::KinesisFirehose::DeliveryStream", "archive"))
    (stream,) = found["AWS::KinesisFirehose::DeliveryStream"]
    assert (stream["DeliveryStreamName"], stream["DeliveryStreamType"]) == ("archive", "DirectPut")


def test_a_bucket_has_its_policy_and_its_notifications(aws: str) -> None:
    client("s3").create_bucket(Bucket="archive", CreateBucketConfiguration={"LocationConstraint": REGION})
    queue = client("sqs").create_queue(QueueName="failures")["QueueUrl"]
    client("sqs").set_queue_attributes(QueueUrl=queue, Attributes={"Policy": json.dumps(ALLOWED)})
    notified = {
        "QueueConfigurations": [{"QueueArn": FAILURES, "Events": ["s3:ObjectCreated:*", "s3:ObjectRemoved:*"]}],
    }
    client("s3").put_bucket_notification_configuration(Bucket="archive", NotificationConfiguration=notified)
    client("s3").put_bucket_policy(Bucket="archive", Policy=json.dumps(ALLOWED))
    found = of(looked_up("AWS::S3::Bucket", "arn:aws:s3:::archive"))
    (bucket,) = found["AWS::S3::Bucket"]
    assert bucket["NotificationConfiguration"] == {
        "QueueConfigurations": [
            {"Event": "s3:ObjectCreated:*", "Queue": FAILURES},
            {"Event": "s3:ObjectRemoved:*", "Queue": FAILURES},
        ]
    }
    assert found["AWS::S3::BucketPolicy"] == [{"Bucket": {"Ref": "archive"}, "PolicyDocument": ALLOWED}]


def test_of_a_parameter_its_type_is_known_and_no_value(aws: str) -> None:
    client("ssm").put_parameter(Name="/shop/password", Value=CANARY, Type="SecureString")
    fact = looked_up("AWS::SSM::Parameter", "/shop/password")
    assert (fact.value, fact.resources) == ("SecureString", {})
    assert looked_up("AWS::SSM::Parameter", "/shop/none").missing == "there is no such parameter"


def test_a_cluster_says_how_clients_sign_in(aws: str) -> None:
    """As AWS's own model has it: moto knows no secrets of clusters."""
    arn = f"arn:aws:kafka:{REGION}:{ACCOUNT}:cluster/orders/abc-1"
    secret = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:AmazonMSK_orders-abcdef"
    access = Access()
    said = {
        "ClusterType": "PROVISIONED",
        "ClusterArn": arn,
        "ClusterName": "orders",
        "Provisioned": {
            "ClientAuthentication": {"Sasl": {"Scram": {"Enabled": True}, "Iam": {"Enabled": False}}},
            "BrokerNodeGroupInfo": {"ClientSubnets": ["s"], "InstanceType": "kafka.m5.large"},
            "NumberOfBrokerNodes": 2,
        },
    }
    with Stubber(access._client("kafka", REGION)) as answers:
        answers.add_response("describe_cluster_v2", {"ClusterInfo": said}, {"ClusterArn": arn})
        answers.add_response("list_scram_secrets", {"SecretArnList": [secret]}, {"ClusterArn": arn})
        (fact,) = Account(access).look_up([Lookup("AWS::MSK::Cluster", arn)])
    found = of(fact)
    (cluster,) = found["AWS::MSK::Cluster"]
    assert cluster["ClientAuthentication"] == {"Sasl": {"Scram": {"Enabled": True}, "Iam": {"Enabled": False}}}
    assert found["AWS::MSK::BatchScramSecret"] == [{"ClusterArn": {"Ref": "orders"}, "SecretArnList": [secret]}]
    assert fact.physical == {"orders": {"arn": arn, "name": "orders"}}


def test_what_nobody_looks_up_is_said(aws: str) -> None:
    assert looked_up("AWS::EC2::VPC", "shop").missing == "msglint looks up no AWS::EC2::VPC"
