"""Sequencing and publishing: gapless indexes, files that lead to the signed root, and healing after a crash."""

from contextlib import contextmanager
from uuid import uuid4

import pytest

from janaseva.core.action import upkeep
from janaseva.core.actor import Actor
from janaseva.core.commit import OutcomeUnknownError
from janaseva.core.row import writing
from janaseva.ledger import queries, rules
from janaseva.ledger.adapters import DirectoryTiles
from janaseva.ledger.handlers import publishing
from janaseva.ledger.models import Checkpoint, Event, Leaf, Tile
from tests.ledger.acts import attempt

BY = Actor.system("test")

pytestmark = pytest.mark.django_db


def _acts(at, times, **options):
    return [attempt(by=BY, at=at, key=str(uuid4()), **options) for _ in range(times)]


def _root_of_files(tiles, size):
    def read(level, number):
        width = rules.width_at(size=size, level=level, number=number)
        return tiles.read(rules.tile_path(rules.Place(level, number, width))) or b""

    return rules.Tree(size, read).root()


def test_leaves_are_numbered_without_gaps_in_the_order_of_their_events(at):
    _acts(at, 5, count=3)
    assert publishing.publish(at) == 15
    places = list(Leaf.objects.order_by("index").values_list("pk", "index"))
    assert [index for _, index in places] == list(range(15))
    assert [key for key, _ in places] == list(Event.objects.order_by("pk").values_list("pk", flat=True))
    assert publishing.publish(at) == 0


def test_the_signed_root_is_that_of_the_files_however_often_it_is_published(at, tiles, log_key):
    for count in (1, 2, 250, 4, 1, 260):
        _acts(at, 1, count=count)
        publishing.publish(at)
    verifier = rules.Verifier.parse(queries.verifier())
    head = rules.open_checkpoint(tiles.read("checkpoint").decode(), verifier)
    assert head.size == 518
    assert head.root == _root_of_files(tiles, 518)
    assert verifier == rules.verifier_of(head.origin, log_key.key())
    assert queries.checkpoint().encode() == tiles.read("checkpoint")
    assert not (tiles.folder / "tile/0/000.p").exists()
    assert rules.unbundle(tiles.read("tile/entries/000"))[0].endswith(b" ledger.tried")


def test_more_than_a_round_of_leaves_is_published_at_once(at, monkeypatch):
    monkeypatch.setattr(publishing, "LEAVES_A_ROUND", 7)
    _acts(at, 10, count=3)
    assert publishing.publish(at) == 30


def test_every_event_has_a_proof_that_holds_offline(at):
    _acts(at, 3, count=100)
    key = Event.objects.order_by("pk")[150].pk
    assert queries.proof(key) is None
    publishing.publish(at)
    proof = queries.proof(key, with_record=True)
    again = rules.Proof.parse(proof.text())
    leaf = rules.leaf_of_extra(again.extra, name="ledger.tried")
    verifier = rules.Verifier.parse(queries.verifier())
    assert leaf == queries.leaf(key)
    assert rules.prove(again, leaf=leaf, verifier=verifier).size == 300
    assert queries.leaf_index(key) == 150 == again.index
    assert queries.proof(key).extra == b""
    with pytest.raises(rules.ProofError):
        rules.prove(again, leaf=leaf + b"!", verifier=verifier)


def test_what_is_served_is_what_lies_on_the_disk_and_nothing_beyond_the_checkpoint(at, tiles):
    _acts(at, 3, count=100)
    assert queries.tile("tile/0/000") is None
    publishing.publish(at)
    for path in ("tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1", "tile/entries/000", "tile/entries/001.p/44"):
        assert queries.tile(path) == tiles.read(path)
        assert tiles.read(path)
    for path in ("tile/0/001", "tile/0/001.p/45", "tile/2/000.p/1", "tile/0/../../secret", "checkpoint", ""):
        assert queries.tile(path) is None


class PowerCutError(Exception):
    pass


@pytest.mark.parametrize("written_before", [0, 1, 2])
def test_a_crash_between_sequencing_and_signing_heals_at_the_next_round(at, tiles, monkeypatch, written_before):
    _acts(at, 1, count=3)
    publishing.publish(at)
    _acts(at, 1, count=300)
    real, left = tiles.write, [written_before]

    def write(files):
        for path, content in files.items():
            if not left[0]:
                raise PowerCutError
            left[0] -= 1
            real({path: content})

    with monkeypatch.context() as cut:
        cut.setattr(tiles, "write", write)
        with pytest.raises(PowerCutError):
            publishing.publish(at)
    assert queries.head().size == 3
    assert queries.head().sequenced == 303
    assert publishing.publish(at) == 300
    assert _root_of_files(tiles, 303).hex() == queries.head().root


