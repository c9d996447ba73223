"""The operations of a service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backend.query.jaeger import KINDS
from backend.query.query import kind

if TYPE_CHECKING:
    from backend.store.store import Store


def operations_of(store: Store, service: str, kind_name: str) -> list[tuple[str, str]]:
    """Names and kinds, of one kind if it has a name; a kind that is no kind has no operations."""
    wanted = kind(kind_name) if kind_name else None
    if kind_name and kind_name != KINDS.get(wanted or 0):
        return []
    return [(name, KINDS.get(number, "")) for name, number in store.operations(service, wanted)]
