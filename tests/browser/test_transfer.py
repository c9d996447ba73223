"""Traces out of the back end into files, out of files into it, and away."""

from __future__ import annotations

import json
import re
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect
from werkzeug.serving import make_server

from backend.query.app import create_app
from backend.receiver.trace_files import make_upload
from backend.store.store import Store
from backend.ui.pages import make_pages
from tests import hostile
from tests.browser.conftest import Site, call_unit
from tests.browser.test_accessibility import check
from tests.browser.test_dependencies import width_beyond
from tests.contract.otlp import MILLISECOND, SECOND, error, service

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from flask import Flask
    from playwright.sync_api import Locator, Page

    from tests.contract.corpus import Maker

pytestmark = pytest.mark.browser


@pytest.fixture
def app(app: Flask) -> Flask:
    app.register_blueprint(make_upload(app.extensions["store"]))
    return app


@contextmanager
def serving(app: Flask, store: Store) -> Iterator[Site]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Site(f"http://127.0.0.1:{server.port}", store)
    server.shutdown()
    thread.join()
    server.server_close()
    store.close()


@pytest.fixture
def jaeger(tmp_path: Path) -> Iterator[Site]:
    """The pages as they are in front of a Jaeger."""
    store = Store(tmp_path / "jaeger.db")
    app = create_app(store)
    app.register_blueprint(make_pages(embedded=False))
    with serving(app, store) as site:
        yield site


def put_pair(site: Site, make: Maker, trace: str = "") -> str:
    """A trace of two services; its id."""
    inner = make.span("served", "asked", trace=trace, at=MILLISECOND, status=error("no"), attributes={"n": 2**60})
    site.put(service("server", inner), service("client", make.span("asked", trace=trace, lasts=SECOND)))
    return make.trace_id(trace).hex()


def document(trace_id: str, service_name: str = "imported") -> dict[str, Any]:
    """A trace of one span, as OTLP JSON."""
    span = {
        "traceId": trace_id,
        "spanId": "00f067aa0ba902b7",
        "name": "from a file",
        "startTimeUnixNano": "1700000000000000000",
        "endTimeUnixNano": "1700000000001000000",
    }
    attributes = [{"key": "service.name", "value": {"stringValue": service_name}}]
    return {"resourceSpans": [{"resource": {"attributes": attributes}, "scopeSpans": [{"spans": [span]}]}]}


def file(name: str, text: str) -> Any:
    return {"name": name, "mimeType": "application/json", "buffer": text.encode()}


def open_export(page: Page) -> Locator:
    page.get_by_role("button", name="Export…").first.click()
    return page.get_by_role("dialog", name="Export")


def saved(page: Page, control: Locator) -> tuple[str, str]:
    """Name and text of the file that one gets."""
    with page.expect_download() as download:
        control.click()
    return download.value.suggested_filename, download.value.path().read_text()


def notes(page: Page) -> Locator:
    return page.get_by_role("log", name="Messages")


def spans_of(lines: str) -> list[str]:
    return sorted(
        span["spanId"]
        for line in lines.splitlines()
        for group in json.loads(line)["resourceSpans"]
        for part in group["scopeSpans"]
        for span in part["spans"]
    )


def test_all_traces_are_exported_and_come_back(site: Site, page: Page, make: Maker) -> None:
    ids = {put_pair(site, make, trace) for trace in ("one", "two")}
    page.goto(f"{site.url}/search")
    name, text = saved(page, open_export(page).get_by_role("link", name="All traces as OTLP JSON"))
    assert name == "traces.jsonl"
    assert len(text.splitlines()) == 2
    expect(page.get_by_role("dialog")).to_have_count(0)

    page.get_by_role("button", name="Clear…").click()
    page.get_by_role("button", name="Delete all traces").click()
    expect(page.get_by_role("heading", name="No traces yet")).to_be_visible()
    page.locator("input[type=file]").set_input_files([file(name, text)])
    expect(notes(page)).to_contain_text("4 spans")
    _, again = saved(page, open_export(page).get_by_role("link", name="All traces as OTLP JSON"))
    assert sorted(again.splitlines()) == sorted(text.splitlines())
    assert all(one in again for one in ids)


