"""The browser: Debian's Chromium, driven by playwright."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

NAMES = "chromium", "chromium-browser", "google-chrome"
# No sandbox: root, as in a container, has none. It only ever sees pages of this machine.
SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def path() -> str | None:
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def problem() -> str | None:
    """Why there is no browser; None if there is one."""
    if not path():
        return "no Chromium; install it (Debian: apt install chromium)"
    return None if find_spec("playwright") else "no playwright; install tests/requirements.lock"


@contextmanager
def chromium() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only who has a browser needs it

    with sync_playwright() as tool:
        browser = tool.chromium.launch(executable_path=path(), args=SWITCHES)
        yield browser
        browser.close()
