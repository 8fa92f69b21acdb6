"""The news of registers: which entry, never what it says."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from janaseva.core.news import News


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened(News):
    """A register was opened, or its title changed."""

    name: ClassVar[str] = "registers.opened"
    register: str
    pack: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded(News):
    """An entry was made."""

    name: ClassVar[str] = "registers.recorded"
    register: str
    entry_id: UUID
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected(News):
    """An entry got a new version; the earlier ones stay."""

    name: ClassVar[str] = "registers.corrected"
    register: str
    entry_id: UUID
    entry_version: int
