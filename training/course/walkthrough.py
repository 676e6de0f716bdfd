# %% tags=["source"]
"""The course notebook's source, in English and French: `python train.py notebook --out training` makes the notebooks.

Cells in jupytext's percent format; `training/course/build.py` says what becomes of them.
"""
# ruff: noqa: E402, PTH208 (each import stands where it is first needed; os.listdir is what the course names)

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

from training.course.helpers import figure, is_right, start_keras
from training.plots.style import BLUE, GREY, ORANGE, show_glyph
from training.texts import write_in


def check(answer: object, expected: object) -> None:
    """Says whether an exercise is solved."""
    print("✔ Right!" if is_right(answer, expected) else "✏️ Not yet: fill in, run the cell above, then this one.")


write_in(LANGUAGE)
start_keras(SEED)

# %% [raw] lang="fr"
# the project's folder: its modules are imported from here -> le dossier du projet : ses modules s'importent d'ici
# Says whether an exercise is solved. -> Dit si un exercice est résolu.
# ✔ Right! -> ✔ Juste !
# ✏️ Not yet: fill in, run the cell above, then this one.
# -> ✏️ Pas encore : complétez, exécutez la cellule au-dessus, puis celle-ci.

# %% [markdown] lang="en"
# ## 1. The data
#
# **MNIST** is a collection of 70,000 handwritten digits: 60,000 to learn from and 10,000 to test with. Each image has
# 28×28 pixels; a pixel is a whole number from 0 (black) to 255 (white). With each image comes its **label**, the digit
# it shows. Learning from labelled examples is called *supervised* learning.

# %% [markdown] lang="fr"
# ## 1. Les données
#
# **MNIST** est une collection de 70 000 chiffres manuscrits : 60 000 pour apprendre et 10 000 pour tester. Chaque
# image a 28×28 pixels ; un pixel est un nombre entier de 0 (noir) à 255 (blanc). Chaque image est accompagnée de son
# **étiquette** : le chiffre qu'elle montre. Apprendre à partir d'exemples étiquetés s'appelle l'apprentissage
# *supervisé*.

# %%
from training.datasets.mnist import load_digits

digits = load_digits(Path(DATA) if DATA else None)
print("to learn from:", digits.train.x.shape, digits.train.x.dtype)
print("to test with:", digits.test.x.shape, digits.test.x.dtype)

# %% [raw] lang="fr"
# to learn from: -> pour apprendre :
# to test with: -> pour tester :

# %% [markdown] lang="en"
# An image is a table of numbers: that is all the computer gets.

# %% [markdown] lang="fr"
# Une image est un tableau de nombres : l'ordinateur ne reçoit rien d'autre.

# %%
image, label = digits.train.x[0], digits.train.y[0]
with figure(1, 2, (11, 5.4)) as (whole, part):
    show_glyph(whole, image)
    whole.set(title=f"An image with the label {label}")
    part.imshow(image[8:18, 8:18], cmap="gray")
    part.set(title="Its middle, as numbers", xticks=[], yticks=[])
    for (row, column), value in np.ndenumerate(image[8:18, 8:18]):
        part.text(column, row, value, ha="center", va="center", color="black" if value > 128 else "white")

# %% [raw] lang="fr"
# An image with the label {label} -> Une image d'étiquette {label}
# Its middle, as numbers -> Son milieu, en nombres

# %%
rng = np.random.default_rng(SEED)
rows = [rng.choice(digits.train.x[digits.train.y == digit], 16) for digit in range(10)]
with figure(size_in=(9, 6)) as axes:
    show_glyph(axes, np.block([list(row) for row in rows]))
    axes.set(title="Some images of each digit", yticks=14 + 28 * np.arange(10), yticklabels=range(10))

# %% [raw] lang="fr"
# Some images of each digit -> Quelques images de chaque chiffre

# %% [markdown] lang="en"
# ### ✏️ Exercise 1: count
#
# Are there as many images of each digit? Complete the function. `labels == 3` gives an array of `True` and `False`,
# and `np.sum` counts the `True`.

# %% [markdown] lang="fr"
# ### ✏️ Exercice 1 : compter
#
# Y a-t-il autant d'images de chaque chiffre ? Complétez la fonction. `labels == 3` donne un tableau de `True` et de
# `False`, et `np.sum` compte les `True`.


# %% tags=["exercise"]
def count(labels: np.ndarray) -> np.ndarray:
    """How many images there are of each digit, 0 to 9: ten numbers."""
    # solution
    return np.array([np.sum(labels == digit) for digit in range(10)])
    # end


# %% [raw] lang="fr"
# How many images there are of each digit, 0 to 9: ten numbers.
# -> Combien il y a d'images de chaque chiffre, de 0 à 9 : dix nombres.

# %%
from training.evaluation.explore import count_labels, mean_images

check(count(digits.train.y), count_labels(digits.train))
with figure(size_in=(8, 3.2)) as axes:
    bars = axes.bar(range(10), count_labels(digits.train), color=BLUE)
    axes.bar_label(bars)
    axes.set(title="Images of each digit", xlabel="digit", ylabel="images", xticks=range(10))
    axes.margins(y=0.15)

# %% [raw] lang="fr"
# Images of each digit -> Nombre d'images de chaque chiffre
# digit -> chiffre
# images -> images

# %% [markdown] lang="en"
# ### Preparing the data
#
# - **Normalisation.** Every digit is brought to the same size and centred (`model/glyph.py`, the same function that the
#   camera uses); inside the network, pixels become numbers from 0 to 1.
# - **Division.** 10% of the images are held out as the **validation set**: it tells during training how well the
#   network does on images it does not learn from. The **test set** is looked at only once, at the end. The division
#   is *stratified*: each part has the same share of every digit.
# - **One-hot labels.** The network has one output for each class, so the label 3 is written as ten zeros and a one, at
#   place 3. There are eleven classes: the digits, and "no digit", which the camera needs.

# %% [markdown] lang="fr"
# ### Préparer les données
#
# - **Normalisation.** Chaque chiffre est ramené à la même taille et centré (`model/glyph.py`, la fonction même
#   qu'utilise la caméra) ; à l'intérieur du réseau, les pixels deviennent des nombres de 0 à 1.
# - **Découpage.** 10 % des images sont mises de côté : c'est l'**ensemble de validation**, qui indique pendant
#   l'apprentissage ce que vaut le réseau sur des images dont il n'apprend pas. L'**ensemble de test** n'est regardé
#   qu'une fois, à la fin. Le découpage est *stratifié* : chaque partie a la même proportion de chaque chiffre.
# - **Encodage one-hot.** Le réseau a une sortie par classe ; l'étiquette 3 s'écrit donc avec dix zéros et un seul 1, à
#   la l'indice 3. Il y a onze classes : les chiffres, et « pas un chiffre », dont la caméra a besoin.

# %% [markdown] lang="en"
# ### Reading a folder of pictures
#
# Data often comes as a folder for each class: `Training/0`, `Training/1`, ... Let us write some of our images as such
# files, and read them back: for every folder and every file in it, read, make grey, bring to 28×28, and append.

# %% [markdown] lang="fr"
# ### Lire un dossier d'images
#
# Les données arrivent souvent sous la forme d'un dossier par classe : `Training/0`, `Training/1`, ... Écrivons
# quelques-unes de nos images dans de tels fichiers, puis relisons-les : pour chaque dossier et chaque fichier qu'il
# contient, lire, passer en gris, ramener à 28×28, ajouter.

# %%
folder = Path(tempfile.mkdtemp()) / "Training"
for digit in range(10):
    (folder / str(digit)).mkdir(parents=True)
    for number, image in enumerate(digits.train.x[digits.train.y == digit][:10]):
        large = cv2.resize(image, (112, 112), interpolation=cv2.INTER_CUBIC)
        cv2.imwrite(str(folder / str(digit) / f"{number}.png"), large)

