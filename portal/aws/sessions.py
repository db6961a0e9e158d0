"""botocore clients for the workers: bounded in time, by the ordinary credential chain and the roles that are to be assumed."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

import boto3
import botocore.session
from botocore.config import Config
from botocore.credentials import AssumeRoleCredentialFetcher, DeferredRefreshableCredentials
from botocore.exceptions import BotoCoreError, NoCredentialsError
from django.conf import settings

from portal.aws.service_models import new_session

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_ssm import SSMClient
    from mypy_boto3_sts import STSClient

_building = threading.Lock()
_clients: dict[tuple[str, str, str], Any] = {}
SESSION_NAME = "sekisho"
# Where CloudTrail keeps what is done in IAM, which has no Region.
GLOBAL_REGION = "us-east-1"
# What AWS says to credentials that it does not take, or takes no longer.
NOT_TAKEN = frozenset(
    {"ExpiredToken", "ExpiredTokenException", "InvalidAccessKeyId", "InvalidClientTokenId", "UnrecognizedClientException"}
)


def longest_call(*, in_target: bool = False) -> timedelta:
    """Return how long one call can last with all its attempts and the waits between them: the ground of leases.

    The credentials of each role on the way may be renewed within the call that finds them old, which is then repeated.
    """
    attempts = settings.AWS_CALL_ATTEMPTS
    waits = 2**attempts  # botocore waits at most 2 ** n seconds before its n-th repeat, in standard mode.
    once = attempts * _one_attempt() + timedelta(seconds=waits)
    roles = bool(settings.AWS_JUMP_ROLE_ARN) + in_target
    return once + roles * (once + _one_attempt())


def _one_attempt() -> timedelta:
    return timedelta(seconds=settings.AWS_CONNECT_TIMEOUT + settings.AWS_READ_TIMEOUT)


def jump_iam() -> "IAMClient":
    """Return the IAM client of the Jump account. Clients may be shared by threads, their making may not."""
    iam: IAMClient = _client("iam", "", settings.AWS_REGION)
    return iam


def iam_of(role_arn: str) -> "IAMClient":
    """Return the IAM client of the account in which the portal has this role; without one, the Jump account's."""
    iam: IAMClient = _client("iam", role_arn, settings.AWS_REGION)
    return iam


def jump_sts() -> "STSClient":
    """Return the client that says who the portal is in the Jump account: AWS denies that to nobody."""
    sts: STSClient = _client("sts", "", settings.AWS_REGION)
    return sts


def sts_of(role_arn: str) -> "STSClient":
    """Return the client that says who the portal is in this role, and that fails where the role cannot be taken on."""
    sts: STSClient = _client("sts", role_arn, settings.AWS_REGION)
    return sts


def ssm_of(role_arn: str, region: str) -> "SSMClient":
    """Return the Systems Manager client of the role's account in one Region."""
    ssm: SSMClient = _client("ssm", role_arn, region)
    return ssm


def cloudtrail_of(role_arn: str) -> Any:
    """Return the CloudTrail client that finds what was done in IAM, of the role's account or of the Jump account."""
    return _client("cloudtrail", role_arn, GLOBAL_REGION)


def cloudtrail_in(role_arn: str, region: str) -> Any:
    """Return the CloudTrail client of one Region, of the role's account or of the Jump account."""
    return _client("cloudtrail", role_arn, region)


def home_region() -> str:
    """Return the Region in which the portal itself is."""
    return str(settings.AWS_REGION)


def account_of(role_arn: str) -> Any:
    """Return the client that says which Regions the role's account, or the Jump account, has switched on."""
    return _client("account", role_arn, GLOBAL_REGION)


def identity_store_of(role_arn: str, region: str) -> Any:
    """Return the client of the Identity Center's directory: users, groups and memberships."""
    return _client("identitystore", role_arn, region)


def identity_center_of(role_arn: str, region: str) -> Any:
    """Return the client that says which Identity Center there is in the Region."""
    return _client("sso-admin", role_arn, region)


def s3_of(role_arn: str, region: str) -> Any:
    """Return the S3 client of one Region."""
    return _client("s3", role_arn, region)


def kms_of(role_arn: str, region: str) -> Any:
    """Return the client of one Region's keys."""
    return _client("kms", role_arn, region)


def forget() -> None:
    """Close every client, to be made anew: where the endpoint or the credentials are to be others."""
    with _building:
        for client in _clients.values():
            client.close()
        _clients.clear()
        _session.cache_clear()


