"""Two back ends with the same spans in them."""

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
    """The real Jaeger and the embedded back end."""

    real: Backend
    embedded: Backend

    def agree(self, path: str, parameters: Parameters | None, normalised: Callable[[Any], Any]) -> Any:
        """Ask both, compare what they say, and return it."""
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
    """The nanosecond that the times of the corpus begin at."""
    return recent_base()


@pytest.fixture(scope="session")
def cases(base: int) -> dict[str, Case]:
    return corpus(base)


@pytest.fixture(scope="session")
def real(binaries: Binaries, cases: dict[str, Case]) -> Iterator[Backend]:
    """The real Jaeger with the corpus in it; nothing may ask it for adjusted v3 traces, which changes them."""
    with real_jaeger(binaries) as backend:
        fill(backend, [*cases.values()])
        yield backend


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory, cases: dict[str, Case]) -> Iterator[Backend]:
    """The embedded back end with the corpus in it."""
    with embedded_backend(tmp_path_factory.mktemp("embedded")) as backend:
        fill(backend, [*cases.values()])
        yield backend


@pytest.fixture(scope="session")
def adjusted_by_real(binaries: Binaries, cases: dict[str, Case]) -> dict[str, Answer]:
    """Each trace in v3's OTLP JSON: from a Jaeger of its own, asked once, since the asking changes what it has."""
    with real_jaeger(binaries) as backend:
        fill(backend, [*cases.values()])
        return {
            trace_id: backend.get(f"/api/v3/traces/{trace_id}") for case in cases.values() for trace_id in case.expects
        }


REAL = pytest.param("real", marks=pytest.mark.realstack)


@pytest.fixture(params=[REAL, "embedded"])
def backend(request: pytest.FixtureRequest) -> Backend:
    """Each of the two in turn, with the corpus in it."""
    found: Backend = request.getfixturevalue(request.param)
    return found


@pytest.fixture(params=[pytest.param("both", marks=pytest.mark.realstack)])
def both(real: Backend, embedded: Backend) -> Both:
    return Both(real, embedded)


@pytest.fixture(params=[REAL, "embedded"])
def empty(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    """Each of the two in turn, of the test's own and with nothing in it."""
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
    """Each of the two in turn, for a module's tests to write to."""
    with started(request, tmp_path_factory) as backend:
        yield backend


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Backend]:
    """The embedded back end, for a module's tests to write to."""
    with embedded_backend(tmp_path_factory.mktemp("ours")) as backend:
        yield backend
