import numpy as np
import pytest

from training.evaluation.metrics import score
from training.evaluation.summary import Pair, comment, confused_pairs, interval, percent


def readings(*pairs: tuple[int, int, float]) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities and labels from (true, read, confidence)."""
    rows = np.zeros((len(pairs), 11), np.float32)
    for row, (_, read, confidence) in zip(rows, pairs, strict=True):
        row[:] = (1 - confidence) / 10
        row[read] = confidence
    return rows, np.array([true for true, *_ in pairs])


def words(*pairs: tuple[int, int, float]) -> str:
    probabilities, labels = readings(*pairs)
    return comment(score(probabilities, labels), probabilities, labels)


def test_pairs_come_commonest_first():
    confusion = np.diag(np.full(11, 50))
    confusion[4, 9], confusion[9, 4], confusion[7, 10] = 2, 7, 1
    assert confused_pairs(confusion) == [Pair(9, 4, 7), Pair(4, 9, 2), Pair(7, 10, 1)]


@pytest.mark.parametrize(
    ("share", "count", "text"),
    [(1 / 3, 3, "33%"), (0.98, 500, "98.0%"), (0.99534, 10_000, "99.53%")],
    ids=["few", "hundreds", "thousands"],
)
def test_a_share_has_no_more_decimals_than_its_images_can_tell(share, count, text):
    assert percent(share, count) == text


@pytest.mark.parametrize(("right", "count", "low", "high"), [(9953, 10000, 0.9938, 0.9965), (10, 10, 0.7225, 1)])
def test_interval_is_wilsons(right, count, low, high):
    assert interval(right, count) == pytest.approx((low, high), abs=1e-4)


def test_the_comment_names_what_was_confused_and_how_often():
    text = words(*[(4, 4, 0.9)] * 27, *[(4, 9, 0.9)] * 3, (9, 10, 0.4), *[(9, 9, 0.9)] * 29)
    assert "Images read right: 56 of 60, **93%**, with 4 mistakes, one in 15." in text
    assert "Hardest is the **4**, misread in 3 of 30 images" in text
    assert "a 4 read as a 9: 3 times (all that tells a 4 from a 9" in text
    assert "a 9 read as no digit: once" in text
    assert "Taken for no digit at all: 1." in text
    assert "There is no image of 0, 1, 2, 3, 5, 6, 7, 8." in text


def test_few_images_are_not_made_much_of():
    text = words((7, 7, 0.98))
    assert "Images read right: 1 of 1, **100%**, with 0 mistakes." in text
    assert "too few images of each digit" in text
    assert "comes out whole" not in text
    assert "100.0" not in text


def test_the_comment_says_whether_confidence_can_be_believed():
    sure = words(*[(3, 3, 0.99)] * 50, *[(3, 5, 0.99)] * 50)
    assert "surer of itself than it has reason to be" in sure
    shy = words(*[(3, 3, 0.4)] * 100)
    assert "better than it thinks" in shy
    assert "taken at its word." in words(*[(3, 3, 0.995)] * 100)
    assert "So few images cannot tell" in words(*[(3, 3, 0.4)] * 10)


def test_one_mistake_and_an_8():
    text = words(*[(8, 8, 0.9)] * 9, (8, 9, 0.8))
    assert "with 1 mistake, one in 10" in text
    assert "- an 8 read as a 9: once" in text


def test_no_mistake_at_all():
    text = words(*[(digit, digit, 0.99) for digit in range(10)] * 20)
    assert "All digits are read equally well: 100%." in text
    assert "with 0 mistakes." in text
    assert "Nothing is confused" in text


def test_a_second_look_finds_the_unsure_mistakes():
    text = words(*[(1, 1, 0.99)] * 199, (1, 7, 0.3))
    assert "1 of 1 mistake would be found, and of the rest 100.00% are right" in text
