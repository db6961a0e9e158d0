"""Requests, access and work groups as people read them."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from rich.text import Text

from portal.cli import moments, speaking, states
from portal.cli.portal import Json
from portal.cli.words import listed, said

# In production now; waits for somebody; holds, or is over.
STYLES: Mapping[str, str] = {
    "active": "bold red",
    "granting": "red",
    "revoking": "red",
    "pending": "yellow",
    "scheduled": "yellow",
    "approved": "green",
}
QUIET = "dim"
# States of a work report that its person has to write.
UNWRITTEN = ("owed", "asked_back")
Fields = list[tuple[str, str | Text]]
Showing = Callable[[Sequence[Json]], None]


def state(name: str) -> Text:
    """Return a state in words and colour."""
    return Text(speaking.one_line(states.word(name)), style=STYLES.get(name, QUIET))


def say_elevations(items: Sequence[Json]) -> None:
    if not items:
        speaking.note(said("Nobody is in production now."))
        return
    now = datetime.now(UTC)
    rows = [
        (each["id"], person(each["person"]), each["work_group"], state(each["state"]), *_window(each, now=now)) for each in items
    ]
    who, until = said("WHO"), said("UNTIL (%(zone)s)", zone=moments.zone(now))
    columns = (said("ID"), who, said("WORK GROUP"), said("STATE"), until, said("LEFT"))
    speaking.say_table(columns, rows, wrapped=(who,))


def say_requests(items: Sequence[Json]) -> None:
    if not items:
        speaking.note(said("There are no requests."))
        return
    rows = [
        (
            each["id"],
            person(each["requester"]),
            listed(each["work_groups"]),
            state(each["state"]),
            asked_time(each),
            each["change_ticket"],
            each["reason"],
        )
        for each in items
    ]
    who, groups, when, ticket, reason = said("REQUESTER"), said("WORK GROUPS"), said("WINDOW"), said("TICKET"), said("REASON")
    columns = (said("ID"), who, groups, said("STATE"), when, ticket, reason)
    speaking.say_table(columns, rows, wrapped=(who, groups, when, ticket, reason))


def say_entries(items: Sequence[Json]) -> None:
    """Print entries of the audit trail."""
    if not items:
        speaking.note(said("There are no entries."))
        return
    zone = moments.zone(datetime.now(UTC))
    rows = [(str(each["id"]), moments.exact(each["at"]), each["sentence"], each["subject"]) for each in items]
    happened = said("WHAT HAPPENED")
    columns = (said("ENTRY"), said("TIME (%(zone)s)", zone=zone), happened, said("ABOUT"))
    speaking.say_table(columns, rows, wrapped=(happened,))


def say_days(items: Sequence[Json]) -> None:
    """Print the days of a month of inspections."""
    rows = [
        (
            each["day"],
            states.inspected(each["state"]),
            f"{each['signed']}/{each['rows']}",
            str(each["deviating"]),
            each["due_on"] or "",
        )
        for each in items
    ]
    columns = (said("DAY"), said("STATE"), said("SIGNED"), said("DEVIATIONS"), said("DUE"))
    speaking.say_table(columns, rows)


def say_inspection(inspection: Json) -> None:
    """Print the rows of a day, part by part."""
    rows = [
        (
            f"{part['part']}/{row['number']}" if part["part"] else str(row["number"]),
            moments.exact(row["began_at"]),
            row["who"],
            f"{states.inspected(row['kind'])} {row['elevation']}".strip(),
            listed(states.inspected(each) for each in row["deviations"]),
            row["signed_by"] or said("not signed"),
            listed(row["may_sign"]) if not row["signed_by"] else "",
        )
        for part in inspection["parts"]
        for row in part["rows"]
    ]
    if not rows:
        is_open = bool(inspection["parts"])
        speaking.note(said("There are no log-ins to inspect.") if is_open else said("Its log-ins are not read whole yet."))
        return
    zone = moments.zone(datetime.now(UTC))
    who, deviations = said("WHO"), said("DEVIATIONS")
    columns = (
        said("ROW"),
        said("TIME (%(zone)s)", zone=zone),
        who,
        said("LEAVE"),
        deviations,
        said("SIGNED BY"),
        said("MAY SIGN"),
    )
    speaking.say_table(columns, rows, wrapped=(who, deviations))


def say_work_groups(items: Sequence[Json]) -> None:
    if not items:
        speaking.note(said("There is no work group that you may ask for."))
        return
    rows = [
        (each["name"], "\n".join(role["arn"] for role in each["target_roles"]), _lengths(each), each["policy"]) for each in items
    ]
    roles, policy = said("ROLES"), said("APPROVAL POLICY")
    columns = (said("WORK GROUP"), roles, said("LENGTH"), policy)
    speaking.say_table(columns, rows, wrapped=(roles, policy))


def request_fields(found: Json) -> Fields:
    """Return what is decided on, whole, and how it stands."""
    return [
        (said("request"), found["id"]),
        (said("state"), state(found["state"])),
        (said("requester"), person(found["requester"])),
        (said("work groups"), "\n".join(found["work_groups"])),
        (said("roles"), "\n".join(found["target_roles"])),
        (said("window"), asked_time(found)),
        (said("reason"), found["reason"]),
        (said("ticket"), found["change_ticket"]),
        (said("impact"), found["impact"]),
        (said("plan"), found["plan"]),
        (said("way back"), found["way_back"]),
        (said("IAM user"), found["iam_user_name"] or ""),
        (said("extends"), found["extends"] or ""),
        (said("replaces"), found["revises"] or ""),
        (said("waits for"), _waits_for(found)),
        (said("decisions"), "\n".join(_decision(each) for each in found["decisions"])),
        (
            said("access"),
            "\n".join(f"{each['id']} {each['work_group']}: {states.word(each['state'])}" for each in found["elevations"]),
        ),
    ]


def elevation_fields(found: Json) -> Fields:
    details: Mapping[str, Any] = found["details"] or {}
    return [
        (said("access"), found["id"]),
        (said("state"), state(found["state"])),
        (said("who"), person(found["person"])),
        (said("work group"), found["work_group"]),
        (said("from"), moments.shown(found["starts_at"])),
        (said("until"), moments.shown(found["ends_at"])),
        (said("left"), moments.length(found["seconds_left"]) if found["seconds_left"] else ""),
        (said("request"), details.get("request", "")),
        (said("reason"), details.get("reason", "")),
        (said("ticket"), details.get("change_ticket", "")),
        (said("approved by"), listed(person(each) for each in details.get("approved_by", ()))),
        (said("why it ended"), states.why_ended(details.get("stop_reason", ""))),
        (said("problem"), details.get("problem") or ""),
        (said("in AWS"), _in_aws(details)),
        (said("ended"), moments.shown(details.get("ended_at"))),
        (said("work report"), _report(details)),
        (said("switch role"), "\n".join(each["url"] for each in details.get("switch_roles", ()))),
    ]


def _report(details: Mapping[str, Any]) -> str | Text:
    report = details.get("report")
    if not report:
        return ""
    if report["state"] not in UNWRITTEN:
        return state(report["state"])
    return said("%(state)s, due on %(day)s", state=states.word(report["state"]), day=report["due_on"])


def person(found: Mapping[str, str]) -> str:
    """Return how a person is called, with the name that commands take: 高橋 直子 (leader01)."""
    if not found["name"]:
        return found["username"]
    return said("%(name)s (%(username)s)", name=found["name"], username=found["username"])


def asked_time(found: Json) -> str:
    """Return the window as it was asked for, or as approval fixed it."""
    start, end, minutes = moments.shown(found["starts_at"]), moments.shown(found["ends_at"]), found["duration_minutes"]
    lasts = moments.length(minutes * 60) if minutes else ""
    if start:
        return (
            said("%(start)s until %(end)s", start=start, end=end)
            if end
            else said("%(start)s, for %(lasts)s", start=start, lasts=lasts)
        )
    if end:
        return said("from approval until %(end)s", end=end)
    return said("from approval on, for %(lasts)s", lasts=lasts) if lasts else said("from approval on")


def _window(found: Json, *, now: datetime) -> tuple[str, str]:
    """Return the end, and what is left until then; of what has not begun, the beginning."""
    if found["state"] == "scheduled":
        return moments.brief(found["ends_at"], now=now), said("from %(start)s", start=moments.brief(found["starts_at"], now=now))
    return moments.brief(found["ends_at"], now=now), moments.length(found["seconds_left"]) if found["seconds_left"] else ""


def _lengths(group: Json) -> str:
    shortest, longest = (moments.length(group[f"{name}_minutes"] * 60) for name in ("shortest", "longest"))
    return said("%(shortest)s to %(longest)s", shortest=shortest, longest=longest)


def _waits_for(found: Json) -> str:
    waits = found["waits_for"]
    if waits is None:
        return ""
    return said("%(approvals)s, until %(at)s", approvals=approvals(waits), at=moments.shown(waits["until"]))


def approvals(waits: Mapping[str, Any]) -> str:
    """Return whose approval is missing: that of everybody named, or of so many among them."""
    people, missing = listed(person(each) for each in waits["people"]), waits["missing"]
    if missing >= len(waits["people"]):
        return said("approval by %(people)s", people=people)
    return said("approval by %(count)s of %(people)s", count=missing, people=people)


def _decision(each: Json) -> str:
    decided = states.decision(each["verdict"], who=person(each["approver"]), at=moments.shown(each["decided_at"]))
    return f"{decided}: {each['comment']}" if each["comment"] else decided


def _in_aws(details: Mapping[str, Any]) -> str:
    seen = details.get("aws")
    if not seen:
        return ""
    at = moments.shown(seen["seen_at"])
    if seen["membership"]:
        return said("in the work group, read back %(at)s", at=at)
    return said("not in the work group, read back %(at)s", at=at)
