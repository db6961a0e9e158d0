"""RFC 6962's tree: roots and proofs from the hashes of whole subtrees, and checking them."""

from collections.abc import Callable, Sequence
from hashlib import sha256

# (level, index) -> the hash of the whole subtree over leaves index * 2**level up to (index + 1) * 2**level.
Node = Callable[[int, int], bytes]
EMPTY = sha256(b"").digest()
HASH = len(EMPTY)


class Unproven(ValueError):
    """The proof does not lead from what it begins with to the root."""


def leaf_hash(leaf: bytes) -> bytes:
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def root_of(hashes: Sequence[bytes]) -> bytes:
    """Return the root over these, taken for leaves' hashes."""
    return root(len(hashes), _among(hashes)) if hashes else EMPTY


def root(size: int, node: Node) -> bytes:
    return _subtree(0, size, node) if size else EMPTY


def inclusion(index: int, size: int, node: Node) -> list[bytes]:
    """Return what leads from a leaf's hash to the root, the leaf's neighbour first. Raises ValueError outside the tree."""
    if not 0 <= index < size:
        raise ValueError(f"{index} lies outside a tree of {size}")
    begin, path = 0, []
    while size > 1:
        left = _split(size)
        if index < left:
            path.append(_subtree(begin + left, size - left, node))
            size = left
        else:
            path.append(_subtree(begin, left, node))
            begin, index, size = begin + left, index - left, size - left
    return path[::-1]


def consistency(old: int, new: int, node: Node) -> list[bytes]:
    """Return the proof that the tree of the new size begins with that of the old one. Raises ValueError for sizes that cannot."""
    if not 0 < old <= new:
        raise ValueError(f"a tree of {new} does not begin with one of {old}")
    begin, is_whole, path = 0, True, []
    while old < new:
        left = _split(new)
        if old <= left:
            path.append(_subtree(begin + left, new - left, node))
            new = left
        else:
            path.append(_subtree(begin, left, node))
            begin, old, new, is_whole = begin + left, old - left, new - left, False
    return [*([] if is_whole else [_subtree(begin, old, node)]), *path[::-1]]


def check_inclusion(*, leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Raise Unproven unless the proof leads from the leaf's hash to the root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size or len(leaf) != HASH:
        raise Unproven("the leaf lies outside the tree")
    at, last, reached = index, size - 1, leaf
    for step in proof:
        if not last:
            raise Unproven("the proof is too long")
        if at & 1 or at == last:
            reached = node_hash(step, reached)
            at, last = _skip_lone(at, last)
        else:
            reached = node_hash(reached, step)
        at, last = at >> 1, last >> 1
    if last or reached != root:
        raise Unproven("the proof leads to another root")


def check_consistency(*, old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes) -> None:
    """Raise Unproven unless the proof shows that the new tree begins with the old one (RFC 9162, 2.1.4.2)."""
    if 0 < old == new and not proof and old_root == new_root:
        return
    if not 0 < old < new or not proof:
        raise Unproven("the proof is not one of these sizes")
    steps = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    at, last = _drop_ones(old - 1, new - 1)
    first, *steps = steps
    reached_old = reached_new = first
    for step in steps:
        if not last:
            raise Unproven("the proof is too long")
        if at & 1 or at == last:
            reached_old, reached_new = node_hash(step, reached_old), node_hash(step, reached_new)
            at, last = _skip_lone(at, last)
        else:
            reached_new = node_hash(reached_new, step)
        at, last = at >> 1, last >> 1
    if last or (reached_old, reached_new) != (old_root, new_root):
        raise Unproven("the proof leads to another root")


def _skip_lone(at: int, last: int) -> tuple[int, int]:
    """Go up past the levels on which what was reached has no neighbour."""
    while at and not at & 1:
        at, last = at >> 1, last >> 1
    return at, last


def _drop_ones(at: int, last: int) -> tuple[int, int]:
    while at & 1:
        at, last = at >> 1, last >> 1
    return at, last


def _subtree(begin: int, size: int, node: Node) -> bytes:
    """Return the root over `size` leaves from `begin` on, which is where the tree is split."""
    if size & (size - 1) == 0:
        level = size.bit_length() - 1
        return node(level, begin >> level)
    left = _split(size)
    return node_hash(_subtree(begin, left, node), _subtree(begin + left, size - left, node))


def _split(size: int) -> int:
    """Return the largest power of two below it."""
    return 1 << (size - 1).bit_length() - 1


def _among(hashes: Sequence[bytes]) -> Node:
    def node(level: int, index: int) -> bytes:
        if not level:
            return hashes[index]
        return node_hash(node(level - 1, 2 * index), node(level - 1, 2 * index + 1))

    return node
