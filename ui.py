"""The chat page: questions left, the report's own words right, the whole report one click away.

Knows the chat framework and Assistant.ask; retrieval, thresholds, measures and HTML of an answer live elsewhere.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import socket
import sys
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

# Before the framework is imported: no usage counts sent, no model hub asked, event statistics kept small.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ.setdefault("GRADIO_ANALYTICS_CACHE_FREQUENCY", "1000000")

from index.errors import UserError
from qa.access import add_arguments, guard_for, server_settings
from qa.chat.desk import Desk, Sent, Shown, Visitor, read_sent
from qa.chat.shell import bar, compose_bar, opening, report_frame, tabs
from qa.messages import CHINESE, messages, table

MAX_SENT = 500_000
"""Characters of what the page's script sends with one step; a question that is too long is still told so."""

SESSIONS = 16
"""Opened pages of which the framework holds the last state, 0.1 MB each; for others it is made anew at each step."""

if TYPE_CHECKING:
    import gradio as gr
    from fastapi import FastAPI

    from qa.site import Site


def create_page(site: Site, portals: Sequence[str] = ()) -> FastAPI:
    """The whole server over `site`: the chat page at /, the routes of qa.service beside it.

    `portals` are the origins that may show it in a frame and call it from their pages.
    """
    import gradio as gr

    from qa.service import create_app
    from qa.service.desk import add_desk

    desk = Desk(site)
    app = create_app(site, portals)
    add_desk(app, desk)
    if site.guard is not None:
        site.guard.finders.append(_asked_by)
    page = _blocks(desk)
    # What the framework remembers of every opened page, for good; no step of ours needs it.
    page.state_session_capacity = SESSIONS
    mounted: FastAPI = gr.mount_gradio_app(
        app,
        page,
        path="/",
        theme=_theme(),
        head=_head(),
        footer_links=[],
        run_history=False,
        enable_monitoring=False,
        ssr_mode=False,
        show_error=False,
        max_file_size=0,
    )
    # No step of ours waits in the framework's queue, which would look for one a thousand times a second: 4 % of a core.
    page._queue.sleep_when_free = 0.25
    return mounted


def _asked_by() -> Any:
    """The request behind the event that is being answered here, also where the framework's queue answers it."""
    from gradio.context import LocalContext

    event = LocalContext.request.get(None)
    return event.request.scope if event and event.request else None


def _head() -> str:
    styles, scripts = ("page.css", "parts.css", "embedded.css"), ("page.js", "talk.js", "forms.js", "embedded.js")
    # "</" would end the script that holds the table.
    said = json.dumps(table(), ensure_ascii=False).replace("</", "<\\/")
    head = "".join(f"<style>{_asset(name)}</style>" for name in styles)
    return head + "".join(f"<script>{code}</script>" for code in (f"window.wbTable={said}", *map(_asset, scripts)))


def _theme() -> gr.themes.Base:
    import gradio as gr

    sans = ["system-ui", "-apple-system", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "sans-serif"]
    return gr.themes.Base(
        primary_hue=gr.themes.colors.cyan,
        neutral_hue=gr.themes.colors.gray,
        font=sans,
        font_mono=["ui-monospace", "monospace"],
        text_size=gr.themes.sizes.text_lg,
    )


def _blocks(desk: Desk) -> gr.Blocks:
    import gradio as gr

    blocks = gr.Blocks(title=CHINESE("title"), fill_height=True, fill_width=True, analytics_enabled=False)
    with blocks:
        gr.HTML(bar(), elem_id="wb-header", padding=False)
        with gr.Row(elem_id="wb-row"):
            with gr.Column(elem_id="wb-chat", min_width=240):
                chat = gr.Chatbot(
                    elem_id="wb-turns",
                    show_label=False,
                    label=CHINESE("turns"),
                    container=False,
                    height=None,
                    layout="bubble",
                    buttons=[],
                    latex_delimiters=[],
                    allow_tags=False,
                    group_consecutive_messages=False,
                    autoscroll=False,
                )
                gr.HTML(opening(), elem_id="wb-opening", padding=False)
                gr.HTML(compose_bar(), elem_id="wb-compose", padding=False)
                box = gr.Textbox(
                    show_label=False,
                    label=CHINESE("question"),
                    placeholder=CHINESE("box_hint"),
                    lines=1,
                    max_lines=4,
                    submit_btn=CHINESE("send"),
                    interactive=True,
                    autofocus=True,
                    elem_id="wb-box",
                )
                # Pressed by the page's script: another conversation is shown.
                switch = gr.Button("switch", elem_id="wb-switch", visible="hidden")
                sent = gr.Textbox(visible=False)
            with gr.Column(elem_id="wb-proof", min_width=240):
                gr.HTML(tabs(), elem_id="wb-tabs", padding=False)
                gr.HTML("", elem_id="wb-evidence", padding=False)
                gr.HTML("", elem_id="wb-why", padding=False)
                gr.HTML(report_frame(), elem_id="wb-report", padding=False)
        _wire(desk, blocks, chat, box, switch, sent)
    return blocks


