"""A literal port of the article's server: Flask's built-in server, which exports each span inside its request."""

from __future__ import annotations

import os

from flask import Flask
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.flask import FlaskInstrumentor
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

os.environ.setdefault("OTEL_SEMCONV_STABILITY_OPT_IN", "http")
provider = TracerProvider(resource=Resource.create({SERVICE_NAME: "chapter2-server"}))
provider.add_span_processor(SimpleSpanProcessor(OTLPSpanExporter()))
trace.set_tracer_provider(provider)

app = Flask(__name__)
FlaskInstrumentor().instrument_app(app)


@app.get("/")
def hello() -> str:
    return "Hello, World!"
