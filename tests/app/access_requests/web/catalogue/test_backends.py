"""The page that says whether each backend could grant, and having that checked now."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from access_requests.messages import Task
from access_requests.models import BackendHealth, Elevation, WorkGroup
from portal.outbox.models import Message
from tests.app.access_requests.web.conftest import Browse
from tests.worlds.cast import Cast
from tests.worlds.story import elevated

BUTTON = ">Check now</button>"
WHO = "arn:aws:sts::111111111111:assumed-role/SekishoPortalRole/sekisho"
STARTER = "arn:aws:iam::111111111111:role/sekisho/SekishoChangeStarterRole"


def checked(alias: str = "iam_group", **changes: Any) -> BackendHealth:
    usual: dict[str, Any] = {"checked_at": timezone.now(), "identity": WHO, "ok": True, "results": {}}
    return BackendHealth.objects.create(alias=alias, **{**usual, **changes})


def test_administrator_has_it_checked_now_and_comes_back_to_the_page(cast: Cast, browse: Browse) -> None:
    response = browse(cast.admin01).post("/backends/check/", follow=True)
    assert response.redirect_chain == [("/backends/", 302)]
    assert "You asked for a check." in response.content.decode()
    message = Message.objects.get()
    assert (message.task, message.object_id) == (Task.PROBE_BACKENDS, cast.admin01.pk)


def test_auditor_reads_it_and_has_nothing_checked(cast: Cast, browse: Browse) -> None:
    client = browse(cast.auditor01)
    assert BUTTON not in client.get("/backends/").content.decode()
    assert BUTTON in browse(cast.admin01).get("/backends/").content.decode()
    assert client.post("/backends/check/").status_code == 403
    assert not Message.objects.exists()


def test_before_the_first_check_it_says_so_and_how_the_way_works(cast: Cast, browse: Browse) -> None:
    shown = browse(cast.auditor01).get("/backends/").content.decode()
    for fact in (
        "never checked",
        "No worker has asked AWS about it yet.",
        "ProdMemberWorkGroup",
        "puts the IAM user into the group",
    ):
        assert fact in shown, fact


def test_what_is_in_order_is_shown_as_such_with_who_the_portal_is(cast: Cast, browse: Browse) -> None:
    checked(worked_at=timezone.now())
    shown = browse(cast.auditor01).get("/backends/").content.decode()
    assert '<span class="tag ok">in order</span>' in shown
    assert WHO in shown
    assert "An administrator has to put this right" not in shown


def test_what_is_missing_says_what_an_administrator_is_to_do(cast: Cast, browse: Browse) -> None:
    WorkGroup.objects.filter(name="ProdMemberWorkGroup").update(backend="change_manager")
    missing = [
        {"what": STARTER, "problem": "role_refused", "detail": "User: <script> is not authorized"},
        {"what": "SekishoChange-ProdMemberWorkGroup", "problem": "template_not_approved", "detail": ""},
    ]
    roles = [{"setting": "AWS_CHANGE_STARTER_ROLE_ARN", "arn": STARTER, "identity": ""}]
    checked("change_manager", ok=False, results={"missing": missing, "roles": roles})
    shown = browse(cast.auditor01).get("/backends/").content.decode()
    for fact in (
        *("something is missing", f"<code>{STARTER}</code> AWS does not let the portal take on this role."),
        *("&lt;script&gt; is not authorized", "cannot be taken on", "The change template has not been reviewed."),
    ):
        assert fact in shown, fact


def test_boundary_that_is_missing_is_red_in_both_languages(cast: Cast, browse: Browse) -> None:
    checked(ok=False, results={"missing": [{"what": "production/Prod_MemberRole", "problem": "boundary_missing", "detail": ""}]})
    client = browse(cast.admin01)
    shown = client.get("/backends/").content.decode()
    for fact in ("something is missing", "<code>production/Prod_MemberRole</code> The permissions boundary is not there"):
        assert fact in shown, fact
    assert "アクセス許可の境界がない" in client.get("/backends/", headers={"accept-language": "ja"}).content.decode()


def test_what_fails_right_now_leads_to_the_access(cast: Cast, browse: Browse) -> None:
    elevation = elevated(cast.member01, cast.leader01, now=timezone.now())
    checked(results={"failing": [{"what": elevation.code, "problem": "Throttling"}]})
    shown = browse(cast.auditor01).get("/backends/").content.decode()
    assert f'href="/elevations/{elevation.code}/"' in shown
    assert "AWS asks for patience." in shown
    assert Elevation.objects.count() == 1


@pytest.mark.parametrize(("periods", "is_stale"), [(2.9, False), (3.1, True)])
def test_check_of_long_ago_is_no_news(cast: Cast, browse: Browse, periods: float, is_stale: bool) -> None:  # noqa: FBT001
    checked(checked_at=timezone.now() - timedelta(seconds=periods * settings.HEALTH_SECONDS))
    shown = browse(cast.auditor01).get("/backends/").content.decode()
    assert ("not checked lately" in shown, ">in order</span>" in shown) == (is_stale, not is_stale)


def test_part_of_the_page_is_what_htmx_asks_for(cast: Cast, browse: Browse) -> None:
    shown = browse(cast.auditor01).get("/backends/", headers={"HX-Request": "true"}).content.decode()
    assert "never checked" in shown
    assert "<html" not in shown


def test_empty_catalogue_says_what_would_be_here(cast: Cast, browse: Browse) -> None:
    WorkGroup.objects.update(retired_at=timezone.now())
    assert "No work groups" in browse(cast.auditor01).get("/backends/").content.decode()


def test_catalogue_and_navigation_lead_there_for_who_may_read_it(cast: Cast, browse: Browse) -> None:
    for person, leads in ((cast.auditor01, True), (cast.member01, False)):
        header, _, page = browse(person).get("/catalogue/whole/").content.decode().partition("</header>")
        assert ('href="/backends/"' in header, 'href="/backends/"' in page) == (leads, leads)
