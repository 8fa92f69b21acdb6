"""One application's whole journey through the same actions as the doors use: apply, pay, enquire, decide, verify."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from datetime import time as clock_time
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings

from janaseva.cli import waits
from janaseva.cli.papers import received_paper, received_portrait
from janaseva.contact import queries as contact
from janaseva.core.actor import Actor
from janaseva.core.ids import secret_token, uuid7
from janaseva.core.secret import Secret
from janaseva.documents import queries as documents
from janaseva.documents import rules as document_rules
from janaseva.forms.rules import settle_shape
from janaseva.ledger import handlers as worker
from janaseva.ledger import queries as ledger
from janaseva.payments import actions as payments
from janaseva.payments.rules import signing
from janaseva.payments.rules.states import Report
from janaseva.people import actions as people_actions
from janaseva.people import queries as people
from janaseva.people import rules as people_rules
from janaseva.services import actions, queries
from janaseva.services.rules.definition import Definition
from janaseva.services.rules.examples import Example
from janaseva.workflow import queries as workflow
from janaseva.workflow import rules as workflow_rules

GATEWAY: Final = Actor(kind="machine", name="payment-gateway")
MOST_MOVES: Final = 20
STORY: Final = ("services.", "payments.received", "workflow.", "documents.issued", "documents.sealed")


class WrongTurnError(RuntimeError):
    """The journey did not come out as its example says; the message tells where."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Travelled:
    """What one journey came to."""

    service: str
    example: str
    outcome: str
    number: str
    certificate_number: str
    states: tuple[str, ...]
    document_sha256: str
    verified: str
    log_index: int | None
    seconds: float

    @property
    def right(self) -> bool:
        """Return whether all is as it should be: a genuine certificate in the log, or a decided refusal."""
        if self.outcome != "approved":
            return self.outcome == "refused" and self.log_index is not None
        return self.verified == "genuine" and self.log_index is not None and bool(self.document_sha256)


