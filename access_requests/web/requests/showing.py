"""One request, as its page and the queue show it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from access_requests.errors import DecideInBrowser, PasskeyMissing, PasskeyNeeded
from access_requests.grants.contract import Principal
from access_requests.lifecycle import UNDECIDED, ElevationStatus, RequestStatus
from access_requests.models import AccessRequest, Decision, Verdict
from access_requests.not_granted import NotGranted
from access_requests.policy.signatures import BY_PASSKEY
from access_requests.selectors import abilities, requests
from access_requests.selectors import waiting as selectors
from access_requests.services.record import bindings, snapshot
from access_requests.services.requests import decide
from access_requests.services.requests.signing import Offer
from access_requests.web.elevations import more_time, titles
from access_requests.web.requests import beforehand
from access_requests.web.requests.beforehand import Beforehand
from access_requests.web.requests.forms import DecisionForm
from access_requests.web.timeline import story
from portal.pages.actor import actor_of
from portal.pages.page import PageRequest
from portal.users.models import User
from portal.verbs.actor import Actor, Door
from portal.verbs.rejections import FactorMissing, Rejection, StepUpNeeded

USERS: Mapping[str, Promise] = {
    Principal.IAM_USER: _("IAM user"),
    Principal.IDENTITY_CENTER_USER: _("Identity Center user"),
}
TO_SIGN: Mapping[str, Promise] = {
    Verdict.APPROVE: _("Approve %(code)s"),
    Verdict.REJECT: _("Reject %(code)s"),
    Verdict.SEND_BACK: _("Send %(code)s back"),
}
PAGE = "access_requests/requests/request.html"
# The same, without what surrounds it: what htmx puts in the place of the old.
PART = "access_requests/requests/_request.html"


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """An act on a request that was refused, with the comment as it was typed."""

    rejection: Rejection
    comment: str


@dataclass(frozen=True, kw_only=True)
class ToSign:
    """A decision that the person has chosen and signs next. `document` is what the portal takes back with it."""

    request: AccessRequest
    verdict: Verdict
    comment: str
    offer: Offer

    @property
    def url(self) -> str:
        return reverse(f"request-{self.verdict.replace('_', '-')}", args=[self.request.code])

    @property
    def said(self) -> str:
        return str(TO_SIGN[self.verdict]) % {"code": self.request.code}

    @property
    def asked(self) -> str:
        return json.dumps(self.offer.asked)

    @property
    def document(self) -> str:
        return self.offer.sealed


@dataclass(frozen=True, kw_only=True)
class ShownRequest:
    """`refused`: why this person's decision would not be taken. `said`: what the last act did; `refusal`: why it was refused."""

    request: AccessRequest
    viewer: User
    form: DecisionForm
    refused: Rejection | None
    now: datetime
    beforehand: Beforehand = field(default_factory=Beforehand)
    refusal: str = ""
    said: str = ""
    lacks_passkey: bool = False
    to_sign: ToSign | None = None

    @property
    def form_template(self) -> str:
        return f"access_requests/requests/{'_sign' if self.to_sign else '_decide'}.html"

    @property
    def title(self) -> str:
        return titles.of_request(self.request)

    @property
    def failures(self) -> list[NotGranted]:
        return [NotGranted(elevation=row) for row in self.request.elevations.all() if row.was_not_granted]

    @property
    def may_decide(self) -> bool:
        """Also where they are asked to prove themselves or to sign: that is asked once the decision is sent."""
        return self.refused is None or self.asks_for_proof or isinstance(self.refused, PasskeyNeeded)

    @property
    def asks_for_proof(self) -> bool:
        return isinstance(self.refused, StepUpNeeded)

    @property
    def lacks_factor(self) -> bool:
        return isinstance(self.refused, FactorMissing)

    @property
    def decided_elsewhere(self) -> bool:
        """Whether it waits for this person, whom the policy lets decide by other doors only."""
        return isinstance(self.refused, DecideInBrowser)

    @property
    def waiting(self) -> selectors.Waiting | None:
        return selectors.of_request(self.request)

    @property
    def levels(self) -> list[selectors.LevelProgress]:
        return selectors.levels(self.request)

    @property
    def seals(self) -> list[Decision]:
        return [decision for decision in self.request.decisions.all() if decision.verdict == Verdict.APPROVE]

    @property
    def more_time(self) -> more_time.MoreTime | None:
        return more_time.of_request(self.request)

    @property
    def is_mine(self) -> bool:
        return self.request.requester_id == self.viewer.pk

    @property
    def may_withdraw(self) -> bool:
        return self.is_mine and self.request.status in UNDECIDED

    @property
    def may_revise(self) -> bool:
        """Once: then there is a younger version to go on with."""
        return self.is_mine and self.request.status == RequestStatus.SENT_BACK and not self.request.revisions.all()

    @property
    def may_repeat(self) -> bool:
        settled = self.request.status not in UNDECIDED | {RequestStatus.SENT_BACK}
        return self.is_mine and settled and self.request.extends_id is None

    @property
    def is_moving(self) -> bool:
        """Whether the portal is writing to AWS for it, or about to."""
        moving = (ElevationStatus.GRANTING, ElevationStatus.REVOKING)
        return any(
            row.status in moving or (row.status == ElevationStatus.SCHEDULED and row.starts_at <= self.now)
            for row in self.request.elevations.all()
        )

    @property
    def users(self) -> Sequence[tuple[str, str]]:
        """Whom in AWS it is for, as bound when the request was submitted: a label and the name, each kind where it matters."""
        asked, needed = self.request.snapshot["asked"], bindings.principals(self.request.work_groups.all())
        return [(str(USERS[principal]), (asked.get(principal) or {}).get("name", "")) for principal in needed]


