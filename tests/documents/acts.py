"""Actions of a make-believe room above, so that documents can be tried by itself."""

import io
import itertools
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from PIL import Image

from janaseva.core.action import action, allow
from janaseva.core.actor import Actor
from janaseva.core.ids import uuid7
from janaseva.documents import rules, steps

AT = datetime(2026, 11, 23, 5, 30, tzinfo=UTC)
SYSTEM = Actor.system("tests")
HOLDER = UUID("01890000-0000-7000-8000-000000000001")
OFFICE = UUID("01890000-0000-7000-8000-0000000000aa")
_keys = itertools.count()

TITLES = {
    "en": "Income certificate",
    "ml": "വരുമാന സർട്ടിഫിക്കറ്റ്",
    "hi": "आय प्रमाण पत्र",
    "ur": "آمدنی سرٹیفکیٹ",
    "sd": "آمدني سرٽيفڪيٽ",
}
NAMES = {
    "en": "Ammini K. R.",
    "ml": "അമ്മിണി കെ. ആർ.",
    "hi": "अम्मिणी के. आर.",
    "ur": "غلام محمد ڈار",
    "sd": "غلام مصطفيٰ ڪلهوڙو ۽ ٻارن ۾",
}


def key() -> str:
    return f"k{next(_keys)}"


def acting(function: Callable[..., Any]) -> Callable[..., Any]:
    """Make an action of documents of a test's function."""
    function.__module__ = "janaseva.documents.actions"
    return action(function)


@acting
def upload(*, by, at, key: str, story: UUID, filename: str, content: bytes) -> UUID:
    allow(rules.may_attach(by))
    received = rules.receive(filename=filename, content=content)
    return steps.attach(by=by, at=at, story=story, received=received, kind="identity", office_id=OFFICE)


@acting
def issue(*, by, at, key: str, story: UUID, facts: dict, number: str, letter: str, languages: list, until: date | None
          ) -> rules.Issued:  # fmt: skip
    allow(rules.may_issue(by))
    return steps.issue(
        by=by,
        at=at,
        story=story,
        office_id=OFFICE,
        kind="income-certificate",
        number=number,
        title={language: TITLES[language] for language in {"en", *languages}},
        facts=facts,
        letter=letter,
        languages=languages,
        valid_from=date(2026, 11, 23),
        valid_until=until,
        holder_person_id=HOLDER,
    )


@acting
def revoke(*, by, at, key: str, document_id: UUID, reason: str) -> None:
    allow(True)
    steps.revoke(by=by, at=at, document_id=document_id, reason=reason)


def facts(*languages: str) -> dict[str, Any]:
    chosen = languages or ("en",)
    return {
        "issuer": {"state": {"en": "Kerala"}, "office": {"en": "Village Office, Kunnathunad"}, "officer": "R. Menon"},
        "holder": {"name": "Ammini K. R."},
        "statement": {language: f"{NAMES[language]} ₹ 1,20,000 (2026-11-23)" for language in chosen},
        "demonstration": True,
        "rows": [
            {"key": "name", "label": {"en": "Name"}, "value": {language: NAMES[language] for language in chosen}},
            {"key": "born", "label": {"en": "Date of birth"}, "value": {"date": "1984-05-17"}},
            {"key": "income", "label": {"en": "Yearly income"}, "value": {"paise": 12_000_000}, "in_code": True},
        ],
    }


def issued(
    number: str = "KL-INC-2026-1",
    *,
    languages: tuple[str, ...] = ("en",),
    letter: str = "certificate",
    until: date | None = date(2027, 11, 22),
    story: UUID | None = None,
) -> rules.Issued:
    return issue(
        by=SYSTEM,
        at=AT,
        key=key(),
        story=story or uuid7(),
        facts=facts(*languages),
        number=number,
        letter=letter,
        languages=list(languages),
        until=until,
    )


def photo(width: int = 640, height: int = 480, form: str = "JPEG", **options: Any) -> bytes:
    picture = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    out = io.BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()
