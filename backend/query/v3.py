"""v3 of the query API, `/api/v3/…`: what the newest Jaeger UI speaks. Traces are OTLP JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request

from backend.query import adjust_v3, otlp, parameter
from backend.query.moment import moment
from backend.query.operations import operations_of
from backend.query.parameter import ParameterError
from backend.query.query import found
from backend.query.reply import fault, json_reply
from backend.query.search_v3 import named, read, read_search
from backend.query.summary import summary
from backend.query.trace import Reader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from flask import Flask, Response

    from backend.query.trace import Trace
    from backend.store.store import Store


class V3:
    """The routes; each method is one, and raises `ParameterError` for a fault of the asker."""

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
        for rule, view in routes.items():
            app.add_url_rule(rule, f"v3_{view.__name__}", view, methods=["GET"])

    def services(self) -> Response:
        return json_reply({"services": self._store.services()})

    def operations(self) -> Response:
        """The UI wants a kind for each operation; for those without one, Jaeger 2.20 says internal."""
        operations = operations_of(self._store, request.args.get("service", ""), named(request.args, "spanKind")[1])
        unique = dict.fromkeys((name, kind or "internal") for name, kind in operations)
        return json_reply({"operations": [{"name": name, "spanKind": kind} for name, kind in unique]})

    def search(self) -> Response:
        query = read_search(request.args)
        reader = Reader()
        return _traces((reader.read(requests) for _, requests in found(self._store, query)), raw=query.raw)

    def trace(self, trace_id: str) -> Response:
        try:
            wanted = parameter.trace_id_of_path(trace_id)
        except ParameterError as error:
            raise ParameterError(f"malformed parameter trace_id: {error}") from error
        for name in ("startTime", "endTime"):
            read(request.args, name, moment)  # only checked: whoever knows the id gets the trace
        raw = read(request.args, "rawTraces", parameter.truth) or False
        return _traces([Reader().read(self._store.trace(wanted))], raw=raw)

    def summaries(self) -> Response:
        reader = Reader()
        found_traces = found(self._store, read_search(request.args))
        return json_reply(
            {"summaries": [summary(trace_id, reader.read(requests)) for trace_id, requests in found_traces]}
        )


def _traces(traces: Iterable[Trace], *, raw: bool) -> Response:
    groups = [group for trace in traces for group in otlp.to_json(trace if raw else adjust_v3.adjust(trace))]
    return json_reply({"result": {"resourceSpans": groups}}) if groups else fault("No traces found", 404)
