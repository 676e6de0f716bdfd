"""Addresses of network cameras, with what must not be shown kept apart, and the certificates they show."""

from __future__ import annotations

import hashlib
import re
import socket
import ssl
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from capture.language import tr
from capture.sources.base import SourceError, without_password

PORTS = {"http": 80, "https": 443, "rtsp": 554, "rtsps": 322}
FINGERPRINT = re.compile(r"[0-9a-f]{64}")
MAX_WORDS = 200  # letters of what a server says that are shown


@dataclass(frozen=True)
class Address:
    """Where a network camera is, and who asks.

    Attributes:
        url: without name and password.
        name: as it may be shown and written to files.
        scheme, host, port: of the address.
        user, password: "" where none are given; never shown.
        fingerprint: SHA-256 of the only certificate to be trusted, in lower-case hexadecimal digits; "" for those that
            this computer's authorities have signed.
    """

    url: str
    name: str
    scheme: str
    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    fingerprint: str = ""


def parse_address(spec: str, trusted_certificate: str = "") -> Address:
    """Take an address apart.

    Raises:
        SourceError: it is none; its words hold nothing of a password.
    """
    name = without_password(spec)
    try:
        parts = urlsplit(spec)
        _refuse_torn_password(spec, parts, name)
        port = parts.port or PORTS[parts.scheme]
    except ValueError as error:
        raise SourceError(
            "{name}: not an address; write {scheme}://HOST:PORT/PATH", name=name, scheme=spec.partition(":")[0]
        ) from error
    if not parts.hostname:
        raise SourceError("{name}: names no host; write {scheme}://HOST:PORT/PATH", name=name, scheme=parts.scheme)
    return Address(
        url=parts._replace(netloc=parts.netloc.rpartition("@")[2], fragment="").geturl(),
        name=name,
        scheme=parts.scheme,
        host=parts.hostname,
        port=port,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        fingerprint=fingerprint_of(trusted_certificate),
    )


def fingerprint_of(trusted: str) -> str:
    """Bring what `--trust` was given, a fingerprint or a PEM file, to 64 hexadecimal digits; "" for nothing.

    Raises:
        SourceError: it is neither.
    """
    digits = trusted.lower().replace(":", "").removeprefix("sha256").strip()
    if not trusted or FINGERPRINT.fullmatch(digits):
        return digits
    try:
        return _digest(ssl.PEM_cert_to_DER_cert(Path(trusted).read_text(encoding="ascii").strip()))
    except (OSError, ValueError) as error:
        raise SourceError(
            "--trust {trusted}: neither a SHA-256 fingerprint of 64 hexadecimal digits nor a "
            "certificate in PEM form; leave it out to be told the camera's fingerprint",
            trusted=trusted,
        ) from error


def certificate_problem(address: Address, error: ssl.SSLError, timeout_s: float) -> SourceError:
    """Find the words for a certificate that is not trusted, with the fingerprint by which it can be."""
    reason = readable(getattr(error, "verify_message", None) or tr("another certificate than the trusted one"))
    try:
        shown = colons(_digest(ssl.PEM_cert_to_DER_cert(shown_certificate(address, timeout_s))))
    except (OSError, ValueError):
        return SourceError(
            "{name}: no secure connection ({reason}); check the address", name=address.name, reason=reason
        )
    if address.fingerprint:
        return SourceError(
            "{name}: shows another certificate than the trusted one, {shown}; was it renewed?",
            name=address.name,
            shown=shown,
        )
    return SourceError(
        "{name}: its certificate is not trusted ({reason}); if the camera's own page shows the same "
        "SHA-256 fingerprint, add --trust {shown}",
        name=address.name,
        reason=reason,
        shown=shown,
    )


def shown_certificate(address: Address, timeout_s: float) -> str:
    """Ask for the certificate that a server shows, in PEM form; nothing else is sent."""
    return ssl.get_server_certificate((address.host, address.port), timeout=timeout_s)


def check_certificate(address: Address, timeout_s: float) -> None:
    """Connect as a browser would, and hang up; raises OSError (`ssl.SSLError` is one) for who is not trusted."""
    with (
        socket.create_connection((address.host, address.port), timeout_s) as plain,
        ssl.create_default_context().wrap_socket(plain, server_hostname=address.host),
    ):
        """The handshake has done it."""


def fetch_trusted_certificate(address: Address, pem_file: Path, timeout_s: float) -> str:
    """Check what a server shows against the one trusted certificate, and write that to a file for FFmpeg.

    Args:
        address: of the server, with the fingerprint.
        pem_file: to be written.
        timeout_s: for connecting.

    Returns:
        A name that the certificate is made out to.

    Raises:
        OSError: it shows another one, or does not answer (`ssl.SSLError` is one).
    """
    pem = shown_certificate(address, timeout_s)
    if _digest(ssl.PEM_cert_to_DER_cert(pem)) != address.fingerprint:
        raise ssl.SSLCertVerificationError("another certificate than the trusted one")
    pem_file.write_text(pem, encoding="ascii")
    context = ssl.create_default_context(cafile=str(pem_file))
    context.check_hostname = False  # cameras sign for names that are not their address: the fingerprint tells
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    with (
        socket.create_connection((address.host, address.port), timeout_s) as plain,
        context.wrap_socket(plain, server_hostname=address.host) as secure,
    ):
        return _name_in(secure.getpeercert() or {})


def readable(words: object) -> str:
    """Give words from the network a form that steers no terminal: one line of letters that can be printed."""
    return "".join(one if one.isprintable() else "?" for one in str(words))[:MAX_WORDS]


def colons(digits: str) -> str:
    """Write a fingerprint as cameras and browsers do: AB:CD:..."""
    return ":".join(digits[at : at + 2] for at in range(0, len(digits), 2)).upper()


def _refuse_torn_password(spec: str, parts: SplitResult, name: str) -> None:
    """Raise SourceError where an `@` behind the host shows that a sign in a password has torn the address."""
    behind = spec.partition("://")[2][len(parts.netloc) :]
    if "@" in behind and ":" in spec.partition("://")[2].rpartition("@")[0]:
        raise SourceError(
            "{name}: a sign in the name or password has a meaning of its own in addresses; write # "
            "as %23, / as %2F, ? as %3F, @ as %40",
            name=name,
        )


def _name_in(certificate: dict) -> str:
    """Give the first name in a certificate, as Python's ssl gives one."""
    names = [value for _, value in certificate.get("subjectAltName", ())]
    names += [value for part in certificate.get("subject", ()) for key, value in part if key == "commonName"]
    return names[0] if names else ""


def _digest(der: bytes) -> str:
    return hashlib.sha256(der).hexdigest()
