"""deploy/scale/docker-compose.yaml as docs/scale.md runs it: up, the pair beside it, verify, and a tier is killed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.children import make
from tests.compose.stack import running
from tests.realstack.images import compose_problem, find_engine, images
from tests.realstack.needs import needs
from tests.scale.containers import recipes
from tests.scale.tiers import COMPOSE_FILE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.compose.stack import Stack
    from tests.scale.programs import Programs

pytestmark = [pytest.mark.scale, pytest.mark.timeout(1200)]

START_SECONDS = 300
# Kafka gives the partitions of an ingester that died to the other one after 6 s (ingester.yaml).
VERIFY = "--timeout 60"


@pytest.fixture(scope="module")
def stack(tier_programs: Programs) -> Iterator[Stack]:
    needs(compose_problem())
    engine = find_engine()
    assert engine
    with (
        recipes(tier_programs) as made,
        images(engine, COMPOSE_FILE, made),
        running(engine, COMPOSE_FILE, START_SECONDS) as stack,
    ):
        yield stack


def test_the_pair_is_verified_also_while_a_tier_is_away(stack: Stack) -> None:
    """Whose process is killed stays away until somebody starts it; what it had not done, the other one does."""
    try:
        with make("server") as server:
            server.wait_for(r"Server is running on port 8080\.\.\.")
            with make("client", "--count 5 --interval 0.1") as client:
                assert client.end() == 0, client.report()
            verified()
            stack.engine.run("kill", "--signal=KILL", stack.container("ingester-1"))
            verified()
            stack.engine.run("start", stack.container("ingester-1"))
            verified()
    finally:
        print(stack.logs())


def verified() -> None:
    with make("verify", VERIFY) as verify:
        assert verify.end(90) == 0, verify.report()
