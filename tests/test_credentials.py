"""What is a credential, where it comes from, and whether it is in the open."""

import base64
import json
import time
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from msglint.engine import lint_text
from msglint.model.credentials import (
    configuration,
    connector,
    decoded,
    environment,
    jaas,
    kafka,
    properties,
    told,
    urls,
)
from msglint.model.disclosure import Encoded, Source, Sourced, Traced, Way, disclosure, is_placeholder
from msglint.model.text import Alphabet, Symbol, Text
from msglint.model.xml_text import UnreadableXml, attributes
from msglint.options import Options
from msglint.readers.interface import Assumptions
from msglint.source import Document
from msglint.verdict import Doubt, Reason

AT = Document("template.yaml", "x" * 80).spot(0, 1)
THERE = Document("template.yaml", "x" * 80).spot(4, 9)

SAFE = Sourced.of(Source("Quiet", THERE))
ECHOED = Sourced.of(Source("Plain", THERE, Way.ECHOED))
DOUBTFUL = Sourced.of(Source("Odd", THERE, doubt=Reason(Doubt.OUTSIDE, "odd", THERE)))


def traced(*parts: str | Symbol) -> Traced:
    return Traced(Text.of(*parts), AT)


def texts(found: object) -> list[str]:
    return [str(each.text) for each in found]  # type: ignore[attr-defined]  # of traced texts


@pytest.mark.parametrize(
    ("secret", "truth", "way"),
    [
        (traced("hunter2"), True, Way.LITERAL),
        (traced(""), False, Way.LITERAL),
        (traced("  "), False, Way.LITERAL),
        (traced(SAFE), False, Way.LITERAL),
        (traced("salt-", SAFE), False, Way.LITERAL),
        (traced(ECHOED, SAFE), False, Way.LITERAL),
        (traced(ECHOED), True, Way.ECHOED),
        (traced("a-", ECHOED), True, Way.ECHOED),
        (traced(ECHOED, "-hunter2"), True, Way.LITERAL),
        (traced(DOUBTFUL), None, Way.LITERAL),
        (traced("CHANGEME"), None, Way.LITERAL),
        (traced("$PASSWORD"), None, Way.LITERAL),
        (traced("${PASSWORD}"), None, Way.LITERAL),
        (traced("{{ password }}"), None, Way.LITERAL),
        (traced("${secretsmanager:orders:password}"), False, Way.LITERAL),
        (traced("arn:aws:secretsmanager:eu-west-1:111122223333:secret:a"), False, Way.LITERAL),
    ],
)
def test_what_discloses_a_secret(secret: Traced, truth: bool | None, way: Way) -> None:
    found = disclosure(secret)
    assert (found.verdict.truth, found.way) == (truth, way)
    assert found.at is (THERE if truth and way is Way.ECHOED else AT)


@pytest.mark.parametrize(
    "text",
    [
        *("changeme", "CHANGE_ME", "ChangeMe123", "change this", "replaced-by-ci", "please enter the password"),
        *("insertPasswordHere", "<password>", "xxxxxxxx", "****", "your-password", "TODO", "not-used"),
    ],
)
def test_placeholders(text: str) -> None:
    assert is_placeholder(text)


@pytest.mark.parametrize(
    "text", ["AmazonMqPassword", "b@dP@$sW0rD", "kafka-password", "guest", "exchange", "Enterprise-1978", "xyz"]
)
def test_no_placeholders(text: str) -> None:
    assert not is_placeholder(text)


def test_jaas() -> None:
    module = "org.apache.kafka.common.security.scram.ScramLoginModule required "
    assert texts(jaas(traced(module + 'username="u" password="a\\"b;c";'))) == ['a\\"b;c']
    assert texts(jaas(traced(module + "username='u' password='p' ;"))) == ["p"]
    assert texts(jaas(traced(module + 'username="u" password="', ECHOED, '";'))) == ["${Plain}"]
    assert texts(jaas(traced("software.amazon.msk.auth.iam.IAMLoginModule required;"))) == []
    assert texts(jaas(traced('password="p"'))) == []


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_properties_end_with_their_lines_however_these_end(end: str) -> None:
    written = end.join(["sasl.a = b", "c=d \\", "  e", "", "f: g"]) + end
    found = [(key, str(value.text)) for key, value in properties(traced(written))]
    assert found == [("sasl.a", "b"), ("c", "d e"), ("f", "g")]


