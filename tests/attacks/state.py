"""Two persons with all that a person can have, at two offices, and one of every role before a browser.

Everything of a person bears that person's canary, so that it can be looked for in every answer given to others.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client

from janaseva.cli import journey
from janaseva.core.actor import Actor
from janaseva.core.ids import secret_token
from janaseva.core.secret import Secret
from janaseva.documents import queries as documents
from janaseva.payments import actions as payments
from janaseva.payments import queries as payment_queries
from janaseva.people import actions as people_actions
from janaseva.people import queries as people
from janaseva.people import rules as people_rules
from janaseva.services import actions, queries
from janaseva.workflow import actions as workflow_actions
from tests.given import PACK, SERVICE, SYSTEM, Given
from tests.services.test_proposals import files

SECRETARIAT = "kl-secretariat-it"
OFFICES = {"adoor": "lgd-subdistrict:5683", "konni": "lgd-subdistrict:5943"}


@dataclass
class Person:
    """A citizen with a session, what is theirs by the name of its state, and words that stand for it."""

    place: str
    actor: Actor
    token: str
    phone: str
    things: dict[str, dict[str, UUID | str]] = field(default_factory=dict)
    canaries: set[str] = field(default_factory=set)

    @property
    def word(self) -> str:
        return f"Canary{self.place}"


@dataclass(frozen=True)
class Role:
    """One who comes to the doors: the tokens that the browser and the programme carry, and whom that makes it."""

    name: str
    citizen: str = ""
    officer: str = ""
    bearer: str = ""
    person: Person | None = None
    at_desk: Actor | None = None
    sees: frozenset[str] = frozenset()
    hears: frozenset[str] = frozenset()
    """The places whose appeals lie before this officer."""

    def client(self) -> Client:
        client = Client(raise_request_exception=False)
        if self.citizen:
            client.cookies["citizen"] = self.citizen
        if self.officer:
            client.cookies["officer"] = self.officer
        return client


def sign_in(given: Given, place: str, phone: str = "") -> Person:
    """Sign a new person in, or one of a number; keep token and number."""
    anyone, token, phone = Actor.anyone(), secret_token(), phone or f"+91{next(given.phones)}"
    asked = given.act(people_actions.request_code, anyone, phone=phone, language="en", region="IN")
    sent = people.code_to_send(SYSTEM, asked.challenge_id, given.at)
    given.act(
        people_actions.confirm_code, anyone, challenge_id=asked.challenge_id, code=Secret(sent.code),
        token_hash=people_rules.token_hash(token),
    )  # fmt: skip
    return Person(place, people.signed_in(token, given.at).actor, token, phone)


def seated(given: Given, office: str, role: str) -> tuple[Actor, str]:
    """Sign the holder of a post in, as ``Given.officer`` does, and keep the token of the session."""
    tokens: list[str] = []

    def kept() -> str:
        tokens.append(secret_token())
        return tokens[-1]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(journey, "secret_token", kept)
        view = next(one for one in people.offices() if one.key == office)
        post_id = people.post_in(view.id, role).id
        given.officers.pop(post_id, None)
        actor = given.officer(post_id)
    return actor, tokens[-1]


def fill_in(given: Given, whose: Person) -> UUID:
    """Begin and fill in an application whose every word is the person's own."""
    example = given.example()
    own = {
        "applicant_name": f"{whose.word} Nair",
        "house": f"{whose.word} House",
        "taluk": OFFICES[whose.place],
        "members": [{"name": f"{whose.word} Nair", "relation": "self", "salary": 18_000_000}],
    }
    example = example.model_copy(update={"answers": {**example.answers, **own}})
    return given.fill_in(whose.actor, given.definition, example, language="en")


def paper_of(given: Given, application_id: UUID) -> UUID:
    """Return a paper that was given with an application."""
    return queries.application(SYSTEM, application_id).papers[0].document_id


