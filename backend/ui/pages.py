"""The pages: templates without data. They fetch all data from the query API."""

from __future__ import annotations

import mimetypes
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.exceptions import HTTPException

from backend.web.reply import api_fault

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "img-src 'self' data:",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "form-action 'self'",
    )
)
"""Names and attributes are untrusted; this keeps them from running as scripts."""
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}
# RFC 9239. Python 3.10 has an older type, and a system's table may have text/plain, which browsers do not run.
mimetypes.add_type("text/javascript", ".js")
ASSETS = Path(__file__).resolve().parent / "assets"
IMPORT = re.compile(r'^(?:import|}).*"(\.\.?/.+)";$', re.MULTILINE)
BETWEEN_TWO = "..."
"""As in Jaeger's URLs: `/trace/A...B` compares two traces."""


@dataclass(frozen=True)
class Doors:
    """The ports of the OTLP/gRPC and OTLP/HTTP receivers; None if there is none."""

    grpc: int | None
    http: int | None


def make_pages(*, embedded: bool, doors: Doors | None = None) -> Blueprint:
    """Create the routes of the pages and their assets.

    Args:
        embedded: whether the query API is our own, with its extensions to Jaeger's.
        doors: the receivers' ports, which the pages display; unknown for another Jaeger.
    """
    pages = Blueprint("pages", __name__, static_folder=ASSETS, static_url_path="/assets", template_folder="templates")

    @pages.get("/")
    def start() -> Response:
        return make_response(redirect(url_for(".search")))

    # Jaeger's pages accept a trailing slash, and many links to them have one.
    @pages.get("/search", strict_slashes=False)
    def search() -> Response:
        return _page("search")

    @pages.get("/trace/<trace_id>", strict_slashes=False)
    def trace(trace_id: str) -> Response:
        return _page("compare" if BETWEEN_TWO in trace_id else "trace")

    @pages.get("/dependencies", strict_slashes=False)
    def dependencies() -> Response:
        return _page("dependencies")

    @pages.app_errorhandler(404)
    def unknown(error: HTTPException) -> Response | HTTPException:
        if request.path.startswith("/api/"):
            return api_fault(error)
        return error if request.path.startswith("/assets/") else _secure(_page("unknown", 404))

    def _page(name: str, status: int = 200) -> Response:
        known = {"modules": _modules(name), "embedded": embedded, "doors": doors, "base_path": request.script_root}
        return make_response(render_template(f"{name}.html", page=name, path=request.path, **known), status)

    pages.after_request(_secure)
    return pages


@cache
def _modules(page: str) -> list[str]:
    """The modules of a page, as paths below the assets.

    The page preloads them in parallel. Otherwise the browser discovers each one through its importer, six levels deep,
    which took 0.4 s of the 0.65 s until a page ran.
    """
    found = [ASSETS / page / "main.js"]
    for module in found:  # grows during the loop
        named = [(module.parent / path).resolve() for path in IMPORT.findall(module.read_text("utf-8"))]
        found += [path for path in named if path not in found]
    return [path.relative_to(ASSETS).as_posix() for path in found]


def _secure(response: Response) -> Response:
    response.headers.update(HEADERS)
    # After an update, browsers must not reuse old scripts.
    response.headers["Cache-Control"] = "no-cache"
    return response
