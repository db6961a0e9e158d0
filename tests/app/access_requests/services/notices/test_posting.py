"""One call to an address that somebody typed: where it may go, how long it may take, how much of the answer is read."""

import os
import socket
import ssl
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pytest_django import Settings
from requests import adapters as requests_adapters

from access_requests.services.notices.webhooks import addresses, posting, webhook_errors
from tests.stand_ins.webhook_receivers import Receiver, dripping, raw, receiving

PUBLIC = "93.184.215.14"
# Every one is on this machine, in its network or its cloud, or is nobody's: IPv4, IPv6, and the ways to write them.
LOOPBACK = [
    *("127.0.0.1", "127.1", "2130706433", "0x7f.1", "0x7f000001", "017700000001", "localhost", "127.8.8.8"),
    *("[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]"),
]
INSIDE = [
    *("0.0.0.0", "0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1", "100.100.100.200", "192.0.0.192", "198.18.0.1"),  # noqa: S104  Nothing is bound.
    *("169.254.169.254", "2852039166", "0xa9fea9fe", "169.254.170.2", "168.63.129.16", "192.0.2.1", "240.0.0.1"),
    *("255.255.255.255", "224.0.0.1", "192.88.99.1"),
    *("[::]", "[::ffff:169.254.169.254]", "[::127.0.0.1]", "[fe80::1]"),
    *("[fec0::1]", "[fc00::1]", "[fd00:ec2::254]", "[ff02::1]", "[64:ff9b::7f00:1]", "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]"),
    *("[2001:db8::1]", "[2001::1]", "[3fff::1]", "[5f00::1]", "[100::1]", "[4000::1]"),
]
UNUSABLE = [
    *(
        "",
        "chat.example.com/hook",
        "//chat.example.com/hook",
        "file:///etc/passwd",
        "ftp://chat.example.com/",
        "gopher://127.0.0.1:6379/_",
    ),
    *("https:///hook", "https://", "https://:443/", "https://chat.example.com:0/", "https://chat.example.com:65536/"),
    *("https://chat.example.com:x/", "https://user@chat.example.com/", "https://user:word@chat.example.com/"),
    *("https://:word@chat.example.com/", "https://chat.example.com/#part", "https://chat.example.com/a b", "https://[::1/"),
    *("https://chat.example.com\\@127.0.0.1/", "https://chat.example.com/\r\nHost: other", "https://chat.example.com/\x00"),
    *("https://chat.éxample.com/", "https://chat.example.com/" + "a" * 500, "unix:///var/run/docker.sock", "javascript:alert(1)"),
]


@pytest.fixture
def strict(settings: Settings) -> None:
    """As in production: nothing goes to this machine."""
    settings.WEBHOOK_ALLOW_HTTP_TO_LOOPBACK = False


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """Return what names lead to, for the test to write: name -> addresses. Whatever is not in it is asked for as ever."""
    known: dict[str, list[str]] = {}
    ask = socket.getaddrinfo

    def answer(host: Any, port: Any, *args: Any, **options: Any) -> Any:
        if host not in known:
            return ask(host, port, *args, **options)
        families = {4: socket.AF_INET, 6: socket.AF_INET6}
        return [
            (families[ip_address(one).version], socket.SOCK_STREAM, 6, "", (one, port, *(0, 0) * (":" in one)))
            for one in known[host]
        ]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    return known


def post(url: str, now: datetime) -> posting.Answer:
    return posting.post(url, b"{}", {"webhook-id": "msg_1"}, now=now)


def said(url: str, now: datetime) -> int | str:
    """Return the status, or why there was none."""
    try:
        return post(url, now).status
    except posting.NotReached as reason:
        return str(reason)


def not_reached(url: str, now: datetime) -> str:
    with pytest.raises(posting.NotReached) as caught:
        post(url, now)
    return str(caught.value)


@pytest.mark.usefixtures("strict")
@pytest.mark.parametrize("host", LOOPBACK + INSIDE)
@pytest.mark.parametrize("port", ["", ":8443"])
def test_nothing_is_sent_to_what_is_not_public_however_it_is_written(host: str, port: str, now: datetime) -> None:
    assert not_reached(f"https://{host}{port}/latest/meta-data/", now) == "address_not_public"
    with pytest.raises(webhook_errors.AddressNotPublic):
        addresses.check(f"https://{host}{port}/latest/meta-data/")


