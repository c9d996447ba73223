"""`make screenshots`: the README's pictures, of an embedded back end with traces of the pair and a fictional shop."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import grpc
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2_grpc
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from playwright.sync_api import expect

from tests.browser.chromium import chromium, problem
from tests.children import ROOT, free_port, python
from tests.contract.otlp import SECOND
from tests.shop import Shop, orders
from tests.stack import EmbeddedStack

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser, Page, ViewportSize

PICTURES = ROOT / "docs" / "pictures"
SIZE: ViewportSize = {"width": 1200, "height": 720}
SECONDS = 15


def main() -> None:
    if missing := problem(whole=True):
        sys.exit(f"make screenshots: {missing}")
    PICTURES.mkdir(exist_ok=True)
    with (
        TemporaryDirectory(prefix="screenshots-") as folder,
        EmbeddedStack(Path(folder)) as stack,
        chromium(whole=True) as browser,
    ):
        stack.start_collector()
        declined = _shop(stack)
        _pair(stack)
        for name, take in _pictures(stack.query_url, declined).items():
            _take(browser, name, take)


def _take(browser: Browser, name: str, look: Callable[[Page], None]) -> None:
    with browser.new_page(viewport=SIZE, color_scheme="light", reduced_motion="reduce") as page:
        look(page)
        page.screenshot(path=PICTURES / f"{name}.png")
    print(PICTURES.relative_to(ROOT) / f"{name}.png")


def _pictures(url: str, declined: str) -> dict[str, Callable[[Page], None]]:
    """For each screenshot, by name, a function that opens its page.

    Args:
        declined: the id of a trace with a failed payment.
    """

    def search(page: Page) -> None:
        page.goto(f"{url}/search")
        expect(page.get_by_role("link", name="shop-front").first).to_be_visible()

    def trace(page: Page) -> None:
        page.goto(f"{url}/trace/{declined}")
        expect(page.get_by_role("treeitem").first).to_be_visible()
        page.get_by_role("button", name="Critical path").click()
        page.get_by_role("treeitem").filter(has_text="POST /payments").click()
        expect(page.get_by_role("heading", name="POST /payments")).to_be_visible()

    def missing(page: Page) -> None:
        page.goto(f"{url}/search")
        page.get_by_text("Root span missing").first.click()
        page.get_by_role("button", name="Why?").click()
        expect(page.get_by_text("What may have happened")).to_be_visible()

    def services(page: Page) -> None:
        page.goto(f"{url}/dependencies")
        expect(page.get_by_text("payment").first).to_be_visible()

    return {"search": search, "trace": trace, "missing-parent": missing, "services": services}


def _shop(stack: EmbeddedStack) -> str:
    """Store orders; return the id of one with a failed payment."""
    shop = Shop(7)
    now = time.time_ns()
    declined = shop.trace(now - 20 * SECOND, articles=2, declined=True)
    address = stack.environment["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"].removeprefix("http://")
    with grpc.insecure_channel(address) as channel:
        stub = trace_service_pb2_grpc.TraceServiceStub(channel)  # type: ignore[no-untyped-call]
        for resources in (declined, *orders(40, now - 200 * SECOND, 4 * SECOND)):
            stub.Export(ExportTraceServiceRequest(resource_spans=resources), timeout=SECONDS)
    return shop.trace_id


def _pair(stack: EmbeddedStack) -> None:
    """Have client and server send three traces, and one without its root."""
    url = f"http://127.0.0.1:{(port := free_port())}/"
    with python("-m", "server", "--port", str(port), env=stack.environment) as server:
        server.wait_for("Server is running")
        for module, *flags in (
            ("client", "--count", "3", "--interval", "0"),
            ("verify.orphan", "--query-url", stack.query_url),
        ):
            with python("-m", module, "--url", url, *flags, env=stack.environment) as program:
                if program.end() != 0:
                    raise RuntimeError(program.report())
        server.stop()


if __name__ == "__main__":
    main()
