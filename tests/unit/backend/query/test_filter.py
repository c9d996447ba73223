"""Filters: what a span has under a key, and free text, wherever it is in a span."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from google.protobuf.message import DecodeError
from opentelemetry.proto.common.v1.common_pb2 import InstrumentationScope
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from backend.query.filter import MAX_FILTERS, MAX_LENGTH, exact, read_filters
from backend.query.fitting import Fitting
from tests.contract.otlp import SECOND, error, event, link, pairs, request, resource, scope, service

if TYPE_CHECKING:
    from tests.contract.corpus import Maker
    from tests.contract.otlp import Value
    from tests.unit.backend.query.conftest import Api

FORMS = "key, key=value, key!=value, key>1 (or >=, <, <=), key~text or ~text"
EVER = {"query__startTimeMin": "1970-01-01T00:00:00Z", "query__startTimeMax": "2262-01-01T00:00:00Z"}


def found(api: Api, *filters: str, **parameters: object) -> list[str]:
    """The roots' names, newest trace first."""
    answer = api.ask("/api/v3/trace-summaries", query__filter=list(filters), **EVER, **parameters)
    assert answer.json is not None
    return [summary["rootOperationName"] for summary in answer.json["summaries"]]


@pytest.fixture
def two(api: Api, make: Maker) -> Api:
    """Two traces, the newer one called "one"."""
    one = make.span(
        "one",
        trace="one",
        kind=Span.SPAN_KIND_SERVER,
        attributes={
            "method": "GET",
            "number": 7,
            "half": 0.5,
            "yes": True,
            "bytes": b"\1\2",
            "star": "a*b",
            "big": 2**53 + 1,
        },
        lasts=SECOND,
    )
    odd: dict[str, Value] = {"method": "POST", "list": ["<", 1], "map": {"k": "inner"}, "empty": ""}
    odd["digits"] = "1" + "0" * 20
    odd |= {"from": "\u0130stanbul", "a=b >c": "quoted", 'a"b': 2, "city": "M\u00dcNCHEN", "lamp": "25 \N{KELVIN SIGN}"}
    two = make.span(
        "two",
        trace="two",
        at=-SECOND,
        attributes=odd,
        lasts=1_000,
        status=error(),
        events=[event("e", make.base, {"type": "A"}), event("e", make.base, {"type": "B"})],
        links=[link(make.trace_id("one"), make.span_id("one"), {"why": "because"})],
    )
    library = InstrumentationScope(name="lib", version="1.2", attributes=pairs({"in.scope": "x"}))
    api.put(resource({"service.name": "here", "host": "left"}, scope([one], library)))
    api.put(resource({"service.name": "there", "host": "right"}, scope([two], library)))
    return api


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("method=GET", ["one"]),
        ("method=get", []),
        ("method=*", ["one", "two"]),
        ("method=*T", ["one", "two"]),
        ("method=P*T", ["two"]),
        ("method=*E*", ["one"]),
        ("method!=GET", ["two"]),
        ("method!=*", []),
        ("method!=P*", ["one"]),
        ("method!=", ["one", "two"]),
        ("method=", []),
        ("empty=", ["two"]),
        ("empty=*", ["two"]),
        ("empty!=x", ["two"]),
        ("unknown=*", []),
        ("unknown!=x", []),
        (r"star=a\*b", ["one"]),
        (r"star=a\**", ["one"]),
        (r"star=\*", []),
        ("star=a*b", ["one"]),
        ("number=7", ["one"]),
        ("number=7*", ["one"]),
        ("number!=7", []),
        ("number!=8", ["one"]),
        ("half=0.*", ["one"]),
        ("half=0.5", ["one"]),
        ("yes=true", ["one"]),
        ("yes!=false", ["one"]),
        ("bytes=AQI=", ["one"]),
        ("bytes=AQ*", ["one"]),
        (r'list=["\u003c",1]', ["two"]),
        ("list=<", ["two"]),
        ("list=1", ["two"]),
        ("list!=1", []),
        ("list!=2", ["two"]),
        ("list>0", ["two"]),
        ("list=*,1]", ["two"]),
        ('map={"k":*}', ["two"]),
        ("type=B", ["two"]),
        ("type!=B", []),  # an event has B
        ("type!=C", ["two"]),
        ("why=be*", ["two"]),
        ("in.scope=x", ["one", "two"]),
        ("host=l*", ["one"]),
        ("resource.host!=left", ["two"]),
        ("resource.method=*", []),
        ("service.name=*ere", ["one", "two"]),
        ("resource.service.name!=here", ["two"]),
        ("scope.name=l*", ["one", "two"]),
        ("scope.name!=lib", []),
        ("scope.version=1.*", ["one", "two"]),
        ("scope.version!=1.2", []),
        ("service=here", ["one"]),
        ("service=*here", ["one", "two"]),
        ("service!=here", ["two"]),
        ("service!=*", []),
        ("operation=t*", ["two"]),
        ("operation!=two", ["one"]),
        ("span.kind=server", ["one"]),
        ("span.kind=SERVER", ["one"]),
        ("span.kind=*n*", ["two"]),
        ("span.kind!=server", ["two"]),
        ("span.kind!=*er*", []),
        ("span.status=error", ["two"]),
        ("span.status!=error", ["one"]),
        ("span.status=UNS*", ["one"]),
        ("error=true", ["two"]),
        ("error=1", ["two"]),
        ("error!=true", ["one"]),
        ("error=f*", ["one"]),
        ("error=*", ["one", "two"]),
        ("error=perhaps", []),
        ("error!=perhaps", ["one", "two"]),
        ("error~RU", ["two"]),
        ("method", ["one", "two"]),
        ("number", ["one"]),
        ("span.kind", ["one", "two"]),
        ("number>6", ["one"]),
        ("number>=7.0", ["one"]),
        ("number>7", []),
        ("number<7.5", ["one"]),
        ("number<=6", []),
        ("half>=0.5", ["one"]),
        ("half<+.5e0", []),
        ("big>9007199254740992", ["one"]),
        ("big>=9007199254740994", []),
        ("big<=9007199254740993", ["one"]),
        ("digits>99999999999999999999", ["two"]),
        ("digits<100000000000000000000", []),
        ("method>0", []),
        ("yes>=0", []),
        ("duration>=1s", ["one"]),
        ("duration>1s", []),
        ("duration<1000.5ms", ["one", "two"]),
        ("duration<=1us", ["two"]),
        ("method~os", ["two"]),
        ("method~P*", []),
        ("operation~W", ["two"]),
        ("service~HERE", ["one", "two"]),
        ("service>0", []),
        ("map~{", ["two"]),
        ('"a=b >c"', ["two"]),
        ('"a=b >c"=quoted', ["two"]),
        ('"a=b >c"!=other', ["two"]),
        (r'"a\"b">1', ["two"]),
        ("~post", ["two"]),
        ("~ONE", ["one"]),
        ("~7", ["one"]),
        ("~tru", ["one"]),
        ("~left", ["one"]),
        ("~METHOD", ["one", "two"]),
        ("~because", ["two"]),
        ("~inner", ["two"]),
        ("~münchen", ["two"]),
        ("~25 \N{KELVIN SIGN}", ["two"]),
        ("~25 k", ["two"]),
        ("~istanbul", []),
        ("~i\u0307stanbul", ["two"]),
        ("~lib", ["one", "two"]),
        ("~nowhere", []),
        ("~AQI=", []),
        ("~a*b", ["one"]),
    ],
)
def test_what_is_found(two: Api, text: str, names: list[str]) -> None:
    assert found(two, text) == names


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        (["method=*T", "number=7"], ["one"]),
        (["method=POST", "number=7"], []),
        (["type=A", "type=B"], ["two"]),
        (["type=A", "type!=B"], []),
        (["method!=X", "method!=GET"], ["two"]),
        (["error=true", "error=false"], []),
        (["span.kind=s*", "span.kind=*r"], ["one"]),
        (["service=here", "operation=two"], []),
        (["service!=here", "method=*"], ["two"]),
    ],
)
def test_all_have_to_fit(two: Api, filters: list[str], names: list[str]) -> None:
    assert found(two, *filters) == names


