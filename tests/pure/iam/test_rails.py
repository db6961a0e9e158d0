"""Guard rails as data: what each denies and spares, in whom it is, and how they are packed."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from portal.iam import boundaries, contexts
from portal.iam.evaluation import Decision, evaluate
from portal.iam.principals import Call, Policy, Principal
from portal.iam.rails import packing, placing
from portal.iam.rails.packing import DoesNotFit
from portal.iam.rails.placing import Exemption, Guarded
from portal.iam.rails.rail import FORMS, Expected, Place, Rail, named, rails
from tests.structure import rails_page

ACCOUNT = "111111111111"
SPARED = f"arn:aws:iam::{ACCOUNT}:user/sealed"
READER = "arn:aws:iam::444444444444:role/Prod_ReadOnlyRole"
PLACE = Place(account=ACCOUNT, roles=(READER,), spared=(SPARED,))
AT = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
GROUP = Guarded(name="MemberGroup", account="jump", kind="jump", is_role=False)
ROLE = Guarded(name="Prod_MemberRole", account="production", kind="production", is_role=True)
DENIED = [(rail.sid, expected) for rail in rails() for expected in rail.denies]
SPARED_CALLS = [(rail.sid, expected) for rail in rails() for expected in rail.spares]


def _decided(rail: Rail, expected: Expected, user: str = "member01") -> Decision:
    document = packing.document(*rail.statements(expected.form, PLACE))
    policies = (Policy(name="everything", document=EVERYTHING), Policy(name="rail", document=document))
    arn = f"arn:aws:iam::{ACCOUNT}:user/{user}"
    keys = contexts.of_user(arn=arn, user_id="AIDA0000000000000001", user_name=user, at=AT, mfa=expected.mfa)
    (resource,) = PLACE.arns(expected.resource)
    call = Call(action=expected.action, resource=resource, context=keys)
    return evaluate(Principal(arn=arn, account_id=ACCOUNT, policies=policies), call).decision


@pytest.mark.parametrize(("sid", "expected"), DENIED, ids=str)
def test_rail_denies_explicitly_what_its_file_says(sid: str, expected: Expected) -> None:
    assert _decided(named(sid), expected) is Decision.EXPLICIT_DENY


@pytest.mark.parametrize(("sid", "expected"), SPARED_CALLS, ids=str)
def test_rail_leaves_alone_what_its_file_says(sid: str, expected: Expected) -> None:
    assert _decided(named(sid), expected) is Decision.ALLOWED


def test_sealed_user_may_do_what_others_may_not() -> None:
    rail = named("DenyOtherIdentities")
    assert _decided(rail, rail.denies[0], user="sealed") is Decision.ALLOWED


def test_each_rail_is_told_of_in_both_languages_and_says_what_it_misses() -> None:
    for rail in rails():
        for words in (rail.name, rail.why, *rail.misses):
            assert set(words) == {"en", "ja"}, rail.sid
            assert all(text.strip() == text and text for text in words.values()), rail.sid
        assert all((rail.misses, rail.denies, rail.spares)), rail.sid
        assert set(rail.forms) <= set(FORMS)


def test_each_file_is_a_rail() -> None:
    folder = Path(placing.__file__).parent
    assert len(list(folder.glob("*.yaml"))) == len(rails()) == len({rail.sid for rail in rails()})


@pytest.mark.parametrize("sid", ["DenyS3Download", "DenyS3Delete", "DenyIamChanges"])
def test_what_would_stop_applications_is_no_policy_of_the_organisation(sid: str) -> None:
    assert not {"scp", "rcp", "boundary"} & set(named(sid).forms)


def _sids(guarded: Guarded, *exemptions: Exemption, today: date = TODAY) -> list[str]:
    return [rail.sid for rail in placing.held_by(guarded, exemptions=exemptions, today=today)]


def test_rails_hold_by_kind_of_account_and_by_group_or_role() -> None:
    assert "DenyPortalForgery" in _sids(GROUP)
    assert "DenyWaysOut" not in _sids(GROUP)
    assert {"DenyWaysOut", "DenyIamChanges"} <= set(_sids(ROLE))
    assert "DenyPortalForgery" not in _sids(ROLE)
    development = Guarded(name="Dev_MemberRole", account="development", kind="development", is_role=True)
    assert "DenyIamChanges" not in _sids(development)


def test_exception_is_over_on_the_day_after_its_last() -> None:
    last = Exemption(rail="DenyBilling", account="production", who=ROLE.name, why="-", owner="finance", until=TODAY)
    assert "DenyBilling" not in _sids(ROLE, last)
    assert "DenyBilling" in _sids(ROLE, last, today=date(2026, 11, 24))
    other = Exemption(rail="DenyBilling", account="staging", who=ROLE.name, why="-", owner="finance", until=TODAY)
    assert "DenyBilling" in _sids(ROLE, other)


def test_packs_are_named_by_what_is_missing_and_fit_twice() -> None:
    spared = Exemption(rail="DenyIamChanges", account="jump", who="JumpAdminGroup", why="-", owner="platform", until=TODAY)
    admins = Guarded(name="JumpAdminGroup", account="jump", kind="jump", is_role=False)
    packs = placing.packs([GROUP, admins], exemptions=[spared], today=TODAY, place=PLACE)
    assert packs.attached["MemberGroup"][0] == "SekishoRails1"
    assert packs.attached["JumpAdminGroup"][0] == "SekishoRailsWithoutIamChanges1"
    assert all(len(names) <= packing.MOST_POLICIES for names in packs.attached.values())
    assert all(packing.measured(policy) <= packing.MANAGED_SIZE for policy in packs.policies.values())
    sids = [statement["Sid"] for name in packs.attached["MemberGroup"] for statement in _statements(packs.policies[name])]
    assert len(sids) == len(set(sids))


def test_account_with_a_smaller_quota_is_told_that_they_do_not_fit() -> None:
    with pytest.raises(DoesNotFit):
        placing.packs([GROUP], exemptions=[], today=TODAY, place=PLACE, size=2_000)
    with pytest.raises(DoesNotFit):
        packing.packed([{"Sid": "Large", "Effect": "Deny", "Action": ["x" * 300], "Resource": "*"}], size=200)


def test_every_boundary_fits_and_ends_with_the_denies_of_the_rails() -> None:
    for name, of in boundaries.BY_NAME.items():
        document = of("444444444444")
        assert packing.measured(document) <= packing.MANAGED_SIZE, name
        denied = [statement["Sid"] for statement in _statements(document) if statement["Effect"] == "Deny"]
        assert denied == [statement["Sid"] for statement in placing.of_boundary(PLACE)]


def test_file_that_administrators_are_given_is_the_boundary_of_work_roles_for_any_account() -> None:
    file = Path(boundaries.__file__).parents[1] / "aws" / "policies" / "work-role-boundary.json"
    assert json.loads(file.read_text()) == boundaries.work("*")


def test_page_of_the_documentation_is_what_the_data_says() -> None:
    """Written by `python -m tests.structure.rails_page`."""
    assert rails_page.PAGE.read_text() == rails_page.markdown()


def test_rcp_lets_services_alone_into_roles_of_applications() -> None:
    (statement,) = placing.of_organisation("rcp", PLACE)
    assert statement["Principal"] == "*"
    assert statement["Resource"] == "arn:aws:iam::*:role/app/*"


def _statements(document: Any) -> list[dict[str, Any]]:
    return list(document["Statement"])
