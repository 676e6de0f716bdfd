"""Imports run one way, and the camera path stays light: checked by reading every file's imports."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LAYERS = ("model", "capture", "training", "scripts")
SCRIPTS = ("run_camera.py", "train.py")
HEAVY = {"tensorflow", "keras", "sklearn", "matplotlib", "scipy", "pandas", "torch"}
FILES = sorted(path for layer in LAYERS[:-1] for path in (ROOT / layer).rglob("*.py")) + [
    ROOT / script for script in SCRIPTS if (ROOT / script).exists()
]


def layer_of(path):
    folder = path.relative_to(ROOT).parts[0]
    return LAYERS.index(folder) if folder in LAYERS else len(LAYERS) - 1


def imported_modules(source):
    """Every module a piece of source imports, anywhere in it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")


def wrong_imports(source, layer):
    """Imports of a layer further down the list or of a script, and relative ones, which hide where they lead."""
    for module in imported_modules(source):
        package = module.split(".")[0]
        points_down = package in LAYERS and LAYERS.index(package) > layer
        if points_down or module.startswith(".") or f"{package}.py" in SCRIPTS:
            yield module


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_imports_run_one_way(path):
    assert list(wrong_imports(path.read_text(encoding="utf-8"), layer_of(path))) == []


@pytest.mark.parametrize(
    "path",
    [path for path in FILES if path.is_relative_to(ROOT / "capture") or path.name == "run_camera.py"],
    ids=lambda path: path.name,
)
def test_the_run_path_imports_nothing_heavy(path):
    packages = {module.split(".")[0] for module in imported_modules(path.read_text(encoding="utf-8"))}
    assert packages & (HEAVY | {"training"}) == set()


@pytest.mark.parametrize(
    "source, layer, wrong",
    [
        ("import capture.types", 0, ["capture.types"]),
        ("def f():\n    from training import fit", 1, ["training"]),
        ("from . import frame", 1, ["."]),
        ("import run_camera", 1, ["run_camera"]),
        ("import numpy, model.glyph", 1, []),
    ],
)
def test_the_check_itself_sees_wrong_imports(source, layer, wrong):
    assert list(wrong_imports(source, layer)) == wrong


def test_starting_the_camera_program_loads_nothing_heavy():
    code = f"import sys, run_camera; print(sorted({HEAVY!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
