"""Where the files lie that several tests read."""

from __future__ import annotations

from pathlib import Path

DATA = Path(__file__).parent / "data"
BUNDLED_REPORT = Path(__file__).parents[1] / "index" / "reports" / "sanmen-2023.txt"
COUNTY = DATA / "report-county.txt"
PROVINCE = DATA / "report-province.txt"
