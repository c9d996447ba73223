"""Export from one back end, import into another: the traces are the same."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
import requests

from tests.children import eventually, make, python
from tests.stack import EmbeddedStack

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.stack import Stack


@pytest.fixture
def full(tmp_path: Path) -> Iterator[EmbeddedStack]:
    """A back end with three traces of the client."""
    (tmp_path / "full").mkdir()
    with EmbeddedStack(tmp_path / "full") as stack:
        stack.start_collector()
        with make("client", "--count 3 --interval 0 --url http://localhost:1/", env=stack.environment) as client:
            client.end()
        stack.wait_for_traces("chapter2-client", 3, spans=1)
        yield stack


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[EmbeddedStack]:
    with EmbeddedStack(tmp_path, "imported.db") as stack:
        yield stack


def contents(stack: Stack) -> list[Any]:
    found = requests.get(
        f"{stack.query_url}/api/traces", params={"service": "chapter2-client", "limit": "99"}, timeout=9
    )
    return sorted(found.json()["data"] or [], key=lambda trace: str(trace["traceID"]))


def export(stack: Stack, path: Path) -> Path:
    path.write_bytes(requests.get(f"{stack.query_url}/api/export", timeout=9).content)
    return path


def import_(stack: EmbeddedStack, *files: Path) -> str:
    with python("-m", "backend", "import", *map(str, files), "--db", str(stack.db)) as running:
        running.end()
    return running.output


def test_what_is_exported_can_be_imported(full: EmbeddedStack, empty: EmbeddedStack, tmp_path: Path) -> None:
    file = export(full, tmp_path / "traces.jsonl")
    assert len(file.read_text().splitlines()) == 3
    for _ in range(2):  # the second time adds nothing
        assert import_(empty, file) == f"{file}: 3 spans\n"
    empty.start_collector()
    assert contents(empty) == contents(full)


def test_the_same_by_upload(full: EmbeddedStack, empty: EmbeddedStack, tmp_path: Path) -> None:
    file = export(full, tmp_path / "traces.jsonl")
    empty.start_collector()
    answer = requests.post(f"{empty.query_url}/api/import", data=file.read_bytes(), timeout=9)
    assert (answer.status_code, answer.json()) == (200, {"spans": 3, "rejected": 0})
    assert contents(empty) == contents(full)


def test_a_whole_document_and_an_answer_of_the_api_are_taken(
    full: EmbeddedStack, empty: EmbeddedStack, tmp_path: Path
) -> None:
    first, second, third = contents(full)
    answer = requests.get(f"{full.query_url}/api/v3/traces/{first['traceID']}", timeout=9)
    (tmp_path / "answer.json").write_bytes(answer.content)
    pretty = requests.get(f"{full.query_url}/api/v3/traces/{second['traceID']}", timeout=9).json()["result"]
    (tmp_path / "pretty.json").write_text(json.dumps(pretty, indent=2))
    import_(empty, tmp_path / "answer.json", tmp_path / "pretty.json")
    empty.start_collector()
    assert [trace["traceID"] for trace in contents(empty)] == [first["traceID"], second["traceID"]]
    assert third["traceID"] not in str(contents(empty))


@pytest.mark.parametrize("indent", [None, 4])
def test_jaegers_json_is_taken_too(
    full: EmbeddedStack, empty: EmbeddedStack, tmp_path: Path, indent: int | None
) -> None:
    first, *others = contents(full)
    (tmp_path / "trace.json").write_text(json.dumps(first, indent=indent))
    (tmp_path / "answer.json").write_text(json.dumps({"data": others}, indent=indent))
    for _ in range(2):  # the second time adds nothing
        assert import_(empty, tmp_path / "trace.json") == f"{tmp_path / 'trace.json'}: 1 spans\n"
    empty.start_collector()
    answer = requests.post(f"{empty.query_url}/api/import", data=(tmp_path / "answer.json").read_bytes(), timeout=9)
    assert (answer.status_code, answer.json()) == (200, {"spans": 2, "rejected": 0})
    assert contents(empty) == contents(full)


def test_what_is_wrong_in_jaegers_json_is_named(full: EmbeddedStack, empty: EmbeddedStack, tmp_path: Path) -> None:
    found = contents(full)
    found[1]["spans"][0]["startTime"] = "yesterday"
    file = tmp_path / "traces.json"
    file.write_text(json.dumps(found, indent=2))
    problem = 'not Jaeger\'s JSON: trace 2: span 1: startTime is "yesterday", not a number of µs'
    with python("-m", "backend", "import", str(file), "--db", str(empty.db)) as running:
        assert running.end() == 1
    assert running.output == f"python -m backend import: {file}: {problem}\n"
    empty.start_collector()
    answer = requests.post(f"{empty.query_url}/api/import", data=file.read_bytes(), timeout=9)
    assert (answer.status_code, answer.json()["errors"]) == (400, [{"code": 400, "msg": problem}])
    assert contents(empty) == []


def test_a_page_of_another_origin_cannot_upload(empty: EmbeddedStack) -> None:
    empty.start_collector()
    answer = requests.post(
        f"{empty.query_url}/api/import", data=b"{}", headers={"Origin": "http://elsewhere.example"}, timeout=9
    )
    assert answer.status_code == 403


def test_a_bad_line_is_named(full: EmbeddedStack, empty: EmbeddedStack, tmp_path: Path) -> None:
    file = export(full, tmp_path / "traces.jsonl")
    lines = file.read_bytes().splitlines()
    file.write_bytes(b"\n".join([lines[0], b"", b"{oops", lines[2]]))
    with python("-m", "backend", "import", str(file), "--db", str(empty.db)) as running:
        assert running.end() == 1
    assert running.output.startswith(f"python -m backend import: {file}: line 3, column 2: not JSON: ")
    assert running.output.count("\n") == 1
    empty.start_collector()
    assert len(contents(empty)) == 1  # what came before stays
    answer = requests.post(f"{empty.query_url}/api/import", data=file.read_bytes(), timeout=9)
    assert answer.status_code == 400
    assert "line 3" in answer.json()["errors"][0]["msg"]


def test_a_store_in_use_and_a_missing_file_are_one_line(full: EmbeddedStack, tmp_path: Path) -> None:
    file = export(full, tmp_path / "traces.jsonl")
    for command in (["--db", str(full.db), str(file)], ["--db", str(tmp_path / "new.db"), str(tmp_path / "none")]):
        with python("-m", "backend", "import", *command) as running:
            assert running.end() == 1
        assert running.output.startswith("python -m backend import: ")
        assert running.output.count("\n") == 1


def test_the_file_of_the_exporter_grows_with_the_store(full: EmbeddedStack, tmp_path: Path) -> None:
    with make("client", "--count 1 --url http://localhost:1/", env=full.environment) as client:
        client.end()
    eventually(lambda: len(export(full, tmp_path / "traces.jsonl").read_text().splitlines()) == 4)
