"""The base path: where all that is served lives for those behind a proxy, such as `/jaeger`; empty for the root."""

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

# What no browser and no proxy writes in another way, so that a path is found by its text.
_BASE_PATH = re.compile(r"(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*", re.ASCII)


def to_base_path(text: str) -> str:
    """A base path without the slash at its end."""
    path = text.removesuffix("/")
    if not text.startswith("/") or not _BASE_PATH.fullmatch(path):
        raise argparse.ArgumentTypeError(f"{text!r} is not a path such as /jaeger, of letters, digits and . _ ~ -")
    return path


def below(base_path: str, app: WSGIApplication) -> WSGIApplication:
    """The app below a base path, as its SCRIPT_NAME; whatever lies elsewhere is not found."""
    if not base_path:
        return app
    mounted = DispatcherMiddleware(NotFound(), {base_path: app})

    def at_base_path(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path == base_path:
            return redirect(f"{base_path}/")(environ, start_response)
        if not path.startswith(f"{base_path}/"):  # told here: the middleware tries each of a path's slashes
            return NotFound()(environ, start_response)
        return mounted(environ, start_response)

    return at_base_path
