"""Hostile texts: markup, endless words, right-to-left text, empty text. Each must be displayed as text."""

from __future__ import annotations

IMAGE = "<img src=x onerror=alert(1)>"
MARKUP = f"{IMAGE}<script>alert(2)</script>"
LONG = "n" * 100_000
REVERSED = "\u202eright to left \u05d0"
TEXTS = (MARKUP, LONG, REVERSED, "\u202egnp.exe\u2069", "שלום 🙂", "😀" * 500, "", "\x00", "a\x00b\nc", "constructor")
