"""`python -m demo.child MODULE FLAG…`: runs one program of the demo, and stops it when the demo exits.

The demo holds the other end of this process's stdin and never writes to it. When the demo exits, even by SIGKILL, stdin
reaches end of file.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
import threading

STDIN = 0


def main() -> None:
    threading.Thread(target=end_with_the_demo, name="demo", daemon=True).start()
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


def end_with_the_demo() -> None:
    """Stop this program at end of file on stdin, as Ctrl-C would."""
    # Use os.read: a Python file object would still hold its lock at interpreter exit.
    while os.read(STDIN, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()
