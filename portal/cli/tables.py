"""Requests, access and work groups as people read them."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from rich.text import Text

from portal.cli import moments, speaking
from portal.cli.portal import Json

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
    words = speaking.one_line(name).replace("_", " ")
    return Text(words, style=STYLES.get(name, QUIET))


def say_elevations(items: Sequence[Json]) -> None:
    if not items:
        speaking.note("Nobody.")
        return
    now = datetime.now(UTC)
    rows = [
        (each["id"], person(each["person"]), each["work_group"], state(each["state"]), *_window(each, now=now)) for each in items
    ]
    speaking.say_table(("ID", "WHO", "WORK GROUP", "STATE", f"UNTIL ({moments.zone(now)})", "LEFT"), rows, wrapped=("WHO",))


def say_requests(items: Sequence[Json]) -> None:
    if not items:
        speaking.note("No requests.")
        return
    rows = [
        (
            each["id"],
            person(each["requester"]),
            ", ".join(each["work_groups"]),
            state(each["state"]),
            asked_time(each),
            each["change_ticket"],
            each["reason"],
        )
        for each in items
    ]
    columns = ("ID", "WHO", "WORK GROUPS", "STATE", "WHEN", "TICKET", "REASON")
    speaking.say_table(columns, rows, wrapped=("WHO", "WORK GROUPS", "WHEN", "TICKET", "REASON"))


def say_entries(items: Sequence[Json]) -> None:
    """Print entries of the audit trail."""
    if not items:
        speaking.note("No entries.")
        return
    zone = moments.zone(datetime.now(UTC))
    rows = [(str(each["id"]), moments.exact(each["at"]), each["sentence"], each["subject"]) for each in items]
    speaking.say_table(("ENTRY", f"TIME ({zone})", "WHAT HAPPENED", "ABOUT"), rows, wrapped=("WHAT HAPPENED",))


def say_work_groups(items: Sequence[Json]) -> None:
    if not items:
        speaking.note("There is none that you may ask for.")
        return
    rows = [
        (each["name"], "\n".join(role["arn"] for role in each["target_roles"]), _lengths(each), each["policy"]) for each in items
    ]
    speaking.say_table(("WORK GROUP", "ROLES", "TIME", "WHO APPROVES"), rows, wrapped=("ROLES", "WHO APPROVES"))


def request_fields(found: Json) -> Fields:
    """Return what is decided on, whole, and how it stands."""
    return [
        ("request", found["id"]),
        ("state", state(found["state"])),
        ("who", person(found["requester"])),
        ("work groups", "\n".join(found["work_groups"])),
        ("roles", "\n".join(found["target_roles"])),
        ("when", asked_time(found)),
        ("reason", found["reason"]),
        ("ticket", found["change_ticket"]),
        *((name.replace("_", " "), found[name]) for name in ("impact", "plan", "way_back")),
        ("IAM user", found["iam_user_name"] or ""),
        ("extends", found["extends"] or ""),
        ("replaces", found["revises"] or ""),
        ("waits for", _waits_for(found)),
        ("decisions", "\n".join(_decision(each) for each in found["decisions"])),
        ("access", "\n".join(f"{each['id']} {each['work_group']}: {each['state']}" for each in found["elevations"])),
    ]


def elevation_fields(found: Json) -> Fields:
    details: Mapping[str, Any] = found["details"] or {}
    return [
        ("access", found["id"]),
        ("state", state(found["state"])),
        ("who", person(found["person"])),
        ("work group", found["work_group"]),
        ("from", moments.shown(found["starts_at"])),
        ("until", moments.shown(found["ends_at"])),
        ("left", moments.length(found["seconds_left"]) if found["seconds_left"] else ""),
        ("request", details.get("request", "")),
        ("reason", details.get("reason", "")),
        ("ticket", details.get("change_ticket", "")),
        ("approved by", ", ".join(person(each) for each in details.get("approved_by", ()))),
        ("why it ended", details.get("stop_reason", "").replace("_", " ")),
        ("problem", details.get("problem") or ""),
        ("in AWS", _in_aws(details)),
        ("ended", moments.shown(details.get("ended_at"))),
        ("work report", _report(details)),
        ("switch role", "\n".join(each["url"] for each in details.get("switch_roles", ()))),
    ]


def _report(details: Mapping[str, Any]) -> str | Text:
    report = details.get("report")
    if not report:
        return ""
    return f"{state(report['state'])}, due on {report['due_on']}" if report["state"] in UNWRITTEN else state(report["state"])


def person(found: Mapping[str, str]) -> str:
    return f"{found['username']} {found['name']}".strip()


def asked_time(found: Json) -> str:
    """Return the window as it was asked for, or as approval fixed it."""
    begins = moments.shown(found["starts_at"]) or "from approval on"
    if found["ends_at"]:
        return f"{begins} until {moments.shown(found['ends_at'])}"
    minutes = found["duration_minutes"]
    return f"{begins}, for {moments.length(minutes * 60)}" if minutes else begins


def _window(found: Json, *, now: datetime) -> tuple[str, str]:
    """Return the end, and what is left until then; of what has not begun, the beginning."""
    if found["state"] == "scheduled":
        return moments.brief(found["ends_at"], now=now), f"from {moments.brief(found['starts_at'], now=now)}"
    return moments.brief(found["ends_at"], now=now), moments.length(found["seconds_left"]) if found["seconds_left"] else ""


def _lengths(group: Json) -> str:
    shortest, longest = (moments.length(group[f"{name}_minutes"] * 60) for name in ("shortest", "longest"))
    return f"{shortest} to {longest}"


def _waits_for(found: Json) -> str:
    waits = found["waits_for"]
    if waits is None:
        return ""
    people = ", ".join(person(each) for each in waits["people"])
    return f"{waits['missing']} of {people}, until {moments.shown(waits['until'])}"


def _decision(each: Json) -> str:
    said = f": {each['comment']}" if each["comment"] else ""
    return f"{each['verdict'].replace('_', ' ')} by {person(each['approver'])}, {moments.shown(each['decided_at'])}{said}"


def _in_aws(details: Mapping[str, Any]) -> str:
    seen = details.get("aws")
    if not seen:
        return ""
    membership = "in the work group" if seen["membership"] else "not in the work group"
    return f"{membership}, read back {moments.shown(seen['seen_at'])}"
