"""All accounts together, as the last look that could read each of them found it, with what was declared."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db.models import Q

from audits.models import Inventory, Look, TrailEntry
from audits.permissions import declared, looking
from audits.permissions.declared import Target
from audits.replay import State, ThingKind, fold, rights
from portal.iam.account import Account
from portal.iam.auditing.company import Company, Site

logger = logging.getLogger(__name__)


def asking(*, at: datetime) -> dict[str, Sequence[str]]:
    """Return the work groups that people may ask for, by the names of their IAM users. One query."""
    state = fold(TrailEntry.objects.filter(Q(act__in=declared.ACTS) | Q(subject__startswith="person:")).order_by("pk"))
    bound = {name: user["name"] for name, person in state.of(ThingKind.PERSON).items() if (user := person.get("iam_user"))}
    of_each = {str(user): rights.of(name, state, at=at) for name, user in bound.items()}
    return {user: () if each.is_disabled else each.asks for user, each in of_each.items()}


def company(*, at: datetime) -> Company:
    """Return the company. Three queries. An account that was never read, or cannot be understood, is not in it."""
    targets = declared.targets()
    seen = _seen(target.account for target in targets)
    sites = [site for target in targets if (site := _site(target, seen)) is not None]
    work, led_to = _led_to(fold(TrailEntry.objects.filter(act__in=declared.ACTS).order_by("pk")))
    return Company(sites={site.id: site for site in sites}, at=at, work_roles=work, led_to=led_to)


def _seen(accounts: Iterable[str]) -> Mapping[str, bytes]:
    """Return what IAM of each account said when it could last be read."""
    rows = Look.objects.filter(account__in=list(accounts)).exclude(sha256="").order_by("account", "since", "id")
    newest = dict(rows.values_list("account", "sha256"))
    contents = dict(Inventory.objects.filter(pk__in=newest.values()).values_list("pk", "content"))
    return {account: bytes(contents[sha256]) for account, sha256 in newest.items() if sha256 in contents}


def _site(target: Target, seen: Mapping[str, bytes]) -> Site | None:
    content = seen.get(target.account)
    if content is None:
        return None
    try:
        account = Account.parsed(target.account, [looking.read_back(content)])
    except (AttributeError, KeyError, TypeError, ValueError):
        logger.exception("what IAM of %s said cannot be understood", target.account)
        return None
    return Site(account=account, where=target.where)


def _led_to(state: State) -> tuple[frozenset[str], dict[str, tuple[str, ...]]]:
    """Return the roles that work groups alone lead to, and the roles of every group: by their ARNs, where these are known."""
    arns = {key: str(role.get("arn") or "") for key, role in state.of(ThingKind.ROLE).items()}
    work = {name: _arns(group, arns) for name, group in state.of(ThingKind.WORK_GROUP).items() if not group.get("retired_at")}
    standing = {name: _arns(group, arns) for name, group in state.of(ThingKind.STANDING_GROUP).items()}
    given = frozenset(arn for several in work.values() for arn in several)
    return given - {arn for several in standing.values() for arn in several}, {**standing, **work}


def _arns(group: Mapping[str, object], arns: Mapping[str, str]) -> tuple[str, ...]:
    listed = group.get("target_roles")
    return tuple(arns[key] for key in (listed if isinstance(listed, list) else ()) if arns.get(key))
