"""Explains how a network reads one digit: puts the steps that its layers allow together to one result."""

from __future__ import annotations

from pathlib import Path

from keras import Model

from capture.language import tr
from model.classifier import CLASS_NAMES
from training.datasets.labelled import Labelled
from training.explain.insight import InsightError, activations, convolutions
from training.explain.steps import (
    COMMAND,
    Finding,
    Reading,
    class_maps,
    feature_maps,
    filters,
    hidden_parts,
    layer_path,
    nearest_images,
    neurons,
    verdict,
)
from training.explain.subject import Subject
from training.results import Outcome


def explain(
    network: Model, subject: Subject, memory: Labelled | None, folder: Path, target: str | None = None
) -> Outcome:
    """Explain one reading.

    Args:
        network: built by `model/network.py`, trained.
        subject: the digit.
        memory: training images among which the nearest are looked for; None leaves that step out.
        folder: where pictures, text and figures go.
        target: the class to ask for, as in `CLASS_NAMES`; the one that is read when None.

    Raises:
        InsightError: the network has no such class.
        OutcomeError: the folder cannot be written.
    """
    values = activations(network, subject.glyph)
    if target and CLASS_NAMES.index(target) >= network.output_shape[-1]:
        raise InsightError("--class {target}: this network has no such class; choose a digit", target=target)
    reading = Reading(network, subject, values, folder, CLASS_NAMES.index(target) if target else None)
    findings = [verdict(reading), layer_path(reading)]
    findings += [filters(reading), feature_maps(reading)] if convolutions(network) else [neurons(reading)]
    findings += [class_maps(reading), hidden_parts(reading)]
    findings += [nearest_images(reading, memory.normalised())] if memory else []
    outcome = _outcome(reading, findings)
    outcome.write(folder)
    return outcome


def _outcome(reading: Reading, findings: list[Finding]) -> Outcome:
    numbers = {"network": reading.network.name, "subject": reading.subject.name, "label": reading.subject.label}
    for finding in findings:
        numbers |= finding.numbers
    return Outcome(
        COMMAND,
        tr("How the network {name} reads {subject}", name=reading.network.name, subject=reading.subject.name),
        "\n\n".join(finding.text for finding in findings),
        [finding.figure for finding in findings],
        numbers,
    )
