"""Evidence packs, for auditors' programs: which there are, of what, how far each is, and what it found."""

from collections.abc import Sequence
from datetime import datetime

from django.http import HttpResponse
from ninja import Path, Query, Router
from pydantic import BaseModel, Field

from audits.api.entries import check_may_read
from audits.models import Pack
from portal.rest.caller import ApiRequest
from portal.rest.paging import Page, PageQuery, page
from portal.rest.replies import shown
from portal.rest.values import Name
from portal.verbs.rejections import NotFound

router = Router(tags=["Evidence"])


class ShownPack(BaseModel):
    id: str
    period: str = Field(description="`FY2026`, `FY2026-H1`, `FY2026-Q3`, or the month `2026-11`.")
    since: datetime
    until: datetime
    zone: str
    state: str
    size: int = Field(description="Over how many leaves its checkpoint is.")
    root: str
    seed: str
    own_seed: bool = Field(description="Whether who ordered it gave the seed; else it is the checkpoint's root.")
    asked_by: str
    asked_at: datetime
    hours_not_read: float | None = Field(description="Of CloudTrail, in the period; null while it is not gathered.")
    deficiencies: int | None = Field(description="That nobody has explained.")
    counts: dict[str, int] = Field(description="By kind of difference, and of T, M and L.")
    sample: list[str]
    bytes: int
    sha256: str
    kept_until: datetime | None

    @classmethod
    def of(cls, pack: Pack) -> "ShownPack":
        names = ("period", "since", "until", "zone", "state", "size", "root", "seed", "own_seed", "asked_by", "asked_at")
        fields = {name: getattr(pack, name) for name in (*names, "bytes", "sha256", "kept_until")}
        counts = pack.said.get("counts", {})
        found = {"hours_not_read": pack.said.get("hours"), "deficiencies": counts.get("deficiencies", 0) if pack.said else None}
        return cls(id=pack.code, **fields, **found, counts=counts, sample=pack.said.get("sample", []))


@router.get("/packs", response=Page[ShownPack], summary="List evidence packs, the newest first")
def list_packs(request: ApiRequest, query: Query[PageQuery]) -> HttpResponse:
    check_may_read(request)
    return shown(page(request, Pack.objects.all(), query, _in_brief, order=["-pk"]))


@router.get("/packs/{code}", response=ShownPack, summary="Show an evidence pack")
def show_pack(request: ApiRequest, code: Path[Name]) -> HttpResponse:
    check_may_read(request)
    pack = Pack.objects.filter(code=code).first()
    if pack is None:
        raise NotFound
    return shown(ShownPack.of(pack))


def _in_brief(rows: Sequence[Pack]) -> list[ShownPack]:
    return [ShownPack.of(each) for each in rows]
