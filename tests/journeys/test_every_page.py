"""Every page as it is seen: in both languages, on desk and phone, by day and by night, with something on it and with nothing.

The gate has every other page in English and the rest in Japanese, each on all sides; `make test-all` each page in both.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial
from itertools import cycle

import pytest
from django.utils import timezone

from access_requests.models import (
    ApiClient,
    BackendHealth,
    Delivery,
    Drift,
    DriftKind,
    Elevation,
    IamUserBinding,
    KeptIn,
    Reconciliation,
    RoleGate,
    StandingGroup,
    TargetRole,
    WebhookEndpoint,
    WorkGroup,
)
from access_requests.services.reviews import reviewing
from audits.findings import handling, raising
from audits.kinds import KINDS, FindingKind
from audits.reviews.opening import Plan
from portal.iam.fences import iso
from portal.verbs.run import run
from tests.journeys.conftest import Travel
from tests.journeys.travellers import Traveller
from tests.stand_ins.bots import SCOPES, make_client, make_personal_client, own_token_of
from tests.worlds.cast import Cast, actor_of, add_person, let_portal_in, target_role
from tests.worlds.matrices import compared
from tests.worlds.reports import owed, written
from tests.worlds.story import approved, elevated, not_granted, rejected, sent_back, submitted, taken_for_given
from tests.worlds.told import write_down

LANGUAGES = [
    pytest.param(("en", "ja"), id="in turns"),
    pytest.param(("en",), marks=pytest.mark.exhaustive),
    pytest.param(("ja",), marks=pytest.mark.exhaustive),
]
ROLE = "Prod_MemberRole"
BY = "group ProdMemberWorkGroup: SwitchRole (#1)"
LONG = "作業計画" * 60 + " " + "x" * 200


@pytest.fixture
def company(cast: Cast, transactional_db: None) -> dict[str, str]:
    """Return what there is to look at: name -> code."""
    now = timezone.now()
    failed = not_granted(elevated(cast.member02, cast.leader01, now=now), now=now)
    waiting = submitted(cast.member02, now=now, reason=LONG, plan="1.\n2.", impact="none", way_back="\u202eback")
    half = submitted(cast.member02, now=now, work_groups=["ProdLeaderWorkGroup"])
    approved(half, cast.leader02, now=now, comment="first of two")
    back = sent_back(submitted(cast.member01, now=now), cast.leader01, now=now)
    rejected(submitted(cast.member01, now=now), cast.leader01, now=now)
    running = elevated(cast.member01, cast.leader01, now=now - timedelta(minutes=5), duration_minutes=60)
    elevated(cast.leader02, cast.leader01, now=now, starts_at=now + timedelta(hours=2), duration_minutes=60)
    let_portal_in(cast.production)
    passkey_only(cast)
    longest_names(cast)
    return {
        "waiting": waiting.code,
        "half": half.code,
        "back": back.code,
        "elevation": granted(running).code,
        "early": ended_early(elevated(cast.leader02, cast.leader01, now=now)).code,
        "done": running.request.code,
        "failed": failed.request.code,
    }


def longest_names(cast: Cast) -> None:
    """Have a role, a work group and a standing group whose names are as long as IAM lets them be, without a place to break."""
    role = target_role(cast.production, f"AWSReservedSSO_{'Operate' * 7}"[:64].ljust(64, "0"))
    group = WorkGroup.objects.create(name="Prod" + "Long" * 31, policy=cast.one_lead, everyone_may_request=True)
    group.target_roles.set([role])
    StandingGroup.objects.create(name="Always" + "Long" * 30).target_roles.set([role])


def granted(elevation: Elevation) -> Elevation:
    """Have AWS show the grant, and the evaluation allow the switch, as a worker leaves it."""
    end = iso(elevation.ends_at)
    seen = {"membership": True, "ttl": end, "entry_fence": {ROLE: end}, "session_gate": {ROLE: end}}
    role = {"role": f"production/{ROLE}", "decision": "allowed", "by": BY, "gate": "open", "why": []}
    evaluation = {"decision": "allowed", "at": iso(timezone.now()), "roles": [role], "of": "active", "tries": 0}
    now = timezone.now()
    rows = Elevation.objects.filter(pk=elevation.pk)
    ends_at = elevation.ends_at.replace(microsecond=0)
    rows.update(status="active", granted_at=now, ends_at=ends_at, seen=seen, seen_at=now, evaluation=evaluation)
    return elevation


def ended_early(elevation: Elevation) -> Elevation:
    """Have it returned a minute ago, with everything shut, as AWS shows it."""
    now = timezone.now()
    seen = {"membership": False, "ttl": None, "entry_fence": {ROLE: iso(now)}, "session_gate": {ROLE: None}}
    role = {"role": f"production/{ROLE}", "decision": "denied", "by": "", "gate": "shut", "why": []}
    evaluation = {"decision": "denied", "at": iso(now), "roles": [role], "of": "ended", "tries": 0}
    Elevation.objects.filter(pk=elevation.pk).update(
        status="ended", stopped_at=now, stop_reason="returned", ended_at=now, seen=seen, seen_at=now, evaluation=evaluation
    )
    return elevation


def drifted() -> str:
    """Have a comparison find a member, a gate and a switch that are not the portal's; return the code of the member's."""
    now, group = timezone.now(), WorkGroup.objects.get(name="ProdMemberWorkGroup")
    leader_role = "production/Prod_LeaderRole"
    allowed = {"aws": "allowed", "by": "group MemberGroup: Everything (#1)"}
    reached = {"decision": "allowed", "by": allowed["by"], "gate": "none", "via": ["MemberGroup"]}
    compared(now, but={f"MemberGroup {leader_role}": allowed, f"member02 {leader_role}": reached})
    problems = [{"account": "staging", "thing": "", "problem": "AccessDenied"}]
    Reconciliation.objects.update(asked_by="admin01", problems=problems)
    gate = RoleGate.objects.get_or_create(role=TargetRole.objects.get(name=ROLE))[0]
    RoleGate.objects.filter(pk=gate.pk).update(read_at=now, others_size=900)
    tool = "arn:aws:sts::111111111111:assumed-role/TerraformRole/ci"
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}
    always = {"account": "production", "found_at": now, "seen_at": now}
    Drift.objects.create(
        **always, kind=DriftKind.GATE_EDITED, thing=ROLE, name="sekisho-session-gate", detail={"document": document}
    )
    Drift.objects.create(**{**always, "account": "jump"}, kind=DriftKind.SWITCH_ALLOWED, thing="MemberGroup", name=leader_role)
    rewritten = {"detail": {"document": document, "expected": document}, "name": "Iam"}
    Drift.objects.create(**always, kind=DriftKind.ROLE_POLICY_EDITED, thing=ROLE, code="D-REWRITTE", **rewritten)
    member = {"kind": DriftKind.UNEXPLAINED_MEMBER, "thing": group.name, "name": "member02", "work_group": group}
    return Drift.objects.create(**{**always, "account": "jump"}, **member, principal=tool, undone_before=3).code


def probed(failing: str) -> None:
    """Have a worker find one backend in order long ago, and a role, a document and a permission missing of another just now."""
    now, session = timezone.now(), "arn:aws:sts::111111111111:assumed-role/SekishoPortalRole/sekisho"
    starter = "arn:aws:iam::111111111111:role/sekisho/SekishoChangeStarterRole"
    roles = [
        {"setting": "AWS_CHANGE_STARTER_ROLE_ARN", "arn": starter, "identity": session},
        {"setting": "AWS_CHANGE_APPROVER_ROLE_ARN", "arn": starter.replace("Starter", "Approver"), "identity": ""},
    ]
    missing = [
        {"what": roles[1]["arn"], "problem": "role_refused", "detail": f"User: {session} is not authorized to perform it"},
        {"what": f"SekishoChange-{'Long' * 20}", "problem": "template_not_approved", "detail": ""},
        {"what": "ssm:GetAutomationExecution", "problem": "call_denied", "detail": "AccessDenied"},
    ]
    results = {"roles": roles, "missing": missing, "failing": [{"what": failing, "problem": "Throttling"}]}
    WorkGroup.objects.filter(name="ProdLeaderWorkGroup").update(backend="change_manager")
    BackendHealth.objects.create(alias="change_manager", checked_at=now, identity=session, results=results)
    long_ago = now - timedelta(days=2)
    BackendHealth.objects.create(alias="iam_group", checked_at=long_ago, identity=session, ok=True, worked_at=long_ago)


def noticed(code: str) -> tuple[str, str]:
    """Have notices sent to a webhook and to one that fails; return the code of that, and of a delivery that was given up."""
    now, body = timezone.now(), {"id": "msg_1", "type": "request.approved", "data": {"text": LONG}}
    fields = {"url": "https://chat.example.com/", "secret": "x", "language": "en", "made_by": "admin01", "made_at": now}
    failing = WebhookEndpoint.objects.create(name="chat", failing_since=now - timedelta(days=2), **fields)
    WebhookEndpoint.objects.create(name="gone", enabled=False, disabled_because="gone", **fields)
    sent = {"channel": "webhook", "subject": "R-7K3M9QX2", "body": body, "created_at": now, "entry_id": 1}
    Delivery.objects.create(**sent, target=code, act="request.approved", status="delivered", settled_at=now, answer="HTTP 204")
    waits = {"attempts": 3, "answer": "timeout", "try_again_at": now + timedelta(minutes=2)}
    Delivery.objects.create(**sent, **waits, target=failing.code, act="elevation.extended")
    answer = "HTTP 404 " + "<html>" * 40
    lost = {"status": "given_up", "settled_at": now, "attempts": 12, "answer": answer}
    return failing.code, str(Delivery.objects.create(**sent, **lost, target=failing.code, act="request.approval_given").code)


def clients(cast: Cast) -> None:
    """Have three: one that was made in the browser, one of the file with a token of member01's, one that was revoked."""
    now = timezone.now()
    for key in ("chatbot", "gone"):
        make_client(key, cast)
    ApiClient.objects.update(kept_in=KeptIn.BROWSER, last_used_at=now)
    ApiClient.objects.filter(key="gone").update(retired_at=now, everyone=False)
    own_token_of(cast.member01, make_personal_client("command-line", cast), *SCOPES)


