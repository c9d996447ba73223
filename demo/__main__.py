"""`python -m demo`: back end, server and client in one terminal, and the first trace. Ctrl-C stops all three."""

from __future__ import annotations

import signal

STOP_SIGNALS = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
if __name__ == "__main__":
    # Block these before the other imports, which take up to a second: Ctrl-C during an import prints a traceback, or is
    # lost if raised in a finalizer. The child processes inherit the block.
    signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)

import argparse
import os
import socket
import sys
import threading
import webbrowser

from demo.program import EndedError, Program, StoppedError
from telemetry.environment import SettingsError, prepare
from telemetry.terminal import prepare_output
from verify import tree
from verify.flags import silence
from verify.trace import QueryError, Span, wait_for

READY_SECONDS = 30
TRACE_SECONDS = 10
COLOURS = {"backend": "\x1b[35m", "server": "\x1b[36m", "client": "\x1b[33m"}


def main() -> int:
    options = parse()
    prepare_output()
    # Override the user's settings: the demo's programs export to the demo's back end.
    os.environ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] = f"http://localhost:{options.otlp_port}"
    os.environ["OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"] = "grpc"
    try:
        prepare()
    except SettingsError as problem:
        sys.exit(f"python -m demo: {problem}")
    stopping = threading.Event()
    threading.Thread(target=wait_for_signal, args=(stopping,), daemon=True).start()
    programs: list[Program] = []
    try:
        start(options, programs, stopping)
        watch(programs, stopping)
    except StoppedError:
        pass
    except BrokenPipeError:  # the reader has gone: `make demo | head`
        silence()
        return 0
    except EndedError as error:
        print(f"python -m demo: {error}", file=sys.stderr)
        return 1
    finally:
        for program in reversed(programs):
            program.stop()
    return 0


def wait_for_signal(stopping: threading.Event) -> None:
    """Set `stopping` at a stop signal. An exception raised in the main thread could be lost in a finalizer."""
    signal.sigwait(STOP_SIGNALS)
    stopping.set()


def start(options: argparse.Namespace, programs: list[Program], stopping: threading.Event) -> None:
    """Start each program once the previous one is ready, then show the first trace."""
    ui = f"http://localhost:{options.port}"
    if listens(options.otlp_port):
        print(f"A collector listens on port {options.otlp_port} already; using it and the Jaeger at {ui}.", flush=True)
    else:
        database = ["--db", options.db] if options.db else []
        flags = ["--otlp-port", str(options.otlp_port), "--port", str(options.port), *database]
        for name in ("grpc", "http"):
            if port := getattr(options, f"{name}_port"):
                flags += [f"--{name}-port", port]
        programs.append(program("backend", ["backend", *flags], stopping))
        programs[-1].wait_for("UI on http", READY_SECONDS)
    programs.append(program("server", ["server", "--port", str(options.server_port), "--workers", "1"], stopping))
    programs[-1].wait_for("Server is running", READY_SECONDS)
    url = f"http://localhost:{options.server_port}/"
    programs.append(program("client", ["client", "--verbose", "--url", url, "--ui", ui], stopping))
    print(f"\nThe traces: {ui}   (Ctrl-C stops)\n", flush=True)
    if options.open:
        webbrowser.open(ui)
    show_first_trace(programs[-1], ui, stopping)


def program(name: str, command: list[str], stopping: threading.Event) -> Program:
    colour = COLOURS[name] if sys.stdout.isatty() and "NO_COLOR" not in os.environ else ""
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}
    return Program(name, colour, command, environment, stopping, hide=r"^  (traceparent:|http|no)")


def show_first_trace(client: Program, ui: str, stopping: threading.Event) -> None:
    """Print the trace of the client's first request once both spans are stored, or why there is none."""
    sent = client.wait_for(r"traceparent: 00-([0-9a-f]{32})-[0-9a-f]{16}-.[13579bdf]|^  (no.*)", TRACE_SECONDS)
    if sent is None:
        return
    trace_id, problem = sent.groups()
    spans: list[Span] = []
    try:
        spans = wait_for(ui, trace_id, 2, TRACE_SECONDS, stopping.is_set) if trace_id else []
        problem = problem or (len(spans) < 2 and "a span did not arrive: `make verify` finds out where it got lost")  # noqa: PLR2004
    except QueryError as error:
        problem = error
    if spans:
        print("\n" + "\n".join([f"{ui}/trace/{trace_id}", *tree.lines(spans)]) + "\n", flush=True)
    if problem:
        print(f"(no trace to show: {problem})", flush=True)


def watch(programs: list[Program], stopping: threading.Event) -> None:
    """Return when the demo should stop.

    Raises:
        EndedError: a program exited on its own.
    """
    while not stopping.wait(0.2):
        for each in programs:
            if not each.running:
                raise EndedError(each)


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m demo", usage=argparse.SUPPRESS, description=__doc__)
    parser.add_argument("--open", action="store_true", help="open the browser")
    parser.add_argument("--otlp-port", type=int, default=55678, help="the collector's (default: %(default)s)")
    parser.add_argument("--grpc-port", metavar="PORT", help="additional port of OTLP/gRPC, or off (default: 4317)")
    parser.add_argument("--http-port", metavar="PORT", help="port of OTLP/HTTP, or off (default: 4318)")
    parser.add_argument("--port", type=int, default=16686, help="the UI's (default: %(default)s)")
    parser.add_argument("--server-port", type=int, default=8080, help="the server's (default: %(default)s)")
    parser.add_argument("--db", help="where the traces are kept (default: the backend's)")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
