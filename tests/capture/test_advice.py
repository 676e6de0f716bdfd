"""What is said of a package that is missing or cannot be loaded, of a display or camera that does not open."""

import re
import sys
from pathlib import Path

import pytest

from capture import advice as remedies
from capture.advice import for_import

NO_GL = "libGL.so.1: cannot open shared object file: No such file or directory"


@pytest.mark.parametrize(
    ("error", "platform", "said"),
    [
        pytest.param(
            ModuleNotFoundError("No module named 'cv2'", name="cv2"),
            "linux",
            rf"opencv-python: is not installed for {re.escape(sys.executable)}; .*pip install -r requirements\.txt",
            id="missing",
        ),
        pytest.param(
            ModuleNotFoundError("No module named", name="ai_edge_litert.interpreter"),
            "win32",
            r"ai-edge-litert: is not installed .*",
            id="part of a package missing",
        ),
        pytest.param(
            ImportError(NO_GL, name="cv2"),
            "linux",
            r".*\(libGL\.so\.1: .*\); run: sudo apt install libgl1 .*",
            id="libGL",
        ),
        pytest.param(
            ImportError("DLL load failed", name="cv2"),
            "win32",
            r"opencv-python: cannot be loaded \(DLL load failed\); run: pip install --force-reinstall opencv-python",
            id="DLL",
        ),
        pytest.param(
            ImportError("broken"),
            "darwin",
            r"a package: cannot be loaded \(broken\); .*--force-reinstall",
            id="no name",
        ),
    ],
)
def test_the_line_names_package_and_remedy(error, platform, said):
    assert re.fullmatch(said, for_import(error, platform))


@pytest.mark.parametrize(
    "platform, environment, words",
    [
        ("win32", {}, "--show browser"),
        ("linux", {"SSH_CONNECTION": "1.2.3.4"}, "ssh -X"),
        ("linux", {"DISPLAY": ":7"}, "DISPLAY=:7"),
        ("linux", {}, "desktop session"),
    ],
)
def test_display_remedies_fit_the_machine(platform, environment, words, monkeypatch):
    monkeypatch.setattr(remedies, "is_wsl", lambda: False)
    assert words in remedies.for_display(platform, environment)


def test_wsl_gets_its_own_remedies(monkeypatch, tmp_path):
    monkeypatch.setattr(remedies, "is_wsl", lambda: True)
    assert "wsl --update" in remedies.for_display("linux", {})
    assert "usbipd" in remedies.for_camera("linux", tmp_path)


@pytest.mark.parametrize(
    "platform, words",
    [("darwin", "System Settings"), ("win32", "desktop apps"), ("linux", "plug one in")],
)
def test_camera_remedies_fit_the_machine(platform, words, monkeypatch, tmp_path):
    monkeypatch.setattr(remedies, "is_wsl", lambda: False)
    assert words in remedies.for_camera(platform, tmp_path)


@pytest.mark.parametrize("may_open, words", [(False, "usermod -aG video"), (True, "close other programs")])
def test_a_camera_that_is_there_but_does_not_open(may_open, words, monkeypatch, tmp_path):
    (tmp_path / "video0").write_text("")
    monkeypatch.setattr("os.access", lambda path, mode: may_open)
    assert words in remedies.for_camera("linux", tmp_path)


@pytest.mark.parametrize("text, answer", [("Linux 5.15 Microsoft", True), ("Linux 6.1 Debian", False)])
def test_wsl_is_known_by_its_kernel(text, answer, tmp_path):
    version = tmp_path / "version"
    version.write_text(text)
    assert remedies.is_wsl(version) is answer
    assert remedies.is_wsl(Path(tmp_path / "none")) is False