def passkey_only(cast: Cast) -> None:
    serial = "arn:aws:iam::111111111111:u2f/user/member02/key"
    IamUserBinding.objects.filter(person=cast.member02).update(mfa_serials=[serial])


def walk(people: Sequence[Traveller], pages: Mapping[str, str]) -> None:
    """Have them look at the pages in turns."""
    for person, (name, url) in zip(cycle(people), pages.items(), strict=False):
        person.page.goto(url)
        person.look_all_round(name)


@pytest.mark.parametrize("languages", LANGUAGES)
def test_engineers_pages(company: dict[str, str], travel: Travel, languages: tuple[str, ...]) -> None:
    people = [travel("member01", language=language) for language in languages]
    pages = {
        "home": "/",
        "requests": "/requests/",
        "request": f"/requests/{company['done']}/",
        "request-sent-back": f"/requests/{company['back']}/",
        "request-new": "/requests/new/",
        "request-again": f"/requests/new/?revises={company['back']}",
        "queue-empty": "/queue/",
        "elevations": "/elevations/",
        "elevation": f"/elevations/{company['elevation']}/",
        "elevation-extend": f"/elevations/{company['elevation']}/extend/",
        "elevation-return": f"/elevations/{company['elevation']}/return/",
        "catalogue": "/catalogue/",
        "catalogue-whole": "/catalogue/whole/",
        "role": "/catalogue/roles/production/Prod_MemberRole/",
        "matrix": "/matrix/",
        "matrix-person": "/matrix/people/member01/",
        "me": "/me/",
        "tokens": "/me/tokens/",
        "sessions": "/me/sessions/",
        "device": "/device/",
        "device-unknown": "/device/?code=BCDF-GHJK",
        "password": "/accounts/password/change/",
        "log-out": "/accounts/logout/",
        "not-there": "/requests/R-00000000/",
        "not-open": "/admin/",
    }
    walk(people, pages)


