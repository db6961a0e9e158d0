"""Which rails hold where, but for what was declared as an exception."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from portal.iam.fences import Document
from portal.iam.rails.packing import MANAGED_SIZE, MOST_POLICIES, packed
from portal.iam.rails.rail import Form, Place, Rail, Statement, rails

PATH = "/sekisho/rails/"
_PACK = "SekishoRails"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exemption:
    """A declared exception: `who`, a group or a role by its name, is free of the rail until a day, and `owner` answers for it."""

    rail: str
    account: str
    who: str
    why: str
    owner: str
    until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Packs:
    """Managed policies by their names, and the names that each group or role has attached."""

    policies: Mapping[str, Document]
    attached: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Guarded:
    """What carries rails: a group of the Jump account, or a role that people switch to."""

    name: str
    account: str
    kind: str
    is_role: bool

    @property
    def forms(self) -> tuple[Form, ...]:
        return ("people", "roles") if self.is_role else ("people",)


def held_by(guarded: Guarded, *, exemptions: Iterable[Exemption], today: date) -> tuple[Rail, ...]:
    """Return the rails that it has. An exception that is over is none: the rail holds again."""
    spared = {
        each.rail for each in exemptions if (each.account, each.who) == (guarded.account, guarded.name) and today <= each.until
    }
    return tuple(
        rail
        for rail in rails()
        if guarded.kind in rail.accounts and rail.sid not in spared and any(form in rail.forms for form in guarded.forms)
    )


def packs(
    guarded: Iterable[Guarded],
    *,
    exemptions: Iterable[Exemption],
    today: date,
    place: Place,
    size: int = MANAGED_SIZE,
    most: int = MOST_POLICIES,
) -> Packs:
    """Return the managed policies of one account with its rails, and which of them each of these has. Raises DoesNotFit."""
    policies: dict[str, Document] = {}
    attached: dict[str, tuple[str, ...]] = {}
    declared = tuple(exemptions)
    for each in guarded:
        held = held_by(each, exemptions=declared, today=today)
        documents = packed(statements(held, each.forms, place), size=size, most=most)
        names = [f"{_name(each, held)}{number}" for number in range(1, len(documents) + 1)]
        policies |= dict(zip(names, documents, strict=True))
        attached[each.name] = tuple(names)
    return Packs(policies=policies, attached=attached)


def _name(guarded: Guarded, held: Iterable[Rail]) -> str:
    """Return the name of a pack: alike for all that have the same rails there."""
    sids = {rail.sid for rail in held}
    whole = held_by(guarded, exemptions=(), today=date.min)
    without = [rail.sid.removeprefix("Deny") for rail in whole if rail.sid not in sids]
    return f"{_PACK}Without{'And'.join(without)}" if without else _PACK


def statements(held: Iterable[Rail], forms: Iterable[Form], place: Place) -> list[Statement]:
    """Return what these rails say there. No two have the same Sid."""
    wanted = tuple(forms)
    return [statement for rail in held for form in wanted for statement in rail.statements(form, place)]


def of_boundary(place: Place) -> list[Statement]:
    """Return what every boundary denies."""
    return statements(rails(), ("boundary",), place)


def of_organisation(form: Form, place: Place) -> list[Statement]:
    return statements(rails(), (form,), place)
