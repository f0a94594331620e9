"""A document made of a few lines."""

from __future__ import annotations

from pathlib import Path

from index.document import load_document
from index.records import Document


def report(folder: Path, *lines: str) -> Document:
    path = folder / "report.txt"
    path.write_text("\n".join(("某县政府工作报告", "2024年1月8日", *lines)), encoding="utf-8")
    return load_document(path)
