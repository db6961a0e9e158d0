"""What the database itself refuses, whatever Python does: each constraint broken once."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.db.models import CheckConstraint, F, UniqueConstraint

from access_requests.models import (
    AccessRequest,
    ApprovalPolicy,
    AutomationExecution,
    AwsAccount,
    Baseline,
    BaselineKind,
    Binding,
    Decision,
    Delivery,
    Drift,
    DriftKind,
    Elevation,
    IamUserBinding,
    Reconciliation,
    RequestedGroup,
    RoleGate,
    SlackCard,
    StandingGroup,
    TargetRole,
    WebhookEndpoint,
    WorkGroup,
)
from portal.users.models import User
from portal.verbs.models import IdempotentAnswer
from tests.worlds import broken_people
from tests.worlds.cast import Cast
from tests.worlds.story import approved, elevated, submitted

HOUR = timedelta(hours=1)
# Prepares, and returns what breaks the constraint.
Break = Callable[[Cast, datetime], Callable[[], object]]
Fields = Mapping[str, str]


def request_with(**changes: Any) -> Break:
    def prepare(cast: Cast, now: datetime) -> Callable[[], object]:
        rows = AccessRequest.objects.filter(pk=submitted(cast.member01, now=now).pk)
        return lambda: rows.update(**changes)

    return prepare


def elevation_with(**changes: Any) -> Break:
    def prepare(cast: Cast, now: datetime) -> Callable[[], object]:
        rows = Elevation.objects.filter(pk=elevated(cast.member01, cast.leader01, now=now).pk)
        return lambda: rows.update(**{"stopped_at": None, **changes})

    return prepare


def asked_end_before_start(cast: Cast, now: datetime) -> Callable[[], object]:
    request = submitted(cast.member01, now=now, starts_at=now, ends_at=now + HOUR)
    return lambda: AccessRequest.objects.filter(pk=request.pk).update(asked_ends_at=now)


def bound(person: User, **said: object) -> Binding:
    """Bind a person where member01 is bound already; as nobody would, unless `said`."""
    in_order: dict[str, Any] = {"kind": "iam_user", "user_name": "member01", "user_id": "AIDAMEMBER01"}
    first = IamUserBinding.objects.get(person__username="member01")
    in_order["bound_at"] = first.bound_at
    Binding.objects.create(person=first.person, **in_order)
    return Binding.objects.create(person=person, **{**in_order, **said})


def two_in_aws(cast: Cast, now: datetime) -> Callable[[], object]:
    first = elevated(cast.member01, cast.leader01, now=now)
    second = elevated(cast.member01, cast.leader01, now=now, starts_at=now + HOUR)
    return lambda: Elevation.objects.filter(pk__in=[first.pk, second.pk]).update(status="granting")


def group_named_twice(cast: Cast, now: datetime) -> Callable[[], object]:
    row = RequestedGroup.objects.get(request=submitted(cast.member01, now=now, starts_at=now + HOUR))
    again = RequestedGroup(request=row.request, work_group=row.work_group, requester=row.requester)
    return again.save


def two_waiting_to_start_now(cast: Cast, now: datetime) -> Callable[[], object]:
    submitted(cast.member01, now=now)
    later = submitted(cast.member01, now=now, starts_at=now + HOUR)
    return lambda: later.requested_groups.update(waits_to_start_now=True)


def decided(cast: Cast, now: datetime) -> Decision:
    approved(submitted(cast.member01, now=now), cast.leader01, now=now)
    return Decision.objects.get()


def decided_twice(cast: Cast, now: datetime) -> Callable[[], object]:
    decision = decided(cast, now)
    decision.pk = None
    return lambda: decision.save(force_insert=True)


def nonce_taken_twice(cast: Cast, now: datetime) -> Callable[[], object]:
    for person in (cast.member01, cast.member02):
        approved(submitted(person, now=now), cast.leader01, now=now)
    return lambda: Decision.objects.update(nonce="once")


def decision_with(**changes: Any) -> Break:
    def prepare(cast: Cast, now: datetime) -> Callable[[], object]:
        rows = Decision.objects.filter(pk=decided(cast, now).pk)
        return lambda: rows.update(**changes)

    return prepare


def answered(cast: Cast, now: datetime, key: str) -> IdempotentAnswer:
    return IdempotentAnswer.objects.create(client="c", person=cast.member01, key=key, body_digest="", created_at=now)


def key_used_twice(cast: Cast, now: datetime) -> Callable[[], object]:
    answered(cast, now, "k")
    return lambda: answered(cast, now, "k")


def same_number_twice(cast: Cast, now: datetime) -> Callable[[], object]:
    request = submitted(cast.member01, now=now)
    row = {"request": request, "work_group": cast.prod_member, "purpose": "grant", "number": 1}
    AutomationExecution.objects.create(**row)
    return lambda: AutomationExecution.objects.create(**row)


def gate_written_beyond_what_was_asked(_cast: Cast, _now: datetime) -> Callable[[], object]:
    RoleGate.objects.create(role=TargetRole.objects.get(name="Prod_MemberRole"), asked=1, written=1)
    return lambda: RoleGate.objects.update(written=2)


def drift(now: datetime, **changes: Any) -> Drift:
    seen = {"kind": DriftKind.GATE_EDITED, "account": "production", "thing": "Prod_MemberRole", "found_at": now, "seen_at": now}
    return Drift.objects.create(**{**seen, **changes})


def card_sent_twice(cast: Cast, now: datetime) -> Callable[[], object]:
    request = submitted(cast.member01, now=now)
    SlackCard.objects.create(request=request, target="channel:C0APPROVALS")
    return lambda: SlackCard.objects.create(request=request, target="channel:C0APPROVALS")


def known_twice(_cast: Cast, now: datetime) -> Callable[[], object]:
    fact = {"kind": BaselineKind.RAIL, "account": "jump", "thing": "MemberGroup", "name": "rails", "known_at": now}
    Baseline.objects.create(**fact)
    return lambda: Baseline.objects.create(**fact)


def delivery_with(**changes: Any) -> Break:
    sent = {"channel": "webhook", "target": "W-00000000", "act": "request.approved"}
    return lambda _cast, now: lambda: Delivery.objects.create(**{**sent, "try_again_at": now, "created_at": now, **changes})


def webhook_with(**changes: Any) -> Break:
    made = {"name": "chat", "url": "https://chat.example.com/", "secret": "sealed", "language": "en", "made_by": "admin01"}
    return lambda _cast, now: lambda: WebhookEndpoint.objects.create(**{**made, "made_at": now, **changes})


def drift_found_twice(_cast: Cast, now: datetime) -> Callable[[], object]:
    drift(now, status="gone")
    drift(now)
    return lambda: drift(now, status="undoing")


def two_comparisons_at_once(_cast: Cast, now: datetime) -> Callable[[], object]:
    Reconciliation.objects.create(began_at=now, alive_at=now, running=True)
    return lambda: Reconciliation.objects.create(began_at=now, alive_at=now, running=True)


BREAKS: dict[str, Break] = {
    **broken_people.BREAKS,
    "request_status_known": request_with(status="granted", settled_at=F("submitted_at")),
    "request_duration_or_end": request_with(duration_minutes=None),
    "request_asked_end_after_start": asked_end_before_start,
    "request_approved_has_window": request_with(status="approved", settled_at=F("submitted_at")),
    "request_settled_has_time": request_with(status="withdrawn"),
    "request_names_a_group_once": group_named_twice,
    "request_one_waits_to_start_now": two_waiting_to_start_now,
    "decision_one_of_each_approver": decided_twice,
    "decision_not_on_own_request": decision_with(approver=F("requester")),
    "decision_nonce_taken_once": nonce_taken_twice,
    "decision_verdict_known": decision_with(verdict="perhaps"),
    "elevation_status_known": elevation_with(status="failed"),
    "elevation_end_after_start": elevation_with(ends_at=F("starts_at")),
    "elevation_active_was_granted": elevation_with(status="active"),
    "elevation_revoking_was_stopped": elevation_with(status="revoking"),
    "elevation_ended_has_time": elevation_with(status="ended", stopped_at=F("starts_at")),
    "elevation_one_in_aws": two_in_aws,
    "execution_number_of_request": same_number_twice,
    "gate_written_was_asked": gate_written_beyond_what_was_asked,
    "drift_status_known": lambda _cast, now: lambda: drift(now, status="forgotten"),
    "drift_one_open_of_a_kind": drift_found_twice,
    "reconciliation_one_runs": two_comparisons_at_once,
    "idempotency_one_answer_a_key": key_used_twice,
    "idempotency_key_not_empty": lambda cast, now: lambda: answered(cast, now, ""),
    "binding_user_name_any_case": lambda cast, _: (
        lambda: IamUserBinding.objects.filter(person=cast.member02).update(user_name="MEMBER01")
    ),
    "binding_one_of_a_kind": lambda cast, _: lambda: bound(cast.member01, user_id="AIDAONE", user_name="another"),
    "binding_one_person_a_user": lambda cast, _: lambda: bound(cast.member02, user_name="another"),
    "binding_iam_user_name_any_case": lambda cast, _: lambda: bound(cast.member02, user_id="AIDATWO", user_name="MEMBER01"),
    "binding_kind_is_known": lambda cast, _: lambda: bound(cast.member02, kind="azure_user"),
    "binding_credentials_are_iam_users": lambda cast, _: (
        lambda: bound(cast.member02, kind="identity_center_user", access_keys=["AKIA"])
    ),
    "catalogue_one_jump_account": lambda _cast, _: (
        lambda: AwsAccount.objects.create(key="other", account_id="999999999999", name="Other", kind="jump")
    ),
    "catalogue_role_of_account": lambda cast, _: (
        lambda: TargetRole.objects.create(account=cast.production, name="prod_memberrole", level="member")
    ),
    "catalogue_standing_group_any_case": lambda _cast, _: lambda: StandingGroup.objects.create(name="MEMBERGROUP"),
    "catalogue_work_group_any_case": lambda cast, _: (
        lambda: WorkGroup.objects.create(name="prodmemberWORKGROUP", policy=cast.one_lead)
    ),
    "catalogue_policy_times_in_order": lambda cast, _: (
        lambda: ApprovalPolicy.objects.filter(pk=cast.one_lead.pk).update(shortest_minutes=300)
    ),
    "catalogue_policy_has_deadline": lambda cast, _: (
        lambda: ApprovalPolicy.objects.filter(pk=cast.one_lead.pk).update(decision_minutes=0)
    ),
    "catalogue_level_of_policy": lambda cast, _: lambda: cast.two_levels.levels.update(number=1),
    "catalogue_level_needs_an_approval": lambda cast, _: lambda: cast.one_lead.levels.update(approvals=0),
    "baseline_one_of_a_thing": known_twice,
    "delivery_status_known": delivery_with(status="lost", settled_at=datetime(2026, 11, 23, tzinfo=UTC), try_again_at=None),
    "delivery_settled_has_time": delivery_with(status="delivered"),
    "webhook_disabled_has_reason": webhook_with(enabled=False),
    "webhook_previous_secret_ends": webhook_with(previous_secret="sealed"),
    "slack_one_card_a_place": card_sent_twice,
}


def test_every_constraint_is_broken_below() -> None:
    models = [model for label in ("access_requests", "users", "verbs") for model in apps.get_app_config(label).get_models()]
    constraints = [constraint for model in models for constraint in model._meta.constraints]
    names = {constraint.name for constraint in constraints if isinstance(constraint, CheckConstraint | UniqueConstraint)}
    assert names == set(BREAKS)


@pytest.mark.parametrize("name", sorted(BREAKS))
def test_database_refuses(cast: Cast, now: datetime, name: str) -> None:
    break_it = BREAKS[name](cast, now)
    with pytest.raises(IntegrityError) as refusal, transaction.atomic():
        break_it()
    # SQLite names the columns of a plain unique constraint, not the constraint.
    words = (name,) if connection.vendor == "postgresql" else (name, "UNIQUE constraint failed")
    assert any(word in str(refusal.value) for word in words)
