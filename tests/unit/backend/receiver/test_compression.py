"""Content encodings, up to a limit."""

from __future__ import annotations

import gzip
import zlib
from functools import partial
from typing import TYPE_CHECKING

import pytest

from backend.codec.otlp import MalformedRequestError
from backend.receiver.compression import ENCODINGS, TooLargeError, UnknownEncodingError, unpack

if TYPE_CHECKING:
    from collections.abc import Callable

TEXT = b"a request " * 1_000
LIMIT = 20_000
gzipped = partial(gzip.compress, mtime=0)  # the names of tests are made of it
RAW = zlib.compressobj(wbits=-zlib.MAX_WBITS)
HEADERLESS = RAW.compress(TEXT) + RAW.flush()


def zstd(text: bytes) -> bytes:
    module = pytest.importorskip("compression.zstd" if "compression" in ENCODINGS else "backports.zstd")
    packed: bytes = module.compress(text)
    return packed


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("", TEXT),
        ("identity", TEXT),
        ("gzip", gzipped(TEXT)),
        ("x-gzip", gzipped(TEXT)),
        ("gzip", gzipped(TEXT[:50]) + gzipped(TEXT[50:])),
        ("gzip", gzipped(TEXT) + bytes(100)),
        ("deflate", zlib.compress(TEXT)),
        ("deflate", HEADERLESS),
    ],
)
def test_it_is_unpacked(encoding: str, packed: bytes) -> None:
    assert unpack(packed, encoding, LIMIT) == TEXT


def test_zstd_is_unpacked() -> None:
    assert unpack(zstd(TEXT), "zstd", LIMIT) == TEXT
    with pytest.raises(TooLargeError):
        unpack(zstd(TEXT), "zstd", len(TEXT) - 1)


@pytest.mark.parametrize(("encoding", "pack"), [("", bytes), ("gzip", gzip.compress), ("deflate", zlib.compress)])
def test_more_than_the_limit_is_too_large(encoding: str, pack: Callable[[bytes], bytes]) -> None:
    assert len(unpack(pack(TEXT), encoding, len(TEXT))) == len(TEXT)
    with pytest.raises(TooLargeError, match=r"at most|more than"):
        unpack(pack(TEXT), encoding, len(TEXT) - 1)


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", b"no gzip"),
        ("gzip", gzipped(TEXT)[:-3]),
        ("gzip", gzipped(TEXT)[:-8] + bytes(8)),
        ("gzip", gzipped(b"") * 1_000),
        ("gzip", gzipped(TEXT) + b"more"),
        ("deflate", b"\xff\xff"),
        ("deflate", zlib.compress(TEXT)[:-5]),
        ("zstd", b"no zstd"),
    ],
)
def test_what_is_not_in_that_encoding_is_malformed(encoding: str, packed: bytes) -> None:
    with pytest.raises(MalformedRequestError, match=f"not {encoding}"):
        unpack(packed, encoding, LIMIT)


def test_an_encoding_that_is_not_known_is_told_with_those_that_are() -> None:
    with pytest.raises(UnknownEncodingError, match="br: only gzip, deflate"):
        unpack(b"x", "br", LIMIT)


def test_an_empty_body_is_empty_in_any_encoding() -> None:
    assert unpack(b"", "gzip", LIMIT) == b""
