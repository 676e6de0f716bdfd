"""What is asked for: every package has a range, and the README's own line for the camera asks for the same."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
REQUIREMENTS = (ROOT / "requirements.txt").read_text(encoding="utf-8")
RANGES = dict(re.findall(r"^([\w-]+)(>=[^\s#]+)", REQUIREMENTS, re.MULTILINE))


def test_every_package_has_a_range():
    lines = [line for line in REQUIREMENTS.splitlines() if line.strip() and not line.startswith("#")]
    assert len(lines) == len(RANGES) > 20
    assert [name for name, allowed in RANGES.items() if ",<" not in allowed] == []


def test_the_readmes_line_for_the_camera_asks_for_the_same_ranges():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    line = re.search(r"<!-- ci: camera-only -->\n```bash\n(.*)\n", readme)[1]
    asked = [re.fullmatch(r"([\w-]+)(>=.*)", word).groups() for word in shlex.split(line) if ">=" in word]
    assert len(asked) >= 5
    assert [(name, allowed) for name, allowed in asked if RANGES[name] != allowed] == []


@pytest.mark.parametrize("block, package", [("The camera path", "av"), ("Tests", "pytest"), ("Training", "keras")])
def test_the_lowest_versions_are_those_of_the_ranges(block, package):
    command = [sys.executable, ROOT / ".ci" / "lowest.py", block]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    lowest = RANGES[package].removeprefix(">=").partition(",")[0]
    assert f"{package}=={lowest}" in lines
    assert all(f">={line.partition('==')[2]}" in RANGES[line.partition("==")[0]] for line in lines)
