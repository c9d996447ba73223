"""Fixtures: a store, and a store that fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from backend.codec.otlp import span_bytes
from backend.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "traces.db", span_bytes=span_bytes)
    yield store
    store.close()


@pytest.fixture
def failing_store(tmp_path: Path) -> Store:
    """A closed store, which rejects everything, like one on a failing disk."""
    store = Store(tmp_path / "failing.db")
    store.close()
    return store
