"""The console's sign-in page, of users and of the root user."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from moto.iam.models import User, iam_backends

from portal.simulated_aws import sessions, sign_in_events
from portal.simulated_aws.credentials import PARTITION, Signer
from portal.simulated_aws.errors import AccessDenied
from portal.simulated_aws.events import Envelope
from portal.simulated_aws.root import NAME, Root
from portal.simulated_aws.sessions import RootSession, Session, UserSession
from portal.simulated_aws.sign_in_events import NOBODY, WRONG_PASSWORD, SignIn

_SESSION = timedelta(hours=12)
_ROOT_DEVICE = "root-account-mfa-device"
Form = Mapping[str, Any]


def sign_in(form: Form, envelope: Envelope) -> Mapping[str, Any]:
    """Return the credentials of the session in the console. Raises AccessDenied, which is written down, too."""
    who = _who(form)
    tried = SignIn(
        account_id=form["account"],
        region=form["region"],
        envelope=envelope,
        mfa_serial=_device(form, who) if form["mfa"] else None,
        error=_error(form, who),
    )
    sign_in_events.record_console_login(tried, _caller(form, who))
    if who is None or tried.error:
        raise AccessDenied(tried.error)
    session = _session(form, who, envelope)
    sessions.keep(session)
    return session.credentials


def _who(form: Form) -> User | Root | None:
    if form["account"] not in iam_backends:
        raise AccessDenied("There is no such account.")
    if form["user"] == NAME:
        return Root(form["account"])
    return iam_backends[form["account"]][PARTITION].users.get(form["user"])


def _error(form: Form, who: User | Root | None) -> str:
    if who is None:
        return NOBODY
    return "" if form["succeeds"] else WRONG_PASSWORD


def _device(form: Form, who: User | Root | None) -> str | None:
    """Return the serial number of the device that was shown. Raises AccessDenied for somebody who has none."""
    if isinstance(who, Root):
        return f"arn:aws:iam::{form['account']}:mfa/{_ROOT_DEVICE}"
    if who is not None and not who.mfa_devices:
        raise AccessDenied("MultiFactorAuthentication failed: the user has no device.")
    return next(iter(who.mfa_devices)) if who else None


def _caller(form: Form, who: User | Root | None) -> Signer | None:
    return Signer(account_id=form["account"], key_id="", entity=who) if who else None


def _session(form: Form, who: User | Root, envelope: Envelope) -> Session:
    begins = envelope.at.replace(microsecond=0)
    common: dict[str, Any] = {
        "account_id": form["account"],
        "issued_at": begins,
        "expires_at": begins + _SESSION,
        "mfa": form["mfa"],
        "is_of_console": True,
    }
    return RootSession(**common) if isinstance(who, Root) else UserSession(**common, user_id=who.id)
