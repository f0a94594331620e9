"""A real Chromium against real server processes; every request beyond 127.0.0.1 is refused and must not be made."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from driving import DATA, HERE, Running, at_home, faultless, product, served
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from index.build import build

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


@pytest.fixture(scope="session")
def site(_built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The product itself over the bundled report. Tests add conversations to it, and nothing else."""
    with product(_built / "bundled", tmp_path_factory.mktemp("site")) as address:
        yield address


@pytest.fixture(scope="session")
def several(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The product over excerpts of six real reports; a test that adds a report to it removes it again."""
    folder = tmp_path_factory.mktemp("several")
    build([DATA / "compare"], folder / "index")
    with product(folder / "index", folder) as address:
        yield Running(address, folder)


@pytest.fixture(scope="session")
def stand_in_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page over quick, fixed answers from two documents: how the page itself behaves."""
    with served(str(HERE / "serve_stand_in.py"), str(tmp_path_factory.mktemp("stand-in"))) as address:
        yield address


@pytest.fixture(scope="session")
def hostile_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page over documents and a ledger of which everything tries to be markup: see `serve_hostile`."""
    with served(str(HERE / "serve_hostile.py"), str(tmp_path_factory.mktemp("hostile"))) as address:
        yield address


@pytest.fixture
def context(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    """A fresh profile; `@pytest.mark.parametrize("context", [{...}], indirect=True)` sets its options."""
    with at_home(chromium, **getattr(request, "param", {})) as context:
        yield context


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    with faultless(context) as page:
        yield page
