"""A person's own token: it acts for that person alone, within the client's lists, and never longer than it is wanted."""

from datetime import UTC, datetime, timedelta

import pytest
from allauth.idp.oidc.models import Token
from django.db import DatabaseError
from django.db.models import QuerySet
from django.test import Client
from django.utils import timezone

from access_requests.models import AccessRequest, ApiClient, ApprovalPolicy, PersonalToken
from access_requests.services.people import people
from audits.models import TrailEntry
from portal.users.models import User
from portal.verbs.run import run
from tests.stand_ins.bots import ASK, COMMENT, SCOPES, Bot, own_token_of, read, refused, token_of
from tests.worlds.cast import Cast, actor_of
from tests.worlds.story import submitted

pytestmark = pytest.mark.django_db(transaction=True)


def own(person: User, client: ApiClient, *scopes: str) -> Bot:
    return Bot(own_token_of(person, client, *(scopes or SCOPES)), Client(raise_request_exception=False))


def test_token_acts_for_its_own_person_without_a_header(command_line: ApiClient, member01: User) -> None:
    told = read(own(member01, command_line).get("/me"))
    assert told["person"]["username"] == "member01"
    assert told["client"]["key"] == "command-line"
    assert told["token"]["id"] == PersonalToken.objects.get().code


def test_services_token_is_nobodys_own(bot: Bot, member01: User) -> None:
    assert read(bot.get("/me", for_person=member01))["token"] is None


@pytest.mark.parametrize("header", ["slack:U0MEMBER02", "slack:U0MEMBER01", "nonsense"])
def test_token_names_nobody_not_even_its_person(command_line: ApiClient, member01: User, header: str) -> None:
    refused(own(member01, command_line).get("/requests", for_person=header), 403, "not_for_others")


def test_trail_names_the_token_and_how_it_was_allowed(command_line: ApiClient, member01: User) -> None:
    mine = own(member01, command_line)
    made = read(mine.post("/requests", ASK))
    entry = TrailEntry.objects.get(subject=made["id"], act="request.submitted")
    assert (entry.actor, entry.on_behalf_of) == ("client:command-line", "member01")
    proof = entry.data["proof"]
    row = PersonalToken.objects.get()
    assert proof["method"] == "client-assertion"
    assert "identity" not in proof
    assert proof["own_token"] == {"id": row.code, "allowed": {"at": row.allowed_at.isoformat(), "proof": row.proof}}


def test_expired_revoked_and_forged_tokens_are_refused(command_line: ApiClient, member01: User) -> None:
    mine = own(member01, command_line)
    Token.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    refused(mine.get("/me"), 401, "token_unusable")
    Token.objects.update(expires_at=timezone.now() + timedelta(hours=1))
    assert mine.get("/me").status_code == 200
    # A token of a person that nobody is known to have allowed.
    PersonalToken.objects.all().delete()
    refused(mine.get("/me"), 401, "token_unusable")


def test_disabled_person_is_out_at_once_and_comes_back_without_the_token(
    command_line: ApiClient, member01: User, admin01: User
) -> None:
    mine, now = own(member01, command_line), timezone.now()
    User.objects.filter(pk=member01.pk).update(is_active=False)
    refused(mine.get("/me"), 401, "person_disabled")
    User.objects.filter(pk=member01.pk).update(is_active=True)
    run(lambda: people.disable(person=member01, actor=actor_of(admin01), now=now))
    run(lambda: people.enable(person=member01, actor=actor_of(admin01), now=now))
    refused(mine.get("/me"), 401, "token_unusable")
    assert TrailEntry.objects.filter(act="token.revoked", actor="admin01").count() == 1


def test_token_ends_with_the_password_by_which_it_was_allowed(command_line: ApiClient, member01: User, admin01: User) -> None:
    mine, now = own(member01, command_line), timezone.now()
    password, actor = "from Nihonbashi to Kyoto on foot", actor_of(admin01)
    run(lambda: people.set_password(person=member01, password=password, actor=actor, now=now))
    refused(mine.get("/me"), 401, "token_unusable")
    assert TrailEntry.objects.filter(act="token.revoked").count() == 1


def test_token_opens_what_its_scopes_say(command_line: ApiClient, member01: User) -> None:
    mine = own(member01, command_line, "requests:read")
    assert mine.get("/requests").status_code == 200
    assert refused(mine.post("/requests", ASK), 403, "wrong_scope")["data"] == {"scope": "requests:write"}


