"""`train.py fit --extra FOLDER`: teaches the network one's own digits, and lets it in only where nothing is lost."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from keras import Model

from capture.language import tr
from capture.read.decision import USUAL_SHARE
from model.classifier import ASSUMED_DIGITS, NO_DIGIT, Classifier, with_share
from training.datasets import unipen
from training.datasets.corrections import part
from training.datasets.folder import load_own
from training.datasets.labelled import DataError, DigitImages, HeldOut, Labelled
from training.datasets.mnist import load_digits
from training.datasets.pendigits import is_at_hand, load_strokes
from training.datasets.unipen import load_unipen
from training.evaluation.metrics import predict
from training.fitting.acceptance import MAX_CLUTTER, MAX_LOST, BeforeAfter, Verdict
from training.fitting.blend import (
    blend,
    guarded_digits,
    keep_bearable,
    newly_read_at_most,
    newly_wrong_at_most,
    together,
)
from training.fitting.checkpoint import Progress
from training.fitting.config import SHIPPED, TrainConfig
from training.fitting.export import KERAS_FILE, LITERT_FILE, WEIGHTS_FOLDER, install
from training.fitting.fine_tune import (
    NO_DIGITS,
    SCENES,
    Rehearsal,
    Tuning,
    draw_rehearsal,
    fine_tune,
    open_network,
    rehearse,
)
from training.fitting.finish import finish
from training.plots.fine_tune import draw_before_after
from training.results import Figure, Outcome, results_folder
from training.synthesis.writers import Material, divide

PARTS = 4  # of the own digits: each is asked of a network that was trained on the other three
MIN_DIGITS = 10  # fewer cannot show whether anything is gained
DRAWN = 3000  # examples of what is known already: hands, pages, things that are no digit
PLAIN = 12_000  # of MNIST's images as they are: the test that nothing must be lost on
NEGATIVE = 4000  # that are no digit: with fewer, odd digits teach it to take letters and blots for digits
PIECES = 3000  # cut out of drawn pages under a camera: there are digits, parts of them, letters and the desk's grain
CLUTTER, CLUTTER_SEED = 1500, 7  # of `NEGATIVE` and of `PIECES` each, by other hands, never learnt from
VALIDATION_SHARE = 0.6  # of `DRAWN`: as many again, of other hands, to keep the confidence honest
PICTURE = "extra_digits.png"
FORMER = "before"  # subfolder for the network that was replaced


@dataclass(frozen=True)
class Known:
    """What the network has learnt before.

    Attributes:
        rehearsed: examples that are shown again beside the own digits.
        held_out: others, by other hands, to keep the confidence honest.
        guarded: digits that are not shown again, on which next to nothing may be lost.
        clutter: (n, 28, 28) glyphs, no digits, not shown again either: next to none may become one.
    """

    rehearsed: Labelled
    held_out: Labelled
    guarded: Labelled
    clutter: np.ndarray

    @property
    def digit_share(self) -> float:
        """The share of digits among what is held out, 0 to 1, as `finish` takes it."""
        return float((self.held_out.y < NO_DIGIT).mean())


def adapt(args: argparse.Namespace) -> None:
    """Fine-tune on own digits, show before and after, install where asked and allowed.

    Raises:
        DigitsError: data or folders are not what they should be; or the network was to be installed and is no better.
    """
    start, own, images = start_file(args.start), load_enough(args.extra), load_digits(args.data)
    with results_folder(args.out, "extra") as out:
        known = draw_known(images, args)
        others = len(known.rehearsed)
        print(tr("{count} own digits, {others} others beside them", count=len(own), others=others), flush=True)
        tuning = Tuning(seed=args.seed)
        rehearsal = rehearse(start, known.rehearsed, known.digit_share)
        network, history = fine_tune(start, own, rehearsal, tuning, known.held_out)
        share = keep_bearable(network, former_weights(start, known.digit_share), _judge(start, known))
        print(tr("share of the new weights: {share:.0%}", share=share), flush=True)
        former = Classifier(start.with_suffix(".tflite"))
        before = with_share(former(own.x), USUAL_SHARE, ASSUMED_DIGITS)
        compared = BeforeAfter(own, before, cross_check(start, own, rehearsal, tuning, share))
        name, test = f"{images.name} test", images.test.normalised()
        examples = HeldOut(known.held_out, {name: test}, _sources(start, own, args.extra))
        config = TrainConfig(arch=network.name, recipe="extra", start=args.start or SHIPPED, epochs=tuning.epochs)
        progress, command = Progress(0, history), _command(args)
        finish(network, progress, config=config, examples=examples, out=out, command=command)
        verdict = compared.judge(test, known.clutter, former, Classifier(out / LITERT_FILE))
        report(compared, verdict, share, out)
        if args.install:
            verdict.check()
            replace_installed(out)


def former_weights(start: Path, digit_share: float) -> list[np.ndarray]:
    """Load the weights of a finished network, with `digit_share` taken for granted."""
    return open_network(start, digit_share)[2].get_weights()


def _judge(start: Path, known: Known) -> Callable[[Model], bool]:
    """Accept what loses next to no digit, and next to never takes anything else for one."""
    keeps_digits = newly_wrong_at_most(MAX_LOST, start, known.digit_share, known.guarded)
    leaves_clutter = newly_read_at_most(MAX_CLUTTER, start, known.digit_share, known.clutter)
    return lambda network: keeps_digits(network) and leaves_clutter(network)


def start_file(start: str | None) -> Path:
    """Find the finished network to go on from; without a word the one that ships.

    Raises:
        DataError: there is no such network, or it was not finished.
    """
    file = WEIGHTS_FOLDER / KERAS_FILE if start in (None, SHIPPED) else Path(start)
    if file.suffix != ".keras" or not file.is_file() or not file.with_suffix(".tflite").is_file():
        raise DataError(
            "{start}: no finished network; give --from shipped, or the {keras_file} in a run's folder",
            start=start,
            keras_file=KERAS_FILE,
        )
    return file


def load_enough(folder: Path) -> Labelled:
    """Load the pictures of own digits.

    Raises:
        DataError: there are none, or too few to tell whether they help.
    """
    own = load_own(folder, is_kept=True).digits
    if len(own) < MIN_DIGITS:
        raise DataError(
            "{folder}: {count} digits; too few to tell what they change: keep {fewest_digits} or more",
            folder=folder,
            count=len(own),
            fewest_digits=MIN_DIGITS,
        )
    return own


def draw_known(images: DigitImages, args: argparse.Namespace) -> Known:
    """Draw what the network knows: from the data set, and from pen strokes where these are at hand."""
    strokes = load_strokes(args.strokes) if args.strokes or is_at_hand() else []
    signs = load_unipen(args.unipen) if args.unipen or unipen.is_at_hand() else []
    training, held_out = divide(images.train, strokes, (), signs)
    drawn, plain, negative, pieces = (min(args.limit or most, most) for most in (DRAWN, PLAIN, NEGATIVE, PIECES))
    rehearsed = (
        draw_rehearsal(training, drawn, args.seed),
        draw_rehearsal(training, negative, args.seed, NO_DIGITS),
        draw_rehearsal(training, pieces, args.seed, SCENES),
        training.images.take(plain, args.seed).normalised(),
    )
    return Known(
        together(*rehearsed),
        draw_rehearsal(held_out, round(VALIDATION_SHARE * drawn), args.seed),
        guarded_digits(held_out),
        draw_clutter(held_out, min(args.limit or CLUTTER, CLUTTER)),
    )


def draw_clutter(material: Material, count: int) -> np.ndarray:
    """Draw glyphs of what is no digit, always the same: `count` alone, and those of as many pieces of pages."""
    drawn = together(*(draw_rehearsal(material, count, CLUTTER_SEED, kind) for kind in (NO_DIGITS, SCENES)))
    return drawn.x[drawn.y >= NO_DIGIT]


def cross_check(start: Path, own: Labelled, rehearsal: Rehearsal, tuning: Tuning, share: float) -> np.ndarray:
    """Read every own digit by a network that was fine-tuned on the other parts: (n, classes) probabilities."""
    part_of = part(own, PARTS, tuning.seed)
    probabilities = np.zeros((len(own), rehearsal.logits.shape[1]), np.float32)
    for number in np.unique(part_of):
        is_asked = part_of == number
        others = Labelled(own.x[~is_asked], own.y[~is_asked])
        if len(others):
            network, _ = fine_tune(start, others, rehearsal, tuning)
            blend(network, former_weights(start, rehearsal.digit_share), share)
            asked = predict(network, Labelled(own.x[is_asked], own.y[is_asked]))
            probabilities[is_asked] = with_share(asked, USUAL_SHARE, rehearsal.digit_share)
        print(tr("cross-check: part {part} of {count} done", part=number + 1, count=PARTS), flush=True)
    return probabilities


def report(compared: BeforeAfter, verdict: Verdict, share: float, out: Path) -> None:
    """Write and print before and after."""
    draw_before_after(compared, verdict, out / PICTURE)
    figure = Figure(
        PICTURE, tr("Own digits, what was read before and after; each was left out of the training it tests.")
    )
    text = f"{verdict.table()}\n\n{compared.explained(PARTS, share)}\n\n{verdict.judgement}"
    outcome = Outcome("extra", tr("Own digits, learnt"), text, (figure,), verdict.as_dict() | {"share": share})
    outcome.write(out)
    outcome.show(out)


def replace_installed(out: Path) -> None:
    """Put the new network in the old one's place, which is kept."""
    if (WEIGHTS_FOLDER / LITERT_FILE).exists():
        install(WEIGHTS_FOLDER, out / FORMER)
    install(out, WEIGHTS_FOLDER)
    print(
        tr(
            "installed: {folder}; the former network is in {former}: copy it back to undo this",
            folder=WEIGHTS_FOLDER,
            former=out / FORMER,
        )
    )


def _sources(start: Path, own: Labelled, folder: Path) -> tuple[str, ...]:
    return (
        f"all that {start.name} was trained on before",
        f"{len(own)} own digits from {folder.name}, varied, beside examples of the former",
    )


def _command(args: argparse.Namespace) -> str:
    given = (("--data", args.data), ("--strokes", args.strokes), ("--unipen", args.unipen), ("--limit", args.limit))
    words = [word for flag, value in given if value for word in (flag, str(value))]
    start = ["--extra", str(args.extra), "--from", args.start or SHIPPED, "--seed", str(args.seed)]
    return shlex.join(["python", "train.py", "fit", *start, *words])
