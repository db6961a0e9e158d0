"""What would become of a request as it is typed so far: said beside the button, before anything is sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from access_requests import wording
from access_requests.models import WorkGroup
from access_requests.services.requests import foreseeing
from access_requests.services.requests.submit import asked_window
from access_requests.web.requests import beforehand
from access_requests.web.requests.ask_form import RequestForm
from portal.users.models import User
from portal.verbs import phrases


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """`ends_at`: if it is approved now. `warnings`: what is refused or cannot work, as things are."""

    groups: Sequence[WorkGroup]
    starts_at: datetime | None
    ends_at: datetime
    minutes: int
    warnings: Sequence[str]

    @property
    def approval(self) -> str:
        return wording.approvals(self.groups[0].policy)


def of(form: RequestForm, person: User, *, now: datetime) -> Outlook | None:
    """Return it once there is something to say: work groups, and times that can be read."""
    typed = form if form.is_bound else form.as_sent()
    groups, ask = typed.picked, typed.when()
    if not groups or ask is None:
        return None
    start, end = asked_window(ask).fixed(now)
    refused = foreseeing.refusal(ask, person, now=now)
    said = [phrases.sentence(refused)] if refused else []
    return Outlook(
        groups=groups,
        starts_at=ask.starts_at,
        ends_at=end,
        minutes=max(0, round((end - start).total_seconds() / 60)),
        warnings=[*said, *beforehand.warnings(person, groups, now=now)],
    )
