"""The stranger's requests: the same service acting for another account, and a caller of another account.

The stranger's account is fresh: no text that anybody wrote is it, and only a wildcard matches it. What a stranger may
choose freely, such as the name of a rule, is chosen to fit the statement.
"""

from collections.abc import Iterator, Sequence
from typing import TypeAlias

import msgspec

from msglint.iam.delivery import spoken, undocumented
from msglint.iam.evaluate import evaluate
from msglint.iam.match import action
from msglint.iam.request import (
    ABSENT,
    AwsPrincipal,
    Caller,
    Context,
    ContextValue,
    Present,
    Request,
    ServicePrincipal,
    sent,
)
from msglint.model.delivery import S3
from msglint.model.model import Model
from msglint.model.policy import Element, Policy, Statement
from msglint.model.text import ARN_COLONS, Alphabet, Symbol, Text
from msglint.model.value import Known, Mentions, literal
from msglint.verdict import Doubt, Reason, Verdict, any_of


def _strange(what: str, alphabet: Alphabet, label: str) -> Symbol:
    return Symbol(("stranger", what), alphabet, label, fresh=True, foreign=True)


ACCOUNT = Text.of(_strange("account", Alphabet.ACCOUNT, "another account"))
ORGANISATION = Text.of("o-", _strange("organisation", Alphabet.NAME, "another organisation"))
BUCKET = Text.of("arn:aws:s3:::", _strange("bucket", Alphabet.NAME, "another-bucket"))
ROLE = Text.of("arn:aws:iam::", ACCOUNT, ":role/stranger")
_VPC = Text.of("vpc-", _strange("vpc", Alphabet.NAME, "another VPC"))
_ENDPOINT = Text.of("vpce-", _strange("endpoint", Alphabet.NAME, "another endpoint"))

_SOURCE = "aws:sourcearn"
_CHOSEN = ("aws:useragent", "aws:referer", "aws:principaltag/", "sns:protocol", "events:source", "events:detail-type")
"""Beginnings of keys whose values a caller chooses: a condition on them keeps nobody out."""
_ADDRESS = "240.0.0.7"  # nobody has it and no example names it: https://datatracker.ietf.org/doc/html/rfc1112

_Keys: TypeAlias = dict[str, ContextValue]


class Asked(msgspec.Struct, frozen=True):
    """What a statement would be asked: an action on a resource."""

    action: str
    resource: Text


ASSUME_ROLE = Asked("sts:AssumeRole", Text.literal(""))
"""What a trust policy is asked: it is about the role that it belongs to."""


def asked(statement: Statement, otherwise: str, model: Model) -> Asked | None:
    """Give an action and a resource that a statement speaks of, as far as it tells; None if it speaks of nothing."""
    if statement.actions == () or statement.resources == ():
        return None
    resource = next(map(filled, texts(statement.resources or (), model)), Text.literal(""))
    return Asked(next(_actions(statement, otherwise), otherwise), resource)


def _actions(statement: Statement, otherwise: str) -> Iterator[str]:
    """Give the action that matters most where it is among those listed, else those that are."""
    listed = statement.actions or ()
    if any(not action(element, otherwise).is_no for element in listed):
        yield otherwise
    for element in listed:
        written = literal(element)
        if written is not None:
            # A pattern that is asked for as it stands matches itself.
            yield written


def texts(elements: Sequence[Element], model: Model) -> Iterator[Text]:
    """Give the texts of elements; of what a plan only names, the ARNs."""
    for element in elements:
        match element:
            case Known(value=text):
                yield text
            case Mentions(references=references):
                for each in references:
                    record = model.record(each.resource)
                    if record is not None:
                        yield record.part.attribute(record.id, "arn")


def filled(text: Text) -> Text:
    """Put letters in the place of wildcards."""
    if not any(isinstance(part, str) and ("*" in part or "?" in part) for part in text.parts):
        return text
    parts = (part.replace("*", "x").replace("?", "x") if isinstance(part, str) else part for part in text.parts)
    return Text.of(*parts)


def service_of_another_account(
    policy: Policy, statement: Statement, service: str, about: Asked, model: Model
) -> Verdict:
    """Say whether a statement lets a service in that acts for somebody else's resource."""
    own = [source for text in sources(statement, model) if (source := _foreign(text)) is not None]
    return _as_service(policy, statement, service, about, [*own, Text.of("arn:aws:x:x:", ACCOUNT, ":x")])


def bucket_of_another_account(policy: Policy, statement: Statement, about: Asked, model: Model) -> Verdict:
    """Say whether a statement for S3 lets in a bucket that another account owns, even one of the name it asks for.

    A bucket's ARN has no account, so `aws:SourceArn` alone does not tell whose it is.
    """
    named = [filled(text) for text in sources(statement, model)]
    return _as_service(policy, statement, S3, about, [*named, BUCKET])


def _as_service(policy: Policy, statement: Statement, service: str, about: Asked, arns: Sequence[Text]) -> Verdict:
    def request(source: Text, organised: _Keys) -> Request:
        keys: _Keys = {
            **spoken(service),
            "aws:SourceArn": sent(source),
            "aws:SourceAccount": sent(ACCOUNT),
            "aws:SourceOwner": sent(ACCOUNT),
            **organised,
        }
        return _request(ServicePrincipal(service), about, Context.of(keys, undocumented(service)))

    return any_of(
        _let_in(policy, statement, request(source, organised)) for source in arns for organised in _organised("Source")
    )


