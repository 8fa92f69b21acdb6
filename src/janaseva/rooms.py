"""The rooms as Django knows them: one configuration a room, nothing decided here but the order of the floors."""

import importlib
from importlib.util import find_spec

from django.apps import AppConfig


class Room(AppConfig):
    """Base: when the application is ready, the room's handlers are imported so that they hear the news."""

    default_auto_field = "django.db.models.UUIDField"

    def ready(self) -> None:
        """Import the room's handlers, where it has any."""
        if find_spec(f"{self.name}.handlers") is not None:
            importlib.import_module(f"{self.name}.handlers")


def _room(label: str) -> type[Room]:
    return type(label.capitalize(), (Room,), {"name": f"janaseva.{label}", "label": label, "__module__": __name__})


Ledger = _room("ledger")
People = _room("people")
Documents = _room("documents")
Forms = _room("forms")
Workflow = _room("workflow")
Contact = _room("contact")
Registers = _room("registers")
Payments = _room("payments")
Services = _room("services")
Monitor = _room("monitor")

FLOORS: tuple[tuple[str, ...], ...] = (
    ("core",),
    ("ledger", "people", "documents"),
    ("forms", "workflow", "contact"),
    ("registers", "payments"),
    ("services", "monitor"),
    ("portal", "desk", "gateway"),
)
"""From the slab up. In the ground floor each room may import those before it; forms may be imported by workflow."""

ROOMS: tuple[str, ...] = tuple(room for floor in FLOORS[1:-1] for room in floor)
DOORS: tuple[str, ...] = FLOORS[-1]
