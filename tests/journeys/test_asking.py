"""The form that asks, as one comes back to it: what was typed is still there, and nothing is sent twice."""

from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from access_requests.models import AccessRequest, ApprovalPolicy, WorkGroup
from tests.journeys.conftest import Travel
from tests.journeys.travellers import SOON, Traveller
from tests.worlds.cast import PASSWORD, Cast

NEW = "/requests/new/"


def fill(person: Traveller) -> None:
    person.page.goto(NEW)
    person.page.get_by_role("checkbox", name="ProdMemberWorkGroup").check()
    person.page.fill("[name=reason]", "fix the index")
    person.page.fill("[name=change_ticket]", "CHG-123")
    person.page.fill("[name=duration_minutes]", "100000")
    # While it is typed: the field was not left yet.
    expect(person.page.locator("#outlook .notice")).to_be_visible(timeout=SOON)
    person.page.get_by_role("radio", name="30").check()


def is_filled(person: Traveller) -> None:
    expect(person.page.locator("[name=reason]")).to_have_value("fix the index")
    expect(person.page.locator("[name=change_ticket]")).to_have_value("CHG-123")
    expect(person.page.get_by_role("checkbox", name="ProdMemberWorkGroup")).to_be_checked()
    expect(person.page.get_by_role("radio", name="30")).to_be_checked()
    expect(person.page.locator("[name=duration_minutes]")).to_have_value("")


def test_what_was_typed_survives_the_way_back(cast: Cast, transactional_db: None, travel: Travel) -> None:
    person = travel("member01")
    fill(person)
    person.page.goto("/catalogue/")
    person.page.go_back()
    is_filled(person)
    person.page.reload()
    is_filled(person)
    expect(person.page.locator("#outlook")).to_contain_text("30 minutes")


def test_what_was_typed_survives_a_log_out_and_is_gone_once_it_is_sent(
    cast: Cast, transactional_db: None, travel: Travel
) -> None:
    person = travel("member01", by_form=True)
    fill(person)
    Session.objects.all().delete()
    person.press("Ask for access")
    person.page.fill("[name=login]", "member01")
    person.page.fill("[name=password]", PASSWORD)
    person.press("Log in")
    is_filled(person)
    expect(person.page.locator("[data-kept]")).to_be_visible()
    person.look("kept")
    person.press("Ask for access")
    expect(person.page.locator(".eyebrow")).to_contain_text("R-")
    person.page.goto(NEW)
    expect(person.page.locator("[name=reason]")).to_have_value("")
    expect(person.page.locator("[data-kept]")).to_be_hidden()


def test_what_somebody_else_typed_in_the_same_tab_is_not_shown(cast: Cast, transactional_db: None, travel: Travel) -> None:
    person = travel("member01", by_form=True)
    fill(person)
    person.page.context.clear_cookies()
    other = Traveller(person.page, "member02", "en", person.pictures)
    other.log_in()
    other.page.goto(NEW)
    expect(other.page.locator("[name=reason]")).to_have_value("")


def test_begin_anew_empties_the_form_for_good(cast: Cast, transactional_db: None, travel: Travel) -> None:
    person = travel("member01")
    fill(person)
    person.page.reload()
    person.press("Begin anew")
    expect(person.page.locator("[name=reason]")).to_have_value("")
    person.page.reload()
    expect(person.page.locator("[name=reason]")).to_have_value("")


def test_double_click_sends_once(cast: Cast, transactional_db: None, travel: Travel) -> None:
    person = travel("member01")
    fill(person)
    person.page.locator("main").get_by_role("button", name="Ask for access").dblclick()
    expect(person.page.locator(".eyebrow")).to_contain_text("R-")
    assert AccessRequest.objects.count() == 1


def test_group_is_found_by_typing_and_picked_by_enter(cast: Cast, transactional_db: None, travel: Travel) -> None:
    for number in range(4):
        group = WorkGroup.objects.create(
            name=f"Night{number}", description=f"夜間バッチ {number}", policy=cast.one_lead, everyone_may_request=True
        )
        group.target_roles.set(cast.prod_member.target_roles.all())
    person = travel("member01", language="ja")
    person.page.goto(NEW)
    find = person.page.get_by_role("searchbox")
    find.fill("Ｎight")  # As a Japanese keyboard may have it.
    expect(person.page.locator(".pick-one:visible")).to_have_count(4)
    find.fill("バッチ 2")
    expect(person.page.locator(".pick-one:visible")).to_have_count(1)
    find.press("Enter")
    expect(person.page.get_by_role("checkbox", name="Night2")).to_be_checked()
    find.fill("nothing is called so")
    expect(person.page.locator(".pick-one:visible")).to_have_count(1)  # What is picked stays in sight.
    person.look("found")


def test_lengths_that_the_picked_group_does_not_allow_are_not_offered(cast: Cast, transactional_db: None, travel: Travel) -> None:
    ApprovalPolicy.objects.filter(key="one-lead").update(longest_minutes=30)
    person = travel("member01")
    person.page.goto(NEW)
    expect(person.page.get_by_role("radio", name="1 hour")).to_be_checked()
    person.page.get_by_role("checkbox", name="ProdMemberWorkGroup").check()
    expect(person.page.get_by_role("radio", name="1 hour")).to_be_hidden()
    expect(person.page.get_by_role("radio", name="30 minutes")).to_be_checked()
