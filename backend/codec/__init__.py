"""The formats, each read and written: OTLP requests, OTLP JSON, Jaeger's model and its JSON."""
