"""The pages beside the chat: a report to read, opened at a place; and the server's sign of life.

Knows the reading page's HTML by name only; it must not know how an answer comes about.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fastapi import FastAPI
from fastapi.responses import HTMLResponse

from qa.reading import View, message_page, name_of, parse_place, reading_page
from qa.site import Site


def add_pages(app: FastAPI, site: Site) -> None:
    """Adds /healthz and /doc/{identifier}."""

    @app.get("/healthz", include_in_schema=False)
    def healthz() -> dict[str, Any]:
        return {"status": "ok", "documents": len(site.assistant.index.documents)}

    @app.get("/doc/{identifier}", response_class=HTMLResponse, include_in_schema=False)
    def doc(
        identifier: str,
        start: str = "",
        end: str = "",
        marks: str = "",
        embed: str = "",
        theme: str = "",
        size: str = "",
    ) -> HTMLResponse:
        documents = site.view().index.documents
        titles = {name: name_of(document) for name, document in documents.items()}
        document = documents.get(identifier)
        if document is None:
            told = f"没有名为“{identifier[:80]}”的报告。可以阅读："
            return HTMLResponse(message_page("没有这份报告", told, titles), 404)
        view = View(embedded=embed == "1", theme=theme, large=size == "large", others=titles)
        try:
            place = parse_place(document, start, end, marks)
        except ValueError:
            note = "链接所指的位置不在这份报告里，已从头显示全文。"
            return HTMLResponse(reading_page(document, None, replace(view, notice=note)), 400)
        return HTMLResponse(reading_page(document, place, view))
