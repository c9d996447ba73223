"""A base path: what may be one, and what is found below it."""

from __future__ import annotations

import argparse

import pytest
from flask import Flask, request
from werkzeug.test import Client

from backend.web.base_path import below, to_base_path


def echo() -> Flask:
    app = Flask(__name__)
    app.add_url_rule("/", "root", lambda: f"{request.script_root} {request.path}")
    app.add_url_rule("/api/<path:rest>", "api", lambda rest: f"{request.script_root} {rest}")
    return app


@pytest.mark.parametrize(
    ("text", "path"),
    [("/", ""), ("/jaeger", "/jaeger"), ("/jaeger/", "/jaeger"), ("/a-b/c_1.d~", "/a-b/c_1.d~")],
)
def test_a_path_begins_with_a_slash_and_may_end_with_one(text: str, path: str) -> None:
    assert to_base_path(text) == path


@pytest.mark.parametrize(
    "text",
    [
        "",
        "jaeger",
        "//",
        "//evil.example",
        "/a//b",
        "/a/../b",
        "/.",
        "/a b",
        "/%61",
        "/a?b",
        "/a#b",
        '/"',
        "/<",
        "/é",
        "/a\n",
    ],
)
def test_what_is_no_path_is_told(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="is not a path such as /jaeger") as problem:
        to_base_path(text)
    assert "\n" not in str(problem.value)


def test_all_lives_below_it() -> None:
    client = Client(below("/a/b", echo()))
    assert client.get("/a/b/").text == "/a/b /"
    assert client.get("/a/b/api/x%2Fy?z=1").text == "/a/b x/y"
    for path in ("/", "/api/x", "/a", "/a/", "/a/bc/", "/a/b2", "/x/a/b/", "//a/b/"):
        assert client.get(path).status_code == 404, path


def test_without_its_slash_it_leads_to_the_one_with() -> None:
    answer = Client(below("/jaeger", echo())).get("/jaeger")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/jaeger/")


def test_at_the_root_all_stays_where_it_is() -> None:
    app = echo()
    assert below("", app) is app
