"""What teaches the signs between digits: lines whose marks have their names."""

import numpy as np
import pytest

from capture.read.signs import MARK_CLASSES, MARK_FEATURES, MINUS, OTHER
from training.decision.perceptron import PerceptronConfig
from training.decision.signs import MarkExamples, classes_of, fit_signs, signed_line


@pytest.mark.parametrize(
    ("text", "signs"),
    [
        ("34.5", ["."]),
        ("28/03/26", ["/", "/"]),
        ("17:30", [":"]),
        ("-5  -7", [MINUS, MINUS]),
        ("12-5", ["-"]),
        ("12 - 5 = -7", ["-", OTHER, MINUS]),
        ("98, 62", [OTHER]),
        ("(3, -4)", [OTHER, OTHER, MINUS, OTHER]),
        ("x-2", [OTHER, OTHER]),
        ("7%", [OTHER]),
    ],
)
def test_signs_of_a_line_are_named_by_what_stands_around_them(text, signs):
    assert [name for name in classes_of(text) if not name.isdigit()] == signs


def test_every_sign_of_a_line_has_a_name():
    rng = np.random.default_rng(0)
    for text in ("".join(signed_line(rng)) for _ in range(200)):
        assert len(classes_of(text)) == len(text.replace(" ", ""))


def test_it_learns_to_tell_marks_by_their_features():
    rng = np.random.default_rng(0)
    classes = rng.integers(0, len(MARK_CLASSES), 4000)
    features = rng.normal(0, 1, (4000, MARK_FEATURES)).astype(np.float32)
    features[np.arange(4000), classes] += 8
    fitted = fit_signs(
        [MarkExamples(features[:3000], classes[:3000])], PerceptronConfig(hidden=(24,), epochs=20, batch=100)
    )
    assert (fitted.log_odds(features[3000:]).argmax(axis=1) == classes[3000:]).mean() > 0.95
