"""Credentials: checks the exporter's certificates, key and headers before use.

With invalid files gRPC fails at each export or kills the process; an invalid header gets logged, token included.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator, Mapping
from urllib.parse import unquote

# What gRPC accepts, after the exporter has lowercased the names and percent-decoded the values.
_NAME, _VALUE = re.compile(r"[0-9a-z_.-]+"), re.compile(r"[ -~]*")
# What the exporter accepts unencoded; other printable ASCII must be percent-encoded.
_WRITTEN = re.compile(r'[^",;\\]*')


def problems(environ: Mapping[str, str], prefix: str, *, tls: bool) -> Iterator[tuple[str, str]]:
    """Yield each invalid variable with this prefix, and the reason. Files are checked only with TLS."""
    authorities, certificate, key = prefix + "CERTIFICATE", prefix + "CLIENT_CERTIFICATE", prefix + "CLIENT_KEY"
    if problem := _headers_problem(environ.get(prefix + "HEADERS", "")):
        yield prefix + "HEADERS", problem
    if not tls:
        return
    try:
        if authorities in environ:
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(environ[authorities])
    except OSError as error:
        no_pem = isinstance(error, ssl.SSLError)
        yield authorities, "no PEM certificate in it" if no_pem else f"cannot be read: {error.strerror}"
    for name, other in ((certificate, key), (key, certificate)):
        if name in environ and other not in environ:
            yield name, f"needs {other} as well"
        elif name in environ and authorities not in environ:
            yield name, f"is used only together with {authorities}, the collector's CA"
    if certificate in environ and key in environ and (problem := _pair_problem(environ[certificate], environ[key])):
        yield key, problem


def _headers_problem(headers: str) -> str | None:
    """Report a header by number only: its text may be a token."""
    for number, header in enumerate(filter(None, (part.strip() for part in headers.split(","))), 1):
        name, equals, value = header.partition("=")
        written = equals and _WRITTEN.fullmatch(value)
        if not (written and _NAME.fullmatch(unquote(name).strip().lower()) and _VALUE.fullmatch(unquote(value))):
            return f'header {number} is not name=value in ASCII, with %22 %2C %3B %5C for " , ; \\ in the value'
        if unquote(name).lower().endswith("-bin"):
            return f"header {number} is a binary one (-bin), which the exporter cannot send"
    return None


def _pair_problem(certificate: str, key: str) -> str | None:
    try:
        # Without a password, OpenSSL would prompt for one.
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_cert_chain(certificate, key, password="")
    except ssl.SSLError:
        return f"must be the PEM key, without a password, to {certificate}"
    except OSError as error:
        return f"it or {certificate} cannot be read: {error.strerror}"
    return None
