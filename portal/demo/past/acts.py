"""What a story may say that somebody did: a function for each, by its name. Each goes through the services that pages call."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

from django.utils import timezone

from access_requests import details
from access_requests.lifecycle import DRIFT_OPEN, STANDING
from access_requests.models import AccessRequest, Drift, Elevation
from access_requests.services.drift import answering, running
from access_requests.services.elevations import stop
from access_requests.services.requests import decide, extend, submit
from access_requests.services.requests.submit import Ask
from portal.demo.past import in_aws, inspected, people, reporting, reviewed
from portal.demo.past.at_work import Portal
from portal.demo.past.in_aws import Aws
from portal.demo.past.reading import Happening
from portal.simulated_aws import control
from portal.simulated_aws.company import ACCOUNTS
from portal.verbs.actor import Actor
from portal.verbs.run import act_as


@dataclass(frozen=True, kw_only=True)
class World:
    """Where it happens. `latest` is the latest request of each thread, `named` what others of them refer to."""

    portal: Portal
    aws: Aws
    latest: dict[int, AccessRequest] = field(default_factory=dict)
    named: dict[str, AccessRequest] = field(default_factory=dict)

    def let(self, happening: Happening) -> None:
        """Have it happen, and the portal do what comes of it at once."""
        ACTS[happening.do](happening, self)
        self.portal.work()
        if happening.do in FOUND_IN:
            self.portal.look_through_the_trail()

    def request(self, happening: Happening) -> AccessRequest:
        return self.latest[happening.thread]

    def access(self, happening: Happening) -> Elevation:
        """Return the access of this thread, which may be a group's of several."""
        groups = {"work_group__name": happening.given["group"]} if "group" in happening.given else {}
        mine = Elevation.objects.filter(request__in=self._of_thread(happening), status__in=sorted(STANDING), **groups)
        return mine.order_by("pk")[0]

    def over(self, happening: Happening) -> Elevation:
        """Return the thread's access that is over."""
        return (
            Elevation.objects.filter(request__in=self._of_thread(happening))
            .exclude(status__in=sorted(STANDING))
            .order_by("pk")[0]
        )

    def _of_thread(self, happening: Happening) -> list[int]:
        request = self.latest[happening.thread]
        return [request.pk, *([request.extends.request_id] if request.extends else [])]


def ask(happening: Happening, world: World) -> None:
    given = dict(happening.given)
    name, revises, start_in = (given.pop(key, None) for key in ("name", "revises", "starts_in"))
    wanted = Ask(
        work_groups=given["groups"],
        reason=given["reason"],
        change_ticket=given["ticket"],
        details={detail: given.get(detail, "") for detail in details.NAMES},
        starts_at=None if start_in is None else _minute() + timedelta(minutes=start_in),
        duration_minutes=given["minutes"],
        revises=world.named[revises].code if revises else None,
    )
    request = _done(happening, lambda actor, now: submit.submit(ask=wanted, actor=actor, now=now))
    world.latest[happening.thread] = request
    if name:
        world.named[name] = request


def approve(happening: Happening, world: World) -> None:
    _decided(decide.approve, happening, world)


def reject(happening: Happening, world: World) -> None:
    _decided(decide.reject, happening, world)


def send_back(happening: Happening, world: World) -> None:
    _decided(decide.send_back, happening, world)


def withdraw(happening: Happening, world: World) -> None:
    request = world.request(happening)
    _done(happening, lambda actor, now: decide.withdraw(request_id=request.pk, actor=actor, now=now))


def ask_for_more(happening: Happening, world: World) -> None:
    """Ask for so many minutes more; what is decided next in this thread is that."""
    access = world.access(happening)
    ends_at = access.ends_at + timedelta(minutes=happening.given["minutes"])
    verb = partial(extend.extend, elevation_id=access.pk, ends_at=ends_at, reason=happening.say)
    world.latest[happening.thread] = _done(happening, lambda actor, now: verb(actor=actor, now=now))


def give_back(happening: Happening, world: World) -> None:
    access = world.access(happening)
    _done(happening, lambda actor, now: stop.return_early(elevation_id=access.pk, actor=actor, now=now))


def stop_it(happening: Happening, world: World) -> None:
    """Press the red button."""
    access = world.access(happening)
    verb = partial(stop.stop, elevation_id=access.pk, comment=happening.say)
    _done(happening, lambda actor, now: verb(actor=actor, now=now))


