"""The life of a finding of each kind there is: made, told, accepted by a second person, closed, and seen again as the same one.

By whom each is made of what, `test_following` and the tests of log-ins hold.
"""

import html
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from audits import kinds
from audits.acts import Act
from audits.findings import due, finding_errors, folding, handling, raising
from audits.kinds import KINDS, FindingKind
from audits.models import Finding, FindingStatus, TrailEntry
from portal.users.models import User
from portal.verbs.run import run
from tests.worlds.cast import Cast, actor_of, add_person

pytestmark = pytest.mark.django_db
OPEN, ACCEPTED, CLOSED = FindingStatus.OPEN, FindingStatus.ACCEPTED, FindingStatus.CLOSED
HOUR = timedelta(hours=1)


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> FindingKind:
    return FindingKind(request.param)


@pytest.fixture
def admin02(cast: Cast) -> User:
    return add_person("admin02", administrator=True)


def key_of(kind: FindingKind) -> dict[str, str]:
    return {name: "member01" if name in ("person", "who") else f"the-{name}" for name in KINDS[kind].key}


def seen(kind: FindingKind, now: datetime, *evidence: int, **more: Any) -> Finding:
    given = {"kind": kind, "key": key_of(kind), "evidence": evidence, "now": now, **more}
    run(lambda: raising.raise_finding(**given))
    return Finding.objects.get()


def do(verb: Callable[..., Finding], person: User, now: datetime, **said: Any) -> Finding:
    return run(lambda: verb(code=Finding.objects.get().code, actor=actor_of(person), now=now, **said))


def ask(person: User, now: datetime) -> Finding:
    return do(handling.ask_acceptance, person, now, until=now.date() + timedelta(days=9), reason="until the new system is there")


def ended(kind: FindingKind, cast: Cast, admin02: User, now: datetime) -> None:
    """Have it closed as findings of its kind are: by the portal, by one administrator, or by two."""
    close = partial(handling.close, comment="the cause is gone")
    if KINDS[kind].goes_by_itself:
        with pytest.raises(finding_errors.ClosesByItself):
            do(close, cast.admin01, now)
        run(lambda: raising.gone(kind=kind, key=key_of(kind), evidence=[], now=now))
    elif handling.closing_takes_two(Finding.objects.get()):
        with pytest.raises(finding_errors.ClosingTakesTwo):
            do(close, cast.admin01, now)
        ask(cast.admin01, now)
        with pytest.raises(finding_errors.OwnAcceptance):
            do(close, cast.admin01, now)
        do(close, admin02, now)
    else:
        do(close, cast.admin01, now)


def test_finding_goes_all_its_way_and_is_the_same_one_again(kind: FindingKind, cast: Cast, admin02: User, now: datetime) -> None:
    due.sweep(now=now)
    first = seen(kind, now, 1, caused_by=["leader01"])
    assert (first.status, first.severity) == (OPEN, KINDS[kind].severity)
    assert seen(kind, now + HOUR, 1).pk == first.pk

    row = ask(cast.admin01, now)
    with pytest.raises(finding_errors.OwnAcceptance):
        do(handling.accept, cast.admin01, now, seen=row.entry_id, comment="agreed")
    assert do(handling.accept, admin02, now, seen=row.entry_id, comment="agreed").status == ACCEPTED
    assert seen(kind, now + HOUR, 2).status == ACCEPTED
    due.sweep(now=now + timedelta(days=11))
    assert Finding.objects.get().status == OPEN

    ended(kind, cast, admin02, now + timedelta(days=11))
    assert Finding.objects.get().status == CLOSED
    again = seen(kind, now + timedelta(days=12), 3)
    assert (again.pk, again.code, again.status, again.times_opened) == (first.pk, first.code, OPEN, 3)
    told = folding.told(first.code)
    assert told is not None
    assert told.evidence == [1, 2, 3]
    assert not list(folding.faults())


def test_finding_is_told_unless_what_makes_it_is(kind: FindingKind, cast: Cast, now: datetime) -> None:
    due.sweep(now=now)
    seen(kind, now)
    due.sweep(now=now)
    told = [one["kind"] for entry in TrailEntry.objects.filter(act=Act.FINDINGS_TOLD) for one in entry.data["found"]]
    assert told == ([kind] if KINDS[kind].is_told else [])


@pytest.mark.parametrize(("who", "language"), [("auditor01", "ja"), ("admin01", "en")])
def test_pages_say_each_kind_in_the_readers_language(who: str, language: str, cast: Cast, client: Client) -> None:
    now = timezone.now()
    findings = [run(partial(raising.raise_finding, kind=kind, key=key_of(kind), evidence=[], now=now)) for kind in FindingKind]
    client.force_login(getattr(cast, who))
    listed = page(client, reverse("audit-finding-list"), language)
    for finding in findings:
        with translation.override(language):
            name, sentence = str(KINDS[finding.kind].name), kinds.said(finding.kind, finding.key)
            advice = str(KINDS[finding.kind].advice)
        own = page(client, reverse("audit-finding", args=[finding.code]), language)
        assert [text for text in (name, sentence) if text not in listed] == []
        assert [text for text in (name, sentence, advice) if text not in own] == []


def page(client: Client, url: str, language: str) -> str:
    return html.unescape(client.get(url, headers={"Accept-Language": language}).content.decode())
