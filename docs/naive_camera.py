"""The whole idea in one linear script: threshold, contours, 28x28 crops, one batch, boxes on the picture.

    python docs/naive_camera.py PHOTO.jpg READ.jpg     # reads one photo
    python docs/naive_camera.py                        # reads the camera; q quits

Read it first: each step names the room of `capture/` that does the same for real pages, and what that adds. On a clean
sheet in even light this reads as well as the program; then put the lamp to one side, or take squared paper.
"""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from model.classifier import NO_DIGIT, Classifier
from model.glyph import normalise

BLUR_PX = 5
WINDOW_PX = 31  # paper is what is light in a window of this size
CONTRAST = 10  # grey levels that ink is darker than the paper around it
MIN_HEIGHT_PX = 12
MIN_CONFIDENCE = 0.8
BLUE = (178, 114, 0)  # BGR


def find_boxes(gray: np.ndarray) -> tuple[np.ndarray, list[tuple[int, int, int, int]]]:
    """Find the pieces of ink.

    Args:
        gray: (H, W) uint8.

    Returns:
        The ink, (H, W) uint8, 0 or 255; and the x, y, w, h of every piece that is high enough for a digit, in pixels.
    """
    # 1. Even out the light and threshold. Ink is what is darker than its surroundings.
    #    capture/detect/binarize.py divides by an estimate of the bare paper instead, at two scales, so that a shadow is
    #    no ink and a broad marker keeps its inside; the paper's own grain sets the threshold, and chalk is noticed.
    smooth = cv2.GaussianBlur(gray, (BLUR_PX, BLUR_PX), 0)
    ink = cv2.adaptiveThreshold(smooth, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, WINDOW_PX, CONTRAST)

    # 2. Connected pieces. Each outer contour is one piece, and one piece is taken for one digit.
    #    capture/detect/components.py looks at every piece again at its own threshold; ruling.py takes out the lines of
    #    squared paper; fragments.py joins broken digits and cuts touching ones; outlines.py drops edges.
    contours, _ = cv2.findContours(ink, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    boxes = [cv2.boundingRect(contour) for contour in contours]
    return ink, [box for box in boxes if box[3] >= MIN_HEIGHT_PX]


def read_digits(image: np.ndarray, classify) -> list[tuple[tuple[int, int, int, int], int, float]]:  # noqa: ANN001
    """Find and read the digits of a picture, (H, W, 3) uint8 BGR: box, digit and confidence of each."""
    ink, boxes = find_boxes(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY))

    # 3. Make each piece look like MNIST: 20 pixels high or wide, centred by mass in 28x28, white on black.
    #    The same function made every example the network was trained on; nothing else has to match.
    glyphs = [normalise(ink[y : y + h, x : x + w]) for x, y, w, h in boxes]
    if not glyphs:
        return []

    # 4. Read all of them in one batch.
    #    capture/read/ finds out first how the sheet lies, reads doubtful pieces in other ways too, lets a small trained
    #    model weigh every piece among its neighbours (between letters a 0 is an o), and joins digits to numbers.
    probabilities = classify(np.stack(glyphs))
    digits = probabilities[:, :NO_DIGIT].argmax(axis=1)  # the columns from NO_DIGIT on are what is no digit
    confidences = probabilities[np.arange(len(digits)), digits]
    return [
        (box, int(digit), float(confidence))
        for box, digit, confidence in zip(boxes, digits, confidences, strict=True)
        if confidence >= MIN_CONFIDENCE
    ]


def draw(image: np.ndarray, readings: list[tuple[tuple[int, int, int, int], int, float]]) -> np.ndarray:
    """Draw a box and the digit over each reading, on a copy."""
    # 5. capture/track/ follows each digit from frame to frame first, so that nothing flickers; capture/view/ finds a
    #    place for every label where it covers no digit, and shows doubt in a way that needs no colours.
    view = image.copy()
    for (x, y, w, h), digit, _ in readings:
        cv2.rectangle(view, (x, y), (x + w, y + h), BLUE, 2)
        cv2.putText(view, str(digit), (x, y - 6), cv2.FONT_HERSHEY_SIMPLEX, 0.8, BLUE, 2, cv2.LINE_AA)
    return view


def main(arguments: list[str]) -> None:
    """Read a photo into another one, or the camera into a window."""
    classify = Classifier()
    if arguments:
        photo, result = arguments
        image = cv2.imread(photo)  # capture/sources/ also says why one is unreadable
        readings = read_digits(image, classify)
        print(*(digit for _, digit, _ in readings))
        cv2.imwrite(result, draw(image, readings))  # capture/sinks/ never leaves half a file
        return
    camera = cv2.VideoCapture(0)  # capture/sources/camera.py reads on a thread of its own: the newest frame wins
    while camera.isOpened():
        is_read, image = camera.read()
        if not is_read:
            break
        cv2.imshow("naive camera", draw(image, read_digits(image, classify)))
        if cv2.waitKey(1) == ord("q"):
            break
    camera.release()


if __name__ == "__main__":
    main(sys.argv[1:])
