"""Parents that are missing: why, in plain words, until they arrive."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from playwright.sync_api import expect

from tests import hostile
from tests.browser.conftest import call_unit
from tests.contract.otlp import MILLISECOND, SECOND, resource, scope, service

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator, Page

    from tests.browser.conftest import Site
    from tests.contract.corpus import Maker
    from tests.contract.otlp import Value

    Explained = Callable[..., dict[str, Any]]

pytestmark = pytest.mark.browser

REMOTE = 0x300
LOCAL = 0x100
HTTP: dict[str, Value] = {"client.address": "10.0.0.7", "user_agent.original": "python-requests/2.34.2"}
OLD = 3 * 3600


def put_orphan(site: Site, make: Maker, parent: str = "ask", /, **rest: object) -> None:
    """What the pair's server sends; the client's span is missing."""
    values: dict[str, object] = {"kind": Span.SPAN_KIND_SERVER, "flags": REMOTE, "attributes": HTTP}
    site.put(service("chapter2-server", make.span("serve", parent, at=MILLISECOND, **(values | rest))))  # type: ignore[arg-type]


def put_parent(site: Site, make: Maker, trace: str = "") -> None:
    asked = make.span("ask", trace=trace, lasts=15 * MILLISECOND, kind=Span.SPAN_KIND_CLIENT)
    site.put(service("chapter2-client", asked))


def explanation(site: Site, page: Page, make: Maker, seconds: float = 1, **callers: int) -> dict[str, Any]:
    """What is said that long after the children ended, of the trace in the store."""
    page.goto(f"{site.url}/assets/icon.svg")  # which loads nothing else
    trace = page.evaluate(f"fetch('/api/v3/traces/{make.trace_id().hex()}').then((answer) => answer.json())")
    asked = {
        "resourceSpans": trace["result"]["resourceSpans"],
        "now": (make.base + 11 * MILLISECOND) / MILLISECOND + seconds * 1000,
        "callers": [{"service": name.replace("_", "-"), "calls": calls} for name, calls in callers.items()],
    }
    said: dict[str, Any] = call_unit(page, "missing.explained", asked)
    return said


def known(said: dict[str, Any], term: str) -> dict[str, str]:
    return next(each for each in said["known"] if each["term"] == term)


def titles(said: dict[str, Any]) -> list[str]:
    return [reason["title"] for reason in said["reasons"]]


def open_trace(site: Site, page: Page, make: Maker, span: str = "") -> None:
    more = f"#{make.span_id(span).hex()}" if span else "?panel=closed"
    page.goto(f"{site.url}/trace/{make.trace_id().hex()}{more}")
    expect(page.get_by_role("tree", name="Spans")).to_be_visible()


def open_missing(site: Site, page: Page, make: Maker) -> Locator:
    open_trace(site, page, make, "ask")
    panel = page.get_by_role("complementary", name="Missing span")
    expect(panel).to_be_visible()
    return panel


@pytest.fixture
def explained(site: Site, page: Page, make: Maker) -> Explained:
    """What is said of a trace like put_orphan's."""

    def explained(**rest: object) -> dict[str, Any]:
        put_orphan(site, make, **rest)
        return explanation(site, page, make)

    return explained


