"""The login page of named users: /login and /logout, without a script.

Knows the guard and the form; what a login opens is the guard's business.
"""

from __future__ import annotations

import re
from html import escape
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from qa.access.addresses import client_of
from qa.access.guard import Guard
from qa.access.identity import Refused
from qa.access.passwords import matches
from qa.access.session import cookie_header
from qa.service.bodies import form_fields

_LONGEST = 10_000
# Within this server: one slash first, since two begin the address of another; no backslash, which browsers turn.
_INSIDE = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]{0,2000}")

_STYLE = (
    "body{margin:0;min-height:100vh;display:grid;place-items:center;font:1.1rem/1.6 system-ui,-apple-system,"
    "'PingFang SC','Microsoft YaHei','Noto Sans CJK SC',sans-serif;background:#f6f7f8;color:#1c2329}"
    "main{width:min(22rem,88vw)}h1{font-size:1.5rem;margin:0 0 1rem}label{display:block;margin:.8rem 0 .2rem}"
    "input{box-sizing:border-box;width:100%;padding:.55rem .7rem;font:inherit;border:1px solid #8a949c;"
    "border-radius:.4rem;background:#fff;color:inherit}"
    "button{margin-top:1.2rem;width:100%;padding:.6rem;font:inherit;border:0;border-radius:.4rem;background:#0e6377;"
    "color:#fff;cursor:pointer}:focus-visible{outline:3px solid #0e6377;outline-offset:2px}"
    "p{margin:.8rem 0 0;color:#a3201d}a{color:inherit}"
    "@media(prefers-color-scheme:dark){body{background:#14181b;color:#e6eaed}input{background:#1d2327}"
    "p{color:#ff9a94}}"
)


def add_login(app: FastAPI, guard: Guard) -> None:
    """Adds the routes. A wrong name and a wrong password get the same reply; too many tries get 429."""

    @app.get("/login", include_in_schema=False, response_class=HTMLResponse)
    def form(request: Request, next: str = "/") -> Response:
        session = guard.session(request.scope)
        return _leave_page(request, session.name) if session else _page(request, next)

    @app.post("/login", include_in_schema=False)
    async def login(request: Request) -> Response:
        told = await form_fields(request, _LONGEST) or {}
        name, password, wanted = (told.get(field, "") for field in ("name", "password", "next"))
        try:
            address = client_of(request.scope)
            guard.logins.spend(f"address:{address}", 1.0)
            guard.logins.spend(f"name:{name[:100]}", 0.2)
            user = guard.register.now().user(name)
            async with guard.slots["login"].place():
                right = await run_in_threadpool(matches, user.password if user else "", password)
        except Refused as refused:
            return _page(request, wanted, f"{refused.message}{refused.hint}", refused.status, refused.retry_after)
        if not right:
            return _page(request, wanted, "用户名或密码不对。", 401)
        reply = RedirectResponse(_target(request, wanted), 303)
        seconds = guard.settings.session_seconds
        reply.headers["set-cookie"] = _cookie(request, guard.begin(name), seconds)
        return reply

    @app.post("/logout", include_in_schema=False)
    def logout(request: Request) -> Response:
        session = guard.session(request.scope)
        if session is not None:
            guard.end(session)
        reply = RedirectResponse(f"{_root(request)}/login", 303)
        reply.headers["set-cookie"] = _cookie(request, "", 0.0)
        return reply


def _root(request: Request) -> str:
    return quote(str(request.scope.get("root_path", "")))


def _target(request: Request, wanted: str) -> str:
    """Where to go after the login: to `wanted` where it is an address of this server, else to the page."""
    inside = wanted if _INSIDE.fullmatch(wanted) else "/"
    return _root(request) + quote(inside, safe="/?&=%:,;@+~!*'()-._")


def _cookie(request: Request, value: str, seconds: float) -> str:
    return cookie_header(value, _root(request), seconds, request.scope.get("scheme") == "https")


def _page(request: Request, wanted: str, fault: str = "", status: int = 200, retry_after: int = 0) -> HTMLResponse:
    told = f'<p role="alert">{escape(fault)}</p>' if fault else ""
    form = (
        f'<form method="post" action="{_here(request)}/login">'
        f'<input type="hidden" name="next" value="{escape(wanted[:2000], quote=True)}">'
        '<label for="name">用户名</label><input id="name" name="name" autocomplete="username" required autofocus>'
        '<label for="password">密码</label>'
        '<input id="password" name="password" type="password" autocomplete="current-password" required>'
        f"{told}<button>登录</button></form>"
    )
    headers = {"cache-control": "no-store"}
    if retry_after:
        headers["retry-after"] = str(retry_after)
    return HTMLResponse(_html(form), status, headers)


def _leave_page(request: Request, name: str) -> HTMLResponse:
    """For who is logged in already."""
    form = (
        f'<form method="post" action="{_here(request)}/logout"><label>{escape(name)}，您已登录。</label>'
        f'<button>退出登录</button></form><label><a href="{_here(request)}/">返回问报</a></label>'
    )
    return HTMLResponse(_html(form), headers={"cache-control": "no-store"})


def _here(request: Request) -> str:
    return escape(_root(request), quote=True)


def _html(content: str) -> str:
    return (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>登录 · 问报</title>'
        '<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex">'
        # No icon, which would be asked for without a login.
        f'<link rel="icon" href="data:,"><style>{_STYLE}</style></head><body><main><h1>问报</h1>{content}</main></body>'
        "</html>"
    )
