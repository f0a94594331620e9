"""The server's figures under Prometheus's names. The only file that knows its client library.

Knows counts and seconds; it must not know requests, questions or who asks.
"""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)

_SECONDS = (0.005, 0.025, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)

# When each series began: as many series again, and nobody asks for them.
disable_created_metrics()  # type: ignore[no-untyped-call]
REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)
PlatformCollector(registry=REGISTRY)

# Labels have few values: a path, a name or a document among them would make a new series of each.
_REQUESTS = Counter(
    "wenbao_http_requests", "Requests answered.", ("area", "method", "status"), registry=REGISTRY
)  # fmt: skip
_DURATION = Histogram(
    "wenbao_http_request_duration_seconds", "From a request to the end of its reply.", ("area",),
    registry=REGISTRY, buckets=_SECONDS,
)  # fmt: skip
_IN_FLIGHT = Gauge("wenbao_http_requests_in_flight", "Requests being answered.", registry=REGISTRY)
_TURNED_AWAY = Counter(
    "wenbao_http_requests_refused", "Requests turned away before they were answered.", ("code",), registry=REGISTRY
)
_ANSWERS = Counter("wenbao_answers", "Questions that the documents answered.", registry=REGISTRY)
_REFUSALS = Counter("wenbao_refusals", "Questions that the documents do not answer.", registry=REGISTRY)
_ANSWERING = Histogram(
    "wenbao_answer_duration_seconds", "From a question to its answer.", registry=REGISTRY, buckets=_SECONDS
)
_DOCUMENTS = Gauge("wenbao_index_documents", "Documents of the index.", registry=REGISTRY)
_READY = Gauge("wenbao_ready", "1 once a warm-up question was answered.", registry=REGISTRY)

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def began() -> None:
    """A request has come."""
    _IN_FLIGHT.inc()


def ended(area: str, method: str, status: int, seconds: float) -> None:
    """A request was answered with `status`."""
    _IN_FLIGHT.dec()
    _REQUESTS.labels(area, method if method in _METHODS else "other", str(status)).inc()
    _DURATION.labels(area).observe(seconds)


def turned_away(code: str) -> None:
    """A request was refused at the door: `code` is the error's."""
    _TURNED_AWAY.labels(code).inc()


def answered(refused: bool, seconds: float) -> None:
    """A question was answered, or refused, after `seconds`."""
    (_REFUSALS if refused else _ANSWERS).inc()
    _ANSWERING.observe(seconds)


def watch(documents: Callable[[], int], ready: Callable[[], bool]) -> None:
    """Where to look for the number of documents and for readiness."""
    _DOCUMENTS.set_function(documents)
    _READY.set_function(lambda: float(ready()))


def exposition() -> tuple[bytes, str]:
    """All figures in the text format, and its media type."""
    return generate_latest(REGISTRY), CONTENT_TYPE_LATEST