def test_properties() -> None:
    written = "# ssl.password=a\n a.b = c=d \nlong=x\\\n   y\n! z=1\nk: v\n"
    found = [(key, str(value.text)) for key, value in properties(traced(written))]
    assert found == [("a.b", "c=d"), ("long", "xy"), ("k", "v")]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("amqps://u:p@h:5671/v", ["p"]),
        ("AMQP://u:p@h", ["p"]),
        ("failover:(ssl://u:p@a:61617,ssl://u:q@b:61617)?x=y", ["p", "q"]),
        ("https://u:p@schema-registry.example.com", ["p"]),
        ("https://u:p@psrc-1234.eu-west-1.aws.confluent.cloud", ["p"]),
        ("https://u:p@hooks.example.com", []),
        ("postgres://u:p@h/kafka", []),
        ("https://h:8081/a@b", []),
        ("amqps://h:5671", []),
        ("amqps://u@h", []),
        ("amqp://user:password@h", ["password"]),
        ("amqps://:@h", []),
        ("wss://h/path:x@y", []),
    ],
)
def test_addresses(text: str, found: list[str]) -> None:
    assert texts(urls(traced(text))) == found


def test_an_address_of_a_sample_is_undecided() -> None:
    [sample], [real] = urls(traced("amqp://user:password@h")), urls(traced("amqp://orders:password@h"))
    assert disclosure(sample).verdict.truth is None
    assert disclosure(real).verdict.truth is True


def test_the_name_of_a_variable_may_say_what_an_address_is_for() -> None:
    assert texts(urls(traced("http://u:p@10.0.0.1"), "SCHEMA_REGISTRY_URL")) == ["p"]
    assert texts(urls(traced("http://u:p@10.0.0.1"), "PROXY")) == []


@pytest.mark.parametrize(
    ("name", "of"),
    [
        ("KAFKA_PASSWORD", "kafka"),
        ("kafkaSaslPassword", "kafka"),
        ("spring.kafka.ssl.key.password", "kafka"),
        ("SCHEMA_REGISTRY_PASSWORD", "kafka"),
        ("KAFKA_BROKER_PASSWORD", "kafka"),
        ("RABBITMQ_PASSWORD", "broker"),
        ("AMAZON_MQ_PASSWORD", "broker"),
        ("spring.activemq.password", "broker"),
        ("MQTT_PASSWD", "broker"),
        ("DB_PASSWORD", ""),
        ("PASSWORD", ""),
        ("KAFKA_PASSWORD_SECRET_ARN", ""),
        ("KAFKA_PASSWORD_FILE", ""),
        ("KAFKA_USERNAME", ""),
        ("STOCKBROKERAGE_PASSWORD", ""),
        ("RABBITMQ_DB_PASSWORD", ""),
        ("KAFKA_CONNECT_JDBC_PASSWORD", ""),
        ("SMTP_SASL_PASSWORD", ""),
        ("DB_KAFKA_PASSWORD", "kafka"),
        ("SASL_PASSWORD", "kafka"),
        ("USE_MQ_PASSWORD", ""),
        ("EnableKafkaPassword", ""),
        ("MqPassword.$", ""),
    ],
)
def test_names_of_variables(name: str, of: str) -> None:
    kind, secrets = environment(name, traced("x"))
    assert kind == of
    assert bool(secrets) is bool(of)


def test_an_address_in_a_variable_is_the_business_of_another_rule() -> None:
    assert environment("RABBITMQ_PASSWORD", traced("amqps://u:p@h")) == ("", [])


def test_of_a_connector_each_password_counts() -> None:
    assert texts(connector("database.password", traced("p"))) == ["p"]
    assert texts(kafka("database.password", traced("p"))) == []
    assert texts(kafka("producer.ssl.keystore.password", traced("p"))) == ["p"]


def test_base64() -> None:
    plain = "a=b\nssl.key.password=x"
    encoded = base64.b64encode(plain.encode()).decode()
    for written in (encoded, "\n".join(encoded[i : i + 8] for i in range(0, len(encoded), 8)), plain):
        found = decoded(traced(written))
        assert found is not None
        assert str(found.text) == plain


@given(st.text())
def test_nothing_written_breaks_the_readers_of_texts(text: str) -> None:
    value = traced(text)
    for read in (jaas, properties, urls, configuration):
        list(read(value))
    assert decoded(value) is not None
    list(configuration(traced("<" + text)))


@given(st.binary())
def test_no_bytes_break_the_decoding(data: bytes) -> None:
    assert decoded(traced(base64.b64encode(data).decode())) is not None


