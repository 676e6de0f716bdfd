"""`train.py fit --extra FOLDER`: teaches the network one's own digits, and lets it in only where nothing is lost."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path

import numpy as np

from capture.language import tr
from capture.read.decision import USUAL_SHARE
from model.classifier import ASSUMED_DIGITS, NO_DIGIT, Classifier, with_share
from training.datasets import unipen
from training.datasets.corrections import load_extra, part
from training.datasets.mnist import DataError, DigitImages, HeldOut, Labelled, load_digits
from training.datasets.pendigits import is_at_hand, load_strokes
from training.datasets.unipen import load_unipen
from training.evaluation.metrics import predict
from training.fitting.acceptance import Asked, Verdict
from training.fitting.checkpoint import Progress
from training.fitting.config import SHIPPED, TrainConfig
from training.fitting.export import KERAS_FILE, LITERT_FILE, WEIGHTS_FOLDER, install
from training.fitting.fine_tune import Rehearsal, Tuning, draw_rehearsal, fine_tune, rehearse
from training.fitting.finish import finish
from training.plots.fine_tune import draw_before_after
from training.plots.style import class_name
from training.results import Figure, Outcome, results_folder
from training.synthesis.writers import divide

PARTS = 4  # of the own digits: each is asked of a network that was trained on the other three
FEWEST_DIGITS = 10  # fewer cannot show whether anything is gained
DRAWN = 3000  # examples of what is known already: hands, pages, things that are no digit
PLAIN = 5000  # of MNIST's images as they are: the test that nothing must be lost on
VALIDATION_SHARE = 0.6  # of `DRAWN`: as many again, of other hands, to keep the confidence honest
PICTURE = "extra_digits.png"
FORMER = "before"  # subfolder for the network that was replaced
TEXT = """{table}

Own digits: {counts}.
Each was read by a network that had not been trained on it, nor on another picture of the same ink ({parts} parts, each
left out in turn), with the share of digits that the camera takes for granted. They are mostly digits that were read
wrong, so these shares are not how well the camera reads you.

{verdict}
"""


def adapt(args: argparse.Namespace) -> None:
    """Fine-tunes on kept digits, shows before and after, installs where asked and allowed.

    Raises:
        DigitsError: data or folders are not what they should be; or the network was to be installed and is no better.
    """
    start, own, images = start_file(args.start), load_enough(args.extra), load_digits(args.data)
    with results_folder(args.out, "extra") as out:
        known, held_out = draw_known(images, args)
        print(tr("{count} own digits, {others} others beside them", count=len(own), others=len(known)), flush=True)
        tuning = Tuning(seed=args.seed)
        rehearsal = rehearse(start, known, digit_share=float((held_out.y < NO_DIGIT).mean()))  # as `finish` has it
        former = Classifier(start.with_suffix(".tflite"))
        before = with_share(former(own.x), USUAL_SHARE, ASSUMED_DIGITS)
        asked = Asked(own, before, cross_check(start, own, rehearsal, tuning))
        network, history = fine_tune(start, own, rehearsal, tuning, held_out)
        name, test = f"{images.name} test", images.test.normalised()
        examples = HeldOut(held_out, {name: test}, _sources(start, own))
        config = TrainConfig(arch=network.name, recipe="full", start=str(args.start), epochs=tuning.epochs)
        progress, command = Progress(0, history), _command(args)
        metrics = finish(network, progress, config=config, examples=examples, out=out, command=command)
        verdict = asked.judge(test, former, metrics["tests"][name]["accuracy"])
        report(asked, verdict, out)
        if args.install:
            verdict.check()
            replace_installed(out)


def start_file(start: str | None) -> Path:
    """The finished network to go on from; without a word the one that ships.

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
    """Loads kept digits.

    Raises:
        DataError: there are too few to tell whether they help.
    """
    own = load_extra(folder)
    if len(own) < FEWEST_DIGITS:
        raise DataError(
            "{folder}: {count} digits; too few to tell what they change: keep {fewest_digits} or more",
            folder=folder,
            count=len(own),
            fewest_digits=FEWEST_DIGITS,
        )
    return own


def draw_known(images: DigitImages, args: argparse.Namespace) -> tuple[Labelled, Labelled]:
    """Examples of what the network knows, and others by other hands to keep its confidence honest."""
    strokes = load_strokes(args.strokes) if args.strokes or is_at_hand() else []
    signs = load_unipen(args.unipen) if args.unipen or unipen.is_at_hand() else []
    training, held_out = divide(images.train, strokes, (), signs)
    drawn, plain = (min(args.limit or most, most) for most in (DRAWN, PLAIN))
    known = draw_rehearsal(training, drawn, args.seed), training.images.take(plain, args.seed).normalised()
    both = Labelled(np.concatenate([some.x for some in known]), np.concatenate([some.y for some in known]))
    return both, draw_rehearsal(held_out, round(VALIDATION_SHARE * drawn), args.seed)


def cross_check(start: Path, own: Labelled, rehearsal: Rehearsal, tuning: Tuning) -> np.ndarray:
    """Reads every own digit by a network that was fine-tuned on the other parts: (n, classes) probabilities."""
    part_of = part(own, PARTS, tuning.seed)
    probabilities = np.zeros((len(own), rehearsal.answers.shape[1]), np.float32)
    for number in np.unique(part_of):
        is_asked = part_of == number
        others = Labelled(own.x[~is_asked], own.y[~is_asked])
        if len(others):
            network, _ = fine_tune(start, others, rehearsal, tuning)
            asked = predict(network, Labelled(own.x[is_asked], own.y[is_asked]))
            probabilities[is_asked] = with_share(asked, USUAL_SHARE, rehearsal.digit_share)
        print(tr("cross-check: part {part} of {count} done", part=number + 1, count=PARTS), flush=True)
    return probabilities


def report(asked: Asked, verdict: Verdict, out: Path) -> None:
    """Writes and prints before and after."""
    draw_before_after(asked, verdict, out / PICTURE)
    labels, counts = np.unique(asked.own.y, return_counts=True)
    text = TEXT.format(
        table=verdict.table(),
        counts=", ".join(f"{count} of {class_name(label)}" for label, count in zip(labels, counts, strict=True)),
        parts=PARTS,
        verdict=f"Not to be installed: {verdict.problem}." if verdict.problem else "Better: it may be installed.",
    )
    figure = Figure(PICTURE, "Own digits, what was read before and after; each was left out of the training it tests.")
    outcome = Outcome("extra", "Own digits, learnt", text, (figure,), verdict.as_dict())
    outcome.write(out)
    outcome.show(out)


def replace_installed(out: Path) -> None:
    """Puts the new network in the old one's place, which is kept."""
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


def _sources(start: Path, own: Labelled) -> tuple[str, ...]:
    return (
        f"all that {start.name} was trained on before",
        f"{len(own)} own digits kept by run_camera.py, varied, beside examples of the former",
    )


def _command(args: argparse.Namespace) -> str:
    return shlex.join(["python", "train.py", "fit", "--extra", str(args.extra), "--from", args.start or SHIPPED])
