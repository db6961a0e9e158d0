"""Who becomes whom, of those that a provider of log-in vouches for."""

from datetime import datetime
from typing import Any

import pytest

from access_requests.models import ApprovalLevel
from access_requests.services.people import arrival_errors, arriving, people
from audits.models import TrailEntry
from portal.providers.provider import OidcProvider
from portal.users.models import HeldRole, LinkedIdentity, User
from portal.verbs.rejections import PersonDisabled, Rejection
from tests.worlds.cast import Cast, actor_of
from tests.worlds.providers import arrival, oidc

pytestmark = pytest.mark.django_db
ROLES = {"administrator": ["admins"], "auditor": ["auditors"], "lead": ["leads"], "engineer": ["engineers"]}


def arrive(provider: OidcProvider, now: datetime, **changes: Any) -> User:
    return arriving.arrive(arrival=arrival(provider, **changes), now=now)


def test_somebody_of_an_allowed_domain_becomes_a_person(cast: Cast, now: datetime) -> None:
    person = arrive(oidc(), now)
    assert (person.username, person.name, person.email) == ("hanako", "山田 花子", "hanako@example.com")
    assert (person.made_by, person.has_usable_password(), person.reads_everything) == ("login:company", False, False)
    acts = list(TrailEntry.objects.filter(subject="person:hanako").order_by("pk").values_list("act", "actor"))
    assert acts == [("person.added", "provider:company"), ("log_in.linked", "provider:company")]


def test_they_are_the_same_person_the_next_time_whatever_their_address_is_then(cast: Cast, now: datetime) -> None:
    first = arrive(oidc(), now)
    again = arrive(oidc(), now, email="yamada@example.com", name="Somebody else")
    assert (again, again.email, again.name) == (first, "hanako@example.com", "山田 花子")


@pytest.mark.parametrize(
    ("provider", "says", "refusal"),
    [
        ({}, {"email": "hanako@elsewhere.com"}, arrival_errors.WrongDomain),
        ({}, {"email": "hanako@example.com.evil.com"}, arrival_errors.WrongDomain),
        ({}, {"email": "hanako@evil.com@example.com"}, arrival_errors.EmailUnverified),
        ({}, {"email_verified": False}, arrival_errors.EmailUnverified),
        ({}, {"email": ""}, arrival_errors.EmailUnverified),
        ({"admits": {"tenants": ["ours"]}, "claims": {"tenant": "tid"}}, {"tenant": "theirs"}, arrival_errors.WrongTenant),
        ({"admits": {"tenants": ["ours"]}, "claims": {"tenant": "tid"}}, {}, arrival_errors.WrongTenant),
        ({"admits": {"groups": ["ours"]}}, {"groups": frozenset({"theirs"})}, arrival_errors.NotInGroup),
        ({"admits": {}}, {}, arrival_errors.NobodyNew),
        ({}, {"subject": ""}, arrival_errors.SubjectUnusable),
        ({}, {"subject": "a\u202eb"}, arrival_errors.SubjectUnusable),
        ({}, {"subject": " a"}, arrival_errors.SubjectUnusable),
        ({}, {"subject": "s" * 256}, arrival_errors.SubjectUnusable),
    ],
)
def test_whom_the_provider_may_not_bring_is_refused_and_nobody_is_made(
    cast: Cast, now: datetime, provider: dict[str, Any], says: dict[str, Any], refusal: type[Rejection]
) -> None:
    with pytest.raises(refusal):
        arrive(oidc(**provider), now, **says)
    assert not User.objects.exclude(made_by="").exists()
    assert not TrailEntry.objects.exists()


def test_who_left_the_groups_is_refused_though_known(cast: Cast, now: datetime) -> None:
    provider = oidc(admits={"groups": ["ours"]})
    arrive(provider, now, groups=frozenset({"ours"}))
    with pytest.raises(arrival_errors.NotInGroup):
        arrive(provider, now, groups=frozenset())


@pytest.mark.parametrize("email", ["leader01@example.jp", "LEADER01@example.jp"])
def test_name_that_somebody_has_is_given_to_nobody_else(cast: Cast, now: datetime, email: str) -> None:
    person = arrive(oidc(admits={"domains": ["example.jp"]}), now, email=email)
    assert person.username.startswith("leader01.")
    assert len(person.username) == len("leader01.") + arriving.SUFFIX_LENGTH


def test_name_that_the_trail_knows_is_given_to_nobody_again(cast: Cast, now: datetime) -> None:
    people.add(username="hanako", profile=people.Profile(), actor=actor_of(cast.admin01), now=now)
    User.objects.filter(username="hanako").delete()
    assert arrive(oidc(), now).username.startswith("hanako.")


def test_opaque_name_has_nothing_of_what_the_provider_says(cast: Cast, now: datetime) -> None:
    assert arrive(oidc(username="opaque"), now).username.startswith("p-")


def test_somebody_with_the_address_of_another_is_refused_where_addresses_are_not_matched(cast: Cast, now: datetime) -> None:
    User.objects.filter(pk=cast.member01.pk).update(email="Hanako@example.com")
    with pytest.raises(arrival_errors.EmailTaken):
        arrive(oidc(), now)


def test_a_verified_address_is_matched_where_it_is_configured_and_once(cast: Cast, now: datetime) -> None:
    User.objects.filter(pk=cast.member01.pk).update(email="Hanako@example.com")
    provider = oidc(match_by_email=True)
    assert arrive(provider, now) == cast.member01
    assert TrailEntry.objects.get(act="log_in.linked").data["by"] == "email"
    with pytest.raises(arrival_errors.OtherSubject):
        arrive(provider, now, subject="whoever has the address now")


