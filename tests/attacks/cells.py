"""The matrix of who may open what: its cells from the table of addresses, and what each must answer.

A cell is a method, an address with a thing of somebody's in it, and a role. What it must answer follows from what the
address declares (``audience``) and from whose the thing is, and from nothing else: the product's rules are not asked.
"""

import itertools
import json
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import get_resolver

from tests.attacks.state import Person, Role, Scene
from tests.house.test_routes import declared, sample, walked

STRANGE = "ffffffff-ffff-4fff-bfff-ffffffffffff"
PLAIN = {
    "service": "kl-income-certificate", "key": "kl-income-certificate", "office": "kl-village-adoor",
    "page": "applicant", "code": "not-found", "index": "0", "path": "checkpoint", "reference": "x", "name": "what",
    "act": "note", "order_id": STRANGE, "notice_id": STRANGE, "paper_id": STRANGE,
    "emergency_id": STRANGE, "erasure_id": STRANGE, "hold_id": STRANGE,
}  # fmt: skip
"""What stands in places of an address that are nobody's."""
ACTS = {
    "desk-emergency-act": ("allow", "refuse", "end"),
    "desk-erasure-act": ("allow", "refuse", "withdraw"),
    "desk-proposal-act": ("propose", "approve", "reject", "discard"),
    "desk-office-act": ("change", "close", "post"),
    "desk-post-act": ("give", "vacate", "end"),
    "desk-order-act": ("confirm", "withdraw"),
    "application-holder-act": ("answer", "surrender"),
}
"""What can be done at addresses that end with an act, where the view's module has no table ``ACTS`` of its own."""
IN_EMERGENCY = ("tahsildar above", "konni", "asked")
"""Who was allowed to read what of whom in an emergency (``state.make_scene``), and nobody else, and nothing else."""
MADE = frozenset({"proposal_id", "closure_id", "charge_id", "order_id", "office_id", "post_id", "emergency_id"})
"""Places of an address that are the state's, of which ``state.make_scene`` makes one each."""
OWN = ("application_id", "document_id", "payment_id", "query_id", "appeal_id")
"""Places of an address that are somebody's."""
DESK_OF = {
    "desk-proposals": {"definer", "publisher"},
    "desk-proposal": {"definer", "publisher"},
    "desk-proposal-act": {"definer", "publisher"},
    "desk-workshop-begin": {"definer"},
    "desk-workshop": {"definer", "publisher"},
    "desk-workshop-part": {"definer"},
    **dict.fromkeys(
        (
            *("desk-offices", "desk-office", "desk-office-new", "desk-office-act", "desk-post-act"),
            *("desk-gaps", "desk-orders", "desk-order", "desk-order-act"),
        ),
        frozenset({"administrator", "publisher"}),
    ),
    "desk-emergencies": {"tahsildar above", "collector", "administrator", "auditor"},
    "desk-emergency": {"tahsildar above"},
    "desk-emergency-paper": {"tahsildar above"},
    "desk-emergency-act": {"tahsildar above", "collector", "administrator"},
    "desk-record": {"auditor"},
    **dict.fromkeys(("desk-incidents", "desk-incident", "desk-incident-act"), frozenset({"administrator"})),
    "desk-erasures": {"collector", "administrator", "auditor"},
    "desk-erasure-act": {"collector", "administrator"},
    "desk-hold-lift": {"collector", "administrator"},
}
"""Pages of the desk that are for some roles alone; for all others they are not there."""
FOR_EVERY_OFFICER = frozenset(
    {
        *("desk", "desk-next", "desk-find", "desk-closures", "desk-figures", "desk-words", "desk-late"),
        *("desk-sign-out", "desk-charge", "desk-account", "desk-session-end"),
        "desk-password",
        *("desk-passkey-register", "desk-passkey-new", "desk-passkey-remove"),
        *("desk-charges", "desk-hand-over", "desk-stand-in", "desk-stand-in-end", "desk-closure-lift"),
        *("desk-workshop-new", "desk-workshop-preview", "desk-workshop-form"),
    }
)
"""Pages of the desk that are there for every officer; what each finds on them is the officer's own."""
BODIES: dict[str, Any] = {  # a body of another shape is refused before anybody asks whose the thing is
    "PUT answers": {"answers": {}},
    "POST again": {"purpose": "correction"},
    "POST issued": {"group": "income", "document_id": STRANGE},
    "POST answer": {"text": "An answer of somebody else."},
    "POST applications": {"service": "kl-income-certificate", "language": "en"},
}
MASS = {"status": "decided", "state": "decided", "office": "x", "office_id": STRANGE, "applicant_id": STRANGE,
        "owner": "x", "fee": "0", "total_paise": "0", "outcome": "approved", "number": "X-1"}  # fmt: skip