def test_xml() -> None:
    spring = (
        '<beans xmlns:p="urn:p"><bean><property name="password" value="a"/></bean><x p:password="b" q="c"/></beans>'
    )
    found = [(name, str(value.text)) for name, value in configuration(traced(spring))]
    assert found == [("property password", "a"), ("x password", "b")]
    assert [str(value.text) for _, value in configuration(traced('<a password="', SAFE, '&amp;"/>'))] == ["${Quiet}&"]


def test_rabbitmq_has_properties() -> None:
    assert [name for name, _ in configuration(traced("auth_ldap.dn_lookup_bind.password = x\nheartbeat = 60"))] == [
        "auth_ldap.dn_lookup_bind.password"
    ]


@pytest.mark.parametrize(
    "text",
    [
        "<!DOCTYPE x [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]><x y='&b;'/>",
        "<!DOCTYPE x SYSTEM 'file:///etc/passwd'><x/>",
        "<a><b></a>",
        "<a password='x",
        "<",
        "<a/>\x00",
        "<a b='1' b='2'/>",
    ],
)
def test_xml_that_is_not_read(text: str) -> None:
    with pytest.raises(UnreadableXml) as error:
        attributes(text)
    assert "passwd" not in str(error.value)
    assert [disclosure(value).verdict.truth for _, value in configuration(traced(text))] == [None]


def test_deep_xml_is_read() -> None:
    assert attributes("<a>" * 20_000 + "<b password='x'/>" + "</a>" * 20_000) == [("b", "password", "x")]


@pytest.mark.parametrize(
    "text",
    [
        "amqp://" * 150_000,
        "a:" * 500_000,
        "password=" * 110_000,
        "\\\n" * 500_000,
        "LoginModule" + 'password="\\' * 90_000,
        "SCRAM-SHA-1=[" * 75_000,
        "kafka_pass\n" + "  password: x\n" * 70_000,
        "kafka_pass " + "a=" * 490_000,
    ],
)
def test_long_texts_are_read_soon(text: str) -> None:
    value = traced(text)
    start = time.process_time()
    for read in (jaas, properties, urls, configuration, partial(told, "UserData")):
        list(read(value))
    # A second or some; what takes time with the square of the length takes minutes.
    assert time.process_time() - start < 20


BROKER = """
Parameters:
  Password: {Type: String, NoEcho: true, Default: Vigorous-Kestrel-41}
Resources:
  Broker:
    Type: AWS::AmazonMQ::Broker
    Properties: {Users: [{Username: a, Password: !Ref Password}]}
"""


def test_a_value_that_the_user_gives_is_not_the_default() -> None:
    """Where NoEcho is set, nobody sees it."""

    def found(template: str, **parameters: str) -> list[str]:
        options = Options(select=("MSG4",), assumptions=Assumptions(parameters=parameters))
        return [finding.code for finding in lint_text("t.yaml", template.encode(), options).findings]

    assert found(BROKER) == ["MSG401"]
    assert found(BROKER, Password="Placid-Heron-2207") == []  # noqa: S106  # of a test
    assert found(BROKER.replace("NoEcho: true, ", ""), Password="Placid-Heron-2207") == ["MSG401"]  # noqa: S106


def plan(expression: object, value: str | None, *, mark: object = None, **more: object) -> list[tuple[str, bool]]:
    """Judge the plan of a function with one variable in its environment."""
    resource = {
        "address": "aws_lambda_function.f",
        "mode": "managed",
        "type": "aws_lambda_function",
        "name": "f",
        "values": {"environment": [{"variables": {"KAFKA_PASSWORD": value, "STAGE": "test"}}]},
        "sensitive_values": {"environment": [{"variables": {} if mark is None else {"KAFKA_PASSWORD": mark}}]},
    }
    configured = {
        "address": "aws_lambda_function.f",
        "mode": "managed",
        "type": "aws_lambda_function",
        "name": "f",
        "expressions": {"environment": [{"variables": expression}]},
    }
    root = {
        "format_version": "1.2",
        "variables": more.get("variables", {}),
        "planned_values": {"root_module": {"resources": [resource, *more.get("resources", [])]}},  # type: ignore[misc]
        "prior_state": {"values": {"root_module": {"resources": more.get("data", [])}}},
        "configuration": {
            "root_module": {"resources": [configured], "variables": more.get("declared", {})},
        },
    }
    report = lint_text("plan.json", json.dumps(root).encode(), Options(select=("MSG402",)))
    return [(each.code, each.decided) for each in (*report.findings, *report.undecided)]


YES, UNCLEAR = [("MSG402", True)], [("MSG402", False)]


