"""The browser: Debian's Chromium, driven by playwright."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

# The headless shell is the same browser without a window: opening a page takes a fifth of the processor time.
SHELL = "chromium-headless-shell"
NAMES = "chromium", "chromium-browser", "google-chrome"
# No sandbox: it does not work as root, for example in a container. The browser only opens local pages.
SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]

EXPECT_MS = 20_000
"""How long what is expected may take to come: a machine with more to do is slower."""


def path(*, whole: bool = False) -> str | None:
    names = NAMES if whole else (SHELL, *NAMES)
    return next((found for name in names if (found := shutil.which(name))), None)


def problem(*, whole: bool = False) -> str | None:
    """Why no browser is available; None if there is one."""
    if not path(whole=whole):
        return "no Chromium; install it (Debian: apt install chromium)"
    return None if find_spec("playwright") else "no playwright; install tests/requirements.lock"


@contextmanager
def chromium(*, whole: bool = False) -> Iterator[Browser]:
    """Start the headless shell if there is one; with `whole`, the full browser, as users have it."""
    from playwright.sync_api import expect, sync_playwright  # noqa: PLC0415 - only needed with a browser

    expect.set_options(timeout=EXPECT_MS)
    with sync_playwright() as tool:
        browser = tool.chromium.launch(executable_path=path(whole=whole), args=SWITCHES)
        yield browser
        browser.close()
