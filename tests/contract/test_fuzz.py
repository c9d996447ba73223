"""Thousands of broken payloads and questions: refused or answered, but never a crash and never a 500."""

from __future__ import annotations

import json
import random
import urllib.parse
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings, strategies

from backend.codec.otlp import MalformedRequestError, decode
from backend.codec.otlp_json import from_json
from backend.query.app import create_app
from backend.store.store import Store
from tests.contract.backends import recent_base
from tests.contract.corpus import corpus
from tests.contract.test_transform import otlp_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from flask.testing import FlaskClient

PAYLOADS = 4_000
QUERIES = 2_500
DOCUMENTS = 1_000
SMALL = 3_000
SEED = 4


@pytest.fixture(scope="module")
def requests() -> list[bytes]:
    """The small ones of the corpus, of which mutations are worth most."""
    return [body for case in corpus(recent_base()).values() for body in case.requests if len(body) < SMALL]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "fuzz.db")
    yield store
    store.close()


def mutated(chance: random.Random, sources: list[bytes], alphabet: bytes = bytes(range(256))) -> bytes:
    """A source with one to four accidents."""
    body = bytearray(chance.choice(sources))
    for _ in range(chance.randint(1, 4)):
        chance.choice(ACCIDENTS)(chance, body, sources, alphabet)
    return bytes(body)


def replace(chance: random.Random, body: bytearray, _: list[bytes], alphabet: bytes) -> None:
    if body:
        body[chance.randrange(len(body))] = chance.choice(alphabet)


def flip(chance: random.Random, body: bytearray, _: list[bytes], alphabet: bytes) -> None:
    if body and len(alphabet) == 256:
        body[chance.randrange(len(body))] ^= 1 << chance.randrange(8)


def insert(chance: random.Random, body: bytearray, _: list[bytes], alphabet: bytes) -> None:
    place = chance.randint(0, len(body))
    body[place:place] = bytes(chance.choices(alphabet, k=chance.choice([1, 2, 8, 100])))


def cut(chance: random.Random, body: bytearray, _: list[bytes], __: bytes) -> None:
    start = chance.randint(0, len(body))
    del body[start : start + chance.choice([1, 2, 8, 100, len(body)])]


def repeat(chance: random.Random, body: bytearray, _: list[bytes], __: bytes) -> None:
    start = chance.randint(0, len(body))
    body[start:start] = body[start : start + chance.choice([1, 8, 100])]


def splice(chance: random.Random, body: bytearray, sources: list[bytes], _: bytes) -> None:
    other = chance.choice(sources)
    body[chance.randint(0, len(body)) :] = other[chance.randint(0, len(other)) :]


ACCIDENTS: list[Callable[[random.Random, bytearray, list[bytes], bytes], None]] = [
    replace, flip, insert, cut, repeat, splice,
]  # fmt: skip


def test_payloads(store: Store, requests: list[bytes]) -> None:
    """What still is a request is stored, and what is stored can be shown."""
    chance = random.Random(SEED)
    taken: set[bytes] = set()
    refused = 0
    for _ in range(PAYLOADS):
        try:
            decoded = decode(mutated(chance, requests))
        except MalformedRequestError:
            refused += 1
            continue
        if len(taken) < PAYLOADS // 10:
            store.append(decoded.body, decoded.spans)
            taken |= {span.trace_id for span in decoded.spans}
    assert refused > PAYLOADS // 10
    assert len(taken) > PAYLOADS // 100
    client = create_app(store).test_client()
    for trace_id in taken:
        for path in (
            "/api/traces/{}",
            "/api/traces/{}?raw=true",
            "/api/v3/traces/{}",
            "/api/v3/traces/{}?raw_traces=1",
        ):
            answer = client.get(path.format(trace_id.hex()))
            assert (answer.status_code, bool(json.loads(answer.data))) == (200, True), answer.text
    for service in store.services():
        window = {"query.startTimeMin": "1970-01-01T00:00:00Z", "query.startTimeMax": "2262-01-01T00:00:00Z"}
        for path, parameters in (
            ("/api/traces", {"service": service, "start": "0"}),
            ("/api/v3/trace-summaries", {"query.serviceName": service} | window),
            ("/api/operations", {"service": service}),
            ("/api/dependencies", {}),
        ):
            answer = client.get(path, query_string=parameters)
            assert answer.status_code == 200, (service, answer.text)
            assert answer.json


