"""The base path: URL prefix for everything served, such as `/jaeger` behind a proxy; empty for the root."""

from __future__ import annotations

import argparse
import re
from typing import TYPE_CHECKING

from werkzeug.exceptions import NotFound
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.utils import redirect

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# Only characters that browsers and proxies never re-encode, so that paths can be compared as text.
_BASE_PATH = re.compile(r"(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*", re.ASCII)


def to_base_path(text: str) -> str:
    """Check the base path and strip its trailing slash."""
    path = text.removesuffix("/")
    if not text.startswith("/") or not _BASE_PATH.fullmatch(path):
        raise argparse.ArgumentTypeError(f"{text!r} is not a path such as /jaeger, of letters, digits and . _ ~ -")
    return path


def below(base_path: str, app: WSGIApplication) -> WSGIApplication:
    """Mount the app below a base path, its SCRIPT_NAME; any other path gets 404."""
    if not base_path:
        return app
    mounted = DispatcherMiddleware(NotFound(), {base_path: app})

    def at_base_path(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path == base_path:
            return redirect(f"{base_path}/")(environ, start_response)
        if not path.startswith(f"{base_path}/"):  # checked here: the middleware tries every slash in the path
            return NotFound()(environ, start_response)
        return mounted(environ, start_response)

    return at_base_path
