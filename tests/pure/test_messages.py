"""Messages to workers: each has a door, a queue and, where the clock sends it, a period."""

from types import SimpleNamespace

import audits.messages
from access_requests import tasks
from access_requests.messages import Queue, Task, routes, schedule
from audits import tasks as of_audits

PERIODS = SimpleNamespace(
    SWEEP_SECONDS=5,
    RECONCILE_SECONDS=180,
    HEALTH_SECONDS=300,
    SEAL_WATCH_SECONDS=30,
    COMPARE_TRAIL_SECONDS=3600,
    LOG_INS_SECONDS=60,
    PERMISSIONS_SECONDS=3600,
)


def test_each_message_has_one_door_and_each_door_a_message() -> None:
    doors = [door.name for door in vars(tasks).values() if hasattr(door, "apply_async")]
    assert sorted(doors) == sorted(Task)


def test_ends_wait_for_no_grant_and_nobody_waits_for_notices() -> None:
    of_queue = {queue: {task for task in Task if task.queue == queue} for queue in Queue}
    assert of_queue[Queue.ENDS] == {Task.END, Task.TIDY, Task.GATE, Task.SWEEP_ENDS}
    assert of_queue[Queue.NOTICES] == {Task.TELL, Task.SEND_NOTICE, Task.SWEEP_NOTICES, Task.WATCH_SEAL}
    assert routes()["access_requests.end"] == {"queue": "ends"}


def test_clock_sends_what_has_a_period_and_lets_it_expire_with_that() -> None:
    sent = schedule(PERIODS)
    assert {each["task"]: each["schedule"] for each in sent.values()} == {
        "access_requests.sweep": 5,
        "access_requests.sweep_ends": 5,
        "access_requests.sweep_notices": 5,
        "access_requests.reconcile": 180,
        "access_requests.probe_backends": 300,
        "access_requests.watch_seal": 30,
        "access_requests.compare_trail": 3600,
    }
    assert all(each["options"] == {"expires": each["schedule"]} for each in sent.values())


def test_exports_and_the_index_wait_behind_notices_and_hold_up_nothing_else() -> None:
    doors = [door.name for door in vars(of_audits).values() if hasattr(door, "apply_async")]
    assert sorted(doors) == sorted(audits.messages.Task)
    assert set(audits.messages.routes()) == set(doors)
    # CloudTrail and IAM are read with credentials for AWS, by workers that have them.
    with_aws = {task for task, route in audits.messages.routes().items() if route["queue"] == audits.messages.READING}
    assert with_aws == {audits.messages.Task.READ_LOG_INS, audits.messages.Task.LOOK_AT_PERMISSIONS}
    assert {route["queue"] for route in audits.messages.routes().values()} == {Queue.NOTICES, audits.messages.READING}
    # A queue that none of the others' workers has: nobody waits for AWS's history to be let in or out.
    assert audits.messages.READING not in set(Queue)
    sent = list(audits.messages.schedule(PERIODS).values())
    assert sent == [
        {"task": "audits.sweep", "schedule": 5, "options": {"expires": 5}},
        {"task": "audits.read_log_ins", "schedule": 60, "options": {"expires": 60}},
        {"task": "audits.look_at_permissions", "schedule": 3600, "options": {"expires": 3600}},
    ]
    assert not set(audits.messages.schedule(PERIODS)) & set(schedule(PERIODS))
