"""Network cameras that ask for a password, lead elsewhere or lie: what is sent, followed and told."""

from __future__ import annotations

import hashlib
import ssl
from pathlib import Path
from urllib.parse import quote

import pytest
import trustme

from capture.sources.base import SourceError, SourceOptions
from capture.sources.network import http_camera
from capture.sources.open import open_source
from tests.support.cameras.frames import is_bright, is_dark, shade, until
from tests.support.cameras.network_camera import BRIGHT, DARK, HOLD, PASSWORD, USER, NetworkCamera, jpeg, part
from tests.support.cameras.rtsp_camera import RtspCamera

LOGINS = ['Basic realm="cam"', 'Digest realm="cam", nonce="abc", qop="auth", algorithm=MD5']


def with_login(camera: NetworkCamera, password: str = PASSWORD) -> str:
    return camera.url.replace("://", f"://{USER}:{quote(password, safe='')}@")


@pytest.mark.parametrize("login", [*LOGINS, ", ".join(LOGINS)], ids=["Basic", "Digest", "both"])
def test_name_and_password_are_sent_as_asked_for_and_never_shown(login: str) -> None:
    with NetworkCamera([part(jpeg(BRIGHT))], [part(jpeg(DARK)), HOLD], login=login) as camera:
        with open_source(with_login(camera)) as source:
            assert source.name == source.opened_as == next(iter(source)).source == camera.url
            until(iter(source), is_dark)
        assert camera.authorization.startswith("Digest" if "Digest" in login else "Basic")


def test_nothing_is_sent_to_who_does_not_ask() -> None:
    with NetworkCamera([part(jpeg(BRIGHT)), HOLD]) as camera, open_source(with_login(camera)):
        assert camera.authorization is None


def test_a_wrong_password_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for login in LOGINS:
        with NetworkCamera(login=login) as camera, pytest.raises(SourceError) as told:
            open_source(with_login(camera, "other"))
        assert str(told.value).endswith("answers 401 Unauthorized; check name and password")


def test_a_camera_may_lead_to_its_own_pages_only() -> None:
    with NetworkCamera([part(jpeg(BRIGHT)), HOLD]) as camera:
        for target in ("/other", camera.url):
            with NetworkCamera(status=302, headers={"Location": target}) as first:
                if target == "/other":
                    with pytest.raises(SourceError, match="from page to page without end"):
                        open_source(first.url)
                else:
                    with open_source(first.url) as source:
                        assert is_bright(next(iter(source)))


@pytest.mark.parametrize(
    "target", ["http://localhost:9/video", "ftp://127.0.0.1/a", "file:///etc/passwd", "http://me:secret@10.0.0.1/"]
)
def test_a_camera_leads_to_no_other_host(target: str) -> None:
    with NetworkCamera(status=302, headers={"Location": target}) as camera, pytest.raises(SourceError) as told:
        open_source(with_login(camera))
    assert "leads to" in str(told.value) and "if you trust that" in str(told.value)
    assert "secret" not in str(told.value)


def test_what_the_server_says_steers_no_terminal() -> None:
    reason = "\x1b]0;owned\x07 no"
    with NetworkCamera(status=404, reason=reason) as camera, pytest.raises(SourceError) as told:
        open_source(camera.url)
    assert "answers 404 ?]0;owned? no" in str(told.value) and str(told.value).isprintable()


PLAYLIST = "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{0}\n#EXT-X-ENDLIST\n"


@pytest.mark.parametrize("kind", ["application/vnd.apple.mpegurl", "video/mp2t"], ids=["said", "unsaid"])
@pytest.mark.parametrize("target", ["other host", "own host", "file"])
def test_a_playlist_asks_nobody_and_reads_nothing(tmp_path: Path, kind: str, target: str) -> None:
    (tmp_path / "secret.ts").write_bytes(b"G" * 188 * 50)
    with NetworkCamera([b""]) as other:
        names = {"other host": other.url, "own host": "next.ts", "file": f"file://{tmp_path}/secret.ts"}
        content = PLAYLIST.format(names[target]).encode()
        with NetworkCamera([content], kind=kind) as camera, pytest.raises(SourceError, match="no stream there"):
            open_source(camera.url)
        assert (len(camera.paths), other.paths) == (1, [])


@pytest.mark.parametrize("request_name", ["OPTIONS", "DESCRIBE", "SETUP"])
def test_an_rtsp_camera_leads_to_no_other_host(request_name: str) -> None:
    with RtspCamera([BRIGHT]) as other:
        target = other.url.replace("127.0.0.1", "localhost")
        with RtspCamera([DARK], target=target, leads_at=request_name) as camera, pytest.raises(SourceError) as told:
            open_source(camera.url.replace("://", "://me:secret@"))
        assert str(told.value) == f"{camera.url}: leads to {target}; if you trust that, name it as --source"
        assert other.requests == []


def test_an_rtsp_camera_may_lead_to_its_own_streams() -> None:
    with RtspCamera([BRIGHT]) as other, RtspCamera([DARK], target=other.url) as camera:
        with open_source(camera.url) as source:
            assert abs(shade(next(iter(source))) - BRIGHT) < 6
        camera.target = camera.url
        with pytest.raises(SourceError, match="from page to page without end"):
            open_source(camera.url)


def test_an_rtsps_camera_is_read_and_leads_to_nothing_less_secure() -> None:
    certificate = trustme.CA().issue_cert("127.0.0.1")
    pem = certificate.cert_chain_pems[0].bytes().decode()
    trusting = SourceOptions(trusted_certificate=hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest())
    with RtspCamera([BRIGHT], certificate=certificate) as camera:
        with open_source(camera.url, trusting) as source:
            assert abs(shade(next(iter(source))) - BRIGHT) < 6
        camera.target = "rtsp://127.0.0.1:9/live"
        with pytest.raises(SourceError, match="leads to rtsp://127"):
            open_source(camera.url, trusting)


@pytest.mark.parametrize(
    ("host", "is_near"),
    [
        *[(host, True) for host in ("127.0.0.1", "192.168.0.7", "::1", "cam.local", "camera")],
        *[(host, False) for host in ("8.8.8.8", "cam.example.org")],
    ],
)
def test_cameras_of_ones_own_network_are_asked_without_a_proxy(
    host: str, is_near: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://proxy.example:1")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    assert (http_camera.proxies_for(host, f"http://{host}/") == {}) == is_near
