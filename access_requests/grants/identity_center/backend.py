"""Its verbs: six calls a grant and six an end, however many people are in production."""

from collections.abc import Iterator
from dataclasses import dataclass

from access_requests.grants.contract import Facts, Grant, GrantBackend, Grantee, Principal, Seen
from access_requests.grants.executions import StepClient
from access_requests.grants.fences import Entrance
from access_requests.grants.identity_center.fences import FENCES
from access_requests.grants.identity_center.needs import NEEDS
from access_requests.grants.identity_center.probe import probe
from access_requests.grants.identity_center.store import GROUP_MISSING, Store, members_of
from access_requests.grants.identity_center.words import WORDS
from access_requests.grants.needs import Asked, Missing
from portal.aws.calls import AwsClient
from portal.aws.errors import BackendBusy, BackendRefused

STILL_A_MEMBER = "still_a_member"


@dataclass(frozen=True, kw_only=True)
class DirectoryGrant(Grant):
    """`group_id` is the group's id, once access was given there: its name may come to mean another one."""

    group_id: str = ""


class IdentityCenterBackend(GrantBackend[DirectoryGrant]):
    words = WORDS
    fences = FENCES
    needs = NEEDS
    principal = Principal.IDENTITY_CENTER_USER
    entrance = Entrance.ACCESS_PORTAL
    keeps_members = True

    def of(self, grant: Grant, facts: Facts) -> DirectoryGrant:
        return DirectoryGrant(**vars(grant), group_id=facts.seen.get("group_id", ""))

    def confirm(self, grant: DirectoryGrant, aws: StepClient) -> Grantee:  # noqa: ARG002  A user that is gone is met by `give`.
        return Grantee(name=grant.user_name, user_id=grant.user_id)

    def current_name(self, grant: DirectoryGrant, aws: StepClient) -> str:  # noqa: ARG002  Every call is made by the id.
        return grant.user_name

    def probe(self, asked: Asked) -> Iterator[Missing]:
        return probe(asked)

    def members(self, group: str, aws: AwsClient) -> frozenset[str] | None:
        return members_of(aws, group)

    def give(self, grant: DirectoryGrant, aws: StepClient) -> None:
        store = Store.found(aws)
        group_id = grant.group_id or store.group_id(grant.group)
        if group_id is None:
            raise BackendRefused(GROUP_MISSING)
        store.add(group_id, grant.user_id)

    def take(self, grant: DirectoryGrant, aws: StepClient) -> None:
        store = Store.found(aws)
        group_id = grant.group_id or store.group_id(grant.group)
        if group_id is None:
            store.check_in_no_group(grant.user_id)
            return
        store.remove(group_id, grant.user_id)
        # Ask again with a different call. The lookup may lag: trusting it would report an end of somebody who is still in.
        if store.is_member(group_id, grant.user_id):
            raise BackendBusy(STILL_A_MEMBER)

    def look(self, grant: DirectoryGrant, aws: StepClient) -> Seen:
        store = Store.found(aws)
        group_id = grant.group_id or store.group_id(grant.group)
        if group_id is None:
            store.check_in_no_group(grant.user_id)
        membership = group_id is not None and store.is_member(group_id, grant.user_id)
        return Seen(membership=membership, ttl=None, entry_fence={}, session_gate=None, at=aws.clock(), group_id=group_id or "")