def test_found_traces_are_exported_as_otlp_json_lines(site: Site, page: Page, make: Maker) -> None:
    ids = [put_pair(site, make, f"{number}") for number in range(60)]
    put_pair(site, make, "not found")
    page.goto(f"{site.url}/search")
    call_unit(page, "transfer.mount", ids)
    name, text = saved(page, open_export(page).get_by_role("button", name="60 found traces as OTLP JSON"))
    assert re.fullmatch(r"traces-\d{8}-\d{6}\.jsonl", name)
    assert len(text.splitlines()) == 60
    assert len(spans_of(text)) == 120
    assert all(one in text for one in ids)


def test_found_traces_are_exported_as_jaeger_json(site: Site, page: Page, make: Maker) -> None:
    ids = [put_pair(site, make, f"{number}") for number in range(60)]
    page.goto(f"{site.url}/search")
    call_unit(page, "transfer.mount", ids)
    name, text = saved(page, open_export(page).get_by_role("button", name="60 found traces as Jaeger JSON"))
    assert name.endswith(".json")
    traces = json.loads(text)["data"]
    assert [trace["traceID"] for trace in traces] == ids
    assert all(len(trace["spans"]) == 2 for trace in traces)
    assert str(2**60) in text, "large numbers stay what they are"
    site.store.clear()
    page.locator("input[type=file]").first.set_input_files([file(name, text)])
    expect(notes(page)).to_contain_text("120 spans")


@pytest.mark.parametrize("kind", ["OTLP", "Jaeger"])
def test_found_traces_of_a_jaeger_are_exported(jaeger: Site, page: Page, make: Maker, kind: str) -> None:
    ids = [put_pair(jaeger, make, f"{number}") for number in range(3)]
    page.goto(f"{jaeger.url}/search")
    call_unit(page, "transfer.mount", [*ids, "f" * 32])
    dialog = open_export(page)
    expect(dialog.get_by_role("button", name="All traces as OTLP JSON")).to_be_disabled()
    expect(dialog).to_contain_text("Only the embedded back end gives all its traces at once")
    _, text = saved(page, dialog.get_by_role("button", name=f"4 found traces as {kind} JSON"))
    if kind == "OTLP":
        assert len(spans_of(text)) == 6
    else:
        assert [trace["traceID"] for trace in json.loads(text)["data"]] == ids


def test_an_export_that_fails_is_told(site: Site, page: Page, make: Maker) -> None:
    ids = [put_pair(site, make)]
    page.goto(f"{site.url}/search")
    call_unit(page, "transfer.mount", ids)
    page.route("**/api/export*", lambda route: route.fulfill(status=503))
    dialog = open_export(page)
    dialog.get_by_role("button", name="1 found trace as OTLP JSON").click()
    expect(dialog).to_contain_text("✗ The back end answers with status 503")
    page.unroute("**/api/export*")
    _, text = saved(page, dialog.get_by_role("button", name="1 found trace as OTLP JSON"))
    assert len(spans_of(text)) == 2


def test_nothing_found_is_nothing_to_export(site: Site, page: Page) -> None:
    page.goto(f"{site.url}/search")
    call_unit(page, "transfer.mount", [])
    expect(open_export(page).get_by_role("button", name="0 found traces as Jaeger JSON")).to_be_disabled()


def test_the_search_exports_what_it_found(site: Site, page: Page, make: Maker) -> None:
    put_pair(site, make, "one")
    site.put(service("other", make.span("other", trace="other")))
    page.goto(f"{site.url}/search?service=client")
    expect(page.locator("#traces")).to_contain_text("client")
    _, text = saved(page, open_export(page).get_by_role("button", name="1 found trace as OTLP JSON"))
    assert make.trace_id("one").hex() in text
    assert make.trace_id("other").hex() not in text


