"""Who may import whom: docs/house.md, sections 1 and 2, as two tables held against every import."""

from collections.abc import Iterable, Iterator

import pytest

from tests.house.source import DOORS, FLOORS, GLUE, KINDS, ROOMS, Module, hold, real

LAW = "calls go down the floors, and each file of a room imports only what its kind may (docs/house.md, section 2)"
DO = "offer it as a step or query of the lower room, tell news and hear it above, or move the line to where it belongs"

OWN: dict[str, set[str]] = {
    "models": {"rules"},
    "rules": set(),
    "queries": {"models", "rules"},
    "actions": {"models", "rules", "queries", "steps", "events"},
    "steps": {"models", "rules", "queries", "events"},
    "events": set(),
    "handlers": {"actions", "queries", "events", "adapters", "rules"},
    "adapters": {"rules"},
}
"""What each file may import of its own room (and always its own kind, where it has become a folder)."""

BELOW: dict[str, set[str]] = {
    "models": {"rules"},
    "rules": {"rules"},
    "queries": {"queries", "rules"},
    "actions": {"steps", "queries", "rules", "events"},
    "steps": {"steps", "queries", "rules", "events"},
    "events": set(),
    "handlers": {"events", "queries", "rules"},
    "adapters": {"rules"},
}
"""What each file may import of the rooms below."""

DOOR = {"actions", "queries", "rules", "events"}
"""What a door may import of any room."""

NOT_OF_CORE: dict[str, set[str]] = {
    "models": {"action", "clock"},
    "rules": {"row", "action", "clock", "ids"},
    "queries": {"action", "clock"},
    "actions": {"clock"},
    "steps": {"clock"},
    "events": {"row", "action", "clock"},
    "adapters": {"row", "action"},
}
"""Which words of core a kind may not use: rules are pure, questions do not write, and time is an argument."""

ORDER: dict[str, tuple[str, ...]] = {"people": ("ledger",), "documents": ("ledger", "people"), "workflow": ("forms",)}
"""Within a floor: which neighbours a room stands on."""

SETTINGS = {"queries", "actions", "steps", "handlers", "adapters", "door", "cli", "design", "glue"}
"""Who may read the settings; tables, rules and events hold the same everywhere."""

EXCEPTIONS: dict[tuple[str, str], str] = {
    ("janaseva.cli", "janaseva.ledger.handlers"): "the administrator's door runs the worker",
    (
        "janaseva.cli.keys",
        "janaseva.documents.handlers",
    ): "the administrator replaces key files, which no act may touch",
    ("janaseva.cli.documents", "janaseva.documents.handlers"): "the administrator moves papers between stores",
    ("janaseva.cli.backup", "janaseva.documents.handlers"): "the administrator's door keeps what the stores hold",
    ("janaseva.cli.backup", "janaseva.ledger.adapters"): "the administrator's door keeps what was published",
    ("janaseva.cli", "janaseva.services.adapters"): "the administrator's door reads packs from disk",
    ("janaseva.__main__", "janaseva.cli"): "python -m janaseva is the command line",
    ("janaseva.gateway.payments.simulator", "janaseva.payments.adapters.bank"): "the simulator's page is the bank's",
    ("janaseva.ledger.handlers", "janaseva.ledger.steps"): "installs the recorder under every action",
    ("janaseva.ledger.handlers", "janaseva.ledger.models"): "claims deliveries: technical rows, which no act writes",
}
"""Importer and imported (each with everything inside), with the reason."""


def _below(room: str) -> set[str]:
    """Return the rooms that a room stands on."""
    floor = next((number for number, rooms in enumerate(FLOORS) if room in rooms), len(FLOORS))
    return {name for rooms in FLOORS[1:floor] for name in rooms} | set(ORDER.get(room, ()))


