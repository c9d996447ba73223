"""The Makefile: from a folder with a space in its name, and with a Python that will not do."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from tests.children import ROOT, Child, free_port
from tests.realstack.needs import needs

if TYPE_CHECKING:
    from pathlib import Path


NOT_CLONED = shutil.ignore_patterns(".git", ".venv*", ".*_cache", ".hypothesis", ".playground", "__pycache__")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """What a clone of the present state holds; a checkout without `.git` has it, too."""
    folder = tmp_path / "a clone"
    shutil.copytree(ROOT, folder, ignore=NOT_CLONED)
    return folder


def fake_python(folder: Path, fails_at: str) -> Path:
    """A Python that fails where its command line has `fails_at`."""
    fake = folder / "python"
    fake.write_text(f'#!/bin/sh\ncase "$*" in *{fails_at}*) exit 1;; esac\nexec "{sys.executable}" "$@"\n')
    fake.chmod(0o755)
    return fake


def index_problem(folder: Path) -> str | None:
    """Why no packages can be installed."""
    pip = sys.executable, "-m", "pip", "download", "--quiet", "--retries=1", "--timeout=20", "--no-deps"
    done = subprocess.run(
        [*pip, "-d", folder, "blinker"], capture_output=True, check=False
    )  # the smallest that it needs
    return "pip reaches no package index" if done.returncode else None


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_clone_sets_itself_up_whatever_happens(clone: Path) -> None:
    """Its path has a space in it. A first try is killed, three panes are typed at once, a new lock cannot be had."""
    needs(index_problem(clone.parent))
    arguments = f"ARGS=--count 1 --url http://localhost:{free_port()}/"
    command = "make", "client", f"PYTHON={sys.executable}", arguments
    with Child(*command, cwd=clone) as killed:
        killed.wait_for("packages", 120)
        killed.kill()
    with ExitStack() as stack:
        panes = [stack.enter_context(Child(*command, cwd=clone)) for _ in range(3)]
        for pane in panes:
            pane.end(400)
            assert "request failed: Connection refused\n" in pane.output
    lock = clone / "requirements.lock"
    before = lock.read_text()
    lock.write_text(f"{before}\nnot-there==1.0 --hash=sha256:{'0' * 64}\n")
    offline = {"PIP_NO_INDEX": "1"}
    with Child(*command, cwd=clone, env=offline) as child:
        child.end(60)
        assert "The packages of requirements.lock cannot be installed" in child.output
    lock.write_text(before)
    with Child(*command, cwd=clone, env=offline) as child:
        child.end(60)
        assert "request failed: Connection refused\n" in child.output
        assert "Setting up" not in child.output


@pytest.mark.parametrize(
    ("fails_at", "advice"),
    [
        ("ensurepip", "has no ensurepip; install it (Debian, Ubuntu: apt install python3-venv)"),
        ("version_info", "is none of Python 3.10 to 3.15"),
    ],
)
def test_an_unfit_python_is_told_in_one_line(clone: Path, fails_at: str, advice: str) -> None:
    with Child("make", "server", f"PYTHON={fake_python(clone.parent, fails_at)}", cwd=clone) as child:
        assert child.end(20) == 2
        lines = [line for line in child.output.splitlines() if not line.startswith("make: ***")]
        assert len(lines) == 1
        assert advice in lines[0]
        assert "make server PYTHON=" in lines[0]


def test_a_python_that_is_not_there_is_told_as_such(clone: Path) -> None:
    with Child("make", "demo", "PYTHON=python3.99", cwd=clone) as child:
        assert child.end(20) == 2
        assert "python3.99 is not installed; name another Python with: make demo PYTHON=" in child.output


def test_help_lists_every_target(clone: Path) -> None:
    makefile = (ROOT / "Makefile").read_text()
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert phony
    with Child("make", cwd=clone) as child:
        assert child.end(20) == 0
        assert re.findall(r"^  make (\S+) +\S", child.output, re.MULTILINE) == phony[1].split()
