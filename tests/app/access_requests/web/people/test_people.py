"""The people whom the portal knows, and the lines of the catalogue file for what somebody wants to do."""

import pytest
import yaml

from access_requests.models import WorkGroup
from access_requests.services.catalogue import document
from access_requests.web.catalogue import lines
from portal.users.models import User
from tests.app.access_requests.web.conftest import Browse, laid_out
from tests.worlds.cast import Cast
from tests.worlds.clock import Clock
from tests.worlds.story import elevated


def test_list_says_who_is_what_and_who_is_in_production(cast: Cast, browse: Browse, clock: Clock) -> None:
    elevation = elevated(cast.member01, cast.leader01, now=clock.now)
    page = laid_out(browse(cast.auditor01).get("/people/"))
    for said in ("member01", "leader01", "administrator", "auditor", "approver", elevation.code):
        assert said in page


@pytest.mark.parametrize(
    ("narrowed", "there", "not_there"),
    [
        ({"state": "disabled"}, "member02", "member01"),
        ({"state": "enabled"}, "member01", "member02"),
        ({"duty": "administrator"}, "admin01", "leader01"),
        ({"duty": "auditor"}, "auditor01", "admin01"),
        ({"duty": "approver"}, "leader01", "member01"),
        ({"in_aws": "unbound"}, "unbound01", "member01"),
        ({"in_aws": "bound"}, "member01", "unbound01"),
        ({"in_aws": "in_production"}, "member01", "leader01"),
        ({"words": "UNBOUND01@EXAMPLE"}, "unbound01", "member01"),
    ],
)
def test_list_is_narrowed(cast: Cast, browse: Browse, clock: Clock, narrowed: dict[str, str], there: str, not_there: str) -> None:
    User.objects.create(username="unbound01", email="unbound01@example.com")
    User.objects.filter(pk=cast.member02.pk).update(is_active=False)
    elevated(cast.member01, cast.leader01, now=clock.now)
    page = browse(cast.admin01).get("/people/", narrowed).content.decode()
    assert f'href="/people/{there}/"' in page
    assert f'href="/people/{not_there}/"' not in page


def test_list_is_paged_also_behind_a_name_with_signs(cast: Cast, browse: Browse) -> None:
    User.objects.bulk_create(User(username=f"a{number:02}@example.com") for number in range(51))
    admin = browse(cast.admin01)
    assert "after=a49%40example.com" in admin.get("/people/").content.decode()
    assert 'href="/people/a50@example.com/"' in admin.get("/people/", {"after": "a49@example.com"}).content.decode()


def test_list_is_narrowed_to_a_name(cast: Cast, browse: Browse) -> None:
    page = browse(cast.admin01).get("/people/", {"words": "LEADER"}).content.decode()
    assert "leader02" in page
    assert 'href="/people/member01/"' not in page


def test_lines_are_of_the_catalogue_file(cast: Cast) -> None:
    for text in (lines.disable_person("member02"), lines.add_person(), lines.add_work_group(), lines.add_policy()):
        document.parse(text.encode())
    assert yaml.safe_load(lines.disable_person("member02")) == {"people": {"member02": {"disabled": True}}}
    group = yaml.safe_load(lines.add_work_group())["work_groups"]["GROUP-NAME-IN-IAM"]
    assert group["policy"] in {"one-lead", "two-levels"}
    assert all(role.startswith("production/") for role in group["target_roles"])


def test_catalogue_has_lines_for_administrators_alone(cast: Cast, browse: Browse) -> None:
    assert "Add a work group" in browse(cast.admin01).get("/catalogue/whole/").content.decode()
    assert "Add a work group" not in browse(cast.member01).get("/catalogue/whole/").content.decode()


def test_what_i_may_use_is_mine_alone(cast: Cast, browse: Browse) -> None:
    WorkGroup.objects.filter(pk=cast.prod_leader.pk).update(everyone_may_request=False)
    page = laid_out(browse(cast.member01).get("/catalogue/"))
    assert "/requests/new/?work_group=ProdMemberWorkGroup" in page
    assert "ProdLeaderWorkGroup" not in page.partition("</header>")[2]
    assert 'href="/matrix/"' in page
    assert 'href="/catalogue/whole/"' in page
