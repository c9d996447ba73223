"""Hosting: granian, its worker processes and their end. It runs any WSGI app and knows nothing of tracing."""

from server.hosting.listener import ListenError, serve
from server.hosting.worker import hosted

__all__ = ["ListenError", "hosted", "serve"]
