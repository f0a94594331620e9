"""How values stand in the ledger's columns: times, texts that are no valid Unicode, lists and objects as JSON."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any


def now() -> str:
    """The present, as every time in the ledger is written; such strings sort by time."""
    return stamp(datetime.now(UTC))


def stamp(moment: datetime) -> str:
    """A moment that knows its zone, as UTC in ISO form with milliseconds and "Z"."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def clean(text: str) -> str:
    """`text`, with halves of surrogate pairs, which no encoding takes, written out."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def json_text(value: Any) -> str:
    """`value` as JSON. Halves of surrogate pairs become JSON escapes, so that reading gives them back."""
    return clean(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def json_object(text: str) -> dict[str, Any]:
    """The object written by `json_text`; {} for ""."""
    value = json.loads(text) if text else {}
    assert isinstance(value, dict)
    return value


def strings(text: str) -> tuple[str, ...]:
    """The list of strings written by `json_text`."""
    return tuple(json.loads(text))
