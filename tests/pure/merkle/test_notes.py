"""Signed checkpoints and proofs, as C2SP writes them."""

import base64
import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audits.merkle import notes, proofs, tree
from audits.merkle.notes import Checkpoint, Key, Unreadable, Unsigned

ORIGIN = "portal.example.com"
PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEY = Key(name=ORIGIN, public=PRIVATE.public_key().public_bytes_raw())
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))
CHECKPOINT = Checkpoint(origin=ORIGIN, size=7, root=tree.leaf_hash(b""))
NOTE = notes.signed(CHECKPOINT, key=KEY, sign=PRIVATE.sign)


def test_checkpoint_is_three_lines_a_blank_one_and_the_signature() -> None:
    origin, size, root, blank, signature, end = NOTE.split("\n")
    assert (origin, size, blank, end) == (ORIGIN, "7", "", "")
    assert base64.b64decode(root) == CHECKPOINT.root
    dash, name, encoded = signature.split(" ")
    assert (dash, name) == ("—", ORIGIN)
    raw = base64.b64decode(encoded)
    assert raw[:4] == hashlib.sha256(ORIGIN.encode() + b"\n\x01" + KEY.public).digest()[:4]
    PRIVATE.public_key().verify(raw[4:], f"{origin}\n{size}\n{root}\n".encode())


def test_id_of_a_key_that_everybody_has_is_computed_as_they_do() -> None:
    """That of Go's checksum database."""
    vkey = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
    assert Key.read(vkey).vkey == vkey


def test_own_key_opens_it_among_others() -> None:
    other = Key(name=ORIGIN, public=OTHER.public_key().public_bytes_raw())
    assert notes.opened(NOTE, [other, Key.read(KEY.vkey)]) == (CHECKPOINT, KEY)
    with pytest.raises(Unsigned):
        notes.opened(NOTE, [other])
    with pytest.raises(Unsigned):
        notes.opened(NOTE, [Key(name="elsewhere.example.com", public=KEY.public)])


@pytest.mark.parametrize(("old", "new"), [("7", "8"), (ORIGIN, "portal.example.org")])
def test_changed_text_is_not_signed(old: str, new: str) -> None:
    body, _, signature = NOTE.rpartition("\n\n")
    with pytest.raises(Unsigned):
        notes.opened(f"{body.replace(old, new)}\n\n{signature}", [KEY])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no signature\n7\nAAAA\n",
        NOTE.replace("\n7\n", "\n07\n"),
        NOTE.replace("\n7\n", "\n-7\n"),
        NOTE.replace("\n7\n", "\n７\n"),
        NOTE.replace("\n7\n", "\n"),
        NOTE.replace("— ", "- "),
        NOTE.replace("\n7\n", "\n7\nQUJD\n"),
    ],
)
def test_what_is_no_checkpoint_is_not_read(text: str) -> None:
    with pytest.raises((Unreadable, Unsigned)):
        notes.opened(text, [KEY])


@pytest.mark.parametrize(
    "vkey", ["", ORIGIN, f"{ORIGIN}+00000000+{KEY.vkey.rpartition('+')[2]}", KEY.vkey.replace("+A", "+B"), KEY.vkey[:-4]]
)
def test_key_whose_id_or_kind_is_another_is_not_read(vkey: str) -> None:
    with pytest.raises(Unreadable):
        Key.read(vkey)


def test_proof_is_the_index_the_hashes_and_the_checkpoint_verbatim() -> None:
    text = proofs.proof(index=5, hashes=[bytes(32)], checkpoint=NOTE)
    assert text == f"c2sp.org/tlog-proof@v1\nindex 5\n{base64.b64encode(bytes(32)).decode()}\n\n{NOTE}"
