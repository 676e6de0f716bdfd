"""Starts TensorFlow, once a command needs it, without its messages on GPUs that it did not find."""

from __future__ import annotations

import os
from pathlib import Path

from model.stderr import muted_stderr

CPU_INFO = Path("/proc/cpuinfo")  # of Linux alone
BFLOAT16_FLAGS = ("avx512_bf16", "amx_bf16")


def usual_precision() -> str:
    """Give "mixed_bfloat16" where the processor says that it multiplies 16-bit numbers, else "float32"."""
    flags = CPU_INFO.read_text(encoding="utf-8").split() if CPU_INFO.exists() else []
    return "mixed_bfloat16" if any(flag in flags for flag in BFLOAT16_FLAGS) else "float32"


def start_tensorflow() -> None:
    """Import TensorFlow and Keras, and look for devices; nothing is computed yet, so threads can still be set.

    Import what needs TensorFlow after this, or its C++ parts write messages to the terminal that no one can act on.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # read when TensorFlow is first imported
    with muted_stderr():
        import keras  # noqa: F401 - it takes TensorFlow along
        import tensorflow as tf

        tf.config.list_physical_devices()
        tf.get_logger().setLevel("ERROR")  # it warns of every network that is compiled after the first
