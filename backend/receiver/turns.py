"""Turns: how many requests are taken apart at a time, and how much they may become in memory.

A few kilobytes of gzip may hold millions of empty spans, and each costs some hundred bytes once it is read. So two
requests of up to a megabyte are read at a time, or one that is larger, which keeps its turn until it is stored.
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
"""Of a large request. The Collector's batches have 8,192 by default, an SDK's 512."""
MAX_EMPTY = 200_000
"""Empty messages in a large request: attributes, events and the like."""
MAX_BRACKETS = 1_000_000
"""Objects and lists in a large request in JSON."""

T = TypeVar("T")
Unpacked = Callable[[int], bytes]

_small = threading.BoundedSemaphore(2)
_large = threading.BoundedSemaphore(1)


def in_turn(limit: int, unpacked: Unpacked, work: Callable[[bytes], T], *, is_json: bool = False) -> T:
    """Do the work on a request's bytes when it is its turn.

    Args:
        limit: bytes that the request may have.
        unpacked: gives its bytes, if they are no more than it is told; it may be called twice.

    Raises:
        TooLargeError: there are more bytes than the limit.
        MalformedRequestError: it would become too much in memory.
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
    """Read a request and store it; a large one has its turn until it is stored.

    Args:
        decode: takes the bytes apart; the others are those of `in_turn`.

    Raises:
        TooLargeError: there are more bytes than the limit.
        MalformedRequestError: it is no request, or would become too much in memory.
        StoreError: it could not be stored.
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
