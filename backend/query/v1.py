"""v1 of the query API, `/api/…`: what older Jaeger UIs, Grafana and most scripts speak."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from flask import request
from werkzeug.routing import BaseConverter

from backend.query import adjust_v1, dependency, jaeger, jaeger_json, otlp, parameter
from backend.query.operations import operations_of
from backend.query.parameter import ParameterError
from backend.query.query import found
from backend.query.reply import envelope, fault
from backend.query.search_v1 import integer, read_search, truth
from backend.query.trace import Reader

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask, Response

    from backend.query.jaeger import JaegerSpan
    from backend.query.trace import Trace
    from backend.store.store import Store

DAY_MS = 24 * 60 * 60 * 1000
_MS = 1_000_000
_METRICS_OFF = "metrics querying is currently disabled"


class _Name(BaseConverter):
    """A service's name, which may have slashes in it, also at its ends."""

    regex = ".+?"
    part_isolating = False


class V1:
    """The routes; each method is one, and raises `ParameterError` for a fault of the asker."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def register(self, app: Flask) -> None:
        routes: dict[str, Callable[..., Response]] = {
            "/api/services": self.services,
            "/api/services/<name:service>/operations": self.operation_names,
            "/api/operations": self.operations,
            "/api/traces": self.search,
            "/api/traces/<trace_id>": self.trace,
            "/api/dependencies": self.dependencies,
            "/api/metrics/<name>": self.metrics,
        }
        app.url_map.converters["name"] = _Name
        app.url_map.merge_slashes = False
        for rule, view in routes.items():
            app.add_url_rule(rule, f"v1_{view.__name__}", view, methods=["GET"])
        app.add_url_rule("/api/transform", "v1_transform", self.transform, methods=["POST"])

    def services(self) -> Response:
        names = self._store.services()
        return envelope(names or None, len(names))

    def operation_names(self, service: str) -> Response:
        names = list(dict.fromkeys(name for name, _ in self._store.operations(service)))
        return envelope(names or None, len(names))

    def operations(self) -> Response:
        service = request.args.get("service", "")
        if not service:
            raise ParameterError("parameter 'service' is required")
        operations = operations_of(self._store, service, request.args.get("spanKind", ""))
        return envelope([{"name": name, "spanKind": kind} for name, kind in operations], len(operations))

    def search(self) -> Response:
        asked = read_search(request.args)
        if asked.trace_ids:
            return self._traces(asked.trace_ids, raw=asked.query.raw)
        reader = Reader()
        traces = [reader.read(requests) for _, requests in found(self._store, asked.query)]
        return envelope([_json(trace, raw=asked.query.raw) for trace in traces])

    def _traces(self, trace_ids: tuple[bytes, ...], *, raw: bool) -> Response:
        reader, reading = Reader(), self._store.reading()
        data: list[object] = []
        errors: list[dict[str, object]] = []
        for trace_id in trace_ids:
            trace = reader.read(reading.trace(trace_id))
            if trace:
                data.append(_json(trace, raw=raw))
            else:
                errors.append({"msg": "trace not found", "traceID": jaeger_json.hex_trace_id(trace_id)})
        return envelope(data, errors=errors)

    def trace(self, trace_id: str) -> Response:
        wanted = parameter.trace_id_of_path(trace_id)
        integer(request.args, "start", 0)  # only checked: whoever knows the id gets the trace
        integer(request.args, "end", 0)
        raw = truth(request.args, "raw")
        trace = Reader().read(self._store.trace(wanted))
        return envelope([_json(trace, raw=raw)]) if trace else fault("trace not found", 404)

    def dependencies(self) -> Response:
        end = integer(request.args, "endTs", time.time_ns() // _MS)
        lookback = integer(request.args, "lookback", DAY_MS)
        if lookback < 0:
            raise ParameterError("end time must be greater than start time")
        service = request.args.get("service", "")
        shown = dependency.with_statistics if truth(request.args, "stats") else dependency.as_in_jaeger
        calls = self._store.calls(parameter.clamped((end - lookback) * _MS), parameter.clamped(end * _MS))
        return envelope([shown(one) for one in calls if not service or service in {one.parent, one.child}])

    def metrics(self, name: str) -> Response:  # noqa: ARG002 - Flask names it
        return fault(_METRICS_OFF, 501)

    def transform(self) -> Response:
        """OTLP JSON in, the traces envelope out; nothing is kept."""
        try:
            trace = otlp.from_json(request.get_data())
        except otlp.OtlpError as error:
            raise ParameterError(f"cannot unmarshal OTLP : {error}") from error
        by_id: dict[bytes, list[JaegerSpan]] = {}
        for span in jaeger.from_otlp(trace):
            by_id.setdefault(span.trace_id, []).append(span)
        return envelope([jaeger_json.to_json(spans) for spans in by_id.values()])


def _json(trace: Trace, *, raw: bool) -> object:
    converted = jaeger.from_otlp(trace)
    return jaeger_json.to_json(converted if raw else adjust_v1.adjust(converted))
