"""The machine and the versions behind the figures."""

from __future__ import annotations

import os
import platform
import shutil
import sqlite3
import subprocess
from importlib.metadata import version
from pathlib import Path

from tests.realstack.build import HERE

PACKAGES = ("grpcio", "protobuf", "flask", "granian", "uvicorn", "opentelemetry-sdk")
_JAEGER = "github.com/jaegertracing/jaeger "


def describe() -> str:
    """Describe them in one line."""
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30)
    python = f"{platform.python_implementation()} {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    return f"{os.cpu_count()} cores ({_processor()}), {memory:.0f} GiB; {python}; {packages}; {_go()}"


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    lines = information.read_text("utf-8").splitlines() if information.exists() else []
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.machine())


def _go() -> str:
    """The versions of Jaeger's module and of the Go that built it."""
    if not shutil.which("go"):
        return "no Go"
    said = subprocess.run(["go", "version"], check=True, capture_output=True, text=True).stdout  # noqa: S607
    lines = (HERE / "jaeger/go.mod").read_text("utf-8").splitlines()
    jaeger = next(line.split()[1] for line in lines if line.strip().startswith(_JAEGER))
    return f"{said.split()[2]}, Jaeger {jaeger}"
