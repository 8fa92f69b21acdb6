"""``python -m deploy.cluster up | down | status | renew``: the whole cluster on one machine, and no hand work."""

import argparse
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Mapping

from deploy.cluster import nodes, trust


def _patroni() -> None:
    """Install Patroni from PyPI into an environment of its own, once: Debian's is too old for quorum commits."""
    place = nodes.ROOT / "patroni"
    if (place / "bin" / "patroni").exists():
        return
    venv.create(place, with_pip=True, clear=True)
    words = [str(place / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*words, nodes.PATRONI, "psycopg[binary]>=3.2"], check=True)


def _database() -> None:
    """Make the platform's role and database on the leader."""
    lead, own = nodes.leader(), nodes.passwords()
    words = [str(nodes.postgres() / "psql"), "-v", "ON_ERROR_STOP=1", "-q"]
    where = {**os.environ, "PGHOST": nodes.NODES[str(lead)], "PGUSER": "postgres", "PGPASSWORD": own["superuser"]}
    where |= {"PGSSLMODE": "verify-full", "PGSSLROOTCERT": str(nodes.authority() / "authority.pem")}
    sql = (
        "SELECT format('CREATE ROLE janaseva LOGIN PASSWORD %L', '{}') WHERE NOT EXISTS "
        "(SELECT FROM pg_roles WHERE rolname = 'janaseva') \\gexec\n"
        "SELECT 'CREATE DATABASE janaseva OWNER janaseva' WHERE NOT EXISTS "
        "(SELECT FROM pg_database WHERE datname = 'janaseva') \\gexec\n"
    ).format(own["janaseva"])
    subprocess.run(words, env=where, input=sql, text=True, check=True)


def own_environment(environment: Mapping[str, str], code: nodes.Code) -> dict[str, str]:
    """Return the environment of what is run once on web1."""
    return {
        **os.environ,
        **environment,
        **code.environment,
        "DJANGO_SETTINGS_MODULE": "janaseva.settings",
        "JANASEVA_DATABASE_URL": nodes.database_url(),
        "JANASEVA_DATA_DIR": str(nodes.folder("web1") / "site"),
    }


def migrate(environment: Mapping[str, str], *, code: nodes.Code) -> None:
    """Bring tables and packs to what a version needs, through the pooler of web1."""
    command = ["ip", "netns", "exec", "jc-web1", code.python, "-m", "janaseva", "setup"]
    subprocess.run(command, env=own_environment(environment, code), check=True, cwd=code.tree)


def _set_up(environment: Mapping[str, str], *, code: nodes.Code) -> None:
    """Make tables and load packs, and give both web machines the same keys."""
    migrate(environment, code=code)
    # The log's key is made with the first signature: it is made here, before two workers could make one each.
    once = (
        "import django; django.setup(); from janaseva.core.clock import now; "
        "from janaseva.ledger.handlers import publish; publish(now())"
    )
    command = ["ip", "netns", "exec", "jc-web1", code.python, "-c", once]
    subprocess.run(command, env=own_environment(environment, code), check=True, cwd=code.tree)
    for name in list(nodes.WEBS)[1:]:
        shutil.copytree(nodes.folder("web1") / "site", nodes.folder(name) / "site", dirs_exist_ok=True)


def up(
    environment: Mapping[str, str] | None = None, *, demonstration: bool = False, code: nodes.Code = nodes.PRESENT
) -> dict[str, str]:
    """Bring everything up, from nothing to an address to open; return the platform's settings."""
    why_not = nodes.missing()
    if why_not:
        raise nodes.ClusterError(f"This machine cannot hold the cluster: it {why_not}.")
    down()
    nodes.ROOT.mkdir(parents=True, exist_ok=True)
    nodes.ROOT.chmod(0o755)
    trust.make_authority(nodes.authority())
    for name in nodes.NODES:
        shutil.rmtree(nodes.folder(name), ignore_errors=True)
        nodes.folder(name).mkdir()
        if name in nodes.DATABASES or name in nodes.WEBS:
            shutil.chown(nodes.folder(name), "postgres", "postgres")
        nodes.certify(name)
    _patroni()
    nodes.make_network()
    own = {
        **(environment or {}),
        "JANASEVA_PUBLIC_URL": f"http://{nodes.NODES['edge']}",
        "JANASEVA_ALLOWED_HOSTS": f'["{nodes.NODES["edge"]}", "{nodes.NODES["web1"]}", "{nodes.NODES["web2"]}"]',
        "JANASEVA_TRUSTED_PROXIES": '["127.0.0.1"]',
    }
    for name in nodes.DATABASES:
        nodes.start_etcd(name)
    nodes.wait("etcd", lambda: all(nodes.listens(name, 2379) for name in nodes.DATABASES))
    for name in nodes.DATABASES:
        nodes.start_patroni(name)
    nodes.wait("the leader", lambda: nodes.leader() is not None)
    nodes.wait("the replicas", lambda: len(nodes.replicas()) == len(nodes.DATABASES) - 1)
    _database()
    for name in nodes.WEBS:
        nodes.start_poolers(name)
    _set_up({**own, "JANASEVA_DEMONSTRATION": "true" if demonstration else "false"}, code=code)
    for name in nodes.WEBS:
        nodes.start_platform(name, own, code=code)
    nodes.start_edge()
    nodes.wait("the platform", lambda: all(nodes.web_is_up(name) for name in nodes.WEBS))
    return own


def down() -> None:
    """Kill what runs on the machines and take them away; their folders stay to be looked at."""
    for name in nodes.NODES:
        nodes.kill(name)
    nodes.remove_network()


def status() -> None:
    """Tell who leads, who follows, and which web machines answer."""
    print(f"leader    {nodes.leader() or 'none'}")
    print(f"replicas  {', '.join(nodes.replicas()) or 'none'} (waited for by every commit)")
    for name in nodes.WEBS:
        print(f"{name:<9} {'answers' if nodes.web_is_up(name) else 'does not answer'}")
    places = [nodes.folder(name) / "tls" for name in nodes.NODES]
    if until := [trust.good_until(place) for place in places if place.exists()]:
        print(f"certified until {min(until):%A %d %B %Y} (python -m deploy.cluster renew)")
    print(f"address   http://{nodes.NODES['edge']}")


def main() -> int:
    """Do what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["up", "down", "status", "renew"])
    parser.add_argument("--demonstration", action="store_true", help="with made-up offices, officers and sign-ins")
    asked = parser.parse_args()
    try:
        if asked.what == "up":
            up(demonstration=asked.demonstration)
            status()
        else:
            {"down": down, "status": status, "renew": nodes.renew}[asked.what]()
    except (nodes.ClusterError, subprocess.CalledProcessError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
