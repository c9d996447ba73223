"""Pages of other origins: they may not make the browser of whoever looks at them change something here."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from flask import Request

REFUSAL = "only requests of the same origin are allowed"


def is_refused(request: Request) -> bool:
    """Whether the request is more than reading, which is for everybody, and comes from a page of another origin."""
    if request.method in {"GET", "HEAD", "OPTIONS"}:
        return False
    origin = request.headers.get("Origin")
    site = request.headers.get("Sec-Fetch-Site", "same-origin")
    return site not in {"same-origin", "none"} or (origin is not None and urlsplit(origin).netloc != request.host)
