"""The propagator in front of headers that cost more to read than to send."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from opentelemetry import baggage
from opentelemetry.baggage.propagation import W3CBaggagePropagator

from telemetry.propagator import BaggagePropagator, new_propagator

if TYPE_CHECKING:
    from opentelemetry.propagators.textmap import TextMapPropagator


@pytest.mark.parametrize(
    "header",
    [
        "user=ada%20l,plan=free",
        "user = ada , plan =\tfree;secret",
        " ,, user=ada ,",
        "user",
        "a b=c",
        "",
        " ",
        "a=b" * 3000,
    ],
)
def test_baggage_is_what_the_api_makes_of_it(header: str) -> None:
    ours, theirs = (
        propagator.extract({"baggage": header}) for propagator in (BaggagePropagator(), W3CBaggagePropagator())
    )
    assert baggage.get_all(ours) == baggage.get_all(theirs)


@pytest.mark.parametrize("blanks", [" " * 4_000, "\t" * 4_000, " \t" * 2_000])
def test_blanks_cost_no_more_than_letters(blanks: str) -> None:
    """Both 4,000 characters. The API takes 50 ms for the blanks; requests of others would wait for that."""
    propagator = new_propagator()
    letters = best_time(propagator, f"a={'x' * 4_000}b")
    assert best_time(propagator, f"a={blanks}b") < 20 * letters + 0.001


def best_time(propagator: TextMapPropagator, header: str) -> float:
    times = []
    for _ in range(5):
        started = time.perf_counter()
        propagator.extract({"baggage": header})
        times.append(time.perf_counter() - started)
    return min(times)
