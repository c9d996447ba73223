"""Listening on all the addresses of a host."""

from __future__ import annotations

import errno
import socket

import pytest

from backend.receiver.grpc import GrpcReceiver
from backend.web import listening
from backend.web.listening import addresses_of, listen


def close(sockets: list[socket.socket]) -> None:
    for one in sockets:
        one.close()


@pytest.fixture
def two_addresses(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Such as every Linux has, be there IPv6 or not."""
    addresses = ["127.0.0.1", "127.0.0.2"]
    monkeypatch.setattr(listening, "LOOPBACKS", addresses)
    return addresses


def test_all_addresses_have_one_port(two_addresses: list[str]) -> None:
    sockets = listen("localhost", 0)
    names = [one.getsockname() for one in sockets]
    close(sockets)
    assert [address for address, _ in names] == two_addresses
    assert len({port for _, port in names}) == 1


def test_one_that_is_busy_is_told_and_none_is_kept(two_addresses: list[str]) -> None:
    with socket.create_server((two_addresses[1], 0)) as busy:
        port = busy.getsockname()[1]
        with pytest.raises(OSError, match="in use") as told:
            listen("localhost", port)
    assert (told.value.errno, told.value.filename) == (errno.EADDRINUSE, two_addresses[1])
    close(listen("localhost", port))


def test_a_free_port_is_free_on_all(two_addresses: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    open_ = listening._open
    refusals = iter([True, True])

    def busy_at_first(address: str, port: int) -> socket.socket:
        if address == two_addresses[1] and port and next(refusals, False):
            raise OSError(errno.EADDRINUSE, "in use", address)
        return open_(address, port)

    monkeypatch.setattr(listening, "_open", busy_at_first)
    sockets = listen("localhost", 0)
    close(sockets)
    assert len(sockets) == 2


def test_an_address_that_this_machine_has_not_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def without_ipv6(address: str, port: int) -> socket.socket:
        if ":" in address:
            raise OSError(errno.EADDRNOTAVAIL, "Cannot assign requested address", address)
        return open_(address, port)

    open_ = listening._open
    monkeypatch.setattr(listening, "_open", without_ipv6)
    assert addresses_of("localhost") == ["127.0.0.1"]


def test_the_grpc_receiver_listens_on_all(two_addresses: list[str]) -> None:
    receiver = GrpcReceiver("localhost", [0, 0], 1 << 20)
    try:
        assert len(receiver.ports) == 2
        for port in receiver.ports:
            for address in two_addresses:
                with pytest.raises(OSError, match="in use"):
                    socket.create_server((address, port))
    finally:
        receiver.stop(0)
