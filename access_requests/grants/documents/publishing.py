"""Writing the documents, and reviewing change templates. Done again it changes nothing."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from access_requests.grants.calls import Caller
from access_requests.grants.documents import reading, rendering
from access_requests.grants.documents.reading import APPROVED, DEFAULT, LATEST, NOT_SENT, PENDING, Found
from access_requests.grants.documents.rendering import CHANGE_MANAGER, Owner, Tree
from access_requests.grants.errors import BackendRefused
from access_requests.grants.executions import GIVING, Purpose

RUNBOOK_TYPE, TEMPLATE_TYPE = "Automation", "Automation.ChangeTemplate"
NOT_OURS = "template_not_ours"


@dataclass(frozen=True, kw_only=True)
class Published:
    """What became of one document: created, updated, unchanged; for a template also sent, approved."""

    name: str
    version: str
    outcome: str


def publish(owner: Owner, publisher: Caller) -> list[Published]:
    """Create or update the group's documents, and send a template for review. Raises BackendError."""
    done = [_runbook(owner, purpose, publisher) for purpose in Purpose]
    if owner.by == CHANGE_MANAGER:
        versions = {purpose: one.version for purpose, one in zip(Purpose, done, strict=True) if purpose in GIVING}
        done.append(_template(owner, versions, publisher))
    return done


def review(owner: Owner, *, reviewer: Caller, publisher: Caller) -> list[Published]:
    """Approve the template's version that waits for it, if it is as it is to be, and make it the default one.

    Raises BackendError: NOT_OURS for one whose last level is not the portal's, or which names other runbooks.
    """
    if owner.by != CHANGE_MANAGER:
        return []
    found = reading.find(rendering.template_name(owner.group), LATEST, reviewer)
    if found is None or found.review not in (PENDING, APPROVED):
        raise BackendRefused(reading.TEMPLATE_MISSING if found is None else reading.TEMPLATE_NOT_APPROVED)
    if found.review == PENDING:
        _check_pins(owner, found, reviewer)
        reviewer.call(
            "update_document_metadata", Name=found.name, DocumentVersion=found.version, DocumentReviews={"Action": "Approve"}
        )
    _make_default(found, publisher)
    return [Published(name=found.name, version=found.version, outcome="approved" if found.review == PENDING else "unchanged")]


def _check_pins(owner: Owner, found: Found, ssm: Caller) -> None:
    pins = reading.pins_of(found.content)
    if not reading.ends_with_portal(found.content) or set(pins) != {rendering.name(purpose, owner.group) for purpose in GIVING}:
        raise BackendRefused(NOT_OURS, f"{found.name} version {found.version}")
    for purpose in GIVING:
        reading.pinned_runbook(owner, purpose, ssm, version=pins[rendering.name(purpose, owner.group)])


def _runbook(owner: Owner, purpose: Purpose, publisher: Caller) -> Published:
    name, content = rendering.name(purpose, owner.group), rendering.runbook(purpose, owner)
    latest = reading.find(name, LATEST, publisher)
    if latest is None:
        return _create(name, content, RUNBOOK_TYPE, publisher)
    outcome = "unchanged"
    if not reading.same(latest, content):
        latest, outcome = _update(name, content, publisher), "updated"
    if _make_default(latest, publisher) and outcome == "unchanged":
        outcome = "made default"
    return Published(name=name, version=latest.version, outcome=outcome)


def _template(owner: Owner, versions: Mapping[Purpose, str], publisher: Caller) -> Published:
    name, content = rendering.template_name(owner.group), rendering.template(owner, versions)
    latest = reading.find(name, LATEST, publisher)
    if latest is None:
        done = _create(name, content, TEMPLATE_TYPE, publisher)
        _send(done.name, done.version, publisher)
        return done
    if reading.ends_with_portal(latest.content):
        # Levels and words of the company's own stay.
        content = {**latest.content, "executableRunBooks": content["executableRunBooks"]}
    outcome = "unchanged"
    if not reading.same(latest, content):
        latest, outcome = _update(name, content, publisher), "updated"
    if latest.review in ("", NOT_SENT):
        _send(name, latest.version, publisher)
    return Published(name=name, version=latest.version, outcome=outcome)


def _create(name: str, content: Tree, kind: str, publisher: Caller) -> Published:
    publisher.call("create_document", Name=name, Content=_text(content), DocumentType=kind, DocumentFormat="JSON")
    return Published(name=name, version="1", outcome="created")


def _update(name: str, content: Tree, publisher: Caller) -> Found:
    answer = publisher.call("update_document", Name=name, Content=_text(content), DocumentVersion=LATEST, DocumentFormat="JSON")
    return Found(name=name, version=answer["DocumentDescription"]["DocumentVersion"], content=content)


def _make_default(found: Found, publisher: Caller) -> bool:
    """Make the version the default one; return whether it was not."""
    default = reading.find(found.name, DEFAULT, publisher)
    if default is not None and default.version == found.version:
        return False
    publisher.call("update_document_default_version", Name=found.name, DocumentVersion=found.version)
    return True


def _send(name: str, version: str, publisher: Caller) -> None:
    publisher.call("update_document_metadata", Name=name, DocumentVersion=version, DocumentReviews={"Action": "SendForReview"})


def _text(content: Tree) -> str:
    return json.dumps(content, ensure_ascii=False, indent=2)
