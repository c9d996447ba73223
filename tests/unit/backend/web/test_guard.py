"""Who may ask."""

from __future__ import annotations

import socket

import pytest

from backend.web.guard import guard, is_loopback

HERE = socket.gethostname()


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST:4318",
        "localhost.",
        "localhost.:16686",
        "me.localhost:1",
        "127.0.0.1",
        "127.9.9.9:1",
        "0.0.0.0:4318",
        "192.168.1.5:16686",
        "[::1]",
        "[::1]:4318",
        "[fe80::1]",
        "host.docker.internal:4318",
        "host.containers.internal",
        HERE,
        f"{HERE}:16686",
        "traces.example:80",
    ],
)
def test_a_name_of_this_machine_is_taken(host: str) -> None:
    assert guard(["Traces.Example"])({"HTTP_HOST": host, "PATH_INFO": "/"}) is None


@pytest.mark.parametrize(
    "host",
    [
        "",
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example:80",
        "evil.example:localhost",
        "a:b",
        "[::x]",
        "[::1",
        "::1",
        "1.2.3",
        "0x7f.1",
        "localhost\u00e9",
        "other.traces.example",
        "x" * 10_000,
    ],
)
def test_another_name_is_refused_and_the_way_out_is_told(host: str) -> None:
    reason = guard(["traces.example"])({"HTTP_HOST": host, "PATH_INFO": "/"})
    assert reason
    assert "--allow-host" in reason
    assert len(reason) < 250


@pytest.mark.parametrize(
    ("path", "site", "refused"),
    [
        ("/api/traces", "cross-site", True),
        ("/api/traces", "same-site", False),
        ("/api/traces", "same-origin", False),
        ("/api/traces", "none", False),
        ("/trace/1", "cross-site", False),
    ],
)
def test_pages_of_other_sites_may_lead_to_pages_and_not_to_the_api(path: str, site: str, *, refused: bool) -> None:
    asked = {"HTTP_HOST": "localhost", "PATH_INFO": path, "HTTP_SEC_FETCH_SITE": site}
    assert bool(guard()(asked)) is refused


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.2", True),
        ("::1", True),
        ("LOCALHOST", True),
        ("0.0.0.0", False),
        ("::", False),
        ("shop.example", False),
    ],
)
def test_which_addresses_only_this_machine_reaches(host: str, *, expected: bool) -> None:
    assert is_loopback(host) is expected
