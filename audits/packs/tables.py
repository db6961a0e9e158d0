"""The extracts of a pack: their columns, in words, and by which question each was got. What is found wrong comes first."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


@dataclass(frozen=True, kw_only=True)
class Table:
    """`name` is that of its files. `columns` are fields of its lines; `query` says in words that stay what it was asked by."""

    name: str
    title: Promise
    columns: Mapping[str, Promise]
    query: str


_AT, _ID, _KIND = _("Time"), _("Number"), _("Kind")
_WHO, _PERSON, _GROUP, _ENTRY = _("Who"), _("Person"), _("Work group"), _("Entry")
_ACCOUNT, _REGION, _ROLE, _REASON = _("AWS account"), _("Region"), pgettext_lazy("IAM", "role"), _("Reason")
_EVENT = {
    "id": _("Event"),
    "at": _AT,
    "group": _GROUP,
    "user": _("User"),
    "by": _("Called by"),
    "request_id": _("Request id of AWS"),
}

TABLES = (
    Table(
        name="01-hours-not-covered",
        title=_("Hours of which CloudTrail was not read"),
        columns={
            "account": _ACCOUNT,
            "key": _("Name"),
            "region": _REGION,
            "since": pgettext_lazy("period", "From"),
            "until": pgettext_lazy("period", "Until"),
            "hours": _("Hours"),
            "why": _REASON,
            "remark": _("Remark"),
        },
        query="how far each account and Region was read; cloudtrail.stopped, cloudtrail.started, cloudtrail.gap",
    ),
    Table(
        name="02-differences",
        title=_("Differences"),
        columns={
            "kind": _KIND,
            "id": _ID,
            "at": _AT,
            "what": _("What"),
            "deficiency": _("Deficiency"),
            "finding": _("Finding"),
            "explained_by": _("Explained by"),
        },
        query="T against M by request id, execution, or user and time; T against L by class; newest comparison.done",
    ),
    Table(
        name="03-findings",
        title=_("Findings"),
        columns={
            "id": _ID,
            "kind": _KIND,
            "sentence": _("Finding"),
            "severity": _("Severity"),
            "status": _("State"),
            "opened_at": _("Opened"),
            "closed_at": _("Closed"),
            "owner": _("Owner"),
            "accepted_by": _("Accepted by"),
            "last_entry": _ENTRY,
        },
        query="finding.* of findings that were open in the period, as of the checkpoint",
    ),
    Table(
        name="04-population",
        title=_("Population: accesses by the trail"),
        columns={
            "id": _("Access"),
            "stratum": _("Stratum"),
            "person": _PERSON,
            "iam_user": _("IAM user"),
            "group": _GROUP,
            "backend": _("Backend"),
            "request": _("Request"),
            "ticket": _("Change ticket"),
            "approvers": _("Approved by"),
            "starts_at": _("From (approved)"),
            "ends_at": _("Until (approved)"),
            "active_at": _("From (actual)"),
            "ended_at": _("Until (actual)"),
            "end_reason": _("How it ended"),
            "use": _("Use"),
            "given": _("Given by event"),
            "taken": _("Taken by event"),
            "entry": _ENTRY,
        },
        query="elevation.active with `at` in the period and id up to the last entry of the checkpoint",
    ),
    Table(
        name="05-memberships-given",
        title=_("Population: memberships given, by CloudTrail"),
        columns={**_EVENT, "access": _("Access")},
        query="AddUserToGroup and CreateGroupMembership on work groups in the Jump account that succeeded",
    ),
    Table(
        name="06-memberships-taken",
        title=_("Memberships taken, by CloudTrail"),
        columns={**_EVENT, "access": _("Access")},
        query="RemoveUserFromGroup and DeleteGroupMembership on work groups in the Jump account that succeeded",
    ),
    Table(
        name="07-log-ins",
        title=_("Population: production log-ins, by CloudTrail"),
        columns={
            "id": _ID,
            "kind": _("class"),
            "began_at": _AT,
            "account": _ACCOUNT,
            "role": _ROLE,
            "person": _PERSON,
            "principal": _("Principal"),
            "way": _("way"),
            "mfa": _("MFA"),
            "access": _("Access"),
            "reason": _REASON,
            "refused": _("Refused"),
            "entry": _ENTRY,
        },
        query="log_in.seen and log_in.changed of log-ins that began in the period, the last of each up to the checkpoint",
    ),
    Table(
        name="08-sample",
        title=_("Sample"),
        columns={
            "number": _("No."),
            "id": _("Access"),
            "stratum": _("Stratum"),
            "key": _("Key"),
            "request": _("Request"),
            "person": _PERSON,
            "group": _GROUP,
            "active_at": _("From (actual)"),
            "ended_at": _("Until (actual)"),
        },
        query="the first by SHA-256 of `seed|id`, of each stratum three and the rest by largest remainder",
    ),
    Table(
        name="09-changes",
        title=_("Changes of people, rules and bindings, reviews, inspections and reports"),
        columns={
            "entry": _ENTRY,
            "at": _AT,
            "topic": _("Subject"),
            "act": _("Act"),
            "who": _WHO,
            "subject": pgettext_lazy("of the trail", "About"),
            "sentence": _("What happened"),
        },
        query="entries of the period of acts person.*, catalogue.*, settings.*, review.*, inspection.*, work_report.* and more",
    ),
    Table(
        name="10-late",
        title=_("Of the periods before, recorded since the pack before"),
        columns={
            "entry": _ENTRY,
            "at": _AT,
            "act": _("Act"),
            "who": _WHO,
            "subject": pgettext_lazy("of the trail", "About"),
            "sentence": _("What happened"),
        },
        query="entries behind the checkpoint of the pack before whose `at` lies before this period",
    ),
    Table(
        name="11-privileged",
        title=_("Privileged access to the portal itself"),
        columns={"kind": _KIND, "name": _("Name"), "what": _("May"), "source": _("By")},
        query="people, policies and clients folded from the trail up to the checkpoint; rights of database roles",
    ),
    Table(
        name="12-controls",
        title=_("Controls"),
        columns={
            "framework": _("Framework"),
            "control": _("Control"),
            "says": _("What it wants"),
            "answer": _("How it is met here"),
            "files": _("Files"),
        },
        query="the control mapping that the pack was made with",
    ),
)
BY_NAME = {table.name: table for table in TABLES}
