"""The stream: in order, each entry at least once, by one process, to each kind of place; what is not taken is sent again."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django import Settings
from standardwebhooks import Webhook

from audits import trail
from audits.acts import Act
from audits.database_rights import Service
from audits.models import Stream, TrailEntry
from audits.streaming import sending
from audits.streaming.places import Batch, File, NotTaken
from audits.streaming.sending import Sending
from portal.aws import sessions
from portal.verbs.run import run
from tests.database_roles import Roles
from tests.stand_ins.aws import ADMIN_KEY, REGION, Aws
from tests.stand_ins.webhook_receivers import Receiver, receiving
from tests.worlds.entry import ENTRY

pytestmark = pytest.mark.django_db
SECRET = "whsec_c2VraXNobyBrbm9ja3MgYXQgdGhlIGdhdGUgb2Y="


def grow(now: datetime, count: int = 3) -> None:
    for _ in range(count):
        run(lambda: trail.record(now=now, **ENTRY))


def ids(text: bytes | str) -> list[int]:
    return [int(json.loads(line)["metadata"]["uid"]) for line in text.splitlines()]


def all_ids() -> list[int]:
    return list(TrailEntry.objects.order_by("pk").values_list("pk", flat=True))


class Memory:
    """A place that keeps what it gets; `refuses` makes it say no once."""

    name = "memory"

    def __init__(self) -> None:
        self.got: list[Batch] = []
        self.refuses = ""

    def take(self, batch: Batch) -> None:
        if self.refuses:
            raise NotTaken(self.refuses)
        self.got.append(batch)

    @property
    def ids(self) -> list[int]:
        return [number for batch in self.got for number in ids(batch.lines)]


def test_stream_has_every_entry_in_order_and_goes_on_where_it_stopped(now: datetime) -> None:
    place = Memory()
    grow(now)
    assert Sending(place=place).step() == 3
    grow(now, 2)
    first = Sending(place=place)
    Stream.objects.update(holder="")
    assert [first.step(), first.step()] == [2, 0]
    assert place.ids == all_ids()
    assert Stream.objects.get().position == all_ids()[-1]


def test_what_is_not_taken_is_sent_again(now: datetime) -> None:
    place = Memory()
    grow(now)
    sender = Sending(place=place)
    place.refuses = "HTTP 503"
    for _ in range(2):
        with pytest.raises(NotTaken):
            sender.step()
    row = Stream.objects.get()
    assert (row.position, row.problem, row.failing_since is not None) == (0, "HTTP 503", True)
    place.refuses = ""
    assert sender.step() == 3
    row.refresh_from_db()
    assert (row.problem, row.failing_since) == ("", None)
    assert place.ids == all_ids()


def test_one_sends_and_the_next_takes_over_when_it_is_gone(now: datetime) -> None:
    grow(now)
    place, time = Memory(), [0.0]
    first, second = Sending(place=place), Sending(place=place)
    second.lease.clock = lambda: time[0]
    assert first.step() == 3
    grow(now, 1)
    assert second.step() is None
    time[0] = 31.0
    assert second.step() == 1
    grow(now, 1)
    assert first.step() is None
    assert place.ids == all_ids()[:-1]


def test_who_lost_the_lease_while_sending_moves_nothing(now: datetime) -> None:
    grow(now)
    place = Memory()
    sender = Sending(place=place)
    taken = place.take

    def take(batch: Batch) -> None:
        taken(batch)
        Stream.objects.update(holder="another")

    place.take = take  # type: ignore[method-assign]
    assert sender.step() is None
    assert Stream.objects.get().position == 0


def test_batches_are_cut_by_size_and_never_empty(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "MOST_BYTES", 10)
    grow(now)
    place = Memory()
    sender = Sending(place=place)
    assert [sender.step() for _ in range(4)] == [1, 1, 1, 0]
    assert place.ids == all_ids()


def test_personal_texts_stay_here_unless_settings_say_otherwise(now: datetime, settings: Settings) -> None:
    data = {"door": "browser", "proof": {"method": "password", "identity": "slack:U0MEMBER01"}, "before": None, "after": None}
    run(lambda: trail.record(now=now, **{**ENTRY, "data": data}))
    place = Memory()
    Sending(place=place).step()
    settings.STREAM_PERSONAL = True
    Stream.objects.all().delete()
    Sending(place=place).step()
    without, with_them = (json.loads(batch.lines)["unmapped"]["data"]["proof"]["identity"] for batch in place.got)
    assert (set(without), with_them) == ({"commitment"}, "slack:U0MEMBER01")


# Places.


def test_file_grows_and_a_line_that_broke_off_is_written_anew(now: datetime, tmp_path: Path, settings: Settings) -> None:
    path = tmp_path / "trail.jsonl"
    settings.STREAM_TO = f"file:{path}"
    grow(now)
    call_command("stream_trail", "--once")
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"metadata":{"uid":"9"')
    grow(now, 1)
    call_command("stream_trail", "--once")
    assert path.read_bytes().startswith(whole)
    assert ids(path.read_bytes()) == all_ids()


def test_file_that_is_half_a_line_only_begins_anew(tmp_path: Path) -> None:
    path = tmp_path / "half"
    path.write_bytes(b"x" * 200_000)
    File(path).take(Batch(first=1, last=1, lines=b"{}\n"))
    assert path.read_bytes() == b"{}\n"


def test_file_that_cannot_be_written_is_said(now: datetime, tmp_path: Path, settings: Settings) -> None:
    settings.STREAM_TO = f"file:{tmp_path}/nothing/here"
    grow(now)
    with pytest.raises(CommandError, match="did not take it: FileNotFoundError"):
        call_command("stream_trail", "--once")


def test_standard_output_has_lines_and_nothing_else(
    now: datetime, settings: Settings, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    settings.STREAM_TO = "stdout"
    grow(now)
    call_command("stream_trail", "--once")
    assert ids(capfdbinary.readouterr().out) == all_ids()


def test_stream_begins_anew_after_an_entry_that_is_named(
    now: datetime, settings: Settings, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    settings.STREAM_TO = "stdout"
    grow(now)
    call_command("stream_trail", "--once")
    capfdbinary.readouterr()
    call_command("stream_trail", "--once", "--after", "1")
    assert ids(capfdbinary.readouterr().out) == all_ids()[1:]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


def test_address_gets_signed_lines(now: datetime, receiver: Receiver, settings: Settings) -> None:
    settings.STREAM_TO, settings.STREAM_SECRET, settings.STREAM_AUTHORIZATION = receiver.url, SECRET, "Bearer of-the-test"
    grow(now)
    call_command("stream_trail", "--once")
    (got,) = receiver.got
    headers = {name.lower(): value for name, value in got.headers.items()}
    Webhook(SECRET).verify(got.body, headers, json_parse=False)
    assert (headers["authorization"], headers["sekisho-last-entry"]) == ("Bearer of-the-test", str(all_ids()[-1]))
    assert ids(got.body) == all_ids()
    assert Stream.objects.get().place == f"http://127.0.0.1:{receiver.port}/…"


@pytest.mark.parametrize("status", [301, 400, 500])
def test_address_that_does_not_say_yes_has_not_taken_it(
    now: datetime, receiver: Receiver, settings: Settings, status: int
) -> None:
    settings.STREAM_TO, settings.STREAM_SECRET = receiver.url, SECRET
    receiver.status = status
    grow(now)
    with pytest.raises(CommandError, match=f"HTTP {status}"):
        call_command("stream_trail", "--once")
    assert Stream.objects.get().position == 0


def test_address_that_is_not_public_gets_nothing(now: datetime, receiver: Receiver, settings: Settings) -> None:
    settings.WEBHOOK_ALLOW_HTTP_TO_LOOPBACK = False
    settings.STREAM_TO, settings.STREAM_SECRET = f"https://127.0.0.1:{receiver.port}/", SECRET
    grow(now)
    with pytest.raises(CommandError, match="address_not_public"):
        call_command("stream_trail", "--once")
    assert receiver.asked == 0


NO_PLACES = [("", "names no place"), ("ftp://x", "names no place"), ("https://x.example.com/", "is missing")]


@pytest.mark.parametrize(("to", "said"), NO_PLACES)
def test_settings_that_name_no_place_are_said(to: str, said: str, settings: Settings) -> None:
    settings.STREAM_TO = to
    with pytest.raises(CommandError, match=said):
        call_command("stream_trail", "--once")


def test_another_process_at_it_is_said(now: datetime, settings: Settings, tmp_path: Path) -> None:
    settings.STREAM_TO = f"file:{tmp_path}/trail"
    grow(now)
    Stream.objects.create(place=settings.STREAM_TO, holder="another", beat=3)
    with pytest.raises(CommandError, match="Another process"):
        call_command("stream_trail", "--once")


def test_bucket_gets_a_key_a_batch_that_sorts_as_entries_do(
    now: datetime, aws: Aws, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in aws.portal_env.items():
        if name.startswith("AWS_"):
            monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ADMIN_KEY.id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", ADMIN_KEY.secret)
    settings.AWS_ENDPOINT_URL, settings.AWS_JUMP_ROLE_ARN, settings.AWS_CALL_ATTEMPTS = aws.endpoint_url, None, 1
    sessions.forget()
    admin = aws.client("s3", key_id=ADMIN_KEY.id, secret=ADMIN_KEY.secret)
    admin.create_bucket(Bucket="siem-example", CreateBucketConfiguration={"LocationConstraint": REGION})
    settings.STREAM_TO, settings.STREAM_REGION = "s3://siem-example/trail/", REGION
    monkeypatch.setattr(sending, "MOST_BYTES", 10)
    grow(now)
    call_command("stream_trail", "--once")
    keys = [each["Key"] for each in admin.list_objects_v2(Bucket="siem-example")["Contents"]]
    assert keys == [f"trail/{number:012}-{number:012}.jsonl" for number in all_ids()]
    assert ids(admin.get_object(Bucket="siem-example", Key=keys[0])["Body"].read()) == all_ids()[:1]
    settings.STREAM_TO = "s3://not-there-example/"
    with pytest.raises(CommandError, match="NoSuchBucket"):
        call_command("stream_trail", "--once")


def test_role_of_notices_sends_the_stream(now: datetime, roles: Roles) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("Only PostgreSQL has roles.")
    grow(now)
    with roles.act_as(Service.NOTICES):
        assert Sending(place=Memory()).step() == 3
    assert TrailEntry.objects.filter(act=Act.PERSON_PASSWORD_SET).count() == 3