def test_a_missing_parent_is_explained_until_it_arrives(site: Site, page: Page, make: Maker) -> None:
    put_orphan(site, make)
    open_trace(site, page, make)
    notice = page.locator("#notices")
    expect(notice).to_contain_text("1 span without its parent. The parent of “serve” of chapter2-server is not here")
    expect(page.get_by_role("heading", level=1)).to_have_text("Root span missing")
    expect(page).to_have_title("Root span missing – trace")
    expect(page.get_by_role("status")).to_have_text("Waiting for missing spans")
    notice.get_by_role("button", name="Why?").click()
    panel = page.get_by_role("complementary", name="Missing span")
    expect(panel).to_contain_text("What may have happened")
    expect(panel).to_contain_text("This page shows it as soon as it arrives.")
    page.wait_for_url(f"**#{make.span_id('ask').hex()}")
    put_parent(site, make)
    panel = page.get_by_role("complementary", name="Span", exact=True)
    expect(panel.get_by_role("heading", level=2)).to_have_text("ask")
    expect(page.get_by_role("heading", level=1)).to_have_text("chapter2-client ask")
    expect(notice).to_have_text("The parent has arrived: chapter2-client askShow itDismiss")
    expect(notice).to_have_attribute("aria-live", "polite")
    page.keyboard.press("Escape")
    notice.get_by_role("button", name="Show it").click()
    expect(panel.get_by_role("heading", level=2)).to_have_text("ask")
    notice.get_by_role("button", name="Dismiss").click()
    expect(notice).to_be_empty()


def test_the_header_is_shown_as_it_must_have_been(site: Site, page: Page, make: Maker) -> None:
    put_orphan(site, make)
    panel = open_missing(site, page, make)
    header = f"traceparent: 00-{make.trace_id().hex()}-{make.span_id('ask').hex()}-01"
    code = panel.locator("code").filter(has_text="traceparent")
    expect(code).to_have_text(header)
    expect(code.locator("mark")).to_have_text(make.span_id("ask").hex())
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    panel.get_by_role("button", name="Copy the header").click()
    page.wait_for_function("text => navigator.clipboard.readText().then((copied) => copied === text)", arg=header)


def test_those_who_wait_and_their_parent_lead_to_each_other(site: Site, page: Page, make: Maker) -> None:
    put_orphan(site, make)
    panel = open_missing(site, page, make)
    panel.get_by_role("button", name="chapter2-server serve").click()
    span = page.get_by_role("complementary", name="Span", exact=True)
    expect(span.get_by_role("heading", level=2)).to_have_text("serve")
    span.get_by_role("button", name=f"{make.span_id('ask').hex()}, missing: why?").click()
    expect(panel).to_be_visible()


def test_who_is_known_to_call_is_named(site: Site, page: Page, make: Maker) -> None:
    whole = make.span("serve", "ask", trace="whole", at=MILLISECOND, kind=Span.SPAN_KIND_SERVER)
    site.put(service("chapter2-server", whole))
    put_parent(site, make, "whole")
    put_orphan(site, make)
    panel = open_missing(site, page, make)
    expect(panel).to_contain_text("chapter2-client (1 call lately): known to call chapter2-server.")
    expect(panel).to_contain_text("10.0.0.7")
    expect(panel).to_contain_text("python-requests/2.34.2")


def test_several_missing_parents_have_one_notice(site: Site, page: Page, make: Maker) -> None:
    spans = [make.span(f"serve {number}", f"ask {number}", kind=Span.SPAN_KIND_SERVER) for number in range(5)]
    site.put(service("chapter2-server", *spans))
    open_trace(site, page, make)
    notice = page.locator("#notices .notice")
    expect(notice).to_have_count(1)
    expect(notice).to_contain_text("5 spans without their parent: 5 parents are missing.")
    expect(notice.get_by_role("button")).to_have_count(3)
    parents = [make.span(f"ask {number}", kind=Span.SPAN_KIND_CLIENT) for number in range(5)]
    site.put(service("chapter2-client", parents[0]))
    expect(notice.first).to_contain_text("The parent has arrived")
    expect(notice.last).to_contain_text("4 spans without their parent: 4 parents are missing")
    notice.first.get_by_role("button", name="Dismiss").click()
    site.put(service("chapter2-client", *parents[1:]))
    expect(notice).to_have_count(1)
    expect(notice).to_contain_text("4 parents have arrived, the first is chapter2-client ask")


