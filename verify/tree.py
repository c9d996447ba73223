"""Draws a trace as a tree in the terminal."""

from __future__ import annotations

from verify.trace import Span


def lines(spans: list[Span]) -> list[str]:
    """One line per span, children below their parent in start order; a missing parent gets a line too."""
    children: dict[str | None, list[Span]] = {}
    for span in sorted(spans, key=lambda span: span.start):
        children.setdefault(span.parent_id, []).append(span)
    missing = children.keys() - {None} - {span.span_id for span in spans}

    drawn: list[tuple[str, str]] = []
    for root in children.get(None, []):
        _draw(drawn, children, [(root, "", "")])
    for parent_id in sorted(missing, key=str):
        drawn.append((f"(parent {printable(str(parent_id))} is missing)", ""))
        _draw(drawn, children, _branches(children[parent_id], ""))
    width = max((len(text) for text, remarks in drawn if remarks), default=0)
    return [f"{text:<{width}}  {remarks}" if remarks else text for text, remarks in drawn]


def printable(text: str) -> str:
    """Make untrusted text safe for a terminal: replace control characters."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)


Branch = tuple["Span", str, str]  # a span, its line's prefix, the prefix of the lines below it


def _draw(drawn: list[tuple[str, str]], children: dict[str | None, list[Span]], todo: list[Branch]) -> None:
    """Draw depth-first without recursion: a trace may be deeper than Python's stack."""
    while todo:
        span, lead, below = todo.pop()
        drawn.append((f"{lead}{printable(span.service)}  {printable(span.operation)}", _remarks(span)))
        todo += _branches(children.pop(span.span_id, []), below)  # pop: ids may repeat or form a cycle


def _branches(spans: list[Span], below: str) -> list[Branch]:
    """The branches, reversed because `_draw` pops from the end."""
    branches = [(span, below + "├─ ", below + "│  ") for span in spans[:-1]]
    branches += [(span, below + "└─ ", below + "   ") for span in spans[-1:]]
    return branches[::-1]


def _remarks(span: Span) -> str:
    remarks = [f"{span.duration / 1000:.1f} ms", *(["error"] if span.error else [])]
    return ", ".join([*remarks, *(f"warning: {printable(warning)}" for warning in span.warnings)])
