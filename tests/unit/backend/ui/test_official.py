"""An official build of Jaeger UI, served in place of the pages."""

from __future__ import annotations

import hashlib
import json
import os
import re
from base64 import b64encode
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask
from werkzeug.test import Client

from backend.query.app import create_app
from backend.store.store import Store
from backend.ui.official import FILLED_IN, AssetsError, make_official
from backend.web.base_path import below
from tests.ui_build import INDEX, SCRIPT, make_build

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask.testing import FlaskClient


@pytest.fixture
def build(tmp_path: Path) -> Path:
    return make_build(tmp_path / "build")


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[[Path], FlaskClient]]:
    """Serve a folder with a query API beside it."""
    store = Store(tmp_path / "traces.db")

    def serve(folder: Path) -> FlaskClient:
        app = create_app(store)
        app.register_blueprint(make_official(folder))
        return app.test_client()

    yield serve
    store.close()


@pytest.fixture
def client(serve: Callable[[Path], FlaskClient], build: Path) -> FlaskClient:
    return serve(build)


def text(client: FlaskClient, path: str) -> str:
    with client.get(path) as answer:
        assert answer.status_code == 200
        return answer.get_data(as_text=True)


def filled_in(page: str, name: str) -> Any:
    found = re.search(rf"const JAEGER_{name} = (.*);\n", page)
    assert found
    return json.loads(found[1])


@pytest.mark.parametrize(
    "path", ["/", "/search", "/search?service=a", "/trace/abc", "/trace/a...b", "/static", "//x", "/index.html"]
)
def test_every_page_is_the_index(client: FlaskClient, path: str) -> None:
    with client.get(path) as answer:
        assert (answer.status_code, answer.mimetype) == (200, "text/html")
        assert '<div id="jaeger-ui-root">' in answer.get_data(as_text=True)


def test_the_placeholders_are_filled_in(client: FlaskClient) -> None:
    page = text(client, "/search")
    capabilities = {
        "archiveStorage": False,
        "metricsStorage": False,
        "searchWithoutServiceName": True,
        "aiAssistant": False,
    }
    assert filled_in(page, "BACKEND_CAPABILITIES") == filled_in(page, "STORAGE_CAPABILITIES") == capabilities
    assert filled_in(page, "VERSION").keys() == {"gitCommit", "gitVersion", "buildDate"}
    assert filled_in(page, "CONFIG")["monitor"]["menuEnabled"] is False
    assert not re.search(r"= *DEFAULT_", page)
    assert "// JAEGER_CONFIG_JS\n" in page, "what is no placeholder stays"


def test_what_is_filled_in_cannot_end_the_script(
    serve: Callable[[Path], FlaskClient], build: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(FILLED_IN, "VERSION", r"</script><script>alert(1)\1")
    page = text(serve(build), "/")
    assert filled_in(page, "VERSION") == r"</script><script>alert(1)\1"
    assert page.count("<script") == INDEX.count("<script")


@pytest.mark.parametrize(("path", "kind"), [("/static/index.js", "text/javascript"), ("/favicon.ico", None)])
def test_files_are_served_as_they_are(client: FlaskClient, build: Path, path: str, kind: str | None) -> None:
    with client.get(path) as answer:
        assert answer.data == (build / path[1:]).read_bytes()
        assert kind in {None, answer.mimetype}
        etag = answer.headers["ETag"]
    with client.get(path, headers={"If-None-Match": etag}) as again:
        assert again.status_code == 304


@pytest.mark.parametrize("path", ["/static/nothing.js", "/static/", "/api/nonsense", "/api/v3/nonsense", "/api/"])
def test_what_is_missing_there_is_not_found(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert (answer.mimetype == "application/json") == path.startswith("/api/")


def test_the_api_stays_what_it_is(client: FlaskClient) -> None:
    assert client.get("/api/services").json == {"data": None, "total": 0, "limit": 0, "offset": 0, "errors": None}
    assert client.get("/healthz").json == {"status": "ok"}
    assert client.post("/search").status_code == 404
    assert client.post("/api/services").status_code == 405
    assert client.head("/search").status_code == 200


@pytest.mark.parametrize("path", ["/", "/static/index.js", "/static/worker.js"])
def test_only_its_own_scripts_may_run(client: FlaskClient, path: str) -> None:
    scripts = re.findall(r"<script>(\n.*?)</script>", text(client, "/"), re.DOTALL)
    hashes = [f"'sha256-{b64encode(hashlib.sha256(script.encode()).digest()).decode()}'" for script in scripts]
    assert len(hashes) == 2
    with client.get(path) as answer:
        headers = answer.headers
    policy = dict(rule.split(" ", 1) for rule in headers["Content-Security-Policy"].split("; "))
    assert policy["script-src"].split() == ["'self'", "'wasm-unsafe-eval'", *hashes]
    assert policy["default-src"] == policy["frame-ancestors"] == "'none'"
    assert policy["connect-src"] == policy["base-uri"] == "'self'"
    assert policy["style-src"] == "'self' 'unsafe-inline'"
    assert policy["img-src"] == "'self' data:"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-cache"


def test_line_ends_are_those_that_the_browser_hashes(serve: Callable[[Path], FlaskClient], build: Path) -> None:
    with serve(build).get("/") as answer:
        policy, page = answer.headers["Content-Security-Policy"], answer.data
    (build / "index.html").write_bytes(b"\xef\xbb\xbf" + INDEX.replace("\n", "\r\n").encode())
    with serve(build).get("/") as answer:
        assert (answer.headers["Content-Security-Policy"], answer.data) == (policy, page)


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/static/../../secret.txt",
        "/static/%2e%2e/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/static/..\\..\\secret.txt",
        "/static/linked.txt",
        "/linked/secret.txt",
        "/static/a%00b",
        "/" + "x" * 5000,
    ],
)
def test_nothing_outside_of_the_folder_is_served(serve: Callable[[Path], FlaskClient], build: Path, path: str) -> None:
    (build.parent / "secret.txt").write_text("secret")
    (build / "static" / "linked.txt").symlink_to(build.parent / "secret.txt")
    (build / "linked").symlink_to(build.parent)
    (build / "endless").symlink_to(build / "endless")
    with serve(build).get(path) as answer:
        assert answer.status_code in {200, 404}
        assert b"secret" not in answer.data


