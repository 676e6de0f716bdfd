"""Photographs of drawn pages, with the troubles that people's photos have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from capture.synthetic.camera import Troubles, photograph, random_troubles
from capture.synthetic.page import DrawnPage
from training.exercises.backgrounds import before_things

BEFORE_THINGS = 0.12  # share of the pages photographed before a real picture
CLEAN, CLEAN_LEVEL, LEVELS = 0.35, 0.15, (0.2, 0.9)  # share of the scans and drawn pages; troubles of these, of others


def photo_of(
    page: DrawnPage, backgrounds: Sequence[np.ndarray], rng: np.random.Generator, *, is_whole: bool
) -> DrawnPage:
    """Photograph a page; one seen whole, full of small writing, from closer and with a steadier hand."""
    if backgrounds and page.digits and not is_whole and rng.random() < BEFORE_THINGS:
        page = before_things(page, backgrounds[rng.integers(len(backgrounds))], rng)
    troubles = random_troubles(rng, CLEAN_LEVEL if rng.random() < CLEAN else rng.uniform(*LEVELS))
    return photograph(page, rng, _closer(troubles) if is_whole else troubles)


def _closer(troubles: Troubles) -> Troubles:
    edge, blur_px, motion_px = troubles.edge / 3, troubles.blur_px / 2, troubles.motion_px / 3
    return replace(troubles, edge=edge, blur_px=blur_px, motion_px=motion_px)