_WAYS: tuple[_Keys, ...] = (
    {"aws:SourceIp": sent(_ADDRESS), "aws:SourceVpc": ABSENT, "aws:SourceVpce": ABSENT},
    {"aws:SourceIp": ABSENT, "aws:SourceVpc": sent(_VPC), "aws:SourceVpce": sent(_ENDPOINT)},
)
"""A call comes over the internet, or through an endpoint of a VPC, and then without an address.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-sourceip
"""


def _member(organisation: Text) -> _Keys:
    """Give the keys of a caller whose account is in an organisation, wherever in it."""
    path = Text.of(organisation, "/", _strange("root", Alphabet.NAME, "its root"), "/")
    return {"aws:PrincipalOrgID": sent(organisation), "aws:PrincipalOrgPaths": Present((path,), multi=True)}


def _organised(whose: str) -> Iterator[_Keys]:
    """Give the keys of an account in another organisation, and of one in none."""
    yield {
        f"aws:{whose}OrgID": sent(ORGANISATION),
        f"aws:{whose}OrgPaths": Present((ORGANISATION,), multi=True),
    }
    yield {f"aws:{whose}OrgID": ABSENT, f"aws:{whose}OrgPaths": ABSENT}


def caller_of_another_account(
    policy: Policy, statement: Statement, about: Asked, organisation: Text | None = None
) -> Verdict:
    """Say whether a statement lets anybody in: an identity of an account that nobody named.

    With an organisation: anybody of it.
    """
    text = "whether this condition keeps strangers out depends on where they are"
    absent = ("SourceArn", "SourceAccount", "SourceOwner", "SourceOrgID")
    elsewhere = Reason(Doubt.OUTSIDE, text, statement.at)
    keys: _Keys = {
        **{f"aws:{key}": ABSENT for key in absent},
        "aws:SecureTransport": sent("true"),
        "aws:PrincipalIsAWSService": sent("false"),
        "aws:PrincipalAccount": sent(ACCOUNT),
        **_chosen(statement),
    }

    def request(arn: Text, endpoint: Text, way: _Keys, organised: _Keys) -> Request:
        own: _Keys = {"aws:PrincipalArn": sent(arn), "sns:Endpoint": sent(endpoint)}
        return _request(AwsPrincipal(arn, ACCOUNT), about, Context.of({**keys, **own, **way, **organised}, elsewhere))

    return any_of(
        _let_in(policy, statement, request(arn, endpoint, way, organised))
        for arn in _own(statement, "aws:principalarn")
        for endpoint in _own(statement, "sns:endpoint")
        for way in _WAYS
        for organised in (_organised("Principal") if organisation is None else [_member(organisation)])
    )


def _own(statement: Statement, key: str) -> Iterator[Text]:
    """Give ARNs of the stranger, one under a name of its own and those under the names that a statement asks for."""
    yield ROLE
    for condition in statement.conditions:
        if condition.key.lower() == key:
            known = (value.value for value in condition.values if isinstance(value, Known))
            yield from (arn for text in known if (arn := _foreign(text)) is not None)


def _chosen(statement: Statement) -> _Keys:
    """Give the keys of a statement that the caller chooses, with what the statement asks for."""
    return {
        # A pattern matches itself, and what must not be said is not said.
        condition.key: sent(ORGANISATION if "not" in condition.operator.lower() else value.value)
        for condition in statement.conditions
        for value in condition.values
        if condition.key.lower().startswith(_CHOSEN) and isinstance(value, Known)
    }


def _request(caller: Caller, about: Asked, context: Context) -> Request:
    return Request(caller, about.action, about.resource, context)


def _let_in(policy: Policy, statement: Statement, request: Request) -> Verdict:
    """Judge one Allow together with all Denies of its policy."""
    for statements in ((statement,), (statement, *policy.denials)):
        among = msgspec.structs.replace(policy, entries=statements, rest=None)
        verdict = evaluate([among], request).verdict
        # Where it lets nobody in, the Denies make no difference, and there may be many.
        if verdict.is_no or not policy.denials:
            break
    return verdict


def sources(statement: Statement, model: Model) -> Iterator[Text]:
    """Give the ARNs that a statement asks for as the source."""
    for condition in statement.conditions:
        if condition.key.lower() == _SOURCE:
            yield from texts(condition.values, model)


def _foreign(text: Text) -> Text | None:
    """Give the ARN that a stranger would have under the same pattern; None where its account cannot be told."""
    pieces = segments(text)
    return None if pieces is None else filled(Text.join(":", (*pieces[:4], ACCOUNT, pieces[5])))


def segments(pattern: Text) -> tuple[Text, ...] | None:
    """Give the six segments of a pattern for ARNs, with wildcards for those that its last one takes.

    They are partition, service, Region, account and resource, behind `arn`; None where their places cannot be told.
    """
    pieces = pattern.split(":", ARN_COLONS)
    return None if pieces is None else (*pieces, *[Text.literal("*")] * (ARN_COLONS + 1 - len(pieces)))
