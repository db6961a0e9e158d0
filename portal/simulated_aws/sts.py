"""STS: who am I, switching roles, and a user's own temporary credentials."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, cast

from moto.core.responses import ActionResult
from moto.iam.models import iam_backends

from portal.simulated_aws import events, root, sessions, switching
from portal.simulated_aws.conditions import Context, of_switch
from portal.simulated_aws.devices import Devices
from portal.simulated_aws.errors import AccessDenied, NotSimulated, ValidationError
from portal.simulated_aws.gateway import Gateway
from portal.simulated_aws.root import Root
from portal.simulated_aws.sessions import RootSession, UserSession
from portal.simulated_aws.switching import Switch

_SWITCH_SECONDS = 3_600
_USER_SECONDS = 43_200
_ROOT_SECONDS = 900
# What would have a say in what a session may do.
_NOT_SIMULATED = ("Policy", "PolicyArns", "Tags", "TransitiveTagKeys", "ProvidedContexts")


class StrictTokenResponse(Gateway):
    def __init__(self) -> None:
        super().__init__(service_name="sts")
        self.automated_parameter_parsing = True

    def get_caller_identity(self) -> ActionResult:
        caller = self.caller
        return ActionResult({"UserId": caller.user_id, "Account": caller.account_id, "Arn": caller.arn})

    def assume_role(self) -> ActionResult:
        if isinstance(self.caller.entity, Root):
            raise AccessDenied("Roles may not be assumed by root accounts.")
        for name in _NOT_SIMULATED:
            if name in self.params:
                raise NotSimulated(f"{name} of AssumeRole is not simulated")
        has_proof = self._proved_mfa()
        asked = Switch(
            caller=self.caller,
            role_arn=self.params["RoleArn"],
            session_name=self.params["RoleSessionName"],
            seconds=self._get_int_param("DurationSeconds", _SWITCH_SECONDS),
            mfa=has_proof or self._session_has_mfa(),
            context=self._context(proved_mfa=has_proof),
            source_identity=self.params.get("SourceIdentity"),
        )
        role, session = switching.switch(asked, at=self.envelope.at)
        who = switching.who(role, session)
        self.outcome.mfa = has_proof
        self.outcome.tell_of_switch(session, who, role_arn=role.arn)
        identity = {"SourceIdentity": session.source_identity} if session.source_identity else {}
        return ActionResult({"Credentials": session.credentials, "AssumedRoleUser": who, **identity})

    def assume_root(self) -> ActionResult:
        """Stand in for the root user of another account, for one task and a quarter of an hour at the most."""
        task, target = root.task(self.params["TaskPolicyArn"]["arn"]), self.params["TargetPrincipal"]
        if task is None or target not in iam_backends:
            raise ValidationError("The task policy or the target principal is not valid.")
        begins = self.envelope.at.replace(microsecond=0)
        session = RootSession(
            account_id=target,
            issued_at=begins,
            expires_at=begins + timedelta(seconds=self._get_int_param("DurationSeconds", _ROOT_SECONDS)),
            mfa=False,
            task_policy=task,
        )
        sessions.keep(session)
        self.outcome.response = {"credentials": events.given_out(session)}
        return ActionResult({"Credentials": session.credentials, "SourceIdentity": None})

    def get_web_identity_token(self) -> ActionResult:
        """Write down that somebody asked for a token that is good elsewhere; what is given is none."""
        return ActionResult({"WebIdentityToken": "", "Expiration": self.envelope.at})

    def get_session_token(self) -> ActionResult:
        user = self.caller.user
        if user is None or self.caller.session:
            raise AccessDenied("Cannot call GetSessionToken with session credentials")
        begins = self.envelope.at.replace(microsecond=0)
        session = UserSession(
            account_id=self.caller.account_id,
            user_id=user.id,
            issued_at=begins,
            expires_at=begins + timedelta(seconds=self._get_int_param("DurationSeconds", _USER_SECONDS)),
            mfa=self._proved_mfa(),
        )
        self.outcome.mfa = session.mfa
        sessions.keep(session)
        return ActionResult({"Credentials": session.credentials})

    def _context(self, *, proved_mfa: bool) -> Context:
        keys = of_switch(
            self.caller,
            self.envelope,
            session_name=self.params["RoleSessionName"],
            proved_mfa=proved_mfa,
            external_id=self.params.get("ExternalId"),
        )
        identity = self.params.get("SourceIdentity")
        return {**keys, "sts:SourceIdentity": identity} if identity else keys

    def _session_has_mfa(self) -> bool:
        """Say whether the caller's own credentials prove MFA: a user's do; a role's session does not hand it on."""
        return isinstance(self.caller.session, UserSession) and self.caller.session.mfa

    def _proved_mfa(self) -> bool:
        """Say whether this call proves MFA by a code. Raises AccessDenied for a device or a code that is wrong."""
        given: Mapping[str, Any] = self.params
        if "SerialNumber" not in given and "TokenCode" not in given:
            return False
        if self.caller.user is None:
            raise AccessDenied("MultiFactorAuthentication failed, unable to validate MFA code.")
        iam = cast("Devices", self.asked.iam)
        iam.check_code(
            self.caller.user, serial=given.get("SerialNumber", ""), given=given.get("TokenCode", ""), at=self.envelope.at
        )
        return True
