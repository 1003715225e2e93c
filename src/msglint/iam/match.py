"""What the elements of a statement match: principals, actions, resources.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
"""

import enum
from collections.abc import Iterable

import msgspec

from msglint.iam.request import Anonymous, AwsKind, AwsPrincipal, Caller, ServicePrincipal
from msglint.iam.variables import Dialect
from msglint.model.policy import Element, Principal, PrincipalKind
from msglint.model.text import ARN_COLONS, Symbol, Text, arn_like, matches, same
from msglint.model.value import Known, Mentions, Unknown
from msglint.verdict import NO, YES, Doubt, Reason, Verdict, any_of, unknown


class Cause(enum.Enum):
    """Why a part of a statement does not match a request."""

    UNLISTED = "none of what is listed matches"
    EXCLUDED = "what is ruled out matches"
    LITERAL_WILDCARD = "a wildcard is compared as a plain character"
    NOT_SENT = "the request does not have the key"
    SENT = "the request has the key"
    UNDECIDED = "it cannot be told, for the reasons of the verdict"


def of_element(element: Unknown | Mentions, text: Text, *, suppose: bool) -> Verdict:
    """Say whether something that is not known has the text among its texts.

    What is known to be made of other resources alone has not. What names the resource has it if `suppose` says so: the
    plan tells only that it is named, and nobody names it for nothing.
    """
    if isinstance(element, Unknown):
        return unknown(element.reason)
    named = {reference.resource for reference in element.references}
    owners = {part.key[:2] for part in text.parts if isinstance(part, Symbol) and len(part.key) > 2}  # part, id, name
    if text.refers is not None:
        owners = {text.refers.resource}
    # A stranger's ARN may hold a name of ours; it is none of ours all the same.
    strange = any(isinstance(part, Symbol) and part.foreign for part in text.parts)
    if owners & named and not strange:
        return YES if suppose else unknown(element.reason)
    foreign = text.refers is not None or text.is_generated
    return NO if element.complete and foreign else unknown(element.reason)


def distinct(left: Text, right: Text) -> bool:
    """Tell whether both are ARNs of resources of this run, and not of the same one."""
    a, b = left.refers, right.refers
    if a is None or b is None or {a.attribute, b.attribute} != {"arn"}:
        return False
    return a.resource != b.resource and left.parts != right.parts


class Named(msgspec.Struct, frozen=True):
    """Whether a list of principals names a caller: itself, through its account, or as one of all."""

    itself: Verdict
    account: Verdict
    anyone: Verdict

    @property
    def at_all(self) -> Verdict:
        """Whether it names the caller in some way."""
        return self.itself | self.account | self.anyone

    def excluded(self, caller: Caller, because: Reason) -> Verdict:
        """Say whether a NotPrincipal of these spares the caller.

        An identity is spared for certain only if its account is listed too:
        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
        """
        if not isinstance(caller, AwsPrincipal) or caller.kind is AwsKind.ROOT:
            return self.at_all
        return self.anyone | (self.itself & self.account) | ((self.itself | self.account) & unknown(because))


def principals(listed: Iterable[Principal], caller: Caller, *, suppose: bool) -> Named:
    """Say how a list of principals names a caller."""
    itself = account = anyone = NO
    for principal in listed:
        name = principal.name
        if not isinstance(name, Known):
            itself |= _undecided(principal, name, caller, suppose=suppose)
            continue
        because = _reason(name, caller.arn if isinstance(caller, AwsPrincipal) else None)
        everybody = NO if _is_arn(name.value) else same(name.value, Text.literal("*"), because)
        match principal.kind, caller:
            case (PrincipalKind.ANYONE, _) | (PrincipalKind.AWS | None, Anonymous()):
                anyone |= everybody
            case None, ServicePrincipal(name=service):
                # The principal of a permission may become a service, everybody, or somebody else.
                itself |= same(name.value, Text.literal(service), because)
                anyone |= everybody
            case PrincipalKind.AWS, ServicePrincipal():
                # AWS's own samples let services in through `AWS: *`, the default policy of a topic among them.
                anyone |= everybody
            case PrincipalKind.AWS | None, AwsPrincipal():
                anyone |= everybody
                itself |= _names(name, caller, because)
                account |= _names_account(name.value, caller, because)
            case PrincipalKind.SERVICE, ServicePrincipal(name=service):
                itself |= same(name.value, Text.literal(service), because)
                if everybody.is_yes:
                    itself |= unknown(Reason(Doubt.NOT_UNDERSTOOD, "AWS does not say whom `Service: *` names", name.at))
            case PrincipalKind.CANONICAL_USER, AwsPrincipal():
                why = "whose canonical user id this is cannot be told"
                itself |= unknown(Reason(Doubt.OUTSIDE, why, name.at))
            case _:
                pass
    return Named(itself, account, anyone)


