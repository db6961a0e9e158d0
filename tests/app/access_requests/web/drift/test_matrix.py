"""Who can switch where: groups against roles, and one person against all roles."""

from datetime import timedelta
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from access_requests.models import AwsAccount, DriftKind, Elevation, IamUserBinding, RoleGate, StandingGroup, TargetRole
from access_requests.web.drift.matrix_cell import Cell
from access_requests.web.drift.matrix_person import Reach
from portal.users.models import User
from tests.app.access_requests.web.conftest import Browse, laid_out
from tests.app.access_requests.web.drift.test_drift import drifted
from tests.app.access_requests.web.elevations.test_checked import active
from tests.worlds.cast import Cast, add_person, let_portal_in, target_role
from tests.worlds.clock import Clock
from tests.worlds.matrices import compared
from tests.worlds.story import elevated

QUERIES = 16
PERSON_QUERIES = 17
MEMBER, LEADER, READ_ONLY = "production/Prod_MemberRole", "production/Prod_LeaderRole", "production/Prod_ReadOnlyRole"
ALLOWED = {"aws": "allowed", "by": "group MemberGroup: Everything (#1)"}


def cells(response: Any) -> dict[tuple[str, str], Cell]:
    return {(row.name, str(cell.role)): cell for row in response.context["table"].rows for cell in row.cells}


def reach(response: Any, role: str) -> Reach:
    found: dict[str, Reach] = {str(one.role): one for one in response.context["reaches"].roles}
    return found[role]


def test_cell_says_what_the_catalogue_has_what_aws_allows_and_who_is_in_until_when(
    cast: Cast, browse: Browse, clock: Clock
) -> None:
    active(cast, clock)
    compared(clock.now)
    response = browse(cast.member02).get("/matrix/")
    said = {key: (cell.catalogue, cell.aws, cell.disagrees) for key, cell in cells(response).items()}
    assert said["MemberGroup", READ_ONLY] == ("always", "allowed", False)
    assert said["ProdMemberWorkGroup", MEMBER] == ("on_approval", "allowed", False)
    assert said["ProdMemberWorkGroup", LEADER] == ("no", "denied", False)
    assert [row.person.username for row in cells(response)["ProdMemberWorkGroup", MEMBER].inside] == ["member01"]
    page = response.content.decode()
    for fact in (
        "until <time",
        'scope="colgroup"',
        "<caption>",
        "AWS: allowed",
        "AWS as evaluated <time",
        "14:00:00",
    ):
        assert fact in page, fact
    assert "AWS differs" not in page
    assert "Comparison with AWS" not in page


def test_what_decided_is_said_to_those_who_read_everything(cast: Cast, browse: Browse, clock: Clock) -> None:
    compared(clock.now)
    decided = "group ProdMemberWorkGroup: SwitchRole (#1)"
    assert decided in browse(cast.auditor01).get("/matrix/").content.decode()
    assert decided not in browse(cast.leader01).get("/matrix/").content.decode()


def test_where_aws_and_the_catalogue_disagree_it_is_marked_and_links_to_the_drift(
    cast: Cast, browse: Browse, clock: Clock
) -> None:
    compared(
        clock.now,
        but={f"MemberGroup {LEADER}": ALLOWED, f"ProdMemberWorkGroup {MEMBER}": {"aws": "denied", "by": "group X: No (#2)"}},
    )
    about = drifted(cast, clock, kind=DriftKind.SWITCH_ALLOWED, thing="MemberGroup", name=LEADER, work_group=None)
    response = browse(cast.admin01).get("/matrix/")
    found = cells(response)
    assert {key for key, cell in found.items() if cell.disagrees} == {("MemberGroup", LEADER), ("ProdMemberWorkGroup", MEMBER)}
    assert found["MemberGroup", LEADER].drift == about
    page = response.content.decode()
    assert "AWS and the catalogue disagree in 2 places, marked in the table." in page
    assert f">drift {about.code}</a>" in page
    assert "group X: No (#2)" in page
    other = browse(cast.member01).get("/matrix/").content.decode()
    assert "AWS differs" in other
    assert about.code not in other
    assert "MemberGroup: Everything" not in other


