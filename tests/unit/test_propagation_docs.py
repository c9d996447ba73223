"""The snippets of docs/propagation.md, run top to bottom as one session: each prints what the page says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "propagation.md"

SNIPPET = re.compile(r"^```python\n(?P<code>.*?)^```\n(?:```text\n.*?^```\n)?", re.DOTALL | re.MULTILINE)
OPENING_FENCE = re.compile(r"^ *(?:```|~~~)([^\n]+)$", re.MULTILINE)
SEPARATOR = "\x1e"


def test_every_snippet_prints_what_the_page_says(tmp_path: Path) -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert as_printed(page, tmp_path) == page


def test_the_page_has_no_block_that_looks_like_a_snippet_and_is_none() -> None:
    assert set(OPENING_FENCE.findall(PAGE.read_text(encoding="utf-8"))) == {"python", "text"}


@pytest.mark.parametrize(
    "page",
    [
        "no snippet\n",
        "```python\nprint(1)\n```\n",
        "```python\nprint(1)\n```\n\n```text\n1\n```\n",
        "```python\nprint(1)\n```\n```text\n2\n```\n",
        "```python\nx = 1\n```\n```text\n1\n```\n",
        "```python\n1 / 0\n```\n",
    ],
    ids=["no snippet", "no output block", "output block apart", "other output", "nothing printed", "error"],
)
def test_a_wrong_page_fails(page: str, tmp_path: Path) -> None:
    with pytest.raises(AssertionError):
        assert as_printed(page, tmp_path) == page


def as_printed(page: str, scratch: Path) -> str:
    """The page with each snippet's output block holding what the snippet prints."""
    snippets = [match["code"] for match in SNIPPET.finditer(page)]
    assert snippets, "the page has no python snippet"
    outputs = iter(run(snippets, scratch / "session.py"))
    return SNIPPET.sub(lambda match: with_output(match["code"], next(outputs)), page)


def with_output(code: str, output: str) -> str:
    return f"```python\n{code}```\n" + (f"```text\n{output}```\n" if output else "")


def run(snippets: list[str], session: Path) -> list[str]:
    """Run the snippets in a process of their own, which takes the global providers and patches with it."""
    session.write_text(f"print({SEPARATOR!r})\n".join(snippets), encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    done = subprocess.run(
        [sys.executable, "-W", "error", session],
        cwd=ROOT,
        env=environment | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert not done.stderr, done.stderr
    return done.stdout.split(f"{SEPARATOR}\n")
