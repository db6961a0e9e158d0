"""Refusals: each has a stable code of its own, a sentence that says what to do, and a test that meets it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from access_requests import errors
from access_requests.services.drift import drift_errors
from access_requests.services.notices.webhooks import webhook_errors
from access_requests.services.people import arrival_errors, client_errors, identity_errors, person_errors
from access_requests.services.people.factors import factor_errors
from audits.findings import finding_errors
from portal.accounts import refusals as log_in_refusals
from portal.verbs import rejections
from portal.verbs.rejections import Rejection

TESTS = Path(__file__).resolve().parent.parent
SUBJECTS = (
    *(errors, arrival_errors, client_errors, drift_errors, factor_errors, finding_errors, identity_errors, log_in_refusals),
    person_errors,
    webhook_errors,
)
MODULES = {module.__name__ for module in (rejections, *SUBJECTS)}


def refusals(kind: type[Rejection] = Rejection) -> Iterator[type[Rejection]]:
    for below in kind.__subclasses__():
        if "code" in vars(below) and below.__module__ in MODULES:
            yield below
        yield from refusals(below)


@pytest.fixture(scope="module")
def told() -> str:
    """What all other tests say."""
    return "\n".join(path.read_text() for path in TESTS.rglob("test_*.py") if path != Path(__file__))


def test_codes_are_all_different_and_made_for_programs() -> None:
    codes = [refusal.code for refusal in refusals()]
    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch(r"[a-z][a-z_]+", code) for code in codes)


@pytest.mark.parametrize("refusal", list(refusals()), ids=lambda refusal: refusal.__name__)
def test_refusal_is_met_by_a_test_and_has_a_status_and_a_sentence(refusal: type[Rejection], told: str) -> None:
    assert refusal.__name__ in told or f'"{refusal.code}"' in told
    assert refusal.status in (401, 403, 404, 409, 422, 429)
    assert refusal.sentence.endswith((".", "%(url)s"))


def test_refusal_of_a_field_names_it() -> None:
    assert rejections.Missing(field="reason").data["field"] == "reason"
