"""Random traces and random questions, the same each time, to both back ends: what no table of cases thought of."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, Any

import pytest
from opentelemetry.proto.common.v1.common_pb2 import InstrumentationScope
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from tests.contract.backends import embedded_backend, real_jaeger
from tests.contract.conftest import Both, assert_equal
from tests.contract.corpus import Maker
from tests.contract.normalise import traces, without_words
from tests.contract.otlp import MILLISECOND, SECOND, event, link, request, resource, scope
from tests.contract.test_v3 import spans

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.contract.backends import Answer
    from tests.contract.otlp import Attributes, Value
    from tests.realstack.build import Binaries

TRACES = 80
SEARCHES = 50
SEED = 4
SERVICES = ["alpha", "beta", "gamma"]
OPERATIONS = ["get", "put", "GET /x", "ä"]
KEYS = ["k", "K", "key.two", "a.b.c", "ip", "peer.ipv4", "ü", "telemetry.sdk.name", "empty"]
IP_KEYS = ["ip", "peer.ipv4"]
TEXTS = ["", "x", "true", "7", "7.5", "ünï", "<a href='x'>&amp;</a>", '"', "\\", "\u2028", "line\nbreak", "0"]
EDGES = [0, 1, -1, 7, 2**31, 2**53, 2**53 + 1, 2**63 - 1, -(2**63)]
LENGTHS = [0, 1, 999, 1_000, 1_001, MILLISECOND, 7 * MILLISECOND + 1, SECOND, 61 * SECOND, 3_601 * SECOND]


def random_value(chance: random.Random, depth: int = 0) -> Value:  # noqa: PLR0911 - one for each type
    kind = chance.randrange(10 if depth < 3 else 8)
    if kind == 0:
        return None
    if kind == 1:
        return chance.random() < 0.5
    if kind == 2:
        return chance.choice(EDGES)
    if kind in {3, 4}:
        doubles = [chance.uniform(-1, 1), chance.uniform(-1e30, 1e30), 1e-9, 7.5, 0.0, 1e20, 1e21]
        return chance.choice(doubles)
    if kind == 5:
        return chance.randbytes(chance.choice([0, 1, 50]))
    if kind in {6, 7}:
        return chance.choice(TEXTS)
    if kind == 8:
        return [random_value(chance, depth + 1) for _ in range(chance.randint(0, 3))]
    return {chance.choice(KEYS): random_value(chance, depth + 1) for _ in range(chance.randint(0, 3))}


def random_attributes(chance: random.Random) -> Attributes:
    made = {chance.choice(KEYS): random_value(chance) for _ in range(chance.choice([0, 0, 1, 2, 5]))}
    # A double that is no IPv4 address becomes one in Jaeger as the processor's instruction has it; Jaeger's v3 crashes
    # where the SDK's name is a list, a map or bytes in both span and resource.
    made |= {key: 7.9 for key, value in made.items() if key in IP_KEYS and isinstance(value, float)}
    made |= {key: b"\x0a\x00\x00\x01" for key, value in made.items() if key in IP_KEYS and isinstance(value, bytes)}
    return made | ({"telemetry.sdk.name": chance.choice(TEXTS)} if "telemetry.sdk.name" in made else {})


def random_span(chance: random.Random, make: Maker, number: int) -> Span:
    at = chance.choice([0, number * MILLISECOND, -number * SECOND, chance.randint(-SECOND, SECOND)])
    parent = (
        f"{chance.randrange(number)}" if number and chance.random() < 0.8 else chance.choice(["", "", "never sent"])
    )
    other = make.span_id(f"{chance.randrange(5)}")
    return make.span(
        f"{number}",
        parent,
        at=at,
        lasts=chance.choice(LENGTHS),
        name=chance.choice(OPERATIONS),
        kind=chance.randrange(6),
        attributes=random_attributes(chance),
        status=Status(code=chance.choice([0, 0, 1, 2]), message=chance.choice(["", "", "why"])),  # type: ignore[arg-type]
        events=[
            event(chance.choice(["", "e", "event"]), make.base + chance.randint(0, SECOND), random_attributes(chance))
            for _ in range(chance.choice([0, 0, 1, 3]))
        ],
        links=[
            link(chance.choice([make.trace_id(), make.trace_id("else")]), other, random_attributes(chance))
            for _ in range(chance.choice([0, 0, 0, 2]))
        ],
        trace_state=chance.choice(["", "", "a=b"]),
        flags=chance.choice([0, 0x101, 0x301]),
    )


def random_trace(chance: random.Random, make: Maker) -> list[bytes]:
    """One to twelve spans over some resources and scopes, in one to three requests, in any order."""
    made = [random_span(chance, make, number) for number in range(chance.choice([1, 2, 5, 12]))]
    chance.shuffle(made)
    size = chance.choice([3, 6, 12])
    bodies = []
    for at in range(0, len(made), size):
        about = InstrumentationScope(name=chance.choice(["", "lib"]), version=chance.choice(["", "1"]))
        attributes = {"service.name": chance.choice(SERVICES)} | random_attributes(chance)
        bodies.append(request(resource(attributes, scope(made[at : at + size], about))))
    return bodies


@pytest.fixture(scope="module")
def sent(base: int) -> dict[str, list[bytes]]:
    chance = random.Random(SEED)
    makers = [Maker(f"random {number}", base + number * SECOND) for number in range(TRACES)]
    return {make.trace_id().hex(): random_trace(chance, make) for make in makers}


@pytest.fixture(scope="module", params=[pytest.param("both", marks=pytest.mark.realstack)])
def filled(
    binaries: Binaries, tmp_path_factory: pytest.TempPathFactory, sent: dict[str, list[bytes]]
) -> Iterator[Both]:
    """Both, which the tests share: the last one changes what the real one has."""
    with real_jaeger(binaries) as real, embedded_backend(tmp_path_factory.mktemp("random")) as embedded:
        for bodies in sent.values():
            for body in bodies:
                real.export(body)
                embedded.export(body)
        yield Both(real, embedded)


def test_random_traces(filled: Both, sent: dict[str, list[bytes]]) -> None:
    for trace_id in sent:
        filled.agree(f"/api/traces/{trace_id}", None, traces)
        filled.agree(f"/api/traces/{trace_id}", {"raw": "true"}, lambda answer: traces(answer, raw=True))
        filled.agree(f"/api/v3/traces/{trace_id}", {"raw_traces": "true"}, spans)


def random_question(chance: random.Random, base: int) -> dict[str, str]:
    """A search with all that may be asked for, mostly little of it."""
    asked = {"service": chance.choice(SERVICES), "limit": str(TRACES)}

    def maybe(name: str, value: str, likely: float = 0.25) -> None:
        if chance.random() < likely:
            asked[name] = value

    maybe("operation", chance.choice(OPERATIONS))
    maybe("minDuration", chance.choice(DURATIONS))
    maybe("maxDuration", chance.choice(DURATIONS))
    maybe("start", str(base // 1_000 + chance.randint(-10, TRACES) * 1_000_000))
    maybe("end", str(base // 1_000 + chance.randint(-10, TRACES) * 1_000_000))
    wanted = {chance.choice(KEYS): chance.choice(TEXTS) for _ in range(chance.choice([1, 1, 2]))}
    maybe("tags", json.dumps(wanted), 0.5)
    maybe("raw", chance.choice(["true", "false"]))
    return asked


DURATIONS = ["1ns", "999ns", "1us", "1.001µs", "1ms", "7ms", "7.000001ms", "1s", "1m1s", "1h0m1s", "2h", "-1s", "0"]


def without_links(found: Any) -> Any:
    """Ours also looks into the attributes of links (test_differences.py): leave out traces that have some."""
    data = [trace for trace in found["data"] or [] if not has_link(trace)]
    return found | {"data": data}


def has_link(trace: Any) -> bool:
    return any(
        len(span["references"]) > 1 or any(each["refType"] == "FOLLOWS_FROM" for each in span["references"])
        for span in trace["spans"]
    )


def comparable(answer: Any) -> Any:
    return without_links(traces(answer)) if answer["data"] is not None else without_words(answer)


def test_random_searches(filled: Both, base: int) -> None:
    chance = random.Random(SEED)
    hits = 0
    for _ in range(SEARCHES):
        asked = random_question(chance, base)
        try:
            hits += bool(filled.agree("/api/traces", asked, comparable)["data"])
        except AssertionError as error:
            raise AssertionError(f"{asked}\n{error}") from error
    assert hits > SEARCHES // 10


def test_random_traces_adjusted_by_v3(filled: Both, sent: dict[str, list[bytes]]) -> None:
    """Each asked for once: to ask the real one changes what it has."""
    for trace_id in sent:
        expected: Answer = filled.real.get(f"/api/v3/traces/{trace_id}")
        assert_equal(filled.embedded.get(f"/api/v3/traces/{trace_id}"), expected, spans)
