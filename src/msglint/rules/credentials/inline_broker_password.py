"""A password of a message broker is in the open.

## What it does
Finds passwords of Amazon MQ that are a literal, a parameter without `NoEcho`, the default or one of the allowed values
of a parameter or variable, or a plain parameter of Parameter Store: those of a broker's users and of its directory, in
the XML or properties of its configuration, and wherever a name says so: environment variables of functions, containers
and builds, user data, files and commands of cfn-init, definitions of state machines, parameters, mappings.

Outputs, metadata and plain parameters of Parameter Store show what they are given: there a parameter with `NoEcho` and
a generated password count too.

## Why it matters
Templates, plans and their history are read by more people than may sign in to the broker. Who has the password reads
and forges messages from wherever the broker can be reached, and nobody notices.

## How to fix
Let Secrets Manager hold the password, and refer to it: `{{resolve:secretsmanager:…}}` in CloudFormation, a data source
or a sensitive variable without a default in Terraform. Give functions, containers and machines the secret's ARN, and
let an output show no more than that. Change the password: what was once in the open stays known.

## When not to
The broker is a throw-away in a test, and nothing else accepts its password.
"""

from collections.abc import Iterator

from msglint.finding import Candidate, Fix, Severity
from msglint.model.amazon_mq import Broker, BrokerConfiguration
from msglint.model.environment import credentials
from msglint.model.model import Model
from msglint.model.resource import AnyResource
from msglint.rules.disclosed import disclosed, once_a_value
from msglint.rules.interface import rule

Holder = Broker | BrokerConfiguration | AnyResource


@rule(
    "MSG401",
    Severity.ERROR,
    each=(Broker, BrokerConfiguration, AnyResource),
    since="0.1",
    references=[
        "https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/using-amazon-mq-securely.html",
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-secretsmanager.html",
        "https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html",
    ],
)
def inline_broker_password(holder: Holder, model: Model) -> Iterator[Candidate]:
    """Judge each password that a resource holds."""
    yield from once_a_value(_judged(holder, model))


def _judged(holder: Holder, model: Model) -> Iterator[Candidate]:
    use = "sign in to the broker"
    match holder:
        case Broker():
            for password in holder.passwords():
                refer = Fix("Let Secrets Manager hold the password, and refer to it", holder, secret=password.path)
                user = "user {key}" if password.key else "a user"
                whose = (
                    "{property} of {resource}"
                    if password.path == Broker.LDAP
                    else f"the password of {user} of {{resource}}"
                )
                yield disclosed(holder, password, what=whose, use=use, fix=refer)
        case BrokerConfiguration():
            take_out = Fix("Take the password out of the configuration: consoles and the API show it", holder)
            for password in holder.passwords():
                yield disclosed(holder, password, what="a password in {resource} ({key})", use=use, fix=take_out)
        case AnyResource():
            read = Fix("Pass the ARN of a secret instead, and read the secret when it is needed", holder)
            for password in credentials(holder, "broker", model):
                yield disclosed(
                    holder, password, what="the broker's password in {key} of {resource}", use=use, fix=read
                )
