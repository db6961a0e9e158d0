"""The trails that there are, and when each of them was logging, how."""

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self

from portal.simulated_aws import organization, trail

_KIND = "trail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What CreateTrail and UpdateTrail take."""

    bucket: str
    prefix: str = ""
    is_multi_region: bool = False
    is_organization: bool = False
    includes_global: bool = True
    validates: bool = False
    kms_key_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A time of logging under the same settings. Digests of one do not follow those of another."""

    settings: Settings
    started_at: datetime
    stopped_at: datetime | None = None

    def as_json(self) -> dict[str, Any]:
        times = {"started_at": self.started_at.isoformat(), "stopped_at": self.stopped_at and self.stopped_at.isoformat()}
        return {"settings": dataclasses.asdict(self.settings), **times}

    @classmethod
    def parsed(cls, given: Mapping[str, Any]) -> Self:
        stopped = given["stopped_at"]
        return cls(
            settings=Settings(**given["settings"]),
            started_at=datetime.fromisoformat(given["started_at"]),
            stopped_at=datetime.fromisoformat(stopped) if stopped else None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """A trail, or what is left of one that was deleted: its files stay where they are."""

    arn: str
    settings: Settings
    periods: tuple[Period, ...] = ()
    is_deleted: bool = False

    @property
    def name(self) -> str:
        return self.arn.rpartition("/")[2]

    @property
    def home_region(self) -> str:
        return self.arn.split(":")[3]

    @property
    def account_id(self) -> str:
        return self.arn.split(":")[4]

    @property
    def is_logging(self) -> bool:
        return bool(self.periods) and self.periods[-1].stopped_at is None

    def reaches(self, account_id: str, region: str) -> bool:
        """Say whether the account sees it in that Region: its own, or a shadow of it."""
        is_there = region == self.home_region or self.settings.is_multi_region
        return is_there and (account_id == self.account_id or self.settings.is_organization)

    def started(self, at: datetime) -> "Trail":
        if self.is_logging:
            return self
        return replace(self, periods=(*self.periods, Period(settings=self.settings, started_at=at.replace(microsecond=0))))

    def stopped(self, at: datetime) -> "Trail":
        if not self.is_logging:
            return self
        return replace(self, periods=(*self.periods[:-1], replace(self.periods[-1], stopped_at=at)))

    def changed(self, settings: Settings, at: datetime) -> "Trail":
        """Return it with other settings: what it logs from now on begins anew."""
        if settings == self.settings:
            return self
        other = replace(self.stopped(at), settings=settings)
        return other.started(at) if self.is_logging else other


def covered(of: Trail, settings: Settings) -> Iterator[tuple[str, str]]:
    """Yield the accounts and Regions whose events a trail with these settings delivers."""
    for account in organization.accounts() if settings.is_organization else [of.account_id]:
        for region in organization.regions() if settings.is_multi_region else [of.home_region]:
            yield account, region


def keep(kept: Trail) -> None:
    periods = [period.as_json() for period in kept.periods]
    body = {"settings": dataclasses.asdict(kept.settings), "periods": periods, "is_deleted": kept.is_deleted}
    trail.note(_KIND, kept.arn, body)


def ever() -> list[Trail]:
    """Return all trails, deleted ones too, in the order in which they were made."""
    return [_parsed(arn, body) for arn, body in trail.noted(_KIND).items()]


def there() -> list[Trail]:
    return [each for each in ever() if not each.is_deleted]


def _parsed(arn: str, body: Mapping[str, Any]) -> Trail:
    return Trail(
        arn=arn,
        settings=Settings(**body["settings"]),
        periods=tuple(Period.parsed(period) for period in body["periods"]),
        is_deleted=body["is_deleted"],
    )
