"""Takes the documentation's pictures of a demo that runs: DEMO_DIR=… python -m tests.demo.pictures"""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect, sync_playwright

from portal.demo.switch import running
from portal.simulated_aws import totp

FOLDER = Path(__file__).resolve().parent.parent.parent / "docs" / "images"
CHROMIUM, QUIET = "/usr/bin/chromium", ("--no-sandbox", "--disable-gpu")
DESK: Any = {"width": 1280, "height": 800}
SOON = 60_000


def main() -> None:
    facts = running()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        engineer, lead = (_logged_in(browser, facts, who) for who in ("member01", "leader01"))
        _ask(engineer)
        _approve(lead)
        engineer.goto("/")
        expect(engineer.get_by_role("heading", level=1)).to_have_text("You are in production", timeout=SOON)
        _take(engineer, "home")
        lead.goto("/elevations/?all=1")
        _take(lead, "past")
        browser.close()


def _logged_in(browser: Browser, facts: Mapping[str, Any], who: str) -> Page:
    page = browser.new_context(base_url=facts["portal_url"], locale="en-GB", viewport=DESK, reduced_motion="reduce").new_page()
    page.goto("/accounts/login/")
    page.fill("[name=login]", who)
    page.fill("[name=password]", facts["people"][who]["password"])
    page.click("main button[type=submit]")
    if secret := facts["people"][who]["totp_secret"]:
        page.fill("[name=code]", totp.code(secret, at=datetime.now(UTC)))
        page.get_by_role("button", name="Log in").first.click()
    page.wait_for_url("**/")
    return page


def _ask(page: Page) -> None:
    page.goto("/requests/new/")
    page.get_by_role("checkbox", name="ProdMemberWorkGroup").check()
    page.fill("[name=reason]", "Rebuild the index of the orders table")
    page.fill("[name=change_ticket]", "CHG-1203")
    page.get_by_role("button", name="Ask for access").click()
    page.wait_for_url("**/requests/R-*/")


def _approve(page: Page) -> None:
    page.goto("/queue/")
    page.get_by_role("button", name="Approve").first.click()
    expect(page.locator("#said")).to_contain_text("You approved")


def _take(page: Page, name: str) -> None:
    page.wait_for_load_state("networkidle")
    page.screenshot(path=FOLDER / f"{name}.png")


if __name__ == "__main__":
    main()
