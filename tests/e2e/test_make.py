"""The Makefile: from a folder with a space in its name, and with a Python that will not do."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.children import ROOT, Child, free_port

if TYPE_CHECKING:
    from pathlib import Path


def files() -> list[str]:
    """What a clone of the present state would hold."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [name for name in listed.stdout.splitlines() if (ROOT / name).exists()]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    folder = tmp_path / "a clone"
    for name in files():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, folder / name)
    return folder


def fake_python(folder: Path, fails_at: str) -> Path:
    """A Python that fails where its command line has `fails_at`."""
    fake = folder / "python"
    fake.write_text(f'#!/bin/sh\ncase "$*" in *{fails_at}*) exit 1;; esac\nexec "{sys.executable}" "$@"\n')
    fake.chmod(0o755)
    return fake


def test_a_clone_with_a_space_in_its_path_sets_itself_up(clone: Path) -> None:
    arguments = f"ARGS=--count 1 --url http://localhost:{free_port()}/"
    with Child("make", "client", f"PYTHON={sys.executable}", arguments, cwd=clone) as child:
        assert child.end(100) != 0
        assert "request failed: Connection refused\n" in child.output
        assert child.output.count("Setting up") == 1
    with Child("make", "client", f"PYTHON={sys.executable}", arguments, cwd=clone) as child:
        child.end(20)
        assert "Setting up" not in child.output


@pytest.mark.parametrize(
    ("fails_at", "advice"),
    [
        ("ensurepip", "has no ensurepip; install it (Debian, Ubuntu: apt install python3-venv)"),
        ("version_info", "is not Python 3.10 or newer"),
    ],
)
def test_an_unfit_python_is_told_in_one_line(clone: Path, fails_at: str, advice: str) -> None:
    with Child("make", "server", f"PYTHON={fake_python(clone.parent, fails_at)}", cwd=clone) as child:
        assert child.end(20) == 2
        lines = [line for line in child.output.splitlines() if not line.startswith("make: ***")]
        assert len(lines) == 1
        assert advice in lines[0]
        assert "make PYTHON=" in lines[0]


def test_help_lists_every_target(clone: Path) -> None:
    makefile = (ROOT / "Makefile").read_text()
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert phony
    with Child("make", cwd=clone) as child:
        assert child.end(20) == 0
        assert re.findall(r"^  make (\S+) +\S", child.output, re.MULTILINE) == phony[1].split()
