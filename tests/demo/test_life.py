"""A demo's life: started, stopped, started again, and what it leaves behind: nothing."""

import os
import re
import signal
import socket
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.demo.access import approve, fences, let_time_pass, members, rows, state, tags
from tests.demo.ends import refused_at_the_second_with_every_process_of_ours_dead
from tests.demo.running import Demo, family, launch, running
from tests.iam_simulate.peer import IamSimulate
from tests.waiting import is_alive, until

TAG = "sekisho:ttl:ProdMemberWorkGroup"
FENCE = "sekisho-entry-Prod_MemberRole"


def test_it_goes_on_after_whatever_befell_it(demo: Demo, tmp_path: Path, peer: IamSimulate) -> None:
    """One demo lives through all of it: each that starts costs as much as a hundred other tests."""
    outside = {"AWS_PROFILE": "real", "AWS_ENDPOINT_URL_IAM": "http://192.0.2.1", "HTTP_PROXY": "http://192.0.2.1:3128"}
    with running(tmp_path, **outside) as before:
        remembered = before.info
        has_data_of_its_own_and_nothing_of_who_started_it(before, another=demo, outside=outside)
        staying, ending = approve(before, person="member01"), approve(before, person="member02")
        until(lambda: members(before) == {"member01", "member02"})
        tag = tags(before, "member01")
        everybody = family(before.process.pid)
        before.end(signal.SIGINT)
        assert (before.process.returncode, [pid for pid in everybody if is_alive(pid)]) == (0, [])
        let_time_pass(before, ending)
    with running(tmp_path) as after:
        until(lambda: state(after, ending) == "ended")
        assert (members(after), tags(after, "member02")) == ({"member01"}, {})
        assert (state(after, staying), tags(after, "member01")) == ("active", tag)
        assert fences(after, "member01") == [FENCE]
        remembers(after, remembered)
        again = approve(after, person="member02")
        refused_at_the_second_with_every_process_of_ours_dead(after, peer, first=staying, second=again)
        until(after.answers, seconds=60)
        aws_comes_back_with_everybody_in_production(after)
        everybody = family(after.process.pid)
        assert everybody >= set(after.pids.values())
        after.end(signal.SIGKILL)
        until(lambda: not any(map(is_alive, everybody)))


def has_data_of_its_own_and_nothing_of_who_started_it(demo: Demo, *, another: Demo, outside: Mapping[str, str]) -> None:
    assert rows(demo, "SELECT code FROM access_requests_accessrequest") == []
    told = [Path(f"/proc/{pid}/environ").read_text() for pid in demo.pids.values()]
    assert all(name not in text for name in outside for text in told)
    assert demo.info["portal_url"] != another.info["portal_url"]
    assert demo.info["people"]["member01"]["password"] != another.info["people"]["member01"]["password"]


def remembers(demo: Demo, before: Mapping[str, Any]) -> None:
    same = ("people", "slack", "aws_admin", "accounts", "database_url")
    assert {name: demo.info[name] for name in same} == {name: before[name] for name in same}
    assert demo.info["bot"]["client_secret"] == before["bot"]["client_secret"]
    assert demo.info["pids"] != before["pids"]


def aws_comes_back_with_everybody_in_production(demo: Demo) -> None:
    there, killed = members(demo), demo.pids
    assert there == {"member01", "member02"}
    os.kill(killed["aws"], signal.SIGKILL)
    until(lambda: demo.pids["aws"] != killed["aws"] and demo.pids["worker"] != killed["worker"], seconds=90)
    assert members(demo) == there


def test_an_approval_lets_in_and_the_end_lets_out(demo: Demo) -> None:
    code = approve(demo, person="leader02")
    until(lambda: "leader02" in members(demo))
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", tags(demo, "leader02")[TAG])
    assert fences(demo, "leader02") == [FENCE]
    let_time_pass(demo, code)
    until(lambda: "leader02" not in members(demo))
    until(lambda: state(demo, code) == "ended")
    assert tags(demo, "leader02") == {}
    until(lambda: fences(demo, "leader02") == [], seconds=60)


def test_it_can_be_stopped_before_it_is_ready(tmp_path: Path) -> None:
    process = launch(tmp_path)
    until((tmp_path / "log" / "prepare.log").exists)
    everybody = family(process.pid)
    # As somebody who does not see it stop at once: each may come while the one before is being heard.
    for _ in range(200):
        process.terminate()
        time.sleep(0.0005)
    process.communicate(timeout=20)
    assert process.returncode == 0
    assert not any(map(is_alive, everybody))


@pytest.mark.exhaustive
def test_what_is_killed_before_the_web_answers_is_started_again(tmp_path: Path) -> None:
    process = launch(tmp_path)
    try:
        starting = Demo(tmp_path, process)
        until((tmp_path / "info.json").exists)
        killed = starting.pids["beat"]
        os.kill(killed, signal.SIGKILL)
        until(lambda: starting.pids["beat"] != killed and starting.answers())
        assert process.poll() is None
    finally:
        process.terminate()
        process.communicate()


def test_whatever_dies_is_started_again_and_does_its_work(demo: Demo) -> None:
    killed = {name: pid for name, pid in demo.pids.items() if name != "aws"}
    for pid in killed.values():
        os.kill(pid, signal.SIGKILL)
    until(lambda: all(demo.pids.get(name) not in (None, pid) for name, pid in killed.items()))
    until(demo.answers, seconds=60)
    code = approve(demo, person="member02")
    until(lambda: "member02" in members(demo), seconds=60)
    let_time_pass(demo, code)
    until(lambda: state(demo, code) == "ended", seconds=60)
    assert "member02" not in members(demo)


@pytest.mark.exhaustive
def test_it_gives_up_on_a_process_that_keeps_dying_and_says_which(tmp_path: Path) -> None:
    def kill_beat() -> bool:
        with suppress(ProcessLookupError):
            os.kill(demo.pids["beat"], signal.SIGKILL)
        return demo.process.poll() is not None

    with running(tmp_path) as demo:
        everybody = family(demo.process.pid)
        until(kill_beat, seconds=90)
        assert (demo.process.returncode, "The process beat was ended by signal 9" in demo.end()) == (1, True)
        assert not any(map(is_alive, everybody))


def test_a_second_one_in_the_same_folder_is_refused(demo: Demo) -> None:
    second = launch(demo.folder)
    said, _ = second.communicate(timeout=20)
    assert (second.returncode, "another one runs in" in said) == (1, True)
    assert demo.answers()


def test_a_port_that_is_taken_is_refused_with_advice(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        process = launch(tmp_path, port=other.getsockname()[1])
        said, _ = process.communicate(timeout=20)
    assert (process.returncode, "choose another one, such as PORT=8123" in said) == (1, True)


@pytest.mark.parametrize("port", ["http", "-1", "65536", "８０００"])
def test_a_port_that_is_none_is_refused(tmp_path: Path, port: str) -> None:
    process = launch(tmp_path, port=port)
    said, _ = process.communicate(timeout=20)
    assert (process.returncode, "not a number from 0" in said) == (1, True)
