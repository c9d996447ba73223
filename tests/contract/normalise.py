"""The permitted differences between two equivalent responses. Everything else must be equal.

- The order of traces, of spans in a trace, of tags, services, operations and dependencies: Jaeger keeps them in Go maps
  with random order. References, log entries, span warnings and the spans of a raw trace must keep their order.
- Which process is `p1`, `p2`, ...
- How numbers are written: 1 and 1.0 are equal in JSON, and beyond 2^53 a number becomes the nearest double. Integers
  beyond that are strings in both APIs and compared exactly.
- Which of several spans with the same id has the warnings: Jaeger iterates over a Go map and warns about all but the
  first one it sees.
- OTLP JSON (v3): the grouping of spans by resource and scope, the order of attributes, and whether empty entries
  (`"attributes": []`, `"status": {}`) are present. They are equivalent in OTLP JSON.
- White space between JSON tokens, and the newline after an error's body.
"""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

Json = Any
MISSING = "(missing)"
SHOWN = 600


def canonical(answer: Json) -> str:
    """A text that is equal for equal JSON, for sorting and comparison."""
    return json.dumps(answer, sort_keys=True, ensure_ascii=False)


def in_order(entries: list[Json]) -> list[Json]:
    return sorted(entries, key=canonical)


def numbers(answer: Json) -> Json:
    """Convert numbers as JavaScript would; bools stay bools, although in Python True equals 1."""
    if isinstance(answer, dict):
        return {key: numbers(entry) for key, entry in answer.items()}
    if isinstance(answer, list):
        return [numbers(entry) for entry in answer]
    if isinstance(answer, float) and answer.is_integer():
        return int(answer)
    if isinstance(answer, int) and abs(answer) > 2**53:
        return int(float(answer))
    return answer


def listing(envelope: Json) -> Json:
    """Services, operations, dependencies."""
    data = envelope["data"]
    return numbers(envelope | {"data": in_order(data) if isinstance(data, list) else data})


def traces(envelope: Json, *, raw: bool = False) -> Json:
    """An envelope of traces; the contents of a raw trace keep their order."""
    data = envelope["data"]
    if data is not None:
        data = sorted((trace(each, raw=raw) for each in numbers(data)), key=lambda each: str(each["traceID"]))
    return envelope | {"data": data}


def trace(found: Json, *, raw: bool = False) -> Json:
    processes = {key: process(entry, raw=raw) for key, entry in found["processes"].items()}
    new_names = {
        old: f"p{place}" for place, old in enumerate(sorted(processes, key=lambda key: canonical(processes[key])), 1)
    }
    spans = [each | {"processID": new_names[each["processID"]]} for each in found["spans"]]
    return found | {
        "processes": {new_names[old]: entry for old, entry in processes.items()},
        "spans": spans if raw else in_order(pool_warnings([sort_tags(each) for each in spans])),
    }


def process(found: Json, *, raw: bool) -> Json:
    return found if raw else found | {"tags": in_order(found["tags"])}


def sort_tags(span: Json) -> Json:
    logs = [entry | {"fields": in_order(entry["fields"])} for entry in span["logs"]]
    return span | {"tags": in_order(span["tags"]), "logs": logs}


def pool_warnings(spans: list[Json]) -> list[Json]:
    """Give all spans with the same id their combined warnings."""
    of_id: dict[str, list[str]] = defaultdict(list)
    copies: dict[str, int] = defaultdict(int)
    for each in spans:
        copies[each["spanID"]] += 1
        of_id[each["spanID"]] += each["warnings"] or []
    return [
        each | {"warnings": sorted(of_id[each["spanID"]])} if copies[each["spanID"]] > 1 else each for each in spans
    ]


def otlp(answer: Json) -> list[Json]:
    """The spans of OTLP JSON, each with its resource and scope, in canonical order."""
    spans = [
        {
            "resource": resource_spans.get("resource", {}),
            "resourceSchemaUrl": resource_spans.get("schemaUrl", ""),
            "scope": scope_spans.get("scope", {}),
            "scopeSchemaUrl": scope_spans.get("schemaUrl", ""),
            "span": span,
        }
        for resource_spans in answer["result"].get("resourceSpans", [])
        for scope_spans in resource_spans.get("scopeSpans", [])
        for span in scope_spans.get("spans", [])
    ]
    return in_order([without_empty(sort_attributes(numbers(span))) for span in spans])


def sort_attributes(entry: Json) -> Json:
    if isinstance(entry, dict):
        return {key: in_order(inner) if key == "attributes" else sort_attributes(inner) for key, inner in entry.items()}
    return [sort_attributes(inner) for inner in entry] if isinstance(entry, list) else entry


def without_empty(entry: Json) -> Json:
    """Remove empty members of messages; keeps attribute values unchanged."""
    if isinstance(entry, dict):
        kept = {key: inner if key == "attributes" else without_empty(inner) for key, inner in entry.items()}
        return {key: inner for key, inner in kept.items() if inner not in ("", [], {}, 0) or inner is False}
    return [without_empty(inner) for inner in entry] if isinstance(entry, list) else entry


def without_words(answer: Json) -> Json:
    """Reduce errors to their codes, since each back end has its own messages."""
    if "error" in answer:
        return answer["error"]["httpCode"]
    faults = [fault.get("code", fault) for fault in answer["errors"] or []]
    return answer | {"errors": faults}


def differences(expected: Json, got: Json, where: str = "answer") -> list[str]:
    """The differences between two responses, one line each."""
    if isinstance(expected, dict) and isinstance(got, dict):
        keys = [*expected, *(key for key in got if key not in expected)]
        return [
            line
            for key in keys
            for line in differences(expected.get(key, MISSING), got.get(key, MISSING), f"{where}.{key}")
        ]
    if isinstance(expected, list) and isinstance(got, list) and len(expected) == len(got):
        places = enumerate(zip(expected, got, strict=True))
        return [line for place, (one, other) in places for line in differences(one, other, f"{where}[{place}]")]
    if canonical(expected) == canonical(got):
        return []
    return [f"{where}\n  real:     {canonical(expected)[:SHOWN]}\n  embedded: {canonical(got)[:SHOWN]}"]
