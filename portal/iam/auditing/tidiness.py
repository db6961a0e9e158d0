"""What nobody needs, and what mixes what is to be apart."""

import re
from collections.abc import Iterator

from portal.iam.account import User
from portal.iam.auditing.causes import Excess
from portal.iam.auditing.company import Site
from portal.iam.principals import SERVICE_LINKED

UNUSED_GROUP, MANY_GROUPS, ON_USER, MIXED = "unused-group", "many-groups", "policy-on-user", "mixed-environments"
# Standing groups of one person; work groups come and go by leave.
MOST_GROUPS = 3
FENCE = "sekisho-entry-"
WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
# How names tell the environment that something is of.
NAMES = {
    "development": frozenset({"dev", "develop", "development"}),
    "staging": frozenset({"stg", "stage", "staging"}),
    "production": frozenset({"prod", "prd", "production"}),
}


def untidy(site: Site) -> Iterator[Excess]:
    yield from _groups(site)
    for user in site.account.users.values():
        if user.arn not in site.where.place.spared:
            yield from _user(site, user)
    yield from _mixed(site)


def _groups(site: Site) -> Iterator[Excess]:
    """Yield groups without members, but for those that are empty at rest."""
    for group in site.account.groups.values():
        if not group.members and not group.path.startswith(site.where.place.work_groups):
            yield Excess(rule=UNUSED_GROUP, account=site.id, who=f"group {group.name}")


def _user(site: Site, user: User) -> Iterator[Excess]:
    who = f"user {user.name}"
    for name in sorted(user.inline):
        if not name.startswith(FENCE):
            yield Excess(rule=ON_USER, account=site.id, who=who, policy=f"{who}: {name}", what=name)
    for arn in user.attached:
        name = arn.rpartition("/")[2]
        yield Excess(rule=ON_USER, account=site.id, who=who, policy=f"{who}: {name}", what=name)
    groups = [name for name in user.groups if not _is_work(site, name)]
    if len(groups) > MOST_GROUPS:
        yield Excess(rule=MANY_GROUPS, account=site.id, who=who, what=", ".join(sorted(groups)))


def _mixed(site: Site) -> Iterator[Excess]:
    """Yield roles of one environment in the account of another, told by their names and tags."""
    if site.where.kind not in NAMES:
        return
    for role in site.account.roles.values():
        words = {word.lower() for word in WORD.findall(role.name)}
        words |= {value.lower() for key, value in role.tags.items() if key.lower() in ("env", "environment", "stage")}
        others = [kind for kind, names in NAMES.items() if kind != site.where.kind and words & names]
        if others and not words & NAMES[site.where.kind] and SERVICE_LINKED not in role.arn:
            yield Excess(rule=MIXED, account=site.id, who=f"role {role.name}", what=", ".join(others))


def _is_work(site: Site, name: str) -> bool:
    group = site.account.group(name)
    return group is not None and group.path.startswith(site.where.place.work_groups)
