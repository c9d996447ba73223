"""The live stream and the clearing, on a real web server: what a page hears, when, and how many may listen."""

from __future__ import annotations

import http.client
import threading
import time
from contextlib import ExitStack, closing, contextmanager
from typing import TYPE_CHECKING

import pytest
import requests

from backend.query import live
from backend.query.app import create_app
from backend.store.store import Store
from backend.web.guard import guard
from backend.web.server import WebServer
from tests.children import eventually
from tests.unit.backend.store.rows import body, row, rows

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DEADLINE = 10.0
THREADS = 32


class Page:
    """A client of the stream, with a deadline on all it waits for."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=DEADLINE)
        self._connection.request("GET", "/api/live")
        self.answer = self._connection.getresponse()

    def close(self) -> None:
        self.answer.close()
        self._connection.close()

    def block(self) -> dict[str, str] | None:
        """The fields up to the next empty line, a comment's under ""; None at the end of the stream."""
        fields = {}
        while line := self.answer.readline().decode().rstrip("\n"):
            name, _, value = line.partition(":")
            fields[name] = value.lstrip()
        return fields or None

    def version(self) -> str:
        """That of the next change."""
        while fields := self.block():
            if "data" in fields:
                assert fields["event"] == "change"
                return fields["data"]
        raise AssertionError("the stream has ended")


class Site:
    def __init__(self, path: Path) -> None:
        self.store = Store(path)
        self._server = WebServer("127.0.0.1", 0)
        self._server.start(create_app(self.store), THREADS, 1 << 20, guard())
        self.url = f"http://127.0.0.1:{self._server.port}"
        self._running = True

    def stop(self) -> None:
        """As the back end does."""
        if self._running:
            self._running = False
            self.store.end_waits()
            self._server.stop(DEADLINE)
            self.store.close()

    @contextmanager
    def page(self) -> Iterator[Page]:
        with closing(Page(self._server.port)) as page:
            yield page

    def etag(self) -> str:
        """The version as an answer of v3 tells it, without its marks."""
        text = requests.get(f"{self.url}/api/v3/services", timeout=DEADLINE).headers["ETag"]
        return text.removeprefix('W/"').removesuffix('"')

    def put(self, trace: int) -> None:
        self.store.append(body(), rows(row(trace)))


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = Site(tmp_path / "traces.db")
    yield site
    site.stop()


@pytest.fixture
def quick_heartbeat(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "HEARTBEAT_SECONDS", 0.05)


def test_a_page_hears_the_version_at_once_and_each_change(site: Site) -> None:
    before = site.etag()
    with site.page() as page:
        assert page.answer.status == 200
        assert page.answer.headers["Content-Type"].partition(";")[0] == "text/event-stream"
        assert page.answer.headers["Cache-Control"] == "no-store"
        assert page.answer.headers["X-Accel-Buffering"] == "no"
        first = page.block()
        assert first == {"retry": "1000", "event": "change", "data": before}
        site.put(1)
        assert page.version() == site.etag() != before
        site.store.clear()
        assert page.version() == site.etag()


def test_many_changes_are_few_events_and_the_last_one_is_told(site: Site) -> None:
    with site.page() as page:
        heard = [page.version()]
        started = time.monotonic()
        for number in range(1, 401):
            site.put(number)
        newest = site.etag()
        while heard[-1] != newest:
            heard.append(page.version())
        assert len(heard) <= 3 + (time.monotonic() - started) / live.PAUSE_SECONDS
    assert len(set(heard)) == len(heard)


@pytest.mark.usefixtures("quick_heartbeat")
def test_a_silent_store_lets_the_heart_beat(site: Site) -> None:
    with site.page() as page:
        page.version()
        assert [page.block() for _ in range(3)] == 3 * [{"": ""}]