def names(*references: str) -> dict[str, list[str]]:
    return {"references": list(references)}


def test_a_literal_of_the_configuration() -> None:
    assert plan({"constant_value": {"KAFKA_PASSWORD": "Amber-Falcon-1977"}}, "Amber-Falcon-1977") == YES
    assert plan({}, "Amber-Falcon-1977") == YES
    assert plan(names("aws_sqs_queue.q.url", "aws_sqs_queue.q"), "Amber-Falcon-1977") == YES


def test_variables() -> None:
    value, other = "Amber-Falcon-1977", "Placid-Heron-2207"
    given_ = {"variables": {"p": {"value": value}}}
    assert plan(names("var.p"), value, declared={"p": {}}, **given_) == []
    assert plan(names("var.p"), value, declared={"p": {"default": other}}, **given_) == []
    assert plan(names("var.p"), value, declared={"p": {"default": value}}, **given_) == YES
    assert (
        plan(names("var.p"), value, declared={"p": {"default": value, "sensitive": True}}, mark=True, **given_) == YES
    )
    whole = {"variables": {"o": {"value": {"p": value}}}, "declared": {"o": {"default": {"p": value}}}}
    assert plan(names("var.o.p", "var.o"), value, **whole) == YES


def test_what_is_sensitive_marks_what_is_made_of_it() -> None:
    """A literal beside a sensitive variable has no mark, so it is not made of it."""
    value = "Amber-Falcon-1977"
    beside = {"variables": {"s": {"value": "Placid-Heron-2207"}}, "declared": {"s": {"sensitive": True}}}
    assert plan(names("var.s"), value, **beside) == YES
    assert plan(names("var.s"), value, mark=True, **beside) == UNCLEAR


def test_what_is_known_only_after_the_apply() -> None:
    """The password of a user alone, and a map of which nobody knows what goes where."""

    def found(*references: str) -> list[tuple[str, bool]]:
        user = {"password": names(*references)}
        broker = {"address": "aws_mq_broker.b", "mode": "managed", "type": "aws_mq_broker", "name": "b"}
        planned = {**broker, "values": {"user": [{"username": "u"}]}}
        change = {**broker, "change": {"after_unknown": {"user": [{"password": True}]}}}
        root = {
            "format_version": "1.2",
            "planned_values": {"root_module": {"resources": [planned]}},
            "resource_changes": [change],
            "configuration": {"root_module": {"resources": [{**broker, "expressions": {"user": [user]}}]}},
        }
        report = lint_text("plan.json", json.dumps(root).encode(), Options(select=("MSG401",)))
        return [(each.code, each.decided) for each in (*report.findings, *report.undecided)]

    random = ("random_password.r.result", "random_password.r")
    assert found(*random) == found("random_pet.p.id", "random_pet.p", *random) == []
    assert found("local.password") == found("aws_sqs_queue.q.arn", "aws_sqs_queue.q") == [("MSG401", False)]


def test_locals_and_functions_are_unclear() -> None:
    value = "Amber-Falcon-1977"
    assert plan(names("local.p"), value) == UNCLEAR
    part = {"variables": {"s": {"value": "Amber-Falcon-1977-and-more"}}, "declared": {"s": {}}}
    assert plan(names("var.s"), value, **part) == UNCLEAR
    assert plan(None, value) == UNCLEAR


def test_secret_sources() -> None:
    value = "Amber-Falcon-1977"
    source = {
        "address": "data.aws_secretsmanager_secret_version.s",
        "mode": "data",
        "type": "aws_secretsmanager_secret_version",
        "name": "s",
        "values": {"secret_string": json.dumps({"password": value})},
    }
    name = names("data.aws_secretsmanager_secret_version.s.secret_string", "data.aws_secretsmanager_secret_version.s")
    assert plan(name, value, data=[source], mark=True) == []
    made = {"mode": "managed", "type": "random_password", "name": "r", "values": {"result": value}}
    random = names("random_password.r.result", "random_password.r")
    assert plan(random, value, resources=[{"address": "random_password.r", **made}], mark=True) == []
    kept = {"address": "data.aws_ssm_parameter.p", "mode": "data", "type": "aws_ssm_parameter", "name": "p"}
    parameter = names("data.aws_ssm_parameter.p.value", "data.aws_ssm_parameter.p")
    for kind, expected in (("SecureString", []), ("String", YES), ("", UNCLEAR)):
        values = {"values": {"value": value, "type": kind}}
        assert plan(parameter, value, data=[{**kept, **values}], mark=True) == expected


