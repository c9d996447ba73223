"""The vocabulary: keys and values that are offered, and how far one looks for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from backend.query import vocabulary
from tests.contract.otlp import SECOND, error, event, service

if TYPE_CHECKING:
    from tests.contract.corpus import Maker
    from tests.contract.otlp import Value
    from tests.unit.backend.query.conftest import Api


def told(api: Api, path: str, **parameters: str) -> dict[str, int]:
    answer = api.ask(path, **parameters).json
    assert answer is not None
    return {one["text"]: one["spans"] for one in answer["found"]}


@pytest.fixture
def shop(api: Api, make: Maker) -> Api:
    events = [event("e", make.base, {"event.type": "A"})]
    spans = [
        make.span(f"{number}", trace=f"{number}", attributes={"http.route": "/a" if number else "/b"}, events=events)
        for number in range(4)
    ]
    api.put(service("one", *spans))
    odd: dict[str, Value] = {'odd "key"': ["x", 2], "route": "R" * 201, "HTTP": "/c"}
    api.put(service("other", make.span("last", trace="last", at=SECOND, attributes=odd, status=error())))
    return api


def test_keys_are_offered_by_a_part_of_them(shop: Api) -> None:
    keys = told(shop, "/api/keys")
    assert keys.items() >= {"http.route": 4, "event.type": 4, "service.name": 5, "service": 5, 'odd "key"': 1}.items()
    assert list(told(shop, "/api/keys", match="ROUTE").items()) == [("route", 1), ("http.route", 4)]
    assert told(shop, "/api/keys", match="http", service="other") == {"HTTP": 1}
    assert told(shop, "/api/keys", match="warnings") == {}


def test_values_are_offered_with_how_often_they_are(shop: Api) -> None:
    assert list(told(shop, "/api/values", key="http.route").items()) == [("/a", 3), ("/b", 1)]
    assert told(shop, "/api/values", key="http.route", match="B") == {"/b": 1}
    assert told(shop, "/api/values", key="route") == {}, "nobody chooses such a long one"
    assert told(shop, "/api/values", key='odd "key"', match="x") == {'["x",2]': 1, "x": 1}
    assert told(shop, "/api/values", key="http.route", service="other") == {}
    assert told(shop, "/api/values", key="service") == {"one": 4, "other": 1}
    assert told(shop, "/api/values", key="operation", match="las") == {"last": 1}
    assert told(shop, "/api/values", key="error") == {"false": 4, "true": 1}
    assert told(shop, "/api/values", key="resource.service.name") == {"one": 4, "other": 1}
    answer = shop.ask("/api/values")
    assert (answer.status_code, answer.json and answer.json["errors"][0]["msg"]) == (400, "parameter key: name a key")


def test_only_the_newest_spans_are_looked_at(shop: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    assert shop.ask("/api/keys").json | {"found": []} == {"found": [], "spans": 5, "complete": True}  # type: ignore[operator]
    monkeypatch.setattr(vocabulary, "SPANS", 1)
    assert "HTTP" in told(shop, "/api/keys")
    assert "http.route" not in told(shop, "/api/keys")
    assert shop.ask("/api/keys").json | {"found": []} == {"found": [], "spans": 1, "complete": False}  # type: ignore[operator]
