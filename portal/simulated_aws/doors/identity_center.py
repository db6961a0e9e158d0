"""Identity Center's access portal: who is assigned to a permission set of an account gets into the role made for it there."""

from collections.abc import Mapping
from typing import Any

from portal.simulated_aws import identity_directory, sign_in_events, switching
from portal.simulated_aws.doors import federation
from portal.simulated_aws.doors.federation import Wanted
from portal.simulated_aws.errors import AccessDenied
from portal.simulated_aws.events import Envelope
from portal.simulated_aws.identity_directory import Directory
from portal.simulated_aws.sessions import DirectoryPerson
from portal.simulated_aws.sign_in_events import PortalVisit

_RESERVED = "AWSReservedSSO_"
_SECONDS = 43_200
Form = Mapping[str, Any]


def enter(form: Form, envelope: Envelope) -> Mapping[str, Any]:
    """Return the credentials of the session: for the console by `Federate`, for the command line by `GetRoleCredentials`."""
    directory = _directory(form["directory_account"])
    user = directory.user_named(form["user"])
    if user is None:
        raise AccessDenied("Nobody of that name is in the directory.")
    person = DirectoryPerson(user_id=user.id, store_arn=directory.arn)
    visit = PortalVisit(
        person=person, user_name=user.name, account_id=directory.account_id, region=directory.region, envelope=envelope
    )
    name, permission_set, target = (
        "Federate" if form["console"] else "GetRoleCredentials",
        form["permission_set"],
        form["account"],
    )
    role = switching.reserved_role(target, f"{_RESERVED}{permission_set}_")
    if role is None or not directory.is_assigned(user.id, account_id=target, permission_set=permission_set):
        refused = {"errorCode": "ForbiddenException", "errorMessage": "No access"}
        sign_in_events.record_portal(visit, name, role_name=permission_set, target=target, error=refused)
        raise AccessDenied("No access")
    sign_in_events.record_portal(visit, name, role_name=permission_set, target=target)
    wanted = Wanted(
        role_arn=role.arn,
        session_name=user.name,
        seconds=min(int(role.max_session_duration or _SECONDS), _SECONDS),
        region=directory.region,
        provider_arn=switching.federated_provider(role),
        context={"SAML:aud": federation.AUDIENCE},
        person=person,
        is_of_console=form["console"],
    )
    issuer = f"https://portal.sso.{directory.region}.amazonaws.com/saml/assertion/{directory.id}"
    return federation.enter(wanted, federation.saml_assertion(wanted, name=user.name, issuer=issuer), envelope)


def _directory(account_id: str) -> Directory:
    found = identity_directory.all_kept().get(account_id)
    if found is None:
        raise AccessDenied("The account has no Identity Center.")
    return found
