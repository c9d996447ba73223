"""Unused span ids."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def new_ids(used: Iterable[bytes]) -> Iterator[bytes]:
    """Span ids of 8 bytes that are not in `used`: the smallest first, as Jaeger chooses them."""
    taken = frozenset(used)
    return (span_id for number in count(1) if (span_id := number.to_bytes(8, "big")) not in taken)