Data = []
Label = []
for digit in range(10):
    for name in sorted(os.listdir(folder / str(digit))):
        image = cv2.imread(str(folder / str(digit) / name))
        if image is None:
            print("not readable:", name)
            continue
        gray = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
        small = cv2.resize(gray, (28, 28), interpolation=cv2.INTER_AREA)  # the mean of the pixels it replaces
        Data.append(small)
        Label.append(digit)
Data, Label = np.array(Data), np.array(Label)
print(Data.shape, Data.dtype, Label.shape)

# %% [raw] lang="fr"
# not readable: -> illisible :
# the mean of the pixels it replaces -> la moyenne des pixels remplacés

# %% [markdown] lang="en"
# The project's `load_images` does the same, and names and skips files that are damaged. Do both give the same?

# %% [markdown] lang="fr"
# La fonction `load_images` du projet fait de même, et nomme puis écarte les fichiers abîmés. Le résultat est-il le
# même ?

# %%
from training.datasets.mnist import load_images

loaded = load_images(folder)
print(np.array_equal(Data, loaded.x), np.array_equal(Label, loaded.y))

# %% [markdown] lang="en"
# ### Dividing, and one-hot labels
#
# `train_test_split` holds out the validation set, with the same share of every digit (`stratify`); `to_categorical`
# writes the labels as rows. The project's `split` and `targets_of` do the same.

# %% [markdown] lang="fr"
# ### Découper, et encoder les étiquettes
#
# `train_test_split` met de côté l'ensemble de validation, avec la même proportion de chaque chiffre (`stratify`) ;
# `to_categorical` écrit les étiquettes en lignes. Les fonctions `split` et `targets_of` du projet font de même.

# %%
import keras
from sklearn.model_selection import train_test_split

from training.fitting.config import TrainConfig
from training.fitting.fit import fit, targets_of
from training.synthesis.recipes import split, vary

some = digits.train.take(LIMIT, SEED)
x_train, x_validation, y_train, y_validation = train_test_split(
    some.x, some.y, test_size=0.1, random_state=SEED, stratify=some.y
)
one_hot = keras.utils.to_categorical(y_train, 11)
print(y_train[0], "→", one_hot[0].astype(int))

train, validation = split(some, share=0.1, seed=SEED)
print(np.array_equal(train.x, x_train), np.array_equal(targets_of(train.y, TrainConfig(label_smoothing=0)), one_hot))

