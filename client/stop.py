"""The client's end: the signals that ask for it, and the time that is left then."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable

# A request under way at the stop may finish for this long; with the flush (2 s) the stop stays under 5 s.
FINISH_SECONDS = 2.5
SIGNALS = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}


class Stop(threading.Event):
    """Is set by SIGINT, SIGTERM or SIGHUP. Make it before any other thread, which would take the signals instead."""

    def __init__(self) -> None:
        super().__init__()
        signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        threading.Thread(target=self._wait_for_signal, daemon=True).start()

    def _wait_for_signal(self) -> None:
        signal.sigwait(SIGNALS)
        self.set()

    def bounded(self, loop: Callable[[], int]) -> int:
        """Run `loop` on its own thread, which no signal breaks; return its result, or 0 if it does not end soon."""
        results: list[int] = []

        def run() -> None:
            try:
                results.append(loop())
            except BrokenPipeError:  # nobody reads any more: `make client | head`
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

        running = threading.Thread(target=run, daemon=True)
        running.start()
        while running.is_alive() and not self.is_set():
            running.join(0.1)
        running.join(FINISH_SECONDS)
        return sum(results)
