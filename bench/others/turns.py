"""How an application of others is asked: a line with a number on its input, that many flows, a line of JSON."""

import json
import sys
from collections.abc import Callable

from bench.measure import Meter, siblings


def serve(flow: Callable[[], object], backend_pid: int) -> None:
    """Do as many flows as each line says, and print what they took; end with the input."""
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        meter = Meter(siblings(backend_pid))
        for _ in range(int(line)):
            flow()
        wall, own, database = meter.look()
        print(json.dumps({"flows": int(line), "wall": wall, "own": own, "database": database}), flush=True)
