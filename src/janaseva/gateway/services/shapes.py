"""The shapes of services in the API, apart from the rooms' own so that these can change and those stay."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from janaseva.gateway.services.fees import Basis, Demanded, FeeLine, LaterFee, Owed, Paise, Words


class Given(BaseModel):
    """What clients send: nothing beyond what is described is taken."""

    model_config = ConfigDict(extra="forbid")


class ServiceLine(BaseModel):
    """A service in the catalogue."""

    key: str = Field(examples=["kl-income-certificate"])
    name: Words
    summary: Words
    pack: str = Field(description="Whose service it is.", examples=["kl-edistrict"])
    state: Words
    department: Words
    days: int | None = Field(description="By when it is decided; null where it depends or nobody has found it.")
    days_counted: str = Field(description="Which days count: `working`, `calendar` or as the service says.")
    fee_paise: Paise | None = Field(description="What one pays online; null where it depends or nobody has found it.")


class Services(BaseModel):
    """A page of the catalogue."""

    items: list[ServiceLine]
    next: str | None = Field(description="The cursor of the next page, for `after`; null on the last one.")


class PaperGroup(BaseModel):
    """Papers of which any one is enough."""

    key: str
    title: Words
    any_of: dict[str, Words] = Field(description="The papers by key, as `choice` of an upload names them.")
    issued: list[str] = Field(description="Services whose valid certificate stands for the paper.")
    photograph: bool = Field(description="A photograph of the person: an upright picture, no PDF.")
    needed: str = Field(description="`always`, `when` (it depends on the answers) or `optional`.")


class Desk(BaseModel):
    """A post in a kind of office."""

    role: str = Field(examples=["district_collector"])
    office: str = Field(examples=["collectorate"])


class Way(BaseModel):
    """One variant of a service: who decides, by when, for how much."""

    key: str
    title: Words
    role: str = Field(description="The post that decides.", examples=["tahsildar"])
    office: str = Field(description="The kind of its office.")
    together: list[Desk] = Field(description="Who decides jointly, where several must agree; else empty.")
    days: int | None = Field(description="The time limit; null where nobody has found it.")
    days_counted: str
    limit_basis: Basis
    officer_basis: Basis
    fee: list[FeeLine] | None = Field(description="null where nobody has found it.")
    later_fees: list[LaterFee] = Field(description="What falls due on the way, after the application was received.")
    valid_for: str = Field(
        description="ISO 8601 duration such as `P1Y`, `lifetime`, `until`, or empty where not known."
    )
    valid_until: Words = Field(
        description="For `until`: until which day, in words; it follows from the case. Else empty."
    )
    valid_ends: str = Field(description="The day on which each such year ends, such as `12-31`; else empty.")


class Seat(BaseModel):
    """Before whom an appeal against a decision is laid."""

    against: str = Field(description="The post that decided.", examples=["village_officer"])
    role: str = Field(description="The post that hears the appeal.", examples=["tahsildar"])
    office: str = Field(description="The kind of its office.")
    basis: Basis


class Appeal(BaseModel):
    """One level of appeal."""

    authority: Words | None = Field(description="In the service's own words; null where the act's `seats` say it.")
    seats: list[Seat] = Field(description="The posts that the state's act names.")
    file_days: int | None
    decide_days: int | None
    by_itself: bool = Field(description="Whether it begins by itself once the limit has passed.")
    basis: Basis


class Unfound(BaseModel):
    """A fact of the service that is still to be found or confirmed."""

    place: str
    what: str
    kind: Literal["unknown", "assumed", "conflicting"]


class AgainLine(BaseModel):
    """A renewal, an amendment, a correction or a second copy of what was issued; days are counted from the last day."""

    purpose: Literal["renewal", "amendment", "correction", "duplicate"]
    title: Words
    unknown: str = Field(description="What nobody has found of it; then it cannot be asked for here.")
    ways: list[Way]
    papers: list[PaperGroup] | None = Field(description="null where nobody has found it.")
    from_days: int | None = Field(description="From so many days before it; null where not known, or no renewal.")
    by_days: int | None = Field(description="At least so many days before it.")
    late_days: int | None = Field(description="At most so many days after it; 0: what has expired is not renewed.")


class LapseLine(BaseModel):
    """A time after which an application ends by itself as lapsed, which is no refusal."""

    key: str
    title: Words
    means: Words = Field(description="What follows, in the words of the law; may be empty.")
    counts_from: Literal["receipt", "question", "step"]
    since: Words = Field(description="The step with which the time begins.")
    days: int | None
    months: int | None
    basis: Basis


class Charter(BaseModel):
    """What the public is promised of a service."""

    key: str
    version: int
    name: Words
    summary: Words
    state: Words
    department: Words
    laws: list[tuple[Words, str]] = Field(description="Each law's title, and its section.")
    areas: list[str] = Field(description="Where it is given, as `scheme:code`.")
    conditions: list[Words] = Field(description="Who may apply.")
    papers: list[PaperGroup] | None = Field(description="null where nobody has found it.")
    ways: list[Way]
    appeals: list[Appeal | None] = Field(description="The first and the second level; null where there is none.")
    reasons: list[Words] = Field(description="The only reasons for which it may be refused.")
    lapses: list[LapseLine] = Field(description="When an application ends by itself.")
    kind: Literal["certificate", "licence", "entry"] = Field(description="What it is in law.")
    terms: list[Words] = Field(description="The conditions under which a licence is held.")
    again: list[AgainLine] = Field(description="What may be asked for once it was granted.")
    offices: dict[str, int] = Field(description="How many offices of each kind give it.")
    role_names: dict[str, Words] = Field(description="What people call each role named here.")
    office_names: dict[str, Words] = Field(description="What people call each kind of office named here.")
    todo: list[Unfound]


class Answers(Given):
    """Answers by the form's keys."""

    answers: dict[str, Any] = Field(
        description="As the form's JSON Schema describes them. Money is whole paise as a number, rupees as a text;"
        " a number with a point is a text.",
        examples=[{"applicant_name": "K. Anil", "date_of_birth": "1978-05-14"}],
    )


