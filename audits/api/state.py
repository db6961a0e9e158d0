"""What somebody could do at an instant, for auditors' programs."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated

from django.http import HttpResponse
from ninja import Query, Router, Schema
from pydantic import AwareDatetime, BaseModel, Field

from audits import could_do
from audits.api.entries import check_may_read
from audits.could_do import Question
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


class ShownProgram(BaseModel):
    client: str
    scopes: list[str]
    owners: list[str] = Field(description="Who knew its secret, as far as the portal showed it to them.")
    names_them: bool = Field(description="Whether it could act in the person's name: so could its owners.")
    is_owned: bool = Field(description="Whether the person is one of the owners.")


class ShownToken(BaseModel):
    code: str
    client: str
    scopes: list[str]
    until: datetime | None = Field(description="Null where it was allowed, and no program had collected it yet.")


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
    programs: list[ShownProgram]
    tokens: list[ShownToken] = Field(description="The person's own, by which programs could act as them.")
    drift: list[str]
    through: int = Field(description="The newest entry that was read for it.")


@router.get("/state", response=ShownState, summary="Get what a person could do at an instant")
def show_state(request: ApiRequest, query: Query[StateQuery]) -> HttpResponse:
    """Answer rights as the audit trail tells them, made again from its entries."""
    check_may_read(request)
    found = could_do.then(person=query.person, at=query.at, question=query.question)
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
            programs=[ShownProgram(**asdict(program)) for program in rights.programs],
            tokens=[ShownToken(**{**asdict(token), "until": token.until or None}) for token in rights.tokens],
            drift=[code for code, _drift in found.drift],
            through=found.through,
        )
    )


def _access(access: Access) -> ShownAccess:
    until = datetime.fromisoformat(access.until) if access.until else None
    return ShownAccess(group=access.group, roles=list(access.roles), code=access.code, state=access.state, until=until)
