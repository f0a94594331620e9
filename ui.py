"""The chat page: questions left, the report's own words right, the whole report one click away.

Knows the chat framework and Assistant.ask; retrieval, thresholds, measures and HTML of an answer live elsewhere.
"""

from __future__ import annotations

import argparse
import contextlib
import logging
import os
import socket
import sys
from collections.abc import Iterator, Sequence
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

# Before the framework is imported: no usage counts sent, no model hub asked, event statistics kept small.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ.setdefault("GRADIO_ANALYTICS_CACHE_FREQUENCY", "1000000")

from index.errors import UserError
from qa.cards import cards, catalogue
from qa.limits import MAX_HISTORY, MAX_QUESTION, complaint
from qa.reading import name_of
from qa.render import bubble, notice, question_bubble

if TYPE_CHECKING:
    import gradio as gr
    from fastapi import FastAPI

    from qa.site import Site

CONCURRENCY = 4
"""Questions answered at a time; the framework's own default is one."""

log = logging.getLogger(__name__)


def create_page(site: Site, portals: Sequence[str] = ()) -> FastAPI:
    """The whole server over `site`: the chat page at /, the routes of qa.service beside it.

    `portals` are the origins that may show it in a frame and call it from their pages.
    """
    import gradio as gr

    from qa.service import create_app
    from qa.suggest import example_questions

    blocks = _blocks(site, example_questions(site.assistant))
    styles, scripts = ("page.css", "embedded.css"), ("page.js", "embedded.js")
    head = "".join(f"<style>{_asset(name)}</style>" for name in styles)
    head += "".join(f"<script>{_asset(name)}</script>" for name in scripts)
    app: FastAPI = gr.mount_gradio_app(
        create_app(site, portals),
        blocks,
        path="/",
        theme=_theme(),
        head=head,
        footer_links=[],
        run_history=False,
        enable_monitoring=False,
        ssr_mode=False,
        show_error=False,
        max_file_size=0,
    )
    return app


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


def _blocks(site: Site, examples: Sequence[str]) -> gr.Blocks:
    import gradio as gr

    documents = site.assistant.index.documents
    blocks = gr.Blocks(title="问报", fill_height=True, fill_width=True, analytics_enabled=False)
    with blocks:
        gr.HTML(_header(len(documents)), elem_id="wb-header", padding=False)
        with gr.Row(elem_id="wb-row"):
            with gr.Column(elem_id="wb-chat", min_width=280):
                chat = gr.Chatbot(
                    elem_id="wb-turns",
                    show_label=False,
                    label="问答",
                    container=False,
                    height=None,
                    layout="bubble",
                    buttons=[],
                    latex_delimiters=[],
                    allow_tags=False,
                    group_consecutive_messages=False,
                    autoscroll=False,
                    placeholder=_welcome(bool(examples)),
                )
                with gr.Column(elem_id="wb-examples", visible=bool(examples)) as shown:
                    buttons = [gr.Button(text, size="sm", elem_classes="wb-example") for text in examples]
                chosen = gr.Dropdown(
                    [(name_of(document), name) for name, document in documents.items()],
                    multiselect=True,
                    label="只在这些报告里找（不选则查全部）",
                    visible=len(documents) > 1,
                    elem_id="wb-documents",
                )
                box = gr.Textbox(
                    show_label=False,
                    label="问题",
                    placeholder="就报告提问，按回车发送",
                    lines=1,
                    max_lines=4,
                    submit_btn="提问",
                    autofocus=True,
                    elem_id="wb-box",
                )
            with gr.Column(elem_id="wb-proof", min_width=280):
                gr.HTML(_asset("tabs.html"), elem_id="wb-tabs", padding=False)
                evidence = gr.HTML(catalogue(documents), elem_id="wb-evidence", padding=False)
                gr.HTML(_report_frame(list(documents)), elem_id="wb-report", padding=False)
        asked = gr.State([])
        _wire(site, blocks, (chat, box, shown, evidence, asked), chosen, buttons)
    blocks.queue(default_concurrency_limit=CONCURRENCY, max_size=200)
    return blocks


