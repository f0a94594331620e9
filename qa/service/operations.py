"""What the machine's keepers ask of a running server: whether it is ready, and its figures.

Knows readiness and figures by name; who may see them is the gate's business.
"""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.responses import JSONResponse, Response

from qa.access.metrics import exposition
from qa.access.ready import Readiness


def add_operations(app: FastAPI, readiness: Readiness) -> None:
    """Adds /readyz and /metrics. /readyz is 503 until a warm-up question was answered."""

    @app.get("/readyz", include_in_schema=False)
    def readyz() -> JSONResponse:
        if readiness.ready:
            return JSONResponse({"status": "ready"}, headers={"cache-control": "no-store"})
        return JSONResponse({"status": "starting"}, 503, {"cache-control": "no-store", "retry-after": "2"})

    @app.get("/metrics", include_in_schema=False)
    def metrics() -> Response:
        content, kind = exposition()
        return Response(content, headers={"content-type": kind, "cache-control": "no-store"})
