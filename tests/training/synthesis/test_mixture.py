"""The shipped recipe's examples: every kind, right shapes, repeatable, with and without pen strokes."""

from dataclasses import replace

import numpy as np
import pytest

from capture.synthetic.handwriting import CAREFUL_HAND, write_digit
from model.classifier import CLASS_NAMES, CLASSES, NO_DIGIT
from model.glyph import SIDE
from tests.support.people import drawn_people, drawn_supplies
from tests.support.tiny import tiny_digits, tiny_labelled, tiny_typefaces
from training.datasets.labelled import Labelled
from training.datasets.pendigits import Handwritten
from training.datasets.unipen import Sign
from training.fitting.distillation import teacher_files
from training.synthesis.full_recipe import SHOWN, full_examples
from training.synthesis.mixture import Shares, draw_examples, draw_labels
from training.synthesis.writers import HELD_OUT_PERSON, Material, a_writer, divide

WRITERS = 5
KINDS = ("mnist", "pen", "person", "own", "face", "scene", "exercise", "sign", "nothing")
NONE = Shares(**dict.fromkeys(KINDS, 0))
FEW = Shares(**dict.fromkeys(KINDS, 8))
BAR = (np.array([[0.0, 0.0], [0.0, 1.0]], np.float32),)


def strokes(writers=WRITERS):
    rng = np.random.default_rng(0)
    return [
        Handwritten(digit, writer, tuple(write_digit(digit, CAREFUL_HAND, rng)))
        for writer in range(writers)
        for digit in range(10)
    ]


def signs(writers=WRITERS):
    """UNIPEN in small: the same digits, and bars of several names."""
    digits = [Sign(str(digit.label), f"w{digit.writer}", digit.strokes) for digit in strokes(writers)]
    return digits + [Sign(label, f"w{writer}", BAR) for writer in range(writers) for label in "aIl/|-"]


def material(writers=WRITERS):
    training, _ = divide(tiny_labelled(10), strokes(writers), (), signs(writers))
    return replace(training, faces=tiny_typefaces())


def draw(seed=0, shares=FEW, writers=WRITERS):
    return draw_examples(material(writers), shares, np.random.default_rng(seed))


def test_examples_have_the_networks_shapes():
    glyphs, targets = draw()
    assert glyphs.shape[1:] == (SIDE, SIDE) and glyphs.dtype == np.uint8
    assert targets.shape == (len(glyphs), CLASSES) and targets.dtype == np.float32
    assert len(glyphs) >= 40


def test_exercises_are_cut_up_where_there_is_somebody_to_write_them():
    few = replace(NONE, mnist=1, exercise=60)
    glyphs, targets = draw_examples(material(), few, np.random.default_rng(2), drawn_supplies())
    assert len(glyphs) == 61
    assert (targets[1:, :NO_DIGIT].sum(axis=1) == 1).any()
    assert (targets[1:, CLASS_NAMES.index("letter")] > 0).any()
    assert len(draw(shares=few)[0]) == 1


def test_the_sources_tell_of_exercises_only_where_there_are_any():
    pages = "forms, tables, sums"
    with_people = full_examples(tiny_digits(), strokes(), limit=400, people=drawn_people())
    assert any(pages in line for line in with_people.sources)
    assert not any(pages in line for line in full_examples(tiny_digits(), strokes(), limit=400).sources)


def test_soft_labels_sum_to_one():
    _, targets = draw(shares=replace(NONE, mnist=2, pen=2, scene=2, nothing=150))
    assert np.allclose(targets.sum(axis=1), 1)
    assert targets.min() >= 0
    shared = targets[(targets.max(axis=1) < 1)]
    assert len(shared) > 0
    assert (shared[:, NO_DIGIT:].sum(axis=1) > 0).all()
    assert ((shared[:, :NO_DIGIT] > 0).sum(axis=1) <= 1).all()  # doubt is never between two digits


@pytest.mark.parametrize(
    ("kind", "is_digit"),
    [(kind, True) for kind in ("mnist", "pen", "person", "own", "face")] + [("sign", False), ("nothing", False)],
)
def test_each_kind_is_labelled_as_it_should(kind, is_digit):
    glyphs, targets = draw(shares=replace(NONE, **{kind: 20}))
    assert len(glyphs) == 20
    digit = targets[:, :NO_DIGIT].sum(axis=1)
    assert (digit == 1).all() if is_digit else (digit < 1).all()
    assert glyphs.max(axis=(1, 2)).mean() > 150


def test_mnist_labels_belong_to_their_images():
    """Each digit is one shade here; distortion and evening out leave the shape, so the labels tell the shapes apart."""
    bars = np.zeros((2, SIDE, SIDE), np.uint8)
    bars[0, 4:24, 12:16] = bars[1, 12:16, 4:24] = 255
    lines = Material(Labelled(bars, np.array([1, 4])), ())
    glyphs, targets = draw_examples(lines, replace(NONE, mnist=40), np.random.default_rng(0))
    is_upright = (glyphs.max(axis=2) > 0).sum(axis=1) > (glyphs.max(axis=1) > 0).sum(axis=1)
    assert set(targets.argmax(axis=1)) == {1, 4}
    assert (is_upright == (targets.argmax(axis=1) == 1)).all()


def test_the_same_seed_draws_the_same_examples():
    (x, y), (again_x, again_y), (other_x, _) = draw(3), draw(3), draw(4)
    assert np.array_equal(x, again_x) and np.array_equal(y, again_y)
    assert x.shape != other_x.shape or not np.array_equal(x, other_x)


