"""Settings: what the environment asks of telemetry, checked in one place.

The SDK answers a bad value with a traceback, with a silent default or, for an endpoint without a scheme, with TLS. Here
every bad value is one line that says what to do. `read` goes before the import of the SDK, which reads some of them.
Variables and meanings follow the OpenTelemetry specification, "Environment Variable Specification"; `SPAN_PROCESSOR` is
this playground's own.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from telemetry import credentials

if TYPE_CHECKING:
    from collections.abc import Iterable, MutableMapping

DEFAULT_ENDPOINT = "http://localhost:4317"
BATCH = "batch"
SIMPLE = "simple"

_SIGNAL_VARIABLES = "OTEL_EXPORTER_OTLP_TRACES_", "OTEL_EXPORTER_OTLP_"


class SettingsError(ValueError):
    """A variable has a value that cannot be used; the message is one line for the person who set it."""


@dataclass(frozen=True)
class Settings:
    """What the environment asks for, as far as the SDK does not read it by itself."""

    exporting: bool
    endpoint: str
    span_processor: str
    compression: str | None
    timeout: float | None
    """Seconds one export may take; None where the environment does not say."""
    queue: int
    """Spans that may wait to be exported."""
    batch: int
    """Spans in an export, at most."""


def read(environ: MutableMapping[str, str] = os.environ) -> Settings:
    """Check the environment and return the settings.

    Empty variables are removed from `environ`: to the specification they count as unset, the SDK stumbles over them.

    Raises:
        SettingsError: a value cannot be used.
    """
    for name in [name for name, value in environ.items() if name.startswith("OTEL_") and not value.strip()]:
        del environ[name]
    for name, check in _CHECKS.items():
        if name in environ:
            problem = check(environ[name].strip())
            if problem:
                raise _error(name, environ[name], problem)
    queue, batch = _queue_and_batch(environ)
    for prefix in _SIGNAL_VARIABLES:
        for name, problem in credentials.problems(environ, prefix):
            raise _error(name, environ[name], problem)
    return Settings(
        exporting=environ.get("OTEL_SDK_DISABLED", "").strip().lower() != "true"
        and environ.get("OTEL_TRACES_EXPORTER", "otlp").strip().lower() != "none",
        endpoint=_endpoint(environ),
        span_processor=environ.get("SPAN_PROCESSOR", "").strip().lower() or BATCH,
        compression=_for_traces(environ, "COMPRESSION", "").lower() or None,
        timeout=float(_for_traces(environ, "TIMEOUT", "0")) or None,
        queue=queue,
        batch=batch,
    )


def _error(name: str, value: str, problem: str) -> SettingsError:
    shown = "" if name.endswith("_HEADERS") else f"={value}"  # a token among them stays out of the log
    return SettingsError("".join(char if char.isprintable() else "?" for char in f"{name}{shown}: {problem}"))


def _for_traces(environ: MutableMapping[str, str], name: str, default: str) -> str:
    """The value of the traces' own variable, else of the one for all signals."""
    return next((environ[prefix + name].strip() for prefix in _SIGNAL_VARIABLES if prefix + name in environ), default)


def _endpoint(environ: MutableMapping[str, str]) -> str:
    endpoint = _for_traces(environ, "ENDPOINT", DEFAULT_ENDPOINT)
    problem = _endpoint_problem(endpoint, scheme_needed=not _for_traces(environ, "INSECURE", ""))
    if problem:
        name = next(prefix for prefix in _SIGNAL_VARIABLES if prefix + "ENDPOINT" in environ) + "ENDPOINT"
        raise _error(name, endpoint, problem)
    return endpoint


