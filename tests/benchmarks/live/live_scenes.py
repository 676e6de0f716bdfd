"""What a live camera meets, drawn with its truth: a shaking hand, pumping exposure, lost focus, passing hands, sheets
that come and go, a digit that is being written."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import cv2
import numpy as np

from capture.synthetic.demo import Demo
from capture.synthetic.page import Drawn
from capture.types import Frame

FPS = 30
SHUTTER_S = 1 / 60  # open so long for each picture: indoors, webcams take what they can get
SUB_PICTURES = 5  # averaged for a picture with motion blur
SHAKE_PX, SHAKE_DEG = 7.0, 0.6  # a hand that holds a sheet or phone, at 1280 pixels of width
SHAKE_HZ = np.array([1.3, 2.9, 4.7, 7.9])  # physiological tremor reaches to about 10 Hz
PUMP_HZ, PUMP_GAIN = 0.7, 0.45  # automatic exposure that overshoots
DEFOCUS_EVERY_S, DEFOCUS_S, DEFOCUS_PX = 1.5, 0.25, 9.0
HAND_S, HAND_SHARE = 1.4, 0.22  # one crossing; the hand's width in the picture's: each digit is covered for 0.3 s
HAND_BGR = (120, 150, 205)
COME_AT_S, COME_S, GO_AT_S, END_S = 0.6, 0.5, 3.6, 5.2
LEGIBLE_SPEED = 0.5  # pictures a second: faster, the shutter smears a stroke over twice its width
WRITE_AT_S, WRITE_S = 1.0, 0.8
EDGE_PX = 3  # a digit counts as visible once it is so far inside

Truth = tuple[Drawn | None, ...]
Scene = tuple[Frame, Truth]
Path = Callable[[float], tuple[float, float]]  # seconds -> shift to the right and down, in pictures


class LiveDemo(Demo):
    """The demo's sheet before a camera that shakes as it is told to.

    Args:
        seed: which sheet.
        speed: of the sheet's own movement.
        shake: in usual hands.
        away: where the sheet is pushed.
    """

    def __init__(
        self,
        seed: int,
        speed: float = 0.0,
        shake: float = 0.0,
        away: Path | None = None,
    ) -> None:
        super().__init__(seed, speed=speed)
        self._shake, self._away = shake, away
        self._tremor = np.random.default_rng(seed).uniform(0, 2 * np.pi, (3, len(SHAKE_HZ)))

    def _view(self, time_s: float) -> np.ndarray:
        waves = np.sin(2 * np.pi * SHAKE_HZ * time_s + self._tremor).sum(1) * self._shake / 2
        width, height = self.size
        turn = cv2.getRotationMatrix2D((width / 2, height / 2), SHAKE_DEG * waves[2], 1.0)
        turn[:, 2] += SHAKE_PX * waves[:2]
        if self._away:
            turn[:, 2] += np.array(self._away(time_s)) * self.size
        return np.vstack([turn, [0, 0, 1]]) @ super()._view(time_s)

    def blurred_at(self, time_s: float) -> np.ndarray:
        """The picture with the blur of its motion, (H, W, 3) uint8 BGR."""
        moments = time_s + SHUTTER_S * np.linspace(-0.5, 0.5, SUB_PICTURES)
        pictures = [self.image_at(moment).astype(np.uint16) for moment in moments]
        return (sum(pictures) // SUB_PICTURES).astype(np.uint8)


def shaken(seed: int) -> Iterator[Scene]:
    """A sheet held in one hand, or a phone in it: everything trembles, and motion blurs it."""
    demo = LiveDemo(seed, speed=1.0, shake=1.0)
    return _scenes(seed, 6.0, demo.blurred_at, demo.digits_at)


def pumping(seed: int) -> Iterator[Scene]:
    """The camera's exposure swings between too dark and burnt out."""
    demo = LiveDemo(seed, shake=0.3)

    def image_at(time_s: float) -> np.ndarray:
        return cv2.convertScaleAbs(demo.image_at(time_s), alpha=1 + PUMP_GAIN * np.sin(2 * np.pi * PUMP_HZ * time_s))

    return _scenes(seed, 6.0, image_at, demo.digits_at)


