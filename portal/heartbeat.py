"""A file that a worker or beat touches while it lives, for container health checks: remote control of workers is off."""

from celery.signals import after_task_publish, heartbeat_sent

from portal.settings.environment import env


def touch_file() -> None:
    """Touch the file that HEARTBEAT_FILE names, if any: a worker with every heartbeat, beat with every message."""
    file = env.path("HEARTBEAT_FILE", None)
    if file is None:
        return
    for signal in (heartbeat_sent, after_task_publish):
        signal.connect(lambda **_signal: file.touch(), weak=False)