def _endpoint_problem(endpoint: str, *, scheme_needed: bool) -> str | None:
    if "://" not in endpoint:
        if scheme_needed:
            return f"no scheme, so the exporter would use TLS; write http://{endpoint} or https://{endpoint}"
        endpoint = f"http://{endpoint}"
    try:
        url = urlsplit(endpoint)
        port = url.port
    except ValueError:
        return "the port must be a number from 1 to 65535"
    if url.scheme not in {"http", "https"}:
        return "the scheme must be http or https"
    if not url.hostname:
        return "no host in it; write for example http://localhost:55678"
    return None if port != 0 else "the port must be a number from 1 to 65535"


def _queue_and_batch(environ: MutableMapping[str, str]) -> tuple[int, int]:
    queue = int(environ.get("OTEL_BSP_MAX_QUEUE_SIZE", "2048"))
    batch = int(environ.get("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "512"))
    if batch > queue:
        raise SettingsError(
            f"OTEL_BSP_MAX_EXPORT_BATCH_SIZE={batch}: must not be larger than OTEL_BSP_MAX_QUEUE_SIZE, which is {queue}"
        )
    return queue, batch


Check = Callable[[str], "str | None"]


def _one_of(*allowed: str) -> Check:
    wanted = f"must be {' or '.join(allowed)}"
    return lambda value: None if value.lower() in allowed else wanted


def _named_entry_points(group: str) -> Check:
    def check(value: str) -> str | None:
        known = {"none", *(point.name for point in entry_points(group=group))}
        unknown = [name for name in (part.strip() for part in value.split(",")) if name not in known]
        return f"unknown: {', '.join(unknown)}; known: {', '.join(sorted(known))}" if unknown else None

    return check


def _whole_number(minimum: int) -> Check:
    def check(value: str) -> str | None:
        try:
            return None if int(value) >= minimum else f"must be {minimum} or more"
        except ValueError:
            return f"must be a whole number, {minimum} or more"

    return check


def _ratio(value: str) -> str | None:
    try:
        return None if 0 <= float(value) <= 1 else "must be from 0 to 1"
    except ValueError:
        return "must be a number from 0 to 1"


def _seconds(value: str) -> str | None:
    try:
        return None if 0 < float(value) < float("inf") else "must be more than 0 seconds"
    except ValueError:
        return "must be a number of seconds"


def _both(name: str, check: Check) -> Iterable[tuple[str, Check]]:
    return ((prefix + name, check) for prefix in _SIGNAL_VARIABLES)


_CHECKS: dict[str, Check] = {
    "SPAN_PROCESSOR": lambda value: _one_of(BATCH, SIMPLE)(value) if value else None,
    "OTEL_TRACES_EXPORTER": _one_of("otlp", "none"),
    "OTEL_PROPAGATORS": _named_entry_points("opentelemetry_propagator"),
    "OTEL_TRACES_SAMPLER": _one_of(
        "always_on",
        "always_off",
        "traceidratio",
        "parentbased_always_on",
        "parentbased_always_off",
        "parentbased_traceidratio",
    ),
    "OTEL_TRACES_SAMPLER_ARG": _ratio,
    **dict.fromkeys(
        (
            "OTEL_ATTRIBUTE_COUNT_LIMIT",
            "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT",
            "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT",
            "OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT",
            "OTEL_SPAN_EVENT_COUNT_LIMIT",
            "OTEL_SPAN_LINK_COUNT_LIMIT",
            "OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT",
            "OTEL_LINK_ATTRIBUTE_COUNT_LIMIT",
        ),
        _whole_number(0),
    ),
    "OTEL_BSP_SCHEDULE_DELAY": _whole_number(1),
    "OTEL_BSP_MAX_QUEUE_SIZE": _whole_number(1),
    "OTEL_BSP_MAX_EXPORT_BATCH_SIZE": _whole_number(1),
    "OTEL_BSP_EXPORT_TIMEOUT": _whole_number(0),
    **dict(_both("PROTOCOL", _one_of("grpc"))),
    **dict(_both("COMPRESSION", _one_of("gzip", "none"))),
    **dict(_both("TIMEOUT", _seconds)),
}
