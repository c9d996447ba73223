"""Checks that the query API returns all acknowledged spans."""

from __future__ import annotations

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import requests

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.scale.load import Parents

AT_ONCE = 4


@dataclass(frozen=True)
class Comparison:
    """Ids of spans that are not as expected; all empty if everything is right."""

    missing: list[str]
    repeated: list[str]
    strange: list[str]
    """With another parent, or never sent in this trace."""

    @property
    def clean(self) -> bool:
        return not (self.missing or self.repeated or self.strange)

    def told(self) -> str:
        kinds = {"missing": self.missing, "repeated": self.repeated, "strange": self.strange}
        return ", ".join(f"{len(ids)} {kind} ({', '.join(ids[:3])})" for kind, ids in kinds.items() if ids)


class Finder:
    """Queries a query API."""

    def __init__(self, query_url: str) -> None:
        self._query_url = query_url
        self._own = threading.local()

    def has(self, trace_id: str, spans: int) -> bool:
        """Whether a trace has at least that many spans; False while nothing responds."""
        try:
            return len(self.spans(trace_id)) >= spans
        except requests.RequestException:
            return False

    def compare(self, acknowledged: Mapping[str, Parents], seconds: float) -> Comparison:
        """Wait until nothing is missing or time is up, then compare the stored spans with the acknowledged ones."""
        deadline = time.monotonic() + seconds
        found: dict[str, list[tuple[str, str]]] = {}
        todo = list(acknowledged)
        with ThreadPoolExecutor(AT_ONCE) as threads:
            while todo:
                found |= zip(todo, threads.map(self.spans, todo), strict=True)
                todo = [trace_id for trace_id in todo if len(found[trace_id]) < len(acknowledged[trace_id])]
                if time.monotonic() > deadline:
                    break
        result = Comparison([], [], [])
        for trace_id, parents in acknowledged.items():
            self._compare(parents, found[trace_id], result)
        return result

    def search(self, service: str, operation: str, *, start: int, end: int) -> set[str]:
        """Trace ids from Jaeger's search, which has its own index; times in µs.

        Raises:
            requests.RequestException: no response, or an error.
        """
        wanted: dict[str, str | int] = {"service": service, "operation": operation, "start": start, "end": end}
        wanted["limit"] = 5_000
        answer = requests.get(f"{self._query_url}/api/traces", params=wanted, timeout=60)
        answer.raise_for_status()
        return {trace["traceID"] for trace in answer.json()["data"]}

    def spans(self, trace_id: str) -> list[tuple[str, str]]:
        """Ids of the spans and their parents, as stored: `raw` keeps Jaeger from hiding duplicates.

        Raises:
            requests.RequestException: no response, or an error.
        """
        if not hasattr(self._own, "session"):
            self._own.session = requests.Session()
        answer = self._own.session.get(f"{self._query_url}/api/traces/{trace_id}?raw=true", timeout=10)
        if answer.status_code == requests.codes.not_found:
            return []
        answer.raise_for_status()
        return [(span["spanID"], _parent(span)) for trace in answer.json()["data"] for span in trace["spans"]]

    @staticmethod
    def _compare(parents: Parents, found: list[tuple[str, str]], result: Comparison) -> None:
        times = Counter(span_id for span_id, _ in found)
        result.missing.extend(parents.keys() - times.keys())
        result.repeated.extend(span_id for span_id, number in times.items() if number > 1)
        result.strange.extend(span_id for span_id, parent_id in found if parents.get(span_id) != parent_id)


def _parent(span: dict[str, Any]) -> str:
    references = [reference["spanID"] for reference in span["references"] if reference["refType"] == "CHILD_OF"]
    return ",".join(references)