def aws_denies(happening: Happening, world: World) -> None:
    """Have AWS deny the next calls of this action, as a service control policy would."""
    control.set_fault(**world.aws.door, kind="denied", action=happening.given["action"], times=happening.given.get("times", 1))


def join_behind_the_portal(happening: Happening, world: World) -> None:
    """Somebody puts a user into a group in AWS's console; the portal's next comparison finds it."""
    iam = world.aws.administrator.client("iam", ACCOUNTS["jump"])
    iam.add_user_to_group(GroupName=happening.given["group"], UserName=happening.given["user"])
    compare(happening, world)


def compare(_happening: Happening, world: World) -> None:
    """Compare as the clock does: when what is new cannot be merely late any more."""
    world.portal.forward(COMPARED_AFTER)
    running.run()
    world.portal.work()


def undo(happening: Happening, world: World) -> None:
    """Have what drift is open undone, as an administrator asks for it."""
    for drift in Drift.objects.filter(status__in=sorted(DRIFT_OPEN)):
        verb = partial(answering.undo, code=drift.code, seen=answering.digest(drift))
        _done(happening, lambda actor, now, verb=verb: verb(actor=actor, now=now))
    world.portal.work()


def report(happening: Happening, world: World) -> None:
    """Say what was done with the thread's access that is over."""
    deviation = happening.given.get("deviation", "")
    reporting.report(world.over(happening), who=happening.who, done=happening.say, deviation=deviation)


def confirm_report(happening: Happening, world: World) -> None:
    reporting.confirm(world.over(happening), who=happening.who, comment=happening.say)


def ask_report_back(happening: Happening, world: World) -> None:
    reporting.ask_back(world.over(happening), who=happening.who, comment=happening.say)


def everybody_reports(happening: Happening, _world: World) -> None:
    reporting.everybody(done=happening.say)


def read_log_ins(_happening: Happening, world: World) -> None:
    """Read CloudTrail as the clock has it read, by the minute."""
    world.portal.read_log_ins()
    inspected.open_what_is_read()


def inspect(happening: Happening, world: World) -> None:
    """Read log-ins, and have the inspectors sign all that waits but for uses of the people that are left."""
    read_log_ins(happening, world)
    inspected.sign(comment=happening.say, leave=happening.given.get("leave", ()))


def open_review(happening: Happening, _world: World) -> None:
    """Have an administrator open an access review; its first reviewer decides on some of it at once."""
    reviewed.campaign(who=happening.who, name=happening.say, decided=happening.given["decided"])


# After these something may be found in the trail; it is looked through by the minute elsewhere.
FOUND_IN = frozenset({"approve", "compare", "inspect", "join behind the portal", "read log-ins", "undo"})
COMPARED_AFTER = timedelta(seconds=30)
ACTS: Mapping[str, Callable[[Happening, World], None]] = {
    "ask": ask,
    "approve": approve,
    "reject": reject,
    "send back": send_back,
    "withdraw": withdraw,
    "ask for more": ask_for_more,
    "give back": give_back,
    "stop": stop_it,
    "aws denies": aws_denies,
    "join behind the portal": join_behind_the_portal,
    "compare": compare,
    "undo": undo,
    "report": report,
    "confirm report": confirm_report,
    "ask report back": ask_report_back,
    "everybody reports": everybody_reports,
    "open review": open_review,
    "read log-ins": read_log_ins,
    "inspect": inspect,
    "switch": lambda happening, world: in_aws.switch(happening, world.aws),
    "come in": lambda happening, world: in_aws.come_in(happening, world.aws),
    "call": lambda happening, world: in_aws.call(happening, world.aws),
    "administer": lambda happening, world: in_aws.administer(happening, world.aws),
    "cloudtrail forgets": lambda happening, world: in_aws.forget(happening, world.aws),
}


def _decided(verb: Callable[..., AccessRequest], happening: Happening, world: World) -> None:
    decided = partial(verb, request_id=world.request(happening).pk, comment=happening.say, seen=None)
    _done(happening, lambda actor, now: decided(actor=actor, now=now))


def _done(happening: Happening, verb: Callable[..., Any]) -> Any:
    """Run the verb as a door does, as the person of the story. Raises what it refuses: the story is then wrong."""
    actor: Actor = people.acting(happening.who, happening.by)
    return act_as(actor, lambda: verb(actor, timezone.now()))


def _minute() -> Any:
    return timezone.now().replace(second=0, microsecond=0)
