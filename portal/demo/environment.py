"""What the demo's processes are told by their environment, and what is kept from them."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

from portal.demo import receiver
from portal.demo.places import Places, write_private
from portal.demo.secret_files import Secrets
from portal.simulated_aws import change_roles
from portal.simulated_aws.company import PORTAL_ROLE, role_arn

Environment = Mapping[str, str]
REGION = "ap-northeast-1"
WORKER_FILE = "worker_environment.json"
# Where AWS is told to fail, and the token that says so.
CONTROL_FILE = "aws_control.json"
# This AWS shows at once what was written, so that drift is soon told from what is late.
PACE = {
    "RECONCILE_SECONDS": "30",
    "SETTLING_SECONDS": "5",
    "HEALTH_SECONDS": "30",
    "COMPARE_TRAIL_SECONDS": "120",
    "LOG_INS_SECONDS": "10",
    "PERMISSIONS_SECONDS": "60",
}
ROLES = {
    "AWS_CHANGE_PUBLISHER_ROLE_ARN": change_roles.PUBLISHER,
    "AWS_CHANGE_REVIEWER_ROLE_ARN": change_roles.REVIEWER,
    "AWS_CHANGE_STARTER_ROLE_ARN": change_roles.STARTER,
    "AWS_CHANGE_APPROVER_ROLE_ARN": change_roles.APPROVER,
    "AWS_RUNBOOK_ROLE_ARN": change_roles.RUNBOOK,
    "AWS_IDENTITY_CENTER_ROLE_ARN": change_roles.IDENTITY_CENTER,
}
# 0 leaves out the demo's past.
HISTORY = "DEMO_HISTORY"
CONTROL_TOKEN = "SIMULATED_AWS_CONTROL_TOKEN"  # noqa: S105  A variable's name.


def outside() -> dict[str, str]:
    """Return our own environment without whatever leads out of this machine: real AWS credentials, and proxies."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith("AWS_") and not name.lower().endswith("_proxy")
    }
    return {
        **kept,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_REGION": REGION,
    }


def of_web(places: Places, *, portal_url: str, broker_url: str) -> Environment:
    """Return what every process of the portal is told. No credentials of AWS: pages show what workers saw."""
    return {
        "DJANGO_SETTINGS_MODULE": "portal.settings.demo",
        "DEMO_DIR": str(places.root),
        "DATABASE_URL": places.database_url,
        "PORTAL_URL": portal_url,
        "BROKER_URL": broker_url,
        **pace(),
    }


def pace() -> Environment:
    """Return how often AWS is compared and asked, and for how long a difference is merely late."""
    return {name: os.environ.get(name, usual) for name, usual in PACE.items()}


def of_worker(*, aws_url: str, secrets: Secrets) -> Environment:
    """Return what the workers are told besides. AWS is near here, so it is waited for briefly, and leases are short."""
    return {
        "AWS_ENDPOINT_URL": aws_url,
        "AWS_JUMP_ROLE_ARN": role_arn("jump", PORTAL_ROLE),
        **{setting: role_arn("jump", change_roles.PATH[1:] + role) for setting, role in ROLES.items()},
        "AWS_ACCESS_KEY_ID": secrets.aws_portal.id,
        "AWS_SECRET_ACCESS_KEY": secrets.aws_portal.secret,
        "AWS_CONNECT_TIMEOUT": "1",
        "AWS_READ_TIMEOUT": "3",
    }


def of_receiver(places: Places, *, port: int) -> Environment:
    """Return what the receiver of webhooks is told: nothing of the portal's."""
    return {"DEMO_DIR": str(places.root), receiver.PORT: str(port)}


def of_sealer(places: Places) -> Environment:
    """Return what the sealer is told besides: its key, and the guard."""
    return {"SEAL_KEY_FILE": str(places.seal_key), "SEAL_GUARD": str(places.guard)}


def keep(places: Places, environment: Environment) -> None:
    """Write down a worker's environment for the command line."""
    write_private(places.keys / WORKER_FILE, json.dumps(environment))


def keep_control(places: Places, *, aws_url: str, secrets: Secrets) -> None:
    """Write down, for the owner's eyes only, how the simulated AWS is told to fail."""
    write_private(places.keys / CONTROL_FILE, json.dumps({"endpoint": aws_url, "token": secrets.aws_control_token}))


def act_as_worker(demo_dir: Path) -> None:
    """Give this process what a worker of this demo is told; before the demo's first start there is nothing to give.

    Whoever looks at the demo's AWS has an administrator's keys in the shell: those are not the worker's.
    """
    path = demo_dir / "keys" / WORKER_FILE
    if not path.exists():
        return
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    for name, value in json.loads(path.read_text()).items():
        os.environ.setdefault(name, value)
