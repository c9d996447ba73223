"""What the OTLP receiver answers, and what is there afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import grpc
import pytest

from tests.contract.backends import EXPORT
from tests.contract.corpus import Maker
from tests.contract.otlp import request, service

if TYPE_CHECKING:
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

    from tests.contract.backends import Backend

HEALTH = "/grpc.health.v1.Health/Check"


def export_fails(spare: Backend, body: bytes) -> grpc.StatusCode:
    with pytest.raises(grpc.RpcError) as caught:
        spare.export(body)
    code: grpc.StatusCode = caught.value.code()
    return code


@pytest.mark.parametrize("body", [b"\xff\xff", b"hello", b"\x0a\x05\x0a", b"\x0a\x04\x12\x02\x12\x00"[:-1]], ids=repr)
def test_what_is_no_protobuf_is_refused(spare: Backend, body: bytes) -> None:
    """With a status that no exporter tries again on."""
    assert export_fails(spare, body) in {grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.INTERNAL}


def test_an_empty_request_is_fine(spare: Backend) -> None:
    assert spare.export(b"").partial_success.rejected_spans == 0


def test_what_is_stored_is_there_at_once(spare: Backend, base: int) -> None:
    """Ten times: asked for right after the answer."""
    make = Maker("at_once", base)
    for number in range(10):
        spare.export(request(service("at_once", make.span("x", trace=str(number)))))
        assert spare.spans_of(make.trace_id(str(number)).hex()) == 1


def test_compressed_requests(spare: Backend, base: int) -> None:
    make = Maker("compressed", base)
    body = request(service("compressed", make.span("x", attributes={"long": 10_000 * "x"})))
    spare.call(EXPORT, body, grpc.Compression.Gzip)
    assert spare.spans_of(make.trace_id().hex()) == 1


def test_health(embedded: Backend) -> None:
    """The standard service; SERVING is 1."""
    assert embedded.call(HEALTH, b"") == b"\x08\x01"


def test_other_services_are_unimplemented(spare: Backend) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        spare.call("/opentelemetry.proto.collector.profiles.v1development.ProfilesService/Export", b"")
    assert caught.value.code() == grpc.StatusCode.UNIMPLEMENTED


def rejected(answer: ExportTraceServiceResponse) -> tuple[int, bool]:
    return answer.partial_success.rejected_spans, bool(answer.partial_success.error_message)


BAD_IDS: list[dict[str, bytes]] = [
    {"trace_id": bytes(16)},
    {"trace_id": b""},
    {"trace_id": b"\1" * 15},
    {"trace_id": b"\1" * 17},
    {"span_id": bytes(8)},
    {"span_id": b""},
    {"span_id": b"\1" * 7},
    {"span_id": b"\1" * 9},
]


@pytest.mark.parametrize("ids", BAD_IDS, ids=str)
def test_spans_without_ids_are_rejected_and_the_others_kept(ours: Backend, base: int, ids: dict[str, Any]) -> None:
    make = Maker(f"bad ids {ids}", base)
    bad, good = make.span("bad", trace="bad", **ids), make.span("good", trace="good")
    assert rejected(ours.export(request(service("bad_ids", bad, good, bad)))) == (2, True)
    assert ours.spans_of(make.trace_id("good").hex()) == 1


def test_a_retry_is_stored_once(embedded: Backend, cases: dict[str, Any]) -> None:
    (trace_id,) = cases["retry"].expects
    assert embedded.spans_of(trace_id) == 2


def test_a_request_of_many_spans_is_taken(spare: Backend, base: int) -> None:
    """Near the four megabytes that gRPC allows by default."""
    make = Maker("large", base)
    spans = [make.span(f"{number}", attributes={"text": 35_000 * "x"}) for number in range(100)]
    body = request(service("large", *spans))
    assert 3_500_000 < len(body) < 4 << 20
    spare.export(body)
    assert spare.spans_of(make.trace_id().hex()) == len(spans)


def test_a_request_that_is_too_large_is_refused(spare: Backend) -> None:
    """With the status that tells an exporter to give up."""
    assert export_fails(spare, bytes(80 << 20)) == grpc.StatusCode.RESOURCE_EXHAUSTED