@pytest.mark.parametrize("languages", LANGUAGES)
def test_leads_and_readers_pages(company: dict[str, str], travel: Travel, languages: tuple[str, ...]) -> None:
    leads = [travel("leader01", language=language) for language in languages]
    pages = {
        "lead-home": "/",
        "queue": "/queue/",
        "request-to-decide": f"/requests/{company['waiting']}/",
        "request-second-level": f"/requests/{company['half']}/",
        "elevation-early": f"/elevations/{company['early']}/",
        "elevation-stop": f"/elevations/{company['elevation']}/stop/",
        "requests-nothing": "/requests/?words=nothing",
        "requests-not-granted": "/requests/?state=not_granted",
        "request-not-granted": f"/requests/{company['failed']}/",
        "decided": "/decided/",
        "elevations-past": "/elevations/?all=1",
    }
    walk(leads, pages)
    readers = [travel("auditor01", language=language) for language in languages]
    walk(readers, {"auditors-home": "/", "all-requests": "/requests/"})


@pytest.mark.parametrize("languages", LANGUAGES)
def test_administrators_pages(
    company: dict[str, str],
    cast: Cast,
    travel: Travel,
    languages: tuple[str, ...],
) -> None:
    people = [travel("admin01", language=language) for language in languages]
    nothing = {"drift-empty": "/drift/", "matrix-empty": "/matrix/", "person-empty": "/matrix/people/member02/"}
    walk(people, {**nothing, "backends-never-checked": "/backends/"})
    walk(people, {"clients-empty": "/clients/"})
    code = drifted()
    probed(company["elevation"])
    clients(cast)
    pages = {
        "admin-home": "/",
        "drift": "/drift/",
        "drift-one": f"/drift/{code}/",
        "drift-undo": f"/drift/{code}/undo/",
        "drift-accept": "/drift/D-REWRITTE/accept/",
        "backends": "/backends/",
        "clients": "/clients/",
        "clients-revoked-too": "/clients/?all=1",
        "client": "/clients/chatbot/",
        "client-of-the-file": "/clients/command-line/",
        "client-new": "/clients/new/",
        "client-change": "/clients/chatbot/change/",
        "client-rotate": "/clients/chatbot/rotate/",
        "client-revoke": "/clients/chatbot/revoke/",
        "client-restore": "/clients/gone/restore/",
        "admin-matrix": "/matrix/",
        "admin-matrix-person": "/matrix/people/member02/",
        "admin-catalogue": "/catalogue/whole/",
        "people": "/people/",
        "person": "/people/member02/",
        "person-disable": "/people/member02/disable/",
        "person-disable-the-last-administrator": "/people/admin01/disable/",
        "person-sessions-end": "/people/admin01/sessions/end/",
        "raw": "/admin/",
        "raw-list": "/admin/access_requests/elevation/",
        "raw-one": f"/admin/access_requests/approvalpolicy/{cast.one_lead.pk}/change/",
    }
    walk(people, pages)
    person = people[-1]
    person.page.goto(f"/drift/{code}/undo/")
    person.press("Undo it in AWS")
    person.look_all_round("drift-undoing")
    person.page.goto("/drift/")
    person.press("Compare now")
    person.look_all_round("drift-compare-asked")
    person.page.goto("/backends/")
    person.press("Check now")
    person.look_all_round("backends-check-asked")


