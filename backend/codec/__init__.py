"""The formats, each with both directions: OTLP requests, OTLP JSON, Jaeger's model and its JSON."""
