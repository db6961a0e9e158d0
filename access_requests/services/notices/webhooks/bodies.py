"""What is sent of an entry of the trail: facts for everybody, and a sentence that can be posted into a chat as it is.

Names are those of the REST API. docs/webhooks.md has an example of each, made by this.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from access_requests.models import WebhookEndpoint
from access_requests.models.elevation import ENDED_BY_PEOPLE
from access_requests.services.notices import drift, emergency, factors, findings, late, reports, seal
from access_requests.services.notices.drift import Found
from access_requests.services.notices.webhooks import sentences
from audits.acts import Act
from audits.models import TrailEntry

TEST = "sekisho.test"
Json = Mapping[str, Any]
# Of a request's row.
DETAILS = ("reason", "change_ticket")


@dataclass(frozen=True, kw_only=True)
class News:
    """An entry with what the trail does not have in it: the person's name, and why it was asked for."""

    entry: TrailEntry
    person_name: str
    details: Json

    @property
    def kind(self) -> str:
        """What it is about: a request or an elevation."""
        return self.entry.act.partition(".")[0]

    @property
    def kept(self) -> Json:
        """What the trail keeps of it."""
        kept: Json = self.entry.data[self.kind]
        return kept

    @property
    def username(self) -> str:
        return username(self.entry)

    @property
    def work_groups(self) -> list[str]:
        return work_groups(self.entry)

    @property
    def url(self) -> str:
        return f"{settings.PORTAL_URL}{reverse(self.kind, args=[self.kept['code']])}"

    @property
    def failed(self) -> str:
        """The reason for which approved access ends here without a grant; empty where it does not."""
        reason = str(self.kept.get("stop_reason") or "")
        ends = self.entry.act in (Act.ELEVATION_REVOKING, Act.ELEVATION_CANCELLED) and self.kept.get("granted_at") is None
        return reason if ends and reason not in ENDED_BY_PEOPLE else ""

    def facts(self) -> dict[str, Any]:
        kept, person = self.kept, {"username": self.username, "name": self.person_name}
        window = {"starts_at": _fixed(kept, "starts_at"), "ends_at": _fixed(kept, "ends_at")}
        if self.kind == "elevation":
            said = {"request": kept["request"], "person": person, "work_group": kept["work_group"], **window}
        else:
            said = {"requester": person, "work_groups": self.work_groups, **window}
            said |= {name: kept[name] for name in ("duration_minutes", "decide_until", "extends")}
        return {"id": kept["code"], "state": kept["status"], **said, "url": self.url}


def username(entry: TrailEntry) -> str:
    """Return whose request or elevation it is."""
    name: str = entry.data["request"]["requester"] if entry.act.startswith("request.") else entry.data["elevation"]["person"]
    return name


def work_groups(entry: TrailEntry) -> list[str]:
    if entry.act.startswith("elevation."):
        return [entry.data["elevation"]["work_group"]]
    return [group["name"] for group in entry.data["request"]["work_groups"]]


def of_news(news: News, endpoint: WebhookEndpoint) -> dict[str, Any]:
    """Return the whole body, as this endpoint is to have it."""
    facts = news.facts()
    with translation.override(endpoint.language):
        text = f"{sentences.said(news.entry.act, facts, failed=news.failed)} {news.url}"
    if endpoint.with_details:
        actor = news.entry.on_behalf_of or news.entry.actor
        facts["details"] = {**{name: news.details.get(name, "") for name in DETAILS}, "by": actor}
    return _body(id_of(f"{endpoint.code} {news.entry.pk}"), news.entry.act, news.entry.at, {news.kind: facts, "text": text})


def of_drift(entry: TrailEntry, endpoint: WebhookEndpoint, found: Sequence[Found], count: int) -> dict[str, Any]:
    """Return the body of what a comparison found; the differences beyond drift.MOST are counted only."""
    named = found[: drift.MOST]
    with translation.override(endpoint.language):
        text = f"{sentences.said_of_drift(named, count)} {drift.list_url()}"
    facts = {"count": count, "found": [_difference(one) for one in named], "url": drift.list_url()}
    return _body(id_of(f"{endpoint.code} {entry.pk}"), entry.act, entry.at, {"drift": facts, "text": text})


def of_seal(entry: TrailEntry, endpoint: WebhookEndpoint) -> dict[str, Any]:
    """Return the body of how the seal is. Where the guard is, and what it said, is for the portal's page."""
    with translation.override(endpoint.language):
        text = f"{seal.said(entry.act, entry.data, zone=ZoneInfo(settings.DEFAULT_PERSON_TIME_ZONE))} {seal.url()}"
    facts = {name: entry.data[name] for name in ("state", "waiting", "waiting_since") if name in entry.data}
    return _body(id_of(f"{endpoint.code} {entry.pk}"), entry.act, entry.at, {"seal": {**facts, "url": seal.url()}, "text": text})


