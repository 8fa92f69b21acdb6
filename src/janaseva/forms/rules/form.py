"""A form as its definer writes it: pages of fields, groups of documents, checks.

An answer is plain JSON: text, integer, yes or no, a list of choices, or (for a table) a list of rows. Dates are ISO
text, money is integer paise, a number with a point is text (``12.50``), an area is ``scheme:code``. A field with
``also_in`` answers under two keys: its own and its own followed by ``_`` and the language.
"""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from janaseva.core.decimals import MOST_PLACES, Way
from janaseva.core.formula import Kind as FormulaKind
from janaseva.core.formula import Scope
from janaseva.core.text import TONGUES


def _words(value: Any) -> Any:
    return {"en": value.strip()} if isinstance(value, str) else value


def _formula(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else value


Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,47}$")]
"""A name within a definition: small Latin letters, digits and underscores, beginning with a letter."""

Words = Annotated[dict[str, Annotated[str, StringConstraints(min_length=1, max_length=4000)]], BeforeValidator(_words)]
"""Words by language. Written as one English string; the words files add the other languages."""

Formula = Annotated[str, BeforeValidator(_formula), StringConstraints(min_length=1, max_length=2000)]
"""An expression of the one rule language (:mod:`janaseva.core.formula`)."""

Confidence = Literal["official", "reported", "conflicting", "assumed"]
"""How sure a fact is: a law or government page, the press or a guide, sources that disagree, or assumed until somebody
who knows has said so (then it is a to-do)."""

Kind = Literal[
    "text", "long_text", "name", "date", "datetime", "integer", "decimal", "money", "choice", "choices", "yes_no",
    "area", "phone", "email", "aadhaar", "cnic", "samagra", "survey_number", "identifier", "declaration", "table",
]  # fmt: skip
"""What a field takes; each is told in docs/definers."""


