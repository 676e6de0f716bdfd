"""Addresses: nothing of a password is ever shown; certificates: nothing is sent to who is not trusted."""

from __future__ import annotations

import hashlib
import itertools
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import trustme

from capture.sources.base import SourceError, SourceOptions, without_password
from capture.sources.network.address import colons, fingerprint_of, parse_address
from capture.sources.open import open_source
from tests.support.cameras.network_camera import BRIGHT, HOLD, NetworkCamera, jpeg, part


@pytest.mark.parametrize(
    ("spec", "shown"),
    [
        ("rtsp://a:b@cam:554/live?x=1", "rtsp://cam:554/live?x=1"),
        ("http://cam/video", "http://cam/video"),
        ("http://cam:80/sizes@2x", "http://2x"),
        ("http://cam/sizes@2x", "http://cam/sizes@2x"),
        ("http://me:s#cret@cam/", "http://cam/"),
        ("http://me:s@cret@cam/", "http://cam/"),
        ("http:/me:secret@cam/", "http:/cam/"),
        ("me:secret@cam/video", "cam/video"),
        ("http://cam/v.cgi?user=me&pwd=secret&x=1", "http://cam/v.cgi?user=me&pwd=***&x=1"),
        ("rtsp://cam/user=me&password=secret&channel=1", "rtsp://cam/user=me&password=***&channel=1"),
        ("photo 12.jpg", "photo 12.jpg"),
    ],
)
def test_what_may_be_shown_of_a_source(spec: str, shown: str) -> None:
    assert without_password(spec) == shown


PASSWORDS = [
    "s#cret",
    "s/cret",
    "s?cret",
    "s@cret",
    "#cret",
    "1#cret",
    "s cret",
    "s\\cret",
    "s]cret",
    "[cret",
    "s%cret",
]
HOSTS = ["127.0.0.1:9/v", "[::1/v", "127.0.0.1:x/v", "127.0.0.1:99999/v", ":9/", "", "cam.invalid/v@x"]


@pytest.mark.parametrize("scheme", ["http", "https", "rtsp", "rtsps", "rtmp", "http:/x"])
def test_no_password_is_ever_told(scheme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise ConnectionRefusedError(111, "Connection refused")

    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr("capture.sources.av_reader.av.open", refuse)
    monkeypatch.setattr("urllib3.util.connection.create_connection", refuse)
    for password, host in itertools.product(PASSWORDS, HOSTS):
        with pytest.raises(SourceError) as told:
            open_source(f"{scheme}://me:{password}@{host}")
        assert "cret" not in str(told.value) and "\n" not in str(told.value)


@pytest.mark.parametrize("password", ["s#cret", "s/cret", "s?cret"])
def test_a_sign_that_tears_an_address_is_told_with_the_way_to_write_it(password: str) -> None:
    with pytest.raises(SourceError, match="write # as %23, / as %2F, \\? as %3F, @ as %40"):
        parse_address(f"http://me:{password}@cam/")


def test_an_address_is_taken_apart() -> None:
    address = parse_address("https://me:p%40ss@Cam:8443/v?x=1#end")
    assert (address.url, address.host, address.port) == ("https://Cam:8443/v?x=1", "cam", 8443)
    assert (address.user, address.password) == ("me", "p@ss")
    assert "p@ss" not in repr(address)
    assert parse_address("rtsps://cam/").port == 322


@pytest.mark.parametrize("form", ["plain", "colons", "prefix", "file"])
def test_a_certificate_is_named_by_fingerprint_or_file(tmp_path: Path, form: str) -> None:
    pem = trustme.CA().cert_pem
    digits = hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem.bytes().decode())).hexdigest()
    pem.write_to_path(tmp_path / "camera.pem")
    forms = {"plain": digits, "colons": colons(digits), "prefix": f"SHA256:{digits}", "file": f"{tmp_path}/camera.pem"}
    assert fingerprint_of(forms[form]) == digits


@pytest.mark.parametrize("trusted", ["12:34", "missing.pem", "a" * 63])
def test_what_names_no_certificate_is_told(trusted: str) -> None:
    with pytest.raises(SourceError, match="neither a SHA-256 fingerprint"):
        fingerprint_of(trusted)