def test_what_links_to_a_trace_or_a_span_is_found(two: Api, make: Maker) -> None:
    trace_id, span_id = make.trace_id("one").hex(), make.span_id("one").hex()
    for fitting in (
        f"link.trace_id={trace_id}",
        f"link.span_id={span_id}",
        f"link.span_id={span_id[:7]}*",
        "link.span_id=*",
    ):
        assert found(two, fitting) == ["two"]
    for other in (
        f"link.trace_id={make.trace_id('two').hex()}",
        f"link.span_id!={span_id}",
        "link.span_id=7",
        "link.span_id=",
    ):
        assert found(two, other) == []
    assert found(two, f"link.trace_id={trace_id}", f"link.span_id={span_id}", "method=POST") == ["two"]
    assert found(two, query__attributes=json.dumps({"link.span_id": span_id})) == ["two"]


def test_an_attribute_may_have_the_name_of_a_links_id(api: Api, make: Maker) -> None:
    api.put(service("here", make.span("one", attributes={"link.span_id": "0af7651916cd43dd"})))
    assert found(api, "link.span_id=0af7651916cd43dd") == found(api, "link.span_id!=7") == ["one"]


def test_one_span_has_to_fit_it_all(api: Api, make: Maker) -> None:
    api.put(service("a", make.span("root", lasts=SECOND, attributes={"k": "1"})))
    api.put(service("b", make.span("child", "root", attributes={"l": "2"}, status=error())))
    assert found(api, "k=*") == ["root"]
    assert found(api, "k=*", "l=*") == []
    assert found(api, "k=*", "service=b") == []
    assert found(api, "l=*", "service!=a", "error=true") == ["root"]
    assert found(api, "l=*", query__attributes='{"k":"1"}') == []
    assert found(api, "l=*", query__attributes='{"l":"2"}') == ["root"]
    assert found(api, "l=*", query__serviceName="a") == []
    assert found(api, "l=*", query__durationMin="1s") == []
    assert found(api, "k=*", query__durationMin="1s", query__operationName="root") == ["root"]


