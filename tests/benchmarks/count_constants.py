"""Counts the numbers in the reading path that a person has chosen, module by module: fewer are better.

A number counts once for each time it is written:
- in a constant of a module: every number, whatever its value;
- in a function or class: every number but those that set nothing - 0, 1, 2, -1, what a byte holds (255, 256), and the
  degrees of quarter turns - and but indices, slices and shapes of arrays, which say where something stands.
Not counted are the constants in `GIVEN`: what the data's format, OpenCV or arithmetic prescribes. Each has its reason.

Beside it stands the count of issue 11 (291 at commit d677e2b): the names of constants with a number in them, `GIVEN` or
not, nothing in functions.

Run: python tests/benchmarks/count_constants.py [--list]
"""

from __future__ import annotations

import argparse
import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
ROOMS = "capture/boxes.py", "capture/detect", "capture/read", "capture/track", "model/glyph.py", "model/classifier.py"
NEUTRAL = {0, 1, 2, 255, 256, 90, 180, 270, 360}
SHAPING = {"axis", "shape", "reshape", "zeros", "ones", "full", "empty", "range", "eye", "axes", "dtype", "decimals"}
GIVEN = {
    "AMBIGUOUS_DIGITS": "digits, by name",
    "CROSS": "OpenCV's smallest cross",
    "FIT_PX": "MNIST's",
    "GRAYS": "what a byte holds",
    "NO_DIGIT_THERE": "a sign for nothing",
    "NOWHERE": "a sign for nothing",
    "NO_ORIGIN": "of that shape",
    "SIDE": "MNIST's",
    "TINY": "keeps logarithms and divisions finite",
    "UNMATCHED": "a sign for nothing",
}


class Chosen(NamedTuple):
    """A number that somebody has chosen: where it stands, and in which constant or function."""

    line: int
    owner: str
    value: float


def chosen_numbers(source: str) -> list[Chosen]:
    """List the numbers of a module that count."""
    found: list[Chosen] = []
    for node in ast.parse(source).body:
        names = constant_names(node)
        if names and not set(names) & GIVEN.keys():
            found += [Chosen(one.lineno, names[0], one.value) for one in numbers_in(node)]
        elif not names and not isinstance(node, ast.Assign | ast.AnnAssign):
            owner = getattr(node, "name", "")
            found += [Chosen(one.lineno, owner, one.value) for one in setting_numbers(node) if one.value not in NEUTRAL]
    return found


def names_with_numbers(source: str) -> list[str]:
    """List the constants of a module that hold a number, as issue 11 counted them."""
    return [name for node in ast.parse(source).body if numbers_in(node) for name in constant_names(node)]


def constant_names(node: ast.stmt) -> list[str]:
    """List the names in capitals that a statement gives a value to."""
    if isinstance(node, ast.AnnAssign):
        targets = [node.target] if node.value else []
    else:
        targets = node.targets if isinstance(node, ast.Assign) else []
    flat = [one for target in targets for one in (target.elts if isinstance(target, ast.Tuple) else [target])]
    return [one.id for one in flat if isinstance(one, ast.Name) and one.id.upper() == one.id]


def numbers_in(node: ast.AST) -> list[ast.Constant]:
    """List the numbers under a node."""
    return [one for one in ast.walk(node) if is_number(one)]


def is_number(node: ast.AST) -> bool:
    """Say whether a node is a number as it is written."""
    return isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool)


def setting_numbers(node: ast.AST) -> Iterator[ast.Constant]:
    """Yield the numbers under a node that are no indices, slices or shapes."""
    if is_number(node):
        yield node
    for child in ast.iter_child_nodes(node):
        is_place = isinstance(node, ast.Subscript) and child is node.slice
        is_shape = isinstance(node, ast.Call | ast.keyword) and name_of(node) in SHAPING
        if not is_shape:
            yield from (one for one in setting_numbers(child) if not (is_place and isinstance(one.value, int)))


def name_of(node: ast.Call | ast.keyword) -> str | None:
    """Name the function that is called, or the keyword."""
    if isinstance(node, ast.keyword):
        return node.arg
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", None)


def main() -> None:
    """Prints a line a module, and with `--list` each number."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--list", action="store_true", help="each number, with its line")
    args = parser.parse_args()
    total, names = 0, 0
    print(f"{'module':<40}{'numbers':>8}{'names':>8}")
    for room in map(ROOT.joinpath, ROOMS):
        for path in [room] if room.is_file() else sorted(room.glob("*.py")):
            source = path.read_text(encoding="utf-8")
            found, named = chosen_numbers(source), names_with_numbers(source)
            total, names = total + len(found), names + len(named)
            if found or named:
                print(f"{path.relative_to(ROOT).as_posix():<40}{len(found):>8}{len(named):>8}")
            for one in found if args.list else ():
                print(f"    {one.line:>4} {one.owner} {one.value}")
    print(f"{'all':<40}{total:>8}{names:>8}")


if __name__ == "__main__":
    main()
