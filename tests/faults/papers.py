"""Killed while papers go to the document store: between store and row, in the middle of a file, at any moment."""

import argparse
import hashlib
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from tests.faults import site as sites
from tests.faults.postgres import Postgres
from tests.faults.report import Row

PAPERS = 3_000
BYTES = 20_000
A_TURN = 8
LONGEST_SECONDS = 0.4


def kills(kind: str, *, seed: int, count: int) -> Row:
    """Kill the process that brings papers, again and again; then read every paper, count every object, and audit."""
    row, chance = Row(f"kill -9 while papers move, {kind}", count=count), random.Random(seed)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="janaseva-papers-")))
        folder.chmod(0o755)
        url = ""
        if kind == "postgres":
            database = Postgres(folder / "pg", sockets=folder / "sockets").make().start()
            stack.callback(database.stop)
            url = database.url
        own = {"DATA_DIR": str(folder / "data"), "DATABASE_URL": url, "DOCUMENT_STORE": (folder / "kept").as_uri()}
        kept = {name: value for name, value in os.environ.items() if not name.startswith("JANASEVA_")}
        environment = kept | {f"JANASEVA_{name}": value for name, value in own.items()}
        environment["DJANGO_SETTINGS_MODULE"] = "janaseva.settings"
        (folder / "data").mkdir()
        row.acks = len(_asked("make", environment))
        for _ in range(count):
            _killed(environment, chance.random() * LONGEST_SECONDS)
        row.verdict = dict(_asked("check", environment))
    return row


def _command(what: str) -> list[str]:
    return [sys.executable, "-m", "tests.faults.papers", what]


def _asked(what: str, environment: dict[str, str]) -> Any:
    done = subprocess.run(_command(what), env=environment, capture_output=True, text=True, check=False, cwd=sites.TREE)
    if done.returncode:
        raise RuntimeError(f"{what} failed: {done.stderr[-3000:]}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def _killed(environment: dict[str, str], seconds: float) -> None:
    """Let a process bring papers for so long after its first turn, and kill it without a word."""
    bringing = subprocess.Popen(_command("bring"), env=environment, stdout=subprocess.PIPE, cwd=sites.TREE)
    assert bringing.stdout is not None
    bringing.stdout.readline()
    time.sleep(seconds)
    bringing.kill()
    bringing.communicate()


def _make() -> list[str]:
    from django.core.management import call_command

    from janaseva.core.action import allow
    from janaseva.core.actor import Actor
    from janaseva.core.ids import uuid7
    from janaseva.documents import rules, steps
    from janaseva.documents.handlers import storing
    from janaseva.settings import OPTIONS
    from tests.documents.acts import acting

    @acting
    def keep(*, by: Any, at: Any, key: str, content: bytes) -> UUID:
        allow(rules.may_attach(by) and bool(key))
        sha256 = hashlib.sha256(content).hexdigest()
        received = rules.Received(filename="a.pdf", media_type="application/pdf", content=content, sha256=sha256)
        return steps.attach(by=by, at=at, story=uuid7(), received=received, kind="harness")

    call_command("migrate", verbosity=0, interactive=False)
    storing.prepare(OPTIONS.document_store)
    by, at = Actor.system("harness"), datetime.now(UTC)
    return [
        str(keep(by=by, at=at, key=str(uuid4()), content=number.to_bytes(4, "big") + os.urandom(BYTES)))
        for number in range(PAPERS)
    ]


def _bring() -> None:
    from janaseva.documents.handlers import storing
    from janaseva.settings import OPTIONS

    store = storing.store_at(OPTIONS.document_store)
    print(storing.bring(store, datetime.now(UTC), most=A_TURN), flush=True)
    while storing.bring(store, datetime.now(UTC), most=A_TURN):
        pass


def _check() -> dict[str, Any]:
    """Read all as the kills left it, bring what is left, and read all again."""
    from janaseva.core.actor import Actor
    from janaseva.documents import queries, rules
    from janaseva.documents.handlers import moving, storing
    from janaseva.documents.models import Attachment
    from janaseva.ledger import handlers as ledger
    from janaseva.settings import OPTIONS

    by, ids = Actor.system("harness"), list(Attachment.objects.values_list("id", flat=True))
    store = storing.store_at(OPTIONS.document_store)

    def lost() -> int:
        found = (queries.content(by, one) for one in ids)
        return PAPERS - sum(hashlib.sha256(one.content).hexdigest() == one.sha256 for one in found)

    before, stored = lost(), queries.places(by).stored
    orphans = len(moving.sweep(datetime.now(UTC), delete=False))
    while storing.bring(store, datetime.now(UTC)):
        pass
    objects = [name for name in store.objects.names() if rules.is_object_name(name)]
    findings = [one.code for one in ledger.audit(files=True) if one.table.startswith("documents")]
    return {
        "lost": before + lost(),
        "doubled": len(objects) - PAPERS + orphans,
        "findings": len(findings) + (not 0 < stored < PAPERS),
        "said": [*findings, f"{stored} of {PAPERS} were stored when the kills ended"],
    }


def main() -> None:
    """Do one part in a process of its own."""
    import django

    parser = argparse.ArgumentParser(prog="python -m tests.faults.papers")
    parser.add_argument("part", choices=["make", "bring", "check"])
    part = parser.parse_args().part
    django.setup()
    print(json.dumps({"make": _make, "bring": _bring, "check": _check}[part]()))


if __name__ == "__main__":
    main()
