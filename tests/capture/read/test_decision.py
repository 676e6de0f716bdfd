"""The shipped decision, by family: what the network says is made up, places are as on paper; slashes are drawn."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from capture import PageReader
from capture.boxes import Box
from capture.read.decision import load_decision, with_belief
from capture.read.evidence import Evidence, evidence_of
from capture.read.networks import DEFAULT_DECISION
from capture.synthetic.handwriting import CAREFUL_HAND
from capture.synthetic.page import page_of
from capture.synthetic.styles import PENS, Style
from capture.types import Candidate, Hypothesis
from model.classifier import CLASS_NAMES, CLASSES, NO_DIGIT
from model.errors import WeightsError

SHAPE = (480, 640)
WIDTH, HEIGHT = 22, 40
SIGNS = {
    "+": "plus",
    "-": "minus",
    "=": "equals",
    "/": "slash",
    "x": "times",
    "(": "open bracket",
    ")": "close bracket",
}
SPANS = {"-": (0.45, 0.55), "=": (0.35, 0.65), "+": (0.25, 0.8), "x": (0.3, 0.9)}


def row_of(character, sure=0.97):
    """What the network says: of a digit with this sureness; a capital stands for a letter that is surely one."""
    row = np.full(CLASSES, 0.002, np.float32)
    if character.isdigit():
        row[int(character)], row[NO_DIGIT] = sure, 1 - sure
    else:
        row[CLASS_NAMES.index(SIGNS.get(character, "letter"))] = 0.97
    return row / row.sum()


def line_of(text, y=200, sure=None):
    """Probabilities and boxes of characters in a line; `sure` tells how sure the network is of those at some places."""
    rows, boxes, x = [], [], 60.0
    for place, character in enumerate(text):
        if character != " ":
            top, foot = SPANS.get(character, (0.0, 1.0))
            width = 8 if character in "1/()" else WIDTH
            rows.append(row_of(character, (sure or {}).get(place, 0.97)))
            boxes.append((x, y + top * HEIGHT, width, max(4, (foot - top) * HEIGHT)))
            x += width + 12
        else:
            x += 30
    return np.array(rows), np.array(boxes)


def read(*lines):
    """How likely each candidate is a digit, line after line."""
    rows, boxes = (np.concatenate(part) for part in zip(*lines, strict=True))
    return load_decision()(Evidence(rows, boxes, np.full(len(boxes), 3.0), SHAPE))


@pytest.mark.parametrize(
    "text",
    ["3+4=7", "0x5=0", "12-5=7", "(6)", "28/03/2026", "2x+3x=5", "B 204", "total 15", "1)", "20 2", "7", "8x8=64"],
)
def test_a_clear_digit_is_not_lost_to_its_neighbours(text):
    is_digit = read(line_of(text))
    clear = [character.isdigit() for character in text.replace(" ", "")]
    assert (is_digit[clear] > 0.5).all()


def test_a_column_of_ones_is_read():
    lines = [line_of("1", y=40 + 60 * i) for i in range(6)]
    assert (read(*lines) > 0.5).all()


def test_a_number_of_ones_is_read():
    assert (read(line_of("1111")) > 0.5).all()


def test_what_may_be_a_letter_is_none_among_letters_and_a_digit_among_digits():
    doubtful = {2: 0.55}
    among_digits, among_letters = read(line_of("3707", sure=doubtful)), read(line_of("wo0d", sure=doubtful))
    assert among_digits[2] > 0.5 > among_letters[2]


def test_letters_of_words_that_look_like_digits_are_not_read():
    lines = [line_of("thi5 is a w0rd", y, {3: 0.5, 11: 0.5}) for y in (80, 160, 240, 320)]
    assert (read(*lines) < 0.5).all()


def test_specks_and_hairs_are_doubted_more_than_what_is_as_large_as_the_page_s_digits():
    rows, boxes = line_of("3471", sure={3: 0.8})
    full = read((rows, boxes))[3]
    speck, hair = boxes.copy(), boxes.copy()
    speck[3] = (500, 400, 4, 7)
    hair[3] = (0, 20, 2, 300)
    assert read((rows, speck))[3] < full
    assert read((rows, hair))[3] < full


def test_a_small_zero_in_a_number_is_read():
    rows, boxes = line_of("707")
    boxes[1] = boxes[1] * (1, 1, 0.6, 0.55) + (4, 9, 0, 0)
    assert read((rows, boxes))[1] > 0.5


def test_other_ink_is_never_a_digit_itself():
    rows, boxes = line_of("12 - 5")
    is_other = np.array([False, False, True, False])
    rows[is_other] = row_of("1")
    decided = load_decision()(Evidence(rows, boxes, np.full(4, 3.0), SHAPE, is_other=is_other))
    assert decided[is_other] == 0
    assert (decided[~is_other] > 0.5).all()
    assert not load_decision()(Evidence(rows, boxes, np.full(4, 3.0), SHAPE, is_other=np.ones(4, bool))).any()


def test_ink_that_is_no_candidate_says_nothing_where_no_digit_may_be():
    bar = Candidate(Box(10, 10, 60, 5), np.zeros((28, 28), np.uint8), stroke_width_px=4.0)
    alone = evidence_of([], [Hypothesis(bar, row_of("-"), bar.box, None, np.full(3, 0.5))], SHAPE)
    assert len(alone) == 0
    assert load_decision()(alone).shape == (0,)


def test_ink_much_fainter_than_likely_digits_is_no_sign():
    ink = Candidate(Box(10, 10, 30, 40), np.zeros((28, 28), np.uint8), stroke_width_px=4.0)
    digit, faint, minus = (
        Hypothesis(ink, row_of(name), ink.box, None, np.full(3, level))
        for name, level in (("7", 0.5), ("-", 0.1), ("-", 0.4))
    )
    seen = evidence_of([digit], [faint, minus], SHAPE)
    assert seen.is_other.tolist() == [False, True]
    assert seen.inks[1] == pytest.approx(0.4)


def test_an_empty_page_is_decided():
    assert load_decision()(Evidence(np.zeros((0, CLASSES)), np.zeros((0, 4)), np.zeros(0), SHAPE)).shape == (0,)


def test_belief_changes_the_share_of_digits_and_nothing_among_them():
    rows = np.stack([row_of("3", 0.6), row_of("w")])
    weighed = with_belief(rows, np.array([0.9, 0.2]))
    assert weighed.sum(axis=1) == pytest.approx([1, 1], abs=1e-5)
    assert weighed[:, :NO_DIGIT].sum(axis=1) == pytest.approx([0.9, 0.2], abs=1e-5)
    assert weighed[0, :NO_DIGIT].argmax() == 3
    assert weighed[0, 3] / weighed[0, 5] == pytest.approx(rows[0, 3] / rows[0, 5], rel=1e-4)


@pytest.mark.parametrize("content", [None, b"", b"no weights"])
def test_a_missing_or_damaged_decision_is_told_in_one_line(content, tmp_path):
    path = tmp_path / "decision.npz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(WeightsError, match=r"decision\.npz: is no usable decision") as caught:
        load_decision(path)
    assert "\n" not in str(caught.value)


def test_a_decision_made_for_candidates_that_were_told_less_of_is_told(tmp_path):
    arrays = dict(np.load(DEFAULT_DECISION))
    for name in ("mean", "scale", "embed"):
        arrays[f"attention 0/{name}"] = arrays[f"attention 0/{name}"][:-1]
    np.savez(tmp_path / "former.npz", **arrays)
    with pytest.raises(WeightsError, match=r"former\.npz: is no usable decision .*train\.py decide"):
        load_decision(tmp_path / "former.npz")


SIZE, DIGIT_PX = (900, 240), 60
STYLE = Style(digit_px=DIGIT_PX, pen=PENS["blue ballpoint"])


@pytest.fixture(scope="module")
def reader():
    return PageReader()


def with_slashes(text, hand=CAREFUL_HAND, lean=0.45):
    """A page of numbers with a slash in each gap between them."""
    page = page_of(text, SIZE, STYLE, hand)
    image, ends = page.image.copy(), np.cumsum([len(number) for number in text.split()])[:-1]
    for end in ends:
        left, right = page.digits[end - 1].box, page.digits[end].box
        x, foot, half = (left.x + left.w + right.x) // 2, right.y + right.h + 4, round(DIGIT_PX * lean / 2)
        cv2.line(image, (x + half, foot - DIGIT_PX - 8), (x - half, foot), STYLE.pen.bgr, 3, cv2.LINE_AA)
    return image


@pytest.mark.parametrize("text", ["28 03 2026", "7 12 94", "3 4", "45 60"])
def test_slashes_of_dates_and_fractions_are_no_ones(text, reader):
    assert "".join(number.text for number in reader(with_slashes(text)).numbers) == text.replace(" ", "/")


def evenly_written(text, lean=0.45):
    """A number whose slashes have the place and the height of digits."""
    page = page_of(text.replace("/", "1"), SIZE, STYLE, CAREFUL_HAND)
    image, paper = page.image.copy(), np.median(page.image, axis=(0, 1))
    for sign, (x, y, w, h) in zip(text, (digit.box.xywh for digit in page.digits), strict=True):
        if sign == "/":
            image[y : y + h, x : x + w] = paper
            middle, half = x + w // 2, round(h * lean / 2)
            cv2.line(image, (middle + half, y), (middle - half, y + h), STYLE.pen.bgr, 3, cv2.LINE_AA)
    return image


@pytest.mark.parametrize("text", ["28/03/2026", "3/4", "7/8"])
def test_slashes_as_high_and_as_close_as_digits_are_no_ones(text, reader):
    assert [number.text for number in reader(evenly_written(text)).numbers] == [text]


@pytest.mark.parametrize(
    ("text", "slant"),
    [("61172", 0.05), ("61172", 0.35), ("2117", 0.05), ("2117", 0.35), ("9105", 0.05), ("9105", 0.2)],
)
def test_ones_of_a_slanting_hand_are_no_slashes(text, slant, reader):
    page = page_of(text, SIZE, STYLE, replace(CAREFUL_HAND, slant=slant))
    assert [number.text for number in reader(page.image).numbers] == [text]