train, validation = train.normalised(), validation.normalised()
test_images = digits.test.take(LIMIT and LIMIT // 2, SEED)
test = test_images.normalised()
print("training:", len(train), "  validation:", len(validation), "  test:", len(test))

# %% [raw] lang="fr"
# training: -> apprentissage :
#   validation: ->   validation :
#   test: ->   test :

# %% [markdown] lang="en"
# ## 2. A neuron, a layer
#
# A **neuron** takes numbers $x_1, x_2, \dots$ (here: the pixels), multiplies each by a **weight**, adds everything and
# a **bias** $b$, and passes the sum through an **activation function** $f$:
#
# $$y = f(w_1 x_1 + w_2 x_2 + \dots + b)$$
#
# Where a weight is positive, ink speaks for the neuron's answer; where it is negative, against it. Let us set the
# weights by hand, to tell 1 from 0: the mean image of the ones minus that of the zeros.

# %% [markdown] lang="fr"
# ## 2. Un neurone, une couche
#
# Un **neurone** reçoit des nombres $x_1, x_2, \dots$ (ici : les pixels), multiplie chacun par un **poids**, additionne
# le tout avec un **biais** $b$, et applique à la somme une **fonction d'activation** $f$ :
#
# $$y = f(w_1 x_1 + w_2 x_2 + \dots + b)$$
#
# Là où un poids est positif, l'encre augmente la réponse du neurone ; là où il est négatif, elle la diminue. Fixons les
# poids à la main pour distinguer les 1 des 0 : l'image moyenne des uns moins celle des zéros.

# %%
means = mean_images(train)
weights = (means[1][0] - means[0][0]) / 255


def neuron(image: np.ndarray) -> float:
    """The weighted sum of the pixels, without bias or activation."""
    return float(np.sum(image / 255 * weights))


with figure(1, 2, (10, 3.8), width_ratios=(1, 1.6)) as (left, right):
    shade = left.imshow(weights, cmap="RdBu_r", vmin=-1, vmax=1)
    left.figure.colorbar(shade, ax=left)
    left.set(title="The neuron's weights", xticks=[], yticks=[])
    for digit, colour in ((0, BLUE), (1, ORANGE)):
        sums = [neuron(image) for image in train.x[train.y == digit]]
        right.hist(sums, 25, color=colour, alpha=0.7, label=f"images of {digit}")
    right.set(title="What it answers", xlabel="weighted sum", ylabel="images")
    right.legend()

# %% [raw] lang="fr"
# The weighted sum of the pixels, without bias or activation. -> La somme pondérée des pixels, sans biais ni activation.
# The neuron's weights -> Les poids du neurone
# images of {digit} -> images de {digit}
# What it answers -> Ce qu'il répond
# weighted sum -> somme pondérée

# %% [markdown] lang="en"
# One neuron nearly tells two digits apart. For ten we take a **layer**: several neurons that see the same pixels, each
# with weights of its own. Their sums are turned into probabilities by the **softmax**:
#
# $$p_i = \frac{e^{z_i}}{e^{z_1} + e^{z_2} + \dots + e^{z_n}}$$
#
# All $p_i$ are positive and their sum is 1; the largest sum $z_i$ gets the largest probability.
#
# ### ✏️ Exercise 2: softmax
#
# Write it with `np.exp` and `.sum()`.

# %% [markdown] lang="fr"
# À lui seul, un neurone distingue presque deux chiffres. Pour dix, on prend une **couche** : plusieurs neurones qui
# voient les mêmes pixels, chacun avec ses propres poids. La fonction **softmax** transforme leurs sommes en
# probabilités :
#
# $$p_i = \frac{e^{z_i}}{e^{z_1} + e^{z_2} + \dots + e^{z_n}}$$
#
# Tous les $p_i$ sont positifs et leur somme vaut 1 ; la plus grande somme $z_i$ reçoit la plus grande probabilité.
#
# ### ✏️ Exercice 2 : softmax
#
# Écrivez-la avec `np.exp` et `.sum()`.


# %% tags=["exercise"]
def softmax(sums: np.ndarray) -> np.ndarray:
    """Turns sums into probabilities."""
    # solution
    exponentials = np.exp(sums - sums.max())  # taking the largest away changes nothing, but nothing overflows
    return exponentials / exponentials.sum()
    # end


check(softmax(np.array([1.0, 2.0, 3.0])), [0.09003, 0.24473, 0.66524])

# %% [raw] lang="fr"
# Turns sums into probabilities. -> Transforme des sommes en probabilités.
# taking the largest away changes nothing, but nothing overflows
# -> retrancher la plus grande ne change rien, mais évite tout dépassement

# %% [markdown] lang="en"
# Nobody sets 28 × 28 × 22 weights by hand: they are **learnt**, and chapter 4 says how. Here is the smallest network of
# the project, a single layer, trained with Keras in three lines. Its weights can be looked at, one image for each
# digit.

# %% [markdown] lang="fr"
# Personne ne fixe 28 × 28 × 22 poids à la main : ils sont **appris**, le chapitre 4 dit comment. Voici le plus petit
# réseau du projet, une seule couche, entraîné avec Keras en trois lignes. On peut regarder ses poids : une image par
# chiffre.

# %%
import keras

from model.network import build_network
from training.evaluation.metrics import predict, score
from training.explain.insight import first_kernels

layer = build_network("dense1")
layer.compile(keras.optimizers.AdamW(weight_decay=0.1), "sparse_categorical_crossentropy")
layer.fit(train.x[..., None], train.y, batch_size=32, epochs=EPOCHS, verbose=0)
accuracy = score(predict(layer, validation), validation.y).accuracy
print(f"one layer: {accuracy:.1%} right on the validation set")

weights = first_kernels(layer)
with figure(2, 5, (10, 4.3)) as axes:
    axes[0, 0].figure.suptitle("Weights of each digit's neuron: ink on red speaks for it, on blue against it")
    for digit, panel in enumerate(axes.ravel()):
        panel.imshow(weights[..., digit], cmap="RdBu_r", vmin=-0.3, vmax=0.3)
        panel.set(title=f"{digit}", xticks=[], yticks=[])

# %% [raw] lang="fr"
# one layer: {accuracy:.1%} right on the validation set
# -> une couche : {accuracy:.1%} de bonnes réponses sur l'ensemble de validation
# Weights of each digit's neuron: ink on red speaks for it, on blue against it
# -> Poids du neurone de chaque chiffre : l'encre sur le rouge l'active, sur le bleu le freine

# %% [markdown] lang="en"
# Between two layers stands an activation function, mostly **ReLU**: $f(z) = \max(0, z)$. Without it, two layers would
# be no more than one: sums of sums are sums. With it, layers can be stacked, each building on what the one before has
# found: that is a *deep* network.

# %% [markdown] lang="fr"
# Entre deux couches se place une fonction d'activation, le plus souvent **ReLU** : $f(z) = \max(0, z)$. Sans elle, deux
# couches n'en vaudraient qu'une : des sommes de sommes sont des sommes. Avec elle, on peut empiler les couches, chacune
# s'appuyant sur ce qu'a trouvé la précédente : c'est un réseau *profond*.

# %% [markdown] lang="en"
# ## 3. Convolution and pooling
#
# A single layer learns *where* ink must be. If the digit moves by three pixels, everything is different for it. A
# **convolution** looks for small patterns, anywhere: a small table of weights, the **kernel** (or filter), slides over
# the image; at each stop, the pixels below it are multiplied by its weights and added up. The results are a new image,
# the **feature map**: bright where the pattern is.
#
# The **stride** is the number of pixels from one stop to the next.
#
# ### ✏️ Exercise 3: convolution
#
# Complete the function. The part of the image below the kernel, at the stop `(y, x)`, is
# `image[y : y + side, x : x + side]`. Then multiply by `kernel`, and add up with `np.sum`.

# %% [markdown] lang="fr"
# ## 3. Convolution et sous-échantillonnage
#
# Une couche seule apprend *où* doit se trouver l'encre. Que le chiffre se déplace de trois pixels, et tout change pour
# elle. Une **convolution** cherche de petits motifs, où qu'ils soient : un petit tableau de poids, le **noyau** (ou
# filtre), glisse sur l'image ; à chaque position, les pixels qu'il recouvre sont multipliés par ses poids et
# additionnés. Les résultats forment une nouvelle image, la **carte de caractéristiques** : claire là où se trouve le
# motif.
#
# Le **pas** (*stride*) est le nombre de pixels d'une position à la suivante.
#
# ### ✏️ Exercice 3 : convolution
#
# Complétez la fonction. La partie de l'image sous le noyau, à la position `(y, x)`, est
# `image[y : y + side, x : x + side]`. Multipliez-la par `kernel`, puis additionnez avec `np.sum`.


# %% tags=["exercise"]
def convolve(image: np.ndarray, kernel: np.ndarray, stride: int = 1) -> np.ndarray:
    """Slides a square kernel over a square image; gives the feature map."""
    side = len(kernel)
    stops = range(0, len(image) - side + 1, stride)
    # solution
    return np.array([[np.sum(image[y : y + side, x : x + side] * kernel) for x in stops] for y in stops])
    # end


# %% [raw] lang="fr"
# Slides a square kernel over a square image; gives the feature map.
# -> Fait glisser un noyau carré sur une image carrée ; donne la carte de caractéristiques.


# %%
def opencv_convolve(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """The same by OpenCV, for kernels of 3x3."""
    return cv2.filter2D(image.astype(np.float64), -1, kernel)[1:-1, 1:-1]


image = train.x[0] / 255
upright = np.array([[-1.0, 0.0, 1.0], [-1.0, 0.0, 1.0], [-1.0, 0.0, 1.0]])
check(convolve(image, upright), opencv_convolve(image, upright))
check(convolve(image, upright, stride=2), opencv_convolve(image, upright)[::2, ::2])

# %% [raw] lang="fr"
# The same by OpenCV, for kernels of 3x3. -> La même, par OpenCV, pour des noyaux 3x3.

# %%
kernels = {
    "unchanged": np.array([[0, 0, 0], [0, 1.0, 0], [0, 0, 0]]),
    "blur": np.full((3, 3), 1 / 9),
    "upright edges": upright,
    "level edges": upright.T,
    "slanting edges": np.array([[0, 1.0, 1], [-1, 0, 1], [-1, -1, 0]]),
}
with figure(2, 5, (11, 4.9)) as axes:
    axes[0, 0].figure.suptitle("Kernels, and the feature map that each makes")
    for (name, kernel), above, below in zip(kernels.items(), *axes, strict=True):
        above.imshow(kernel, cmap="RdBu_r", vmin=-2, vmax=2)
        for (row, column), value in np.ndenumerate(kernel):
            above.text(column, row, f"{value:.2g}", ha="center", va="center")
        below.imshow(opencv_convolve(image, kernel), cmap="gray")
        above.set(title=name, xticks=[], yticks=[])
        below.set(xticks=[], yticks=[])

# %% [raw] lang="fr"
# unchanged -> inchangé
# blur -> flou
# upright edges -> bords verticaux
# level edges -> bords horizontaux
# slanting edges -> bords obliques
# Kernels, and the feature map that each makes -> Des noyaux, et la carte de caractéristiques que donne chacun

# %% [markdown] lang="en"
# A convolutional network (**CNN**) doesn't get its kernels from us: it learns them. All places share the same few
# weights: 9 for a kernel of 3×3, where a neuron that sees all pixels has 784.
#
# The feature map is a little smaller than the image, unless zeros are put around the image first (**padding**). With
# an image of side $n$, a kernel of side $k$, a padding of $p$ pixels and a stride $s$, its side is
#
# $$\left\lfloor \frac{n + 2p - k}{s} \right\rfloor + 1$$
#
# ### ✏️ Exercise 4: sizes
#
# `//` divides and rounds down.

# %% [markdown] lang="fr"
# Un réseau convolutif (**CNN**) ne reçoit pas ses noyaux de nous : il les apprend. Tous les endroits partagent les
# mêmes poids, peu nombreux : 9 pour un noyau 3×3, alors qu'un neurone qui voit tous les pixels en a 784.
#
# La carte est un peu plus petite que l'image, à moins d'entourer d'abord l'image de zéros (**remplissage**,
# *padding*). Pour une image de côté $n$, un noyau de côté $k$, un remplissage de $p$ pixels et un pas $s$, son côté est
#
# $$\left\lfloor \frac{n + 2p - k}{s} \right\rfloor + 1$$
#
# ### ✏️ Exercice 4 : tailles
#
# `//` divise et arrondit à l'entier inférieur.


# %% tags=["exercise"]
def map_side(n: int, k: int, p: int = 0, s: int = 1) -> int:
    """The side of the feature map."""
    # solution
    return (n + 2 * p - k) // s + 1
    # end


check([map_side(28, 3), map_side(28, 3, p=1), map_side(28, 5, p=2, s=2)], [26, 28, 14])

# %% [raw] lang="fr"
# The side of the feature map. -> Le côté de la carte de caractéristiques.

# %% [markdown] lang="en"
# **Pooling** makes maps smaller: of each square of 2×2 values, *max pooling* keeps the largest. What matters is that a
# pattern is there, and roughly where; a shift of a pixel changes little.
#
# ### ✏️ Exercise 5: max pooling
#
# As in the convolution, go from stop to stop, now with a stride of 2; `.max()` takes the place of the sum.

# %% [markdown] lang="fr"
# Le **sous-échantillonnage** (*pooling*) réduit les cartes : de chaque carré de 2×2 valeurs, le *max pooling* garde la
# plus grande. Ce qui compte, c'est que le motif soit là, et à peu près où ; un décalage d'un pixel change peu.
#
# ### ✏️ Exercice 5 : max pooling
#
# Comme pour la convolution, allez de position en position, avec un pas de 2 ; `.max()` remplace la somme.


# %% tags=["exercise"]
def max_pool(values: np.ndarray) -> np.ndarray:
    """The largest of each 2x2 square."""
    # solution
    height, width = values.shape
    return np.array([[values[y : y + 2, x : x + 2].max() for x in range(0, width, 2)] for y in range(0, height, 2)])
    # end


# %% [raw] lang="fr"
# The largest of each 2x2 square. -> La plus grande valeur de chaque carré 2x2.


# %%
def keras_pool(values: np.ndarray) -> np.ndarray:
    """The same by Keras."""
    return np.array(keras.ops.max_pool(values[None, ..., None], 2))[0, ..., 0]


check(max_pool(image), keras_pool(image))
edges = np.maximum(0, opencv_convolve(image, upright))
with figure(1, 4, (11, 3.2)) as axes:
    steps = (image, edges, keras_pool(edges), keras_pool(keras_pool(edges)[:12, :12]))
    for panel, step, name in zip(axes, steps, ("image", "convolution, ReLU", "pooling", "pooling again"), strict=True):
        panel.imshow(step, cmap="gray")
        panel.set(title=f"{name}: {len(step)}×{len(step)}", xticks=[], yticks=[])

# %% [raw] lang="fr"
# The same by Keras. -> La même, par Keras.
# image -> image
# convolution, ReLU -> convolution, ReLU
# pooling -> pooling
# pooling again -> encore pooling
# {name}: {len(step)}×{len(step)} -> {name} : {len(step)}×{len(step)}

# %% [markdown] lang="en"
# Now everything for a CNN is there:
#
# 1. **convolutions** find patterns, from edges to loops, and **pooling** narrows the maps;
# 2. **flatten** puts all values of the last maps into one row;
# 3. **fully connected** layers (*dense*), where each neuron sees all values, decide;
# 4. the **softmax** gives the probabilities.
#
# This is the network we are going to train. It is written out layer by layer, as Keras has it; the table shows what
# each layer gives, and its number of weights:

# %% [markdown] lang="fr"
# Tout est là pour un CNN :
#
# 1. les **convolutions** trouvent des motifs, des bords jusqu'aux boucles, et le **pooling** rétrécit les cartes ;
# 2. l'**aplatissement** (*flatten*) met toutes les valeurs des dernières cartes sur une seule ligne ;
# 3. les **couches entièrement connectées** (*dense*), dont chaque neurone voit toutes les valeurs, décident ;
# 4. la fonction **softmax** donne les probabilités.
#
# Voici le réseau que nous allons entraîner, écrit couche par couche, comme le veut Keras ; le tableau montre la forme
# de ce que donne chaque couche et son nombre de poids :

# %%
from keras import Input, Sequential
from keras.layers import Conv2D, Dense, Dropout, Flatten, MaxPooling2D, Rescaling

from training.explain.architecture import describe

model = Sequential(
    [
        Input((28, 28, 1)),
        Rescaling(1 / 255),  # pixels become numbers from 0 to 1
        Conv2D(32, (3, 3), activation="relu", name="conv1"),
        MaxPooling2D((2, 2)),
        Conv2D(64, (3, 3), activation="relu", name="conv2"),
        MaxPooling2D((2, 2)),
        Flatten(),
        Dropout(0.3),
        Dense(128, activation="relu"),
        Dense(11, activation="softmax"),
    ]
)
for block in describe(build_network("cnn_small")):
    print(f"{block.name:15} {block.shape_text:>10} {block.parameters:>10,}")
print(model.count_params() == build_network("cnn_small").count_params())

# %% [raw] lang="fr"
# pixels become numbers from 0 to 1 -> les pixels deviennent des nombres de 0 à 1

# %% [markdown] lang="en"
# ### ✏️ Exercise 6: how many weights?
#
# `conv2` has 64 kernels of 3×3; each looks at all 32 maps of the layer before, and each has a bias. Find the formula
# that gives the number in the table.

# %% [markdown] lang="fr"
# ### ✏️ Exercice 6 : combien de poids ?
#
# `conv2` a 64 noyaux 3×3 ; chacun regarde les 32 cartes de la couche précédente, et chacun a un biais. Trouvez la
# formule qui donne le nombre du tableau.


# %% tags=["exercise"]
def count_weights(kernels: int, side: int, maps_before: int) -> int:
    """The weights and biases of a convolution."""
    # solution
    return kernels * (side * side * maps_before + 1)
    # end


check([count_weights(32, 3, 1), count_weights(64, 3, 32)], [320, 18496])

# %% [raw] lang="fr"
# The weights and biases of a convolution. -> Les poids et les biais d'une convolution.

# %% [markdown] lang="en"
# ## 4. Training, and overfitting
#
# At first all weights are random, and so are the answers. **Training** repeats:
#
# 1. show a **batch** of images (say 64) and see which probabilities come out;
# 2. measure how wrong they are: the **loss** is $-\ln p$, where $p$ is the probability given to the true class. Being
#    sure and right costs nothing; being sure and wrong costs a lot;
# 3. move every weight a little in the direction that lowers the loss: **gradient descent**. The size of the step is
#    the **learning rate**.
#
# Once all images have been shown, an **epoch** is over. After each one we look at the validation set.

# %% [markdown] lang="fr"
# ## 4. Apprentissage et surapprentissage
#
# Au début, tous les poids sont tirés au hasard, et les réponses aussi. L'**apprentissage** répète :
#
# 1. montrer un **lot** (*batch*) d'images (64, par exemple) et voir quelles probabilités en sortent ;
# 2. mesurer l'erreur : la **perte** (*loss*) vaut $-\ln p$, où $p$ est la probabilité donnée à la vraie classe. Être
#    sûr et avoir raison ne coûte rien ; être sûr et se tromper coûte cher ;
# 3. déplacer un peu chaque poids dans la direction qui diminue la perte : c'est la **descente de gradient**. La
#    longueur du déplacement est réglée par le **taux d'apprentissage** (*learning rate*).
#
# Quand toutes les images ont été montrées, une **époque** est terminée. Après chacune, on regarde l'ensemble de
# validation.

# %%
from keras.callbacks import EarlyStopping

model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
history = model.fit(
    train.x[..., None],
    keras.utils.to_categorical(train.y, 11),
    validation_data=(validation.x[..., None], keras.utils.to_categorical(validation.y, 11)),
    batch_size=64,
    epochs=EPOCHS,
    callbacks=[EarlyStopping(patience=3, restore_best_weights=True)],
    verbose=2,
)
model.save(folder / "my_model.keras")

# %% [raw] lang="fr"
# my_model.keras -> mon_modele.keras

# %%
from matplotlib.axes import Axes


def draw_curves(axes: Axes, name: str, trained: list[float], validated: list[float]) -> None:
    """One quantity over the epochs, for the training and the validation set."""
    epochs = range(1, len(trained) + 1)
    axes.plot(epochs, trained, "o-", color=BLUE, label="training", markersize=4)
    axes.plot(epochs, validated, "s-", color=ORANGE, label="validation", markersize=4)
    axes.set(title=name, xlabel="epoch")
    axes.grid(alpha=0.3)
    axes.legend()


with figure(1, 2, (10, 3.6)) as (left, right):
    for panel, key, name in ((left, "accuracy", "Accuracy"), (right, "loss", "Loss")):
        draw_curves(panel, name, history.history[key], history.history[f"val_{key}"])

# %% [raw] lang="fr"
# One quantity over the epochs, for the training and the validation set.
# -> Une grandeur au fil des époques, sur les ensembles d'apprentissage et de validation.
# training -> apprentissage
# validation -> validation
# epoch -> époque
# Accuracy -> Exactitude (accuracy)
# Loss -> Perte (loss)

# %% [markdown] lang="en"
# (The training figure is a mean over the epoch, while the network was still learning, and with dropout; so it may well
# lie below that of the validation set.)
#
# ### Overfitting
#
# Learning by heart is not understanding. Let us give a large dense network only 300 images, and many epochs:

# %% [markdown] lang="fr"
# (La valeur d'apprentissage est une moyenne sur l'époque, pendant que le réseau apprenait encore, et avec dropout ;
# elle peut donc être inférieure à celle de validation.)
#
# ### Le surapprentissage
#
# Apprendre par cœur n'est pas comprendre. Donnons à un grand réseau dense 300 images seulement, et beaucoup
# d'époques :

# %%
few = train.take(300, SEED)
parrot = build_network("dense2", dropout=0)
parrot.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
learnt = parrot.fit(
    few.x[..., None],
    few.y,
    batch_size=32,
    epochs=40,
    verbose=0,
    validation_data=(validation.x[..., None], validation.y),
).history
best = int(np.argmin(learnt["val_loss"]))
with figure(1, 2, (10, 3.6)) as (left, right):
    draw_curves(left, "Accuracy", learnt["accuracy"], learnt["val_accuracy"])
    draw_curves(right, "Loss", learnt["loss"], learnt["val_loss"])
    right.axvline(best + 1, color=GREY, linestyle=":")

# %% [markdown] lang="en"
# Soon all training images are read without a mistake, but the validation set is not: the network has learnt *these*
# images, not digits. That is **overfitting**. The validation loss even rises after its lowest point (the dotted line):
# the network gets surer, also where it is wrong.
#
# What helps:
#
# - **more images**, or images varied at random in every epoch (**augmentation**, below);
# - **dropout**: in each step some neurons are switched off at random, so that none relies on another;
# - **weight decay**: each step pulls all weights a little towards zero;
# - **early stopping**: end when the validation set no longer gets better, and keep the best epoch's weights.
#
# ### ✏️ Exercise 7: early stopping
#
# Given are the validation losses, epoch by epoch, and the *patience*: how many epochs without a better one we wait.
# Return the number (from 0) of the epoch whose weights are kept.

# %% [markdown] lang="fr"
# Bientôt, toutes les images d'apprentissage sont lues sans faute, mais pas celles de validation : le réseau a appris
# *ces* images, et non les chiffres. C'est le **surapprentissage**. La perte de validation remonte même après son
# minimum (la ligne pointillée) : le réseau devient de plus en plus sûr, y compris quand il se trompe.
#
# Ce qui aide :
#
# - **plus d'images**, ou des images variées au hasard à chaque époque (**augmentation des données**, ci-dessous) ;
# - le **dropout** : à chaque pas, certains neurones sont éteints au hasard, pour qu'aucun ne se repose sur un autre ;
# - la **décroissance des poids** (*weight decay*) : chaque pas tire un peu tous les poids vers zéro ;
# - l'**arrêt anticipé** (*early stopping*) : s'arrêter quand la validation ne s'améliore plus, et garder les poids de
#   la meilleure époque.
#
# ### ✏️ Exercice 7 : arrêt anticipé
#
# On donne les pertes de validation, époque par époque, et la *patience* : combien d'époques sans amélioration on
# attend. Renvoyez le numéro (à partir de 0) de l'époque dont on garde les poids.


# %% tags=["exercise"]
def kept_epoch(losses: list[float], patience: int) -> int:
    """The best epoch so far, when `patience` epochs have brought nothing better."""
    best = 0
    for epoch, loss in enumerate(losses):
        # solution
        if loss < losses[best]:
            best = epoch
        if epoch - best >= patience:
            break
        # end
    return best


check([kept_epoch([0.9, 0.5, 0.4, 0.45, 0.42, 0.3], patience) for patience in (2, 3)], [2, 5])

# %% [raw] lang="fr"
# The best epoch so far, when `patience` epochs have brought nothing better.
# -> La meilleure époque, quand `patience` époques n'ont rien apporté de mieux.

# %%
rng = np.random.default_rng(SEED)
with figure(1, 9, (11, 1.8)) as axes:
    axes[0].figure.suptitle("Augmentation: an image (left), and how it may be shown in eight epochs")
    for number, panel in enumerate(axes):
        show_glyph(panel, vary(train.x[1], rng) if number else train.x[1])

# %% [raw] lang="fr"
# Augmentation: an image (left), and how it may be shown in eight epochs
# -> Augmentation : une image (à gauche), et comment elle peut apparaître à huit époques

# %% [markdown] lang="en"
# The project's `fit` trains the same architecture with all of these: images varied in every epoch, dropout, weight
# decay, early stopping, a learning rate that rises and falls. And to compare, a network without any convolution:

# %% [markdown] lang="fr"
# La fonction `fit` du projet entraîne la même architecture avec tout cela : images variées à chaque époque, dropout,
# décroissance des poids, arrêt anticipé, taux d'apprentissage qui monte puis descend. Et, pour comparer, un réseau sans
# aucune convolution :

# %%
from model.glyph import normalise


def varied(epoch: int) -> tuple[np.ndarray, np.ndarray]:
    """The training images of one epoch, each varied anew."""
    chance = np.random.default_rng((SEED, epoch))
    return np.stack([normalise(vary(image, chance)) for image in train.x]), train.y


config = TrainConfig(arch="cnn_small", epochs=EPOCHS, batch_size=64, patience=3, seed=SEED)
network, progress = fit(config, varied, validation, Path(tempfile.mkdtemp()))

dense = Sequential(
    [
        Input((28, 28, 1)),
        Rescaling(1 / 255),
        Flatten(),
        Dense(512, activation="relu"),
        Dense(11, activation="softmax"),
    ]
)
dense.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
dense.fit(train.x[..., None], train.y, batch_size=64, epochs=EPOCHS, verbose=0)

names = ("dense network", "CNN", "CNN, varied images")
for name, one in zip(names, (dense, model, network), strict=True):
    learnt, held_out = (np.mean(predict(one, part).argmax(axis=1) == part.y) for part in (train, validation))
    print(f"{name:20} training {learnt:.1%}   validation {held_out:.1%}   gap {100 * (learnt - held_out):+.1f}")

# %% [raw] lang="fr"
# The training images of one epoch, each varied anew. -> Les images d'apprentissage d'une époque, chacune variée.
# dense network -> réseau dense
# CNN -> CNN
# CNN, varied images -> CNN, images variées
# {name:20} training {learnt:.1%}   validation {held_out:.1%}   gap {100 * (learnt - held_out):+.1f}
# -> {name:20} apprentissage {learnt:.1%}   validation {held_out:.1%}   écart {100 * (learnt - held_out):+.1f}

# %% [markdown] lang="en"
# With all 60,000 images (`LIMIT = None`) a dense network comes near 98%, a CNN above 99%.
# `python train.py compare --ablate` measures what each means is worth, one left out at a time.

# %% [markdown] lang="fr"
# Avec les 60 000 images (`LIMIT = None`), un réseau dense approche 98 %, un CNN dépasse 99 %.
# `python train.py compare --ablate` mesure ce que vaut chaque moyen, en l'enlevant tour à tour.

# %% [markdown] lang="en"
# ## 5. Evaluation
#
# Now, once, the test set. The **accuracy** is the share of images read right.

# %% [markdown] lang="fr"
# ## 5. Évaluation
#
# Maintenant, une seule fois, l'ensemble de test. L'**exactitude** (*accuracy*) est la part d'images bien lues.

# %%
probabilities = network.predict(test.x[..., None], verbose=0)
answers = probabilities.argmax(axis=1)
print(f"{np.mean(answers == test.y):.2%} of {len(test)} images right")

# %% [raw] lang="fr"
# {np.mean(answers == test.y):.2%} of {len(test)} images right
# -> {np.mean(answers == test.y):.2%} des {len(test)} images bien lues

# %% [markdown] lang="en"
# The **confusion matrix** says more: each row is a true digit, each column what was read. On the diagonal is what is
# right.

# %% [markdown] lang="fr"
# La **matrice de confusion** en dit plus : chaque ligne est un vrai chiffre, chaque colonne ce qui a été lu. Sur la
# diagonale se trouvent les bonnes réponses.

# %%
from sklearn.metrics import classification_report, confusion_matrix

confusion = confusion_matrix(test.y, answers, labels=range(10))
with figure(size_in=(6.6, 6)) as axes:
    axes.imshow(np.sqrt(confusion), cmap="Blues")
    for (row, column), number in np.ndenumerate(confusion):
        if number:
            axes.text(column, row, number, ha="center", va="center", color="white" if row == column else "black")
    axes.set(title="Confusion matrix", xlabel="read as", ylabel="true digit", xticks=range(10), yticks=range(10))

# %% [raw] lang="fr"
# Confusion matrix -> Matrice de confusion
# read as -> lu comme
# true digit -> vrai chiffre

# %% [markdown] lang="en"
# ### ✏️ Exercise 8: recall and precision
#
# - **Recall**: of all that *is* a 7, what share was read as 7? (along a row)
# - **Precision**: of all that was *read* as 7, what share is a 7? (along a column)
#
# Write the recall of every digit. `np.diag(confusion)` gives the diagonal, `confusion.sum(axis=1)` the sum of each row.

# %% [markdown] lang="fr"
# ### ✏️ Exercice 8 : rappel et précision
#
# - **Rappel** (*recall*) : de tout ce qui *est* un 7, quelle part a été lue comme 7 ? (le long d'une ligne)
# - **Précision** (*precision*) : de tout ce qui a été *lu* comme 7, quelle part est un 7 ? (le long d'une colonne)
#
# Écrivez le rappel de chaque chiffre. `np.diag(confusion)` donne la diagonale, `confusion.sum(axis=1)` la somme de
# chaque ligne.


# %% tags=["exercise"]
def recall(confusion: np.ndarray) -> np.ndarray:
    """The recall of each class: share of its row on the diagonal."""
    # solution
    return np.diag(confusion) / confusion.sum(axis=1)
    # end


check(recall(np.array([[8, 2], [1, 4]])), [0.8, 0.8])
check(recall(np.array([[5, 0, 5], [0, 3, 1], [0, 0, 9]])), [0.5, 0.75, 1.0])

# %% [raw] lang="fr"
# The recall of each class: share of its row on the diagonal.
# -> Le rappel de chaque classe : la part de sa ligne qui est sur la diagonale.

# %% [markdown] lang="en"
# scikit-learn computes all of them; F1 is the harmonic mean of precision and recall, *support* the number of images.

# %% [markdown] lang="fr"
# scikit-learn calcule toutes ces mesures ; F1 est la moyenne harmonique de la précision et du rappel, *support* le
# nombre d'images.

# %%
from training.evaluation.metrics import CLASS_NAMES
from training.plots.evaluation import worst_mistakes

print(classification_report(test.y, answers, labels=range(10), digits=4, zero_division=0))
with figure(2, 6, (10, 4.2)) as axes:
    axes[0, 0].figure.suptitle("The mistakes it was surest of")
    for panel in axes.ravel():
        panel.axis("off")
    for panel, index in zip(axes.ravel(), worst_mistakes(probabilities, test.y), strict=False):
        panel.axis("on")
        read = int(probabilities[index].argmax())
        sure = probabilities[index, read]
        show_glyph(panel, test.x[index], f"true {test.y[index]}, read {CLASS_NAMES[read]}\n{sure:.0%} sure")

# %% [raw] lang="fr"
# The mistakes it was surest of -> Les erreurs dont il était le plus sûr
# true {test.y[index]}, read {CLASS_NAMES[read]}\n{sure:.0%} sure
# -> vrai {test.y[index]}, lu {CLASS_NAMES[read]}\nsûr à {sure:.0%}

# %% [markdown] lang="en"
# What do these figures say? The project puts a test into words from its figures:

# %% [markdown] lang="fr"
# Que disent ces chiffres ? Le projet commente un test d'après ses résultats :

# %%
from IPython.display import Markdown, display

from training.evaluation.summary import comment

display(Markdown(comment(score(probabilities, test.y), probabilities, test.y)))

# %% [markdown] lang="en"
# Look at the mistakes: which would you read right yourself?
#
# ## 6. What the network sees
#
# Its kernels are learnt. Here are some of the first convolution, and the feature maps they make; below, maps of the
# second convolution.

# %% [markdown] lang="fr"
# Regardez les erreurs : lesquelles auriez-vous bien lues ?
#
# ## 6. Ce que voit le réseau
#
# Ses noyaux sont appris. En voici quelques-uns de la première convolution, avec les cartes de caractéristiques qu'ils
# donnent ; en dessous, des cartes de la deuxième convolution.

# %%
from training.explain.insight import activations
from training.plots.layers import liveliest

glyph = test.x[0]
maps = activations(network, glyph)
first, second = (liveliest(maps[name], 8) for name in ("conv1", "conv2"))
with figure(3, 8, (11, 4.5)) as axes:
    axes[0, 0].figure.suptitle("Kernels and maps of the first convolution; maps of the second")
    for column in range(8):
        axes[0, column].imshow(first_kernels(network)[..., first[column]], cmap="RdBu_r", vmin=-0.5, vmax=0.5)
        axes[1, column].imshow(maps["conv1"][..., first[column]], cmap="inferno")
        axes[2, column].imshow(maps["conv2"][..., second[column]], cmap="inferno")
    for panel in axes.ravel():
        panel.set(xticks=[], yticks=[])

# %% [raw] lang="fr"
# Kernels and maps of the first convolution; maps of the second
# -> Noyaux et cartes de la première convolution ; cartes de la deuxième

# %% [markdown] lang="en"
# **Grad-CAM** (Selvaraju et al. 2017) asks which places speak for a class: each map of the last convolution is weighed
# by the mean of the class's gradient over it, the sum is cut at zero. The mean is right when the network itself takes
# the mean of each map before it decides (global pooling). Ours does not: behind the maps stand `Flatten` and `Dense`,
# for which every place has weights of its own. **Integrated gradients** (Sundararajan et al. 2017) ask the pixels
# instead: the digit is faded in from empty paper, and each pixel gets its share of what that adds to the class.

# %% [markdown] lang="fr"
# **Grad-CAM** (Selvaraju et al. 2017) demande quels endroits contribuent à une classe : chaque carte de la dernière
# convolution est pondérée par la moyenne, sur cette carte, du gradient de la classe, et la somme est coupée à zéro.
# Prendre la moyenne est correct quand le réseau lui-même fait la moyenne de chaque carte avant de décider (*global
# pooling*). Ce n'est pas le cas du nôtre : derrière les cartes viennent `Flatten` et `Dense`, pour lesquels chaque
# endroit a ses propres poids. Les **gradients intégrés** (Sundararajan et al. 2017) interrogent plutôt les pixels : le
# chiffre apparaît peu à peu sur le papier vide, et chaque pixel reçoit sa part de ce que cela ajoute à la classe.


# %%
import keras
import tensorflow as tf

from training.explain.insight import integrated_gradients


def grad_cam(image: np.ndarray, number: int) -> np.ndarray:
    """Where the last convolution's maps speak for a class: (28, 28)."""
    inner = keras.Model(network.inputs[0], [network.get_layer("conv2").output, network.get_layer("logits").output])
    with tf.GradientTape() as tape:
        feature_maps, logits = inner(image[None, ..., None].astype("float32"))
        logit = logits[0, number]
    weights = tf.reduce_mean(tape.gradient(logit, feature_maps), axis=(1, 2), keepdims=True)
    heat = tf.nn.relu(tf.reduce_sum(weights * feature_maps, axis=-1))[0].numpy()
    return cv2.resize(heat, (28, 28))


likely = np.argsort(-maps["probabilities"])[:3]
added = integrated_gradients(network, glyph)
limit = np.abs(added).max()
with figure(2, 4, (10, 5.6)) as axes:
    for row, name in zip(axes, ("Grad-CAM", "integrated gradients"), strict=True):
        show_glyph(row[0], glyph)
        row[0].set_ylabel(name)
    for above, below, number in zip(axes[0, 1:], axes[1, 1:], likely, strict=True):
        above.imshow(grad_cam(glyph, number), cmap="inferno")
        below.imshow(added[number], cmap="RdBu_r", vmin=-limit, vmax=limit)
        above.set(title=f"for {CLASS_NAMES[number]}: {maps['probabilities'][number]:.1%}")
        for panel, colour in ((above, "white"), (below, "black")):
            panel.contour(glyph, levels=[96], colors=colour, linewidths=1)
            panel.set(xticks=[], yticks=[])

# %% [raw] lang="fr"
# Where the last convolution's maps speak for a class: (28, 28).
# -> Où les cartes de la dernière convolution contribuent à une classe : (28, 28).
# integrated gradients -> gradients intégrés
# for {CLASS_NAMES[number]}: {maps['probabilities'][number]:.1%}
# -> pour {CLASS_NAMES[number]} : {maps['probabilities'][number]:.1%}

# %% [markdown] lang="en"
# Which of the two lies where you would look? Take the ink away that each marks as most important, and read again: the
# one that knows what the reading depends on makes it fall further.

# %% [markdown] lang="fr"
# Laquelle des deux désigne les endroits que vous regarderiez ? Enlevons l'encre que chacune donne pour la plus
# importante et relisons : celle qui sait de quoi dépend la lecture la fait baisser davantage.


# %%
def without(image: np.ndarray, heat: np.ndarray, share: float = 0.2) -> np.ndarray:
    """The image without the share of its ink where the map is strongest."""
    ink = np.argwhere(image > 96)
    strongest = np.argsort(-heat[image > 96])[: round(share * len(ink))]
    changed = image.copy()
    changed[tuple(ink[strongest].T)] = 0
    return changed


some, labels = test.x[:20], test.y[:20]
by_chance = np.random.default_rng(SEED)
ways = {
    "nothing taken away": lambda x, y: x,
    "a fifth, by chance": lambda x, y: without(x, by_chance.random(x.shape)),
    "a fifth, by Grad-CAM": lambda x, y: without(x, grad_cam(x, y)),
    "a fifth, by integrated gradients": lambda x, y: without(x, integrated_gradients(network, x)[y]),
}
for name, take_away in ways.items():
    changed = np.stack([take_away(x, y) for x, y in zip(some, labels, strict=True)])
    p = network.predict(changed[..., None], verbose=0)[np.arange(20), labels]
    print(f"{name}: {p.mean():.0%}")

# %% [raw] lang="fr"
# The image without the share of its ink where the map is strongest.
# -> L'image sans la part de son encre où la carte est la plus forte.
# nothing taken away -> rien d'enlevé
# a fifth, by chance -> un cinquième, au hasard
# a fifth, by Grad-CAM -> un cinquième, selon Grad-CAM
# a fifth, by integrated gradients -> un cinquième, selon les gradients intégrés

# %% [markdown] lang="en"
# ## 7. Altered images
#
# MNIST's digits are neat. What if a digit is somewhere else, or larger? Each test image is enlarged, its digit put at a
# random place in a random size, then all is reduced to 28×28 again. We read it as it is, and cut out and centred first
# by `normalise`, as the camera does.

# %% [markdown] lang="fr"
# ## 7. Images altérées
#
# Les chiffres de MNIST sont bien rangés. Et si un chiffre est ailleurs, ou plus grand ? Chaque image de test est
# agrandie, son chiffre placé au hasard dans une taille tirée au hasard, puis le tout est réduit de nouveau à 28×28.
# Nous le lisons tel quel, puis découpé et centré d'abord par `normalise`, comme le fait la caméra.

# %%
from training.evaluation.corruptions import ALTERATIONS, alter_all, normalise_all
from training.evaluation.robustness import measure_moved


def read_all(glyphs: np.ndarray) -> np.ndarray:
    """The network's probabilities: (n, 28, 28) to (n, 11)."""
    return network.predict(glyphs[..., None], batch_size=512, verbose=0)


some = test_images.take(500, SEED)
moved = measure_moved(some, read_all, SEED)
print(f"plain: {moved.plain.accuracy:.1%}")
print(f"moved: {moved.straight:.1%}")
print(f"moved and centred again: {moved.moved.accuracy:.1%}")
rows_names = ("moved", "centred again")
rows = (some.x[:12], moved.images[:12], normalise_all(moved.images[:12]))
with figure(size_in=(11, 3.2)) as axes:
    show_glyph(axes, np.block([list(row) for row in rows]))
    axes.set(yticks=(14, 42, 70), yticklabels=("plain", "moved", "centred again"))

# %% [raw] lang="fr"
# The network's probabilities: (n, 28, 28) to (n, 11). -> Les probabilités du réseau : de (n, 28, 28) à (n, 11).
# plain: {moved.plain.accuracy:.1%} -> tel quel : {moved.plain.accuracy:.1%}
# moved: {moved.straight:.1%} -> déplacé : {moved.straight:.1%}
# moved and centred again: {moved.moved.accuracy:.1%} -> déplacé puis recentré : {moved.moved.accuracy:.1%}
# plain -> tel quel
# moved -> déplacé
# centred again -> recentré

# %%
with figure(1, 2, (11, 5)) as axes:
    axes[0].figure.suptitle("Confusion matrices of the moved images")
    for panel, images, title in zip(axes, (moved.images, normalise_all(moved.images)), rows_names, strict=True):
        matrix = confusion_matrix(some.y, read_all(images).argmax(axis=1), labels=range(10))
        panel.imshow(np.sqrt(matrix), cmap="Blues")
        for (row, column), number in np.ndenumerate(matrix):
            if number:
                panel.text(column, row, number, ha="center", va="center", color="white" if row == column else "black")
        panel.set(title=title, xlabel="read as", ylabel="true digit", xticks=range(10), yticks=range(10))

# %% [raw] lang="fr"
# Confusion matrices of the moved images -> Matrices de confusion des images déplacées

# %% [markdown] lang="en"
# How much of each alteration does the network bear?

# %% [markdown] lang="fr"
# Quelle dose de chaque altération le réseau supporte-t-il ?

# %%
titles = {
    "rotation": "rotation (degrees)",
    "thickness": "thickness (pixels added)",
    "noise": "noise (grey levels)",
    "occlusion": "hidden square (pixels)",
}
with figure(1, 4, (12, 3.2), sharey=True) as axes:
    axes[0].set_ylabel("share read right")
    for panel, (name, title) in zip(axes, titles.items(), strict=True):
        alteration = next(one for one in ALTERATIONS if one.name == name)
        accuracies = []
        for strength in alteration.strengths:
            altered = alter_all(some.x, lambda x, rng, a=alteration, s=strength: a.apply(x, s, rng), SEED)
            accuracies.append(np.mean(read_all(normalise_all(altered)).argmax(axis=1) == some.y))
        panel.plot(alteration.strengths, accuracies, "o-", color=BLUE)
        panel.set(title=title, ylim=(0, 1.03))
        panel.grid(alpha=0.3)

# %% [raw] lang="fr"
# rotation (degrees) -> rotation (degrés)
# thickness (pixels added) -> épaisseur (pixels ajoutés)
# noise (grey levels) -> bruit (niveaux de gris)
# hidden square (pixels) -> carré caché (pixels)
# share read right -> part de bonnes réponses

# %% [markdown] lang="en"
# Which would you still read yourself? (A 6 turned by 180 degrees is a 9, for people too.)
#
# ## 8. Your own digits
#
# Draw digits with a broad brush in Paint, or take photos, one digit a picture; name them `7_first.png`, or sort them
# into folders `0` to `9`. Any size will do, dark on light or light on dark. Then give the folder as `OWN` in the first
# cell. Without a folder, the project's pen writes ten digits.

# %% [markdown] lang="fr"
# Lesquelles liriez-vous encore vous-même ? (Un 6 tourné de 180 degrés est un 9, pour nous aussi.)
#
# ## 8. Vos propres chiffres
#
# Dessinez des chiffres avec un pinceau épais dans Paint, ou prenez des photos, un chiffre par image ; nommez-les
# `7_premier.png`, ou rangez-les dans des dossiers `0` à `9`. Toutes les tailles conviennent, foncé sur clair ou clair
# sur foncé. Donnez ensuite le dossier comme `OWN` dans la première cellule de code. Sans dossier, le stylo du projet
# écrit dix chiffres.

# %%
from capture.synthetic.handwriting import draw_hand
from capture.synthetic.page import page_of
from training.datasets.folder import load_own

folder = Path(OWN or tempfile.mkdtemp())
if not OWN:
    for digit in range(10):
        page = page_of(str(digit), (160, 200), hand=draw_hand(np.random.default_rng(digit)), seed=digit)
        cv2.imwrite(str(folder / f"{digit}_pen.png"), page.image)

own = load_own(folder, limit=10, seed=SEED)
own_probabilities = read_all(own.digits.x)
with figure(2, 10, (12, 3.6), squeeze=False) as axes:
    axes[0, 0].figure.suptitle("Pictures, and below what the network gets and reads")
    for panel in axes.ravel():
        panel.axis("off")
    for number, (name, above, below) in enumerate(zip(own.names, *axes, strict=False)):
        row = own_probabilities[number]
        show_glyph(above, cv2.imread(str(folder / name)))
        show_glyph(below, own.digits.x[number], f"{CLASS_NAMES[row.argmax()]} ({row.max():.0%})")
        above.axis("on")
        below.axis("on")
right = np.sum(own_probabilities.argmax(axis=1) == own.digits.y)
print(f"{right} of {len(own.names)} read right")

# %% [raw] lang="fr"
# Pictures, and below what the network gets and reads -> Les images, et dessous ce que le réseau reçoit et lit
# {right} of {len(own.names)} read right -> {right} bien lus sur {len(own.names)}

# %% [markdown] lang="en"
# Are they read less well than MNIST's? A network knows only the hands and pens it has seen. In France a 1 has a long
# upstroke and a 7 often a bar; most of MNIST's writers, Americans, leave both out. The network that ships has seen
# more hands: train it with `python train.py fit --recipe full`.
#
# ## 9. The camera
#
# In a frame of the camera there are many digits, and much that is none. A `PageReader` takes three steps:
#
# 1. it evens out the light, separates the ink from the paper, and cuts out every connected piece of ink as 28×28
#    pixels;
# 2. it gives all pieces to the network at once;
# 3. it joins digits that stand together. The page that it returns keeps a `trace` of all this.
#
# Here with the network that ships, on a page whose numbers we know:

# %% [markdown] lang="fr"
# Sont-ils moins bien lus que ceux de MNIST ? Un réseau ne connaît que les écritures et les stylos qu'il a vus. En
# France, le 1 a un long trait montant et le 7 souvent une barre ; la plupart des scripteurs de MNIST, des Américains,
# ne font ni l'un ni l'autre. Le réseau livré avec le projet a vu plus d'écritures : on l'entraîne avec
# `python train.py fit --recipe full`.
#
# ## 9. La caméra
#
# Sur une image de la caméra, il y a beaucoup de chiffres, et bien des choses qui n'en sont pas. Un `PageReader` procède
# en trois étapes :
#
# 1. il égalise la lumière, sépare l'encre du papier et découpe chaque morceau d'encre d'un seul tenant en 28×28
#    pixels ;
# 2. il donne tous les morceaux au réseau en une seule fois ;
# 3. il réunit les chiffres voisins en nombres. La page qu'il rend garde une trace (`trace`) de tout cela.
#
# Voici ces étapes avec le réseau livré, sur une page dont nous connaissons les nombres :

# %%
from capture import PageReader
from capture.view.overlay import draw_page

page = page_of("4711 203\n1968 75", (640, 360), seed=SEED)
reader = PageReader()
read = reader(page.image)
with figure(1, 3, (13, 3)) as axes:
    views = (page.image, read.trace.ink, draw_page(page.image, read))
    for panel, view, title in zip(axes, views, ("the frame", "the ink", "what is read"), strict=True):
        show_glyph(panel, view)
        panel.set_title(title)
with figure(1, len(read.trace.hypotheses), (11, 1.3), squeeze=False) as axes:
    for panel, seen in zip(axes[0], read.trace.hypotheses, strict=True):
        show_glyph(panel, seen.candidate.glyph)

# %% [raw] lang="fr"
# the frame -> l'image
# the ink -> l'encre
# what is read -> ce qui est lu

# %% [markdown] lang="en"
# ### ✏️ Exercise 9: the whole chain
#
# Put the three steps together: from an image to the texts of its numbers, such as `["4711", "203"]`. Each number has a
# `.text`.

# %% [markdown] lang="fr"
# ### ✏️ Exercice 9 : toute la chaîne
#
# Assemblez les trois étapes : d'une image aux textes de ses nombres, par exemple `["4711", "203"]`. Chaque nombre a un
# `.text`.


# %% tags=["exercise"]
def read_page(image: np.ndarray) -> list[str]:
    """The numbers on a page, in reading order."""
    # solution
    return [number.text for number in reader(image).numbers]
    # end


check(read_page(page.image), page.numbers)

# %% [raw] lang="fr"
# The numbers on a page, in reading order. -> Les nombres d'une page, dans l'ordre de lecture.

# %% [markdown] lang="en"
# With a camera this goes on frame after frame, and each digit is followed from one to the next so that nothing
# flickers (`capture/loop.py`: under 20 lines). In a terminal:
#
# - `python run_camera.py`: the webcam
# - `python run_camera.py --source photo.jpg --save read.jpg`: a photo
# - `python run_camera.py --source draw`: write with the mouse
# - `python run_camera.py --source demo`: no camera needed
#
# And to go on:
#
# - `python train.py fit --arch cnn_deep`: train on all of MNIST
# - `python train.py evaluate --images FOLDER`: your own digits, with a written comment
# - `python train.py compare`: from one layer of neurons to the network that ships, by accuracy and cost
# - `python train.py explain --image FILE`: how the network reads your digit
# - `python train.py report FOLDER`: all results in one file, to hand in
# - `python run_camera.py --keep FOLDER`, key `w`, then `python train.py fit --extra FOLDER --from shipped`: correct
#   what is misread, and teach the network your hand

# %% [markdown] lang="fr"
# Avec une caméra, cela continue image après image, et chaque chiffre est suivi de l'une à l'autre pour que rien ne
# clignote (`capture/loop.py` : moins de 20 lignes). Dans un terminal :
#
# - `python run_camera.py` : la webcam
# - `python run_camera.py --source photo.jpg --save lu.jpg` : une photo
# - `python run_camera.py --source draw` : écrire à la souris
# - `python run_camera.py --source demo` : sans caméra
#
# Et pour aller plus loin :
#
# - `python train.py fit --arch cnn_deep` : entraîner sur tout MNIST
# - `python train.py evaluate --images DOSSIER` : vos propres chiffres, avec un commentaire rédigé
# - `python train.py compare` : d'une seule couche de neurones au réseau livré, selon l'exactitude et le coût
# - `python train.py explain --image FICHIER` : comment le réseau lit votre chiffre
# - `python train.py report DOSSIER` : tous les résultats en un seul fichier, à rendre
# - `python run_camera.py --keep DOSSIER`, touche `w`, puis `python train.py fit --extra DOSSIER --from shipped` :
#   corriger ce qui est mal lu, et apprendre votre écriture au réseau
