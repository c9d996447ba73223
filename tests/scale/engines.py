"""Kafka and Cassandra as processes, with the configuration files of deploy/scale, on free ports of 127.0.0.1."""

from __future__ import annotations

import subprocess
import uuid
from pathlib import Path

from tests.children import ROOT, Child, free_port

DEPLOY = ROOT / "deploy/scale"
HERE = Path(__file__).parent
START_SECONDS = 90
LOG = (
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    "-Dorg.slf4j.simpleLogger.log.kafka.server.KafkaRaftServer=info",
)
# From Cassandra's jvm17-server.options, which is in its image but not in its jar.
EXPORTS = (
    "java.base/jdk.internal.misc java.base/java.lang.ref java.management.rmi/com.sun.jmx.remote.internal.rmi"
    " java.rmi/sun.rmi.registry java.rmi/sun.rmi.server java.sql/java.sql jdk.unsupported/sun.misc"
    " jdk.attach/sun.tools.attach"
)
OPENS = (
    "java.base/java.io java.base/java.lang java.base/java.lang.module java.base/java.lang.reflect java.base/java.math"
    " java.base/java.net java.base/java.nio java.base/java.util java.base/java.util.concurrent"
    " java.base/java.util.concurrent.atomic java.base/jdk.internal.loader java.base/jdk.internal.math"
    " java.base/jdk.internal.module java.base/jdk.internal.ref java.base/jdk.internal.reflect"
    " java.base/jdk.internal.util.jar java.base/sun.nio.ch jdk.management/com.sun.management.internal"
)


class Kafka:
    """One broker. Acknowledged data is in its folder, so it can be killed and restarted."""

    def __init__(self, jars: Path, folder: Path) -> None:
        self._jars, self._folder = jars, folder
        self.port, self._controller_port = free_port(), free_port()
        self._properties = folder / "kafka.properties"

    def start(self) -> Child:
        """Start it; returns once it responds."""
        if not self._properties.exists():
            self._format()
        child = Child(*self._java("-Xms256m", "-Xmx512m", *LOG), "kafka.Kafka", str(self._properties))
        return started(child, "Kafka Server started")

    def lag(self, group: str) -> int | None:
        """Messages that a consumer group has not committed; None while it has no partition yet."""
        said = self._run(
            "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand",
            *(f"--bootstrap-server=127.0.0.1:{self.port}", "--describe", f"--group={group}"),
        )
        rows = [line.split() for line in said.splitlines() if line.startswith(group)]
        # GROUP TOPIC PARTITION CURRENT-OFFSET LOG-END-OFFSET LAG ...; without a commit yet, offset and lag are "-"
        return sum(int(row[5]) if row[5] != "-" else int(row[4]) for row in rows) if rows else None

    def _format(self) -> None:
        """Copy kafka.properties and append this run's addresses and folder, which take precedence."""
        own = {
            "listeners": f"PLAINTEXT://127.0.0.1:{self.port},CONTROLLER://127.0.0.1:{self._controller_port}",
            "advertised.listeners": f"PLAINTEXT://127.0.0.1:{self.port}",
            "controller.quorum.voters": f"1@127.0.0.1:{self._controller_port}",
            "log.dirs": str(self._folder / "kafka"),
        }
        lines = [f"{key}={value}" for key, value in own.items()]
        self._properties.write_text("\n".join([(DEPLOY / "kafka.properties").read_text(), *lines, ""]))
        identity = uuid.uuid4().hex[:22]
        self._run("kafka.tools.StorageTool", "format", f"--cluster-id={identity}", f"--config={self._properties}")

    def _run(self, *command: str) -> str:
        done = subprocess.run(self._java("-Xmx128m") + list(command), capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{' '.join(command)}:\n{done.stdout}{done.stderr}"
        return done.stdout

    def _java(self, *options: str) -> list[str]:
        return ["java", *options, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", f"{self._jars}/*"]


class Cassandra:
    """One node. Acknowledged data is in its folder, so it can be killed and restarted."""

    def __init__(self, jars: Path, folder: Path) -> None:
        self._jars, self._folder = jars, folder / "cassandra"
        self._folder.mkdir()
        self.port, self._storage_port = free_port(), free_port()
        # The configuration file has the compose file's host name; here it resolves to this machine.
        self._hosts = self._folder / "hosts"
        self._hosts.write_text("127.0.0.1 cassandra localhost\n")

    def start(self) -> Child:
        """Start it; returns once it responds."""
        properties = {
            "cassandra.config": (DEPLOY / "cassandra.yaml").as_uri(),
            "cassandra.storagedir": str(self._folder),
            "cassandra.native_transport_port": str(self.port),
            "cassandra.storage_port": str(self._storage_port),
            "jdk.net.hosts.file": str(self._hosts),
        }
        options = cassandra_options(str(self._jars), properties, str(HERE / "logback.xml"))
        daemon = "org.apache.cassandra.service.CassandraDaemon"
        child = Child("java", "-Xms1g", "-Xmx1g", *options, "-cp", f"{self._jars}/*", daemon)
        return started(child, "Startup complete")


def cassandra_options(jars: str, properties: dict[str, str], logback: str) -> tuple[str, ...]:
    """Java options to run Cassandra, apart from memory; `properties` are added to the defaults."""
    own = {
        "logback.configurationFile": logback,
        # Otherwise it closes its output after startup.
        "cassandra-foreground": "yes",
        "jdk.attach.allowAttachSelf": "true",
        "io.netty.tryReflectionSetAccessible": "true",
        # A single node does not have to wait for others.
        "cassandra.ring_delay_ms": "1000",
        "cassandra.skip_wait_for_gossip_to_settle": "0",
    }
    return (
        *("-XX:MaxDirectMemorySize=512m", "-XX:+UseG1GC", f"-javaagent:{jars}/jamm-0.4.0.jar"),
        *(f"-D{key}={value}" for key, value in (own | properties).items()),
        *(word for name in EXPORTS.split() for word in ("--add-exports", f"{name}=ALL-UNNAMED")),
        *(word for name in OPENS.split() for word in ("--add-opens", f"{name}=ALL-UNNAMED")),
    )


def started(child: Child, said: str) -> Child:
    """Wait for that output; kill the process if it does not appear."""
    try:
        child.wait_for(said, START_SECONDS)
    except BaseException:
        child.kill()
        raise
    return child