def test_a_young_trace_still_grows_and_an_old_one_has_lost_its_parent(site: Site, page: Page, make: Maker) -> None:
    put_orphan(site, make)
    young = explanation(site, page, make, 1)
    assert titles(young)[:2] == ["It has not ended yet", "It has ended, but is not exported yet"]
    assert young["reasons"][0]["likely"] == "most likely"
    assert young["summary"] == (
        "The parent of “serve” of chapter2-server is not here: "
        f"span {make.span_id('ask').hex()}. Most likely it has not ended yet."
    )
    assert known(young, "Waited for")["text"] == "1.00 s since its child ended."
    old = explanation(site, page, make, OLD)
    assert titles(old)[:3] == ["It was lost", "It went elsewhere, or nowhere", "It was sampled out"]
    assert {reason["title"]: reason["likely"] for reason in old["reasons"]}["It has not ended yet"] == "unlikely"
    assert "3 h ago: only a stream" in str(old["reasons"])
    assert known(old, "Lasted")["text"] == "10.0 ms or more, if it waited for its child."


def test_a_caller_whose_spans_come_does_export_them(site: Site, page: Page, make: Maker) -> None:
    put_orphan(site, make)
    said = explanation(site, page, make, OLD, chapter2_client=7)
    assert known(said, "Sent by")["text"] == "chapter2-client (7 calls lately): known to call chapter2-server."
    assert said["reasons"][0]["text"].startswith("chapter2-client stopped before the span ended")
    assert said["reasons"][-1]["title"] == "It went elsewhere, or nowhere"


def test_a_span_of_the_same_process_came_with_no_header(site: Site, page: Page, make: Maker) -> None:
    inner = make.span("query", "handle", kind=Span.SPAN_KIND_CLIENT, flags=LOCAL)
    site.put(resource({"service.name": "shop", "service.instance.id": "a-1"}, scope([inner])))
    said = explanation(site, page, make)
    assert known(said, "Made by")["text"] == "shop, like its child: its child says that it was not called from outside."
    assert known(said, "Its process")["code"] == "a-1"
    assert "traceparent" not in str(said)
    assert "It was sampled out" not in titles(said)
    assert titles(said)[0] == "It has not ended yet"


@pytest.mark.parametrize(
    ("kind", "flags", "maker"),
    [
        (Span.SPAN_KIND_SERVER, 0, "Sent by"),
        (Span.SPAN_KIND_CONSUMER, 0, "Sent by"),
        (Span.SPAN_KIND_CLIENT, 0, "Made by"),
        (Span.SPAN_KIND_INTERNAL, 0, "Made by"),
        (Span.SPAN_KIND_INTERNAL, REMOTE, "Sent by"),
        (Span.SPAN_KIND_SERVER, LOCAL, "Made by"),
    ],
)
def test_flags_tell_where_the_parent_is_else_the_kind_does(
    explained: Explained, kind: int, flags: int, maker: str
) -> None:
    terms = [each["term"] for each in explained(kind=kind, flags=flags)["known"]]
    assert [term for term in terms if term.endswith("by")] == [maker]


@pytest.mark.parametrize(
    ("flags", "digits", "words"),
    [
        (0x301, "-01", "those that its child has (sampled)"),
        (0x303, "-03", "(sampled, the trace id is random)"),
        (0x302, "-02", "(not sampled, the trace id is random)"),
        (0x300, "-01", "a guess (01: sampled), for chapter2-server does not send its own"),
    ],
)
def test_flags_are_read_or_guessed(explained: Explained, flags: int, digits: str, words: str) -> None:
    said = explained(flags=flags)
    assert known(said, "The header")["code"].endswith(digits)
    assert words in known(said, "The header")["text"]
    assert (titles(said)[0] == "It was sampled out") == (flags == 0x302)