def test_without_strokes_the_rest_is_drawn():
    glyphs, targets = draw(shares=replace(NONE, mnist=5, pen=500, person=500, own=5, scene=1, nothing=5), writers=0)
    assert 16 <= len(glyphs) < 300
    assert len(targets) == len(glyphs)


@pytest.mark.parametrize("writers", [0, WRITERS])
def test_any_writer_writes_any_digit_at_the_height_asked_for(writers):
    for seed in range(8):
        rng = np.random.default_rng(seed)
        write = a_writer(material(writers), rng)
        heights = [write(digit, 40.0, 3.0, rng).shape[0] for digit in range(10)]
        assert np.median(heights) == pytest.approx(44, abs=12)


def test_shares_scale():
    assert Shares(100, 50, 0, 30, 20, 10, 40, 0, 0).scaled(0.1) == Shares(10, 5, 0, 3, 2, 1, 4, 0, 0)


def mixed_digits():
    """MNIST in small, and like it in no order."""
    digits = tiny_digits()
    order = np.random.default_rng(0).permutation(len(digits.train))
    return replace(digits, train=Labelled(digits.train.x[order], digits.train.y[order]))


@pytest.fixture
def examples():
    laid_out = full_examples(mixed_digits(), strokes(), (), signs(), limit=90)
    yield laid_out
    laid_out.epoch_arrays.pool.shutdown(cancel_futures=True)


def test_the_recipe_holds_validation_and_the_test_set_ready(examples):
    assert set(examples.tests) == {"MNIST test"}
    assert len(examples.tests["MNIST test"]) == 40
    assert examples.validation.x.shape[1:] == (SIDE, SIDE)
    assert set(examples.validation.y) <= set(range(CLASSES))
    assert all(any(name in source for source in examples.sources) for name in ("pendigits", "UNIPEN train_r01_v07"))


def test_an_epoch_shows_chunks_that_another_process_drew(examples):
    (first, targets), (second, _) = examples.epoch_arrays(0), examples.epoch_arrays(1)
    assert len(first) == len(targets) > SHOWN * 20
    assert first.shape[1:] == (SIDE, SIDE)
    both = {glyph.tobytes() for glyph in first} & {glyph.tobytes() for glyph in second}
    assert len(both) > len(second) // 3  # chunks are shown in more than one epoch


def test_teachers_have_their_word_in_every_target():
    laid_out = full_examples(mixed_digits(), strokes(), limit=90, teachers=teacher_files(["shipped"]))
    _, targets = laid_out.epoch_arrays(0)
    laid_out.epoch_arrays.pool.shutdown(cancel_futures=True)
    assert ((targets > 0) & (targets < 1)).sum(axis=1).mean() > 5, "the answers are spread over the classes"
    assert any("half of every target" in source for source in laid_out.sources)


def test_a_run_without_strokes_says_so_in_its_sources():
    laid_out = full_examples(mixed_digits(), [], limit=90)
    laid_out.epoch_arrays.pool.shutdown(cancel_futures=True)
    assert not any("pendigits" in source or "typefaces" in source for source in laid_out.sources)
    assert not any("UNIPEN" in source for source in laid_out.sources)
    assert len(laid_out.sources) == 5


def test_typefaces_are_held_out_too():
    faces = [replace(tiny_typefaces()[0], name=str(number)) for number in range(40)]
    training, held_out = divide(tiny_labelled(10), [], faces)
    assert len(held_out.faces) == 3 and len(training.faces) == 37
    assert not {face.name for face in training.faces} & {face.name for face in held_out.faces}


def test_held_out_writers_and_images_are_not_trained_on():
    training, held_out = divide(tiny_labelled(10), strokes())
    writers = [{one.writer for writer in part.writers for one in writer} for part in (training, held_out)]
    assert writers[0] | writers[1] == set(range(WRITERS)) and not writers[0] & writers[1] and all(writers)
    assert len(training.images) + len(held_out.images) == 100


def test_no_unipen_writer_is_both_trained_on_and_held_out():
    parts = divide(tiny_labelled(10), [], (), signs(HELD_OUT_PERSON + 2))
    digits = [{one.writer for writer in part.people for one in writer} for part in parts]
    others = [{sign.writer for drawn in part.signs.values() for sign in drawn} for part in parts]
    assert digits == others and not digits[0] & digits[1]
    assert len(digits[0]) == HELD_OUT_PERSON and len(digits[1]) == 2
    assert set(parts[0].signs) == set("aIl/|-")


def test_a_writer_of_whom_a_digit_is_missing_writes_no_page():
    """Another digit would be drawn in its place, under its name."""
    some = [sign for sign in signs(3) if (sign.writer, sign.label) != ("w1", "7")]
    training = divide(tiny_labelled(10), [], (), some)[0]
    assert [digits[0].writer for digits in training.people] == ["w1", "w2"]
    assert [digits[0].writer for digits in training.able] == ["w2"]


def test_labels_are_drawn_by_their_shares():
    half = np.tile(np.array([[0.25, 0.75, 0.0]], np.float32), (4000, 1))
    labels = draw_labels(half, np.random.default_rng(0))
    assert (labels == 0).mean() == pytest.approx(0.25, abs=0.03)
    assert not (labels == 2).any()


def test_every_digit_is_trained_on_and_held_out_whatever_the_images_order():
    training, held_out = divide(tiny_labelled(10), [])
    assert set(training.images.y) == set(held_out.images.y) == set(range(10))
