"""What attacks stand on; how they are written is told in ``guards``."""

import pytest


@pytest.fixture
def tries(record_property):
    """Count what was tried, for the table: ``tries(1_000)``."""
    told = {"tries": 0}

    def count(more: int = 1) -> None:
        told["tries"] += more

    yield count
    record_property("tries", told["tries"])
