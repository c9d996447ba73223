"""The corpus for both back ends: OTLP requests with constant ids and times relative to a base."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import InstrumentationScope, KeyValue
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, Span, Status

from tests.contract.otlp import (
    MICROSECOND,
    MILLISECOND,
    SECOND,
    Attributes,
    Value,
    error,
    event,
    field,
    link,
    pairs,
    request,
    resource,
    scope,
    service,
    span_id,
    trace_id,
    with_raw_attributes,
)

if TYPE_CHECKING:
    from collections.abc import Callable

DEPTH = 200
MANY = 600
SERIES = 25
KINDS = range(6)


@dataclass(frozen=True)
class Case:
    """Requests that belong together; `expects` is the final number of spans per trace."""

    name: str
    requests: tuple[bytes, ...]
    expects: dict[str, int]


class Maker:
    """Builds one case: its services are named after it, and ids are derived from names."""

    def __init__(self, name: str, base: int) -> None:
        self.name = name
        self.base = base

    def service(self, suffix: str = "") -> str:
        return f"{self.name}-{suffix}" if suffix else self.name

    def trace_id(self, trace: str = "") -> bytes:
        return trace_id(f"{self.name}/{trace}")

    def span_id(self, name: str) -> bytes:
        return span_id(f"{self.name}//{name}")

    def span(  # noqa: PLR0913 - a span has that many fields
        self,
        key: str,
        parent: str = "",
        /,
        at: int = 0,
        lasts: int = 10 * MILLISECOND,
        trace: str = "",
        *,
        attributes: Attributes | None = None,
        **rest: object,
    ) -> Span:
        """A span that starts `at` ns after the base; parents and ids are given by key; `rest` are fields of Span."""
        values: dict[str, object] = {
            "trace_id": self.trace_id(trace),
            "span_id": self.span_id(key),
            "parent_span_id": self.span_id(parent) if parent else b"",
            "name": key,
            "kind": Span.SPAN_KIND_INTERNAL,
            "start_time_unix_nano": self.base + at,
            "end_time_unix_nano": self.base + at + lasts,
            "attributes": pairs(attributes or {}),
        }
        return Span(**(values | rest))  # type: ignore[arg-type]


def pair(make: Maker) -> list[bytes]:
    """What this repository's client and server send: the server's batch arrives first."""
    sdk: Attributes = {
        "telemetry.sdk.language": "python",
        "telemetry.sdk.name": "opentelemetry",
        "telemetry.sdk.version": "1.45.1",
        "service.instance.id": "6f1d3c0e-5d5b-4f8e-9a43-0d9a1f9d8c11",
    }
    http: Attributes = {
        "http.request.method": "GET",
        "http.response.status_code": 200,
        "network.protocol.version": "1.1",
    }
    asked = make.span(
        "GET",
        at=0,
        lasts=12 * MILLISECOND,
        kind=Span.SPAN_KIND_CLIENT,
        flags=0x101,
        attributes=http | {"url.full": "http://localhost:8080/", "server.address": "localhost", "server.port": 8080},
    )
    served = make.span(
        "GET /",
        "GET",
        at=2 * MILLISECOND,
        lasts=5 * MILLISECOND,
        kind=Span.SPAN_KIND_SERVER,
        flags=0x301,
        attributes=http | {"http.route": "/", "url.path": "/", "url.scheme": "http"},
    )
    return [
        request(
            resource(
                sdk | {"service.name": make.service(role)},
                scope([span], InstrumentationScope(name=f"opentelemetry.instrumentation.{library}", version="0.66b1")),
            )
        )
        for role, library, span in (("server", "flask", served), ("client", "requests", asked))
    ]


def errors(make: Maker) -> list[bytes]:
    exception = event(
        "exception",
        make.base + 7 * MILLISECOND,
        {
            "exception.type": "ValueError",
            "exception.message": "no such thing",
            "exception.stacktrace": 'Traceback (most recent call last):\n  File "x.py", line 1\nValueError: no\n',
            "exception.escaped": "False",
        },
    )
    return [
        request(
            service(
                make.service(),
                make.span(
                    "root", lasts=30 * MILLISECOND, status=error("ValueError: no such thing"), events=[exception]
                ),
                make.span("without words", "root", at=1, status=error()),
                make.span("fine", "root", at=2, status=Status(code=Status.STATUS_CODE_OK)),
                make.span("fine with words", "root", at=3, status=Status(code=Status.STATUS_CODE_OK, message="very")),
                make.span("unset with words", "root", at=4, status=Status(message="neither")),
            )
        )
    ]


def events(make: Maker) -> list[bytes]:
    """Named, unnamed, without time, out of order, duplicate, and with an attribute with the name's key."""
    sent = [
        event("second", make.base + 2 * MILLISECOND, {"n": 2, "a": "sorted first"}, dropped=3),
        event("first", make.base + MILLISECOND + 999),
        event("", make.base + 3 * MILLISECOND, {"without": "name"}),
        event("never", 0),
        event("named", make.base, {"event": "by its attribute", "aaa": 1}),
        event("numbered", make.base, {"event": 7}),
        event("twin", make.base, {"x": True}),
        event("twin", make.base, {"x": True}),
    ]
    return [request(service(make.service(), make.span("root", events=sent, dropped_events_count=4)))]