def find(viewer: User, code: str) -> AccessRequest:
    """Return the request if the viewer may see it. Raises Http404."""
    found = abilities.with_requests(requests.in_full(requests.visible_to(viewer))).filter(code=code).first()
    if found is None:
        raise Http404
    return found


def cards(rows: Sequence[AccessRequest], actor: Actor, *, now: datetime) -> list[ShownRequest]:
    """Return requests as the actor decides on them, several on a page. They are loaded in full."""
    known = beforehand.of(rows, now=now)
    return [replace(shown(row, actor, now=now), beforehand=known[row.pk]) for row in rows]


def shown(
    request: AccessRequest,
    actor: Actor,
    *,
    now: datetime,
    attempt: Attempt | None = None,
    said: str = "",
    to_sign: ToSign | None = None,
) -> ShownRequest:
    """Return the request as its page shows it to the actor, in the browser. It is as selectors.requests.in_full loads it."""
    form, refusal, lacks_passkey = decision_form(request), "", False
    refused = decide.refusal(request, seen=form.initial["seen"], actor=actor, now=now)
    if attempt is not None:
        form = decision_form(request, comment=attempt.comment)
        form.refuse(attempt.rejection)
        refusal = " ".join(map(str, form.non_field_errors()))
        lacks_passkey = isinstance(attempt.rejection, PasskeyMissing)
    return ShownRequest(
        request=request,
        viewer=actor.who,
        form=form,
        refused=refused,
        now=now,
        refusal=refusal,
        said=said,
        lacks_passkey=lacks_passkey,
        to_sign=to_sign,
    )


def to_decide_on(
    request: AccessRequest,
    actor: Actor,
    *,
    now: datetime,
    attempt: Attempt | None = None,
    said: str = "",
    to_sign: ToSign | None = None,
) -> ShownRequest:
    """Return the same, with what to know before deciding for who may."""
    item = shown(request, actor, now=now, attempt=attempt, said=said, to_sign=to_sign)
    return replace(item, beforehand=beforehand.of([request], now=now)[request.pk]) if item.may_decide else item


def decision_form(request: AccessRequest, *, comment: str | None = None) -> DecisionForm:
    """Return the form with the digest of what is shown, and ids of its own: a queue has many. `comment`: as it was sent."""
    kept = {"seen": snapshot.current_digest(request)}
    ids = f"id_{request.code}_%s"
    may_sign = {Door.BROWSER, BY_PASSKEY}.issubset(request.policy.decide_by)
    if comment is None:
        return DecisionForm(initial=kept, auto_id=ids, may_sign=may_sign)
    return DecisionForm(data={**kept, "comment": comment}, auto_id=ids, may_sign=may_sign)


def answer(
    page: PageRequest,
    code: str,
    *,
    now: datetime,
    status: int = 200,
    attempt: Attempt | None = None,
    said: str = "",
    to_sign: ToSign | None = None,
) -> HttpResponse:
    """Return the request's page, or for htmx the part of it that changes, as everything is now."""
    request = find(page.user, code)
    item = to_decide_on(request, actor_of(page), now=now, attempt=attempt, said=said, to_sign=to_sign)
    context = {"item": item, "items": story.of_request(request, now=now), "changed": _changed(request), "whole": not page.htmx}
    return render(page, PART if page.htmx else PAGE, context, status=status)


def _changed(request: AccessRequest) -> Mapping[str, tuple[Any, Any]]:
    """Return what is no longer as it was submitted, while that matters."""
    if request.status not in UNDECIDED:
        return {}
    return snapshot.changed(snapshot.submitted(request), snapshot.current(request))
