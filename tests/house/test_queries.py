"""Questions: asked by somebody, answered with only what that somebody may see."""

import ast
from collections.abc import Iterable, Iterator

import pytest

from tests.house.source import Module, hold, offered, real

LAW = "a query's first argument is `by`, and it is used: what is not yours to see is not found (law of permission)"
DO = (
    "take `by: Actor` first and ask a rule with it; where the answer is public, or asked before anyone is known, "
    "add it to FOR_ANYONE in tests/house/test_queries.py with the reason"
)

FOR_ANYONE: dict[str, set[str]] = {
    "whether a paper is genuine is for whoever holds it to know": {
        *("documents.verify_number", "documents.verify_qr", "documents.verify_file", "documents.key_ring"),
        *("documents.seal_certificates", "documents.forget_ring"),
    },
    "it looks at what came in before anybody's act, and tells nothing of anybody": {
        "documents.receive",
        "documents.scanner_answers",
    },
    "the transparency log is public; its leaves are salted hashes": {
        *("ledger.checkpoint", "ledger.verifier", "ledger.leaf_index", "ledger.proof", "ledger.leaf", "ledger.entries"),
        *("ledger.tile", "ledger.head", "ledger.tile_hashes", "ledger.verifiers", "ledger.proof_at", "ledger.leaf_ids"),
        *("ledger.unpublished_seconds", "ledger.last_audit", "ledger.leaves_among"),
    },
    "places and their codes are public (Local Government Directory)": {
        *("people.areas", "people.area", "people.area_by_code", "people.area_by_reference", "people.area_path"),
        *("people.areas_by_id", "people.areas_named", "people.time_zone_of", "people.references_within"),
    },
    "offices, posts and who holds them are public, as the right-to-service acts require of every service": {
        *(
            "people.office",
            "people.office_by_key",
            "people.offices",
            "people.offices_by_id",
            "people.offices_by_kind",
            "people.office_for",
            "people.offices_for",
            "people.post",
            "people.posts",
            "people.posts_at",
        ),
        *(
            "people.roles_with",
            "people.role_names",
            "people.kind_names",
            "people.seat_names",
            "people.known_roles",
            "people.known_kinds",
            "people.posts_of",
            "people.post_in",
            "people.posts_in",
            "people.holder_of",
            "people.holders_of",
            "people.stand_ins_of",
        ),
        "people.charge_in_force",
    },
    "who signs in is not known before this question is answered": {"people.signed_in"},
    "what the state offers, promises and charges is public before anyone signs in": {
        *("services.catalogue", "services.grouped", "services.charter", "services.compiled", "services.in_force"),
        *("services.rows_in_force", "services.service_row", "services.published_hash", "services.pack_of"),
        *("services.letter_of", "services.letter_languages", "services.issuer_of", "services.area_names"),
        *("services.today", "services.versions", "services.charter_words"),
    },
    "a definition is law for everyone: its text, in which pack it stands, and what is wrong with a text that one has": {
        *("services.published_files", "services.published_keys", "services.pack_file", "services.shared_files"),
        *(
            "services.empty_pack_row",
            "services.pack_keys",
            "services.may_become",
            "services.check_files",
            "services.pack_facts",
            "services.deciders",
        ),
    },
    "how many applications there are and how many were in time is public; no person can be told from it": {
        *("services.figures", "services.most_asked", "workflow.turns"),
        *("services.performance", "services.service_performance", "services.office_performance"),
    },
    "holidays and how days are counted are public": {
        *("workflow.outages_between",),
        *("workflow.calendar", "workflow.plain_calendar", "workflow.calendar_or_plain", "workflow.reckon"),
    },
    "whether the worker keeps up concerns no person": {
        *("ledger.worker_status", "ledger.backup_standing", "documents.waiting"),
    },
}
"""Why an answer may be given to anyone: the queries."""

