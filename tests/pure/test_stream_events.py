"""Every entry of the trail is an event of OCSF 1.8: each act has a class, and each event is what the class's schema says."""

import json
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # Likewise.
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema  # type: ignore[import-untyped]  # It ships no types.

from audits.acts import Act
from audits.kinds import KINDS, FindingKind
from audits.models import TrailEntry
from audits.streaming import classes, events
from audits.streaming.classes import OTHER, SHOWN, VERSION, Of

AT = datetime(2026, 11, 23, 5, 0, 0, 123000, tzinfo=UTC)
FINDING = {
    "kind": FindingKind.END_OVERDUE,
    "key": dict.fromkeys(KINDS[FindingKind.END_OVERDUE].key, "E-1"),
    "severity": "critical",
}
FULL = {
    "elevation": {"person": "member01", "work_group": "ProdMemberWorkGroup"},
    "request": {"requester": "member01", "work_groups": [{"name": "ProdMemberWorkGroup"}]},
    "finding": FINDING,
    "comment": "山",
}


@pytest.fixture(scope="module")
def schema() -> OcsfJsonSchemaEmbedded:
    return OcsfJsonSchemaEmbedded(get_ocsf_schema(version=VERSION))


@cache
def validator(schema: OcsfJsonSchemaEmbedded, of: Of) -> Draft202012Validator:
    name = schema.lookup_class_name_from_uid(class_uid=int(of))
    return Draft202012Validator(schema.get_class_schema(class_name=name, profiles=[]))


def entry(act: str, *, subject: str = "", data: Any = None, **more: Any) -> TrailEntry:
    said = {"at": AT, "recorded_at": AT, "actor": "sekisho:worker", "schema_version": 5, **more}
    return TrailEntry(pk=7, act=act, subject=subject or "E-1", data=data if data is not None else FULL, **said)


def test_each_act_has_a_class() -> None:
    assert set(SHOWN) == set(Act)


@pytest.mark.parametrize("data", [FULL, {}], ids=["full", "empty"])
@pytest.mark.parametrize("act", [*Act, "of.another_release"])
def test_event_is_what_its_class_says(act: str, data: dict[str, Any], schema: OcsfJsonSchemaEmbedded) -> None:
    made = json.loads(events.line(entry(act, data=data)))
    faults = [f"{error.json_path}: {error.message}" for error in validator(schema, classes.of(act).of).iter_errors(made)]
    assert faults == []


@pytest.mark.parametrize(("act", "shown"), sorted(SHOWN.items()))
def test_activity_is_one_of_its_class(act: str, shown: classes.Shown, schema: OcsfJsonSchemaEmbedded) -> None:
    name = schema.lookup_class_name_from_uid(class_uid=int(shown.of))
    known = get_ocsf_schema(version=VERSION)["classes"][name]["attributes"]["activity_id"]["enum"]
    assert str(shown.activity) in known
    assert ("activity_name" in events.event(entry(act))) is (shown.activity == OTHER)


def test_event_has_the_entrys_id_and_all_of_it() -> None:
    made = events.event(entry(Act.ELEVATION_ACTIVE, actor="client:bot", on_behalf_of="member01"))
    assert (made["metadata"]["uid"], made["metadata"]["sequence"]) == ("7", 7)
    assert made["unmapped"]["data"] == FULL
    assert (made["user"], made["group"]) == ({"name": "member01"}, {"name": "ProdMemberWorkGroup"})
    assert made["actor"] == {"user": {"name": "member01"}, "app_name": "client:bot"}
    assert made["time"] == int(AT.timestamp() * 1000)
    assert made["type_uid"] == 300603


def test_what_went_wrong_is_more_severe() -> None:
    assert events.event(entry(Act.ELEVATION_ACTIVE, data={}))["severity_id"] == 1
    assert events.event(entry(Act.ELEVATION_END_ATTEMPT_FAILED, data={}))["severity_id"] == 3
    assert events.event(entry(Act.FINDING_OPENED))["severity_id"] == 5
    assert events.event(entry(Act.LOG_IN_FAILED, subject="log-in", data={}))["status_id"] == 2


def test_line_is_one_line_whatever_an_entry_says() -> None:
    line = events.line(entry(Act.FINDING_COMMENTED, data={"comment": "one\ntwo\u2028three"}))
    assert line.count("\n") == 1
    assert json.loads(line)["unmapped"]["data"]["comment"] == "one\ntwo\u2028three"


def test_entry_of_an_old_version_is_an_event() -> None:
    made = events.event(entry("request.archived", recorded_at=None, schema_version=1, data=["nothing"]))
    assert "logged_time" not in made["metadata"]
    assert made["class_uid"] == 3004
