"""What the demo tells: a file for programs, and some lines for people."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.urls import reverse

from access_requests.models import ApiClient, ClientKind, IamUserBinding
from portal.demo import database, receiver
from portal.demo.places import Places
from portal.demo.secret_files import Secrets
from portal.simulated_aws.company import ACCOUNTS, ADMIN_ROLE
from portal.simulated_aws.people import Credentials
from portal.users.models import LinkedIdentity, User


def facts(places: Places, *, secrets: Secrets, passwords: Mapping[str, str]) -> dict[str, Any]:
    """Return what info.json says besides the ids of the processes; docs/demo.md names each field."""
    admin = secrets.aws_admin
    return {
        "portal_url": settings.PORTAL_URL,
        "aws_endpoint_url": settings.AWS_ENDPOINT_URL,
        "region": settings.AWS_REGION,
        "aws_admin": {"access_key_id": admin.id, "secret_access_key": admin.secret, "role_name": ADMIN_ROLE},
        "accounts": dict(ACCOUNTS),
        "people": _people(passwords, secrets.aws_people, database.secrets_of_codes()),
        "bot": _bot(secrets.client_secret),
        "slack": {"signing_secret": secrets.slack_signing_secret, "people": _slack_people()},
        "webhook_receiver": f"http://{receiver.HOST}:{places.receiver_port.read_text()}/",
        "database_url": places.database_url,
        "broker_url": settings.CELERY_BROKER_URL,
    }


def _people(
    passwords: Mapping[str, str], credentials: Mapping[str, Credentials], codes: Mapping[str, str]
) -> dict[str, dict[str, Any]]:
    users = dict(IamUserBinding.objects.values_list("person__username", "user_name"))
    return {
        person.username: {
            "name": person.name,
            "password": passwords[person.username],
            "iam_user_name": users.get(person.username),
            "totp_secret": codes.get(person.username),
            "aws": _aws(users.get(person.username), credentials),
        }
        for person in User.objects.filter(is_active=True).order_by("username")
    }


def _aws(iam_user_name: str | None, credentials: Mapping[str, Credentials]) -> dict[str, str] | None:
    """Return what a person signs in to AWS with; None for whom somebody has added."""
    given = credentials.get(iam_user_name or "")
    if given is None:
        return None
    return {
        "access_key_id": given.key.id,
        "secret_access_key": given.key.secret,
        "mfa_serial": f"arn:aws:iam::{ACCOUNTS['jump']}:mfa/{iam_user_name}",
        "mfa_seed": given.mfa_seed,
    }


def _bot(secret: str) -> dict[str, str]:
    client = ApiClient.objects.filter(kind=ClientKind.SERVICE).order_by("pk").first()
    client_id = "" if client is None else str(client.oauth_client_id)
    return {"client_id": client_id, "client_secret": secret, "token_url": settings.PORTAL_URL + reverse("oauth_token")}


def _slack_people() -> dict[str, str]:
    links = LinkedIdentity.objects.filter(provider="slack").order_by("external_id")
    return dict(links.values_list("external_id", "person__username"))
