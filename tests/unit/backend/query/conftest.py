"""Fixtures: a query API with its own store, filled the way the receiver does."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

from backend.codec.otlp import decode
from backend.query.app import create_app
from backend.store.store import Store
from tests.contract.corpus import Maker
from tests.contract.otlp import SECOND, request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from flask.testing import FlaskClient
    from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans
    from werkzeug.test import TestResponse

    from backend.store.reading import Reading
    from backend.store.span import StoredRequest


class CountingStore(Store):
    """Counts the traces read from it."""

    taken = 0

    def reading(self) -> Reading:
        reading = super().reading()
        take = reading.pieces

        def pieces(trace_id: bytes) -> Iterator[StoredRequest]:
            self.taken += 1
            return take(trace_id)

        reading.pieces = pieces  # type: ignore[method-assign]
        return reading


@dataclass
class Api:
    store: CountingStore
    client: FlaskClient

    def put(self, *resources: ResourceSpans) -> None:
        """Store one request."""
        decoded = decode(request(*resources))
        self.store.append(decoded.body, decoded.spans)

    def ask(self, path: str, **parameters: object) -> TestResponse:
        """GET a path; `query__serviceName` stands for the parameter `query.serviceName`; a list repeats it."""
        named = urlencode({name.replace("__", "."): value for name, value in parameters.items()}, doseq=True)
        return self.client.get(f"{path}?{named}" if named else path)

    def data(self, path: str, **parameters: object) -> Any:
        answer = self.ask(path, **parameters)
        assert answer.status_code == 200, answer.text
        return answer.json["data"] if answer.json else None

    def spans(self, trace_id: bytes, **parameters: object) -> dict[str, Any]:
        """A trace's spans by name, in v1's format."""
        (trace,) = self.data(f"/api/traces/{trace_id.hex()}", **parameters)
        return {span["operationName"]: span for span in trace["spans"]}


@pytest.fixture
def api(make_api: Callable[[], Api]) -> Api:
    return make_api()


@pytest.fixture
def make_api(tmp_path: Path) -> Iterator[Callable[[], Api]]:
    stores: list[Store] = []

    def make() -> Api:
        store = CountingStore(tmp_path / f"{len(stores)}.db")
        stores.append(store)
        return Api(store, create_app(store).test_client())

    yield make
    for store in stores:
        store.close()


@pytest.fixture
def make() -> Maker:
    """Creates spans that began a minute ago."""
    return Maker("here", time.time_ns() - 60 * SECOND)
