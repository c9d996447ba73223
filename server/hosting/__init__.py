"""Hosting: granian, its worker processes and their shutdown. Runs any WSGI app; independent of tracing."""

from server.hosting.listener import ListenError, serve
from server.hosting.worker import hosted

__all__ = ["ListenError", "hosted", "serve"]
