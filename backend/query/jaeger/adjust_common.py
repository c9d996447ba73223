"""What the adjusters of both versions repair: addresses written as numbers, ids used twice, tags of the library."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv6Address
from itertools import count

IP_KEYS = frozenset({"ip", "peer.ipv4"})
"""The attributes in which Jaeger expects such numbers."""

LIBRARY_KEYS = frozenset(
    {
        "telemetry.sdk.language",
        "telemetry.sdk.name",
        "telemetry.sdk.version",
        "telemetry.distro.name",
        "telemetry.distro.version",
    }
)
"""Attributes that tell of the resource, also where a span has them."""

_IPV4_SIZE, _IPV6_SIZE = 4, 16


def dotted(number: object) -> str:
    """`1.2.3.4` for 16909060; what exceeds 32 bits is cut off."""
    whole = int(number) if isinstance(number, (int, float)) and math.isfinite(number) else 0
    return str(IPv4Address(whole % 2**32))


def written(address: bytes) -> str:
    """The text of 4 or 16 bytes; empty if there are more or fewer. An IPv4 address in 16 bytes is written as such."""
    if len(address) == _IPV4_SIZE:
        return str(IPv4Address(address))
    if len(address) != _IPV6_SIZE:
        return ""
    long = IPv6Address(address)
    return str(long.ipv4_mapped or long)


def new_ids(used: Iterable[bytes]) -> Iterator[bytes]:
    """Span ids of 8 bytes that are not in `used`: the smallest first, as Jaeger chooses them."""
    taken = frozenset(used)
    return (span_id for number in count(1) if (span_id := number.to_bytes(8, "big")) not in taken)
