import hashlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from training.datasets.download import DownloadError, cache_folder, fetch

CONTENT = b"strokes " * 20_000
GOOD = hashlib.sha256(CONTENT).hexdigest()


REPLIES = {
    "/garbage": b"\x00\xff\x1b]0;PWNED\x07 no reply at all\r\n\r\n",
    "/nothing": b"",
    "/length": b"HTTP/1.0 200 OK\r\nContent-Length: many\r\n\r\nabc",
    "/negative": b"HTTP/1.0 200 OK\r\nContent-Length: -5\r\n\r\nabc",
    "/chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc",
    "/headers": b"HTTP/1.0 200 OK\r\n" + b"A: b\r\n" * 200 + b"\r\nabc",
}


@pytest.fixture
def server():
    """A loopback server: /file is whole, /cut ends early, all else is missing."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            if self.path in REPLIES:
                self.wfile.write(REPLIES[self.path])
                return
            if self.path not in ("/file", "/cut"):
                self.send_error(404)
                return
            self.send_response(200)
            self.send_header("Content-Length", str(len(CONTENT)))
            self.end_headers()
            self.wfile.write(CONTENT if self.path == "/file" else CONTENT[:1000])

        def log_message(self, *args):
            """Keeps the test's output clean."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        thread = threading.Thread(target=http.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{http.server_port}"
        http.shutdown()
        thread.join()


def test_fetches_once_and_then_from_the_cache(server, tmp_path):
    target = tmp_path / "deep" / "file.bin"
    assert fetch(f"{server}/file", target, "way out", GOOD).read_bytes() == CONTENT
    assert fetch("http://127.0.0.1:9/file", target, "way out", GOOD) == target


def test_damaged_cache_is_fetched_again(server, tmp_path):
    target = tmp_path / "file.bin"
    target.write_bytes(b"half")
    assert fetch(f"{server}/file", target, "way out", GOOD).read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("path", "sha256", "reason"),
    [
        pytest.param("/file", "0" * 64, "damaged", id="wrong checksum"),
        pytest.param("/cut", None, "ended after 1000", id="cut off"),
        pytest.param("/none", None, "Not Found", id="missing"),
    ],
)
def test_failed_download_leaves_nothing(server, tmp_path, path, sha256, reason):
    with pytest.raises(DownloadError, match=f"{reason}.*pass --data"):
        fetch(server + path, tmp_path / "file.bin", "pass --data", sha256)
    assert list(tmp_path.iterdir()) == []


def test_offline(tmp_path):
    with pytest.raises(DownloadError, match=r"could not be downloaded.*pass --data"):
        fetch("http://127.0.0.1:9/file", tmp_path / "file.bin", "pass --data")


def test_cache_that_cannot_be_made(server, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(DownloadError, match="pass --data"):
        fetch(f"{server}/file", tmp_path / "file" / "below", "pass --data")


@pytest.mark.parametrize("path", REPLIES)
def test_a_reply_that_is_none_is_told_in_one_line(server, tmp_path, path):
    with pytest.raises(DownloadError, match="way out"):
        fetch(server + path, tmp_path / "a", "way out", GOOD)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("url", ["http://[::1/a", "no address", "ftp//a"])
def test_an_address_that_is_none_is_told(tmp_path, url):
    with pytest.raises(DownloadError, match="could not be downloaded"):
        fetch(url, tmp_path / "a", "way out")


def test_without_a_home_the_user_is_told_where_downloads_can_go(monkeypatch):
    def no_home():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr("pathlib.Path.home", no_home)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    with pytest.raises(DownloadError, match="no home folder for downloads; set HOME, or XDG_CACHE_HOME"):
        cache_folder()
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")
    assert cache_folder().parts[1] == "somewhere"