def test_a_key_ends_at_the_first_equals_sign(api: Api, make: Maker) -> None:
    api.put(service("here", make.span("root", attributes={"k": "a=b", "l": "a!=b", "m!": "x", "service": "attribute"})))
    assert found(api, "k=a=b") == ["root"]
    assert found(api, "l=a!=*") == ["root"]
    assert found(api, "k!=a=b") == []
    assert found(api, "m!!=y") == ["root"]
    assert found(api, "service=attribute") == []  # the column


def test_a_tag_has_no_wildcards_and_knows_no_columns(api: Api, make: Maker) -> None:
    api.put(service("here", make.span("root", attributes={"k": "v*", "list": [1], "service": "attribute"})))
    for tags, names in (
        ('{"k":"v*"}', ["root"]),
        ('{"k":"*"}', []),
        ('{"list":"1"}', []),
        ('{"service":"attribute"}', ["root"]),
    ):
        assert found(api, query__attributes=tags) == names


@pytest.mark.parametrize("path", ["/api/traces", "/api/export", "/api/v3/traces", "/api/v3/trace-summaries"])
def test_each_search_has_them(two: Api, path: str) -> None:
    name = "query__filter" if "v3" in path else "filter"
    parameters = EVER if "v3" in path else {"service": "there"} if path == "/api/traces" else {}
    assert b"two" in two.ask(path, **parameters, **{name: ["method=P*", "host!=left"]}).data
    assert b"two" not in two.ask(path, **parameters, **{name: ["method=P*", "host!=right"]}).data


