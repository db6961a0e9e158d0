"""An elevation as a page shows it: a pass with a countdown, seals, and what may be done with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from access_requests import problems
from access_requests.grants.registry import backend_of
from access_requests.lifecycle import STANDING, ElevationStatus
from access_requests.models import Decision, Elevation, TargetRole
from access_requests.not_granted import NotGranted
from access_requests.selectors import switching
from access_requests.services.elevations import stop
from access_requests.web.elevations import titles
from access_requests.web.elevations.checked import Checked
from audits.acts import reasons
from portal import profile_names
from portal.pages import moments
from portal.users.models import User
from portal.verbs import phrases

NEXT: Mapping[str, Promise] = {
    ElevationStatus.SCHEDULED: _("It begins by itself at %(start)s and ends at %(end)s."),
    ElevationStatus.GRANTING: _("The portal is writing it into AWS and reads it back. This takes a few seconds."),
    ElevationStatus.REVOKING: _("It is being taken out of AWS. It counts as ended only when AWS shows that it is gone."),
    ElevationStatus.ENDED: _("At %(ended)s AWS showed that the membership was gone."),
    ElevationStatus.CANCELLED: _("It never began: %(reason)s."),
}
ENDS_BY_ITSELF = _("AWS itself ends this at %(end)s, new switches and open sessions alike, also when this portal is down.")


@dataclass(frozen=True, kw_only=True)
class Switch:
    """A role that the pass opens: a link for the console, a profile for the command line where one works there."""

    role: TargetRole
    url: str
    profile: str
    # The command that tries the profile.
    trial: str


@dataclass(frozen=True, kw_only=True)
class Pass:
    """`in_full`: the viewer may see reason, ticket and what AWS showed; the rest is for everybody."""

    elevation: Elevation
    now: datetime
    is_mine: bool
    in_full: bool
    may_stop: bool
    switches: Sequence[Switch] = ()
    mfa: switching.Mfa | None = None

    @cached_property
    def checked(self) -> Checked:
        return Checked(elevation=self.elevation, now=self.now)

    @property
    def state(self) -> str:
        return self.elevation.status

    @property
    def title(self) -> str:
        return titles.of_elevation(self.elevation)

    @property
    def failure(self) -> NotGranted | None:
        """Why nothing was granted, for who may see what AWS showed."""
        return NotGranted(elevation=self.elevation) if self.in_full and self.elevation.was_not_granted else None

    @property
    def is_due(self) -> bool:
        """Whether it should begin and no worker has taken it yet."""
        return self.state == ElevationStatus.SCHEDULED and self.elevation.starts_at <= self.now

    @property
    def counts_to(self) -> datetime | None:
        """The moment that the countdown runs to: the beginning, then the end; none when neither is ahead."""
        if self.state == ElevationStatus.SCHEDULED and not self.is_due:
            return self.elevation.starts_at
        return self.elevation.ends_at if self.state in STANDING else None

    @property
    def seconds_left(self) -> int:
        return max(0, int((self.counts_to - self.now).total_seconds())) if self.counts_to else 0

    @property
    def left(self) -> str:
        return moments.clock(self.seconds_left)

    @property
    def seconds(self) -> int:
        return int((self.elevation.ends_at - self.elevation.starts_at).total_seconds())

    @property
    def next(self) -> str:
        """What happens by itself, and when."""
        if self.is_due:
            return gettext("Its time has come: the portal writes it into AWS in a moment.")
        data = {
            "start": moments.soon(self.elevation.starts_at, seconds=True),
            "end": moments.soon(self.elevation.ends_at, seconds=True),
            "ended": moments.soon(self.elevation.ended_at, seconds=True) if self.elevation.ended_at else "",
            "reason": reasons.stopped(self.elevation.stop_reason),
        }
        if self.state != ElevationStatus.ACTIVE:
            return str(NEXT[ElevationStatus(self.state)]) % data
        sentence = ENDS_BY_ITSELF if self.checked.ends_by_itself else self.checked.backend.words.active
        return str(sentence) % {**data, "time": phrases.duration(self.elevation.work_group.session_minutes)}

    @property
    def problem(self) -> str:
        """What is wrong at the moment, and what is done about it."""
        sentence = problems.of(self.elevation)
        if not sentence or not self.elevation.problem:
            return sentence
        again = self.elevation.try_again_at
        if again is None or again <= self.now:
            return sentence
        return gettext("%(problem)s Next try at %(at)s.") % {"problem": sentence, "at": moments.soon(again, seconds=True)}

    @property
    def seals(self) -> list[Decision]:
        return list(self.elevation.request.decisions.all())

    @property
    def permission_sets(self) -> Sequence[str]:
        """What is chosen in the access portal of Identity Center, where the way in leads through that."""
        if not self.is_mine or self.state != ElevationStatus.ACTIVE:
            return ()
        roles = self.elevation.work_group.target_roles.all()
        return [switching.permission_set(role) for role in self.checked.backend.entrance.signed_in(roles)]

    @property
    def is_moving(self) -> bool:
        return self.is_due or self.state in (ElevationStatus.GRANTING, ElevationStatus.REVOKING)

    @property
    def may_return(self) -> bool:
        return self.is_mine and self.state in STANDING

    @property
    def may_extend(self) -> bool:
        return self.may_return and self.elevation.ends_at > self.now


def passes_of(person: User, elevations: Sequence[Elevation], *, now: datetime) -> list[Pass]:
    """Return the person's own passes, with the way in. The elevations are loaded in full."""
    own = [elevation for elevation in elevations if elevation.person_id == person.pk]
    mfa = switching.mfa_of(person) if own else None
    return [
        Pass(
            elevation=elevation,
            now=now,
            is_mine=True,
            in_full=True,
            may_stop=False,
            switches=_switches(elevation, mfa) if mfa and elevation.status == ElevationStatus.ACTIVE else (),
            mfa=mfa,
        )
        for elevation in own
    ]


def pass_for(viewer: User, elevation: Elevation, *, in_full: bool, now: datetime) -> Pass:
    """Return one pass as this viewer may see it."""
    if elevation.person_id == viewer.pk:
        return passes_of(viewer, [elevation], now=now)[0]
    may_stop = elevation.status in STANDING and stop.may_stop(elevation, viewer)
    return Pass(elevation=elevation, now=now, is_mine=False, in_full=in_full, may_stop=may_stop)


def _switches(elevation: Elevation, mfa: switching.Mfa) -> list[Switch]:
    roles = elevation.work_group.target_roles.all()
    return [
        Switch(role=role, url=switching.link(role, elevation), **_profile(role, elevation, mfa))
        for role in backend_of(elevation.work_group.backend).entrance.switched(roles)
    ]


def _profile(role: TargetRole, elevation: Elevation, mfa: switching.Mfa) -> dict[str, str]:
    profile = switching.profile(role, elevation, mfa)
    return {"profile": profile, "trial": profile_names.trial(switching.profile_name(role, elevation)) if profile else ""}
