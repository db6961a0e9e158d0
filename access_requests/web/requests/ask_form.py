"""What is typed to ask for access: work groups by their purpose, lengths of time as chips."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from django import forms
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access_requests import details
from access_requests.models import WorkGroup
from access_requests.services.requests.submit import Ask
from portal.listed import listed
from portal.pages import moments
from portal.pages.fields import VerbatimField, missing, text_field
from portal.pages.forms import VerbForm
from portal.pages.local_times import LocalTimeField
from portal.verbs import phrases

NOW, AT = "now", "at"
FOR, UNTIL = "for", "until"
FIRST_GUESS = 60
USUAL_LENGTHS = (15, 30, 60, 120, 240, 480)
TEXTS = ("reason", "change_ticket", *details.NAMES)


@dataclass(frozen=True, kw_only=True)
class Offered:
    """A work group and its box. `accounts` it leads to."""

    group: WorkGroup
    box: forms.boundfield.BoundWidget
    accounts: str


@dataclass(frozen=True, kw_only=True)
class Section:
    """`is_used`: the work groups that the person asked for last, wherever they lead."""

    title: str
    rows: Sequence[Offered]
    is_used: bool = False


class RequestForm(VerbForm):
    """A request for access. `start` chooses whether the field below it counts; so does `finish`, unless it is a length itself."""

    work_groups = forms.MultipleChoiceField(
        label=_("Work group"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one work group, and each only once.")},
    )
    reason = text_field(
        _("Reason"), rows=2, required=True, help_text=_("What you will do in production, and why it must be there.")
    )
    change_ticket = VerbatimField(label=_("Change ticket"), error_messages=missing(), help_text=_("Such as CHG-1201."))
    start = forms.ChoiceField(
        label=_("Start"),
        choices=[(NOW, _("As soon as it is approved")), (AT, _("At a time"))],
        widget=forms.RadioSelect,
        initial=NOW,
    )
    starts_at = LocalTimeField(label=_("Start at"), required=False)
    finish = forms.ChoiceField(label=_("How long"), widget=forms.RadioSelect)
    duration_minutes = forms.IntegerField(label=_("Minutes"), required=False)
    ends_at = LocalTimeField(label=_("End at"), required=False)
    revises = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, groups: Sequence[WorkGroup], used: Sequence[str] = (), now: datetime, **options: Any) -> None:
        """`used` are the names of the groups that the person asked for last, the latest first."""
        super().__init__(*args, **options)
        self.now = now
        self.used = [group for name in used for group in groups if group.name == name]
        others = sorted((group for group in groups if group not in self.used), key=_place)
        self.groups = [*self.used, *others]
        for detail in details.DETAILS:
            self.fields[detail.name] = text_field(detail.label, rows=detail.rows, help_text=detail.help_text)
        lengths = usual_lengths(groups)
        self._choose("work_groups", [(group.name, group.name) for group in self.groups])
        self._choose(
            "finish",
            [
                *((str(minutes), _length(minutes, now)) for minutes in lengths),
                (FOR, pgettext_lazy("length of time", "Other")),
                (UNTIL, _("Until a time")),
            ],
        )
        self.fields["finish"].initial = str(max((length for length in lengths if length <= FIRST_GUESS), default=FOR))
        self.fields["duration_minutes"].widget.attrs.update({"min": 1, "step": 1, "inputmode": "numeric"})
        # Whoever names a time means today's more often than not.
        self.fields["starts_at"].initial = self.fields["ends_at"].initial = f"{timezone.localdate(now)}T"
        if len(groups) == 1:
            self.fields["work_groups"].initial = [groups[0].name]
        if self.initial.get("finish") == FOR and self.initial.get("duration_minutes") in lengths:
            self.initial.update(finish=str(self.initial["duration_minutes"]), duration_minutes=None)

    def _choose(self, name: str, choices: Sequence[tuple[str, Any]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = self.cleaned_data
        for field, counts in (("starts_at", data.get("start") == AT), ("ends_at", data.get("finish") == UNTIL)):
            if counts:
                self._need(field)
            else:
                self.errors.pop(field, None)
        if data.get("finish") != UNTIL and "duration_minutes" not in self.errors and data.get("duration_minutes") is None:
            # A number that was typed counts before the chip, which is chosen from the beginning.
            if str(data.get("finish", "")).isdecimal():
                data["duration_minutes"] = int(data["finish"])
            else:
                self._need("duration_minutes")
        return data

    def _need(self, field: str) -> None:
        if field not in self.errors and self.cleaned_data.get(field) is None:
            self.add_error(field, missing()["required"])

    @property
    def sections(self) -> list[Section]:
        """The work groups as they are offered: used last, then by the accounts they lead to."""
        rows = [
            Offered(group=group, box=box, accounts=accounts_of(group))
            for group, box in zip(self.groups, self["work_groups"].subwidgets, strict=True)
        ]
        used, others = rows[: len(self.used)], rows[len(self.used) :]
        names = dict.fromkeys(row.accounts for row in others)
        by_account = [Section(title=name, rows=[row for row in others if row.accounts == name]) for name in names]
        return [Section(title=str(_("Used last")), rows=used, is_used=True), *by_account] if used else by_account

    def as_sent(self) -> Self:
        """Return the form as if it were sent the way it is shown."""
        shown = {field.name: field.value() for field in self}
        return type(self)(shown, groups=self.groups, used=[group.name for group in self.used], now=self.now)

    @property
    def picked(self) -> list[WorkGroup]:
        names = self["work_groups"].value() or ()
        return [group for group in self.groups if group.name in names]

    @property
    def details(self) -> Sequence[forms.BoundField]:
        """The fields that nobody must fill in."""
        return [self[name] for name in details.NAMES]

    @property
    def is_detailed(self) -> bool:
        return any(field.value() or field.errors for field in self.details)

    def when(self) -> Ask | None:
        """Return groups and times alone, as typed so far; None where the times cannot be read."""
        self.full_clean()
        if any(field in self.errors for field in ("start", "starts_at", "finish", "duration_minutes", "ends_at")):
            return None
        return self._ask(reason="", change_ticket="")

    def ask(self) -> Ask:
        data = self.cleaned_data
        return self._ask(
            revises=data["revises"] or None,
            reason=data["reason"],
            change_ticket=data["change_ticket"],
            details={name: data[name] for name in details.NAMES},
        )

    def _ask(self, **texts: Any) -> Ask:
        data = self.cleaned_data
        until = data["finish"] == UNTIL
        return Ask(
            work_groups=data.get("work_groups", []),
            starts_at=data["starts_at"] if data["start"] == AT else None,
            ends_at=data["ends_at"] if until else None,
            duration_minutes=None if until else data["duration_minutes"],
            **texts,
        )


def usual_lengths(groups: Iterable[WorkGroup]) -> list[int]:
    """Return the lengths, in minutes, that one of the groups' policies allows at least, and the longest of each."""
    policies = [group.policy for group in groups]
    usual = {
        minutes
        for minutes in USUAL_LENGTHS
        if any(policy.shortest_minutes <= minutes <= policy.longest_minutes for policy in policies)
    }
    return sorted(usual | {policy.longest_minutes for policy in policies})


def accounts_of(group: WorkGroup) -> str:
    return listed(sorted({role.account.name for role in group.target_roles.all()}))


def _place(group: WorkGroup) -> tuple[str, str, str]:
    return accounts_of(group), group.purpose, group.name


def _length(minutes: int, now: datetime) -> str:
    """A length, and when it is over if it begins now."""
    return format_html(
        '<span data-minutes="{}">{}<span class="meta about">{}{}</span></span>',
        minutes,
        phrases.duration(minutes),
        moments.sign().strip(),
        moments.soon(now + timedelta(minutes=minutes)),
    )
