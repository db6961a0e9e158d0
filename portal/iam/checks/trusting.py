"""To whom roles and things open themselves."""

import re
from collections.abc import Collection, Iterator
from fractions import Fraction
from ipaddress import ip_network

from portal.iam.checks.bodies import Body, Given, is_untold
from portal.iam.checks.remarks import Remark
from portal.iam.statements import Kind
from portal.iam.written.nodes import Node

ACCOUNT = re.compile(r"(?:arn:[a-z-]+:(?:iam|sts)::)?(\d{12})(?::.*)?")
MFA = ("aws:multifactorauthpresent", "aws:multifactorauthage")
SWITCH = "sts:assumerole"
# Conditions that tell who it is. What may be absent from a call tells nobody, and every account may have a user of some name.
TELLING = (
    *("aws:principalaccount", "aws:principalarn", "aws:principalorgid", "aws:principalorgpaths", "aws:principalservicename"),
    *("aws:sourceaccount", "aws:sourcearn", "aws:sourceip", "aws:sourceorgid", "aws:sourceorgpaths", "aws:sourcevpc"),
    *("aws:sourcevpce", "aws:userid", "kms:calleraccount", "s3:dataaccesspointaccount"),
)
OF_THE_SOURCE = ("aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths")
OF_A_DEPUTY = ("sts:externalid", "aws:principalorgid", "aws:principalorgpaths", "aws:principalarn")
ADDRESS = "aws:sourceip"
OF_ARNS = ("aws:principalarn", "aws:sourcearn")
# Networks that are together larger than this part of all addresses are the world.
MOST_OF_THE_WORLD = 16
WILDCARD = re.compile(r"[*?]")
# The account and the organisation of what is called; any other variable is what the caller has.
OWN = re.compile(r"\$\{aws:Resource(Account|OrgID|OrgPaths)\}", re.IGNORECASE)
VARIABLE = re.compile(r"\$\{[^}]*\}")
OIDC = re.compile(r"(?:arn:[a-z-]+:iam::\d*:oidc-provider/)(?P<host>.+)")
COGNITO = "cognito-identity.amazonaws.com"
# A few actions are shown, and that there are more.
SHOWN = 3


def trusted(body: Body, accounts: Collection[str]) -> Iterator[Remark]:
    """Yield what is wrong with whom an Allow names. `accounts` are one's own."""
    if not body.allows or body.is_of_identity or body.written.is_limit:
        return
    for kind, who in body.principals():
        if kind == "AWS":
            yield from _principal(body, who, accounts)
        elif kind == "Federated":
            yield from _federated(body, who)
        elif kind == "Service":
            yield from _service(body, who)


def _principal(body: Body, who: Node, accounts: Collection[str]) -> Iterator[Remark]:
    if who.text == "*":
        if not _tells(body, TELLING):
            yield _everybody(body, who)
        return
    found = ACCOUNT.fullmatch(who.text)
    if found is None or is_untold(who.text):
        return
    account = found[1]
    if account not in accounts and not _tells(body, OF_A_DEPUTY):
        yield body.remark("trust-to-another-account", who.place, account=account)
    if _is_of_people(body, who) and not any(one.key in MFA for one in body.conditions):
        yield body.remark("trust-without-mfa", who.place, who=who.text)


def _everybody(body: Body, who: Node) -> Remark:
    if body.written.kind is Kind.TRUST:
        return body.remark("trust-to-strangers", who.place, who="Everybody in the world", why="no condition tells who it is")
    actions = [one.text for one in (*body.actions, *body.not_actions)]
    shown = ", ".join(actions[:SHOWN]) + (" …" if len(actions) > SHOWN else "")
    return body.remark("open-to-everyone", who.place, actions=shown if body.actions else f"all but {shown}")


def _is_of_people(body: Body, who: Node) -> bool:
    """Whether people may be meant: a whole account is. A user that is named may be a program."""
    switches = any(one.text.lower() in (SWITCH, "sts:*", "*") for one in body.actions)
    return body.written.kind is Kind.TRUST and switches and is_account(who.text)


def is_account(text: str) -> bool:
    return text.endswith(":root") or text.isdigit()


def _federated(body: Body, who: Node) -> Iterator[Remark]:
    found = OIDC.fullmatch(who.text)
    host = found["host"] if found else who.text if who.text == COGNITO else ""
    if not host or is_untold(host):
        return
    key = f"{host}:{'aud' if host == COGNITO else 'sub'}".lower()
    if not _tells(body, (key,)):
        yield body.remark(
            "trust-to-strangers", who.place, who=f"Whoever {host} knows", why=f"no condition on {key} tells who it is"
        )


def _service(body: Body, who: Node) -> Iterator[Remark]:
    """Yield a service that anybody may send here. Of a role a service is told by whoever may pass it, and nobody else."""
    if body.written.kind is Kind.RESOURCE and not _tells(body, (*OF_THE_SOURCE, "aws:principalorgid", "kms:calleraccount")):
        yield body.remark("confused-deputy", who.place, service=who.text)


def _tells(body: Body, keys: Collection[str]) -> bool:
    return any(one.key in keys and _is_narrow(one) for one in body.conditions)


def _is_narrow(one: Given) -> bool:
    """Whether it holds for some alone: no value is met by anybody who wants to, and a call without the key is refused."""
    if one.is_negated or one.is_if_exists or one.operator.startswith("ForAllValues:") or one.base == "Null":
        return False
    if one.key == ADDRESS:
        return _is_of_few(one.values)
    return bool(one.values) and all(is_untold(value) or _is_told(one.key, value) for value in one.values)


def _is_told(key: str, value: str) -> bool:
    """Whether the part of a value that others cannot choose has no wildcard and no variable of the caller's."""
    text = VARIABLE.sub("*", OWN.sub("own", value))
    if key in OF_ARNS:
        account, thing = (text.split(":", 5) + [""] * 5)[4:6]
        # A bucket has no account in its ARN, and nobody else has one of its name.
        told = [account] if account or key == "aws:principalarn" else re.split("[:/]", thing)[:1]
    else:
        told = re.split("[:/]", text)[: 2 if key.endswith(":sub") else 1]
    return all(part and not WILDCARD.search(part) for part in told)


def _is_of_few(values: Collection[str]) -> bool:
    try:
        networks = [ip_network(value, strict=False) for value in values if not is_untold(value)]
    except ValueError:
        # What is no address is met by nobody.
        return True
    shares = (Fraction(one.num_addresses, 2**one.max_prefixlen) for one in networks)
    return bool(values) and sum(shares) <= Fraction(1, MOST_OF_THE_WORLD)
