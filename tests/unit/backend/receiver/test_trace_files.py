"""Files of traces: what is recognised, what is not, and what a file may cost."""

from __future__ import annotations

import base64
import gzip
import io
import json
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask

from backend import importing
from backend.codec.otlp import MalformedRequestError
from backend.receiver import trace_files, unpacking
from backend.receiver.compression import TooLargeError, zstd
from backend.receiver.trace_files import load, make_upload
from backend.receiver.unpacking import ZSTD
from tests.unit.backend.receiver.otlp import request, span

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from backend.store.store import Store

IDS = range(1, 4)


def group(span_id: int) -> Any:
    one = {"traceId": 16 * "01", "spanId": f"{span_id:016x}", "name": "é", "kind": 2}
    return {"scopeSpans": [{"spans": [one]}]}


def document(span_id: int) -> Any:
    return {"resourceSpans": [group(span_id)]}


def text(value: object, indent: int | None = None) -> str:
    return json.dumps(value, indent=indent, ensure_ascii=False)


def in_base64(value: Any) -> Any:
    """As Tempo has ids."""
    if isinstance(value, list):
        return [in_base64(one) for one in value]
    if isinstance(value, dict):
        return {
            key: base64.b64encode(bytes.fromhex(one)).decode() if key in {"traceId", "spanId"} else in_base64(one)
            for key, one in value.items()
        }
    return value


def old(value: Any) -> Any:
    return json.loads(text(value).replace("scopeSpans", "instrumentationLibrarySpans"))


def message(span_id: int) -> bytes:
    return request(span(span_id.to_bytes(8, "big"))).SerializeToString()


def with_length(body: bytes) -> bytes:
    return len(body).to_bytes(4, "big") + body


JAEGER = {
    "traceID": "1",
    "processes": {"p1": {"serviceName": "shop"}},
    "spans": [
        {"traceID": "1", "spanID": "f", "operationName": "x", "startTime": 1, "duration": 1, "processID": "p1"},
    ],
}
THREE = [document(number) for number in IDS]
GROUPS = [group(number) for number in IDS]
LINES = "".join(f"{text(one)}\n" for one in THREE)
FILES: dict[str, tuple[str | bytes, int]] = {
    "lines": (LINES, 3),
    "lines without the last end": (LINES.rstrip(), 3),
    "lines of Windows, and empty ones": (LINES.replace("\n", "\r\n\r\n"), 3),
    "a byte order mark": ("\ufeff" + LINES, 3),
    "UTF-16": (LINES.encode("utf-16"), 3),
    "UTF-16 of the other kind, no mark": (LINES.encode("utf-16-be"), 3),
    "UTF-16, pretty-printed": (text(THREE[0], 2).encode("utf-16"), 1),
    "Latin-1": (LINES.encode("latin-1"), 3),
    "one, pretty-printed": (text(THREE[0], 2), 1),
    "several, pretty-printed": ("\n".join(text(one, 2) for one in THREE), 3),
    "several, pretty-printed, with nothing between": ("".join(text(one, 2) for one in THREE), 3),
    "several on a line": ("".join(map(text, THREE)), 3),
    "lines, then pretty-printed": (text(THREE[0]) + "\n" + text(THREE[1], 2) + text(THREE[2]), 3),
    "a list": (text(THREE), 3),
    "a list, pretty-printed, with null": (text([*THREE, None], 1), 3),
    "lists on lines": (text(THREE[:2]) + "\n" + text(THREE[2:]), 3),
    "Tempo's batches": (text({"batches": in_base64(GROUPS)}), 3),
    "Tempo's trace": (text({"trace": {"resourceSpans": in_base64(GROUPS)}, "metrics": {}}), 3),
    "Tempo's trace of batches": (text({"trace": {"batches": in_base64(GROUPS)}}), 3),
    "Jaeger's v3": (text({"result": document(1)}), 1),
    "Jaeger's v3, streamed": ("\n".join(text({"result": one}) for one in THREE), 3),
    "Jaeger's v1": (text({"data": [JAEGER]}), 1),
    "Jaeger's v1 in a list": (text([JAEGER]), 1),
    "Jaeger's and OTLP": (text(JAEGER) + "\n" + LINES, 4),
    "before 0.15": (text(old(THREE[0])), 1),
    "none yet": (text({"resourceSpans": []}), 0),
    "protobuf": (message(1), 1),
    "the file exporter's protobuf": (b"".join(with_length(message(number)) for number in IDS), 3),
    "the file exporter's JSON with lengths": (b"".join(with_length(text(one).encode()) for one in THREE), 3),
    "a single empty line before": ("\n" + text(THREE[0], 2), 1),
}