def _wire(
    desk: Desk, blocks: gr.Blocks, chat: gr.Chatbot, box: gr.Textbox, switch: gr.Button, sent: gr.Textbox
) -> None:
    """What happens on a question, on stopping it, and on opening a conversation.

    No step goes through the framework's queue: its event stream loses what is sent while it closes. The page's script
    says what is asked (`wenbao.asking`), and every step answers with the chat as it then stands.
    """
    import gradio as gr

    def begin(told: str) -> tuple[Any, Any]:
        asked = _read(told)
        if asked.busy:
            return gr.skip(), gr.skip()
        stop = messages(asked.language)("stop")
        return _turns(desk.begin(asked)), gr.update(value="", submit_btn=False, stop_btn=stop)

    def finish(told: str, request: gr.Request) -> tuple[Any, Any]:
        asked = _read(told)
        if asked.busy:
            return gr.skip(), gr.skip()
        shown = desk.finish(asked, _visitor(desk, request))
        return gr.skip() if shown is None else _turns(shown), _ready(asked)

    def stop(told: str) -> tuple[Any, Any]:
        return _turns(desk.stop(_read(told))), _ready(_read(told))

    def start(told: str) -> tuple[Any, Any]:
        asked = _read(told)
        say = messages(asked.language)
        shown = _turns(desk.chat(asked.conversation, say))
        return shown, gr.update(placeholder=say("box_hint"), label=say("question"), submit_btn=say("send"))

    def _ready(asked: Sent) -> Any:
        return gr.update(submit_btn=messages(asked.language)("send"), stop_btn=False)

    # Annotations are strings here, and the framework looks for its Request type in them.
    finish.__annotations__["request"] = gr.Request
    common: dict[str, Any] = {
        "inputs": [sent], "outputs": [chat, box], "show_progress": "hidden", "api_visibility": "private",
        "queue": False, "trigger_mode": "multiple",
    }  # fmt: skip
    asked = box.submit(begin, js="() => wenbao.asking()", **common)
    asked.then(finish, js="() => wenbao.asked()", **common).then(None, js="() => wenbao.answered()")
    box.stop(stop, js="() => wenbao.asked()", **common).then(None, js="() => wenbao.answered()")
    for opened in (blocks.load(start, js="() => wenbao.opening()", **common),
                   switch.click(start, js="() => wenbao.opening()", **common)):  # fmt: skip
        opened.then(None, js="() => wenbao.opened()")


def _read(told: object) -> Sent:
    """What the script sends, in JSON; every step can be called over HTTP with anything."""
    if not isinstance(told, str) or len(told) > MAX_SENT:
        return Sent()
    try:
        return read_sent(json.loads(told))
    except (ValueError, RecursionError):
        return Sent()


def _visitor(desk: Desk, request: gr.Request | None) -> Visitor:
    from qa.service.desk import visitor_of

    asked = request.request if request is not None else None
    return visitor_of(desk.site, asked) if asked is not None else Visitor()


def _turns(shown: Shown) -> list[dict[str, str]]:
    return [{"role": role, "content": html} for role, html in shown]


def _asset(name: str) -> str:
    return (files("qa") / "page" / name).read_text(encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    """Serves the page until interrupted. 2 on a user's mistake, said in one line."""
    parser = argparse.ArgumentParser(prog="python ui.py", description="问报: the chat page and the HTTP interface.")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
    parser.add_argument("--port", type=int, default=7860)
    parser.add_argument("--root-path", default="", metavar="PREFIX", help="the path below which a proxy shows it")
    parser.add_argument("--index", type=Path, default=Path("data/index"), metavar="DIR")
    parser.add_argument("--data", type=Path, default=Path("data"), metavar="DIR", help="the server's own files")
    parser.add_argument(
        "--portal", action="append", default=[], metavar="ORIGIN",
        help="an origin that may embed the page and call it, such as https://portal.example; repeat for several",
    )  # fmt: skip
    add_arguments(parser)
    options = parser.parse_args(arguments)
    from qa.heap import few_heaps
    from qa.site import Site

    few_heaps()
    try:
        site = Site(options.index, options.data, guard=guard_for(options, options.host))
        serve(site, options.host, options.port, options.root_path, options.portal)
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def serve(site: Site, host: str, port: int, root_path: str = "", portals: Sequence[str] = ()) -> None:
    """Runs the server and prints its address once it listens; port 0 takes a free one.

    `root_path` is the prefix that a proxy in front puts before every path, whether it strips or keeps it.
    UserError where the address is not to be had, and for a prefix or a portal that is none.
    """
    import uvicorn

    from qa.access.addresses import portal_origin
    from qa.heap import keep_level
    from qa.service.prefix import Prefix, prefix_of

    prefix, origins = prefix_of(root_path), [portal_origin(text) for text in portals]
    try:
        listener = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except (OSError, OverflowError) as error:
        remedy = "Choose another with --host and --port, or stop the program that holds it."
        raise UserError(
            f"{host}:{port} cannot be opened ({error.args[-1] if error.args else error})",
            "a free address of this machine",
            remedy,
        ) from error
    address = f"http://{host}:{listener.getsockname()[1]}{prefix}"

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                keep_level()
                print(address, flush=True)

    app = Prefix(create_page(site, origins), prefix)
    settings = server_settings(site.guard) if site.guard is not None else {}
    config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=3, **settings)
    with listener, contextlib.suppress(KeyboardInterrupt):
        Server(config).run(sockets=[listener])


if __name__ == "__main__":
    sys.exit(main())
