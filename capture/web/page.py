"""Opens the page for a run: server, face and log together, and the ways to it."""

from __future__ import annotations

import os
import sys
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager

from capture.commands.session import Session
from capture.language import tr
from capture.sources.browser import BrowserSource
from capture.web.address import DEFAULT_HOST, listen, tell_qr_code
from capture.web.exchange import Exchange
from capture.web.face import BrowserFace
from capture.web.number_log import NumberLog
from capture.web.server import PageServer


@contextmanager
def open_page(session: Session, address: tuple[str, int | None] | None, language: str) -> Iterator[BrowserFace]:
    """Serve the page of a run; begin once there is something to read and, where nothing is live, somebody to see it.

    Args:
        session: what the page shows and changes.
        address: host and port to listen on; None for this machine only, at the first free port.
        language: of the page, "en" or "fr".

    Raises:
        AddressError: the program cannot listen there.
    """
    listener = listen(*(address or (DEFAULT_HOST, None)))
    exchange, log = Exchange(), NumberLog()
    source = session.source if isinstance(session.source, BrowserSource) else None
    with PageServer(listener, exchange, log, source=source, language=language) as server:
        tell_address(server.url, server.local_url, listener.is_local)
        if address is None and has_desktop():
            webbrowser.open(server.url)
        face = BrowserFace(session, exchange, log, server)
        face.wait_to_start()
        yield face


def tell_address(url: str, local_url: str, is_local: bool) -> None:
    """Print the address on stderr; for other machines as a QR code too, where somebody can see it."""
    if sys.stderr is None:
        return
    print(tr("page: {url}", url=url), file=sys.stderr, flush=True)
    if local_url != url:
        print(tr("page on this computer: {url}", url=local_url), file=sys.stderr, flush=True)
    if not is_local and sys.stderr.isatty():
        tell_qr_code(url)


def has_desktop() -> bool:
    """Say whether a browser would open beside the terminal, and not in it."""
    names = ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER")
    return not sys.platform.startswith("linux") or any(os.environ.get(name) for name in names)
