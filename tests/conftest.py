"""Indexes and a ledger that several test files share: by the real parts, each test with a copy or one of its own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from files import BUNDLED_REPORT, COUNTY

from index.build import build
from qa.ledger import Ledger, open_ledger


@pytest.fixture(scope="session")
def _built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built")
    build([BUNDLED_REPORT], folder / "bundled")
    build([COUNTY], folder / "county")
    return folder


@pytest.fixture
def bundled_index(_built: Path, tmp_path: Path) -> Path:
    """A copy of the index of the bundled report, the test's own."""
    return Path(shutil.copytree(_built / "bundled", tmp_path / "bundled-index"))


@pytest.fixture
def county_index(_built: Path, tmp_path: Path) -> Path:
    """A copy of the index of a short excerpt (`report-county`), the test's own."""
    return Path(shutil.copytree(_built / "county", tmp_path / "county-index"))


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    opened = open_ledger(tmp_path / "data" / "wenbao.sqlite")
    yield opened
    opened.close()
