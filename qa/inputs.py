"""What the reader is shown of a passage: a heading that says whose words these are and of when, then the words.

Used alike for training and for answering; knows documents and passages only.
"""

from __future__ import annotations

from index.records import Document, Passage

_RELATIVE = {0: "今年", -1: "去年", 1: "明年"}
_TENSE = {"result": "结果", "plan": "计划"}
HEADING = 18  # characters of a section's heading that are shown


def heading(document: Document, passage: Passage) -> str:
    """Such as `三门县|去年2022年结果|政策要素集成落地|`: place, period (relative to the report too), section."""
    section = document.section_at(passage.start)
    title = section.path[-1][:HEADING] if section.path else ""
    parts = (document.place, period_words(section.period, document.year), title)
    return "".join(f"{part}|" for part in parts if part)


def period_words(period: str, year: int) -> str:
    """`2022 result` in a report of 2023 is `去年2022年结果`; `2021-2025 result` is `2021至2025年结果`; "" stays."""
    if not period:
        return ""
    years, tense = period.rsplit(" ", 1)
    relative = _RELATIVE.get(int(years) - year, "") if years.isdigit() and year else ""
    return f"{relative}{years.replace('-', '至')}年{_TENSE.get(tense, tense)}"
