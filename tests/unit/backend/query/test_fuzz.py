"""Whatever is asked, the answer is an answer or the asker's fault, never a failure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.contract.otlp import service

if TYPE_CHECKING:
    from tests.contract.corpus import Maker
    from tests.unit.backend.query.conftest import Api

PATHS = [
    "/api/services",
    "/api/services/here/operations",
    "/api/operations",
    "/api/traces",
    "/api/traces/abc",
    "/api/dependencies",
    "/api/export",
    "/api/v3/services",
    "/api/v3/operations",
    "/api/v3/traces",
    "/api/v3/traces/abc",
    "/api/v3/trace-summaries",
]
NAMES = [
    "service",
    "operation",
    "spanKind",
    "start",
    "end",
    "limit",
    "lookback",
    "minDuration",
    "maxDuration",
    "tag",
    "tags",
    "traceID",
    "raw",
    "prettyPrint",
    "endTs",
    "query.serviceName",
    "query.operationName",
    "query.startTimeMin",
    "query.startTimeMax",
    "query.searchDepth",
    "query.num_traces",
    "query.durationMin",
    "query.durationMax",
    "query.attributes",
    "query.rawTraces",
    "query.filter",
    "query.offset",
    "filter",
    "stats",
    "startTime",
    "rawTraces",
]
GOOD = [
    "here",
    "5",
    "-1",
    "1.5s",
    "true",
    "k:v",
    "k=v",
    "k!=*",
    "operation=a*",
    '{"k":"v"}',
    "1970-01-01T00:00:00Z",
    "2262-01-01T00:00:00+01:00",
    "abc",
    "server",
    "",
    str(2**63),
    "0",
]
texts = st.one_of(
    st.sampled_from(GOOD),
    st.text(max_size=20),
    st.builds(
        lambda text, at, more: text[:at] + more + text[at:],
        st.sampled_from(GOOD),
        st.integers(0, 9),
        st.text(max_size=3),
    ),
)
pairs = st.lists(st.tuples(st.sampled_from(NAMES), texts), max_size=8)
FIELDS = ["resourceSpans", "scopeSpans", "spans", "traceId", "links", "name", "kind", "attributes"]
documents = st.recursive(
    st.none() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=3),
)


@pytest.fixture
def full_api(api: Api, make: Maker) -> Api:
    api.put(service("here", make.span("a", attributes={"k": "v"}), make.span("b", "missing")))
    return api


same_api = settings(
    max_examples=150, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@same_api
@given(path=st.sampled_from(PATHS), parameters=pairs)
def test_no_question_is_answered_with_a_failure(full_api: Api, path: str, parameters: list[tuple[str, str]]) -> None:
    question = urlencode([(name, text.encode(errors="replace")) for name, text in parameters])
    assert full_api.client.get(f"{path}?{question}").status_code in {200, 400, 404}


@same_api
@given(raw=st.binary(max_size=60), path=st.sampled_from(PATHS))
def test_no_broken_query_string_is_answered_with_a_failure(full_api: Api, raw: bytes, path: str) -> None:
    question = raw.decode("latin-1").replace("#", "%23")
    assert full_api.client.get(path, query_string=question).status_code in {200, 400, 404}


@same_api
@given(
    part=st.text(min_size=1, max_size=40), path=st.sampled_from(["/api/traces/", "/api/v3/traces/", "/api/services/"])
)
def test_no_path_is_answered_with_a_failure(full_api: Api, part: str, path: str) -> None:
    encoded = quote(part.encode(errors="replace"), safe="")
    assert full_api.client.get(path + encoded).status_code in {200, 308, 400, 404}


@same_api
@given(body=st.one_of(st.binary(max_size=80), documents.map(lambda document: json.dumps(document).encode())))
def test_no_document_is_transformed_with_a_failure(full_api: Api, body: bytes) -> None:
    assert full_api.client.post("/api/transform", data=body).status_code in {200, 400}