def _inside(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def _reason_against(module: Module, target: str) -> str:
    """Return why a module may not import ``target``, or an empty text where it may."""
    if any(_inside(module.name, importer) and _inside(target, imported) for importer, imported in EXCEPTIONS):
        return ""
    _, top, kind, inside, *_ = [*target.split("."), "", "", ""]
    if top == "core":
        return _against_core(module, kind)
    if module.kind == "core":
        return "core knows nothing of government"
    if top == "settings":
        return "" if module.kind in SETTINGS else f"{module.kind} hold the same whatever the settings"
    if top in GLUE:
        return f"{top} is glue"
    if top in ROOMS:
        return _against_room(module, top, kind) or _against_folder(module, top, kind, inside)
    return _against_shelf_and_doors(module, top)


ENTRIES = ("janaseva.urls", "janaseva.wsgi")
"""The glue by which requests come in: it knows words of core."""


def _against_core(module: Module, word: str) -> str:
    """Return why a module may not use a word of core."""
    if word in NOT_OF_CORE.get(module.kind, set()):
        return f"{module.kind} may not use core.{word}"
    return "glue knows no core" if module.kind == "glue" and module.name not in ENTRIES else ""


def _against_folder(module: Module, room: str, kind: str, inside: str) -> str:
    """Return why a module may not reach past the ``__init__`` of another room's folder."""
    if inside and room != module.room and kind in ("actions", "steps", "queries"):
        return f"{inside} is the room's own: import what {room}.{kind} offers"
    return ""


def _against_shelf_and_doors(module: Module, top: str) -> str:
    """Return why a module may not import the design or a door."""
    if top == "design":
        return "" if module.kind in ("door", "cli", "design") else "only doors use the design"
    if top == "doorway":
        return "" if module.kind in ("door", "cli") else "only doors stand in the doorway"
    if top in DOORS or top == "cli":
        return (
            "" if top == module.room or module.name == "janaseva.urls" else f"{top} is a door: nothing imports a door"
        )
    return ""


def _against_room(module: Module, room: str, kind: str) -> str:
    """Return why a module may not import ``kind`` of ``room``."""
    if module.kind in ("door", "cli"):
        return "" if kind in DOOR else f"a door imports {', '.join(sorted(DOOR))} of a room, not its {kind or 'folder'}"
    if module.kind == "design":
        return "design knows core alone"
    if module.kind not in KINDS:
        return f"{module.name} is none of the eight files of a room, and may import no room"
    if room == module.room:
        may = OWN[module.kind] | {module.kind}
        return "" if kind in may else f"{module.kind} may import of their own room only {_list(may)}"
    if room not in _below(module.room):
        return f"{module.room} does not stand on {room}: news goes up, calls go down"
    may = BELOW[module.kind]
    return "" if kind in may else f"{module.kind} may import of a room below only {_list(may)}"


def _list(kinds: set[str]) -> str:
    return ", ".join(sorted(kinds)) or "nothing"


def breaches(modules: Iterable[Module]) -> Iterator[str]:
    """Yield every import of Janaseva's own that the tables do not allow."""
    known = {module.name for module in modules}
    for module in modules:
        for line, target in module.imports:
            if not _inside(target, "janaseva"):
                continue
            origin = target if target in known else target.rpartition(".")[0]
            whole = target if origin.count(".") < 2 else origin  # janaseva.room
            if reason := _reason_against(module, whole):
                yield f"{module.at(line)} imports {whole}: {reason}"


def test_imports_go_down_and_stay_in_their_kind():
    hold(breaches(real()), law=LAW, do=DO)


def test_every_exception_is_needed():
    used = {
        pair
        for pair in EXCEPTIONS
        for module in real()
        for _, target in module.imports
        if _inside(module.name, pair[0]) and _inside(target, pair[1])
    }
    stale = [f"{importer} no longer imports {imported}" for importer, imported in set(EXCEPTIONS) - used]
    hold(stale, law="an exception is there for somebody", do="remove it from EXCEPTIONS in tests/house/test_imports.py")


@pytest.mark.parametrize(
    ("where", "line"),
    [
        ("people/queries.py", "from janaseva.documents import queries"),  # up, within the ground floor
        ("ledger/actions.py", "import janaseva.people.steps"),
        ("forms/rules.py", "from janaseva.contact.rules import x"),  # across
        ("services/actions.py", "from janaseva.workflow.models import Case"),  # another room's table
        ("services/actions.py", "from janaseva.workflow import actions"),  # actions do not nest
        ("services/models.py", "from janaseva.services.queries import x"),
        ("services/queries.py", "from janaseva.core.action import put"),
        ("services/rules.py", "from janaseva.core.clock import now"),
        ("services/rules/fee.py", "from ..models import Application"),  # relative imports count
        ("services/actions.py", "from janaseva.services.adapters import Disk"),
        ("portal/services/apply.py", "from janaseva.services.models import Application"),
        ("portal/home.py", "from janaseva.desk.home import x"),
        ("payments/steps.py", "from janaseva.design.page import Page"),
        ("core/text.py", "from janaseva.people.rules import x"),
        ("design/page.py", "from janaseva.services.rules import x"),
        ("services/actions.py", "from janaseva.workflow.steps.rows import put_move"),  # past the folder's door
        ("doorway/visitor.py", "from janaseva.portal.home import x"),
        ("services/utilities.py", "from janaseva.services.models import Application"),
        ("payments/rules.py", "from janaseva.settings import OPTIONS"),
    ],
)
def test_a_wrong_import_is_seen(house, where, line):
    assert list(breaches(house({where: line})))


@pytest.mark.parametrize(
    ("where", "line"),
    [
        ("people/queries.py", "from janaseva.ledger import queries"),
        ("workflow/rules.py", "from janaseva.forms.rules import x"),
        ("services/actions.py", "from janaseva.workflow import steps as workflow"),
        ("services/rules/fee.py", "from .slab import Slab"),
        ("portal/services/apply.py", "from janaseva.services import actions, queries, rules"),
        ("cli/worker.py", "from janaseva.ledger import handlers"),
        ("cli/packs.py", "from janaseva.services.adapters import Disk"),
        ("desk/cases.py", "from janaseva.doorway.visitor import actor"),
        ("desk/home.py", "from janaseva.design.page import Page"),
        ("payments/handlers.py", "from janaseva.core.clock import now"),
    ],
)
def test_a_right_import_passes(house, where, line):
    assert not list(breaches(house({where: line})))
