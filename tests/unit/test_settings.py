"""The checks of the environment: each bad value is one line that names the variable and says what to do."""

from __future__ import annotations

import pytest

from telemetry.environment import Settings, SettingsError, prepare

TRACES_ENDPOINT = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"
ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
INSECURE = "OTEL_EXPORTER_OTLP_INSECURE"
ADDRESS = "must be an address like http://localhost:55678 (without TLS) or https://…"
SECONDS = "must be a number of seconds above 0"
WHOLE = "must be a whole number from 1 to 2147483647"
WHOLE_OR_0 = "must be a whole number from 0 to 2147483647"
RATIO = "must be a number from 0 to 1"
ONLY_GRPC = "this program speaks gRPC only; set OTEL_EXPORTER_OTLP_TRACES_PROTOCOL=grpc"
SAMPLERS = (
    "must be always_on or always_off or traceidratio or "
    "parentbased_always_on or parentbased_always_off or parentbased_traceidratio"
)
DEFAULTS = Settings(
    exporting=True,
    endpoint="http://localhost:4317",
    insecure=True,
    simple=False,
    gzip=False,
    timeout=10,
    schedule_delay=200,
    queue=2048,
    batch=512,
)


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        (TRACES_ENDPOINT, "localhost:55678", ADDRESS),
        (ENDPOINT, "collector", ADDRESS),
        (TRACES_ENDPOINT, "http://localhost:http", ADDRESS),
        (ENDPOINT, "http://localhost:0", ADDRESS),
        (ENDPOINT, "http://localhost:70000", ADDRESS),
        (ENDPOINT, "http://localhost:-1", ADDRESS),
        (ENDPOINT, "ftp://localhost:4317", ADDRESS),
        (TRACES_ENDPOINT, "grpc://localhost:4317", ADDRESS),
        (ENDPOINT, "http://", ADDRESS),
        (ENDPOINT, "http://:4317", ADDRESS),
        (ENDPOINT, "http://[::1", ADDRESS),
        ("SPAN_PROCESSOR", "bulk", "must be batch or simple"),
        ("OTEL_TRACES_SAMPLER", "sometimes", SAMPLERS),
        ("OTEL_TRACES_SAMPLER_ARG", "1.5", RATIO),
        ("OTEL_TRACES_SAMPLER_ARG", "-0.1", RATIO),
        ("OTEL_TRACES_SAMPLER_ARG", "nan", RATIO),
        ("OTEL_TRACES_SAMPLER_ARG", "half", RATIO),
        ("OTEL_PROPAGATORS", "w3c", "unknown: w3c; known: baggage, none, tracecontext"),
        ("OTEL_PROPAGATORS", "b2,baggage,b9", "unknown: b2, b9; known: baggage, none, tracecontext"),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf", ONLY_GRPC),
        ("OTEL_PYTHON_ID_GENERATOR", "xray", "unknown: xray; known: random"),
        ("OTEL_METRICS_EXEMPLAR_FILTER", "all", "must be always_on or always_off or trace_based"),
        ("OTEL_PYTHON_CONTEXT", "mine", "unknown: mine; known: contextvars_context"),
        (
            "OTEL_EXPERIMENTAL_RESOURCE_DETECTORS",
            "gcp",
            "unknown: gcp; known: *, host, os, otel, process, service_instance",
        ),
        ("OTEL_BSP_SCHEDULE_DELAY", "soon", WHOLE),
        ("OTEL_BSP_SCHEDULE_DELAY", "0", WHOLE),
        ("OTEL_BSP_MAX_QUEUE_SIZE", "many", WHOLE),
        ("OTEL_BSP_MAX_QUEUE_SIZE", "0", WHOLE),
        ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "1.5", WHOLE),
        ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "0", WHOLE),
        ("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "4096", "more than OTEL_BSP_MAX_QUEUE_SIZE, 2048"),
        ("OTEL_BSP_EXPORT_TIMEOUT", "-1", WHOLE_OR_0),
        ("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "abc", WHOLE_OR_0),
        ("OTEL_SPAN_EVENT_COUNT_LIMIT", "-1", WHOLE_OR_0),
        ("OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", "long", WHOLE_OR_0),
        ("OTEL_BSP_SCHEDULE_DELAY", "9223372036854775807", WHOLE),
        ("OTEL_BSP_MAX_QUEUE_SIZE", "99999999999999999999", WHOLE),
        ("OTEL_SPAN_EVENT_COUNT_LIMIT", "99999999999999999999", WHOLE_OR_0),
        ("OTEL_SPAN_LINK_COUNT_LIMIT", "2147483648", WHOLE_OR_0),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "1e300", SECONDS),
        ("OTEL_EXPORTER_OTLP_COMPRESSION", "deflate", "must be gzip or none"),
        ("OTEL_EXPORTER_OTLP_TRACES_COMPRESSION", "zip", "must be gzip or none"),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "long", SECONDS),
        ("OTEL_EXPORTER_OTLP_TIMEOUT", "0", SECONDS),
        ("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "-1", SECONDS),
        ("OTEL_EXPORTER_OTLP_TRACES_TIMEOUT", "inf", SECONDS),
        ("OTEL_TRACES_EXPORTER", "console", "must be otlp or none"),
    ],
)
def test_a_bad_value_is_one_line_that_says_what_to_do(name: str, value: str, problem: str) -> None:
    with pytest.raises(SettingsError) as caught:
        prepare({name: value})
    assert str(caught.value) == f"{name}={value}: {problem}"


