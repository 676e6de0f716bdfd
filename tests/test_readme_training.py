"""The README's training commands, one after the other, as they stand there: a reader who copies them gets results.

Only limits are added, and data drawn for the test in place of MNIST.
"""

import gzip
import json
import re
import shlex
import string
from itertools import chain
from pathlib import Path

import cv2
import numpy as np
import pytest

import train
from capture.read.decision import LOOKS
from capture.read.networks import DEFAULT_DECISION
from tests.support.tiny import save_npz, tiny_digits, tiny_labelled
from training.evaluation import ablation, variants
from training.exercises.writing.signs import DIGITS_FILE, LINES_FILE, SIGNS_FILE, WORDS_FILE
from training.fitting import adapt

ROOT = Path(__file__).resolve().parents[1]
FENCE = re.compile(r"^```bash\n(.*?)^```", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^python (train\.py [^#\n]+)", re.MULTILINE)
ADAPT = re.compile(r"`python (train\.py fit --extra [^`]+)`")
LIMITS = {
    "explore": "--limit 40",
    "fit": "--arch cnn_small --epochs 1",
    "evaluate": "",
    "altered": "--limit 20",
    "compare": "--methods dense1 knn --epochs 1 --repeats 1",
    "search": "--trials 1",
    "explain": "",
    "report": "",
    "decide": "--count 6 --processes 1 --strokes pens --pages pages --out decision.npz",
    "notebook": "",
}
OF_OWN_DIGITS = "--limit 60"
WITHOUT_DATA = {"report", "notebook"}
PEN_STROKE = '.SEGMENT DIGIT 0 ? "{0}"\n.COMMENT {0} 1 1\n.PEN_DOWN\n 0 300\n {0}0 100\n 90 0\n.PEN_UP\n'
UNIPEN = "FOLDER"  # so the README calls what a reader must put there

pytestmark = [
    pytest.mark.timeout(900),  # a dozen commands: about a minute of processor time
    # Keras hands TensorFlow's tensors to NumPy in a way that NumPy 2 calls outdated
    pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy:DeprecationWarning"),
]


def commands():
    """The lines of the README's block of training commands, in their order, and the one for one's own hand."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (block,) = (block for block in FENCE.findall(text) if "train.py explore" in block)
    return [shlex.split(line)[1:] for line in COMMAND.findall(block) + ADAPT.findall(text)]


@pytest.fixture
def desk(tmp_path, monkeypatch):
    """A folder with what the commands name: MNIST, own digits, UNIPEN; nothing is installed from it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(adapt, "replace_installed", lambda out: (out / "installed").touch())
    monkeypatch.setattr(ablation, "VARIANTS", (variants.ALL, variants.NONE))
    save_npz(tiny_digits(), tmp_path / "mnist.npz")
    write_own(tmp_path / "my_digits")
    write_unipen(tmp_path / UNIPEN)
    (tmp_path / "pens").write_text("".join(map(PEN_STROKE.format, 2 * string.digits)))
    return tmp_path


def write_own(folder):
    folder.mkdir()
    images = tiny_labelled(2, seed=3)
    for number, (image, label) in enumerate(zip(images.x, images.y, strict=True)):
        cv2.imwrite(str(folder / f"{label}_{number}.png"), 255 - cv2.resize(image, (120, 120)))


def write_unipen(folder):
    """One writer's characters, all scrawls, in the files that `decide` reads."""
    rng = np.random.default_rng(0)

    def scrawl(label):
        return {"label": label, "writer": "w", "split": "train", "strokes": [rng.integers(0, 60, 12).tolist()]}

    line = {"split": "train", "signs": [scrawl(sign) for sign in "a=3"]}
    files = {
        DIGITS_FILE: [scrawl(digit) for digit in string.digits],
        SIGNS_FILE: [scrawl(letter) for letter in string.ascii_letters + string.punctuation],
        LINES_FILE: [line],
        WORDS_FILE: [scrawl("word")],
    }
    folder.mkdir()
    for name, rows in files.items():
        (folder / name).write_bytes(gzip.compress("".join(json.dumps(row) + "\n" for row in rows).encode()))


def with_limits(words):
    """A command line's words, with the shell's `*` spelt out, and what keeps it short."""
    spelt_out = chain.from_iterable(sorted(map(str, Path().glob(word))) if "*" in word else [word] for word in words)
    data = [] if words[0] in WITHOUT_DATA or "--images" in words else ["--data", "mnist.npz"]
    limits = OF_OWN_DIGITS if "--extra" in words else LIMITS[words[0]]
    return [*spelt_out, *data, *shlex.split(limits)]


def test_the_readmes_training_commands_work_one_after_the_other(desk, capsys):
    done = commands()
    assert {words[0] for words in done} == set(train.COMMANDS), "the README names every command"
    for words in done:
        code, error = train.main(with_limits(words)), capsys.readouterr().err
        is_refused = "--install" in words and "not installed, the network stays as it was: " in error
        assert code in (0, None) or is_refused, f"{words}: {error}"  # digits drawn so are no hand to learn
    results = {path.stem for path in desk.glob("runs/*/*.json")}
    assert {"explore", "evaluate", "altered", "compare", "ablation", "search", "explain", "extra"} <= results
    assert (desk / "decision.npz").stat().st_size > 0
    assert {path.name for path in desk.glob("runs/*/*.html")} == {"report.html", "slides.html"}
    assert len(list(desk.glob("runs/*notebook/*.ipynb"))) == 2


def test_a_decision_goes_on_from_the_one_that_ships(desk):
    words = f"decide --unipen {UNIPEN} --from {shlex.quote(str(DEFAULT_DECISION))} --first 7"
    assert train.main(with_limits(shlex.split(words))) in (0, None)
    assert sorted(path.stem for path in Path("pages").glob("*.json")) == [f"{number:06}" for number in range(6, 12)]
    before, after = np.load(DEFAULT_DECISION), np.load("decision.npz")
    assert set(before) == set(after)
    changed = {name for name in before if not np.array_equal(before[name], after[name])}
    assert {f"{look}/embed" for look in LOOKS} <= changed
    assert all(name.startswith(LOOKS) for name in changed)
