"""Files are looked through before anything opens them: by a scanner played, and by clamd where it is installed."""

import contextlib
import os
import shutil
import socket
import subprocess
import threading
import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from janaseva.core.refusal import Refusal
from janaseva.documents import queries, rules
from janaseva.documents.adapters.scanning import Clamd, FakeScanner
from janaseva.documents.handlers import scanning
from janaseva.settings import OPTIONS
from tests.documents.acts import photo

CLAMD = shutil.which("clamd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


@given(st.binary(max_size=60) | st.sampled_from([b"INSTREAM size limit exceeded. ERROR\0", b"stream: FOUND", b"OK\0"]))
def test_whatever_else_is_said_is_not_taken_for_clean(said):
    clean = said.rstrip(b"\0\n") == b"stream: OK"
    try:
        assert (rules.scan_verdict(said) == "") == clean
    except rules.ScannerAwayError:
        assert not clean


def test_its_words_are_understood():
    assert rules.scan_verdict(b"stream: OK\0") == ""
    assert rules.scan_verdict(b"stream: Win.Test.EICAR_HDB-1 FOUND\0") == "Win.Test.EICAR_HDB-1"
    made_at = datetime(2026, 11, 22, 9, 21, 37, tzinfo=UTC)
    assert rules.signatures_made_at("ClamAV 1.4.6/27821/Sun Nov 22 09:21:37 2026") == made_at
    assert rules.signatures_made_at("ClamAV 1.4.6/27821/long ago") is None
    assert rules.signatures_made_at("ClamAV 1.4.6") is None
    assert rules.signatures_made_at("") is None


def _whole(line):
    """Return the file that was sent in pieces, and whether it was ended as it must be."""
    content = b""
    while size := int.from_bytes(line.read(4), "big"):
        content += line.read(size)
    return content


@contextlib.contextmanager
def played(answer, tmp_path, way="unix"):
    """Play clamd for one talk."""
    server = socket.socket(socket.AF_UNIX if way == "unix" else socket.AF_INET)
    server.bind(str(tmp_path / "clamd") if way == "unix" else ("127.0.0.1", 0))
    server.listen()
    heard = []

    def talk():
        line, _ = server.accept()
        with line, line.makefile("rb") as words:
            answer(line, words, heard)

    thread = threading.Thread(target=talk)
    thread.start()
    try:
        address = f"unix:{tmp_path / 'clamd'}" if way == "unix" else f"tcp:127.0.0.1:{server.getsockname()[1]}"
        yield Clamd(address, seconds=0.5), heard
    finally:
        thread.join(5)
        server.close()


def _says(words):
    def answer(line, sent, heard):
        heard += [sent.read(10), _whole(sent)]
        for letter in words:
            line.sendall(bytes([letter]))

    return answer


@pytest.mark.parametrize("way", ["unix", "tcp"])
@pytest.mark.parametrize("size", [1, 256 * 1024, 256 * 1024 + 1, 700_000])
def test_every_byte_is_sent_and_the_answer_is_heard(tmp_path, way, size):
    content = os.urandom(size)
    with played(_says(b"stream: A.Name FOUND\0"), tmp_path, way) as (scanner, heard):
        assert scanner.found(content) == "A.Name"
    assert heard == [b"zINSTREAM\0", content]


def test_what_it_says_before_it_hangs_up_counts(tmp_path):
    def enough(line, sent, heard):
        heard.append(sent.read(10))
        line.sendall(b"INSTREAM size limit exceeded. ERROR\0")

    with played(enough, tmp_path) as (scanner, _), pytest.raises(rules.ScannerAwayError):
        scanner.found(bytes(9 * 1024 * 1024))


def _silent(line, sent, heard):
    time.sleep(1)


def _hangs_up(line, sent, heard):
    heard.append(sent.read(10))


@pytest.mark.parametrize("answer", [_silent, _hangs_up, _says(b"stream: OK but not quite\0"), _says(b"")])
def test_no_answer_is_no_leave(tmp_path, answer):
    with played(answer, tmp_path) as (scanner, _), pytest.raises(rules.ScannerAwayError):
        scanner.found(b"a file")


@pytest.mark.parametrize("address", ["unix:/nobody/there", "tcp:127.0.0.1:1", "tcp:[::1]:1"])
def test_nobody_there_is_said_at_once(address):
    begun = time.monotonic()
    for ask in (lambda: Clamd(address).found(b"a file"), Clamd(address).version):
        with pytest.raises(rules.ScannerAwayError):
            ask()
    assert time.monotonic() - begun < 3


@pytest.fixture
def fake(monkeypatch):
    scanner = FakeScanner()
    monkeypatch.setattr(OPTIONS, "scanner", "unix:/nobody/there")
    monkeypatch.setattr(scanning, "scanner", lambda: scanner)
    return scanner


def _refused(content):
    with pytest.raises(Refusal) as caught:
        queries.receive(filename="a.jpg", content=content)
    return caught.value.code, caught.value.status


@pytest.mark.django_db
def test_a_file_comes_in_only_where_nothing_was_found(fake, caplog):
    content = photo()
    assert queries.receive(filename="a.jpg", content=content) == rules.receive(filename="a.jpg", content=content)
    assert _refused(content + fake.MARK) == ("file_harmful", 422)
    assert "Janaseva.Test" in caplog.text
    fake.answers = False
    assert _refused(content) == ("file_not_scanned", 503)


@pytest.mark.django_db
def test_what_is_refused_by_its_size_or_first_bytes_is_not_sent_there(fake):
    for content in (b"", b"MZ no paper", b"\xff\xd8\xff" + bytes(rules.MAX_BYTES)):
        assert _refused(content)[0].startswith("file_")
    assert fake.looked == 0


@pytest.mark.django_db
def test_where_none_is_set_none_is_asked(fake, monkeypatch):
    monkeypatch.setattr(OPTIONS, "scanner", "")
    fake.answers = False
    assert queries.receive(filename="a.jpg", content=photo()).pages == 1
    assert queries.scanner_answers() is None


@pytest.mark.django_db
def test_how_it_is_can_be_asked(fake):
    assert queries.scanner_answers() == (True, datetime(2026, 11, 15, 9, 21, 37, tzinfo=UTC))
    fake.answers = False
    assert queries.scanner_answers() == (False, None)


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    """Run clamd with one signature of our own: a mark that does no harm."""
    if not CLAMD:
        pytest.skip("no clamd found: install clamav-daemon")
    folder = tmp_path_factory.mktemp("clamd")
    (folder / "signatures").mkdir()
    (folder / "signatures" / "own.ndb").write_text(f"Janaseva.Test:0:*:{FakeScanner.MARK.hex()}\n")
    lines = [f"DatabaseDirectory {folder}/signatures", f"LocalSocket {folder}/socket", "Foreground yes"]
    (folder / "conf").write_text("\n".join([*lines, "StreamMaxLength 12M"]) + "\n")
    with subprocess.Popen(
        [CLAMD, "-c", folder / "conf"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        scanner, end = Clamd(f"unix:{folder}/socket"), time.monotonic() + 60
        try:
            while True:
                with contextlib.suppress(rules.ScannerAwayError):
                    scanner.version()
                    break
                assert process.poll() is None
                assert time.monotonic() < end, "clamd does not come up"
                time.sleep(0.1)
            yield scanner
        finally:
            process.terminate()


@pytest.mark.once
def test_clamd_itself_finds_what_it_knows_and_lets_the_rest_through(real):
    assert real.found(photo()) == ""
    assert real.found(photo() + FakeScanner.MARK) == "Janaseva.Test.UNOFFICIAL"
    assert real.found(b"x" * 9_999_999) == ""
    with pytest.raises(rules.ScannerAwayError):
        real.found(bytes(13 * 1024 * 1024))
    assert real.version().startswith("ClamAV ")
