"""The flags that both programs of this room have: where the server and the query API are, and how long to wait."""

from __future__ import annotations

import argparse


def make_parser(program: str, description: str | None) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(program, usage=argparse.SUPPRESS, description=description)
    parser.add_argument("--url", default="http://localhost:8080/", help="the server (default: %(default)s)")
    parser.add_argument("--query-url", default="http://localhost:16686", help="Jaeger (default: %(default)s)")
    parser.add_argument("--timeout", type=float, default=10.0, help="seconds to wait for the spans (default: 10)")
    return parser
