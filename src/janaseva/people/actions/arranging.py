"""Orders about offices and posts: one administrator proposes, a second person puts them in force."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from janaseva.core import writing
from janaseva.core.action import action, allow, change, flush, put, remove, tell
from janaseva.core.actor import Actor
from janaseva.core.refusal import CONFLICT, UNPROCESSABLE, Refusal, not_found
from janaseva.people import events, queries, rules, steps
from janaseva.people.models import Area, Arrangement, Charge, Coverage, Department, Office, Person, Post
from janaseva.people.queries.arranging_plan import plan

LEAST_CHARACTERS = 3


@action
def propose_arrangement(*, by: Actor, at: datetime, key: str, kind: str, facts: Mapping[str, Any], order: str) -> UUID:
    """Propose an order about an office or a post; nothing changes until a second person puts it in force.

    Return the proposal's id.

    Raises:
        Refusal: ``not_found`` outside one's reach; ``charge_ended``; ``arrangement_needs_order``.
        Invalid: with everything that is wrong with it, at once.

    """
    reach = queries.reach_of_office(by)
    allow(bool(reach))
    del key
    steps.in_charge(by=by, at=at)
    said = writing.tidy(order)[:300]
    if len(said) < LEAST_CHARACTERS:
        raise Refusal("arrangement_needs_order", status=UNPROCESSABLE, characters=LEAST_CHARACTERS)
    made = plan(kind, facts, at)
    if not rules.may_arrange(by, reach=reach, area_id=made.area_id) or by.person_id is None or made.area_id is None:
        raise not_found()
    row = put(
        Arrangement(
            kind=kind,
            area_id=made.area_id,
            office_id=made.office_id,
            facts=dict(facts),
            lines=made.lines,
            order=said,
            state="proposed",
            made_at=at,
            made_by_id=by.person_id,
        )
    )
    tell(events.ArrangementProposed(arrangement_id=row.id, kind=kind), story=row.id, office_id=by.office_id)
    return row.id


@action
def withdraw_arrangement(*, by: Actor, at: datetime, key: str, arrangement_id: UUID) -> None:
    """Take back, or turn down, an order that is not in force.

    Raises:
        Refusal: ``not_found``; ``charge_ended``; ``arrangement_decided``.

    """
    allow(queries.may_arrange_there(by, arrangement_id))
    del key
    steps.in_charge(by=by, at=at)
    row = Arrangement.locked(arrangement_id)
    if row is None or row.state != "proposed":
        raise Refusal("arrangement_decided", status=CONFLICT)
    change(row, state="withdrawn", decided_at=at, decided_by_id=by.person_id)
    tell(events.ArrangementWithdrawn(arrangement_id=row.id), story=row.id, office_id=row.office_id)


@action
def confirm_arrangement(*, by: Actor, at: datetime, key: str, arrangement_id: UUID) -> UUID:
    """Put an order in force as the second person; return the office. What ends a post or an office, workflow confirms.

    Raises:
        Refusal: ``not_found``; ``charge_ended``; ``arrangement_decided``; ``second_person_needed``;
            ``arrangement_overtaken``.
        Invalid: where what it names is not there any more.

    """
    allow(queries.may_arrange_there(by, arrangement_id))
    del key
    steps.in_charge(by=by, at=at)
    row = queries.to_confirm(by, arrangement_id, at)
    doing = {
        "open_office": _open_office,
        "change_office": _change_office,
        "open_post": _open_post,
        "fill_post": _fill_post,
        "vacate_post": _vacate_post,
    }.get(row.kind)
    if doing is None:
        raise not_found()
    office_id, posts, sessions = doing(row, by, at)
    change(row, office_id=office_id)
    steps.in_force(by=by, at=at, row=row, posts=posts, sessions=sessions)
    return office_id


Done = tuple[UUID, tuple[UUID, ...], tuple[UUID, ...]]
"""The office, the posts and the sessions that an order touched."""


def _open_office(row: Arrangement, by: Actor, at: datetime) -> Done:
    facts = row.facts
    own = Office.get_or_none(by.office_id) if by.office_id else None
    office = put(
        Office(
            key=facts["key"],
            kind=facts["kind"],
            area_id=row.area_id,
            department=Department.first_where(key=facts["department"]),
            superior=Office.first_where(key=facts["under"]) if facts.get("under") else None,
            names=_words(facts),
            is_demonstration=own is not None and own.is_demonstration,
            arranged_at=at,
        )
    )
    _cover(office, facts.get("also", ()))
    names = queries.role_names(facts.get("roles", ()))
    posts = [
        put(Post(key=f"{office.key}/{role}", office=office, role=role, names=dict(names[role]))).id
        for role in dict.fromkeys(facts.get("roles", ()))
    ]
    return office.id, tuple(posts), ()


def _words(facts: Mapping[str, Any]) -> dict[str, str]:
    return {language: writing.tidy(words) for language, words in facts.get("names", {}).items() if words.strip()}


def _cover(office: Office, references: list[str]) -> None:
    due: set[UUID] = set()
    for reference in references:
        scheme, code = rules.split_reference(reference)
        area = Area.first_where(scheme=scheme, code=code)
        due |= {area.id} if area is not None and area.id != office.area_id else set()
    for kept in Coverage.objects.select_for_update().filter(office=office):
        if kept.area_id in due:
            due.discard(kept.area_id)
        else:
            remove(kept)
    for area_id in sorted(due):
        put(Coverage(office=office, area_id=area_id))


def _changed(row: Arrangement) -> Office:
    office = Office.locked(row.office_id) if row.office_id else None
    if office is None:
        raise not_found()
    return office


def _change_office(row: Arrangement, by: Actor, at: datetime) -> Done:
    del by
    office = _changed(row)
    change(office, names=_words(row.facts), arranged_at=at)
    _cover(office, row.facts.get("also", ()))
    return office.id, (), ()


def _open_post(row: Arrangement, by: Actor, at: datetime) -> Done:
    del by
    office = _changed(row)
    change(office, arranged_at=at)
    role = row.facts["role"]
    taken = set(Post.objects.filter(office=office, role=role).values_list("key", flat=True))
    wanted = [f"{office.key}/{role}{number or ''}" for number in (0, *range(2, len(taken) + 3))]
    names = _words(row.facts) or dict(queries.role_names([role])[role])
    post = put(Post(key=next(one for one in wanted if one not in taken), office=office, role=role, names=names))
    return office.id, (post.id,), ()


def _post(row: Arrangement) -> Post:
    post = Post.first_where(key=row.facts["post"], ended_at=None, lock=True)
    if post is None:
        raise not_found()
    return post


def _fill_post(row: Arrangement, by: Actor, at: datetime) -> Done:
    post, person = _post(row), Person.get_or_none(UUID(row.facts["person"]))
    sessions = steps.vacate(by=by, at=at, post_id=post.id)
    flush()  # the old charge must have ended in the database before the post's next one begins
    put(
        Charge(
            post=post, person=person, kind="substantive", from_at=at, order=row.order[:200], office_id=post.office_id
        )
    )
    return post.office_id, (post.id,), sessions


def _vacate_post(row: Arrangement, by: Actor, at: datetime) -> Done:
    post = _post(row)
    return post.office_id, (post.id,), steps.vacate(by=by, at=at, post_id=post.id)
