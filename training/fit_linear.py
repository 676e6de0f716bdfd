"""Trains a network for the camera from top to bottom on one page: read this first, then `training/fitting/`.

    python -m training.fit_linear --epochs 5
    python run_camera.py --weights runs/linear/digits.tflite

`train.py fit` does the same and more: it can be interrupted and resumed, draws its examples from many hands and a
simulated camera, calibrates the confidence, measures everything, and writes a model card.
"""

# ruff: noqa: E402 (Keras is imported once TensorFlow has been told to be quiet)

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from training.fitting.tensorflow import start_tensorflow

start_tensorflow()  # before anything that imports Keras: it keeps TensorFlow quiet

import keras
import tensorflow as tf
from keras import layers
from sklearn.metrics import classification_report, confusion_matrix
from sklearn.model_selection import train_test_split

from model.classifier import MIN_CLASSES, Classifier
from model.glyph import SIDE, normalise
from training.datasets.mnist import load_digits

parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--data", type=Path, metavar="PATH", help="mnist.npz (default: MNIST is downloaded once)")
parser.add_argument("--limit", type=int, metavar="N", help="use N training images at most, for a quick look")
parser.add_argument("--epochs", type=int, default=10, metavar="N", help="passes over the images at most (default: 10)")
parser.add_argument("--out", type=Path, default=Path("runs/linear"), metavar="FOLDER", help="where the network goes")
args = parser.parse_args()
args.out.mkdir(parents=True, exist_ok=True)
keras.utils.set_random_seed(0)  # the same run gives the same network, on the same machine

# 1. The data: images of 28x28 grey levels, white ink on black, and for each the digit that it shows.
digits = load_digits(args.data)
train, test = digits.train.take(args.limit), digits.test.take(args.limit)
print(f"{digits.name}: {len(train)} training and {len(test)} test images")

# 2. Every digit is cut out, sized and centred as the camera does it: the network is to see one kind of image only.
x, y = np.stack([normalise(image) for image in train.x])[..., None], train.y
x_test, y_test = np.stack([normalise(image) for image in test.x])[..., None], test.y

# 3. A tenth is held out. It tells after each epoch how well unseen images are read, and when to stop.
x_train, x_validation, y_train, y_validation = train_test_split(x, y, test_size=0.1, random_state=0, stratify=y)

# 4. The network: convolutions find strokes, then curves, then digits; each pooling halves the maps. There is one
#    output more than digits, "no digit", since a camera sees much that is none; it needs other examples to learn it.
network = keras.Sequential(
    [
        layers.Input((SIDE, SIDE, 1)),
        layers.Rescaling(1 / 255),  # within the network, so that nobody can forget it
        # Images are turned, enlarged and moved a little at random: only while training, anew in every epoch.
        layers.RandomRotation(0.03, fill_mode="constant"),
        layers.RandomZoom(0.1, fill_mode="constant"),
        layers.RandomTranslation(0.05, 0.05, fill_mode="constant"),
        layers.Conv2D(32, 3, padding="same", activation="relu"),
        layers.Conv2D(32, 3, padding="same", activation="relu"),
        layers.MaxPooling2D(),  # 14x14
        layers.Conv2D(64, 3, padding="same", activation="relu"),
        layers.Conv2D(64, 3, padding="same", activation="relu"),
        layers.MaxPooling2D(),  # 7x7
        layers.Flatten(),
        layers.Dropout(0.4),  # hides some features in each step, so that none is relied on alone
        layers.Dense(128, activation="relu"),
        layers.Dense(MIN_CLASSES, activation="softmax"),
    ],
    name="linear",
)
network.summary()

# 5. How wrong it is, the loss, is minus the logarithm of the probability given to the true digit. Adam moves all
#    weights a little in the direction that lowers it, batch by batch.
network.compile("adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
stopping = keras.callbacks.EarlyStopping("val_loss", patience=3, restore_best_weights=True)
slower = keras.callbacks.ReduceLROnPlateau("val_loss", factor=0.3, patience=1)
network.fit(
    x_train,
    y_train,
    batch_size=64,
    epochs=args.epochs,
    validation_data=(x_validation, y_validation),
    callbacks=[stopping, slower],
    verbose=2,
)

# 6. The test images are looked at once, at the very end: what was chosen by them could not be believed.
read = network.predict(x_test, verbose=0).argmax(axis=1)
print(classification_report(y_test, read, labels=range(10), digits=4, zero_division=0))
print(confusion_matrix(y_test, read, labels=range(10)))

# 7. Keras' file keeps everything; LiteRT's is what the camera runs, without TensorFlow, its weights in 8 bits.
network.save(args.out / "digits.keras")
network.export(args.out / "digits.tflite", format="litert", verbose=False, optimizations=[tf.lite.Optimize.DEFAULT])

# 8. What the camera will load is read back and tested: that file counts, not the one it was made from.
accuracy = float(np.mean(Classifier(args.out / "digits.tflite")(x_test[..., 0]).argmax(axis=1) == y_test))
print(f"{accuracy:.2%} right by {args.out / 'digits.tflite'}")
