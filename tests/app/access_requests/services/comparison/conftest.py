"""A row of everything that is compared, written down as an upgrade writes it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from allauth.idp.oidc.models import Client, Token
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group

from access_requests.models import (
    ApiClient,
    ApprovalPolicy,
    AwsAccount,
    Drift,
    IdentityCenterBinding,
    PersonalToken,
    ScimGroup,
    ScimToken,
    ScimUser,
    StandingGroup,
    WebhookEndpoint,
    WorkGroup,
)
from portal.users.models import FactorReset, HeldRole, User
from tests.worlds.cast import Cast, identity_center_user_id
from tests.worlds.clock import Clock
from tests.worlds.factors import factor
from tests.worlds.inspections import planned
from tests.worlds.story import approved, elevated, extension_asked, submitted
from tests.worlds.told import write_down


@pytest.fixture
def everything(cast: Cast, clock: Clock) -> Cast:
    now = clock.now
    cast.prod_leader.everyone_may_request = False
    cast.prod_leader.save()
    cast.prod_leader.requesters.set([cast.member01, cast.member02])
    elevation = elevated(cast.member01, cast.leader01, now=now)
    extension_asked(elevation, cast.member01, ends_at=elevation.ends_at + timedelta(minutes=30), now=now)
    asked = submitted(cast.member02, now=now, work_groups=["ProdLeaderWorkGroup"])
    approved(asked, cast.leader02, now=now)
    planned("leader01", now=now)
    _let_programs_in(cast, now)
    _provision(cast, now)
    IdentityCenterBinding.objects.create(
        person=cast.member01, user_name="member01", user_id=identity_center_user_id("member01"), bound_at=now
    )
    HeldRole.objects.create(person=cast.leader01, role="lead", source="login:okta", since=now, confirmed_at=now)
    # What somebody else could point a row to.
    User.objects.create(username="newcomer")
    Client.objects.create(id="spare", name="spare")
    spare = ApprovalPolicy.objects.create(
        key="spare", shortest_minutes=1, longest_minutes=2, decision_minutes=3, decide_by=[], retired_at=now
    )
    AwsAccount.objects.create(key="spare", account_id="000000000000", name="Spare", kind="billing")
    WorkGroup.objects.create(name="Spare", policy=spare, retired_at=now)
    Group.objects.create(name="of Django")
    Drift.objects.create(
        kind="unexplained_member",
        account="jump",
        thing="ProdMemberWorkGroup",
        name="member02",
        work_group=cast.prod_member,
        elevation=elevation,
        detail={"members": ["member02"]},
        event={"eventName": "AddUserToGroup", "sourceIPAddress": "192.0.2.7"},
        principal="arn:aws:iam::111111111111:user/root02",
        found_at=now,
        seen_at=now,
    )
    _enrol(cast, now)
    write_down(now=now)
    return cast


def _enrol(cast: Cast, now: datetime) -> None:
    factor(cast.member01, name="YubiKey")
    Authenticator.objects.create(user=cast.member02, type="totp", data={})
    FactorReset.objects.create(
        person=cast.member02, proposed_by="admin01", reason="lost", proposed_at=now, good_until=now + timedelta(hours=1)
    )


def _let_programs_in(cast: Cast, now: datetime) -> None:
    for key, kind in (("bot", "service"), ("scripts", "personal")):
        oauth = Client(id=f"{key}-id", name=key, grant_types="client_credentials", scopes="requests:read")
        oauth.default_scopes = "requests:read"
        if kind == "personal":
            oauth.type, oauth.secret, oauth.grant_types = "public", "", "urn:ietf:params:oauth:grant-type:device_code"
        else:
            oauth.set_secret("a secret of 256 bits, it is said")
        oauth.save()
        client = ApiClient.objects.create(key=key, kind=kind, oauth_client=oauth, source_addresses=["192.0.2.0/24"])
        client.people.set([cast.member01])
        client.work_groups.set([cast.prod_member])
        client.owners.set([cast.admin01])
    token = Token(client=oauth, user=cast.member01, type="at", scopes="requests:read", expires_at=now.replace(year=2100))
    token.set_value("the value of a token")
    token.save()
    common: dict[str, Any] = {"person": cast.member01, "client": client, "scopes": ["requests:read"], "allowed_at": now}
    proof = {"method": "password", "identity": "slack:U0MEMBER01"}
    PersonalToken.objects.create(device_code_digest="a" * 64, proof=proof, token=token, asked_from="192.0.2.1", **common)
    PersonalToken.objects.create(device_code_digest="b" * 64, proof=proof, asked_from="192.0.2.2", **common)
    hook = WebhookEndpoint.objects.create(
        name="SIEM",
        url="https://siem.example.com/secret/path",
        secret="sealed",
        previous_secret="sealed before",
        previous_until=now,
        acts=["request.submitted"],
        language="en",
        made_by="admin01",
        made_at=now,
    )
    hook.work_groups.set([cast.prod_member])


def _provision(cast: Cast, now: datetime) -> None:
    user = ScimUser.objects.create(
        provider="okta",
        person=cast.member02,
        user_name="Kenta@example.com",
        user_name_key="kenta@example.com",
        external_id="ext-2",
        attributes={"displayName": "健太", "name": {"familyName": "鈴木"}, "emails": [{"value": "kenta@example.com"}]},
        created_at=now,
        modified_at=now,
    )
    group = ScimGroup.objects.create(
        provider="okta", display_name="Leads", name_key="leads", external_id="g-1", created_at=now, modified_at=now
    )
    group.members.set([user])
    ScimToken.objects.create(provider="okta", digest="c" * 64, made_by="admin01", made_at=now)
    StandingGroup.objects.create(name="Nobody")