class Judged(BaseModel):
    """One condition, and whether it is met."""

    key: str
    title: Words
    outcome: Literal["met", "not_met", "cannot_tell"]
    missing: list[str] = Field(description="The form's keys whose answers are still needed to tell.")
    message: Words = Field(description="Why not, where it is not met; else empty.")
    told: bool = Field(description="Not met, and may be handed in all the same: a refusal by `law` is to be expected.")
    law: str | None


class Eligibility(BaseModel):
    """Whether somebody may apply, as far as the answers tell."""

    outcome: Literal["may", "may_not", "expect_refusal", "cannot_tell"]
    conditions: list[Judged]


class Begin(Given):
    """Which service, in which language."""

    service: str = Field(max_length=80, examples=["kl-income-certificate"])
    language: Literal["en", "ml", "hi", "ur", "sd"] = Field(default="en", description="Of letters and messages.")


class Save(Given):
    """Answers of the whole form, or of one page."""

    answers: dict[str, Any] = Field(
        description="As the form's JSON Schema describes them. They replace all that were there (of the page).",
        examples=[{"applicant_name": "K. Anil", "date_of_birth": "1978-05-14"}],
    )
    page: str | None = Field(default=None, max_length=60, description="The page's key; empty: all answers.")


class Reply(Given):
    """An answer to the office's question."""

    text: str = Field(min_length=1, max_length=4000, examples=["The salary slip of March is attached."])


class Made(BaseModel):
    """What was made, or changed."""

    id: str = Field(examples=["019ac1d0-6f3c-7c55-9c2f-6a0d6f6f2f10"])


