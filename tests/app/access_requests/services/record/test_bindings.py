"""Bindings are written into the table of their kind, and into the one that follows."""

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from access_requests.grants.contract import Principal
from access_requests.models import Binding, BindingKind, Elevation, IamUserBinding, IdentityCenterBinding
from access_requests.services.record import bindings
from tests.worlds.cast import Cast
from tests.worlds.story import elevated

pytestmark = pytest.mark.django_db
USER = "6f0c1b5e-3f0a-4a55-9d6f-0a1b2c3d4e5f"


@pytest.mark.parametrize(
    ("principal", "table", "user_id"),
    [
        (Principal.IAM_USER, IamUserBinding, "AIDAONE"),
        (Principal.IDENTITY_CENTER_USER, IdentityCenterBinding, USER),
    ],
)
def test_a_binding_is_in_both_tables_and_goes_from_both(
    cast: Cast, now: datetime, principal: Principal, table: type[bindings.Binding], user_id: str
) -> None:
    table.objects.all().delete()
    for person in (cast.member01, cast.member02):
        bindings.bind(person, principal, user_name=f"{person} there", user_id=f"{user_id}{person.pk}"[-47:], now=now)
    for model in (table, Binding):
        assert model._default_manager.filter(user_name="member01 there", bound_at=now).count() == 1
    gone = bindings.unbind(cast.member01, principal)
    assert gone.user_name == "member01 there"
    for model in (table, Binding):
        assert [row.person for row in model._default_manager.all()] == [cast.member02]


def test_who_is_bound_already_is_not_bound_again(cast: Cast, now: datetime) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        bindings.bind(cast.member01, Principal.IAM_USER, user_name="another", user_id="AIDAANOTHER", now=now)
    user_id = cast.member01.iam_user.user_id
    with pytest.raises(IntegrityError), transaction.atomic():
        bindings.bind(cast.member02, Principal.IAM_USER, user_name="another", user_id=user_id, now=now)
    assert not Binding.objects.exists()


@pytest.mark.parametrize("stale", [{"user_id": "AIDAONE"}, {"user_name": "ONE"}, {"person": "member01"}])
def test_what_a_process_of_the_release_before_left_behind_is_in_nobodys_way(
    cast: Cast, now: datetime, stale: dict[str, str]
) -> None:
    person = cast.member01 if "person" in stale else cast.member02
    left = {"user_name": "left", "user_id": "AIDALEFT", **{name: value for name, value in stale.items() if name != "person"}}
    Binding.objects.create(person=person, kind=BindingKind.IAM_USER, bound_at=now, **left)
    IamUserBinding.objects.all().delete()
    bindings.bind(cast.member01, Principal.IAM_USER, user_name="one", user_id="AIDAONE", now=now)
    assert Binding.objects.values_list("person__username", "user_name", "user_id").get() == ("member01", "one", "AIDAONE")


def test_credentials_are_kept_in_both_and_nobody_elses_are_touched(cast: Cast, now: datetime) -> None:
    IamUserBinding.objects.all().delete()
    for person in (cast.member01, cast.member02):
        bindings.bind(person, Principal.IAM_USER, user_name=person.username, user_id=f"AIDA{person.pk}", now=now)
    bound = IamUserBinding.objects.get(person=cast.member01)
    bound.mfa_serials, bound.credentials_read_at = ["arn:aws:iam::111111111111:mfa/m"], now + timedelta(hours=1)
    bindings.keep_credentials(bound)
    for model in (IamUserBinding, Binding):
        rows = model._default_manager.order_by("user_name").values_list("mfa_serials", "access_keys", "credentials_read_at")
        assert list(rows) == [(bound.mfa_serials, None, bound.credentials_read_at), (None, None, None)]
        assert model._default_manager.filter(access_keys__isnull=True).count() == 2


def test_people_are_what_backends_grant_to() -> None:
    assert [kind.value for kind in BindingKind] == [principal.value for principal in Principal]


def test_elevations_are_found_by_whom_they_are_for(cast: Cast, now: datetime) -> None:
    elevation = elevated(cast.member01, cast.leader01, now=now)
    mine = bindings.is_for(Principal.IAM_USER, elevation.iam_user_id)
    assert Elevation.objects.get(mine) == elevation
    assert not Elevation.objects.filter(bindings.is_for(Principal.IDENTITY_CENTER_USER, elevation.iam_user_id)).exists()
    assert Elevation.objects.filter(bindings.is_for(Principal.IDENTITY_CENTER_USER, "")).exists()
