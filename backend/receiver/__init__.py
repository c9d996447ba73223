"""Receivers: OTLP over gRPC and HTTP, and files of traces."""

import os

# Before gRPC is imported: what strangers send is nothing to write C++'s log lines about; failures are raised.
os.environ.setdefault("GRPC_VERBOSITY", "NONE")
