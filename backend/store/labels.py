"""The labels: a number for each service and each operation of a service; all of them are kept in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

Operation = tuple[str, str, int]
"""Service, name and kind."""
_NONE: Operation = ("", "", 0)
LabelRow = tuple[int, str, "str | None", "int | None"]


class Labels:
    """Only the writer's thread writes; other threads read."""

    def __init__(self, rows: Iterable[LabelRow]) -> None:
        self.unsaved: list[LabelRow] = []
        """Created since the last commit."""
        self._services: dict[str, int] = {}
        self._operations: dict[Operation, int] = {}
        self._names: dict[int, str | Operation] = {}
        self._uses: Counter[int] = Counter()
        for label, service, name, kind in rows:
            self._keep(label, service if name is None else (service, name, kind or 0))
        self._next = max(self._names, default=0) + 1

    def operation(self, operation: Operation) -> int:
        """The operation's label; created if new."""
        return self._operations.get(operation) or self._make(operation)

    def service_of(self, operation: int) -> int:
        """The label of an operation's service; 0, which is never used, if it was evicted meanwhile."""
        name = self._names.get(operation)
        return self._services.get(name[0], 0) if name else 0

    def name(self, operation: int) -> Operation:
        """The operation of a label; one with empty names if it was evicted."""
        name = self._names.get(operation, _NONE)
        return _NONE if isinstance(name, str) else name

    def name_of_service(self, service: int) -> str:
        """The service of a label; "" if it was evicted."""
        name = self._names.get(service, "")
        return name if isinstance(name, str) else ""

    def use(self, labels: Iterable[int]) -> None:
        """Count one more request with these labels."""
        self._uses.update(labels)

    def release(self, released: Counter[int]) -> None:
        """Count that many fewer requests with these labels."""
        self._uses.subtract(released)

    def unused(self, released: Counter[int]) -> list[int]:
        """The labels that no request will have after this release."""
        return [label for label, uses in released.items() if uses > 0 and self._uses[label] <= uses]

    def saved(self) -> None:
        self.unsaved.clear()

    def forget(self, labels: Iterable[int]) -> None:
        for label in labels:
            name = self._names.pop(label)
            self._uses.pop(label, None)
            if isinstance(name, str):
                del self._services[name]
            else:
                del self._operations[name]

    def clear(self) -> None:
        """Forget all. Numbers are never reused, because a running search may still hold one."""
        for held in (self.unsaved, self._services, self._operations, self._names, self._uses):
            held.clear()

    def services(self) -> list[str]:
        return sorted(name for name, label in list(self._services.items()) if self._uses[label])

    def operations(self) -> list[tuple[Operation, int]]:
        """All operations with their labels."""
        return [item for item in list(self._operations.items()) if self._uses[item[1]]]

    def service_label(self, name: str) -> int | None:
        return self._services.get(name)

    def _make(self, name: str | Operation) -> int:
        if isinstance(name, tuple) and name[0] not in self._services:
            self._make(name[0])
        label, self._next = self._next, self._next + 1
        self._keep(label, name)
        self.unsaved.append((label, name, None, None) if isinstance(name, str) else (label, *name))
        return label

    def _keep(self, label: int, name: str | Operation) -> None:
        self._names[label] = name
        if isinstance(name, str):
            self._services[name] = label
        else:
            self._operations[name] = label
