"""Other ways through the same pages: without JavaScript, by keyboard, in the queue, with the zone and language of one's own."""

from django.utils import timezone
from playwright.sync_api import expect

from access_requests.models import AccessRequest
from tests.journeys.conftest import Travel
from tests.worlds.cast import Cast
from tests.worlds.story import rejected, submitted


def test_everything_works_without_javascript(cast: Cast, transactional_db: None, travel: Travel) -> None:
    person, lead = travel("member01", script=False, by_form=True), travel("leader01", script=False)
    code = person.ask(minutes=30)
    lead.page.goto("/queue/")
    lead.page.fill("[name=comment]", "say how to go back")
    lead.press("Send back")
    expect(lead.page).to_have_url("/queue/")
    expect(lead.page.locator(".notice.success")).to_contain_text(f"You sent {code} back.")
    person.page.goto("/")
    person.follow("Revise and ask again")
    person.press("Ask for access")
    again = AccessRequest.objects.get(revises__code=code)
    lead.approve(again.code)
    person.page.goto("/")
    person.follow("Return")
    person.press("Return")
    expect(person.page.locator(".notice.success")).to_contain_text("You returned ProdMemberWorkGroup.")


def test_request_is_made_by_keyboard_alone(cast: Cast, transactional_db: None, travel: Travel) -> None:
    person = travel("member01")
    person.page.goto("/requests/new/")
    keys = person.page.keyboard
    keys.press("Tab")
    expect(person.page.get_by_role("link", name="Skip to content")).to_be_focused()
    keys.press("Enter")
    # The second group; past what is to be known of it; past the chips, which are one stop, to the number beside them.
    tabs_before = {" ": 2, "fix the index": 3, "CHG-123": 1, "45": 2}
    for typed, tabs in tabs_before.items():
        for _ in range(tabs):
            keys.press("Tab")
        keys.type(typed)
    keys.press("Enter")
    expect(person.page.locator(".eyebrow")).to_contain_text("R-")
    request = AccessRequest.objects.get()
    assert (request.reason, request.change_ticket, request.duration_minutes) == ("fix the index", "CHG-123", 45)


def test_queue_is_worked_off_without_leaving_it(cast: Cast, transactional_db: None, travel: Travel) -> None:
    now = timezone.now()
    first, second = submitted(cast.member01, now=now), submitted(cast.member02, now=now)
    lead = travel("leader01", phone=True, language="ja")
    lead.page.goto("/queue/")
    for request in (first, second):
        item = lead.page.locator(f"#item-{request.code}")
        item.get_by_role("button", name=lead.says("Approve")).click()
        expect(lead.page.locator("#said")).to_contain_text(lead.says("You approved %(code)s.", code=request.code))
        expect(item.locator(".seal")).to_have_count(1)
    expect(lead.page).to_have_url("/queue/")
    assert AccessRequest.objects.filter(status="approved").count() == 2


def test_decision_that_comes_too_late_shows_the_truth_and_keeps_the_comment(
    cast: Cast, transactional_db: None, travel: Travel
) -> None:
    now = timezone.now()
    request = submitted(cast.member01, now=now)
    lead = travel("leader01")
    lead.page.goto(f"/requests/{request.code}/")
    rejected(request, cast.leader02, now=now)
    lead.page.fill("[name=comment]", "fine by me")
    lead.press("Approve")
    expect(lead.page.locator(".notice.error")).to_contain_text("the state has changed meanwhile")
    expect(lead.page.locator(".timeline")).to_contain_text("田中 大輔 (leader02) rejected the request")
    lead.look("too-late")


def test_log_out_leaves_nothing_to_go_back_to(cast: Cast, transactional_db: None, travel: Travel) -> None:
    person = travel("member01", by_form=True)
    person.page.goto("/requests/")
    person.page.locator("details.person summary").click()
    person.page.get_by_role("button", name="Log out").click()
    expect(person.page).to_have_url("/accounts/login/")
    person.page.go_back()
    expect(person.page.get_by_role("heading", level=1)).to_have_text("Log in")


def test_language_is_switched_on_the_page_and_stays(cast: Cast, transactional_db: None, travel: Travel) -> None:
    person = travel("member01")
    person.page.goto("/catalogue/")
    person.page.get_by_role("button", name="日本語").click()
    expect(person.page).to_have_url("/catalogue/")
    expect(person.page.get_by_role("heading", level=1)).to_have_text("利用できる権限")
    expect(person.page.locator("html")).to_have_attribute("lang", "ja")
