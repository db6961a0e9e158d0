"""Databases of the suite: one for each process, and where the gate says so begun from one that was migrated once for all of them.

Migrating takes some three seconds of a core, copying what is migrated none.
"""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.conf import settings
from psycopg import sql

CHECKOUT = Path(__file__).resolve().parent.parent
# A folder of the gate's, whose name the databases on a PostgreSQL server begin with. The gate removes both.
FOLDER = os.environ.get("MIGRATED_DIR")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Give this process a database of its own, so that several suites may run on one machine at once."""
    database = settings.DATABASES["default"]
    test = database.setdefault("TEST", {})
    if FOLDER is None:
        test["NAME"] = f"{test.get('NAME') or 'test_' + database['NAME']}_{os.getpid()}"
    elif database["ENGINE"].endswith("postgresql"):
        test["NAME"], test["TEMPLATE"] = f"{Path(FOLDER).name}_{os.getpid()}", _migrated_on_postgresql(Path(FOLDER))
    else:
        test["NAME"] = f"{FOLDER}/{os.getpid()}.sqlite3"
        shutil.copyfile(_migrated_file(Path(FOLDER)), test["NAME"])


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_keepdb: bool) -> bool:  # noqa: FBT001  pytest-django's own.
    """Whether the database is there already: Django then only looks whether a migration is missing."""
    return django_db_keepdb or (FOLDER is not None and settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"))


def _migrated_file(folder: Path) -> Path:
    """Return the migrated file; the first of the gate's processes makes it."""
    file = folder / "migrated.sqlite3"
    with _one_at_a_time(folder):
        if not file.exists():
            unfinished = folder / "unfinished.sqlite3"
            _migrate(f"sqlite:///{unfinished}")
            unfinished.rename(file)
    return file


def _migrated_on_postgresql(folder: Path) -> str:
    """Return the name of the migrated database; the first of the gate's processes makes it."""
    url, done = os.environ["TEST_DATABASE_URL"], folder / "migrated"
    with _one_at_a_time(folder):
        if not done.exists():
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(folder.name)))
            _migrate(urlunsplit(urlsplit(url)._replace(path=f"/{folder.name}")))
            done.touch()
    return folder.name


def _migrate(url: str) -> None:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "portal.settings.test", "TEST_DATABASE_URL": url}
    subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity=0"], cwd=CHECKOUT, env=environment, check=True)


@contextmanager
def _one_at_a_time(folder: Path) -> Iterator[None]:
    with (folder / "migrating").open("w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        yield
