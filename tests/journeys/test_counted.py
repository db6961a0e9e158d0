"""What matters most takes few interactions, a click or a filled field each; by keyboard alone Enter is the click."""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone, translation
from playwright.sync_api import Locator, expect

from access_requests import problems
from access_requests.models import AccessRequest, Elevation
from audits.models import WorkReport
from portal.verbs.run import run
from tests.journeys.conftest import Travel
from tests.journeys.travellers import Traveller
from tests.worlds.cast import Cast
from tests.worlds.matrices import compared
from tests.worlds.reports import never_given, owed
from tests.worlds.story import elevated, not_granted, returned, submitted, taken_for_given

FARTHEST = 80
# As the browser's field of a day takes it, key by key.
TYPED_DAY = {"en": "%d%m%Y", "ja": "00%Y%m%d"}


@dataclass
class Hand:
    """What a person does on pages, counted: by mouse, or by Tab and Enter."""

    person: Traveller
    by_keyboard: bool
    done: list[str] = field(default_factory=list)

    def click(self, there: Locator) -> None:
        self.done.append("click")
        if not self.by_keyboard:
            there.click()
            return
        self._reach(there)
        self.person.page.keyboard.press("Enter")

    def fill(self, there: Locator, text: str) -> None:
        self.done.append("fill")
        if not self.by_keyboard:
            there.fill(text)
            return
        self._reach(there)
        self.person.page.keyboard.type(text)

    def pick(self, there: Locator) -> None:
        """Check a box or choose a radio."""
        self.done.append("pick")
        if not self.by_keyboard:
            there.check()
            return
        self._reach(there)
        self.person.page.keyboard.press("Space")

    def _reach(self, there: Locator) -> None:
        """Go there by Tab: what cannot be reached so, or not in reasonable time, is not there for who has no mouse."""
        for _ in range(FARTHEST):
            if there.evaluate("element => element === document.activeElement"):
                return
            self.person.page.keyboard.press("Tab")
        raise AssertionError(f"{there} is not reached by keyboard")


HANDS = [
    ("ja", True),
    pytest.param("en", False, marks=pytest.mark.exhaustive),
    pytest.param("en", True, marks=pytest.mark.exhaustive),
    pytest.param("ja", False, marks=pytest.mark.exhaustive),
]


@pytest.mark.parametrize(("language", "by_keyboard"), HANDS)
def test_decision_from_home_takes_two(
    cast: Cast,
    transactional_db: None,
    travel: Travel,
    language: str,
    by_keyboard: bool,  # noqa: FBT001
) -> None:
    now = timezone.now()
    given, refused = submitted(cast.member01, now=now), submitted(cast.member02, now=now)
    lead = travel("leader01", language=language)
    for request, verb, said in ((given, "Approve", "You approved %(code)s."), (refused, "Reject", "You rejected %(code)s.")):
        hand = Hand(lead, by_keyboard)
        card = lead.page.locator(f"#item-{request.code}")
        hand.fill(card.locator("[name=comment]"), "seen")
        hand.click(card.get_by_role("button", name=lead.says(verb)))
        expect(lead.page.locator("#said")).to_contain_text(lead.says(said, code=request.code))
        assert len(hand.done) <= 2
    assert list(AccessRequest.objects.order_by("pk").values_list("status", flat=True)) == ["approved", "rejected"]
    # The page says so at once, where it says how many wait; so does the window's title.
    lead.sees_title("You are not in production")
    expect(lead.page).to_have_title(re.compile(lead.says("You are not in production")))
    lead.look(f"decided-on-home-{language}")


@pytest.mark.parametrize(("language", "by_keyboard"), HANDS)
def test_request_from_home_takes_five(
    cast: Cast,
    transactional_db: None,
    travel: Travel,
    language: str,
    by_keyboard: bool,  # noqa: FBT001
) -> None:
    person = travel("member01", language=language)
    hand = Hand(person, by_keyboard)
    hand.click(person.page.locator("main").get_by_role("link", name=person.says("Ask for access")))
    hand.pick(person.page.get_by_role("checkbox", name="ProdMemberWorkGroup"))
    expect(person.page.locator("#outlook")).to_contain_text("ProdMemberWorkGroup")
    person.look(f"asking-{language}")
    hand.fill(person.page.locator("[name=reason]"), "fix the index")
    hand.fill(person.page.locator("[name=change_ticket]"), "CHG-123")
    hand.click(person.page.locator("main").get_by_role("button", name=person.says("Ask for access"), exact=True))
    expect(person.page.locator(".eyebrow")).to_contain_text("R-")
    assert AccessRequest.objects.get().duration_minutes == 60
    assert len(hand.done) <= 5