def test_no_is_blank_and_every_other_answer_a_mark_that_opens_its_why(cast: Cast, browse: Browse, clock: Clock) -> None:
    compared(clock.now, but={f"MemberGroup {LEADER}": ALLOWED, f"LeaderGroup {MEMBER}": {"aws": "unknown", "why": ["no_role"]}})
    response = browse(cast.member01).get("/matrix/")
    marked = {key for key, cell in cells(response).items() if not cell.is_blank}
    assert marked >= {
        ("MemberGroup", LEADER),
        ("LeaderGroup", MEMBER),
        ("MemberGroup", READ_ONLY),
        ("ProdMemberWorkGroup", MEMBER),
    }
    assert ("ProdMemberWorkGroup", LEADER) not in marked
    page = laid_out(response)
    assert page.count('<details class="drops why">') == len(marked)
    assert page.count('<td><span class="unseen">no</span></td>') == len(cells(response)) - len(marked)


def test_account_narrows_the_table_and_groups_that_lead_nowhere_are_folded(cast: Cast, browse: Browse, clock: Clock) -> None:
    billing = AwsAccount.objects.create(key="billing", account_id="555555555555", name="Billing", kind="billing")
    StandingGroup.objects.create(name="FinanceGroup").target_roles.add(target_role(billing, "Billing_AdminRole"))
    client = browse(cast.member01)
    table = client.get("/matrix/?account=billing").context["table"]
    assert [row.name for row in table.leading] == ["FinanceGroup"]
    assert [str(cell.role) for row in table.leading for cell in row.cells] == ["billing/Billing_AdminRole"]
    assert "ProdMemberWorkGroup" in [row.name for row in table.folded]
    page = laid_out(client.get("/matrix/?account=billing"))
    assert "groups lead to nothing here" in page
    assert 'href="?account=billing" aria-current="true"' in page
    for account in ("", "nowhere", "%00"):
        whole = client.get(f"/matrix/?account={account}").context["table"]
        assert (whole.account, len(whole.columns), whole.folded) == ("", 2, []), account


def test_what_is_not_known_says_why(cast: Cast, browse: Browse, clock: Clock) -> None:
    compared(clock.now, unread={"production": ""})
    page = browse(cast.member01).get("/matrix/").content.decode()
    assert '<span class="tag waits">not read</span>' in page
    assert "The roles of these accounts could not be read." in page
    assert "the portal has no role in the account with which to read its policies" in page
    assert "Production (the portal has no role" in page
    assert "AWS: not known" in page
    assert "AWS differs" not in page
    compared(clock.now + timedelta(seconds=1), unread={"production": "AccessDenied"})
    assert "AWS does not let the portal read the account" in browse(cast.member01).get("/matrix/").content.decode()


def test_before_any_comparison_the_catalogue_stands_alone(cast: Cast, browse: Browse, clock: Clock) -> None:
    page = browse(cast.member01).get("/matrix/").content.decode()
    assert "AWS has not been evaluated yet: this is what the catalogue says" in page
    assert "on approval" in page
    assert "AWS:" not in page


def test_what_changed_since_the_comparison_is_no_disagreement(cast: Cast, browse: Browse, clock: Clock) -> None:
    compared(clock.now, without=READ_ONLY)
    cast.prod_member.target_roles.add(TargetRole.objects.get(name="Prod_LeaderRole"))
    new_role = target_role(cast.production, "Prod_NewRole", level="low")
    StandingGroup.objects.create(name="NewGroup").target_roles.add(new_role)
    response = browse(cast.admin01).get("/matrix/")
    found = cells(response)
    assert found["ProdMemberWorkGroup", LEADER].is_stale
    assert found["MemberGroup", READ_ONLY].aws == "no_role"
    assert found["NewGroup", MEMBER].aws == found["MemberGroup", "production/Prod_NewRole"].aws == "not_yet"
    assert not any(cell.disagrees for cell in found.values())
    page = response.content.decode()
    for words in ("the catalogue has changed since", "AWS does not have this role", "AWS: not evaluated yet"):
        assert words in page, words


