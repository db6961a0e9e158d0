"""What people do with exports: ask for one, and download it."""

from datetime import datetime

from audits import selectors, trail
from audits.acts import Act
from audits.extracted import extract_code
from audits.messages import Task
from audits.models import Extract, ExtractState
from audits.searching import Filters
from portal.outbox import sending as outbox
from portal.verbs.actor import Actor
from portal.verbs.rejections import Conflict, NotAnAuditor, NotFound

# Of one person, waiting or being made.
MOST_OPEN = 3


def _(sentence: str) -> str:
    """Mark a sentence for translation; the doors translate it."""
    return sentence


class TooManyExports(Conflict):
    code = "too_many_exports"
    sentence = _("%(most)s of your exports are still being made. Wait until one of them is ready.")


class NoFile(Conflict):
    code = "no_file"
    sentence = _("There is no file: it is not made yet, or its time is over. Look at the list of exports.")


def ask(*, filters: Filters, form: str, language: str, zone: str, actor: Actor, now: datetime) -> Extract:
    """Have a file made of the entries that the filters leave now. Raises NotAnAuditor, TooManyExports."""
    _check_may_read(actor)
    mine = Extract.objects.filter(asked_by=actor.who.username, state__in=[ExtractState.WAITING, ExtractState.RUNNING])
    if mine.count() >= MOST_OPEN:
        raise TooManyExports(most=MOST_OPEN)
    extract = Extract.objects.create(
        code=extract_code(),
        format=form,
        filters=filters.said(),
        last=selectors.last_id(),
        language=language,
        zone=zone,
        asked_by=actor.who.username,
        asked_at=now,
    )
    outbox.put(Task.MAKE_EXTRACT, object_id=extract.pk, now=now)
    data = {"format": form, "filters": filters.said(), "through": extract.last}
    trail.record_act(now=now, act=Act.EXPORT_ASKED, actor=actor, subject=extract.code, data=data)
    return extract


def download(*, code: str, actor: Actor, now: datetime) -> Extract:
    """Record that somebody takes the file home. Raises NotAnAuditor, NotFound, NoFile."""
    _check_may_read(actor)
    extract = Extract.objects.filter(code=code).first()
    if extract is None:
        raise NotFound
    if extract.state != ExtractState.DONE:
        raise NoFile
    data = {"sha256": extract.sha256, "rows": extract.rows}
    trail.record_act(now=now, act=Act.EXPORT_DOWNLOADED, actor=actor, subject=code, data=data)
    return extract


def _check_may_read(actor: Actor) -> None:
    if not (actor.who.is_active and actor.who.reads_everything):
        raise NotAnAuditor
