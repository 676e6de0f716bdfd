"""What teaches the signs between digits: lines whose marks have their names."""

import numpy as np
import pytest

from capture.read.signs import MARK_CLASSES, MINUS, OTHER
from training.decision.lines import classes_of, signed_line, snippets_line
from training.decision.perceptron import PerceptronConfig
from training.decision.signs import LineExamples, fit_signs, fit_slashes, joined


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
        ("25 °  3", [OTHER]),
        ("x=4", [OTHER, OTHER]),
        ("x=-4", [OTHER, OTHER, MINUS]),
        ("3×4=12", [OTHER, OTHER]),
        ("15h30", [OTHER]),
    ],
)
def test_signs_of_a_line_are_named_by_what_stands_around_them(text, signs):
    assert [name for name in classes_of(text) if not name.isdigit()] == signs


def test_every_sign_of_a_line_has_a_name():
    rng = np.random.default_rng(0)
    for text in ("".join(write(rng)) for _ in range(200) for write in (signed_line, snippets_line)):
        assert len(classes_of(text)) == len(text.replace(" ", ""))


def examples(rng, count):
    """Marks and sticks that one feature each tells."""
    classes, slashes = rng.integers(0, len(MARK_CLASSES), count), rng.random(count) < 0.5
    marks, sticks = (rng.normal(0, 1, (count, size)).astype(np.float32) for size in (25, 29))
    marks[np.arange(count), classes] += 8
    sticks[:, 3] += 6 * slashes
    return LineExamples(marks, classes, sticks, slashes)


def test_it_learns_to_tell_marks_and_slashes_by_their_features():
    rng, config = np.random.default_rng(0), PerceptronConfig(hidden=(24,), epochs=20, batch=100)
    shown, others = joined([examples(rng, 2000), examples(rng, 1000)]), examples(rng, 1000)
    names, is_slash = fit_signs(shown, config).log_odds(others.marks), fit_slashes(shown, config)(others.sticks) > 0.5
    assert (names.argmax(axis=1) == others.classes).mean() > 0.95
    assert (is_slash == others.slashes).mean() > 0.95
