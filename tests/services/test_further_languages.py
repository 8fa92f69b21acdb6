"""A language of the state beside the five of the interface is taken and set; one in another script is refused."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from janaseva.core.source import read
from janaseva.documents.rules.issuing import Composed, compose
from janaseva.services.rules.wording import merge

pytestmark = pytest.mark.once

SERVICE = "what: {name: Domicile certificate}\n"


def test_words_in_marathi_are_taken_and_words_in_another_script_refused_with_what_to_do():
    service = read(SERVICE, "service.yaml")
    words = {code: read("what: {name: अधिवास प्रमाणपत्र}\n", f"words.{code}.yaml") for code in ("mr", "ta")}
    tree, faults, _ = merge(service, words, {})
    assert tree["what"]["name"] == {"en": "Domicile certificate", "mr": "अधिवास प्रमाणपत्र"}
    assert [(fault.file, fault.line) for fault in faults] == [("words.ta.yaml", 1)]
    assert "mr" in (faults[0].mend or "")


def test_the_frame_of_a_letter_borrows_the_words_of_the_language_beside():
    letter = Composed(
        document_id=UUID(int=1),
        kind="domicile",
        number="MH-1",
        code="AAAA",
        title={"en": "Domicile", "mr": "अधिवास"},
        facts={},
        languages=["en", "mr"],
        issued_at=datetime(2026, 1, 1, tzinfo=UTC),
        valid_from=date(2026, 1, 1),
        valid_until=None,
    )
    data = compose(letter, qr="", qr_svg="", verify_url="")
    in_hindi = compose(replace(letter, languages=["en", "hi"]), qr="", qr_svg="", verify_url="")
    assert data["beside"] == {"mr": "hi"}
    assert data["words"]["mr"] == in_hindi["words"]["hi"] != data["words"]["en"]
