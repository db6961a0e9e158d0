"""What the file wants: its fields, their defaults and their form. docs/catalogue.md is the reference of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from allauth.idp.oidc.adapter import get_adapter
from django.conf import settings

from access_requests.models import MADE_BY_ORGANIZATIONS, AccountKind, ClientKind, DriftAnswer, RoleLevel
from access_requests.models.catalogue import DECIDE_BY, LONGEST_ARN
from access_requests.services.catalogue.document import Scalar, parse
from access_requests.services.catalogue.mistakes import Mistakes, Path
from access_requests.services.catalogue.reading import (
    Place,
    Read,
    email,
    everyone_or,
    flag,
    listing,
    matching,
    minutes,
    network,
    number,
    object_of,
    one_of,
    scalar,
    table,
    text,
)
from access_requests.services.catalogue.state import SECTIONS, Kind, State
from access_requests.services.people.people import BINDINGS
from portal.iam.fences import ROLE_ARN

IAM_RULE = "letters, digits and _ + = , . @ -"
IAM = r"[\w+=,.@-]+"
KEY = matching(r"[a-z0-9][a-z0-9_-]*", 50, "small letters, digits, - and _")
USERNAME = matching(r"[A-Za-z0-9][\w.@+-]*", 150, "letters, digits and _ . @ + -, beginning with a letter or a digit")
ROLE_NAME = matching(IAM, 64, IAM_RULE)
GATE_ROLE = matching(rf"({IAM}/)*{IAM}", 576, "the path and name of a role, such as sekisho/SekishoGateRole")
ARN = matching(ROLE_ARN.pattern, LONGEST_ARN, "the ARN of a role in full, as IAM shows it")
ROLE_ID = matching(r"AROA[A-Z0-9]{12,124}", 128, "IAM's RoleId, such as AROACKCEVSQ6C2EXAMPLE")
POLICY = matching(
    rf"{IAM}|arn:aws[a-z-]*:iam::(aws|\d{{12}}):policy/[\x21-\x7e]+",
    600,
    "the name of an inline policy, or the ARN of a managed one",
)
REGION = matching(r"[a-z]{2}(-[a-z]+)+-\d", 30, "a Region such as ap-northeast-1")
ROLE_REFERENCE = matching(rf"[a-z0-9_-]+/{IAM}", 115, "an account's key and a role's name, such as production/Prod_MemberRole")
STANDING_GROUP_NAME = matching(IAM, 128, IAM_RULE)
# The name is part of the TTL tag's key: 128 characters in all, and no comma.
TAG_KEY_LENGTH = 128
WORK_GROUP_NAME = matching(
    r"[\w+=.@-]+",
    min(116, TAG_KEY_LENGTH - len(settings.TTL_TAG_KEY.format(group=""))),
    "letters, digits and _ + = . @ - (no comma, since the TTL tag carries the name)",
)
# The name is also the session's name in the target account, which takes at least 2 characters.
IAM_USER_NAME = matching(IAM, 64, IAM_RULE, shortest=2)
IAM_USER_ID = matching(r"[A-Z0-9]{16,128}", 128, "IAM's UserId, such as AIDACKCEVSQ6C2EXAMPLE")
IDENTITY_CENTER_USER_NAME = text(128)
IDENTITY_CENTER_USER_ID = matching(
    r"([0-9a-f]{10}-)?[A-Fa-f0-9]{8}(-[A-Fa-f0-9]{4}){3}-[A-Fa-f0-9]{12}",
    47,
    "Identity Center's UserId, such as 6f0c1b5e-3f0a-4a55-9d6f-0a1b2c3d4e5f",
)
SLACK_ID = matching(r"[UW][A-Z0-9]{2,40}", 41, "a Slack member ID, such as U012AB3CD")
# Names of channels may be written in any script, and are small letters.
SLACK_CHANNEL = matching(
    r"[CG][A-Z0-9]{2,40}|#[^\x00-\x20\x7f-\xa0A-Z#<>&|,.!?@*\u2000-\u200f\u2028-\u202f\u2060-\u206f\u3000\ufeff]{1,80}",
    81,
    "a channel of Slack, such as C012AB3CD or '#production' in quotes",
)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """`secret_sources` is where the secrets of the clients are: client -> {"env": NAME} or {"file": PATH}."""

    state: State
    secret_sources: Mapping[str, Mapping[str, str]]
    lines: Mapping[Path, int]


def read(content: bytes) -> Wanted:
    """Return what the file wants, in good form; whether it fits together is for `checking`. Raises CatalogueRefused."""
    document = parse(content)
    mistakes = Mistakes(document.lines)
    file = _file()(Place(document.root, (), mistakes))
    mistakes.stop()
    sources = {key: client.pop("secret") for key, client in file["clients"].items()}
    return Wanted(
        state=_state(file),
        secret_sources={key: source for key, source in sources.items() if source is not None},
        lines=document.lines,
    )


def _state(file: dict[str, Any]) -> State:
    state = {kind: file[section] for kind, section in SECTIONS.items()}
    roles = {
        f"{account}/{name}": role for account, fields in file["accounts"].items() for name, role in fields.pop("roles").items()
    }
    for person in file["people"].values():
        for field in BINDINGS:
            if isinstance(person[field], str):
                person[field] = {"name": person[field], "user_id": None}
    return {kind: roles if kind == Kind.ROLE else state[kind] for kind in Kind}


def _file() -> Read:
    optional = {"standing_groups": table(STANDING_GROUP_NAME, _standing_group()), "clients": table(KEY, _client())}
    return object_of(
        required={
            "accounts": table(KEY, _account()),
            "policies": table(KEY, _policy()),
            "work_groups": table(WORK_GROUP_NAME, _work_group()),
            "people": table(USERNAME, _person()),
        },
        optional={name: (read, {}) for name, read in optional.items()},
    )


def _account() -> Read:
    return object_of(
        required={
            "id": scalar(matching(r"\d{12}", 12, "12 digits")),
            "name": scalar(text(120)),
            "kind": scalar(one_of(AccountKind.values)),
        },
        optional={
            "roles": (table(ROLE_NAME, _role), {}),
            "gate_role": (scalar(GATE_ROLE), ""),
            "regions": (listing(scalar(REGION)), []),
            "other_roles": (listing(scalar(ROLE_NAME)), [*MADE_BY_ORGANIZATIONS]),
        },
    )


def _role(place: Place) -> dict[str, Any]:
    """Read a role: its level alone, or with its ARN, its RoleId and the policies that it is to have."""
    level = scalar(one_of(RoleLevel.values))
    optional = {"policies": listing(scalar(POLICY)), "arn": scalar(ARN), "role_id": scalar(ROLE_ID)}
    if isinstance(place.value, dict):
        read = object_of(required={"level": level}, optional={name: (reader, None) for name, reader in optional.items()})
        whole: dict[str, Any] = read(place)
        return whole
    return {"level": level(place), **dict.fromkeys(optional)}


def _standing_group() -> Read:
    return object_of(
        required={"target_roles": listing(scalar(ROLE_REFERENCE))}, optional={"description": (scalar(text(500)), "")}
    )


def _policy() -> Read:
    level = object_of(required={"approvers": _names()}, optional={"approvals": (scalar(number), 1)})
    return object_of(
        required={
            "shortest": scalar(minutes),
            "longest": scalar(minutes),
            "decision": scalar(minutes),
            "levels": listing(level),
        },
        optional={
            "decide_by": (listing(scalar(one_of(DECIDE_BY))), ["browser"]),
            "same_client_may_decide": (scalar(flag), False),
            "slack_channel": (scalar(SLACK_CHANNEL), ""),
        },
    )


def _work_group() -> Read:
    return object_of(
        required={
            "policy": scalar(KEY),
            "target_roles": listing(scalar(ROLE_REFERENCE)),
            "requesters": everyone_or(_names()),
        },
        optional={
            "description": (scalar(text(500)), ""),
            "backend": (scalar(one_of(settings.GRANT_BACKENDS)), "iam_group"),
            "drift": (scalar(one_of(DriftAnswer.values)), DriftAnswer.REPORT.value),
            "session": (scalar(minutes), None),
        },
    )


def _person() -> Read:
    identities = object_of(required={}, optional={"slack": (scalar(SLACK_ID), None), "email": (scalar(email), None)})
    return object_of(
        required={"name": scalar(text(120))},
        optional={
            "email": (scalar(email), ""),
            "administrator": (scalar(flag), False),
            "auditor": (scalar(flag), False),
            "disabled": (scalar(flag), False),
            "iam_user": (_aws_user(IAM_USER_NAME, IAM_USER_ID), None),
            "identity_center_user": (_aws_user(IDENTITY_CENTER_USER_NAME, IDENTITY_CENTER_USER_ID), None),
            # None: the file says nothing of them, and what people have linked stays.
            "identities": (lambda place: _given(identities(place)), None),
            "standing_groups": (listing(scalar(STANDING_GROUP_NAME)), []),
        },
    )


def _aws_user(name: Callable[[Scalar], str], user_id: Callable[[Scalar], str]) -> Read:
    """Return the reader of a name alone, or of a name with its UserId."""
    whole = object_of(required={"name": scalar(name), "user_id": scalar(user_id)}, optional={})
    return lambda place: whole(place) if isinstance(place.value, dict) else scalar(name)(place)


def _client() -> Read:
    source = object_of(required={}, optional={"env": (scalar(text(200)), None), "file": (scalar(text(1000)), None)})
    return object_of(
        required={
            "client_id": scalar(matching(r"[A-Za-z0-9][\w.-]*", 100, "letters, digits and _ . -")),
            "name": scalar(text(100)),
            "scopes": listing(scalar(one_of(get_adapter().scope_display))),
            "people": everyone_or(_names()),
            "work_groups": listing(scalar(WORK_GROUP_NAME)),
            "source_addresses": listing(scalar(network)),
        },
        optional={
            "kind": (scalar(one_of(ClientKind.values)), ClientKind.SERVICE.value),
            "may_name_by_email": (scalar(flag), False),
            "owners": (_names(), []),
            "secret": (lambda place: _given(source(place)), None),
        },
    )


def _names() -> Read:
    return listing(scalar(USERNAME))


def _given(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}
