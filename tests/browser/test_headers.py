"""What the pages are served with."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from flask import Flask

PAGES = ["/search", "/trace/abc", "/trace/abc...def", "/dependencies"]
ASSET = re.compile(r'(?:href|src)="(/assets/[^"]+)"')
IMPORT = re.compile(r'(?:from|import|import\(|@import url\() ?"(\.{1,2}/[^"]+)"')
IMPORTED = re.compile(r'^import (?:{([^}]*)} from )?"([^"]+)";$', re.MULTILINE)
EXPORTED = re.compile(r"^export (?:async )?(?:function\*?|class|const) (\w+)", re.MULTILINE)


def text(app: Flask, path: str) -> str:
    with app.test_client().get(path) as answer:
        assert answer.status_code == 200, path
        return answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "path", ["/", *PAGES, "/assets/common/style.css", "/assets/trace/main.js", "/assets/nothing.js"]
)
def test_nothing_foreign_and_nothing_inline_may_run(app: Flask, path: str) -> None:
    with app.test_client().get(path) as answer:
        headers = answer.headers
    assert headers["Content-Security-Policy"] == (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
        "base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
    )
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("path", PAGES)
def test_a_page_and_all_it_loads_are_there(app: Flask, path: str) -> None:
    waiting, seen = ASSET.findall(text(app, path)), set()
    assert len(waiting) >= 5
    while waiting:
        asset = waiting.pop()
        if asset in seen:
            continue
        seen.add(asset)
        folder = posixpath.dirname(asset)
        waiting += [posixpath.normpath(f"{folder}/{name}") for name in IMPORT.findall(text(app, asset))]
    assert "/assets/common/page.js" in seen


def test_every_import_is_there(app: Flask) -> None:
    """Of files and of names: a dangling one would be found by who opens just that view."""
    folder = Path(app.blueprints["pages"].static_folder or "")
    scripts = {path.resolve(): path.read_text() for path in folder.rglob("*.js")}
    used = {folder.resolve() / "common" / "theme.js"}  # a classic script
    for path, script in scripts.items():
        for names, module in IMPORTED.findall(script):
            imported = (path.parent / module).resolve()
            assert imported in scripts, f"{module} of {path}"
            used.add(imported)
            wanted = {name.split(" as ")[0].strip() for name in names.split(",") if name.strip()}
            assert wanted <= set(EXPORTED.findall(scripts[imported])), f"{module} of {path}"
        used |= {(path.parent / name).resolve() for name in IMPORT.findall(script)}
    assert {path for path in scripts if path.name != "main.js"} <= used, "nobody imports them"


def test_the_start_is_the_search(app: Flask) -> None:
    with app.test_client().get("/") as answer:
        assert (answer.status_code, answer.location) == (302, "/search")


def test_an_unknown_page_is_not_found(app: Flask) -> None:
    assert app.test_client().get("/nowhere").status_code == 404


def test_no_script_makes_markup_of_texts(app: Flask) -> None:
    """The policy forbids inline scripts; a text that becomes an element could still deceive."""
    folder = app.blueprints["pages"].static_folder
    assert folder
    forbidden = re.compile(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|DOMParser|\beval\("
    )
    for script in Path(folder).rglob("*.js"):
        assert not forbidden.search(script.read_text()), script