def documents() -> list[bytes]:
    cases = corpus(recent_base())
    names = ("pair", "errors", "events", "links", "types", "dropped", "scopes", "nameless", "kinds")
    return [json.dumps(otlp_json(cases[name].requests)).encode() for name in names]


JSON_PIECES = b'{}[]":,0123456789.-+eEtruefalsn\\u "abcdefx\x00\xff'


def test_documents(store: Store) -> None:
    """OTLP JSON, at the receiver and at /api/transform."""
    chance = random.Random(SEED)
    client = create_app(store).test_client()
    sources = documents()
    for _ in range(DOCUMENTS):
        body = mutated(chance, sources, JSON_PIECES)
        with suppress(MalformedRequestError):
            decode(from_json(body).SerializeToString())
        answer = client.post("/api/transform", data=body)
        assert answer.status_code in {200, 400}, (body, answer.text)
        json.loads(answer.data)


PATHS = [
    "/api/traces", "/api/services", "/api/operations", "/api/dependencies", "/api/traces/{}",
    "/api/services/{}/operations",
    "/api/v3/traces", "/api/v3/traces/{}", "/api/v3/services", "/api/v3/operations", "/api/v3/trace-summaries",
    "/api/metrics/{}", "/api/{}", "/{}", "/healthz",
]  # fmt: skip
NAMES = [
    "service", "operation", "tags", "tag", "start", "end", "minDuration", "maxDuration", "limit", "lookback", "traceID",
    "raw", "prettyPrint", "endTs", "spanKind", "span_kind", "raw_traces", "start_time", "end_time", "startTime",
    "query.service_name", "query.operation_name", "query.start_time_min", "query.start_time_max", "query.num_traces",
    "query.duration_min", "query.duration_max", "query.raw_traces", "query.serviceName", "query.operationName",
    "query.startTimeMin", "query.startTimeMax", "query.searchDepth", "query.durationMin", "query.durationMax",
    "query.attributes", "query.rawTraces", "", "ü",
]  # fmt: skip
VALUES = [
    "", "0", "1", "-1", "+1", "true", "false", "tagged", "kinds", "root", "server", "abc", "f" * 32, "f" * 33,
    "1s", "1.5ms", "2h45m", "1h-2s", ".s", "µs", "1µs", "9999999999999h",
    "NaN", "1e3", "inf", "0x1F", "1_0", "٣", "²", " 1", "1 ", "9" * 400, "0" * 40, "100000", "2147483647", "2147483648",
    "9223372036854775807", "-9223372036854775808", "9223372036854775808", "18446744073709551616",
    "null", "{}", "[]", '"', "\\", "{" * 5000, "[" * 5000, '{"a":"b"}', '{"a":1}', '{"a":null}', '{"":""}',
    '{"a":{"b":"c"}}', '{"\\ud800":"\\udfff"}', '{"error":"true"}', '{"error":"x"}', '{"span.kind":"server"}',
    '{"resource.service.name":"tagged"}', '{"span.status":"error"}', '{"scope.name":"x"}',
    "a:b", ":", "resource.x", "\x00", "í\xa0\x80", "\u2028", "%", "%zz", "../../etc/passwd", "' OR 1=1 --",
    "2026-01-01T00:00:00Z", "0000-00-00T00:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z",
    "2026-02-30T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01t00:00:00z", "2026-01-01T00:00:60Z",
    "2026-01-01T00:00:00.123456789+05:30", "2026-01-01T00:00:00+99:99",
]  # fmt: skip


