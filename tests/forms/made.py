"""Forms as tests write them down."""

from typing import Any

from janaseva.forms.rules import Form


def field(key: str, kind: str, **more: Any) -> dict[str, Any]:
    """Return a field, called by its key."""
    return {"key": key, "kind": kind, "label": key.title(), **more}


def form(*fields: dict[str, Any], pages: tuple[dict[str, Any], ...] = (), **more: Any) -> Form:
    """Return a form of one page with these fields, and further pages."""
    first = {"key": "one", "title": "One", "fields": list(fields)}
    return Form.model_validate({"key": "t", "version": 1, "pages": [first, *pages], **more})
