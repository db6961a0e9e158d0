"""Which accounts and Regions are read: those of the catalogue and of Identity Center, in each Region that AWS has switched on."""

from datetime import datetime

from pytest_django import Settings

from access_requests.models import Elevation
from audits.inspections import population
from audits.log_ins import extent, knowing, selectors
from audits.models import EnabledRegions, LogIn, LogInClass
from audits.packs.gathering import covering
from tests.worlds import cloudtrail as world
from tests.worlds.log_ins import Keep, read_until, regions_told


def test_account_of_identity_center_is_read_for_who_came_by_it_and_for_nothing_else(
    keep: Keep, elevation: Elevation, now: datetime, settings: Settings
) -> None:
    center = "999999999999"
    settings.AWS_IDENTITY_CENTER_ROLE_ARN = f"arn:aws:iam::{center}:role/sekisho/SekishoIdentityCenterRole"
    knowing.forget()
    known = knowing.known()
    place = known.place(center)
    assert place is not None
    assert (place.is_readable, place.is_home, known.identity_center) == (True, True, center)
    federated = {**world.federated(now, directory_user="user-9"), "recipientAccountId": center}
    own = world.user("local", account=center, user_id="AIDALOCAL00000000000")
    assert keep([federated, world.raw(now, "ListUsers", source="iam", account=center, userIdentity=own)]) == 1
    row = LogIn.objects.get()
    assert (row.way, row.account, row.kind) == ("sso", world.PRODUCTION, LogInClass.NO_LEAVE)


def test_regions_are_those_that_aws_has_switched_on_and_who_does_not_say_is_named(keep: Keep, now: datetime) -> None:
    declared = knowing.known().place(world.PRODUCTION)
    assert declared is not None
    assert "ap-northeast-1" in declared.regions
    told = EnabledRegions.objects.create(account=world.PRODUCTION, regions=["eu-west-1", "us-east-1"], asked_at=now)
    place = knowing.known().place(world.PRODUCTION)
    assert place is not None
    assert place.regions == ("eu-west-1", "us-east-1")
    read_until(now, region="eu-west-1")
    found = selectors.coverage(now=now, accounts=[world.PRODUCTION])
    assert [(one.region, one.problem) for one in found.missing] == [("us-east-1", "")]
    told.problem = "AccessDeniedException"
    told.save()
    found = selectors.coverage(now=now, accounts=[world.PRODUCTION])
    assert [(one.region, one.problem) for one in found.missing] == [("", "AccessDeniedException"), ("us-east-1", "")]


def test_account_whose_regions_aws_never_told_is_read_whole_nowhere_and_named(keep: Keep, now: datetime) -> None:
    regions_told(now)
    denied = {"regions": [], "problem": "AccessDeniedException"}
    EnabledRegions.objects.filter(account=world.PRODUCTION).update(**denied)
    known = knowing.known()
    for place in known.places:
        for region in place.regions:
            read_until(now, account=place.account, region=region)
    assert world.PRODUCTION not in extent.how_far(known)
    unnamed = [one for one in covering.how_far()["places"] if not one["region"]]
    assert [(one["account"], one["ranges"], one["problem"]) for one in unnamed] == [
        (world.PRODUCTION, [], "AccessDeniedException")
    ]
    assert (population.reach().until, "production" in population.reach().unread) == (None, True)
    regions_told(now)
    assert extent.how_far(knowing.known())[world.PRODUCTION] == (now, now)
    assert all(one["region"] for one in covering.how_far()["places"])
    assert population.reach().until == now