def test_files_are_imported_by_the_picker(site: Site, page: Page) -> None:
    one, two, three = (f"{digit}" * 32 for digit in "abc")
    lines = "\n".join(json.dumps(document(each, "of-two")) for each in (two, three))
    page.goto(f"{site.url}/search")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Import…").click()
    assert chooser.value.is_multiple()
    chooser.value.set_files([file("one.json", json.dumps(document(one), indent=2)), file("two.jsonl", lines)])
    first, second = (notes(page).locator(".note").filter(has_text=name) for name in ("one.json", "two.jsonl"))
    expect(first).to_contain_text("1 span")
    expect(first.get_by_role("link")).to_have_attribute("href", f"/trace/{one}")
    expect(second).to_contain_text("2 spans")
    for name in ("imported", "of-two"):
        expect(page.locator("#traces")).to_contain_text(name)
    second.get_by_role("link").click()
    expect(page.locator("#traces")).to_contain_text("from a file")


def test_what_is_no_file_of_traces_is_told_in_one_line(site: Site, page: Page) -> None:
    page.goto(f"{site.url}/search")
    good = json.dumps(document("a" * 32))
    page.locator("input[type=file]").set_input_files([file("bad.json", "<html>"), file("good.json", good)])
    bad = notes(page).locator(".note").filter(has_text="bad.json")
    expect(bad.locator(".note-problem")).to_contain_text("✗")
    problem = bad.locator(".note-problem").inner_text()
    assert "JSON" in problem
    assert "\n" not in problem
    expect(notes(page).locator(".note").filter(has_text="good.json")).to_contain_text("1 span")
    bad.get_by_role("button", name="Close this message").click()
    expect(notes(page).locator(".note")).to_have_count(1)


def test_a_file_that_is_too_large_is_told(site: Site, page: Page) -> None:
    page.goto(f"{site.url}/search")
    page.route("**/api/import", lambda route: route.fulfill(status=413, body="Request Entity Too Large"))
    page.locator("input[type=file]").set_input_files([file("large.jsonl", "{}")])
    expect(notes(page)).to_contain_text("✗ more than 64 MiB cannot be sent at once")


def test_hostile_names_of_files_stay_texts(site: Site, page: Page) -> None:
    page.goto(f"{site.url}/search")
    name = hostile.IMAGE + "x" * 150 + ".json"
    page.locator("input[type=file]").set_input_files([file(name, json.dumps(document("a" * 32)))])
    expect(notes(page)).to_contain_text(hostile.IMAGE)
    expect(notes(page)).to_contain_text("1 span")
    assert page.locator("main img, .notes img").count() == 0


@pytest.mark.parametrize("path", ["/search", "/dependencies", f"/trace/{'a' * 32}"])
def test_files_are_imported_by_dropping_them(site: Site, page: Page, path: str) -> None:
    page.goto(site.url + path)
    text = json.dumps(document("a" * 32))
    target = page.get_by_text("Drop files of traces here")
    expect(target).to_be_hidden()
    page.get_by_role("status").first.wait_for()
    assert call_unit(page, "transfer.drag", ["dragenter", "dropped.json", text])
    expect(target).to_be_visible()
    call_unit(page, "transfer.drag", ["dragleave", "dropped.json", text])
    expect(target).to_be_hidden()
    call_unit(page, "transfer.drag", ["dragover", "dropped.json", text])
    expect(target).to_be_visible()
    assert call_unit(page, "transfer.drag", ["drop", "dropped.json", text]), (
        "the browser does not open it in place of the page"
    )
    expect(target).to_be_hidden()
    expect(notes(page)).to_contain_text("dropped.json 1 span · open the trace")
    expect(page.locator("main")).to_contain_text("imported")