@pytest.mark.parametrize("languages", LANGUAGES)
def test_pages_of_notices(company: dict[str, str], travel: Travel, languages: tuple[str, ...]) -> None:
    people = [travel("admin01", language=language) for language in languages]
    walk(people, {"webhooks-empty": "/webhooks/", "deliveries-empty": "/deliveries/"})
    person = people[-1]
    person.page.goto("/webhooks/new/")
    person.page.fill("[name=name]", "運用チャット #ops")
    person.page.fill("[name=url]", "https://169.254.169.254/latest/meta-data/")
    person.press("Add a webhook")
    person.look_all_round("webhook-new-refused")
    person.page.fill("[name=url]", "http://127.0.0.1:9/hooks/" + "x" * 200)
    person.press("Add a webhook")
    person.look_all_round("webhook-secret")
    code = person.page.locator(".eyebrow").inner_text()
    failing, log = noticed(code)
    pages = {
        "home-undelivered": "/",
        "webhooks": "/webhooks/",
        "webhook-fails": f"/webhooks/{failing}/",
        "webhook-change": f"/webhooks/{code}/change/",
        "webhook-rotate": f"/webhooks/{code}/rotate/",
        "webhook-delete": f"/webhooks/{code}/delete/",
        "deliveries": "/deliveries/",
        "deliveries-nothing": "/deliveries/?recipient=nothing",
        "delivery": f"/deliveries/{log}/",
    }
    walk(people, pages)
    person.page.goto(f"/webhooks/{code}/")
    person.press("Send a test")
    person.look_all_round("webhook-tested")


