"""What pages seen whole have in common: pens and papers, and even ground that belongs to the sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from capture.synthetic.styles import LIGHT_PAPER_PENS, PENS, Bgr
from training.exercises.writing.sheet_writer import SheetWriter

Place = tuple[float, float, float]  # left, top, width in px
THIN_PENS = tuple(name for name in LIGHT_PAPER_PENS if name != "faint pencil" and "marker" not in name)
LEAST_PEN_PX, LEAST_STRENGTH = 1.4, 0.6  # what is thinner or paler is lost in a picture of a whole page
PAPER_GREY, PRINT_GREY = (222, 254), (15, 80)


def take_paper(sheet: SheetWriter, px: float, papers: Sequence[str] = ("plain",)) -> None:
    """Make the sheet light paper of one of these kinds, and give it a thin pen that writes digits `px` high."""
    rng = sheet.rng
    pen, grey = PENS[str(rng.choice(THIN_PENS))], rng.uniform(*PAPER_GREY)
    width = max(pen.width * rng.uniform(0.8, 1.6), LEAST_PEN_PX / px)
    pen = replace(pen, width=width, strength=max(pen.strength * rng.uniform(0.75, 1.0), LEAST_STRENGTH))
    tint = rng.uniform(0, 12) if rng.random() < 0.5 else 0.0
    paper_bgr, print_bgr = (int(grey - tint), int(grey), int(grey)), (int(rng.uniform(*PRINT_GREY)),) * 3
    paper = str(rng.choice(papers))
    sheet.style = replace(sheet.style, digit_px=px, paper=paper, paper_bgr=paper_bgr, pen=pen, print_bgr=print_bgr)


def between(rng: np.random.Generator, bounds: tuple[float, float]) -> float:
    """Draw a length so that each size's logarithm is as likely as another's."""
    return float(np.exp(rng.uniform(*np.log(bounds))))


def fill(
    sheet: SheetWriter, corner: tuple[float, float], size: tuple[float, float], bgr: Bgr, level: int = 255
) -> None:
    """Lay an even area over the sheet; it is no ink."""
    sheet.put("", np.full((max(1, round(size[1])), max(1, round(size[0]))), level, np.uint8), *corner, bgr)


def erase_outside(sheet: SheetWriter, begin: int, area: tuple[float, float, float, float]) -> None:
    """Take away ink from item `begin` on that does not lie wholly within an area: left, top, right, foot."""
    left, top, right, foot = area
    sheet.items[begin:] = [
        item
        for item in sheet.items[begin:]
        if not item.label or (left <= item.x <= right - item.ink.shape[1] and top <= item.y <= foot - item.ink.shape[0])
    ]


def print_rule(sheet: SheetWriter, left: float, right: float, y: float, rule_px: float = 1.0) -> None:
    """Print a level line."""
    if right > left:
        fill(sheet, (left, y), (right - left, rule_px), sheet.print_bgr or sheet.style.print_bgr)


def glare(size: tuple[float, float], most: float) -> np.ndarray:
    """Draw a lamp's reflection, (H, W) uint8: `most` of 1 in its middle, nothing at its rim."""
    w, h = (max(3, round(side)) for side in size)
    x, y = np.linspace(-1, 1, w, dtype=np.float32), np.linspace(-1, 1, h, dtype=np.float32)[:, None]
    return cv2.convertScaleAbs(np.clip(1 - x * x - y * y, 0, 1) ** 1.5, alpha=255 * most)