AUTHORITY = trustme.CA()
KNOWN = AUTHORITY.issue_cert("127.0.0.1")
CERTIFICATES = {
    "known": KNOWN,
    "of another name": AUTHORITY.issue_cert("elsewhere.example"),
    "unknown": trustme.CA().issue_cert("127.0.0.1"),
}


def fingerprint(certificate: trustme.LeafCert) -> str:
    pem = certificate.cert_chain_pems[0].bytes().decode()
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest()


@pytest.fixture(autouse=True)
def _authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A computer that knows one authority."""
    AUTHORITY.cert_pem.write_to_path(tmp_path / "authorities.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authorities.pem"))


@contextmanager
def rtsps_camera(certificate: trustme.LeafCert) -> Iterator[tuple[str, list[bytes]]]:
    """A server that listens to what it is told over TLS and answers nothing; its address, and what it heard."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    certificate.configure_cert(context)
    heard: list[bytes] = []

    def listen() -> None:
        while True:
            try:
                line = server.accept()[0]
            except OSError:
                return
            try:
                with context.wrap_socket(line, server_side=True) as secure:
                    heard.append(secure.recv(4000))
            except OSError:
                line.close()

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        yield f"rtsps://me:secret@127.0.0.1:{server.getsockname()[1]}/live", heard
        server.shutdown(socket.SHUT_RDWR)
    thread.join(5)


@pytest.mark.parametrize("who", ["of another name", "unknown"])
@pytest.mark.parametrize("scheme", ["https", "rtsps"])
def test_who_is_not_trusted_gets_no_word_and_the_way_to_trust_is_told(who: str, scheme: str) -> None:
    certificate = CERTIFICATES[who]
    if scheme == "https":
        with NetworkCamera(certificate=certificate) as camera, pytest.raises(SourceError) as told:
            open_source(camera.url.replace("://", "://me:secret@"))
        heard = camera.paths
    else:
        with rtsps_camera(certificate) as (url, heard), pytest.raises(SourceError) as told:
            open_source(url)
    assert b"".join(map(bytes, heard)) == b"" if scheme == "rtsps" else heard == []
    assert f"add --trust {colons(fingerprint(certificate))}" in str(told.value)
    assert "secret" not in str(told.value)


def test_who_is_signed_by_a_known_authority_is_trusted() -> None:
    with NetworkCamera([part(jpeg(BRIGHT)), HOLD], certificate=KNOWN) as camera, open_source(camera.url) as source:
        assert round(next(iter(source)).image.mean()) == BRIGHT
    with rtsps_camera(KNOWN) as (url, heard), pytest.raises(SourceError, match="no stream there"):
        open_source(url)
    assert any(said.startswith(b"OPTIONS") for said in heard)


@pytest.mark.parametrize("who", CERTIFICATES)
def test_the_one_trusted_certificate_is_enough(who: str) -> None:
    certificate = CERTIFICATES[who]
    options = SourceOptions(trusted_certificate=fingerprint(certificate))
    with (
        NetworkCamera([part(jpeg(BRIGHT)), HOLD], certificate=certificate) as camera,
        open_source(camera.url, options) as source,
    ):
        assert round(next(iter(source)).image.mean()) == BRIGHT
    with rtsps_camera(certificate) as (url, heard), pytest.raises(SourceError, match="no stream there"):
        open_source(url, options)
    assert any(said.startswith(b"OPTIONS") for said in heard)


def test_another_certificate_than_the_trusted_one_is_refused_even_if_it_is_known() -> None:
    options = SourceOptions(trusted_certificate=fingerprint(CERTIFICATES["unknown"]))
    with NetworkCamera(certificate=KNOWN) as camera, pytest.raises(SourceError, match="another certificate than"):
        open_source(camera.url, options)
    assert camera.paths == []
    with rtsps_camera(KNOWN) as (url, heard), pytest.raises(SourceError, match="another certificate than"):
        open_source(url, options)
    assert not any(heard)
