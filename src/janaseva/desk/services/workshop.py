"""The definers' workshop: a version of a service written part by part, checked and tried at every save."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from janaseva.core.refusal import CONFLICT, Fault, Refusal, not_found
from janaseva.core.source import SourceError, read
from janaseva.core.text import TONGUES, Text, in_language
from janaseva.core.words import say
from janaseva.desk.people.entry import officers, show
from janaseva.doorway.acts import perform
from janaseva.doorway.visitor import actor, at
from janaseva.people import queries as people
from janaseva.services import actions, queries
from janaseva.services.queries import ProposalView
from janaseva.services.rules import outline, proposing, wording
from janaseva.services.rules.definition import Definition
from janaseva.workflow.rules import Picture, picture

SERVICE: Final = "service.yaml"
FILES: Final = (
    "examples.yaml",
    "sources.yaml",
    *(f"words.{code}.yaml" for code in TONGUES if code != "en"),
    "letter.typ",
)
PREVIEWED: Final = frozenset({"general", "applicant", "form", "documents", "fee", "examples.yaml"}) | {
    name for name in FILES if name.startswith("words.")
}
"""Parts of which the form shows something at once."""
HERE: Final = "desk-proposals"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One part of the outline, or one file beside it: what it holds, and what stands against it."""

    name: str
    file: str
    text: str
    faults: tuple[Any, ...] = ()
    lines: tuple[int, ...] = ()


def _places(files: Mapping[str, str], checked: proposing.Checked) -> list[Place]:
    """Return every part of the outline and every file, each with its faults."""
    text = files.get(SERVICE, "")
    own = [fault for fault in checked.faults if fault.file == SERVICE]
    at_part = {id(fault): outline.part_at(text, fault.line) for fault in own}
    left = any(
        line.strip() and not line.startswith("#") for line in outline.part_text(text, outline.OTHER).splitlines()
    )
    names = [*outline.PARTS, *([outline.OTHER] if left else [])]
    parts = [
        Place(
            name=name,
            file=SERVICE,
            text=outline.part_text(text, name),
            faults=tuple(fault for fault in own if at_part[id(fault)] == name),
            lines=outline.part_lines(text, name),
        )
        for name in names
    ]
    return [*parts, *(_file(files, name, checked) for name in _beside(files))]


def _beside(files: Mapping[str, str]) -> tuple[str, ...]:
    """Return the files beside the service; words in the languages of the pack, and what is written already."""
    try:
        tree = read(files.get("pack.yaml", ""), "pack.yaml").tree
    except SourceError:
        return FILES
    named = tree.get("languages") if isinstance(tree, dict) else None
    if not isinstance(named, list):
        return FILES
    wanted = {f"words.{code}.yaml" for code in named}
    return tuple(name for name in FILES if not name.startswith("words.") or name in wanted or files.get(name))


def _file(files: Mapping[str, str], name: str, checked: proposing.Checked) -> Place:
    text = files.get(name, "")
    found = tuple(fault for fault in checked.faults if fault.file == name)
    return Place(name=name, file=name, text=text, faults=found, lines=tuple(range(1, text.count("\n") + 2)))


def _title(name: str, language: str) -> str:
    """Return what a part or a file is called in a language."""
    if name in outline.PARTS or name == outline.OTHER:
        return say(f"desk.workshop.part.{name}", language)
    if name.startswith("words."):
        return say("desk.workshop.part.words", language, tongue=TONGUES[name.split(".")[1]].name)
    return say(f"desk.workshop.part.{name.partition('.')[0]}", language)


# --- the outline


@require_safe
@officers
def workshop(request: HttpRequest, proposal_id: UUID) -> HttpResponse:
    """Show a version in the order of the guide: each part with its faults, the examples, the process as a picture."""
    view = queries.proposal(actor(request), proposal_id)
    checked = queries.check_files(view.files, service=view.service, at=at(request))
    language = getattr(request, "language", "en")
    definition = checked.service.definition
    context = {
        "view": view,
        "checked": checked,
        "tasks": [_task(place, proposal_id, language, view) for place in _places(view.files, checked)],
        "pictures": _pictures(definition, language) if definition is not None else [],
    }
    return show(request, "desk/services/workshop.html", context, here=HERE)


def _pictures(definition: Definition, language: str) -> list[tuple[str, Any, Any]]:
    """Return each process that differs, under the names of the variants that run it."""
    found: dict[str, tuple[list[str], Any, Any]] = {}
    drawings = [picture(definition.process_for(variant)) for variant in definition.variants]
    named = {node.role for drawn in drawings for node in drawn.nodes if node.role}
    roles = people.role_names(named, state=definition.key.partition("-")[0])
    for variant, drawn in zip(definition.variants, drawings, strict=True):
        nodes, arrows = _drawn(drawn, roles, language)
        names, _, _ = found.setdefault(repr((nodes, arrows)), ([], nodes, arrows))
        names.append(in_language(variant.title, language))
    return [(" · ".join(names), nodes, arrows) for names, nodes, arrows in found.values()]


