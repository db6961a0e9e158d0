"""Condition keys of a call: who makes it, what it asks for, and what is true of whom it is about."""

from collections.abc import Iterator, Mapping, Sequence

from moto.iam.models import Role, User

from portal.iam import contexts
from portal.iam.fences import iso
from portal.simulated_aws import identities, resources, signing_keys
from portal.simulated_aws.asked import Asked
from portal.simulated_aws.credentials import Signer
from portal.simulated_aws.events import Envelope
from portal.simulated_aws.root import Root
from portal.simulated_aws.sessions import RoleSession, Session

Context = Mapping[str, str | Sequence[str]]
Keys = Iterator[tuple[str, str | Sequence[str]]]
_SETS_BOUNDARY = {"CreateUser", "CreateRole", "PutUserPermissionsBoundary", "PutRolePermissionsBoundary"}
_NAMES_POLICY = ("Attach", "Detach")


def of_call(asked: Asked, envelope: Envelope) -> Context:
    """Return all keys of a call that its own policies decide on."""
    keys = {**of_caller(asked.caller, envelope), **of_request(asked)}
    return _by_service(keys, asked.caller) if envelope.is_by_service else keys


def of_action(asked: Asked, envelope: Envelope) -> Context:
    """Return the keys of something that is asked for and not called: of its parameters nothing is known."""
    keys = {**of_caller(asked.caller, envelope), "aws:RequestedRegion": asked.region}
    return _by_service(keys, asked.caller) if envelope.is_by_service else keys


def _by_service(keys: Context, caller: Signer) -> Context:
    """Return the keys of a service's call, which has no address: made for somebody, unless in a role that it took on itself."""
    kept = {key: value for key, value in keys.items() if key != "aws:SourceIp"}
    by_itself = isinstance(caller.session, RoleSession) and caller.session.is_of_service
    return {**kept, "aws:ViaAWSService": str(not by_itself).lower()}


def of_switch(
    caller: Signer, envelope: Envelope, *, session_name: str, proved_mfa: bool, external_id: str | None = None
) -> Context:
    """Return the keys with which both sides of AssumeRole are asked; a code in the call itself proves MFA as a session does."""
    keys = {**of_caller(caller, envelope, proved_mfa=proved_mfa), "sts:RoleSessionName": session_name}
    return {**keys, "sts:ExternalId": external_id} if external_id else keys


def of_role(role: Role) -> Context:
    """Return the keys that a role gives to a switch to it, for both sides."""
    return contexts.of_role(arn=role.arn, tags={tag["Key"]: tag["Value"] for tag in role.tags or ()})


def of_caller(caller: Signer, envelope: Envelope, *, proved_mfa: bool = False) -> Context:
    """Return the keys of who calls, with which credentials, from where and when."""
    keys = _of_holder(caller, envelope, proved_mfa=proved_mfa)
    signed_in = caller.session.sign_in_session if caller.session else ""
    return {**keys, "aws:SignInSessionArn": signed_in} if signed_in else keys


def _of_holder(caller: Signer, envelope: Envelope, *, proved_mfa: bool) -> Context:
    session, tags = caller.session, {tag["Key"]: tag["Value"] for tag in caller.entity.tags or ()}
    if isinstance(session, RoleSession):
        keys = contexts.of_session(
            role_arn=caller.entity.arn,
            role_id=caller.entity.id,
            session_name=session.name,
            issued_at=session.issued_at,
            at=envelope.at,
            mfa=session.mfa,
            source_ip=envelope.source_ip,
            tags=tags,
        )
        return {**keys, "aws:SourceIdentity": session.source_identity} if session.source_identity else keys
    keys = contexts.of_user(
        arn=caller.entity.arn,
        user_id=caller.entity.id,
        user_name=caller.entity.name,
        at=envelope.at,
        mfa=proved_mfa or (session is not None and session.mfa),
        source_ip=envelope.source_ip,
        tags=tags,
    )
    if isinstance(caller.entity, Root):
        keys = {key: value for key, value in keys.items() if key != "aws:username"} | {"aws:PrincipalType": "Account"}
    return {**_of_temporary(session, proved_mfa=proved_mfa), **keys} if session else keys


def _of_temporary(session: Session, *, proved_mfa: bool) -> Context:
    """Return what a user's temporary credentials have, and long-term keys have not."""
    return {
        "aws:TokenIssueTime": iso(session.issued_at),
        **({} if proved_mfa or session.mfa else {"aws:MultiFactorAuthPresent": "false"}),
    }


def of_request(asked: Asked) -> dict[str, str | Sequence[str]]:
    """Return the keys that the call's parameters and the user or role that it is about give."""
    return {"aws:RequestedRegion": asked.region, **dict(_tags(asked)), **dict(_iam(asked)), **dict(_of_service(asked))}


def _tags(asked: Asked) -> Keys:
    tags: Mapping[str, str] = {tag["Key"]: tag["Value"] for tag in asked.parameters.get("Tags", ())}
    keys = [*tags, *asked.parameters.get("TagKeys", ())]
    if keys:
        yield "aws:TagKeys", keys
    for key, value in tags.items():
        yield f"aws:RequestTag/{key}", value


def _iam(asked: Asked) -> Keys:
    found = resources.entity(asked)
    if asked.action in _SETS_BOUNDARY:
        if boundary := asked.parameters.get("PermissionsBoundary"):
            yield "iam:PermissionsBoundary", boundary
    elif found is not None and (boundary := identities.boundary_arn(found)):
        yield "iam:PermissionsBoundary", boundary
    if asked.action.startswith(_NAMES_POLICY):
        yield "iam:PolicyARN", asked.parameters["PolicyArn"]
    if found is not None:
        yield from _resource_tags(found)


def _of_service(asked: Asked) -> Keys:
    if asked.action == "StartChangeRequestExecution":
        yield "ssm:AutoApprove", str(bool(asked.parameters.get("AutoApprove"))).lower()
    if asked.service == "kms" and (given := asked.parameters.get("KeyId")):
        yield "kms:ResourceAliases", signing_keys.aliases((asked.caller.account_id, asked.region), given)
    if asked.service == "cloudformation":
        for key, parameter in (("RoleArn", "RoleARN"), ("ChangeSetName", "ChangeSetName")):
            if given := asked.parameters.get(parameter):
                yield f"cloudformation:{key}", str(given)


def _resource_tags(found: User | Role) -> Keys:
    for tag in found.tags or ():
        yield f"aws:ResourceTag/{tag['Key']}", tag["Value"]
        yield f"iam:ResourceTag/{tag['Key']}", tag["Value"]
