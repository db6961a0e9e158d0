"""The pages on which people link and unlink who they are in Slack, as they are seen."""

import pytest

from tests.journeys.conftest import Travel
from tests.worlds.cast import Cast


@pytest.mark.parametrize(
    ("language", "phone", "dark"), [("en", False, False), pytest.param("ja", True, True, marks=pytest.mark.exhaustive)]
)
def test_linking_and_unlinking(
    cast: Cast,
    transactional_db: None,
    travel: Travel,
    language: str,
    phone: bool,  # noqa: FBT001
    dark: bool,  # noqa: FBT001
) -> None:
    person = travel("member01", language=language, phone=phone, dark=dark)
    person.page.goto("/me/")
    person.look("me-linked")
    person.page.goto("/me/slack/unlink/")
    person.look("me-unlink")
    person.press("Unlink")
    person.look("me-unlinked")
    person.press("Link Slack")
    person.look("me-code")
    assert "/prod link " in person.page.inner_text("main")