@pytest.mark.parametrize(("language", "by_keyboard"), HANDS)
def test_more_time_from_home_takes_three(
    cast: Cast,
    transactional_db: None,
    travel: Travel,
    language: str,
    by_keyboard: bool,  # noqa: FBT001
) -> None:
    now = timezone.now()
    elevation = elevated(cast.member01, cast.leader01, now=now)
    run(lambda: taken_for_given(elevation, now=now))
    person = travel("member01", language=language)
    hand = Hand(person, by_keyboard)
    hand.click(person.page.locator(".pass").get_by_role("link", name=person.says("Ask for more time")))
    expect(person.page.locator("[name=reason]")).to_be_visible()
    person.look(f"more-time-{language}")
    hand.fill(person.page.locator("[name=reason]"), "the index is large")
    hand.click(person.page.locator("main").get_by_role("button", name=person.says("Ask for more time"), exact=True))
    expect(person.page.locator(".eyebrow")).to_contain_text("R-")
    assert AccessRequest.objects.get(extends=elevation).asked_ends_at == elevation.ends_at + timedelta(minutes=30)
    assert len(hand.done) <= 3


@pytest.mark.parametrize(("language", "by_keyboard"), HANDS)
def test_who_was_in_production_on_an_evening_takes_four(
    cast: Cast,
    transactional_db: None,
    travel: Travel,
    language: str,
    by_keyboard: bool,  # noqa: FBT001
) -> None:
    evening = timezone.now() - timedelta(days=3)
    elevation = elevated(cast.member01, cast.leader02, now=evening)
    run(lambda: taken_for_given(elevation, now=evening))
    returned(elevation, cast.member01, now=evening + timedelta(minutes=10))
    lead = travel("leader01", language=language)
    hand = Hand(lead, by_keyboard)
    hand.click(lead.page.locator(".site-nav [href='/elevations/']"))
    day = lead.page.locator("[name=day]")
    expect(day).to_be_visible()
    if by_keyboard:
        hand.fill(day, timezone.localtime(evening, ZoneInfo("Asia/Tokyo")).strftime(TYPED_DAY[language]))
    else:
        hand.fill(day, timezone.localtime(evening, ZoneInfo("Asia/Tokyo")).strftime("%Y-%m-%d"))
    hand.click(lead.page.locator("main").get_by_role("button", name=lead.says("Search"), exact=True))
    row = lead.page.locator("tbody tr")
    for fact in ("member01", "leader02", "fix the index"):
        expect(row).to_contain_text(fact)
    lead.look(f"who-was-in-{language}")
    hand.click(row.get_by_role("link"))
    expect(lead.page.locator(".eyebrow")).to_have_text(elevation.code)
    assert len(hand.done) <= 4


@pytest.mark.parametrize("language", [pytest.param("en", marks=pytest.mark.exhaustive), "ja"])
def test_title_of_the_window_follows_what_htmx_put_in(cast: Cast, transactional_db: None, travel: Travel, language: str) -> None:
    request = submitted(cast.member01, now=timezone.now())
    lead = travel("leader01", language=language)
    lead.page.goto(f"/requests/{request.code}/")
    before = lead.page.title()
    lead.page.fill("[name=comment]", "not like this")
    lead.press("Send back")
    expect(lead.page.locator(".lead .tag").first).to_contain_text(lead.says("sent back"), ignore_case=True)
    title = lead.page.locator("h1").inner_text()
    expect(lead.page).to_have_title(re.compile(re.escape(title)))
    assert lead.page.title() != before


def test_whole_row_leads_on(cast: Cast, transactional_db: None, travel: Travel) -> None:
    request = submitted(cast.member01, now=timezone.now())
    for phone in (False, True):
        person = travel("member01", phone=phone)
        person.page.goto("/requests/")
        person.page.get_by_text("fix the index").click(force=True)  # The link lies over it.
        expect(person.page).to_have_url(f"/requests/{request.code}/")


def test_decision_is_at_hand_on_a_phone_wherever_one_reads(cast: Cast, transactional_db: None, travel: Travel) -> None:
    request = submitted(cast.member01, now=timezone.now(), plan="1.\n" * 60)
    lead = travel("leader01", language="ja", phone=True)
    for url in (f"/requests/{request.code}/", "/queue/"):
        lead.page.goto(url)
        lead.page.get_by_role("term").first.scroll_into_view_if_needed()
        expect(lead.page.get_by_role("button", name=lead.says("Approve"))).to_be_in_viewport()
    lead.look("decision-bar")


@pytest.mark.parametrize(("language", "by_keyboard"), HANDS)
def test_stop_from_home_takes_three(
    cast: Cast,
    transactional_db: None,
    travel: Travel,
    language: str,
    by_keyboard: bool,  # noqa: FBT001
) -> None:
    now = timezone.now()
    elevation = elevated(cast.member01, cast.leader01, now=now)
    run(lambda: taken_for_given(elevation, now=now))
    lead = travel("leader01", language=language)
    hand = Hand(lead, by_keyboard)
    hand.click(lead.page.locator(".windows").get_by_role("link", name=lead.says("Stop")))
    expect(lead.page.locator("[name=comment]")).to_be_visible()
    hand.fill(lead.page.locator("[name=comment]"), "wrong account")
    hand.click(lead.page.locator("main").get_by_role("button", name=lead.says("Stop"), exact=True))
    expect(lead.page.locator("#said")).to_contain_text("ProdMemberWorkGroup")
    assert Elevation.objects.get().stop_reason == "stopped"
    assert len(hand.done) <= 3


