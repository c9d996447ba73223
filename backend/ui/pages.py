"""The pages: files that are served as they are. What they show they fetch from the query API, and from nowhere else."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Response, send_from_directory

HERE = Path(__file__).parent
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
"""Names and attributes come from whoever sends spans: nothing in them can become a script."""

pages = Blueprint("pages", __name__, static_folder="assets", static_url_path="/assets")


@pages.get("/")
def traces() -> Response:
    return _page("traces.html")


@pages.get("/trace/<trace_id>")
def trace(trace_id: str) -> Response:  # noqa: ARG001 - the script reads it from the address
    return _page("trace.html")


def _page(name: str) -> Response:
    return send_from_directory(HERE / "html", name, max_age=0)


@pages.after_request
def _secure(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers.setdefault("Cache-Control", "no-cache")  # after an update the old scripts must not stay
    return response
