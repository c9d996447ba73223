"""`python -m bench.bare PORT [decode]`: Python's bare gRPC server, which does nothing or only decodes requests.

An upper bound for the embedded back end on this gRPC server.
"""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

import grpc

from backend.codec.otlp import decode
from backend.receiver.grpc import SERVICE, THREADS


def main() -> None:
    server = grpc.server(ThreadPoolExecutor(THREADS))
    export: grpc.RpcMethodHandler[bytes, bytes] = grpc.unary_unary_rpc_method_handler(
        decode_only if "decode" in sys.argv else nothing
    )
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, {"Export": export}),))
    server.add_insecure_port(f"127.0.0.1:{sys.argv[1]}")
    server.start()
    print("ready", flush=True)
    server.wait_for_termination()


def nothing(body: bytes, context: grpc.ServicerContext) -> bytes:  # noqa: ARG001 - as gRPC calls it
    return b""


def decode_only(body: bytes, context: grpc.ServicerContext) -> bytes:  # noqa: ARG001
    decode(body)
    return b""


if __name__ == "__main__":
    main()