def test_a_long_value_is_not_shown_whole() -> None:
    with pytest.raises(SettingsError) as caught:
        prepare({"OTEL_BSP_MAX_QUEUE_SIZE": "1" * 5000})
    assert str(caught.value) == f"OTEL_BSP_MAX_QUEUE_SIZE={'1' * 200}: {WHOLE}"


@pytest.mark.parametrize("name", ["OTEL_TRACES_SAMPLER", ENDPOINT])
def test_a_line_break_in_a_bad_value_makes_no_second_line(name: str) -> None:
    with pytest.raises(SettingsError) as caught:
        prepare({name: "some\nthing\n"})
    assert str(caught.value).count("\n") == 0


def test_the_batch_is_compared_with_the_queue_that_is_set() -> None:
    with pytest.raises(SettingsError, match=r"BATCH_SIZE=6: more than OTEL_BSP_MAX_QUEUE_SIZE, 5"):
        prepare({"OTEL_BSP_MAX_QUEUE_SIZE": "5", "OTEL_BSP_MAX_EXPORT_BATCH_SIZE": "6"})
    prepare({"OTEL_BSP_MAX_QUEUE_SIZE": "5", "OTEL_BSP_MAX_EXPORT_BATCH_SIZE": "5"})


def test_nothing_set_gives_the_defaults() -> None:
    assert prepare({}) == DEFAULTS


