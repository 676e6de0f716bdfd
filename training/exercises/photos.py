"""Photographs of drawn pages, with the troubles that people's photos have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from capture.synthetic.camera import Troubles, carry, photograph, random_troubles
from capture.synthetic.page import DrawnPage
from training.exercises.backgrounds import before_things

BEFORE_THINGS = 0.12  # share of the pages photographed before a real picture
SMALL_PX = 9.0, 20.0  # height of digits in a picture that shows them small
CLEAN, CLEAN_LEVEL, LEVELS = 0.35, 0.15, (0.2, 0.9)  # share of the scans and drawn pages; troubles of these, of others


def photo_of(
    page: DrawnPage, backgrounds: Sequence[np.ndarray], rng: np.random.Generator, *, is_whole: bool
) -> DrawnPage:
    """Photograph a page; one seen whole, full of small writing, from closer and with a steadier hand."""
    if backgrounds and page.digits and not is_whole and rng.random() < BEFORE_THINGS:
        page = before_things(page, backgrounds[rng.integers(len(backgrounds))], rng)
    troubles = random_troubles(rng, CLEAN_LEVEL if rng.random() < CLEAN else rng.uniform(*LEVELS))
    return photograph(page, rng, _closer(troubles) if is_whole else troubles)


def seen_small(page: DrawnPage, rng: np.random.Generator) -> DrawnPage:
    """Shrink a picture until its digits are as low as in a small photo of a whole page; what is no higher stays."""
    heights = [one.box.h for one in page.digits or page.others]
    factor = rng.uniform(*SMALL_PX) / np.median(heights) if heights else 1.0
    if factor >= 1:
        return page
    image = cv2.resize(page.image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    view = np.diag([image.shape[1] / page.image.shape[1], image.shape[0] / page.image.shape[0], 1.0])
    digits, others = (tuple(carry(one, view) for one in drawn) for drawn in (page.digits, page.others))
    return replace(page, image=image, digits=digits, others=others)


def _closer(troubles: Troubles) -> Troubles:
    edge, blur_px, motion_px = troubles.edge / 3, troubles.blur_px / 2, troubles.motion_px / 3
    return replace(troubles, edge=edge, blur_px=blur_px, motion_px=motion_px)