class Submitted(BaseModel):
    """An application that was handed in; ``told`` are the conditions that it does not meet all the same."""

    id: str
    number: str = Field(examples=["KL/ADR/2026/000123"])
    total_paise: Paise = Field(description="What is to be paid before the office begins; 0: it begins at once.")
    state: Literal["submitted", "begun"] = Field(description="As it was right after this act.")
    due_at: datetime | None = Field(description="By when it is decided, where the office has begun and it is known.")
    told: list[Judged]


class PaymentStarted(BaseModel):
    """A payment on its way."""

    payment_id: str
    amount_paise: Paise
    redirect: str = Field(description="The gateway's page, to be opened in the payer's browser.")


class ApplicationLine(BaseModel):
    """An application in a list."""

    id: str
    service: str
    service_name: Words
    number: str | None
    state: Literal["draft", "submitted", "begun", "decided", "withdrawn", "lapsed"]
    outcome: str = Field(description="`approved`, `refused`, `withdrawn`, `lapsed`, or empty while it goes on.")
    started_at: datetime
    submitted_at: datetime | None
    due_at: datetime | None
    has_question: bool = Field(description="Whether the office waits for an answer.")


class Applications(BaseModel):
    """A page of one's own applications, the latest first."""

    items: list[ApplicationLine]
    next: str | None = Field(description="The cursor of the next page, for `after`; null on the last one.")


class Paper(BaseModel):
    """A paper that was given."""

    id: str
    group: str
    choice: str
    document_id: str = Field(description="Its file, at `/api/v1/documents/{id}`.")
    filename: str
    media_type: str
    size_bytes: int
    pages: int
    given_at: datetime


class Question(BaseModel):
    """A question of the office."""

    id: str
    question: str
    asked_at: datetime
    answer: str
    answered_at: datetime | None


class Issued(BaseModel):
    """A document that was issued: an acknowledgement, a certificate."""

    document_id: str = Field(description="Its file, at `/api/v1/documents/{id}`.")
    kind: str
    number: str
    code: str = Field(description="With the number it verifies the document.")
    title: Words
    state: Literal["to_seal", "sealed", "failed"] = Field(description="Its file is there once it is `sealed`.")
    issued_at: datetime
    sha256: str
    revoked_at: datetime | None


class Decision(BaseModel):
    """What was decided."""

    outcome: str
    reason: str = Field(description="The coded reason of a refusal.")
    reason_title: Words
    reason_law: str
    words: str
    decided_at: datetime
    document_id: str | None
    certificate_number: str


class Happened(BaseModel):
    """One step of the application's story."""

    event: str = Field(examples=["services.submitted"])
    title: str = Field(description="The step in words of the request's language.")
    at: datetime
    post: Words = Field(description="The post that did it; empty where no officer did.")
    office: Words
    log_index: int | None = Field(description="Its place in the transparency log.")


class Application(BaseModel):
    """One application whole, as its applicant sees it."""

    id: str
    service: str
    service_name: Words
    version: int = Field(description="The version of the service that it began with.")
    language: str
    state: Literal["draft", "submitted", "begun", "decided", "withdrawn", "lapsed", "discarded"]
    outcome: str
    number: str | None
    purpose: str = Field(description="`renewal`, `amendment`, `correction`, `duplicate`; empty for a first one.")
    earlier: str | None = Field(description="The application on whose certificate it rests.")
    started_at: datetime
    submitted_at: datetime | None
    received_at: datetime | None
    due_at: datetime | None
    ended_at: datetime | None
    erased_at: datetime | None = Field(description="When everything that was told in it was erased.")
    answers: dict[str, Any]
    found: dict[str, Any] = Field(description="What the officers found, by field; of each the last.")
    papers: list[Paper]
    queries: list[Question]
    documents: list[Issued]
    decision: Decision | None
    owed: Owed | None = Field(description="The fee with which it began.")
    demands: list[Demanded] = Field(description="What fell due on the way, the first first.")
    timeline: list[Happened]
