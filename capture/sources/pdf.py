"""Turns the pages of a PDF into pictures, by pypdfium2: scans are often kept as such."""

from __future__ import annotations

import ctypes
from contextlib import suppress
from pathlib import Path

import numpy as np

from capture.sources.base import MAX_PIXELS, SourceError
from capture.sources.image_file import check_size, open_file
from model.stderr import muted_stderr

PDF_SUFFIX = ".pdf"
PDF_START, START_WITHIN_BYTES = b"%PDF-", 1024  # the header may stand behind other bytes (PDF 1.7, annex H.3.4.1)
DPI = 200  # a digit of 5 mm is 40 pixels high then, as in the photos that the reader was tuned on
POINTS_PER_INCH = 72


class PdfFile:
    """An open PDF, whose pages are drawn one by one.

    Args:
        path: the file.
        max_pixels: pages of more are refused before they are drawn; None for no limit.

    Raises:
        SourceError: the file cannot be read, is encrypted or damaged.

    Example:
        with closing(PdfFile(Path("scan.pdf"))) as file:
            images = [file.page(index) for index in range(len(file))]
    """

    def __init__(self, path: Path, max_pixels: int | None = MAX_PIXELS) -> None:
        try:
            import pypdfium2  # noqa: PLC0415 - only PDFs cost its 0.1 s
        except ImportError as error:
            raise SourceError(
                "{path}: PDFs need pypdfium2; run: pip install pypdfium2, or export the page as PNG", path=path
            ) from error
        open_file(path).close()
        self._path, self._max_pixels, self._failure = path, max_pixels, pypdfium2.PdfiumError
        try:
            self._document = pypdfium2.PdfDocument(path)
        except pypdfium2.PdfiumError as error:
            if "password" in str(error).lower():
                raise SourceError(
                    "{path}: is encrypted; save it without a password, then try again", path=path
                ) from error
            raise SourceError("{path}: not a readable PDF; save or download it again", path=path) from error
        with muted_stderr(), suppress(pypdfium2.PdfiumError):  # before anything else is asked of it, says pypdfium2
            self._document.init_forms()  # else what was typed into a form is not drawn
        if not len(self._document):
            raise SourceError("{path}: has no pages; save it again", path=path)

    def __len__(self) -> int:
        """Count the pages."""
        return len(self._document)

    def page(self, index: int) -> np.ndarray:
        """Draw a page as a scanner would give it.

        Returns:
            (H, W, 3) uint8, BGR.

        Raises:
            SourceError: the page is damaged or too large.
        """
        where = f"{self._path}, page {index + 1}"
        scale = DPI / POINTS_PER_INCH
        try:
            with muted_stderr():
                page = self._document[index]
                check_size(where, [side * scale for side in page.get_size()], self._max_pixels)
                return page.render(scale=scale, rev_byteorder=False).to_numpy()[:, :, :3].copy()
        except (self._failure, MemoryError, ValueError, ctypes.ArgumentError) as error:
            raise SourceError(
                "{where}: cannot be drawn; save the PDF again, or export the page as PNG", where=where
            ) from error

    def close(self) -> None:
        """Close the file."""
        self._document.close()


def is_pdf(path: Path) -> bool:
    """Say whether the file is a PDF by its first bytes, or by its name where these cannot be read."""
    try:
        with open_file(path) as file:
            return PDF_START in file.read(START_WITHIN_BYTES)
    except SourceError:
        return path.suffix.lower() == PDF_SUFFIX
