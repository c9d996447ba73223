"""The loop: one session, a GET each second, traced by the requests instrumentation (switched on in `__main__`)."""

from __future__ import annotations

from http import HTTPStatus
from http.client import HTTPException
from typing import TYPE_CHECKING

import requests
from requests.adapters import HTTPAdapter
from urllib3 import Retry

if TYPE_CHECKING:
    import threading
    from collections.abc import Mapping

CONNECT_SECONDS = 2
READ_SECONDS = 5
# The server closes a connection that is idle for 5 s, perhaps just when the next request is on its way. As Go's client
# does, ask once more on a new connection.
ONCE_MORE = Retry(1, connect=0)


def run(url: str, interval: float, count: int | None, ui: str | None, stop: threading.Event) -> int:
    """GET `url` until `stop` is set or `count` requests are made; return how many failed.

    Args:
        url: what to ask for.
        interval: seconds to wait after each request, whether it failed or not.
        count: how many requests to make; None for no end.
        ui: the address of Jaeger's UI, to print where each trace can be seen; None prints nothing of it.
        stop: ends the loop, in the middle of the wait too.
    """
    made = failed = 0
    with requests.Session() as session:
        for scheme in ("http://", "https://"):
            session.mount(scheme, HTTPAdapter(max_retries=ONCE_MORE))
        while not stop.is_set():
            made += 1
            failed += not get(session, url, ui)
            if made == count:
                break
            stop.wait(interval)
    return failed


def get(session: requests.Session, url: str, ui: str | None) -> bool:
    """Make one request, print how it went, and return whether the answer was 200."""
    try:
        response = session.get(url, timeout=(CONNECT_SECONDS, READ_SECONDS))  # read whole, connection released
    except (requests.RequestException, ValueError) as error:  # ValueError: a redirect to what is no address
        print(f"request failed: {reason(error)}", flush=True)
        request = getattr(error, "request", None)
        show_trace(request.headers if request else {}, ui)
        return False
    status = printable(f"{response.status_code} {response.reason.upper()}")
    answered = response.status_code == HTTPStatus.OK
    print(status if answered else f"got status: {status}", flush=True)
    show_trace(response.request.headers, ui)
    return answered


def reason(error: BaseException) -> str:
    """The cause in a few words: requests wraps what urllib3 wrapped around the operating system's error."""
    while not isinstance(error, HTTPException) and (cause := within(error)):
        error = cause
    return printable((isinstance(error, OSError) and error.strerror) or str(error).strip())


def within(error: BaseException) -> BaseException | None:
    return error.__cause__ or error.__context__ or next((a for a in error.args if isinstance(a, BaseException)), None)


def printable(text: str) -> str:
    """Text from a server without what a terminal would obey."""
    return "".join(char if char.isprintable() else "?" for char in text)


def show_trace(headers: Mapping[str, str | bytes], ui: str | None) -> None:
    """Print the `traceparent` that was injected into the request and the trace's address."""
    traceparent = headers.get("traceparent")
    if ui and traceparent:
        trace_id = str(traceparent).split("-")[1]
        print(f"  traceparent: {traceparent!s}\n  {ui}/trace/{trace_id}", flush=True)
