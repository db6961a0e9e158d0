"""What calls may say. Unknown fields are refused, and nothing is converted: "1h", 1.5 and true are no number of minutes."""

import re
from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainValidator, StrictInt, StrictStr, WithJsonSchema
from pydantic_core import PydanticCustomError

from access_requests.api.paging import PageQuery
from access_requests.lifecycle import RequestStatus
from access_requests.services.submit import Ask

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)?", re.ASCII | re.IGNORECASE)
EXAMPLE_MOMENT = "2026-11-23T20:00:00Z"


def _moment(value: object) -> datetime:
    if not isinstance(value, str) or not MOMENT.fullmatch(value):
        raise PydanticCustomError("moment", "not a time")
    try:
        return datetime.fromisoformat(value.upper())
    except ValueError as error:
        raise PydanticCustomError("moment", "not a time") from error


def _in_utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise PydanticCustomError("naive_time", "a time without its zone")
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise PydanticCustomError("moment", "not a time") from error


MOMENT_SCHEMA = WithJsonSchema({"type": "string", "format": "date-time", "examples": [EXAMPLE_MOMENT]})
# May lack its zone: the verbs refuse that with a code of its own.
Moment = Annotated[datetime, PlainValidator(_moment), MOMENT_SCHEMA]
# Of filters: absent, but never null, which an address cannot say.
SomeMoment = Annotated[Annotated[Moment, AfterValidator(_in_utc)] | None, MOMENT_SCHEMA]
State = Annotated[RequestStatus | None, WithJsonSchema({"type": "string", "enum": [str(state) for state in RequestStatus]})]
# Names that are looked for in the database, which takes no NUL.
Name = Annotated[StrictStr, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
Digest = Annotated[
    StrictStr, Field(pattern=r"^[0-9a-f]{64}$", description="`seen` of the request as it was shown to the person.")
]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class AskBody(Body):
    """Either `duration_minutes` or `ends_at`. Without `starts_at` access begins when the last approval is given."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "work_groups": ["ProdMemberWorkGroup"],
                    "reason": "Rebuild the index of the orders table",
                    "change_ticket": "CHG-123",
                    "starts_at": None,
                    "duration_minutes": 120,
                }
            ]
        }
    )
    work_groups: list[Name] = Field(max_length=50)
    reason: StrictStr
    change_ticket: StrictStr
    impact: StrictStr = ""
    plan: StrictStr = ""
    way_back: StrictStr = ""
    starts_at: Moment | None = None
    ends_at: Moment | None = None
    duration_minutes: StrictInt | None = None
    revises: Name | None = Field(None, description="The request that was sent back and is asked for anew.")

    def ask(self) -> Ask:
        return Ask(**{name: getattr(self, name) for name in type(self).model_fields})


class DecisionBody(Body):
    model_config = ConfigDict(json_schema_extra={"examples": [{"comment": "Agreed, the window is quiet."}]})
    comment: StrictStr = ""
    seen: Digest | None = None


class ExtendBody(Body):
    model_config = ConfigDict(
        json_schema_extra={"examples": [{"ends_at": EXAMPLE_MOMENT, "reason": "The index is slow to build"}]}
    )
    ends_at: Moment
    reason: StrictStr
    change_ticket: StrictStr = Field("", description="Another ticket than the one of the access.")


class StopBody(Body):
    model_config = ConfigDict(json_schema_extra={"examples": [{"comment": "An incident in this account"}]})
    comment: StrictStr


class RequestQuery(PageQuery):
    state: State = None
    requester: Name = Field("", description="A username.")
    work_group: Name = ""
    since: SomeMoment = Field(None, description="Submitted at or after.")
    until: SomeMoment = Field(None, description="Submitted before.")
    waiting_for_me: bool = Field(default=False, description="Only those that the person can decide on now.")


class ElevationQuery(PageQuery):
    all: bool = Field(default=False, description="Those that are over, too.")


class EntryQuery(PageQuery):
    since: SomeMoment = Field(None, description="At or after.")
    until: SomeMoment = Field(None, description="Before.")
    subject: Name = Field("", description="Such as the id of a request or an elevation.")
    act: Name = ""
    actor: Name = ""
