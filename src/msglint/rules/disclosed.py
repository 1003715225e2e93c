"""What rules about credentials say alike: how a secret comes to be in the open, and where to change that."""

from collections.abc import Iterable, Iterator

import msgspec

from msglint.finding import Candidate, Fix, Note, Property
from msglint.model.credentials import Credential
from msglint.model.disclosure import Way, disclosure
from msglint.model.resource import SECTIONS, Resource
from msglint.verdict import Verdict

_HOW = {
    Way.LITERAL: "is written here, so whoever reads this can {use}",
    Way.DEFAULT: "is the default of {name}, so whoever reads this can {use}",
    Way.ECHOED: "is the parameter {name}, which has no NoEcho: whoever sees the stack can read it and {use}",
    Way.ALLOWED: "is among the allowed values of {name}, so whoever reads this can {use}",
    Way.SHOWN: "is {name}, which is shown here: whoever sees the stack or its state can read it and {use}",
    Way.KEPT: "is {name}, which becomes plain text in Parameter Store: whoever may read that can {use}",
    Way.STORED: "comes from {name}, which is plain text in Parameter Store: whoever may read it can {use}",
}


def disclosed(
    resource: Resource,
    credential: Credential,
    *,
    what: str,
    use: str,
    fix: Fix | None = None,
    also: Verdict | None = None,
) -> Candidate:
    """Give the answer to whether a credential is in the open.

    `what` names the secret, `use` says what it is good for, `also` is what has to hold beside. Nothing of the value is
    in the answer.
    """
    found = disclosure(credential.secret, credential.way)
    if resource.id.startswith(SECTIONS) and resource.id.endswith(f".{credential.key}"):
        what = what.replace("{key} of ", "").replace(" ({key})", "")
    # What is in the message tells this fault from another of the same resource.
    what = what.replace("{key}", credential.key.replace("{", "{{").replace("}", "}}"))
    elsewhere = found.at.span != credential.secret.at.span if found.verdict.is_yes else False
    return Candidate(
        when=found.verdict if also is None else found.verdict & also,
        resource=resource,
        at=found.at,
        message=f"{what} {_HOW[found.way].replace('{use}', use)}",
        args={"resource": resource, "name": found.name, "property": Property(credential.path)},
        related=(Note("it is used here", credential.secret.at, resource),) if elsewhere else (),
        fix=fix,
        secret=() if found.verdict.is_no or found.way not in {Way.LITERAL, Way.DEFAULT, Way.ALLOWED} else (found.at,),
        words=tuple(credential.secret.words(written=not found.verdict.is_no)),
    )


def once_a_value(candidates: Iterable[Candidate]) -> Iterator[Candidate]:
    """Make one answer of those that stand at one value, such as a default that several users of a broker share."""
    found: dict[tuple[object, ...], Candidate] = {}
    for number, each in enumerate(candidates):
        # A place in a long plan is looked up only for what may be shown.
        key = (number,) if each.when.is_no else (each.at.document.name, each.at.span, each.when.truth)
        first = found.setdefault(key, each)
        if first is not each:
            found[key] = msgspec.structs.replace(first, related=(*first.related, *each.related))
    yield from found.values()
