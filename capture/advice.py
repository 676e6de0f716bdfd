"""What to do about a missing display, camera or package: the exact words for each kind of machine.

Loads nothing that could be missing itself.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from capture.language import tr, translatable, translate

BUSY_CAMERA = translatable(
    "close other programs that use it (video calls, browser tabs), or unplug it and plug it in again"
)
BLACK_CAMERA = translatable("open its shutter or take the cover off; some laptops have a key for it")
RECORDING = translatable(
    "pip install --force-reinstall av opencv-python; and see that the folder for temporary files has room"
)
PAGE = translatable(
    "see what a firewall or antivirus forbids to Python on this computer, or choose another --listen HOST:PORT"
)
WEIGHTS = translatable("restore the model/weights folder of the project, or train: python train.py --install")
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
    """Advise how to get windows.

    Args:
        platform: as `sys.platform`.
        environment: as `os.environ`.
    """
    environment = dict(os.environ) if environment is None else environment
    if platform != "linux":
        return tr("log in at the machine itself, or use --show browser")
    if is_wsl():
        return tr("update WSL so that it shows windows (wsl --update, then wsl --shutdown), or use --show browser")
    if "SSH_CONNECTION" in environment and not environment.get("DISPLAY"):
        return tr("connect with: ssh -X, or use --show browser")
    if environment.get("DISPLAY"):
        return tr("DISPLAY={name} does not answer; log in anew, or use --show browser", name=environment["DISPLAY"])
    return tr("start it from a desktop session, or use --show browser")


def for_camera(platform: str = sys.platform, devices: Path = VIDEO_DEVICES, pattern: str = "video*") -> str:
    """Advise how to get a camera to open.

    Args:
        platform: as `sys.platform`.
        devices: the folder with the device files, on Linux.
        pattern: of the names of those that would do.
    """
    if platform == "darwin":
        return tr(
            "allow your terminal under System Settings > Privacy & Security > Camera, then start the terminal anew"
        )
    if platform == "win32":
        return tr("allow desktop apps under Settings > Privacy & security > Camera; close programs that use the camera")
    if files := sorted(devices.glob(pattern)):
        if not any(os.access(file, os.R_OK | os.W_OK) for file in files):
            return tr("get the right to it (sudo usermod -aG video $USER), then log out and in again")
        return translate(BUSY_CAMERA)
    if is_wsl():
        return tr("attach it from Windows: usbipd list, then usbipd bind and usbipd attach --wsl with its --busid")
    return tr("plug one in, or use a phone as one (--source http://... or rtsp://...)")


def for_import(error: ImportError, platform: str = sys.platform) -> str:
    """Write one line on a package that is missing or cannot be loaded, and how to get it.

    Args:
        error: as Python raised it.
        platform: as `sys.platform`.
    """
    module = (error.name or "").partition(".")[0]
    package = PACKAGES.get(module, module)
    if isinstance(error, ModuleNotFoundError):
        return tr(
            "{package}: is not installed for {python}; activate the project's environment "
            "(source .venv/bin/activate), or run: pip install -r requirements.txt",
            package=package,
            python=sys.executable,
        )
    if platform == "linux" and ".so" in str(error) and "cannot open shared object" in str(error):
        return tr(
            "a library of the system is missing ({error}); run: sudo apt install {libraries}",
            error=error,
            libraries=SYSTEM_LIBRARIES,
        )
    return tr(
        "{name}: cannot be loaded ({error}); run: pip install --force-reinstall {package}",
        name=package or tr("a package"),
        error=error,
        package=package,
    ).rstrip()


def for_slow_camera(platform: str = sys.platform) -> str:
    """Advise how to shorten the wait for a camera."""
    if platform == "win32":
        return tr("set OPENCV_VIDEOIO_MSMF_ENABLE_HW_TRANSFORMS=0, and update the camera's driver")
    return tr("plug it straight into the computer, not into a hub")


def is_wsl(version: Path = KERNEL_VERSION) -> bool:
    """Say whether this Linux runs inside Windows."""
    return version.exists() and "microsoft" in version.read_text().lower()
