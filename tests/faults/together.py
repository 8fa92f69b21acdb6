"""Faults of the cluster: a node killed or cut off, its peers lost, etcd lost, the lead handed over, a wait cut."""

import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from deploy.cluster import __main__ as cluster
from deploy.cluster import nodes
from tests.faults import site as sites
from tests.faults.alone import ask
from tests.faults.load import Ack, Crowd
from tests.faults.outside import Outside
from tests.faults.report import Row
from tests.faults.strangers import DOORS, let_in, served_certificate

UNPLANNED_SECONDS = 30.0
PLANNED_SECONDS = 6.0
PEOPLE = 12
ACKS_AFTER = 10
CALM_SECONDS = 10.0
SHOWN_MS = 0.05
UPGRADE = "rolling upgrade"


missing = nodes.missing
"""Why no cluster can be had here; empty where it can."""


def _back(name: str) -> None:
    """Start a database machine that was killed."""
    nodes.start_database_node(name)


def kill_leader(chance: random.Random) -> None:
    """Kill all that runs on the leader's machine; it comes back after a while."""
    lead = str(nodes.leader())
    nodes.kill(lead)
    time.sleep(25 + chance.random() * 5)
    _back(lead)


def kill_replica(chance: random.Random) -> None:
    """Kill all that runs on a replica's machine."""
    name = chance.choice([other for other in nodes.DATABASES if other != nodes.leader()])
    nodes.kill(name)
    time.sleep(5 + chance.random() * 5)
    _back(name)


def cut_leader(chance: random.Random) -> None:
    """Cut the leader off from everybody; it must not go on alone."""
    lead = str(nodes.leader())
    nodes.cut(lead)
    time.sleep(30 + chance.random() * 5)
    nodes.mend(lead)


def cut_from_peers(chance: random.Random) -> None:
    """Cut the leader off from the other databases alone: the web machines still reach it, and nobody replicates."""
    lead = str(nodes.leader())
    nodes.cut(lead, *[other for other in nodes.DATABASES if other != lead])
    time.sleep(30 + chance.random() * 5)
    nodes.mend(lead)


def lose_etcd(chance: random.Random) -> None:
    """Kill etcd everywhere; the cluster stops rather than guess, and goes on when it is back."""
    for name in nodes.DATABASES:
        nodes.kill_one(name, "etcd")
    time.sleep(5 + chance.random() * 3)
    for name in nodes.DATABASES:
        nodes.start_etcd(name)


def kill_patroni(chance: random.Random) -> None:
    """Stop the leader's Patroni in its tracks, PostgreSQL with it or not."""
    del chance
    lead = str(nodes.leader())
    nodes.kill_one(lead, "patroni")
    time.sleep(2)
    nodes.start_patroni(lead)


def hand_over(chance: random.Random) -> None:
    """Hand the lead over in good order."""
    del chance
    nodes.switchover()


def renew(chance: random.Random) -> None:
    """Give every machine a new certificate while people are at work."""
    del chance
    shown = {place: served_certificate(*place) for place in DOORS}
    nodes.renew()
    nodes.wait("the new certificates", lambda: all(served_certificate(*one) not in {"", shown[one]} for one in DOORS))


def kill_web(chance: random.Random) -> None:
    """Kill web and worker on one web machine, and start them again."""
    name = chance.choice(list(nodes.WEBS))
    for what in ("web", "worker"):
        nodes.kill_one(name, what)
    time.sleep(2)
    nodes.start_platform(name, with_packs(RUNNING[-1]), code=RUNNING[-1])


def upgrade(chance: random.Random) -> None:
    """Go round to the other version and on to the present one, as docs/operations/upgrades.md says: nobody may notice.

    A run begins with the last release and goes up, its tables first; after that it goes down and up again, and the
    tables stay.
    """
    del chance
    release, present = VERSIONS
    if present not in RUNNING:
        cluster.migrate(with_packs(present), code=present)
    else:
        _go_round(release)
    _go_round(present)


def _go_round(to: nodes.Code) -> None:
    """Restart one web machine after the other with another version."""
    RUNNING.append(to)
    for name in nodes.WEBS:
        for what in ("worker", "web"):
            nodes.end(name, what)
            nodes.start_platform(name, with_packs(to), code=to, whats=[what])
        nodes.wait(f"{name} with the other version", lambda name=name: nodes.web_is_up(name))
        time.sleep(2 * nodes.LEFT_OUT_SECONDS)


def cancel_waits(chance: random.Random) -> None:
    """Cut the wait of commits short while no replica answers: the server then says COMMIT, and it may not be true."""
    lead = str(nodes.leader())
    others = [other for other in nodes.DATABASES if other != lead]
    for other in others:
        nodes.cut(other, lead)
    end = time.monotonic() + 4 + chance.random()
    where = {
        **os.environ,
        "PGHOST": nodes.NODES[lead],
        "PGUSER": "postgres",
        "PGPASSWORD": nodes.passwords()["superuser"],
    }
    psql = [str(nodes.postgres() / "psql"), "-qAtc"]  # type: ignore[operator]
    cancel = "SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
    while time.monotonic() < end:
        subprocess.run([*psql, cancel], env=where, capture_output=True, check=False, timeout=10)
        time.sleep(0.2)
    nodes.kill(lead)  # what was told as kept by it alone would now be lost
    for other in others:
        nodes.mend(other)
    time.sleep(25)
    _back(lead)