def test_a_value_that_several_users_share_is_one_finding() -> None:
    text = """\
Parameters:
  Pw: {Type: String, NoEcho: true, Default: Brisk-Plover-7712}
Resources:
  Orders:
    Type: AWS::AmazonMQ::Broker
    Properties:
      Users: [{Username: a, Password: !Ref Pw}, {Username: b, Password: !Ref Pw}, {Password: Calm-Teal-4410}]
"""
    report = lint_text("t.yaml", text.encode(), Options(select=("MSG401",)))
    assert [(finding.span.start.line, len(finding.related)) for finding in report.findings] == [(2, 2), (7, 0)]


SCRIPT = """#!/bin/sh
export KAFKA_PASSWORD='first'
docker run -e RABBITMQ_DEFAULT_PASS=second rabbitmq
java -Dspring.activemq.password=third -jar app.jar
rabbitmqctl add_user shop "fourth"
kafka-configs.sh --add-config 'SCRAM-SHA-512=[iterations=8192,password=fifth]'
MQ_PASSWORD=$1
MQTT_PASSWORD="$(aws secretsmanager get-secret-value --secret-id broker)"
STOMP_PASSWORD=`cat /run/secret`
DB_PASSWORD=not-ours
rabbitmqctl change_password shop "$NEW"
"""

CODE = """
kafka_password = read()
consumer = KafkaConsumer("orders", sasl_plain_password=kafka_password, sasl_password=config.password)
consumer = KafkaConsumer(
    sasl_plain_password=password,
    sasl_password=os.environ["KAFKA_PASSWORD"]
)
const client = {saslPassword: secret.password,
  kafkaPassword: process.env.KAFKA_PASSWORD,
}
"""


def words(name: str, text: Traced) -> list[tuple[str, str, str]]:
    return [(of, key, str(secret.text)) for of, key, secret in told(name, text)]


def test_what_a_script_assigns() -> None:
    assert words("UserData", traced(SCRIPT)) == [
        ("kafka", "KAFKA_PASSWORD", "first"),
        ("broker", "RABBITMQ_DEFAULT_PASS", "second"),
        ("broker", "spring.activemq.password", "third"),
        ("kafka", "UserData", "fifth"),
        ("broker", "UserData", "fourth"),
    ]
    encoded = base64.b64encode(SCRIPT.encode()).decode()
    assert words("UserData", traced(encoded)) == words("UserData", traced(SCRIPT))


def test_a_parameter_in_a_script_is_a_symbol() -> None:
    (found,) = told("UserData", traced("export KAFKA_PASSWORD=", SAFE, "\n"))
    assert disclosure(found[2]).verdict.is_no


def test_a_login_module_ends_with_its_semicolon() -> None:
    assert texts(jaas(traced("a.IAMLoginModule required;\nmysql --password=not-ours"))) == []
    assert texts(jaas(traced('a.PlainLoginModule required password="p;w";\npassword=not-ours'))) == ["p;w"]
    assert texts(jaas(traced(r"a.PlainLoginModule required user=\"a\" password=\"p\";"))) == ["p"]


@pytest.mark.parametrize(
    ("script", "found"),
    [
        ("kafka_password = 'p'", ["p"]),
        ("$KafkaPassword = 'p'", ["p"]),
        ("spring.rabbitmq.password = p", ["p"]),
        ("MQ_PASSWORD=${MQ_PASSWORD:-p}", ["p"]),
        ("MQ_PASSWORD=${MQ_PASSWORD:?must be given}", []),
        ("rabbitmqctl --node a add_user app p", ["p"]),
        ("rabbitmqctl add_user app < /run/secrets/mq", []),
        ("rabbitmqctl change_password app # asks for it", []),
        ('[ $KAFKA_PASSWORD = "p" ]', []),
        ('if kafka_password == "p":', []),
        ("self.kafka.password = p", []),
        ("broker_password: str", []),
        ("env:\n  secrets-manager:\n    MQ_PASSWORD: shop:password\n", []),
        ("env:\n  parameter-store:\n    MQ_PASSWORD: shop-mq\n  variables:\n    KAFKA_PASSWORD: p\n", ["p"]),
    ],
)
def test_what_lines_of_scripts_say(script: str, found: list[str]) -> None:
    assert [secret for _, _, secret in words("UserData", traced(script))] == found


def test_code_that_hands_a_password_on_is_no_literal() -> None:
    assert words("ZipFile", traced(CODE)) == []
    quoted = 'KafkaConsumer("orders", sasl_plain_password="hunter2")'
    assert words("ZipFile", traced(quoted)) == [("kafka", "sasl_plain_password", "hunter2")]