@pytest.mark.usefixtures("quick_heartbeat")
def test_beyond_the_streams_there_are_it_is_a_line_and_who_goes_makes_room(site: Site) -> None:
    with ExitStack() as pages:
        for _ in range(live.STREAMS - 1):
            pages.enter_context(site.page()).version()
        with site.page() as last:
            last.version()
            refused = requests.get(f"{site.url}/api/live", timeout=DEADLINE)
            assert refused.status_code == 503
            (error,) = refused.json()["errors"]
            assert error == {"code": 503, "msg": "16 clients are live already; ask again from time to time instead"}
        eventually(lambda: _is_taken(site), DEADLINE)


def _is_taken(site: Site) -> bool:
    with site.page() as page:
        return page.answer.status == 200


def test_who_only_asks_for_the_head_holds_no_stream(site: Site) -> None:
    for _ in range(live.STREAMS + 1):
        answer = requests.head(f"{site.url}/api/live", timeout=DEADLINE)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert _is_taken(site)


def test_all_streams_together_leave_room_for_questions_and_use_no_processor(site: Site) -> None:
    with ExitStack() as pages:
        for _ in range(live.STREAMS):
            pages.enter_context(site.page()).version()
        answers: list[requests.Response] = []

        def ask() -> None:
            answers.extend(requests.get(f"{site.url}/api/services", timeout=DEADLINE) for _ in range(5))

        askers = [threading.Thread(target=ask) for _ in range(THREADS - live.STREAMS)]
        for asker in askers:
            asker.start()
        for asker in askers:
            asker.join(DEADLINE)
        assert [answer.status_code for answer in answers] == 5 * len(askers) * [200]
        used = time.process_time()
        time.sleep(1)  # is what is measured
        assert time.process_time() - used < 0.3


def test_a_stop_ends_the_streams(site: Site) -> None:
    with ExitStack() as pages:
        listening = [pages.enter_context(site.page()) for _ in range(live.STREAMS)]
        for page in listening:
            page.version()
        site.store.end_waits()
        assert [page.block() for page in listening] == live.STREAMS * [None]
        with site.page() as late:  # it comes again until the port is closed
            late.version()
            assert late.block() is None
        started = time.monotonic()
        site.stop()
        assert time.monotonic() - started < DEADLINE / 2


def test_clearing_removes_all_traces(site: Site) -> None:
    site.put(1)
    answer = requests.delete(f"{site.url}/api/traces", timeout=DEADLINE)
    assert (answer.status_code, answer.content) == (204, b"")
    assert site.store.span_count() == 0
    assert requests.get(f"{site.url}/api/services", timeout=DEADLINE).json()["data"] is None
    assert requests.get(f"{site.url}/api/traces/1", timeout=DEADLINE).status_code == 404


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://elsewhere.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Host": "elsewhere.example"},
        {"Host": "elsewhere.example", "Origin": "http://elsewhere.example"},
    ],
)
def test_clearing_is_for_the_same_origin(site: Site, headers: dict[str, str]) -> None:
    site.put(1)
    assert requests.delete(f"{site.url}/api/traces", headers=headers, timeout=DEADLINE).status_code == 403
    assert site.store.span_count() == 1
    same = {"Origin": site.url, "Sec-Fetch-Site": "same-origin"}
    assert requests.delete(f"{site.url}/api/traces", headers=same, timeout=DEADLINE).status_code == 204
    assert site.store.span_count() == 0


@pytest.mark.parametrize("path", ["/api/traces/", "/api/traces/abc", "/api/services", "/api/live"])
def test_nothing_else_is_cleared(site: Site, path: str) -> None:
    site.put(0xABC)
    assert requests.delete(site.url + path, timeout=DEADLINE).status_code in {404, 405}
    assert site.store.span_count() == 1


def test_what_cannot_be_cleared_is_told_in_a_line(tmp_path: Path) -> None:
    store = Store(tmp_path / "traces.db")
    store.close()
    answer = create_app(store).test_client().delete("/api/traces")
    assert answer.status_code == 503
    assert answer.json is not None
    assert answer.json["errors"] == [{"code": 503, "msg": "the store is closed"}]
