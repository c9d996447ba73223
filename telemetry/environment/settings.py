"""Settings: reads tracing settings per OpenTelemetry's "Environment Variable Specification".

For an invalid value, the SDK raises a traceback, silently uses a default or, for an endpoint without a scheme, turns on
TLS. Here each one gets a one-line error that says what to do. `SPAN_PROCESSOR` exists only in this playground.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, MutableMapping
from importlib.metadata import entry_points
from typing import NamedTuple
from urllib.parse import urlsplit

from telemetry import printable
from telemetry.environment import credentials

PREFIXES = "OTEL_EXPORTER_OTLP_TRACES_", "OTEL_EXPORTER_OTLP_"  # for traces only, for all signals
# Milliseconds. Spans should reach Jaeger while you still remember the request; the SDK's 5 s suit production.
SCHEDULE_DELAY = 200
BATCH_TIMEOUT, SIMPLE_TIMEOUT = 10.0, 1.0  # seconds; with `simple`, a dead collector delays each request by this
# Python's SDK reads OTEL_EXPORTER_OTLP_TIMEOUT as seconds, the specification as milliseconds. Assume ms from here up.
MILLISECONDS_FROM = 1000
LARGEST = 2**31 - 1  # larger values overflow in the SDK
# Never proxied, as in Go's net/http and gRPC.
LOOPBACK = "localhost,127.0.0.0/8,::1"


class SettingsError(ValueError):
    """A variable has an invalid value; the message is one line for the user."""


class Settings(NamedTuple):
    """The settings that the SDK does not read itself."""

    exporting: bool
    endpoint: str
    insecure: bool  # without TLS
    simple: bool  # export each span as it ends
    gzip: bool
    timeout: float  # seconds per export attempt
    schedule_delay: int  # milliseconds between exports
    queue: int  # most spans that may wait
    batch: int  # most spans in one export


def prepare(environ: MutableMapping[str, str] = os.environ) -> Settings:
    """Check the environment, adapt it for the SDK, and return the settings; raises SettingsError.

    Call it before importing the SDK, which reads some variables on import; a second call changes nothing. It removes
    empty variables, which the specification treats as unset but the SDK fails on; opts in to the stable HTTP attribute
    names; and bypasses the proxy for this machine.
    """
    for name in [name for name, value in environ.items() if name.startswith("OTEL_") and not value.strip()]:
        del environ[name]
    _check(environ)
    endpoint, insecure = _endpoint(environ)
    for prefix in PREFIXES:
        for name, problem in credentials.problems(environ, prefix, tls=not insecure):
            raise _error(name, environ[name], problem)
    environ.setdefault("OTEL_SEMCONV_STABILITY_OPT_IN", "http")
    past_proxy = environ.get("no_proxy") or environ.get("NO_PROXY") or ""
    if LOOPBACK not in past_proxy:
        environ["no_proxy"] = f"{past_proxy},{LOOPBACK}".strip(",")
    simple = environ.get("SPAN_PROCESSOR", "").strip().lower() == "simple"
    timeout = float(_for_traces(environ, "TIMEOUT") or (SIMPLE_TIMEOUT if simple else BATCH_TIMEOUT))
    queue = int(environ.get("OTEL_BSP_MAX_QUEUE_SIZE", "2048"))
    batch = int(environ.get("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", min(queue, 512)))
    if batch > queue:
        raise _error("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", str(batch), f"more than OTEL_BSP_MAX_QUEUE_SIZE, {queue}")
    return Settings(
        exporting=environ.get("OTEL_SDK_DISABLED", "").strip().lower() != "true"
        and environ.get("OTEL_TRACES_EXPORTER", "").strip().lower() != "none",
        endpoint=endpoint,
        insecure=insecure,
        simple=simple,
        gzip=_for_traces(environ, "COMPRESSION").lower() == "gzip",
        timeout=timeout if timeout < MILLISECONDS_FROM else timeout / 1000,
        schedule_delay=int(environ.get("OTEL_BSP_SCHEDULE_DELAY", SCHEDULE_DELAY)),
        queue=queue,
        batch=batch,
    )


def _error(name: str, value: str, problem: str) -> SettingsError:
    shown = "" if name.endswith("_HEADERS") else f"={value:.200}"  # headers may hold a token: keep it out of the log
    return SettingsError(printable(f"{name}{shown}: {problem}"))


def _for_traces(environ: Mapping[str, str], name: str) -> str:
    """The value of the traces variable, else of the one for all signals; empty if neither is set."""
    return next((environ[prefix + name].strip() for prefix in PREFIXES if prefix + name in environ), "")


def _endpoint(environ: Mapping[str, str]) -> tuple[str, bool]:
    """The address, and whether to skip TLS. Per the specification, the scheme takes precedence over INSECURE."""
    endpoint = _for_traces(environ, "ENDPOINT") or "http://localhost:4317"
    insecure = _for_traces(environ, "INSECURE").lower()
    scheme = "" if "://" in endpoint or not insecure else "http://" if insecure == "true" else "https://"
    if not is_address(scheme + endpoint):
        name = next(prefix for prefix in PREFIXES if prefix + "ENDPOINT" in environ) + "ENDPOINT"
        raise _error(name, endpoint, "must be an address like http://localhost:55678 (without TLS) or https://…")
    return endpoint, (scheme + endpoint).lower().startswith("http:")


def is_address(text: str) -> bool:
    """Whether it is an HTTP(S) URL with a host; its port, if any, must be from 1 to 65535."""
    try:
        url = urlsplit(text)
        return url.scheme in {"http", "https"} and bool(url.hostname) and url.port != 0
    except ValueError:
        return False


def _check(environ: Mapping[str, str]) -> None:
    for name, (fits, wanted) in _CHECKS.items():
        try:
            right = not environ.get(name, "").strip() or fits(environ[name].strip())
        except ValueError:
            right = False
        if not right:
            raise _error(name, environ[name], f"must be {wanted}")
    for name, (group, more) in _ENTRY_POINTS.items():
        if name in environ:
            known = {more, *(point.name for point in entry_points(group=group))}
            if unknown := [part for part in map(str.strip, environ[name].split(",")) if part not in known]:
                raise _error(name, environ[name], f"unknown: {', '.join(unknown)}; known: {', '.join(sorted(known))}")
    protocol = next((prefix + "PROTOCOL" for prefix in PREFIXES if prefix + "PROTOCOL" in environ), None)
    if protocol and environ[protocol].strip().lower() != "grpc":
        raise _error(protocol, environ[protocol], f"this program speaks gRPC only; set {PREFIXES[0]}PROTOCOL=grpc")


Check = tuple[Callable[[str], bool], str]


def _one_of(*allowed: str) -> Check:
    return lambda value: value.lower() in allowed, " or ".join(allowed)


def _whole_number(minimum: int) -> Check:
    return lambda value: minimum <= int(value) <= LARGEST, f"a whole number from {minimum} to {LARGEST}"


_SAMPLERS = "always_on", "always_off", "traceidratio"
_LIMITED = "", "SPAN_", "EVENT_", "LINK_"
# For each variable, a check and the wording of its error.
_CHECKS: dict[str, Check] = {
    "SPAN_PROCESSOR": _one_of("batch", "simple"),
    "OTEL_TRACES_EXPORTER": _one_of("otlp", "none"),
    "OTEL_TRACES_SAMPLER": _one_of(*_SAMPLERS, *(f"parentbased_{name}" for name in _SAMPLERS)),
    "OTEL_METRICS_EXEMPLAR_FILTER": _one_of("always_on", "always_off", "trace_based"),
    "OTEL_TRACES_SAMPLER_ARG": (lambda value: 0 <= float(value) <= 1, "a number from 0 to 1"),
    **{f"OTEL_{of}ATTRIBUTE_COUNT_LIMIT": _whole_number(0) for of in _LIMITED},
    **{f"OTEL_{of}ATTRIBUTE_VALUE_LENGTH_LIMIT": _whole_number(0) for of in _LIMITED},
    **{f"OTEL_SPAN_{what}_COUNT_LIMIT": _whole_number(0) for what in ("EVENT", "LINK")},
    **{f"OTEL_BSP_{what}": _whole_number(1) for what in ("SCHEDULE_DELAY", "MAX_QUEUE_SIZE", "MAX_EXPORT_BATCH_SIZE")},
    "OTEL_BSP_EXPORT_TIMEOUT": _whole_number(0),
    **{prefix + "COMPRESSION": _one_of("gzip", "none") for prefix in PREFIXES},
    **{prefix + "TIMEOUT": (lambda v: 0 < float(v) <= LARGEST, "a number of seconds above 0") for prefix in PREFIXES},
}
# Valid names: the installed entry points of this group, and this one.
_ENTRY_POINTS = {
    "OTEL_PROPAGATORS": ("opentelemetry_propagator", "none"),
    "OTEL_PYTHON_ID_GENERATOR": ("opentelemetry_id_generator", "random"),
    "OTEL_PYTHON_CONTEXT": ("opentelemetry_context", "contextvars_context"),
    "OTEL_PYTHON_METER_PROVIDER": ("opentelemetry_meter_provider", "sdk_meter_provider"),
    "OTEL_PYTHON_TRACER_PROVIDER": ("opentelemetry_tracer_provider", "sdk_tracer_provider"),
    "OTEL_EXPERIMENTAL_RESOURCE_DETECTORS": ("opentelemetry_resource_detector", "*"),
}
