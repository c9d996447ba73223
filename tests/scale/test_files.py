"""deploy/scale/docker-compose.yaml and the configuration files that it mounts fit together."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.scale.engines import DEPLOY
from tests.scale.tiers import COMPOSE_FILE

if TYPE_CHECKING:
    from pathlib import Path

COMPOSE: dict[str, Any] = yaml.safe_load(COMPOSE_FILE.read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
PUBLISHED = {"balancer": ["127.0.0.1:55678:55678"], "query": ["127.0.0.1:16686:16686"]}
ADDRESS = re.compile(r"\$\{env:\w+:-([a-z][a-z0-9-]*)(?::(\d+))?\}")
each_service = pytest.mark.parametrize("name", SERVICES)


def mounted(name: str) -> dict[str, Path]:
    """The files that a service mounts from here, by their place in the container."""
    volumes = [volume.split(":") for volume in SERVICES[name]["volumes"]]
    return {target: DEPLOY / source for source, target, *_ in volumes if source.startswith("./")}


@each_service
def test_only_otlp_and_the_ui_are_published_and_on_loopback(name: str) -> None:
    assert SERVICES[name].get("ports", []) == PUBLISHED.get(name, [])


@each_service
def test_image_has_an_exact_version(name: str) -> None:
    assert re.fullmatch(r"[a-z/-]+:\$\{[A-Z]+_VERSION:-\d+\.\d+\.\d+\}", SERVICES[name]["image"])


@each_service
def test_service_is_checked_limited_and_restarted(name: str) -> None:
    service = SERVICES[name]
    assert service["healthcheck"]["test"][0] == "CMD"
    assert re.fullmatch(r"\d+[mg]", service["mem_limit"])
    assert service["restart"] == "unless-stopped"


@each_service
def test_services_wait_for_healthy_ones(name: str) -> None:
    for needed, condition in SERVICES[name].get("depends_on", {}).items():
        assert needed in SERVICES
        assert condition == {"condition": "service_healthy"}


@each_service
def test_mounted_files_are_there_and_read_only(name: str) -> None:
    files = mounted(name)
    assert files
    for target, source in files.items():
        assert source.is_file()
        assert f"./{source.name}:{target}:ro" in SERVICES[name]["volumes"]


@each_service
def test_command_names_the_mounted_file(name: str) -> None:
    said = " ".join([*SERVICES[name].get("command", []), *SERVICES[name].get("environment", {}).values()])
    # Kafka's image takes what is mounted there without being told.
    assert all(target in said or target.startswith("/mnt/shared/config/") for target in mounted(name))


def test_data_is_in_named_volumes() -> None:
    used = {volume.split(":")[0] for service in SERVICES.values() for volume in service["volumes"]}
    assert {source for source in used if not source.startswith("./")} == set(COMPOSE["volumes"])
    assert set(COMPOSE["volumes"]) == {"kafka-data", "cassandra-data"}


@each_service
def test_addresses_that_nobody_sets_are_the_services(name: str) -> None:
    """What a file says where the environment says nothing: a host is a service, its port one that this listens on."""
    listened = {"kafka": "9092", "gateway-1": "4317", "gateway-2": "4317", "cassandra": "9042"}
    for file in mounted(name).values():
        for host, port in ADDRESS.findall(file.read_text()):
            if port or host in SERVICES:
                assert listened[host] == (port or None), f"{host}:{port} in {file.name}"


def test_engines_call_themselves_by_the_services_names() -> None:
    cassandra = yaml.safe_load((DEPLOY / "cassandra.yaml").read_text())
    assert cassandra["listen_address"] == cassandra["rpc_address"] == SERVICES["cassandra"]["hostname"] == "cassandra"
    kafka = (DEPLOY / "kafka.properties").read_text()
    assert f"advertised.listeners=PLAINTEXT://{SERVICES['kafka']['hostname']}:9092\n" in kafka
    assert SERVICES["kafka"]["hostname"] == "kafka"
    assert "log.dirs=/var/lib/kafka/data\n" in kafka
    assert "kafka-data:/var/lib/kafka/data" in SERVICES["kafka"]["volumes"]


@each_service
def test_no_environment_is_needed(name: str) -> None:
    """Each name has a value after `:-`, so the compose file and the files cannot disagree about one."""
    for file in mounted(name).values():
        assert not re.findall(r"\$\{env:\w+\}", file.read_text())


@pytest.mark.parametrize("name", ["balancer", "gateway"])
def test_a_collector_acknowledges_nothing_early(name: str) -> None:
    """What the kill test proves at some cost, seen at once: no batch processor, no queue of its own."""
    config = yaml.safe_load((DEPLOY / f"{name}.yaml").read_text())
    assert config["service"]["pipelines"]["traces"]["processors"] == ["memory_limiter"]
    exporter = next(iter(config["exporters"].values()))
    exporter = exporter.get("protocol", {}).get("otlp", exporter)
    assert exporter["sending_queue"] == {"enabled": False}


def test_waiting_times_grow_towards_the_sender() -> None:
    """A tier that gives up after the one before it would answer nobody. A sender waits for 10 s by default."""
    balancer, gateway = (yaml.safe_load((DEPLOY / f"{name}.yaml").read_text()) for name in ("balancer", "gateway"))
    otlp, kafka = balancer["exporters"]["loadbalancing"]["protocol"]["otlp"], gateway["exporters"]["kafka"]
    waits = [exporter["retry_on_failure"]["max_elapsed_time"] for exporter in (kafka, otlp)]
    seconds = [float(wait.removesuffix("s")) for wait in waits]
    assert seconds == sorted(set(seconds))
    assert seconds[-1] < 10


def test_what_fits_into_a_request_fits_into_a_message() -> None:
    gateway = yaml.safe_load((DEPLOY / "gateway.yaml").read_text())
    largest = gateway["exporters"]["kafka"]["producer"]["max_message_bytes"]
    assert largest > 4 << 20  # the OTLP receiver's default limit
    assert f"message.max.bytes={largest}\n" in (DEPLOY / "kafka.properties").read_text()
