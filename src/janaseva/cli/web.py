"""``janaseva web``: serve the three doors with granian."""

import os

import click
from granian.constants import Interfaces
from granian.server import Server

from janaseva.cli import keeping
from janaseva.settings import OPTIONS


def listening_at() -> tuple[str, int]:
    """Return the address and port to listen on: those of the public address where it is this machine, else loopback.

    A name is not listened on: ``localhost`` and every public name mean a proxy or a browser on this machine.
    """
    host = (OPTIONS.public_url.host or "").strip("[]")
    here = host if host.replace(".", "").isdigit() or ":" in host else "127.0.0.1"
    return here, OPTIONS.public_url.port or 8000


@click.command("web")
@click.option("--host", default=None, help="The address to listen on; default: that of the public address.")
@click.option("--port", type=int, default=None, help="The port to listen on; default: that of the public address.")
@click.option("--workers", type=int, default=1, show_default=True, help="Processes; one a core where it is busy.")
def command(host: str | None, port: int | None, workers: int) -> None:
    """Serve the portal, the desk and the gateway until stopped.

    In production put nginx with request buffering in front: a half-sent body would hold a thread here.
    """
    keeping.demand()
    own_host, own_port = listening_at()
    Server(
        "janaseva.wsgi:application",
        address=host or own_host,
        port=port or own_port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=max(4, (os.cpu_count() or 1) * 2),
        backpressure=256,
        log_access=False,
        respawn_failed_workers=True,
    ).serve()