@pytest.mark.parametrize(
    ("environ", "attribute", "wanted"),
    [
        ({ENDPOINT: "https://collector.example:443"}, "endpoint", "https://collector.example:443"),
        ({ENDPOINT: "http://collector"}, "endpoint", "http://collector"),
        ({ENDPOINT: "http://[::1]:4317"}, "endpoint", "http://[::1]:4317"),
        ({ENDPOINT: " http://localhost:4317 "}, "endpoint", "http://localhost:4317"),
        ({ENDPOINT: "localhost:4317", INSECURE: "true"}, "endpoint", "localhost:4317"),
        ({TRACES_ENDPOINT: "http://traces:1", ENDPOINT: "http://all:2"}, "endpoint", "http://traces:1"),
        ({TRACES_ENDPOINT: "http://traces:1", ENDPOINT: "not looked at"}, "endpoint", "http://traces:1"),
        ({TRACES_ENDPOINT: "", ENDPOINT: "http://all:2"}, "endpoint", "http://all:2"),
        ({ENDPOINT: "https://collector:4317"}, "insecure", False),
        ({ENDPOINT: "localhost:4317", INSECURE: "True"}, "insecure", True),
        ({ENDPOINT: "localhost:4317", INSECURE: "false"}, "insecure", False),
        ({TRACES_ENDPOINT: "a:1", "OTEL_EXPORTER_OTLP_TRACES_INSECURE": "true"}, "insecure", True),
        # By the specification, a scheme decides before INSECURE does.
        ({ENDPOINT: "http://localhost:4317", INSECURE: "false"}, "insecure", True),
        ({ENDPOINT: "https://localhost:4317", INSECURE: "true"}, "insecure", False),
        ({"SPAN_PROCESSOR": "simple"}, "simple", True),
        ({"SPAN_PROCESSOR": "Simple"}, "simple", True),
        ({"SPAN_PROCESSOR": "simple"}, "timeout", 1),
        ({"SPAN_PROCESSOR": "batch"}, "simple", False),
        ({"SPAN_PROCESSOR": ""}, "simple", False),
        ({"OTEL_EXPORTER_OTLP_COMPRESSION": "GZIP"}, "gzip", True),
        ({"OTEL_EXPORTER_OTLP_COMPRESSION": "none"}, "gzip", False),
        (
            {"OTEL_EXPORTER_OTLP_TRACES_COMPRESSION": "none", "OTEL_EXPORTER_OTLP_COMPRESSION": "gzip"},
            "gzip",
            False,
        ),
        ({"OTEL_EXPORTER_OTLP_TIMEOUT": "2.5"}, "timeout", 2.5),
        ({"OTEL_EXPORTER_OTLP_TIMEOUT": "10000"}, "timeout", 10),  # the specification's milliseconds
        ({"OTEL_EXPORTER_OTLP_TRACES_TIMEOUT": "3", "OTEL_EXPORTER_OTLP_TIMEOUT": "7"}, "timeout", 3.0),
        ({"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL": "grpc", "OTEL_EXPORTER_OTLP_PROTOCOL": "http/json"}, "exporting", True),
        ({"OTEL_TRACES_EXPORTER": "otlp"}, "exporting", True),
        ({"OTEL_TRACES_EXPORTER": "none"}, "exporting", False),
        ({"OTEL_TRACES_EXPORTER": "None"}, "exporting", False),
        ({"OTEL_SDK_DISABLED": "True"}, "exporting", False),
        ({"OTEL_SDK_DISABLED": "false"}, "exporting", True),
        ({"OTEL_BSP_SCHEDULE_DELAY": "50"}, "schedule_delay", 50),
        ({"OTEL_BSP_MAX_QUEUE_SIZE": " 4096 "}, "queue", 4096),
        ({"OTEL_BSP_MAX_QUEUE_SIZE": "100"}, "batch", 100),  # no more than the queue holds
        ({"OTEL_BSP_MAX_EXPORT_BATCH_SIZE": "64"}, "batch", 64),
    ],
)
def test_a_good_value_is_read(environ: dict[str, str], attribute: str, wanted: object) -> None:
    assert getattr(prepare(environ), attribute) == wanted


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OTEL_TRACES_SAMPLER", "parentbased_traceidratio"),
        ("OTEL_TRACES_SAMPLER_ARG", "0"),
        ("OTEL_TRACES_SAMPLER_ARG", "1"),
        ("OTEL_PROPAGATORS", "tracecontext, baggage"),
        ("OTEL_PROPAGATORS", "none"),
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
        ("OTEL_BSP_MAX_QUEUE_SIZE", " 2048 "),
        ("OTEL_BSP_EXPORT_TIMEOUT", "0"),
    ],
)
def test_what_the_sdk_reads_by_itself_is_left_alone(name: str, value: str) -> None:
    environ = {name: value}
    assert prepare(environ) == DEFAULTS
    assert environ[name] == value


def test_empty_values_count_as_unset_and_are_removed() -> None:
    environ = {TRACES_ENDPOINT: "", "OTEL_TRACES_SAMPLER": " ", "OTEL_BSP_MAX_QUEUE_SIZE": "\t", "HOME": "", "X": "1"}
    assert prepare(environ) == DEFAULTS
    assert {name for name in environ if not environ[name].strip()} == {"HOME"}
    assert environ["X"] == "1"


def test_the_stable_names_of_http_attributes_are_asked_for_unless_the_environment_says_otherwise() -> None:
    name = "OTEL_SEMCONV_STABILITY_OPT_IN"
    unset, set_ = {}, {name: "http/dup"}  # type: dict[str, str], dict[str, str]
    prepare(unset)
    prepare(set_)
    assert (unset[name], set_[name]) == ("http", "http/dup")


@pytest.mark.parametrize("name", ["no_proxy", "NO_PROXY"])
def test_no_proxy_is_asked_for_what_is_on_this_machine(name: str) -> None:
    environ = {name: "internal.example"}
    prepare(environ)
    prepare(environ)
    assert environ["no_proxy"] == "internal.example,localhost,127.0.0.0/8,::1"
