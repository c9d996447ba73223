"""Compressed files: detects gzip and zstd by their first bytes, not by file name."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable
from io import BufferedReader, RawIOBase
from typing import IO, Any

from backend.codec.otlp import MalformedRequestError
from backend.receiver.compression import TooLargeError, zstd

GZIP, ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
_AT_ONCE = 1 << 16
ERRORS = gzip.BadGzipFile, EOFError, zlib.error, *([zstd.ZstdError] if zstd else [])
Counter = Callable[[int], None]


class _Source(RawIOBase):
    """Reads another file and reports the number of bytes read."""

    def __init__(self, file: Any, on_bytes: Counter) -> None:
        self._file = file
        self._on_bytes = on_bytes

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        found = self._file.read(len(buffer))
        buffer[: len(found)] = found
        self._on_bytes(len(found))
        return len(found)


class _Unpacked(_Source):
    """Likewise; reports corrupt compression as a malformed file."""

    def readinto(self, buffer: Any) -> int:
        try:
            return super().readinto(buffer)
        except ERRORS as problem:
            raise MalformedRequestError(f"cannot be unpacked: {problem}") from problem


def unpacked(file: IO[bytes], on_bytes: Counter, on_unpacked: Counter) -> BufferedReader:
    """The file's content, decompressed while reading.

    Args:
        on_bytes: called with the number of bytes read from the file.
        on_unpacked: called with the number of decompressed bytes; may raise to stop decompressing.

    Raises:
        MalformedRequestError: it is zstd, and this Python cannot decompress that.
    """
    source: BufferedReader = BufferedReader(_Source(file, on_bytes), _AT_ONCE)
    unpack = _unpacker(source.peek(len(ZSTD)))
    return BufferedReader(_Unpacked(unpack(source), on_unpacked), _AT_ONCE) if unpack else source


def bound(limit: int | None) -> Counter:
    """A counter that raises TooLargeError beyond the limit; None is no limit."""
    left = limit

    def count(size: int) -> None:
        nonlocal left
        if left is not None:
            left -= size
            if left < 0:
                raise TooLargeError(f"more than {limit} bytes unpacked: import it on the command line")

    return count


def _unpacker(head: bytes) -> Callable[[Any], Any] | None:
    if head.startswith(GZIP):
        return lambda file: gzip.GzipFile(fileobj=file)
    return _zstd() if head.startswith(ZSTD) else None


def _zstd() -> Callable[[Any], Any]:
    if zstd is None:
        raise MalformedRequestError("it is zstd, which needs Python 3.14 or the package backports.zstd")
    return zstd.ZstdFile  # type: ignore[no-any-return]
