"""What a day came to: who was answered how soon, what the faults did, what the processors did, and what was lost."""

import itertools
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.faults.load import Ack
from tests.faults.oracle import KINDS
from tests.faults.report import ZERO

REFUSED = 400
AFTER_SECONDS = 30.0
"""So long after a fault has begun, what is slow is its doing."""


@dataclass
class Day:
    """One run at one rate, as the people wrote it down."""

    rate: float
    book: Path
    began: float = 0.0
    ended: float = 0.0
    lines: list[dict[str, Any]] = field(default_factory=list)
    sent: dict[str, str] = field(default_factory=dict)
    faults: list[tuple[str, float, float]] = field(default_factory=list)
    used: dict[str, float] = field(default_factory=dict)
    share: float = 0.0
    said: list[str] = field(default_factory=list)
    _read: int = 0

    @property
    def acks(self) -> list[Ack]:
        """Return every act that was acknowledged, signing in included."""
        return [
            Ack(one["kind"], one["key"], one["at"], one["facts"])
            for one in self.lines
            if one["kind"] in KINDS and 0 < one["status"] < REFUSED and (one["kind"] != "next" or one["key"])
        ]

    def during(self, kind: str = "", *, faults: bool = True) -> list[dict[str, Any]]:
        """Return what was answered while the clock ran; without ``faults``, what was not sent in the wake of one."""
        end = self.ended or float("inf")
        own = [one for one in self.lines if (one["kind"] == kind or not kind) and self.began <= one["at"] <= end]
        if faults:
            return own
        return [
            one for one in own if not any(began <= one["at"] <= began + AFTER_SECONDS for _, began, _ in self.faults)
        ]

    def receipts(self, share: float, *, faults: bool = True) -> float:
        """Return the time within which such a share of receipts came, in seconds."""
        return percentile([one["seconds"] for one in self.during("submit", faults=faults)], share)

    @property
    def seconds(self) -> float:
        """Return how long the clock ran."""
        return max(self.ended - self.began, 1e-9)

    @property
    def rate_reached(self) -> float:
        """Return how many applications were handed in a second."""
        return sum(0 < one["status"] < REFUSED for one in self.during("submit")) / self.seconds

    def gap(self, began: float) -> float:
        """Return the longest time without an acknowledgement of those that began in the wake of a fault."""
        moments = [began, *sorted(ack.at for ack in self.acks if began <= ack.at <= self.ended), self.ended]
        pairs = itertools.pairwise(moments)
        return max((late - soon for soon, late in pairs if soon <= began + AFTER_SECONDS), default=0.0)

    def line(self) -> str:
        """Return one line for people."""
        return (
            f"asked {self.rate:g} a second, reached {self.rate_reached:.2f}; receipts p50 {self.receipts(0.5):.2f} s, "
            f"p95 {self.receipts(0.95):.2f} s; processors {100 * self.share:.0f} % busy"
        )


def percentile(values: list[float], share: float) -> float:
    """Return the value under which such a share lies; 0 of none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def read(day: Day) -> Day:
    """Read what was written since the last reading."""
    if not day.book.exists():
        return day
    with day.book.open(encoding="utf-8") as file:
        file.seek(day._read)
        while (text := file.readline()).endswith("\n"):
            day._read = file.tell()
            _take(day, json.loads(text))
    return day


def _take(day: Day, said: dict[str, Any]) -> None:
    if "sent" in said:
        day.sent[said["sent"]] = said["kind"]
    elif "kind" in said:
        day.lines.append(said)
    else:
        day.began, day.ended = said.get("began", day.began), said.get("ended", day.ended)


def _shown(day: Day) -> None:
    print(f"\n  {day.line()}")
    print("  what          times  a second    p50 s    p95 s    p99 s  again  refused")
    for kind in dict.fromkeys(one["kind"] for one in day.during()):
        own = day.during(kind)
        times = [one["seconds"] for one in own]
        parts = " ".join(f"{percentile(times, share):>8.2f}" for share in (0.5, 0.95, 0.99))
        refused = sum(one["status"] >= REFUSED for one in own)
        again = sum(one["tries"] > 1 for one in own)
        print(f"  {kind:<10} {len(own):>8} {len(own) / day.seconds:>9.2f} {parts} {again:>6} {refused:>8}")
    for name, began, ended in day.faults:
        print(f"  {name:<44} gap {day.gap(began):>5.1f} s, whole again after {ended - began:>5.1f} s")
    whole = sum(day.used.values()) or 1.0
    spent = sorted(day.used.items(), key=lambda one: -one[1])
    print(
        "  processor seconds: "
        + ", ".join(f"{what} {used:.0f} ({100 * used / whole:.0f} %)" for what, used in spent[:9])
    )


def show(days: list[Day], verdict: dict[str, Any], *, limit: float, find: bool) -> int:
    """Print the tables and the line of JSON; return 0 where nothing was lost and receipts came in time."""
    for day in days:
        _shown(day)
    wrong = [f"{name} {verdict[name]}" for name in ZERO if verdict.get(name)]
    wrong += [said for day in days for said in day.said]
    held = [day for day in days if day.receipts(0.95) <= limit and day.rate_reached >= 0.9 * day.rate]
    late = not held
    print(f"\n  acknowledged {sum(len(day.acks) for day in days)}; {'; '.join(wrong) or 'nothing lost'}")
    best = max(held, key=lambda day: day.rate, default=None)
    facts = {
        "bench": "busy",
        "asked": [day.rate for day in days],
        "reached": [round(day.rate_reached, 2) for day in days],
        "receipts_p50_s": [round(day.receipts(0.5), 3) for day in days],
        "receipts_p95_s": [round(day.receipts(0.95), 3) for day in days],
        "receipts_p95_s_beside_faults": [round(day.receipts(0.95, faults=False), 3) for day in days],
        "processors_busy": [round(day.share, 2) for day in days],
        "largest_rate_within_limit": best.rate if best else None,
        "faults": sum(len(day.faults) for day in days),
        "longest_gap_s": round(max((day.gap(began) for day in days for _, began, _ in day.faults), default=0.0), 1),
        "acknowledged": sum(len(day.acks) for day in days),
        **{name: verdict.get(name, 0) for name in ZERO},
        "said": verdict.get("said", []) + [said for day in days for said in day.said],
    }
    print(json.dumps(facts))
    return 1 if wrong or (late and not find) else 0
