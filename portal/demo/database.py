"""The demo's data: tables, the company's catalogue, people's passwords and one-time codes. What is there stays as it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.core.management import call_command
from django.db import connection
from django.db.models import Q
from django.utils import timezone

from access_requests.models import ApprovalLevel
from access_requests.services import catalogue
from access_requests.services.catalogue import current
from access_requests.services.catalogue.state import State
from access_requests.services.people import people
from access_requests.services.people.factors import enrolling, seeds
from portal.demo import secret_files
from portal.demo.places import Places
from portal.demo.secret_files import Secrets
from portal.users.models import Factor, FactorKind, User
from portal.verbs import run
from portal.verbs.actor import COMMAND

CATALOGUE = Path(__file__).parent / "catalogue.yaml"
CLIENT = "demo-bot"


def make_tables() -> None:
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)


def is_new() -> bool:
    """Whether nobody has made tables here yet."""
    return not connection.introspection.table_names()


@contextmanager
def unfinished(places: Places) -> Iterator[None]:
    """Mark the data as half-made, until the end: who stops the demo meanwhile finds it new at its next start."""
    places.unfinished.touch()
    yield
    places.unfinished.unlink()


def forget_unfinished(places: Places) -> None:
    """Delete what was left half-made. No portal ever ran on it."""
    if places.unfinished.exists():
        for path in places.root.glob(f"{places.database.name}*"):
            path.unlink()
        places.unfinished.unlink()


def catalogue_there() -> State:
    """Return the catalogue as it is loaded, and until then the company's."""
    return current.read() if User.objects.exists() else companys_own()


def companys_own() -> State:
    return catalogue.read(CATALOGUE.read_bytes()).state


def load_company(secrets: Secrets) -> None:
    """Load the catalogue into an empty portal. One that was loaded since, or changed, is not put back."""
    if User.objects.exists():
        return
    wanted, known = catalogue.read(CATALOGUE.read_bytes()), {CLIENT: secrets.client_secret}
    found = catalogue.look_up(wanted=wanted)
    run.run(lambda: catalogue.load(wanted=wanted, found=found, secrets=known, actor=COMMAND, now=timezone.now()))


def set_passwords(places: Places) -> dict[str, str]:
    """Give those a password who cannot log in yet; return everybody's."""
    everybody = list(User.objects.filter(is_active=True).order_by("username"))
    known = secret_files.passwords(places.keys, (person.username for person in everybody))
    for person in everybody:
        if not person.has_usable_password():
            run.run(lambda who=person: _set_password(who, known[who.username]))  # type: ignore[misc]
    return known


def give_codes() -> None:
    """Give one-time codes to whoever decides or administers and has no second factor yet."""
    needs = Q(is_administrator=True) | Q(pk__in=ApprovalLevel.objects.values("approvers"))
    for person in User.objects.filter(needs, is_active=True, factors=None).order_by("username"):
        run.run(lambda who=person: _give_codes(who))  # type: ignore[misc]


def secrets_of_codes() -> dict[str, str]:
    """Return whose one-time codes are made of which secret, also of those who set up their own meanwhile."""
    kept = Factor.objects.filter(kind=FactorKind.TOTP).select_related("authenticator", "person")
    return {factor.person.username: seeds.opened(factor.authenticator.data["secret"], person=factor.person) for factor in kept}


def _give_codes(person: User) -> None:
    secret = generate_totp_secret()
    enrolling.set_totp(person=person, secret=secret, name="demo", last_step=None, actor=COMMAND, now=timezone.now())


def _set_password(person: User, password: str) -> None:
    people.set_password(person=person, password=password, actor=COMMAND, now=timezone.now())
