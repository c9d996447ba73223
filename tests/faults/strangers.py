"""Malformed requests, generated from a seed."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

# A trace that no span may join: it occurs only in invalid headers.
FORGED = "bad" + "0" * 29
PARENT = "b7ad6b7169203331"
MEGABYTE = 1 << 20

Chance = random.Random


def malformed(seed: int, number: int) -> list[bytes]:
    """Generate that many requests; the same ones for the same seed."""
    chance = random.Random(seed)
    return [chance.choice(KINDS)(chance) for _ in range(number)]


def request(*headers: bytes, line: bytes = b"GET / HTTP/1.1") -> bytes:
    return b"\r\n".join((line, b"Host: localhost", *headers, b"", b""))


def noise(chance: Chance, most: int = 300) -> bytes:
    return chance.randbytes(chance.randint(0, most))


def visible(chance: Chance, most: int = 300) -> bytes:
    """Random bytes that are valid in a header value."""
    return bytes(chance.choice(b'\t !"%,-;=\\az09\x7e\x80\xff') for _ in range(chance.randint(1, most)))


def no_http(chance: Chance) -> bytes:
    return noise(chance) + b"\r\n\r\n"


def wrong_line(chance: Chance) -> bytes:
    method = chance.choice([b"", b"GET", b"get", b"G\x00T", b"FOO", b"CONNECT", b"PRI", b"G" * 20_000])
    path = chance.choice(
        [b"", b"/", b"*", b"/%ed%a0%80", b"/%00%zz", b"/\xff", b"http://", b"/?" + b"q" * 15_000, b"/" * 70_000]
    )
    version = chance.choice([b"", b"HTTP/1.1", b"HTTP/9.9", b"HTTP/2.0", b"HTTP/1.1 x", noise(chance, 20)])
    return request(line=b" ".join((method, path, version)))


def wrong_header(chance: Chance) -> bytes:
    return request(
        chance.choice(
            [
                noise(chance),
                b": no name",
                b"no colon",
                b" folded: x",
                b"nul: \0",
                b"long: " + b"x" * 20_000,
                b"long" * 5_000 + b": x",
                b"\r\n".join(b"x-%d: y" % number for number in range(150)),
                b"Host: " + visible(chance),
                b"User-Agent: " + visible(chance, 5_000),
                b"X-Forwarded-For: " + visible(chance),
                b"Content-Length: -1",
                b"Content-Length: 1\r\nContent-Length: 2",
                b"Content-Length: 99999999999999999999",
                b"Transfer-Encoding: chunked\r\n\r\nzz",
                b"Transfer-Encoding: " + visible(chance, 20),
                b"Expect: " + visible(chance, 20),
                b"Connection: upgrade\r\nUpgrade: " + visible(chance, 20),
            ]
        )
    )


def cut_off(chance: Chance) -> bytes:
    whole = request(b"Content-Length: 5", line=b"POST / HTTP/1.1") + b"12345"
    return whole[: chance.randrange(len(whole))]


def wrong_traceparent(chance: Chance) -> bytes:
    """A `traceparent` that is invalid per W3C Trace Context, mostly by a single character."""
    good = f"00-{FORGED}-{PARENT}-01"
    place = chance.randrange(len(good))
    wrong = chance.choice(
        [
            good[:place] + chance.choice("gXZ ~\xff") + good[place + 1 :],
            good[:place] + good[place + 1 :],
            good.upper(),
            good + "-more",
            good.replace("00-", "ff-", 1),
            good.replace(PARENT, "0" * 16),
            good.replace(FORGED, "0" * 32),
            good + " " * 10_000 + "x",
            "-" * 10_000,
            f"{good},{good}",
        ]
    )
    headers = [f"traceparent: {wrong}".encode("latin-1")]
    return request(*headers, b"tracestate: a=1", *([headers[0]] if chance.random() < 0.2 else []))


def wrong_tracestate(chance: Chance) -> bytes:
    wrong = chance.choice(
        [
            visible(chance),
            b"a=1,a=2",
            b"," * 10_000,
            b"A=1",
            b"a" * 300 + b"=1",
            b"a=" + b"1" * 300,
            b",".join(b"k%d=v" % number for number in range(40)),
            b"a" + b" " * 10_000 + b"=1",
        ]
    )
    return request(f"traceparent: 00-{chance.getrandbits(128) | 1:032x}-{PARENT}-01".encode(), b"tracestate: " + wrong)


def wrong_baggage(chance: Chance) -> bytes:
    return request(
        b"baggage: "
        + chance.choice(
            [
                visible(chance),
                b"=" * 8_000,
                b"," * 8_000,
                b"%" * 8_000,
                b"a" + b" " * 8_000 + b"b",
                b"a=" + b"\t" * 4_000 + b"b",
                b"a=" + b"%ff" * 1_000,
                b",".join(b"k%d=v" % number for number in range(1_000)),
                b"a=" + b"v" * 15_000,
            ]
        )
    )


def huge_baggage(chance: Chance) -> bytes:
    return request(b"baggage: user=" + chance.choice([b"x", b" ", b"%20"]) * MEGABYTE)


KINDS: list[Callable[[Chance], bytes]] = [
    *[no_http, wrong_line, wrong_header, cut_off, wrong_traceparent, wrong_tracestate, wrong_baggage] * 14,
    huge_baggage,
]
