"""A terminal whose encoding is not UTF-8: plain characters in the place of those that it does not have."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.children import NO_STANDARD_PORTS, free_port, python

if TYPE_CHECKING:
    from pathlib import Path

ENCODINGS = [
    {"PYTHONIOENCODING": "latin-1"},
    {"PYTHONIOENCODING": "ascii"},
    {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_verify_marks_hops_in_plain_characters(encoding: dict[str, str]) -> None:
    nobody = f"http://localhost:{free_port()}"
    settings = encoding | {"OTEL_EXPORTER_OTLP_ENDPOINT": nobody}  # other runs may have the standard port
    with python("-m", "verify", "--url", nobody, "--query-url", nobody, env=settings) as child:
        assert child.end() == 1
        assert len(re.findall("^x ", child.output, re.MULTILINE)) == 6
        assert "Traceback" not in child.output


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_the_demo_draws_its_trace_in_plain_characters(tmp_path: Path, encoding: dict[str, str]) -> None:
    ports = (f"--{name}={free_port()}" for name in ("otlp-port", "port", "server-port"))
    with python("-m", "demo", *ports, *NO_STANDARD_PORTS, "--db", str(tmp_path / "a.db"), env=encoding) as child:
        child.wait_for(r"\nchapter2-client  GET .*\n`- chapter2-server  GET / ", 40)
        assert child.stop(seconds=15) == 0
        assert "Traceback" not in child.output


def test_a_file_s_name_may_have_what_the_terminal_has_not(tmp_path: Path) -> None:
    file = tmp_path / "größe.jsonl"
    file.write_text('{"resourceSpans":[]}', "utf-8")
    flags = ("import", "--db", str(tmp_path / "a.db"), str(file))
    with python("-m", "backend", *flags, env={"PYTHONIOENCODING": "ascii"}) as child:
        child.end()
        assert r"gr\xf6\xdfe.jsonl: 0 spans" in child.output