@pytest.mark.parametrize("host", INSIDE)
def test_where_this_machine_may_be_called_nothing_else_inside_may(host: str, now: datetime) -> None:
    assert not_reached(f"http://{host}:9/", now) == "address_not_public"
    assert not_reached(f"https://{host}:9/", now) == "address_not_public"


def test_where_receivers_of_this_machine_are_named_nothing_else_on_it_may(
    receiver: Receiver, settings: Settings, now: datetime
) -> None:
    settings.WEBHOOK_LOOPBACK_RECEIVERS = [f"127.0.0.1:{receiver.port}"]
    addresses.check(receiver.url)
    assert post(receiver.url, now).status == 204
    with receiving() as another:
        twice = receiver.url.replace("127.0.0.1", "127.0.0.2")
        for url in (another.url, another.url.replace("http:", "https:"), twice, "http://127.0.0.1/", "https://127.0.0.1/"):
            assert not_reached(url, now) == "address_not_public"
            with pytest.raises(webhook_errors.AddressNotPublic):
                addresses.check(url)
        assert (len(receiver.got), another.got) == (1, [])


@pytest.mark.parametrize("url", UNUSABLE)
def test_what_is_no_plain_https_address_is_refused_when_typed_and_when_sent(url: str, now: datetime) -> None:
    with pytest.raises(webhook_errors.AddressUnusable):
        addresses.check(url)
    assert not_reached(url, now) == "address_unusable"


@pytest.mark.usefixtures("strict")
@pytest.mark.parametrize("url", ["http://chat.example.com/", "http://127.0.0.1/", "HTTP://chat.example.com/"])
def test_http_is_refused_where_settings_do_not_allow_it(url: str, now: datetime) -> None:
    with pytest.raises(webhook_errors.AddressUnusable):
        addresses.check(url)
    assert not_reached(url, now) == "address_unusable"


def test_http_stays_on_this_machine(names: dict[str, list[str]], now: datetime) -> None:
    names["chat.example.com"] = [PUBLIC]
    with pytest.raises(webhook_errors.AddressNotPublic):
        addresses.check("http://chat.example.com/")
    assert not_reached("http://chat.example.com/", now) == "address_not_public"


@pytest.mark.usefixtures("strict")
def test_name_that_leads_elsewhere_once_it_is_called_reaches_nothing(
    receiver: Receiver, names: dict[str, list[str]], now: datetime
) -> None:
    """Rebinding: public while it is typed, this machine a moment later."""
    names["rebind.example.com"] = [PUBLIC]
    url = f"https://rebind.example.com:{receiver.port}/hook"
    addresses.check(url)
    names["rebind.example.com"] = ["127.0.0.1"]
    assert not_reached(url, now) == "address_not_public"
    assert receiver.got == []


