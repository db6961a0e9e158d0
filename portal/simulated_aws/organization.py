"""The organisation that all accounts here belong to, if the world declares one, and the Regions that they have switched on."""

from dataclasses import dataclass

from moto.iam.models import iam_backends

from portal.simulated_aws import world


@dataclass(slots=True)
class _Kept:
    organization: world.Organization | None = None
    regions: tuple[str, ...] = world.REGIONS


_kept = _Kept()


def keep(organization: world.Organization | None, regions: tuple[str, ...]) -> None:
    _kept.organization, _kept.regions = organization or _kept.organization, regions or _kept.regions


def current() -> world.Organization | None:
    return _kept.organization


def accounts() -> list[str]:
    return sorted(iam_backends)


def regions() -> tuple[str, ...]:
    return _kept.regions


def forget_all() -> None:
    _kept.organization, _kept.regions = None, world.REGIONS
