"""botocore clients for the workers: bounded in time, by the ordinary credential chain and, if set, a Jump account role."""

import threading
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING

import boto3
import botocore.session
from botocore.config import Config
from botocore.credentials import AssumeRoleCredentialFetcher, DeferredRefreshableCredentials
from django.conf import settings

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient

_building = threading.Lock()
SESSION_NAME = "sekisho"


def longest_call() -> timedelta:
    """Return how long one call can last with all its attempts and the waits between them: the ground of leases."""
    attempts = settings.AWS_CALL_ATTEMPTS
    waits = 2**attempts  # botocore waits at most 2 ** n seconds before its n-th repeat, in standard mode.
    once = timedelta(seconds=attempts * (settings.AWS_CONNECT_TIMEOUT + settings.AWS_READ_TIMEOUT) + waits)
    # The role's credentials are renewed within the call that finds them old.
    return 2 * once if settings.AWS_JUMP_ROLE_ARN else once


def jump_iam() -> "IAMClient":
    """Return the IAM client of the Jump account. Clients may be shared by threads, their making may not."""
    with _building:
        return _jump_iam()


@cache
def _jump_iam() -> "IAMClient":
    return _jump_session().client("iam", endpoint_url=settings.AWS_ENDPOINT_URL, config=_config())


def _config() -> Config:
    return Config(
        connect_timeout=settings.AWS_CONNECT_TIMEOUT,
        read_timeout=settings.AWS_READ_TIMEOUT,
        retries={"mode": "standard", "total_max_attempts": settings.AWS_CALL_ATTEMPTS},
        user_agent_extra="sekisho",
    )


def _jump_session() -> boto3.Session:
    if not settings.AWS_JUMP_ROLE_ARN:
        return boto3.Session(region_name=settings.AWS_REGION)
    base = botocore.session.Session()
    fetcher = AssumeRoleCredentialFetcher(
        client_creator=lambda service, **kwargs: base.create_client(
            service, endpoint_url=settings.AWS_ENDPOINT_URL, config=_config(), **{"region_name": settings.AWS_REGION, **kwargs}
        ),
        source_credentials=base.get_credentials(),
        role_arn=settings.AWS_JUMP_ROLE_ARN,
        extra_args={"RoleSessionName": SESSION_NAME},
    )
    assumed = botocore.session.Session()
    # botocore's own way to credentials that renew themselves is this attribute; boto3 offers none.
    assumed._credentials = DeferredRefreshableCredentials(  # type: ignore[attr-defined]  # noqa: SLF001
        method="assume-role", refresh_using=fetcher.fetch_credentials
    )
    return boto3.Session(botocore_session=assumed, region_name=settings.AWS_REGION)
