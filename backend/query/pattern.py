"""A pattern: text in which `*` stands for any run of characters, also for none, and `\\*` for a star."""

from __future__ import annotations

import re
from dataclasses import dataclass

_WILD = re.compile(r"(?<!\\)\*")


@dataclass(frozen=True)
class Pattern:
    pieces: tuple[str, ...]
    """What has to be there, in this order, with anything between two of them; one piece is the whole text."""

    @classmethod
    def read(cls, text: str) -> Pattern:
        return cls(tuple(piece.replace("\\*", "*") for piece in _WILD.split(text)))

    @property
    def only(self) -> str | None:
        """The one text that fits; None where many can."""
        return self.pieces[0] if len(self.pieces) == 1 else None

    def fits(self, text: str) -> bool:
        """Each piece is taken where it comes first, so the text is gone through once, however many stars there are."""
        first, *middle = self.pieces
        if not middle:
            return text == first
        last = middle.pop()
        at, end = len(first), len(text) - len(last)
        if at > end or not (text.startswith(first) and text.endswith(last)):
            return False
        for piece in middle:
            at = text.find(piece, at, end)
            if at < 0:
                return False
            at += len(piece)
        return True
