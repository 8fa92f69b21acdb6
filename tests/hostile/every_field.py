"""A service that asks with every kind of field there is, made of a real one; and the same kinds of every shipped form."""

# ruff: noqa: E501 - a hostile thing reads best on one line

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final
from uuid import UUID

from janaseva.core.actor import Actor
from janaseva.forms.rules import Form, Page, Question
from janaseva.services import queries
from janaseva.services.actions import publish
from janaseva.services.adapters import PackFolder
from janaseva.services.rules.compiling import compile_text
from janaseva.services.rules.definition import PublishedText
from janaseva.settings import OPTIONS
from tests.given import PACK, SERVICE, SYSTEM, Given
from tests.memory import remembered

KEY: Final = "kl-every-field"
PAGE: Final = "everything"
_PAGES: Final = """
    - key: everything
      title: Everything
      fields:
        - {key: a_text, kind: text, label: Text, needed: false}
        - {key: a_long_text, kind: long_text, label: Long text, needed: false}
        - {key: a_name, kind: name, label: Name, also_in: ml, needed: false}
        - {key: a_date, kind: date, label: Date, needed: false}
        - {key: a_datetime, kind: datetime, label: Moment, needed: false}
        - {key: an_integer, kind: integer, label: Number, needed: false, at_least: "0", at_most: "100"}
        - {key: a_money, kind: money, label: Money, needed: false}
        - {key: a_choice, kind: choice, label: Choice, needed: false, choices: {one: One, two: Two}}
        - {key: some_choices, kind: choices, label: Choices, needed: false, choices: {one: One, two: Two}}
        - {key: a_yes_no, kind: yes_no, label: Yes or no, needed: false}
        - {key: an_area, kind: area, label: Area, needed: false, scheme: lgd-subdistrict}
        - {key: a_phone, kind: phone, label: Phone, needed: false}
        - {key: an_email, kind: email, label: E-mail, needed: false}
        - {key: an_aadhaar, kind: aadhaar, label: Aadhaar, needed: false}
        - {key: a_cnic, kind: cnic, label: CNIC, needed: false}
        - {key: a_samagra, kind: samagra, label: Samagra, needed: false}
        - {key: a_survey_number, kind: survey_number, label: Survey number, needed: false}
        - {key: an_identifier, kind: identifier, label: PIN, needed: false, pattern: "[1-9][0-9]{5}", pattern_says: Six digits.}
        - {key: a_declaration, kind: declaration, label: It is true., needed: false}
        - {key: unasked, kind: text, label: Not asked, when: a_choice == 'two'}
        - {key: unasked_rows, kind: table, label: Not asked either, when: a_choice == 'two', columns: [{key: who, kind: name, label: Who}]}
        - {key: worked_out, kind: integer, label: Worked out, computed: "1 + 1"}
        - key: some_rows
          kind: table
          label: Rows
          needed: false
          rows_at_most: 5
          columns:
            - {key: who, kind: name, label: Who, needed: false}
            - {key: how_much, kind: money, label: How much, needed: false}
            - {key: since, kind: date, label: Since, needed: false}
            - {key: parcel, kind: survey_number, label: Survey number, needed: row.how_much > rupees(5), when: given.row.how_much}
            - {key: place, kind: name, also_in: ml, label: Place, needed: false}
            - {key: half, kind: money, label: Half of it, computed: row.how_much / 2}

    - key: declaration
"""
_FACTS: Final = """
      a_text: {label: Text, value: a_text}
      a_long_text: {label: Long text, value: a_long_text}
      a_name: {label: Another name, value: a_name, also: {ml: a_name_ml}}
      village: {label: Village, value: village}
"""


@cache
def every_field() -> PublishedText:
    """Return the text of a service like a real one, with a page of every kind, and a certificate that shows them."""
    files = dict(PackFolder(OPTIONS.packs_dir).read(PACK).published(SERVICE).files)
    text = files["service.yaml"].replace(f"key: {SERVICE}", f"key: {KEY}")
    text = text.replace("\n    - key: declaration\n", _PAGES, 1)
    text = text.replace("\n      village: {label: Village, value: village}\n", _FACTS, 1)
    return PublishedText(files={**files, "service.yaml": text})


@cache
def form() -> Form:
    """Return its form."""
    return compile_text(every_field()).form


@remembered
def draft_of_it(given: Given, by: Actor) -> UUID:
    """Publish it beside what is published, and fill in a draft of it as for the real one; its own page is empty."""
    given.act(publish, SYSTEM, pack=PACK, definition_text=every_field())
    definition = queries.in_force(KEY, queries.today(given.at)).definition
    return given.fill_in(by, definition, given.example(), language="en")


def shipped_forms() -> Iterator[Form]:
    """Yield the form of every shipped service."""
    folder = PackFolder(OPTIONS.packs_dir)
    packs = folder.keys()
    for pack in packs:
        text = folder.read(pack)
        for service in sorted(text.services):
            yield compile_text(text.published(service)).form


def _signature(question: Question) -> tuple[Any, ...]:
    return (
        question.kind, question.longest, question.pattern, question.scheme, bool(question.also_in),
        question.at_least is not None, question.at_most is not None, question.computed is not None,
        question.rows_at_most, tuple(_signature(column) for column in question.columns),
    )  # fmt: skip


def _alone(question: Question, key: str) -> Question:
    """Return a field that leans on no other field of its form."""
    plain = question.model_dump(exclude_unset=True)
    for part in (plain, *plain.get("columns", ())):
        for name in ("when", "within", "at_least", "at_most", "computed"):
            part.pop(name, None)
        part["needed"] = False
    return Question.model_validate({**plain, "key": key})


@cache
def kinds_of_shipped_forms() -> tuple[Page, ...]:
    """Return pages that hold one field of each sort found in any shipped form; those alike are asked once."""
    found: dict[tuple[Any, ...], Question] = {}
    for shipped in shipped_forms():
        for question in shipped.questions():
            kept = _alone(question, f"q{len(found)}")
            found.setdefault(_signature(question), kept)
    questions = list(found.values())
    return tuple(
        Page(key=f"p{start}", title={"en": "P"}, fields=tuple(questions[start : start + 12]))
        for start in range(0, len(questions), 12)
    )


def spread(page: Page, value: str) -> Mapping[str, list[str]]:
    """Return a post of this page with ``value`` in each of its boxes."""
    posted: dict[str, list[str]] = {}
    for question in page.fields:
        columns = question.columns or (question,)
        for column in columns:
            name = f"{question.key}.0.{column.key}" if question.columns else question.key
            for key in (name, f"{name}_{column.also_in}") if column.also_in else (name,):
                if column.kind in ("date", "datetime"):
                    posted.update({f"{key}.{part}": [value] for part in ("day", "month", "year", "date", "time")})
                else:
                    posted[key] = [value]
    return posted