@pytest.mark.parametrize(
    ("program", "title", "words"),
    [
        ("curl/8.5.0", "It never was: the header was written by hand", "curl/8.5.0 makes no spans."),
        ("Mozilla/5.0 (X11)", "It went elsewhere, or nowhere", "Here the caller is a web browser"),
    ],
)
def test_what_program_called_is_a_clue(explained: Explained, program: str, title: str, words: str) -> None:
    said = explained(attributes={"user_agent.original": program})
    assert titles(said)[0] == title
    assert words in said["reasons"][0]["text"]


def test_who_reads_a_message_waits_for_nobody(site: Site, page: Page, make: Maker) -> None:
    put_orphan(site, make, kind=Span.SPAN_KIND_CONSUMER, attributes={"messaging.destination.name": "orders"})
    said = explanation(site, page, make)
    assert known(said, "By way of")["code"] == "orders"
    assert known(said, "Lasted")["text"].startswith("Not known")
    assert titles(said)[0] == "It has ended, but is not exported yet"


def test_several_children_of_one_parent_wait_together(site: Site, page: Page, make: Maker) -> None:
    put_orphan(site, make)
    site.put(service("other", make.span("help", "ask", at=4 * MILLISECOND, kind=Span.SPAN_KIND_SERVER)))
    said = explanation(site, page, make)
    assert said["missing"] == 1
    assert said["summary"].startswith("The parent of “serve” of chapter2-server and 1 more span is not here")
    assert said["children"] == [make.span_id("serve").hex(), make.span_id("help").hex()]
    assert "Perhaps one of this trace's others: other." in known(said, "Sent by")["text"]


def test_names_of_strangers_stay_texts_and_short(site: Site, page: Page, make: Maker) -> None:
    evil = hostile.IMAGE
    attributes = {"user_agent.original": evil, "client.address": "x" * 100_000, "peer.service": f"\u202e{evil}"}
    span = make.span(evil * 10_000, "ask", kind=Span.SPAN_KIND_SERVER, attributes=attributes, trace_state=evil * 1000)  # type: ignore[arg-type]
    site.put(service(evil * 10_000, span))
    panel = open_missing(site, page, make)
    expect(panel).to_contain_text(evil)
    assert len(panel.inner_text()) < 10_000
    assert page.locator("main img").count() == 0


def test_it_can_be_read_on_a_phone(site: Site, open_page: Callable[..., Page], make: Maker) -> None:
    page = open_page(360, 700)
    put_orphan(site, make)
    panel = open_missing(site, page, make)
    panel.get_by_text("Who waits for it").scroll_into_view_if_needed()
    expect(panel.get_by_text("Who waits for it")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_what_is_likely_changes_while_one_looks(site: Site, page: Page, make: Maker) -> None:
    make.base = time.time_ns() - SECOND
    put_orphan(site, make)
    page.clock.install()
    panel = open_missing(site, page, make)
    first = panel.locator(".reasons h4").first
    expect(first).to_have_text("It has not ended yet")
    page.clock.fast_forward(OLD * 1000)
    expect(first).to_have_text("It was lost")
    expect(page.locator("#notices")).to_contain_text("Most likely it was lost.")


def test_parents_in_a_circle_are_called_that(site: Site, page: Page, make: Maker) -> None:
    site.put(service("farm", make.span("hen", "egg", name="hen"), make.span("egg", "hen", name="egg", at=MILLISECOND)))
    page.goto(f"{site.url}/trace/{make.trace_id().hex()}")
    expect(page.locator("#notices")).to_contain_text("The parents go in a circle: hen names egg")
    expect(page.get_by_role("heading", level=1)).to_have_text("farm hen")
    expect(page.locator("#notices")).not_to_contain_text("missing")


def test_a_span_that_is_its_own_parent_is_called_that(site: Site, page: Page, make: Maker) -> None:
    site.put(service("farm", make.span("hen", "hen", name="hen")))
    page.goto(f"{site.url}/trace/{make.trace_id().hex()}")
    expect(page.locator("#notices")).to_contain_text("hen is its own parent")
