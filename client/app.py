"""The article's `client/main.go`: set up tracing, instrument requests, GET once a second and print the result."""

from __future__ import annotations

from http import HTTPStatus
from threading import Event

import requests
from opentelemetry.instrumentation.requests import RequestsInstrumentor

from client.session import BoundedSession
from client.stop import Stop
from client.text import reason, trace_lines
from telemetry import printable
from telemetry.provider import set_up

TIMEOUT_SECONDS = (2, 5)  # to connect, to read


def main(url: str, interval: float, count: int | None, ui: str | None, stop: Stop) -> int:
    """Trace the loop; return the number of failed requests. A request in flight when `stop` is set may finish."""
    tracing = set_up("chapter2-client")
    RequestsInstrumentor().instrument()
    failed = stop.bounded(lambda: loop(url, interval, count, ui, stop))
    tracing.shutdown()
    return failed


def loop(url: str, interval: float, count: int | None, ui: str | None, stop: Event) -> int:
    """GET `url` every `interval` seconds, `count` times or until `stop`; return the number of failed requests."""
    made = failed = 0
    with BoundedSession() as session:
        while not stop.is_set():
            made += 1
            failed += not get(session, url, ui)
            if made == count:
                break
            stop.wait(interval)
    return failed


def get(session: requests.Session, url: str, ui: str | None) -> bool:
    """Make one request and print its status and, if `ui` is given, its trace's address; return whether it got a 200."""
    try:
        response = session.get(url, timeout=TIMEOUT_SECONDS)  # reads the body; the span ends here
        sent, ok = response.request, response.status_code == HTTPStatus.OK
        status = printable(f"{response.status_code} {response.reason.upper()}")
        print(status if ok else f"got status: {status}", flush=True)
    except (requests.RequestException, ValueError) as error:  # ValueError: redirect to an invalid URL
        sent, ok = getattr(error, "request", requests.PreparedRequest()), False
        print(f"request failed: {reason(error)}", flush=True)
    if ui:
        print(trace_lines((sent and sent.headers) or {}, ui), flush=True)
    return ok
