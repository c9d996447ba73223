"""The checks of the environment: each bad value is one line that names the variable and says what to do."""

from __future__ import annotations

import pytest

from telemetry.settings import Settings, SettingsError, read

TRACES_ENDPOINT = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"
ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
INSECURE = "OTEL_EXPORTER_OTLP_INSECURE"
PORT_PROBLEM = "the port must be a number from 1 to 65535"
SCHEME_PROBLEM = "the scheme must be http or https"
SECONDS_PROBLEM = "must be more than 0 seconds"
SAMPLERS = (
    "must be always_on or always_off or traceidratio or "
    "parentbased_always_on or parentbased_always_off or parentbased_traceidratio"
)
DEFAULTS = Settings(
    exporting=True,
    endpoint="http://localhost:4317",
    span_processor="batch",
    compression=None,
    timeout=None,
    queue=2048,
    batch=512,
)


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        (
            TRACES_ENDPOINT,
            "localhost:55678",
            "no scheme, so the exporter would use TLS; write http://localhost:55678 or https://localhost:55678",
        ),
        (
            ENDPOINT,
            "collector",
            "no scheme, so the exporter would use TLS; write http://collector or https://collector",
        ),
        (TRACES_ENDPOINT, "http://localhost:http", PORT_PROBLEM),
        (ENDPOINT, "http://localhost:0", PORT_PROBLEM),
        (ENDPOINT, "http://localhost:70000", PORT_PROBLEM),
        (ENDPOINT, "http://localhost:-1", PORT_PROBLEM),
        (ENDPOINT, "ftp://localhost:4317", SCHEME_PROBLEM),
        (TRACES_ENDPOINT, "grpc://localhost:4317", SCHEME_PROBLEM),
        (ENDPOINT, "http://", "no host in it; write for example http://localhost:55678"),
        (ENDPOINT, "http://:4317", "no host in it; write for example http://localhost:55678"),
        ("SPAN_PROCESSOR", "bulk", "must be batch or simple"),
        ("OTEL_TRACES_SAMPLER", "sometimes", SAMPLERS),
        ("OTEL_TRACES_SAMPLER_ARG", "1.5", "must be from 0 to 1"),
        ("OTEL_TRACES_SAMPLER_ARG", "-0.1", "must be from 0 to 1"),
        ("OTEL_TRACES_SAMPLER_ARG", "nan", "must be from 0 to 1"),
        ("OTEL_TRACES_SAMPLER_ARG", "half", "must be a number from 0 to 1"),
        ("OTEL_PROPAGATORS", "w3c", "unknown: w3c; known: baggage, none, tracecontext"),
        ("OTEL_PROPAGATORS", "b2,baggage,b9", "unknown: b2, b9; known: baggage, none, tracecontext"),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf", "must be grpc"),
        ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/protobuf", "must be grpc"),
        ("OTEL_BSP_SCHEDULE_DELAY", "soon", "must be a whole number, 1 or more"),
        ("OTEL_BSP_SCHEDULE_DELAY", "0", "must be 1 or more"),
        ("OTEL_BSP_MAX_QUEUE_SIZE", "many", "must be a whole number, 1 or more"),
        ("OTEL_BSP_MAX_QUEUE_SIZE", "0", "must be 1 or more"),
        ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "1.5", "must be a whole number, 1 or more"),
        ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "0", "must be 1 or more"),
        (
            "OTEL_BSP_MAX_EXPORT_BATCH_SIZE",
            "4096",
            "must not be larger than OTEL_BSP_MAX_QUEUE_SIZE, which is 2048",
        ),
        ("OTEL_BSP_EXPORT_TIMEOUT", "-1", "must be 0 or more"),
        ("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "abc", "must be a whole number, 0 or more"),
        ("OTEL_SPAN_EVENT_COUNT_LIMIT", "-1", "must be 0 or more"),
        ("OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", "long", "must be a whole number, 0 or more"),
        ("OTEL_EXPORTER_OTLP_COMPRESSION", "deflate", "must be gzip or none"),
        ("OTEL_EXPORTER_OTLP_TRACES_COMPRESSION", "zip", "must be gzip or none"),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "long", "must be a number of seconds"),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "0", SECONDS_PROBLEM),
        ("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "-1", SECONDS_PROBLEM),
        ("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "inf", SECONDS_PROBLEM),
        ("OTEL_TRACES_EXPORTER", "console", "must be otlp or none"),
        ("OTEL_EXPORTER_OTLP_CERTIFICATE", "/nowhere/ca.pem", "cannot be read: No such file or directory"),
        ("OTEL_EXPORTER_OTLP_TRACES_CERTIFICATE", "/", "cannot be read: Is a directory"),
    ],
)
def test_a_bad_value_is_one_line_that_says_what_to_do(name: str, value: str, problem: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read({name: value})
    assert str(caught.value) == f"{name}={value}: {problem}"


@pytest.mark.parametrize("name", ["OTEL_TRACES_SAMPLER", ENDPOINT])
def test_a_line_break_in_a_bad_value_makes_no_second_line(name: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read({name: "some\nthing\n"})
    assert str(caught.value).count("\n") == 0


def test_the_batch_is_compared_with_the_queue_that_is_set() -> None:
    with pytest.raises(SettingsError, match=r"BATCH_SIZE=6: must not be larger than OTEL_BSP_MAX_QUEUE_SIZE.* is 5"):
        read({"OTEL_BSP_MAX_QUEUE_SIZE": "5", "OTEL_BSP_MAX_EXPORT_BATCH_SIZE": "6"})
    read({"OTEL_BSP_MAX_QUEUE_SIZE": "5", "OTEL_BSP_MAX_EXPORT_BATCH_SIZE": "5"})


def test_nothing_set_gives_the_defaults() -> None:
    assert read({}) == DEFAULTS


@pytest.mark.parametrize(
    ("environ", "attribute", "wanted"),
    [
        ({ENDPOINT: "https://collector.example:443"}, "endpoint", "https://collector.example:443"),
        ({ENDPOINT: "http://collector"}, "endpoint", "http://collector"),
        ({ENDPOINT: "http://[::1]:4317"}, "endpoint", "http://[::1]:4317"),
        ({ENDPOINT: " http://localhost:4317 "}, "endpoint", "http://localhost:4317"),
        ({ENDPOINT: "localhost:4317", INSECURE: "true"}, "endpoint", "localhost:4317"),
        ({ENDPOINT: "localhost:4317", INSECURE: "false"}, "endpoint", "localhost:4317"),
        ({TRACES_ENDPOINT: "a:1", "OTEL_EXPORTER_OTLP_TRACES_INSECURE": "true"}, "endpoint", "a:1"),
        ({TRACES_ENDPOINT: "http://traces:1", ENDPOINT: "http://all:2"}, "endpoint", "http://traces:1"),
        ({TRACES_ENDPOINT: "http://traces:1", ENDPOINT: "not looked at"}, "endpoint", "http://traces:1"),
        ({TRACES_ENDPOINT: "", ENDPOINT: "http://all:2"}, "endpoint", "http://all:2"),
        ({"SPAN_PROCESSOR": "simple"}, "span_processor", "simple"),
        ({"SPAN_PROCESSOR": "Simple"}, "span_processor", "simple"),
        ({"SPAN_PROCESSOR": "batch"}, "span_processor", "batch"),
        ({"SPAN_PROCESSOR": ""}, "span_processor", "batch"),
        ({"OTEL_EXPORTER_OTLP_COMPRESSION": "GZIP"}, "compression", "gzip"),
        ({"OTEL_EXPORTER_OTLP_COMPRESSION": "none"}, "compression", "none"),
        (
            {"OTEL_EXPORTER_OTLP_TRACES_COMPRESSION": "none", "OTEL_EXPORTER_OTLP_COMPRESSION": "gzip"},
            "compression",
            "none",
        ),
        ({"OTEL_EXPORTER_OTLP_TIMEOUT": "2.5"}, "timeout", 2.5),
        ({"OTEL_EXPORTER_OTLP_TRACES_TIMEOUT": "3", "OTEL_EXPORTER_OTLP_TIMEOUT": "7"}, "timeout", 3.0),
        ({"OTEL_TRACES_EXPORTER": "otlp"}, "exporting", True),
        ({"OTEL_TRACES_EXPORTER": "none"}, "exporting", False),
        ({"OTEL_TRACES_EXPORTER": "None"}, "exporting", False),
        ({"OTEL_SDK_DISABLED": "True"}, "exporting", False),
        ({"OTEL_SDK_DISABLED": "false"}, "exporting", True),
        ({"OTEL_BSP_MAX_QUEUE_SIZE": " 4096 "}, "queue", 4096),
        ({"OTEL_BSP_MAX_EXPORT_BATCH_SIZE": "64"}, "batch", 64),
    ],
)
def test_a_good_value_is_read(environ: dict[str, str], attribute: str, wanted: object) -> None:
    assert getattr(read(environ), attribute) == wanted


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OTEL_TRACES_SAMPLER", "parentbased_traceidratio"),
        ("OTEL_TRACES_SAMPLER_ARG", "0"),
        ("OTEL_TRACES_SAMPLER_ARG", "1"),
        ("OTEL_PROPAGATORS", "tracecontext, baggage"),
        ("OTEL_PROPAGATORS", "none"),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
        ("OTEL_BSP_SCHEDULE_DELAY", "1"),
        ("OTEL_BSP_MAX_QUEUE_SIZE", " 2048 "),
        ("OTEL_BSP_EXPORT_TIMEOUT", "0"),
    ],
)
def test_what_the_sdk_reads_by_itself_is_left_alone(name: str, value: str) -> None:
    environ = {name: value}
    assert read(environ) == DEFAULTS
    assert environ == {name: value}


def test_empty_values_count_as_unset_and_are_removed() -> None:
    environ = {TRACES_ENDPOINT: "", "OTEL_TRACES_SAMPLER": " ", "OTEL_BSP_MAX_QUEUE_SIZE": "\t", "HOME": "", "X": "1"}
    assert read(environ) == DEFAULTS
    assert environ == {"HOME": "", "X": "1"}
