"""A real Chromium against a real server process; every request beyond 127.0.0.1 is refused and must not be made."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect, sync_playwright

HERE = Path(__file__).parent
# Generous, since a busy machine is no failure of the page: how soon an answer comes is measured elsewhere.
expect.set_options(timeout=30_000)
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    driven = [item for item in items if HERE in item.path.parents]
    for item in driven:
        item.add_marker(pytest.mark.browser)
    # Last, since the browser's driver leaves an event loop running in this thread, and asyncio.run refuses beside one.
    items[:] = [item for item in items if item not in driven] + driven


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        reason = "no chromium on the PATH: the chat page was not driven; on Debian: apt-get install chromium"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def served(command: list[str]) -> Iterator[str]:
    """Runs `command` until it prints the address it serves; yields that address; ends it."""
    paths = os.pathsep.join([str(HERE.parents[1]), str(HERE.parent)])
    environment = {**os.environ, "PYTHONPATH": paths}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout
        try:
            address = process.stdout.readline().strip()
            assert address.startswith("http://127.0.0.1:")
            with urllib.request.urlopen(f"{address}/healthz", timeout=10) as reply:
                assert reply.status == 200
            yield address
        finally:
            process.terminate()
            begun = time.monotonic()
            process.wait(timeout=20)
            # An open page must not hold the server for ever.
            assert time.monotonic() - begun < 10


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The product itself: the bundled report's index, built by its command, behind `python ui.py`."""
    folder = tmp_path_factory.mktemp("browser") / "index"
    build = [sys.executable, "-m", "index", "build", "index/reports", "--out", str(folder)]
    subprocess.run(build, cwd=HERE.parents[1], check=True, capture_output=True, timeout=300)
    with served([sys.executable, str(HERE.parents[1] / "ui.py"), "--index", str(folder), "--port", "0"]) as address:
        yield address


@pytest.fixture(scope="session")
def stand_in_site() -> Iterator[str]:
    """The page over quick, fixed answers from two documents, one of which tries to be markup: how the page behaves."""
    with served([sys.executable, str(HERE / "serve_stand_in.py"), "0"]) as address:
        yield address


@pytest.fixture
def context(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    """A fresh profile; `@pytest.mark.parametrize("context", [{...}], indirect=True)` sets its options."""
    options = {"viewport": {"width": 1280, "height": 800}, "locale": "zh-CN", **getattr(request, "param", {})}
    context = chromium.new_context(**options)
    attempts: list[str] = []

    def guard(route: Route) -> None:
        if urlsplit(route.request.url).hostname == "127.0.0.1":
            route.continue_()
        else:
            attempts.append(route.request.url)
            route.abort()

    context.route("**/*", guard)
    yield context
    context.close()
    assert attempts == []


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    page = context.new_page()
    failures: list[str] = []
    page.on("pageerror", lambda error: failures.append(str(error)))
    page.on("dialog", lambda dialog: (failures.append(dialog.message), dialog.dismiss()))
    yield page
    assert failures == []
