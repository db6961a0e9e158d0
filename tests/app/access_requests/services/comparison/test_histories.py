"""Random histories of people, programs and the catalogue beside accesses, with a database that fails now and then.

After each step the trail tells what the tables say, and of everybody what the fold of all of it would: who could do what. A row
that is changed behind the portal's back, any field of it, is found by the next comparison.
"""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import pytest
from allauth.core.context import request_context
from django.test import RequestFactory
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as of_hypothesis
from hypothesis import strategies as st
from pytest_django import Settings

from access_requests.grants.contract import Principal
from access_requests.grants.identity_center import IdentityCenterUser
from access_requests.models import ApiClient, Drift, DriftKind, Elevation, KeptIn, TargetRole, WebhookEndpoint
from access_requests.selectors.personal_tokens import of_person
from access_requests.services.catalogue import current
from access_requests.services.catalogue.kinds.role import Role
from access_requests.services.catalogue.kinds.standing_group import StandingGroup
from access_requests.services.drift import recording
from access_requests.services.elevations import target_roles
from access_requests.services.notices.webhooks import keeping
from access_requests.services.notices.webhooks.keeping import Wishes
from access_requests.services.people import arriving, clients, device_codes, identities, people, personal_tokens
from access_requests.services.people.clients import EVERYONE, Terms
from access_requests.services.people.people import Profile
from audits.acts import Act
from portal.aws.directory import IamRole, IamUser
from portal.users.models import LinkedIdentity, User
from portal.verbs.actor import WORKER
from portal.verbs.rejections import Rejection
from portal.verbs.run import run
from tests.worlds.cast import Cast, actor_of, iam_user_id
from tests.worlds.clock import Clock
from tests.worlds.history import PEOPLE, STEPS, TROUBLE, History, Step, step
from tests.worlds.providers import arrival, oidc
from tests.worlds.story import approved, returned, submitted, taken_for_given
from tests.worlds.trouble import Away, away_at

WHO = st.sampled_from(PEOPLE)
NAMES = st.sampled_from(("ProdMemberWorkGroup", "ProdLeaderWorkGroup"))
KEYS = st.sampled_from(("bot", "scripts"))
REQUESTERS = st.sampled_from((EVERYONE, ["member01"], ["@engineer", "@lead"]))
LISTED = st.sampled_from((EVERYONE, ["member01"], ["member02", "leader01"]))
SCOPES = st.sampled_from((["requests:read"], ["requests:read", "requests:write"]))
# As a file says them.
ROLE = Role.model_construct(level="member", policies=None, arn=None, role_id=None)
GROUP = StandingGroup.model_construct(target_roles=["production/Extra"], description="")
USERS = {Principal.IAM_USER: IamUser, Principal.IDENTITY_CENTER_USER: IdentityCenterUser}
# Steps of a history.
LONG = 25
STRANGER = {"kind": DriftKind.UNEXPLAINED_MEMBER, "account": "jump", "thing": "ProdMemberWorkGroup", "name": "stranger"}
PROVIDER = oidc(roles={"lead": ["leads"], "administrator": ["admins"]})


