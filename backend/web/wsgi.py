"""ASGI to WSGI: the event loop reads requests and sends responses; threads run the app.

A thread is busy while the app produces a piece of the response, not while a slow client reads it. WSGI is PEP 3333.
"""

from __future__ import annotations

import asyncio
import logging
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Refuse = Callable[["WSGIEnvironment"], "str | None"]

MEMORY_BYTES = 1 << 20
"""The rest of a larger body goes to a temporary file."""
HELD_BYTES = 256 << 20
"""Limit for all bodies being read, in memory and files; beyond it: 503."""
BODY_SECONDS = 60
PIECE_BYTES = 64 << 10
STREAMS = 64
"""Concurrent responses of unknown length, i.e. exports and live pages; beyond it: 503."""
RETRY_AFTER_SECONDS = b"1"
WITHOUT_BODY = {"204", "304"}

_LOG = logging.getLogger(__name__)


class _GoneError(Exception):
    """The client disconnected in the middle of its request."""


class _RefusedError(Exception):
    def __init__(self, status: HTTPStatus, text: str) -> None:
        super().__init__(text)
        self.status = status


@dataclass
class _Answer:
    """The app's response, as far as known once its head is."""

    status: int
    headers: list[tuple[bytes, bytes]]
    pieces: Iterator[bytes]
    close: Callable[[], object]
    first: bytes
    done: bool


class Bridge:
    """The ASGI app for a WSGI app.

    Args:
        app: runs in the pool's threads.
        pool: one thread per concurrent request.
        max_body: bytes; the rest of a larger body is read and discarded before it is rejected.
        refuse: see `WebServer.start`; called before the body is read.
    """

    def __init__(self, app: WSGIApplication, pool: Executor, max_body: int, refuse: Refuse | None) -> None:
        self._app, self._pool, self._max_body, self._refuse = app, pool, max_body, refuse
        self._held = 0
        self._streams = 0

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        environ = _environ(scope)
        if self._refuse and (reason := self._refuse(environ)):
            await _send_text(send, HTTPStatus.FORBIDDEN, reason)
            return
        body = tempfile.SpooledTemporaryFile(MEMORY_BYTES)  # noqa: SIM115 - closed below, by the last thread to use it
        size = 0
        try:
            size = await self._read(environ, receive, body)
            environ["wsgi.input"], environ["CONTENT_LENGTH"] = body, str(size)
            await self._answer(environ, receive, send)
        except _RefusedError as refusal:
            await _send_text(send, refusal.status, str(refusal))
        except _GoneError:
            pass
        except asyncio.CancelledError:  # the server stopped waiting at shutdown
            pass
        finally:
            self._held -= size
            body.close()

    async def _read(self, environ: WSGIEnvironment, receive: Receive, body: IO[bytes]) -> int:
        """Read the request body; return the number of bytes held until the response is done."""
        if int(environ.get("CONTENT_LENGTH") or 0) == 0 and "HTTP_TRANSFER_ENCODING" not in environ:
            return 0
        size = kept = 0
        try:
            async for piece in _pieces(receive):
                size += len(piece)
                if size <= self._max_body and self._held + len(piece) <= HELD_BYTES:
                    kept += len(piece)
                    self._held += len(piece)
                    body.write(piece)
            self._check_size(size, kept)
        except BaseException as problem:
            self._held -= kept
            if isinstance(problem, OSError):
                _LOG.error("%s: a request body cannot be stored: %s", environ["REQUEST_URI"], problem)
                text = "the body cannot be kept; try again"
                raise _RefusedError(HTTPStatus.SERVICE_UNAVAILABLE, text) from problem
            raise
        body.seek(0)
        return kept

    def _check_size(self, size: int, kept: int) -> None:
        if size > self._max_body:
            text = f"a body of {size} bytes; at most {self._max_body} are taken"
            raise _RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, text)
        if kept < size:
            raise _RefusedError(HTTPStatus.SERVICE_UNAVAILABLE, "too much is being sent at once; try again")

    async def _answer(self, environ: WSGIEnvironment, receive: Receive, send: Send) -> None:
        loop = asyncio.get_running_loop()
        answer = await loop.run_in_executor(self._pool, self._begin, environ)
        streams = not answer.done
        if streams and self._streams >= STREAMS:
            self._pool.submit(answer.close)
            raise _RefusedError(HTTPStatus.SERVICE_UNAVAILABLE, f"{STREAMS} long answers are under way already")
        self._streams += streams
        try:
            head = {"type": "http.response.start", "status": answer.status, "headers": answer.headers}
            await send(head)
            await send({"type": "http.response.body", "body": answer.first, "more_body": streams})
            if streams:
                await self._stream(answer, receive, send)
        finally:
            self._streams -= streams
            if streams:
                self._pool.submit(answer.close)

    async def _stream(self, answer: _Answer, receive: Receive, send: Send) -> None:
        """Send piece by piece until the client disconnects."""
        loop = asyncio.get_running_loop()
        gone = asyncio.ensure_future(_disconnected(receive))
        try:
            while not gone.done():
                piece = await loop.run_in_executor(self._pool, self._next, answer.pieces)
                await send({"type": "http.response.body", "body": piece or b"", "more_body": piece is not None})
                if piece is None:
                    return
        finally:
            gone.cancel()

    @staticmethod
    def _next(pieces: Iterator[bytes]) -> bytes | None:
        try:
            return next(pieces, None)
        except Exception:
            _LOG.exception("an answer failed halfway")
            raise

    def _begin(self, environ: WSGIEnvironment) -> _Answer:
        """Call the app in a pool thread; return its whole response if short, else the first piece."""
        head: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]], _exc_info: object = None) -> Any:
            head[:] = status, headers
            return lambda _: None

        try:
            pieces: Iterable[bytes] = self._app(environ, start_response)
            close = getattr(pieces, "close", lambda: None)
            rest = iter(pieces)
            first = next(rest, b"")  # an app may call start_response only here
            status, headers = head
            length = next((int(value) for name, value in headers if name.lower() == "content-length"), None)
            done = environ["REQUEST_METHOD"] == "HEAD" or status[:3] in WITHOUT_BODY
            if length is not None and not done and length <= PIECE_BYTES:
                first, done = b"".join([first, *rest]), True
            elif length is not None and not done:
                done = len(first) >= length
            if done:
                close()
        except Exception:  # noqa: BLE001 - every error gets a response
            _LOG.exception("%s failed", environ["REQUEST_URI"])
            text = b"internal error; see the log of the backend\n"
            return _Answer(500, [(b"content-length", str(len(text)).encode())], iter(()), lambda: None, text, done=True)
        coded = [
            (name.lower().encode("latin-1"), value.encode("latin-1"))
            for name, value in headers
            if name.lower() != "date"  # the server adds its own
        ]
        return _Answer(int(status[:3]), coded, rest, close, first, done)