"""Fields that nobody may set; sent along with every form."""


@dataclass(frozen=True)
class Route:
    """One address of the table: as it is written there, its name, its view and for whom it says that it is."""

    pattern: str
    name: str
    view: Callable[..., Any]
    audience: frozenset[str]

    @property
    def door(self) -> str:
        if self.pattern.startswith("desk/"):
            return "desk"
        return "api" if self.pattern.startswith("api/v1") else "portal"

    @property
    def places(self) -> list[str]:
        return re.findall(r"<(?:\w+:)?(\w+)>", self.pattern)

    @property
    def acts(self) -> tuple[str, ...]:
        """What can be done at this address, where it ends with an act."""
        if "act" not in self.places:
            return ("",)
        known = getattr(sys.modules[self.view.__module__], "ACTS", None) or ACTS.get(self.name)
        assert known, f"/{self.pattern} ends with an act and nothing says which there are: see ACTS in {__name__}"
        return tuple(known)

    @property
    def methods(self) -> tuple[str, ...]:
        return ("GET", "POST", "PUT", "DELETE") if self.door == "api" else ("GET", "POST")


@dataclass(frozen=True)
class Cell:
    """One question to one address by one role; ``whose`` is the person whose thing is in it, where it is somebody's."""

    route: Route
    method: str
    address: str
    role: Role
    whose: Person | None
    state: str

    def __str__(self) -> str:
        whose = f" ({self.whose.place}'s {self.state})" if self.whose else ""
        return f"{self.method} /{self.route.pattern}{whose} as {self.role.name}"

    @property
    def party(self) -> bool:
        """Whether the thing is this role's to see."""
        if self.whose is None:
            return True
        if self.route.name == "desk-emergency-paper":
            return (self.role.name, self.whose.place, self.state) == IN_EMERGENCY
        heard = self.state == "appealed" and self.whose.place in self.role.hears
        return heard or self.role.person is self.whose or self.whose.place in self.role.sees

    def ask(self) -> Any:
        """Send it, as a browser would or, to the API, as a programme."""
        client, key = self.role.client(), f"cell-{next(KEYS)}"
        if self.route.door == "api":
            headers = {"Idempotency-Key": key}
            headers |= {"Authorization": f"Bearer {self.role.bearer}"} if self.role.bearer else {}
            last = self.address.rstrip("/").rpartition("/")[2]
            body = BODIES.get(f"{self.method} {last}") if self.method != "GET" else None
            sent = json.dumps({} if body is None else body) if self.method in ("POST", "PUT") else ""
            return client.generic(self.method, self.address, sent, content_type="application/json", headers=headers)
        if self.method == "GET":
            return client.get(self.address)
        return client.post(self.address, {"key": key, "note_text": "x", "words": "x", **MASS})


KEYS = itertools.count(1)


def table() -> list[Route]:
    """Return every address of the platform."""
    return [
        Route(address, pattern.name or "", pattern.callback, frozenset(map(str, declared(pattern.callback))))
        for address, pattern in walked(get_resolver().url_patterns)
        if sample(address) is not None
    ]


def cells(scene: Scene) -> Iterator[Cell]:
    """Yield every cell: each address with each thing that fits it, each method, each role."""
    for route in table():
        for address, whose, state in _filled(route, scene):
            for method, role in itertools.product(route.methods, scene.roles):
                yield Cell(route, method, address, role, whose, state)


def _filled(route: Route, scene: Scene) -> Iterator[tuple[str, Person | None, str]]:
    """Yield the address with what is somebody's, once for each person and fitting state, or with what is nobody's."""
    acts = route.acts
    own = [place for place in route.places if place in OWN]
    if not own:
        for act in acts:
            yield _fill(route, {**PLAIN, **scene.state, **({"act": act} if act else {})}), None, ""
        return
    fits = [set(own) <= set(thing) for whose in scene.persons.values() for thing in whose.things.values()]
    if not any(fits):
        yield _fill(route, {**PLAIN, **dict.fromkeys(OWN, STRANGE)}), None, ""
    for whose, act in itertools.product(scene.persons.values(), acts):
        for state, thing in whose.things.items():
            if set(own) <= set(thing):
                yield _fill(route, {**PLAIN, **scene.state, **thing, **({"act": act} if act else {})}), whose, state


