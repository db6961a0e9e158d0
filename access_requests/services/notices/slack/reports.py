"""Work reports told in Slack: to the person that one is owed or asked back, to those who approved that one waits for them."""

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext

from access_requests.models import Delivery
from access_requests.services.notices import reports
from access_requests.services.notices.contract import Wanted
from access_requests.services.notices.slack import blocks, readers
from access_requests.services.notices.slack.calls import PERSON, account_of, in_words_of
from audits.acts import Act
from audits.models import TrailEntry, WorkReport
from portal.users.models import User

BODY = "report"


def owed(entry: TrailEntry) -> Iterator[Wanted]:
    """Yield the person who owes a report of the access whose end this is."""
    if entry.data.get("report"):
        yield from _to([entry.data["elevation"]["person"]], entry)


def wanted(entry: TrailEntry) -> Iterator[Wanted]:
    report = entry.data["report"]
    if entry.act != Act.WORK_REPORT_WRITTEN:
        yield from _to([report["person"]], entry)
        return
    row = WorkReport.objects.get(elevation=entry.subject)
    told = list(_to(set(row.approvers) - {row.person}, entry))
    # Who approved may have left, or be nobody in Slack: then whoever else may confirm.
    yield from told or _to(set(row.last_level) - {row.person}, entry)


def send(delivery: Delivery) -> str:
    """Raises Later, Undeliverable."""
    person = User.objects.get(username=delivery.target.removeprefix(PERSON))
    account = account_of(person)
    entry = TrailEntry.objects.get(pk=delivery.body[BODY])
    with in_words_of(person):
        message = _message(entry)
    return readers.say(account, message)


def _to(usernames: Collection[str], entry: TrailEntry) -> Iterator[Wanted]:
    return readers.to(usernames, {BODY: entry.pk})


def _message(entry: TrailEntry) -> dict[str, Any]:
    is_owed = entry.act not in reports.ACTS
    sentence = _owed(entry) if is_owed else reports.said(entry)
    label = gettext("Write the report") if is_owed else gettext("Open in the portal")
    shown = [blocks.section(blocks.typed(sentence))]
    if entry.act == Act.WORK_REPORT_ASKED_BACK:
        shown.append(blocks.section(blocks.typed(f"“{entry.data['report']['answer']}”", blocks.LONGEST_FIELD)))
    return {
        "text": blocks.literal(sentence),
        "blocks": [*shown, blocks.context(blocks.link(reports.url(entry.subject), label))],
    }


def _owed(entry: TrailEntry) -> str:
    elevation, due_on = entry.data["elevation"], date.fromisoformat(entry.data["report"]["due_on"])
    words = {"code": entry.subject, "group": elevation["work_group"], "day": date_format(due_on, "DATE_FORMAT")}
    if elevation["granted_at"] is None:
        return gettext("Your access %(code)s with %(group)s was not given. Say by %(day)s that it was not used.") % words
    return gettext("Your access %(code)s with %(group)s is over. Report by %(day)s what you did; it takes a minute.") % words