def _client(service: str, role_arn: str, region: str) -> Any:
    with _building:
        asked = (service, role_arn, region)
        if asked not in _clients:
            making: Any = _session(role_arn)  # The stubs know each service by a literal name only.
            made = making.client(service, region_name=region, endpoint_url=settings.AWS_ENDPOINT_URL, config=_config())
            _send_in_time_or_never(made, longest_call(in_target=bool(role_arn)) - _one_attempt())
            _clients[asked] = made
        return _clients[asked]


class TooLateToSendError(BotoCoreError):
    """Credentials were waited for so long that the call might outlive the lease it is made under. It was not sent."""

    fmt = "waited too long to send {operation_name}"


def _send_in_time_or_never(client: Any, budget: timedelta) -> None:
    """Refuse to send what is signed later than this after its call began: threads wait for one another to renew credentials."""

    def begin(*, context: dict[str, Any], **_event: Any) -> None:
        context["send_until"] = time.monotonic() + budget.total_seconds()

    def check(*, request: Any, operation_name: str, **_event: Any) -> None:
        if time.monotonic() > request.context["send_until"]:
            raise TooLateToSendError(operation_name=operation_name)

    service = client.meta.service_model.service_id.hyphenize()
    client.meta.events.register(f"before-call.{service}", begin)
    # Signing is a handler of the same event that was there before: what comes here is signed.
    client.meta.events.register(f"request-created.{service}", check)


def _config() -> Config:
    return Config(
        connect_timeout=settings.AWS_CONNECT_TIMEOUT,
        read_timeout=settings.AWS_READ_TIMEOUT,
        retries={"mode": "standard", "total_max_attempts": settings.AWS_CALL_ATTEMPTS},
        user_agent_extra="sekisho",
    )


@cache
def _session(role_arn: str) -> boto3.Session:
    """Return a session of a role in a target account, of the role in the Jump account, or of the ordinary credentials."""
    if role_arn:
        return _assumed(_session("")._session, role_arn)  # noqa: SLF001  boto3 hands its botocore session out nowhere else.
    base = new_session()
    if settings.AWS_JUMP_ROLE_ARN:
        return _assumed(base, settings.AWS_JUMP_ROLE_ARN)
    return boto3.Session(botocore_session=base, region_name=settings.AWS_REGION)


class _RoleCredentials(DeferredRefreshableCredentials):
    """Credentials of a role that are renewed before they run out, and when AWS does not take them though they have not.

    AWS's clock may be ahead of ours, and a session can be lost on its side.
    """

    def __init__(self, cache: dict[str, Any], refresh_using: Callable[[], Any]) -> None:
        super().__init__(method="assume-role", refresh_using=refresh_using)
        self.cache = cache

    def renew_if_refused(self, *, response: Any, attempts: int, **_event: Any) -> int | None:
        """Answer botocore, after an attempt, in how many seconds to repeat the call; None leaves that to others."""
        code = response[1].get("Error", {}).get("Code") if response is not None else None
        if attempts > 1 or code not in NOT_TAKEN:
            return None
        self._frozen_credentials = None
        self.cache.clear()
        return 0


class _NoCredentials:
    """What a role is taken on with where nothing gives credentials: botocore would fail on None with an AttributeError."""

    def get_frozen_credentials(self) -> None:
        raise NoCredentialsError


def _assumed(source: botocore.session.Session, role_arn: str) -> boto3.Session:
    plain = new_session()
    cache: dict[str, Any] = {}

    def client_of_the_renewal(service: str, **kwargs: Any) -> Any:
        # Whichever thread finds the credentials old makes this client, beside threads that make others.
        with _building:
            options = {"region_name": settings.AWS_REGION, **kwargs}
            return plain.create_client(service, endpoint_url=settings.AWS_ENDPOINT_URL, config=_config(), **options)

    fetcher = AssumeRoleCredentialFetcher(
        client_creator=client_of_the_renewal,
        source_credentials=source.get_credentials() or _NoCredentials(),
        role_arn=role_arn,
        extra_args={"RoleSessionName": SESSION_NAME},
        cache=cache,
    )
    assumed = new_session()
    credentials = _RoleCredentials(cache, fetcher.fetch_credentials)
    # botocore's own way to credentials that renew themselves is this attribute; boto3 offers none.
    assumed._credentials = credentials  # type: ignore[attr-defined]  # noqa: SLF001
    assumed.register("needs-retry", credentials.renew_if_refused)  # type: ignore[arg-type]  # This event takes an answer.
    return boto3.Session(botocore_session=assumed, region_name=settings.AWS_REGION)
