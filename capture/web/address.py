"""Opens the socket that the page listens on, and writes the address that people open."""

from __future__ import annotations

import ipaddress
import re
import socket
import sys
from dataclasses import dataclass

from capture.language import system_words, tr
from model.errors import DigitsError

DEFAULT_HOST = "127.0.0.1"
FIRST_PORT, PORTS_TRIED = 8765, 100  # unless a port is asked for; browsers remember the right to a camera by the port
TEST_NET = "192.0.2.1", 9  # RFC 5737: belongs to nobody; shows which way out the system would take, sends nothing
LISTEN = re.compile(r"(?:\[(?P<ipv6>[\da-f:.]+)\]|(?P<host>[^:\[\]\s/]+))(?::(?P<port>\d{1,5}))?", re.IGNORECASE)
QR_BORDER = 2  # modules of quiet around the code


class AddressError(DigitsError):
    """The page cannot listen where it was asked to."""


@dataclass(frozen=True)
class Listener:
    """An open socket and the names it can be reached by.

    Attributes:
        socket: bound and listening.
        port: its number.
        is_local: whether only this machine can reach it.
        host: the name in the address that people open.
        is_everywhere: whether it can be reached by any of the machine's addresses.
    """

    socket: socket.socket
    port: int
    is_local: bool
    host: str
    is_everywhere: bool = False

    def url(self, token: str, host: str | None = None) -> str:
        """Write the address to open, with the token that lets one in; `host` is another name for `self.host`."""
        return f"http://{bracketed(host or self.host)}:{self.port}/?token={token}"


def parse_listen(text: str) -> tuple[str, int | None]:
    """Split HOST:PORT or HOST into host and port; the port is None where none is given.

    Raises:
        ValueError: it is neither, with one line for the user.
    """
    found = LISTEN.fullmatch(text)
    port = int(found["port"]) if found and found["port"] else None
    if not found or not (port is None or 0 < port < 1 << 16):
        words = tr(
            "{text}: is no address; write it as 127.0.0.1:8765, or 0.0.0.0:8765 for the whole network", text=text
        )
        raise ValueError(words)
    return found["host"] or found["ipv6"], port


def listen(host: str = DEFAULT_HOST, port: int | None = None) -> Listener:
    """Open the first free port from 8765 on, or the one asked for.

    Raises:
        AddressError: the host is not this machine's, or the port is taken.
    """
    ports = range(FIRST_PORT, FIRST_PORT + PORTS_TRIED) if port is None else [port]
    for number in ports:
        try:
            family, _, _, _, address = socket.getaddrinfo(host, number, type=socket.SOCK_STREAM)[0]
            return _listener(_open(family, address), host)
        except OSError as error:
            problem = error
    raise AddressError(
        "{host}:{port}: cannot listen there ({reason}); choose another --listen HOST:PORT",
        host=bracketed(host),
        port=ports[-1],
        reason=system_words((problem.strerror or str(problem)).lower()),
    ) from problem


def bracketed(host: str) -> str:
    """Write a host as it stands in an address: IPv6 in brackets."""
    return f"[{host}]" if ":" in host else host


def is_ip(name: str) -> bool:
    """Say whether it is a number rather than a name, which whoever owns a domain could point anywhere."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def is_loopback(name: str) -> bool:
    """Say whether it means this machine only."""
    return name == "localhost" or (is_ip(name) and ipaddress.ip_address(name).is_loopback)


def tell_qr_code(url: str) -> None:
    """Draw the address as a QR code on stderr, for a phone's camera."""
    import segno  # noqa: PLC0415 - only who listens beyond this machine needs it

    segno.make(url, error="l").terminal(out=sys.stderr, border=QR_BORDER, compact=True)


def _open(family: int, address: tuple) -> socket.socket:
    opened = socket.socket(family, socket.SOCK_STREAM)
    try:
        if sys.platform != "win32":  # there it would let two programs share a port
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        opened.bind(address)
        opened.listen()
    except OSError:
        opened.close()
        raise
    return opened


def _listener(opened: socket.socket, host: str) -> Listener:
    bound, port = opened.getsockname()[:2]
    is_everywhere = ipaddress.ip_address(bound).is_unspecified
    return Listener(opened, port, is_loopback(bound), _address_in_network() if is_everywhere else host, is_everywhere)


def _address_in_network() -> str:
    """Find the machine's address as its neighbours see it; loopback when it has no network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(TEST_NET)
        except OSError:
            return DEFAULT_HOST
        return probe.getsockname()[0]
