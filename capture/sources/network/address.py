"""Addresses of network cameras, with what must not be shown kept apart, and the certificates they show."""

from __future__ import annotations

import hashlib
import re
import ssl
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

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


def target_of(address: Address, url: str, location: str) -> str:
    """Find where a camera's page leads, when it is to the same host and no less secure.

    Args:
        address: of the camera.
        url: of the page.
        location: where it leads, as the camera says it.

    Raises:
        SourceError: it leads elsewhere.
    """
    target = urljoin(url, location)
    parts = urlsplit(target)
    if parts.hostname != address.host or parts.scheme not in (address.scheme, f"{address.scheme.rstrip('s')}s"):
        shown = readable(without_password(target))
        raise SourceError(
            "{name}: leads to {shown}; if you trust that, name it as --source", name=address.name, shown=shown
        )
    return target


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


def _digest(der: bytes) -> str:
    return hashlib.sha256(der).hexdigest()