@dataclass(slots=True)
class Traveller:
    """Walks applications through the platform. Its clock goes on by ``pace`` at each step and is never set back."""

    at: datetime
    pace: timedelta = timedelta(minutes=1)
    phones: Iterator[int] = field(default_factory=lambda: iter(range(9_847_000_000, 9_847_999_999)))
    officers: dict[UUID, tuple[str, Actor]] = field(default_factory=dict)
    entered: dict[str, Any] = field(default_factory=dict)

    def tick(self) -> datetime:
        """Return the next moment."""
        self.at += self.pace
        return self.at

    def key(self) -> str:
        """Return a fresh idempotency key, as each form holds one."""
        return str(uuid7())

    def settle(self) -> None:
        """Let the worker do all that is to be done now."""
        worker.settle(self.at)

    def citizen(self, language: str, *, region: str = "IN") -> Actor:
        """Sign a new person in with the code from the demonstration mailbox."""
        digits = next(self.phones)
        phone = f"+91{digits}" if region == "IN" else f"+92300{digits % 10_000_000:07d}"
        anyone = Actor.anyone()
        asked = people_actions.request_code(
            by=anyone, at=self.tick(), key=self.key(), phone=phone, language=language, region=region
        )
        self.settle()
        letter = contact.mailbox(anyone, phone)[0].text
        code = next("".join(run) for run in _digit_runs(letter) if len(run) == 6)  # noqa: PLR2004 - six digits
        token = secret_token()
        signed = people_actions.confirm_code(
            by=anyone,
            at=self.tick(),
            key=self.key(),
            challenge_id=asked.challenge_id,
            code=Secret(code),
            token_hash=people_rules.token_hash(token),
        )
        found = people.signed_in(token, self.at)
        if not signed.ok or found is None:
            message = f"the code did not sign {phone} in"
            raise WrongTurnError(message)
        return found.actor

    def officer(self, post_id: UUID) -> Actor:
        """Sign in the demonstration officer who holds a post, with password and TOTP; once a journey's day."""
        if post_id in self.officers:
            return self.officers[post_id][1]
        sign_ins = people.demonstration_sign_ins(Actor.system("journey"), self.at, post_id=post_id)
        who = sign_ins[0] if sign_ins else None
        if who is None:
            message = f"nobody holds post {post_id}"
            raise WrongTurnError(message)
        anyone, token = Actor.anyone(), secret_token()
        checked = people_actions.check_password(
            by=anyone, at=self.tick(), key=self.key(), login=who.login, password=Secret(who.password)
        )
        if checked.challenge_id is None:
            message = f"{who.login} could not sign in"
            raise WrongTurnError(message)
        code = people.demonstration_sign_ins(Actor.system("journey"), self.tick(), post_id=post_id)
        now_code = next(one.totp_now for one in code if one.login == who.login)
        people_actions.confirm_totp(
            by=anyone,
            at=self.at,
            key=self.key(),
            challenge_id=checked.challenge_id,
            code=Secret(now_code),
            token_hash=people_rules.token_hash(token),
        )
        found = people.signed_in(token, self.at)
        if found is not None and found.needs_charge:
            charge = next(one for one in people.choices_of(found.actor, self.at) if one.post.id == post_id)
            fresh = secret_token()
            people_actions.choose_charge(
                by=found.actor,
                at=self.tick(),
                key=self.key(),
                session_id=found.session_id,
                charge_id=charge.id,
                token_hash=people_rules.token_hash(fresh),
            )
            found = people.signed_in(fresh, self.at)
        if found is None:
            message = f"{who.login} has no session"
            raise WrongTurnError(message)
        self.officers[post_id] = (who.login, found.actor)
        return found.actor

    def fill_in(self, by: Actor, definition: Definition, example: Example, *, language: str) -> UUID:
        """Begin an application, save it page by page, and give its papers; return the draft's id."""
        application_id = actions.begin(
            by=by,
            at=self.tick(),
            key=self.key(),
            service=definition.key,
            language=language,
            channel=example.channel,
        )
        answers = settle_shape(definition.form, example.answers)
        for page in definition.form.pages:
            own = {name: answers[name] for part in page.fields for name in part.keys if name in answers}
            actions.save_page(
                by=by, at=self.tick(), key=self.key(), application_id=application_id, page=page.key, answers=own
            )
        for number, name in enumerate(example.documents or ()):
            group, _, choice = name.partition(".")
            asked = next(one for one in definition.form.documents if one.key == group)
            words = f"{name} {number}"
            received = received_portrait() if asked.photograph else received_paper(f"{group}.png", words)
            actions.give_paper(
                by=by,
                at=self.tick(),
                key=self.key(),
                application_id=application_id,
                group=group,
                choice=choice or next(iter(asked.any_of)),
                received=received,
            )
        return application_id

    def apply(self, by: Actor, definition: Definition, example: Example, *, language: str) -> UUID:
        """Fill in, hand in and pay; return the application's id."""
        application_id = self.fill_in(by, definition, example, language=language)
        actions.submit(by=by, at=self.tick(), key=self.key(), application_id=application_id)
        self.pay(by, application_id)
        return application_id

    def pay(self, by: Actor, application_id: UUID) -> None:
        """Pay what is due; the gateway's signed callback says so. Then the worker lays the case on its desk."""
        demand = queries.to_pay(by, application_id)
        if demand is not None and demand.state == "open":
            started = payments.start(by=by, at=self.tick(), key=self.key(), demand_id=demand.id)
            body = signing.written(
                Report(
                    reference=started.reference,
                    outcome="debited",
                    amount_paise=started.amount_paise,
                    debited_at=self.tick(),
                    gateway_number=f"DEMO{uuid7().hex[:12]}",
                )
            )
            signature = signing.sign(settings.PAYMENT_GATEWAY_KEY, "callback", body)
            payments.hear_gateway(by=GATEWAY, at=self.tick(), key=self.key(), body=body, signature=signature)
        self.settle()

    def work(self, applicant: Actor, application_id: UUID, example: Example, *, until: str = "") -> None:
        """Let the officers do their work, to the end or to the step ``until``, with a question and its reports."""
        planned = list(example.steps)
        asked: set[str] = set()
        for _ in range(MOST_MOVES):
            view = queries.application(applicant, application_id)
            if view.state != "begun" or view.case_id is None:
                return
            case = workflow.case(Actor.system("journey"), view.case_id, self.at, visible=True)
            if case.state == until:
                return
            waits.skip_rules(planned, case)
            if case.kind == "payment":
                waits.pay_or_not(self, applicant, application_id, planned)
                continue
            if case.task is not None and case.task.kind == "time":
                waits.pass_by(self, case, view.service, planned)
                continue
            if case.branches:
                waits.act_together(self, application_id, case, view.service, planned)
                continue
            if case.post_id is None:
                message = f"{view.service} rests in {case.state}: nobody's desk has it"
                raise WrongTurnError(message)
            officer = self.officer(case.post_id)
            taken = actions.take_next(by=officer, at=self.tick(), key=self.key())
            if taken != application_id:
                message = f"{view.service}: the next case of the desk was {taken}, not {application_id}"
                raise WrongTurnError(message)
            actions.look(by=officer, at=self.tick(), key=self.key(), application_id=application_id)
            if self._side_work(applicant, officer, application_id, asked, planned[0].reports if planned else {}):
                continue
            waits.hear(self, officer, application_id, case)
            self._move(officer, application_id, planned)
            self.settle()
        message = "the process did not end"
        raise WrongTurnError(message)

    def _side_work(
        self, applicant: Actor, officer: Actor, application_id: UUID, asked: set[str], found: dict[str, Any]
    ) -> bool:
        """Ask for each report of this step once, and ask the applicant once; return whether something was asked.

        A report that must find something is asked for where the example says what it ``found``.
        """
        view = queries.application(officer, application_id)
        if view.case_id is None:
            return False
        case = workflow.case(officer, view.case_id, self.at)
        known = [one for one in case.reports if one.key in found or not any(field.needed for field in one.finds)]
        report = next((one for one in known if f"{case.state}/{one.key}" not in asked), None)
        if report is not None:
            asked.add(f"{case.state}/{report.key}")
            actions.request_report(
                by=officer, at=self.tick(), key=self.key(), application_id=application_id, report=report.key,
                question="Please enquire at the place and report.",
            )  # fmt: skip
            self._report(application_id, view.case_id, found.get(report.key, {}))
            return True
        if case.may_ask_applicant and "applicant" not in asked:
            asked.add("applicant")
            query_id = actions.ask(
                by=officer, at=self.tick(), key=self.key(), application_id=application_id,
                question="Which papers show this? Please explain.",
            )  # fmt: skip
            self.settle()
            actions.answer(
                by=applicant, at=self.tick(), key=self.key(), application_id=application_id, query_id=query_id,
                text="It is in the papers that I gave.",
            )  # fmt: skip
            return True
        return False

    def photograph(self) -> document_rules.Received:
        """Return a photograph of the place, as a report brings it."""
        return received_paper("place.png", "the place")

    def _report(self, application_id: UUID, case_id: UUID, found: dict[str, Any]) -> None:
        side = workflow.case(Actor.system("journey"), case_id, self.at, visible=True).side
        if side is None or side.post_id is None:
            message = "a report was asked for, and no post has the task"
            raise WrongTurnError(message)
        reporter = self.officer(side.post_id)
        actions.take(
            by=reporter, at=self.tick(), key=self.key(), task_id=side.task_id, reason="The report was asked for today."
        )
        actions.report(
            by=reporter, at=self.tick(), key=self.key(), application_id=application_id,
            text="I went to the place; what is stated is so.", photographs=[self.photograph()],
            place=workflow_rules.Place(words="At the place named in the application"), found=found,
        )  # fmt: skip

    def _move(self, officer: Actor, application_id: UUID, planned: list[Any]) -> None:
        view = queries.application(officer, application_id)
        if view.case_id is None or not planned:
            message = f"{view.service}: the example names no further step"
            raise WrongTurnError(message)
        case = workflow.case(officer, view.case_id, self.at)
        step = planned.pop(0)
        state, _, move = step.move.rpartition(".")
        if state and state != case.state:
            message = f"{view.service}: the example is at {state}, the case at {case.state}"
            raise WrongTurnError(message)
        actions.move(
            by=officer,
            at=self.tick(),
            key=self.key(),
            application_id=application_id,
            move=move,
            note="The papers were compared with the answers.",
            reason=step.reason or "",
            checked=tuple(item.key for item in case.checklist),
            found=step.finds,
            task_id=case.task.task_id if case.task else None,
        )

    def travel(self, service: str, example: Example, *, language: str) -> Travelled:
        """Take one application from apply to its end, and verify what came out."""
        began = time.perf_counter()
        noon = datetime.combine(example.today, clock_time(10), tzinfo=ZoneInfo(settings.TIME_ZONE))
        if noon > self.at:
            self.at = noon
            self.officers.clear()
        published = queries.in_force(service, queries.today(self.at))
        region = published.definition.pack_country
        applicant = self.citizen(language, region=region)
        application_id = self.apply(applicant, published.definition, example, language=language)
        self.work(applicant, application_id, example)
        self.settle()
        return self._arrived(applicant, application_id, service, example, began)

    def _arrived(
        self, applicant: Actor, application_id: UUID, service: str, example: Example, began: float
    ) -> Travelled:
        view = queries.application(applicant, application_id)
        events = ledger.story(applicant, application_id, visible=True)
        decided = next((event for event in events if event.name == "services.decided"), None)
        sha256, verified = "", ""
        decision = view.decision
        if decision is not None and decision.document_id is not None:
            file = queries.paper_content(applicant, application_id, decision.document_id)
            sha256 = file.sha256
            verdict = documents.verify_file(file.content, at=self.at)
            issued = documents.documents_of(applicant, application_id)
            given = next(one for one in issued if one.document_id == decision.document_id)
            by_number = documents.verify_number(given.number, given.code, at=self.at)
            outcomes = dict.fromkeys((verdict.outcome, by_number.outcome))
            verified = "/".join(outcomes)
        return Travelled(
            service=service,
            example=example.name,
            outcome=view.outcome,
            number=view.number or "",
            certificate_number=decision.certificate_number if decision else "",
            states=tuple(event.name for event in events if event.name.startswith(STORY)),
            document_sha256=sha256,
            verified=verified,
            log_index=decided.leaf_index if decided else None,
            seconds=round(time.perf_counter() - began, 3),
        )


def _digit_runs(text: str) -> Iterator[list[str]]:
    run: list[str] = []
    for character in f"{text} ":
        if character.isdecimal():
            run.append(character)
        elif run:
            yield run
            run = []


def as_json(travelled: Travelled) -> Mapping[str, Any]:
    """Return one journey as a line of JSON holds it."""
    return {name: getattr(travelled, name) for name in Travelled.__dataclass_fields__} | {"right": travelled.right}
