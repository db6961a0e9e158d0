"""A person before a browser, and what they do there."""

import os
import re
from dataclasses import dataclass, field
from pathlib import Path

from axe_playwright_python.base import AxeResults
from axe_playwright_python.sync_playwright import Axe
from django.utils import translation
from django.utils.translation import gettext
from playwright.sync_api import Page, ViewportSize, expect

from portal.users.models import User
from tests.japanese import faults_of_page
from tests.worlds.cast import PASSWORD
from tests.worlds.factors import code_of

SOON = 20_000
MOST_BYTES = 100_000
DESK, PHONE = ViewportSize(width=1280, height=800), ViewportSize(width=390, height=844)
# Not of the page's making: the console's words for a refusal that the page is about.
EXPECTED = ("the server responded with a status of",)
# A day or a time as only one country writes it.
OTHERWISE = re.compile(
    r"\b(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]*\.? \d{1,2}, \d{4}|\b\d{1,2}/\d{1,2}/\d{4}|\d [ap]\.m\."
)
# Days and times of which a line has the beginning, and the next line the end.
BROKEN = """() => {
  const broken = [], texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), range = document.createRange();
  while (texts.nextNode()) {
    const text = texts.currentNode;
    if (!text.parentElement.closest("time")) continue;
    for (const found of text.data.matchAll(/\\d{4}-\\d\\d-\\d\\d|\\d\\d:\\d\\d/g)) {
      range.setStart(text, found.index);
      range.setEnd(text, found.index + found[0].length);
      if (new Set([...range.getClientRects()].map(line => line.top)).size > 1) broken.push(text.data.trim());
    }
  }
  return broken;
}"""


@dataclass
class Traveller:
    """`pictures` is the folder for what this browser sees."""

    page: Page
    username: str
    language: str
    pictures: Path
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", lambda message: self._complain(message.type, message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def says(self, sentence: str, **data: str) -> str:
        """Return a sentence of the sources as this person's pages say it."""
        with translation.override(self.language):
            return gettext(sentence) % data if data else gettext(sentence)

    def log_in(self) -> None:
        self.page.goto("/accounts/login/")
        self.page.fill("[name=login]", self.username)
        self.page.fill("[name=password]", PASSWORD)
        self.press("Log in")
        person = User.objects.get(username=self.username)
        if person.second_factors:
            self.page.fill("[name=code]", code_of(person))
            self.press("Log in")
        expect(self.page).to_have_url("/")

    def press(self, label: str) -> None:
        self.page.locator("main").get_by_role("button", name=self.says(label), exact=True).click()

    def follow(self, label: str) -> None:
        self.page.locator("main").get_by_role("link", name=self.says(label), exact=True).first.click()

    def ask(self, *, minutes: int, ticket: str = "CHG-123", group: str = "ProdMemberWorkGroup") -> str:
        """Ask for access from the approval on; return the request's code."""
        self.page.goto("/requests/new/")
        self.page.get_by_role("checkbox", name=group).check()
        self.page.fill("[name=reason]", "fix the index")
        self.page.fill("[name=change_ticket]", ticket)
        self.page.fill("[name=duration_minutes]", str(minutes))
        self.press("Ask for access")
        expect(self.page.locator(".eyebrow")).to_contain_text("R-")
        return self.page.locator(".eyebrow").inner_text()

    def approve(self, code: str, *, comment: str = "go ahead") -> None:
        """Approve on the page of the request."""
        self.page.goto(f"/requests/{code}/")
        self.page.fill("[name=comment]", comment)
        self.press("Approve")
        expect(self.page.locator(".notice.success")).to_contain_text(self.says("You approved %(code)s.", code=code))

    def sees_title(self, sentence: str, *, within: float = SOON) -> None:
        """Wait until the page says so by itself: nothing is reloaded here."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(self.says(sentence), timeout=within)

    def look(self, name: str) -> None:
        """Check what every page must hold: no barrier, not too large, nothing cut off at 200 %, no complaint, good Japanese.

        PICTURES=1 keeps a picture.
        """
        if os.environ.get("PICTURES"):
            self.pictures.mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=self.pictures / f"{name}.png", full_page=True)
        found = self._barriers()
        assert found.violations_count == 0, f"{name}: {found.generate_report()}"
        assert len(self.page.content().encode()) < MOST_BYTES, f"{name} has too many bytes"
        self._fits(name)
        seen = self.page.viewport_size
        if seen and seen["width"] > PHONE["width"]:
            # What a desk shows at 200 %.
            self.page.set_viewport_size({"width": seen["width"] // 2, "height": seen["height"] // 2})
            self._fits(f"{name} at 200 %")
            self.page.set_viewport_size(seen)
        if self.page.locator("html").get_attribute("lang") == "ja":
            faults = faults_of_page(self.page.locator("body").inner_text())
            assert faults == [], f"{name}: {faults}"
        assert OTHERWISE.findall(self.page.locator("body").inner_text()) == [], f"{name} has another form of dates"
        assert self.page.evaluate(BROKEN) == [], f"{name} breaks a time"
        assert self.complaints == [], name

    def look_all_round(self, name: str) -> None:
        """Look as on a desk by day, then as on a phone by night: the page is loaded once, which costs as much as a look."""
        self.look(name)
        self.page.emulate_media(color_scheme="dark")
        self.page.set_viewport_size(PHONE)
        self.look(f"{name}-phone-dark")
        self.page.emulate_media(color_scheme="light")
        self.page.set_viewport_size(DESK)

    def _barriers(self) -> AxeResults:
        """Return what axe finds. It comes to a page once: its half a megabyte takes as long as a run."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(Axe().axe_script)
        return AxeResults(self.page.evaluate("axe.run({resultTypes: ['violations']})"))

    def _fits(self, name: str) -> None:
        """Nothing goes on to the side, where nobody looks."""
        widths = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        wide, there = self.page.evaluate(widths)
        assert wide <= there, f"{name} is {wide} wide, where {there} is to be had"

    def _complain(self, kind: str, text: str) -> None:
        if kind in ("error", "warning") and not any(words in text for words in EXPECTED):
            self.complaints.append(text)
