"""What to do about a missing display, camera or package: the exact words for each kind of machine.

Loads nothing that could be missing itself.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

BUSY_CAMERA = "close other programs that use it (video calls, browser tabs), or unplug it and plug it in again"
BLACK_CAMERA = "open its shutter or take the cover off; some laptops have a key for it"
RECORDING = "pip install --force-reinstall av opencv-python; and see that the folder for temporary files has room"
WEIGHTS = "restore the model/weights folder of the project, or train: python train.py --install"
PACKAGES = {  # whose modules have other names
    "cv2": "opencv-python",
    "ai_edge_litert": "ai-edge-litert",
    "PIL": "pillow",
    "sklearn": "scikit-learn",
    "markdown_it": "markdown-it-py",
    "HersheyFonts": "Hershey-Fonts",
    "fontTools": "fonttools",
}
SYSTEM_LIBRARIES = "libgl1 libglib2.0-0"  # of Debian and Ubuntu, which OpenCV's windows need
KERNEL_VERSION = Path("/proc/version")
VIDEO_DEVICES = Path("/dev")


def for_display(platform: str = sys.platform, environment: dict[str, str] | None = None) -> str:
    """How to get windows.

    Args:
        platform: as `sys.platform`.
        environment: as `os.environ`.
    """
    environment = dict(os.environ) if environment is None else environment
    if platform != "linux":
        return "log in at the machine itself, or use --show browser"
    if is_wsl():
        return "update WSL so that it shows windows (wsl --update, then wsl --shutdown), or use --show browser"
    if "SSH_CONNECTION" in environment and not environment.get("DISPLAY"):
        return "connect with: ssh -X, or use --show browser"
    if environment.get("DISPLAY"):
        return f"DISPLAY={environment['DISPLAY']} does not answer; log in anew, or use --show browser"
    return "start it from a desktop session, or use --show browser"


def for_camera(platform: str = sys.platform, devices: Path = VIDEO_DEVICES, pattern: str = "video*") -> str:
    """How to get a camera to open.

    Args:
        platform: as `sys.platform`.
        devices: the folder with the device files, on Linux.
        pattern: of the names of those that would do.
    """
    if platform == "darwin":
        return "allow your terminal under System Settings > Privacy & Security > Camera, then start the terminal anew"
    if platform == "win32":
        return "allow desktop apps under Settings > Privacy & security > Camera; close programs that use the camera"
    if files := sorted(devices.glob(pattern)):
        if not any(os.access(file, os.R_OK | os.W_OK) for file in files):
            return "get the right to it (sudo usermod -aG video $USER), then log out and in again"
        return BUSY_CAMERA
    if is_wsl():
        return "attach it from Windows: usbipd list, then usbipd bind and usbipd attach --wsl with its --busid"
    return "plug one in, or use a phone as one (--source http://... or rtsp://...)"


def for_import(error: ImportError, platform: str = sys.platform) -> str:
    """One line on a package that is missing or cannot be loaded, and how to get it.

    Args:
        error: as Python raised it.
        platform: as `sys.platform`.
    """
    module = (error.name or "").partition(".")[0]
    package = PACKAGES.get(module, module)
    if isinstance(error, ModuleNotFoundError):
        return (
            f"{package}: is not installed for {sys.executable}; activate the project's environment "
            "(source .venv/bin/activate), or run: pip install -r requirements.txt"
        )
    if platform == "linux" and ".so" in str(error) and "cannot open shared object" in str(error):
        return f"a library of the system is missing ({error}); run: sudo apt install {SYSTEM_LIBRARIES}"
    return (
        f"{package or 'a package'}: cannot be loaded ({error}); run: pip install --force-reinstall {package}".rstrip()
    )


def for_slow_camera(platform: str = sys.platform) -> str:
    """How to shorten the wait for a camera."""
    if platform == "win32":
        return "set OPENCV_VIDEOIO_MSMF_ENABLE_HW_TRANSFORMS=0, and update the camera's driver"
    return "plug it straight into the computer, not into a hub"


def is_wsl(version: Path = KERNEL_VERSION) -> bool:
    """Whether this Linux runs inside Windows."""
    return version.exists() and "microsoft" in version.read_text().lower()