def unplaced(routes: list[Route]) -> list[str]:
    """Return what is missing here of each address before the matrix can judge it, and what to do."""
    missing = []
    for route in routes:
        own = set(route.places) & set(OWN)
        unknown = set(route.places) - set(OWN) - set(PLAIN) - MADE - {"act"}
        missing += [
            f"/{route.pattern}: nothing is known of <{place}>. Somebody's: OWN, and make one for each person in "
            "state.make_things. Nobody's: PLAIN, or make one in state.make_scene and name it in MADE"
            for place in sorted(unknown)
        ]
        placed = route.name in DESK_OF or route.name in FOR_EVERY_OFFICER or own
        if route.audience == {"officer"} and not placed:
            what = "nothing says for which officers it is. For some roles: DESK_OF. For all: FOR_EVERY_OFFICER"
            missing.append(f"/{route.pattern}: {what}")
    return missing


def _fill(route: Route, things: dict[str, Any]) -> str:
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda match: str(things[match[1]]), route.pattern)


def fault(cell: Cell, response: Any) -> str:
    """Return what is wrong with an answer, or nothing."""
    status, where = response.status_code, response.get("Location", "")
    if status >= 500:
        return f"fell over ({status})"
    if status == 405:
        return ""
    if cell.route.audience == {"anyone"}:
        return "is for anyone and asks for a sign-in" if status == 401 else ""
    if cell.route.audience == {"machine"}:
        return "" if status in (400, 401, 403, 404, 415, 422) else f"heard a machine that signed nothing ({status})"
    return _for_somebody(cell, status, where)


def _for_somebody(cell: Cell, status: int, where: str) -> str:
    """Judge what is for a person or an officer: a sign-in, nothing there, or opened."""
    role, door = cell.role, cell.route.door
    here = role.at_desk is not None if door == "desk" else role.person is not None
    asks = status == 401 if door == "api" else status == 302 and "/sign-in" in where
    if not here:
        return "" if asks else f"answered {status} and asked for no sign-in"
    if asks and "sign-out" not in cell.address:
        return f"sent its own audience to the sign-in ({status})"
    if not cell.party:
        return "" if status == 404 else f"answered {status}, not 404, on what is not theirs"
    if cell.route.name in DESK_OF and role.name not in DESK_OF[cell.route.name]:
        return "" if status in (403, 404) else f"answered {status} on what is not for this role"
    return ""


def seen(cell: Cell, response: Any, scene: Scene) -> str:
    """Return which words of somebody else an answer tells: in its body, in a header or in an address.

    What caches may keep tells nobody's words, not even those of who asks.
    """
    if cell.route.pattern.startswith("demonstration/"):  # shows everybody's telephones, and is not there in earnest
        return ""
    told = b"\n".join([response.content if not response.streaming else b"".join(response.streaming_content),
                       *(f"{name}: {value}".encode() for name, value in response.headers.items())])  # fmt: skip
    text, kept = told.decode("utf-8", "replace"), "public" in response.get("Cache-Control", "")
    if kept and (response.cookies or "csrfmiddlewaretoken" in text):
        return "lets caches keep a cookie or a form's token"
    for person in scene.persons.values():
        if not kept and (cell.role.person is person or person.place in cell.role.sees | cell.role.hears):
            continue
        for canary in person.canaries if kept else _hidden(cell, person):
            if canary in text:
                return f"told {canary}"
    return ""


def _hidden(cell: Cell, person: Person) -> set[str]:
    """Return what of a person an answer may not tell.

    An emergency opens one application to one officer, and its list tells the number; so does the page on which an
    office or a post is ended, of what lies there (``services.queries.numbers_of``).
    """
    named = {person.word, person.phone, person.phone[3:]}
    if cell.role.name not in DESK_OF.get(cell.route.name, ()):
        return person.canaries
    if cell.route.name in ("desk-office-act", "desk-post-act"):
        return named
    if person.place != IN_EMERGENCY[1]:
        return person.canaries
    if cell.route.name == "desk-emergencies":
        return named
    opened = cell.route.name in ("desk-emergency", "desk-emergency-paper") and cell.role.name == IN_EMERGENCY[0]
    return set() if opened else person.canaries
