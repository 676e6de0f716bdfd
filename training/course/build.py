"""Makes the course notebooks of one source, `chapters/`: by language, with the solutions or without, also run.

The source is a notebook in jupytext's percent format, a file a chapter. Texts are there in every language, marked
`lang="en"` or `lang="fr"`; code is there once, so that languages cannot drift apart: what it shows is translated by the
lists `english -> French` that follow it. Between `# solution` and `# end` stands what the fill-in version leaves open.
"""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from subprocess import DEVNULL
from typing import TYPE_CHECKING, Any

from capture.language import ENGLISH, FRENCH, typeset
from model.errors import DigitsError
from training.results import whole_file

if TYPE_CHECKING:
    from nbformat import NotebookNode

COURSE = Path(__file__).parent
CHAPTERS = sorted((COURSE / "chapters").glob("chapter*.py"))
ROOT = COURSE.parents[1]
NAMES = {ENGLISH: ("walkthrough", "walkthrough_exercises"), FRENCH: ("parcours", "parcours_exercices")}
YOUR_TURN = {ENGLISH: "your turn", FRENCH: "à vous de jouer"}
ARROW = " -> "  # between an English phrase and the French one, which may begin a line of its own
SOLUTION = re.compile(r"^( *)# solution\n.*?^ *# end$", re.MULTILINE | re.DOTALL)
MARKER = re.compile(r"^ *# (?:solution|end)\n?", re.MULTILINE)
PHRASE = re.compile(r'(?<=")[^"\n]+(?=")|(?<=# )[^"\n]+$', re.MULTILINE)  # what stands in quotes, or in a comment
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
MADE_FROM = "outputs_made_from"  # in an executed notebook's metadata: the sha256 of what was executed


class NotebookError(DigitsError):
    """A notebook cannot be run."""


@dataclass(frozen=True)
class Edition:
    """One of the notebooks that the source makes.

    Attributes:
        language: a key of `NAMES`.
        is_exercise: whether the solutions are left open, to be filled in.
        settings: new values for the source's parameters, by name.

    Example:
        edition = Edition("fr", is_exercise=True)
        write(build(edition), Path(edition.file))
    """

    language: str
    is_exercise: bool = False
    settings: Mapping[str, Any] | None = None

    @property
    def file(self) -> str:
        """The notebook's name."""
        return f"{NAMES[self.language][self.is_exercise]}.ipynb"


def build(edition: Edition, source: str | None = None) -> NotebookNode:
    """Make one notebook, without outputs: the same source gives the same bytes."""
    import jupytext
    from nbformat.v4 import new_notebook

    cells = jupytext.reads(source or source_text(), fmt="py:percent").cells
    words = phrases(cells) if edition.language == FRENCH else {}
    kept = [cell for cell in cells if _belongs(cell, edition.language)]
    for number, cell in enumerate(kept, start=1):
        cell.source = _code(cell, edition, words) if cell.cell_type == "code" else _text(cell.source, edition.language)
        cell.id = f"cell-{number}"
        cell.metadata.pop("lang", None)
    return new_notebook(cells=kept, metadata=METADATA)


def source_text() -> str:
    """Write all chapters as one notebook in percent format."""
    return "\n".join(chapter.read_text(encoding="utf-8") for chapter in CHAPTERS)


def fingerprint(notebook: NotebookNode) -> str:
    """Compute the sha256 of a notebook without outputs, as `build` makes it."""
    return hashlib.sha256(as_text(notebook).encode()).hexdigest()


def phrases(cells: list[NotebookNode]) -> dict[str, str]:
    """Read the French for what the code shows and comments, from the lists between the cells."""
    lists = [cell.source.replace("\n-> ", ARROW).splitlines() for cell in cells if cell.cell_type == "raw"]
    pairs = (line.split(ARROW) for lines in lists for line in lines)
    return {english: typeset(french) for english, french in pairs}