def test_clients_lists_fence_the_token(command_line: ApiClient, member01: User, member02: User, cast: Cast) -> None:
    mine = own(member01, command_line)
    command_line.work_groups.set([cast.prod_leader])
    refused(mine.post("/requests", ASK), 403, "client_not_allowed")
    command_line.everyone = False
    command_line.save()
    command_line.people.set([member02])
    refused(mine.get("/me"), 403, "client_not_allowed")
    command_line.people.set([member01])
    assert mine.get("/me").status_code == 200
    ApiClient.objects.update(source_addresses=["192.0.2.0/24"])
    refused(mine.get("/me"), 403, "client_not_allowed")


def test_token_of_a_revoked_client_opens_nothing_though_it_were_left(command_line: ApiClient, member01: User) -> None:
    mine = own(member01, command_line)
    ApiClient.objects.update(retired_at=timezone.now())
    refused(mine.get("/me"), 403, "client_not_allowed")


def test_nobody_decides_on_their_own_request(command_line: ApiClient, leader01: User) -> None:
    mine = own(leader01, command_line)
    made = read(mine.post("/requests", ASK))
    refused(mine.post(f"/requests/{made['id']}/approve", COMMENT), 403, "own_request")


def test_decision_takes_a_policy_that_lets_clients_decide(command_line: ApiClient, cast: Cast) -> None:
    request = submitted(cast.member01, now=datetime.now(UTC))
    mine = own(cast.leader01, command_line)
    ApprovalPolicy.objects.update(decide_by=["browser", "chat"])
    refused(mine.post(f"/requests/{request.code}/approve", COMMENT), 403, "decide_in_browser")
    ApprovalPolicy.objects.update(decide_by=["browser", "client"])
    assert mine.post(f"/requests/{request.code}/approve", COMMENT).status_code == 200


def test_two_people_may_ask_and_decide_through_the_same_personal_client(command_line: ApiClient, cast: Cast) -> None:
    made = read(own(cast.member01, command_line).post("/requests", ASK))
    answer = own(cast.leader01, command_line).post(f"/requests/{made['id']}/approve", COMMENT)
    assert read(answer)["state"] == "approved"


def test_two_people_may_not_through_the_same_service(bot: Bot, cast: Cast) -> None:
    made = read(bot.post("/requests", ASK, for_person=cast.member01))
    refused(bot.post(f"/requests/{made['id']}/approve", COMMENT, for_person=cast.leader01), 403, "decide_in_browser")
    assert AccessRequest.objects.get().status == "pending"


def test_keys_of_two_people_are_apart(command_line: ApiClient, cast: Cast) -> None:
    first = own(cast.member01, command_line).post("/requests", ASK, idempotency_key="one")
    again = own(cast.member02, command_line).post("/requests", ASK, idempotency_key="one")
    assert read(first)["requester"]["username"] == "member01"
    assert read(again)["requester"]["username"] == "member02"


def test_use_is_written_once_a_minute_and_never_in_the_way(
    command_line: ApiClient, member01: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = own(member01, command_line)
    assert mine.get("/me").status_code == 200
    first = PersonalToken.objects.get().last_used_at
    assert first is not None
    command_line.refresh_from_db()
    assert command_line.last_used_at is not None
    mine.get("/me")
    assert PersonalToken.objects.get().last_used_at == first
    PersonalToken.objects.update(last_used_at=first - timedelta(minutes=2))
    mine.get("/me")
    assert PersonalToken.objects.filter(last_used_at__gte=first).exists()

    def full(*_args: object, **_fields: object) -> None:
        raise DatabaseError("disk full")

    PersonalToken.objects.update(last_used_at=None)
    monkeypatch.setattr(QuerySet, "update", full)
    assert mine.get("/me").status_code == 200


def test_refused_call_is_no_use(chatbot: ApiClient, bot: Bot, member01: User) -> None:
    refused(bot.get("/me", for_person="slack:U0NOBODY"), 401, "identity_not_linked")
    refused(Bot(token_of(chatbot, "audit:read"), Client()).get("/requests", for_person=member01), 403, "wrong_scope")
    chatbot.refresh_from_db()
    assert chatbot.last_used_at is None
