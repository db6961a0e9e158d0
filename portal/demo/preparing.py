"""python -m portal.demo.preparing: tables, AWS, catalogue and passwords, before the portal's processes start.

A process of its own, so that the supervisor stays small and can stop it at any moment; each step may be done again.
"""

import json
import os
from pathlib import Path

import django

django.setup()

from django.conf import settings  # noqa: E402  Everything below needs the settings.
from django.utils import timezone  # noqa: E402

from access_requests.models import Baseline  # noqa: E402
from access_requests.services.catalogue import documents  # noqa: E402
from access_requests.services.drift import running  # noqa: E402
from portal.demo import database, info, rebuilding, secret_files  # noqa: E402
from portal.demo.environment import CONTROL_TOKEN  # noqa: E402
from portal.demo.places import Places, write_private  # noqa: E402
from portal.verbs.actor import COMMAND  # noqa: E402


def main() -> None:
    places = Places(root=Path(os.environ["DEMO_DIR"]), checkout=settings.BASE_DIR)
    secrets = secret_files.open_all(places.keys)
    database.make_tables()
    endpoint, token = os.environ["AWS_ENDPOINT_URL"], os.environ[CONTROL_TOKEN]
    rebuilding.rebuild(secrets, now=timezone.now(), endpoint=endpoint, token=token)
    database.load_company(secrets)
    for owner in documents.owners():
        list(documents.publish(owner, actor=COMMAND))
        documents.review(owner, actor=COMMAND)
    if not Baseline.objects.exists():
        # The first look: what somebody changes in AWS from now on is drift.
        running.run()
    passwords = database.set_passwords(places)
    write_private(places.facts, json.dumps(info.facts(places, secrets=secrets, passwords=passwords)))


if __name__ == "__main__":
    main()
