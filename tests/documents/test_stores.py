"""What lies in a document store, and the places that keep it: a directory, S3, and the fake."""

import errno
import hashlib
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from janaseva.documents import rules
from janaseva.documents.adapters import storing as places

pytestmark = pytest.mark.once

ONE = rules.StoreKey(bytes(range(32)))


@given(content=st.binary(max_size=200), bit=st.integers(min_value=0), cut=st.integers(min_value=1))
@settings(max_examples=60)
def test_an_object_opens_as_it_was_closed_and_in_no_other_way(content, bit, cut):
    sha256 = hashlib.sha256(content).hexdigest()
    held = ONE.closed(sha256, content)
    assert ONE.opened(sha256, held) == content
    assert held == ONE.closed(sha256, content), "putting it again makes the same object"
    assert len(held) == len(content) + rules.OVERHEAD_BYTES
    place = bit % (8 * len(held))
    flipped = bytearray(held)
    flipped[place // 8] ^= 1 << place % 8
    other = hashlib.sha256(content + b"x").hexdigest()
    for wrong, name in ((bytes(flipped), sha256), (held[: -(cut % len(held)) or -1], sha256), (held, other)):
        with pytest.raises(rules.AlteredError):
            ONE.opened(name, wrong)
    with pytest.raises(rules.AlteredError):
        rules.StoreKey(bytes(32)).opened(sha256, held)
    assert rules.is_object_name(ONE.name(sha256))
    assert sha256 not in ONE.name(sha256)


@pytest.fixture
def s3(tmp_path):
    """The address of a bucket and the file with the key to it."""
    pytest.importorskip("moto", reason="moto is not installed: make install")
    pytest.importorskip("obstore", reason="obstore is not installed: make install")
    from tests.documents.stores import BUCKET, s3_server

    path = tmp_path / "credentials"
    with s3_server(path) as endpoint:
        yield f"s3://{BUCKET}/state/kept?endpoint={endpoint}", path


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "kept"
    place.mkdir()
    return place


def _keeps(objects):
    objects.put("ab/one", b"1" * 300_000)
    objects.put("ab/one", b"2" * 300_000)
    objects.put("marker", b"")
    assert objects.get("ab/one") == b"2" * 300_000
    assert (objects.size("ab/one"), objects.size("marker"), objects.size("ab/two")) == (300_000, 0, None)
    assert sorted(objects.names()) == ["ab/one", "marker"]
    objects.delete("ab/one")
    objects.delete("ab/one")
    with pytest.raises(places.ObjectMissingError):
        objects.get("ab/one")


def test_every_place_keeps_bytes_by_name(folder):
    _keeps(places.FakeObjects())
    _keeps(places.objects_at(folder.as_uri()))
    assert [path.name for path in folder.rglob("*") if path.is_file()] == ["marker"]


def test_s3_keeps_bytes_by_name_for_whoever_signs_with_its_key(s3, tmp_path):
    address, credentials = s3
    _keeps(places.objects_at(address, credentials=credentials))
    forged = tmp_path / "forged"
    forged.write_text(credentials.read_text().rstrip()[:-1] + "#\n")
    for wrong in (
        places.objects_at(address, credentials=forged),
        places.objects_at(address.replace("papers", "elsewhere"), credentials=credentials),
    ):
        with pytest.raises(rules.StoreAwayError):
            wrong.put("ab/one", b"1")
    with pytest.raises(rules.StoreAwayError):
        places.objects_at(address, credentials=tmp_path / "nothing")


@pytest.mark.parametrize(
    "address", ["/folder", "file://host/folder", "http://x", "s3://a:b@bucket", "s3://b?enpoint=x"]
)
def test_an_address_that_names_no_store_is_refused(address):
    with pytest.raises(rules.StoreAwayError, match="file:///FOLDER"):
        places.objects_at(address)


def test_a_file_is_whole_or_not_there(folder, monkeypatch):
    objects = places.objects_at(folder.as_uri())
    objects.put("ab/one", b"first")

    def full(_descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        for name in ("ab/one", "cd/two"):
            with pytest.raises(rules.StoreAwayError, match="No space left"):
                objects.put(name, b"second")
    assert objects.get("ab/one") == b"first"
    (folder / "ab" / ".new-killed").write_bytes(b"half")
    assert list(objects.names()) == ["ab/one"], "what a kill left half-written is no object"
    with pytest.raises(rules.StoreAwayError, match="not there"):
        places.objects_at((folder / "unmounted").as_uri()).put("ab/one", b"x")
