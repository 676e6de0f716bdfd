"""Lets nobody in without a token, then a cookie; known hosts and the page's own origin only; nothing from other hosts.

The token stands in the address that the program prints. It is random, compared in constant time, and traded for a
cookie that other sites' pages cannot use. The Host header is checked because a foreign name can be made to lead here
(DNS rebinding), the Origin because browsers let any page open a WebSocket to any host.
"""

from __future__ import annotations

import hmac
import secrets
import socket
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from aiohttp import web

from capture.web.address import is_ip, is_loopback

TOKEN_BYTES = 16  # 128 bits: nobody guesses that
CHANGES = {"POST", "PUT", "DELETE", "PATCH"}
REFUSAL = (
    "Not let in: open the address that the program printed, with its token.\n"
    "Accès refusé : ouvrez l'adresse que le programme a affichée, avec son jeton.\n"
)
HEADERS = {
    "Server": "digits",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
    "Cache-Control": "no-store",
}
CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self' ws://{host}; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Gate:
    """Decides who is let in; a middleware of the server.

    Args:
        port: of the server; cookies are shared by all ports of a host, so it is part of the cookie's name.
        is_local: whether the server listens on this machine only.

    Attributes:
        token: to be put into the address.
    """

    def __init__(self, port: int, is_local: bool) -> None:
        self.token = secrets.token_urlsafe(TOKEN_BYTES)
        self._cookie = f"digits_{port}"
        self._pass = secrets.token_urlsafe(TOKEN_BYTES)
        self._is_local = is_local
        name = socket.gethostname().lower()
        self._names = {"localhost"} if is_local else {"localhost", name, f"{name}.local"}

    @web.middleware
    async def check(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Answer a request, or refuse it with 403."""
        is_change = request.method in CHANGES or "Upgrade" in request.headers
        if not self.knows_host(request.host) or (is_change and not is_own_origin(request)):
            return refusal()
        has_token = request.path == "/" and is_same(request.query.get("token", ""), self.token)
        if not has_token and not is_same(request.cookies.get(self._cookie, ""), self._pass):
            return refusal()
        response = await handler(request)
        if has_token:
            response.set_cookie(self._cookie, self._pass, httponly=True, samesite="Strict", path="/")
        return response

    def knows_host(self, host: str) -> bool:
        """Say whether a Host header is one of ours: a number, or this machine's name; no name that others can own."""
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            return False
        return name in self._names or (is_ip(name) and (is_loopback(name) or not self._is_local))


def is_own_origin(request: web.Request) -> bool:
    """Say whether the request comes from a page of this very server."""
    return request.headers.get("Origin", "").lower() == f"http://{request.host}".lower()


def is_same(given: str, secret: str) -> bool:
    """Compare in a time that tells nothing about where they differ."""
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), secret.encode())


def refusal() -> web.Response:
    """Answer the same for every reason."""
    return web.Response(status=403, text=REFUSAL)


async def add_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Tell the browser to load nothing from elsewhere, to keep nothing, and to let nobody frame the page."""
    response.headers.update(HEADERS)
    response.headers["Content-Security-Policy"] = CONTENT_POLICY.format(host=header_safe(request.host))


def header_safe(host: str) -> str:
    """Give the host, or nothing where it holds what could end a directive of the policy."""
    return host if all(letter.isalnum() or letter in ".-:[]" for letter in host) else ""
