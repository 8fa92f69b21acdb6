"""What the people of the busiest day are given: who they are, their papers, and locust."""

import io
import json
import subprocess
from pathlib import Path
from typing import Any

import yaml
from PIL import Image

from deploy.cluster import nodes
from deploy.cluster.__main__ import own_environment
from tests.faults import together
from tests.faults.load import SERVICE
from tests.faults.site import TREE
from tests.gateway.answers import ANSWERS, PAPERS

PHOTO = (1240, 1754)
"""A page at 150 dots an inch."""
PAGES = ("/", "/services/", f"/services/{SERVICE}/", "/verify/", "/api/v1/services", "/status/")
ROLE, KIND = "village_officer", "village_office"
PACE, OFFICER_PACE, READER_PACE = 20.0, 10.0, 1.0
"""Every how many seconds a citizen begins an application, an officer opens the desk, a reader a page."""
READINGS = 2.0
"""So many pages are read for each application handed in."""

_OFFICERS = f"""
import json, django
django.setup()
from janaseva.core.actor import Actor
from janaseva.core.clock import now
from janaseva.people import queries
found = queries.demonstration_sign_ins(Actor.system("bench"), now())
print(json.dumps([
    {{"login": one.login, "password": one.password, "totp_seed": one.totp_seed}}
    for one in found
    if len(one.charges) == 1 and one.charges[0].post.role == "{ROLE}"
]))
"""


def locust() -> Path:
    """Return locust, installed as the lock here says into an environment of its own."""
    subprocess.run(["make", "--silent", "build/busy/.installed"], cwd=TREE, check=True)
    return TREE / "build" / "busy" / "bin" / "locust"


def papers(folder: Path) -> list[list[str]]:
    """Make the papers that people give: pages as a telephone photographs them, some 200 kB each."""
    found = []
    for number, _ in enumerate(PAPERS):
        path = folder / f"paper-{number}.jpg"
        if not path.exists():
            grain = Image.effect_noise(PHOTO, 12 + number)
            page = Image.merge("RGB", (grain, grain, grain))
            output = io.BytesIO()
            page.save(output, format="JPEG", quality=55)
            path.write_bytes(output.getvalue())
        found.append([str(path), "image/jpeg"])
    return found


def officers() -> list[dict[str, str]]:
    """Return the officers who decide, with how they sign in."""
    code = together.RUNNING[-1]
    command = ["ip", "netns", "exec", "jc-web1", code.python, "-c", _OFFICERS]
    own = own_environment(together.with_packs(code), code)
    done = subprocess.run(command, env=own, check=True, capture_output=True, text=True, cwd=code.tree)
    found: list[dict[str, str]] = json.loads(done.stdout)
    return found


def taluks() -> list[str]:
    """Return the taluks that have an office which decides."""
    said = yaml.safe_load((TREE / "packs" / "kl-edistrict" / "offices.yaml").read_text(encoding="utf-8"))
    return sorted({office["area"] for office in said["offices"] if office["kind"] == KIND})


def given_for(
    rate: float, seconds: float, *, outside: str, book: Path, papers: list[list[str]], number: int
) -> dict[str, Any]:
    """Return what the locust file reads."""
    deciding, citizens, readers = officers(), max(1, round(rate * PACE)), max(1, round(rate * READINGS * READER_PACE))
    return {
        "citizens": citizens,
        "readers": readers,
        "pace": PACE,
        "officer_pace": OFFICER_PACE,
        "reader_pace": READER_PACE,
        "seconds": seconds,
        "host": nodes.NODES["edge"],
        "sources": nodes.CLIENTS,
        "outside": outside,
        "book": str(book),
        "papers": papers,
        "groups": PAPERS,
        "answers": ANSWERS,
        "service": SERVICE,
        "taluks": taluks(),
        "officers": deciding,
        "pages": PAGES,
        "first_phone": 9_500_000_000 + number * 1_000_000,
        "users": citizens + readers + len(deciding),
    }
