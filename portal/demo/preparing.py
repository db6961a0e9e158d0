"""python -m portal.demo.preparing: tables, AWS, catalogue and passwords, before the portal's processes start.

A process of its own, so that the supervisor stays small and can stop it at any moment; each step may be done again.
"""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import django

django.setup()

from django.conf import settings  # noqa: E402  Everything below needs the settings.
from django.utils import timezone  # noqa: E402

from access_requests.models import Baseline  # noqa: E402
from access_requests.services.catalogue import documents  # noqa: E402
from access_requests.services.catalogue.designing import designed  # noqa: E402
from access_requests.services.catalogue.state import State  # noqa: E402
from access_requests.services.drift import running  # noqa: E402
from portal.demo import database, info, rebuilding, secret_files  # noqa: E402
from portal.demo.environment import CONTROL_TOKEN, HISTORY  # noqa: E402
from portal.demo.past import living  # noqa: E402
from portal.demo.places import Places, write_private  # noqa: E402
from portal.demo.secret_files import Secrets  # noqa: E402
from portal.iam.account_design import declared  # noqa: E402
from portal.iam.account_design.design import Design  # noqa: E402
from portal.simulated_aws.company import ADMIN_ROLE  # noqa: E402
from portal.simulated_aws.deployment import Administrator  # noqa: E402
from portal.verbs.actor import COMMAND  # noqa: E402


def main() -> None:
    places = Places(root=Path(os.environ["DEMO_DIR"]), checkout=settings.BASE_DIR)
    secrets, token = secret_files.open_all(places.keys), os.environ[CONTROL_TOKEN]
    administrator = Administrator(
        endpoint=os.environ["AWS_ENDPOINT_URL"], region=settings.AWS_REGION, key=secrets.aws_admin, role=ADMIN_ROLE
    )
    database.forget_unfinished(places)
    is_first = database.is_new()
    has_past = is_first and os.environ.get(HISTORY) != "0"
    if not is_first:
        database.make_tables()
    design = _design(database.companys_own() if is_first else database.catalogue_there())
    at = living.founded_at() if has_past else None
    # AWS takes a second for its stacks: what does not need it goes on meanwhile.
    with ThreadPoolExecutor(max_workers=1) as beside:
        founded = beside.submit(rebuilding.found, design, administrator, secrets, token=token, is_first=is_first, at=at)
        database.make_tables() if is_first else _tell(places, secrets)
        founded.result()
    rebuilding.populate(design, administrator, secrets, now=timezone.now(), token=token)
    if has_past:
        with database.unfinished(places):
            living.live(administrator, token=token, people=secrets.aws_people, begin=lambda: _begin(places, secrets))
            running.run()  # Pages tell of the latest comparison, which is not to be weeks old.
    else:
        _begin(places, secrets)
    rebuilding.limit_lookups(administrator, token=token)
    if is_first:
        _tell(places, secrets)


def _begin(places: Places, secrets: Secrets) -> None:
    """Have the company be there and its documents published; what AWS shows at the first look is how it is to be."""
    database.load_company(secrets)
    database.set_passwords(places)
    database.give_codes()
    for owner in documents.owners():
        list(documents.publish(owner, actor=COMMAND))
        documents.review(owner, actor=COMMAND)
    if not Baseline.objects.exists():
        # What somebody changes in AWS from now on is drift.
        running.run()


def _tell(places: Places, secrets: Secrets) -> None:
    """Write down who can log in, and how."""
    passwords = database.set_passwords(places)
    database.give_codes()
    write_private(places.facts, json.dumps(info.facts(places, secrets=secrets, passwords=passwords)))


def _design(catalogue: State) -> Design:
    declaration = Path(str(settings.ACCOUNT_DESIGN_FILE)).read_text(encoding="utf-8")
    return designed(catalogue, declared.read(declaration), today=timezone.localdate())


if __name__ == "__main__":
    main()
