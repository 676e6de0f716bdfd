# %% tags=["source"]
"""The course notebook's source, chapter by chapter: `python train.py notebook --publish` makes the notebooks of it.

Cells in jupytext's percent format; `training/course/build.py` says what becomes of them.
"""

# %% [markdown] lang="en"
# # Reading handwritten digits: a course to run
#
# From the pixels of an image to a camera that reads. You need basic Python; no neural networks yet.
#
# Run the cells from top to bottom (**Shift + Enter**). Exercises are marked ✏️, and the cell below each tells whether
# your answer is right; nothing later depends on it, so you may go on and come back. On a laptop all cells together
# take a few minutes.
#
# 1. The data
# 2. A neuron, a layer
# 3. Convolution and pooling
# 4. Training, and overfitting
# 5. Evaluation
# 6. What the network sees
# 7. Altered images
# 8. Your own digits
# 9. The camera

# %% [markdown] lang="fr"
# # Reconnaître les chiffres manuscrits : un cours pas à pas
#
# Des pixels d'une image jusqu'à une caméra qui lit. Il faut connaître les bases de Python ; aucune connaissance des
# réseaux de neurones n'est nécessaire.
#
# Exécutez les cellules de haut en bas (**Maj + Entrée**). Les exercices sont signalés par ✏️, et la cellule qui suit
# chacun dit si la réponse est juste ; rien n'en dépend ensuite : on peut continuer et y revenir. Sur un ordinateur
# portable, l'ensemble prend quelques minutes.
#
# 1. Les données
# 2. Un neurone, une couche
# 3. Convolution et sous-échantillonnage
# 4. Apprentissage et surapprentissage
# 5. Évaluation
# 6. Ce que voit le réseau
# 7. Images altérées
# 8. Vos propres chiffres
# 9. La caméra

# %% tags=["parameters"]
DATA = None  # a file such as mnist.npz; None: MNIST is downloaded once
LIMIT = 6000  # images to learn from; more is better and slower; None: all of them
EPOCHS = 10  # passes over these images, at most
SEED = 0  # the start of all chance: the same seed gives the same results
OWN = None  # a folder with pictures of your own digits, for chapter 8
LANGUAGE = "en"  # of the comments that the project's functions write

# %% [raw] lang="fr"
# a file such as mnist.npz; None: MNIST is downloaded once
# -> un fichier tel que mnist.npz ; None : MNIST est téléchargé une fois
# images to learn from; more is better and slower; None: all of them
# -> images d'apprentissage ; plus : mieux, mais plus lent ; None : toutes
# passes over these images, at most -> passages sur ces images, au plus
# the start of all chance: the same seed gives the same results -> la graine du hasard : même graine, mêmes résultats
# a folder with pictures of your own digits, for chapter 8
# -> un dossier d'images de vos propres chiffres, pour le chapitre 8
# of the comments that the project's functions write -> des commentaires qu'écrivent les fonctions du projet

# %%
import os
import sys
import tempfile
from pathlib import Path

ROOT = next(folder for folder in (Path.cwd(), *Path.cwd().parents) if (folder / "train.py").is_file())
os.chdir(ROOT)  # the project's folder: its modules are imported from here
sys.path.insert(0, str(ROOT))

import cv2
import numpy as np

from training.course.notebook import figure, is_right, show_picture, start_keras
from training.plots.style import BLUE, GREY, ORANGE, show_glyph
from training.texts import write_in


def check(answer: object, expected: object) -> None:
    """Say whether an exercise is solved."""
    print("✔ Right!" if is_right(answer, expected) else "✏️ Not yet: fill in, run the cell above, then this one.")


write_in(LANGUAGE)
start_keras(SEED)

# %% [raw] lang="fr"
# the project's folder: its modules are imported from here -> le dossier du projet : ses modules s'importent d'ici
# Say whether an exercise is solved. -> Dit si un exercice est résolu.
# ✔ Right! -> ✔ Juste !
# ✏️ Not yet: fill in, run the cell above, then this one.
# -> ✏️ Pas encore : complétez, exécutez la cellule au-dessus, puis celle-ci.
