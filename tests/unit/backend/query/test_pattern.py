"""Patterns: as a plain comparison of letters says, and no slower the more stars there are."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.query.filter import Pattern


@pytest.mark.parametrize(
    ("pattern", "fitting", "others"),
    [
        ("", [""], ["a"]),
        ("a", ["a"], ["", "A", "aa", "b"]),
        ("*", ["", "a", "*", "\n"], []),
        ("chapter2-*", ["chapter2-", "chapter2-client", "chapter2-*"], ["chapter2", "my chapter2-client"]),
        ("*-client", ["-client", "chapter2-client"], ["client", "chapter2-client "]),
        ("a*a", ["aa", "aba", "aaa"], ["a", "ab"]),
        ("*b*", ["b", "abc"], ["", "a"]),
        ("a*b*c", ["abc", "a-b-c", "abbcc"], ["acb", "ab", "ac"]),
        ("a*bc*c", ["abcc", "abcbc"], ["abc", "ac"]),
        ("a**b", ["ab", "a*b"], ["a"]),
        (r"\*", ["*"], ["", "a", r"\*"]),
        (r"a\**", ["a*", "a*b"], ["a", "ab"]),
        (r"C:\temp\x", [r"C:\temp\x"], ["C:tempx"]),
        (r"\\*", [r"\*"], ["\\", r"\\"]),
        ("[a].?", ["[a].?"], ["a.?", "[a]xx"]),
        ("ü*日本", ["ü日本", "ü-日本"], ["u日本"]),
    ],
)
def test_what_fits(pattern: str, fitting: list[str], others: list[str]) -> None:
    read = Pattern.read(pattern)
    assert [text for text in fitting + others if read.fits(text)] == fitting


@pytest.mark.parametrize(("pattern", "only"), [("a", "a"), (r"\*a", "*a"), ("", ""), ("a*", None), ("*", None)])
def test_the_only_text_that_fits(pattern: str, only: str | None) -> None:
    assert Pattern.read(pattern).only == only


def naive(pattern: str, text: str) -> bool:
    if not pattern:
        return not text
    if pattern.startswith("*"):
        return any(naive(pattern[1:], text[at:]) for at in range(len(text) + 1))
    letter, rest = ("*", pattern[2:]) if pattern.startswith("\\*") else (pattern[0], pattern[1:])
    return text[:1] == letter and naive(rest, text[1:])


@settings(max_examples=200, deadline=None, database=None)
@given(pattern=st.text("ab**\\", max_size=8), text=st.text("aab*\\", max_size=8))
def test_it_fits_what_trying_everything_fits(pattern: str, text: str) -> None:
    assert Pattern.read(pattern).fits(text) == naive(pattern, text)


def test_an_exact_text_has_no_stars_that_mean_something() -> None:
    assert Pattern(("a*",)).fits("a*")
    assert not Pattern(("a*",)).fits("ab")


def test_many_stars_are_no_work() -> None:
    """A regular expression of these stars would not be through in this century."""
    pattern, text = Pattern.read("*a" * 400 + "*b"), "a" * 100_000
    began = time.process_time()
    assert not pattern.fits(text)
    assert pattern.fits(text + "b")
    assert time.process_time() - began < 5
