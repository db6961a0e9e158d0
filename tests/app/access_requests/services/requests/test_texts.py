"""What people write is kept once in the portal's rows and once in the trail, in as many bytes as it has."""

from collections import Counter
from datetime import datetime, timedelta

import pytest
from django.apps import apps
from django.db.models import JSONField, TextField, functions

from access_requests import errors
from access_requests.models import AccessRequest, Decision, Delivery
from access_requests.services.record import snapshot
from audits.models import TrailEntry
from portal.verbs.models import IdempotentAnswer
from tests.worlds.cast import Cast
from tests.worlds.story import approved, extension_asked, refused, rejected, sent_back, submitted, withdrawn

HOUR = timedelta(hours=1)
LONG = {"impact": "影響 🔥", "plan": "計画 🔧", "way_back": "戻し 🔙"}


def places(text: str) -> dict[str, int]:
    """Return model -> in how many rows the text is."""
    found = Counter(
        model.__name__ for model in apps.get_models() for row in model._default_manager.values() if text in str(row.values())
    )
    return dict(found)


def told(request: AccessRequest) -> list[dict[str, object]]:
    entries = TrailEntry.objects.filter(subject=request.code).order_by("pk")
    return [entry.data["request"] for entry in entries]


@pytest.mark.parametrize("end", [approved, rejected, sent_back])
def test_texts_are_in_the_row_and_in_the_entry_of_the_submission_alone(cast: Cast, now: datetime, end: object) -> None:
    request = submitted(cast.member01, now=now, reason="理由 🧭", **LONG)
    assert callable(end)
    end(request, cast.leader01, now=now)
    for text in ("理由 🧭", *LONG.values()):
        assert places(text) == {"AccessRequest": 1, "TrailEntry": 1}


def test_approvals_of_two_levels_and_a_withdrawal_repeat_none_of_them(cast: Cast, now: datetime) -> None:
    first = submitted(cast.member01, now=now, reason="理由 🧭", work_groups=["ProdLeaderWorkGroup"], **LONG)
    approved(first, cast.leader01, now=now)
    withdrawn(first, cast.member01, now=now)
    assert len(told(first)) == 3
    for text in ("理由 🧭", *LONG.values()):
        assert places(text) == {"AccessRequest": 1, "TrailEntry": 1}


def test_entry_of_the_submission_has_them_and_the_later_ones_its_digest(cast: Cast, now: datetime) -> None:
    request = approved(submitted(cast.member01, now=now, **LONG), cast.leader01, now=now)
    first, last = told(request)
    assert {name: first[name] for name in snapshot.TEXTS[snapshot.LATEST]} == {"reason": "fix the index", **LONG}
    assert not set(snapshot.TEXTS[snapshot.LATEST]) & set(last)
    assert set(first) - set(last) == set(snapshot.TEXTS[snapshot.LATEST])
    assert first["digest"] == last["digest"] == snapshot.digest(snapshot.submitted(request))
    assert last["change_ticket"] == "CHG-123"


def test_extension_has_its_own_reason_in_its_own_entry(cast: Cast, now: datetime) -> None:
    request = approved(submitted(cast.member01, now=now), cast.leader01, now=now)
    extension = extension_asked(request.elevations.get(), cast.member01, ends_at=now + HOUR, now=now)
    approved(extension, cast.leader01, now=now)
    first, last = told(extension)
    assert (first["reason"], "reason" in last) == ("not done", False)


def test_request_of_before_has_its_texts_in_its_snapshot_and_can_be_decided_on(cast: Cast, now: datetime) -> None:
    request = submitted(cast.member01, now=now, **LONG)
    AccessRequest.objects.filter(pk=request.pk).update(snapshot=snapshot.current(request))
    approved(request, cast.leader01, now=now)
    assert set(snapshot.TEXTS[snapshot.LATEST]) <= set(AccessRequest.objects.get().snapshot["asked"])
    assert not set(snapshot.TEXTS[snapshot.LATEST]) & set(told(request)[-1])


@pytest.mark.parametrize("field", snapshot.TEXTS[snapshot.LATEST])
def test_text_that_was_changed_in_the_database_is_not_decided_on(cast: Cast, now: datetime, field: str) -> None:
    request = submitted(cast.member01, now=now)
    AccessRequest.objects.filter(pk=request.pk).update(**{field: "something else"})
    with refused(errors.SeenChanged) as rejection:
        approved(request, cast.leader01, now=now)
    assert rejection.value.data["changed"] == "digest"


@pytest.mark.parametrize(
    ("model", "field"), [(TrailEntry, "data"), (AccessRequest, "snapshot"), (IdempotentAnswer, "answer"), (Delivery, "body")]
)
def test_words_are_stored_as_they_were_typed(
    cast: Cast, now: datetime, model: type[TrailEntry | AccessRequest | IdempotentAnswer | Delivery], field: str
) -> None:
    request = submitted(cast.member01, now=now, change_ticket="変更 🔧", **LONG)
    claimed = {"client": "bot", "person": cast.member01, "key": "k", "body_digest": "a" * 64, "created_at": now}
    IdempotentAnswer.objects.create(**claimed, answer='{"reason":"変更 🔧"}')
    Delivery.objects.create(
        channel="webhook", target="W", act="request.submitted", body={"text": "変更 🔧"}, created_at=now, try_again_at=now
    )
    assert request.pk
    (raw,) = model._default_manager.annotate(raw=functions.Cast(field, TextField())).values_list("raw", flat=True)
    assert "変更 🔧" in raw


def test_most_that_can_be_written_costs_its_bytes_twice_and_no_more(cast: Cast, now: datetime) -> None:
    most = {"reason": "🔧" * 2000, "impact": "🔧" * 8000, "plan": "🔧" * 8000, "way_back": "🔧" * 8000}
    request = submitted(cast.member01, now=now, **most)
    withdrawn(request, cast.member01, now=now)
    typed = sum(len(text.encode()) for text in most.values())
    stored = sum(size(model) for model in (AccessRequest, Decision, TrailEntry))
    assert typed == 104_000
    assert 2 * typed < stored < 2 * typed + 10_000


def size(model: type[AccessRequest | Decision | TrailEntry]) -> int:
    """Return how many bytes the texts and documents of the model's rows have."""
    fields = [field.attname for field in model._meta.concrete_fields if isinstance(field, TextField | JSONField)]
    rows = model._default_manager.annotate(**{f"raw_{name}": functions.Cast(name, TextField()) for name in fields})
    return sum(len(raw.encode()) for row in rows.values_list(*(f"raw_{name}" for name in fields)) for raw in row)
