"""The receiver: OTLP over gRPC and over HTTP into the store."""