def test_a_link_within_the_folder_and_to_it_is_followed(serve: Callable[[Path], FlaskClient], build: Path) -> None:
    (build / "static" / "again.js").symlink_to(build / "static" / "index.js")
    (build.parent / "current").symlink_to(build)
    assert text(serve(build.parent / "current"), "/static/again.js") == SCRIPT


@pytest.mark.parametrize("inside", ["index.js", "folder/late.js"])
def test_a_link_that_is_made_after_the_start_leads_nowhere_outside(
    client: FlaskClient, build: Path, inside: str
) -> None:
    (build.parent / "secret.txt").write_text("secret")
    (build.parent / "late.js").write_text("secret")
    (build / "static" / "index.js").unlink()
    (build / "static" / "index.js").symlink_to(build.parent / "secret.txt")
    (build / "static" / "folder").symlink_to(build.parent)
    assert client.get(f"/static/{inside}").status_code == 404


def test_a_link_that_is_made_while_it_is_looked_up_is_not_followed(
    client: FlaskClient, build: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (build.parent / "secret.txt").write_text("secret")
    resolve = Path.resolve

    def exchanged(path: Path, *, strict: bool = False) -> Path:
        resolved = resolve(path, strict=strict)
        (build / "static" / "index.js").unlink()
        (build / "static" / "index.js").symlink_to(build.parent / "secret.txt")
        return resolved

    monkeypatch.setattr(Path, "resolve", exchanged)
    assert client.get("/static/index.js").status_code == 404


def test_a_file_that_came_later_is_served(client: FlaskClient, build: Path) -> None:
    (build / "static" / "late.js").write_text("late")
    assert text(client, "/static/late.js") == "late"


@pytest.mark.parametrize("path", ["/static/.env", "/static/.git/config", "/static/shown.txt"])
def test_no_hidden_file_is_served(serve: Callable[[Path], FlaskClient], build: Path, path: str) -> None:
    (build / "static" / ".git").mkdir()
    for hidden in (".env", ".git/config"):
        (build / "static" / hidden).write_text("secret")
    (build / "static" / "shown.txt").symlink_to(build / "static" / ".env")
    assert serve(build).get(path).status_code == 404


def test_only_common_files_are_served(serve: Callable[[Path], FlaskClient], build: Path) -> None:
    os.mkfifo(build / "static" / "pipe")
    client = serve(build)
    for path in ("/static/pipe", "/static/index.js/", "/static//index.js", "/static/INDEX.JS"):
        assert client.get(path).status_code == 404
    (build / "static" / "a\nb c%2e.txt").write_text("odd")
    assert text(client, "/static/a%0ab%20c%252e.txt") == "odd"


def test_a_file_that_went_away_is_not_found(client: FlaskClient, build: Path) -> None:
    (build / "static" / "index.js").unlink()
    assert client.get("/static/index.js").status_code == 404


def test_a_folder_without_a_build_is_told(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(AssetsError) as told:
            make_official(folder)
        assert str(told.value) == f"{folder}: no index.html; name the folder of a built Jaeger UI"


def test_an_index_that_is_no_text_is_told(build: Path) -> None:
    (build / "index.html").write_bytes(b"\xff\xfe")
    with pytest.raises(AssetsError, match="cannot be read: 'utf-8' codec"):
        make_official(build)


def test_the_build_is_told_its_base_path(build: Path) -> None:
    app = Flask(__name__, static_folder=None)
    app.register_blueprint(make_official(build, "/jaeger"))
    client = Client(below("/jaeger", app))
    page = client.get("/jaeger/search", buffered=True).text
    assert '<base href="/jaeger/" data-inject-target="BASE_URL" />' in page
    assert client.get("/jaeger/static/index.js", buffered=True).text == SCRIPT
    assert client.get("/static/index.js").status_code == client.get("/search").status_code == 404
