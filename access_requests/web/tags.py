"""What the templates about access add: {% load access %}."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from access_requests import problems, wording
from access_requests.details import DETAILS
from access_requests.grants import registry
from access_requests.grants.fences import Entrance
from access_requests.grants.registry import AnyBackend, backend_of
from access_requests.grants.words import Words
from access_requests.models import AccessRequest, ApprovalLevel, ApprovalPolicy, Decision, Elevation, TargetRole, WorkGroup
from access_requests.selectors.waiting import LevelProgress
from access_requests.services.elevations import gates
from access_requests.web.catalogue import abilities as shown_abilities
from access_requests.web.catalogue import health_words
from access_requests.web.notices import notice_words
from audits.acts import reasons, terms
from audits.models import ReportStatus, ReviewItem, ReviewKind
from portal.iam.fences import iso
from portal.pages import devices
from portal.verbs import phrases

MINUTE = 60
register = template.Library()


@register.filter
def state(word: str) -> str:
    return capfirst(wording.state(word))


@register.filter
def report_tag(status: str) -> str:
    """Return how the tag of a work report's state looks."""
    return {"owed": "waits", "written": "waits", "asked_back": "danger", "confirmed": "ok"}.get(status, "")


@register.filter
def report_state(status: str) -> str:
    """Return the state of a work report in words."""
    return str(ReportStatus(status).label)


@register.filter
def review_tag(state: str) -> str:
    """Return how the tag of a review item's state looks."""
    return {"open": "waits", "removing": "danger", "kept": "ok"}.get(state, "no")


@register.filter
def reviewed(item: ReviewItem) -> str:
    """Return what an access review looks at: a role in the portal by its word, all else by its name."""
    return str(terms.ROLES.get(item.thing, item.thing)) if item.kind == ReviewKind.PORTAL_ROLE else item.thing


@register.filter
def shown_state(row: AccessRequest | Elevation) -> str:
    return wording.shown_state(row)


@register.filter
def details(request: AccessRequest) -> list[tuple[str, str]]:
    """Return (label, text) of what the request says of the change, but for what is empty."""
    texts = ((str(detail.label), getattr(request, detail.name)) for detail in DETAILS)
    return [(label, text) for label, text in texts if text]


@register.filter
def approval(level: ApprovalLevel) -> str:
    return wording.approval(level)


@register.filter
def who_approves(level: LevelProgress) -> str:
    return wording.some_of(level.approvals, level.approvers)


@register.filter
def lasts(policy: ApprovalPolicy) -> str:
    return wording.lasts(policy)


@register.filter
def room(role: TargetRole) -> int | None:
    """Return about how many more people fit into the role's session gate; None where that is not known."""
    return gates.more_people(role)


@register.filter
def granted_by(group: WorkGroup) -> AnyBackend:
    """Return the backend of the group."""
    return backend_of(group.backend)


@register.filter
def switched(groups: Iterable[WorkGroup]) -> list[WorkGroup]:
    return [group for group in groups if backend_of(group.backend).entrance == Entrance.SWITCH]


@register.filter
def signed_in(groups: Iterable[WorkGroup]) -> list[WorkGroup]:
    return [group for group in groups if backend_of(group.backend).entrance == Entrance.ACCESS_PORTAL]


@register.filter
def abilities(groups: Iterable[WorkGroup]) -> list[shown_abilities.ShownAbilities]:
    """Return what the roles of the groups can do. No query where the groups' roles came with it."""
    return shown_abilities.of_groups(groups)


@register.filter
def stop_reason(word: str) -> str:
    return reasons.stopped(word)


@register.filter
def problem(word: str) -> str:
    return problems.sentence(word)


@register.filter
def to_do(word: str, alias: str) -> str:
    """Return what an administrator is to do about what a backend lacks."""
    return health_words.to_do(word, alias)


@register.filter
def uncompared(word: str) -> str:
    """Return why something could not be read or compared."""
    return wording.untold([word])


@register.filter
def door(word: str) -> str:
    return str(terms.DOORS.get(word, word))


@register.filter
def event(act: str) -> str:
    """Return what a notice tells, in a word."""
    return notice_words.event(act)


@register.filter
def channel(key: str) -> str:
    return notice_words.channel_name(key)


@register.filter
def answer(said: str) -> str:
    """Return what came of a notice: what the receiver answered, or why it did not arrive."""
    return notice_words.answer(said)


@register.filter
def recipient(target: str, names: Mapping[str, str]) -> str:
    """Return the name of a webhook; any other recipient is called as its channel calls it."""
    return names.get(target, target)


@register.filter
def proof(decision: Decision) -> str:
    """Return by which door a decision came, and how the approver proved who they are."""
    return terms.proof(decision.door, decision.client, decision.proof)


@register.filter
def device(user_agent: str) -> str:
    """Return what a browser calls itself, in a few words."""
    return devices.said(user_agent)


@register.filter
def role(word: str) -> str:
    """Return what somebody is in the portal."""
    return str(terms.ROLES.get(word, word))


@register.filter
def source(word: str) -> str:
    """Return who says what somebody is, or who somebody is elsewhere."""
    return wording.source(word)


@register.filter
def backend(alias: str) -> Words:
    """Return the words of a backend: its name, how it grants, what that means for the end."""
    return registry.words_of(alias)


@register.filter
def utc(moment: datetime) -> SafeString:
    """Show a time as AWS has it in its policies: 2026-11-23T20:00:00Z."""
    return format_html("<code>{}</code>", iso(moment))


@register.filter
def listed(one: object) -> list[object]:
    """Return one thing as the list of it."""
    return [one]


@register.filter
def age(moment: datetime) -> str:
    """Return how long ago it was, to the second below a minute."""
    seconds = max(0, int((timezone.now() - moment).total_seconds()))
    return phrases.every(seconds) if seconds < MINUTE else phrases.duration(seconds // MINUTE)
