"""`python -m backend import FILE…`: files of traces into the store of a backend that is not running."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import click

from backend.codec.otlp import MalformedRequestError, span_bytes
from backend.receiver.trace_files import load
from backend.store.errors import StoreError
from backend.store.store import Store


def main(arguments: list[str], db: Path) -> int:
    """Import the files one by one; exit with status 1 at the first that fails.

    Args:
        arguments: the command line after `import`.
        db: the default for --db, the file to store into.
    """
    options = parse(arguments, db)
    try:
        options.db.parent.mkdir(parents=True, exist_ok=True)
        store = Store(options.db, span_bytes=span_bytes)
    except (OSError, StoreError) as problem:
        return fail(problem)
    try:
        for path in options.files:
            import_file(path, store)
    except (OSError, StoreError, MalformedRequestError) as problem:
        return fail(problem if isinstance(problem, OSError) else f"{path}: {problem}")
    finally:
        store.close()
    return 0


def import_file(path: Path, store: Store) -> None:
    size = path.stat().st_size
    quiet = not sys.stderr.isatty()
    bar = click.progressbar(length=size, label=path.name, file=sys.stderr, hidden=quiet, update_min_steps=size // 100)
    with path.open("rb") as file, bar:
        done = load(file, store, bar.update)
    rejected = f", {done.rejected} rejected: {done.reason}" if done.rejected else ""
    print(f"{path}: {done.spans} spans{rejected}", flush=True)


def fail(problem: object) -> int:
    print(f"python -m backend import: {problem}", file=sys.stderr)
    return 1


def parse(arguments: list[str], db: Path) -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m backend import", usage=argparse.SUPPRESS, description=__doc__)
    formats = "OTLP as JSON or protobuf, Jaeger's JSON or an answer of Tempo, as they are or packed by gzip or zstd"
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help=formats)
    parser.add_argument("--db", type=Path, default=db, help="file that keeps the traces (default: %(default)s)")
    return parser.parse_args(arguments)
