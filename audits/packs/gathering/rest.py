"""What else the trail says of a period: findings, changes by subject, and what came late of the periods before."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from audits import kinds, showing
from audits.acts import Act
from audits.models import Finding, Pack, Severity, TrailEntry

PAGE = 500
# Subject -> how the acts begin that tell of it; whatever act is added later is among them by its name.
TOPICS = {
    "people": ("person.", "factor.", "identity.", Act.LOG_IN_LINKED, "directory_group.", "scim_token."),
    "bindings": ("iam_user.", "identity_center_user."),
    "rules": ("catalogue.", "settings.", "runbook.", "change_template."),
    "programs": ("client.", "token.", "webhook."),
    "drift": ("drift.",),
    "reviews": ("review.",),
    "inspections": ("inspection.",),
    "reports": ("work_report.",),
    "evidence": ("pack.", "export.", "seal.", "personal."),
}
# What people do all day, and what is in an extract of its own.
LEFT_OUT = (
    *(Act.LOGGED_IN, Act.LOGGED_OUT, Act.SESSIONS_ENDED, Act.PERSON_PASSWORD_REHASHED),
    Act.LOGGED_IN_BY_NEW_DEVICE,
)
CLOSED = Act.FINDING_CLOSED
TOPIC_OF: Mapping[str, str] = {
    act: topic
    for act in Act
    for topic, begins in TOPICS.items()
    if act.startswith(begins) and act not in LEFT_OUT and not act.endswith(".baseline")
}


def findings(pack: Pack, until: datetime) -> list[dict[str, Any]]:
    """Return the findings that were open at any time of the period, the worst first, as of the checkpoint. A query a page."""
    codes = list(Finding.objects.filter(first_seen_at__lt=until).order_by("pk").values_list("code", flat=True))
    found = list[dict[str, Any]]()
    for first in range(0, len(codes), PAGE):
        page = codes[first : first + PAGE]
        told = TrailEntry.objects.filter(subject__in=page, act__startswith="finding.", pk__lte=pack.through).order_by("pk")
        last = {entry.subject: entry for entry in told.iterator(chunk_size=PAGE)}
        found += [said for code in page if code in last and (said := _finding(last[code])) and _was_open(said, pack)]
    return sorted(found, key=lambda said: (-Severity[said["severity"].upper()], said["opened_at"], said["id"]))


def _was_open(said: Mapping[str, Any], pack: Pack) -> bool:
    return said["closed_at"] is None or datetime.fromisoformat(said["closed_at"]) >= pack.since


def changes(pack: Pack, until: datetime) -> Iterator[dict[str, Any]]:
    """Yield what changed in the period, in the order of time."""
    entries = TrailEntry.objects.filter(act__in=TOPIC_OF, at__gte=pack.since, at__lt=until, pk__lte=pack.through)
    return ({**said, "topic": TOPIC_OF[said["act"]]} for said in _said(entries))


def late(pack: Pack) -> Iterator[dict[str, Any]]:
    """Yield what happened before the period, and was recorded after the checkpoint of the pack before; nothing of a first one."""
    entries = TrailEntry.objects.filter(at__lt=pack.since, pk__gt=pack.follows, pk__lte=pack.through)
    return _said(entries) if pack.follows else iter(())


def _finding(entry: TrailEntry) -> dict[str, Any]:
    said = entry.data["finding"]
    names = ("code", "key", "kind", "severity", "status", "opened_at", "closed_at", "owner", "accepted_by")
    closed_by = entry.on_behalf_of or entry.actor if entry.act == CLOSED else ""
    fields = {name: said[name] for name in names}
    words = kinds.said(said["kind"], said["key"])
    explained = said["accepted_by"] or closed_by
    return {"id": said["code"], **fields, "sentence": words, "explained_by": explained, "last_entry": entry.pk}


def _said(entries: QuerySet[TrailEntry]) -> Iterator[dict[str, Any]]:
    for page in _pages(entries.order_by("at", "pk")):
        for shown in showing.shown(page):
            entry = shown.entry
            words = {"who": shown.who, "subject": entry.subject, "sentence": shown.sentence}
            yield {"entry": entry.pk, "at": entry.at, "act": entry.act, **words}


def _pages(entries: QuerySet[TrailEntry]) -> Iterable[Sequence[TrailEntry]]:
    beyond = Q()
    while page := list(entries.filter(beyond)[:PAGE]):
        at, pk = page[-1].at, page[-1].pk
        yield page
        beyond = Q(at__gt=at) | Q(at=at, pk__gt=pk)
