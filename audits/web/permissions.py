"""Permissions: whether the guard rails hold, in all accounts together and in one, and what was read of each account when."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from audits.models import Look, RailStanding, RailState
from audits.permissions import selectors
from audits.permissions.keeping import GONE
from audits.permissions.looking import NO_ROLE
from audits.permissions.rounds import NOT_EVALUATED
from audits.permissions.selectors import Cell
from portal.iam.rails.rail import Rail, rails
from portal.pages.guards import for_readers
from portal.pages.page import PageRequest

PROBLEMS: dict[str, Promise] = {
    NO_ROLE: gettext_lazy("the portal has no role in the account"),
    NOT_EVALUATED: gettext_lazy("a policy there cannot be evaluated"),
    GONE: gettext_lazy("the account is not in the catalogue any more"),
    "AccessDenied": gettext_lazy("AWS does not let the portal read the account"),
}
# How a state is marked.
MARKS = {
    RailState.BROKEN: "danger",
    RailState.MISSING: "danger",
    RailState.UNKNOWN: "waits",
    RailState.EXEMPTED: "",
    RailState.HOLDS: "ok",
}


@dataclass(frozen=True, kw_only=True)
class ShownCell:
    name: str
    cell: Cell

    @property
    def mark(self) -> str:
        return MARKS[self.cell.state] if self.cell.state else ""

    @property
    def label(self) -> str:
        """Return the worst, and for how many of how many where that are not all."""
        state = self.cell.state
        if state is None:
            return "–"
        return str(state.label) if state == RailState.HOLDS else f"{state.label} {self.cell.number}/{self.cell.of}"


@dataclass(frozen=True, kw_only=True)
class ShownAccount:
    look: Look
    problem: str
    cells: Sequence[ShownCell]


@dataclass(frozen=True, kw_only=True)
class ShownStanding:
    row: RailStanding
    rail: str
    mark: str

    @property
    def query(self) -> str:
        """How the page of the statement is asked for."""
        row = self.row
        return "?" + urlencode({"who": f"{row.carrier} {row.name}", "policy": row.policy, "statement": row.statement})


@require_safe
@for_readers
def permissions(request: PageRequest) -> HttpResponse:
    every = rails()
    found = selectors.matrix([rail.sid for rail in every])
    accounts = [_account(look, found.get(look.account, []), every) for look in selectors.newest()]
    names = [_named(rail) for rail in every]
    return render(request, "audits/permissions.html", {"title": _("Guard rails"), "accounts": accounts, "rails": names})


@require_safe
@for_readers
def account(request: PageRequest, code: str) -> HttpResponse:
    history = selectors.history(code)
    if not history:
        raise Http404
    context = {
        "title": _("Guard rails in %(account)s") % {"account": history[0].key},
        "look": history[0],
        "problem": _problem(history[0]),
        **_standings(code),
        "history": [(look, _problem(look)) for look in history],
    }
    return render(request, "audits/permissions_account.html", context)


def _account(look: Look, cells: Sequence[Cell], every: Sequence[Rail]) -> ShownAccount:
    by_rail = {cell.rail: cell for cell in cells}
    shown = [ShownCell(name=_named(rail), cell=by_rail.get(rail.sid, Cell(rail=rail.sid))) for rail in every]
    return ShownAccount(look=look, problem=_problem(look), cells=shown)


def _standings(number: str) -> dict[str, Any]:
    """Return what does not simply hold, row by row, and for each who acts there the names of what does."""
    names = {rail.sid: _named(rail) for rail in rails()}
    rows, held = list[ShownStanding](), defaultdict[tuple[str, str], list[str]](list)
    for row in selectors.standings(number):
        rail = names.get(row.rail, row.rail)
        if row.state == RailState.HOLDS:
            held[row.name, row.get_carrier_display()].append(rail)
        else:
            rows.append(ShownStanding(row=row, rail=rail, mark=MARKS[RailState(row.state)]))
    return {"rows": rows, "held": [(*who, several) for who, several in held.items()]}


def _named(rail: Rail) -> str:
    return rail.name["ja" if (get_language() or "").startswith("ja") else "en"]


def _problem(look: Look) -> str:
    return str(PROBLEMS.get(look.problem, look.problem))
