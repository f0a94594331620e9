"""Indexes that several test files share: built once a session by the real parts, handed out as copies."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from index.build import build

DATA = Path(__file__).parent / "data"
BUNDLED_REPORT = Path(__file__).parents[1] / "index" / "reports" / "sanmen-2023.txt"
COUNTY = DATA / "report-county.txt"
PROVINCE = DATA / "report-province.txt"


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
