"""What IAM and Identity Center were before each write, kept while reads are to be stale."""

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from moto.iam.models import IAMBackend, iam_backends

from portal.simulated_aws import clock, identity_directory
from portal.simulated_aws.credentials import PARTITION
from portal.simulated_aws.identity_directory import Directories

_MOST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class _Past:
    """How things were until a moment."""

    until: datetime
    iam: dict[str, IAMBackend]
    directories: Directories


_past: list[_Past] = []


def note(*, until: datetime) -> None:
    """Remember how things are, before they change. Costs some 15 ms in the company."""
    accounts = list(iam_backends)
    iam = {account: _copied(iam_backends[account][PARTITION]) for account in accounts}
    _past.append(_Past(until=until, iam=iam, directories=identity_directory.copied()))
    del _past[:-_MOST]


@contextmanager
def as_before(*, seconds: float) -> Iterator[None]:
    """Have everything be as it was so many seconds ago, as far as it is remembered. The caller holds the lock of all calls."""
    moment = clock.now() - timedelta(seconds=seconds)
    past = next((past for past in _past if past.until > moment), None)
    if past is None:
        yield
        return
    now = _Past(
        until=clock.now(),
        iam={account: iam_backends[account][PARTITION] for account in past.iam},
        directories=identity_directory.all_kept(),
    )
    _show(past)
    try:
        yield
    finally:
        _show(now)


def forget_all() -> None:
    _past.clear()


def _show(shown: _Past) -> None:
    for account, iam in shown.iam.items():
        iam_backends[account][PARTITION] = iam
    identity_directory.show(shown.directories)


def _copied(iam: IAMBackend) -> IAMBackend:
    """Return a copy that shares AWS's own thousand policies, which never change."""
    shared = {id(policy): policy for arn, policy in iam.managed_policies.items() if arn.startswith("arn:aws:iam::aws:")}
    return copy.deepcopy(iam, shared)
