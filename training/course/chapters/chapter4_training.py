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
    keras.utils.to_categorical(train.y, 10),
    validation_data=(validation.x[..., None], keras.utils.to_categorical(validation.y, 10)),
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
    """Draw one quantity over the epochs, for the training and the validation set."""
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
# Draw one quantity over the epochs, for the training and the validation set.
# -> Trace une grandeur au fil des époques, sur les ensembles d'apprentissage et de validation.
# training -> apprentissage
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
parrot = build_network("dense2", classes=10, dropout=0)
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
    """Find the best epoch so far, when `patience` epochs have brought nothing better."""
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
# Find the best epoch so far, when `patience` epochs have brought nothing better.
# -> Trouve la meilleure époque, quand `patience` époques n'ont rien apporté de mieux.

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
    """Vary the training images anew, for one epoch."""
    chance = np.random.default_rng((SEED, epoch))
    return np.stack([normalise(vary(image, chance)) for image in train.x]), train.y


config = TrainConfig(arch="cnn_small", epochs=EPOCHS, batch_size=64, patience=3, seed=SEED)
network, progress = fit(config, varied, validation, Path(tempfile.mkdtemp()))

dense = Sequential([Input((28, 28, 1)), Rescaling(1 / 255), Flatten(), Dense(512, activation="relu")])
dense.add(Dense(10, activation="softmax"))
dense.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
dense.fit(train.x[..., None], train.y, batch_size=64, epochs=EPOCHS, verbose=0)

for name, one in (("dense network", dense), ("CNN", model), ("CNN, varied images", network)):
    learnt, held_out = (np.mean(predict(one, part).argmax(axis=1) == part.y) for part in (train, validation))
    print(f"{name:20} training {learnt:.1%}   validation {held_out:.1%}   gap {100 * (learnt - held_out):+.1f}")

# %% [raw] lang="fr"
# Vary the training images anew, for one epoch. -> Varie de nouveau les images d'apprentissage, pour une époque.
# dense network -> réseau dense
# CNN, varied images -> CNN, images variées
# {name:20} training {learnt:.1%}   validation {held_out:.1%}   gap {100 * (learnt - held_out):+.1f}
# -> {name:20} apprentissage {learnt:.1%}   validation {held_out:.1%}   écart {100 * (learnt - held_out):+.1f}

# %% [markdown] lang="en"
# With all 60,000 images (`LIMIT = None`) a dense network comes near 98%, a CNN above 99%.
#
# ### Regularised or not, augmented or not
#
# What is each means worth? The same network is trained with all of them, then with one left out at a time, then with
# none: `python train.py compare --ablate` does so on all images, here are a third of ours. Look at the test set, and at
# the **gap** between the images that the network has learnt from and those held out.

# %% [markdown] lang="fr"
# Avec les 60 000 images (`LIMIT = None`), un réseau dense approche 98 %, un CNN dépasse 99 %.
#
# ### Régularisé ou non, augmenté ou non
#
# Que vaut chaque moyen ? Le même réseau apprend avec tous, puis sans l'un d'eux tour à tour, puis sans aucun :
# `python train.py compare --ablate` le fait sur toutes les images ; voici un tiers des nôtres. Regardez l'ensemble de
# test, et l'**écart** entre les images dont le réseau a appris et celles mises de côté.

# %%
from contextlib import redirect_stdout
from dataclasses import replace
from io import StringIO

from IPython.display import Markdown, display

from training.evaluation import ablation
from training.plots.compare import draw_ablation

fewer = replace(config, limit=LIMIT and max(100, LIMIT // 3))
with redirect_stdout(StringIO()):  # a line an epoch and variant
    rows = ablation.ablate(fewer, digits, {"MNIST test": test}, Path(tempfile.mkdtemp()))
display(Markdown(ablation.describe(rows, fewer)))
draw_ablation(rows, folder / "ablation.png")
show_picture(folder / "ablation.png", 860, "The same network with and without each means against overfitting")

# %% [raw] lang="fr"
# a line an epoch and variant -> une ligne par époque et par variante
# The same network with and without each means against overfitting
# -> Le même réseau avec et sans chaque moyen contre le surapprentissage
