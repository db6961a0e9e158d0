"""Which accounts of a machine are somebody's own."""

import os
import pwd

import pytest

from portal.verbs import operators

ACCOUNTS = {
    0: ("root", "/bin/bash"),
    33: ("www-data", "/usr/sbin/nologin"),
    105: ("postgres", "/bin/bash"),
    1000: ("yamada", "/bin/bash"),
    10001: ("sekisho", "/usr/sbin/nologin"),
    65534: ("nobody", "/usr/sbin/nologin"),
}


@pytest.fixture(autouse=True)
def _machine(monkeypatch: pytest.MonkeyPatch) -> None:
    def account(uid: int) -> pwd.struct_passwd:
        name, shell = ACCOUNTS[uid]
        return pwd.struct_passwd((name, "x", uid, uid, "", "/", shell))

    monkeypatch.setattr(pwd, "getpwuid", account)
    monkeypatch.delenv("SUDO_UID", raising=False)


@pytest.mark.parametrize(
    ("uid", "sudo", "name"),
    [
        *((uid, None, "yamada" if uid == 1000 else "") for uid in (*ACCOUNTS, 4242)),
        (0, "1000", "yamada"),
        # Root by way of root or of a service is still nobody; and only root can have come by sudo.
        *((0, other, "") for other in ("0", "105", "4242", "", "-1", "x", "9" * 30)),
        (10001, "1000", ""),
    ],
)
def test_person_is_told_from_services(uid: int, sudo: str | None, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: uid)
    if sudo is not None:
        monkeypatch.setenv("SUDO_UID", sudo)
    assert operators.of_machine() == name
