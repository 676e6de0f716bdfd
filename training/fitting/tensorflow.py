"""Starts TensorFlow, once a command needs it, without its long story of which GPU it did not find."""

from __future__ import annotations

import os

from model.stderr import muted_stderr


def start_tensorflow() -> None:
    """Imports TensorFlow and Keras, and looks for devices; nothing is computed yet, so threads can still be set.

    Import what needs TensorFlow after this, or its C++ parts tell the user's terminal what no one can act on.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # read when TensorFlow is first imported
    with muted_stderr():
        import keras  # noqa: F401 - it takes TensorFlow along
        import tensorflow as tf

        tf.config.list_physical_devices()
        tf.get_logger().setLevel("ERROR")  # it warns of every network that is compiled after the first
