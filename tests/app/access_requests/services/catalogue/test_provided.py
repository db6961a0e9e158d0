"""People and roles that providers of log-in bring, beside what the file says."""

from datetime import datetime

import pytest

from access_requests.models import ApprovalLevel, WorkGroup
from access_requests.services.people import arriving
from portal.users.models import User
from tests.app.access_requests.services.catalogue.loading import DEMO, edited, load
from tests.worlds.providers import arrival, oidc

pytestmark = pytest.mark.django_db
GROUPS = frozenset({"leads", "engineers", "admins"})
ROLES = {"lead": ["leads"], "engineer": ["engineers"], "administrator": ["admins"]}
BY_ROLES = edited(
    ("approvers: [leader01, leader02]", 'approvers: [leader01, "@lead"]'),
    ("requesters: [member01, member02, leader01, leader02]", 'requesters: [member01, "@engineer"]'),
)


def hanako(now: datetime) -> User:
    return arriving.arrive(arrival=arrival(oidc(roles=ROLES), groups=GROUPS), now=now)


@pytest.fixture
def loaded(demo: None, now: datetime) -> datetime:
    return now


def approvers() -> set[str]:
    level = ApprovalLevel.objects.filter(policy__key="one-lead").first()
    assert level is not None
    return {person.username for person in level.approvers.all()}


def test_whoever_has_a_role_has_its_places_whether_they_or_the_file_come_first(loaded: datetime) -> None:
    hanako(loaded)
    load(BY_ROLES, loaded)
    assert approvers() == {"leader01", "hanako"}
    group = WorkGroup.objects.get(name="ProdMemberWorkGroup")
    assert "hanako" in {person.username for person in group.requesters.all()}


def test_a_file_that_names_roles_changes_nothing_when_it_is_loaded_again(loaded: datetime) -> None:
    load(BY_ROLES, loaded)
    hanako(loaded)
    assert approvers() == {"leader01", "hanako"}
    assert load(BY_ROLES, loaded).changes == []
    load(DEMO, loaded)
    assert approvers() == {"leader01", "leader02"}


def test_a_file_that_does_not_name_somebody_whom_a_provider_made_leaves_them_alone(loaded: datetime) -> None:
    hanako(loaded)
    assert load(DEMO, loaded).changes == []
    person = User.objects.get(username="hanako")
    assert (person.is_active, person.is_administrator) == (True, True)


def test_a_file_that_names_them_takes_nothing_that_the_provider_says(loaded: datetime) -> None:
    person = hanako(loaded)
    load(edited(("\npeople:\n", "\npeople:\n  hanako: {name: Hanako, identities: {slack: U0HANAKO}}\n")), loaded)
    person = User.objects.get(username="hanako")
    assert (person.name, person.is_administrator) == ("Hanako", True)
    assert set(person.linked_identities.values_list("provider", flat=True)) == {"slack", "login:company"}
