"""Receivers: OTLP over gRPC and HTTP, and trace files."""

import os

# Set this before importing gRPC: its C++ core would log clients' malformed input; real failures raise exceptions.
os.environ.setdefault("GRPC_VERBOSITY", "NONE")
