"""A directory deactivates somebody who is in production: out of AWS, and nobody at each door, all of it told."""

import pytest
from django.test import Client
from django.utils import timezone

from access_requests.models import Elevation
from access_requests.services import sweep
from audits.models import TrailEntry
from portal.users.models import LinkedIdentity
from tests.app.access_requests.scim.conftest import Directory
from tests.stand_ins.bots import SCOPES, Bot, make_personal_client, own_token_of, refused
from tests.worlds.browsers import logged_in
from tests.worlds.jump import MEMBER_GROUP, Jump, ended, granted
from tests.worlds.story import elevated

pytestmark = pytest.mark.django_db(transaction=True)


def test_who_is_deactivated_is_out_of_production_and_nobody_at_once(jump: Jump, company: Directory) -> None:
    member = jump.cast.member01
    LinkedIdentity.objects.create(person=member, provider="login:company", external_id="of-member01", verified_at=timezone.now())
    said = {"userName": "member01@example.com", "externalId": "of-member01"}
    made = company.made("/Users", said)
    browser = logged_in(member)
    program = Bot(own_token_of(member, make_personal_client("scripts", jump.cast), *SCOPES), Client())
    elevation = granted(elevated(member, jump.cast.leader01, now=jump.clock.now))
    assert (elevation.status, jump.members(MEMBER_GROUP)) == ("active", {"member01"})

    company.patched(f"/Users/{made['id']}", {"op": "Replace", "path": "active", "value": "False"})

    assert Elevation.objects.get().status == "revoking"
    assert elevation.pk in {pk for _task, pk in sweep.due_ends(now=jump.clock.now)}
    assert browser.get("/")["Location"].startswith("/accounts/login/")
    refused(program.get("/me"), 401, "token_unusable")
    assert ended(elevation).status == "ended"
    assert jump.members(MEMBER_GROUP) == set()
    told = logged_in(jump.cast.leader01).get(f"/requests/{elevation.request.code}/").content.decode()
    assert "provider:company" in told
    begun = TrailEntry.objects.get(act="elevation.revoking")
    assert (begun.actor, begun.data["door"]) == ("provider:company", "directory")
