"""The product behind nginx as `deploy/` sets it up, embedded in the portal of `examples/`, all on this machine."""

from __future__ import annotations

import functools
import http.server
import os
import shutil
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from driving import ROOT, free_port

MODES = ("strip", "keep")
# For the browser `localhost` and `127.0.0.1` are two sites: the frame is a third party's.
PORTAL_HOST, SERVER_HOST = "localhost", "127.0.0.1"


@dataclass(frozen=True)
class Proxied:
    """What runs: the portal's origin, one that is not on the server's list, and the server's address by mode."""

    portal: str
    stranger: str
    servers: dict[str, str]
    index: Path
    process: subprocess.Popen[str]


def nginx() -> str:
    """The program; without it the test is left out, or fails where it must run."""
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    if found is None:
        reason = "no nginx: the server was not driven behind a proxy; on Debian: apt-get install nginx-light"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return found


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def _static(folder: Path, port: int) -> Iterator[None]:
    handler = functools.partial(_Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield
        server.shutdown()


def _portal(folder: Path, server: str) -> None:
    """The example portal, with the assistant's address in place of its default one."""
    shutil.copytree(ROOT / "examples" / "portal", folder)
    page = folder / "index.html"
    parts = urlsplit(server)
    text = page.read_text(encoding="utf-8").replace("http://127.0.0.1:7860/embed.js", f"{server}/embed.js")
    page.write_text(text.replace("http://127.0.0.1:7860", f"{parts.scheme}://{parts.netloc}"), encoding="utf-8")


def _site_conf(upstream: int, port: int, mode: str) -> str:
    """The example of deploy/, once for each way to hand on the prefix."""
    text = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    assert text.count("proxy_pass http://wenbao/;") == 1
    text = text.replace("127.0.0.1:7860", f"127.0.0.1:{upstream}").replace("listen 80;", f"listen 127.0.0.1:{port};")
    text = text.replace("upstream wenbao", f"upstream {mode}").replace("http://wenbao/;", f"http://{mode}/;")
    return text if mode == "strip" else text.replace(f"http://{mode}/;", f"http://{mode};")


@contextmanager
def _proxy(folder: Path, upstream: int, ports: dict[str, int]) -> Iterator[None]:
    sites = "\n".join(_site_conf(upstream, port, mode) for mode, port in ports.items())
    temporary = "\n".join(
        f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    conf = folder / "nginx.conf"
    conf.write_text(
        f"daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log;\n"
        f"{'user root;' if os.geteuid() == 0 else ''}\nevents {{ worker_connections 256; }}\n"
        f"http {{\naccess_log {folder}/access.log;\n{temporary}\n{sites}\n}}\n",
        encoding="utf-8",
    )
    command = [nginx(), "-p", str(folder), "-e", f"{folder}/error.log", "-c", str(conf)]
    subprocess.run([*command, "-t"], check=True, capture_output=True)
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            yield
        finally:
            process.terminate()
            process.wait(timeout=20)


def _wait(address: str, seconds: float) -> None:
    end = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=10) as reply:
                assert reply.status == 200
                return
        except (OSError, urllib.error.URLError):
            if time.monotonic() > end:
                raise
            time.sleep(0.2)


@contextmanager
def running(folder: Path, index: Path) -> Iterator[Proxied]:
    """The product over `index`, behind a proxy that strips its prefix and one that keeps it, and two portals."""
    upstream, *ports = (free_port() for _ in range(5))
    portal, stranger = (f"http://{PORTAL_HOST}:{port}" for port in ports[:2])
    servers = {mode: f"http://{SERVER_HOST}:{port}/bao" for mode, port in zip(MODES, ports[2:], strict=True)}
    command = [
        sys.executable, "ui.py", "--index", str(index), "--data", str(folder / "data"), "--port", str(upstream),
        "--root-path", "/bao/", "--portal", portal,
    ]  # fmt: skip
    for mode, server in servers.items():
        _portal(folder / "portal" / mode, server)
    with (
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process,
        _proxy(folder, upstream, dict(zip(MODES, ports[2:], strict=True))),
        _static(folder / "portal", ports[0]),
        _static(folder / "portal", ports[1]),
    ):
        try:
            assert process.stdout
            assert process.stdout.readline() == f"http://127.0.0.1:{upstream}/bao\n"
            for server in servers.values():
                _wait(server, 30)
            yield Proxied(portal, stranger, servers, index, process)
        finally:
            process.terminate()
            process.wait(timeout=30)