async def _pieces(receive: Receive) -> AsyncIterator[bytes]:
    """The pieces of a body; the whole body must arrive in time."""
    loop = asyncio.get_running_loop()
    end = loop.time() + BODY_SECONDS
    while True:
        try:
            message = await asyncio.wait_for(receive(), end - loop.time())
        except asyncio.TimeoutError:
            raise _RefusedError(HTTPStatus.REQUEST_TIMEOUT, f"the body took more than {BODY_SECONDS} s") from None
        if message["type"] == "http.disconnect":
            raise _GoneError
        yield message.get("body", b"")
        if not message.get("more_body", False):
            return


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _environ(scope: Message) -> WSGIEnvironment:
    raw_path = scope["raw_path"].decode("latin-1")
    query = scope["query_string"].decode("latin-1")
    environ: WSGIEnvironment = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(raw_path).decode("latin-1"),
        "QUERY_STRING": query,
        "REQUEST_URI": f"{raw_path}?{query}" if query else raw_path,
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": (scope["server"] or ("", 0))[0],
        "SERVER_PORT": str((scope["server"] or ("", 0))[1] or 0),
        "REMOTE_ADDR": (scope["client"] or ("", 0))[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.errors": _Errors(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "wsgi.input_terminated": True,
    }
    for name, value in scope["headers"]:
        if b"_" in name:  # it would clash with the same name with "-"
            continue
        key = name.decode("latin-1").upper().replace("-", "_")
        key = key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"
        text = value.decode("latin-1")
        environ[key] = f"{environ[key]},{text}" if key in environ else text
    return environ


class _Errors:
    """`wsgi.errors`: writes to the log."""

    def write(self, text: str) -> None:
        if text.strip():
            _LOG.error("%s", text.strip())

    def writelines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Nothing is buffered."""


async def _send_text(send: Send, status: HTTPStatus, text: str) -> None:
    body = f"{text}\n".encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers.append((b"retry-after", RETRY_AFTER_SECONDS))
    elif status == HTTPStatus.REQUEST_TIMEOUT:
        headers.append((b"connection", b"close"))
    with suppress(OSError):
        await send({"type": "http.response.start", "status": status.value, "headers": headers})
        await send({"type": "http.response.body", "body": body, "more_body": False})
