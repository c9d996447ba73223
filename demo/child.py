"""`python -m demo.child MODULE FLAG…`: a program of the demo, which ends with the demo, however that ends.

The demo holds the other end of this program's standard input and writes nothing to it. Its end comes when the demo has
ended, also by SIGKILL, which tells nobody.
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
    """Stop this program as Ctrl-C does, at the end of its input."""
    # No Python object reads: it would be locked when the interpreter ends.
    while os.read(STDIN, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()