FOR_ROOMS: dict[str, set[str]] = {
    "asked within the actions of rooms above, which have asked permission for the whole matter": {
        *("documents.number_taken", "documents.attachment_kinds", "documents.state_of", "forms.answers_of"),
        *("forms.answers_of_all", "forms.kept_at", "documents.is_unsealed", "payments.under_way"),
        *("services.stories_of", "services.keeps_of", "services.facts_of"),
        *("services.is_due", "services.hindrance"),
        "documents.suspended_since",
        *("services.has_open_query", "workflow.case_of_story"),
        *("documents.good_until", "registers.entry_of", "services.earlier_of", "services.earlier_ids"),
        *("services.fixed_of", "services.hindrance", "services.refusal_again"),
        *("services.is_deemed_granted", "services.matter_of", "services.penalty_now", "services.seat_of"),
    },
    "an address is fetched by contact when a message leaves, and shown to nobody": {"people.phone_of"},
    "the record itself, for what is embedded in certificates and for the administrator's audit": {
        *("ledger.record_of", "ledger.audit"),
    },
}
"""Why a question needs no ``by``: the queries that rooms above ask inside actions of their own; no door may."""

PUBLIC = {name for names in (*FOR_ANYONE.values(), *FOR_ROOMS.values()) for name in names}


def breaches(modules: tuple[Module, ...], public: Iterable[str]) -> Iterator[str]:
    """Yield every query that does not ask who asks, or does not care."""
    for module, function in offered(modules, "queries"):
        place = f"{module.at(function.lineno)} {module.room}.{function.name}"
        if f"{module.room}.{function.name}" in public:
            continue
        arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
        if not arguments or arguments[0].arg != "by":
            yield f"{place} does not take `by` first"
        elif not any(isinstance(node, ast.Name) and node.id == "by" for node in ast.walk(function)):
            yield f"{place} takes `by` and does not use it"


def at_doors(modules: Iterable[Module], for_rooms: Iterable[str]) -> Iterator[str]:
    """Yield every use at a door of a query that only rooms may ask."""
    kept = {f"janaseva.{room}.queries.{name}" for room, _, name in (one.partition(".") for one in for_rooms)}
    for module in modules:
        for node in module.nodes if module.kind == "door" else ():
            if isinstance(node, ast.Attribute | ast.Name) and module.dotted(node) in kept:
                yield f"{module.at(node.lineno)} asks {module.dotted(node)}, which does not ask who asks"


def test_queries_ask_who_asks():
    hold(breaches(real(), PUBLIC), law=LAW, do=DO)


def test_doors_ask_with_by():
    for_rooms = {name for names in FOR_ROOMS.values() for name in names}
    hold(
        at_doors(real(), for_rooms), law=LAW, do="ask a query that takes `by`; add one to the room where there is none"
    )


def test_every_public_query_exists():
    there = {f"{module.room}.{function.name}" for module, function in offered(real(), "queries")}
    hold(
        (f"{name} needs no exception" for name in PUBLIC - there),
        law="an exception is there for somebody",
        do="remove it from the tables in tests/house/test_queries.py",
    )


def test_every_public_query_has_a_reason():
    assert all(len(reason) > 20 for reason in (*FOR_ANYONE, *FOR_ROOMS)), "say in a sentence why it needs no `by`"


@pytest.mark.parametrize(
    "source",
    [
        "def case(case_id, by): ...",
        "def case(by, case_id):\n    return case_id",
        "def desk(): ...",
        "def desk(*, at): ...",
    ],
)
def test_a_query_that_does_not_ask_is_seen(house, source):
    assert list(breaches(house({"workflow/queries.py": source}), set()))
    assert not list(breaches(house({"workflow/queries.py": source}), {"workflow.case", "workflow.desk"}))


def test_a_query_that_asks_passes(house):
    good = "def case(by, case_id):\n    return rules.may_read(by, case_id)\n\ndef _row(case_id): ..."
    assert not list(breaches(house({"workflow/queries.py": good}), set()))


def test_a_door_that_asks_what_is_for_rooms_is_seen(house):
    door = "from janaseva.forms import queries\n\ndef page():\n    return queries.answers_of(1)"
    modules = house({"portal/services/page.py": door, "services/actions.py": door})
    assert len(list(at_doors(modules, {"forms.answers_of"}))) == 1
