"""Fixtures of the unit tests: a clean environment, and in-process tracing for tests of the Flask app."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from server.app import create_app
from telemetry.provider import set_up

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    remove_settings(monkeypatch)


@pytest.fixture(scope="session")
def _span_memory() -> InMemorySpanExporter:
    """The process's only global tracer provider, set up like the server's, but exporting to memory."""
    memory = InMemorySpanExporter()
    with pytest.MonkeyPatch.context() as patch:
        remove_settings(patch)
        patch.setenv("OTEL_TRACES_EXPORTER", "none")
        set_up("chapter2-server").provider.add_span_processor(SimpleSpanProcessor(memory))
        create_app()  # the instrumentation reads its settings once, for the first app
    return memory


def remove_settings(patch: pytest.MonkeyPatch) -> None:
    """Remove the user's own settings and proxies."""
    for name in list(os.environ):
        if name.startswith(("OTEL_", "SPAN_PROCESSOR")) or name.lower().endswith("_proxy"):
            patch.delenv(name)


@pytest.fixture
def span_memory(_span_memory: InMemorySpanExporter) -> Iterator[InMemorySpanExporter]:
    """The exporter that collects this process's spans, initially empty."""
    _span_memory.clear()
    yield _span_memory
    _span_memory.clear()