def _task(place: Place, proposal_id: UUID, language: str, view: ProposalView) -> dict[str, Any]:
    count = len(place.faults)
    empty = not place.text.strip()
    state = "faults" if count else "empty" if empty else "sound"
    return {
        "title": _title(place.name, language),
        "href": reverse("desk-workshop-part", args=[proposal_id, place.name]) if view.may_write else None,
        "state": say(f"desk.workshop.state.{state}", language, count=count),
        "kind": {"faults": "late", "empty": "plain", "sound": "done"}[state],
    }


def _drawn(
    drawn: Picture, roles: Mapping[str, Text], language: str
) -> tuple[list[tuple[str, str, str, str]], list[tuple[str, str, str]]]:
    """Return a drawing's nodes and arrows in words, as the drawing takes them."""
    nodes: list[tuple[str, str, str, str]] = []
    for node in drawn.nodes:
        title = in_language(node.title, language) if node.title else say(f"desk.workshop.node.{node.key}", language)
        days = node.limit.days if node.limit else None
        limit = say("desk.workshop.within", language, count=days) if days is not None else ""
        role = in_language(roles[node.role], language) if node.role else ""
        words = " · ".join(part for part in (role, limit) if part)
        nodes.append((node.key, title, words, node.kind))
    arrows = [(one.source, one.target, in_language(one.title, language) if one.title else "") for one in drawn.arrows]
    return nodes, arrows


# --- one part


@require_http_methods(["GET", "HEAD", "POST"])
@officers
def part(request: HttpRequest, proposal_id: UUID, name: str) -> HttpResponse:
    """Write one part; what was typed is checked with the whole and kept even with faults, for faults are shown."""
    view = queries.proposal(actor(request), proposal_id)
    if not view.may_write or (name not in outline.PARTS and name not in (outline.OTHER, *_beside(view.files))):
        raise not_found()
    if request.method == "POST":
        return _saved(request, view, name)
    return _editor(request, view, name, done=request.GET.get("done") == "saved")


def _saved(request: HttpRequest, view: ProposalView, name: str) -> HttpResponse:
    written = request.POST.get("text", "")
    if len(written) > proposing.MOST_CHARACTERS:
        fault = Fault(place="text", code="workshop_text_long")
        return _editor(request, view, name, typed=written[: proposing.MOST_CHARACTERS], faults=[fault])
    files = dict(view.files)
    if name in FILES:
        files[name] = written.replace("\r\n", "\n")
    else:
        files[SERVICE] = outline.with_part(files.get(SERVICE, ""), name, written)
    own = {one: text for one, text in files.items() if proposing.OWN_FILE.match(one) and text.strip()}
    try:
        perform(
            request,
            actions.save_proposal,
            service=view.service,
            pack=view.pack,
            files=own,
            proposal_id=view.id,
            seen_sha256=request.POST.get("seen", "")[:64],
        )
    except Refusal as refusal:
        if refusal.status != CONFLICT and refusal.code != "proposal_strange_files":
            raise
        fault = Fault(place="text", code=refusal.code, facts=refusal.facts)
        return _editor(request, view, name, typed=written, faults=[fault], status=refusal.status)
    return HttpResponseRedirect(f"{reverse('desk-workshop-part', args=[view.id, name])}?done=saved")


def _editor(
    request: HttpRequest,
    view: ProposalView,
    name: str,
    *,
    typed: str | None = None,
    faults: list[Fault] | None = None,
    done: bool = False,
    status: int = 0,
) -> HttpResponse:
    checked = queries.check_files(view.files, service=view.service, at=at(request))
    places = _places(view.files, checked)
    place = next((one for one in places if one.name == name), None) or Place(name=name, file=SERVICE, text="")
    names = [one.name for one in places]
    after = names[names.index(name) + 1] if name in names[:-1] else ""
    language = getattr(request, "language", "en")
    context = {
        "view": view,
        "place": place,
        "title": _title(name, language),
        "hint": say(f"desk.workshop.hint.{name if name in outline.PARTS else name.partition('.')[0]}", language),
        "typed": place.text if typed is None else typed,
        "kept": place.text if typed is not None and typed.rstrip() != place.text.rstrip() else "",
        "numbers": {fault.line: _line_in(place, fault.line) for fault in place.faults},
        "checked": checked,
        "done": done,
        "previewed": name in PREVIEWED,
        "unworded": _unworded(view.files, name, checked) if name.startswith("words.") else "",
        "after": after,
        "after_title": _title(after, language) if after else "",
    }
    return show(request, "desk/services/workshop_part.html", context, here=HERE, faults=faults or (), status=status)


def _unworded(files: Mapping[str, str], name: str, checked: proposing.Checked) -> str:
    """Return the strings that a language still lacks, as lines for its words file."""
    language = name.split(".")[1]
    states = {one.language: one for one in checked.service.examined.words}
    try:
        source = read(files.get(SERVICE, ""), SERVICE)
    except SourceError:
        return ""
    missing = [found for _, found, _ in wording.wordy(source.tree)]
    return wording.unworded(source, states[language].missing if language in states else missing)


def _line_in(place: Place, line: int) -> int:
    """Return which line of the part a line of the whole file is, from 1."""
    return place.lines.index(line) + 1 if line in place.lines else 1
