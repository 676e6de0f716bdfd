"""Imports run one way between the rooms, and the camera path stays light: checked by reading every file's imports."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SCRIPTS = ("run_camera.py", "train.py")
RANKS = (
    ("capture.language",),  # loads nothing of ours: every room has something to say
    ("model",),
    ("capture.types", "capture.boxes", "capture.advice", "capture.signals"),
    ("capture.synthetic",),
    ("capture.sources", "capture.detect"),
    ("capture.read", "capture"),
    ("capture.track",),
    ("capture.view",),
    ("capture.sinks",),
    ("capture.commands",),
    ("capture.loop",),  # knows window and page as functions only; both show its summary
    ("capture.window", "capture.web"),
    (
        "capture.terminal",
        "capture.parser",
        "capture.options",
        "capture.parallel",
        "capture.live_reader",
        "capture.doctor",
    ),
    (
        "training.results",
        "training.texts",
        "training.workers",
    ),
    (
        "training.datasets",
        "training.synthesis",
        "training.fitting",
        "training.exercises",
        "training.decision",
        "training.evaluation",
        "training.explain",
        "training.plots",
    ),
    ("training.report", "training.course"),
    ("training.commands", "training"),
    ("run_camera", "train"),
)
"""Rooms and single modules from the bottom to the top; who stands higher may import what stands lower or beside it."""
HEAVY = {"tensorflow", "keras", "sklearn", "matplotlib", "scipy", "pandas", "torch"}
FILES = sorted(path for top in ("model", "capture", "training") for path in (ROOT / top).rglob("*.py")) + [
    ROOT / script for script in SCRIPTS
]


def module_of(path):
    """The dotted name of a file; a package's own is that of its folder."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def rank_of(module):
    """Where a module of the project stands, by the longest name in the list that leads to it; None for a library."""
    names = module.split(".")
    for length in range(len(names), 0, -1):
        for rank, rooms in enumerate(RANKS):
            if ".".join(names[:length]) in rooms:
                return rank
    return None


def imported_modules(source):
    """Every module a piece of source imports, anywhere in it; `from a import b` as a.b, which may be a module."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = "." * node.level + (node.module or "")
            yield from (f"{base}.{alias.name}" for alias in node.names)


def wrong_imports(source, module):
    """Imports of what stands higher, and relative ones, which hide where they lead."""
    own = rank_of(module)
    for name in imported_modules(source):
        rank = rank_of(name)
        if name.startswith(".") or (rank is not None and rank > own):
            yield name


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_imports_run_one_way(path):
    assert list(wrong_imports(path.read_text(encoding="utf-8"), module_of(path))) == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_module_has_a_rank(path):
    assert rank_of(module_of(path)) is not None


@pytest.mark.parametrize(
    "path",
    [path for path in FILES if path.is_relative_to(ROOT / "capture") or path.name == "run_camera.py"],
    ids=lambda path: path.relative_to(ROOT).as_posix(),
)
def test_the_run_path_imports_nothing_heavy(path):
    packages = {module.split(".")[0] for module in imported_modules(path.read_text(encoding="utf-8"))}
    assert packages & (HEAVY | {"training"}) == set()


@pytest.mark.parametrize(
    "source, module, wrong",
    [
        ("import capture.types", "model.glyph", ["capture.types"]),
        ("from capture.read import reader", "capture.detect.find", ["capture.read.reader"]),
        ("def f():\n    from training import fitting", "capture.loop", ["training.fitting"]),
        ("from . import frame", "capture.loop", ["..frame"]),
        ("import run_camera", "training.commands.fit", ["run_camera"]),
        ("import numpy, model.glyph\nfrom capture.types import Box", "capture.detect.find", []),
    ],
)
def test_the_check_itself_sees_wrong_imports(source, module, wrong):
    assert list(wrong_imports(source, module)) == wrong


def test_starting_the_camera_program_loads_nothing_heavy():
    code = f"import sys, run_camera; print(sorted({HEAVY!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
