"""Shared by the adjusters of both versions: numeric IP addresses, duplicate span ids, library tags."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv6Address
from itertools import count

IP_KEYS = frozenset({"ip", "peer.ipv4"})
"""The attributes in which Jaeger expects numeric addresses."""

LIBRARY_KEYS = frozenset(
    {
        "telemetry.sdk.language",
        "telemetry.sdk.name",
        "telemetry.sdk.version",
        "telemetry.distro.name",
        "telemetry.distro.version",
    }
)
"""Attributes that describe the resource, even if set on a span."""

_IPV4_SIZE, _IPV6_SIZE = 4, 16


def dotted(number: object) -> str:
    """`1.2.3.4` for 16909060; truncates to 32 bits."""
    whole = int(number) if isinstance(number, (int, float)) and math.isfinite(number) else 0
    return str(IPv4Address(whole % 2**32))


def written(address: bytes) -> str:
    """Format an address of 4 or 16 bytes; empty for other lengths. An IPv4-mapped address is written as IPv4."""
    if len(address) == _IPV4_SIZE:
        return str(IPv4Address(address))
    if len(address) != _IPV6_SIZE:
        return ""
    long = IPv6Address(address)
    return str(long.ipv4_mapped or long)


def new_ids(used: Iterable[bytes]) -> Iterator[bytes]:
    """Generate 8-byte span ids not in `used`, smallest first, like Jaeger."""
    taken = frozenset(used)
    return (span_id for number in count(1) if (span_id := number.to_bytes(8, "big")) not in taken)