FAULTS: dict[str, tuple[Callable[[random.Random], None], float]] = {
    "planned switchover": (hand_over, PLANNED_SECONDS),
    "leader's machine killed": (kill_leader, UNPLANNED_SECONDS),
    "replica's machine killed": (kill_replica, UNPLANNED_SECONDS),
    "leader cut off from all": (cut_leader, UNPLANNED_SECONDS),
    "leader cut off from its peers": (cut_from_peers, UNPLANNED_SECONDS),
    "etcd lost everywhere": (lose_etcd, UNPLANNED_SECONDS),
    "Patroni of the leader killed": (kill_patroni, UNPLANNED_SECONDS),
    "web machine's processes killed": (kill_web, UNPLANNED_SECONDS),
    "certificates renewed": (renew, PLANNED_SECONDS),
    UPGRADE: (upgrade, PLANNED_SECONDS),
    "waits of commits cancelled, leader killed": (cancel_waits, UNPLANNED_SECONDS + 10),
}
"""Each fault with the longest time in which nothing may be acknowledged."""

ENVIRONMENT: dict[str, str] = {}
VERSIONS: list[nodes.Code] = [nodes.PRESENT, nodes.PRESENT]
"""The last release and the present."""
RUNNING: list[nodes.Code] = []
"""The versions that ran in this run; the last one runs."""


def with_packs(code: nodes.Code) -> dict[str, str]:
    """Return the environment of a version: its own packs, one service of them."""
    folder = nodes.ROOT / f"packs-{VERSIONS.index(code)}"
    return {**ENVIRONMENT, "JANASEVA_PACKS_DIR": str(folder if folder.exists() else _packs(folder, code))}


def _packs(folder: Path, code: nodes.Code) -> Path:
    return sites.small_packs(folder, tree=code.tree)


@contextmanager
def standing(seed: int, **more: str) -> Iterator[Outside]:
    """Bring the cluster up with a text gateway and a bank outside of it, and take it down at the end.

    ``more`` are settings of the platform, besides those of the harness.
    """
    edge = f"http://{nodes.NODES['edge']}"
    outside = Outside(seed=seed, platform=edge, host="0.0.0.0")
    outside.url = outside.url.replace("0.0.0.0", nodes.OUTSIDE)
    own = sites.environment(data=nodes.ROOT, packs=nodes.ROOT, port=80, outside=outside.url, **more)
    leave = ("DATA_DIR", "DATABASE_URL", "PACKS_DIR", "PUBLIC_URL")
    ENVIRONMENT.clear()
    ENVIRONMENT.update({name: value for name, value in own.items() if name.startswith("JANASEVA_")})
    for name in leave:
        ENVIRONMENT.pop(f"JANASEVA_{name}")
    for place in nodes.ROOT.glob("packs-*"):
        shutil.rmtree(place)
    RUNNING[:] = VERSIONS[:1]
    try:
        ENVIRONMENT.update(cluster.up(with_packs(RUNNING[-1]), demonstration=True, code=RUNNING[-1]))
        yield outside
    finally:
        cluster.down()
        outside.close()


def judge(acks: Sequence[Ack], sent: Mapping[str, str], outside: Outside) -> dict[str, Any]:
    """Ask the leader's database what is there, from web1's machine, its processes stopped."""
    for name in nodes.WEBS:
        for what in ("web", "worker"):
            nodes.kill_one(name, what, signal.SIGTERM)
    if nodes.PRESENT not in RUNNING:  # the run ended before its upgrade: the oracle reads with the present's models
        cluster.migrate(with_packs(nodes.PRESENT), code=nodes.PRESENT)
    own = {**os.environ, **ENVIRONMENT, "JANASEVA_DATABASE_URL": nodes.database_url()}
    own["JANASEVA_DATA_DIR"] = str(nodes.folder("web1") / "site")
    inside = ("ip", "netns", "exec", "jc-web1")
    return ask(own, acks, prefix=inside, sent=dict(sent), outside=outside.url)


def _calm(crowd: Crowd) -> None:
    """Print how much is acknowledged while nothing is done to the cluster, and what that costs in processor time."""
    before, used, began = len(crowd.kept.acks), nodes.processor_seconds(), time.monotonic()
    own = time.process_time()
    time.sleep(CALM_SECONDS)
    acks, wall = len(crowd.kept.acks) - before, time.monotonic() - began
    spent = {what: seconds - used.get(what, 0.0) for what, seconds in nodes.processor_seconds().items()}
    spent["people"] = time.process_time() - own
    each = {what: 1000 * seconds / max(acks, 1) for what, seconds in spent.items()}
    told = ", ".join(f"{what} {ms:.1f}" for what, ms in sorted(each.items(), key=lambda one: -one[1]) if ms >= SHOWN_MS)
    print(f"    calm: {acks / wall:.0f} a second acknowledged, {sum(each.values()):.1f} processor ms each: {told}")


