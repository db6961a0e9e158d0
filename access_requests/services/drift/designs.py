"""The account design and AWS: what each account may have, and what differs, with who made it as far as CloudTrail says."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from access_requests.models import AwsAccount
from portal.aws import inventory
from portal.aws.calls import AwsClient
from portal.aws.errors import BackendError
from portal.aws.sessions import cloudtrail_of, iam_of, jump_iam
from portal.iam.account_design import comparing, rendering
from portal.iam.account_design.comparing import Difference
from portal.iam.account_design.design import Account, Design
from portal.iam.account_design.quotas import Quotas

_PAGE = 50


@dataclass(frozen=True, kw_only=True)
class Compared:
    """One account; `problem` says why it could not be read. Each difference comes with who made it, empty where nobody knows."""

    account: str
    differences: tuple[tuple[Difference, str], ...] = ()
    problem: str = ""


def compared(design: Design, *, account: str | None = None) -> Iterator[Compared]:
    """Yield the accounts, or the one. Costs two calls an account, one a role, and one a kind of event that is asked for."""
    roles = dict(AwsAccount.objects.values_list("key", "gate_role_arn"))
    for each in design.accounts:
        if account in (None, each.key):
            yield _compared(design, each, role_arn=roles[each.key])


def with_quotas(design: Design) -> tuple[Design, list[str]]:
    """Return the design with the accounts' own quotas, and which accounts could not be asked. Costs a call an account."""
    roles = dict(AwsAccount.objects.values_list("key", "gate_role_arn"))
    read = {account.key: _quotas(account, roles.get(account.key, "")) for account in design.accounts}
    found = {key: each for key, each in read.items() if each is not None}
    return replace(design, quotas=found), [key for key in read if key not in found]


def _quotas(account: Account, role_arn: str) -> Quotas | None:
    if account.kind != "jump" and not role_arn:
        return None
    client: Any = iam_of(role_arn) if role_arn else jump_iam()
    try:
        return Quotas.of_summary(inventory.summary(AwsClient.without_lease(client)))
    except BackendError:
        return None


def _compared(design: Design, account: Account, *, role_arn: str) -> Compared:
    if account.kind != "jump" and not role_arn:
        return Compared(account=account.key, problem="the portal has no role there to ask by")
    client: Any = iam_of(role_arn) if role_arn else jump_iam()
    aws, wanted = AwsClient.without_lease(client), rendering.resources_of(design, account)
    try:
        found = inventory.read(aws, account_id=account.id)
        lengths = {
            name: int(aws.call("get_role", RoleName=name)["Role"]["MaxSessionDuration"])
            for name in comparing.sessions(wanted)
            if found.role_details(name)
        }
    except BackendError as error:
        return Compared(account=account.key, problem=str(error))
    differing = [*comparing.differences(wanted, found), *comparing.of_sessions(comparing.sessions(wanted), lengths)]
    trail = _Trail(role_arn)
    return Compared(account=account.key, differences=tuple((each, trail.who(each)) for each in differing))


class _Trail:
    """What CloudTrail says of one account; each name of an event is asked for once."""

    def __init__(self, role_arn: str) -> None:
        self._role_arn = role_arn
        self._events: dict[str, list[Mapping[str, Any]]] = {}

    def who(self, difference: Difference) -> str:
        """Return the principal and the time of the newest call that names the thing; empty where there is none."""
        events = [event for name in difference.events for event in self._named(name)]
        about = [event for event in events if _names(event, difference)]
        newest = max(about, key=lambda event: str(event["eventTime"]), default=None)
        return f"{newest['userIdentity'].get('arn', '-')} at {newest['eventTime']}" if newest else ""

    def _named(self, name: str) -> list[Mapping[str, Any]]:
        if name not in self._events:
            self._events[name] = list(self._asked(name))
        return self._events[name]

    def _asked(self, name: str) -> Iterator[Mapping[str, Any]]:
        trail = AwsClient.without_lease(cloudtrail_of(self._role_arn))
        attributes = [{"AttributeKey": "EventName", "AttributeValue": name}]
        try:
            answer = trail.call("lookup_events", LookupAttributes=attributes, MaxResults=_PAGE)
        except BackendError:
            return  # Nobody is named: a comparison without names is better than none.
        for event in answer["Events"]:
            record = json.loads(event["CloudTrailEvent"])
            if not record.get("errorCode"):
                yield record


def _names(event: Mapping[str, Any], difference: Difference) -> bool:
    return bool((event.get("requestParameters") or {}).get(difference.parameter) == difference.thing)
