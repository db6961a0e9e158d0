"""The company's Identity Center: its people, and the one group that gives access to production by it."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from portal.simulated_aws.world import DirectoryGroup, DirectoryUser, IdentityCenter

REGION = "ap-northeast-1"
WORK_GROUP = "ProdIdentityCenterGroup"
_NAMES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "member01": ("佐藤", "美咲"),
        "member02": ("鈴木", "健太"),
        "leader01": ("高橋", "直子"),
        "leader02": ("田中", "大輔"),
        "admin01": ("伊藤", "由紀"),
        "auditor01": ("渡辺", "誠"),
    }
)


def directory(people: Iterable[str]) -> IdentityCenter:
    """Return the instance with these people; at rest nobody is in the work group."""
    return IdentityCenter(
        region=REGION,
        users=tuple(_user(name) for name in people),
        groups=(DirectoryGroup(name=WORK_GROUP, description="Production, by Identity Center"),),
    )


def _user(name: str) -> DirectoryUser:
    family, given = _NAMES.get(name, (name, name))
    return DirectoryUser(name=name, given_name=given, family_name=family, email=f"{name}@example.com")
