"""The export: everything that came in, in lines that can be imported."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from backend.codec.otlp import decode
from backend.codec.otlp_json import from_json
from tests.contract.backends import recent_base
from tests.contract.corpus import corpus
from tests.contract.otlp import SECOND, service

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.contract.corpus import Maker
    from tests.unit.backend.query.conftest import Api


def lines(api: Api, **parameters: object) -> list[bytes]:
    answer = api.ask("/api/export", **parameters)
    assert (answer.status_code, answer.mimetype) == (200, "application/x-ndjson")
    data: bytes = answer.data
    return data.splitlines()


def test_what_is_exported_and_imported_is_the_same(make_api: Callable[[], Api]) -> None:
    source, copy = make_api(), make_api()
    for case in corpus(recent_base()).values():
        for body in case.requests:
            decoded = decode(body)
            source.store.append(decoded.body, decoded.spans)
    exported = lines(source)
    assert len(exported) > 20
    for line in exported:
        decoded = decode(from_json(line).SerializeToString())
        assert not decoded.rejected
        copy.store.append(decoded.body, decoded.spans)
    assert sorted(lines(copy)) == sorted(exported)


def test_nothing_is_repaired(api: Api, make: Maker) -> None:
    api.put(service("", make.span("backwards", "gone", lasts=-SECOND)))
    (line,) = lines(api)
    (group,) = json.loads(line)["resourceSpans"]
    assert group["resource"]["attributes"] == [{"key": "service.name", "value": {"stringValue": ""}}]
    (span,) = group["scopeSpans"][0]["spans"]
    assert (span["endTimeUnixNano"], "attributes" in span) == (str(make.base - SECOND), False)


def test_a_line_is_a_trace_and_a_search_chooses(api: Api, make: Maker) -> None:
    year = 365 * 24 * 60 * 60 * SECOND
    for name, at in (("new", 0), ("old", -year), ("newest", SECOND)):
        api.put(service(name, make.span(name, trace=name, at=at)))
        api.put(service(name, make.span(f"{name} child", name, trace=name, at=at)))
    assert len(lines(api)) == 3
    assert len(lines(api, service="old")) == 1
    assert len(lines(api, limit=2)) == 2
    assert len(lines(api, traceID=make.trace_id("new").hex())) == 1
    assert lines(api, traceID="abc") == []
    assert lines(api, service="nobody") == []
    assert api.ask("/api/export", limit="x").status_code == 400