def test_lines_of_yaml() -> None:
    text = "spring:\n  rabbitmq_password: hunter2\n  kafka_password: !vault |\n# The kafka_password: a word or two\n"
    assert words("content", traced(text)) == [("broker", "rabbitmq_password", "hunter2")]


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ({"KAFKA_PASSWORD": "p"}, ["p"]),
        ({"Environment": [{"Name": "KAFKA_PASSWORD", "Value": "p"}]}, ["p"]),
        ([{"name": "KAFKA_PASSWORD", "value": "p"}, {"name": "KAFKA_USER", "value": "u"}], ["p"]),
        ({"name": "MQ_PASSWORD", "type": "SECRETS_MANAGER", "value": "shop-orders"}, []),
        ({"name": "MQ_PASSWORD", "type": "PLAINTEXT", "value": "p"}, ["p"]),
        ({"namespace": "x", "OptionName": "MQ_PASSWORD", "Value": "p"}, ["p"]),
        ({"name": "/shop/mq/password", "value": "p", "insecure_value": "p"}, ["p"]),
        ({"KafkaPassword": {"default": "The password"}}, []),
        ({"Parameters": ["KafkaPassword"]}, []),
        ({"run": "export KAFKA_PASSWORD=p\n"}, ["p"]),
        ({"env": {"secrets-manager": {"MQ_PASSWORD": "shop:password"}}}, []),
        ({"RuntimeEnvironmentSecrets": [{"Name": "MQ_PASSWORD", "Value": "shop-mq"}]}, []),
    ],
)
def test_names_in_json(value: object, found: list[str]) -> None:
    assert [secret for _, _, secret in words("Definition", traced(json.dumps(value)))] == found


@pytest.mark.parametrize("text", ["/shop/kafka/password", "shop/kafka-secret", "prod/rabbitmq/credentials"])
def test_the_name_of_a_parameter_is_no_password(text: str) -> None:
    assert disclosure(traced(text)).verdict.is_unknown


@pytest.mark.parametrize(
    ("text", "truth"),
    [
        *(
            (text, False)
            for text in ("true", "No", "0", "{ }", "ENC[AES256_GCM,data:x]", "ENC(x)", "{cipher}x", "vault:v1:x")
        ),
        *(
            (text, None)
            for text in ("vault:kv/mq#pw", "op://shop/mq", "ssm:/mq", "aws:secretsmanager:mq", "file:/run/mq")
        ),
        *((text, None) for text in ("%s", "{% $pw %}", "{password}", "PASSWORD", "projects/a/secrets/b")),
        *((text, True) for text in ("truest", "10", "password", "encoded(x)", "a:b")),
    ],
)
def test_what_is_no_password_at_all(text: str, truth: bool | None) -> None:
    assert disclosure(traced(text)).verdict.truth is truth


def test_the_arn_of_a_secret_is_none() -> None:
    assert disclosure(traced("arn:aws:secretsmanager:", DOUBTFUL, ":secret:mq")).verdict.is_no


def test_a_parameter_that_says_yes_or_no_is_no_password() -> None:
    template = """
Parameters:
  SetMqPassword: {Type: String, AllowedValues: ["true", "false"]}
  KafkaPass: {Type: String, Default: "no"}
  RabbitPass: {Type: String, Default: /shop/rabbit}
Resources: {Topic: {Type: AWS::SNS::Topic}}
"""
    report = lint_text("t.yaml", template.encode(), Options(select=("MSG40",), show_undecided=True))
    assert report.findings == ()
    assert [finding.resource for finding in report.undecided] == ["Parameters.RabbitPass"]


def test_what_ref_gives_of_a_resource_is_no_password() -> None:
    template = """
Resources:
  MqPassword: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: !Ref AWS::StackName}}
  Importer: {Type: AWS::Lambda::Function, Properties: {Environment: {Variables: {MQ_PASSWORD: !Ref MqPassword}}}}
"""
    report = lint_text("t.yaml", template.encode(), Options(select=("MSG40",), show_undecided=True))
    assert "Importer" not in {finding.resource for finding in (*report.findings, *report.undecided)}


def test_base64_of_a_literal_is_written_too() -> None:
    inner = Text.literal("hunter2")
    assert disclosure(traced(Encoded(("base64",), Alphabet.OPAQUE, "<base64>", inner=inner))).verdict.is_yes


