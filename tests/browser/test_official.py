"""An official build of Jaeger UI in a browser: the security policy lets it do what it does, and lets others nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from backend.query.app import create_app
from backend.store.store import Store
from backend.ui.official import make_official
from tests.contract.otlp import service
from tests.ui_build import make_build

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask
    from playwright.sync_api import Browser, Page

    from tests.browser.conftest import Site
    from tests.contract.corpus import Maker

pytestmark = pytest.mark.browser

ADD_SCRIPT = """text => new Promise(resolve => {
    document.addEventListener("securitypolicyviolation", event => resolve(event.effectiveDirective));
    const script = document.createElement("script");
    script.textContent = text;
    document.body.append(script);
    setTimeout(() => resolve("no violation"), 5000);
})"""


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    store = Store(tmp_path / "spans.db")
    app = create_app(store)
    app.register_blueprint(make_official(make_build(tmp_path / "build")))
    app.extensions["store"] = store
    yield app
    store.close()


def test_it_runs_at_any_address(site: Site, page: Page, make: Maker) -> None:
    site.put(service("here", make.span("root")))
    page.goto(f"{site.url}/trace/abc")
    root = page.locator("#jaeger-ui-root")
    root.filter(has_text="WebAssembly").wait_for()
    assert json.loads(root.inner_text()) == {
        "path": "/trace/abc",
        "services": ["here"],
        "worker": "WebAssembly runs",
        "archiveStorage": False,
        "metricsStorage": False,
        "searchWithoutServiceName": True,
        "aiAssistant": False,
    }
    assert root.evaluate("element => getComputedStyle(element).color") == "rgb(1, 2, 3)"


def test_a_foreign_script_does_not_run(site: Site, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(site.url)
    assert page.evaluate("getJaegerVersion().gitVersion"), "the script in index.html did run"
    assert page.evaluate(ADD_SCRIPT, "window.foreign = true") == "script-src-elem"
    assert page.evaluate("window.foreign === undefined")
    page.close()
