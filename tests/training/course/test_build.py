import re

import nbformat
import numpy as np
import pytest

import train
from tests.support.tiny import save_npz, tiny_digits
from training.course.build import (
    COURSE,
    MADE_FROM,
    NAMES,
    Edition,
    anywhere,
    as_text,
    build,
    execute,
    fingerprint,
    phrases,
    source_text,
    typeset,
)
from training.course.notebook import is_right

LANGUAGES = sorted(NAMES)
REMEDY = "make them anew: python train.py notebook --publish"
SMALL = """# %% [markdown] lang="en"
# # Title

# %% [markdown] lang="fr"
# # Titre : ici

# %% tags=["parameters"]
DATA = None  # where
LIMIT = 6000

# %% [raw] lang="fr"
# where -> où ?
# the answer is {LIMIT}
# -> la réponse est {LIMIT}


# %% tags=["exercise"]
def double(n):
    # solution
    return 2 * n
    # end


print(f"the answer is {LIMIT}")
"""


def code_of(notebook):
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


def kept(language, is_exercise=False):
    """A notebook of the project."""
    return nbformat.read(COURSE / Edition(language, is_exercise).file, as_version=4)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("is_exercise", [False, True])
def test_the_notebooks_kept_are_those_the_source_makes(language, is_exercise):
    edition = Edition(language, is_exercise)
    assert (COURSE / edition.file).stat().st_size < 3_000_000, "larger ones are not shown on GitHub"
    notebook, built = kept(language, is_exercise), build(edition)
    assert notebook.metadata.pop(MADE_FROM, None) == (None if is_exercise else fingerprint(built)), REMEDY
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(bool(cell.execution_count) != is_exercise for cell in cells)
    for cell in cells:
        cell.outputs, cell.execution_count = [], None
    assert as_text(notebook) == as_text(built), REMEDY


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("is_exercise", [False, True])
def test_every_notebook_is_valid_and_holds_no_marks_of_its_making(language, is_exercise):
    notebook = build(Edition(language, is_exercise))
    nbformat.validate(notebook)
    everything = "\n".join(cell.source for cell in notebook.cells)
    assert not re.search(r"# (solution|end)$|lang=|source's|jupytext", everything, re.MULTILINE)
    for code in code_of(notebook):
        compile(code, "cell", "exec")


def test_languages_share_all_code_and_only_what_is_shown_differs():
    english, french = (build(Edition(language)) for language in ("en", "fr"))
    assert [cell.cell_type for cell in english.cells] == [cell.cell_type for cell in french.cells]

    def bare(code):  # without what is in quotes, comments, and the language itself, which build.py sets
        return re.sub(r"\"[^\"\n]*\"|# .*|(?<=LANGUAGE = )'\w\w'", "", code)

    assert [bare(code) for code in code_of(english)] == [bare(code) for code in code_of(french)]


def test_every_phrase_that_the_code_shows_has_its_french_and_no_french_is_left_over():
    import jupytext

    words = phrases(jupytext.reads(source_text(), fmt="py:percent").cells)
    english = "\n".join(code_of(build(Edition("en"))))
    shown = {
        text for text in re.findall(r'"([^"\n]*)"', english) if " " in text.strip() and re.search("[a-z]{3} ", text)
    }
    comments = set(re.findall(r" # (.+)$", english, re.MULTILINE))
    assert (shown | comments) - set(words) == set()
    assert [phrase for phrase in words if phrase not in english] == []


@pytest.mark.parametrize("was_run", [True, False])
def test_what_is_published_does_not_tell_where_the_data_lay(was_run):
    edition = Edition("en", settings={"DATA": "/home/me/mnist.npz", "LIMIT": 77})
    notebook, plain = build(edition), build(Edition("en", settings={"LIMIT": 77}))
    if was_run:
        notebook.metadata[MADE_FROM] = fingerprint(notebook)
        notebook.cells[2].execution_count = 1
    published = anywhere(notebook, edition)
    assert "/home/me" in as_text(notebook)
    assert published.metadata.get(MADE_FROM) == (fingerprint(plain) if was_run else None)
    assert published.cells[2].execution_count == (1 if was_run else None)
    assert [cell.source for cell in published.cells] == [cell.source for cell in plain.cells]