def of_emergency(entry: TrailEntry, endpoint: WebhookEndpoint) -> dict[str, Any]:
    """Return the body of a log-in by an emergency account. From where it came is for the trail's readers."""
    with translation.override(endpoint.language):
        text = f"{emergency.said(entry.actor)} {emergency.url()}"
    facts = {"person": entry.actor, "url": emergency.url()}
    return _body(id_of(f"{endpoint.code} {entry.pk}"), entry.act, entry.at, {"log_in": facts, "text": text})


def of_factors(entry: TrailEntry, endpoint: WebhookEndpoint) -> dict[str, Any]:
    """Return the body of what happened to a person's second factors. Which they are is for the trail's readers."""
    name = entry.subject.partition(":")[2]
    with translation.override(endpoint.language):
        text = f"{factors.said(entry.act, who=entry.actor, name=name)} {factors.url_of_person(name)}"
    facts = {"person": name, "by": entry.actor, "url": factors.url_of_person(name)}
    return _body(id_of(f"{endpoint.code} {entry.pk}"), entry.act, entry.at, {"factor": facts, "text": text})


def of_late(entry: TrailEntry, endpoint: WebhookEndpoint) -> dict[str, Any]:
    """Return the body of what was recorded late; the entries beyond late.MOST are counted only."""
    with translation.override(endpoint.language), timezone.override(settings.DEFAULT_PERSON_TIME_ZONE):
        text = f"{sentences.said_of_late(entry)} {late.url(entry)}"
    facts = {"count": entry.data["count"], "entries": entry.data["entries"][: late.MOST], "url": late.url(entry)}
    return _body(id_of(f"{endpoint.code} {entry.pk}"), entry.act, entry.at, {"late": facts, "text": text})


def of_findings(entry: TrailEntry, endpoint: WebhookEndpoint) -> dict[str, Any]:
    """Return the body of what was opened, or of what becomes of an acceptance. Why it is accepted is for the portal's page."""
    with translation.override(endpoint.language):
        text = f"{findings.said(entry)} {findings.url(entry)}"
    found = [{"id": one["code"], **_named(one), "url": findings.url_of(one["code"])} for one in findings.found(entry)]
    facts: dict[str, Any] = {"count": entry.data.get("count", len(found)), "found": found, "url": findings.url(entry)}
    if entry.act in findings.OF_ONE:
        facts["by"] = entry.on_behalf_of or entry.actor
    return _body(id_of(f"{endpoint.code} {entry.pk}"), entry.act, entry.at, {"findings": facts, "text": text})


def of_report(entry: TrailEntry, endpoint: WebhookEndpoint) -> dict[str, Any]:
    """Return the body of what happened to a work report. What it says is for the portal's page."""
    with translation.override(endpoint.language):
        text = f"{reports.said(entry)} {reports.url(entry.subject)}"
    names = ("elevation", "request", "person", "work_group", "status", "due_on", "is_unused")
    facts = {name: entry.data["report"][name] for name in names}
    facts |= {"by": entry.on_behalf_of or entry.actor, "url": reports.url(entry.subject)}
    return _body(id_of(f"{endpoint.code} {entry.pk}"), entry.act, entry.at, {"report": facts, "text": text})


def _named(one: Json) -> Json:
    return {name: one[name] for name in ("kind", "key", "severity")}


def _difference(one: Found) -> Json:
    names = {"account": one.account, "thing": one.thing, "name": one.name, "work_group": one.work_group}
    return {"id": one.code, "kind": one.kind, **names, "url": one.url}


def has_details(body: Mapping[str, Any]) -> bool:
    """Whether a body was made for an endpoint that wished for details."""
    return any("details" in facts for facts in body["data"].values() if isinstance(facts, dict))


def of_test(endpoint: WebhookEndpoint, *, number: str, now: datetime) -> dict[str, Any]:
    """Return the body of a test, which tells nothing but that notices arrive. `number` is the delivery's."""
    with translation.override(endpoint.language):
        text = _("Sekisho reaches this chat: notices to %(name)s arrive.") % {"name": endpoint.name}
    return _body(id_of(f"{endpoint.code} {number}"), TEST, now, {"text": text})


def id_of(event: str) -> str:
    """Return the id of a message: the same for every attempt, and whenever the same is sent again, by which receivers tell."""
    return f"msg_{hashlib.sha256(event.encode()).hexdigest()[:32]}"


def _body(message_id: str, act: str, at: datetime, data: Json) -> dict[str, Any]:
    return {"id": message_id, "type": act, "timestamp": at.isoformat().replace("+00:00", "Z"), "data": dict(data)}


def _fixed(kept: Json, name: str) -> str | None:
    """Return a time as approval fixed it, before that as it was asked for."""
    time: str | None = kept[name] or kept.get(f"asked_{name}")
    return time
