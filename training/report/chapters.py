"""Puts what was found into the chapters of a report: text as Markdown, pictures with captions, and what is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from capture.language import format_number, tr
from training.evaluation.summary import percent, set_name
from training.report.inputs import FitRun, ReportInputs, Result
from training.report.parts import Chapter, Passage, Picture, read_within
from training.report.remarks import remark
from training.results import stem_of, table

OF_ONE_NETWORK = ("evaluate", "altered", "explain")  # the commands that take --model


def _by_commands() -> tuple[tuple[str, str, str], ...]:
    """Give the chapters between training and comments: heading, command whose results they hold, what it would show."""
    return (
        (
            tr("Evaluation"),
            "evaluate",
            tr("the confusion matrix, precision and recall, the worst mistakes and the calibration"),
        ),
        (
            tr("Altered images"),
            "altered",
            tr("how robust the network is against enlarged, moved, turned and noisy images"),
        ),
        (tr("Comparison"), "compare", tr("other architectures and classical methods, with their accuracy and cost")),
        (
            tr("Regularisation"),
            "ablation",
            tr("what dropout, weight decay, normalisation, augmentation and early stopping are worth"),
        ),
        (tr("Search"), "search", tr("which hyperparameters matter")),
        (tr("How the network sees"), "explain", tr("filters, feature maps and where the network looks")),
    )


def _data() -> tuple[str, str, str]:
    return tr("Data"), "explore", tr("how many images each digit has, samples, means and a projection")


def _settings_shown() -> dict[str, str]:
    """Give the settings of a run that a report lists, with what they are called."""
    return {
        "arch": tr("architecture"),
        "recipe": tr("recipe"),
        "epochs": tr("epochs at most"),
        "batch_size": tr("images a step"),
        "learning_rate": tr("learning rate at its peak"),
        "weight_decay": tr("weight decay"),
        "dropout": tr("dropout"),
        "label_smoothing": tr("label smoothing"),
        "patience": tr("patience of early stopping, epochs"),
        "is_augmented": tr("images varied anew each epoch"),
        "limit": tr("training images at most"),
        "seed": tr("seed"),
    }


def chapters(inputs: ReportInputs, diagrams: Sequence[Passage], comments: str | None, out: Path) -> list[Chapter]:
    """Write all chapters, those without results too.

    Args:
        inputs: what was found.
        diagrams: the architectures, drawn.
        comments: the author's own Markdown, if any.
        out: the folder to name in commands that would add what is missing.
    """
    fit = f"python train.py fit --out {out}/fit"
    no_layers = _not_run(tr("the network's layers"), fit)
    no_training = _not_run(tr("settings, learning curves and the first test"), fit)
    training = [_training(run) for run in inputs.runs]
    body = [
        _by_command(inputs, *_data(), out=out),
        Chapter(tr("Architecture"), diagrams, "" if diagrams else no_layers),
        Chapter(tr("Training"), training, "" if training else no_training),
        *(_by_command(inputs, *chapter, out=out) for chapter in _by_commands()),
    ]
    if others := _others(inputs):
        body.append(Chapter(tr("More results"), others))
    return [_summary(inputs, body), *body, _comments(inputs, comments), *_repeat(inputs)]


def _not_run(shows: str, line: str) -> str:
    return tr("Not run. It would show {shows}: `{line}`", shows=shows, line=line)


def _by_command(inputs: ReportInputs, title: str, command: str, shows: str, *, out: Path) -> Chapter:
    passages = [_passage(result) for result in inputs.of(command)]
    model = _model_flag(inputs) if command in OF_ONE_NETWORK else ""
    words = "compare --ablate" if command == "ablation" else command
    line = f"python train.py {words}{model} --out {out}/{command}"
    return Chapter(title, passages, "" if passages else _not_run(shows, line))


def _model_flag(inputs: ReportInputs) -> str:
    file = inputs.runs[0].network_file if inputs.runs else None
    return f" --model {file}" if file else ""


def _others(inputs: ReportInputs) -> list[Passage]:
    known = {command for _, command, _ in (_data(), *_by_commands())}
    return [_passage(result) for result in inputs.results if result.outcome.command not in known]


def _passage(result: Result) -> Passage:
    outcome = result.outcome
    text = f"### {outcome.title}\n\n{lowered(outcome.text.strip(), by=2)}"
    return Passage(text, [Picture(result.folder, figure.file, figure.caption) for figure in outcome.figures])


def lowered(markdown: str, by: int) -> str:
    """Move every heading of Markdown `by` levels further down; code is left alone."""
    lines, is_code = [], False
    for line in markdown.splitlines():
        is_code ^= line.lstrip().startswith("```")
        lines.append("#" * by + line if line.startswith("#") and not is_code else line)
    return "\n".join(lines)


def _training(run: FitRun) -> Passage:
    if not run.metrics:
        title = tr("Run {name}", name=run.folder.name)
        line = f"python train.py fit --resume {run.folder}"
        return Passage(f"### {title}\n\n" + tr("Not finished; go on with it: `{line}`", line=line))
    metrics = run.metrics
    rows = [(label, _setting(metrics["config"].get(name))) for name, label in _settings_shown().items()]
    scores = [
        (
            set_name(name),
            format_number(one["count"], ","),
            percent(one["accuracy"], one["count"]),
            format_number(one["calibration_error"], ".4f"),
        )
        for name, one in metrics["tests"].items()
    ]
    head = (tr("set"), tr("images"), tr("right"), tr("expected calibration error"))
    parts = [
        f"### {metrics['config']['arch']}, {run.folder.name}",
        tr("Made by `{command}`, from:", command=metrics["command"]),
        "\n".join(f"- {source}" for source in metrics.get("sources", ())),
        table((tr("setting"), tr("value")), rows),
        tr("Tested once, at the end:"),
        table(head, scores),
        _reports(run),
    ]
    return Passage("\n\n".join(parts), _run_pictures(run))


def _setting(value: object) -> str:
    match value:
        case None:
            return tr("(not set)")
        case bool():
            return tr("yes") if value else tr("no")
        case int():
            return format_number(value, ",")
        case float():
            return format_number(value, "g")
    return str(value)


def _reports(run: FitRun) -> str:
    """Read the text tables of precision and recall that a run has left."""
    texts = {name: read_within(run.folder, f"report_{stem}.txt") for name, stem in _tests(run).items()}
    return "\n\n".join(
        f"#### {tr('Precision and recall: {name}', name=set_name(name))}\n\n"
        f"```\n{text.decode('utf-8', 'replace').rstrip()}\n```"
        for name, text in texts.items()
        if text is not None
    )


def _tests(run: FitRun) -> dict[str, str]:
    """Give the test sets, with what `training/fitting/finish.py` calls them in file names."""
    return {name: stem_of(name) for name in run.metrics["tests"]}


def _run_pictures(run: FitRun) -> list[Picture]:
    curves = tr("Learning curves: accuracy and loss over the epochs, on training and validation images.")
    tests = [
        Picture(
            run.folder,
            f"confusion_{stem}.png",
            tr("Confusion matrix on {name}: a row a true digit, a column a reading.", name=set_name(name)),
        )
        for name, stem in _tests(run).items()
    ]
    return [Picture(run.folder, "curves.png", curves), *tests]


def _summary(inputs: ReportInputs, body: Sequence[Chapter]) -> Chapter:
    """Write the key figures, and which chapters are missing."""
    rows = []
    for run in (run for run in inputs.runs if run.metrics):
        for name, scores in run.metrics["tests"].items():
            arch, parameters = run.metrics["config"]["arch"], run.metrics["parameters"]
            what = tr("{arch}, {parameters:,} parameters", arch=arch, parameters=parameters)
            rows.append((f"fit ({run.folder.name})", what, set_name(name), _share(scores)))
    rows += [
        (result.outcome.command, result.outcome.title, "", _share(result.outcome.numbers))
        for result in inputs.results
        if isinstance(result.outcome.numbers.get("accuracy"), float)
    ]
    none = tr("No accuracy was measured yet.")
    text = table((tr("command"), tr("what"), tr("set"), tr("right")), rows) if rows else none
    absent = ", ".join(chapter.title for chapter in body if chapter.missing)
    missing = tr("Not run yet: {chapters}. Each of these chapters names the command for it.", chapters=absent)
    return Chapter(tr("Summary"), [Passage(text)], missing if absent else "")


def _share(scores: Mapping[str, Any]) -> str:
    """Write how much was read right, as far as so many images can tell."""
    if not (count := scores.get("count")):
        return format_number(scores["accuracy"], ".2%")
    return tr("{share} of {count:,}", share=percent(scores["accuracy"], count), count=count)


def _comments(inputs: ReportInputs, own: str | None) -> Chapter:
    remarks = [
        Passage(f"### {tr('What the run {name} shows', name=run.folder.name)}\n\n{remark(run.metrics)}")
        for run in inputs.runs
        if run.metrics
    ]
    passages = [Passage(lowered(own.strip(), by=2)), *remarks] if own else remarks
    missing = tr("Your own words are missing: write them in a text file, and add `--comments FILE`.")
    return Chapter(tr("Comments"), passages, "" if own else missing)


def _repeat(inputs: ReportInputs) -> list[Chapter]:
    """Write the command lines that make the runs again."""
    lines = [run.metrics["command"] for run in inputs.runs if run.metrics]
    return [Chapter(tr("How to repeat it"), [Passage("```\n" + "\n".join(lines) + "\n```")])] if lines else []