def question(chance: random.Random) -> tuple[str, str]:
    """A path and a query string; half of them have a window and a service, so that they get further."""
    path = chance.choice(PATHS).format(urllib.parse.quote(chance.choice(VALUES)[:50], safe=""))
    pairs = [(chance.choice(NAMES), chance.choice(VALUES)) for _ in range(chance.randint(0, 4))]
    if chance.random() < 0.5:
        window = ["2020-01-01T00:00:00Z", "2100-01-01T00:00:00Z"]
        pairs += [("service", "tagged"), ("query.startTimeMin", window[0]), ("query.startTimeMax", window[1])]
    query = urllib.parse.urlencode(pairs)
    if chance.random() < 0.5:
        query = mutated(chance, [query.encode()], QUERY_PIECES).decode("ascii")
    return path, query


QUERY_PIECES = b"&=;%+0123456789abcdefABCDEF{}[]\":,.-_~?/#' zs"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """Asks the query app about some cases."""
    store = Store(tmp_path_factory.mktemp("fuzz") / "queries.db")
    cases = corpus(recent_base())
    for name in ("tagged", "kinds", "errors", "clocks"):
        for body in cases[name].requests:
            decoded = decode(body)
            store.append(decoded.body, decoded.spans)
    yield create_app(store).test_client()
    store.close()


def test_queries(client: FlaskClient) -> None:
    chance = random.Random(SEED)
    seen: dict[int, int] = {}
    for _ in range(QUERIES):
        path, query = question(chance)
        answer = client.get(path, query_string=query)
        assert answer.status_code < 500 or path.startswith("/api/metrics/"), (path, query, answer.text)
        if path.startswith("/api/"):
            assert_strict_json(answer.data)
        seen[answer.status_code] = seen.get(answer.status_code, 0) + 1
    assert seen[200] > QUERIES // 10
    assert seen[400] > QUERIES // 10


def assert_strict_json(body: bytes) -> None:
    """As a browser reads it: no NaN."""

    def refuse(name: str) -> Any:
        raise AssertionError(f"{name} in {body[:300]!r}")

    json.loads(body, parse_constant=refuse)


@pytest.mark.parametrize("path", ["/api/traces", "/api/v3/traces", "/api/v3/trace-summaries", "/api/operations"])
@settings(max_examples=100, deadline=None, derandomize=True)
@given(parameters=strategies.dictionaries(strategies.sampled_from(NAMES), strategies.text()))
def test_any_text(client: FlaskClient, path: str, parameters: dict[str, str]) -> None:
    window = {"query.startTimeMin": "2020-01-01T00:00:00Z", "query.startTimeMax": "2100-01-01T00:00:00Z"}
    encoded = urllib.parse.urlencode({"service": "tagged"} | window | parameters, errors="surrogatepass")
    answer = client.get(path, query_string=encoded)
    assert answer.status_code < 500, answer.text
    assert_strict_json(answer.data)


@pytest.mark.parametrize("path", ["/api/traces/{}", "/api/services/{}/operations", "/api/v3/traces/{}"])
@settings(max_examples=100, deadline=None, derandomize=True)
@given(text=strategies.text(min_size=1))
def test_any_text_in_a_path(client: FlaskClient, path: str, text: str) -> None:
    answer = client.get(path.format(urllib.parse.quote(text, safe="", errors="surrogatepass")))
    assert answer.status_code < 500, answer.text
    if answer.status_code != 308:  # two slashes in a row lead to one; no id has any
        assert_strict_json(answer.data)


METHODS = ["POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"]


@pytest.mark.parametrize("method", METHODS)
def test_methods(client: FlaskClient, method: str) -> None:
    for path in PATHS:
        answer = client.open(path.format("x"), method=method, data=b"\xff")
        assert answer.status_code < 500 or path.startswith("/api/metrics/"), (path, answer.text)
