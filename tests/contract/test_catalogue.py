"""What there is: services, operations, dependencies."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.contract.backends import service_path
from tests.contract.corpus import NAMES
from tests.contract.normalise import listing
from tests.contract.otlp import SECOND

if TYPE_CHECKING:
    from tests.contract.backends import Backend, Parameters
    from tests.contract.conftest import Both

SERVICES = [
    "pair-client", "pair-server", "errors", "events", "links", "nowhere", "types", "numbers", "nesting",
    "unicode-日本", "unicode-a b/c?d&e+f%25", "//unicode//slashes/", "skew-none", "skew-text", "skew-number",
    "skew-double", "skew-bytes", "skew-otel", "skew-elsewhere", "hosts", "clocks", "child_first", "services-shop",
    "services-billing", "services-queue", "services-mail", "many", "dropped", "scopes", "missing-service-name",
    "empty-service-name", "service-name-wrong-type", "duplicates", "duplicates-client", "duplicates-server", "retry",
    "parents", "kinds", "odd_numbers", "reserved", "warned_text", "repeated_keys", "short_ids", "interleaved-a",
    "interleaved-b", "series", "tagged",
]  # fmt: skip
NO_DATA = {"total": 0, "limit": 0, "offset": 0, "errors": None}


def test_services(backend: Backend) -> None:
    answer = backend.get("/api/services").json
    assert sorted(answer["data"]) == sorted(SERVICES)
    assert (answer["total"], answer["errors"]) == (len(SERVICES), None)


def test_services_are_the_same(both: Both) -> None:
    both.agree("/api/services", None, listing)


@pytest.mark.parametrize("path", ["/api/services", service_path("nobody")])
def test_nothing_is_null(empty: Backend, path: str) -> None:
    assert empty.get(path).json == NO_DATA | {"data": None}


def test_the_first_span_makes_the_first_service(empty: Backend, cases: dict[str, Any]) -> None:
    for body in cases["pair"].requests:
        empty.export(body)  # and it is there at once: nothing is acknowledged that is not stored
    assert sorted(empty.get("/api/services").json["data"]) == ["pair-client", "pair-server"]


@pytest.mark.parametrize("service", [*SERVICES, "nobody", "KINDS"])
def test_operations_are_the_same(both: Both, service: str) -> None:
    both.agree(service_path(service), None, listing)
    both.agree("/api/operations", {"service": service}, listing)
    both.agree("/api/v3/operations", {"service": service}, names)


def names(answer: Any) -> list[str]:
    """Without the kinds: a newer UI wants one for each operation (test_differences.py)."""
    return sorted({operation.get("name", "") for operation in answer["operations"]})


KINDS: list[tuple[str, Any, set[tuple[str, str]]]] = [
    ("none", None, {("same", kind) for kind in ("", "internal", "server", "client", "producer", "consumer")}
        | {("single", "producer")}),
    ("empty", "", {("same", kind) for kind in ("", "internal", "server", "client", "producer", "consumer")}
        | {("single", "producer")}),
    ("server", "server", {("same", "server")}),
    ("producer", "producer", {("same", "producer"), ("single", "producer")}),
    ("upper case", "SERVER", set()),
    ("unknown", "unknown", set()),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "expected"), [pytest.param(*row[1:], id=row[0]) for row in KINDS])
def test_operations_of_a_kind(backend: Backend, kind: str | None, expected: set[tuple[str, str]]) -> None:
    parameters = {"service": "kinds"} | ({} if kind is None else {"spanKind": kind})
    answer = backend.get("/api/operations", parameters).json
    found = [(entry["name"], entry["spanKind"]) for entry in answer["data"]]
    assert (len(found), set(found), answer["total"]) == (len(expected), expected, len(expected))


@pytest.mark.parametrize("kind", [row[1] for row in KINDS])
def test_operations_of_a_kind_are_the_same(both: Both, kind: str | None) -> None:
    parameters = {"service": "kinds"} | ({} if kind is None else {"spanKind": kind})
    both.agree("/api/operations", parameters, listing)


def test_operation_names_are_told_once(backend: Backend) -> None:
    answer = backend.get(service_path("kinds")).json
    assert (sorted(answer["data"]), answer["total"]) == (["same", "single"], 2)


def milliseconds(nanoseconds: int) -> str:
    return str(nanoseconds // 1_000_000)


def links_of(answer: Any, name: str) -> Any:
    """The dependencies between the services of one case."""
    mine = [link for link in answer["data"] if {link["parent"], link["child"]} & set(services_of(name))]
    return listing(answer | {"data": mine})


def services_of(name: str) -> list[str]:
    return [service for service in SERVICES if service == name or service.startswith(f"{name}-")]


# A retry is counted twice by the real one (test_differences.py); the wild times of `clocks` have no parents.
@pytest.mark.parametrize("name", [name for name in NAMES if name not in {"retry", "nameless"}])
def test_dependencies_are_the_same(both: Both, name: str) -> None:
    both.agree("/api/dependencies", None, lambda answer: links_of(answer, name))


def calls(backend: Backend, parameters: Parameters | None = None) -> dict[tuple[str, str], int]:
    links = backend.get("/api/dependencies", parameters).json["data"]
    assert all(set(link) == {"parent", "child", "callCount"} for link in links)
    return {(link["parent"], link["child"]): link["callCount"] for link in links}


def test_dependencies(backend: Backend) -> None:
    found = calls(backend)
    mine = {key: count for key, count in found.items() if key[0].startswith("services-")}
    assert mine == {
        ("services-shop", "services-shop"): 1,
        ("services-shop", "services-billing"): 1,
        ("services-billing", "services-queue"): 1,
        ("services-queue", "services-mail"): 2,
        ("services-mail", "services-mail"): 1,
    }
    assert found[("many", "many")] == 599
    assert found[("pair-client", "pair-server")] == 1


@pytest.mark.parametrize(
    ("end", "lookback", "found"),
    [
        (3600, 4_000_000, True),
        (10, 20_000, True),
        (-10, 20_000, False),  # the trace begins later
        (3600, 10_000, False),  # it is over before
        (3600, 0, False),
    ],
)
def test_dependencies_have_a_window(backend: Backend, base: int, end: int, lookback: int, *, found: bool) -> None:
    window = {"endTs": milliseconds(base + end * SECOND), "lookback": str(lookback)}
    assert (("pair-client", "pair-server") in calls(backend, window)) is found


@pytest.mark.parametrize("service", ["services-queue", "nobody", ""])
def test_dependencies_of_a_service_are_the_same(both: Both, service: str) -> None:
    def without_retry(answer: Any) -> Any:
        return listing(answer | {"data": [link for link in answer["data"] if link["parent"] != "retry"]})

    window = {"service": service, "endTs": milliseconds(time.time_ns()), "lookback": "20000000"}
    both.agree("/api/dependencies", window, without_retry)
