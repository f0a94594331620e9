"""The pages beside the chat: a report to read, opened at a place; and the server's sign of life.

Knows the reading page's HTML by name only; it must not know how an answer comes about.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse

from qa.messages import messages
from qa.reading import View, message_page, name_of, parse_place, reading_page
from qa.site import Site


def add_pages(app: FastAPI, site: Site) -> None:
    """Adds /healthz and /doc/{identifier}."""

    @app.get("/healthz", include_in_schema=False)
    def healthz() -> dict[str, Any]:
        return {"status": "ok", "documents": len(site.assistant.index.documents)}

    @app.get("/doc/{identifier}", response_class=HTMLResponse, include_in_schema=False)
    def doc(
        request: Request,
        identifier: str,
        start: str = "",
        end: str = "",
        marks: str = "",
        embed: str = "",
        theme: str = "",
        size: str = "",
        lang: str = "",
    ) -> HTMLResponse:
        documents = site.view().index.documents
        titles = {name: name_of(document) for name, document in documents.items()}
        document, say = documents.get(identifier), messages(lang, request.headers.get("accept-language", ""))
        view = View(embedded=embed == "1", theme=theme, large=size == "large", say=say, others=titles)
        if document is None:
            told = say("no_report_text", report=identifier[:80])
            return HTMLResponse(message_page(say("no_report"), told, view), 404)
        try:
            place = parse_place(document, start, end, marks)
        except ValueError:
            return HTMLResponse(reading_page(document, None, replace(view, notice=say("no_place"))), 400)
        return HTMLResponse(reading_page(document, place, view))
