"""A figure: what is measured of the embedded back end and of the real Jaegers, told as ratios first."""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

Values = tuple[float, ...]


MEMORY, BADGER = "Jaeger in memory", "Jaeger on Badger"
PEERS = (MEMORY, BADGER)
VERDICTS = {True: "met", False: "missed"}


@dataclass(frozen=True)
class Figure:
    """Values of the repetitions, in the order they were taken; those of one place are one side-by-side run.

    Args:
        show: a value as text, with its unit.
        verdict: whether the mark is met, as text; empty if there is no mark or nothing to hold it to.
        peers: values of the real Jaegers, by name.
    """

    name: str
    embedded: Values
    show: Callable[[float], str]
    mark: str = ""
    verdict: str = ""
    peers: Mapping[str, Values] = field(default_factory=dict)

    def ratios(self, peer: str) -> Values:
        """Embedded to that peer, of each pair."""
        theirs = self.peers.get(peer, ())
        return tuple(ours / other for ours, other in zip(self.embedded, theirs, strict=bool(theirs)))

    def cells(self) -> list[str]:
        return [
            self.name,
            *(spread(self.ratios(peer), lambda ratio: f"{ratio:.3g}") for peer in PEERS),
            spread(self.embedded, self.show),
            *(spread(self.peers.get(peer, ()), self.show) for peer in PEERS),
            self.mark,
            self.verdict,
        ]


def peers_of(values: Mapping[str, Values]) -> dict[str, Values]:
    """Without the embedded one's."""
    return {name: values[name] for name in PEERS if name in values}


def told_of_each(ours: Values, peers: Mapping[str, Values], holds: Callable[[float], bool]) -> str:
    """A verdict on the median of our ratios to each peer."""
    ratios = {name: median([a / b for a, b in zip(ours, theirs, strict=True)]) for name, theirs in peers.items()}
    return ", ".join(f"{VERDICTS[holds(ratio)]} ({name})" for name, ratio in ratios.items())


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that so many percent do not exceed."""
    return sorted(values)[max(0, math.ceil(len(values) * percent / 100) - 1)]


def table(figures: Sequence[Figure]) -> str:
    """As Markdown."""
    ratios = [f"embedded / {peer}" for peer in PEERS]
    return markdown(
        [["figure", *ratios, "embedded", *PEERS, "mark", ""], *(one.cells() for one in figures)],
    )


def markdown(rows: Sequence[Sequence[str]]) -> str:
    """A table; the first row is its head."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    lines = [_line([cell.ljust(width) for cell, width in zip(row, widths, strict=True)]) for row in rows]
    return "\n".join([lines[0], _line(["-" * width for width in widths]), *lines[1:]])


def seconds(value: float) -> str:
    return f"{value:.2f} s" if value >= 1 else f"{value * 1_000:.3g} ms"


def a_second(value: float) -> str:
    return f"{value:,.0f}/s"


def mebibytes(value: float) -> str:
    return f"{value / (1 << 20):,.0f} MiB"


def spread(values: Sequence[float], show: Callable[[float], str]) -> str:
    """Median, and the least and the greatest where there are several."""
    if not values:
        return "-"
    middle = show(median(values))
    return f"{middle} ({show(min(values))} to {show(max(values))})" if len(values) > 1 else middle


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"
