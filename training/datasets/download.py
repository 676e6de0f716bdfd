"""Downloads public data once: cached, checked, with a clear error that names another way when there is no network."""

from __future__ import annotations

import hashlib
import http.client
import os
import sys
import urllib.error
import urllib.request
from pathlib import Path

from capture.language import translate
from capture.sinks.names import replacing
from model.errors import DigitsError

TIMEOUT_S = 30  # without a byte; a slow line that still moves is waited for
CHUNK_BYTES = 1 << 16


class DownloadError(DigitsError):
    """Public data could not be fetched, or what came is not what was asked for."""


def home_folder() -> Path:
    """Find the user's home.

    Raises:
        DownloadError: there is none, as in some containers.
    """
    try:
        return Path.home()
    except RuntimeError as error:
        raise DownloadError(
            "no home folder for downloads; set HOME, or XDG_CACHE_HOME and KERAS_HOME, to folders that can be written"
        ) from error


def cache_folder() -> Path:
    """Find where downloads of this project are kept (XDG Base Directory Specification)."""
    return Path(os.environ.get("XDG_CACHE_HOME") or home_folder() / ".cache") / "handwritten-digits"


def fetch(url: str, target: Path, way_out: str, sha256: str | None = None) -> Path:
    """Download `url` to `target` unless a good copy is there already.

    Args:
        url: where the file lives.
        target: where to keep it; folders are made, and the file appears only once it is whole and checked.
        way_out: what the user can do instead, for the error's last words.
        sha256: the file's hexadecimal checksum, where its publisher gives one.

    Raises:
        DownloadError: no network, no such file, no space, or a wrong checksum.
    """
    if target.is_file() and (sha256 is None or _sha256(target) == sha256):
        return target
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with replacing(target) as partial:
            _download(url, partial)
            if sha256 is not None and _sha256(partial) != sha256:
                raise DownloadError("{url}: came damaged; {way_out}", url=url, way_out=translate(way_out))
    except (OSError, http.client.HTTPException, ValueError) as error:  # a reply that is none, or a wrong address
        reason = getattr(error, "reason", None) or error
        raise DownloadError(
            "{url}: could not be downloaded ({reason}); {way_out}", url=url, reason=reason, way_out=translate(way_out)
        ) from error
    return target


def _download(url: str, target: Path) -> None:
    from tqdm import tqdm

    with urllib.request.urlopen(url, timeout=TIMEOUT_S) as reply, target.open("wb") as file:
        total = reply.length  # as http.client read it from the reply; None where that says nothing of use
        is_quiet = not sys.stderr.isatty()
        with tqdm(total=total, unit="B", unit_scale=True, desc=url.rsplit("/", 1)[-1], disable=is_quiet) as bar:
            while chunk := reply.read(CHUNK_BYTES):
                file.write(chunk)
                bar.update(len(chunk))
        if total is not None and file.tell() < total:
            raise urllib.error.URLError(f"the connection ended after {file.tell()} of {total} bytes")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
