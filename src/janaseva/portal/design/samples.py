"""What the living page shows its components with: invented people and numbers, none of them real."""

from datetime import UTC, date, datetime
from typing import Any, Final

from janaseva.core.refusal import Fault
from janaseva.core.text import LANGUAGES, Text
from janaseva.core.words import find

TODAY: Final = date(2026, 3, 5)
NOW: Final = datetime(2026, 3, 5, 10, 35, tzinfo=UTC)
NUMBER: Final = "KL/INC/2026/0004217"


def words(key: str) -> Text:
    """Return a word of the living page in every language that has it."""
    return {code: found for code in LANGUAGES if (found := find(f"gallery.{key}", code)) is not None}


FAULTS: Final = (
    Fault(place="name", code="needed", words=words("fault_name")),
    Fault(place="born", code="too_late", words=words("fault_date")),
    Fault(place="purpose", code="not_a_choice", words=words("fault_purpose")),
)

PERSON: Final[Text] = {
    "en": "Ayesha Beevi",
    "ml": "ആയിഷ ബീവി",
    "hi": "आयशा बीवी",
    "ur": "عائشہ بیوی",
    "sd": "عائشه بيوي",
}
OFFICER: Final[Text] = {"en": "Anil Kumar", "ml": "അനിൽ കുമാർ", "hi": "अनिल कुमार", "ur": "انیل کمار", "sd": "انيل ڪمار"}
ONLY_ENGLISH: Final[Text] = {"en": "G.O.(P) No. 1/2020/RD"}

DISTRICTS: Final[tuple[tuple[str, Text], ...]] = (
    ("lgd-district:558", {"en": "Ernakulam", "ml": "എറണാകുളം", "hi": "एर्नाकुलम"}),
    ("lgd-district:554", {"en": "Alappuzha", "ml": "ആലപ്പുഴ", "hi": "आलप्पुषा"}),
    ("lgd-district:564", {"en": "Thrissur", "ml": "തൃശ്ശൂർ", "hi": "त्रिशूर"}),
)
POWERS: Final = (
    {"name": "up_to", "low": "", "high": "7.5"},
    {"name": "above_to", "low": "7.5", "high": "50"},
    {"name": "above", "low": "50", "high": ""},
)
SIZES: Final = (
    {"name": "up_to", "low": "", "high": "20"},
    {"name": "to", "low": "21", "high": "1,000"},
    {"name": "from", "low": "1,001", "high": ""},
)
MONTHS: Final = (
    ("04", 812),
    ("05", 934),
    ("06", 1490),
    ("07", 1322),
    ("08", 905),
    ("09", 760),
    ("10", 841),
    ("11", 798),
    ("12", 652),
    ("01", 880),
    ("02", 1012),
    ("03", 431),
)
DAYS: Final = (("04", 9), ("05", 9), ("06", 14), ("07", 12), ("08", 8), ("09", 7), ("10", 6), ("11", 6), ("12", 5))

DESK: Final[tuple[dict[str, Any], ...]] = (
    {
        "number": "KL/INC/2026/0004102", "title": words("income"), "applicant": PERSON, "href": "#case",
        "day": date(2026, 3, 2), "state": "late", "days_left": -3, "tag": words("overdue"), "tag_kind": "late",
        "received": date(2026, 2, 20),
    },
    {
        "number": "KL/CST/2026/0000871", "title": words("caste"), "applicant": PERSON, "href": "#case",
        "day": date(2026, 3, 6), "state": "running", "days_left": 1, "tag": words("to_do"), "tag_kind": "going",
        "received": date(2026, 2, 26),
    },
    {
        "number": NUMBER, "title": words("income"), "applicant": PERSON, "href": "#case",
        "day": date(2026, 3, 12), "state": "paused", "days_left": 7, "tag": words("waiting"), "tag_kind": "wait",
        "received": date(2026, 3, 3),
    },
    {
        "number": "KL/NAT/2026/0000115", "title": words("nativity"), "applicant": PERSON, "href": "#case",
        "day": None, "state": "", "days_left": None, "tag": words("to_do"), "tag_kind": "plain",
        "received": date(2026, 3, 5),
    },
)  # fmt: skip


def story() -> list[dict[str, Any]]:
    """Return the moments of an application under way."""
    return [
        {"title": words("received"), "at": datetime(2026, 3, 3, 5, 2, tzinfo=UTC), "kind": "done", "by": PERSON},
        {"title": words("paid"), "at": datetime(2026, 3, 3, 5, 9, tzinfo=UTC), "kind": "done"},
        {"title": words("enquiry"), "at": NOW, "kind": "now", "by": words("village_officer"), "words": words("inset")},
        {"title": words("decision"), "kind": "next", "by": words("tahsildar")},
    ]