class Part(BaseModel):
    """Base of every part of a definition: unchangeable, and refusing what it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Sourced(Part):
    """A part that names where it comes from: the law behind it, keys of ``sources.yaml``, and how sure it is."""

    law: str | None = None
    source: tuple[str, ...] = ()
    confidence: Confidence | None = None
    note: str | None = None


class Unknown(Sourced):
    """A fact that nobody has found yet: ``unknown`` says what must be found. It is shown as a to-do."""

    unknown: Annotated[str, StringConstraints(min_length=3)]


class From(Part):
    """Where an answer is known already: a fact of a certificate issued here, or of an entry in a register.

    ``certificate`` is the key of the service that issued it; ``key`` is the field that holds an entry's number (without
    it, the person's latest entry counts). A ``fixed`` answer must stay as it is known; any other may be corrected.
    """

    certificate: str | None = None
    register_: str | None = Field(default=None, alias="register")
    key: Key | None = None
    fact: Key
    fixed: bool = False

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if (self.certificate is None) == (self.register_ is None):
            message = "'from' names either a certificate or a register"
            raise ValueError(message)
        if self.key is not None and self.register_ is None:
            message = "'key' goes with 'register'"
            raise ValueError(message)
        return self


NOT_KNOWN: Final = frozenset({"table", "declaration", "aadhaar"})
"""Kinds that nothing held here fills in: declared by the person, or kept masked."""


_ONLY: Final[dict[str, frozenset[str]]] = {
    "choices": frozenset({"choice", "choices"}),
    "columns": frozenset({"table"}),
    "rows_at_least": frozenset({"table"}),
    "rows_at_most": frozenset({"table"}),
    "pattern": frozenset({"identifier", "text"}),
    "pattern_says": frozenset({"identifier", "text"}),
    "scheme": frozenset({"area"}),
    "within": frozenset({"area"}),
    "also_in": frozenset({"name", "text", "long_text"}),
    "at_least": frozenset({"integer", "decimal", "money", "date", "datetime"}),
    "at_most": frozenset({"integer", "decimal", "money", "date", "datetime"}),
    "places": frozenset({"decimal"}),
    "rounding": frozenset({"decimal"}),
    "longest": frozenset({"text", "long_text", "name", "identifier"}),
}

LONGEST: Final[dict[str, int]] = {
    "text": 200, "long_text": 4000, "name": 120, "identifier": 60, "email": 254, "phone": 40,
}  # fmt: skip
"""How many characters each kind of text takes where a field does not say."""


class Field_(Sourced):  # noqa: N801 - ``Field`` is pydantic's; exported as Question
    """One thing that is asked. ``when`` decides whether it is asked at all, ``needed`` whether it may stay empty.

    A ``computed`` field is not asked: its formula gives its value. A ``decimal`` is kept with so many ``places`` after
    the point; a computed one that may have more is rounded as ``rounding`` says.
    """

    key: Key
    kind: Kind
    label: Words
    hint: Words | None = None
    why: Words | None = None
    when: Formula | None = None
    needed: bool | Formula = True
    computed: Formula | None = None
    from_: From | None = Field(default=None, alias="from")
    choices: dict[Key, Words] = Field(default_factory=dict)
    also_in: str | None = None
    longest: Annotated[int, Field(ge=1, le=20_000)] | None = None
    at_least: Formula | None = None
    at_most: Formula | None = None
    places: Annotated[int, Field(ge=1, le=MOST_PLACES)] | None = None
    rounding: Way | None = None
    pattern: str | None = None
    pattern_says: Words | None = None
    scheme: str | None = None
    within: str | None = None
    columns: tuple["Field_", ...] = ()
    rows_at_least: Annotated[int, Field(ge=0, le=100)] = 0
    rows_at_most: Annotated[int, Field(ge=1, le=100)] = 20

    @model_validator(mode="after")
    def _fits(self) -> Self:
        for name in self.model_fields_set & set(_ONLY):
            if self.kind not in _ONLY[name]:
                message = f"'{name}' belongs to {', '.join(sorted(_ONLY[name]))}, not to {self.kind}"
                raise ValueError(message)
        for kind, name in (("choice", "choices"), ("choices", "choices"), ("table", "columns"), ("area", "scheme"),
                           ("decimal", "places"),                           ("identifier", "pattern")):  # fmt: skip
            if self.kind == kind and not getattr(self, name):
                message = f"a field of kind {kind} needs '{name}'"
                raise ValueError(message)
        if self.from_ is not None and (self.kind in NOT_KNOWN or self.computed is not None):
            message = f"'from' does not go with {'computed' if self.computed else self.kind}"
            raise ValueError(message)
        if self.rounding is not None and self.computed is None:
            message = "'rounding' goes with computed: an answer that is typed is never rounded"
            raise ValueError(message)
        if self.also_in is not None and self.also_in not in TONGUES:
            message = f"also_in: {self.also_in} is not one of {', '.join(TONGUES)}"
            raise ValueError(message)
        if any(column.kind in ("table", "declaration") or column.from_ is not None for column in self.columns):
            message = "a table's columns are simple fields: no table, no declaration, no from"
            raise ValueError(message)
        return self

    @property
    def keys(self) -> tuple[str, ...]:
        """Return the keys under which this field is answered: one, or two where it is asked in two scripts."""
        return (self.key, f"{self.key}_{self.also_in}") if self.also_in else (self.key,)

    @cached_property
    def ruled(self) -> bool:
        """Return whether rules decide what is asked, needed or computed in each row of this table."""
        return any(
            column.when or column.computed or isinstance(column.needed, str) or column.at_least or column.at_most
            for column in self.columns
        )

    @property
    def formula_kind(self) -> FormulaKind:
        """Return what the answer is to a formula."""
        match self.kind:
            case "date" | "datetime" | "decimal" as kind:
                return kind
            case "integer" | "money":
                return "integer"
            case "yes_no" | "declaration":
                return "yes_no"
            case "choices":
                return "texts"
            case _:
                return "text"


Question = Field_


class Page(Sourced):
    """One page of the form: a title and the few fields that belong together. ``when`` decides whether it is shown."""

    key: Key
    title: Words
    hint: Words | None = None
    when: Formula | None = None
    fields: tuple[Question, ...]


ISSUED: Final = "issued"
"""The alternative of a group that is no paper: a certificate issued here, given by reference."""


class DocumentGroup(Sourced):
    """Papers of which any one proves the same thing, or (``photograph``) the photograph of a person.

    ``needed``: ``always``; ``when`` its formula holds; ``later`` (asked for by the office); ``optional``. A valid
    certificate of the applicant that one of the services ``issued`` stands for a paper; nothing is uploaded then.
    """

    key: Key
    title: Words
    hint: Words | None = None
    any_of: dict[Key, Words] = Field(min_length=1)
    issued: tuple[str, ...] = ()
    photograph: bool = False
    needed: Literal["always", "when", "later", "optional"] = "always"
    when: Formula | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if (self.needed == "when") != (self.when is not None):
            message = "'when' goes with 'needed: when', and the other way round"
            raise ValueError(message)
        if ISSUED in self.any_of:
            message = f"'{ISSUED}' is the word for certificates issued here: give the paper another key"
            raise ValueError(message)
        if self.photograph and (len(self.any_of) > 1 or self.issued):
            message = "a photograph is one thing: one line in 'any_of', and no certificate stands for it"
            raise ValueError(message)
        return self


class Check(Sourced):
    """A rule over the answers that must hold, with the words said where it does not, beside the named places."""

    key: Key
    rule: Formula
    message: Words
    places: tuple[str, ...] = ()


class Form(Part):
    """Everything that one service asks. ``region`` is the country in which a phone number without a code is read.

    ``checks`` stop what does not hold them; what fails a rule of ``told`` is only said, and may be sent all the same.
    """

    key: str
    version: int
    pages: tuple[Page, ...]
    documents: tuple[DocumentGroup, ...] = ()
    checks: tuple[Check, ...] = ()
    told: tuple[Check, ...] = ()
    region: Literal["IN", "PK"] = "IN"

    def placed(self) -> Iterator[tuple[Page, Question]]:
        """Yield every field with its page, in order."""
        for page in self.pages:
            for question in page.fields:
                yield page, question

    def questions(self) -> Iterator[Question]:
        """Yield every field of every page, in order."""
        for page in self.pages:
            yield from page.fields

    @cached_property
    def by_key(self) -> Mapping[str, Question]:
        """Return every field by its key (a field in two scripts under both of its keys)."""
        return {key: question for question in self.questions() for key in question.keys}

    @cached_property
    def scope(self) -> Scope:
        """Return what this form's formulas may name: every field, the columns of its tables, and ``today``."""
        return scope_of(self.questions())

    @cached_property
    def row_scopes(self) -> Mapping[str, Scope]:
        """Return, for each table, what the rules of its columns may name: the same, and ``row.column``."""
        return {table: self.scope.of_row(table) for table in self.scope.tables}


def scope_of(questions: Iterator[Question] | tuple[Question, ...]) -> Scope:
    """Return the scope of formulas over these fields."""
    simple: dict[str, FormulaKind] = {}
    tables: dict[str, dict[str, FormulaKind]] = {}
    for question in questions:
        if question.kind == "table":
            tables[question.key] = {key: column.formula_kind for column in question.columns for key in column.keys}
        else:
            simple.update(dict.fromkeys(question.keys, question.formula_kind))
    return Scope.of(simple, tables)
