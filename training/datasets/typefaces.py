"""Loads letters and digits of typefaces, drawn from handwriting and of print: fetched once, as outlines to distort.

Handwritten faces bring letters, which must not be read, and digits as schools teach them; printed ones, print.
"""

from __future__ import annotations

import sys
import tarfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

from capture.language import tr, translatable
from capture.sinks.names import replacing
from capture.synthetic.ink import trim_ink
from training.datasets.download import DownloadError, cache_folder, fetch
from training.datasets.typeface_list import HANDWRITTEN, PRINTED

PACKAGE_URL = "https://registry.npmjs.org/@fontsource/{name}/-/{name}-{version}.tgz"
MEMBER = "package/files/{name}-latin-400-normal.woff"
WAY_OUT = translatable("go online once: without them letters are told from digits less well")
SIGNS = "+-=/()[]{},.:;?!#$%&*<>'\"@"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyzéèàçù"
STEPS = (0.25, 0.5, 0.75, 1.0)  # along a curve: where its straight pieces end
BERNSTEIN = [((1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t * t, t**3) for t in STEPS]
MIN_DETAIL = 0.004  # of a capital's height: polygons may deviate from the curves by so much
FINE = 4  # supersampling: outlines are filled at this many times their size
SHIFT = 4  # fractional bits of the coordinates given to `cv2.fillPoly`

Point = tuple[float, float]


@dataclass(frozen=True)
class Outline:
    """One character: closed (n, 2) float32 polygons in heights of a capital, y downwards from the baseline."""

    polygons: tuple[np.ndarray, ...]
    advance: float


@dataclass(frozen=True)
class Typeface:
    """A face's characters.

    Attributes:
        name: as its publisher calls it.
        is_handwritten: drawn from somebody's hand, not made for printing.
        outlines: by character.
    """

    name: str
    is_handwritten: bool
    outlines: dict[str, Outline] = field(repr=False)


def load_typefaces(names: Sequence[str] | None = None) -> list[Typeface]:
    """Load all faces, or those named, from the user's cache or the public packages.

    Without a network the faces that are cached are used, and one line says what is missing.
    """
    faces, missing = [], None
    for listed, is_handwritten in ((HANDWRITTEN, True), (PRINTED, False)):
        for name, version, sha256 in listed:
            if names is not None and name not in names:
                continue
            try:
                faces.append(read_typeface(_font_file(name, version, sha256, missing), name, is_handwritten))
            except DownloadError as error:
                missing = missing or error
    if missing:
        print(tr("{missing}\ngoing on with {count} typefaces", missing=missing, count=len(faces)), file=sys.stderr)
    return faces


def _font_file(name: str, version: str, sha256: str, missing: DownloadError | None) -> Path:
    """Find the face's font file in the cache; of the package only this one file is kept.

    Args:
        name: of the package.
        version: of the package.
        sha256: of the package.
        missing: what an earlier download failed with: then nothing more is tried, the cache alone counts.
    """
    folder = cache_folder() / "typefaces"
    font = folder / f"{name}-{version}.woff"
    if font.is_file():
        return font
    if missing:
        raise missing
    package = fetch(PACKAGE_URL.format(name=name, version=version), folder / f"{name}.tgz", WAY_OUT, sha256)
    try:
        with tarfile.open(package) as archive:
            data = archive.extractfile(MEMBER.format(name=name)).read()
        with replacing(font) as partial:
            partial.write_bytes(data)
        package.unlink()
    except (OSError, tarfile.TarError, KeyError, EOFError, zlib.error) as error:
        raise DownloadError(
            "{package}: cannot be unpacked ({error}); delete it and try again", package=package, error=error
        ) from error
    return font


def read_typeface(path: Path, name: str, is_handwritten: bool) -> Typeface:
    """Read a font file (TrueType, OpenType, WOFF): of the Latin letters, digits and common signs those it has."""
    import logging

    from fontTools.ttLib import TTFont

    logging.getLogger("fontTools").setLevel(logging.ERROR)  # small flaws of a file are of no interest here
    with TTFont(path, recalcTimestamp=False) as font:
        glyphs, chart = font.getGlyphSet(), font.getBestCmap()
        capital = _flat(glyphs, chart[ord("H")]) or _flat(glyphs, chart[ord("0")])
        unit = float(np.ptp(np.concatenate(capital)[:, 1]))
        charted = {character: chart.get(ord(character)) for character in (*"0123456789", *LETTERS, *SIGNS)}
        outlines = {character: _outline(glyphs, glyph, unit) for character, glyph in charted.items() if glyph}
    return Typeface(name, is_handwritten, {key: outline for key, outline in outlines.items() if outline.polygons})


def _outline(glyphs: dict, name: str, unit: float) -> Outline:
    scaled = [(polygon * (1 / unit, -1 / unit)).astype(np.float32) for polygon in _flat(glyphs, name)]
    plain = tuple(cv2.approxPolyDP(polygon, MIN_DETAIL, True)[:, 0] for polygon in scaled)
    return Outline(plain, glyphs[name].width / unit)


def _flat(glyphs: dict, name: str) -> tuple[np.ndarray, ...]:
    """Flatten a glyph's contours, their curves drawn out as polygons."""
    from fontTools.pens.basePen import BasePen

    class Flattening(BasePen):
        def __init__(self) -> None:
            super().__init__(glyphs)
            self.contours: list[list[Point]] = []

        def _moveTo(self, point: Point) -> None:  # noqa: N802 - fontTools' names
            self.contours.append([point])

        def _lineTo(self, point: Point) -> None:  # noqa: N802
            self.contours[-1].append(point)

        def _curveToOne(self, b: Point, c: Point, d: Point) -> None:  # noqa: N802
            contour = self.contours[-1]
            a = contour[-1]
            for i, j, k, m in BERNSTEIN:
                contour.append((i * a[0] + j * b[0] + k * c[0] + m * d[0], i * a[1] + j * b[1] + k * c[1] + m * d[1]))

    pen = Flattening()
    glyphs[name].draw(pen)
    return tuple(np.array(contour, np.float64) for contour in pen.contours if len(contour) > 2)


def fill_outlines(polygons: Sequence[np.ndarray], height_px: float, bolder_px: float = 0.0) -> np.ndarray:
    """Fill outlines with ink.

    Args:
        polygons: (n, 2) closed polygons in capital heights; those that turn the other way than the largest are holes,
            as TrueType and PostScript fonts have it.
        height_px: pixels a capital height.
        bolder_px: added to the strokes' width; below 0 they get thinner.

    Returns:
        (h, w) uint8 alpha map, antialiased, tight around the ink.
    """
    every = np.concatenate(polygons)
    low, size = every.min(axis=0), np.ptp(every, axis=0)
    margin = abs(bolder_px) + 2
    width, height = np.ceil(size * height_px + 2 * margin).astype(int).tolist()
    canvas = np.zeros((height * FINE, width * FINE), np.uint8)
    areas = [_signed_area(polygon) for polygon in polygons]
    outward = np.sign(max(areas, key=abs))
    for hole, value in ((False, 255), (True, 0)):
        for polygon, area in zip(polygons, areas, strict=True):
            if (np.sign(area) != outward) == hole:
                points = np.round(((polygon - low) * height_px + margin) * FINE * (1 << SHIFT)).astype(np.int32)
                cv2.fillPoly(canvas, [points], value, cv2.LINE_8, SHIFT)
    canvas = _other_weight(canvas, round(abs(bolder_px) * FINE), bolder_px > 0)
    return trim_ink(cv2.resize(canvas, (width, height), interpolation=cv2.INTER_AREA))


def _signed_area(polygon: np.ndarray) -> float:
    x, y = polygon.T
    return float(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2


def _other_weight(canvas: np.ndarray, change: int, is_bolder: bool) -> np.ndarray:
    if change < 1:
        return canvas
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (change, change))
    if is_bolder:
        return cv2.dilate(canvas, disc)
    thin = cv2.erode(canvas, disc)
    return thin if np.count_nonzero(thin) > 0.4 * np.count_nonzero(canvas) else canvas
