"""A worker that says when it began, and nothing else."""

import os
import time

import redis
from celery import Celery

BEGAN = "bench:began"
BROKER_URL = os.environ.get("TEST_BROKER_URL", "memory://")
app = Celery("toy", broker=BROKER_URL, set_as_current=False)
app.conf.task_default_queue = "toy"
app.conf.task_ignore_result = True


@app.task(name="toy.say")
def say() -> None:
    redis.Redis.from_url(BROKER_URL).rpush(BEGAN, time.time())
