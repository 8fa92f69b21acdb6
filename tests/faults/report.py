"""What a run came to: a table for people, one line of JSON for machines, and the seeds that must be tried again."""

import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

RED = Path(__file__).with_name("red_seeds.txt")
ZERO = (
    *("lost", "doubled", "changed", "begun_twice", "numbers_doubled", "debits_unsettled", "refunded_twice"),
    *("unbalanced", "texts_lost", "findings"),
)
"""What must not be, whatever happens."""


@dataclass(slots=True)
class Row:
    """One kind of fault, done so many times."""

    name: str
    count: int = 0
    acks: int = 0
    gap: float = 0.0
    verdict: dict[str, Any] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    skipped: str = ""
    limit: float | None = None
    most_again: int | None = None
    acknowledges: bool = True
    """Whether people are at work while it is done; else it is no fault, and nothing can be lost."""

    @property
    def wrong(self) -> list[str]:
        """Return everything that is not as it must be."""
        found = [f"{name} {self.verdict[name]}" for name in ZERO if self.verdict.get(name)]
        if self.limit is not None and self.gap > self.limit:
            found.append(f"gap {self.gap:.1f} s over {self.limit:.0f} s")
        if self.most_again is not None and self.verdict.get("texts_again", 0) > self.most_again:
            found.append(f"texts_again {self.verdict['texts_again']}")
        found += self.refused[:3]
        if self.acknowledges and not self.skipped and not self.acks:
            found.append("nothing was acknowledged: nothing was shown")
        return found


@dataclass(slots=True)
class Report:
    """All rows of one run."""

    seed: int
    rows: list[Row] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)

    def add(self, row: Row) -> None:
        self.rows.append(row)
        words = f"skipped: {row.skipped}" if row.skipped else "; ".join(row.wrong) or "ok"
        print(f"  {row.name:<44} {row.count:>5} {row.acks:>8} {row.gap:>7.1f} s  {words}", flush=True)
        if row.wrong:
            print(f"      {json.dumps(row.verdict.get('said', []))}", flush=True)

    @staticmethod
    def head() -> None:
        print(f"  {'fault':<44} {'times':>5} {'acks':>8} {'gap':>9}  verdict")

    def close(self) -> int:
        """Print what the run came to, keep a red seed, and return the exit code."""
        red = [row for row in self.rows if row.wrong]
        facts = {
            "harness": "faults",
            "seed": self.seed,
            "faults": sum(row.count for row in self.rows if row.acknowledges),
            "strangers_tried": sum(row.count for row in self.rows if not row.acknowledges),
            "acknowledged": sum(row.acks for row in self.rows),
            **{name: sum(int(row.verdict.get(name, 0)) for row in self.rows) for name in ZERO},
            "texts_again": sum(int(row.verdict.get("texts_again", 0)) for row in self.rows),
            "longest_gap_s": round(max((row.gap for row in self.rows), default=0), 1),
            "skipped": {row.name: row.skipped for row in self.rows if row.skipped},
            "red": [row.name for row in red],
            "seconds": round(time.monotonic() - self.began),
        }
        for row in red:
            line = f"{self.seed} {row.name}\n"
            kept = RED.read_text(encoding="utf-8") if RED.exists() else ""
            if line not in kept:
                RED.write_text(kept + line, encoding="utf-8")
        print(json.dumps(facts))
        return 1 if red else 0
