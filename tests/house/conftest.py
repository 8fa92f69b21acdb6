"""Trees of bad examples: a law that cannot be broken in a test has never been seen to hold."""

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from tests.house.source import Module, read


@pytest.fixture
def house(tmp_path: Path) -> Callable[[dict[str, str]], tuple[Module, ...]]:
    """Build a small Janaseva from ``{"people/queries.py": source}`` and read it."""

    def build(files: dict[str, str]) -> tuple[Module, ...]:
        package = tmp_path / "janaseva"
        for name, text in files.items():
            path = package / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(dedent(text), encoding="utf-8")
        return read(package)

    return build
