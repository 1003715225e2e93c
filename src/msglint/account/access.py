"""Access to AWS through boto3: clients by account and Region, none but the listed calls, and what is denied."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import boto3
import botocore.session
from botocore import xform_name
from botocore.config import Config
from botocore.credentials import CredentialResolver, RefreshableCredentials
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError
from botocore.parsers import ResponseParserError

from msglint import __version__
from msglint.account.calls import ACTIONS, OF_CREDENTIALS, OF_OTHERS, Call
from msglint.account.describe.interface import GoneError, UnansweredError

_DENIED = ("AccessDenied", "AuthorizationError", "UnauthorizedOperation", "NotAuthorized")
_GONE = ("NotFound", "NoSuch", "NonExistent", "DoesNotExist")
"""What is in the codes of errors that say that something is not there."""
CONFIG = Config(
    # Adaptive: botocore slows down by itself where AWS throttles.
    retries={"mode": "adaptive", "total_max_attempts": 10},
    connect_timeout=10,
    read_timeout=30,
    max_pool_connections=16,
    user_agent_extra=f"msglint/{__version__}",
)


class Identity(NamedTuple):
    """Whose credentials are used."""

    account: str
    partition: str


class _AtHand(NamedTuple):
    """What botocore calls a provider of credentials, for some that are at hand."""

    credentials: RefreshableCredentials
    METHOD: str = "assume-role"

    def load(self) -> RefreshableCredentials:
        """Give them."""
        return self.credentials


class Access:
    """The calls of one session; for several threads at once."""

    def __init__(self, region: str | None = None, session: "boto3.Session | None" = None) -> None:
        """Take a session, else that of boto3: credentials, profile, role, Region and endpoints by its conventions.

        Raises `UnansweredError` where its configuration cannot be used.
        """
        try:
            self._session = session or boto3.Session()
            configured: str | None = self._session.region_name
        except BotoCoreError as error:
            raise UnansweredError(str(error)) from error
        self.region = region or configured
        """The Region of what is named without one."""
        self._session.events.register("before-call", self._begin)
        self._clients: dict[tuple[str, str | None], Any] = {}
        self._lock, self._counting = threading.Lock(), threading.Lock()
        self._listing: dict[tuple[str, str, str | None], threading.Lock] = {}
        self._listed: dict[tuple[str, str, str | None], Sequence[Any] | UnansweredError | GoneError] = {}
        self._identity: Identity | None = None
        self.calls = 0
        """How many calls were made; what was asked again since AWS was busy counts once."""

    def identity(self) -> Identity:
        """Give whose credentials these are. Raises `UnansweredError`."""
        if self._identity is None:
            if self.region is None:
                raise UnansweredError("no Region is known: AWS_DEFAULT_REGION, a profile or --region names one")
            said = self.ask("sts", "GetCallerIdentity", self.region)
            self._identity = Identity(said["Account"], said["Arn"].split(":")[1])
        return self._identity

    def assuming(self, account: str, role: str) -> "Access":
        """Give the access of a role of another account, by its path and name. Raises `UnansweredError`.

        What is given for an hour is asked for anew before that ends, as often as it takes.
        https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
        """
        arn = f"arn:{self.identity().partition}:iam::{account}:role/{role}"

        def assume() -> dict[str, str]:
            return self._assumed(arn)

        assumed = RefreshableCredentials.create_from_metadata(assume(), assume, "assume-role")
        core = botocore.session.get_session()
        core.register_component("credential_provider", CredentialResolver([_AtHand(assumed)]))
        return Access(self.region, boto3.Session(region_name=self.region, botocore_session=core))

    def _assumed(self, arn: str) -> dict[str, str]:
        """Assume a role, and give its credentials as botocore takes them."""
        try:
            said = self.ask("sts", "AssumeRole", self.region, RoleArn=arn, RoleSessionName="msglint")["Credentials"]
        except (UnansweredError, GoneError) as error:
            raise UnansweredError(f"the role {arn} cannot be assumed: {error}") from error
        return {
            "access_key": said["AccessKeyId"],
            "secret_key": said["SecretAccessKey"],
            "token": said["SessionToken"],
            "expiry_time": said["Expiration"].isoformat(),
        }

    def others(self) -> Sequence[str]:
        """Give the other accounts of the organisation. Raises `UnansweredError`.

        https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccounts.html
        """
        listed = self.pages("organizations", "ListAccounts", self.region, "Accounts")
        own = self.identity().account
        return [each["Id"] for each in listed if each["Status"] == "ACTIVE" and each["Id"] != own]

    def ask(self, service: str, operation: str, region: str | None, **parameters: object) -> Mapping[str, Any]:
        """Make a call. Raises `GoneError` where there is no such thing, `UnansweredError` where there is no answer."""
        method = getattr(self._client(service, region), xform_name(operation))
        answer: Mapping[str, Any] = self._answered(Call(service, operation), lambda: method(**parameters))
        return answer

    def pages(self, service: str, operation: str, region: str | None, key: str, **parameters: object) -> Iterator[Any]:
        """Give what all pages of an operation list under a key. Raises as `ask` does."""
        paginator = self._client(service, region).get_paginator(xform_name(operation))
        pages = iter(paginator.paginate(**parameters))
        while True:
            page = self._answered(Call(service, operation), lambda: next(pages, None))
            if page is None:
                return
            yield from page.get(key, ())

    def listed(self, service: str, operation: str, region: str | None, key: str) -> Sequence[Any]:
        """Give what all pages of an operation without parameters list, which is asked once. Raises as `ask` does."""
        called = (service, operation, region)
        with self._lock:
            lock = self._listing.setdefault(called, threading.Lock())
        with lock:  # whoever comes second waits for the answer, also where that is none
            if called not in self._listed:
                try:
                    self._listed[called] = list(self.pages(service, operation, region, key))
                except (UnansweredError, GoneError) as error:
                    self._listed[called] = error
        found = self._listed[called]
        if isinstance(found, Exception):
            raise found
        return found

    def _client(self, service: str, region: str | None) -> Any:
        with self._lock:  # sessions are not made for threads, clients are
            found = self._clients.get((service, region))
            if found is None:
                try:
                    found = self._session.client(service, region_name=region, config=CONFIG)
                except (BotoCoreError, ValueError) as error:
                    raise UnansweredError(str(error)) from error
                self._clients[service, region] = found
            return found

    def _answered(self, call: Call, make: Any) -> Any:
        try:
            return make()
        except ClientError as error:
            # What is refused may be a call that botocore makes before, for the credentials.
            made = (call, *OF_OTHERS, *OF_CREDENTIALS)
            call = next((each for each in made if each.operation == error.operation_name), call)
            code = str(error.response.get("Error", {}).get("Code", ""))
            if any(word in code for word in _DENIED):
                # Without AWS's own sentence: it names who asks, which is nobody's business in a report.
                action = ACTIONS.get(call) or OF_OTHERS.get(call) or f"{call.service}:{call.operation}"
                raise UnansweredError(f"{action} is not allowed ({code})") from error
            message = str(error.response.get("Error", {}).get("Message", ""))
            # CloudFormation has no code of its own for it.
            if any(word in code for word in _GONE) or "does not exist" in message:
                raise GoneError(code) from error
            raise UnansweredError(f"{call.service} {call.operation} was refused ({code or 'no code'})") from error
        except ResponseParserError as error:
            raise UnansweredError(f"what {call.service} {call.operation} was answered is no answer of AWS") from error
        except NoCredentialsError as error:
            why = "there are no credentials: AWS_PROFILE names some, and boto3 finds them in other places too"
            raise UnansweredError(why) from error
        except (BotoCoreError, RuntimeError) as error:
            # The latter: a role was assumed anew, and botocore takes what it was given for expired.
            raise UnansweredError(f"{call.service} {call.operation} was not answered: {error}") from error

    def _begin(self, model: Any, **_more: object) -> None:
        """Count a call, and refuse those that are not listed, whoever makes them in this session."""
        call = Call(model.service_model.service_name, model.name)
        if call not in ACTIONS and call not in OF_OTHERS and call not in OF_CREDENTIALS:
            raise UnansweredError(f"{call.service} {call.operation} is no call that msglint makes")
        with self._counting:
            self.calls += 1
