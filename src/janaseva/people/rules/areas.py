"""Areas by scheme and code."""

from typing import Final

AREA_LEVELS: Final = ("state", "district", "subdistrict")


def area_reference(scheme: str, code: str) -> str:
    """Return how answers of forms refer to an area: ``lgd-subdistrict:5683``."""
    return f"{scheme}:{code}"


def split_reference(reference: str) -> tuple[str, str]:
    """Return scheme and code of a reference; the code is empty where there is no colon."""
    scheme, _, code = reference.partition(":")
    return scheme, code
