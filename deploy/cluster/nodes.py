"""The cluster's machines as network namespaces of this one: what runs on each, started, stopped and cut off."""

import json
import os
import secrets
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

from deploy.cluster import trust

HERE = Path(__file__).resolve().parent
TREE = HERE.parent.parent
LEFT_OUT_SECONDS = 1
"""So long nginx leaves out a web server that did not answer: restart the next one only after that, or none is left."""
ROOT = Path(os.environ.get("JANASEVA_CLUSTER_DIR", "/var/lib/janaseva-cluster"))
NETWORK = "10.77.0"
BRIDGE = "jc0"
OUTSIDE = f"{NETWORK}.1"
DATABASES = {f"pg{number}": f"{NETWORK}.{10 + number}" for number in (1, 2, 3)}
WEBS = {f"web{number}": f"{NETWORK}.{20 + number}" for number in (1, 2)}
EDGE = {"edge": f"{NETWORK}.30"}
NODES = {**DATABASES, **WEBS, **EDGE}
CLIENTS = [f"{NETWORK}.{number}" for number in range(100, 132)]
"""Where clients come from: as many addresses as a village has."""
TOOLS = {
    "ip": "iproute2", "iptables": "iptables", "etcd": "etcd-server", "etcdctl": "etcd-client", "haproxy": "haproxy",
    "pgbouncer": "pgbouncer", "nginx": "nginx-light", "setpriv": "util-linux",
}  # fmt: skip
PATRONI = "patroni[etcd3]>=4.0.5"
PATIENCE_SECONDS = 120.0


class ClusterError(RuntimeError):
    """The cluster could not be set up; the message says what to do."""


def missing() -> str:
    """Return why a cluster cannot be had on this machine; empty where it can."""
    if os.getuid() != 0:
        return "needs root, for network namespaces"
    lacking = [package for tool, package in TOOLS.items() if shutil.which(tool) is None]
    if postgres() is None:
        lacking.append("postgresql")
    if lacking:
        return f"needs Debian's packages {' '.join(sorted(lacking))}"
    probe = subprocess.run(["ip", "netns", "add", "jc-probe"], capture_output=True, check=False)
    subprocess.run(["ip", "netns", "del", "jc-probe"], capture_output=True, check=False)
    return "" if probe.returncode == 0 else "needs network namespaces, which this machine does not allow"


def postgres() -> Path | None:
    """Return where PostgreSQL's programs lie, the newest of them."""
    found = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if int(path.parent.name) >= 15]
    return max(found, key=lambda path: int(path.parent.name)) if found else None


@dataclass(frozen=True, slots=True)
class Code:
    """One version of the platform: where its source lies, and the interpreter that has what it needs."""

    tree: Path = TREE
    python: str = sys.executable

    @property
    def environment(self) -> dict[str, str]:
        """Return what makes the interpreter take this source and no other."""
        return {"PYTHONPATH": str(self.tree / "src")}


PRESENT = Code()