def encoded(content: str | bytes) -> bytes:
    return content.encode() if isinstance(content, str) else content


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_what_is_recognised(store: Store, pack: Callable[[bytes], bytes], name: str) -> None:
    content, spans = FILES[name]
    read: list[int] = []
    file = pack(encoded(content))
    done = load(io.BytesIO(file), store, read.append)
    assert (done.spans, done.rejected, store.span_count()) == (spans, 0, spans)
    assert sum(read) == len(file)


WANTED = "; OTLP has resourceSpans, an answer of Tempo batches or trace, and one of Jaeger data, result or spans"
FAULTS: dict[str, tuple[str | bytes, str]] = {
    "nothing": ("", "it is empty"),
    "white space": (" \n\r\n\t", "it is empty"),
    "a mark alone": ("\ufeff", "it is empty"),
    "the console exporter": (
        text({"name": "load", "context": {"trace_id": "0x1"}, "kind": "SpanKind.INTERNAL"}, 4),
        f"no traces: a span as the console exporter prints it{WANTED}",
    ),
    "Elasticsearch": (text({"took": 1, "hits": {}}), f"line 1: no traces: an answer of Elasticsearch{WANTED}"),
    "an error of v3": (
        text({"error": {"httpCode": 404, "message": "No traces found"}}),
        f"line 1: no traces: an error that an API answered{WANTED}",
    ),
    "an error of v1": (text({"data": None, "errors": [{"code": 404}]}), "line 1: not Jaeger's JSON: data is null"),
    "Zipkin": (text([{"id": "1", "localEndpoint": {}}]), f"line 1: no traces: a span in Zipkin's JSON{WANTED}"),
    "logs": (text({"resourceLogs": [1]}), f"line 1: no traces: OTLP, but logs{WANTED}"),
    "an empty object": ("{}", f"line 1: no traces: an empty object{WANTED}"),
    "others": (text({"a": 1, "b": 2}), f'line 1: no traces: an object with "a", "b"{WANTED}'),
    "a number": ("[5]", f"line 1: no traces: 5{WANTED}"),
    "a later one": (LINES + text({"a": 1}), f'line 4: no traces: an object with "a"{WANTED}'),
    "a later one of a list": (text([*THREE, 5]), "line 1: number 4: not an ExportTraceServiceRequest in"),
    "a later one, pretty-printed": (text(THREE[0], 2) + "\n" + text({"a": 1}, 2), "line 19: no traces: an object with"),
    "cut off": (LINES[:-9], "line 3, column "),
    "gzip, cut off": (gzip.compress(LINES.encode())[:-9], "cannot be unpacked: "),
    "gzip, broken": (gzip.compress(LINES.encode())[:-8] + bytes(8), "cannot be unpacked: "),
    "no gzip": (b"\x1f\x8b\xff\xff", "cannot be unpacked: "),
    "protobuf, cut off": (message(1)[:-1], "not an ExportTraceServiceRequest: "),
    "a message, cut off": (with_length(message(1)) + with_length(message(2))[:-5], "message 2: it has "),
    "a message that is none": (with_length(message(1)) + with_length(b"\x0a\xff"), "message 2: not an Export"),
    "a picture": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "line 1, column 1: not JSON: "),
    "an empty zip": (b"PK\x05\x06" + bytes(18), ""),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_what_is_not_recognised_is_told(store: Store, name: str) -> None:
    content, told = FAULTS[name]
    with pytest.raises(MalformedRequestError) as problem:
        load(io.BytesIO(encoded(content)), store)
    assert str(problem.value).startswith(told)
    assert str(problem.value).isprintable()


