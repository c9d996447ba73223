"""What the pages are served with."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from flask import Flask

ASSET = re.compile(r'(?:href|src)="(/assets/[^"]+)"')
IMPORT = re.compile(r'from "\./([^"]+)"')


@pytest.mark.parametrize("path", ["/", "/trace/abc", "/assets/style.css", "/assets/trace.js", "/assets/nothing.js"])
def test_nothing_foreign_and_nothing_inline_may_run(app: Flask, path: str) -> None:
    with app.test_client().get(path) as answer:
        headers = answer.headers
    assert headers["Content-Security-Policy"] == (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
        "base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
    )
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", ["/", "/trace/abc"])
def test_a_page_and_all_it_loads_are_there(app: Flask, path: str) -> None:
    client = app.test_client()
    with client.get(path) as answer:
        assert (answer.status_code, answer.mimetype) == (200, "text/html")
        waiting, seen = ASSET.findall(answer.get_data(as_text=True)), set()
    assert len(waiting) == 3
    while waiting:
        asset = waiting.pop()
        if asset in seen:
            continue
        seen.add(asset)
        with client.get(asset) as answer:
            assert answer.status_code == 200, asset
            waiting += [f"/assets/{name}" for name in IMPORT.findall(answer.get_data(as_text=True))]
    assert "/assets/live.js" in seen


def test_an_unknown_page_is_not_found(app: Flask) -> None:
    assert app.test_client().get("/nowhere").status_code == 404
