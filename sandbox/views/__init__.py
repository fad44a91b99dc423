"""The tenant in the browser: pages for whoever watches a demo or looks for an error."""

from sandbox.views.pages import routes

__all__ = ["routes"]
