"""Web pages that may send spans."""

from __future__ import annotations

import argparse

import pytest

from backend.receiver.origins import Origins, to_origin

SHOP = "https://eu.shop.example"


def allowed(pattern: str, origin: str) -> str | None:
    headers = dict(Origins([to_origin(pattern)]).headers("POST", {"HTTP_ORIGIN": origin}))
    return headers.get("Access-Control-Allow-Origin")


@pytest.mark.parametrize(
    ("pattern", "origin"),
    [
        (SHOP, SHOP),
        (f"{SHOP}/", SHOP),
        ("HTTPS://EU.Shop.Example", SHOP),
        ("https://eu.shop.example:443", SHOP),
        ("https://*.shop.example", SHOP),
        ("http://localhost:*", "http://localhost:3000"),
        ("http://*", "http://a.example"),
        ("http://[::1]:3000", "http://[::1]:3000"),
        ("null", "null"),
    ],
)
def test_an_origin_that_fits_is_named_in_the_answer(pattern: str, origin: str) -> None:
    assert allowed(pattern, origin) == origin


@pytest.mark.parametrize(
    ("pattern", "origin"),
    [
        (SHOP, "http://eu.shop.example"),
        (SHOP, f"{SHOP}:8443"),
        ("https://*.shop.example", "https://shop.example"),
        ("https://*.shop.example", "https://eu.shop.example.evil.example"),
        ("https://*.shop.example", "https://euxshop.example"),
        (SHOP, ""),
    ],
)
def test_another_origin_is_not(pattern: str, origin: str) -> None:
    assert allowed(pattern, origin) is None


@pytest.mark.parametrize(
    "text", ["shop.example", "https://shop.example/path", "https://", "//a", "https://a b", "", "a*"]
)
def test_what_no_browser_sends_is_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="is not an origin, such as"):
        to_origin(text)


def test_credentials_are_allowed_to_named_origins_only() -> None:
    """Browsers drop an answer that allows them to all; sendBeacon always asks with them."""
    named = dict(Origins([SHOP]).headers("OPTIONS", {"HTTP_ORIGIN": SHOP}))
    assert named["Access-Control-Allow-Credentials"] == "true"
    everybody = dict(Origins(["*"]).headers("OPTIONS", {"HTTP_ORIGIN": SHOP}))
    assert everybody["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in everybody


def test_a_page_of_the_web_is_let_into_this_network_where_it_asks() -> None:
    asked = {"HTTP_ORIGIN": SHOP, "HTTP_ACCESS_CONTROL_REQUEST_PRIVATE_NETWORK": "true"}
    assert dict(Origins([SHOP]).headers("OPTIONS", asked))["Access-Control-Allow-Private-Network"] == "true"
    assert "Access-Control-Allow-Private-Network" not in dict(Origins([SHOP]).headers("POST", asked))