def _do(name: str, row: Row, crowd: Crowd, chance: random.Random) -> None:
    """Do one fault, wait until people are answered again and all replicas are back, and note the gap."""
    before, began = len(crowd.kept.acks), time.monotonic()
    row.count += 1
    crowd.kept.two_versions = name == UPGRADE
    try:
        FAULTS[name][0](chance)
        crowd.wait_for(len(crowd.kept.acks) + ACKS_AFTER, seconds=120)
        answered = time.monotonic()
        nodes.wait("the replicas", lambda: len(nodes.replicas()) == len(nodes.DATABASES) - 1)
    except (TimeoutError, nodes.ClusterError) as error:
        row.refused.append(f"{name}: {error}")
        answered = time.monotonic()
    crowd.kept.two_versions = False
    if name == UPGRADE:
        row.refused += [f"failed: {what}" for moment, what in crowd.kept.failed if moment >= began]
    gap = crowd.kept.longest_gap(began, answered)
    row.gap = max(row.gap, gap)
    row.acks += len(crowd.kept.acks) - before
    print(f"    {name}: gap {gap:.1f} s, {len(crowd.kept.acks) - before} acknowledged", flush=True)


def release(commit: str) -> nodes.Code:
    """Return the code of a commit, checked out beside this one, with an interpreter that has what it needs."""
    build = sites.TREE / "build"
    sha = _git("rev-parse", "--short=12", f"{commit}^{{commit}}")
    tree = build / f"release-{sha}"
    if not tree.exists():
        _git("worktree", "prune")
        _git("worktree", "add", "--detach", str(tree), sha)
    if (tree / "uv.lock").read_bytes() == (sites.TREE / "uv.lock").read_bytes():
        return nodes.Code(tree, sys.executable)
    done = subprocess.run(["make", "install"], cwd=tree, capture_output=True, text=True, check=False)
    if done.returncode:
        raise nodes.ClusterError(f"what {sha} needs could not be installed: {done.stderr.strip()[-500:]}")
    return nodes.Code(tree, str(tree / ".venv" / "bin" / "python"))


def _git(*words: str) -> str:
    done = subprocess.run(["git", *words], cwd=sites.TREE, capture_output=True, text=True, check=False)
    if done.returncode:
        raise nodes.ClusterError(f"git {' '.join(words)}: {done.stderr.strip()}")
    return done.stdout.strip()


@contextmanager
def _asked_to_end() -> Iterator[threading.Event]:
    """Yield what is set when this process is asked to end: what was done until then is judged all the same."""
    asked = threading.Event()
    before = signal.signal(signal.SIGTERM, lambda *_: asked.set())
    try:
        yield asked
    finally:
        signal.signal(signal.SIGTERM, before)


def soak(*, seed: int, count: int, only: str = "", acks: int = 0) -> list[Row]:
    """Do ``count`` faults one after the other in one run, and judge all of it at its end.

    Where so many ``acks`` are wanted, people are given the time for their share of them after each fault. Asked to end
    (SIGTERM), it does no further fault, and judges what was done.
    """
    names = sorted((name for name in FAULTS if only in name), key=lambda name: name != UPGRADE)
    chance = random.Random(seed)
    order = [names[place % len(names)] for place in range(count)]
    rows = {name: Row(f"cluster: {name}", limit=FAULTS[name][1]) for name in dict.fromkeys(order)}
    if UPGRADE not in order:
        VERSIONS[0] = nodes.PRESENT
    with standing(seed) as outside, _asked_to_end() as ended:
        strangers = Row("cluster: strangers at its doors", acknowledges=False)
        strangers.count, strangers.refused = let_in()
        crowd = Crowd(PEOPLE, address=(nodes.NODES["edge"], 80), outside=outside, seed=seed, sources=nodes.CLIENTS)
        crowd.begin().wait_for(PEOPLE * 3, seconds=120)
        _calm(crowd)
        for number, name in enumerate(order, start=1):
            _do(name, rows[name], crowd, chance)
            if number == 1 and name == UPGRADE and VERSIONS[0] != VERSIONS[1] and crowd.kept.refused:
                print(f"    by the last release, whose faults are known: {'; '.join(crowd.kept.refused)}")
                crowd.kept.refused.clear()
            if rows[name].refused:
                break  # what it did to the cluster would be blamed on the next one
            crowd.wait_for(acks * number // count, seconds=3600, ended=ended)
            print(f"      {number} of {count} faults, {len(crowd.kept.acks)} acknowledged in all", flush=True)
            if ended.is_set():
                print("      asked to end: judging what was done")
                break
        kept = crowd.stop()
        whole = Row("cluster: all of it, judged", most_again=count * len(nodes.WEBS))
        whole.refused = kept.refused
        try:
            whole.verdict = judge(kept.acks, kept.sent, outside)
        except (RuntimeError, subprocess.CalledProcessError) as error:
            whole.refused = [f"not judged: {error}", *kept.refused]
        whole.acks = len(kept.acks) - sum(row.acks for row in rows.values())
    return [strangers, *rows.values(), whole]
