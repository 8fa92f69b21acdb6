"""A plugin of pytest's that keeps what became of each attack, for ``python -m tests.attacks``: a file of JSON lines."""

import json
import os
from pathlib import Path

import pytest

LONGEST = ("matrix", "edge", "shown", "races")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let each result say which attack it is of, also from a worker; what takes longest begins first."""
    items.sort(key=lambda item: not any(f"test_{one}.py" in item.nodeid for one in LONGEST))
    for item in items:
        for mark in item.iter_markers("attack"):
            item.user_properties.append(("attack", list(mark.args)))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Keep one line for each test's outcome; workers leave it to the one who started them."""
    if os.environ.get("PYTEST_XDIST_WORKER"):
        return
    decides = report.when == "call" or (report.when == "setup" and report.outcome != "passed")
    if not decides and not (report.when == "teardown" and (report.failed or _tries(report))):
        return
    line = {
        "test": report.nodeid,
        "outcome": report.outcome if decides or report.failed else "",
        "why": str(report.longrepr[-1]) if report.skipped and isinstance(report.longrepr, tuple) else "",
        "attacks": [value for name, value in report.user_properties if name == "attack"],
        "tries": _tries(report) if report.when == "teardown" else 0,
        "seconds": round(report.duration, 2),
    }
    with Path(os.environ["ATTACKS_TOLD"]).open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


def _tries(report: pytest.TestReport) -> int:
    return sum(int(str(value)) for name, value in report.user_properties if name == "tries")