@pytest.mark.parametrize("language", ["en", pytest.param("ja", marks=pytest.mark.exhaustive)])
def test_why_a_grant_failed_is_said_on_home(cast: Cast, transactional_db: None, travel: Travel, language: str) -> None:
    now = timezone.now()
    not_granted(elevated(cast.member01, cast.leader01, now=now), now=now)
    for who in ("member01", "leader01", "admin01"):
        person = travel(who, language=language, phone=who == "member01")
        with translation.override(language):
            why = problems.sentence("groups_full:10")
        # Nothing is done to learn it, and one click leads to the whole story.
        notice = person.page.locator(".not-granted")
        expect(notice).to_contain_text(why)
        notice.get_by_role("link").first.click()
        expect(person.page.locator(".not-granted")).to_contain_text(person.says("Not granted"))


def test_reject_on_a_phone_without_a_reason_says_so_at_the_field(cast: Cast, transactional_db: None, travel: Travel) -> None:
    request = submitted(cast.member01, now=timezone.now())
    lead = travel("leader01", language="ja", phone=True)
    card = lead.page.locator(f"#item-{request.code}")
    card.get_by_role("button", name=lead.says("Reject")).click()
    comment = lead.page.locator(f"#item-{request.code} [name=comment]")
    expect(comment).to_be_focused()
    expect(card.locator(".errorlist")).to_have_text(
        lead.says("Rejecting and sending back need a reason. Write it into the comment.")
    )
    lead.look("reject-without-a-reason")


def test_phone_has_one_row_and_one_sheet_with_everything(cast: Cast, transactional_db: None, travel: Travel) -> None:
    person = travel("admin01", phone=True)
    assert person.page.locator(".site-head").evaluate("element => element.clientHeight") < 60
    person.page.locator(".sheet summary").click()
    person.look("sheet")
    person.page.get_by_role("link", name=person.says("Clients")).click()
    expect(person.page).to_have_url("/clients/")


def test_header_has_room_for_every_entry_on_a_desk_in_both_languages(cast: Cast, transactional_db: None, travel: Travel) -> None:
    for language in ("en", "ja"):
        person = travel("admin01", language=language)
        for url in ("/", "/queue/", "/drift/", "/clients/"):
            person.page.goto(url)
            header = person.page.locator(".site-head").evaluate(
                "element => [element.clientHeight, element.scrollWidth - element.clientWidth]"
            )
            assert header[0] < 100, (language, url)
            assert header[1] == 0, (language, url)
            entries = person.page.locator(".site-nav .entries")
            assert entries.evaluate("element => element.scrollWidth <= element.clientWidth"), (language, url)


def test_matrix_prints_on_one_side_with_who_printed_it_and_when(cast: Cast, transactional_db: None, travel: Travel) -> None:
    compared(timezone.now())
    person = travel("auditor01", language="ja")
    person.page.goto("/matrix/")
    expect(person.page.locator(".on-paper")).to_be_hidden()
    paper = person.page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type /Page\b", paper)) == 1
    person.page.emulate_media(media="print")
    expect(person.page.locator(".on-paper")).to_contain_text("auditor01")
    expect(person.page.locator("table.matrix")).to_be_visible()
    for pressed in (".site-nav", ".accounts", ".sheet"):
        expect(person.page.locator(pressed).first).to_be_hidden()


@pytest.mark.parametrize(("language", "by_keyboard"), HANDS)
def test_work_report_takes_three_from_the_notice(
    cast: Cast,
    transactional_db: None,
    travel: Travel,
    language: str,
    by_keyboard: bool,  # noqa: FBT001
) -> None:
    elevation, unused = owed(cast, now=timezone.now()), never_given(cast, now=timezone.now())
    person = travel("member01", language=language, phone=by_keyboard)
    for code, is_unused in ((elevation.code, False), (unused.code, True)):
        person.page.goto("/")
        hand = Hand(person, by_keyboard)
        hand.click(person.page.locator(f"[data-row=report-{code}]").get_by_role("link", name=person.says("Write it")))
        person.sees_title("Work report")
        if not is_unused:
            hand.fill(person.page.locator("[name=done]"), "rebuilt the index")
        person.look(f"work-report-{language}-{'unused' if is_unused else 'used'}")
        hand.click(person.page.get_by_role("button", name=person.says("I did not use it" if is_unused else "Report"), exact=True))
        expect(person.page.locator("main")).to_contain_text(person.says("What was reported"))
        assert len(hand.done) <= 3
    assert sorted(WorkReport.objects.values_list("status", "is_unused")) == [("written", False), ("written", True)]