def test_the_fill_in_version_leaves_open_just_the_solutions():
    solved, open_ones = (code_of(build(Edition("en", is_exercise))) for is_exercise in (False, True))
    differing = [(a, b) for a, b in zip(solved, open_ones, strict=True) if a != b]
    assert len(differing) == 9
    assert all("...  # your turn" in b and "solution" not in a for a, b in differing)
    assert "...  # à vous de jouer" in "".join(code_of(build(Edition("fr", True))))


def test_a_small_source():
    settings = {"DATA": "a\\b.npz", "LIMIT": 5}
    french = build(Edition("fr", is_exercise=True, settings=settings), SMALL)
    assert [cell.source for cell in french.cells] == [
        "# Titre\u00a0: ici",
        "DATA = 'a\\\\b.npz'  # où\u00a0?\nLIMIT = 5",
        'def double(n):\n    ...  # à vous de jouer\n\n\nprint(f"la réponse est {LIMIT}")',
    ]
    assert "    return 2 * n\n" in build(Edition("en"), SMALL).cells[2].source


@pytest.mark.parametrize(
    ("plain", "set_well"),
    [
        ("Quoi ? « l'un » : 10 %", "Quoi\u00a0? «\u00a0l’un\u00a0»\u00a0: 10\u00a0%"),
        ("l'**ensemble**", "l’**ensemble**"),
        ("`a ? 'b'` et $x : y$", "`a ? 'b'` et $x : y$"),
    ],
)
def test_french_typography_leaves_code_alone(plain, set_well):
    assert typeset(plain) == set_well


@pytest.mark.parametrize(
    ("answer", "right"),
    [
        ([1, 2.00001], True),
        ([1, 3], False),
        ([[1, 2]], False),
        (None, False),
        (..., False),
        (np.array([1, 2]), True),
        ("ab", False),
    ],
)
def test_answers(answer, right):
    assert is_right(answer, [1, 2]) is right
    assert is_right(["47", "11"], ["47", "11"])
    assert not is_right(None, ["47", "11"])


def kinds(notebook):
    """For each code cell what it shows: texts, pictures."""
    return [
        {kind for one in cell.outputs for kind in one.get("data", {"text/plain": ""})}
        for cell in notebook.cells
        if cell.cell_type == "code"
    ]


@pytest.mark.timeout(400)
@pytest.mark.parametrize(("language", "words"), [("en", []), ("fr", ["--exercise"])], ids=["solved", "open, in French"])
def test_every_cell_runs(language, words, tmp_path):
    data = str(save_npz(tiny_digits(), tmp_path / "mnist.npz"))
    command = ["notebook", "--execute", "--language", language, *words, "--data", data, "--limit", "100"]
    assert train.main([*command, "--out", str(tmp_path)]) == 0
    file = Edition(language, bool(words)).file
    notebook = nbformat.read(tmp_path / file, as_version=4)
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    shown = "".join(output.text for output in outputs if output.output_type == "stream")
    checks = "\n".join(code_of(notebook)).count("\ncheck(")
    assert (shown.count("✔"), shown.count("✏")) == ((0, checks) if words else (checks, 0))
    assert kinds(notebook) == kinds(kept(language)), "what is kept was made by other code; " + REMEDY
    assert all(output.name != "stderr" for output in outputs if output.output_type == "stream")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--data", "{tmp}/none.npz"], "none.npz: no such file"),
        (["--out", "{tmp}/file/notebooks"], "cannot be written"),
        (["--execute", "--language", "en", "--data", "{tmp}/file"], "walkthrough.ipynb, cell 5: "),
    ],
    ids=["no data", "unwritable", "damaged data"],
)
def test_what_the_user_can_put_right_is_one_line(words, message, tmp_path, capfd):
    (tmp_path / "file").write_text("no archive")
    words = [word.format(tmp=tmp_path) for word in words]
    assert train.main(["notebook", "--out", str(tmp_path / "out"), *words]) == 1
    error = capfd.readouterr().err
    assert error.startswith("train.py: ")
    assert message in error
    assert error.count("\n") == 1


def test_the_kernels_own_noise_stays_out_of_the_terminal(capfd):
    cells = [nbformat.v4.new_code_cell("import os\nwritten = os.write(2, b'noise\\n')\nprint('shown')")]
    notebook = nbformat.v4.new_notebook(cells=cells)
    execute(notebook, "noise")
    assert "shown" in "".join(output.text for output in notebook.cells[0].outputs)
    assert capfd.readouterr().err == ""
