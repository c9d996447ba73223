"""Credentials: whether the exporter could use the certificates, the key and the headers that it is given.

It hands files to gRPC as they are, which then fails at each export or, given a key without its certificate, ends the
process. A header that it cannot read is left out and written to the log, where a token should not be.
"""

from __future__ import annotations

import re
import ssl
from typing import TYPE_CHECKING
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# What gRPC takes of what the exporter makes of a header: names in lower case, values percent-decoded.
_NAME = re.compile(r"[0-9a-z_.-]+")
_VALUE = re.compile(r"[ -~]*")
# What the exporter takes of what is written; the rest of printable ASCII has to be percent-encoded.
_WRITTEN = re.compile(r'[^",;\\]*')


def problems(environ: Mapping[str, str], prefix: str) -> Iterator[tuple[str, str]]:
    """The variables that begin with the prefix and cannot be used, each with the reason."""
    authorities, certificate, key = prefix + "CERTIFICATE", prefix + "CLIENT_CERTIFICATE", prefix + "CLIENT_KEY"
    if problem := _headers_problem(environ.get(prefix + "HEADERS", "")):
        yield prefix + "HEADERS", problem
    if authorities in environ and (problem := _authorities_problem(environ[authorities])):
        yield authorities, problem
    for name, other in ((certificate, key), (key, certificate)):
        if name in environ and other not in environ:
            yield name, f"needs {other} as well"
        elif name in environ and authorities not in environ:
            yield name, f"is used only together with {authorities}, the collector's CA"
    if certificate in environ and key in environ and (problem := _pair_problem(environ[certificate], environ[key])):
        yield key, problem


def _headers_problem(headers: str) -> str | None:
    """Names a header by its number: what is written may be a token."""
    for number, header in enumerate(filter(None, (part.strip() for part in headers.split(","))), 1):
        name, equals, value = header.partition("=")
        written = equals and _WRITTEN.fullmatch(value)
        if not (written and _NAME.fullmatch(unquote(name).strip().lower()) and _VALUE.fullmatch(unquote(value))):
            return f'header {number} is not name=value in ASCII, with %22 %2C %3B %5C for " , ; \\ in the value'
        if unquote(name).lower().endswith("-bin"):
            return f"header {number} is a binary one (-bin), which the exporter cannot send"
    return None


def _authorities_problem(path: str) -> str | None:
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
    except ssl.SSLError:
        return "no PEM certificate in it"
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    return None


def _pair_problem(certificate: str, key: str) -> str | None:
    try:
        # Without a password OpenSSL would ask for one.
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_cert_chain(certificate, key, password="")
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            return f"is not the key to {certificate}"
        return f"no PEM key without password in it, or no PEM certificate in {certificate}"
    except OSError as error:
        return f"it or {certificate} cannot be read: {error.strerror}"
    return None
