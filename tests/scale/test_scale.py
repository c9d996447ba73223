"""deploy/scale under kill -9: every span that was acknowledged is found, once, with its parent."""

from __future__ import annotations

import signal
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from tests.children import eventually, python, server_port
from tests.scale.found import Finder
from tests.scale.load import ROOT, SERVICE, SPANS_A_TRACE, Load
from tests.scale.tiers import COMPOSE_FILE, Tiers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.scale.programs import Programs

# The first run builds the Collector and Jaeger and fetches Kafka and Cassandra.
pytestmark = [pytest.mark.scale, pytest.mark.timeout(1200)]

STOCK = Path(__file__).parent / "stock-ingester.yaml"
# A sender notices while one of them is away: its calls are refused or time out.
IN_THE_WAY = ("gateway-1", "kafka", "balancer")
FIND_SECONDS = 150
SEARCH_US = 30_000_000
"""To search at a time: some 750 traces."""
LAST_LINES = 40


@pytest.fixture(scope="module")
def tiers(tier_programs: Programs, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tiers]:
    with Tiers(tier_programs, tmp_path_factory.mktemp("scale")) as running:
        yield running


@pytest.fixture(autouse=True)
def _logs(request: pytest.FixtureRequest) -> Iterator[None]:
    """Show what the tiers said last, in the report of a test that failed."""
    yield
    if "tiers" in request.fixturenames:
        print(said(request.getfixturevalue("tiers")))


def test_the_pair_is_verified(tiers: Tiers) -> None:
    """As `make verify` does it, with `make server` running; `make client` sends no other requests than verify does."""
    pair = {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": f"http://localhost:{tiers.otlp_port}"}
    with python("-m", "server", "--port", "0", env=pair) as server:
        port = server_port(server)
        flags = ("--url", f"http://localhost:{port}/", "--query-url", tiers.query_url, "--timeout", "30")
        with python("-m", "verify", *flags, env=pair) as verify:
            assert verify.end(60) == 0, verify.report()


@pytest.mark.parametrize("name", ["balancer", "gateway-1", "gateway-2"])
def test_a_collectors_health_check_tells_running_from_killed(tiers: Tiers, name: str) -> None:
    """The compose file's own check, which reads the health endpoint as a configuration."""
    command = check_command(tiers, name)
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0
    tiers.kill(name)
    assert subprocess.run(command, capture_output=True, check=False).returncode != 0
    tiers.start(name)
    assert subprocess.run(command, capture_output=True, check=False).returncode == 0


def test_no_acknowledged_span_is_lost(tiers: Tiers) -> None:
    finder = Finder(tiers.query_url)
    began = time.time_ns() // 1_000
    with Load(tiers.otlp_port) as load:
        load.wait_for(300)
        for name in ("gateway-1", "ingester-1", "kafka", "cassandra", "query", "balancer"):
            tiers.kill(name)
            if name in IN_THE_WAY:
                load.wait_for_problem()
            else:
                load.wait_for(300)
            tiers.start(name)
            trace_id = load.send_trace()
            eventually(lambda: finder.has(trace_id, SPANS_A_TRACE), 90, f"{name} is back, and nothing is stored")  # noqa: B023 - called before the next turn
            load.wait_for(200)
    result = finder.compare(load.acknowledged, FIND_SECONDS)
    print(f"{load.spans} spans acknowledged; calls that were not, and were made again: {dict(load.problems)}")
    assert load.spans > 3_000
    assert result.clean, f"of {load.spans}: {result.told()}"
    searched: set[str] = set()
    for start in range(began, time.time_ns() // 1_000, SEARCH_US):
        searched |= finder.search(SERVICE, ROOT, start=start, end=start + SEARCH_US)
    assert not load.acknowledged.keys() - searched, "stored, and not found by searching"
    eventually(lambda: tiers.lag() == 0, 30, "all is stored, and Kafka's consumers do not know it")


def test_the_stock_settings_lose_acknowledged_spans(tier_programs: Programs, tmp_path: Path) -> None:
    """The negative control: the same load, the same comparison, one kill; else the test above proves nothing."""
    with Tiers(tier_programs, tmp_path, gateways=1, ingesters=1, overlay=STOCK) as tiers:
        finder = Finder(tiers.query_url)
        with Load(tiers.otlp_port) as load:
            load.wait_for(400)
            # Within a second it marks as done what it took from Kafka: these spans take four, and none can be written.
            tiers.child("cassandra").send(signal.SIGSTOP, to_group=True)
            load.wait_for(400)
            tiers.kill("ingester-1")
            tiers.child("cassandra").send(signal.SIGCONT, to_group=True)
            tiers.start("ingester-1")
        eventually(lambda: tiers.lag() == 0, 90, "the messages are not taken from Kafka")
        # One ingester writes in the order in which it reads: when this is there, so is all that was not lost.
        with Load(tiers.otlp_port) as after:
            last = after.send_trace()
        eventually(lambda: finder.has(last, SPANS_A_TRACE), 90, "the last trace is not stored")
        result = finder.compare(load.acknowledged, 0)
        print(f"stock settings: {len(result.missing)} of {load.spans} acknowledged spans lost")
        assert result.missing, said(tiers)


def check_command(tiers: Tiers, name: str) -> list[str]:
    """The health check of the compose file on the process in the place of its container."""
    kind, *words = yaml.safe_load(COMPOSE_FILE.read_text())["services"][name]["healthcheck"]["test"]
    assert kind == "CMD"
    binary, *arguments = tiers.child(name).command
    config = next(word for word in arguments if word.startswith("--config="))
    places = {
        "/otelcol-contrib": binary,
        "--config=/etc/otel/config.yaml": config,
        "--config=http://localhost:13133": f"--config={tiers.health_url(name)}",
    }
    return [places.get(word, word) for word in words]


def said(tiers: Tiers) -> str:
    reports = {name: tiers.child(name).output.splitlines()[-LAST_LINES:] for name in tiers.names}
    return "\n".join(f"--- {name}\n" + "\n".join(line[:500] for line in lines) for name, lines in reports.items())
