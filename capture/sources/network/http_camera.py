"""Asks a network camera for its stream over http(s): checks who it is, logs in, follows it to pages of its own only."""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Callable
from http.client import HTTPException

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase, HTTPBasicAuth, HTTPDigestAuth
from requests.utils import get_environ_proxies
from urllib3.exceptions import HTTPError

from capture.language import system_words, tr
from capture.sources.base import SourceError
from capture.sources.network.address import Address, certificate_problem, readable, target_of

TIMEOUT_S = 5.0  # for connecting, and for the next bytes of an open stream
RETRY_TIMEOUT_S = 1.5  # for connecting once more: with the pause between, a camera is found 2 s after it is back
NEAR_ENDINGS = (".local", ".lan", ".home.arpa", ".localhost")  # of names that only one's own network knows
MAX_REDIRECTS = 5
UNAUTHORISED = 401


class Body:
    """Reads the bytes of a response as they come; none once it has ended, broken or fallen silent."""

    def __init__(self, response: requests.Response) -> None:
        self._response = response

    def read1(self, amt: int) -> bytes:
        """Wait for bytes, and give at most `amt` of those that have come."""
        try:
            return self._response.raw.read1(amt)
        except (OSError, HTTPException, HTTPError, ValueError):  # ValueError: chunks of a length that makes no sense
            return b""

    def read(self, size: int) -> bytes:
        """Do the same under the name that PyAV asks for."""
        return self.read1(size)

    def close(self) -> None:
        """Hang up."""
        self._response.close()


class HttpCamera:
    """A camera that speaks http(s): asks for its stream, with name and password in the way that it wants."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._auth: AuthBase | None = None
        self._was_there = False
        self._session = requests.Session()
        self._session.trust_env = False  # no names and passwords from ~/.netrc
        self._session.verify = not address.fingerprint  # else the adapter verifies
        self._session.mount("https://", TrustingAdapter(address.fingerprint))

    def ask(self) -> requests.Response:
        """Send the request, follow the camera to other pages of its own, and return the open response.

        Raises:
            SourceError: there is no answer, or one that leads nowhere.
        """
        name, url = self._address.name, self._address.url
        try:
            for _ in range(MAX_REDIRECTS):
                response = self._get(url)
                if not response.is_redirect:
                    self._was_there = True
                    return self._checked(response)
                response.close()
                url = target_of(self._address, url, response.headers["Location"])
        except requests.exceptions.SSLError as error:
            raise certificate_problem(self._address, _cause(error, ssl.SSLError) or error, TIMEOUT_S) from error
        except (OSError, HTTPException, HTTPError, ValueError) as error:  # those of requests are OSErrors
            raise SourceError(
                "{name}: cannot be reached ({reason}); check the address, and that the camera is on",
                name=name,
                reason=reason_of(error),
            ) from error
        raise SourceError("{name}: leads from page to page without end; check the address", name=name)

    def _get(self, url: str) -> requests.Response:
        response = self._session.get(
            url,
            auth=self._auth,
            stream=True,
            allow_redirects=False,
            timeout=(RETRY_TIMEOUT_S if self._was_there else TIMEOUT_S, TIMEOUT_S),
            proxies=proxies_for(self._address.host, url),
        )
        if response.status_code == UNAUTHORISED and self._auth is None and self._address.user:
            response.close()
            self._auth = self._authentication(response)
            return self._get(url)
        return response

    def _authentication(self, response: requests.Response) -> AuthBase:
        """Choose the way to log in that shows the least: Digest keeps the password to itself, Basic sends it."""
        user, password = self._address.user, self._address.password
        if "digest" in response.headers.get("WWW-Authenticate", "").lower():
            return HTTPDigestAuth(user, password)
        return HTTPBasicAuth(user.encode(), password.encode())

    def _checked(self, response: requests.Response) -> requests.Response:
        """Return the response when it is a good one."""
        if response.status_code == requests.codes.ok:
            return response
        response.close()
        advice = tr("check the address")
        if response.status_code == UNAUTHORISED:
            advice = tr("check name and password") if self._address.user else tr("write http://NAME:PASSWORD@...")
        words = f"{response.status_code} {readable(response.reason or '')}".strip()
        raise SourceError(
            "{name}: the server answers {words}; {advice}", name=self._address.name, words=words, advice=advice
        )


class TrustingAdapter(HTTPAdapter):
    """Connects to those whom this computer trusts, or to the one whose certificate has the fingerprint."""

    def __init__(self, fingerprint: str) -> None:
        self._trust = (
            {"assert_fingerprint": fingerprint} if fingerprint else {"ssl_context": ssl.create_default_context()}
        )
        super().__init__()

    def init_poolmanager(self, *args: object, **settings: object) -> None:
        """Make connections as requests does, with our own trust."""
        super().init_poolmanager(*args, **settings, **self._trust)


def proxies_for(host: str, url: str) -> dict[str, str]:
    """Give the proxies that the environment names for an address; none for cameras of one's own network."""
    try:
        is_near = ipaddress.ip_address(host).is_private
    except ValueError:
        is_near = host == "localhost" or host.endswith(NEAR_ENDINGS) or "." not in host
    return {} if is_near else get_environ_proxies(url)


def reason_of(error: BaseException) -> str:
    """Give the system's own words for the error that led to this one, fit for the terminal, without its number."""
    if isinstance(error, requests.exceptions.Timeout):
        return tr("no answer in time")
    first = _cause(error, OSError, lambda one: bool(one.strerror))
    words = first.strerror if first else error.args[0] if error.args else error
    return readable(system_words(str(words).lower()))


def _cause(
    error: BaseException, kind: type[BaseException], suits: Callable[[BaseException], bool] = lambda _: True
) -> BaseException | None:
    """Find the error of a kind that led to another one: libraries wrap them in each other."""
    seen: list[BaseException] = []
    waiting = [error]
    while waiting:
        one = waiting.pop()
        if isinstance(one, kind) and suits(one):
            return one
        seen.append(one)
        inner = (one.__cause__, one.__context__, getattr(one, "reason", None), *one.args)
        waiting += [each for each in inner if isinstance(each, BaseException) and each not in seen]
    return None
