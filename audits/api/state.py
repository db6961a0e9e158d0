"""What somebody could do at an instant, for auditors' programs."""

from datetime import datetime
from typing import Annotated

from django.http import HttpResponse
from ninja import Query, Router, Schema
from pydantic import AwareDatetime, BaseModel, Field

from audits import past
from audits.api.entries import check_may_read
from audits.past import Question
from audits.replay.rights import Access
from portal.rest.caller import ApiRequest
from portal.rest.replies import shown

router = Router(tags=["Audit"])


class StateQuery(Schema):
    person: Annotated[str, Field(min_length=1, max_length=150, description="A username.")]
    at: Annotated[AwareDatetime, Field(description="The instant.")]
    question: Question = Field(
        Question.WAS, description="`was`: by all that is known today. `known`: by what had been recorded then."
    )


class ShownAccess(BaseModel):
    group: str
    roles: list[str] = Field(description="ARNs as they were given or known, else account/name.")
    code: str = Field(description="The access; empty of a standing group.")
    state: str
    until: datetime | None


class ShownLevel(BaseModel):
    policy: str
    level: int


class ShownState(BaseModel):
    """Declared rights. `drift` was open then: where AWS was otherwise, somebody may have been able to do more, or less."""

    person: str
    at: datetime
    question: Question
    known: bool = Field(description="Whether the trail tells of the person by then.")
    disabled: bool = Field(description="Somebody disabled could do nothing.")
    roles: dict[str, list[str]] = Field(description="Role -> who says so.")
    standing: list[ShownAccess]
    elevations: list[ShownAccess]
    may_ask: list[str]
    may_decide: list[ShownLevel]
    programs: list[str]
    drift: list[str]
    through: int = Field(description="The newest entry that was read for it.")


@router.get("/state", response=ShownState, summary="Get what a person could do at an instant")
def show_state(request: ApiRequest, query: Query[StateQuery]) -> HttpResponse:
    """Answer rights as the audit trail tells them, made again from its entries."""
    check_may_read(request)
    found = past.then(person=query.person, at=query.at, question=query.question)
    rights = found.rights
    return shown(
        ShownState(
            person=query.person,
            at=query.at,
            question=query.question,
            known=rights.is_known,
            disabled=rights.is_disabled,
            roles={role: list(sources) for role, sources in rights.roles.items()},
            standing=[_access(each) for each in rights.standing],
            elevations=[_access(each) for each in rights.elevations],
            may_ask=list(rights.asks),
            may_decide=[ShownLevel(policy=policy, level=level) for policy, level in rights.approves],
            programs=list(rights.programs),
            drift=[code for code, _drift in found.drift],
            through=found.through,
        )
    )


def _access(access: Access) -> ShownAccess:
    until = datetime.fromisoformat(access.until) if access.until else None
    return ShownAccess(group=access.group, roles=list(access.roles), code=access.code, state=access.state, until=until)