def test_an_authorisation_is_judged_without_its_scheme() -> None:
    assert disclosure(traced("Bearer ", ECHOED)).way is Way.ECHOED
    assert disclosure(traced("Bearer <token>")).verdict.is_unknown
    assert disclosure(traced("Bearer hunter2")).verdict.is_yes


def test_a_place_may_give_away_what_is_hidden_elsewhere() -> None:
    secret = Sourced.of(Source("{{resolve:secretsmanager:a}}", THERE))
    assert disclosure(traced(SAFE), Way.SHOWN).verdict.is_yes
    assert disclosure(traced(SAFE), Way.KEPT).verdict.is_yes
    assert disclosure(traced(DOUBTFUL), Way.SHOWN).verdict.is_unknown
    # Outputs and metadata read no secrets; properties do.
    assert disclosure(traced(secret), Way.SHOWN).verdict.is_no
    assert disclosure(traced(secret), Way.KEPT).verdict.is_yes


@given(st.text())
def test_no_text_breaks_who_looks_for_names(text: str) -> None:
    list(told("KAFKA_PASSWORD", traced(text)))
    list(told("UserData", traced(f"kafka_password={text}")))


def test_both_values_of_a_condition_are_looked_at() -> None:
    template = """
Conditions: {Live: !Equals [!Ref AWS::Region, eu-west-1]}
Resources:
  Tests:
    Type: AWS::CodeBuild::Project
    Properties:
      Environment:
        EnvironmentVariables: !If
          - Live
          - [{Name: KAFKA_PASSWORD, Value: hunter2}]
          - [{Name: KAFKA_PASSWORD, Value: !If [Live, !Ref AWS::NoValue, hunter3]}]
"""
    report = lint_text("t.yaml", template.encode(), Options(select=("MSG402",)))
    assert [finding.span.start.line for finding in report.findings] == [10, 11]


NAMES = {
    "plain": "KAFKA_PASSWORD",
    "Sub": "!Sub KAFKA_PASSWORD",
    "Join": "!Join [_, [KAFKA, PASSWORD]]",
    "Select": "!Select [1, [OTHER, KAFKA_PASSWORD]]",
    "FindInMap": "!FindInMap [Names, tests, first]",
    "Ref": "!Ref Name",
    "If": "!If [Live, KAFKA_PASSWORD, OTHER]",
}


@pytest.mark.parametrize("name", NAMES.values(), ids=list(NAMES))
def test_the_name_of_a_variable_is_known_however_it_is_put_together(name: str) -> None:
    """Also the word that says whether the value is the secret or only where it is kept."""
    template = f"""
Parameters: {{Name: {{Type: String, Default: KAFKA_PASSWORD}}, Kept: {{Type: String, Default: SECRETS_MANAGER}}}}
Mappings: {{Names: {{tests: {{first: KAFKA_PASSWORD}}}}}}
Conditions: {{Live: !Equals [!Ref AWS::Region, eu-west-1]}}
Resources:
  Tests:
    Type: AWS::CodeBuild::Project
    Properties:
      Environment:
        EnvironmentVariables:
          - {{Name: {name}, Value: hunter2}}
          - {{Name: {name}, Value: "shop-orders:password", Type: !Ref Kept}}
          - {{Name: {name}, Value: "shop-orders:password", Type: !Sub SECRETS_MANAGER}}
"""
    report = lint_text("t.yaml", template.encode(), Options(select=("MSG402",)))
    assert [
        (finding.span.start.line, finding.message.startswith("the password in KAFKA_PASSWORD of"))
        for finding in report.findings
    ] == [(11, True)]


def test_a_name_shows_what_is_put_into_it() -> None:
    template = """
Parameters: {Stage: {Type: String}}
Resources:
  Tests:
    Type: AWS::CodeBuild::Project
    Properties: {Environment: {EnvironmentVariables: [{Name: !Sub "${Stage}_KAFKA_PASSWORD", Value: hunter2}]}}
"""
    (finding,) = lint_text("t.yaml", template.encode(), Options(select=("MSG402",))).findings
    assert "${Stage}_KAFKA_PASSWORD" in finding.message
    assert "Sub" not in finding.message


def test_a_parameter_is_plain_text_however_its_type_is_put_together() -> None:
    template = """
Resources:
  Stored:
    Type: AWS::SSM::Parameter
    Properties: {Name: !Sub /mq/password, Type: !Sub String, Value: !Ref BrokerPassword}
Parameters: {BrokerPassword: {Type: String, NoEcho: true}}
"""
    report = lint_text("t.yaml", template.encode(), Options(select=("MSG401",)))
    assert [finding.resource for finding in report.findings] == ["Stored"]


