"""CloudTrail's history: one event that cannot be read costs none of the others of its page."""

import json

from portal.aws import cloudtrail


def test_event_that_cannot_be_read_is_its_id_alone() -> None:
    deep = "[" * 100_000 + "]" * 100_000
    for text in (deep, "no json", "[]", None):
        assert cloudtrail._event({"EventId": "e-1", "CloudTrailEvent": text}) == {"eventID": "e-1"}
    assert cloudtrail._event({"EventId": "e-1"}) == {"eventID": "e-1"}


def test_number_that_python_refuses_is_read_as_text() -> None:
    read = cloudtrail._event({"EventId": "e-1", "CloudTrailEvent": f'{{"eventID": "e-1", "a": {"9" * 5000}, "b": 5}}'})
    assert read == {"eventID": "e-1", "a": "9" * 5000, "b": 5}


def test_page_is_read_whatever_one_of_its_events_is() -> None:
    said = [{"EventId": "bad", "CloudTrailEvent": "{"}, {"EventId": "good", "CloudTrailEvent": json.dumps({"eventID": "good"})}]
    assert [cloudtrail._event(one)["eventID"] for one in said] == ["bad", "good"]