def test_dragged_text_is_no_file(site: Site, page: Page) -> None:
    page.goto(f"{site.url}/search")
    page.get_by_role("status").first.wait_for()
    assert not call_unit(page, "transfer.drag", ["dragenter", None, "some text"])
    expect(page.get_by_text("Drop files of traces here")).to_be_hidden()


def test_clearing_asks_first(site: Site, page: Page, make: Maker) -> None:
    put_pair(site, make)
    page.goto(f"{site.url}/search")
    for leave in ("Enter", "Escape"):
        page.get_by_role("button", name="Clear…").click()
        dialog = page.get_by_role("dialog", name="Delete all traces?")
        expect(dialog).to_contain_text("This cannot be undone.")
        expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
        page.keyboard.press(leave)
        expect(dialog).to_have_count(0)
    expect(page.locator("#traces > li")).to_have_count(1)
    assert site.store.services() == ["client", "server"]


@pytest.mark.parametrize("path", ["/search"])
def test_clearing_empties_the_back_end_and_the_page(site: Site, page: Page, make: Maker, path: str) -> None:
    put_pair(site, make)
    page.goto(site.url + path)
    expect(page.locator("main")).to_contain_text("client")
    page.get_by_role("button", name="Clear…").click()
    page.get_by_role("button", name="Delete all traces").click()
    expect(notes(page)).to_contain_text("All traces are deleted")
    expect(page.locator("main")).to_contain_text("make client")
    assert site.store.services() == []


def test_a_clearing_that_fails_is_told(site: Site, page: Page, make: Maker) -> None:
    put_pair(site, make)
    page.goto(f"{site.url}/search")
    answer = json.dumps({"data": None, "errors": [{"code": 503, "msg": "the disk is full"}]})
    page.route("**/api/traces", lambda route: route.fulfill(status=503, body=answer, content_type="application/json"))
    page.get_by_role("button", name="Clear…").click()
    page.get_by_role("button", name="Delete all traces").click()
    expect(page.get_by_role("alert")).to_have_text("the disk is full")
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("#traces > li")).to_have_count(1)


def test_what_a_jaeger_cannot_is_grey_and_says_why(jaeger: Site, page: Page, make: Maker) -> None:
    put_pair(jaeger, make)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{jaeger.url}/search")
    expect(page.locator("#traces > li")).to_have_count(1)
    for name, why in (("Import…", "imports files"), ("Clear…", "deletes its traces")):
        button = page.get_by_role("button", name=name)
        expect(button).to_be_disabled()
        assert f"Only the embedded back end {why}" in (button.get_attribute("title") or "")
    call_unit(page, "transfer.drag", ["dragenter", "dropped.json", "{}"])
    expect(page.get_by_text("Only the embedded back end imports files")).to_be_visible()
    call_unit(page, "transfer.drag", ["drop", "dropped.json", "{}"])
    # Of calls a Jaeger tells only how often.
    page.goto(f"{jaeger.url}/dependencies")
    expect(page.locator("#calls tbody")).to_contain_text("client")
    assert page.locator("#calls tbody td.number").all_inner_texts() == ["1", "–", "–", "–"]
    assert not any("/api/import" in address or "stats" in address for address in asked)
    expect(page.locator("#calls")).to_contain_text("errors and durations need the embedded back end")
    expect(page.locator(".call .times")).to_be_empty()


def test_dialogs_and_messages_are_accessible_on_a_phone(
    site: Site, open_page: Callable[..., Page], make: Maker
) -> None:
    page = open_page(360, 700)
    page.goto(f"{site.url}/search")
    call_unit(page, "transfer.mount", [put_pair(site, make)])
    page.locator("input[type=file]").first.set_input_files([file("bad.json", "<")])
    expect(page.locator(".note-problem")).to_be_visible()
    check(page)
    assert width_beyond(page) <= 0
    open_export(page)
    check(page)
    assert width_beyond(page) <= 0
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Clear…").first.click()
    check(page)
    assert width_beyond(page) <= 0
