"""Who can switch where: groups against roles, and one person against all roles."""

from pytest_django import DjangoAssertNumQueries

from access_requests.models import DriftKind, RoleGate, TargetRole
from tests.app.access_requests.web.conftest import Browse
from tests.app.access_requests.web.test_checked import active
from tests.app.access_requests.web.test_drift import drifted
from tests.cast import Cast, add_person
from tests.clock import Clock
from tests.story import elevated

QUERIES = 12
PERSON_QUERIES = 10


def test_matrix_says_always_on_approval_and_who_is_in_until_when(cast: Cast, browse: Browse, clock: Clock) -> None:
    active(cast, clock)
    response = browse(cast.member02).get("/matrix/")
    table = response.context["table"]
    cells = {(row.name, cell.role.name): cell for row in table.rows for cell in row.cells}
    assert cells["MemberGroup", "Prod_ReadOnlyRole"].catalogue == "always"
    assert cells["ProdMemberWorkGroup", "Prod_MemberRole"].catalogue == "on_approval"
    assert cells["ProdMemberWorkGroup", "Prod_LeaderRole"].catalogue == "no"
    assert [row.person.username for row in cells["ProdMemberWorkGroup", "Prod_MemberRole"].inside] == ["member01"]
    page = response.content.decode()
    assert "until <time" in page
    assert 'scope="colgroup"' in page
    assert "<caption>" in page


def test_matrix_tells_administrators_of_gates_room_and_drift(cast: Cast, browse: Browse, clock: Clock) -> None:
    cast.production.gate_role = "sekisho/SekishoGateRole"
    cast.production.save()
    RoleGate.objects.create(role=TargetRole.objects.get(name="Prod_MemberRole"), read_at=clock.now, others_size=0)
    about_group = drifted(cast, clock)
    about_person = drifted(cast, clock, kind=DriftKind.SWITCH_ALLOWED, thing="production/Prod_LeaderRole", name="member02")
    page = browse(cast.admin01).get("/matrix/").content.decode()
    assert "room for about" in page
    assert about_group.code in page
    assert "AWS allows member02 to switch to production/Prod_LeaderRole, and the catalogue does not" in page
    other = browse(cast.member01).get("/matrix/").content.decode()
    assert about_group.code not in other
    assert about_person.code not in other
    assert "room for about" not in other


def test_person_sees_where_the_switch_is_allowed_now_by_which_group_and_until_when(
    cast: Cast, browse: Browse, clock: Clock
) -> None:
    elevation = active(cast, clock)
    page = browse(cast.member01).get("/matrix/people/member01/")
    reaches = {reach.role.name: reach for reach in page.context["reaches"]}
    assert (reaches["Prod_MemberRole"].decision, reaches["Prod_MemberRole"].until) == ("allowed", elevation.ends_at)
    assert reaches["Prod_MemberRole"].decided == "group G: Switch (#1)"
    assert reaches["Prod_ReadOnlyRole"].standing == ["MemberGroup"]
    assert reaches["Prod_ReadOnlyRole"].until is None
    text = page.content.decode()
    assert "Where can member01 switch, now?" in text
    assert elevation.code in text


def test_others_places_are_for_those_who_read_everything(cast: Cast, browse: Browse) -> None:
    url = "/matrix/people/member01/"
    answers = [browse(who).get(url).status_code for who in (cast.member02, cast.leader01, cast.auditor01, cast.admin01)]
    assert answers == [403, 403, 200, 200]
    assert browse(cast.admin01).get("/matrix/people/nobody/").status_code == 404
    assert browse(cast.member02).get("/matrix/people/nobody/").status_code == 403
    assert url in browse(cast.member01).get("/me/").content.decode()


def test_pages_take_the_same_number_of_queries_whoever_is_in(
    cast: Cast, browse: Browse, clock: Clock, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(10):
        elevated(add_person(f"engineer{number:02}"), cast.leader01, now=clock.now)
        drifted(cast, clock, name=f"engineer{number:02}")
    active(cast, clock)
    client = browse(cast.admin01)
    with django_assert_max_num_queries(QUERIES):
        client.get("/matrix/")
    with django_assert_max_num_queries(PERSON_QUERIES):
        client.get("/matrix/people/member01/")