def _belongs(cell: NotebookNode, language: str) -> bool:
    is_for_readers = cell.cell_type != "raw" and "source" not in cell.metadata.get("tags", ())
    return is_for_readers and cell.metadata.get("lang", language) == language


def _code(cell: NotebookNode, edition: Edition, words: Mapping[str, str]) -> str:
    code = cell.source
    if edition.is_exercise:
        code = SOLUTION.sub(rf"\1...  # {YOUR_TURN[edition.language]}", code)
    code = MARKER.sub("", code)
    if "parameters" in cell.metadata.get("tags", ()):
        code = _set(code, {**(edition.settings or {}), "LANGUAGE": edition.language})
    return PHRASE.sub(lambda found: words.get(found[0], found[0]), code)


def _set(code: str, settings: Mapping[str, Any]) -> str:
    """Give parameters other values, and keep their comments."""
    for name, value in settings.items():
        code = re.sub(rf"^{name} = .*?(?=  #|$)", lambda _, n=name, v=value: f"{n} = {v!r}", code, flags=re.MULTILINE)
    return code


def _text(text: str, language: str) -> str:
    return typeset(text) if language == FRENCH else text


def write(notebook: NotebookNode, path: Path) -> None:
    """Write a notebook file, whole or not at all."""
    with whole_file(path) as partial:
        partial.write_text(as_text(notebook), encoding="utf-8")


def as_text(notebook: NotebookNode) -> str:
    """Write a notebook as its file holds it."""
    import nbformat

    return nbformat.writes(notebook) + "\n"


def execute(notebook: NotebookNode, name: str) -> None:
    """Run all cells, in the project's folder, and put what they show into the notebook.

    Raises:
        NotebookError: a cell fails, or there is nothing to run it with.
    """
    from jupyter_client.kernelspec import NoSuchKernel
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, DeadKernelError
    from nbformat import from_dict
    from tqdm import tqdm

    source, cells = fingerprint(notebook), sum(cell.cell_type == "code" for cell in notebook.cells)
    with tqdm(total=cells, desc=name, unit=" cells", disable=not sys.stderr.isatty()) as bar:
        client = NotebookClient(
            notebook,
            timeout=None,
            resources={"metadata": {"path": str(ROOT)}},
            record_timing=False,
            coalesce_streams=True,
            extra_arguments=["--IPKernelApp.log_level=ERROR"],  # it would warn of every connection
            on_cell_executed=lambda **_: bar.update(),
        )
        try:
            client.execute(stderr=DEVNULL)  # what cells write comes as messages: this is the kernel's noise as it ends
            notebook.metadata = from_dict(METADATA | {MADE_FROM: source})  # the kernel wrote its version into it
        except CellExecutionError as error:
            reason = str(error.evalue).strip().splitlines() or [error.ename]
            raise NotebookError(
                "{name}, {cell}: {reason}", name=name, cell=_failed(notebook), reason=reason[0]
            ) from error
        except NoSuchKernel as error:
            raise NotebookError(
                "{name}: there is no Python kernel to run it; pip install ipykernel", name=name
            ) from error
        except DeadKernelError as error:
            raise NotebookError(
                "{name}: its Python ended midway, perhaps of too little memory; lower --limit", name=name
            ) from error


def anywhere(notebook: NotebookNode, edition: Edition) -> NotebookNode:
    """Make the notebook for other machines: this one's data folder is left out of the first cell, outputs stay."""
    settings = {name: value for name, value in (edition.settings or {}).items() if name != "DATA"}
    plain = build(replace(edition, settings=settings))
    if MADE_FROM in notebook.metadata:
        plain.metadata[MADE_FROM] = fingerprint(plain)
    for cell, shown in zip(plain.cells, notebook.cells, strict=True):
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = shown.outputs, shown.execution_count
    return plain


def _failed(notebook: NotebookNode) -> str:
    """Say which cell raised, in words."""
    for number, cell in enumerate(notebook.cells, start=1):
        if any(output.output_type == "error" for output in cell.get("outputs", ())):
            return f"cell {number}"
    return "a cell"