def _wire(
    site: Site, blocks: gr.Blocks, outputs: Sequence[Any], chosen: gr.Dropdown, buttons: Sequence[gr.Button]
) -> None:
    """What happens on a question, from the box, an example, or the page's address; and on emptying the chat."""
    import gradio as gr

    chat, box, _, _, asked = outputs

    def reply(question: object, documents: object, turns: object, earlier: object) -> Iterator[tuple[Any, ...]]:
        # Every handler can be called over HTTP with anything: what arrives is made to fit before it is used.
        text = question if isinstance(question, str) else ""
        before = _turns(turns)
        past = [item for item in earlier if isinstance(item, str)] if isinstance(earlier, list) else []
        line = complaint(text)
        if line:
            said = [_says("user", question_bubble(_short(text)))] if text.strip() else []
            yield [*before, *said, _says("assistant", notice(line))], "", gr.skip(), gr.skip(), past
            return
        before.append(_says("user", question_bubble(text.strip())))
        waiting = _says("assistant", notice("正在查找……"))
        yield [*before, waiting], "", gr.update(visible=False), gr.skip(), past
        said_html, evidence = _answer(site, text.strip(), past, documents)
        yield [*before, _says("assistant", said_html)], gr.skip(), gr.skip(), evidence, [*past, text.strip()]

    def start(request: gr.Request) -> Iterator[tuple[Any, ...]]:
        told = request.query_params if request else {}
        wanted = [name for name in (told.get("document", ""),) if name in site.assistant.index.documents]
        picked = gr.update(value=wanted) if wanted else gr.skip()
        question = told.get("q", "")
        steps = reply(question, wanted, [], []) if question else [tuple(gr.skip() for _ in outputs)]
        for step in steps:
            yield *step, picked

    # Annotations are strings here, and the framework looks for its Request type in them.
    start.__annotations__["request"] = gr.Request
    common: dict[str, Any] = {
        "outputs": list(outputs), "show_progress": "hidden", "api_visibility": "private",
        "concurrency_limit": CONCURRENCY, "concurrency_id": "ask",
    }  # fmt: skip
    box.submit(reply, [box, chosen, chat, asked], **common)
    for button in buttons:
        button.click(reply, [button, chosen, chat, asked], **common)
    blocks.load(start, None, **{**common, "outputs": [*outputs, chosen]})
    chat.clear(
        lambda: (gr.update(visible=bool(buttons)), catalogue(site.assistant.index.documents), []),
        None, [outputs[2], outputs[3], asked], show_progress="hidden", api_visibility="private", queue=False,
    )  # fmt: skip


def _answer(site: Site, question: str, past: Sequence[str], documents: object) -> tuple[str, str]:
    """The bubble and the evidence for one question."""
    assistant = site.assistant
    known = assistant.index.documents
    wanted = tuple(name for name in documents if name in known) if isinstance(documents, list) else ()
    try:
        answer = assistant.ask(question, history=tuple(past[-MAX_HISTORY:]), documents=wanted)
    except UserError as error:
        return notice(str(error)), catalogue(known)
    except Exception:
        # The last edge before the reader: without it the chat would wait for ever.
        log.exception("a question was not answered")
        return notice("服务器内部出错，没有得到答案。请稍后再试。"), catalogue(known)
    return bubble(answer), cards(answer, known)


def _turns(turns: object) -> list[dict[str, str]]:
    """The chat as sent back by the browser, reduced to what this page puts there."""
    out = []
    for turn in turns if isinstance(turns, list) else ():
        content = turn.get("content") if isinstance(turn, dict) else None
        if isinstance(content, list):
            content = "".join(str(part.get("text", "")) for part in content if isinstance(part, dict))
        if isinstance(content, str) and turn.get("role") in ("user", "assistant"):
            out.append(_says(turn["role"], content))
    return out


def _says(role: str, content: str) -> dict[str, str]:
    return {"role": role, "content": content}


def _short(text: str) -> str:
    return text if len(text) <= MAX_QUESTION else f"{text[:80]}……"


def _asset(name: str) -> str:
    return (files("qa") / "page" / name).read_text(encoding="utf-8")


def _header(count: int) -> str:
    return (
        f'<header class="wb-masthead"><h1>问报</h1><p>{count}份政府工作报告 · 只用报告原文回答</p>'
        '<button type="button" class="wb-large" aria-pressed="false">大字</button></header>'
    )


def _welcome(examples: bool) -> str:
    hint = "可以先试试下面的问题。" if examples else ""
    return (
        '<div class="wb-welcome"><p class="wb-welcome-title">向政府工作报告提问</p>'
        f"<p>答案都是报告里的原话，附有出处；报告里没有的，会直接告诉您。{hint}</p></div>"
    )


def _report_frame(documents: Sequence[str]) -> str:
    first = escape(documents[0], quote=True) if documents else ""
    return f'<iframe id="wb-frame" title="报告全文" data-document="{first}"></iframe>'


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
    options = parser.parse_args(arguments)
    from qa.site import Site

    try:
        site = Site(options.index, options.data)
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

    from qa.service.prefix import Prefix, prefix_of
    from qa.service.widget import portal_origin

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
                print(address, flush=True)

    app = Prefix(create_page(site, origins), prefix)
    config = uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=3)
    with listener, contextlib.suppress(KeyboardInterrupt):
        Server(config).run(sockets=[listener])


if __name__ == "__main__":
    sys.exit(main())
