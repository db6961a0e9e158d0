"""The kinds of findings. Whoever finds something new adds a line here."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from audits.acts import excesses, reasons
from audits.found import Severity


class FindingKind(StrEnum):
    DRIFT = "drift"
    TRAIL_UNSEALED = "trail_unsealed"
    GUARD_TOUCHED = "guard_touched"
    TRAIL_DAMAGED = "trail_damaged"
    RECORDED_LATE = "recorded_late"
    ROW_FORGED = "row_forged"
    COUNTER_GONE_BACK = "counter_gone_back"
    END_OVERDUE = "end_overdue"
    NOT_GRANTED = "not_granted"
    TABLES_APART = "tables_apart"
    WORK_REPORT_OVERDUE = "work_report_overdue"
    REVIEW_OVERDUE = "review_overdue"
    REPORTED_UNUSED = "reported_unused"
    INSPECTION_OVERDUE = "inspection_overdue"
    LOG_IN_WITHOUT_APPROVAL = "log_in_without_approval"
    LOG_IN_AFTER_END = "log_in_after_end"
    CLOUDTRAIL_STOPPED = "cloudtrail_stopped"
    CLOUDTRAIL_GAP = "cloudtrail_gap"
    CLOUDTRAIL_MISSING = "cloudtrail_missing"
    CLOUDTRAIL_FAULT = "cloudtrail_fault"
    ACCOUNT_UNREAD = "account_unread"
    RAIL_NOT_HELD = "rail_not_held"
    EXCESSIVE_PERMISSION = "excessive_permission"
    UNTIDY_PERMISSION = "untidy_permission"


@dataclass(frozen=True, kw_only=True)
class About:
    """Of a kind: its name, a sentence that its key's fields fill in, and what to do.

    `key`: the fields that tell causes apart. The same values of them are the same finding, however often it is seen.
    `goes_by_itself`: the portal sees when the cause is gone, and closes it; nobody closes it by hand.
    `is_told`: nothing else tells channels of what makes it.
    """

    name: Promise
    sentence: Promise
    advice: Promise
    key: tuple[str, ...]
    severity: Severity
    goes_by_itself: bool = False
    is_told: bool = True


KINDS: Mapping[str, About] = {
    FindingKind.DRIFT: About(
        name=_("Drift"),
        sentence=_("Drift in %(account)s: %(difference)s"),
        advice=_("Undo it, or have it known as right, on its page of drift. The next comparison with AWS closes the finding."),
        key=("difference", "account", "thing", "name"),
        severity=Severity.HIGH,
        goes_by_itself=True,
        is_told=False,
    ),
    FindingKind.TRAIL_UNSEALED: About(
        name=_("Trail not sealed"),
        sentence=_("The audit trail of %(portal)s is not sealed any more"),
        advice=_("The page of the seal says what holds it up. The finding closes when the trail is sealed again."),
        key=("portal",),
        severity=Severity.CRITICAL,
        goes_by_itself=True,
        is_told=False,
    ),
    FindingKind.GUARD_TOUCHED: About(
        name=_("Guard of the seal touched"),
        sentence=_("Somebody deleted or overwrote what guards the seal: %(remark)s"),
        advice=_("Find out by CloudTrail who did it. What was written first is still there."),
        key=("portal", "remark"),
        severity=Severity.CRITICAL,
        is_told=False,
    ),
    FindingKind.TRAIL_DAMAGED: About(
        name=_("Trail does not verify"),
        sentence=_("A verification of the audit trail failed at %(place)s"),
        advice=_("Keep the database as it is, and compare with an export from before. A verification that holds closes it."),
        key=("log", "place"),
        severity=Severity.CRITICAL,
        goes_by_itself=True,
    ),
    FindingKind.RECORDED_LATE: About(
        name=_("Recorded late"),
        sentence=_("Entries of %(actor)s were recorded at another time than they tell of, and do not say why"),
        advice=_("Look at the clocks of the portal's machines, and at who can write as the database's owner."),
        key=("actor",),
        severity=Severity.HIGH,
        is_told=False,
    ),
    FindingKind.ROW_FORGED: About(
        name=_("Forged row"),
        sentence=_("%(elevation)s: %(reason)s"),
        advice=_("Find out who wrote to the database. Change its passwords, and compare the tables with the trail."),
        key=("elevation", "reason"),
        severity=Severity.CRITICAL,
    ),
    FindingKind.COUNTER_GONE_BACK: About(
        name=_("Counter gone back"),
        sentence=_("A passkey of %(person)s counted less than before: there may be a copy of %(factor)s"),
        advice=_("Take the passkey away from the account, and ask its owner. Whoever has the copy may try again."),
        key=("person", "factor"),
        severity=Severity.HIGH,
    ),
    FindingKind.END_OVERDUE: About(
        name=_("End past due"),
        sentence=_("%(elevation)s should have ended, and AWS has not shown that it did"),
        advice=_("The page of the access says what AWS refuses. The finding closes when AWS shows that the access is gone."),
        key=("elevation",),
        severity=Severity.CRITICAL,
        goes_by_itself=True,
    ),
    FindingKind.NOT_GRANTED: About(
        name=_("Not granted"),
        sentence=_("Approved access of %(person)s with %(work_group)s was not granted: %(reason)s"),
        advice=_("The page of the access says what AWS refused. Put that right before the same is asked for again."),
        key=("person", "work_group", "reason"),
        severity=Severity.LOW,
    ),
    FindingKind.TABLES_APART: About(
        name=_("Trail and tables apart"),
        sentence=_("The table %(table)s says of %(subject)s what the trail does not"),
        advice=_("The trail is believed. Find out who changed the row; a comparison that holds closes the finding."),
        key=("table", "subject"),
        severity=Severity.CRITICAL,
        goes_by_itself=True,
    ),
    FindingKind.LOG_IN_WITHOUT_APPROVAL: About(
        name=_("Log-in without approval"),
        sentence=_("%(who)s logged in to the account %(account)s without approval: %(log_in)s"),
        advice=_(
            "The page of the log-in says from where, and what was done. Ask who it was; close the way in, or declare it with an "
            "owner and an end."
        ),
        key=("log_in", "account", "who"),
        severity=Severity.CRITICAL,
    ),
    FindingKind.LOG_IN_AFTER_END: About(
        name=_("Calls after the end"),
        sentence=_("A session of %(who)s went on after %(elevation)s had ended: %(log_in)s"),
        advice=_("The page of the log-in says what succeeded. Look at the role's session gate, and at what remains."),
        key=("log_in", "elevation", "who"),
        severity=Severity.CRITICAL,
    ),
    FindingKind.CLOUDTRAIL_STOPPED: About(
        name=_("CloudTrail stopped"),
        sentence=_("Somebody stopped or deleted the trail %(trail)s of the account %(account)s"),
        advice=_("Start it again, and find out who did it: the evidence names them. The finding closes when it writes again."),
        key=("account", "trail"),
        severity=Severity.CRITICAL,
        goes_by_itself=True,
    ),
    FindingKind.CLOUDTRAIL_GAP: About(
        name=_("Gap in CloudTrail"),
        sentence=_("Nothing proves what happened in %(account)s, %(region)s, of a time: %(remark)s"),
        advice=_("Find out why there are no files of that time. Log-ins of it are not known."),
        key=("account", "region", "remark"),
        severity=Severity.HIGH,
    ),
    FindingKind.CLOUDTRAIL_MISSING: About(
        name=_("Region without a trail"),
        sentence=_("No trail records %(region)s of the account %(account)s"),
        advice=_("Make the trail one of all Regions, or switch the Region off. The finding closes when a trail records it."),
        key=("account", "region"),
        severity=Severity.HIGH,
        goes_by_itself=True,
    ),
    FindingKind.CLOUDTRAIL_FAULT: About(
        name=_("CloudTrail does not verify"),
        sentence=_("A file of CloudTrail of %(account)s, %(region)s, does not verify: %(remark)s"),
        advice=_("Keep the bucket as it is, and verify with `aws cloudtrail validate-logs` too. Find out who could write there."),
        key=("account", "region", "remark"),
        severity=Severity.CRITICAL,
    ),
    FindingKind.ACCOUNT_UNREAD: About(
        name=_("Account not read"),
        sentence=_("The portal cannot read who may do what in the account %(account)s"),
        advice=_(
            "Give the portal a role there that reads IAM, or let it take on the one it has. The next read closes the finding."
        ),
        key=("account",),
        severity=Severity.HIGH,
        goes_by_itself=True,
    ),
    FindingKind.RAIL_NOT_HELD: About(
        name=_("Guard rail does not hold"),
        sentence=_("The guard rail %(rail)s does not hold for the %(who)s in %(account)s"),
        advice=_(
            "The account's page names the statement. Attach the rails as the account design has them: the next read closes it."
        ),
        key=("account", "who", "rail"),
        severity=Severity.HIGH,
        goes_by_itself=True,
    ),
    FindingKind.EXCESSIVE_PERMISSION: About(
        name=_("Excessive permission"),
        sentence=_("In %(account)s, %(who)s: %(rule)s %(statement)s"),
        advice=_("Its page under Permissions has the statement, the way and the policy that mends it. The next audit closes it."),
        key=("account", "who", "rule", "statement"),
        severity=Severity.HIGH,
        goes_by_itself=True,
    ),
    FindingKind.UNTIDY_PERMISSION: About(
        name=_("Untidy permission"),
        sentence=_("In %(account)s, %(who)s: %(rule)s %(statement)s"),
        advice=_("Its page under Permissions says what to do. The next audit closes the finding."),
        key=("account", "who", "rule", "statement"),
        severity=Severity.LOW,
        goes_by_itself=True,
    ),
    FindingKind.WORK_REPORT_OVERDUE: About(
        name=_("Work report overdue"),
        sentence=_("%(person)s has not said by its day what was done with %(elevation)s"),
        advice=_("Remind the person. The finding closes when the report is written."),
        key=("elevation", "person"),
        severity=Severity.LOW,
    ),
    FindingKind.REVIEW_OVERDUE: About(
        name=_("Access review overdue"),
        sentence=_("The access review %(review)s is past its day, and not all of it is decided"),
        advice=_("Remind its reviewers. The finding closes when everything is decided."),
        key=("review",),
        severity=Severity.MEDIUM,
    ),
    FindingKind.INSPECTION_OVERDUE: About(
        name=_("Daily inspection overdue"),
        sentence=_("The daily inspection of %(inspection)s is not signed by its day"),
        advice=_(
            "The day's page says who may sign which row, or that its log-ins are not read yet. Remind the inspectors. It "
            "closes when the day is signed."
        ),
        key=("inspection",),
        severity=Severity.MEDIUM,
        goes_by_itself=True,
    ),
    FindingKind.REPORTED_UNUSED: About(
        name=_("Used, and reported as not used"),
        sentence=_("%(person)s reported %(elevation)s as not used, and AWS shows log-ins with it"),
        advice=_(
            "The page of the access says when, and what was called. Ask the report back, or, if it is confirmed, ask the person. "
            "The finding closes when the report says what was done."
        ),
        key=("elevation", "person"),
        severity=Severity.MEDIUM,
    ),
}


def said(kind: str, key: Mapping[str, str]) -> str:
    """Return what was found, as a sentence; the bare names for a kind that only another version knows."""
    about = KINDS.get(kind)
    if about is None or set(about.key) != set(key):
        return " ".join([kind, *key.values()])
    return str(about.sentence) % _in_words(key)


def _in_words(key: Mapping[str, str]) -> dict[str, str]:
    words = dict(key)
    if "difference" in key:
        words["difference"] = reasons.differs(key["difference"], thing=key["thing"], name=key["name"])
    if "reason" in key:
        words["reason"] = reasons.stopped(key["reason"])
    if "rule" in key:
        words["rule"] = excesses.named(key["rule"])
    return words
