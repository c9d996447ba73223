"""Turns: limits how many requests are decoded at once, and how much memory they may take.

A few kilobytes of gzip may hold millions of empty spans, each of which costs a few hundred bytes once decoded. So
decode at most two requests of up to a megabyte at a time, or one larger request, which holds its turn until stored.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from backend.codec import wire
from backend.codec.otlp import DecodedRequest, MalformedRequestError
from backend.receiver.compression import TooLargeError
from backend.store.store import Store

SMALL_BYTES = 1 << 20
MAX_SPANS = 100_000
"""In a large request. The Collector's batches have 8,192 by default, an SDK's 512."""
MAX_EMPTY = 200_000
"""Empty messages in a large request: attributes, events and the like."""
MAX_BRACKETS = 1_000_000
"""Objects and lists in a large request in JSON."""

T = TypeVar("T")
Unpacked = Callable[[int], bytes]

_small = threading.BoundedSemaphore(2)
_large = threading.BoundedSemaphore(1)


def in_turn(limit: int, unpacked: Unpacked, work: Callable[[bytes], T], *, is_json: bool = False) -> T:
    """Wait for the request's turn, then do the work on its bytes.

    Args:
        limit: maximum bytes of the request.
        unpacked: returns the request's bytes, up to a given limit; may be called twice.

    Raises:
        TooLargeError: the request exceeds the limit.
        MalformedRequestError: the request would take too much memory.
    """
    try:
        with _small:
            return work(unpacked(min(limit, SMALL_BYTES)))
    except TooLargeError:
        if limit <= SMALL_BYTES:
            raise
    with _large:
        body = unpacked(limit)
        _check(body, is_json=is_json)
        return work(body)


def take(
    store: Store, limit: int, unpacked: Unpacked, decode: Callable[[bytes], DecodedRequest], *, is_json: bool = False
) -> DecodedRequest:
    """Decode a request and store it; a large one holds its turn until stored.

    Args:
        decode: decodes the bytes; for the others, see `in_turn`.

    Raises:
        TooLargeError: the request exceeds the limit.
        MalformedRequestError: it is not a request, or would take too much memory.
        StoreError: storing failed.
    """

    def work(body: bytes) -> tuple[DecodedRequest, bool]:
        request = decode(body)
        if len(body) <= SMALL_BYTES:
            return request, False
        store.append(request.body, request.spans)
        return request, True

    request, stored = in_turn(limit, unpacked, work, is_json=is_json)
    if not stored:
        store.append(request.body, request.spans)
    return request


def _check(body: bytes, *, is_json: bool) -> None:
    if is_json:
        if body.count(b"{") + body.count(b"[") > MAX_BRACKETS:
            raise MalformedRequestError(f"more than {MAX_BRACKETS:,} objects in one request; send it in several")
    elif wire.has_more_spans(body, MAX_SPANS):
        raise MalformedRequestError(f"more than {MAX_SPANS:,} spans in one request; send them in several")
    elif wire.count_empty(body) > MAX_EMPTY:
        raise MalformedRequestError(f"more than {MAX_EMPTY:,} empty messages in one request; send it in several")
