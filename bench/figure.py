"""A figure: one measurement of both contenders, reported as a ratio first."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Values = tuple[float, ...]


@dataclass(frozen=True)
class Figure:
    """The values of all repetitions, in order; each pair is one side-by-side run.

    Args:
        show: formats a value with its unit.
        met: whether the mark is met, given all values of both; None if there is no mark, or nothing to compare with it.
    """

    name: str
    embedded: Values
    jaeger: Values
    show: Callable[[float], str]
    mark: str = ""
    met: bool | None = None

    def ratios(self) -> Values:
        """The ratio of embedded to Jaeger, per pair."""
        return tuple(ours / theirs for ours, theirs in zip(self.embedded, self.jaeger, strict=bool(self.jaeger)))

    def cells(self) -> list[str]:
        verdict = {True: "met", False: "missed", None: ""}[self.met]
        return [
            self.name,
            spread(self.ratios(), lambda ratio: f"{ratio:.3g}"),
            spread(self.embedded, self.show),
            spread(self.jaeger, self.show),
            self.mark,
            verdict,
        ]


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def percentile(values: Sequence[float], percent: int) -> float:
    """The nearest-rank percentile: the smallest value that at least `percent` % of the values do not exceed."""
    return sorted(values)[max(0, -(-len(values) * percent // 100) - 1)]


def table(figures: Sequence[Figure]) -> str:
    """Format the figures as a Markdown table."""
    return markdown(
        [["figure", "embedded / Jaeger", "embedded", "Jaeger", "mark", ""], *(one.cells() for one in figures)]
    )


def markdown(rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; the first row is its header."""
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
    """The median, plus minimum and maximum if there are several values."""
    if not values:
        return "-"
    middle = show(median(values))
    return f"{middle} ({show(min(values))} to {show(max(values))})" if len(values) > 1 else middle


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"