def links(make: Maker) -> list[bytes]:
    own = make.trace_id()
    return [
        request(
            service(
                make.service(),
                make.span("root", lasts=SECOND),
                make.span(
                    "to others",
                    "root",
                    at=1,
                    links=[
                        link(make.trace_id("other"), make.span_id("a"), {"why": "batch"}, trace_state="k=v"),
                        link(make.trace_id("other"), make.span_id("b"), {"opentracing.ref_type": "child_of"}),
                        link(own, make.span_id("root sibling"), dropped_attributes_count=2, flags=0x101),
                    ],
                    dropped_links_count=1,
                ),
                make.span("to its parent", "root", at=2, links=[link(own, make.span_id("root"))]),
                make.span(
                    "to its parent as a parent",
                    "root",
                    at=3,
                    links=[link(own, make.span_id("root"), {"opentracing.ref_type": "child_of"})],
                ),
                make.span("only links", at=4, links=[link(own, make.span_id("root"))]),
                make.span(
                    "foreign first",
                    at=5,
                    links=[
                        link(make.trace_id("other"), make.span_id("c")),
                        link(own, make.span_id("root"), {"opentracing.ref_type": "child_of"}),
                    ],
                ),
            )
        )
    ]


def nowhere(make: Maker) -> list[bytes]:
    """A link without a trace id."""
    bad = [link(bytes(16), make.span_id("x")), link(make.trace_id("other"), bytes(8))]
    return [request(service(make.service(), make.span("root", links=bad)))]


TYPES: Attributes = {
    "string": "text",
    "string.empty": "",
    "bool.true": True,
    "bool.false": False,
    "int": 42,
    "double": 3.25,
    "double.whole": 3.0,
    "bytes": bytes(range(256)),
    "bytes.empty": b"",
    "bytes.long": b"\xfe" * 300,
    "array": ["a", "b"],
    "array.mixed": ["a", True, -1, 0.5, b"\x00\xff", None, [1], {"k": "v"}],
    "array.empty": [],
    "map": {"b": 1, "a": [1, 2.5, "three"], "c": {"d": {"e": b"\x01"}}},
    "map.empty": {},
    "map.html": {"<&>": "\u2028 'quoted' \"twice\" \\"},
    "empty": None,
}


def types(make: Maker) -> list[bytes]:
    """Every type of value, everywhere that attributes occur."""
    about = InstrumentationScope(name="typed", version="1", attributes=pairs(TYPES))
    span = make.span(
        "typed",
        attributes=TYPES,
        events=[event("typed", make.base, TYPES)],
        links=[link(make.trace_id("other"), make.span_id("x"), TYPES)],
    )
    return [request(resource(TYPES | {"service.name": make.service()}, scope([span], about)))]


