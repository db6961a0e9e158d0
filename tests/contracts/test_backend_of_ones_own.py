"""A fifth backend, from its package and one line of settings alone: what the portal does with it, says of it and finds."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from access_requests import tasks
from access_requests.grants.registry import backend_of
from access_requests.models import BackendHealth, WorkGroup
from access_requests.services import catalogue
from access_requests.services.catalogue import checking
from access_requests.services.elevations import provision
from portal.iam.fences import iso
from portal.users.models import User
from tests.stand_ins.bots import Bot, make_client, read, token_of
from tests.stand_ins.by_tag.words import WORDS
from tests.worlds.gated import Gated
from tests.worlds.jump import MEMBER_GROUP, MEMBER_ROLE, MEMBER_TAG, ended, granted
from tests.worlds.story import approved, elevated, extension_asked, returned, submitted
from tests.worlds.tagged import ALIAS, KEY

DEMO = (Path(__file__).parents[2] / "portal/demo/catalogue.yaml").read_text()


def page(person: User, path: str) -> str:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person)
    response = client.get(path)
    assert response.status_code == 200, path
    return response.content.decode()


def call(world: Gated, path: str) -> Any:
    client = make_client(path.strip("/").replace("/", "-").lower(), world.jump.cast)
    return read(Bot(token_of(client, "requests:read"), Client()).get(path, for_person=world.jump.cast.member01))


def test_access_is_given_prolonged_and_ended_with_fence_and_gate_before_and_behind(tagged: Gated) -> None:
    jump, cast = tagged.jump, tagged.jump.cast
    elevation = granted(elevated(cast.member01, cast.leader01, now=jump.clock.now))
    assert (elevation.status, elevation.problem) == ("active", "")
    assert set(jump.tags()) >= {KEY, MEMBER_TAG}
    assert jump.fence() == jump.tags()[MEMBER_TAG] == iso(elevation.ends_at)
    assert tagged.until() == elevation.ends_at
    later = elevation.ends_at + timedelta(minutes=30)
    approved(extension_asked(elevation, cast.member01, ends_at=later, now=jump.clock.now), cast.leader01, now=jump.clock.now)
    provision.prolong(elevation.pk)
    assert jump.fence() == jump.tags()[MEMBER_TAG] == iso(later)
    returned(elevation, cast.member01, now=jump.clock.now)
    assert ended(elevation).status == "ended"
    assert not {KEY, MEMBER_TAG} & set(jump.tags())
    assert tagged.until() is None


def test_pages_say_how_it_grants_and_what_ends_by_itself(tagged: Gated) -> None:
    jump, cast = tagged.jump, tagged.jump.cast
    waiting = submitted(cast.member01, now=jump.clock.now)
    assert f"Granted by {WORDS.name}" in page(cast.leader01, f"/requests/{waiting.code}/")
    for words in (WORDS.name, WORDS.how, WORDS.end):
        assert str(words) in page(cast.member01, "/catalogue/"), words
    approved(waiting, cast.leader01, now=jump.clock.now)
    elevation = granted(waiting.elevations.get())
    shown = page(cast.member01, f"/elevations/{elevation.code}/")
    for words in (WORDS.name, WORDS.end, "AWS itself ends this at", "No new switch after", "Switch role"):
        assert str(words) in shown, words
    assert "Prod_MemberRole" in page(cast.auditor01, "/matrix/")


def test_api_tells_the_group_and_the_way_in(tagged: Gated) -> None:
    jump, cast = tagged.jump, tagged.jump.cast
    elevation = granted(elevated(cast.member01, cast.leader01, now=jump.clock.now))
    (group,) = [one for one in call(tagged, "/work-groups")["items"] if one["name"] == MEMBER_GROUP]
    assert (group["session_minutes"], group["target_roles"][0]["name"]) == (None, MEMBER_ROLE)
    shown = call(tagged, f"/elevations/{elevation.code}")
    (switch,) = shown["details"]["switch_roles"]
    assert (shown["state"], switch["role_arn"].rpartition("/")[2]) == ("active", MEMBER_ROLE)
    assert shown["details"]["aws"]["membership"] is True


def test_health_is_asked_of_it_and_told_in_its_own_words(tagged: Gated) -> None:
    cast, iam = tagged.jump.cast, tagged.jump.iam
    tasks.probe_backends()
    row = BackendHealth.objects.get(alias=ALIAS)
    assert (row.ok, row.results["missing"]) == (True, [])
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "iam:ListUserTags", "Resource": "*"}]}
    name = row.identity.rpartition("/")[2]
    iam.put_user_policy(UserName=name, PolicyName="Deny", PolicyDocument=json.dumps(document))
    tasks.probe_backends()
    row.refresh_from_db()
    assert [(one["what"], one["problem"]) for one in row.results["missing"]] == [("iam:ListUserTags", "call_denied")]
    shown = page(cast.admin01, "/backends/")
    for words in (WORDS.name, f"<code>{ALIAS}</code>", WORDS.how, WORDS.to_do["call_denied"]):
        assert str(words) in shown, words


def test_what_is_in_its_way_is_said_in_its_own_words(tagged: Gated) -> None:
    jump, cast = tagged.jump, tagged.jump.cast
    elevation = elevated(cast.member01, cast.leader01, now=jump.clock.now)
    jump.proxy.refuse("TagUser", status=409, code="TagPolicyViolation", times=None)
    assert granted(elevation).problem_at_end == "TagPolicyViolation"
    assert str(WORDS.problems["TagPolicyViolation"]) in page(cast.member01, f"/elevations/{elevation.code}/")


@pytest.mark.usefixtures("tagged")
def test_file_of_the_catalogue_may_name_it() -> None:
    group = "  ProdMemberWorkGroup:\n"
    assert DEMO.count(group) == 1
    wanted = catalogue.read(DEMO.replace(group, f"{group}    backend: {ALIAS}\n").encode())
    checking.check(wanted)
    assert wanted.state.work_groups[MEMBER_GROUP].backend == ALIAS
    assert WorkGroup.objects.get(name=MEMBER_GROUP).backend == ALIAS
    assert backend_of(ALIAS).words is WORDS
