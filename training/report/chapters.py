"""Puts what was found into the chapters of a report: text as Markdown, pictures with captions, and what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from training.evaluation.remarks import remark
from training.synthesis.source_data import FitRun, Material, Result

# Chapters between training and comments: heading, the command whose results they hold, what it would show.
BY_COMMAND = (
    ("Evaluation", "evaluate", "the confusion matrix, precision and recall, the worst mistakes and the calibration"),
    ("Altered images", "altered", "how robust the network is against enlarged, moved, turned and noisy images"),
    ("Comparison", "compare", "other architectures and classical methods, with their accuracy and cost"),
    ("Search", "search", "which hyperparameters matter"),
    ("How the network sees", "explain", "filters, feature maps and where the network looks"),
)
DATA = ("Data", "explore", "how many images each digit has, samples, means and a projection")
OF_ONE_NETWORK = ("evaluate", "altered", "explain")  # the commands that take --model
SETTINGS_SHOWN = {
    "arch": "architecture",
    "recipe": "recipe",
    "epochs": "epochs at most",
    "batch_size": "images a step",
    "learning_rate": "learning rate at its peak",
    "weight_decay": "weight decay",
    "dropout": "dropout",
    "label_smoothing": "label smoothing",
    "patience": "patience of early stopping, epochs",
    "is_augmented": "images varied anew each epoch",
    "limit": "training images at most",
    "seed": "seed",
}


PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True)
class Picture:
    """A picture of the report.

    Attributes:
        folder: the results' folder; nothing from outside of it gets into a report.
        name: of the PNG file there.
        caption: what it shows, in a sentence.
    """

    folder: Path
    name: str
    caption: str

    @property
    def path(self) -> Path:
        """The file."""
        return self.folder / self.name

    def read(self) -> bytes | None:
        """Reads the file; None where there is none, where it is no PNG, or lies elsewhere (a link, `../`).

        A run that came from others could name any file of this machine.
        """
        content = read_within(self.folder, self.name)
        return content if content is not None and content.startswith(PNG_SIGNATURE) else None


def read_within(folder: Path, name: str) -> bytes | None:
    """Reads a file of a folder; None where there is none, or where its name leads out of the folder."""
    try:
        path = (folder / name).resolve(strict=True)
        return path.read_bytes() if path.is_relative_to(folder.resolve()) and path.is_file() else None
    except (OSError, ValueError, RuntimeError):  # no such name, no right to it, links in a circle
        return None


@dataclass(frozen=True)
class Passage:
    """Text, and the pictures it speaks of.

    Attributes:
        text: Markdown, its headings beginning at the third level.
        pictures: in order.
    """

    text: str
    pictures: Sequence[Picture] = ()


@dataclass(frozen=True)
class Chapter:
    """A chapter of the report.

    Attributes:
        title: its heading.
        passages: in order; none when it was not run.
        missing: what is missing and the command that would make it; empty when nothing is.
    """

    title: str
    passages: Sequence[Passage] = field(default_factory=tuple)
    missing: str = ""

    @property
    def anchor(self) -> str:
        """What links lead to."""
        return self.title.lower().replace(" ", "-")


def chapters(material: Material, diagrams: Sequence[Passage], comments: str | None, out: Path) -> list[Chapter]:
    """All chapters, those without results too.

    Args:
        material: what was found.
        diagrams: the architectures, drawn.
        comments: the author's own Markdown, if any.
        out: the folder to name in commands that would add what is missing.
    """
    fit = f"Not run. It would show %s: `python train.py fit --out {out}/fit`"
    architecture = Chapter("Architecture", diagrams, "" if diagrams else fit % "the network's layers")
    training = [_training(run) for run in material.runs]
    body = [
        _by_command(material, *DATA, out=out),
        architecture,
        Chapter("Training", training, "" if training else fit % "settings, learning curves and the first test"),
        *(_by_command(material, *chapter, out=out) for chapter in BY_COMMAND),
    ]
    if others := _others(material):
        body.append(Chapter("More results", others))
    return [_summary(material, body), *body, _comments(material, comments), *_repeat(material)]


def _by_command(material: Material, title: str, command: str, shows: str, *, out: Path) -> Chapter:
    passages = [_passage(result) for result in material.of(command)]
    model = _model_flag(material) if command in OF_ONE_NETWORK else ""
    line = f"python train.py {command}{model} --out {out}/{command}"
    return Chapter(title, passages, "" if passages else f"Not run. It would show {shows}: `{line}`")


def _model_flag(material: Material) -> str:
    file = material.runs[0].network_file if material.runs else None
    return f" --model {file}" if file else ""


def _others(material: Material) -> list[Passage]:
    known = {DATA[1], *(command for _, command, _ in BY_COMMAND)}
    return [_passage(result) for result in material.results if result.outcome.command not in known]


def _passage(result: Result) -> Passage:
    outcome = result.outcome
    text = f"### {outcome.title}\n\n{lowered(outcome.text.strip(), by=2)}"
    return Passage(text, [Picture(result.folder, figure.file, figure.caption) for figure in outcome.figures])


def lowered(markdown: str, by: int) -> str:
    """The same Markdown with every heading `by` levels further down; code is left alone."""
    lines, is_code = [], False
    for line in markdown.splitlines():
        is_code ^= line.lstrip().startswith("```")
        lines.append("#" * by + line if line.startswith("#") and not is_code else line)
    return "\n".join(lines)


def _training(run: FitRun) -> Passage:
    if not run.metrics:
        line = f"python train.py fit --resume {run.folder}"
        return Passage(f"### Run {run.folder.name}\n\nNot finished; go on with it: `{line}`")
    metrics = run.metrics
    rows = [(label, _setting(metrics["config"].get(name))) for name, label in SETTINGS_SHOWN.items()]
    scores = [
        (name, f"{one['count']:,}", f"{one['accuracy']:.2%}", f"{one['calibration_error']:.4f}")
        for name, one in metrics["tests"].items()
    ]
    text = (
        f"### {metrics['config']['arch']}, run {run.folder.name}\n\nMade by `{metrics['command']}`, from:\n\n"
        + "\n".join(f"- {source}" for source in metrics.get("sources", ()))
        + f"\n\n{table(('setting', 'value'), rows)}\n\nTested once, at the end:\n\n"
        + table(("set", "images", "right", "expected calibration error"), scores)
        + f"\n\n{_reports(run)}"
    )
    return Passage(text, _run_pictures(run))


def _setting(value: object) -> str:
    match value:
        case None:
            return "none"
        case bool():
            return "yes" if value else "no"
        case int():
            return f"{value:,}"
    return str(value)


def _reports(run: FitRun) -> str:
    """The text tables of precision and recall that a run leaves."""
    texts = {name: read_within(run.folder, f"report_{stem}.txt") for name, stem in _tests(run).items()}
    return "\n\n".join(
        f"#### Precision and recall: {name}\n\n```\n{text.decode('utf-8', 'replace').rstrip()}\n```"
        for name, text in texts.items()
        if text is not None
    )


def _tests(run: FitRun) -> dict[str, str]:
    """The test sets, with what `training/fitting/finish.py` calls them in file names."""
    return {name: name.lower().replace(" ", "_") for name in run.metrics["tests"]}


def _run_pictures(run: FitRun) -> list[Picture]:
    curves = "Learning curves: accuracy and loss over the epochs, on training and validation images."
    matrix = "Confusion matrix on {}: a row a true digit, a column a reading."
    tests = [Picture(run.folder, f"confusion_{stem}.png", matrix.format(name)) for name, stem in _tests(run).items()]
    return [Picture(run.folder, "curves.png", curves), *tests]


def _summary(material: Material, body: Sequence[Chapter]) -> Chapter:
    """The key figures, and which chapters are missing."""
    rows = []
    for run in (run for run in material.runs if run.metrics):
        for name, scores in run.metrics["tests"].items():
            what = f"{run.metrics['config']['arch']}, {run.metrics['parameters']:,} parameters"
            rows.append((f"fit ({run.folder.name})", what, name, f"{scores['accuracy']:.2%} of {scores['count']:,}"))
    for result in material.results:
        if isinstance(accuracy := result.outcome.numbers.get("accuracy"), float):
            count = result.outcome.numbers.get("count")
            right = f"{accuracy:.2%}" + (f" of {count:,}" if count else "")
            rows.append((result.outcome.command, result.outcome.title, "", right))
    text = table(("command", "what", "set", "right"), rows) if rows else "No accuracy was measured yet."
    absent = [chapter.title for chapter in body if chapter.missing]
    missing = f"Not run yet: {', '.join(absent)}. Each of these chapters names the command for it." if absent else ""
    return Chapter("Summary", [Passage(text)], missing)


def _comments(material: Material, own: str | None) -> Chapter:
    remarks = [
        Passage(f"### What the run {run.folder.name} shows\n\n{remark(run.metrics)}")
        for run in material.runs
        if run.metrics
    ]
    passages = [Passage(lowered(own.strip(), by=2)), *remarks] if own else remarks
    missing = "" if own else "Your own words are missing: write them in a text file, and add `--comments FILE`."
    return Chapter("Comments", passages, missing)


def _repeat(material: Material) -> list[Chapter]:
    """The command lines that make the runs again."""
    lines = [run.metrics["command"] for run in material.runs if run.metrics]
    return [Chapter("How to repeat it", [Passage("```\n" + "\n".join(lines) + "\n```")])] if lines else []


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |" for line in lines)