def numbers(make: Maker) -> list[bytes]:
    integers = [2**63 - 1, -(2**63), 2**53 - 1, 2**53, 2**53 + 1, -(2**53) + 1, -(2**53), -(2**53) - 1, 0, -1, 2**31]
    doubles = [
        0.1,
        1.0,
        100.0,
        1e20,
        1e21,
        1e22,
        1e-6,
        1e-7,
        5e-324,
        1.7976931348623157e308,
        -1.5,
        2.0**63,
        123456789.125,
    ]
    attributes: Attributes = {f"int.{number}": number for number in integers}
    attributes |= {f"double.{number!r}": number for number in doubles}
    attributes |= {"ints": [*integers], "doubles": [*doubles], "map": {"int": 2**63 - 1, "double": 1e21}}
    return [
        request(resource(attributes | {"service.name": make.service()}, scope([make.span("n", attributes=attributes)])))
    ]


def nesting(make: Maker) -> list[bytes]:
    """A chain of spans, each a child of the previous one."""
    names = [f"level {level}" for level in range(DEPTH)]
    spans = [
        make.span(name, parent, at=level * MICROSECOND, lasts=SECOND - 2 * level * MICROSECOND)
        for level, (parent, name) in enumerate(zip(["", *names], names, strict=False))
    ]
    return [request(service(make.service(), *spans))]


def deep_values(make: Maker) -> list[bytes]:
    """Lists and maps nested deeper than protobuf's Python library can parse."""
    array = field(1, b"bottom")
    for _ in range(DEPTH):
        array = field(5, field(1, array))
    nested = field(1, b"bottom")
    for _ in range(DEPTH):
        nested = field(6, field(1, field(1, b"k"), field(2, nested)))
    attributes = [field(1, key) + field(2, entry) for key, entry in ((b"arrays", array), (b"maps", nested))]
    return [with_raw_attributes(make.service(), make.span("deep"), attributes)]


def unicode(make: Maker) -> list[bytes]:
    attributes: Attributes = {
        "ключ": "значение",
        "emoji": "👩‍👩‍👧‍👦 🚀",
        "rtl": "שלום עולם",
        "combining": "e\u0301 ≠ é",
        "controls": "\x00\x01\x1f\x7f\t\n\r",
        "separators": "\u2028\u2029\ufeff",
        "html": "<script>alert('&')</script>",
        "quotes": "\"'\\",
        "": "an empty key",
        "last": "\U0010ffff\uffff",
        "long": "ü" * 50_000,
    }
    names = ["GET /größe/✓", "", " ", "a/b?c=d&e#f%20", "x" * 2_000]
    spans = [
        make.span(name or "empty", at=place, name=name, attributes=attributes if place == 0 else {})
        for place, name in enumerate(names)
    ]
    return [
        request(service(make.service("日本"), *spans)),
        request(service(make.service("a b/c?d&e+f%25"), make.span("in odd service", names[0], at=1))),
        request(service("//unicode//slashes/", make.span("in a path", names[0], at=2))),
    ]


def bad_utf8(make: Maker) -> list[bytes]:
    """Invalid UTF-8: protobuf forbids it, but programs send it."""
    attribute = field(1, b"value") + field(2, field(1, b"caf\xe9"))
    return [with_raw_attributes(make.service(), make.span("latin-1"), [attribute])]


