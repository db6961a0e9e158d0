from django.test import Client
from django.urls import reverse

from audits.models import TrailEntry
from portal.users.models import User
from tests.worlds.cast import PASSWORD


def change(person: User, *, old: str, new: str) -> Client:
    browser = Client()
    browser.force_login(person)
    browser.post(reverse("account_change_password"), {"oldpassword": old, "password1": new, "password2": new})
    return browser


def test_who_changes_the_own_password_is_in_the_trail_without_it(member01: User) -> None:
    member01.set_password(PASSWORD)
    member01.save()

    browser = change(member01, old=PASSWORD, new="five wooden passes")

    member01.refresh_from_db()
    assert member01.check_password("five wooden passes")
    entry = TrailEntry.objects.get(act="person.password_set")
    assert (entry.actor, entry.subject) == ("member01", "person:member01")
    assert "five wooden" not in str(entry.data)
    assert browser.get(reverse("home")).status_code == 200, "the session that changed it goes on"


def test_a_wrong_old_password_changes_nothing(member01: User) -> None:
    member01.set_password(PASSWORD)
    member01.save()

    change(member01, old="not this one at all", new="five wooden passes")

    member01.refresh_from_db()
    assert member01.check_password(PASSWORD)
    assert not TrailEntry.objects.filter(act="person.password_set").exists()
