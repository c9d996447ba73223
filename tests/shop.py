"""A fictional shop of six services: richer traces than the pair's, for screenshots, accessibility and benchmarks.

The same seed gives the same traces, apart from their start times.
"""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, Span

from tests.contract.otlp import MILLISECOND, Attributes, error, event, link, pairs, resource, scope

if TYPE_CHECKING:
    from collections.abc import Sequence

FRONT, CART, PRICES, PAYMENT, STOCK, MAIL = "shop-front", "cart", "prices", "payment", "stock", "mail"


@dataclass
class Shop:
    """Generates traces, each as the export requests of all services involved."""

    seed: int = 0
    _random: random.Random = field(init=False)
    _spans: defaultdict[str, list[Span]] = field(init=False)
    _trace_id: bytes = field(init=False, default=b"")

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)

    def trace(self, begin: int, *, articles: int = 3, declined: bool = False) -> list[ResourceSpans]:
        """An order with that many articles.

        Args:
            begin: ns since the epoch.
            declined: whether the payment fails.
        """
        self._spans = defaultdict(list)
        self._trace_id = self._random.randbytes(16)
        order = self._open(FRONT, "POST /orders", begin, kind=Span.SPAN_KIND_SERVER)
        at = self._cart(order, begin + self._some(0.4))
        at = self._each_article(order, at, articles)
        at = self._payment(order, at, declined=declined)
        if not declined:
            at = self._mail(order, at)
        asked = {"http.request.method": "POST", "http.route": "/orders", "url.path": "/orders"}
        self._add(order, {**asked, "http.response.status_code": 500 if declined else 201})
        self._close(order, at + self._some(0.5), failed="payment declined" if declined else "")
        return [
            resource({"service.name": name, "service.version": "2.4.1", "host.name": f"{name}-0"}, scope(spans))
            for name, spans in self._spans.items()
        ]

    @property
    def trace_id(self) -> str:
        """The id of the last trace."""
        return self._trace_id.hex()

    def _cart(self, order: Span, at: int) -> int:
        call, served = self._call(FRONT, CART, "GET /cart", order, at)
        query = self._open(
            CART, "SELECT carts", served.start_time_unix_nano + self._some(0.2), served, Span.SPAN_KIND_CLIENT
        )
        self._add(query, {"db.system.name": "postgresql", "db.query.text": "SELECT * FROM carts WHERE id = $1"})
        at = self._close(query, query.start_time_unix_nano + self._some(2))
        return self._return(call, served, at)

    def _each_article(self, order: Span, at: int, articles: int) -> int:
        """Fetch prices one after the other, concurrently with the stock."""
        stock_call, stock = self._call(FRONT, STOCK, "POST /reservations", order, at)
        for number in range(articles):
            call, served = self._call(FRONT, PRICES, "GET /prices/{article}", order, at)
            self._add(served, {"article": f"A-{1000 + number}"})
            cached = self._open(PRICES, "cache.get", served.start_time_unix_nano + self._some(0.1), served)
            end = self._close(cached, cached.start_time_unix_nano + self._some(0.3))
            at = self._return(call, served, end + self._some(0.5))
        done = self._return(stock_call, stock, stock.start_time_unix_nano + self._some(3 * articles))
        return max(at, done)

    def _payment(self, order: Span, at: int, *, declined: bool) -> int:
        call, served = self._call(FRONT, PAYMENT, "POST /payments", order, at)
        bank = self._open(PAYMENT, "POST", served.start_time_unix_nano + self._some(0.5), served, Span.SPAN_KIND_CLIENT)
        self._add(
            bank,
            {
                "server.address": "bank.example",
                "http.request.method": "POST",
                "url.full": "https://bank.example/charges",
            },
        )
        refused = "402 Payment Required" if declined else ""
        end = self._close(bank, bank.start_time_unix_nano + self._some(14), failed=refused)
        if declined:
            told = {"exception.type": "PaymentDeclined", "exception.message": "the bank said no"}
            served.events.append(
                event("exception", end, {**told, "exception.stacktrace": "Traceback …\nPaymentDeclined"})
            )
            served.status.CopyFrom(error("the bank said no"))
        return self._return(call, served, end)

    def _mail(self, order: Span, at: int) -> int:
        """A message, processed after the order is done; its span links back to the order."""
        sent = self._open(FRONT, "send mails", at, order, Span.SPAN_KIND_PRODUCER)
        end = self._close(sent, at + self._some(0.3))
        taken = self._open(MAIL, "process mails", end + self._some(4), sent, Span.SPAN_KIND_CONSUMER)
        taken.links.append(link(order.trace_id, order.span_id, {"why": "the order this mail confirms"}))
        self._close(taken, taken.start_time_unix_nano + self._some(6))
        return end

    def _call(self, client: str, server: str, name: str, parent: Span, at: int) -> tuple[Span, Span]:
        """A client span and the server span it causes, both open."""
        method, _, route = name.partition(" ")
        call = self._open(client, method, at, parent, Span.SPAN_KIND_CLIENT)
        self._add(
            call, {"http.request.method": method, "url.full": f"http://{server}:8080{route}", "server.address": server}
        )
        served = self._open(server, name, at + self._some(0.4), call, Span.SPAN_KIND_SERVER)
        self._add(served, {"http.request.method": method, "http.route": route, "http.response.status_code": 200})
        return call, served

    def _return(self, call: Span, served: Span, at: int) -> int:
        return self._close(call, self._close(served, at + self._some(0.2)) + self._some(0.3))

    def _open(
        self,
        service: str,
        name: str,
        at: int,
        parent: Span | None = None,
        kind: Span.SpanKind.ValueType = Span.SPAN_KIND_INTERNAL,
    ) -> Span:
        span = Span(
            trace_id=self._trace_id,
            span_id=self._random.randbytes(8),
            parent_span_id=parent.span_id if parent else b"",
            name=name,
            kind=kind,
            start_time_unix_nano=at,
        )
        self._spans[service].append(span)
        return span

    def _close(self, span: Span, at: int, failed: str = "") -> int:
        span.end_time_unix_nano = at
        if failed:
            span.status.CopyFrom(error(failed))
        return at

    def _add(self, span: Span, attributes: Attributes) -> None:
        span.attributes.extend(pairs(attributes))

    def _some(self, milliseconds: float) -> int:
        """A random duration of about that length, ns."""
        return int(self._random.uniform(0.6, 1.6) * milliseconds * MILLISECOND)


def orders(count: int, begin: int, step: int, seed: int = 1) -> Sequence[list[ResourceSpans]]:
    """Orders of varying size, one every `step` ns; every ninth is declined."""
    shop = Shop(seed)
    sizes = random.Random(seed)
    return [
        shop.trace(begin + number * step, articles=sizes.choice((1, 2, 3, 3, 5, 8)), declined=number % 9 == 4)
        for number in range(count)
    ]
