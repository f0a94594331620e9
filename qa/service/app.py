"""The HTTP service put together: middlewares, errors, pages and the interface over one Site.

Knows the parts by name; it must not know what any of them does.
"""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from qa.service.ask import add_interface
from qa.service.errors import add_errors
from qa.service.headers import Headers
from qa.service.pages import add_pages
from qa.service.widget import add_widget
from qa.site import Site


def create_app(site: Site, portals: Sequence[str] = ()) -> FastAPI:
    """The routes over `site`. Links are relative, so that it may stand behind any prefix.

    `portals` are origins ("https://portal.example") whose pages may frame it and read its answers.
    """
    # The framework's own documentation pages load their scripts from outside.
    app = FastAPI(title="Wenbao", docs_url=None, redoc_url=None, openapi_url="/api/openapi.json")
    # No other origin may read answers; its presence also keeps the chat's framework from allowing every origin.
    app.add_middleware(
        CORSMiddleware,
        allow_origins=list(portals),
        allow_methods=["GET", "POST"],
        allow_headers=["authorization", "content-type"],
    )
    app.add_middleware(Headers, portals=portals)
    add_errors(app)
    add_pages(app, site)
    add_widget(app)
    add_interface(app, site)
    return app
