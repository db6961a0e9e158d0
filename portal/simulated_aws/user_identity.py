"""Who made a call, as the field userIdentity of its event says it."""

from typing import Any

from portal.simulated_aws.credentials import Signer
from portal.simulated_aws.root import Root
from portal.simulated_aws.sessions import DirectoryPerson, RoleSession


def of(caller: Signer, *, mfa: bool = False) -> dict[str, Any]:
    """Return it for a call with an access key; `mfa` says that this very call proved it."""
    who = {"principalId": caller.user_id, "arn": caller.arn, "accountId": caller.account_id, "accessKeyId": caller.key_id}
    if isinstance(caller.session, RoleSession):
        return {"type": "AssumedRole", **who, **_of_role(caller, caller.session, mfa=mfa)}
    context = _context(caller, mfa=mfa)
    shown = {"sessionContext": context} if context else {}
    if isinstance(caller.entity, Root):
        return {"type": "Root", **who, **shown}
    return {"type": "IAMUser", **who, "userName": caller.entity.name, **shown}


def of_stranger(caller: Signer) -> dict[str, Any]:
    """Return what another account's trail tells of a caller."""
    return {"type": "AWSAccount", "principalId": caller.user_id, "accountId": caller.account_id}


def of_person(person: DirectoryPerson, *, account_id: str, credential_id: str) -> dict[str, Any]:
    """Return it for what a person does in the access portal of Identity Center."""
    return {
        "type": "IdentityCenterUser",
        "accountId": account_id,
        "onBehalfOf": {"userId": person.user_id, "identityStoreArn": person.store_arn},
        "credentialId": credential_id,
    }


def name_of(caller: Signer) -> str:
    """Return the name that LookupEvents finds a caller by."""
    return caller.session.name if isinstance(caller.session, RoleSession) else str(caller.entity.name)


def _of_role(caller: Signer, session: RoleSession, *, mfa: bool) -> dict[str, Any]:
    role = caller.entity
    issuer = {"type": "Role", "principalId": role.id, "arn": role.arn, "accountId": caller.account_id, "userName": role.name}
    provider = session.web_identity_provider
    federation = {"webIdFederationData": {"federatedProvider": provider, "attributes": {}}} if provider else {}
    shown: dict[str, Any] = {"sessionContext": {"sessionIssuer": issuer, **federation, **_context(caller, mfa=mfa)}}
    if session.person:
        shown["onBehalfOf"] = {"userId": session.person.user_id, "identityStoreArn": session.person.store_arn}
    return shown


def _context(caller: Signer, *, mfa: bool) -> dict[str, Any]:
    """Return when the session began and whether with MFA; of a long-term key nothing, unless this very call proved it."""
    session = caller.session
    if session is None:
        return {"attributes": {"mfaAuthenticated": "true"}} if mfa else {}
    began = f"{session.issued_at:%Y-%m-%dT%H:%M:%SZ}"
    context: dict[str, Any] = {"attributes": {"creationDate": began, "mfaAuthenticated": str(session.mfa).lower()}}
    if isinstance(session, RoleSession) and session.source_identity:
        context["sourceIdentity"] = session.source_identity
    if session.sign_in_session:
        context["signInSessionArn"] = session.sign_in_session
    return context