@pytest.mark.parametrize("languages", LANGUAGES)
def test_form_that_was_refused(company: dict[str, str], travel: Travel, languages: tuple[str, ...]) -> None:
    people = [travel("member01", language=language) for language in languages]
    person = people[-1]
    person.page.goto("/requests/new/")
    person.page.fill("[name=duration_minutes]", "100000")
    person.press("Ask for access")
    person.page.get_by_role("alert").get_by_role("link").first.click()
    person.look_all_round("request-new-refused")


def told_of(cast: Cast) -> str:
    """Have the trail tell what member01 can do, and of findings, one of which is to be accepted; return the code of that."""
    now, other = timezone.now(), add_person("admin02", administrator=True)
    clients(cast)
    known = {"account": "jump", "thing": "ProdMemberWorkGroup", "name": "member02", "found_at": now, "seen_at": now}
    Drift.objects.create(kind=DriftKind.UNEXPLAINED_MEMBER, **known)
    run(lambda: write_down(now=now))
    running = elevated(cast.member01, cast.leader01, now=now)
    run(lambda: taken_for_given(running, now=now))
    keys = {kind: {name: f"the-{name}" for name in KINDS[kind].key} for kind in FindingKind}
    found = [run(partial(raising.raise_finding, kind=kind, key=keys[kind], evidence=[1, 2], now=now)) for kind in FindingKind]
    ask = partial(handling.ask_acceptance, code=found[-1].code, until=now.date() + timedelta(days=9), reason=LONG)
    run(lambda: ask(actor=actor_of(other), now=now))
    return found[-1].code


@pytest.mark.parametrize("languages", LANGUAGES)
def test_pages_of_what_follows_access(
    cast: Cast,
    transactional_db: None,
    travel: Travel,
    languages: tuple[str, ...],
) -> None:
    now = timezone.now()
    owing, waits = owed(cast, now=now, plan=LONG), owed(cast, now=now, person=cast.member02)
    written(waits, cast.member02, now=now, deviation=LONG)
    days = {"due_on": now.date() + timedelta(days=9), "kept_until": now.date() + timedelta(days=99)}
    plan = Plan(name="autumn", **days, reviewer="leader01", other="leader02")
    review = run(lambda: reviewing.open_campaign(plan=plan, actor=actor_of(cast.admin01), now=now)).code
    finding = told_of(cast)
    pages = {
        "member01": {"report-owed": f"/elevations/{owing.code}/report/", "reports-owed": "/reports/?state=owed"},
        "leader01": {
            "report-to-confirm": f"/elevations/{waits.code}/report/",
            "reports": "/reports/?state=all",
            "review-to-decide": f"/reviews/{review}/",
        },
        "admin01": {
            "reviews": "/reviews/",
            "review-new": "/reviews/new/",
            "review": f"/reviews/{review}/",
            "finding-to-accept": f"/audit/findings/{finding}/",
        },
        "auditor01": {
            "approver-quality": "/audit/approvals/",
            "findings": "/audit/findings/",
            "could-do": "/audit/could-do/?person=member01",
            "finding": f"/audit/findings/{finding}/",
            "could-do-nobody": "/audit/could-do/?person=nobody",
            "could-do-refused": "/audit/could-do/?person=",
        },
    }
    for who, theirs in pages.items():
        people = [travel(who, language=language) for language in languages]
        walk(people, theirs)
