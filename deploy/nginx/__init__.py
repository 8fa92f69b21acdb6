"""nginx before the platform: which addresses its cache is asked for, and its files put together for a scratch place."""

import functools
import os
import re
from pathlib import Path

HERE = Path(__file__).resolve().parent


def text(name: str) -> str:
    """Return one of the files that nginx includes."""
    return (HERE / name).read_text(encoding="utf-8")


@functools.cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    table = text("kept.conf").partition("map $request_uri $janaseva_public {")[2].partition("\n}")[0]
    return tuple(re.compile(found) for found in re.findall(r'^ +"~(.+)" 1;$', table, re.MULTILINE))


def asks(address: str) -> bool:
    """Return whether nginx looks into its cache for an address (``kept.conf``), query included."""
    return any(pattern.search(address) for pattern in _patterns())


SCRATCH = """
{user}
worker_processes {workers};
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
worker_rlimit_nofile 8192;
events {{ worker_connections 2048; }}
http {{
    access_log off;
    log_format kept '$upstream_cache_status';
    client_body_temp_path {folder}/bodies;
    proxy_temp_path {folder}/proxied;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    keepalive_requests 100000;
    proxy_cache_path {folder}/kept levels=1:2 keys_zone=janaseva:10m max_size=100m inactive=25h use_temp_path=off;
    include {folder}/kept.conf;
    upstream web {{ server 127.0.0.1:{upstream}; keepalive 32; }}
    server {{
        listen 127.0.0.1:{port};
        {more}
        include {folder}/served.conf;
    }}
}}
"""


def scratch(folder: Path, *, port: int, upstream: int, workers: int = 1, more: str = "") -> Path:
    """Write into ``folder`` what a nginx for tests and measuring needs, with the very files of earnest; return it.

    Start it with ``nginx -p FOLDER -e FOLDER/error.log -c FOLDER/nginx.conf``.
    """
    for name in ("kept.conf", "served.conf"):
        (folder / name).write_text(text(name), encoding="utf-8")
    config = folder / "nginx.conf"
    user = "user root;" if os.geteuid() == 0 else ""  # folders of tests are open to nobody else
    values = {"user": user, "folder": folder, "port": port, "upstream": upstream, "workers": workers, "more": more}
    config.write_text(SCRATCH.format(**values), encoding="utf-8")
    return config
