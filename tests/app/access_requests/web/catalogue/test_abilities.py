"""What a role can do, on the pages on which people ask and decide."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from access_requests.models import RoleAbilities, TargetRole
from access_requests.selectors import abilities as selectors
from access_requests.web.catalogue.abilities import QUESTIONS, ShownAbilities
from portal.iam import questions
from tests.app.access_requests.web.conftest import Browse, laid_out
from tests.worlds.cast import Cast, let_portal_in
from tests.worlds.clock import Clock
from tests.worlds.story import submitted

DOCUMENT = {"Sid": "Read", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::prod-<data>/*"}
MAY = {
    "question": "read_objects",
    "verdict": "may",
    "call": "s3:GetObject",
    "thing": "arn:aws:s3:::prod-<data>/*",
    "policy": "role Prod_MemberRole: Work",
    "statement": "Read",
    "document": DOCUMENT,
    "why": [],
}
SHUT = {
    "question": "change_iam",
    "verdict": "may_not",
    "call": "iam:CreateRole",
    "policy": "boundary of role Prod_MemberRole: Limit",
}
DENIED = {"question": "delete_data", "verdict": "may_not", "policy": "role Prod_MemberRole: Rails", "statement": "NoDelete"}
NOTHING = {"question": "spend_money", "verdict": "may_not", "call": "savingsplans:CreateSavingsPlan"}
DEPENDS = {
    "question": "run_commands",
    "verdict": "unknown",
    "call": "ssm:StartSession",
    "why": ["role Prod_MemberRole: Work #2: ssm:resourcetag/env of the call"],
}
DECIDED = {
    "read_objects": "role Prod_MemberRole: Work (Read)",
    "delete_data": "role Prod_MemberRole: Rails (NoDelete)",
    "change_iam": "the boundary Limit of the role Prod_MemberRole does not allow it",
    "spend_money": "no policy allows it",
    "run_commands": "role Prod_MemberRole: Work #2 asks for ssm:resourcetag/env, which is known once the call is made",
}


ROLE = "/catalogue/roles/production/Prod_MemberRole/"


@pytest.fixture
def evaluated(cast: Cast, clock: Clock) -> RoleAbilities:
    let_portal_in(cast.production)
    return RoleAbilities.objects.create(
        role=TargetRole.objects.get(name="Prod_MemberRole"),
        fingerprint="0" * 64,
        answers=[MAY, SHUT, DENIED, NOTHING, DEPENDS],
        policies=["role Prod_MemberRole: Work", "role Prod_MemberRole: Rails"],
        boundary="boundary of role Prod_MemberRole: Limit",
        read_at=clock.now,
    )


def page_of(browse: Browse, cast: Cast, address: str, who: str = "member01") -> str:
    return laid_out(browse(getattr(cast, who)).get(address))


def test_every_question_has_its_words() -> None:
    assert list(QUESTIONS) == list(questions.QUESTIONS)


def test_each_answer_says_what_decided(evaluated: RoleAbilities) -> None:
    shown = ShownAbilities(abilities=selectors.of_role(evaluated.role))
    with translation.override("en"):
        said = {each.answer.question: each.decided for each in shown.answers}
    assert {question: said[question] for question in DECIDED} == DECIDED


def test_line_names_what_it_may_first_and_what_is_not_known_before_what_it_may_not(
    cast: Cast, browse: Browse, evaluated: RoleAbilities
) -> None:
    page = page_of(browse, cast, "/catalogue/")
    may = page.index("<strong>May:</strong> read customers&#x27; objects in S3<")
    unknown = page.index("<strong>Not known:</strong> read records in databases, ")
    assert may < unknown < page.index("<strong>May not:</strong> delete data, change IAM, buy and pay<")


def test_policies_and_the_statement_are_behind_it_as_text(cast: Cast, browse: Browse, evaluated: RoleAbilities) -> None:
    page = page_of(browse, cast, ROLE)
    for fact in (
        "role Prod_MemberRole: Work (Read)",
        "prod-&lt;data&gt;",
        "role Prod_MemberRole: Rails",
        "boundary of role Prod_MemberRole: Limit",
        "as AWS showed them <time",
    ):
        assert fact in page, fact
    assert "<data>" not in page


def test_form_card_and_request_show_it(cast: Cast, browse: Browse, clock: Clock, evaluated: RoleAbilities) -> None:
    made = submitted(cast.member01, now=clock.now)
    for who, address in (("member01", "/requests/new/"), ("leader01", "/queue/"), ("leader01", f"/requests/{made.code}/")):
        page = page_of(browse, cast, address, who)
        assert "<strong>May:</strong> read customers&#x27; objects in S3<" in page, address


def test_no_page_evaluates(
    cast: Cast, browse: Browse, clock: Clock, evaluated: RoleAbilities, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = submitted(cast.member01, now=clock.now)
    monkeypatch.setattr("portal.iam.asking.evaluate", None)
    monkeypatch.setattr("portal.iam.switch.evaluate", None)
    for who, address in (
        *(("member01", "/catalogue/"), ("member01", "/requests/new/")),
        *(("leader01", "/queue/"), ("leader01", f"/requests/{made.code}/")),
    ):
        assert "<strong>May:</strong>" in page_of(browse, cast, address, who), address


def test_role_that_was_never_read_is_not_known(cast: Cast, browse: Browse) -> None:
    page = page_of(browse, cast, "/catalogue/")
    assert "Not known: the portal has no role in the account with which to read its policies." in page
    assert "<strong>May:</strong>" not in page
    let_portal_in(cast.production)
    assert "Not known: the next comparison with AWS evaluates it." in page_of(browse, cast, "/catalogue/")


def test_what_a_role_can_do_is_no_part_of_what_is_approved(
    cast: Cast, browse: Browse, clock: Clock, evaluated: RoleAbilities
) -> None:
    made = submitted(cast.member01, now=clock.now)
    client = browse(cast.leader01)
    seen = client.get(f"/requests/{made.code}/").context["item"].form["seen"].value()
    RoleAbilities.objects.update(answers=[{**MAY, "verdict": "may_not"}])
    client.post(f"/requests/{made.code}/approve/", {"seen": seen, "comment": ""})
    made.refresh_from_db()
    assert made.status == "approved"


@pytest.mark.parametrize(
    ("who", "address"), [("member01", "/catalogue/"), ("member01", "/requests/new/"), ("leader01", "/queue/")]
)
def test_pages_read_it_together_with_the_roles(cast: Cast, browse: Browse, clock: Clock, who: str, address: str) -> None:
    submitted(cast.member01, now=clock.now)
    client = browse(getattr(cast, who))
    client.get(address)
    with CaptureQueriesContext(connection) as of_none:
        client.get(address)
    for role in TargetRole.objects.all():
        RoleAbilities.objects.create(role=role, fingerprint="0" * 64, answers=[MAY], read_at=clock.now)
    with CaptureQueriesContext(connection) as of_all:
        client.get(address)
    assert len(of_all) == len(of_none)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_words_are_said_in_the_readers_language(cast: Cast, browse: Browse, evaluated: RoleAbilities, language: str) -> None:
    with translation.override(language):
        words = str(QUESTIONS["read_objects"])
    page = laid_out(browse(cast.member01, language=language).get("/catalogue/"))
    assert words.replace("'", "&#x27;") in page


def test_answers_are_one_click_away_from_where_people_ask_and_decide(
    cast: Cast, browse: Browse, clock: Clock, evaluated: RoleAbilities
) -> None:
    made = submitted(cast.member01, now=clock.now)
    for who, address in (
        *(("member01", "/catalogue/"), ("member01", "/requests/new/")),
        *(("leader01", "/queue/"), ("leader01", f"/requests/{made.code}/")),
    ):
        assert f'<a href="{ROLE}">' in page_of(browse, cast, address, who), address


@pytest.mark.parametrize("address", ["/catalogue/roles/jump/Prod_MemberRole/", "/catalogue/roles/production/Nobody/"])
def test_role_that_is_not_there_is_not_found(cast: Cast, browse: Browse, address: str) -> None:
    assert browse(cast.member01).get(address).status_code == 404
