"""The keeper's page and its downloads as routes, for those alone who may see them.

Knows the web framework, Site and the page by name; it must not know what the ledger's tables hold.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from datetime import datetime

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from qa.access.addresses import local_name
from qa.access.asgi import state
from qa.keeping import DONE, PAGE, TABS, KeeperView, keeper_page, questions_csv
from qa.ledger import Ledger, Unwritten
from qa.ledger.cases import cases
from qa.ledger.columns import json_text
from qa.ledger.review import KINDS
from qa.service.bodies import form_fields
from qa.service.errors import Refusal
from qa.site import Site

DAYS = 7
"""Days of use that the page shows."""

MAX_FORM = 20_000
"""Bytes of a form."""

_ALL = 1_000_000
_NO_STORE = {"cache-control": "no-store"}


def keeper_routes(site: Site) -> APIRouter:
    """/keeper and what belongs to it. With a guard, for the role keeper; without one, for this machine alone."""
    routes = APIRouter(include_in_schema=False)
    # A form of another site cannot know it, even where a browser would send the keeper's cookie along.
    token = secrets.token_urlsafe(24)

    @routes.get("/keeper", response_class=HTMLResponse)
    def keeper(request: Request, show: str = "unanswered", page: str = "1", note: str = "") -> HTMLResponse:
        ledger, _ = _admitted(request, site)
        shown = show if show in TABS else "unanswered"
        return HTMLResponse(_page(site, ledger, shown, page, note, token), 200, _NO_STORE)

    @routes.post("/keeper/done")
    async def done(request: Request) -> Response:
        ledger, who = _admitted(request, site)
        form = await _form(request, token)
        rows = [_number(form.get(name, "")) for name in ("last_row", "last_feedback")]
        return await _changed(lambda: ledger.review.mark_done(form.get("wording", ""), who, *rows), form, "done")

    @routes.post("/keeper/reopen")
    async def reopen(request: Request) -> Response:
        ledger, _ = _admitted(request, site)
        form = await _form(request, token)
        return await _changed(lambda: ledger.review.reopen(form.get("wording", "")), form, "reopened")

    _add_downloads(routes, site)
    return routes


def _number(text: str, least: int = 0, most: int = 2**62) -> int:
    return min(max(int(text), least), most) if text.isascii() and text.isdecimal() and len(text) < 20 else least


def _page(site: Site, ledger: Ledger, show: str, page: str, note: str, token: str) -> str:
    number = _number(page, 1, 10_000)
    offset = PAGE * (number - 1)
    review = ledger.review
    # One more than is shown tells whether there is a next page.
    groups = review.groups(show, PAGE + 1, offset) if show != DONE else ()
    finished = review.done(PAGE + 1, offset) if show == DONE else ()
    today = datetime.now().astimezone()
    zone = today.tzinfo
    assert zone is not None
    view = KeeperView(
        show, number, max(len(groups), len(finished)) > PAGE, review.counts(), review.use(today.date(), DAYS, zone),
        token, {"done": "已标为处理。", "reopened": "已重新列出。"}.get(note, ""), ledger.audit.counts.lost,
    )  # fmt: skip
    return keeper_page(view, groups[:PAGE], finished[:PAGE], site.assistant.index.documents)


def _add_downloads(routes: APIRouter, site: Site) -> None:
    @routes.get("/keeper/rows.jsonl")
    def rows(request: Request) -> Response:
        ledger, _ = _admitted(request, site)
        made = cases(ledger.feedback.words(), site.assistant.index.documents)
        return _file("rows.jsonl", [json_text(case.row) for case in made if case.row])

    @routes.get("/keeper/feedback.jsonl")
    def feedback(request: Request) -> Response:
        ledger, _ = _admitted(request, site)
        return _file("feedback.jsonl", [json_text(word.to_json()) for word in ledger.feedback.words()])

    @routes.get("/keeper/questions.csv")
    def questions(request: Request) -> Response:
        ledger, _ = _admitted(request, site)
        found = [group for kind in KINDS for group in ledger.review.groups(kind, _ALL)]
        groups = list({group.wording: group for group in found}.values())
        return _file("questions.csv", [questions_csv(groups)], "text/csv")


def _file(name: str, lines: list[str], kind: str = "application/x-ndjson") -> Response:
    body = "".join(f"{line}\n" for line in lines) if kind != "text/csv" else lines[0]
    headers = {**_NO_STORE, "content-disposition": f'attachment; filename="{name}"'}
    return Response(body, 200, headers, f"{kind}; charset=utf-8")


def _admitted(request: Request, site: Site) -> tuple[Ledger, str]:
    """The ledger, and the keeper's name. Refusal for everybody else."""
    if site.guard is not None:
        identity = site.guard.identity(request.scope)
        # What others asked would tell a keeper of some reports about the rest.
        if not identity.may("keeper") or identity.documents is not None:
            raise Refusal(403, "forbidden", "没有权限。", "请向管理员索取权限。")
        who = str(identity.who)
    elif _from_this_machine(request):
        who = ""
    else:
        raise Refusal(403, "forbidden", "没有设置登录时，只能在服务器本机打开此页。", "请在本机打开，或设置登录。")
    if site.ledger is None:
        raise Refusal(404, "no_ledger", "服务器没有开启问答记录。", "请检查服务器的设置。")
    ledger: Ledger = site.ledger
    return ledger, who


def _from_this_machine(request: Request) -> bool:
    """A browser on this machine that was not sent by a proxy, nor by a name that some other site points here."""
    return bool(state(request.scope).get("direct")) and local_name(request.scope)


async def _form(request: Request, token: str) -> dict[str, str]:
    """The form's fields. Refusal where it is too large or does not carry the token of a page of ours."""
    fields = await form_fields(request, MAX_FORM)
    if fields is None:
        raise Refusal(413, "too_large", "请求太大。")
    if not hmac.compare_digest(fields.get("token", "").encode(), token.encode()):
        raise Refusal(403, "stale_form", "页面已过期。", "请返回上一页，刷新后再试。")
    return fields


async def _changed(change: Callable[[], bool], form: dict[str, str], note: str) -> Response:
    """Makes the change and leads back to the page."""
    try:
        made = await run_in_threadpool(change)
    except Unwritten as error:
        raise Refusal(503, "not_kept", "没有写入磁盘。", "请检查磁盘空间后再试。", {"retry-after": "30"}) from error
    show = form.get("show", "")
    told = f"&note={note}" if made else ""
    return RedirectResponse(f"../keeper?show={show if show in TABS else 'unanswered'}{told}", 303)
