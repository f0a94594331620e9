"""The HTTP service: pages, JSON interface, headers. Knows Site and Answer, not how an answer comes about."""

from qa.service.app import create_app

__all__ = ["create_app"]
