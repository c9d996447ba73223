"""Content encodings: gzip, deflate and zstd, decompressed up to a limit, which defuses decompression bombs."""

from __future__ import annotations

import importlib
import zlib
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Protocol

from backend.codec.otlp import MalformedRequestError

MEMBERS = 16
"""Concatenated members of a gzip or zstd stream. Senders produce one."""


class TooLargeError(MalformedRequestError):
    """The decompressed body exceeds the limit."""


class UnknownEncodingError(ValueError):
    """The message lists the supported encodings."""


class Decompressor(Protocol):
    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


def _zstd() -> Any:
    with suppress(ImportError):
        return importlib.import_module("compression.zstd")
    with suppress(ImportError):
        return importlib.import_module("backports.zstd")
    return None


zstd = _zstd()
"""The zstd module: in the standard library from Python 3.14, before that backports.zstd, where it has a wheel."""


ENCODINGS: dict[str, Callable[[], Decompressor]] = {
    "gzip": lambda: zlib.decompressobj(wbits=zlib.MAX_WBITS | 16),
    "deflate": zlib.decompressobj,
    **({"zstd": zstd.ZstdDecompressor} if zstd else {}),
}


def unpack(body: bytes, encoding: str, limit: int) -> bytes:
    """
    Args:
        encoding: from the `Content-Encoding` header; empty or "identity" for none.
        limit: bytes in the result.

    Raises:
        UnknownEncodingError: it is not one of ENCODINGS.
        TooLargeError: the result would exceed the limit.
        MalformedRequestError: the body is not in that encoding, or truncated.
    """
    if not body or encoding in {"", "identity"}:
        if len(body) > limit:
            raise TooLargeError(f"{len(body)} bytes; at most {limit} are accepted")
        return body
    if encoding == "x-gzip":
        encoding = "gzip"
    if encoding not in ENCODINGS:
        raise UnknownEncodingError(f"Content-Encoding {encoding[:40]}: only {', '.join(ENCODINGS)} are accepted")
    try:
        return _unpack(body, ENCODINGS[encoding], limit)
    except TooLargeError:
        raise
    except Exception as problem:  # each library raises its own
        if encoding == "deflate":  # some senders omit zlib's header
            try:
                return _unpack(body, lambda: zlib.decompressobj(-zlib.MAX_WBITS), limit)
            except (zlib.error, EOFError):
                pass
        raise MalformedRequestError(f"not {encoding}: {problem}") from problem


def _unpack(body: bytes, make: Callable[[], Decompressor], limit: int) -> bytes:
    unpacked = b""
    for _ in range(MEMBERS):
        decompressor = make()
        unpacked += decompressor.decompress(body, limit + 1 - len(unpacked))
        if len(unpacked) > limit:
            raise TooLargeError(f"more than {limit} bytes unpacked")
        if not decompressor.eof:
            raise EOFError("it is truncated")
        body = decompressor.unused_data
        if not body.strip(b"\0"):
            return unpacked
    raise EOFError(f"more than {MEMBERS} in one")
