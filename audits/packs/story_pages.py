"""The story of one of the sample, on one page: what was asked, by which policy, who decided, AWS's calls, log-ins, the end."""

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from audits import showing
from audits.acts import Act, terms
from audits.exporting import stories
from audits.log_ins import selectors
from audits.log_ins.showing import REMAINS
from audits.models import LogIn, LogInClass, LogInWay, Pack, TrailEntry
from audits.packs import words
from audits.packs.gathering import lines
from audits.packs.sheets import cell
from audits.showing import Shown

# What fits on a page; all of it is in the story's file.
MOST_STEPS, MOST_CALLS, MOST_OTHERS, LONGEST = 26, 16, 6, 260
# Calls that change nothing.
READS = ("Get", "List", "Describe", "Simulate")
REPORTS, INSPECTIONS = "work_report.", "inspection."


def page(pack: Pack, folder: Path, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return the page of a line of the sample, in the language that is active."""
    code, zone = row["id"], ZoneInfo(pack.zone)
    told = [each for each in stories.entries(row["request"], last=pack.through) if _belongs(each, code)]
    log_ins = [each for each in lines.read(folder, "07-log-ins") if each["access"] == code]
    shown = showing.shown(told)
    at, who, what = _("Time"), _("Who"), _("What happened")
    proof, request_id = _("How they proved who they are"), _("Request id of AWS")
    parts = [
        {"kind": "facts", "title": _("Request"), "rows": _request(shown, zone)},
        _list(_("Decisions"), {at: 3, who: 2, proof: 5, _("Comment"): 5}, _decisions(shown, zone)),
        _list(what, {at: 3, who: 2, what: 8, _("Entry"): 1}, _steps(shown, zone), most=MOST_STEPS),
        _list(
            _("Calls to AWS"),
            {at: 3, _("Call"): 4, _("Outcome"): 2, request_id: 5},
            _calls(shown, zone),
            most=MOST_CALLS,
        ),
        _list(_("Log-ins"), {at: 3, _("Number"): 3, _("class"): 3, _("way"): 2, _("MFA"): 1}, _log_ins(log_ins, zone)),
        _list(_("What remained"), {at: 3, _("What"): 4, _("Name"): 5, _("Call"): 3}, _remained(log_ins, zone)),
        {"kind": "facts", "title": _("Report, inspection and end"), "rows": _end(shown, zone)},
    ]
    facts = (row["person"], row["group"], words.stratum(row["stratum"]), f"stories/{row['request']}.story.jsonl")
    return {"title": f"{row['number']}. {code}", "subtitle": " · ".join(facts), "parts": parts}


def policy_mark(policy: Mapping[str, Any]) -> str:
    """Return by what a version of a policy is told from another: the beginning of the SHA-256 of what it says."""
    return sha256(json.dumps(policy, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:16]


def _belongs(entry: TrailEntry, code: str) -> bool:
    """Whether an entry of the request's story is about this access: its own, the request's, or of what extended it."""
    return not entry.subject.startswith("E-") or entry.subject == code


def _request(shown: Sequence[Shown], zone: ZoneInfo) -> list[list[str]]:
    asked = next((each for each in shown if each.entry.act == Act.REQUEST_SUBMITTED), None)
    if asked is None:
        return [[_("Request"), _("It was submitted before the trail tells of it.")]]
    said = asked.data["request"]
    policy = said["policy"]
    levels = "; ".join(f"{one['approvals']}/{len(one['approvers'])} ({', '.join(one['approvers'])})" for one in policy["levels"])
    rows = {
        _("Request"): f"{said['code']}, {cell(said['submitted_at'], zone)}",
        _("Reason"): said["reason"],
        _("Change ticket"): said["change_ticket"],
        _("Impact"): said["impact"],
        _("Plan"): said["plan"],
        _("Way back"): said["way_back"],
        _("Policy that applied"): f"{policy['key']} ({policy_mark(policy)}): {levels}; {', '.join(policy['decide_by'])}",
    }
    return [[label, _short(value)] for label, value in rows.items() if value]


def _decisions(shown: Sequence[Shown], zone: ZoneInfo) -> list[list[str]]:
    rows = []
    for each in shown:
        if decision := each.data.get("decision"):
            proof = terms.proof(str(decision["door"]), str(decision["client"]), decision["proof"])
            signed = f", {_('signed with a passkey')}" if decision.get("assertion") else ""
            rows.append([_at(each, zone), decision["approver"], proof + signed, _short(decision["comment"])])
    return rows


def _steps(shown: Sequence[Shown], zone: ZoneInfo) -> list[list[str]]:
    return [[_at(each, zone), each.who, _short(each.sentence), str(each.entry.pk)] for each in shown]


def _calls(shown: Sequence[Shown], zone: ZoneInfo) -> list[list[str]]:
    calls = [call for each in shown for call in each.data.get("calls") or ()]
    changing = [
        call for call in calls if not call["action"].rpartition(":")[2].startswith(("Get", "List", "Describe", "Simulate"))
    ]
    return [[cell(call["at"], zone), call["action"], call["outcome"], call["request_id"]] for call in changing]


def _log_ins(found: Sequence[Mapping[str, Any]], zone: ZoneInfo) -> list[list[str]]:
    rows = []
    for one in found:
        kind, way = LogInClass(one["kind"]).label, LogInWay(one["way"]).label
        rows.append([cell(one["began_at"], zone), one["id"], str(kind), str(way), cell(one["mfa"], zone)])
    return rows


def _remained(log_ins: Sequence[Mapping[str, Any]], zone: ZoneInfo) -> list[list[str]]:
    rows = list(LogIn.objects.filter(code__in=[one["id"] for one in log_ins]).order_by("began_at", "pk"))
    left = selectors.left_behind(rows)
    found = (one for row in rows for one in left.get(row.pk, ()))
    return [[cell(one.at.isoformat(), zone), str(REMAINS.get(one.kind, one.kind)), one.name, one.call] for one in found]


def _end(shown: Sequence[Shown], zone: ZoneInfo) -> list[list[str]]:
    rows = []
    for each in shown:
        act, data = each.entry.act, each.data
        if act.startswith(REPORTS):
            report = data["report"]
            rows.append([_("Work report"), _short(f"{_at(each, zone)}, {report['status']}: {report['done']} {report['answer']}")])
        elif act.startswith(INSPECTIONS):
            rows.append([_("Use inspection"), _short(f"{_at(each, zone)}, {each.sentence}")])
        elif act == Act.ELEVATION_ENDED:
            seen = data["seen"]
            member = _("still a member") if seen["membership"] else _("no member any more")
            rows.append([_("Read back from AWS"), f"{cell(seen['at'], zone)}, {member}"])
    return rows or [[_("Read back from AWS"), _("It is not over, as of the checkpoint.")]]


def _list(title: str, columns: Mapping[str, int], rows: Sequence[Sequence[str]], *, most: int = MOST_OTHERS) -> dict[str, Any]:
    more = len(rows) - most
    return {
        "kind": "list",
        "title": title,
        "head": list(columns),
        "widths": list(columns.values()),
        "rows": [list(row) for row in rows[:most]],
        "empty": _("None."),
        "more": _("%(count)s more in the story's file.") % {"count": more} if more > 0 else "",
    }


def _at(shown: Shown, zone: ZoneInfo) -> str:
    return cell(shown.entry.at.isoformat(), zone)


def _short(text: Any) -> str:
    said = " ".join(str(text).split())
    return said if len(said) <= LONGEST else f"{said[:LONGEST]} …"
