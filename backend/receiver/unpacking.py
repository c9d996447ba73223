"""Files that may be packed: gzip and zstd are recognised by how they begin, whatever the file is called."""

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
    """What another file has, and whoever wants to know is told how many bytes were read."""

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
    """Likewise; a fault in the packing is one of the file."""

    def readinto(self, buffer: Any) -> int:
        try:
            return super().readinto(buffer)
        except ERRORS as problem:
            raise MalformedRequestError(f"cannot be unpacked: {problem}") from problem


def unpacked(file: IO[bytes], on_bytes: Counter, on_unpacked: Counter) -> BufferedReader:
    """The file's content, unpacked as it is read.

    Args:
        on_bytes: told of the file's own bytes.
        on_unpacked: told of the bytes that were packed; where it raises, no more are unpacked.

    Raises:
        MalformedRequestError: it is zstd, which this Python cannot unpack.
    """
    source: BufferedReader = BufferedReader(_Source(file, on_bytes), _AT_ONCE)
    unpack = _unpacker(source.peek(len(ZSTD)))
    return BufferedReader(_Unpacked(unpack(source), on_unpacked), _AT_ONCE) if unpack else source


def bound(limit: int | None) -> Counter:
    """Counts bytes, and raises TooLargeError where there are more; None is no limit."""
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