class Histories(History):
    """What people, programs and workers do."""

    # People

    @step(who=WHO, said=st.fixed_dictionaries({"administrator": st.booleans(), "auditor": st.booleans()}), trouble=TROUBLE)
    def say(self, who: str, said: dict[str, bool], trouble: int) -> None:
        """Somebody new, or what administrators say of somebody who is there."""
        person = User.objects.filter(username=who).first()
        groups = ["MemberGroup"] if said["auditor"] else []
        profile = Profile(
            name=f"{who} {next(self.numbers)}",
            identities={"email": f"{who}@example.com"},
            standing_groups=groups,
            administrator=said["administrator"],
            auditor=said["auditor"],
        )
        of = {"person": person} if person else {"username": who}
        self.do(partial(people.change if person else people.add, profile=profile, **of), trouble)

    @step(who=WHO, verb=st.sampled_from((people.disable, people.enable)), trouble=TROUBLE)
    def shut_out_or_let_in(self, who: str, verb: Callable[..., Any], trouble: int) -> None:
        self.do_with(who, verb, trouble)

    @step(who=WHO, principal=st.sampled_from(Principal), trouble=TROUBLE)
    def bind_or_unbind(self, who: str, principal: Principal, trouble: int) -> None:
        person = User.objects.filter(username=who).first()
        field = "iam_user" if principal == Principal.IAM_USER else "identity_center_user"
        if person is None or hasattr(person, field):
            self.do_with(who, partial(people.unbind, principal=principal), trouble)
        else:
            user = USERS[principal](name=who, user_id=iam_user_id(f"{who} {next(self.numbers)}"))
            self.do_with(who, partial(people.bind, principal=principal, user=user), trouble)

    @step(who=WHO, trouble=TROUBLE)
    def set_password(self, who: str, trouble: int) -> None:
        self.do_with(who, partial(people.set_password, password=f"from Hakone to Edo, {next(self.numbers)}"), trouble)

    @step(who=WHO, trouble=TROUBLE)
    def link_or_unlink(self, who: str, trouble: int) -> None:
        if LinkedIdentity.objects.filter(person__username=who, provider="slack").exists():
            self.do_with(who, partial(identities.unlink, provider="slack"), trouble)
            return
        person = User.objects.filter(username=who).first()
        with suppress(Rejection, Away), away_at(trouble):
            if person is not None:
                code = run(lambda: identities.make_code(person=person, actor=actor_of(person), now=self.clock.now))
                said = {"method": "slack-signature", "identity": f"slack:U1{who.upper()}"}
                identities.link(code=code, provider="slack", external_id=f"U1{who.upper()}", proof=said, now=self.clock.now)

    @step(groups=st.sets(st.sampled_from(("leads", "admins"))), trouble=TROUBLE)
    def arrive(self, groups: set[str], trouble: int) -> None:
        """A provider of log-in brings somebody, and says what they are."""
        said = arrival(PROVIDER, groups=frozenset(groups))
        self.attempt(lambda: arriving.arrive(arrival=said, now=self.clock.now), trouble)

    # Programs

    @step(key=KEYS, listed=LISTED, scopes=SCOPES, trouble=TROUBLE)
    def keep_client(self, key: str, listed: Any, scopes: list[str], trouble: int) -> None:
        client, addresses = ApiClient.objects.filter(key=key).first(), ["192.0.2.0/24"]
        terms = Terms(name=key, scopes=scopes, people=listed, work_groups=[], source_addresses=addresses)
        if client is None:
            kind = "personal" if key == "scripts" else "service"
            self.do(partial(clients.add, key=key, client_id=key, kind=kind, terms=terms, kept_in=KeptIn.BROWSER), trouble)
        else:
            self.do(partial(clients.change, client=client, terms=terms, kept_in=KeptIn.BROWSER), trouble)

    @step(key=KEYS, verb=st.sampled_from((clients.rotate_secret, clients.revoke, clients.bring_back)), trouble=TROUBLE)
    def turn_client(self, key: str, verb: Callable[..., Any], trouble: int) -> None:
        if (client := ApiClient.objects.filter(key=key).first()) is not None:
            self.do(partial(verb, client=client), trouble)

    @step(who=WHO, collects=st.booleans(), trouble=TROUBLE)
    def allow_own_token(self, who: str, collects: bool, trouble: int) -> None:  # noqa: FBT001
        if not ApiClient.objects.filter(key="scripts").exists():
            self.keep_client("scripts", EVERYONE, ["requests:read"], 0)
        client, person = ApiClient.objects.get(key="scripts"), User.objects.filter(username=who).first()
        if person is None:
            return
        with request_context(RequestFactory().post("/")):
            given = device_codes.begin(client=client, scopes=["requests:read"], address="192.0.2.1", now=self.clock.now)
        asked = device_codes.find(given.user_code)
        if asked is None:
            return
        self.attempt(lambda: personal_tokens.allow(asked=asked, actor=actor_of(person), now=self.clock.now), trouble)
        if collects:
            collect = partial(personal_tokens.collect, device_code=asked.device_code, address="192.0.2.1")
            self.attempt(lambda: collect(now=self.clock.now), trouble)

    @step(who=WHO, trouble=TROUBLE)
    def end_own_tokens(self, who: str, trouble: int) -> None:
        if (person := User.objects.filter(username=who).first()) is not None:
            self.do(partial(personal_tokens.revoke, rows=of_person(person)), trouble)

    @step(verb=st.sampled_from(("change", "rotate", "disable", "enable", "delete")), trouble=TROUBLE)
    def keep_webhook(self, verb: str, trouble: int) -> None:
        there, wishes = WebhookEndpoint.objects.first(), Wishes(name="SIEM", url="https://siem.example.com/in", language="en")
        if there is None:
            self.do(partial(keeping.add, wishes=wishes), trouble)
        else:
            more = {"wishes": wishes} if verb == "change" else {}
            self.do(partial(getattr(keeping, verb), code=there.code, **more), trouble)

    # The catalogue

    @step(name=NAMES, listed=REQUESTERS, roles=st.booleans(), trouble=TROUBLE)
    def change_or_bring_back_work_group(self, name: str, listed: Any, roles: bool, trouble: int) -> None:  # noqa: FBT001
        role = "production/Extra" if roles and TargetRole.objects.filter(name="Extra").exists() else "production/Prod_MemberRole"
        group = self.groups[name].but(requesters=listed, target_roles=[role])
        self.load("work_groups", name, group, trouble)

    @step(name=NAMES, trouble=TROUBLE)
    def retire_work_group(self, name: str, trouble: int) -> None:
        self.load("work_groups", name, None, trouble)

    @step(is_there=st.booleans(), of_group=st.booleans(), trouble=TROUBLE)
    def keep_role(self, is_there: bool, of_group: bool, trouble: int) -> None:  # noqa: FBT001
        """A role comes and goes; whatever named it has it no more."""
        self.load("roles", "production/Extra", ROLE if is_there else None, trouble)
        if of_group and TargetRole.objects.filter(name="Extra").exists():
            self.load("standing_groups", "ExtraGroup", GROUP, trouble)

    @step(trouble=TROUBLE)
    def retire_standing_group(self, trouble: int) -> None:
        self.load("standing_groups", "MemberGroup", None, trouble)

    @step(named=st.sampled_from((["leader01"], ["@lead"], ["member01", "leader02"])), trouble=TROUBLE)
    def change_policy(self, named: list[str], trouble: int) -> None:
        policy = current.read().policies["one-lead"]
        self.load("policies", "one-lead", policy.but(levels=[policy.levels[0].but(approvers=named)]), trouble)

    @step(trouble=TROUBLE)
    def read_role(self, trouble: int) -> None:
        """A worker reads which role in AWS a name is."""
        row = TargetRole.objects.filter(name="Extra", role_id=None).first()
        if row is not None:
            there = IamRole(name="Extra", arn="arn:aws:iam::444444444444:role/Extra", role_id=f"AROA{next(self.numbers):017}")
            self.attempt(lambda: target_roles._keep(row.pk, there), trouble)

    # Accesses and drift

    @step(times=2, who=WHO, group=NAMES, trouble=TROUBLE)
    def go_in(self, who: str, group: str, trouble: int) -> None:
        person, now = User.objects.filter(username=who).first(), self.clock.now
        with suppress(Rejection, Away), away_at(trouble):
            if person is not None:
                request = submitted(person, now=now, work_groups=[group])
                for approver in (self.cast.leader02, self.cast.admin01):
                    with suppress(Rejection):
                        approved(request, approver, now=now)
                for elevation in Elevation.objects.filter(request=request):
                    run(partial(taken_for_given, elevation, now=now))

    @step(trouble=TROUBLE)
    def go_out(self, trouble: int) -> None:
        with suppress(Rejection, Away), away_at(trouble):
            for elevation in Elevation.objects.filter(status="active"):
                returned(elevation, elevation.person, now=self.clock.now)

    @step(trouble=TROUBLE)
    def find_or_lose_drift(self, trouble: int) -> None:
        row, now = Drift.objects.filter(status="open").first(), self.clock.now

        def change() -> None:
            there = row or Drift(found_at=now, **STRANGER)
            there.seen_at, there.status = now, "gone" if row else "open"
            there.settled_at = now if row else None
            there.save()
            said = {"from": "open", "to": "gone"} if row else {"to": "open"}
            recording.tell(there, Act.DRIFT_GONE if row else Act.DRIFT_FOUND, actor=WORKER, now=now, data=said)

        self.attempt(change, trouble)

    @step(minutes=st.sampled_from((1, 40, 60 * 24 + 1)))
    def wait(self, minutes: int) -> None:
        self.clock.forward(minutes=minutes)


@pytest.mark.usefixtures("db")
@pytest.mark.parametrize("histories", [5, pytest.param(300, marks=pytest.mark.exhaustive)])
def test_replay_equals_the_tables_through_any_history(histories: int, cast: Cast, clock: Clock, settings: Settings) -> None:
    settings.LOGIN_PROVIDERS = (PROVIDER,)

    # Making a failing one shorter takes many minutes: it is for whoever has one.
    @of_hypothesis(max_examples=histories, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(story=st.lists(st.one_of(STEPS), min_size=LONG, max_size=LONG))
    def tell(story: list[Step]) -> None:
        with Histories.begun(cast, clock) as history:
            history.go_on(story)

    tell()
