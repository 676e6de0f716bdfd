import hashlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from training.datasets.download import DownloadError, fetch

CONTENT = b"strokes " * 20_000
GOOD = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def server():
    """A loopback server: /file is whole, /cut ends early, all else is missing."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
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
