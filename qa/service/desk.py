"""The routes that the chat page's script calls: what can be asked, a turn's proof, its reasons, what can be taken away.

Knows the desk and the web framework; it must not know how answers come about or how the chat's framework works.
"""

from __future__ import annotations

import logging
from typing import Any

from fastapi import APIRouter, FastAPI, HTTPException, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from pydantic import BaseModel, ConfigDict

from qa.access.bodies import Sizes
from qa.cards import cards, catalogue
from qa.chat.desk import Desk, Visitor
from qa.chat.export import conversation_docx, conversation_markdown
from qa.chat.past import Exchange
from qa.chat.table import as_csv, as_xlsx
from qa.chat.why import why
from qa.messages import Messages, messages
from qa.reading import name_of
from qa.service.asking import asker
from qa.site import Site

log = logging.getLogger(__name__)

_KEPT = {"cache-control": "no-store"}
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class Forget(BaseModel):
    """The body of POST /desk/forget."""

    model_config = ConfigDict(extra="forbid")

    conversation: str
    owner: str


def visitor_of(site: Site, request: Request) -> Visitor:
    """Who sent a request, as far as the layers before found it out; without a guard, whoever is at the machine."""
    identity = site.guard.identity(request.scope) if site.guard else None
    keeper = site.guard is None or (identity is not None and identity.may("keeper"))
    return Visitor(asker(site, request, "page").who, keeper)


def add_desk(app: FastAPI, desk: Desk) -> None:
    """Adds the routes below /desk."""
    router = APIRouter(prefix="/desk", include_in_schema=False)
    _add_opening(router, desk)
    _add_turns(router, desk)
    _add_downloads(router, desk)
    app.include_router(router)


def _logged_in(site: Site, request: Request) -> str:
    """The name with which this visitor logged in on the login page; "" where they did not."""
    session = site.guard.session(request.scope) if site.guard else None
    return session.name if session else ""


def _say(request: Request, lang: str) -> Messages:
    return messages(lang, request.headers.get("accept-language", ""))


def _add_opening(router: APIRouter, desk: Desk) -> None:
    @router.get("/opening")
    def opening(request: Request) -> JSONResponse:
        visitor = visitor_of(desk.site, request)
        seen = desk.visible()
        examples, done = desk.pool.examples(seen)
        sizes = desk.site.guard.settings.sizes if desk.site.guard else Sizes()
        documents = [{"id": name, "name": name_of(item)} for name, item in seen.items()]
        told = {
            "documents": documents,
            "examples": examples,
            "done": done,
            "keeper": visitor.keeper and desk.site.index_path is not None,
            "user": _logged_in(desk.site, request),
            "upload_mb": sizes.upload // 1_000_000,
            "feedback": desk.site.ledger is not None,
        }
        return JSONResponse(told, headers=_KEPT)

    @router.get("/catalogue")
    def listed(request: Request, lang: str = "") -> HTMLResponse:
        return HTMLResponse(catalogue(desk.visible(), _say(request, lang)), headers=_KEPT)

    @router.get("/recent")
    def recent(owner: str = "") -> JSONResponse:
        found = desk.past.recent(owner)
        told = [{"id": item.conversation, "title": item.title[:80], "at": item.at} for item in found]
        return JSONResponse(told, headers=_KEPT)

    @router.post("/forget")
    def forget(told: Forget) -> JSONResponse:
        return JSONResponse({"forgotten": desk.past.forget(told.conversation, told.owner)})


def _add_turns(router: APIRouter, desk: Desk) -> None:
    @router.get("/turn/{name}")
    def proof(name: str, request: Request, lang: str = "") -> JSONResponse:
        turn = _turn(desk, name)
        told = {
            "html": cards(turn.answer, desk.visible(), _say(request, lang)),
            "request_id": turn.request_id,
            "refused": turn.answer.refused,
        }
        return JSONResponse(told, headers=_KEPT)

    @router.get("/turn/{name}/why")
    def reasons(name: str, request: Request, lang: str = "") -> HTMLResponse:
        turn = _turn(desk, name)
        assistant = desk.site.view()
        documents = tuple(item for item in turn.documents if item in assistant.index.documents)
        trace = assistant.trace(turn.question, turn.history, documents)
        return HTMLResponse(why(trace, desk.visible(), _say(request, lang)), headers=_KEPT)

    @router.get("/turn/{name}/next")
    def following(name: str) -> JSONResponse:
        turn = _turn(desk, name)
        asked = {item.question for item in desk.past.turns(turn.conversation)}
        return JSONResponse(desk.pool.after(turn.answer, asked, desk.visible()), headers=_KEPT)


def _add_downloads(router: APIRouter, desk: Desk) -> None:
    @router.get("/turn/{name}/table.csv")
    def table_csv(name: str, request: Request, lang: str = "") -> Response:
        turn = _turn(desk, name)
        body = as_csv(turn.answer, desk.visible(), _say(request, lang))
        return _file(body, "text/csv; charset=utf-8", "wenbao.csv")

    @router.get("/turn/{name}/table.xlsx")
    def table_xlsx(name: str, request: Request, lang: str = "") -> Response:
        turn = _turn(desk, name)
        return _file(as_xlsx(turn.answer, desk.visible(), _say(request, lang)), _XLSX, "wenbao.xlsx")

    @router.get("/talk/{conversation}.{kind}")
    def talk(conversation: str, kind: str, request: Request, lang: str = "") -> Response:
        turns = desk.past.turns(conversation)
        if not turns or kind not in ("md", "docx"):
            raise HTTPException(404, _say(request, lang)("gone"))
        for turn in turns:
            _turn(desk, turn.name)
        say, documents = _say(request, lang), desk.visible()
        if kind == "md":
            text = conversation_markdown(turns, documents, say)
            return _file(text.encode(), "text/markdown; charset=utf-8", "wenbao.md")
        return _file(conversation_docx(turns, documents, say), _DOCX, "wenbao.docx")


def _turn(desk: Desk, name: str) -> Exchange:
    """The turn, where there is one whose every source this visitor may see; 404 otherwise."""
    turn, seen = desk.past.turn(name), desk.visible()
    everything = desk.site.assistant.index.documents
    answer = turn.answer if turn else None
    # A report that was removed since hides nothing; one that this visitor may not see does.
    hidden = answer is not None and any(
        citation.document not in seen and citation.document in everything
        for citation in (*answer.citations, *answer.related)
    )
    if turn is None or hidden:
        raise HTTPException(404, "没有这次问答。")
    return turn


def _file(body: bytes, kind: str, name: str) -> Response:
    headers: dict[str, Any] = {**_KEPT, "content-disposition": f'attachment; filename="{name}"'}
    return Response(body, media_type=kind, headers=headers)