def _undecided(principal: Principal, name: Unknown | Mentions, caller: Caller, *, suppose: bool) -> Verdict:
    match principal.kind, caller:
        case ((None | PrincipalKind.ANYONE), _):
            return unknown(name.reason)
        case ((PrincipalKind.AWS | PrincipalKind.CANONICAL_USER), AwsPrincipal(arn=arn)):
            arns = isinstance(name, Unknown) or all(reference.attribute == "arn" for reference in name.references)
            found = of_element(name, arn, suppose=suppose)
            # What is no ARN may become the id of the caller's account.
            return found if arns or not found.is_no else unknown(name.reason)
        case PrincipalKind.AWS, _:
            # `*` is the only text that names those, and no resource's attribute is `*`.
            only_resources = isinstance(name, Mentions) and name.complete and name.references
            return NO if only_resources else unknown(name.reason)
        case PrincipalKind.SERVICE, ServicePrincipal():
            return unknown(name.reason)
        case _:
            return NO


def _names(name: Known[Text], caller: AwsPrincipal, because: Reason) -> Verdict:
    """Say whether an `AWS` principal is this very identity; a wildcard inside an ARN is none there."""
    wanted = name.value
    own = [caller.arn] if caller.role is None else [caller.arn, caller.role]
    found = any_of(NO if distinct(wanted, each) else same(wanted, each, because) for each in own)
    literal = wanted.literal_value
    if literal is not None and not literal.isdecimal() and literal != "*" and not literal.startswith("arn:"):
        return found | unknown(Reason(Doubt.OUTSIDE, f"whose unique id {literal} is cannot be told", name.at))
    segments = wanted.split(":", ARN_COLONS)
    if caller.kind is AwsKind.ROLE and segments is not None and len(segments) > ARN_COLONS:
        session = same(segments[2], Text.literal("sts"), because) & same(segments[4], caller.account, because)
        return found | (session & unknown(Reason(Doubt.OUTSIDE, "how the role's sessions are called is open", name.at)))
    return found


def _is_arn(text: Text) -> bool:
    """Tell whether the text is the ARN of a resource of this run, so neither `*` nor an account."""
    return text.refers is not None and text.refers.attribute == "arn"


def _names_account(wanted: Text, caller: AwsPrincipal, because: Reason) -> Verdict:
    """Say whether an `AWS` principal is the caller's account: its id, or the ARN that ends with `root`."""
    if _is_arn(wanted):
        return NO
    segments = wanted.split(":", ARN_COLONS)
    if segments is None:
        return unknown(because)
    if len(segments) <= ARN_COLONS:
        return same(wanted, caller.account, because)
    return (
        same(segments[2], Text.literal("iam"), because)
        & same(segments[4], caller.account, because)
        & same(segments[5], Text.literal("root"), because)
    )


def wildcard_in_arn(listed: Iterable[Principal], caller: Caller) -> bool:
    """Tell whether a principal's ARN would match the caller if wildcards worked there, which they do not."""
    return isinstance(caller, AwsPrincipal) and any(
        principal.kind is PrincipalKind.AWS
        and isinstance(principal.name, Known)
        and not distinct(principal.name.value, caller.arn)
        and not matches(principal.name.value, caller.arn, _reason(principal.name)).is_no
        for principal in listed
    )


def action(element: Element, wanted: str) -> Verdict:
    """Say whether an element of Action or NotAction covers an action."""
    if not isinstance(element, Known):
        return unknown(element.reason)
    return matches(element.value, Text.literal(wanted), _reason(element), ignore_case=True)


def resource(element: Element, wanted: Text, dialect: Dialect, *, suppose: bool) -> Verdict:
    """Say whether an element of Resource or NotResource covers a resource.

    A `*` that ends a segment of an ARN may run over the colon; of other wildcards AWS does not say it:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
    """
    if not isinstance(element, Known):
        return of_element(element, wanted, suppose=suppose)
    if distinct(element.value, wanted):
        return NO
    return dialect.compare(element.value, wanted, _reaches, _reason(element, wanted), wildcards=True)


def _reaches(pattern: Text, text: Text, because: Reason) -> Verdict:
    whole = matches(pattern, text, because)
    if not whole.is_yes or _ends_segments(pattern) or arn_like(pattern, text, because).is_yes:
        return whole
    why = f"AWS does not say how far the wildcards of {pattern} reach"
    return unknown(Reason(Doubt.NOT_UNDERSTOOD, why, because.at))


def _ends_segments(pattern: Text) -> bool:
    """Tell whether all wildcards before the last segment are a `*` that ends its segment."""
    written = "".join(part if isinstance(part, str) else "-" for part in pattern.parts)
    segments = written.split(":", ARN_COLONS)
    return all("?" not in segment and "*" not in segment.rstrip("*") for segment in segments[:ARN_COLONS])


def _reason(element: Known[Text], wanted: Text | None = None) -> Reason:
    text = f"{element.value} has no value here"
    if wanted is not None and element.value.literal_value is not None:
        text = f"whether {element.value} names {wanted} depends on the deployment"
    return Reason(Doubt.OUTSIDE, text, element.at)