def test_group_that_is_gone_from_aws_is_said_to_be(cast: Cast, browse: Browse, clock: Clock) -> None:
    row = compared(clock.now)
    assert row.matrix is not None
    next(group for group in row.matrix["groups"] if group["name"] == "MemberGroup")["roles"] = {}
    row.save()
    gone = drifted(cast, clock, kind=DriftKind.GROUP_GONE, thing="MemberGroup", name="", work_group=None)
    page = browse(cast.admin01).get("/matrix/").content.decode()
    assert "AWS does not have this group" in page
    assert f'<a class="tag danger" href="/drift/{gone.code}/">group gone</a>' in page


def test_matrix_tells_administrators_of_gates_room_and_drift(cast: Cast, browse: Browse, clock: Clock) -> None:
    let_portal_in(cast.production)
    RoleGate.objects.create(role=TargetRole.objects.get(name="Prod_MemberRole"), read_at=clock.now, others_size=0)
    about_group = drifted(cast, clock)
    about_role = drifted(cast, clock, kind=DriftKind.GATE_EDITED, account="production", thing="Prod_MemberRole", name="gate")
    page = browse(cast.admin01).get("/matrix/").content.decode()
    assert "room for about" in page
    assert about_group.code in page
    assert about_role.code in page
    other = browse(cast.member01).get("/matrix/").content.decode()
    assert about_group.code not in other
    assert about_role.code not in other
    assert "room for about" not in other


def test_a_later_comparison_is_told_of_and_the_table_stays_until_one_asks_for_it(
    cast: Cast, browse: Browse, clock: Clock
) -> None:
    first, client = compared(clock.now), browse(cast.auditor01)
    url = f"/matrix/?seen={first.pk}"
    assert f'hx-get="{url}"' in client.get("/matrix/").content.decode()
    part = client.get(url, headers={"hx-request": "true"}).content.decode()
    assert "<table" not in part
    assert "Show what it found" not in part
    compared(clock.now + timedelta(minutes=3))
    assert "Show what it found" in client.get(url, headers={"hx-request": "true"}).content.decode()


def test_person_sees_where_the_switch_is_allowed_now_by_which_group_and_until_when(
    cast: Cast, browse: Browse, clock: Clock
) -> None:
    elevation = active(cast, clock)
    by = {"decision": "allowed", "by": "group G: Switch (#1)", "gate": "open", "via": ["ProdMemberWorkGroup"]}
    now = clock.now + timedelta(minutes=1)
    compared(now, but={f"member01 {MEMBER}": {**by, "until": elevation.ends_at, "elevation": elevation.code}})
    response = browse(cast.member01).get("/matrix/people/member01/")
    mine = reach(response, MEMBER)
    assert mine.evaluated is not None
    assert (mine.decision, mine.evaluated.at, mine.evaluated.until) == ("allowed", now, elevation.ends_at)
    assert mine.evaluated.via == ["ProdMemberWorkGroup"]
    always = reach(response, READ_ONLY)
    assert (always.decision, always.standing, always.is_unexplained, always.is_missing) == (
        "allowed",
        ["MemberGroup"],
        False,
        False,
    )
    assert reach(response, LEADER).decision == "denied"
    page = response.content.decode()
    for fact in (
        *(
            "Where can 佐藤 美咲 (member01) switch, now?",
            elevation.code,
            "All roles evaluated <time",
            "14:01:00",
            "group G: Switch (#1)",
        ),
        *("open to this person", "shut: every call is refused", "always, by MemberGroup", "no policy allows it"),
    ):
        assert fact in page, fact
    assert "AWS differs" not in page


def test_evaluation_after_a_step_of_an_access_counts_where_it_is_newer(cast: Cast, browse: Browse, clock: Clock) -> None:
    compared(clock.now)
    elevation = active(cast, clock)
    url = "/matrix/people/member01/"
    given = reach(browse(cast.member01).get(url), MEMBER)
    assert given.evaluated is not None
    assert (given.decision, given.evaluated.until) == ("allowed", elevation.ends_at)
    evaluation = {"decision": "denied", "at": "2026-11-23T05:02:00Z", "of": "ended", "tries": 0}
    role = {"role": MEMBER, "decision": "denied", "by": "", "gate": "shut", "why": []}
    compared(clock.now + timedelta(minutes=1), but={f"member01 {MEMBER}": {"decision": "allowed"}})
    ended = {
        "status": "ended",
        "stopped_at": clock.now,
        "ended_at": clock.now + timedelta(minutes=2),
        "evaluation": {**evaluation, "roles": [role]},
    }
    Elevation.objects.filter(pk=elevation.pk).update(**ended)
    taken = reach(browse(cast.member01).get(url), MEMBER)
    assert (taken.decision, taken.elevations, taken.is_unexplained) == ("denied", [], False)


