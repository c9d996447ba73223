"""Checks the README against the code: commands, flags, variables, ports, links, and the programs' output."""

from __future__ import annotations

import re
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from telemetry.environment.settings import SCHEDULE_DELAY
from tests.children import ROOT, free_port, make, python
from tests.collector import FakeCollector
from tests.web import Web

if TYPE_CHECKING:
    from collections.abc import Iterator

README = (ROOT / "README.md").read_text()
FLAGS_AND_VARIABLES = (ROOT / "docs/settings.md").read_text()
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text()
MAKEFILE = (ROOT / "Makefile").read_text()
COMPOSE = (ROOT / "docker-compose.yaml").read_text()
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
PROGRAMS = {
    "demo": "demo",
    "backend": "backend",
    "server": "server",
    "client": "client",
    "verify": "verify",
    "orphan": "verify.orphan",
}


def targets() -> set[str]:
    phony = re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)
    assert phony
    return set(phony[1].split())


def test_every_make_command_is_a_target() -> None:
    # Only in code: prose may contain "make" too.
    text = README + CONTRIBUTING
    code = re.findall(r"`([^`\n]+)`", text) + re.findall(r"^\$ (.+)$", text, re.MULTILINE)
    named = {word for text in code for word in re.findall(r"\bmake (?:-j2 )?([a-z][a-z-]*)", text)}
    assert named >= {"server", "client", "verify", "orphan", "test"}
    assert named <= targets()


def documented(target: str) -> tuple[str, str]:
    """A program's documented flags, and its help."""
    row = re.search(rf"^\| `make {target}` \| (.*) \|$", FLAGS_AND_VARIABLES, re.MULTILINE)
    assert row
    with python("-m", PROGRAMS[target], "--help") as program:
        assert program.end() == 0
    return row[1], program.output


@pytest.mark.parametrize("target", PROGRAMS)
def test_the_flags_are_those_of_the_program(target: str) -> None:
    row, help_text = documented(target)
    assert set(re.findall(r"--[a-z-]+", row)) == set(re.findall(r"--[a-z-]+", help_text)) - {"--help"}


@pytest.mark.parametrize("target", PROGRAMS)
def test_the_defaults_are_those_of_the_program(target: str) -> None:
    row, help_text = documented(target)
    defaults = dict(re.findall(r"(--[a-z-]+) [A-Z_]+\s[^(]*?\(default:\s+([^)]*)\)", help_text))
    for flag, default in re.findall(r"`(--[a-z-]+)` \(`?([^)`]*)`?\)", row):
        assert " ".join(defaults[flag].split()) == default


def test_every_link_leads_somewhere() -> None:
    for document in DOCUMENTS:
        text = document.read_text()
        for link in re.findall(r"\]\(([^)]+)\)", text):
            if link.startswith("#"):
                assert link[1:] in anchors_of(text), f"{document.name}: {link}"
            elif not link.startswith("http"):
                path, _, anchor = link.partition("#")
                assert (document.parent / path).exists(), f"{document.name}: {link}"
                assert not anchor or anchor in anchors_of((document.parent / path).read_text()), link


