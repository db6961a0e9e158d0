"""Which tests stand in for tiers that are too slow to be selected by file, and for what no mention leads to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch

# Folders of tests whose files are never selected for being near, only for having been changed themselves.
SLOW = ("bench", "contracts", "crashes", "demo", "deploy", "iam_simulate", "journeys", "races")


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Whatever of these is changed, these tests run. Patterns are those of a shell, but for `*`, which stands for slashes too."""

    why: str
    changed: Sequence[str]
    # With their seconds of one core, fixtures included.
    tests: Mapping[str, float]

    def holds(self, path: str) -> bool:
        return any(fnmatch(path, pattern) for pattern in self.changed)


RULES = (
    Rule(
        why="templates by convention, and every page",
        changed=[
            "templates/*",
            "*/web/urls.py",
            "portal/urls.py",
            "portal/doors.py",
            "portal/pages/*",
            "portal/navigation.py",
            "portal/settings/*",
        ],
        tests={"tests/app/test_every_door.py": 18},
    ),
    Rule(
        why="pages in a browser",
        changed=[
            "templates/*",
            "portal/static/*",
            "portal/accounts/adapters.py",
            "portal/pages/*",
            "access_requests/web/*",
            "locale/*",
            "tests/journeys/*",
        ],
        tests={"tests/journeys/test_main_job.py::test_person_returns_and_lead_stops": 14},
    ),
    Rule(
        why="what is said in Japanese",
        changed=["locale/*"],
        tests={"tests/app/access_requests/test_wording.py": 1, "tests/app/access_requests/web/test_home.py": 2},
    ),
    Rule(
        why="programs that the documentation shows",
        changed=["docs/examples/*", "access_requests/api/*", "audits/api/*", "portal/rest/*", "portal/api.py"],
        tests={"tests/journeys/test_examples.py": 5},
    ),
    Rule(
        why="tables, their constraints and their triggers",
        changed=["*/migrations/*", "*/models.py", "*/models/*", "audits/triggers.py"],
        tests={"tests/app/access_requests/models/test_constraints.py": 2, "tests/app/audits/test_triggers.py": 1},
    ),
    Rule(
        why="verbs against each other",
        changed=[
            "access_requests/services/*",
            "portal/verbs/*",
            "*/migrations/*",
            "*/models/*",
            "portal/outbox/*",
            "audits/*",
            "tests/races/*",
        ],
        tests={
            "tests/races/test_verbs.py::test_one_lead_clicking_twenty_times_decides_once": 1,
            "tests/races/test_workers.py::test_end_delivered_five_times_at_once_ends_once": 3,
        },
    ),
    Rule(
        why="grant and end with a real worker that dies",
        changed=[
            *("access_requests/services/*", "access_requests/tasks.py", "access_requests/grants/*", "portal/celery.py"),
            *("portal/outbox/*", "portal/settings/*", "tests/crashes/*", "tests/worker.py", "tests/stand_ins/aws_proxy.py"),
        ],
        tests={
            "tests/crashes/test_commits.py::test_a_grant_survives_the_loss_of_its_settling": 7,
            "tests/crashes/test_commits.py::test_an_end_survives_the_loss_of_its_settling": 2,
        },
    ),
    Rule(
        why="grant and end by every backend",
        changed=["access_requests/grants/*", "access_requests/services/*", "portal/aws/*", "portal/iam/*", "tests/contracts/*"],
        tests={
            "tests/contracts/test_access_in_time.py::test_early_end_is_over_within_one_sweep": 3,
            "tests/contracts/test_grant_backends.py::test_what_is_given_is_shown_and_giving_again_changes_nothing": 2,
            "tests/contracts/test_grant_backends.py::test_what_is_taken_is_gone_and_taking_again_changes_nothing": 1,
        },
    ),
    Rule(
        why="what the portal may do in AWS, as documented",
        changed=["docs/aws/*", "portal/aws/policies/*", "access_requests/grants/*"],
        tests={"tests/contracts/test_permissions.py": 7, "tests/contracts/test_permissions_of_ways.py": 7},
    ),
    Rule(
        why="what AWS is told to run",
        changed=["portal/aws/runbooks/*", "access_requests/grants/automation/*"],
        tests={"tests/app/access_requests/grants/test_runbooks.py": 12},
    ),
    Rule(
        why="policies by another's evaluation",
        changed=["portal/iam/*", "tests/iam_simulate/*"],
        tests={"tests/iam_simulate/test_time_boxes.py": 2},
    ),
    Rule(
        why="the demo, whole",
        changed=["portal/demo/*", "portal/settings/demo.py", "tests/demo/*"],
        tests={"tests/demo/test_what_it_tells.py::test_every_process_that_info_names_is_alive": 25},
    ),
    Rule(
        why="the containers",
        changed=[
            *("docker-compose.yml", "Dockerfile", "docs/deploy/*", "*/migrations/*", "portal/settings/production.py"),
            *("requirements.lock", "tests/deploy/*"),
        ],
        tests={"tests/deploy/test_compose.py": 12},
    ),
    Rule(
        why="what is measured",
        changed=["tests/bench/*"],
        tests={"tests/bench": 40},
    ),
    Rule(
        why="this selection",
        changed=[".ci/*", "pyproject.toml"],
        tests={"tests/app/portal/test_manage.py": 1, "tests/app/portal/test_settings.py": 1},
    ),
)
