"""What schemathesis has to be told for tests/fuzz.py: JSON Lines are sent as text."""

from __future__ import annotations

import schemathesis

schemathesis.serializer.alias("application/x-ndjson", "text/plain")