def _run(*words: str, check: bool = True, **more: Any) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(words, capture_output=True, text=True, check=False, **more)
    if check and done.returncode:
        raise ClusterError(f"{' '.join(words)}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done


def wait(what: str, ready: Callable[[], bool], *, seconds: float = PATIENCE_SECONDS) -> None:
    """Wait until ``ready``.

    Raises:
        ClusterError: where it takes too long.

    """
    limit = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > limit:
            raise ClusterError(f"{what} is not ready after {seconds:.0f} s; what it said lies in {ROOT}/*/*.log")
        time.sleep(0.25)


# --- machines --------------------------------------------------------------------------------------------------------


def make_network() -> None:
    """Make a namespace for each machine, all on one bridge."""
    _run("ip", "link", "add", BRIDGE, "type", "bridge")
    _run("ip", "addr", "add", f"{OUTSIDE}/24", "dev", BRIDGE)
    for address in CLIENTS:
        _run("ip", "addr", "add", f"{address}/24", "dev", BRIDGE)
    _run("ip", "link", "set", BRIDGE, "up")
    for name, address in NODES.items():
        _run("ip", "netns", "add", f"jc-{name}")
        _run("ip", "link", "add", f"jc-{name}", "type", "veth", "peer", "name", "eth0", "netns", f"jc-{name}")
        _run("ip", "link", "set", f"jc-{name}", "master", BRIDGE, "up")
        inside = ("ip", "netns", "exec", f"jc-{name}")
        _run(*inside, "ip", "addr", "add", f"{address}/24", "dev", "eth0")
        _run(*inside, "ip", "link", "set", "eth0", "up")
        _run(*inside, "ip", "link", "set", "lo", "up")


def remove_network() -> None:
    """Take the namespaces and the bridge away."""
    for name in NODES:
        _run("ip", "netns", "del", f"jc-{name}", check=False)
        _run("ip", "link", "del", f"jc-{name}", check=False)
    _run("ip", "link", "del", BRIDGE, check=False)


def cut(name: str, *others: str) -> None:
    """Cut a machine off from all others, or from those named."""
    addresses = [NODES[other] for other in others] or [f"{NETWORK}.0/24"]
    for address in addresses:  # on the wire alone: what runs on the machine goes on speaking with each other
        for way in (("INPUT", "-i", "eth0", "-s"), ("OUTPUT", "-o", "eth0", "-d")):
            _run("ip", "netns", "exec", f"jc-{name}", "iptables", "-A", *way, address, "-j", "DROP")


def mend(name: str) -> None:
    """Let a machine be reached again."""
    _run("ip", "netns", "exec", f"jc-{name}", "iptables", "-F")


def folder(name: str) -> Path:
    """Return the folder of a machine."""
    return ROOT / name


# --- processes -------------------------------------------------------------------------------------------------------


def _pids(name: str) -> dict[str, int]:
    path = folder(name) / "pids.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def start(name: str, what: str, *words: str, user: str = "", environment: Mapping[str, str] | None = None) -> int:
    """Start one process on a machine, in a group of its own, and remember it."""
    as_user = ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups"] if user else []
    home = {"HOME": str(folder(name))} if user else {}  # libpq looks for certificates there
    with (folder(name) / f"{what}.log").open("ab") as output:
        process = subprocess.Popen(
            ["ip", "netns", "exec", f"jc-{name}", *as_user, *words],
            stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True, cwd=folder(name),
            env={**os.environ, **home, **(environment or {})},
        )  # fmt: skip
    pids = {**_pids(name), what: process.pid}
    (folder(name) / "pids.json").write_text(json.dumps(pids), encoding="utf-8")
    return process.pid


def _in_namespace(name: str) -> list[int]:
    return [int(pid) for pid in _run("ip", "netns", "pids", f"jc-{name}", check=False).stdout.split()]


def kill(name: str) -> None:
    """Kill everything on a machine at once, as if its power went."""
    for _ in range(20):
        pids = _in_namespace(name)
        if not pids:
            break
        for pid in pids:
            _signal(pid, signal.SIGKILL)
        time.sleep(0.05)
    for pid in _pids(name).values():
        _reap(pid)


def processor_seconds() -> dict[str, float]:
    """Return the processor time used so far on all machines by each thing that we started, its children with it."""
    tick, used = os.sysconf("SC_CLK_TCK"), dict[str, float]()
    for name in NODES:
        groups = {pid: what for what, pid in _pids(name).items()}
        for pid in _in_namespace(name):
            with suppress(OSError):
                head, _, rest = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")
                words = rest.split()
                what = groups.get(int(words[2]), head.partition("(")[2])
                used[what] = used.get(what, 0.0) + sum(int(word) for word in words[11:15]) / tick
    return used


def kill_one(name: str, what: str, number: signal.Signals = signal.SIGKILL) -> None:
    """Send a signal to one process of a machine and to all that it started."""
    pid = _pids(name).get(what)
    if pid:
        with suppress(ProcessLookupError):
            os.killpg(pid, number)
        _reap(pid)


def _signal(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def _reap(pid: int) -> None:
    """Collect a child of ours that has ended."""
    for _ in range(100):
        try:
            if os.waitpid(pid, os.WNOHANG)[0]:
                return
        except ChildProcessError:
            return
        time.sleep(0.05)


def _written(template: str, target: Path, *, user: str = "", **values: object) -> Path:
    text = Template((HERE / "templates" / template).read_text(encoding="utf-8")).substitute(values)
    target.write_text(text, encoding="utf-8")
    target.chmod(0o600)
    if user:
        shutil.chown(target, user, user)
    return target


def passwords() -> dict[str, str]:
    """Return the cluster's passwords, made once."""
    path = ROOT / "passwords.json"
    if not path.exists():
        made = {name: secrets.token_urlsafe(18) for name in ("superuser", "replication", "janaseva")}
        path.touch(mode=0o600)
        path.write_text(json.dumps(made), encoding="utf-8")
    return json.loads(path.read_text(encoding="utf-8"))


def authority() -> Path:
    """Return where the cluster's authority is: the one folder that no machine of it needs."""
    return ROOT / "authority"


def certify(name: str) -> None:
    """Make a machine's certificate: by its address, and by what those who come through others ask for."""
    known_as = [NODES[name], name]
    if name in DATABASES:
        known_as.append("127.0.0.1")  # PgBouncer asks HAProxy beside it for the leader, and hears the leader itself
    if name in WEBS:
        known_as.append("web")  # as nginx calls all of them
    user = "postgres" if name in DATABASES or name in WEBS else ""
    trust.certify(authority(), folder(name) / "tls", name=name, known_as=known_as, user=user)


def start_etcd(name: str) -> None:
    """Start a member of etcd on a database machine."""
    members = ",".join(f"{other}=https://{address}:2380" for other, address in DATABASES.items())
    config = _written(
        "etcd.conf.yaml", folder(name) / "etcd.yaml", user="postgres",
        name=name, address=NODES[name], folder=folder(name), members=members,
    )  # fmt: skip
    start(name, "etcd", "etcd", "--config-file", str(config), user="postgres")


def start_patroni(name: str) -> None:
    """Start Patroni, and by it PostgreSQL, on a database machine."""
    own = passwords()
    config = _written(
        "patroni.yaml", folder(name) / "patroni.yaml", user="postgres",
        name=name, address=NODES[name], folder=folder(name), network=f"{NETWORK}.0/24", postgres=postgres(),
        etcd=",".join(f"{address}:2379" for address in DATABASES.values()), shared_buffers="128MB",
        superuser_password=own["superuser"], replication_password=own["replication"],
    )  # fmt: skip
    start(name, "patroni", str(ROOT / "patroni" / "bin" / "patroni"), str(config), user="postgres")


def start_database_node(name: str) -> None:
    """Start everything on a database machine."""
    start_etcd(name)
    start_patroni(name)


DATABASE = {"JANASEVA_DATABASE_POOLER": "session"}
"""What the platform is told of the way to the database besides its address: plans are kept on a connection."""


def database_url() -> str:
    """Return what JANASEVA_DATABASE_URL is on each web machine: the pooler beside it."""
    return f"postgres://janaseva:{passwords()['janaseva']}@127.0.0.1:6432/janaseva"


def start_haproxy(name: str, *after: str) -> None:
    """Start HAProxy on a web machine; ``after`` are words about the one that it follows."""
    servers = "\n".join(f"    server {other} {address}:5432 check port 8008" for other, address in DATABASES.items())
    haproxy = _written(
        "haproxy.cfg", folder(name) / "haproxy.cfg", servers=servers, folder=folder(name), address=NODES[name]
    )
    start(name, "haproxy", "haproxy", "-db", "-f", str(haproxy), *after)


def start_poolers(name: str) -> None:
    """Start HAProxy and PgBouncer on a web machine."""
    start_haproxy(name)
    users = folder(name) / "users.txt"
    users.write_text(f'"janaseva" "{passwords()["janaseva"]}"\n', encoding="utf-8")
    shutil.chown(users, "postgres", "postgres")
    users.chmod(0o600)
    pgbouncer = _written("pgbouncer.ini", folder(name) / "pgbouncer.ini", user="postgres", folder=folder(name))
    start(name, "pgbouncer", "pgbouncer", str(pgbouncer), user="postgres")


def renew() -> None:
    """Give every machine a new certificate; whatever shows one takes it up without a pause.

    etcd reads it at each handshake, and PgBouncer shows none.

    Raises:
        ClusterError: where there is no cluster to do it for.

    """
    if leader() is None:
        raise ClusterError(
            "nobody leads here, and nothing was changed: `up` brings a cluster up, with new certificates"
        )
    for name in NODES:
        certify(name)
    for name in DATABASES:
        _signal(_pids(name)["patroni"], signal.SIGHUP)  # which lets PostgreSQL read it too
    for name in WEBS:
        before = _pids(name)["haproxy"]
        start_haproxy(name, "-sf", str(before))  # the new one listens before the old one ends
    _signal(_pids("edge")["nginx"], signal.SIGHUP)


def start_platform(
    name: str, environment: Mapping[str, str], *, code: Code = PRESENT, whats: Sequence[str] = ("web", "worker")
) -> None:
    """Start Janaseva's web and worker processes on a web machine."""
    own = {**environment, **DATABASE, "JANASEVA_DATABASE_URL": database_url()}
    own["JANASEVA_DATA_DIR"] = str(folder(name) / "site")
    own["JANASEVA_CERTIFICATES"] = json.dumps([str(folder(name) / "tls" / "own.pem")])
    more = {"web": ("--host", "127.0.0.1", "--port", "8000"), "worker": ()}
    for what in whats:
        start(name, what, code.python, "-m", "janaseva", what, *more[what], environment={**own, **code.environment})


def end(name: str, what: str) -> None:
    """Ask one process of a machine to end what it has begun and stop, and see it gone."""
    pid = _pids(name).get(what)
    if pid is not None:
        _signal(pid, signal.SIGTERM)
        wait(f"the end of {what} on {name}", lambda: not _runs(pid), seconds=40)


def _runs(pid: int) -> bool:
    with suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
    return Path(f"/proc/{pid}").exists()


def start_edge() -> None:
    """Start nginx before the web machines."""
    left_out = f"max_fails=2 fail_timeout={LEFT_OUT_SECONDS}s"
    servers = "\n".join(f"        server {address}:8443 {left_out};" for address in WEBS.values())
    served = (TREE / "deploy" / "nginx" / "served.conf").read_text(encoding="utf-8")
    (folder("edge") / "served.conf").write_text(served.replace("http://web;", "https://web;"), encoding="utf-8")
    config = _written(
        "nginx.conf", folder("edge") / "nginx.conf", folder=folder("edge"), address=NODES["edge"], servers=servers,
        files=TREE / "deploy" / "nginx",
    )  # fmt: skip
    start("edge", "nginx", "nginx", "-c", str(config), "-e", str(folder("edge") / "nginx.log"))


# --- how it is -------------------------------------------------------------------------------------------------------


def asking_as(name: str) -> ssl.SSLContext:
    """Return what asks as a machine does: by its certificate, and only who has one of this cluster."""
    own = folder(name) / "tls"
    return trust.asking(own / "authority.pem", own)


def _asked(url: str, *, seconds: float = 2) -> int:
    try:
        with urllib.request.urlopen(url, timeout=seconds, context=asking_as("edge")) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


def leader() -> str | None:
    """Return the machine that leads, as the cluster itself says."""
    return next((name for name, address in DATABASES.items() if _asked(f"https://{address}:8008/primary") == 200), None)


def replicas() -> list[str]:
    """Return the machines that follow and are waited for."""
    return [name for name, address in DATABASES.items() if _asked(f"https://{address}:8008/quorum") == 200]


def web_is_up(name: str) -> bool:
    """Return whether the web process on a machine answers."""
    return _asked(f"https://{NODES[name]}:8443/health") == 200


def listens(name: str, port: int) -> bool:
    """Return whether something on a machine listens on a port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((NODES[name], port)) == 0


def switchover() -> None:
    """Hand the lead over in good order."""
    old = leader()
    _run(
        str(ROOT / "patroni" / "bin" / "patronictl"), "-c", str(folder("pg1") / "patroni.yaml"),
        "switchover", "janaseva", "--leader", str(old), "--force",
    )  # fmt: skip