def anchors_of(text: str) -> set[str]:
    """The anchors that GitHub generates from the headings."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^a-z0-9 _-]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_readmes_figures_are_those_of_the_benchmark() -> None:
    paragraph = README.partition("docs/benchmarks.md#the-server")[2].partition("\n\n")[0]
    marks = (ROOT / "docs/benchmarks.md").read_text().partition("## The server")[2].partition("Median of")[0]
    figures = re.findall(r"\d+\.\d+", paragraph)
    assert len(figures) > 2
    assert all(f"| {figure} (" in marks for figure in figures)


def test_every_folder_of_the_picture_is_there() -> None:
    picture = CONTRIBUTING.rpartition("```\nserver/")[2].partition("```")[0]
    rooms = re.findall(r"^([a-z]+)/", "server/" + picture, re.MULTILINE)
    assert rooms == ["server", "client", "telemetry", "backend", "demo", "verify", "bench", "deploy", "tests", "docs"]
    inner = re.findall(r"^  ([a-z]+)/", picture, re.MULTILINE)
    assert inner == ["receiver", "codec", "store", "query", "web", "ui"]
    assert all((ROOT / room).is_dir() for room in [*rooms, *(f"backend/{room}" for room in inner)])


def test_the_ports_are_the_same_everywhere() -> None:
    services = yaml.safe_load(COMPOSE)["services"]
    assert services["opentelemetry-collector-contrib"]["ports"] == ["127.0.0.1:55678:55678"]
    assert services["jaeger"]["ports"] == ["127.0.0.1:16686:16686"]
    config = yaml.safe_load((ROOT / "otel-collector-config.yaml").read_text())
    assert config["receivers"]["otlp"]["protocols"]["grpc"]["endpoint"] == "0.0.0.0:55678"
    assert "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT := http://localhost:55678" in MAKEFILE
    assert set(re.findall(r"localhost:(\d+)", README)) == {"8080", "55678", "16686", "4317", "4318", "9000", "3000"}


def test_the_image_versions_can_be_chosen() -> None:
    assert set(re.findall(r"\$\{(\w+):-", COMPOSE)) == {"COLLECTOR_VERSION", "JAEGER_VERSION"}
    assert "`COLLECTOR_VERSION`, `JAEGER_VERSION`" in FLAGS_AND_VARIABLES


def test_the_schedule_is_the_one_named() -> None:
    assert f"milliseconds between two exports ({SCHEDULE_DELAY})" in FLAGS_AND_VARIABLES


def told(phrase: str) -> str:
    """A line of program output; asserts that the README has it."""
    assert phrase in README
    return phrase


def test_a_busy_port_says_what_the_readme_says() -> None:
    line = told("cannot listen on 127.0.0.1 port 8080: Address already in use")
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        with python("-m", "server", "--port", str(port)) as server:
            assert server.end() == 1
    assert line.replace("8080", str(port)) in server.output


def test_an_endpoint_without_scheme_says_what_the_readme_says() -> None:
    line = told("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=localhost:55678: must be an address like")
    with python("-m", "client", env={"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "localhost:55678"}) as client:
        assert client.end() == 1
    assert line in client.output


def test_a_missing_server_and_collector_say_what_the_readme_says() -> None:
    settings = {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": f"http://127.0.0.1:{free_port()}"}
    with python(
        "-m", "client", "--count", "3", "--interval", "0", "--url", f"http://127.0.0.1:{free_port()}/", env=settings
    ) as client:
        assert client.end() == 1
    assert told("request failed: Connection refused") in client.output
    assert told("3 of 3 spans were lost: no collector took them") in client.output


def test_the_lock_names_no_index_and_serves_every_python() -> None:
    for lock in (ROOT / "requirements.lock", ROOT / "tests/requirements.lock"):
        text = lock.read_text()
        assert not re.search(r"https?://|--(extra-)?index-url|--find-links", text)
        pinned = re.findall(r"^[a-z0-9_.-]+==\S+.*\\$", text, re.MULTILINE)
        assert len(pinned) == len(re.findall(r"^[a-z]", text, re.MULTILINE))
        assert text.count("--hash=sha256:") >= len(pinned)


def test_the_range_of_pythons_is_the_same_everywhere() -> None:
    assert 'requires-python = ">=3.10,<3.16"' in (ROOT / "pyproject.toml").read_text()
    assert "You need Python 3.10 to 3.15 and make" in README
    assert "(3, 10) <= sys.version_info < (3, 16)" in MAKEFILE
    assert "is none of Python 3.10 to 3.15" in MAKEFILE


def test_the_documented_client_call_prints_what_is_shown() -> None:
    call = 'make client ARGS="--count 1 --verbose"'
    shown = README.partition(f"$ {call}\n")[2].partition("```")[0]
    with Web((200, "Hello, World!")) as web, FakeCollector() as collector:
        settings = {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.endpoint}
        with make("client", f"--count 1 --verbose --url {web.url}", env=settings) as client:
            assert client.end() == 0
    assert without_ids(client.output) == without_ids(shown)


def without_ids(text: str) -> str:
    return re.sub(r"[0-9a-f]{16,32}", "ID", text)


def test_every_difference_from_jaeger_is_listed() -> None:
    from tests.contract.test_differences import KNOWN_DIFFERENCES  # noqa: PLC0415 - imports much

    listed = (ROOT / "docs/architecture.md").read_text().partition("## Where it differs from Jaeger")[2]
    rows = re.findall(r"^\| (.+?) \| (.+) \|$", listed, re.MULTILINE)[1:]
    assert rows == [(difference.name, difference.reason) for difference in KNOWN_DIFFERENCES]


SCALE = ROOT / "deploy/scale"
SCALE_DOCUMENT = (ROOT / "docs/scale.md").read_text()
SCALE_FILES = sorted(path.name for path in SCALE.iterdir())
SETTINGS = re.findall(r"^\| `(\S+)` \| `(\S+): (.+?)` \|", SCALE_DOCUMENT, re.MULTILINE)


def settings_of(name: str) -> dict[str, str]:
    """All settings of a configuration file, with dotted names for nested ones."""
    text = (SCALE / name).read_text()
    if name.endswith(".properties"):
        return dict(line.split("=", 1) for line in text.splitlines() if "=" in line and not line.startswith("#"))
    return dict(flat(yaml.safe_load(text), ""))


def flat(value: object, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from flat(inner, f"{path}.{key}")
    else:
        yield path, str(value).lower() if isinstance(value, bool) else str(value)


def test_every_file_of_the_scale_out_back_end_is_told_of() -> None:
    told_of = set(re.findall(r"[\w-]+\.(?:yaml|properties)", SCALE_DOCUMENT))
    assert told_of >= set(SCALE_FILES)


@pytest.mark.parametrize(("file", "setting", "value"), SETTINGS)
def test_every_setting_is_in_the_file(file: str, setting: str, value: str) -> None:
    found = [said for path, said in settings_of(file).items() if f".{path}".endswith(f".{setting}")]
    assert value in found, found


def test_the_table_of_settings_is_read() -> None:
    assert {file for file, _, _ in SETTINGS} >= {"balancer.yaml", "gateway.yaml", "ingester.yaml", "kafka.properties"}
    listed = SCALE_DOCUMENT.partition("| file | setting |")[2].partition("\n\n")[0]
    assert len(SETTINGS) == listed.count("\n") - 1


def test_the_scale_document_names_what_is_there() -> None:
    code = re.findall(r"^\$ (.+)$", SCALE_DOCUMENT, re.MULTILINE) + re.findall(r"`([^`\n]+)`", SCALE_DOCUMENT)
    assert {word for text in code for word in re.findall(r"\bmake ([a-z][a-z-]*)", text)} <= targets()
    for text in code:
        for path in re.findall(r"\b(?:deploy|tests|telemetry|bench)/[\w./-]*\w", text):
            assert (ROOT / path).exists(), path
        for module in re.findall(r"python -m ([\w.]+)", text):
            assert (ROOT / f"{module.replace('.', '/')}.py").exists(), module
    variables = {
        name for text in code for name in re.findall(r"\b[A-Z]+_[A-Z_]+\b", text) if not name.startswith("OTEL_")
    }
    files = "".join((SCALE / name).read_text() for name in SCALE_FILES)
    assert {name for name in variables if f"env:{name}" not in files} <= {"RESOURCE_EXHAUSTED"}


def test_the_compose_file_with_a_token_fits_the_other() -> None:
    (snippet,) = re.findall(r"```yaml\n(.+?)```", SCALE_DOCUMENT, re.DOTALL)
    ((name, service),) = yaml.safe_load(snippet)["services"].items()
    own = yaml.safe_load((SCALE / "docker-compose.yaml").read_text())["services"][name]
    assert service["command"][0] in own["command"]
    mounted = {volume.split(":")[1] for volume in [*own["volumes"], *service["volumes"]]}
    assert {argument.removeprefix("--config=") for argument in service["command"]} <= mounted
    assert (SCALE / service["volumes"][0].split(":")[0]).exists()
    secure = settings_of("gateway-secure.yaml")
    for setting in ("cert_file", "key_file"):
        (path,) = [value for key, value in secure.items() if key.endswith(setting)]
        assert str(Path(path.partition(":-")[2].rstrip("}")).parent) in mounted
    for name in service["environment"]:
        assert f"${{env:{name}}}" in secure.values()
