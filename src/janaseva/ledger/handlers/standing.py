"""Where the database's log stands beside the newest checkpoint that is remembered apart from it."""

from dataclasses import dataclass
from typing import Final

from janaseva.ledger import queries, rules
from janaseva.ledger.adapters import DirectoryMemory, Memory
from janaseva.settings import OPTIONS

BEHIND: Final = "record_behind"
FORKED: Final = "record_forked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The database's log beside the newest checkpoint that is remembered; ``code`` is empty where they agree."""

    code: str
    sequenced: int
    published: int


def memory() -> Memory:
    """Return where the newest checkpoint is remembered apart from the database."""
    return DirectoryMemory(OPTIONS.data_dir / "published", *OPTIONS.published_copies)


def compared(held: Memory | None = None) -> Standing:
    """Compare the database's log with every remembered checkpoint; one of another origin is of another log."""
    head = queries.head()
    sequenced = head.sequenced if head else 0
    try:
        heads = [one for one in (held or memory()).heads() if one.origin == OPTIONS.log_origin]
    except (rules.NoteError, UnicodeDecodeError):
        return Standing(code=FORKED, sequenced=sequenced, published=0)
    published = max((one.size for one in heads), default=0)
    if sequenced < published:
        return Standing(code=BEHIND, sequenced=sequenced, published=published)
    forked = any(_root(one.size) != one.root for one in heads if one.size)
    return Standing(code=FORKED if forked else "", sequenced=sequenced, published=published)


def _root(size: int) -> bytes:
    try:
        return rules.Tree(size, queries.tile_hashes).root()
    except rules.TileError:
        return b""
