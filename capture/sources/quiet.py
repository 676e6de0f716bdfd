"""Keeps the libraries under OpenCV off the user's terminal: what they complain about, we say in one clear line."""

from __future__ import annotations

import os

import cv2

SETTINGS = {  # read by OpenCV when it opens the first video or camera
    "OPENCV_FFMPEG_LOGLEVEL": "-8",  # FFmpeg's AV_LOG_QUIET
    "OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT": "3",  # seconds until a camera that sends nothing fails; 10 unless told
    "OPENCV_VIDEOIO_MSMF_ENABLE_HW_TRANSFORMS": "0",  # else Windows takes up to 30 s to open some cameras
}


def hush_opencv() -> None:
    """Turns OpenCV's and FFmpeg's own messages off and shortens its waits; what the user has set stays as it is."""
    for variable, value in SETTINGS.items():
        os.environ.setdefault(variable, value)
    if "OPENCV_LOG_LEVEL" not in os.environ:
        cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