def test_an_unverified_address_matches_nobody(cast: Cast, now: datetime) -> None:
    User.objects.filter(pk=cast.member01.pk).update(email="hanako@example.com")
    provider = oidc(match_by_email=True, admits={"groups": ["ours"]})
    with pytest.raises(arrival_errors.EmailTaken):
        arrive(provider, now, email_verified=False, groups=frozenset({"ours"}))


def test_an_address_that_two_people_have_matches_neither(cast: Cast, now: datetime) -> None:
    User.objects.filter(pk__in=[cast.member01.pk, cast.member02.pk]).update(email="hanako@example.com")
    with pytest.raises(arrival_errors.EmailTaken):
        arrive(oidc(match_by_email=True), now)


def test_a_disabled_person_is_not_let_in_by_subject_nor_by_address(cast: Cast, now: datetime) -> None:
    person = arrive(oidc(), now)
    people.disable(person=person, actor=actor_of(cast.admin01), now=now)
    for provider, subject in ((oidc(), "subject-of-hanako"), (oidc("other", match_by_email=True), "there")):
        with pytest.raises(PersonDisabled):
            arrive(provider, now, subject=subject)


def test_a_subject_that_was_ended_comes_back_for_nobody(cast: Cast, now: datetime) -> None:
    provider = oidc(roles=ROLES, admits={"groups": ["admins"]})
    person = arrive(provider, now, groups=frozenset({"admins"}))
    arriving.end(person=person, provider=provider, actor=actor_of(cast.admin01), now=now)
    assert not User.objects.get(pk=person.pk).is_administrator
    with pytest.raises(arrival_errors.SubjectEnded):
        arrive(provider, now, groups=frozenset({"admins"}))


def test_a_subject_in_another_letter_case_is_not_the_same_and_nobody_new(cast: Cast, now: datetime) -> None:
    arrive(oidc(), now)
    with pytest.raises(arrival_errors.SubjectUnusable):
        arrive(oidc(), now, subject="Subject-of-hanako", email="other@example.com")


def test_the_same_subject_at_another_provider_is_somebody_else(cast: Cast, now: datetime) -> None:
    first = arrive(oidc(), now)
    other = arrive(oidc("other"), now, email="other@example.com")
    assert other != first


def test_claims_make_and_unmake_administrators_and_the_trail_says_whence(cast: Cast, now: datetime) -> None:
    provider = oidc(roles=ROLES)
    person = arrive(provider, now, groups=frozenset({"admins", "engineers"}))
    assert (person.is_administrator, person.is_auditor) == (True, False)
    person = arrive(provider, now, groups=frozenset({"auditors"}))
    assert (person.is_administrator, person.is_auditor) == (False, True)
    entry = TrailEntry.objects.filter(act="person.roles_changed").latest("pk")
    assert entry.data["before"]["roles"] == {"administrator": ["login:company"], "engineer": ["login:company"]}
    assert entry.data["after"]["roles"] == {"auditor": ["login:company"]}
    assert entry.actor == "provider:company"


def test_the_same_claims_again_are_no_change(cast: Cast, now: datetime) -> None:
    provider = oidc(roles=ROLES)
    arrive(provider, now, groups=frozenset({"leads"}))
    entries = TrailEntry.objects.count()
    arrive(provider, now, groups=frozenset({"leads"}))
    assert TrailEntry.objects.count() == entries


def test_a_provider_takes_nothing_that_was_said_here(cast: Cast, now: datetime) -> None:
    User.objects.filter(pk=cast.admin01.pk).update(email="hanako@example.com")
    provider = oidc(roles=ROLES, match_by_email=True)
    assert arrive(provider, now, groups=frozenset({"admins"})).is_administrator
    assert arrive(provider, now, groups=frozenset()).is_administrator
    assert people.describe(User.objects.get(pk=cast.admin01.pk))["administrator"] is True


def test_what_is_said_here_takes_nothing_that_a_provider_says(cast: Cast, now: datetime) -> None:
    person = arrive(oidc(roles=ROLES), now, groups=frozenset({"auditors"}))
    people.change(person=person, profile=people.Profile(name="花子"), actor=actor_of(cast.admin01), now=now)
    person = User.objects.get(pk=person.pk)
    assert person.is_auditor
    assert people.describe(person)["auditor"] is False
    assert LinkedIdentity.objects.filter(person=person, provider="login:company").exists()


def test_a_provider_without_roles_makes_nobody_anything(cast: Cast, now: datetime) -> None:
    person = arrive(oidc(), now, groups=frozenset({"admins", "administrator"}))
    assert not person.reads_everything
    assert not HeldRole.objects.filter(person=person).exists()


def test_a_lead_has_the_places_where_the_file_names_leads_and_loses_them(cast: Cast, now: datetime) -> None:
    level = ApprovalLevel.objects.get(policy=cast.one_lead)
    level.named = ["leader01", "@lead"]
    level.save()
    cast.prod_member.named = ["member01", "@engineer"]
    cast.prod_member.save()
    provider = oidc(roles=ROLES)
    person = arrive(provider, now, groups=frozenset({"leads", "engineers"}))
    assert person in level.approvers.all()
    assert person in cast.prod_member.requesters.all()
    arrive(provider, now, groups=frozenset())
    assert person not in level.approvers.all()
    assert person not in cast.prod_member.requesters.all()
    assert cast.leader01 in level.approvers.all()