def skew(make: Maker) -> list[bytes]:
    """Children outside of their parents' times, on the same and on other hosts."""
    resources: list[ResourceSpans] = []
    about_hosts: dict[str, Attributes] = {
        "none": {},
        "text": {"ip": "10.0.0.1"},
        "number": {"ip": 0x0A000001},
        "double": {"ip": 167772161.0, "peer.ipv4": 3.0},
        "bytes": {"ip": b"\x0a\x00\x00\x01"},
        "otel": {"host.name": "here", "host.ip": ["10.0.0.1"], "host.id": "1"},
    }
    for name, attributes in about_hosts.items():
        about = {"service.name": make.service(name)} | attributes
        root = make.span("root", trace=name, at=SECOND, lasts=100 * MILLISECOND, attributes=attributes)
        kids = {
            "before": (-SECOND, 10 * MILLISECOND),
            "overlaps start": (SECOND - 5 * MILLISECOND, 10 * MILLISECOND),
            "overlaps end": (SECOND + 95 * MILLISECOND, 10 * MILLISECOND + 1),
            "after": (3 * SECOND + 1_500, 7 * MICROSECOND),
            "longer and before": (SECOND - 1, SECOND),
            "longer and within": (SECOND + 1, SECOND),
            "much before": (-7_201 * SECOND, SECOND // 1_000),
        }
        spans = [root]
        for kid, (at, lasts) in kids.items():
            spans.append(make.span(kid, "root", trace=name, at=at, lasts=lasts, events=[event("e", make.base + at)]))
            spans.append(make.span(f"below {kid}", kid, trace=name, at=at - MILLISECOND, lasts=MICROSECOND))
        resources.append(resource(about, scope(spans)))
    far = make.span("far", "root", trace="text", at=0, lasts=MILLISECOND)
    resources.append(resource({"service.name": make.service("elsewhere"), "ip": "10.0.0.2"}, scope([far])))
    return [request(*resources)]


def hosts(make: Maker) -> list[bytes]:
    """Children of a span on 10.0.0.1, from the same and from other hosts, with all types of `ip`."""
    ips: dict[str, Value] = {
        "text": "10.0.0.1",
        "other text": "10.0.0.2",
        "no address": "nowhere",
        "empty text": "",
        "number": 0x0A000001,
        "other number": 0x0A000002,
        "wrapped number": 2**32 + 0x0A000001,
        "negative number": -1,
        "double": float(0x0A000001),
        "four bytes": b"\x0a\x00\x00\x01",
        "four other bytes": b"\x0a\x00\x00\x02",
        "sixteen bytes": bytes(10) + b"\xff\xff\x0a\x00\x00\x01",
        "version 6": bytes(15) + b"\x01",
        "five bytes": b"\x0a\x00\x00\x01\x00",
        "no bytes": b"",
        "bool": True,
        "list": ["10.0.0.1"],
        "nothing": None,
    }
    root = resource({"service.name": make.service(), "ip": "10.0.0.1"}, scope([make.span("root", lasts=SECOND)]))
    kids = [
        resource(
            {"service.name": make.service(), "ip": ip, "name": name},
            scope([make.span(name, "root", at=-SECOND), make.span(f"below {name}", name, at=-2 * SECOND)]),
        )
        for name, ip in ips.items()
    ]
    return [request(root, *kids)]


def clocks(make: Maker) -> list[bytes]:
    """End before start, zero duration, no times, times that are before 1970 if read as signed, far futures."""
    start, end = make.base, make.base + SECOND
    times = {
        "backwards": (end, start),
        "no length": (start, start),
        "one ns": (start, start + 1),
        "under a microsecond": (start + 500, start + 999),
        "zero": (0, 0),
        "zero start": (0, end),
        "zero end": (start, 0),
        "one": (1, 2),
        "year 2200": (7_258_118_400 * SECOND, 7_258_118_401 * SECOND),
        "last signed": (2**63 - 2, 2**63 - 1),
        "beyond signed": (2**63, 2**63 + SECOND),
        "last": (2**64 - 2, 2**64 - 1),
        "across": (SECOND, 2**64 - 1),
    }
    return [
        request(
            service(
                make.service(),
                make.span(name, trace=name, start_time_unix_nano=start, end_time_unix_nano=end),
            )
        )
        for name, (start, end) in times.items()
    ]


def child_first(make: Maker) -> list[bytes]:
    names = ["a", "b", "c", "d", "e"]
    spans = [
        make.span(name, parent, at=place * MILLISECOND, lasts=(20 - 2 * place) * MILLISECOND)
        for place, (parent, name) in enumerate(zip(["", *names], names, strict=False))
    ]
    return [request(service(make.service(), span)) for span in reversed(spans)]


def services(make: Maker) -> list[bytes]:
    """A trace of four services, with calls and messages, one service on two hosts."""
    shop, billing, queue, mail = (make.service(name) for name in ("shop", "billing", "queue", "mail"))
    ms = MILLISECOND
    return [
        request(
            resource({"service.name": mail, "host.name": "m1"}, scope([
                make.span("send", "publish", at=30 * ms, kind=Span.SPAN_KIND_CONSUMER),
            ])),
            resource({"service.name": mail, "host.name": "m2"}, scope([
                make.span("send again", "publish", at=35 * ms, kind=Span.SPAN_KIND_CONSUMER),
                make.span("render", "send again", at=36 * ms, lasts=ms),
            ])),
        ),
        request(service(shop,
            make.span("POST /order", lasts=100 * ms, kind=Span.SPAN_KIND_SERVER),
            make.span("POST", "POST /order", at=5 * ms, lasts=60 * ms, kind=Span.SPAN_KIND_CLIENT),
        )),
        request(
            service(billing, make.span("POST /bill", "POST", at=7 * ms, lasts=50 * ms, kind=Span.SPAN_KIND_SERVER)),
            service(queue, make.span("publish", "POST /bill", at=20 * ms, lasts=20 * ms, kind=Span.SPAN_KIND_PRODUCER)),
        ),
    ]  # fmt: skip


def many(make: Maker) -> list[bytes]:
    """Several hundred spans, in batches like the SDK's."""
    spans = [make.span("root", lasts=SECOND, kind=Span.SPAN_KIND_SERVER)] + [
        make.span(
            f"work {number}",
            "root" if number < 100 else f"work {number - 100}",
            at=number * MICROSECOND,
            lasts=SECOND - 2 * number * MICROSECOND,
            attributes={"number": number, "half": number / 2, "even": number % 2 == 0},
        )
        for number in range(MANY - 1)
    ]
    return [request(service(make.service(), *spans[at : at + 512])) for at in range(0, MANY, 512)]


def dropped(make: Maker) -> list[bytes]:
    """Dropped counts, trace state, flags, schema URLs, scope attributes: data that only OTLP can represent."""
    span = make.span(
        "lossy",
        attributes={"kept": 1},
        trace_state="vendor=opaque,other=00f067aa0ba902b7",
        flags=0x3FF,
        dropped_attributes_count=1,
        dropped_events_count=2,
        dropped_links_count=3,
        events=[event("e", make.base, {"k": "v"}, dropped=4)],
        links=[link(make.trace_id("other"), make.span_id("x"), {"k": "v"}, dropped_attributes_count=5, flags=0x100)],
    )
    about = InstrumentationScope(
        name="scoped", version="2", attributes=pairs({"scope.key": "scope value"}), dropped_attributes_count=6
    )
    return [
        request(
            resource(
                {"service.name": make.service(), "resource.key": "resource value"},
                scope([span], about, "https://opentelemetry.io/schemas/1.30.0"),
                schema_url="https://opentelemetry.io/schemas/1.31.0",
                dropped=7,
            )
        )
    ]


def scopes(make: Maker) -> list[bytes]:
    """Several scopes in one resource: named, versioned, neither, none, one without spans."""
    root = make.span("root", lasts=SECOND)
    kids = [make.span(f"kid {number}", "root", at=number) for number in range(5)]
    return [
        request(
            resource(
                {"service.name": make.service()},
                scope([root], InstrumentationScope(name="a", version="1")),
                scope([kids[0]], InstrumentationScope(name="a", version="2")),
                scope([kids[1]], InstrumentationScope(name="only a name")),
                scope([kids[2]], InstrumentationScope(version="only a version")),
                scope([kids[3]], InstrumentationScope()),
                scope([kids[4]], None),
                scope([], InstrumentationScope(name="hollow")),
            ),
            resource({"service.name": make.service("hollow")}, scope([])),
            resource({"service.name": make.service("hollow too")}),
        )
    ]


def nameless(make: Maker) -> list[bytes]:
    """All variants of a missing service name."""
    resources = {
        "no resource": ResourceSpans(),
        "empty resource": resource({}),
        "other attributes": resource({"host.name": "here"}),
        "empty": resource({"service.name": ""}),
        "number": resource({"service.name": 7}),
        "nothing": resource({"service.name": None, "host.name": "here"}),
    }
    for name, each in resources.items():
        each.scope_spans.append(scope([make.span(name, trace=name, name=f"{make.name} {name}")]))
    return [request(each) for each in resources.values()]


def duplicates(make: Maker) -> list[bytes]:
    """Two spans with the same id, in one request and in two, and a server span with its client's id, as in Zipkin."""
    twin = make.span_id("twin")
    asked = make.span("shared", "root", trace="zipkin", at=1, lasts=5 * MILLISECOND, kind=Span.SPAN_KIND_CLIENT)
    served = make.span("shared", "root", trace="zipkin", at=2, lasts=MILLISECOND, kind=Span.SPAN_KIND_SERVER)
    below = make.span("below", "shared", trace="zipkin", at=3, lasts=MICROSECOND)
    return [
        request(
            service(
                make.service(),
                make.span("root", lasts=SECOND),
                make.span("twin a", "root", at=1, span_id=twin),
                make.span("twin b", "root", at=1, span_id=twin),
            )
        ),
        request(service(make.service(), make.span("twin c", "root", at=1, span_id=twin))),
        request(
            service(make.service("client"), make.span("root", trace="zipkin", lasts=SECOND), asked),
            service(make.service("server"), served, below),
        ),
    ]


def retry(make: Maker) -> list[bytes]:
    """The same request twice, as from an exporter that missed the response."""
    spans = [make.span("root", lasts=SECOND), make.span("child", "root", at=1)]
    return 2 * [request(service(make.service(), *spans))]


def parents(make: Maker) -> list[bytes]:
    """Missing parents, two roots, a span that is its own parent, and two that are each other's parents."""
    return [
        request(
            service(
                make.service(),
                make.span("orphan", "never sent", trace="orphan"),
                make.span("child of orphan", "orphan", trace="orphan", at=1),
                make.span("other orphan", "never sent either", trace="orphan", at=2),
                make.span("one", trace="roots"),
                make.span("two", trace="roots", at=1),
                make.span("child of two", "two", trace="roots", at=2),
                make.span("self", "self", trace="self"),
                make.span("a", "b", trace="cycle"),
                make.span("b", "a", trace="cycle", at=1),
                make.span("root", trace="cycle", at=2),
                make.span("same name elsewhere", "one", trace="elsewhere"),
            )
        )
    ]


def kinds(make: Maker) -> list[bytes]:
    """One name with all kinds, and another with a single kind."""
    spans = [make.span(f"{kind}", at=kind, trace=f"{kind}", kind=kind, name="same") for kind in KINDS]
    return [request(service(make.service(), *spans, make.span("single", kind=Span.SPAN_KIND_PRODUCER)))]


def odd_numbers(make: Maker) -> list[bytes]:
    """A kind and a status code that OTLP does not define."""
    odd = make.span("odd", kind=42, status=Status(code=7, message="odd"))  # type: ignore[arg-type]
    return [request(service(make.service(), odd))]


def reserved(make: Maker) -> list[bytes]:
    """Attributes with the names of those that Jaeger generates."""
    attributes: Attributes = {
        "error": "not really",
        "span.kind": "server",
        "otel.status_code": "OK",
        "otel.scope.name": "mine",
        "internal.span.format": "otlp",
        "telemetry.sdk.language": "cobol",
        "telemetry.distro.name": "mine",
        "w3c.tracestate": "a=b",
        "peer.service": "peer",
        "ip": 16909060,
        "peer.ipv4": "1.2.3.4",
    }
    root = make.span("root", attributes=attributes, status=error("really"), kind=Span.SPAN_KIND_CLIENT)
    warned = [
        make.span("list", "root", at=1, attributes={"@jaeger@warnings": ["one", "two"], "k": "v"}),
        make.span("format", "root", at=2, attributes={"@jaeger@format": "otlp"}),
    ]
    return [request(service(make.service(), root, *warned))]


def warned_text(make: Maker) -> list[bytes]:
    """Jaeger's attribute for warnings, but with another type, on a span that gets a warning."""
    return [request(service(make.service(), make.span("x", "never sent", attributes={"@jaeger@warnings": "one"})))]


def repeated_keys(make: Maker) -> list[bytes]:
    repeated = [*pairs({"k": "first"}), *pairs({"k": 2}), *pairs({"k": "first"}), KeyValue(key="without value")]
    span = make.span("root")
    span.attributes.extend(repeated)
    sent = ResourceSpans(
        resource=Resource(attributes=[*pairs({"service.name": make.service()}), *repeated]), scope_spans=[scope([span])]
    )
    return [request(sent)]


def short_ids(make: Maker) -> list[bytes]:
    """A trace id with a zero first half, as older tracers generate, and small span ids."""
    short = bytes(8) + make.trace_id()[8:]
    return [
        request(
            service(
                make.service(),
                make.span("root", trace_id=short, span_id=bytes(7) + b"\x01"),
                make.span("child", trace_id=short, span_id=bytes(7) + b"\x02", parent_span_id=bytes(7) + b"\x01", at=1),
            )
        )
    ]


def interleaved(make: Maker) -> list[bytes]:
    """Two traces whose spans alternate between two scopes of two resources in one request."""

    def spans(place: str) -> list[Span]:
        return [
            make.span(f"{trace} {place}", "" if place == "0" else f"{trace} 0", at=int(place), trace=trace)
            for trace in ("x", "y")
        ]

    return [
        request(
            resource({"service.name": make.service("a")}, scope(spans("0")), scope(spans("1"))),
            resource({"service.name": make.service("b")}, scope(spans("2")), scope(spans("3"))),
        )
    ]


def series(make: Maker) -> list[bytes]:
    """Many traces of one service: durations of 1 ms, 2 ms, ...; starts a second apart; sent in that order."""
    return [
        request(
            service(
                make.service(),
                make.span(
                    f"run {number}",
                    trace=f"{number}",
                    at=number * SECOND,
                    lasts=(number + 1) * MILLISECOND,
                    attributes={"number": number, "parity": "odd" if number % 2 else "even", "odd": number % 2 == 1},
                ),
            )
        )
        for number in range(SERIES)
    ]


def tagged(make: Maker) -> list[bytes]:
    """One attribute in each place that a search may check."""
    other = make.span("other", "root", at=1, lasts=MILLISECOND, attributes={"on.other": "x"})
    root = make.span(
        "root",
        lasts=SECOND,
        kind=Span.SPAN_KIND_SERVER,
        trace_state="state=kept",
        status=error("broken"),
        attributes=TYPES | {"on.span": "x", "a:b": "c:d", "tricky": 'quote " and ü', "spaced": " x "},
        events=[event("happened", make.base, {"on.event": "x", "count": 3})],
        links=[link(make.trace_id("other"), make.span_id("x"), {"on.link": "x"})],
    )
    about = InstrumentationScope(name="tagger", version="9", attributes=pairs({"on.scope": "x"}))
    good = make.span("good", trace="good", status=Status(code=Status.STATUS_CODE_OK), attributes={"on.good": True})
    return [
        request(resource({"service.name": make.service(), "on.resource": "x"}, scope([root, other], about))),
        request(service(make.service(), good)),
        request(service(make.service(), make.span("unset", trace="unset"))),
    ]


MAKERS: tuple[Callable[[Maker], list[bytes]], ...] = (
    pair, errors, events, links, nowhere, types, numbers, nesting, unicode, skew, hosts, clocks,
    child_first, services, many, dropped, scopes, nameless, duplicates, retry, parents, kinds, odd_numbers, reserved,
    warned_text, repeated_keys, short_ids, interleaved, series, tagged,
)  # fmt: skip
# Known differences (test_differences.py): the embedded back end handles them differently.
EXTREMES = (deep_values, bad_utf8)
NAMES = tuple(maker.__name__ for maker in MAKERS)


def corpus(base: int) -> dict[str, Case]:
    """All cases by name; `base` is their start time, in ns."""
    return {maker.__name__: case(maker.__name__, maker(Maker(maker.__name__, base))) for maker in MAKERS}


def case(name: str, requests: list[bytes]) -> Case:
    return Case(name, tuple(requests), spans_by_trace(requests))


def extremes(base: int) -> dict[str, Case]:
    """Cases that protobuf's Python library cannot parse, with one span each."""
    makers = {maker.__name__: maker for maker in EXTREMES}
    return {
        name: Case(name, tuple(maker(Maker(name, base))), {Maker(name, base).trace_id().hex(): 1})
        for name, maker in makers.items()
    }


def spans_by_trace(requests: list[bytes]) -> dict[str, int]:
    found: dict[str, int] = {}
    for each in dict.fromkeys(requests):  # a retry adds no spans
        for resource_spans in ExportTraceServiceRequest.FromString(each).resource_spans:
            for scope_spans in resource_spans.scope_spans:
                for span in scope_spans.spans:
                    found[span.trace_id.hex()] = found.get(span.trace_id.hex(), 0) + 1
    return found
