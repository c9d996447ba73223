"""What all routes have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.contract.otlp import service

if TYPE_CHECKING:
    from tests.contract.corpus import Maker
    from tests.unit.backend.query.conftest import Api


def test_it_is_healthy(api: Api) -> None:
    answer = api.ask("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


@pytest.mark.parametrize("path", ["/api/nonsense", "/api/", "/api/traces/1/2", "/api/metrics/"])
def test_an_unknown_path_of_the_api_is_a_fault_in_json(api: Api, path: str) -> None:
    answer = api.ask(path)
    assert answer.status_code == 404
    assert answer.json == {
        "data": None,
        "total": 0,
        "limit": 0,
        "offset": 0,
        "errors": [{"code": 404, "msg": f"{path}: Not Found"}],
    }


def test_v3_tells_faults_its_own_way(api: Api) -> None:
    assert api.ask("/api/v3/nonsense").json == {"error": {"httpCode": 404, "message": "/api/v3/nonsense: Not Found"}}


def test_a_wrong_method_is_a_fault_in_json(api: Api) -> None:
    answer = api.client.post("/api/services")
    assert (answer.status_code, answer.mimetype) == (405, "application/json")
    assert answer.json is not None


@pytest.mark.parametrize("path", ["/api/services", "/api/nonsense", "/healthz", "/api/traces/x", "/nowhere"])
def test_no_answer_can_become_a_page_with_scripts(api: Api, path: str) -> None:
    headers = api.ask(path).headers
    assert headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Origin": "http://localhost"}, 200),
        ({"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}, 200),
        ({"Origin": "http://localhost:8080"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
    ],
)
def test_posting_is_for_the_same_origin(api: Api, headers: dict[str, str], status: int) -> None:
    assert api.client.post("/api/transform", data="{}", headers=headers).status_code == status


def test_a_client_that_has_the_newest_answer_is_told_so(api: Api, make: Maker) -> None:
    path = f"/api/traces/{make.trace_id().hex()}"
    api.put(service("here", make.span("root")))
    first = api.ask(path)
    again = api.client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    api.put(service("here", make.span("child", "root")))
    later = api.client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (later.status_code, later.headers["ETag"] == first.headers["ETag"]) == (200, False)


@pytest.mark.parametrize("path", ["/api/traces", "/api/v3/traces"])
def test_a_trace_is_as_new_as_what_came_to_it(api: Api, make: Maker, path: str) -> None:
    address = f"{path}/{make.trace_id().hex()}"
    api.put(service("here", make.span("root")))
    version = api.ask(address).headers["ETag"]
    api.put(service("here", make.span("other", trace="another")))
    assert api.client.get(address, headers={"If-None-Match": version}).status_code == 304
    assert api.client.delete("/api/traces").status_code == 204
    assert api.client.get(address, headers={"If-None-Match": version}).status_code == 404
    api.put(service("here", make.span("root")))
    assert api.client.get(address, headers={"If-None-Match": version}).status_code == 200


@pytest.mark.parametrize("path", ["/api/traces?service=here", "/api/services", "/api/traces/abc"])
def test_an_answer_that_depends_on_the_time_or_is_a_fault_has_no_version(api: Api, path: str) -> None:
    assert "ETag" not in api.ask(path).headers


def test_what_goes_wrong_inside_is_told_without_details(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    api.store.pieces = None  # type: ignore[assignment,method-assign]
    answer = api.ask("/api/traces/abc")
    assert answer.status_code == 500
    assert answer.json is not None
    assert answer.json["errors"] == [{"code": 500, "msg": "internal error; see the log of the backend"}]
    assert "/api/traces/abc" in caplog.text
    assert "TypeError" in caplog.text


def test_a_body_beyond_the_limit_is_refused(api: Api) -> None:
    answer = api.client.post("/api/transform", data=b" " * (64 * 1024 * 1024 + 1))
    assert answer.status_code == 413
    assert answer.json is not None
