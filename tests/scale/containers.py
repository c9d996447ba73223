"""Images for deploy/scale/docker-compose.yaml, with the same programs and jars that other tests run as processes.

Each stands in for the published image of its name: it has everything that the compose file mounts, sets and checks.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from tests.realstack.images import LABEL, Recipe, collector, jaeger, static_busybox
from tests.scale.engines import HERE, LOG, cassandra_options

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.scale.programs import Programs

KAFKA = r"""
properties=/mnt/shared/config/server.properties
java -cp '/jars/*' kafka.tools.StorageTool format --ignore-formatted \
    --cluster-id=cGxheWdyb3VuZC1zY2FsZQ --config=$properties
exec java $KAFKA_HEAP_OPTS "$@" -cp '/jars/*' kafka.Kafka $properties
"""
CASSANDRA = """
exec java -Xms$MAX_HEAP_SIZE -Xmx$MAX_HEAP_SIZE $JVM_EXTRA_OPTS "$@" -cp '/jars/*' \\
    org.apache.cassandra.service.CassandraDaemon
"""
# The real cqlsh lists the keyspaces; both check whether Cassandra accepts queries.
CQLSH = "#!/bin/sh\nexec nc -z $1 9042\n"
# Not needed at run time, but half of the size.
LEFT_OUT = ("jmods", "src.zip", "ct.sym", "man", "demo", "include")


# Additional libraries that native code in the jars loads, because it was built for older systems.
OF_JARS = ("libpthread.so.0", "libdl.so.2", "librt.so.1", "libm.so.6")


@contextmanager
def recipes(programs: Programs) -> Iterator[dict[str, Recipe]]:
    """The recipes of the compose file's images, by name."""
    with TemporaryDirectory(prefix="java-") as name:
        folder = Path(name)
        java = copy_java(folder / "root")
        (folder / "cqlsh").write_text(CQLSH)
        cassandra = cassandra_options("/jars", {"cassandra.storagedir": "/var/lib/cassandra"}, "/logback.xml")
        own = {"cqlsh": folder / "cqlsh", "logback.xml": HERE / "logback.xml"}
        yield {
            "otel/opentelemetry-collector-contrib": collector(programs.collector),
            "jaegertracing/jaeger": jaeger(programs.jaeger),
            "apache/kafka": java.recipe(programs.jars.kafka, KAFKA, LOG, {}),
            "cassandra": java.recipe(programs.jars.cassandra, CASSANDRA, cassandra, own),
        }


@dataclass(frozen=True)
class Java:
    """This machine's Java with its system libraries, as a folder for the images.

    Args:
        root: the contents of the image's root folder.
        home: Java's place in it.
    """

    root: Path
    home: Path

    def recipe(self, jars: Path, script: str, arguments: tuple[str, ...], own: dict[str, Path]) -> Recipe:
        """An image that runs the script with the arguments as `$@`.

        Args:
            own: files for the image's root folder; those without an extension are programs.
        """
        busybox = static_busybox()
        assert busybox
        lines = [
            "FROM scratch",
            "COPY root /",
            "COPY busybox /bin/sh",
            "COPY busybox /bin/nc",
            "COPY jars /jars",
            *(f"COPY {name} {'/' if '.' in name else '/bin/'}{name}" for name in own),
            f"LABEL {LABEL}=yes",
            f"ENV PATH={self.home}/bin:/bin",
            f"ENTRYPOINT {json.dumps(['/bin/sh', '-ec', script, 'start', *arguments])}",
            "",
        ]
        return Recipe("\n".join(lines), {"root": self.root, "busybox": busybox, "jars": jars, **own})


def copy_java(root: Path) -> Java:
    """Copy this machine's Java, and the system libraries that it and the jars load, to their places in `root`."""
    said = subprocess.run(["java", "-XshowSettings:properties", "-version"], capture_output=True, text=True, check=True)
    found = re.search(r"java\.home = (.+)", said.stderr)
    assert found, said.stderr
    home = Path(found[1])
    shutil.copytree(home, below(root, home), ignore=shutil.ignore_patterns(*LEFT_OUT), ignore_dangling_symlinks=True)
    libraries = {library for binary in (home / "bin/java", *home.rglob("*.so")) for library in linked(binary)}
    (c_library,) = (library for library in libraries if library.name == "libc.so.6")
    for library in (*libraries, *map(c_library.with_name, OF_JARS)):
        if not library.is_relative_to(home):
            below(root, library).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(library, below(root, library))
    (root / "tmp").mkdir(mode=0o777)
    return Java(root, home)


def below(root: Path, path: Path) -> Path:
    return root / path.relative_to("/")


def linked(binary: Path) -> set[Path]:
    """The libraries a binary loads; `ldd` prints them as `name => path (address)`, the loader without a name."""
    said = subprocess.run(["ldd", binary], capture_output=True, text=True, check=False).stdout
    return set(map(Path, re.findall(r"(?:=> |^\s*)(/\S+)", said, re.MULTILINE)))
