"""RFC 6962's tree. The hashes are those of the seven and eight leaves that every implementation of it is tried on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audits.merkle import tiles, tree
from audits.merkle.tree import Unproven, leaf_hash, root_of

LEAVES = [bytes.fromhex(text) for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657")]
LEAVES.append(bytes.fromhex("606162636465666768696a6b6c6d6e6f"))
HASHES = [leaf_hash(leaf) for leaf in LEAVES]
# By the number of leaves.
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUSION = {
    (0, 1): [],
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (1, 5): [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
CONSISTENCY = {
    (1, 1): [],
    (1, 8): INCLUSION[0, 8],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}


def node(level: int, index: int) -> bytes:
    return root_of(HASHES[index << level : (index + 1) << level])


@pytest.mark.parametrize("size", range(9))
def test_roots_are_those_of_the_rfc(size: int) -> None:
    assert root_of(HASHES[:size]).hex() == ROOTS[size] == tree.root(size, node).hex()


@pytest.mark.parametrize(("index", "size"), INCLUSION)
def test_inclusion_proofs_are_those_of_the_rfc(index: int, size: int) -> None:
    assert [step.hex() for step in tree.inclusion(index, size, node)] == INCLUSION[index, size]


@pytest.mark.parametrize(("old", "new"), CONSISTENCY)
def test_consistency_proofs_are_those_of_the_rfc(old: int, new: int) -> None:
    assert [step.hex() for step in tree.consistency(old, new, node)] == CONSISTENCY[old, new]


@pytest.mark.parametrize(("index", "size"), [(8, 8), (-1, 8), (0, 0)])
def test_no_leaf_outside_the_tree_has_a_proof(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="outside"):
        tree.inclusion(index, size, node)
    with pytest.raises(Unproven, match="outside"):
        tree.check_inclusion(leaf=HASHES[0], index=index, size=size, proof=[], root=root_of(HASHES))


def test_tree_does_not_begin_with_a_larger_one_or_with_none() -> None:
    for old, new in ((5, 4), (0, 4)):
        with pytest.raises(ValueError, match="does not begin"):
            tree.consistency(old, new, node)


def wrong(proof: list[bytes]) -> list[list[bytes]]:
    """Return proofs that are nearly this one."""
    changed = [[*proof[:at], bytes([step[0] ^ 1]) + step[1:], *proof[at + 1 :]] for at, step in enumerate(proof)]
    short = [proof[:at] + proof[at + 1 :] for at in range(len(proof))]
    more = [[bytes(32), *proof], [*proof, bytes(32)], [*proof, b""]]
    return [*changed, *short, *more, *([proof[::-1]] if proof[::-1] != proof else [])]


@pytest.mark.parametrize(("index", "size"), INCLUSION)
def test_inclusion_holds_for_its_own_leaf_index_size_and_root_alone(index: int, size: int) -> None:
    proof, root = tree.inclusion(index, size, node), root_of(HASHES[:size])
    tree.check_inclusion(leaf=HASHES[index], index=index, size=size, proof=proof, root=root)
    right = {"leaf": HASHES[index], "index": index, "size": size, "proof": proof, "root": root}
    claims: list[dict[str, object]] = [{"proof": other} for other in wrong(proof)]
    claims += [{"index": index + 1}, {"index": index ^ 2}, {"size": size * 2}, {"size": size // 2}]
    claims += [{"root": HASHES[7]}, {"root": b""}, {"leaf": HASHES[(index + 1) % 8]}, {"leaf": b""}]
    for claim in claims:
        with pytest.raises(Unproven):
            tree.check_inclusion(**{**right, **claim})  # type: ignore[arg-type]


@pytest.mark.parametrize(("old", "new"), CONSISTENCY)
def test_consistency_holds_for_its_own_sizes_and_roots_alone(old: int, new: int) -> None:
    proof = tree.consistency(old, new, node)
    right = {"old": old, "new": new, "proof": proof, "old_root": root_of(HASHES[:old]), "new_root": root_of(HASHES[:new])}
    tree.check_consistency(**right)  # type: ignore[arg-type]
    claims: list[dict[str, object]] = [{"proof": other} for other in wrong(proof)]
    claims += [{"old": old + 1}, {"old": 0}, {"new": new * 2}, {"new": old - 1}]
    claims += [{"old_root": HASHES[7]}, {"new_root": HASHES[7]}, {"old_root": HASHES[7], "new_root": HASHES[6]}]
    for claim in claims:
        with pytest.raises(Unproven):
            tree.check_consistency(**{**right, **claim})  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def grown() -> tuple[list[bytes], dict[int, bytes], dict[tuple[int, int], list[bytes]]]:
    """Return the hashes of 66,000 leaves, roots on the way, and all tiles."""
    edge, hashes, roots, full = tiles.Edge(), [], {}, {}
    for index in range(66_000):
        hashes.append(leaf_hash(b"%d" % index))
        for tile in edge.add(hashes[-1]):
            full[tile.level, tile.number] = list(tile.hashes)
        if index % 997 == 0 or index in (254, 255, 256, 65_535, 65_536):
            roots[index + 1] = edge.root()
    for level, partial in enumerate(edge.levels):
        full[level, edge.size >> 8 * (level + 1)] = partial
    return hashes, roots, full


def test_edge_that_grows_has_the_roots_of_the_whole_tree(
    grown: tuple[list[bytes], dict[int, bytes], dict[tuple[int, int], list[bytes]]],
) -> None:
    hashes, roots, full = grown
    read = tiles.node_from(lambda level, number: full[level, number])
    for size, root in list(roots.items())[::7]:
        assert root == root_of(hashes[:size]) == tree.root(size, read), size


@given(st.data())
def test_proofs_out_of_tiles_hold(
    grown: tuple[list[bytes], dict[int, bytes], dict[tuple[int, int], list[bytes]]], data: st.DataObject
) -> None:
    hashes, roots, full = grown
    read = tiles.node_from(lambda level, number: full[level, number])
    size = data.draw(st.sampled_from(sorted(roots)))
    index = data.draw(st.integers(0, size - 1))
    tree.check_inclusion(leaf=hashes[index], index=index, size=size, proof=tree.inclusion(index, size, read), root=roots[size])
    old = data.draw(st.sampled_from([each for each in sorted(roots) if each <= size]))
    proof = tree.consistency(old, size, read)
    tree.check_consistency(old=old, new=size, proof=proof, old_root=roots[old], new_root=roots[size])


def test_tiles_of_a_tree_are_those_of_the_specification() -> None:
    """Its example: 70,000 leaves are 273 full tiles and one of 112, one full tile above and one of 17, and one of width 1."""
    found = list(tiles.in_tree(70_000))
    assert [sum(level == at and width == 256 for level, _, width in found) for at in range(3)] == [273, 1, 0]
    assert [each for each in found if each[2] < 256] == [(0, 273, 112), (1, 1, 17), (2, 0, 1)]
    assert list(tiles.in_tree(256)) == [(0, 0, 256), (1, 0, 1)]
    assert list(tiles.in_tree(0)) == []


def test_paths_of_tiles_are_those_of_the_specification() -> None:
    assert tiles.path(0, 1_234_067) == "tile/0/x001/x234/067"
    assert tiles.path(1, 1, 17) == "tile/1/001.p/17"
    assert tiles.path(tiles.ENTRIES, 1000, 3) == "tile/entries/x001/000.p/3"


def test_bundle_gives_the_length_of_each_leaf() -> None:
    assert tiles.bundle([b"ab", b"", b"x" * 257]) == b"\x00\x02ab" + b"\x00\x00" + b"\x01\x01" + b"x" * 257