@pytest.mark.usefixtures("strict")
def test_connects_to_the_very_address_that_was_checked(
    names: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    """A name server that says something else every time it is asked is asked once."""
    asked: list[str] = []
    connected: list[Any] = []
    known = socket.getaddrinfo

    def turning(host: Any, *args: Any, **options: Any) -> Any:
        asked.append(host)
        names["turning.example.com"] = [PUBLIC] if len(asked) == 1 else ["127.0.0.1"]
        return known(host, *args, **options)

    def connect(self: socket.socket, place: Any) -> None:
        connected.append(place)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", turning)
    monkeypatch.setattr(socket.socket, "connect", connect)
    assert not_reached("https://turning.example.com/hook", now) == "not_reached"
    assert connected == [(PUBLIC, 443)]
    assert [host for host in asked if not host[0].isdigit()] == ["turning.example.com"]


@pytest.mark.usefixtures("strict")
@pytest.mark.parametrize("found", [["127.0.0.1"], [PUBLIC, "127.0.0.1"], ["::1", PUBLIC], ["169.254.169.254"], ["fd00:ec2::254"]])
def test_name_with_an_inner_address_among_others_is_refused_when_it_is_typed(
    found: list[str], names: dict[str, list[str]]
) -> None:
    names["metadata.google.internal"] = found
    with pytest.raises(webhook_errors.AddressNotPublic):
        addresses.check("https://metadata.google.internal/")


@pytest.mark.usefixtures("strict")
def test_public_addresses_may_be_typed(names: dict[str, list[str]]) -> None:
    names["chat.example.com"] = [PUBLIC, "2606:4700:4700::1111"]
    for url in (
        "https://chat.example.com/hook?a=b",
        "https://chat.example.com:8443/",
        "https://8.8.8.8/",
        "https://[2606:4700:4700::1111]/",
    ):
        addresses.check(url)


def test_name_that_nobody_has_is_unknown(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    def nobody(*_: Any, **__: Any) -> Any:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", nobody)
    with pytest.raises(webhook_errors.AddressUnknown):
        addresses.check("https://nobody.example.com/")
    assert not_reached("https://nobody.example.com/", now) == "not_reached"
    for url in (f"https://{'a' * 64}.example.com/", "https://a..example.com/"):
        with pytest.raises((webhook_errors.AddressUnknown, webhook_errors.AddressUnusable)):
            addresses.check(url)
        assert not_reached(url, now) in ("address_unusable", "not_reached")


def test_answer_is_given_whatever_its_status(receiver: Receiver, now: datetime) -> None:
    for status in (200, 201, 400, 404, 500):
        receiver.status, receiver.said = status, b"said"
        assert post(receiver.url, now) == posting.Answer(status=status, text="said", after=None)
    got = receiver.got[0]
    assert (got.path, got.body, got.headers["webhook-id"]) == ("/hook", b"{}", "msg_1")
    assert got.headers["user-agent"] == "Sekisho-Webhooks/1"
    assert got.headers["host"] == f"127.0.0.1:{receiver.port}"
    assert {"authorization", "cookie"} & set(got.headers) == set()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(receiver: Receiver, status: int, now: datetime) -> None:
    with receiving() as other:
        receiver.status, receiver.headers = status, {"Location": other.url}
        assert post(receiver.url, now).status == status
        assert (len(receiver.got), other.got) == (1, [])


def test_proxies_and_passwords_of_the_environment_are_left_alone(
    receiver: Receiver, now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login somebody password secret")
    (tmp_path / "netrc").chmod(0o600)
    monkeypatch.setitem(os.environ, "NETRC", str(tmp_path / "netrc"))
    with receiving() as proxy:
        for name in ("http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setitem(os.environ, name, f"http://127.0.0.1:{proxy.port}")
        assert post(receiver.url, now).status == 204
        assert proxy.got == []
    assert "authorization" not in receiver.got[0].headers


def test_only_the_beginning_of_an_answer_is_read_and_what_hides_in_it_is_shown(receiver: Receiver, now: datetime) -> None:
    receiver.status, receiver.said = 200, b"ok\x00\x1b[31m\r\nforged \xff" + b"x" * 10_000_000
    text = post(receiver.url, now).text
    assert text.startswith("ok\\x00\\x1b[31m\\x0d\\x0aforged \ufffdxxx")
    assert len(text) < 2 * posting.ANSWER_BYTES


def test_compressed_answer_is_not_blown_up(receiver: Receiver, now: datetime) -> None:
    receiver.status, receiver.headers, receiver.said = 200, {"Content-Encoding": "gzip"}, b"no gzip at all"
    assert post(receiver.url, now).text == "no gzip at all"


@pytest.mark.parametrize("head", [b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 302 Found\r\nLocation: /\r\n", b"HTTP/1.1 500 Oh\r\n"])
def test_endless_answer_costs_no_memory_and_little_time(head: bytes, now: datetime) -> None:
    sent = []

    def pour(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(head + b"\r\n")
        while True:
            connection.sendall(b"x" * 65536)
            sent.append(65536)

    with raw(pour) as url:
        assert post(url, now).status == int(head.split()[1])
    assert sum(sent) < 50_000_000  # What the two sockets hold, and never what a server likes to send.


CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


# The beginning of a message of TLS that takes its time.
HANDSHAKE = b"\x16\x03\x03\x40\x00"


@pytest.mark.parametrize(
    ("scheme", "first", "drop"), [("http", b"", b"H"), ("http", CONTINUE, CONTINUE), ("https", HANDSHAKE, b"\x02")]
)
def test_server_that_drips_is_cut_off(
    scheme: str, first: bytes, drop: bytes, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posting, "SECONDS", 2.0)
    with raw(dripping(first, drop)) as url:
        began = time.monotonic()
        assert not_reached(url.replace("http:", f"{scheme}:"), now) == "timeout"
    assert time.monotonic() - began < posting.READ_SECONDS


CLOSING = b"Connection: close\r\n"


@pytest.mark.parametrize(
    ("rest", "drop"),
    [
        (b"Content-Length: 1000\r\n\r\n", b"x"),
        # Behind these heads the library closes the connection, and reads on.
        (CLOSING + b"Content-Length: 1000\r\n\r\n", b"x"),
        (CLOSING + b"\r\n", b"x"),
        (b"\r\n", b"x"),
        (CLOSING + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    ],
)
def test_server_that_drips_behind_its_status_is_cut_off_and_believed(
    rest: bytes, drop: bytes, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posting, "SECONDS", 2.0)
    with raw(dripping(b"HTTP/1.1 200 OK\r\n" + rest, drop)) as url:
        began = time.monotonic()
        assert post(url, now).status == 200
    assert time.monotonic() - began < posting.READ_SECONDS


@pytest.mark.parametrize("rest", [b"", CLOSING])
def test_server_that_drips_heads_is_cut_off_and_believed_or_told_again(
    rest: bytes, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What comes in the moment of the cut resets the connection, and the status is lost with it."""
    monkeypatch.setattr(posting, "SECONDS", 2.0)
    with raw(dripping(b"HTTP/1.1 200 OK\r\n" + rest, b"X-A: b\r\n")) as url:
        began = time.monotonic()
        assert said(url, now) in (200, "timeout")
    assert time.monotonic() - began < posting.READ_SECONDS


def test_longest_call_is_over_before_the_delivery_counts_as_lost() -> None:
    from access_requests.services.notices.sending import LOST_AFTER  # noqa: PLC0415  It imports this one's package.

    # Asking a name server has no limit of its own: resolv.conf gives each of three 5 s, twice.
    assert LOST_AFTER.total_seconds() > posting.CONNECT_SECONDS + posting.SECONDS + 3 * 5 * 2


@pytest.mark.parametrize(
    ("header", "after"),
    [
        ("120", timedelta(minutes=2)),
        ("0", timedelta()),
        ("99999999999999999999", timedelta(seconds=10**8)),
        ("Mon, 23 Nov 2026 05:10:00 GMT", timedelta(minutes=10)),
        ("Mon, 23 Nov 2026 04:00:00 GMT", timedelta()),
        ("Mon, 23 Nov 2026 05:10:00 -0000", timedelta(minutes=10)),
        *((nonsense, None) for nonsense in ("", "soon", "-5", "1.5", "٣", "Mon, 99 Nov 2026 05:10:00 GMT")),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date(
    receiver: Receiver, header: str, after: timedelta | None, now: datetime
) -> None:
    assert posting._patience(header, now) == after
    if header.isascii() and header:
        receiver.status, receiver.headers = 503, {"Retry-After": header}
        assert post(receiver.url, now).after == after


def test_server_of_another_name_or_of_nobodys_signature_is_refused(
    tmp_path: Path, names: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    names["chat.example.com"] = names["other.example.com"] = ["127.0.0.1"]
    with receiving(certified("chat.example.com", tmp_path)) as receiver:
        url = f"https://chat.example.com:{receiver.port}/hook"
        assert not_reached(url, now) == "tls_refused"
        monkeypatch.setattr(requests_adapters, "DEFAULT_CA_BUNDLE_PATH", str(tmp_path / "certificate.pem"))
        assert post(url, now).status == 204
        assert not_reached(url.replace("chat", "other"), now) == "tls_refused"
        assert not_reached(receiver.url, now) == "tls_refused"
    assert len(receiver.got) == 1


def certified(name: str, folder: Path) -> ssl.SSLContext:
    """Return a server's side of TLS for a name, by a certificate that it signed itself: certificate.pem of the folder."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "certificate.pem"
    pem.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "key.pem").write_bytes(secret)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, folder / "key.pem")
    return context