@pytest.mark.parametrize("name", FAULTS)
def test_the_commands_exit_status_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    (tmp_path / "file").write_bytes(encoded(FAULTS[name][0]))
    assert importing.main([str(tmp_path / "file")], tmp_path / "traces.db") == 1
    assert capsys.readouterr().err.startswith(f"python -m backend import: {tmp_path / 'file'}: {FAULTS[name][1]}")


def test_what_is_rejected_is_told_with_the_reason(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = document(1)
    found["resourceSpans"] += document(2)["resourceSpans"]
    found["resourceSpans"][1]["scopeSpans"][0]["spans"][0]["kind"] = "SERVER"
    (tmp_path / "file").write_text(text(found))
    assert importing.main([str(tmp_path / "file")], tmp_path / "traces.db") == 0
    assert '1 spans, 1 rejected: span "\\u00e9": kind is "SERVER", not a number or one of' in capsys.readouterr().out


def test_a_bomb_is_not_blown_up(store: Store) -> None:
    bomb = gzip.compress(text(THREE[0]).encode() + b"\n" + b" " * 5_000_000)
    read: list[int] = []
    with pytest.raises(TooLargeError, match="more than 1000000 bytes unpacked"):
        load(io.BytesIO(bomb), store, read.append, limit=1_000_000)
    assert load(io.BytesIO(bomb), store, limit=6_000_000).spans == 1


def test_many_small_bombs_are_one(store: Store) -> None:
    """Messages that are packed one by one."""
    bomb = with_length(gzip.compress(text(THREE[0]).encode() + b" " * 400_000))
    with pytest.raises(TooLargeError, match="more than 1000000 bytes unpacked"):
        load(io.BytesIO(with_length(text(THREE[1]).encode()) + 9 * bomb), store, limit=1_000_000)


def test_a_document_has_its_bounds(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of them, for all of it is in memory; the file has none."""
    monkeypatch.setattr(trace_files, "MAX_DOCUMENT", 400)
    assert load(io.BytesIO(LINES.encode() * 9), store).spans == 27
    for large in (text(GROUPS) * 2, text({"resourceSpans": GROUPS}, 1), message(1) * 9, LINES.encode("utf-16") * 9):
        with pytest.raises(TooLargeError, match="a document has more than 400 bytes"):
            load(io.BytesIO(encoded(large)), store)


def test_an_upload_may_be_packed(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    app = Flask(__name__)
    app.register_blueprint(make_upload(store))
    client = app.test_client()
    answer = client.post("/api/import", data=gzip.compress(LINES.encode()))
    assert (answer.status_code, answer.json) == (200, {"spans": 3, "rejected": 0})
    monkeypatch.setattr(trace_files, "MAX_BODY", 100)
    answer = client.post("/api/import", data=gzip.compress(LINES.encode()))
    assert answer.status_code == 413
    assert "more than 100 bytes unpacked" in answer.text


@pytest.mark.skipif(zstd is None, reason="no zstd for this Python")
def test_zstd_is_unpacked(store: Store) -> None:
    assert load(io.BytesIO(zstd.compress(LINES.encode())), store).spans == 3
    packed = b"".join(with_length(zstd.compress(message(number))) for number in IDS)
    assert load(io.BytesIO(packed), store).spans == 3
    with pytest.raises(MalformedRequestError, match="cannot be unpacked"):
        load(io.BytesIO(ZSTD + b"broken"), store)


def test_zstd_where_there_is_none(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "zstd", None)
    with pytest.raises(MalformedRequestError, match=r"it is zstd, which needs Python 3\.14 or the package backports"):
        load(io.BytesIO(ZSTD + LINES.encode()), store)


def test_lines_are_stored_as_they_are_read(store: Store) -> None:
    """What a file of a gigabyte wants in memory is a line."""

    class Endless(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            found = super().read(size)
            if not found:
                assert store.span_count() == 3
            return found

    with closing(Endless(LINES.encode())) as file:
        load(file, store)
