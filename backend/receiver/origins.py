"""Origins: the web pages that may send spans, from --cors-origin. Fetch standard, "CORS protocol"."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Mapping

PREFLIGHT_SECONDS = 7_200
_ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*://(?:[a-z0-9*._-]+|\[[0-9a-f:]+\])(?::[0-9]{1,5}|:\*)?")


class Origins:
    """
    Args:
        patterns: origins, in which `*` matches any characters: `https://*.shop.example`; `*` alone allows all.
    """

    def __init__(self, patterns: Iterable[str] = ()) -> None:
        self._patterns = [re.compile(re.escape(one).replace(r"\*", ".*")) for one in patterns if one != "*"]
        self._all = "*" in patterns

    def headers(self, method: str, asked: Mapping[str, str]) -> list[tuple[str, str]]:
        """The CORS response headers for an allowed page, including those for a preflight.

        Args:
            method: the request's method.
            asked: its headers, under WSGI's names.
        """
        if not (self._patterns or self._all):
            return []
        origin = asked.get("HTTP_ORIGIN", "")
        if any(pattern.fullmatch(origin) for pattern in self._patterns):
            # sendBeacon sends credentials; we ignore them.
            headers = [("Access-Control-Allow-Origin", origin), ("Access-Control-Allow-Credentials", "true")]
        elif self._all and origin:
            headers = [("Access-Control-Allow-Origin", "*")]
        else:
            return [("Vary", "Origin")]
        if method == "OPTIONS":
            headers += [
                ("Access-Control-Allow-Methods", "POST"),
                ("Access-Control-Allow-Headers", asked.get("HTTP_ACCESS_CONTROL_REQUEST_HEADERS", "Content-Type")),
                ("Access-Control-Max-Age", str(PREFLIGHT_SECONDS)),
            ]
            if asked.get("HTTP_ACCESS_CONTROL_REQUEST_PRIVATE_NETWORK") == "true":
                headers.append(("Access-Control-Allow-Private-Network", "true"))
        return [*headers, ("Vary", "Origin")]


def to_origin(text: str) -> str:
    """Normalize an origin, or a pattern of origins, to the form that browsers send.

    Raises:
        argparse.ArgumentTypeError: no browser would send such an origin.
    """
    origin = text.lower().rstrip("/")
    scheme = origin.partition("://")[0]
    origin = origin.removesuffix({"http": ":80", "https": ":443"}.get(scheme, " "))  # browsers omit it
    if origin in {"*", "null"} or _ORIGIN.fullmatch(origin):
        return origin
    raise argparse.ArgumentTypeError(
        f"{text} is not an origin, such as https://shop.example, https://*.shop.example, http://localhost:3000 or *"
    )
