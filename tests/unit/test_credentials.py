"""The checks of certificates, keys and headers: what gRPC could not use is one line, without what is secret."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import trustme
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import Encoding, PrivateFormat

from telemetry.environment import SettingsError, prepare

if TYPE_CHECKING:
    from pathlib import Path

PREFIXES = ("OTEL_EXPORTER_OTLP_", "OTEL_EXPORTER_OTLP_TRACES_")
NOT_A_HEADER = 'is not name=value in ASCII, with %22 %2C %3B %5C for " , ; \\ in the value'
SECRET = "s3cret"  # noqa: S105


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A CA, two clients' certificates and keys of it, and files that are none."""
    ca = trustme.CA()
    ca.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    for name in ("me", "other"):
        issued = ca.issue_cert(name)
        issued.private_key_pem.write_to_path(str(tmp_path / f"{name}.key"))
        issued.cert_chain_pems[0].write_to_path(str(tmp_path / f"{name}.pem"))
    (tmp_path / "text.pem").write_text("no certificate\n")
    (tmp_path / "empty.pem").touch()
    (tmp_path / "broken.pem").write_text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    key = serialization.load_pem_private_key((tmp_path / "me.key").read_bytes(), None)
    locked = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, serialization.BestAvailableEncryption(b"word"))
    (tmp_path / "locked.key").write_bytes(locked)
    return tmp_path


def problem_with(environ: dict[str, str]) -> str:
    with pytest.raises(SettingsError) as caught:
        prepare(environ)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize(
    ("files", "problem"),
    [
        ({"": "text.pem"}, "CERTIFICATE={}/text.pem: no PEM certificate in it"),
        ({"": "empty.pem"}, "CERTIFICATE={}/empty.pem: no PEM certificate in it"),
        ({"": "broken.pem"}, "CERTIFICATE={}/broken.pem: no PEM certificate in it"),
        ({"": "none.pem"}, "CERTIFICATE={}/none.pem: cannot be read: No such file or directory"),
        ({"": "ca.pem", "KEY": "me.key"}, "CLIENT_KEY={}/me.key: needs {prefix}CLIENT_CERTIFICATE as well"),
        (
            {"": "ca.pem", "CERTIFICATE": "me.pem"},
            "CLIENT_CERTIFICATE={}/me.pem: needs {prefix}CLIENT_KEY as well",
        ),
        (
            {"CERTIFICATE": "me.pem", "KEY": "me.key"},
            "CLIENT_CERTIFICATE={}/me.pem: is used only together with {prefix}CERTIFICATE, the collector's CA",
        ),
        (
            {"": "ca.pem", "CERTIFICATE": "me.pem", "KEY": "other.key"},
            "CLIENT_KEY={}/other.key: must be the PEM key, without a password, to {}/me.pem",
        ),
        (
            {"": "ca.pem", "CERTIFICATE": "me.pem", "KEY": "locked.key"},
            "CLIENT_KEY={}/locked.key: must be the PEM key, without a password, to {}/me.pem",
        ),
        (
            {"": "ca.pem", "CERTIFICATE": "none.pem", "KEY": "me.key"},
            "CLIENT_KEY={}/me.key: it or {}/none.pem cannot be read: No such file or directory",
        ),
    ],
)
def test_files_that_grpc_could_not_use(folder: Path, prefix: str, files: dict[str, str], problem: str) -> None:
    wanted = problem.replace("{}", str(folder)).replace("{prefix}", prefix)
    assert problem_with(variables(folder, prefix, files)) == prefix + wanted


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("files", [{"": "ca.pem"}, {"": "ca.pem", "CERTIFICATE": "me.pem", "KEY": "me.key"}])
def test_files_that_it_can_use(folder: Path, prefix: str, files: dict[str, str]) -> None:
    prepare(variables(folder, prefix, files))


def variables(folder: Path, prefix: str, files: dict[str, str]) -> dict[str, str]:
    names = {"": "CERTIFICATE", "CERTIFICATE": "CLIENT_CERTIFICATE", "KEY": "CLIENT_KEY"}
    paths = {prefix + names[kind]: str(folder / file) for kind, file in files.items()}
    return {"OTEL_EXPORTER_OTLP_ENDPOINT": "https://localhost:4317", **paths}


def test_files_are_not_looked_at_without_tls() -> None:
    """Somebody may have them set for other programs."""
    prepare({"OTEL_EXPORTER_OTLP_CERTIFICATE": "/nowhere/ca.pem"})


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize(
    ("headers", "problem"),
    [
        (f"Bearer {SECRET}", f"header 1 {NOT_A_HEADER}"),
        (f"authorization:Bearer {SECRET}==", f"header 1 {NOT_A_HEADER}"),
        (f"tenant=a, {SECRET}", f"header 2 {NOT_A_HEADER}"),
        (f"={SECRET}", f"header 1 {NOT_A_HEADER}"),
        (f"a b={SECRET}", f"header 1 {NOT_A_HEADER}"),
        (f"&a={SECRET}", f"header 1 {NOT_A_HEADER}"),
        (f'a="{SECRET}"', f"header 1 {NOT_A_HEADER}"),
        (f"a={SECRET};b", f"header 1 {NOT_A_HEADER}"),
        (f"a={SECRET}ä", f"header 1 {NOT_A_HEADER}"),
        (f"a={SECRET}%C3%A4", f"header 1 {NOT_A_HEADER}"),
        (f"a={SECRET}%0Ab", f"header 1 {NOT_A_HEADER}"),
        (f"tenant-bin={SECRET}", "header 1 is a binary one (-bin), which the exporter cannot send"),
    ],
)
def test_headers_that_could_not_be_sent_are_told_without_what_is_in_them(
    prefix: str, headers: str, problem: str
) -> None:
    assert problem_with({prefix + "HEADERS": headers}) == f"{prefix}HEADERS: {problem}"


@pytest.mark.parametrize(
    "headers", ["Authorization=Bearer a.b-c==", "authorization=Bearer%20a", "a=1 , b_c=,", "a=%3B"]
)
def test_headers_that_can_be_sent(headers: str) -> None:
    prepare({"OTEL_EXPORTER_OTLP_HEADERS": headers})