def test_a_checkpoint_file_that_was_lost_or_fell_behind_is_written_again(at, tiles):
    _acts(at, 1, count=3)
    publishing.publish(at)
    (tiles.folder / "checkpoint").write_text("behind")
    publishing.publish(at)
    assert tiles.read("checkpoint").decode() == queries.checkpoint()


def test_what_may_be_on_one_server_alone_does_not_leave_the_database(at, tiles, monkeypatch):
    """The wait of a commit was cut short: the head is seen, and a change of leader may still lose it."""
    _acts(at, 1, count=3)
    publishing.publish(at)
    before = tiles.read("checkpoint"), [head.size for head in publishing.memory().heads()]
    _acts(at, 1, count=4)

    @contextmanager
    def cut_short():
        with upkeep():
            yield
        raise OutcomeUnknownError

    with monkeypatch.context() as cluster:
        assert publishing.sequence() == 4
        cluster.setattr(publishing, "upkeep", cut_short)
        for _ in range(2):
            with pytest.raises(OutcomeUnknownError):
                publishing.publish(at)
            assert queries.head().size == 7, "seen here"
            assert (tiles.read("checkpoint"), [head.size for head in publishing.memory().heads()]) == before
    publishing.publish(at)
    assert tiles.read("checkpoint").decode() == queries.checkpoint()
    assert {head.size for head in publishing.memory().heads()} == {7}


def test_a_lost_disk_is_written_anew_from_the_rows(at, tiles):
    import shutil

    _acts(at, 3, count=100)
    publishing.publish(at)
    shutil.rmtree(tiles.folder)
    _acts(at, 1)
    assert publishing.publish(at) == 1
    assert _root_of_files(tiles, 301).hex() == queries.head().root
    assert len(tiles.read("tile/0/000")) == 8192


def test_nothing_is_signed_over_an_entry_that_was_altered(at):
    _acts(at, 1, count=3)
    publishing.sequence()
    with writing():
        Leaf.objects.filter(index=1).update(data="0" * 64 + " ledger.forged")
    with pytest.raises(publishing.LogBrokenError, match="do not hash"):
        publishing.publish(at)
    assert queries.checkpoint() == ""


def test_nothing_is_signed_that_does_not_continue_what_was_signed(at):
    _acts(at, 1, count=3)
    publishing.publish(at)
    with writing():
        Leaf.objects.filter(index=1).update(data="0" * 64 + " ledger.forged")
        leaves = [data.encode() for data in Leaf.objects.order_by("index").values_list("data", flat=True)]
        Tile.objects.filter(level=0, number=0).update(hashes=b"".join(rules.leaf_hash(leaf) for leaf in leaves))
    _acts(at, 1)
    before = queries.checkpoint()
    with pytest.raises(publishing.LogBrokenError, match="record_forked"):
        publishing.publish(at)
    assert queries.checkpoint() == before


def test_a_second_publisher_changes_nothing(at, tiles, monkeypatch):
    _acts(at, 1, count=3)
    real = publishing._written

    def overtaken(store, *, size, head):
        root = real(store, size=size, head=head)
        with writing():
            Checkpoint.objects.update(size=size, root=root.hex(), note="signed by the other")
        return root

    monkeypatch.setattr(publishing, "_written", overtaken)
    assert publishing.publish(at) == 0
    assert queries.checkpoint() == "signed by the other"


def test_a_lost_key_is_never_replaced_by_another(at, log_key):
    _acts(at, 1)
    publishing.publish(at)
    log_key.held = None
    _acts(at, 1)
    with pytest.raises(publishing.LogBrokenError, match="key is gone"):
        publishing.publish(at)


def test_the_key_file_is_made_once_and_is_its_owners_alone(tmp_path):
    from janaseva.ledger.adapters import FileKey

    keys = FileKey(tmp_path / "keys" / "log_key.pem")
    assert keys.key() is None
    made = keys.make()
    assert keys.key().private_bytes_raw() == made.private_bytes_raw()
    assert keys.path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        keys.make()


def test_files_that_another_worker_left_behind_are_brought_up_from_where_they_end(at, tmp_path, monkeypatch):
    """Two workers with files of their own: the second writes what it lacks, and not the whole log anew."""
    here, there = (DirectoryTiles(tmp_path / name) for name in ("here", "there"))
    _acts(at, 3)
    publishing.publish(at, store=here)
    publishing.publish(at, store=there)
    _acts(at, 1)
    publishing.publish(at, store=here)
    asked, files = [], publishing._files
    monkeypatch.setattr(publishing, "_files", lambda *, old, new: asked.append((old, new)) or files(old=old, new=new))
    publishing.publish(at, store=there)
    assert asked == [(3, 4)]
    assert there.read("checkpoint") == here.read("checkpoint")
    assert _root_of_files(there, 4) == _root_of_files(here, 4)
