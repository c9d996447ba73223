"""v3 of the query API, `/api/v3/…`, used by the newest Jaeger UI. Traces are OTLP JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain

from flask import Flask, Response, request

from backend.codec.otlp import Trace
from backend.codec.otlp_json import trace_json
from backend.codec.text import compact_json
from backend.query import parameters
from backend.query.jaeger import adjust_v3
from backend.query.jaeger.summary import summary
from backend.query.outline import Outline
from backend.query.search import Found, operations_of
from backend.query.search_parameters import given, read, read_v3
from backend.query.trace import TraceReader
from backend.store.store import Store
from backend.web.reply import answer, fault, json_reply, json_stream, separated


class V3:
    """The routes, one per method; each raises `ParameterError` for an invalid request."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def register(self, app: Flask) -> None:
        routes: dict[str, Callable[..., Response]] = {
            "/api/v3/services": self.services,
            "/api/v3/operations": self.operations,
            "/api/v3/traces": self.search,
            "/api/v3/traces/<trace_id>": self.trace,
            "/api/v3/trace-summaries": self.summaries,
        }
        answer(app, routes)

    def services(self) -> Response:
        return json_reply({"services": self._store.services()})

    def operations(self) -> Response:
        """The UI requires a kind for each operation; for those without one, Jaeger 2.20 returns internal."""
        operations = operations_of(self._store, request.args.get("service", ""), given(request.args, "spanKind")[1])
        unique = dict.fromkeys((name, kind or "internal") for name, kind in operations)
        return json_reply({"operations": [{"name": name, "spanKind": kind} for name, kind in unique]})

    def search(self) -> Response:
        query = read_v3(request.args)
        reader = TraceReader()
        return _traces((reader.whole_or_parts(requests) for _, requests in Found(self._store, query)), raw=query.raw)

    def trace(self, trace_id: str) -> Response:
        wanted = parameters.named("trace id", parameters.trace_id, trace_id)
        for name in ("startTime", "endTime"):
            read(request.args, name, parameters.moment, 0)  # only validated: an id is enough to get the trace
        raw = read(request.args, "rawTraces", parameters.truth, default=False)
        return _traces([TraceReader().whole_or_parts(self._store.pieces(wanted))], raw=raw)

    def summaries(self) -> Response:
        reader = TraceReader()
        found = Found(self._store, read_v3(request.args))
        outlined = read(request.args, "query.outline", parameters.truth, default=False)
        counted = read(request.args, "query.total", parameters.truth, default=False)

        def texts() -> Iterator[str]:
            yield from separated(
                compact_json(summary(trace_id, reader.parts(requests), Outline() if outlined else None))
                for trace_id, requests in found
            )
            yield f'],"total":{compact_json(found.total())}}}' if counted else "]}"

        return json_stream('{"summaries":[', texts(), "")


def _traces(traces: Iterable[Trace | Iterator[Trace]], *, raw: bool) -> Response:
    parts = (part for trace in traces for part in _adjusted(trace, raw=raw))
    groups = separated(compact_json(group) for part in parts for group in trace_json(part))
    first = next(groups, None)
    if first is None:
        return fault("No traces found", 404)
    return json_stream('{"result":{"resourceSpans":[', chain([first], groups), "]}}")


def _adjusted(trace: Trace | Iterator[Trace], *, raw: bool) -> Iterable[Trace]:
    """The whole trace, or the parts of a large one, adjusted part by part."""
    if isinstance(trace, list):
        return [trace if raw else adjust_v3.adjust(trace)]
    return trace if raw else map(adjust_v3.adjust_alone, trace)