def make_few_things(given: Given, whose: Person) -> None:
    """Walk one application to the office's question, which is enough for a look at every address."""
    asked, officer = _taken(given, whose)
    query_id = given.act(actions.ask, officer, application_id=asked, question=f"{whose.word}, which papers show it?")
    whose.things["asked"] = {"application_id": asked, "query_id": query_id, "document_id": paper_of(given, asked)}
    whose.things["asked"] |= {"payment_id": payment_of(whose, asked)}


def payment_of(whose: Person, application_id: UUID) -> UUID:
    """Return the payment of an application."""
    demand_id = queries.application(whose.actor, application_id).demand_id
    return payment_queries.payments_of(whose.actor, demand_id)[-1].id


def make_things(given: Given, whose: Person) -> None:
    """Walk five applications of a person: a draft, one to pay, one that asks, one decided and one under appeal."""
    draft = fill_in(given, whose)
    whose.things["draft"] = {"application_id": draft, "document_id": paper_of(given, draft)}

    unpaid = fill_in(given, whose)
    given.act(actions.submit, whose.actor, application_id=unpaid)
    whose.things["unpaid"] = {"application_id": unpaid, "document_id": paper_of(given, unpaid)}

    make_few_things(given, whose)

    decided, officer = _taken(given, whose)
    given.approve(officer, decided, note=f"{whose.word} was found in order.")
    given.settle()
    issued = documents.documents_of(whose.actor, decided)
    certificate = next(one for one in issued if one.number.startswith("KL") or one.code)
    whose.things["decided"] = {"application_id": decided, "document_id": certificate.document_id}
    whose.canaries |= {certificate.number, certificate.code}

    appealed, officer = _taken(given, whose)
    given.refuse(officer, appealed, note=f"{whose.word} has not proved it.")
    given.settle()
    appeal_id = given.act(
        actions.file_appeal, whose.actor, application_id=appealed, grounds=f"{whose.word} was heard by nobody at all."
    )
    whose.things["appealed"] = {"application_id": appealed, "appeal_id": appeal_id}
    given.settle()


def mark(whose: Person) -> None:
    """Gather what stands for a person: their word, their telephone, the numbers of what is theirs."""
    numbers = {queries.application(whose.actor, thing["application_id"]).number for thing in whose.things.values()}
    whose.canaries |= {str(number) for number in numbers if number} | {whose.word, whose.phone, whose.phone[3:]}


def _taken(given: Given, whose: Person) -> tuple[UUID, Actor]:
    application_id = fill_in(given, whose)
    given.act(actions.submit, whose.actor, application_id=application_id)
    given.pay(whose.actor, application_id)
    officer = given.holder(application_id)
    assert given.act(actions.take_next, officer) == application_id
    return application_id, officer


@dataclass
class Scene:
    """Who there is, what they have, and what the state has besides."""

    given: Given
    persons: dict[str, Person]
    roles: list[Role]
    state: dict[str, UUID | str]

    def __post_init__(self) -> None:
        self.by_name = {role.name: role for role in self.roles}


OFFICERS = {
    "village officer": ("kl-village-adoor", "village_officer"),
    "village clerk": ("kl-village-adoor", "village_clerk"),
    "tahsildar above": ("kl-taluk-adoor", "tahsildar"),
    "collector": ("kl-collectorate-pathanamthitta", "district_collector"),
    "officer of another office": ("kl-village-konni", "village_officer"),
    "clerk of another office": ("kl-village-konni", "village_clerk"),
    "registrar of births": ("kl-registration-adoor", "registrar_of_births"),
    "definer": (SECRETARIAT, "definer"),
    "publisher": (SECRETARIAT, "publisher"),
    "auditor": (SECRETARIAT, "auditor"),
    "administrator": (SECRETARIAT, "administrator"),
}
"""Everybody at a desk, by office and role."""
FEW = ("village officer", "officer of another office", "definer")
AT_PLACE = {"village officer": "adoor", "village clerk": "adoor"} | dict.fromkeys(
    ("officer of another office", "clerk of another office"), "konni"
)