@pytest.mark.parametrize(
    ("filters", "fault"),
    [
        *(([text], f"'{text}' is not {FORMS}") for text in ("=x", "!=x", ">5", "~", "k~", '"', '""=x', '"k"x')),
        (["k=v", "k>\n"], "'?' is not a number"),
        (["k<=1_0"], "'1_0' is not a number"),
        (["k>" + "1" * 401], f"'{'1' * 100}' is not a number"),
        (["duration>5"], "'5' is not a duration such as 1.5s, 300ms or 1h30m"),
        (["k=" + "v" * (MAX_LENGTH - 1)], f"one is longer than {MAX_LENGTH} characters"),
        (["k=v"] * (MAX_FILTERS + 1), f"more than {MAX_FILTERS} are given"),
    ],
)
def test_what_is_no_filter_is_refused(api: Api, filters: list[str], fault: str) -> None:
    answer = api.ask("/api/v3/trace-summaries", query__filter=filters, **EVER)
    assert answer.json == {"error": {"httpCode": 400, "message": f"parameter query.filter: {fault}"}}
    for path in ("/api/traces", "/api/export"):
        answer = api.ask(path, service="here", filter=filters)
        assert answer.status_code == 400
        assert answer.json is not None
        assert answer.json["errors"] == [{"code": 400, "msg": f"parameter filter: {fault}"}]


def test_as_many_and_as_long_as_allowed(two: Api) -> None:
    assert found(two, "method=" + "*" * (MAX_LENGTH - 7), *["method=G*"] * (MAX_FILTERS - 1)) == ["one"]


def test_an_empty_parameter_is_none(two: Api) -> None:
    assert found(two, "", "method=GET") == ["one"]


def test_services_that_are_ruled_out_are_not_read(api: Api, make: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    api.put(service("a", make.span("a", trace="a", attributes={"k": "v"})))
    api.put(service("b", make.span("b", trace="b", attributes={"k": "v"})))
    bodies: list[bytes] = []
    fit = Fitting.__call__

    def noted(fitting: Fitting, body: bytes, positions: list[int]) -> set[int]:
        bodies.append(body)
        return fit(fitting, body, positions)

    monkeypatch.setattr(Fitting, "__call__", noted)
    assert found(api, "service!=a", "k=*") == ["b"]
    assert found(api, "operation=a", "k=*") == ["a"]
    assert len(bodies) == 2


def test_only_what_may_fit_is_decoded(make: Maker) -> None:
    broken = b"no request: key, value"
    for absent in ("other=*", "key=absent", "key=5", "resource.other=value"):
        assert Fitting(read_filters([absent]))(broken, (0,)) == set()
    assert Fitting(exact({"key": "absent"}))(broken, (0,)) == set()
    for present in ("key=value", "key!=absent", "key=a*", "span.status=ok", "service.name=absent"):
        with pytest.raises(DecodeError):
            Fitting(read_filters([present]))(broken, (0,))


def test_the_positions_of_what_fits(make: Maker) -> None:
    spans = [make.span(f"{number}", attributes={"key": number % 3}) for number in range(8)]
    body = request(service("a", *spans[:3]), service("b", *spans[3:5]), service("c", *spans[5:]))
    assert Fitting(read_filters(["key!=1"]))(body, range(8)) == {0, 2, 3, 5, 6}
    assert Fitting(read_filters(["key!=1"]))(body, (1, 2, 4, 6, 7)) == {2, 6}
    assert Fitting(read_filters(["key!=5", "span.status!=ok"]))(
        request(service("a", make.span("none"), *spans)), (0, 1)
    ) == {1}
    assert Fitting(read_filters(["key=*", "service.name=b"]))(body, (1, 4, 6)) == {4}


def test_free_text_is_found_wherever_it_is(api: Api, make: Maker) -> None:
    span = make.span("root", events=[event("happened", make.base, {"type": "A"})], status=error("it broke"))
    api.put(service("here", span, make.span("child", "root")))
    trace_id, span_id = make.trace_id("").hex(), make.span_id("root").hex()
    for text in (trace_id, trace_id[3:11].upper(), span_id, span_id[1:], "happened", "it broke", "ype"):
        assert found(api, f"~{text}") == ["root"], text
    assert found(api, f"~{span_id}", "operation=child") == ["root"], "its parent"
    assert found(api, f"~{trace_id[:7]}") == [], "which many ids have"
    assert found(api, "~negative duration") == [], "a remark, which nobody sent"
    assert found(api, "~service.name", "~here", "~it broke") == ["root"]
