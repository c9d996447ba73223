"""The SQL: each statement is a file in this folder, with its reasons in it. None is ever built from values."""

from __future__ import annotations

from pathlib import Path


def statement(name: str) -> str:
    return (Path(__file__).parent / f"{name}.sql").read_text("utf-8")


SCHEMA = statement("schema")
INSERT_REQUEST = statement("insert_request")
INSERT_BLOCK = statement("insert_block")
INSERT_LABEL = statement("insert_label")
DELETE_REQUEST = statement("delete_request")
DELETE_BLOCK = statement("delete_block")
DELETE_LABEL = statement("delete_label")
CLEAR = tuple(statement(f"clear_{table}") for table in ("request", "block", "label"))
UPDATE_SPANS = statement("update_spans")
OLDEST_REQUEST = statement("oldest_request")
SPANS_OF_REQUEST = statement("spans_of_request")
REQUEST = statement("request")
REQUESTS_AFTER = statement("requests_after")
BLOCKS = statement("blocks")
LABELS = statement("labels")
USED_BYTES = statement("used_bytes")
