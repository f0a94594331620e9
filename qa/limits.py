"""What a question may be, and what to tell the person whose question is none, in Chinese.

Knows strings only: not who asks, over which interface, or what the reports say.
"""

from __future__ import annotations

import unicodedata

MAX_QUESTION = 500
"""Characters. The longest real question seen has 60; a pasted page is no question."""

MAX_HISTORY = 50
"""Earlier questions taken into account by the interfaces; the oldest are left out first."""


def complaint(question: str) -> str:
    """One short Chinese line saying why `question` cannot be asked, or "" where it can."""
    text = question.strip()
    if not text:
        return "请先输入一个问题。"
    if len(text) > MAX_QUESTION:
        return f"问题太长：共{len(text)}个字，最多{MAX_QUESTION}个字。请把问题缩短后再问。"
    if not any(unicodedata.category(char)[0] in "LN" for char in text):
        return "没有看懂：问题里没有文字或数字。请用一句话提问。"
    return ""
