"""What calls may say. Unknown fields are refused, and nothing is converted: "1h", 1.5 and true are no number of minutes."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, StrictStr, WithJsonSchema

from access_requests import details
from access_requests.lifecycle import RequestStatus
from access_requests.services.requests.submit import Ask
from portal.rest.paging import PageQuery
from portal.rest.values import EXAMPLE_MOMENT, Moment, Name, SomeMoment

State = Annotated[RequestStatus | None, WithJsonSchema({"type": "string", "enum": [str(state) for state in RequestStatus]})]
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
        given = {name: getattr(self, name) for name in type(self).model_fields}
        return Ask(details={name: given.pop(name) for name in details.NAMES}, **given)


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


class ReportBody(Body):
    """Either what was `done`, or that the access was `unused`."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"done": "Rebuilt the index; 40 minutes", "deviation": ""}]})
    done: StrictStr = ""
    deviation: StrictStr = Field("", description="What was otherwise than planned; empty for nothing.")
    unused: StrictBool = False


class AnswerReportBody(Body):
    model_config = ConfigDict(json_schema_extra={"examples": [{"comment": "As agreed", "seen": 58}]})
    comment: StrictStr = Field("", description="Needed to ask back.")
    seen: StrictInt | None = Field(None, description="`last_entry` of the report as it was shown to the person.")


class RequestQuery(PageQuery):
    state: State = None
    requester: Name = Field("", description="A username.")
    work_group: Name = ""
    since: SomeMoment = Field(None, description="Submitted at or after.")
    until: SomeMoment = Field(None, description="Submitted before.")
    waiting_for_me: bool = Field(default=False, description="Only those that the person can decide on now.")


class ElevationQuery(PageQuery):
    all: bool = Field(default=False, description="Those that are over, too.")


class SignedRow(Body):
    """A row of a day. `comment` explains its deviations; `seen` is the row's, as it was shown to the person."""

    part: StrictInt = Field(0, ge=0, le=10_000)
    number: StrictInt = Field(ge=1, le=1_000_000)
    comment: StrictStr = ""
    seen: Annotated[StrictStr, Field(pattern=r"^[0-9a-f]{16}$")]


class SignBody(Body):
    model_config = ConfigDict(
        json_schema_extra={"examples": [{"rows": [{"number": 2, "comment": "The vendor.", "seen": "5f0c1e9a7b3d2c48"}]}]}
    )
    rows: list[SignedRow] = Field(max_length=500)
