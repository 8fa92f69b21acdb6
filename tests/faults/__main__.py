"""``python -m tests.faults``: seeded faults against the running platform, a table, and one line of JSON.

python -m tests.faults                       all of it, as ``make faults``: 40 faults in some twenty minutes
python -m tests.faults --cuts 100 --kills 300 --cluster 40 --acks 200000    longer, until so many are acknowledged
python -m tests.faults --from COMMIT         the rolling upgrade begins with that version
python -m tests.faults --quick               kills alone, a handful
python -m tests.faults --only "power cut"    one kind
python -m tests.faults --seed 42             the choices of an earlier run again
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from deploy.cluster import nodes
from tests.faults import alone, papers, power, together
from tests.faults.report import RED, Report, Row
from tests.house import released


def _in_folder(work: Callable[[Path], Row]) -> Row:
    with tempfile.TemporaryDirectory(prefix="janaseva-disk-") as folder:
        place = Path(folder)
        place.chmod(0o755)
        return work(place)


def _single(asked: argparse.Namespace, seed: int) -> dict[str, Callable[[], Row]]:
    """Return what can be done to one machine, by name."""
    found: dict[str, Callable[[], Row]] = {}
    for kind in ("sqlite", "postgres"):
        found[f"kill -9, {kind}"] = lambda kind=kind: alone.kills(kind, seed=seed, count=asked.kills)
        if not asked.quick:
            found[f"kill -9 while papers move, {kind}"] = lambda kind=kind: papers.kills(
                kind, seed=seed, count=asked.papers
            )
            found[f"power cut, {kind}"] = lambda kind=kind: _in_folder(
                lambda place: power.cuts(kind, seed=seed, count=asked.cuts, folder=place)
            )
            found[f"disk full, {kind}"] = lambda kind=kind: _in_folder(
                lambda place: power.full(kind, seed=seed, count=asked.fills, folder=place)
            )
    if not asked.quick:
        found["clock set back, sqlite"] = lambda: alone.clock_back("sqlite", seed=seed)
    return found


def _why_not(name: str) -> str:
    """Return why a fault cannot be done on this machine; empty where it can."""
    if name.startswith(("power cut", "disk full")):
        return power.missing()
    if name.startswith("clock"):
        return alone.no_faketime()
    return ""


def _release(named: str) -> nodes.Code:
    """Return the version that a rolling upgrade begins with: the one named, or the last release where it is here."""
    commit = named or released.last().commit
    try:
        return together.release(commit)
    except nodes.ClusterError as error:
        if named:
            raise
        print(f"the rolling upgrade is one from this version to itself: {error}")
        return nodes.PRESENT


def _report(asked: argparse.Namespace, report: Report) -> None:
    for name, work in _single(asked, asked.seed).items():
        if asked.only in name:
            why_not = _why_not(name)
            report.add(Row(name, skipped=why_not) if why_not else work())
    if asked.quick or not ("cluster" in asked.only or not asked.only):
        return
    why_not = together.missing()
    if why_not:
        report.add(Row("cluster", skipped=why_not))
        return
    together.VERSIONS[0] = _release(asked.release)
    done = sum(row.acks for row in report.rows)
    for row in together.soak(seed=asked.seed, count=asked.cluster, only=asked.fault, acks=max(0, asked.acks - done)):
        report.add(row)


def main() -> int:
    """Run what was asked for and return 0 only where nothing was lost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=int(time.time()) % 1_000_000, help="repeats a run's choices")
    parser.add_argument("--quick", action="store_true", help="kills alone")
    parser.add_argument("--kills", type=int, default=9, help="kill -9 on each kind of database")
    parser.add_argument("--papers", type=int, default=6, help="kill -9 while papers go to a document store, on each")
    parser.add_argument("--cuts", type=int, default=4, help="power cuts on each kind of database")
    parser.add_argument("--fills", type=int, default=1, help="full disks on each kind of database")
    parser.add_argument("--cluster", type=int, default=12, help="faults of the cluster, each kind in its turn")
    parser.add_argument("--acks", type=int, default=0, help="go on with the cluster until so many are acknowledged")
    parser.add_argument(
        "--from", dest="release", default="", help="the version that a rolling upgrade begins with (the last release)"
    )
    parser.add_argument("--only", default="", help="faults whose names hold this")
    parser.add_argument("--fault", default="", help="faults of the cluster whose names hold this")
    asked = parser.parse_args()
    red = RED.read_text(encoding="utf-8").split("\n") if RED.exists() else []
    print(f"seed {asked.seed}; {len([line for line in red if line])} red seeds are kept in {RED.name}")
    report = Report(asked.seed)
    report.head()
    _report(asked, report)
    return report.close()


if __name__ == "__main__":
    sys.exit(main())
