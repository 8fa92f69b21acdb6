"""What may be shown of a count without telling on anybody: small ones are hidden, and what would betray them.

Counts form a tree: all, of that each service, of that each office. A hidden count is ``under_5`` (it is 1 to 4) or
``withheld`` (it is large enough, but would let a hidden one be worked out). Whoever knows every number that is shown,
and these two meanings, is left with at least two possible values for each hidden count.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Generic, Literal, TypeVar

Shown = Literal["exact", "under_5", "withheld"]
K = TypeVar("K")

SMALL: Final = 5
"""The least count that is shown, apart from nought."""


@dataclass(frozen=True, slots=True)
class Count:
    """A count as it may be shown; ``value`` is ``None`` where it is hidden."""

    value: int | None
    shown: Shown = "exact"

    @property
    def is_exact(self) -> bool:
        """Return whether the number itself may be shown."""
        return self.shown == "exact"


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch(Generic[K]):
    """A total with its parts, as they may be shown."""

    total: Count
    parts: Mapping[K, Count]


UNDER_5: Final = Count(None, "under_5")
WITHHELD: Final = Count(None, "withheld")


def is_small(count: int) -> bool:
    """Return whether so few could be told apart."""
    return 0 < count < SMALL


def is_safe(bounds: Sequence[tuple[int, int]], together: int) -> bool:
    """Return whether each of several numbers stays unknown to whoever knows their bounds and what they are together."""
    least, most = sum(low for low, _ in bounds), sum(high for _, high in bounds)
    return all(max(low, together - (most - high)) < min(high, together - (least - low)) for low, high in bounds)


def branch(
    parts: Mapping[K, int],
    *,
    withheld: Collection[K] = (),
    hidden: bool = False,
    wholes: Mapping[K, int] | None = None,
) -> Branch[K]:
    """Return a total and its parts as they may be shown.

    ``withheld`` are parts that must not be shown for another reason; ``hidden`` says that the total must not.
    ``wholes`` says of what each part is a part, where that is known. Where the total is hidden, so is every part,
    since parts would tell it.
    """
    together = sum(parts.values())
    if is_small(together) or hidden:
        total = UNDER_5 if is_small(together) else WITHHELD
        return Branch(total=total, parts=_under(total, parts))
    most = wholes or dict.fromkeys(parts, together)
    bounds = {key: (1, min(SMALL - 1, most[key])) for key, count in parts.items() if is_small(count)}
    small = set(bounds)
    bounds |= {key: (SMALL if parts[key] >= SMALL else 0, most[key]) for key in withheld if key not in small}
    free = (key for key, count in parts.items() if count >= SMALL and most[key] > SMALL and key not in bounds)
    rest = sorted(free, key=lambda key: (-parts[key], str(key)))
    while not is_safe(list(bounds.values()), sum(parts[key] for key in bounds)):
        if not rest:
            return Branch(total=WITHHELD, parts=_under(WITHHELD, parts))
        key = rest.pop()
        bounds[key] = (SMALL, most[key])
    shown = {
        key: UNDER_5 if key in small else WITHHELD if key in bounds else Count(count) for key, count in parts.items()
    }
    return Branch(total=Count(together), parts=shown)


def _under(total: Count, parts: Mapping[K, int]) -> dict[K, Count]:
    """Return the parts of a hidden total: hidden too, since they would tell it; a single part is the total itself."""
    return dict.fromkeys(parts, total if len(parts) == 1 else WITHHELD)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """One measure of everything: all of it, of each service, and of each office in a service, as they may be shown."""

    total: Count
    services: Mapping[str, Count]
    offices: Mapping[str, Mapping[str, Count]]


Counts = Mapping[str, Mapping[str, int]]
"""Numbers by service and office."""


def tree(counts: Counts, *, of: Counts | None = None) -> Tree:
    """Return counts by service and office as they may be shown.

    ``of`` holds what they are part of, where that is shown too: then no part is shown whose rest is small.
    """
    sums = {service: sum(offices.values()) for service, offices in counts.items()}
    leaves = {
        service: branch(offices, withheld=_betraying(offices, of[service]), wholes=of[service])
        if of is not None
        else branch(offices)
        for service, offices in counts.items()
    }
    unsaid = {service for service, found in leaves.items() if found.total.shown == "withheld"}
    wholes = None if of is None else {service: sum(of[service].values()) for service in counts}
    if wholes is not None:
        unsaid |= _betraying(sums, wholes)
    together = sum(sums.values())
    hidden = wholes is not None and betrays(together, sum(wholes.values()))
    root = branch(sums, withheld=unsaid, wholes=wholes, hidden=hidden)
    return Tree(
        total=root.total,
        services=root.parts,
        offices={
            service: leaves[service].parts if root.parts[service].is_exact else _under(root.parts[service], offices)
            for service, offices in counts.items()
        },
    )


def _betraying(parts: Mapping[K, int], wholes: Mapping[K, int]) -> set[K]:
    return {key for key, part in parts.items() if betrays(part, wholes[key])}


def share(part: Count, whole: Count) -> int | None:
    """Return a share in whole percent, or ``None`` where it may not be said or is of nothing."""
    if part.value is None or not whole.value:
        return None
    return (100 * part.value + whole.value // 2) // whole.value


def betrays(part: int, whole: int) -> bool:
    """Return whether knowing a part of a whole tells that the rest of it is small."""
    return is_small(whole - part) or is_small(whole)
