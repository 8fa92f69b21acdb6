"""The tree, its tiles and its proofs against the definition in RFC 6962 written down naively."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from janaseva.ledger import rules


def _mth(leaves: list[bytes]) -> bytes:
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\x01" + _mth(leaves[:split]) + _mth(leaves[split:])).digest()


def _entries(count: int) -> list[bytes]:
    return [f"entry {number}".encode() for number in range(count)]


def _grow(tiles: dict[tuple[int, int], bytes], old: int, entries: list[bytes]) -> None:
    edge = [b""] * 8
    for place in rules.edge_places(old):
        edge[place.level] = tiles[place.level, place.number]
    hashes = [rules.leaf_hash(entry) for entry in entries]
    for level, number, content in rules.grown(size=old, edge=edge, leaves=hashes):
        tiles[level, number] = content


def _tree(count: int, *, steps: list[int] | None = None) -> rules.Tree:
    tiles: dict[tuple[int, int], bytes] = {}
    entries, size = _entries(count), 0
    for step in [*(steps or []), count]:
        upto = min(count, size + step)
        _grow(tiles, size, entries[size:upto])
        size = upto
    return rules.Tree(count, lambda level, number: tiles.get((level, number), b""))


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 700), st.lists(st.integers(1, 300), max_size=4))
def test_the_root_from_tiles_is_the_definitions_however_the_tree_grew(count, steps):
    assert _tree(count, steps=steps).root() == _mth(_entries(count))


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_every_inclusion_proof_holds_and_no_other_leaf_index_or_hash_passes(data):
    size = data.draw(st.integers(1, 600))
    index = data.draw(st.integers(0, size - 1))
    tree = _tree(size)
    path, root, leaf = tree.inclusion(index), tree.root(), rules.leaf_hash(f"entry {index}".encode())
    assert rules.includes(leaf=leaf, index=index, size=size, path=path, root=root)
    assert not rules.includes(leaf=rules.leaf_hash(b"other"), index=index, size=size, path=path, root=root)
    assert not rules.includes(leaf=leaf, index=size, size=size, path=path, root=root)
    assert not rules.includes(leaf=leaf, index=index, size=size, path=[*path, root], root=root)
    if size > 1:
        assert not rules.includes(leaf=leaf, index=index, size=size, path=path[1:], root=root)
        assert not rules.includes(leaf=leaf, index=index ^ 1, size=size, path=path, root=root)


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_every_consistency_proof_holds_and_no_other_past_passes(data):
    size = data.draw(st.integers(1, 600))
    old = data.draw(st.integers(1, size))
    tree = _tree(size)
    root, old_root = tree.root(), _mth(_entries(old))
    path = tree.consistency(old)
    assert rules.follows(old=old, old_root=old_root, size=size, root=root, path=path)
    forged = hashlib.sha256(b"another past").digest()
    assert not rules.follows(old=old, old_root=forged, size=size, root=root, path=path)
    if path:
        assert not rules.follows(old=old, old_root=old_root, size=size, root=root, path=path[:-1])
        assert not rules.follows(old=old, old_root=old_root, size=size, root=root, path=[*path, root])


def test_an_old_tree_is_read_from_the_tiles_of_a_newer_one():
    tiles: dict[tuple[int, int], bytes] = {}
    _grow(tiles, 0, _entries(700))
    for old in (1, 255, 256, 257, 511, 512, 600):
        assert rules.Tree(old, lambda level, number: tiles.get((level, number), b"")).root() == _mth(_entries(old))


def test_a_missing_tile_is_an_error_and_not_another_root():
    with pytest.raises(rules.TileError):
        rules.Tree(3, lambda level, number: b"").root()
    with pytest.raises(rules.TileError):
        rules.grown(size=3, edge=[b"\0" * 64], leaves=[b"\0" * 32])
    with pytest.raises(IndexError):
        _tree(3).inclusion(3)
    with pytest.raises(IndexError):
        _tree(3).consistency(4)
    assert not rules.follows(old=0, old_root=b"", size=3, root=b"", path=[])


def test_places_and_paths_are_those_of_the_specification():
    assert rules.tile_path(rules.Place(0, 1234067)) == "tile/0/x001/x234/067"
    assert rules.tile_path(rules.Place(None, 5, 7)) == "tile/entries/005.p/7"
    places = list(rules.changed_places(old=0, new=70_000))
    widths = {(place.level, place.full): place.width for place in places}
    assert sum(place.level == 0 and place.full for place in places) == 273
    assert widths == {(0, True): 256, (0, False): 112, (1, True): 256, (1, False): 17, (2, False): 1}
    assert [(place.level, place.width) for place in rules.edge_places(256)] == [(1, 1)]
    assert rules.width_at(size=256, level=0, number=1) == 0


@given(st.integers(0, 10**17), st.sampled_from([None, 0, 3, 7]), st.integers(1, 256))
def test_a_path_names_one_place(number, level, width):
    place = rules.Place(level, number, width)
    assert rules.parse_path(rules.tile_path(place)) == place


@pytest.mark.parametrize(
    "path",
    ["", "tile/0/1", "tile/8/001", "tile/00/001", "tile/0/x000/001", "tile/0/001.p/0", "tile/0/001.p/256",
     "tile/0/001.p/01", "tile/0/../001", "tile/0/001\n", "tile/0/٠٠١", "tile/entries/x01/001", "/tile/0/001"],
)  # fmt: skip
def test_nothing_else_is_a_path(path):
    assert rules.parse_path(path) is None


@given(st.lists(st.binary(max_size=40), max_size=20))
def test_a_bundle_gives_back_its_entries(entries):
    assert rules.unbundle(rules.bundle(entries)) == entries


def test_a_cut_bundle_is_an_error():
    for content in (b"\0", b"\0\x05ab"):
        with pytest.raises(ValueError):
            rules.unbundle(content)
