"""Somebody changes AWS behind the portal's back: an administrator has it found, sees who it was, and has it undone."""

import pytest
from django.utils import translation
from playwright.sync_api import expect

from access_requests.models import Drift
from portal.users.models import User
from tests.journeys.conftest import Travel
from tests.journeys.travellers import SOON, Traveller
from tests.stand_ins.aws import Aws
from tests.waiting import until

GROUP = "ProdMemberWorkGroup"


def members(aws: Aws) -> set[str]:
    return {user["UserName"] for user in aws.admin_client("iam").get_group(GroupName=GROUP)["Users"]}


def found(person: Traveller) -> str:
    """Have AWS compared, and wait until the list shows the drift by itself; return its number."""
    person.page.goto("/drift/")
    person.press("Compare now")
    # A comparison that is asked for looks twice, a minute apart, where something may merely be late.
    row = person.page.locator(".drift").first
    expect(row).to_contain_text("member02", timeout=90_000)
    return row.locator("dd .row-link").first.inner_text()


def has_undone(person: Traveller, code: str) -> None:
    person.page.goto(f"/drift/{code}/")
    person.page.locator("a.button.danger").click()
    expect(person.page.locator("main code", has_text="RemoveUserFromGroup")).to_be_visible()
    person.press("Undo it in AWS")


@pytest.mark.parametrize(
    ("language", "phone", "dark"), [pytest.param("en", False, False, marks=pytest.mark.exhaustive), ("ja", True, True)]
)
def test_drift_is_found_and_undone_and_the_pages_say_so_by_themselves(
    working: Aws,
    travel: Travel,
    language: str,
    phone: bool,  # noqa: FBT001
    dark: bool,  # noqa: FBT001
) -> None:
    working.admin_client("iam").add_user_to_group(GroupName=GROUP, UserName="member02")
    admin = travel("admin01", language=language, phone=phone, dark=dark)
    code = found(admin)
    admin.look("drift-found")
    has_undone(admin, code)
    done = admin.page.locator(".lead .tag.ok")
    expect(done).to_be_visible(timeout=SOON)
    assert members(working) == set()
    expect(admin.page.locator(".timeline")).to_contain_text(admin.says("AWS does not show it any more: it is undone"))
    with translation.override(language):
        who = User.objects.get(username="admin01").called
    expect(admin.page.locator(".timeline")).to_contain_text(admin.says("%(who)s asked to have it undone", who=who))
    admin.look("drift-undone")
    admin.page.goto("/matrix/")
    admin.look("matrix-compared")


def test_drift_is_undone_without_javascript(working: Aws, travel: Travel) -> None:
    working.admin_client("iam").add_user_to_group(GroupName=GROUP, UserName="member02")
    admin = travel("admin01", script=False)
    admin.page.goto("/drift/")
    admin.press("Compare now")
    until(Drift.objects.exists, seconds=90)
    has_undone(admin, Drift.objects.get().code)
    until(lambda: Drift.objects.get().status == "undone", seconds=60)
    admin.page.reload()
    expect(admin.page.locator(".lead .tag.ok")).to_be_visible()
    assert members(working) == set()
