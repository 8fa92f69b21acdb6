"""The list of what was erased, which is kept beside the backups: who is believed, and which lines say nothing."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from janaseva.core import secret_keys
from janaseva.services.adapters import ErasureFiles, Remembered

pytestmark = pytest.mark.once


def test_the_list_beside_the_backups_believes_nobody_else(tmp_path):
    kept = ErasureFiles([tmp_path / "one", tmp_path / "two"])
    mine = Remembered(application_id=uuid4(), erased_at=datetime(2026, 3, 2, tzinfo=UTC))
    before = kept.stamp()
    kept.add(mine)
    kept.add(mine)
    assert kept.stamp() != before
    (tmp_path / "two" / "erasures").unlink()
    file = tmp_path / "one" / "erasures"
    line = file.read_text(encoding="ascii").splitlines()[0]
    forged = line.replace(str(mine.application_id), str(uuid4()))
    file.write_text(f"{line}\n{forged}\nnonsense\n{'x' * 400}\n", encoding="ascii")
    assert list(kept.all()) == [mine]
    assert kept.unknown() == 3, "whoever has the list checked hears of what is not believed"


def test_half_a_line_spoils_no_other(tmp_path):
    kept, file = ErasureFiles([tmp_path]), tmp_path / "erasures"
    early, late = (Remembered(application_id=uuid4(), erased_at=datetime(2026, 3, day, tzinfo=UTC)) for day in (2, 3))
    kept.add(early)
    file.write_bytes(file.read_bytes()[:-9])
    kept.add(late)
    kept.add(early)
    assert list(kept.all()) == [late, early]
    assert kept.unknown() == 1


def test_backups_of_before_and_after_a_change_of_the_secret_key_know_the_list(tmp_path, settings):
    keys, old_backup = tmp_path / "keys", tmp_path / "copy"
    for folder in (keys, old_backup):
        folder.mkdir()
        (folder / secret_keys.OWN).write_text("the first of all", encoding="ascii")
    settings.SECRET_KEY_FOLDER = keys
    kept = ErasureFiles([tmp_path / "shelf"])
    early, late = (Remembered(application_id=uuid4(), erased_at=datetime(2026, 3, day, tzinfo=UTC)) for day in (2, 3))
    kept.add(early)
    secret_keys.take_over()
    secret_keys.end_overlap()
    kept.add(late)
    assert list(kept.all()) == [early, late]
    settings.SECRET_KEY_FOLDER = old_backup
    assert list(kept.all()) == [early, late]
