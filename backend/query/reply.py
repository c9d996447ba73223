"""Replies: the JSON around the answers of v1 and v3."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from flask import Response, request

if TYPE_CHECKING:
    from collections.abc import Sequence

JSON = "application/json"


def json_reply(document: object, status: int = 200) -> Response:
    pretty = request.args.get("prettyPrint", "") not in {"", "false"}
    # allow_nan: whoever made the document has turned them into texts; JSON has no NaN.
    text = json.dumps(
        document,
        ensure_ascii=False,
        allow_nan=False,
        indent=4 if pretty else None,
        separators=None if pretty else (",", ":"),
    )
    # "replace": a text may hold half a surrogate pair, which no UTF-8 can.
    return Response(text.encode(errors="replace"), status, mimetype=JSON)


def envelope(
    data: object, total: int = 0, errors: Sequence[dict[str, object]] | None = None, status: int = 200
) -> Response:
    """What v1 answers; limit and offset are never filled, as in Jaeger."""
    return json_reply({"data": data, "total": total, "limit": 0, "offset": 0, "errors": errors or None}, status)


def fault(message: str, status: int) -> Response:
    """What the API answers when it cannot: the way of the version that was asked."""
    if request.path.startswith("/api/v3/"):
        return json_reply({"error": {"httpCode": status, "message": message}}, status)
    return envelope(None, errors=[{"code": status, "msg": message}], status=status)
