"""What is said of a package that is missing or cannot be loaded."""

import re
import sys

import pytest

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
