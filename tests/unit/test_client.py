"""The client's loop: what it prints of each answer, and how long it waits."""

from __future__ import annotations

import re
import threading
import time

import pytest

from client.app import loop as run
from tests.children import eventually, free_port
from tests.web import Endless, Rude, Web

OK = (200, "Hello, World!")
UNAVAILABLE = (503, "")
EMPTY = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
NO_ANSWER = "Remote end closed connection without response"


class Turns(threading.Event):
    """A stop event that notes each wait instead of waiting."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[float | None] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.waits.append(timeout)
        return self.is_set()


def printed(url: str, capsys: pytest.CaptureFixture[str], count: int = 1) -> str:
    run(url, 0, count, None, threading.Event())
    return capsys.readouterr().out


def test_each_answer_is_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    with Web(OK, UNAVAILABLE, (404, ""), OK) as web:
        assert run(web.url, 0, 4, None, threading.Event()) == 2
    assert capsys.readouterr().out == (
        "200 OK\ngot status: 503 SERVICE UNAVAILABLE\ngot status: 404 NOT FOUND\n200 OK\n"
    )


def test_a_closed_port(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(f"http://127.0.0.1:{free_port()}/", capsys) == "request failed: Connection refused\n"


def test_a_name_that_nobody_has(capsys: pytest.CaptureFixture[str]) -> None:
    line = printed("http://nonexistent.invalid/", capsys)
    # "Name or service not known" and "Temporary failure in name resolution", in the words of the C library.
    assert re.fullmatch(r"request failed: [A-Z][\w ,]+\n", line)


@pytest.mark.parametrize(
    ("answer", "line"),
    [
        (b"", NO_ANSWER),
        (b"garbage\r\n\r\n", "garbage"),
        (b"\x1b[2Jgarbage\r\n", ".*garbage.*"),
        (b"HTTP/1.1 abc OK\r\n\r\n", "HTTP/1.1 abc OK"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nshort", "IncompleteRead.*"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", ".+"),
        (b"HTTP/1.1 302 Found\r\nLocation: http://[bad/\r\nContent-Length: 0\r\n\r\n", ".+"),
        (b"HTTP/1.1 302 Found\r\nLocation: ftp://elsewhere/\r\nContent-Length: 0\r\n\r\n", ".+"),
    ],
)
def test_a_broken_answer_is_one_readable_line(answer: bytes, line: str, capsys: pytest.CaptureFixture[str]) -> None:
    with Rude(answer) as rude:
        output = printed(rude.url, capsys)
    assert re.fullmatch(rf"request failed: {line}\n", output)
    assert output[:-1].isprintable()


def test_a_reason_from_a_stranger_is_printed_readably(capsys: pytest.CaptureFixture[str]) -> None:
    with Rude(b"HTTP/1.1 503 \x1b[2Jgone\r\nContent-Length: 0\r\n\r\n") as rude:
        output = printed(rude.url, capsys)
    assert output.startswith("got status: 503 ")
    assert output[:-1].isprintable()


def test_a_server_that_does_not_answer(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("client.app.TIMEOUT_SECONDS", (2, 0.2))
    with Rude() as silent:
        assert printed(silent.url, capsys) == "request failed: timed out\n"


REDIRECT = b"HTTP/1.1 302 Found\r\nLocation: /\r\n"
WITHOUT_END = b"HTTP/1.1 200 OK\r\n\r\n"
DRIPS = {
    "status": (b"", b"H"),
    "head": (b"HTTP/1.1 200 OK\r\n", b"A: b\r\n"),
    "interim answers": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "body": (WITHOUT_END, b"x"),
    "body of a redirect": (REDIRECT + b"\r\n", b"x"),
    "redirects": (REDIRECT + b"Content-Length: 0\r\n\r\n", b""),
}


@pytest.mark.parametrize(("begin", "drop"), DRIPS.values(), ids=DRIPS)
def test_a_server_that_never_comes_to_an_end_is_given_up(
    begin: bytes, drop: bytes, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("client.session.SECONDS", 0.5)
    with Endless(begin, drop, pause=0.05) as endless:
        began = time.monotonic()
        assert printed(endless.url, capsys) == "request failed: timed out\n"
        assert time.monotonic() - began < 3


@pytest.mark.parametrize(
    "head",
    [WITHOUT_END, b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n"],
)
def test_little_is_read_of_a_body_without_end(head: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    with Endless(head, bytes(1 << 16)) as endless:
        assert printed(endless.url, capsys) == "200 OK\n"
        assert endless.ended.wait(10)
    assert endless.sent < 64 << 20  # with what the system takes before anybody reads it


def test_nothing_is_unpacked(capsys: pytest.CaptureFixture[str]) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\n"
    with Rude(head + b"abc") as rude:
        assert printed(rude.url, capsys) == "200 OK\n"


def test_a_connection_closed_without_an_answer_is_opened_once_more(capsys: pytest.CaptureFixture[str]) -> None:
    with Rude(b"", EMPTY) as rude:
        assert printed(rude.url, capsys) == "200 OK\n"


def test_a_connection_closed_after_the_answer_is_opened_anew(capsys: pytest.CaptureFixture[str]) -> None:
    with Rude(EMPTY) as rude:
        assert printed(rude.url, capsys, count=4) == 4 * "200 OK\n"


def test_the_loop_goes_on_after_failures(capsys: pytest.CaptureFixture[str]) -> None:
    with Rude(b"", b"", EMPTY) as rude:
        assert run(rude.url, 0, 3, None, threading.Event()) == 1
    assert capsys.readouterr().out == f"request failed: {NO_ANSWER}\n200 OK\n200 OK\n"


@pytest.mark.parametrize("count", [1, 3])
def test_a_failed_try_waits_its_turn(count: int) -> None:
    turns = Turns()
    assert run(f"http://127.0.0.1:{free_port()}/", 7.5, count, None, turns) == count
    assert turns.waits == [7.5] * (count - 1)


def test_it_asks_as_often_as_it_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    turns = Turns()
    with Web(OK) as web:
        assert run(web.url, 7.5, 3, None, turns) == 0
    assert (len(web.requests), turns.waits) == (3, [7.5, 7.5])


def test_one_connection_is_reused() -> None:
    with Web(OK, UNAVAILABLE, OK) as web:
        run(web.url, 0, 5, None, threading.Event())
    assert (len(web.requests), web.connections) == (5, 1)


def test_stop_ends_a_long_wait_at_once() -> None:
    stop = threading.Event()
    with Web(OK) as web:
        loop = threading.Thread(target=run, args=(web.url, 60, None, None, stop), daemon=True)
        loop.start()
        eventually(lambda: web.requests)
        stop.set()
        loop.join(2)
        assert not loop.is_alive()
    assert len(web.requests) == 1


def test_nothing_is_asked_when_stop_is_set() -> None:
    stop = threading.Event()
    stop.set()
    with Web(OK) as web:
        assert run(web.url, 0, None, None, stop) == 0
    assert web.requests == []