def make_scene(given: Given, *, small: bool) -> Scene:
    """Make all of it, through actions; ``small``: one application a person, and few at the desk."""
    persons = {place: sign_in(given, place) for place in OFFICES}
    for whose in persons.values():
        (make_few_things if small else make_things)(given, whose)
    for whose in persons.values():  # begun last, when the worker is done: it would ask the gateway
        if unpaid := whose.things.get("unpaid"):
            demand_id = queries.application(whose.actor, unpaid["application_id"]).demand_id
            unpaid["payment_id"] = given.act(payments.start, whose.actor, demand_id=demand_id).payment_id
        mark(whose)
    given.pace = timedelta(seconds=1)  # sessions last for a while
    for whose in persons.values():
        whose.token = sign_in(given, whose.place, whose.phone).token
    ended = sign_in(given, "ended")
    session = people.signed_in(ended.token, given.at)
    given.act(people_actions.sign_out, ended.actor, session_id=session.session_id)
    officers = {name: seated(given, *seat) for name, seat in OFFICERS.items() if not small or name in FEW}
    former, charge = _handed_over(given)
    adoor, konni = persons["adoor"], persons["konni"]
    definer = officers["definer"][0]
    text = files(("summary: ", "summary: Mended. "))
    proposal = given.act(actions.save_proposal, definer, service=SERVICE, pack=PACK, files=text).proposal_id
    closure = given.act(
        workflow_actions.declare_closure, officers["village officer"][0], whom="office",
        why="The river stood in the office.", order="Order 7 of the Collector",
        first_day=given.at.date(), last_day=given.at.date(),
    )  # fmt: skip
    seat, about = officers["village officer"][0], {}
    if not small:
        change = {"kind": "vacate_post", "facts": {"post": "kl-village-adoor/village_officer"}, "order": "Order 7"}
        about = {"order_id": given.act(people_actions.propose_arrangement, officers["administrator"][0], **change)}
    emergency = {} if small else {"emergency_id": _in_emergency(given, konni, officers)}
    stranger = sign_in(given, "stranger")
    roles = [
        Role("nobody"),
        Role("person of adoor", citizen=adoor.token, bearer=adoor.token, person=adoor),
        Role("person of konni", citizen=konni.token, bearer=konni.token, person=konni),
        Role("stranger", citizen=stranger.token, bearer=stranger.token, person=stranger),
        Role("signed out", citizen=ended.token, bearer=ended.token),
        Role("guessed token", citizen="x" * 43, officer="x" * 43, bearer="x" * 43),
        Role("person with the desk's cookie", officer=adoor.token),
        Role("officer with the portal's cookie", citizen=officers["village officer"][1],
             bearer=officers["village officer"][1]),
        Role("former officer", officer=former),
        *(
            Role(
                name, officer=token, at_desk=actor, sees=frozenset({AT_PLACE[name]} if name in AT_PLACE else ()),
                hears=frozenset({"adoor"} if name == "tahsildar above" else ()),
            )
            for name, (actor, token) in officers.items()
        ),
    ]  # fmt: skip
    state = {"proposal_id": proposal, "closure_id": closure, "charge_id": charge, **about}
    state |= {"office_id": seat.office_id, "post_id": seat.post_id, **emergency}
    return Scene(given, persons, roles, state)


def _in_emergency(given: Given, whose: Person, officers: dict[str, tuple[Actor, str]]) -> UUID:
    """Let the tahsildar above read one application of another office in an emergency, as the collector allows."""
    number = queries.application(whose.actor, whose.things["asked"]["application_id"]).number
    asked = given.act(
        actions.ask_emergency, officers["tahsildar above"][0], number=number, minutes=60,
        reason="The river took the office of Konni; the hospital asks for this family.",
    )  # fmt: skip
    given.act(actions.decide_emergency, officers["collector"][0], emergency_id=asked, allowed=True)
    return asked


def _handed_over(given: Given) -> tuple[str, UUID]:
    """Hand the charge of Ranni's village over; return the token of who had it, and the new charge."""
    actor, token = seated(given, "kl-village-ranni", "village_officer")
    other, _ = seated(given, "kl-village-ranni", "village_clerk")
    charge = given.act(
        people_actions.hand_over_charge, actor, charge_id=actor.charge_id, to_person_id=other.person_id, order="Order 9"
    )
    return token, charge
