"""``janaseva up``: everything on one machine, from nothing to an address to open."""

import os
import subprocess
import sys
import time

import click

from janaseva.cli import processes
from janaseva.cli.setup import is_set_up
from janaseva.cli.web import listening_at
from janaseva.cli.welcome import print_welcome
from janaseva.settings import OPTIONS


def _setup(environment: dict[str, str]) -> None:
    words = [sys.executable, "-m", "janaseva", "setup"]
    if subprocess.run(words, env=environment, check=False).returncode:  # noqa: S603 - our own command
        message = "Set-up did not finish; nothing was started. What it said is above: mend that and run this again."
        raise click.ClickException(message)


@click.command("up")
@click.option("--demonstration", is_flag=True, help="Make demonstration people, mailbox and payment simulator too.")
def command(*, demonstration: bool) -> None:
    """Set everything up, start web and worker in the background, and print where they are."""
    began = time.monotonic()
    environment = dict(os.environ)
    if demonstration and not OPTIONS.demonstration:  # settings are read once a process: begin again with it
        environment["JANASEVA_DEMONSTRATION"] = "true"
        os.execve(sys.executable, [sys.executable, "-m", "janaseva", "up"], environment)  # noqa: S606 - ourselves
    for name in processes.NAMES:
        processes.stop(name)
    host, port = listening_at()
    if not processes.port_is_free(host, port):
        message = (
            f"Port {port} is used by another program, so the web process was not started. Stop that program, or choose "
            f"another port: JANASEVA_PUBLIC_URL=http://localhost:{port + 1} make up"
        )
        raise click.ClickException(message)
    if not is_set_up(demonstration=OPTIONS.demonstration):
        _setup(environment)
    for name in processes.NAMES:
        processes.start(name, environment)
    address = str(OPTIONS.public_url).rstrip("/")
    if not processes.wait_until_healthy(f"{address}/health"):
        message = (
            f"The web process did not become healthy. Its own words are in {processes.log_file('web')}; the last:\n"
            f"{processes.last_words('web') or '(nothing)'}\nMend what they name, then run this again: nothing is lost."
        )
        raise click.ClickException(message)
    print_welcome(address, demonstration=OPTIONS.demonstration)
    click.echo(f"Up after {time.monotonic() - began:.1f} s. Stop with: janaseva down")
