"""The HTTP service put together: middlewares, errors, pages and the interface over one Site.

Knows the parts by name; it must not know what any of them does.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version

from fastapi import Depends, FastAPI
from fastapi.middleware.cors import CORSMiddleware
from fastapi.security import HTTPBearer

from qa.access.ready import Readiness
from qa.access.stack import observe, protect
from qa.service.ask import add_questions
from qa.service.docs import add_docs
from qa.service.documents import add_documents
from qa.service.errors import add_errors, add_nowhere
from qa.service.headers import Headers
from qa.service.keeper import keeper_routes
from qa.service.login import add_login
from qa.service.mcp import Tools, add_mcp
from qa.service.openai_shape import add_openai
from qa.service.operations import add_operations
from qa.service.pages import add_pages
from qa.service.widget import add_widget
from qa.site import Site

_ABOUT = (
    "Answers questions about government work reports in the reports' own words, with citations. Positions are in "
    "characters of a document's text, so that `quote == text[start:end]`. Every reply that is not a success is "
    '`{"error": {"code", "message", "hint", "request_id"}}`.'
)


_KEY = "A key of this server: python -m qa keys add NAME."


def create_app(site: Site, portals: Sequence[str] = ()) -> FastAPI:
    """The routes over `site`. Links are relative, so that it may stand behind any prefix.

    `portals` are origins ("https://portal.example") whose pages may frame it and read its answers.
    """
    # The framework's own documentation pages load their scripts from outside.
    tools = Tools(site)
    app = FastAPI(
        title="Wenbao 问报",
        version=version("wenbao"),
        description=_ABOUT,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        lifespan=lambda _: tools.running(),
        # For the description alone: the gate has let in by now who may come in.
        dependencies=[Depends(HTTPBearer(auto_error=False, description=_KEY))] if _guarded(site) else [],
    )
    readiness = Readiness(site)
    # The innermost, so that what they refuse has the headers that all replies have.
    protect(app, site)
    # No other origin may read answers; its presence also keeps the chat's framework from allowing every origin.
    app.add_middleware(
        CORSMiddleware,
        allow_origins=list(portals),
        allow_methods=["GET", "POST"],
        allow_headers=["authorization", "content-type"],
    )
    app.add_middleware(Headers, portals=portals)
    observe(app, site, readiness)
    add_errors(app)
    add_pages(app, site)
    add_operations(app, readiness)
    if site.guard is not None:
        add_login(app, site.guard)
    app.include_router(keeper_routes(site))
    add_widget(app)
    add_questions(app, site)
    add_documents(app, site)
    add_openai(app, site)
    add_mcp(app, tools)
    add_docs(app)
    add_nowhere(app)
    return app


def _guarded(site: Site) -> bool:
    return site.guard is not None and site.guard.settings.required