def defocused(seed: int) -> Iterator[Scene]:
    """The focus is lost for a moment again and again."""
    demo = LiveDemo(seed, speed=1.0, shake=0.3)

    def image_at(time_s: float) -> np.ndarray:
        image = demo.image_at(time_s)
        is_lost = time_s % DEFOCUS_EVERY_S > DEFOCUS_EVERY_S - DEFOCUS_S
        return cv2.GaussianBlur(image, (0, 0), DEFOCUS_PX) if is_lost else image

    return _scenes(seed, 6.0, image_at, demo.digits_at)


def hand_passing(seed: int) -> Iterator[Scene]:
    """A hand sweeps over the sheet, there and back."""
    demo = LiveDemo(seed, speed=1.0)

    def image_at(time_s: float) -> np.ndarray:
        image = demo.image_at(time_s)
        way = abs((time_s / HAND_S) % 2 - 1)  # 1 to 0 and back
        width, height = demo.size
        middle = round((way * (1 + 2 * HAND_SHARE) - HAND_SHARE) * width), height // 2
        cv2.ellipse(image, middle, (round(HAND_SHARE * width / 2), round(0.62 * height)), 8, 0, 360, HAND_BGR, -1)
        return image

    return _scenes(seed, 6.0, image_at, demo.digits_at)


def coming_and_going(seed: int) -> Iterator[Scene]:
    """An empty desk; the sheet is pushed in from the side, rests, and is pulled away."""

    def away(time_s: float) -> tuple[float, float]:
        here = _eased((time_s - COME_AT_S) / COME_S) - _eased((time_s - GO_AT_S) / COME_S)
        return 1.25 * (1 - here), 0.1 * (1 - here)

    def truth_at(time_s: float) -> Truth:
        is_at_rest = np.hypot(*np.subtract(away(time_s), away(time_s - 1 / FPS))) < LEGIBLE_SPEED / FPS
        return tuple(digit if is_at_rest else None for digit in demo.digits_at(time_s))

    demo = LiveDemo(seed, shake=0.3, away=away)
    return _scenes(seed, END_S, demo.blurred_at, truth_at)


def written(seed: int) -> Iterator[Scene]:
    """The last digit of the sheet is not there at first, then written from its top to its foot."""
    demo = LiveDemo(seed, shake=0.1)
    whole, blank = demo._scene, _without(demo._scene, demo._digits[-1])
    box = demo._digits[-1].box

    def image_at(time_s: float) -> np.ndarray:
        done = box.y + round(min(max((time_s - WRITE_AT_S) / WRITE_S, 0), 1) * box.h)
        demo._scene = np.concatenate([whole[:done], blank[done:]])
        return demo.image_at(time_s)

    def truth_at(time_s: float) -> Truth:
        *others, last = demo.digits_at(time_s)
        return *others, last if time_s >= WRITE_AT_S + WRITE_S else None

    return _scenes(seed, 5.0, image_at, truth_at)


LIVE_SCENES = {
    "shaking hand": shaken,
    "pumping exposure": pumping,
    "lost focus": defocused,
    "passing hand": hand_passing,
    "sheet comes and goes": coming_and_going,
    "digit being written": written,
}


def visible(truth: Truth, size: tuple[int, int]) -> Truth:
    """The digits that lie wholly in the picture, None in the places of the others."""
    width, height = size
    return tuple(
        drawn
        if drawn
        and min(drawn.box.top_left) >= EDGE_PX
        and drawn.box.bottom_right[0] < width - EDGE_PX
        and drawn.box.bottom_right[1] < height - EDGE_PX
        else None
        for drawn in truth
    )


def _scenes(
    seed: int, seconds: float, image_at: Callable[[float], np.ndarray], truth_at: Callable[[float], Truth]
) -> Iterator[Scene]:
    for index in range(round(seconds * FPS)):
        image = image_at(index / FPS)
        yield Frame(image, index, index / FPS, f"demo:{seed}"), visible(truth_at(index / FPS), image.shape[1::-1])


def _eased(share: float) -> float:
    """From 0 to 1, without a jerk."""
    share = min(max(share, 0.0), 1.0)
    return share * share * (3 - 2 * share)


def _without(scene: np.ndarray, digit: Drawn) -> np.ndarray:
    """The scene with bare paper in the digit's place."""
    x, y, w, h = digit.box.xywh
    mask = np.zeros(scene.shape[:2], np.uint8)
    mask[y - 3 : y + h + 3, x - 3 : x + w + 3] = 255
    blank = scene.copy()
    blank[..., :3] = cv2.inpaint(np.ascontiguousarray(scene[..., :3]), mask, 3, cv2.INPAINT_TELEA)
    return blank
