"""The one administrator that no other administrator makes."""

from datetime import datetime

from access_requests import errors
from access_requests.services.people import people
from portal.users.models import User
from portal.verbs.actor import COMMAND
from portal.verbs.run import run
from tests.worlds.cast import Cast
from tests.worlds.story import refused


def make(now: datetime) -> User:
    profile = people.Profile(administrator=True)
    return run(lambda: people.create_first_administrator(username="root", profile=profile, actor=COMMAND, now=now))


def test_second_one_is_refused(cast: Cast, now: datetime) -> None:
    with refused(errors.AdministratorExists):
        make(now)
    assert not User.objects.filter(username="root").exists()


def test_one_is_made_again_when_there_is_none_left(cast: Cast, now: datetime) -> None:
    User.objects.filter(pk=cast.admin01.pk).update(is_active=False)
    assert make(now).is_administrator
