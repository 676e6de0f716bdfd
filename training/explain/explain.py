"""Explains how a network reads one digit: the steps that its layers allow, put together to one result."""

from __future__ import annotations

from pathlib import Path

from keras import Model

from model.classifier import CLASS_NAMES
from training.datasets.mnist import Labelled
from training.explain.insight import InsightError, activations, convolutions
from training.explain.steps import (
    COMMAND,
    Finding,
    Reading,
    class_maps,
    class_weights,
    feature_maps,
    filters,
    hidden_parts,
    likeness,
    neurons,
    verdict,
    way,
)
from training.explain.subject import Subject
from training.results import Outcome


def explain(
    network: Model,
    subject: Subject,
    memory: Labelled,
    folder: Path,
    *,
    target: str | None = None,
    layer: str | None = None,
) -> Outcome:
    """Explains one reading.

    Args:
        network: built by `model/network.py`, trained.
        subject: the digit.
        memory: training images among which the nearest are looked for.
        folder: where pictures, text and figures go.
        target: the class to ask for, as in `CLASS_NAMES`; the one that is read when None.
        layer: the layer for Grad-CAM; the last convolution when None.

    Raises:
        InsightError: the network has no such layer or class.
        OutcomeError: the folder cannot be written.
    """
    layer = _layer(network, layer)
    values = activations(network, subject.glyph)
    read = int(values[network.layers[-1].name].argmax())
    if target and CLASS_NAMES.index(target) >= network.output_shape[-1]:
        raise InsightError(f"--class {target}: this network has no such class; choose a digit")
    reading = Reading(network, subject, values, folder, CLASS_NAMES.index(target) if target else read)
    findings = [verdict(reading)]
    if layer:
        findings += [way(reading), filters(reading), feature_maps(reading), class_maps(reading, layer)]
    else:
        findings += [way(reading), *neurons(reading), class_weights(reading)]
    findings += [hidden_parts(reading), likeness(reading, memory.normalised())]
    outcome = _outcome(reading, findings)
    outcome.write(folder)
    return outcome


def _layer(network: Model, asked: str | None) -> str | None:
    """The layer for Grad-CAM; None in a network without convolutions, which has no feature maps."""
    layers = convolutions(network)
    if asked is None:
        return layers[-1] if layers else None
    if asked not in layers:
        choice = f"choose from {', '.join(layers)}" if layers else f"{network.name} has no convolutions; leave it out"
        raise InsightError(f"--layer {asked}: no convolution of this network; {choice}")
    return asked


def _outcome(reading: Reading, findings: list[Finding]) -> Outcome:
    numbers = {"network": reading.network.name, "subject": reading.subject.name, "label": reading.subject.label}
    for finding in findings:
        numbers |= finding.numbers
    return Outcome(
        COMMAND,
        f"How the network {reading.network.name} reads {reading.subject.name}",
        "\n\n".join(finding.text for finding in findings),
        [finding.figure for finding in findings],
        numbers,
    )
