"""What the database has, in the form of `state`."""

from access_requests.services.catalogue.kinds import (
    account,
    client,
    inspection_plan,
    person,
    policy,
    role,
    standing_group,
    work_group,
)
from access_requests.services.catalogue.state import State


def read() -> State:
    """Return the catalogue as it stands; what was retired is not in it, people who were disabled are."""
    return State(
        accounts=account.current(),
        roles=role.current(),
        standing_groups=standing_group.current(),
        people=person.current(),
        policies=policy.current(),
        work_groups=work_group.current(),
        clients=client.current(),
        inspection_plans=inspection_plan.current(),
    )
