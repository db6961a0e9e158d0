"""Drift as administrators, auditors and leads see it."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from access_requests.models import Drift, DriftKind, Reconciliation
from access_requests.web.timeline import drift_words
from tests.app.access_requests.web.conftest import Browse
from tests.worlds.cast import Cast
from tests.worlds.clock import Clock

LIST_QUERIES = 11


def drifted(cast: Cast, clock: Clock, **changes: Any) -> Drift:
    """Return somebody in ProdMemberWorkGroup whom no access explains, but for the changes."""
    usual = {
        "kind": DriftKind.UNEXPLAINED_MEMBER,
        "account": "jump",
        "thing": "ProdMemberWorkGroup",
        "name": "member02",
        "work_group": cast.prod_member,
        "detail": {"user_id": "AIDAEXAMPLE", "ttl": None},
        "found_at": clock.now,
        "seen_at": clock.now,
    }
    return Drift.objects.create(**{**usual, **changes})


def listed(client: Client, query: str = "") -> list[Drift]:
    response = client.get(f"/drift/{query}")
    assert response.status_code == 200
    return list(response.context["page"].rows)


def test_list_says_what_where_since_when_and_by_whom(cast: Cast, browse: Browse, clock: Clock) -> None:
    principal = "arn:aws:iam::111111111111:user/ops"
    drift = drifted(cast, clock, principal=principal)
    page = browse(cast.auditor01).get("/drift/").content.decode()
    for fact in (
        *("member02 is in ProdMemberWorkGroup, and no access explains it", principal, "seen in CloudTrail", "14:00:00"),
        *(drift.code, "AIDAEXAMPLE", "member that no elevation explains"),
    ):
        assert fact in page, fact


def test_whom_cloudtrail_does_not_name_is_not_known(cast: Cast, browse: Browse, clock: Clock) -> None:
    drifted(cast, clock)
    assert "not known: CloudTrail has not named anybody yet" in browse(cast.admin01).get("/drift/").content.decode()


def test_lead_sees_what_is_about_own_work_groups_and_engineers_see_none(cast: Cast, browse: Browse, clock: Clock) -> None:
    mine = drifted(cast, clock)
    other = drifted(cast, clock, name="member01", work_group=None)
    assert listed(browse(cast.leader01)) == [mine]
    assert listed(browse(cast.auditor01)) == [other, mine]
    assert browse(cast.leader01).get(f"/drift/{other.code}/").status_code == 404
    assert browse(cast.member01).get("/drift/").status_code == 403


def test_what_follows_from_policies_has_nobody_who_did_it(cast: Cast, browse: Browse, clock: Clock) -> None:
    drift = drifted(cast, clock, kind=DriftKind.SWITCH_ALLOWED, thing="MemberGroup", name="production/Prod_LeaderRole")
    page = browse(cast.admin01).get(f"/drift/{drift.code}/").content.decode()
    assert "AWS lets members of MemberGroup switch to production/Prod_LeaderRole, and the catalogue does not" in page
    assert "Done by" not in page


def test_filters_narrow(cast: Cast, browse: Browse, clock: Clock) -> None:
    member = drifted(cast, clock)
    gone = drifted(cast, clock, status="gone", settled_at=clock.now, name="leader01")
    gate = drifted(
        cast, clock, kind=DriftKind.GATE_EDITED, account="production", thing="Prod_LeaderRole", work_group=cast.prod_leader
    )
    client = browse(cast.admin01)
    expected = {
        "": [gate, member],
        "?all=on": [gate, gone, member],
        "?kind=gate_edited": [gate],
        "?work_group=ProdMemberWorkGroup": [member],
        "?words=prod_leader": [gate],
        f"?words={member.code}": [member],
        "?kind=nonsense": [gate, member],
        "?words=%25": [],
    }
    assert {query: listed(client, query) for query in expected} == expected


def test_empty_list_says_what_would_be_there(cast: Cast, browse: Browse, clock: Clock) -> None:
    page = browse(cast.admin01).get("/drift/").content.decode()
    assert "Nothing was compared yet" in page
    Reconciliation.objects.create(began_at=clock.now, ended_at=clock.now)
    page = browse(cast.admin01).get("/drift/").content.decode()
    assert "No drift" in page
    assert "AWS is as the portal left it, as far as it was read." in page
    assert "Nothing matches" in browse(cast.admin01).get("/drift/?words=index").content.decode()


def test_same_thing_undone_again_and_again_is_another_tools(cast: Cast, browse: Browse, clock: Clock) -> None:
    drift = drifted(cast, clock, undone_before=3, principal="arn:aws:iam::111111111111:role/terraform")
    page = browse(cast.admin01).get(f"/drift/{drift.code}/").content.decode()
    assert "It was undone 3 times and made again each time by arn:aws:iam::111111111111:role/terraform" in page
    assert "another tool manages it" in page
    Drift.objects.update(undone_before=2)
    assert "another tool manages it" not in browse(cast.admin01).get(f"/drift/{drift.code}/").content.decode()


def test_documents_are_shown_as_they_are_and_run_nothing(cast: Cast, browse: Browse, clock: Clock) -> None:
    detail = {"document": {"Statement": [{"Effect": "Allow", "Action": "<script>alert(1)</script>"}]}, "names": ["a", "b"]}
    drift = drifted(cast, clock, kind=DriftKind.GROUP_POLICY, name="\u202eevil", detail=detail)
    page = browse(cast.admin01).get(f"/drift/{drift.code}/").content.decode()
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page
    assert "⟦U+202E⟧" in page


@pytest.mark.parametrize("kind", DriftKind.values)
def test_every_kind_has_its_sentence(kind: str) -> None:
    drift = Drift(kind=kind, thing="Thing", name="name")
    assert "Thing" in drift_words.found(drift)
    assert not drift_words.found(drift).startswith(kind)


def test_part_that_changes_by_itself_keeps_the_filters_and_the_place_in_the_list(
    cast: Cast, browse: Browse, clock: Clock
) -> None:
    drift = drifted(cast, clock)
    part = browse(cast.admin01).get(f"/drift/?words={drift.code}", headers={"hx-request": "true"}).content.decode()
    assert "<html" not in part
    assert f'hx-get="/drift/?words={drift.code}"' in part
    assert 'id="drift-filters"' in part
    assert drift.code in part


def test_list_takes_the_same_number_of_queries_however_long_it_is(
    cast: Cast, browse: Browse, clock: Clock, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    made = [drifted(cast, clock, name=f"user{number:02}") for number in range(60)]
    client = browse(cast.admin01)
    with django_assert_num_queries(LIST_QUERIES):
        first = client.get("/drift/").context["page"]
    assert [row.pk for row in [*first.rows, *listed(client, first.next_url)]] == [row.pk for row in made[::-1]]


def test_home_tells_administrators_of_open_drift(cast: Cast, browse: Browse, clock: Clock) -> None:
    drifted(cast, clock)
    said = "1 change in AWS behind the portal's back is open."
    assert said in browse(cast.admin01).get("/").content.decode().replace("&#x27;", "'")
    assert said not in browse(cast.member01).get("/").content.decode().replace("&#x27;", "'")
