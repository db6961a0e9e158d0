"""Who I am, and what I may ask for."""

from datetime import datetime
from typing import Literal

from django.conf import settings
from django.http import HttpResponse
from ninja import Query, Router
from pydantic import BaseModel, Field

from access_requests.api.auth import ApiRequest, Bearer
from access_requests.api.showing import Person
from access_requests.api.showing_access import ShownWorkGroup
from access_requests.models import IamUserBinding, IdentityCenterBinding, PersonalToken
from access_requests.selectors import abilities, catalogue, clients, switching
from portal.rest.paging import Page, PageQuery, page
from portal.rest.replies import shown
from portal.users.models import User

router = Router(tags=["Me"])
MfaState = Literal["codes", "passkeys", "none", "unread", "no_iam_user", "not_told"]


class Me(Person):
    administrator: bool
    auditor: bool
    iam_user_name: str | None
    identity_center_user_name: str | None
    time_zone: str = Field(description="In which the person is shown times.", examples=["Asia/Tokyo"])
    language: str = Field(description="Which the person has chosen: ja, en; empty where they chose none.", examples=["ja"])
    mfa_serial: str | None = Field(
        description="The MFA device for the command line: one that gives codes. What most people's is called while AWS has not "
        "been asked; null where there is none, or passkeys only, and for programs that name a person: `mfa` says which."
    )
    mfa: MfaState = Field(
        description="Which MFA devices the person has: one that gives codes, passkeys only, none, not read from AWS yet; or no "
        "IAM user to have one; or not told, to programs that name a person."
    )

    @classmethod
    def of(cls, person: User, *, is_own: bool = False) -> "Me":
        binding = IamUserBinding.objects.filter(person=person).first()
        mfa = switching.mfa_of(person)
        elsewhere = IdentityCenterBinding.objects.filter(person=person).first()
        return cls(
            username=person.username,
            name=person.get_full_name(),
            administrator=person.is_administrator,
            auditor=person.is_auditor,
            iam_user_name=binding.user_name if binding else None,
            identity_center_user_name=elsewhere.user_name if elsewhere else None,
            time_zone=str(person.zone),
            language=person.language,
            mfa_serial=mfa.serial or None if is_own else None,
            mfa=_mfa_state(mfa, is_bound=binding is not None) if is_own else "not_told",
        )


def _mfa_state(mfa: switching.Mfa, *, is_bound: bool) -> MfaState:
    if not is_bound:
        return "no_iam_user"
    if not mfa.is_known:
        return "unread"
    if mfa.serial:
        return "codes"
    return "passkeys" if mfa.has_passkey else "none"


class CallingClient(BaseModel):
    key: str
    name: str
    scopes: list[str]


class OwnToken(BaseModel):
    id: str = Field(description="As the trail and the person's page of tokens name it.", examples=["T-5GX2K0QN"])
    allowed_at: datetime
    expires_at: datetime

    @classmethod
    def of(cls, row: PersonalToken) -> "OwnToken":
        if row.token is None or row.token.expires_at is None:
            raise ValueError(f"{row} opens nothing")
        return cls(id=row.code, allowed_at=row.allowed_at, expires_at=row.token.expires_at)


class WhoIAm(BaseModel):
    client: CallingClient
    person: Me | None = Field(description="Whom X-On-Behalf-Of names, or whose own token it is; else null.")
    token: OwnToken | None = Field(description="A person's own token; null for a service's.")
    aws_region: str = Field(description="The region that the portal works in.", examples=["ap-northeast-1"])


@router.get("/me", auth=Bearer(None, person_needed=False), response=WhoIAm, summary="Show who calls, and for whom")
def show_me(request: ApiRequest) -> HttpResponse:
    caller = request.auth
    client = CallingClient(key=caller.client.key, name=caller.client.oauth_client.name, scopes=sorted(caller.scopes))
    person = Me.of(caller.person, is_own=caller.own is not None) if caller.person is not None else None
    token = OwnToken.of(caller.own) if caller.own is not None else None
    return shown(WhoIAm(client=client, person=person, token=token, aws_region=settings.AWS_REGION))


@router.get(
    "/work-groups",
    auth=Bearer("requests:read"),
    response=Page[ShownWorkGroup],
    summary="List what the person may ask for through this client",
)
def list_work_groups(request: ApiRequest, query: Query[PageQuery]) -> HttpResponse:
    caller = request.auth
    rows = abilities.with_groups(clients.work_groups_of(caller.client, catalogue.requestable_by(caller.who)))
    groups = page(request, rows, query, lambda found: [ShownWorkGroup.of(row) for row in found], order=["name"], named_by="name")
    return shown(groups)
