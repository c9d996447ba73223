"""Fixtures: Jaeger and the embedded back end, with the same spans."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from tests.contract.backends import Backend, embedded_backend, fill, real_jaeger, recent_base
from tests.contract.corpus import corpus
from tests.contract.normalise import differences

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from tests.contract.backends import Answer, Parameters
    from tests.contract.corpus import Case
    from tests.realstack.build import Binaries

LINES = 10


@dataclass(frozen=True)
class Both:
    """Jaeger and the embedded back end."""

    real: Backend
    embedded: Backend

    def agree(self, path: str, parameters: Parameters | None, normalised: Callable[[Any], Any]) -> Any:
        """Query both, assert that their responses are equal, and return one."""
        return self.agree_on("GET", path, normalised, params=parameters)

    def agree_on(self, method: str, path: str, normalised: Callable[[Any], Any], **rest: Any) -> Any:
        expected = self.real.request(method, path, **rest)
        assert_equal(self.embedded.request(method, path, **rest), expected, normalised)
        return normalised(expected.json)


def assert_equal(got: Answer, expected: Answer, normalised: Callable[[Any], Any]) -> None:
    assert got.status == expected.status, f"real: {expected.text}\nembedded: {got.text}"
    found = differences(normalised(expected.json), normalised(got.json))
    assert not found, "\n".join(found[:LINES])


@pytest.fixture(scope="session")
def base() -> int:
    """The start time of the corpus, in ns."""
    return recent_base()


@pytest.fixture(scope="session")
def cases(base: int) -> dict[str, Case]:
    return corpus(base)


@pytest.fixture(scope="session")
def real(binaries: Binaries, cases: dict[str, Case]) -> Iterator[Backend]:
    """Jaeger with the corpus. Never request adjusted v3 traces from it, because that changes its stored spans."""
    with real_jaeger(binaries) as backend:
        fill(backend, [*cases.values()])
        yield backend


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory, cases: dict[str, Case]) -> Iterator[Backend]:
    """The embedded back end with the corpus."""
    with embedded_backend(tmp_path_factory.mktemp("embedded")) as backend:
        fill(backend, [*cases.values()])
        yield backend


@pytest.fixture(scope="session")
def adjusted_by_real(binaries: Binaries, cases: dict[str, Case]) -> dict[str, Answer]:
    """Each trace in v3's OTLP JSON, from a separate Jaeger, requested once, because each request changes its spans."""
    with real_jaeger(binaries) as backend:
        fill(backend, [*cases.values()])
        return {
            trace_id: backend.get(f"/api/v3/traces/{trace_id}") for case in cases.values() for trace_id in case.expects
        }


REAL = pytest.param("real", marks=pytest.mark.realstack)


@pytest.fixture(params=[REAL, "embedded"])
def backend(request: pytest.FixtureRequest) -> Backend:
    """Each back end in turn, with the corpus."""
    found: Backend = request.getfixturevalue(request.param)
    return found


@pytest.fixture(params=[pytest.param("both", marks=pytest.mark.realstack)])
def both(real: Backend, embedded: Backend) -> Both:
    return Both(real, embedded)


@pytest.fixture(params=[REAL, "embedded"])
def empty(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    """Each back end in turn, new and empty for each test."""
    with started(request, tmp_path_factory) as backend:
        yield backend


def started(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AbstractContextManager[Backend]:
    if request.param == "real":
        return real_jaeger(request.getfixturevalue("binaries"))
    return embedded_backend(tmp_path_factory.mktemp("empty"))


@pytest.fixture(scope="module", params=[REAL, "embedded"])
def spare(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    """Each back end in turn, writable by a module's tests."""
    with started(request, tmp_path_factory) as backend:
        yield backend


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    """The embedded back end, writable by a module's tests."""
    with embedded_backend(tmp_path_factory.mktemp("ours")) as backend:
        yield backend