def test_one_fault_is_one_finding() -> None:
    template = """
Parameters: {BrokerPassword: {Type: String, Default: hunter2}}
Resources:
  Orders: {Type: AWS::AmazonMQ::Broker, Properties: {Users: [{Username: a, Password: !Ref BrokerPassword}]}}
  Importer: {Type: AWS::Lambda::Function, Properties: {Environment: {Variables: {MQ_PASSWORD: !Ref BrokerPassword}}}}
  Nested: {Type: AWS::CloudFormation::Stack, Properties: {Parameters: {BrokerPassword: !Ref BrokerPassword}}}
  Secret: {Type: AWS::SecretsManager::Secret, Properties: {Name: mq/password, SecretString: !Ref BrokerPassword}}
Outputs:
  BrokerPassword: {Value: !Ref BrokerPassword}
"""
    report = lint_text("t.yaml", template.encode(), Options(select=("MSG40",)))
    assert [(finding.code, finding.resource) for finding in report.findings] == [("MSG401", "Orders")]
    assert {each.resource for each in report.findings[0].related} == {"Orders", "Importer", "Nested"}


def test_a_parameter_is_not_told_of_beside_who_has_it() -> None:
    template = """
Parameters: {BrokerPassword: {Type: String}}
Resources:
  Orders: {Type: AWS::AmazonMQ::Broker, Properties: {Users: [{Username: a, Password: !Ref BrokerPassword}]}}
"""
    report = lint_text("t.yaml", template.encode(), Options(select=("MSG40",)))
    assert [(finding.code, finding.resource) for finding in report.findings] == [("MSG401", "Orders")]


def test_what_a_password_stands_in_says_whose_it_is() -> None:
    text = "spring:\n  datasource:\n    password: not-ours\n  rabbitmq:\n    username: shop\n    password: hunter2\n"
    assert words("content", traced(text)) == [("broker", "rabbitmq.password", "hunter2")]
    nested = {"db": {"password": "not-ours"}, "kafka": {"username": "shop", "password": "hunter2"}}
    assert words("Config", traced(json.dumps(nested))) == [("kafka", "kafka.password", "hunter2")]
    assert words("KAFKA_CLIENT", traced(json.dumps({"username": "shop", "password": "hunter2"}))) == [
        ("kafka", "KAFKA_CLIENT.password", "hunter2")
    ]
    assert words("DB_CLIENT", traced(json.dumps({"username": "shop", "password": "not-ours"}))) == []


@pytest.mark.parametrize(
    "properties",
    [
        "Metadata: {run: rabbitmqctl add_user shop hunter2}",
        "Properties: {Environment: {Variables: {RabbitPass: hunter2}}}",
        "Properties: {Environment: {Variables: {basic.auth.user.info: a:hunter2}}}",
        "Properties: {Environment: {Variables: *variables}}",
        "Properties: {Environment: {Variables: {X: !FindInMap [Live, Variables, X]}}}",
        "Properties: {Definition: !Sub 'KAFKA_PASSWORD=${Word}'}",
    ],
)
def test_a_glance_overlooks_nothing(properties: str) -> None:
    template = f"""
Parameters: {{Word: {{Type: String, Default: hunter2}}}}
Mappings: {{Live: {{Variables: {{X: KAFKA_PASSWORD=hunter2}}}}}}
Rest: {{Variables: {"&variables" if "*variables" in properties else ""} {{KAFKA_PASSWORD: hunter2}}}}
Resources: {{Importer: {{Type: AWS::Lambda::Function, {properties}}}}}
"""
    report = lint_text("t.yaml", template.encode(), Options(select=("MSG40",)))
    named = [[finding.resource, *(each.resource for each in finding.related)] for finding in report.findings]
    assert any("Importer" in names for names in named)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        *((name, True) for name in ("password", "clientSecret", "db_password_2", "secretAccessKey", "private-key-pem")),
        *((name, False) for name in ("password_policy", "token_endpoint", "secretArn", "passwordChanged", "username")),
    ],
)
def test_members_of_a_secret(name: str, found: bool) -> None:
    value = json.dumps(json.dumps({name: "hunter2"}))
    properties = f"{{Name: AmazonMSK_shop, SecretString: {value}}}"
    template = f"Resources: {{Kafka: {{Type: AWS::SecretsManager::Secret, Properties: {properties}}}}}"
    report = lint_text("t.yaml", template.encode(), Options(select=("MSG404",), show_undecided=True))
    assert [finding.decided for finding in (*report.findings, *report.undecided)] == [True] * found
