"""Container images of the built binaries, under the names in a compose file, so that nothing is pulled."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import yaml

from tests.children import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
END_SECONDS = 60
INSTALL = "on Debian and Ubuntu: apt install"
NO_ENGINE = (
    "no container engine answers: Docker with `docker compose` (try `docker info`) or podman with podman-compose;"
    f" {INSTALL} podman podman-compose runc netavark aardvark-dns"
)
# Distinguishes these images from pulled ones of the same name, which are used as they are and kept.
LABEL = "otel-python-playground.test-image"
# Like the published images, as far as tests can tell: entry point, user, and for Jaeger, Alpine's shell and wget.
COLLECTOR_DOCKERFILE = f"""\
FROM scratch
COPY otelcol /otelcol-contrib
LABEL {LABEL}=yes
USER 10001
ENTRYPOINT ["/otelcol-contrib"]
"""
JAEGER_DOCKERFILE = f"""\
FROM scratch
COPY busybox /bin/sh
COPY busybox /bin/wget
COPY jaeger /cmd/jaeger/jaeger
LABEL {LABEL}=yes
ENV JAEGER_LISTEN_HOST=0.0.0.0
USER 10001
ENTRYPOINT ["/cmd/jaeger/jaeger"]
"""


@dataclass(frozen=True)
class Recipe:
    """How to build an image: its Dockerfile, and the files and folders it copies, by their names there."""

    dockerfile: str
    sources: dict[str, Path]


@dataclass(frozen=True)
class Engine:
    """Docker or podman, and its compose command."""

    name: str
    compose: tuple[str, ...]
    environ: dict[str, str]

    def run(self, *args: str | Path, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run the engine and capture its output; with `check`, errors include that output."""
        return run([self.name, *args], self.environ, check=check)

    def run_compose(self, *args: str | Path, check: bool = True) -> subprocess.CompletedProcess[str]:
        return run([*self.compose, *args], self.environ, check=check)


def run(command: list[str | Path], environ: dict[str, str], *, check: bool) -> subprocess.CompletedProcess[str]:
    """Run a command to its end even on Ctrl-C or timeout: an interrupted engine leaves things behind."""
    pipe = subprocess.PIPE
    process = subprocess.Popen(
        command, cwd=ROOT, env=environ, stdout=pipe, stderr=pipe, text=True, start_new_session=True
    )
    try:
        stdout, stderr = process.communicate()
    except BaseException:
        try:
            process.communicate(timeout=END_SECONDS)
        finally:
            process.kill()
            process.wait()
        raise
    if check and process.returncode:
        raise RuntimeError(f"{' '.join(map(str, command))}: exit status {process.returncode}\n{stdout}{stderr}")
    return subprocess.CompletedProcess(command, process.returncode, stdout, stderr)


def find_engine() -> Engine | None:
    """Docker if its daemon responds, else podman."""
    environ = dict(os.environ)
    if works(environ, "docker", "info") and works(environ, "docker", "compose", "version"):
        return Engine("docker", ("docker", "compose"), environ)
    needed = ["podman", "podman-compose"]
    if not Path("/run/systemd/system").exists() and "CONTAINERS_CONF" not in environ:
        environ["CONTAINERS_CONF"] = str(HERE / "containers.conf")
        needed.append("runc")
    if all(map(shutil.which, needed)) and works(environ, "podman", "info"):
        return Engine("podman", ("podman-compose",), environ)
    return None


def works(environ: dict[str, str], *command: str) -> bool:
    found = shutil.which(command[0]) is not None
    return found and subprocess.run(command, env=environ, capture_output=True, check=False).returncode == 0


def compose_problem() -> str | None:
    """Why a compose file cannot run on local images, in one line; None if it can."""
    if sys.platform != "linux":
        return "the images are made from this machine's own binaries, which takes Linux"
    if find_engine() is None:
        return NO_ENGINE
    if static_busybox() is None:
        return f"a statically linked busybox is missing; {INSTALL} busybox-static"
    return None


def static_busybox() -> Path | None:
    busybox = shutil.which("busybox")
    if busybox is None:
        return None
    with Path(busybox).open("rb") as file:
        # A dynamically linked program names its loader, /lib…/ld-…, right after its headers.
        return None if b"/ld-" in file.read(4096) else Path(busybox)


def image_names(compose_file: Path) -> set[str]:
    """The images of the compose file, resolved with the environment and the file's defaults."""
    services = yaml.safe_load(compose_file.read_text())["services"]
    return {resolved(entry["image"]) for entry in services.values()}


def resolved(value: str) -> str:
    return re.sub(r"\$\{(\w+):-([^}]*)\}", lambda match: os.environ.get(match[1]) or match[2], value)


def collector(binary: Path) -> Recipe:
    return Recipe(COLLECTOR_DOCKERFILE, {"otelcol": binary})


def jaeger(binary: Path) -> Recipe:
    busybox = static_busybox()
    assert busybox
    return Recipe(JAEGER_DOCKERFILE, {"jaeger": binary, "busybox": busybox})


@contextmanager
def images(engine: Engine, compose_file: Path, recipes: dict[str, Recipe]) -> Iterator[None]:
    """Provide all images of the compose file, and remove those built here afterwards.

    Args:
        recipes: by image name, without version.
    """
    made: list[str] = []
    try:
        for image in sorted(image_names(compose_file)):
            name = full_name(engine, image)
            if not pulled(engine, name):
                made.append(name)
                build_image(engine, name, recipes[image.rpartition(":")[0]])
        yield
    finally:
        for name in made:
            engine.run("rmi", name, check=False)  # missing if its build was interrupted


def full_name(engine: Engine, name: str) -> str:
    """The full image name: podman would store a short one as localhost/NAME, but look for docker.io/NAME."""
    if engine.name != "podman":
        return name
    return f"docker.io/{name}" if "/" in name else f"docker.io/library/{name}"


def pulled(engine: Engine, name: str) -> bool:
    """Whether there is an image of this name that was not built here."""
    found = engine.run("image", "inspect", name, check=False)
    return found.returncode == 0 and LABEL not in found.stdout


def build_image(engine: Engine, name: str, recipe: Recipe) -> None:
    with TemporaryDirectory() as folder:
        context = Path(folder)
        (context / "Dockerfile").write_text(recipe.dockerfile)
        for target, source in recipe.sources.items():
            if source.is_dir():
                shutil.copytree(source, context / target, ignore_dangling_symlinks=True)
            else:
                shutil.copyfile(source, context / target)
                (context / target).chmod(0o755)  # user 10001 runs it, whatever the umask
        engine.run("build", "--quiet", "--file", context / "Dockerfile", "--tag", name, context)