def test_what_nothing_explains_or_is_missing_is_marked(cast: Cast, browse: Browse, clock: Clock) -> None:
    compared(
        clock.now,
        but={
            f"member01 {LEADER}": {"decision": "allowed", "by": "group Odd: All (#1)", "gate": "none", "via": ["Odd"]},
            f"member01 {READ_ONLY}": {"decision": "denied", "by": "", "via": []},
        },
    )
    response = browse(cast.member01).get("/matrix/people/member01/")
    assert reach(response, LEADER).is_unexplained
    assert reach(response, READ_ONLY).is_missing
    assert response.content.decode().count(">AWS differs</span>") == 2


def test_access_that_is_newer_than_the_evaluation_is_not_missing(cast: Cast, browse: Browse, clock: Clock) -> None:
    compared(clock.now)
    active(cast, clock, evaluation=None, granted_at=clock.now + timedelta(seconds=5))
    response = browse(cast.member01).get("/matrix/people/member01/")
    assert (reach(response, MEMBER).decision, reach(response, MEMBER).is_missing) == ("denied", False)
    Elevation.objects.update(granted_at=clock.now)
    assert reach(browse(cast.member01).get("/matrix/people/member01/"), MEMBER).is_missing


def test_who_has_no_iam_user_or_was_not_evaluated_yet_is_told_so(cast: Cast, browse: Browse, clock: Clock) -> None:
    client = browse(cast.admin01)
    url = "/matrix/people/member02/"
    page = client.get(url).content.decode()
    assert "AWS has not been compared yet, so nothing is evaluated" in page
    assert "not evaluated yet" in page
    compared(clock.now)
    add_person("newcomer")
    assert (
        "The IAM user newcomer is newer than what was evaluated last." in client.get("/matrix/people/newcomer/").content.decode()
    )
    IamUserBinding.objects.filter(person=cast.member02).delete()
    assert "No IAM user is bound" in client.get(url).content.decode()


def test_unknown_switch_says_why(cast: Cast, browse: Browse, clock: Clock) -> None:
    compared(clock.now, but={f"member01 {MEMBER}": {"decision": "unknown", "gate": "unknown", "why": ["no_gate_role"]}})
    page = browse(cast.member01).get("/matrix/people/member01/").content.decode()
    assert "the portal has no role in the account with which to read its policies" in page
    assert page.count("not known") >= 2


def test_others_places_are_for_those_who_read_everything(cast: Cast, browse: Browse) -> None:
    url = "/matrix/people/member01/"
    answers = [browse(who).get(url).status_code for who in (cast.member02, cast.leader01, cast.auditor01, cast.admin01)]
    assert answers == [403, 403, 200, 200]
    assert browse(cast.admin01).get("/matrix/people/nobody/").status_code == 404
    assert browse(cast.member02).get("/matrix/people/nobody/").status_code == 403
    assert url in browse(cast.member01).get("/me/").content.decode()


@pytest.mark.parametrize("who", ["member01", "leader01"])
def test_links_to_everybody_are_for_those_who_read_everything(cast: Cast, browse: Browse, clock: Clock, who: str) -> None:
    compared(clock.now)
    link = 'href="/matrix/people/member02/"'
    assert link in browse(cast.auditor01).get("/matrix/").content.decode()
    assert link not in browse(User.objects.get(username=who)).get("/matrix/").content.decode()


def test_pages_take_the_same_number_of_queries_whoever_is_in(
    cast: Cast, browse: Browse, clock: Clock, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(10):
        elevated(add_person(f"engineer{number:02}"), cast.leader01, now=clock.now)
        drifted(cast, clock, name=f"engineer{number:02}")
    active(cast, clock)
    compared(clock.now)
    client = browse(cast.admin01)
    with django_assert_num_queries(QUERIES):
        client.get("/matrix/")
    with django_assert_num_queries(PERSON_QUERIES):
        client.get("/matrix/people/member01/")
