"""A pool of daemon threads. Unlike with ThreadPoolExecutor, the program does not wait for them at exit."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
Task = tuple["Future[object]", Callable[[], object]]


class DaemonPool(Executor):
    """
    Args:
        threads: the maximum; each starts when there is work for it.
        name: prefix of the thread names.
    """

    def __init__(self, threads: int, name: str) -> None:
        self._threads, self._name = threads, name
        self._started = self._idle = 0
        self._lock = threading.Lock()
        self._tasks: queue.SimpleQueue[Task | None] = queue.SimpleQueue()

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        future: Future[T] = Future()
        self._tasks.put((future, lambda: fn(*args, **kwargs)))  # type: ignore[arg-type]  # result type erased
        with self._lock:
            if self._idle:
                self._idle -= 1
            elif self._started < self._threads:
                self._started += 1
                threading.Thread(target=self._work, name=f"{self._name}-{self._started}", daemon=True).start()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002 - Executor's
        """Stop the threads once the queue is done, without waiting for them."""
        for _ in range(self._threads):
            self._tasks.put(None)

    def _work(self) -> None:
        while task := self._tasks.get():
            future, call = task
            if future.set_running_or_notify_cancel():
                try:
                    future.set_result(call())
                except BaseException as problem:  # noqa: BLE001 - re-raised by Future.result
                    future.set_exception(problem)
            del future, call, task
            with self._lock:
                self._idle += 1
